// Package sampletest gives the clustering tests one real table, where the
// machine has it: a public 10 % sample of the tracks the reference study used.
package sampletest

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"segue/matrix"
)

// Tracks returns energy, acousticness and valence of the sample's distinct
// tracks, standardized, n×3; it skips the test where the sample is not beside
// the repository.
func Tracks(t testing.TB) matrix.Columns {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	path := filepath.Join(filepath.Dir(here), "../../../../shared/data/catalog/tracks_sample.csv")
	file, err := os.Open(path)
	if err != nil {
		t.Skipf("SKIPPED: the real tracks sample is not on this machine: %v", err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	header := records[0]
	id := slices.Index(header, "track_id")
	columns := []int{slices.Index(header, "energy"), slices.Index(header, "acousticness"), slices.Index(header, "valence")}
	seen := map[string]bool{}
	var rows [][]float64
	for _, record := range records[1:] {
		if seen[record[id]] {
			continue
		}
		seen[record[id]] = true
		row := make([]float64, len(columns))
		for j, c := range columns {
			if row[j], err = strconv.ParseFloat(record[c], 64); err != nil {
				t.Fatal(err)
			}
		}
		rows = append(rows, row)
	}
	x := matrix.FromRows(rows)
	for j := range columns {
		standardize(x.Col(j))
	}
	return x
}

func standardize(col []float64) {
	var mean, squares float64
	for _, v := range col {
		mean += v / float64(len(col))
	}
	for _, v := range col {
		squares += (v - mean) * (v - mean)
	}
	sd := math.Sqrt(squares / float64(len(col)))
	for i := range col {
		col[i] = (col[i] - mean) / sd
	}
}

// Near fails the test unless every one of want has a row of got, each its own,
// within tolerance in every coordinate.
func Near(t testing.TB, got, want [][]float64, tolerance float64) {
	t.Helper()
	taken := make([]bool, len(got))
	for _, w := range want {
		best, least := -1, math.Inf(1)
		for i, g := range got {
			if d := furthest(g, w); !taken[i] && d < least {
				best, least = i, d
			}
		}
		if best < 0 || least > tolerance {
			t.Errorf("no center within %g of %.3v: the nearest of %.3v is %.3f away", tolerance, w, got, least)
			continue
		}
		taken[best] = true
	}
}

func furthest(a, b []float64) (most float64) {
	for j := range a {
		most = max(most, math.Abs(a[j]-b[j]))
	}
	return most
}

// Grown returns n rows drawn from x in turn, each moved by a little of its own:
// a table of x's shape and any size, to time on.
func Grown(x matrix.Columns, n int) matrix.Columns {
	rows, d := x.Dims()
	out := matrix.New(n, d)
	for j := range d {
		src, dst := x.Col(j), out.Col(j)
		for i := range dst {
			wobble := math.Mod(float64(i)*0.6180339887498949+float64(j)*0.414, 1) - 0.5
			dst[i] = src[i%rows] + 0.02*wobble
		}
	}
	return out
}

// Random returns an n×d table around three places. Its values are multiples of
// 1/1024, so that moving the origin or changing the unit by a power of two is
// exact, and squared distances tie after it where they tied before.
func Random(n, d int, seed uint64) matrix.Columns {
	r := rand.New(rand.NewPCG(seed, 0))
	x := matrix.New(n, d)
	for i := range n {
		place := float64(r.IntN(3))
		for j := range d {
			v := 2*place*float64(1-2*(j%2)) + r.NormFloat64()
			x.Col(j)[i] = math.Round(v*1024) / 1024
		}
	}
	return x
}
