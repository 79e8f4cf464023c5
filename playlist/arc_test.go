package playlist

import (
	"errors"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"segue"
	"segue/internal/racetest"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func defaultArc(t testing.TB) ArcOptions {
	t.Helper()
	o, err := ArcOptions{Lead: LeadNone}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// By hand, hold .15, sustain .25: at τ = .45, u = (.45 − .15)/.6 = ½ and
// w = 3/4 − 2/8 = ½; at τ = .3, u = ¼ and w = 3/16 − 2/64 = .15625.
func TestArcByHand(t *testing.T) {
	s, e := segue.Affect{Valence: .2, Arousal: .8}, segue.Affect{Valence: .6, Arousal: .4}
	a := newArc(s, e, defaultArc(t), limits{})
	for tau, w := range map[float64]float64{0: 0, .15: 0, .3: .15625, .45: .5, .75: 1, 1: 1} {
		p := a.at(tau)
		if !near(p.Valence, .2+.4*w) || !near(p.Arousal, .8-.4*w) {
			t.Errorf("τ = %g: %+v, want w = %g", tau, p, w)
		}
	}
}

// By hand, arousal first, u = ½: arousal w(.5/.7 = .7142857) = 3·.5102041 −
// 2·.3644315 = .8017493; valence w(.3/.8 = .375) = 3·.140625 − 2·.0527344 =
// .3164063.
func TestArousalFirstByHand(t *testing.T) {
	a := arc{start: segue.Affect{}, target: segue.Affect{Valence: 1, Arousal: 1}, curve: Smoothstep, lead: LeadArousal, strength: 1}
	p := a.shift(.5)
	if math.Abs(p.Arousal-.8017493) > 1e-6 || math.Abs(p.Valence-.3164063) > 1e-6 {
		t.Errorf("got %+v", p)
	}
	a.lead = LeadValence
	if q := a.shift(.5); q.Valence != p.Arousal || q.Arousal != p.Valence {
		t.Errorf("valence first is not the mirror: %+v", q)
	}
}

func TestAngryToCalmPassesItsWaypointAndNotSad(t *testing.T) {
	from, to := segue.AnchorOf(segue.Angry), segue.AnchorOf(segue.Calm)
	r, err := DefaultTarget(from, "angry")
	if err != nil || r.To != to || r.Lead != LeadArousal || r.Stay {
		t.Fatalf("%+v, %v", r, err)
	}
	o := defaultArc(t)
	for _, via := range [][]segue.Affect{r.Waypoints, nil} {
		o.Lead, o.Waypoints = r.Lead, via
		a := newArc(from, to, o, limits{})
		for _, m := range []segue.Mood{segue.Sad, segue.Happy} {
			if d := a.nearest(segue.AnchorOf(m)); d < Clearance-1e-6 {
				t.Errorf("via %v the arc comes within %g of %s", via, d, m)
			}
		}
		if via == nil && a.strength >= 1 {
			t.Error("without its waypoint the arc should have been softened")
		}
		nearest := math.Inf(1)
		for i := range 1000 {
			nearest = min(nearest, a.at(float64(i)/999).Distance(segue.Affect{Valence: .45, Arousal: .45}))
		}
		if via != nil && nearest > .005 {
			t.Errorf("the arc misses its waypoint by %g", nearest)
		}
	}
}

func TestSofteningIsNoMoreThanNeeded(t *testing.T) {
	from, to := segue.Affect{Valence: .30, Arousal: .70}, segue.AnchorOf(segue.Calm)
	o := defaultArc(t)
	o.Lead = LeadArousal
	a := newArc(from, to, o, limits{})
	if a.strength <= .5 || a.strength >= 1 {
		t.Fatalf("strength %g", a.strength)
	}
	if d := a.nearest(segue.AnchorOf(segue.Sad)); math.Abs(d-Clearance) > 1e-5 {
		t.Errorf("stays %g away, want just %g", d, Clearance)
	}
}

// TestSofteningIsFoundStepByStep holds what is found early to a search that leaves
// nothing out: the strengths in steps from above, the nearest point of each arc.
func TestSofteningIsFoundStepByStep(t *testing.T) {
	racetest.Alone(t)
	o, softened := defaultArc(t), 0
	defer func() {
		if softened == 0 {
			t.Error("no arc was softened")
		}
	}()
	rapid.Check(t, func(t *rapid.T) {
		from, to := drawAffect(t, "from"), drawAffect(t, "to")
		o.Lead = rapid.SampledFrom([]Lead{LeadArousal, LeadValence}).Draw(t, "lead")
		o.Waypoints = nil
		if rapid.Bool().Draw(t, "waypoint") {
			o.Waypoints = []segue.Affect{drawAffect(t, "via")}
		}
		a := newArc(from, to, o, limits{})
		b := a
		clear := func(strength float64) bool {
			for _, m := range segue.Moods() {
				if m == segue.QuadrantOf(from) || m == segue.QuadrantOf(to) {
					continue
				}
				b.strength = 0
				keep := min(Clearance, b.nearest(segue.AnchorOf(m))) - 1e-9
				if b.strength = strength; b.nearest(segue.AnchorOf(m)) < keep {
					return false
				}
			}
			return true
		}
		want := 1.0
		for want > 0 && !clear(want) {
			want -= 1. / 64
		}
		if want < 1 {
			softened++
		}
		for lo, width := want, 1./64; width > 1e-8; width /= 2 {
			if want < 1 && clear(lo+width/2) {
				lo += width / 2
				want = lo
			}
		}
		if math.Abs(a.strength-want) > 1e-7 {
			t.Fatalf("the lead has strength %.9f, step by step %.9f", a.strength, want)
		}
	})
}

func BenchmarkArc(b *testing.B) {
	o := defaultArc(b)
	for name, from := range map[string]segue.Affect{"lead kept": {Valence: .30, Arousal: .95}, "lead softened": {Valence: .30, Arousal: .70}} {
		b.Run(name, func(b *testing.B) {
			o.Lead = LeadArousal
			for b.Loop() {
				newArc(from, segue.AnchorOf(segue.Calm), o, limits{})
			}
		})
	}
}

// TestNearestSeesTurns compares with a much finer look: with a lead the way turns
// sharply between samples. Clearance asks about points .3 away; very near ones
// may have two nearest places between two samples.
func TestNearestSeesTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := arc{
			start: drawAffect(t, "start"), target: drawAffect(t, "target"), strength: rapid.Float64Range(0, 1).Draw(t, "strength"),
			curve: rapid.SampledFrom([]Curve{Linear, Smoothstep}).Draw(t, "curve"), lead: rapid.SampledFrom([]Lead{LeadArousal, LeadValence}).Draw(t, "lead"),
		}
		if rapid.Bool().Draw(t, "waypoint") {
			a.waypoints = []segue.Affect{drawAffect(t, "via")}
		}
		to, want := drawAffect(t, "to"), math.Inf(1)
		for i := range 4001 {
			want = min(want, a.shift(float64(i)/4000).Distance(to))
		}
		got := a.nearest(to)
		if want > .1 && got > want+1e-4 {
			t.Fatalf("comes within %.9f, found %.9f", want, got)
		}
		for _, than := range []float64{got - 1e-9, got, got + 1e-9, Clearance, rapid.Float64Range(0, 1.5).Draw(t, "than")} {
			if a.nears(to, than) != (got < than) {
				t.Fatalf("comes within %.12f, and nears %.12f is %v", got, than, a.nears(to, than))
			}
		}
	})
}

