package playlist_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"segue"
	"segue/matrix"
	"segue/playlist"
)

// A collection is a small invented library together with what it was made of: which
// song a row plays and who plays it are known here without asking a title.
type collection struct {
	name    string
	lib     *playlist.Library
	twin    *playlist.Library // the same, built once more
	song    []int             // of each row
	artists [][]int
	carol   []bool
	short   int // minutes that seven tracks take
}

// A kind says what a collection is like.
type kind struct {
	name             string
	tracks, artists  int
	songs            int // fewer than tracks means versions and reissues
	valence, arousal [2]float64
	grid             float64 // positions are multiples of it; 0 for none
	seconds          [2]int
	noTempo, noKeys  bool
	fast             bool // no tempo below 90
	genres           int
	carols           bool // a part is of one season
	gaps             bool // features, places and lengths are missing here and there
	heard            history
}

// A history is what the listener of a collection did with it.
type history int

const (
	noHistory  history = iota
	nothing            // is known, and nothing was played
	some               // a third
	everything         // each track often
	sadOnes            // low ones, over and over
)

// kinds are collections that strain different rules.
func kinds() []kind {
	all := [2]float64{0, 1}
	usual := [2]int{120, 300}
	k := func(name string, tracks, artists int, heard history, change func(*kind)) kind {
		k := kind{name: name, tracks: tracks, artists: artists, songs: tracks, valence: all, arousal: all, seconds: usual, genres: 8, heard: heard}
		if change != nil {
			change(&k)
		}
		return k
	}
	return []kind{
		k("many artists", 400, 300, noHistory, nil),
		k("many artists, heard", 400, 300, some, nil),
		k("few artists", 120, 6, some, nil),
		k("two artists", 40, 2, noHistory, nil),
		k("one artist", 60, 1, everything, nil),
		k("one genre", 200, 80, some, func(k *kind) { k.genres = 1 }),
		k("versions", 160, 40, some, func(k *kind) { k.songs = 40 }),
		k("one song", 30, 1, noHistory, func(k *kind) { k.songs = 1 }),
		k("no tempo, no key", 200, 120, some, func(k *kind) { k.noTempo, k.noKeys = true, true }),
		k("fast", 150, 90, noHistory, func(k *kind) { k.fast = true }),
		k("loud", 150, 90, some, func(k *kind) { k.arousal = [2]float64{.5, 1} }),
		k("sad", 120, 90, sadOnes, func(k *kind) { k.valence, k.arousal = [2]float64{0, .45}, [2]float64{0, .45} }),
		k("dark", 120, 90, sadOnes, func(k *kind) { k.valence = [2]float64{0, .35} }),
		k("quiet", 300, 200, sadOnes, func(k *kind) { k.arousal = [2]float64{0, .5} }),
		k("on a grid", 150, 60, some, func(k *kind) { k.grid, k.noTempo, k.noKeys, k.seconds = .1, true, true, [2]int{180, 180} }),
		k("in one place", 50, 50, noHistory, func(k *kind) { k.valence, k.arousal = [2]float64{.4, .4}, [2]float64{.3, .3} }),
		k("in two places", 60, 60, some, func(k *kind) { k.grid = .8 }),
		k("miniatures", 300, 200, some, func(k *kind) { k.seconds = [2]int{60, 90} }),
		k("long ones", 100, 80, everything, func(k *kind) { k.seconds = [2]int{480, 600} }),
		k("long and short", 200, 150, some, func(k *kind) { k.seconds = [2]int{60, 600} }),
		k("carols", 200, 150, nothing, func(k *kind) { k.carols = true }),
		k("gaps", 300, 100, some, func(k *kind) { k.gaps, k.songs = true, 220 }),
		k("gaps, all known", 200, 30, everything, func(k *kind) { k.gaps, k.songs = true, 150 }),
		k("a handful", 20, 15, noHistory, func(k *kind) { k.songs = 15 }),
		k("a few", 6, 6, some, nil),
		k("a pair", 2, 1, noHistory, nil),
	}
}

// collections makes one collection of each kind.
func collections(t testing.TB) []*collection {
	t.Helper()
	var out []*collection
	for i, k := range kinds() {
		out = append(out, k.collection(t, uint64(i)))
	}
	return out
}

