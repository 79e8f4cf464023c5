package persona

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"segue"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the generated reference table")

// people draws n made-up listeners. The shapes are guesses: a spread of
// explorers and homebodies, energy and brightness that go together (about 0.6,
// as on a catalogue), and one in seven who never listens at night.
func people(n int, seed uint64) []segue.Habits {
	rng := rand.New(rand.NewPCG(seed, 1))
	clamp := func(v, lo, hi float64) float64 { return min(max(v, lo), hi) }
	// logistic of a normal variable: a share with a median and a spread
	share := func(median, spread, z float64) float64 {
		return 1 / (1 + math.Exp(-(math.Log(median/(1-median)) + spread*z)))
	}
	hs := make([]segue.Habits, n)
	for i := range hs {
		curious := rng.NormFloat64()
		bright := rng.NormFloat64()
		hs[i] = segue.Habits{
			Exploration: share(0.30, 0.9, curious),
			Loyalty:     share(0.36, 0.8, -0.7*curious+0.7*rng.NormFloat64()),
			Arousal:     clamp(0.52+0.13*(0.6*bright+0.8*rng.NormFloat64()), 0, 1),
			Valence:     clamp(0.50+0.12*bright, 0, 1),
			Swing:       clamp(0.30*math.Exp(0.33*rng.NormFloat64()), 0, math.Sqrt2),
			Night:       share(0.04, 1.2, rng.NormFloat64()),
		}
		if rng.IntN(7) == 0 {
			hs[i].Night = 0
		}
	}
	return hs
}

// rarefiedPeople draws what exploration would be if the same kind of people's
// histories were short: different tracks among 50 plays, divided by 50. Its
// middle, 40 of 50, is a guess as well. A stream of its own leaves the other
// rows as they are.
func rarefiedPeople(n int, seed uint64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 2))
	out := make([]float64, n)
	for i := range out {
		out[i] = max(0.02, 1/(1+math.Exp(-(math.Log(4)+0.9*rng.NormFloat64()))))
	}
	return out
}

// The shipped table is exactly what this generator makes.
// To make it anew: go test ./persona -run Shipped -update
func TestShippedReferenceIsGenerated(t *testing.T) {
	r, err := NewReference("synthetic", "Synthetic: drawn from made-up distributions by a seeded generator (reference_test.go), "+
		"not measured on anybody. Percentiles in it are an illustration; replace it by your own listeners' quantiles.", people(20000, 1))
	if err != nil {
		t.Fatal(err)
	}
	r.file.Synthetic = true
	r.file.Quantiles[rarefiedRow] = row(rarefiedPeople(20000, 1))
	for _, q := range r.file.Quantiles {
		for i := range q {
			q[i] = math.Round(q[i]*1e5) / 1e5
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", " ")
	if err := e.Encode(r.file); err != nil {
		t.Fatal(err)
	}
	const path = "reference/synthetic.v1.json"
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, b.Bytes()) {
		t.Error("the shipped table is not what the generator makes")
	}
	if s := SyntheticReference(); !s.Synthetic() || !strings.Contains(s.About(), "Synthetic") || s.People() != 20000 {
		t.Errorf("%q does not say that it is synthetic", s.Name())
	}
}

// table makes a reference whose exploration has the given quantiles.
func table(q func(i int) float64) referenceFile {
	f := referenceFile{Name: "t", Version: 1, People: MinPopulation, Quantiles: map[string][]float64{}}
	for _, d := range Dimensions() {
		v := make([]float64, numQuantiles)
		for i := range v {
			v[i] = q(i)
		}
		f.Quantiles[d.String()] = v
	}
	return f
}

func TestPercentileByHand(t *testing.T) {
	// Quantiles .20, .20 … .20 (0 to 10), then .20 + .008·(i − 10) up to .92.
	r, err := newReference(table(func(i int) float64 { return 0.2 + 0.008*float64(max(0, i-10)) }))
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ v, want float64 }{
		{0.1, 0},             // below all
		{0.2, 0.05},          // the middle of the 0th to 10th
		{0.2 + 0.004, 0.105}, // halfway between the 10th and the 11th
		{0.2 + 0.08, 0.20},   // the 20th
		{0.93, 1},            // above all
	}
	for _, c := range cases {
		if got := percentile(r.q[Exploration], c.v); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("percentile of %v is %v, want %v", c.v, got, c.want)
		}
	}
	nan := math.NaN()
	if !math.IsNaN(r.Percentile(Swing, segue.Habits{Swing: nan})) {
		t.Error("an unknown value has a percentile")
	}
	// Without a row for short histories their exploration has no percentile, and
	// never that of the other measure.
	h := segue.Habits{Exploration: 0.28, ExplorationRarefied: true}
	if got := r.Percentile(Exploration, h); !math.IsNaN(got) {
		t.Errorf("rarefied exploration is ranked %v among new artists", got)
	}
	f := table(func(i int) float64 { return float64(i) / 100 })
	f.Quantiles[rarefiedRow] = make([]float64, numQuantiles)
	for i := range f.Quantiles[rarefiedRow] {
		f.Quantiles[rarefiedRow][i] = 0.5 + float64(i)/200
	}
	if r, err = newReference(f); err != nil {
		t.Fatal(err)
	}
	h.Exploration = 0.75
	if got := r.Percentile(Exploration, h); math.Abs(got-.5) > 1e-9 {
		t.Errorf("rarefied exploration of .75 is ranked %v, want .5", got)
	}
	h.ExplorationRarefied = false
	if got := r.Percentile(Exploration, h); math.Abs(got-.75) > 1e-9 {
		t.Errorf("exploration of .75 is ranked %v, want .75", got)
	}
}

