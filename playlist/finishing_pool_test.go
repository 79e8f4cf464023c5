package playlist

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"segue"
	"segue/internal/racetest"
)

// people are counts of several listeners over one catalogue.
func people(c *segue.Catalog, counts []map[int32]HeardCount) []*Heard {
	out := make([]*Heard, len(counts))
	for i, n := range counts {
		out[i] = NewHeard(c, n)
	}
	return out
}

func pooled(c *segue.Catalog, least int, heard ...*Heard) *FinishingPool {
	v := NewFinishingVoices(c)
	for _, h := range heard {
		v.Add(h)
	}
	return v.Pool(least)
}

// Three people, k = 2. Ann completes 3 of 4, Bo 2 of 4, Cy 6 of 8 plays: e = .75, .5, .75.
//
//	track 0: y = 1, 1, 1      Σy = 3    Σe = 2     Σe² = 1.375
//	track 1: y = ½, 0         Σy = .5   Σe = 1.25  Σe² = .8125   (Ann and Bo)
//	track 2: y = ½            one voice: none
//
// ρ = 3.5/3.25 = 14/13. E = 28/13 and 17.5/13; V = E − ρ²·Σe² = .55917 and .40385;
// X² = Σ(Y−E)²/E = .33242 + .53187 = .86429, chance ΣV/E = .25962 + .3 = .55962,
// which is more by .30467 only, less than its standard error √(2·Σ(V/E)²) = 0.56107:
// τ² = 0.56107/3.5 = 0.16031, κ = (.96302/3.5)/0.16031 = 1.71639.
func TestFinishingPoolByHand(t *testing.T) {
	c := syntheticLibrary(t, 40, 3, 4, false).Catalog
	h := people(c, []map[int32]HeardCount{
		{0: {Plays: 2, Completed: 2}, 1: {Plays: 2, Completed: 1}},
		{0: {Plays: 2, Completed: 2}, 1: {Plays: 2}},
		{0: {Plays: 4, Completed: 4}, 2: {Plays: 4, Completed: 2}},
	})
	p := pooled(c, 2, h...)
	if p.Len() != 2 || p.People() != 3 || math.Abs(p.scale-14./13) > 1e-6 || math.Abs(p.shrinkage-1.71639) > 2e-4 {
		t.Fatalf("%d tracks of %d people, ρ = %.6f, κ = %.5f", p.Len(), p.People(), p.scale, p.shrinkage)
	}
	k := p.shrinkage
	for row, want := range map[int32]Ratio{
		0: {Mean: (k + 3) / (k + 28./13), People: 2}, // three, a multiple of two
		1: {Mean: (k + .5) / (k + 17.5/13), People: 2},
		2: {Mean: 1}, 7: {Mean: 1},
	} {
		if got := p.Ratio(row); math.Abs(got.Mean-want.Mean) > 1e-6 || got.People != want.People || (got.People == 0) != (got.Lo == 1 && got.Hi == 1) {
			t.Errorf("row %d: %+v instead of %+v", row, got, want)
		}
	}
	// The interval of track 1: φ = 1 − r·ρ²Σe²/E.
	r := p.Ratio(1)
	phi := 1 - r.Mean*(14./13*14./13*.8125)/(17.5/13)
	g := distuv.Gamma{Alpha: (k + .5) / phi, Beta: (k + 17.5/13) / phi}
	if math.Abs(g.CDF(r.Lo)-.05) > 1e-6 || math.Abs(g.CDF(r.Hi)-.95) > 1e-6 {
		t.Errorf("%+v holds %.4f to %.4f", r, g.CDF(r.Lo), g.CDF(r.Hi))
	}
	// Without Ann one person is left of track 1, and two of track 0.
	v, _ := h[0].voice()
	if got := p.without(1, h[0], v); got.Mean != 1 || got.People != 0 {
		t.Errorf("one person makes a pool: %+v", got)
	}
	if got := p.without(0, h[0], v); math.Abs(got.Mean-(k+2)/(k+14./13*1.25)) > 1e-6 {
		t.Errorf("without Ann: %+v", got)
	}
	if !p.Holds(h[0]) || p.Holds(NewHeard(c, map[int32]HeardCount{0: {Plays: 1}})) || p.Holds(nil) {
		t.Error("whose voices they are is not known")
	}
}

