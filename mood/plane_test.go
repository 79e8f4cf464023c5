package mood

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"segue"
)

// track makes a track of energy, loudness, acousticness and valence.
func track(energy, loudness, acousticness, valence float64) segue.Features {
	v := segue.NoFeatures()
	v[segue.Energy], v[segue.Loudness] = float32(energy), float32(loudness)
	v[segue.Acousticness], v[segue.Valence] = float32(acousticness), float32(valence)
	return v
}

func close(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) < 1e-9) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// Φ(1) = 0.8413447460685429 (Abramowitz & Stegun, table 26.1). A track one
// deviation above the middle of valence and one below that of arousal:
// happy = Φ(1)Φ(−1), calm = Φ(1)², angry = Φ(−1)², sad = Φ(−1)Φ(1).
func TestMembershipByHand(t *testing.T) {
	const up, down = 0.8413447460685429, 1 - 0.8413447460685429
	m := TrackMembership(segue.Affect{Valence: .70, Arousal: .33})
	close(t, "happy", m[segue.Happy], up*down)
	close(t, "calm", m[segue.Calm], up*up)
	close(t, "angry", m[segue.Angry], down*down)
	close(t, "sad", m[segue.Sad], down*up)

	m = TrackMembership(segue.Affect{Valence: .5, Arousal: .5})
	for _, mood := range segue.Moods() {
		close(t, mood.String()+" in the middle", m[mood], .25)
	}
}

func TestMembershipEdges(t *testing.T) {
	for _, at := range []segue.Affect{{Valence: .5, Arousal: .5}, {Valence: .49, Arousal: .5}, {Valence: 0, Arousal: 0}, {Valence: 1, Arousal: .2}} {
		if m := MembershipOf(at, segue.Affect{}); m[segue.QuadrantOf(at)] != 1 {
			t.Errorf("certain %v: %v, want all in %v", at, m, segue.QuadrantOf(at))
		}
	}
	if m := TrackMembership(segue.Nowhere()); !math.IsNaN(m[segue.Angry]) || !math.IsNaN(m[segue.Happy]) {
		t.Errorf("nowhere: %v", m)
	}
	defer func() {
		if recover() == nil {
			t.Error("a negative deviation did not panic")
		}
	}()
	MembershipOf(segue.Affect{}, segue.Affect{Valence: -1})
}

func TestMembershipSumsToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.Float64Range(0, 1)
		at := segue.Affect{Valence: unit.Draw(t, "v"), Arousal: unit.Draw(t, "a")}
		sd := segue.Affect{Valence: unit.Draw(t, "sv"), Arousal: unit.Draw(t, "sa")}
		m, sum := MembershipOf(at, sd), 0.0
		for _, x := range m {
			if !(x >= 0 && x <= 1) {
				t.Fatalf("%v is no membership", m)
			}
			sum += x
		}
		if math.Abs(sum-1) > 1e-14 {
			t.Fatalf("%v sums to %v", m, sum)
		}
		if at != (segue.Affect{Valence: .5, Arousal: .5}) && m[segue.QuadrantOf(at)] < max(m[0], m[1], m[2], m[3])-1e-12 {
			t.Fatalf("%v at %v: its quadrant is not the largest", m, at)
		}
	})
}

// Three tracks with energies .2 .4 .6 and valences .6 .4 .2: z is ∓√1.5, 0 in
// both. V̂ = .6z(valence) + .4z(energy) = +.2√1.5, 0, −.2√1.5, so the mid-ranks of
// valence are 5/6, 3/6, 1/6. Loudness runs against energy and acousticness with
// it: Â = (.62 − .28 − .10)z(energy), so arousal's are 1/6, 3/6, 5/6.
func TestPlaneByHand(t *testing.T) {
	c := catalogOf(track(.2, -5, .1, .6), track(.4, -10, .2, .4), track(.6, -15, .3, .2))
	p, err := NewPlane(c)
	if err != nil {
		t.Fatal(err)
	}
	if p.Tracks != 3 || len(p.Dropped) != 0 || p.Valence.Main != segue.Valence || p.Arousal.Main != segue.Energy {
		t.Errorf("plane %+v", p)
	}
	for i, want := range []segue.Affect{{Valence: 5. / 6, Arousal: 1. / 6}, {Valence: .5, Arousal: .5}, {Valence: 1. / 6, Arousal: 5. / 6}} {
		got := p.Positions(c)[i]
		close(t, "valence", got.Valence, want.Valence)
		close(t, "arousal", got.Arousal, want.Arousal)
	}
	for _, term := range p.Arousal.Terms {
		if term.Feature == segue.Loudness {
			close(t, "mean loudness", term.Mean, -10)
			close(t, "loudness deviation", term.SD, math.Sqrt(50./3))
		}
	}
}

