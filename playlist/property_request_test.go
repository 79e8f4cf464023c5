package playlist_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"segue"
	"segue/playlist"
)

// randomRequest draws what a listener may ask of a collection, sensible or not. Each
// wish is drawn by itself, so that rules meet in every mixture.
func randomRequest(rng *rand.Rand, c *collection) playlist.Request {
	oneIn := func(n int) bool { return rng.IntN(n) == 0 }
	between := func(lo, hi int) int {
		return int(math.Round(float64(lo) * math.Pow(float64(hi)/float64(lo), rng.Float64())))
	}
	// Most hours have few tracks: they are planned quickly, and break as well as others.
	longest := max(c.short, playlist.MinMinutes)
	if oneIn(40) {
		longest = playlist.MaxMinutes
	}
	r := playlist.Request{
		Minutes: between(playlist.MinMinutes, longest), Candidates: between(playlist.MinAsked, 300),
		Seed: rng.Uint64N(4), Night: oneIn(3), NoCertificate: !oneIn(10),
	}
	r.From, r.FromName = randomPlace(rng, c)
	r.To, r.ToName = randomPlace(rng, c)
	if oneIn(10) {
		r.To, r.ToName = r.From, r.FromName
	}
	r.Arm = pick(rng, "", playlist.Iso, playlist.Iso, playlist.Compensatory, playlist.Shuffle)
	if oneIn(3) {
		r.Arc.Curve = pick(rng, playlist.Smoothstep, playlist.Linear, playlist.MinimumJerk)
		r.Arc.Hold, r.Arc.Sustain = pick(rng, -1, 0, 0, .1, .45), pick(rng, -1, 0, 0, .1, .45)
	}
	if oneIn(4) {
		r.Arc.Lead = pick(rng, playlist.LeadNone, playlist.LeadArousal, playlist.LeadValence)
		for range rng.IntN(4) {
			via, _ := randomPlace(rng, c)
			r.Arc.Waypoints = append(r.Arc.Waypoints, via)
		}
	}
	if oneIn(4) {
		r.Familiarity = &[3]float64{share(rng), share(rng), share(rng)}
	}
	if oneIn(5) {
		r.Tempo = &playlist.TempoBias{From: 60 + 120*rng.Float64(), To: 60 + 120*rng.Float64()}
	}
	if oneIn(5) {
		r.Matched, r.StepFactor = rng.IntN(8), pick(rng, 0, .3, .75, 1)
	}
	if oneIn(3) {
		r.Exclude = randomExclusions(rng, c)
	}
	if oneIn(5) {
		for range 1 + rng.IntN(3) {
			r.Locks = append(r.Locks, playlist.Lock{Place: pick(rng, 1, -1, 2, -2, 1+rng.IntN(6)), ID: randomTrack(rng, c, r)})
		}
	}
	if oneIn(5) {
		for range 1 + rng.IntN(3) {
			r.Wishes = append(r.Wishes, randomTrack(rng, c, r))
		}
	}
	return r
}

func pick[T any](rng *rand.Rand, of ...T) T { return of[rng.IntN(len(of))] }

// share draws a number in [0, 1] that is often an end.
func share(rng *rand.Rand) float64 { return pick(rng, 0, 1, rng.Float64(), rng.Float64()) }

// randomPlace draws an anchor, a track's place or any point.
func randomPlace(rng *rand.Rand, c *collection) (segue.Affect, string) {
	switch rng.IntN(8) {
	case 0:
		return segue.Affect{Valence: share(rng), Arousal: share(rng)}, ""
	case 1:
		if x := c.lib.Positions[rng.IntN(len(c.lib.Positions))]; x.Known() {
			return x, ""
		}
	case 2:
		return segue.Affect{Valence: rng.Float64(), Arousal: rng.Float64()}, ""
	}
	a := segue.Anchors()[rng.IntN(6)]
	return a.At, a.Name
}

// randomTrack draws a track that may be played, as far as a few tries find one.
func randomTrack(rng *rand.Rand, c *collection, r playlist.Request) string {
	row := 0
	for range 5 {
		row = rng.IntN(c.lib.Catalog.Len())
		if x := c.lib.Positions[row]; x.Known() && !(r.Night && x.Arousal > .55) && c.lib.Catalog.DurationMS[row] >= 60_000 {
			break
		}
	}
	return c.lib.Catalog.ID[row]
}

func randomExclusions(rng *rand.Rand, c *collection) playlist.Exclusions {
	e := playlist.Exclusions{Explicit: rng.IntN(3) == 0, Seasonal: rng.IntN(2) == 0}
	if rng.IntN(3) == 0 {
		e.MinLength, e.MaxLength = time.Duration(rng.IntN(150))*time.Second, time.Duration(180+rng.IntN(400))*time.Second
	}
	if rng.IntN(3) == 0 {
		e.MaxSpeech, e.MaxLive = .3*rng.Float64(), rng.Float64()
	}
	for range rng.IntN(3) {
		e.Artists = append(e.Artists, fmt.Sprintf("zöe ANN %d", rng.IntN(30)))
		e.Tracks = append(e.Tracks, c.lib.Catalog.ID[rng.IntN(c.lib.Catalog.Len())])
	}
	if rng.IntN(3) == 0 {
		e.Genres = []string{fmt.Sprintf("gênre-%d", rng.IntN(8))}
	}
	return e
}

// nonsense makes a request that no playlist answers.
func nonsense(rng *rand.Rand, r *playlist.Request) {
	nan := math.NaN()
	pick(rng,
		func() { r.Minutes = pick(rng, -1, 1, 9, 181, math.MaxInt) },
		func() { r.Candidates = pick(rng, -1, 1, 19, 5001, math.MaxInt) },
		func() { r.From.Valence = pick(rng, nan, -.1, 1.1, math.Inf(1)) },
		func() { r.To.Arousal = pick(rng, nan, -.1, 1.1, math.Inf(-1)) },
		func() { r.Arm = "straight" },
		func() { r.Arc.Curve = "wavy" },
		func() { r.Arc.Lead = "both" },
		func() { r.Arc.Hold = pick(rng, nan, 1, 2, math.Inf(1)) },
		func() { r.Arc.Sustain = pick(rng, nan, 1, 2, math.Inf(1)) },
		func() { r.Arc.Waypoints = []segue.Affect{{Valence: nan, Arousal: .5}} },
		func() { r.Familiarity = &[3]float64{.5, pick(rng, nan, -.1, 1.1), .5} },
		func() { r.Tempo = &playlist.TempoBias{From: pick(rng, nan, 0, -60, math.Inf(1)), To: 90} },
		func() { r.Matched = -1 },
		func() { r.StepFactor = pick(rng, nan, -1, 1.1) },
		func() { r.Exclude.MaxSpeech = pick(rng, nan, -.1, 1.1) },
		func() { r.Exclude.MaxLive = pick(rng, nan, -.1, 1.1) },
		func() { r.Exclude.MinLength = pick(rng, -time.Second, time.Hour) },
		func() { r.Locks = append(r.Locks, playlist.Lock{Place: 0, ID: "id000"}) },
		func() { r.Locks = append(r.Locks, playlist.Lock{Place: 1, ID: "nobody"}) },
		func() {
			r.Locks = append(r.Locks, playlist.Lock{Place: pick(rng, math.MaxInt, math.MinInt), ID: "id000"})
		},
		func() { r.Wishes = slices.Repeat([]string{"no\nbody"}, 3) },
	)()
}