func TestFinishingPoolEdges(t *testing.T) {
	c := syntheticLibrary(t, 40, 3, 4, false).Catalog
	some := func(i int) map[int32]HeardCount {
		return map[int32]HeardCount{0: {Plays: 3 + i, Completed: 1}, 1: {Plays: 2, Completed: 2}}
	}
	for name, x := range map[string]struct {
		counts []map[int32]HeardCount
		people int
		is     bool
	}{
		"nobody":                     {nil, 0, false},
		"nothing heard":              {[]map[int32]HeardCount{{}, {}}, 0, false},
		"all or nothing finished":    {[]map[int32]HeardCount{{0: {Plays: 3, Completed: 3}}, {0: {Plays: 3}}}, 0, false},
		"one short of the least":     {[]map[int32]HeardCount{some(0), some(1)}, 2, false},
		"the least":                  {[]map[int32]HeardCount{some(0), some(1), some(2)}, 3, true},
		"one of them twice":          {[]map[int32]HeardCount{some(0), some(1), some(1)}, 2, false},
		"no track of enough of them": {[]map[int32]HeardCount{{0: {Plays: 2, Completed: 1}}, {1: {Plays: 2, Completed: 1}}, {2: {Plays: 2, Completed: 1}}}, 3, false},
		"more completed than played": {[]map[int32]HeardCount{{0: {Completed: 2}, 1: {Plays: 2}}, {0: {Completed: 2}, 1: {Plays: 3}}, {0: {Completed: 2}, 1: {Plays: 4}}}, 3, true},
		"a million plays, and never": {[]map[int32]HeardCount{{0: {Plays: mostHeard}, 1: {Plays: 1, Completed: 1}}, {0: {Plays: mostHeard - 1}, 1: {Plays: 1, Completed: 1}}, {0: {Plays: 3}, 1: {Plays: 1, Completed: 1}}}, 3, true},
	} {
		v := NewFinishingVoices(c)
		for _, h := range people(c, x.counts) {
			v.Add(h)
		}
		p := v.Pool(3)
		if v.People() != x.people || (p != nil) != x.is {
			t.Errorf("%s: %d people, a pool: %v", name, v.People(), p != nil)
			continue
		}
		if p == nil {
			continue
		}
		for _, row := range []int32{0, 1} {
			if r := p.Ratio(row); !(r.Mean > 0 && r.Lo >= 0 && r.Lo <= r.Mean && r.Mean <= r.Hi && !math.IsInf(r.Hi, 0)) {
				t.Errorf("%s: row %d: %+v", name, row, r)
			}
		}
	}
	for name, bad := range map[string]func(){
		"a pool of one": func() { NewFinishingVoices(c).Pool(1) },
		"another catalogue": func() {
			NewFinishingVoices(c).Add(NewHeard(syntheticLibrary(t, 90, 3, 4, false).Catalog, map[int32]HeardCount{70: {Plays: 1}}))
		},
		"pool of another one": func() {
			syntheticLibrary(t, 90, 3, 4, false).Pooled(pooled(c, 3, people(c, []map[int32]HeardCount{some(0), some(1), some(2)})...))
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s is no panic", name)
				}
			}()
			bad()
		}()
	}
}

// A world is invented listeners over invented tracks, of whom the truth is known: each
// finishes a play of a track they chose by taste with the chance of their own times the
// track's appeal.
type appealing struct {
	c      *segue.Catalog
	appeal []float64
	counts []map[int32]HeardCount
	usual  []float64
}