// collection draws the tracks of a kind.
func (k kind) collection(t testing.TB, seed uint64) *collection {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 0xc011ec))
	c := &segue.Catalog{Artists: segue.Lists{Offset: []int32{0}}, Genres: segue.Lists{Offset: []int32{0}}}
	out := &collection{name: k.name, short: 7 * (k.seconds[0] + k.seconds[1]) / 120}
	// Everybody is spelt in three ways.
	for a := range k.artists {
		c.Artists.Values = append(c.Artists.Values, fmt.Sprintf("Zoé-Ann %d", a), fmt.Sprintf("ZOE ANN %d", a), fmt.Sprintf("zoë ann %d", a))
	}
	for g := range k.genres {
		c.Genres.Values = append(c.Genres.Values, fmt.Sprintf("Genre %d", g))
	}
	c.Genres.Values = append(c.Genres.Values, "Christmas Music")
	for f := range c.Feature {
		if k.noTempo && segue.Feature(f) == segue.Tempo || k.noKeys && (segue.Feature(f) == segue.Key || segue.Feature(f) == segue.Mode) {
			continue
		}
		c.Feature[f] = slices.Repeat([]float32{float32(math.NaN())}, k.tracks)
	}
	set := func(f segue.Feature, row int, v float64) {
		if c.Feature[f] != nil && !(k.gaps && rng.IntN(8) == 0) {
			c.Feature[f][row] = float32(v)
		}
	}
	between := func(r [2]float64) float64 {
		v := r[0] + rng.Float64()*(r[1]-r[0])
		if k.grid > 0 {
			v = min(1, math.Round(v/k.grid)*k.grid)
		}
		return v
	}
	l := playlist.Library{Catalog: c}
	for row := range k.tracks {
		song := row
		if k.songs < k.tracks {
			song = rng.IntN(k.songs)
		}
		title := fmt.Sprintf("Song %d", song)
		title += []string{"", "", " - Remastered 2011", " (Live)", " [Acoustic]", " (feat. Zoé-Ann 0)"}[rng.IntN(6)]
		names := []int{song % k.artists} // a song has one main artist, whatever the version
		if rng.IntN(5) == 0 {
			if guest := rng.IntN(k.artists); guest != names[0] {
				names = append(names, guest)
			}
		}
		c.Recording = append(c.Recording, int32(row))
		if k.songs < k.tracks && row > 0 && rng.IntN(10) == 0 { // a reissue that goes by other names
			of := rng.IntN(row)
			c.Recording[row] = c.Recording[of]
			title, song, names = fmt.Sprintf("Reissue %d", row), -1-row, []int{rng.IntN(k.artists)}
		}
		carol := k.carols && rng.IntN(3) == 0
		genre := rng.IntN(k.genres)
		if carol {
			if title = fmt.Sprintf("Silent Night, Take %d", row); rng.IntN(2) == 0 {
				title, genre = fmt.Sprintf("Song %d", song), k.genres
			}
		}
		c.ID, c.Title = append(c.ID, fmt.Sprintf("id%03d", row)), append(c.Title, title)
		ms := 1000 * int32(k.seconds[0]+rng.IntN(k.seconds[1]-k.seconds[0]+1))
		if k.gaps && rng.IntN(20) == 0 {
			ms = []int32{0, 20_000, 1_200_000}[rng.IntN(3)]
		}
		c.DurationMS = append(c.DurationMS, ms)
		c.Explicit = append(c.Explicit, segue.Tristate(rng.IntN(3)))
		for _, a := range names {
			c.Artists.Index = append(c.Artists.Index, int32(3*a+rng.IntN(3)))
		}
		c.Artists.Offset = append(c.Artists.Offset, int32(len(c.Artists.Index)))
		c.Genres.Index = append(c.Genres.Index, int32(genre))
		c.Genres.Offset = append(c.Genres.Offset, int32(len(c.Genres.Index)))
		at := segue.Affect{Valence: between(k.valence), Arousal: between(k.arousal)}
		if k.gaps && rng.IntN(30) == 0 {
			at = segue.Nowhere()
		}
		l.Positions = append(l.Positions, at)
		low := 60.0
		if k.fast {
			low = 90
		}
		set(segue.Tempo, row, math.Round(low+(180-low)*rng.Float64()))
		set(segue.Key, row, float64(rng.IntN(12)))
		set(segue.Mode, row, float64(rng.IntN(2)))
		set(segue.Speechiness, row, .4*rng.Float64()*rng.Float64())
		set(segue.Liveness, row, rng.Float64()*rng.Float64())
		out.song, out.artists, out.carol = append(out.song, song), append(out.artists, names), append(out.carol, carol)
		if at.Known() && row%2 == 0 {
			l.SpaceRows = append(l.SpaceRows, int32(row))
		}
	}
	l.Space = matrix.New(len(l.SpaceRows), 2)
	for i, row := range l.SpaceRows {
		l.Space.Col(0)[i], l.Space.Col(1)[i] = l.Positions[row].Valence+.1*rng.NormFloat64(), rng.NormFloat64()
	}
	l.Heard = k.heard.of(c, l.Positions, rng)
	for _, lib := range []**playlist.Library{&out.lib, &out.twin} {
		var err error
		if *lib, err = playlist.NewLibrary(l); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// of draws the plays of a history.
func (h history) of(c *segue.Catalog, at []segue.Affect, rng *rand.Rand) *playlist.Heard {
	counts := map[int32]playlist.HeardCount{}
	for row := range int32(c.Len()) {
		if c.Recording[row] != row {
			continue
		}
		switch {
		case h == some && rng.IntN(3) == 0:
			plays := 1 + rng.IntN(12)
			done := rng.IntN(plays + 1)
			counts[row] = playlist.HeardCount{Plays: plays, Completed: done, Recent: rng.IntN(done + 1)}
		case h == everything:
			counts[row] = playlist.HeardCount{Plays: 9, Completed: 3 + rng.IntN(6), Recent: rng.IntN(3)}
		case h == sadOnes && at[row].Known() && at[row].Valence < .5 && at[row].Arousal < .5 && (len(counts) < 5 || rng.IntN(3) == 0):
			counts[row] = playlist.HeardCount{Plays: 20, Completed: 15, Recent: 1 + rng.IntN(3) + 10*max(0, 5-len(counts))}
		}
	}
	if h == noHistory {
		return nil
	}
	return playlist.NewHeard(c, counts)
}
