package playlist_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"segue"
	"segue/internal/racetest"
	"segue/playlist"
)

// Of the hours drawn, how many are looked at more closely. All are drawn, planned
// and held to the rules; what follows takes as long again or longer.
const (
	closely = 10  // one in so many: every number and every word is recomputed
	again   = 10  // … is planned once more, from its own request, with a library made anew
	onOne   = 100 // … is planned once more on one processor and on two
)

// TestTenThousandHours plans random hours of random music and holds each answer to
// what is promised of all of them, from the catalogue alone: the rules that are
// never relaxed; the others unless they are named as relaxed, and only then; the
// cost and its bound; the same bytes for the same request; one line for an error.
func TestTenThousandHours(t *testing.T) {
	hours := 10_000
	switch {
	case racetest.On:
		hours = 200
	case testing.Short():
		hours = 500
	}
	music := collections(t)
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // ten thousand plans leave much behind, and nothing that is needed
	workers := runtime.GOMAXPROCS(0)
	sums := make([][sha256.Size]byte, hours)
	counts := make([]map[string]int, workers)
	t.Run("hours", func(t *testing.T) {
		for w := range workers {
			counts[w] = map[string]int{}
			t.Run(fmt.Sprint(w), func(t *testing.T) {
				t.Parallel()
				for i := w; i < hours; i += workers {
					h := drawHour(music, i)
					h.fail = func(format string, a ...any) {
						t.Errorf("hour %d of %s: "+format+"\n\t%s", append(append([]any{i, h.music.name}, a...), h.asked())...)
					}
					outcome := h.check(t)
					sums[i] = h.sum
					counts[w][outcome]++
				}
			})
		}
	})
	for i := 0; i < hours; i += onOne {
		for _, procs := range []int{1, 2} {
			h := drawHour(music, i)
			before := runtime.GOMAXPROCS(procs)
			h.plan(h.music.lib, h.r)
			runtime.GOMAXPROCS(before)
			if h.sum != sums[i] {
				t.Errorf("hour %d of %s is another on %d processors", i, h.music.name, procs)
			}
		}
	}
	all := map[string]int{}
	for _, k := range counts {
		for name, n := range k {
			all[name] += n
		}
	}
	t.Log(all)
	if n := all["planned"] + all["relaxed"]; n < hours/2 {
		t.Errorf("only %d of %d requests were answered with an hour", n, hours)
	}
}

// TestHoursThatBroke audits in full hours among the drawn ones that broke a promise
// once: a runner-up that kept a looser schedule of familiar tracks than the hour, and
// one that was cheaper than the track at the end.
func TestHoursThatBroke(t *testing.T) {
	racetest.Alone(t)
	music := collections(t)
	for _, i := range []int{1212, 9400, 100_221, 100_481, 100_729, 101_016} {
		h := drawHour(music, i)
		h.fail = func(format string, a ...any) {
			t.Errorf("hour %d of %s: "+format+"\n\t%s", append(append([]any{i, h.music.name}, a...), h.asked())...)
		}
		h.at = 0 // the closest look
		if outcome := h.check(t); outcome != "planned" && outcome != "relaxed" {
			t.Errorf("hour %d of %s is no hour but %s: it tests nothing", i, h.music.name, outcome)
		}
	}
}

// An hourCase is one request and what came of it.
type hourCase struct {
	at    int
	music *collection
	r     playlist.Request
	bad   bool // nonsense was asked
	fail  func(format string, a ...any)

	p   *playlist.Playlist
	err error
	sum [sha256.Size]byte // of the JSON, or of the error
}

func drawHour(music []*collection, i int) *hourCase {
	rng := rand.New(rand.NewPCG(uint64(i), 0x40e5))
	h := &hourCase{at: i, music: music[i%len(music)]}
	h.r = randomRequest(rng, h.music)
	if h.bad = rng.IntN(40) == 0; h.bad {
		nonsense(rng, &h.r)
	}
	return h
}

// asked shows the request.
func (h *hourCase) asked() string { return fmt.Sprintf("%+v", h.r) }