func appealWorld(c *segue.Catalog, seed uint64, listeners, each, plays int, spread float64) appealing {
	rng := rand.New(rand.NewPCG(seed, 77))
	w := appealing{c: c, appeal: make([]float64, c.Len())}
	for i := range w.appeal {
		w.appeal[i] = math.Exp(spread * rng.NormFloat64())
	}
	for range listeners {
		usual := .35 + .5*rng.Float64()
		n := map[int32]HeardCount{}
		for range each {
			row := int32(float64(c.Len()) * math.Pow(rng.Float64(), 1.5)) // some are heard by many
			var one HeardCount
			for range 1 + rng.IntN(plays) {
				one.Plays++
				if rng.Float64() < min(.98, usual*w.appeal[row]) {
					one.Completed++
				}
			}
			n[row] = one
		}
		w.counts, w.usual = append(w.counts, n), append(w.usual, usual)
	}
	return w
}

// rankCorrelation is Spearman's.
func rankCorrelation(x, y []float64) float64 {
	ranks := func(v []float64) []float64 {
		by := make([]int, len(v))
		for i := range by {
			by[i] = i
		}
		slices.SortStableFunc(by, func(a, b int) int {
			switch {
			case v[a] < v[b]:
				return -1
			case v[a] > v[b]:
				return 1
			}
			return 0
		})
		out := make([]float64, len(v))
		for r, i := range by {
			out[i] = float64(r)
		}
		return out
	}
	a, b := ranks(x), ranks(y)
	m := float64(len(x)-1) / 2
	var ab, aa, bb float64
	for i := range a {
		ab, aa, bb = ab+(a[i]-m)*(b[i]-m), aa+(a[i]-m)*(a[i]-m), bb+(b[i]-m)*(b[i]-m)
	}
	return ab / math.Sqrt(aa*bb)
}

// Where tracks differ in appeal the pool finds how, and tells better than without it what a
// listener will finish of what they never played; its intervals hold the truth. Where they do
// not differ, hardly any track is marked.
func TestFinishingPoolFindsAppeal(t *testing.T) {
	racetest.Alone(t)
	base := syntheticLibrary(t, 400, 5, 90, false)
	for _, world := range []struct {
		spread float64
		plays  int // of a track, at most: one alone is all chance that the interval reckons with
	}{{0, 6}, {0, 1}, {.35, 6}, {.35, 1}} {
		spread := world.spread
		w := appealWorld(base.Catalog, 11, 160, 120, world.plays, spread)
		heard := people(base.Catalog, w.counts)
		p := pooled(base.Catalog, 10, heard...)
		// The truth of a ratio: what all finish of a track, by what they finish of all.
		shares := 0.0
		for _, h := range heard {
			shares += p.scale * h.share()
		}
		var truth, found []float64
		held := 0
		for row, a := range w.appeal {
			r := p.Ratio(int32(row))
			if r.People == 0 {
				continue
			}
			is := 0.0
			for _, usual := range w.usual {
				is += min(.98, usual*a) / shares
			}
			if truth, found = append(truth, is), append(found, r.Mean); r.Lo <= is && is <= r.Hi {
				held++
			}
		}
		var with, without, n float64
		marked, rows, missed, rightly := 0, 0, 0, 0
		for i, h := range heard[:40] {
			alone, err := base.For(h, nil)
			if err != nil {
				t.Fatal(err)
			}
			lib := alone.Pooled(p)
			for row := range int32(base.Catalog.Len()) {
				if h.Plays(row) > 0 {
					continue
				}
				rows++
				chance := min(.98, w.usual[i]*w.appeal[row])
				if lib.rarely(row) == byOthers {
					marked++
					if chance < w.usual[i] {
						rightly++
					}
				} else if chance < .6*w.usual[i] {
					missed++
				}
				a, _ := alone.Finishing(row)
				b, _ := lib.Finishing(row)
				without, with, n = without+(a.Mean-chance)*(a.Mean-chance), with+(b.Mean-chance)*(b.Mean-chance), n+1
			}
		}
		rmse, rmseAlone := math.Sqrt(with/n), math.Sqrt(without/n)
		t.Logf("appeal of spread %.2f, up to %d plays: %d tracks, κ = %.3g, ρ = %.3f; rank correlation %.3f; intervals of 90 %% hold %.3f; error of a share never played %.4f with the pool, %.4f without; %.2f %% of %d marked, %d of %d rightly; of those finished under .6 of usual %d unmarked",
			spread, world.plays, p.Len(), p.shrinkage, p.scale, rankCorrelation(truth, found), float64(held)/float64(len(truth)), rmse, rmseAlone, 100*float64(marked)/float64(rows), rows, rightly, marked, missed)
		if float64(held) < .88*float64(len(truth)) {
			t.Errorf("spread %g: intervals hold %d of %d", spread, held, len(truth))
		}
		if spread == 0 {
			if float64(marked) >= .1*float64(rows) || rmse > rmseAlone*1.05 {
				t.Errorf("of equal tracks %d of %d are marked; errors %g, %g alone", marked, rows, rmse, rmseAlone)
			}
			continue
		}
		if c := rankCorrelation(truth, found); c < .8 || rmse > .75*rmseAlone || marked == 0 || float64(rightly) < .97*float64(marked) {
			t.Errorf("rank correlation %.3f, errors %g and %g alone, %d of %d marked rightly", c, rmse, rmseAlone, rightly, marked)
		}
	}
}