func TestCurves(t *testing.T) {
	for _, c := range []Curve{Smoothstep, Linear, MinimumJerk} {
		last := -1.0
		for i := range 101 {
			w := c.ease(float64(i) / 100)
			if w < last {
				t.Errorf("%s falls at %d", c, i)
			}
			last = w
		}
		if c.ease(0) != 0 || !near(c.ease(1), 1) || !near(c.ease(.5), .5) {
			t.Errorf("%s: %g %g %g", c, c.ease(0), c.ease(.5), c.ease(1))
		}
	}
}

func TestDefaultTargets(t *testing.T) {
	for _, c := range []struct {
		from, to string
		stay     bool
	}{{"angry", "calm", false}, {"anxious", "calm", false}, {"sad", "content", false}, {"happy", "happy", true}, {"calm", "calm", true}, {"content", "content", true}} {
		at, err := segue.ParseAffect(c.from)
		if err != nil {
			t.Fatal(err)
		}
		r, err := DefaultTarget(at, c.from)
		if err != nil || r.ToName != c.to || r.Stay != c.stay {
			t.Errorf("%s: %+v, %v", c.from, r, err)
		}
	}
	if _, err := DefaultTarget(segue.Affect{Valence: .5, Arousal: .5}, ""); !errors.Is(err, segue.ErrUsage) {
		t.Errorf("the middle: %v", err)
	}
	if r, err := DefaultTarget(segue.Affect{Valence: .2, Arousal: .2}, ""); err != nil || r.ToName != "content" {
		t.Errorf("a point near sad: %+v, %v", r, err)
	}
}

