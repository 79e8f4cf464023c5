package validity

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"segue/matrix"
)

// reference is testdata/reference.json, which reference.py beside it wrote; the
// versions of the tools are in it.
type reference struct {
	Indices map[string]struct {
		Silhouette       float64
		Samples          []float64
		DaviesBouldin    float64 `json:"davies_bouldin"`
		CalinskiHarabasz float64 `json:"calinski_harabasz"`
	}
	AdjustedRand map[string]float64 `json:"adjusted_rand"`
	Information  map[string]struct {
		Bits, Share float64
		EtaSquared  float64 `json:"eta_squared"`
	}
	Pearson map[string]float64
	PCA     [][]float64
}

// readReference returns the table, its labelings by name, and what others say.
func readReference(t *testing.T) (matrix.Columns, map[string][]int32, reference) {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref reference
	if err := json.Unmarshal(data, &ref); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("testdata/reference.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	x := matrix.New(len(lines)-1, 3)
	labelings := map[string][]int32{}
	for i, line := range lines[1:] {
		for j, cell := range line {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatal(err)
			}
			if j < 3 {
				x.Col(j)[i] = v
			} else {
				labelings[lines[0][j]] = append(labelings[lines[0][j]], int32(v))
			}
		}
	}
	return x, labelings, ref
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance*max(1, math.Abs(want)) {
		t.Errorf("%s = %.17g, want %.17g", what, got, want)
	}
}

func TestReference(t *testing.T) {
	x, labelings, ref := readReference(t)
	if len(ref.Indices) != 4 || len(ref.AdjustedRand) != 16 || len(ref.Information) != 12 || len(ref.Pearson) != 3 {
		t.Fatal("testdata/reference.json is not what this test reads")
	}
	for name, want := range ref.Indices {
		labels := labelings[name]
		s, err := Silhouettes(context.Background(), x, [][]int32{labels})
		if err != nil {
			t.Fatal(err)
		}
		near(t, name+": silhouette", s[0].Mean, want.Silhouette, 1e-13)
		for i := range want.Samples {
			near(t, name+": silhouette of row "+strconv.Itoa(i), s[0].Samples[i], want.Samples[i], 1e-12)
		}
		db, err := DaviesBouldin(x, labels)
		if err != nil {
			t.Fatal(err)
		}
		near(t, name+": Davies–Bouldin", db, want.DaviesBouldin, 1e-12)
		ch, err := CalinskiHarabasz(x, labels)
		if err != nil {
			t.Fatal(err)
		}
		near(t, name+": Calinski–Harabasz", ch, want.CalinskiHarabasz, 1e-12)
	}
	for names, want := range ref.AdjustedRand {
		a, b, _ := strings.Cut(names, " ")
		near(t, "adjusted Rand of "+names, AdjustedRand(labelings[a], labelings[b]), want, 1e-13)
	}
	for names, want := range ref.Information {
		name, column, _ := strings.Cut(names, " ")
		got := FeatureInformation(x.Col(strings.Index("xyz", column)), labelings[name])
		near(t, names+": bits", got.Bits, want.Bits, 1e-12)
		near(t, names+": share", got.Share, want.Share, 1e-12)
		near(t, names+": η²", got.EtaSquared, want.EtaSquared, 1e-12)
		if got.N != 120 {
			t.Errorf("%s: n = %d, want 120", names, got.N)
		}
	}
	for pair, want := range ref.Pearson {
		r, n := Pearson(x.Col(strings.Index("xyz", pair[:1])), x.Col(strings.Index("xyz", pair[1:])))
		near(t, "correlation of "+pair, r, want, 1e-13)
		if n != 120 {
			t.Errorf("correlation of %s: n = %d, want 120", pair, n)
		}
	}
	p, err := Project2D(x)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range ref.PCA {
		near(t, "first component of row "+strconv.Itoa(i), p.At(i, 0), row[0], 1e-12)
		near(t, "second component of row "+strconv.Itoa(i), p.At(i, 1), row[1], 1e-12)
	}
}