// The law of sums: persons in any order, and at once, make the same bytes; the slow obvious
// version, from the persons one by one, finds the same ratios; leaving one out is not to have
// added them, but for ρ and κ.
func TestFinishingPoolIsOfNoOrder(t *testing.T) {
	base := syntheticLibrary(t, 60, 5, 9, false)
	w := appealWorld(base.Catalog, 3, 30, 40, 6, .4)
	heard := people(base.Catalog, w.counts)
	p := pooled(base.Catalog, 10, heard...)
	other := slices.Clone(heard)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
	q := pooled(base.Catalog, 10, other...)
	rest := pooled(base.Catalog, 10, heard[1:]...)
	rest.scale, rest.shrinkage = p.scale, p.shrinkage
	v, _ := heard[0].voice()
	for row := range int32(base.Catalog.Len()) {
		if p.Ratio(row) != q.Ratio(row) {
			t.Errorf("row %d: %+v, in another order %+v", row, p.Ratio(row), q.Ratio(row))
		}
		sure := 1.
		if r := p.Ratio(row); r.Hi < 1 {
			sure = r.Hi
		} else if r.Lo > 1 {
			sure = r.Lo
		}
		if got := p.sure(row, nil, voice{}); got != sure {
			t.Errorf("row %d: sure of %g, by the interval %g", row, got, sure)
		}
		if a, b := p.without(row, heard[0], v), rest.Ratio(row); a != b {
			t.Errorf("row %d: left out %+v, never added %+v", row, a, b)
		}
		var y, e float64
		n := 0
		for _, h := range heard {
			if c := h.Count(row); c.Plays > 0 {
				y, e, n = y+float64(c.Completed)/float64(c.Plays), e+h.share(), n+1
			}
		}
		want := 1.
		if n >= 10 {
			want = (p.shrinkage + y) / (p.shrinkage + p.scale*e)
		}
		if got := p.Ratio(row).Mean; math.Abs(got-want) > 1e-5 {
			t.Errorf("row %d of %d people: %g, one by one %g", row, n, got, want)
		}
	}
}