func TestPercentileNeverFalls(t *testing.T) {
	r := SyntheticReference()
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SampledFrom(Dimensions()).Draw(t, "dimension")
		a := rapid.Float64Range(-0.5, 1.5).Draw(t, "a")
		b := rapid.Float64Range(-0.5, 1.5).Draw(t, "b")
		p, q := percentile(r.q[d], min(a, b)), percentile(r.q[d], max(a, b))
		if p > q || p < 0 || q > 1 {
			t.Fatalf("%v of %v and %v: %v, %v", d, min(a, b), max(a, b), p, q)
		}
		// Interpolation turns each strict quantile into its own rank.
		i := rapid.IntRange(1, 99).Draw(t, "i")
		if v := r.q[d]; v[i-1] < v[i] && v[i] < v[i+1] && math.Abs(percentile(v, v[i])-float64(i)/100) > 1e-12 {
			t.Fatalf("%v: quantile %d has the percentile %v", d, i, percentile(v, v[i]))
		}
	})
}

func TestParseReferenceRefuses(t *testing.T) {
	good := func(i int) float64 { return float64(i) / 100 }
	cases := []struct {
		want   string
		change func(f *referenceFile)
	}{
		{"rests on 199 people", func(f *referenceFile) { f.People = 199 }},
		{"give it a name", func(f *referenceFile) { f.Name = "" }},
		{"number versions", func(f *referenceFile) { f.Version = 0 }},
		{"swing has 100 quantiles", func(f *referenceFile) { f.Quantiles["swing"] = make([]float64, 100) }},
		{"5 dimensions", func(f *referenceFile) { delete(f.Quantiles, "night") }},
		{`no quantiles for "night"`, func(f *referenceFile) { delete(f.Quantiles, "night"); f.Quantiles["day"] = nil }},
		{"valence percentile 7 is 0.01", func(f *referenceFile) { f.Quantiles["valence"][7] = 0.01 }},
		{"exploration_rarefied has 7 quantiles", func(f *referenceFile) { f.Quantiles[rarefiedRow] = make([]float64, 7) }},
		{"exploration_rarefied percentile 1 is 2", func(f *referenceFile) {
			f.Quantiles[rarefiedRow] = make([]float64, 101)
			f.Quantiles[rarefiedRow][1] = 2
		}},
		{"7 dimensions", func(f *referenceFile) { f.Quantiles["weekday"] = f.Quantiles["night"] }},
		{"percentile 100 is 1.5", func(f *referenceFile) { f.Quantiles["night"][100] = 1.5 }},
	}
	for _, c := range cases {
		f := table(good)
		c.change(&f)
		b, _ := json.Marshal(f)
		if _, err := ParseReference(b); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	b, _ := json.Marshal(table(good))
	r, err := ParseReference(b)
	if err != nil {
		t.Fatal(err)
	}
	if out, _ := json.Marshal(r); !bytes.Equal(out, b) {
		t.Errorf("read and written differ: %s", out)
	}
	for _, bad := range []string{"", "[]", string(b) + "1", `{"who": 1}`} {
		if _, err := ParseReference([]byte(bad)); err == nil {
			t.Errorf("%.20q passes", bad)
		}
	}
}

// No published number is one person's: each is a mean of MinGroup or more, or
// lies between two such means.
func TestNewReferenceHidesPeople(t *testing.T) {
	hs := people(MinPopulation, 3)
	hs[17].Exploration = 0.99999 // one who stands out
	r, err := NewReference("site", "", hs)
	if err != nil {
		t.Fatal(err)
	}
	if top := r.q[Exploration][100]; top > 0.95 {
		t.Errorf("the largest quantile %v shows one listener", top)
	}
	if _, err := NewReference("site", "", hs[:MinPopulation-1]); err == nil {
		t.Error("too few people pass")
	}
	// Short histories have a row of their own, and none if they are too few.
	short := people(MinPopulation, 4)
	for i, v := range rarefiedPeople(len(short), 4) {
		short[i].Exploration, short[i].ExplorationRarefied = v, true
	}
	if r, err := NewReference("site", "", append(short[1:], people(MinPopulation, 3)...)); err != nil || r.rarefied != nil || r.q[Exploration][50] > .5 {
		t.Errorf("too few short histories: %v", err)
	}
	r, err = NewReference("site", "", append(short, people(MinPopulation, 3)...))
	if err != nil || r.rarefied == nil || r.rarefied[50] < .7 || r.q[Exploration][50] > .5 || r.People() != MinPopulation {
		t.Errorf("short histories: %+v, %v", r, err)
	}
	hs[0].Night = math.NaN()
	if _, err := NewReference("site", "", hs); err == nil || !strings.Contains(err.Error(), "night") {
		t.Errorf("too few known nights: %v", err)
	}
}

func FuzzParseReference(f *testing.F) {
	f.Add(syntheticReferenceFile)
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseReference(b)
		if err != nil {
			return
		}
		for _, d := range Dimensions() {
			if p := percentile(r.q[d], 0.5); !(p >= 0 && p <= 1) {
				t.Fatalf("%v: %v", d, p)
			}
		}
	})
}