func drawAffect(t *rapid.T, name string) segue.Affect {
	return segue.Affect{Valence: rapid.Float64Range(0, 1).Draw(t, name+" valence"), Arousal: rapid.Float64Range(0, 1).Draw(t, name+" arousal")}
}

// TestLimitsOfTheArc holds every arc to the night bullet and the forbidden zones.
func TestLimitsOfTheArc(t *testing.T) {
	racetest.Alone(t)
	o := defaultArc(t)
	rapid.Check(t, func(t *rapid.T) {
		from, to := drawAffect(t, "from"), drawAffect(t, "to")
		night := rapid.Bool().Draw(t, "night")
		o.Lead = rapid.SampledFrom([]Lead{LeadNone, LeadArousal, LeadValence}).Draw(t, "lead")
		o.Waypoints = nil
		if rapid.Bool().Draw(t, "waypoint") {
			o.Waypoints = []segue.Affect{drawAffect(t, "via")}
		}
		l, s, e := newLimits(from, to, night)
		a := newArc(s, e, o, l)
		if l.sad && e.Valence < from.Valence {
			t.Fatalf("a sad path ends darker: %+v", e)
		}
		for i := range 101 {
			tau := float64(i) / 100
			p := a.at(tau)
			if !onPlane(p) || l.forbids(p) {
				t.Fatalf("τ = %g: %+v is forbidden", tau, p)
			}
			if !night {
				continue
			}
			if p.Arousal > max(min(from.Arousal, NightArousal), NightCalm)+1e-12 || tau >= .5 && p.Arousal > NightLateArousal {
				t.Fatalf("τ = %g: arousal %g from %g", tau, p.Arousal, from.Arousal)
			}
		}
	})
}

// TestWhatWasAskedCanBeAskedAgain: a hold of no time is none in the request that a
// playlist shows too, where 0 would ask for the usual one.
func TestWhatWasAskedCanBeAskedAgain(t *testing.T) {
	lib := syntheticLibrary(t, 300, 4, 100, false)
	r := request(t, "angry", "calm", 30)
	r.Arc.Hold, r.Arc.Sustain, r.NoCertificate = -.3, -1, true
	first := mustPlan(t, lib, r)
	second := mustPlan(t, lib, first.Request)
	if first.Arc.Hold != 0 || first.Arc.Sustain != 0 || second.Arc.Hold != 0 || second.Arc.Sustain != 0 || ids(first) != ids(second) {
		t.Errorf("held for %g and %g of the time, then for %g and %g", first.Arc.Hold, first.Arc.Sustain, second.Arc.Hold, second.Arc.Sustain)
	}
	if !reflect.DeepEqual(first.Request, second.Request) {
		t.Errorf("asked %+v, then %+v", first.Request, second.Request)
	}
}
