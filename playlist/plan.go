package playlist

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"

	"segue"
)

// ErrNoPlaylist reports that no playlist meets the limits that are never
// relaxed. The wrapping error, a *Refusal, says what is missing.
var ErrNoPlaylist = errors.New("no playlist is possible")

// Plan returns the playlist of a request. The same library and request give the
// same playlist, another seed a fresh one of the same quality. An hour of a thousand
// candidates takes some hundredths of a second to find, and as long again or a few
// times that to prove (docs/benchmarks.md): Request.NoCertificate spares the proof,
// whose work is limited by count. A proof that finds a cheaper hour returns that.
//
// What cannot be met, or only by an hour that misses a bar of its metrics, is
// relaxed in a fixed order (familiarity by half, by three quarters, then wholly, artist spacing, artist
// cap 3, ±300 s, a shorter arc, and if nothing else helps the largest step) and
// listed in Relaxed, as are bars that are missed all the same. Exclusions, locks,
// wishes, night rules, forbidden zones, one recording of a song and the rumination
// guard are never relaxed: Plan returns an error wrapping ErrNoPlaylist rather than
// break one. A request that makes no sense gives an error wrapping segue.ErrUsage;
// an ended ctx gives its error.
func Plan(ctx context.Context, lib *Library, r Request) (*Playlist, error) {
	pl, err := newPlanner(ctx, lib, r)
	if err != nil {
		return nil, err
	}
	found, err := pl.solve(ctx)
	if err != nil {
		return nil, err
	}
	proof, err := pl.certify(ctx, found)
	if err != nil {
		return nil, err
	}
	out := pl.playlist(found)
	out.prove(proof)
	return out, nil
}

// prove adds a certificate, nil for none.
func (p *Playlist) prove(c *Certificate) {
	if c == nil || p.Cost == nil {
		return
	}
	bound, gap := min(c.Search, *p.Cost), 0.0
	if *p.Cost > 0 {
		gap = (*p.Cost - bound) / *p.Cost
	}
	if gap < cheaper {
		bound, gap = *p.Cost, 0 // what is left is rounding
	} else {
		c.Optimal = false // what was proved to be the best is not this hour, which passes bars that one misses
	}
	p.Certificate, p.LowerBound, p.Gap = c, number(bound), number(gap)
}

// Candidates returns the catalogue rows, ascending, that a plan of a request is
// made of. Errors are those Plan returns before it searches.
func Candidates(ctx context.Context, lib *Library, r Request) ([]int32, error) {
	pl, err := newPlanner(ctx, lib, r)
	if err != nil {
		return nil, err
	}
	return pl.rows, nil
}