func TestPlaneWithoutAFeature(t *testing.T) {
	nan := math.NaN()
	c := catalogOf(track(.2, nan, nan, .6), track(.4, nan, nan, .4), track(.6, nan, nan, .2), track(.6, nan, nan, nan), track(nan, nan, nan, .3))
	p, err := NewPlane(c)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Dropped) != 2 || p.Dropped[0] != segue.Acousticness || p.Dropped[1] != segue.Loudness {
		t.Errorf("dropped %v", p.Dropped)
	}
	if w := p.Arousal.Terms; len(w) != 1 || w[0].Weight != 1 {
		t.Errorf("arousal is made of %+v, want energy alone", w)
	}
	at := p.Positions(c)
	if at[3].Known() || at[4].Known() || !at[0].Known() || p.Tracks != 3 {
		t.Errorf("positions %v, %d tracks", at, p.Tracks)
	}
	// Only the missing feature's term is left out: .62z(energy) alone decides.
	full := catalogOf(track(.2, -20, .5, .6), track(.8, -5, .1, .4))
	q, err := NewPlane(full)
	if err != nil {
		t.Fatal(err)
	}
	close(t, "raw arousal", q.Arousal.sum(ref(track(.8, nan, nan, .4))), 1)
	close(t, "raw arousal without loudness", q.Arousal.sum(ref(track(.8, nan, .1, .4))), 1)
	close(t, "raw valence without energy", q.Valence.sum(ref(track(nan, nan, nan, .6))), 1)

	// A table without valence has the plane's diagonal left, and says so.
	d, err := NewPlane(catalogOf(track(.2, -20, .5, nan), track(.8, -5, .1, nan)))
	if err != nil || len(d.Dropped) != 1 || d.Dropped[0] != segue.Valence || d.Valence.Main != segue.Energy {
		t.Errorf("without valence: %+v, %v", d, err)
	}
}

func ref(v segue.Features) *segue.Features { return &v }

func TestPlaneErrors(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]*segue.Catalog{
		"empty":      catalogOf(),
		"no feature": catalogOf(segue.NoFeatures(), segue.NoFeatures()),
		"never both": catalogOf(track(.5, nan, nan, nan), track(nan, nan, nan, .5)),
	} {
		if _, err := NewPlane(c); !errors.Is(err, ErrNoPlane) {
			t.Errorf("%s: %v, want ErrNoPlane", name, err)
		}
	}
	c := catalogOf(track(.2, -20, .5, .1), track(.8, -5, .1, .2))
	for name, w := range map[string]Weights{
		"none":  {},
		"NaN":   {Valence: []Weight{{segue.Valence, nan}}, Arousal: []Weight{{segue.Energy, 1}}},
		"twice": {Valence: []Weight{{segue.Valence, 1}, {segue.Valence, 1}}, Arousal: []Weight{{segue.Energy, 1}}},
	} {
		if _, err := NewPlaneWeighted(c, w); err == nil {
			t.Errorf("weights %s: no error", name)
		}
	}
	// One track is its own middle, and so is everything else.
	p, err := NewPlane(catalogOf(track(.2, -20, .5, .1)))
	if err != nil || p.Place(track(.9, -1, .5, .9)) != (segue.Affect{Valence: .5, Arousal: .5}) {
		t.Errorf("one track: %v", err)
	}
}

func drawCatalog(t *rapid.T, least int) *segue.Catalog {
	unit := rapid.Float64Range(0, 1)
	gen := rapid.Custom(func(t *rapid.T) segue.Features {
		v := track(unit.Draw(t, "e"), -60*unit.Draw(t, "l"), unit.Draw(t, "ac"), unit.Draw(t, "v"))
		if rapid.IntRange(0, 4).Draw(t, "hole") == 0 {
			v[rapid.SampledFrom([]segue.Feature{segue.Energy, segue.Loudness, segue.Acousticness, segue.Valence}).Draw(t, "f")] = float32(math.NaN())
		}
		return v
	})
	return catalogOf(rapid.SliceOfN(gen, least, 40).Draw(t, "tracks")...)
}

// Positions lie in [0, 1], agree with Place and survive JSON; more energy and
// valence never lower a position.
func TestPlaneLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalog(t, 2)
		p, err := NewPlane(c)
		if errors.Is(err, ErrNoPlane) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var read Plane
		if err := json.Unmarshal(data, &read); err != nil {
			t.Fatal(err)
		}
		for i, at := range p.Positions(c) {
			v := c.Features(i)
			if one := p.Place(v); one != at && (one.Known() || at.Known()) {
				t.Fatalf("row %d: Place %v, Positions %v", i, one, at)
			}
			if again := read.Place(v); again != at && (again.Known() || at.Known()) {
				t.Fatalf("row %d: %v after JSON, %v before", i, again, at)
			}
			if at.Known() != (v.Has(p.Valence.Main) && v.Has(p.Arousal.Main)) {
				t.Fatalf("row %d: %v", i, at)
			}
			if !at.Known() {
				continue
			}
			if at.Valence < 0 || at.Valence > 1 || at.Arousal < 0 || at.Arousal > 1 {
				t.Fatalf("row %d at %v", i, at)
			}
			v[segue.Energy] += .1
			v[segue.Valence] += .1
			if more := p.Place(v); more.Valence < at.Valence || more.Arousal < at.Arousal {
				t.Fatalf("row %d: %v with more energy and valence, %v without", i, more, at)
			}
		}
	})
}
