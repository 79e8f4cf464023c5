package validity

import (
	"context"
	"errors"
	"math"
	"reflect"
	"runtime"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segue/matrix"
)

// In a tournament everybody plays everybody once, and nobody twice in a round.
func TestTournament(t *testing.T) {
	for m := range 40 {
		met := map[[2]int]int{}
		for round := range rounds(m) {
			busy := map[int]bool{}
			for game := range (m + 1) / 2 {
				a, b := opponents(m, round, game)
				if b == m && m%2 == 1 { // rests
					continue
				}
				if a < 0 || a >= b || b >= m || busy[a] || busy[b] {
					t.Fatalf("%d blocks, round %d: %d plays %d", m, round, a, b)
				}
				busy[a], busy[b] = true, true
				met[[2]int{a, b}]++
			}
		}
		if len(met) != m*(m-1)/2 {
			t.Errorf("%d blocks: %d pairs met, want %d", m, len(met), m*(m-1)/2)
		}
		for pair, times := range met {
			if times != 1 {
				t.Errorf("%d blocks: %v met %d times", m, pair, times)
			}
		}
	}
}

// Every row has a place of its own, in exactly one tile, of its own group.
func TestLay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, k := rapid.IntRange(3, 3000).Draw(t, "n"), rapid.IntRange(2, 9).Draw(t, "k")
		x, labels := cloud(max(n, k+1), 1, 2, k)
		var by []census
		for _, l := range labels {
			c, err := take(l, len(l))
			if errors.Is(err, ErrUndefined) {
				t.Skip("one label for all, or all labels for one")
			}
			by = append(by, c)
		}
		g, err := group(context.Background(), x, by)
		if err != nil {
			t.Fatal(err)
		}
		tiles := map[int]*tile[float64]{}
		for _, block := range g.blocks {
			if span := block[len(block)-1].hi - block[0].lo; span > blockRows(n)+alignment {
				t.Fatalf("a block of %d places", span)
			}
			for i := range block {
				for p := block[i].lo; p < block[i].hi; p++ {
					if tiles[p] != nil {
						t.Fatalf("place %d is in two tiles", p)
					}
					tiles[p] = &block[i]
				}
			}
		}
		seen := map[int]bool{}
		for row, p := range g.place {
			own := tiles[p]
			if own == nil || seen[p] {
				t.Fatalf("row %d: place %d", row, p)
			}
			seen[p] = true
			for l, c := range by {
				if own.slot[l] != g.offset[l]+int(c.cluster[row]) {
					t.Fatalf("row %d stands among another cluster of labeling %d", row, l)
				}
			}
		}
		if len(seen) != len(tiles) {
			t.Fatalf("%d places in tiles for %d rows", len(tiles), len(seen))
		}
	})
}

// Many labelings are measured in several passes, and come out as each alone.
func TestManyLabelings(t *testing.T) {
	for _, d := range []int{2, 3, 5} {
		x, labels := cloud(700, d, 12, 6)
		by := make([]census, len(labels))
		for l := range labels {
			by[l], _ = take(labels[l], 700)
		}
		if ends, err := batches(context.Background(), by, 700, d); err != nil || len(ends) < 2 || ends[len(ends)-1] != 12 {
			t.Errorf("%d columns: passes end at %v", d, ends)
		}
		together, err := Silhouettes(ctx, x, labels)
		if err != nil {
			t.Fatal(err)
		}
		sampled, err := SilhouettesSampled(ctx, x, labels, 300, 1)
		if err != nil {
			t.Fatal(err)
		}
		for l := range labels {
			alone, err := Silhouettes(ctx, x, labels[l:l+1])
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range alone[0].Samples {
				if math.Abs(together[l].Samples[i]-want) > 1e-11 {
					t.Fatalf("labeling %d, row %d: %v, alone %v", l, i, together[l].Samples[i], want)
				}
			}
			for i, row := range sampled[l].Rows {
				if math.Abs(sampled[l].Samples[i]-alone[0].Samples[row]) > 1e-11 {
					t.Fatalf("labeling %d, sampled row %d: %v, exactly %v", l, row, sampled[l].Samples[i], alone[0].Samples[row])
				}
			}
		}
	}
}

// Labelings that refine each other share a pass: it costs nothing to do so.
func TestBatchesShare(t *testing.T) {
	const n = 20_000
	var by []census
	for k := 2; k <= 5; k++ {
		labels := make([]int32, n)
		for i := range labels {
			labels[i] = int32(i * k / n)
		}
		c, err := take(labels, n)
		if err != nil {
			t.Fatal(err)
		}
		by = append(by, c)
	}
	if ends, err := batches(context.Background(), by[:1], n, 3); err != nil || !reflect.DeepEqual(ends, []int{1}) {
		t.Errorf("one labeling: %v", ends)
	}
	if ends, err := batches(context.Background(), by, n, 3); err != nil || !reflect.DeepEqual(ends, []int{4}) {
		t.Errorf("four labelings with eleven edges between them: %v, want one pass", ends)
	}
}

// A table of float32 gives what its float64 copy gives, to five digits.
func TestSilhouettesFloat32(t *testing.T) {
	for _, d := range []int{2, 3, 7} {
		x, labels := cloud(3000, d, 2, 3)
		for i, v := range x.Col(0) {
			labels[0][i] = int32(min(max(v+1.5, 0), 2))
		}
		small := matrix.To32(x)
		for j := range d {
			for i, v := range small.Col(j) {
				x.Col(j)[i] = float64(v)
			}
		}
		want, err := Silhouettes(ctx, x, labels)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Silhouettes(ctx, small, labels)
		if err != nil {
			t.Fatal(err)
		}
		for l := range labels {
			for i := range want[l].Samples {
				if math.Abs(got[l].Samples[i]-want[l].Samples[i]) > 1e-5 {
					t.Fatalf("labeling %d, row %d: %v, want %v", l, i, got[l].Samples[i], want[l].Samples[i])
				}
			}
			near(t, "mean", got[l].Mean, want[l].Mean, 1e-6)
		}
	}
}

// A pass that is under way ends soon after its context.
func TestSilhouettesStop(t *testing.T) {
	x, labels := cloud(60_000, 3, 1, 4)
	stop, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	s, err := Silhouettes(stop, x, labels)
	if s != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%d results, %v", len(s), err)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("stopped after %v on %d processors", took, runtime.GOMAXPROCS(0))
	}
}
