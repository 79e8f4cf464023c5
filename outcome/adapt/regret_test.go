package adapt

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// regret plays rounds of hours with known chances of success and returns what was lost
// against always taking the best: each round takes an even draw with the floor's chance,
// else the largest of one draw of each belief. That an action is then taken with the
// chance that Shares gives it, TestBestAgreesWithDraws shows; to compute that chance at
// each of 800,000 rounds would take minutes.
func regret(chances []float64, rounds int, floor float64, rng *rand.Rand) float64 {
	belief := make([]Beta, len(chances))
	best := 0.
	for i, p := range chances {
		belief[i] = Beta{1, 1}
		best = max(best, p)
	}
	lost := 0.
	for range rounds {
		at := 0
		if rng.Float64() < floor {
			at = rng.IntN(len(chances))
		} else {
			most := -1.
			for i, b := range belief {
				if x := (distuv.Beta{Alpha: b.A, Beta: b.B, Src: rng}).Rand(); x > most {
					most, at = x, i
				}
			}
		}
		lost += best - chances[at]
		if rng.Float64() < chances[at] {
			belief[at].A++
		} else {
			belief[at].B++
		}
	}
	return lost
}

// TestRegret: with chances .55, .50 and .45 an even draw loses .05 a round. Thompson
// sampling loses at most 35 % of that over 2,000 rounds, and at most 45 % with a floor of
// a tenth, on the average of 200 runs.
func TestRegret(t *testing.T) {
	chances := []float64{.55, .50, .45}
	const rounds, runs, even = 2000, 200, .05 * 2000
	for _, c := range []struct{ floor, bar float64 }{{0, .35}, {DefaultFloor, .45}} {
		sum := 0.
		for run := range runs {
			sum += regret(chances, rounds, c.floor, rand.New(rand.NewPCG(7, uint64(run))))
		}
		share := sum / runs / even
		t.Logf("floor %.2f: %.1f %% of an even draw's regret", c.floor, 100*share)
		if share > c.bar {
			t.Errorf("floor %v: %.3f of an even draw's regret, above %v", c.floor, share, c.bar)
		}
	}
}