// A pool chooses among candidates and says so; it moves no place, weighs nothing locked, and
// without one all is as it was.
func TestPooledHours(t *testing.T) {
	racetest.Alone(t)
	lib := syntheticLibrary(t, 1500, 4, 80, false)
	var counts []map[int32]HeardCount
	for i := range 40 { // odd rows are finished, even ones hardly ever
		n := map[int32]HeardCount{}
		for row := range int32(1500) {
			n[row] = HeardCount{Plays: 6 + i%3, Completed: 1 + 5*int(row%2)}
		}
		n[int32(i)] = HeardCount{Plays: 50, Completed: 40} // so that no two are one
		counts = append(counts, n)
	}
	p := pooled(lib.Catalog, 10, people(lib.Catalog, counts)...)
	own := map[int32]HeardCount{}
	for row := range int32(60) { // they hear out what others do
		own[row] = HeardCount{Plays: 10, Completed: 4 + 5*int(row%2)}
	}
	alone, err := lib.For(NewHeard(lib.Catalog, own), nil)
	if err != nil {
		t.Fatal(err)
	}
	with := alone.Pooled(p)
	if alone.Pooled(nil) != alone || !with.IsPooled() || alone.IsPooled() || &with.Positions[0] != &alone.Positions[0] {
		t.Error("a pool changes what it must not")
	}
	if with.rarely(900) != byOthers || with.rarely(901) != usually || alone.rarely(900) != usually || with.rarely(5) != usually {
		t.Errorf("rarely: %v %v %v %v", with.rarely(900), with.rarely(901), alone.rarely(900), with.rarely(5))
	}
	if f, ok := with.Finishing(900); !ok || !f.Rarely || f.Others.People != 40 || !(f.Mean < f.Usual) || f.Plays != 0 {
		t.Errorf("%+v", f)
	}
	r := Request{From: segue.AnchorOf(segue.Angry), To: segue.AnchorOf(segue.Calm), Minutes: 60, Candidates: 100}
	if a, b := evenRows(t, with, r), evenRows(t, alone, r); a == 0 || a > b*3/4 {
		t.Errorf("of 500 candidates %d are those that others rarely finish, %d without a pool", a, b)
	}
	said := 0
	for seed := range uint64(6) {
		r.Seed = seed
		x, y := mustPlan(t, with, r), mustPlan(t, with, r)
		a, _ := json.Marshal(x)
		if b, _ := json.Marshal(y); string(a) != string(b) {
			t.Error("two plans differ")
		}
		for _, k := range x.Tracks {
			if strings.HasPrefix(k.Reason, "Others, at least 40 of them, finish this one less often than most") {
				said++
			}
		}
	}
	if said == 0 {
		t.Error("no hour says what others finish")
	}
	// What is locked, or wished for, is not weighed, and is in the hour all the same.
	r.Locks, r.Wishes = []Lock{{Place: 2, ID: lib.Catalog.ID[900]}}, nil
	if got := mustPlan(t, with, r); got.Tracks[1].ID != lib.Catalog.ID[900] {
		t.Error("a lock does not hold")
	}
}

// How long an hour is built with a pool, and what it takes to fill one.
func BenchmarkFinishingPool(b *testing.B) {
	base := syntheticLibrary(b, 20_000, 5, 2000, false)
	w := appealWorld(base.Catalog, 3, 200, 2000, 6, .3)
	heard := people(base.Catalog, w.counts)
	p := pooled(base.Catalog, 10, heard...)
	alone, err := base.For(heard[0], nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("add", func(b *testing.B) {
		for b.Loop() {
			NewFinishingVoices(base.Catalog).Add(heard[0])
		}
	})
	r := Request{From: segue.AnchorOf(segue.Angry), To: segue.AnchorOf(segue.Calm), Minutes: 60, Candidates: 640}
	for name, lib := range map[string]*Library{"alone": alone, "pooled": alone.Pooled(p)} {
		b.Run("candidates "+name, func(b *testing.B) {
			for b.Loop() {
				CandidateRows(b, lib, r)
			}
		})
	}
}
