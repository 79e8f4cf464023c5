// Package match finds the catalogue's track of a play. It climbs a ladder of
// keys, the surest first, and stops at the first rung that holds:
//
//  1. the id, or the ISRC
//  2. artist, title and album, normalized
//  3. artist and title, normalized
//  4. artist and title without suffixes that tell no recordings apart; live,
//     remix, acoustic, instrumental and sped-up recordings never meet the plain one
//  5. a near spelling of the title within one artist
//
// Every match keeps its rung and a confidence, so that what rests on a guess can
// be told from what rests on an id. Exports name one artist where catalogues
// credit several: any of them will do, the main one rather than a guest. Without
// an artist only the first rung can hold, because titles alone repeat too often.
package match

import (
	"context"

	"segue"
	"segue/internal/parallel"
	"segue/internal/titles"
)

// Confidence of a match by rung, [0, 1]. They order the rungs and have no
// measurement behind them. (d)
const (
	ConfidenceID          = 1.00
	ConfidenceArtistAlbum = 0.98
	ConfidenceArtistTitle = 0.95
	ConfidencePlainTitle  = 0.90
	ConfidenceNearTitle   = 0.75 // one edit
	ConfidenceNearTwo     = 0.65 // two edits

	// TiedFactor multiplies the confidence of a match for which several
	// recordings fitted.
	TiedFactor = 0.80
)

// confidenceOf returns the confidence of a rung before ties and edits.
func confidenceOf(r segue.Rung) float64 {
	switch r {
	case segue.ByID:
		return ConfidenceID
	case segue.ByArtistAlbum:
		return ConfidenceArtistAlbum
	case segue.ByArtistTitle:
		return ConfidenceArtistTitle
	case segue.ByPlainTitle:
		return ConfidencePlainTitle
	case segue.ByNearTitle:
		return ConfidenceNearTitle
	}
	return 0
}

// query is a track reference with its keys.
type query struct {
	artists []string // folded; the whole credit first, then its parts
	title   string   // folded
	plain   string   // folded, without benign suffixes
	version string
	album   string // folded
}

func newQuery(t segue.TrackRef) query {
	return query{
		artists: artistKeys(t.Artist),
		title:   titles.Fold(t.Title),
		plain:   titles.Fold(titles.Plain(t.Title)),
		version: titles.Version(t.Title),
		album:   titles.Fold(t.Album),
	}
}

// Match finds the track of t. Where several recordings fit it takes the most
// popular, then the lowest row, and sets Tied; reissues of one recording do not
// tie. It never fails: what is not found has Row -1 and Rung Unmatched. Cost: a
// few hash look-ups, and for rung 5 one pass over the artist's titles.
func (x *Index) Match(t segue.TrackRef) segue.Match {
	if rows := x.byID(t); len(rows) > 0 {
		return x.choose(rows, segue.ByID, confidenceOf(segue.ByID))
	}
	q := newQuery(t)
	if q.title == "" {
		return segue.Match{Row: -1}
	}
	for _, artist := range q.artists {
		if rows := x.byTitle(artist, q.title); len(rows) > 0 {
			if same := x.ofAlbum(rows, q.album); len(same) > 0 {
				return x.choose(same, segue.ByArtistAlbum, confidenceOf(segue.ByArtistAlbum))
			}
			return x.choose(rows, segue.ByArtistTitle, confidenceOf(segue.ByArtistTitle))
		}
	}
	for _, artist := range q.artists {
		if rows := x.byPlain(artist, q.plain, q.version); len(rows) > 0 {
			return x.choose(rows, segue.ByPlainTitle, confidenceOf(segue.ByPlainTitle))
		}
	}
	for _, artist := range q.artists {
		if rows, edits := x.near(artist, q); len(rows) > 0 {
			confidence := confidenceOf(segue.ByNearTitle)
			if edits > 1 {
				confidence = ConfidenceNearTwo
			}
			return x.choose(rows, segue.ByNearTitle, confidence)
		}
	}
	return segue.Match{Row: -1}
}

// choose takes the most popular of rows, the lowest of equals.
func (x *Index) choose(rows []int32, rung segue.Rung, confidence float64) segue.Match {
	best := rows[0]
	for _, r := range rows[1:] {
		if p, q := x.popularity(r), x.popularity(best); p > q || p == q && r < best {
			best = r
		}
	}
	m := segue.Match{Row: best, Rung: rung, Confidence: confidence}
	for _, r := range rows {
		if x.recording(r) != x.recording(best) {
			m.Tied = true
			m.Confidence *= TiedFactor
			break
		}
	}
	return m
}

// All matches every play, in order; plays of the same reference share one
// search. It returns ctx's error, and no matches, if ctx ends first. Cost
// O(plays + distinct references), on all processors; the result does not depend
// on how many there are.
func (x *Index) All(ctx context.Context, plays []segue.Play) ([]segue.Match, error) {
	number := make(map[segue.TrackRef]int32, len(plays)/4)
	var refs []segue.TrackRef
	which := make([]int32, len(plays))
	for i, p := range plays {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		n, known := number[p.Track]
		if !known {
			n = int32(len(refs))
			number[p.Track] = n
			refs = append(refs, p.Track)
		}
		which[i] = n
	}
	found := make([]segue.Match, len(refs))
	err := parallel.Chunks(ctx, len(refs), chunk, func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			found[i] = x.Match(refs[i])
		}
	})
	if err != nil {
		return nil, err
	}
	all := make([]segue.Match, len(plays))
	for i, n := range which {
		all[i] = found[n]
	}
	return all, nil
}

const (
	checkEvery = 1 << 16 // plays between looks at the context
	chunk      = 256     // references a goroutine matches at a time
)