// newPlanner checks a request, draws its arc and chooses its candidates.
func newPlanner(ctx context.Context, lib *Library, r Request) (*planner, error) {
	if lib.plane == nil {
		panic("playlist: the library was not made by NewLibrary")
	}
	r, err := r.withDefaults()
	if err != nil {
		return nil, lib.refuse(err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(lib.plane.rows) == 0 {
		return nil, impossible(lib.say("none of the %d tracks of the catalogue has a place on the plane; bring one with energy and valence", lib.Catalog.Len()))
	}
	limits, start, target := newLimits(r.From, r.To, r.Night)
	a := newArc(start, target, r.Arc, limits)
	a.level = r.Arm == Compensatory
	ok := newEligible(lib, r.Exclude, limits)
	rows, err := candidates(ctx, lib, r, a, ok)
	if err != nil {
		return nil, err
	}
	if len(rows) < 2 {
		return nil, tooFew(ok, len(rows))
	}
	pl := &planner{lib: lib, request: r, arc: a, rows: rows, ok: ok, median: medianLength(lib.Catalog, rows)}
	return pl, pl.hold()
}

// certify adds how far the cost can be from the least there is, and takes over
// what it finds cheaper on the way. The shuffle arm has no cost.
func (pl *planner) certify(ctx context.Context, s *solution) (*Certificate, error) {
	if pl.request.Arm == Shuffle || pl.request.NoCertificate {
		return nil, nil
	}
	c, better, err := s.p.prove(ctx, s.least, s.price)
	if err != nil {
		return nil, err
	}
	if better != nil {
		q := *s.p
		q.rules = s.bars
		if !q.feasible(better) {
			if _, err := q.repair(ctx, better, s.p.rules); err != nil {
				return nil, err
			}
		}
		if q.cost(better) < q.cost(s.seq) && q.feasible(better) {
			s.seq, s.relaxed = better, pl.unmet(&q, better, stage{minutes: s.minutes, anyStep: s.anyStep})
		}
	}
	return &c, nil
}

// medianLength returns the median duration of rows in ms.
func medianLength(c *segue.Catalog, rows []int32) float64 {
	ms := make([]float64, len(rows))
	for i, r := range rows {
		ms[i] = float64(c.DurationMS[r])
	}
	slices.Sort(ms)
	return (ms[(len(ms)-1)/2] + ms[len(ms)/2]) / 2
}

// planner is one plan in the making.
type planner struct {
	lib     *Library
	request Request
	arc     arc
	rows    []int32 // candidates, catalogue rows
	ok      *eligible
	median  float64 // ms
	held    held
}

// say says a text in the language of the library.
func (pl *planner) say(english string, args ...any) string { return pl.lib.say(english, args...) }

// of writes a number with its noun in the language of the library.
func (pl *planner) of(n int, one, many string) string { return pl.lib.of(n, one, many) }

// solution is a sequence and the problem it solves.
type solution struct {
	p       *problem
	seq     []int32
	minutes int
	anyStep bool      // found with the largest step relaxed
	bars    rules     // that it keeps: those of the bars too if it passes them
	least   float64   // the least cost found under the hard constraints alone
	price   []float64 // of the tallies, as the search left them
	relaxed []rule
}

// problem makes the tables for a playlist of some minutes; nil if there is no
// sequence of so many tracks to be had, or a lock has no place in it.
func (pl *planner) problem(minutes int) *problem {
	n := pl.slots(minutes)
	if n > len(pl.rows) {
		return nil
	}
	a := pl.arc
	if pl.request.Arm == Iso {
		a = a.matched(pl.request.Matched, n)
	}
	p := newProblem(pl.lib, pl.rows, n, a, *pl.request.Familiarity, pl.ok)
	p.rules = rules{minutes: minutes}
	if !pl.put(p) {
		return nil
	}
	return p
}

// playlist puts a solution into words and numbers.
func (pl *planner) playlist(s *solution) *Playlist {
	r, a, p := pl.request, s.p.arc, s.p
	out := &Playlist{
		From: Place{r.FromName, r.From}, To: Place{r.ToName, r.To}, Minutes: r.Minutes,
		Metrics: p.metrics(s.seq, a, *r.Familiarity, r.Minutes),
		Arm:     r.Arm, Seed: r.Seed, Night: r.Night, Autoplay: !r.Night, Candidates: p.m, DurationMS: p.total(s.seq),
		Relaxed: pl.relaxations(s), Notes: pl.notes(), Arc: a.path(), Request: r,
	}
	out.Checks = checks(out.Metrics, p.points, r, p.bands)
	if r.Arm != Shuffle {
		sounds := make([]Sound, p.n)
		for i, c := range s.seq {
			sounds[i] = p.sounds[c]
		}
		out.Cost = number(Cost(sounds, p.points))
	}
	var at int64
	for i, c := range s.seq {
		t := pl.track(pl.rows[c])
		t.StartMS = at
		at += t.DurationMS
		t.Target = [2]float64{p.points[i].Valence, p.points[i].Arousal}
		t.Phase = a.phase(slotTime(i, p.n))
		out.Tracks = append(out.Tracks, t)
	}
	pl.account(s, out)
	return out
}

// track returns what is known of a catalogue row.
func (pl *planner) track(row int32) Track {
	c, lib := pl.lib.Catalog, pl.lib
	t := Track{
		ID: c.ID[row], Title: c.Title[row], Artists: []string{}, DurationMS: int64(c.DurationMS[row]),
		Valence: lib.Positions[row].Valence, Arousal: lib.Positions[row].Arousal,
		Energy: number(lib.feature(segue.Energy, row)), Acousticness: number(lib.feature(segue.Acousticness, row)),
		Tempo: number(lib.feature(segue.Tempo, row)),
		Mood:  segue.LabelOf(lib.Positions[row]), Membership: lib.membership(row),
		row: row,
	}
	if c.Artists.Len() > 0 {
		t.Artists = c.Artists.At(int(row))
	}
	if c.Album != nil {
		t.Album = c.Album[row]
	}
	if c.ISRC != nil {
		t.ISRC = c.ISRC[row]
	}
	if lib.Heard != nil {
		familiar := lib.isFamiliar(row)
		t.Familiar = &familiar
	}
	return t
}

// notes says in words what the limits changed about the request.
func (pl *planner) notes() []string {
	r, a := pl.request, pl.arc
	notes := []string{}
	if r.Night {
		if a.start != r.From {
			notes = append(notes, pl.say("At night the music starts no more energetic than %.2f.", a.start.Arousal))
		}
		if a.target != r.To {
			notes = append(notes, pl.say("At night the music ends no more energetic than %.2f.", a.target.Arousal))
		}
	} else if a.target != r.To {
		notes = append(notes, pl.say("The end was moved a little: from here the music never turns harder or darker."))
	}
	if r.Arm == Shuffle && pl.lib.Heard != nil && !pl.allOwn() {
		notes = append(notes, pl.say("Too few of your own tracks may be played; these are drawn from the whole catalogue."))
	}
	return notes
}

func (pl *planner) allOwn() bool {
	for _, row := range pl.rows {
		if pl.lib.Heard.Completed(row) == 0 {
			return false
		}
	}
	return true
}

// path returns the arc for drawing.
func (a arc) path() Path {
	const moments = 60
	p := Path{
		Start: a.start, Target: a.target, Hold: a.hold, Sustain: a.sustain, Curve: a.curve,
		Lead: a.lead, Strength: a.strength, Waypoints: a.waypoints,
	}
	if a.lead == LeadNone {
		p.Strength = 0
	}
	if p.Waypoints == nil {
		p.Waypoints = []segue.Affect{}
	}
	for i := range moments + 1 {
		tau := float64(i) / moments
		p.Points = append(p.Points, Moment{tau, a.at(tau)})
	}
	return p
}

// chance gives every candidate in every slot a random cost: the cheapest
// sequence is then a random one that keeps the rules.
func (p *problem) chance(seed uint64, endsSlow bool) {
	rng := rand.New(rand.NewPCG(seed, 0x5aff1e))
	p.unary = make([]float64, p.n*p.m)
	for i := range p.unary {
		p.unary[i] = rng.Float64()
	}
	p.byChance = true
	if endsSlow {
		p.endSlow()
	}
	p.hold()
}
