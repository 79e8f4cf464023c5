package calibrate_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"segue/matrix"
	"segue/regress/calibrate"
	"segue/regress/internal/sampletest"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// Two classes, scores (s, 0) with s = 2·ln 3, which promises 9 in 10; 3 in 4 come true,
// whose log-odds are ln 3: temperature 2.
func TestFitScalingByHand(t *testing.T) {
	s := 2 * math.Log(3)
	scores := matrix.FromColumns([]float64{s, s, s, s}, []float64{0, 0, 0, 0})
	f, err := calibrate.FitScaling(scores, []int32{0, 0, 0, 1}, calibrate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "temperature", f.Temperature, 2, 1e-6)
	near(t, "probability", f.Probabilities(scores).At(0, 0), .75, 1e-6)
	if !f.Converged || f.Offsets[0] != 0 || f.Offsets[1] != 0 {
		t.Errorf("%+v", f)
	}
	// Scores that say nothing leave it to the offsets: the classes' shares.
	f, err = calibrate.FitScaling(matrix.New(4, 2), []int32{0, 0, 0, 1}, calibrate.Options{Offsets: true})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "probability", f.Probability([]float64{0, 0})[0], .75, 1e-6)
	near(t, "offset", f.Offsets[0], math.Log(3)/2, 1e-6)
}

func TestFitScalingAgreesWithScipy(t *testing.T) {
	ref := sampletest.Read(t)
	scores := matrix.FromRows(ref.Scores)
	for _, want := range ref.Scaling {
		f, err := calibrate.FitScaling(scores, ref.Y, calibrate.Options{Offsets: want.Offsets})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "temperature", f.Temperature, want.Temperature, 1e-5*want.Temperature)
		for c := range want.Offset {
			near(t, "offset", f.Offsets[c], want.Offset[c], 1e-5)
		}
		near(t, "log-loss", calibrate.LogLoss(f.Probabilities(scores), ref.Y), want.LogLoss, 1e-9)
	}
}

func TestScoresAgreeWithScikitLearn(t *testing.T) {
	ref := sampletest.Read(t)
	p := (&calibrate.Scaling{Temperature: 1, Offsets: []float64{0, 0, 0}}).Probabilities(matrix.FromRows(ref.Scores))
	near(t, "log-loss", calibrate.LogLoss(p, ref.Y), ref.LogLoss, 1e-12)
	near(t, "Brier", calibrate.Brier(p, ref.Y), ref.Brier, 1e-12)
	confidence, right := calibrate.Top(p, ref.Y)
	for _, by := range []calibrate.Binning{calibrate.EqualWidth, calibrate.EqualMass} {
		got, want := calibrate.Reliable(confidence, right, 5, by), ref.Width
		if by == calibrate.EqualMass {
			want = ref.Mass
		} else {
			near(t, "ECE", got.ECE, want.ECE, 1e-12)
		}
		at := 0
		for _, b := range got.Bins {
			if b.N == 0 {
				continue
			}
			near(t, "confidence", b.Confidence, want.Confidence[at], 1e-12)
			near(t, "frequency", b.Frequency, want.Frequency[at], 1e-12)
			at++
		}
		if at != len(want.Confidence) {
			t.Errorf("%s: %d bins with rows, want %d", by, at, len(want.Confidence))
		}
	}
}

// Confidences .2 .4 .6 .8, of which .4 and .8 come true. Two bins of two: promised .3
// and .7, come true ½ and ½: error ½·.2 + ½·.2. Of chance: a bin's frequency varies by
// √(.2·.8 + .4·.6)/2 = .316, whose mean absolute value is √(2/π) of that.
func TestReliableByHand(t *testing.T) {
	p, came := []float64{.8, .2, .6, .4}, []bool{true, false, false, true}
	r := calibrate.Reliable(p, came, 2, calibrate.EqualMass)
	near(t, "ECE", r.ECE, .2, 1e-15)
	near(t, "MCE", r.MCE, .2, 1e-15)
	near(t, "expected", r.Expected, math.Sqrt(2/math.Pi)*math.Sqrt(.4)/2, 1e-15)
	if b := r.Bins[1]; b.Lo != .6 || b.Hi != .8 || b.N != 2 {
		t.Errorf("%+v", b)
	}
	// Width: ten bins, the upper end is the bin's: .2 is in (.1, .2].
	r = calibrate.Reliable(p, came, 10, calibrate.EqualWidth)
	if len(r.Bins) != 10 || r.Bins[1].N != 1 || r.Bins[0].N != 0 || r.Bins[7].N != 1 {
		t.Errorf("%+v", r.Bins)
	}
	near(t, "ECE", r.ECE, (.2+.6+.6+.2)/4, 1e-15)
}