// plan plans a request and sums up the answer.
func (h *hourCase) plan(lib *playlist.Library, r playlist.Request) {
	h.p, h.err = playlist.Plan(context.Background(), lib, r)
	text := []byte(nil)
	if h.err != nil {
		text = []byte(h.err.Error())
	} else {
		var err error
		if text, err = json.Marshal(h.p); err != nil {
			text = []byte(err.Error())
		}
	}
	h.sum = sha256.Sum256(text)
}

// check plans the hour and judges it; it returns what became of it.
func (h *hourCase) check(t *testing.T) string {
	h.plan(h.music.lib, h.r)
	if h.err != nil {
		return h.refusal()
	}
	if h.bad {
		h.fail("nonsense was planned")
		return "nonsense"
	}
	asked := h.r
	if asked.Arm == "" {
		asked.Arm = playlist.Iso
	}
	u := audit{fail: h.fail, lib: h.music.lib, rows: playlist.CandidateRows(t, h.music.lib, h.r), r: asked, p: h.p}
	if h.at/len(kinds())%closely == 0 {
		u.run()
	} else {
		u.rules()
	}
	h.songs(&u)
	h.chosen()
	h.relaxations()
	h.bound()
	if h.at/len(kinds())%again == 1 {
		h.twice()
	}
	if len(h.p.Relaxed) > 0 {
		return "relaxed"
	}
	return "planned"
}

// refusal: an error says in one line what is wrong, and wraps what kind it is of.
func (h *hourCase) refusal() string {
	usage, none := errors.Is(h.err, segue.ErrUsage), errors.Is(h.err, playlist.ErrNoPlaylist)
	text := h.err.Error()
	if usage == none || strings.ContainsAny(text, "\n\r") || strings.Contains(text, "%!") || len(text) > 600 {
		h.fail("the error is %q", text)
	}
	if chosen := len(h.r.Locks)+len(h.r.Wishes) > 0; h.bad && !usage && !chosen { // where nothing may be played, that is said first
		h.fail("nonsense is called %q", text)
	}
	if usage && !h.bad && len(h.r.Locks)+len(h.r.Wishes) == 0 {
		h.fail("a request that makes sense is called %q", text)
	}
	if h.p != nil {
		h.fail("half a result beside an error")
	}
	if sum := h.sum; h.at/len(kinds())%again == 1 {
		if h.plan(h.music.twin, h.r); h.sum != sum {
			h.fail("the error was %q, and is %v", text, h.err)
		}
	}
	if usage {
		return "usage"
	}
	return "none"
}

// songs: no song twice, by what the collection was made of; no carols where they
// are excluded, and no excluded genres.
func (h *hourCase) songs(u *audit) {
	c, m := h.music.lib.Catalog, h.music
	for i, a := range u.row {
		for _, b := range u.row[:i] {
			shared := slices.ContainsFunc(m.artists[a], func(x int) bool { return slices.Contains(m.artists[b], x) })
			if c.Recording[a] == c.Recording[b] || shared && m.song[a] == m.song[b] {
				h.fail("%q and %q are one song", c.Title[b], c.Title[a])
			}
		}
		if h.r.Exclude.Seasonal && m.carol[a] {
			h.fail("%q is a carol", c.Title[a])
		}
		for _, g := range c.Genres.At(a) {
			for _, x := range h.r.Exclude.Genres {
				if x[len(x)-1] == g[len(g)-1] && g != "Christmas Music" {
					h.fail("%q is of the genre %s", c.Title[a], g)
				}
			}
		}
	}
}

