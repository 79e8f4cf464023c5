package taste

import (
	_ "embed"
	"encoding/json"
	"math"
	"testing"

	"segue/matrix"
)

//go:embed testdata/gp.json
var reference []byte

// The posterior of each model is scikit-learn's (testdata/gp.py): evidence, mean, and
// how much of the variance is explained.
func TestPosteriorAgainstScikitLearn(t *testing.T) {
	var doc struct {
		Sigma    float64
		X        [][]float64
		Y, Noise []float64
		Cases    []struct {
			Offset, Smooth, Own, Length, Evidence float64
			Mean, Explained                       []float64
		}
	}
	if err := json.Unmarshal(reference, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Cases) != 4 {
		t.Fatalf("%d cases", len(doc.Cases))
	}
	n := len(doc.Y)
	g := Ground{X: matrix.FromRows(doc.X)}
	var reports []report
	for i := range doc.X {
		g.XRow = append(g.XRow, int32(i))
		if i < n {
			reports = append(reports, report{row: int32(i)})
		}
	}
	d := g.squares(reports)
	for _, c := range doc.Cases {
		m := model{offset: c.Offset, smooth: c.Smooth, own: c.Own, length: c.Length}
		f, _ := m.posterior(doc.Sigma, 3, doc.Y, doc.Noise, d, n)
		if math.Abs(f.evidence-c.Evidence) > 1e-9 {
			t.Errorf("%+v: evidence %.12f", c, f.evidence)
		}
		f.weight = 1
		a := axis{sigma: doc.Sigma, noise: doc.Noise, models: []fitted{f}}
		a.sum()
		squares, own, sd := make([][]float64, len(c.Mean)), make([]int, len(c.Mean)), make([]float64, len(c.Mean))
		for i := range c.Mean {
			own[i] = -1
			for j := range n {
				squares[i] = append(squares[i], g.square(int32(n+i), int32(j)))
			}
			if mean := a.mean(3, squares[i], -1); math.Abs(mean-c.Mean[i]) > 1e-10 {
				t.Errorf("%+v, track %d: mean %.12f", c, i, mean)
			}
		}
		if err := a.errors(t.Context(), 3, d, squares, own, sd); err != nil {
			t.Fatal(err)
		}
		for i := range sd {
			want := doc.Sigma * doc.Sigma * max(1, m.variance())
			if want = min(doc.Sigma, math.Sqrt(want-c.Explained[i])); math.Abs(sd[i]-want) > 1e-10 {
				t.Errorf("%+v, track %d: ± %.12f, want %.12f", c, i, sd[i], want)
			}
		}
	}
}