func TestAtTheEdges(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name    string
		scores  matrix.Columns
		y       []int32
		offsets bool
		want    error
	}{
		{"no rows", matrix.New(0, 2), nil, false, calibrate.ErrTooFewRows},
		{"NaN", matrix.FromColumns([]float64{nan}, []float64{0}), []int32{0}, false, matrix.ErrNotFinite},
		{"an offset of no row", matrix.New(2, 2), []int32{0, 0}, true, calibrate.ErrTooFewRows},
		{"never wrong", matrix.FromColumns([]float64{1, -1}, []float64{0, 0}), []int32{0, 1}, true, nil},
		{"always wrong", matrix.FromColumns([]float64{1, -1}, []float64{0, 0}), []int32{1, 0}, false, nil},
		{"one class", matrix.FromColumns([]float64{1, 2}, []float64{0, 0}), []int32{0, 0}, false, nil},
		{"huge scores", matrix.FromColumns([]float64{1e9, -1e9, 1e9}, []float64{0, 0, 0}), []int32{0, 1, 1}, false, nil},
	} {
		f, err := calibrate.FitScaling(c.scores, c.y, calibrate.Options{Offsets: c.offsets})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if err != nil {
			continue
		}
		if !(f.Temperature >= 1e-3*(1-1e-9) && f.Temperature <= 1e3*(1+1e-9)) {
			t.Errorf("%s: temperature %v", c.name, f.Temperature)
		}
		for _, p := range f.Probabilities(c.scores).Row(nil, 0) {
			if !(p >= 0 && p <= 1) {
				t.Errorf("%s: probability %v", c.name, p)
			}
		}
	}
	if r := calibrate.Reliable(nil, nil, 10, calibrate.EqualMass); r.ECE != 0 || len(r.Bins) != 0 {
		t.Errorf("of no rows: %+v", r)
	}
	if r := calibrate.Reliable([]float64{.3, .4}, []bool{true, false}, 10, calibrate.EqualMass); len(r.Bins) != 2 {
		t.Errorf("fewer rows than bins: %+v", r)
	}
	for name, call := range map[string]func(){
		"lengths":    func() { calibrate.Reliable([]float64{1}, nil, 1, calibrate.EqualMass) },
		"confidence": func() { calibrate.Reliable([]float64{1.1}, []bool{true}, 1, calibrate.EqualMass) },
		"binning":    func() { calibrate.Reliable([]float64{1}, []bool{true}, 1, "other") },
		"class":      func() { calibrate.LogLoss(matrix.New(1, 2), []int32{2}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

// Scaling never has a higher log-loss than leaving the scores as they are, with offsets
// none higher than without; what is drawn from the probabilities themselves has an
// error of about what Expected says.
func TestScalingHelps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, seed := rapid.IntRange(6, 80).Draw(t, "n"), rapid.Uint64().Draw(t, "seed")
		rng, scores, y := rand.New(rand.NewPCG(seed, 1)), matrix.New(n, 3), make([]int32, n)
		for i := range y {
			y[i] = int32(i % 3)
			for c := range 3 {
				scores.Col(c)[i] = 3 * rng.NormFloat64()
			}
			scores.Col(int(y[i]))[i] += rng.Float64()
		}
		loss := func(s *calibrate.Scaling) float64 { return calibrate.LogLoss(s.Probabilities(scores), y) }
		plain := &calibrate.Scaling{Temperature: 1, Offsets: make([]float64, 3)}
		warm, err := calibrate.FitScaling(scores, y, calibrate.Options{})
		if err != nil {
			t.Fatal(err)
		}
		moved, err := calibrate.FitScaling(scores, y, calibrate.Options{Offsets: true})
		if err != nil {
			t.Fatal(err)
		}
		if loss(warm) > loss(plain)+1e-9 || loss(moved) > loss(warm)+1e-9 {
			t.Errorf("log-loss %v, with a temperature %v, with offsets %v", loss(plain), loss(warm), loss(moved))
		}
	})
}

func TestExpectedIsWhatChanceGives(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	mean, expected := 0.0, 0.0
	const rounds, n = 200, 300
	for range rounds {
		p, came := make([]float64, n), make([]bool, n)
		for i := range p {
			p[i] = rng.Float64()
			came[i] = rng.Float64() < p[i]
		}
		r := calibrate.Reliable(p, came, calibrate.DefaultBins, calibrate.EqualMass)
		mean += r.ECE / rounds
		expected += r.Expected / rounds
	}
	near(t, "expected", expected, mean, .05*mean)
}

// Rows that weigh are rows that are there so often.
func TestWeightedECE(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(rt, "rows")
		var f []calibrate.Forecast
		var weight []int
		var confidence []float64
		var came []bool
		for i := range n {
			one := calibrate.Forecast{Row: i, P: float64(rapid.IntRange(0, 8).Draw(rt, "p")) / 8, Came: rapid.Bool().Draw(rt, "came")}
			f, weight = append(f, one), append(weight, rapid.IntRange(0, 4).Draw(rt, "weight"))
			for range weight[i] {
				confidence, came = append(confidence, one.P), append(came, one.Came)
			}
		}
		calibrate.SortForecasts(f)
		got, want := calibrate.WeightedECE(f, weight), calibrate.Reliable(confidence, came, calibrate.DefaultBins, calibrate.EqualMass).ECE
		if len(came) == 0 && !math.IsNaN(got) || len(came) > 0 && !(math.Abs(got-want) < 1e-12) {
			rt.Errorf("%v, of copies %v", got, want)
		}
	})
}