// chosen: locks are at their places, wishes are there, and nothing else is said to
// be either.
func (h *hourCase) chosen() {
	n := len(h.p.Tracks)
	locked, wished := map[int]bool{}, map[string]bool{}
	for _, l := range h.r.Locks {
		at := l.Place - 1
		if l.Place < 0 {
			at = n + l.Place
		}
		if locked[at] = true; at < 0 || at >= n || h.p.Tracks[at].ID != l.ID {
			h.fail("%s is not at place %d of %d", l.ID, l.Place, n)
		}
	}
	for _, id := range h.r.Wishes {
		wished[id] = true
		if !slices.ContainsFunc(h.p.Tracks, func(t playlist.Track) bool { return t.ID == id }) {
			h.fail("the wish %s is not there", id)
		}
	}
	for i, t := range h.p.Tracks {
		if t.Locked != locked[i] || t.Wished != wished[t.ID] {
			h.fail("track %d: locked %v, wished %v", i+1, t.Locked, t.Wished)
		}
	}
}

// relaxations are named once each, in the order in which they are given up, and no
// bar is missed in silence.
func (h *hourCase) relaxations() {
	last := -1
	for _, x := range h.p.Relaxed {
		at := slices.Index([]string{"familiarity", "artist spacing", "artist cap", "length", "shorter arc", "largest step", "bars", "bars"}, x.Rule)
		if at <= last {
			h.fail("relaxed %q out of order", x.Rule)
		}
		last = at
	}
	for _, c := range h.p.Checks {
		if c.Pass != nil && !*c.Pass && len(h.p.Relaxed) == 0 {
			h.fail("%s is %v, its bar %g, and nothing was relaxed", c.Metric, show(c.Value), c.Bar)
		}
	}
}

// bound: the cost is that of Cost; a bound is none of what a plan without
// certificate undercuts, and costs no quality.
func (h *hourCase) bound() {
	p, c := h.p, h.music.lib.Catalog
	if h.r.Arm == playlist.Shuffle {
		return // audited: it has none
	}
	var sounds []playlist.Sound
	var plan []segue.Affect
	for _, t := range p.Tracks {
		row := slices.Index(c.ID, t.ID)
		s := playlist.Sound{At: h.music.lib.Positions[row]}
		if t.Tempo != nil {
			s.Tempo = *t.Tempo
		}
		if c.Feature[segue.Key] != nil {
			s.Key = playlist.CamelotOf(c.Feature[segue.Key][row], c.Feature[segue.Mode][row])
		}
		sounds, plan = append(sounds, s), append(plan, segue.Affect{Valence: t.Target[0], Arousal: t.Target[1]})
	}
	if j := playlist.Cost(sounds, plan); p.Cost == nil || *p.Cost != j {
		h.fail("it costs %v, by its tracks %g", show(p.Cost), j)
		return
	}
	if h.r.NoCertificate {
		return // audited: it claims nothing
	}
	lb, proof := *p.LowerBound, p.Certificate
	if gap := *p.Gap; !(gap >= 0 && gap <= 1) {
		h.fail("a gap of %g", gap)
	}
	for _, b := range []float64{proof.Assignment, proof.Viterbi, proof.Lagrangian, proof.Search} {
		if !(b >= 0 && b <= proof.Search+1e-12) {
			h.fail("the bounds are %+v", *proof)
		}
	}
	r := h.r
	r.NoCertificate = true
	plain, err := playlist.Plan(context.Background(), h.music.lib, r)
	if err != nil {
		h.fail("without a certificate: %v", err)
		return
	}
	if len(plain.Tracks) != len(p.Tracks) || *p.Cost > *plain.Cost+1e-12 || lb > *plain.Cost+1e-12 {
		h.fail("it costs %g and claims %g; without a certificate it costs %g", *p.Cost, lb, *plain.Cost)
	}
}

// twice: what a playlist says was asked gives the same playlist again, from a
// library made anew.
func (h *hourCase) twice() {
	text, err := json.Marshal(h.p)
	if err != nil {
		h.fail("%v", err)
		return
	}
	var read struct{ Request playlist.Request }
	if err := json.Unmarshal(text, &read); err != nil {
		h.fail("%v", err)
		return
	}
	sum, was := h.sum, h.p
	if h.plan(h.music.twin, read.Request); h.sum != sum {
		h.fail("planned again from %+v it is another: %v", read.Request, h.err)
	}
	h.p, h.sum = was, sum
}
