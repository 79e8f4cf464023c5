package mood

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"segue"
)

// A Name is what a cluster is called, and how surely.
type Name struct {
	Name string     `json:"name"` // the mood's word, numbered from the second of its kind: "calm", "calm 2"
	Mood segue.Mood `json:"mood"`

	// Margin is by how much the total squared distance between clusters and
	// anchors would grow if this cluster might not have its name, ≥ 0: near 0,
	// the name is a toss-up. Missing for a cluster without a position.
	Margin segue.Number `json:"margin"`

	// Valence and Arousal are the mean position of the training tracks whose
	// nearest center is this cluster's, [0, 1]. Missing if it has none.
	Valence segue.Number `json:"valence"`
	Arousal segue.Number `json:"arousal"`

	ordinal int // 1 for the first of its mood
}

// NamesOf names k clusters by their positions on the plane, one rule for every
// algorithm. With four clusters each takes one of the moods angry, sad, calm and
// happy, so that the squared distances to the moods' anchors add up to the least.
// With any other number each takes the nearest anchor's, and clusters of one mood
// are numbered by their distance to it.
//
// An unknown position is as near to every anchor as to any other: among four it
// takes the name that is left, otherwise the first.
func NamesOf(positions []segue.Affect) []Name {
	cost := make([][]float64, len(positions))
	for c, at := range positions {
		cost[c] = make([]float64, segue.NumMoods)
		if !at.Known() {
			continue
		}
		for _, m := range segue.Moods() {
			d := at.Distance(segue.AnchorOf(m))
			cost[c][m] = d * d
		}
	}
	var moods []int
	var margins []float64
	if len(positions) == segue.NumMoods {
		moods, margins = matchAnchors(cost)
	} else {
		moods, margins = nearestAnchors(cost)
	}
	out := make([]Name, len(positions))
	for c, at := range positions {
		out[c] = Name{Mood: segue.Mood(moods[c]), Margin: segue.Number(margins[c]),
			Valence: segue.Number(at.Valence), Arousal: segue.Number(at.Arousal)}
		if !at.Known() {
			out[c].Margin, out[c].Valence, out[c].Arousal = segue.Missing(), segue.Missing(), segue.Missing()
		}
	}
	number(out, cost)
	return out
}

// matchAnchors gives every cluster another mood. A margin is the price of
// forbidding the pair: a cost no other total can reach.
func matchAnchors(cost [][]float64) (moods []int, margins []float64) {
	const forbidden = 1e6 // squared distances on the plane are at most 2
	moods, least := assign(cost)
	margins = make([]float64, len(cost))
	for c, m := range moods {
		was := cost[c][m]
		cost[c][m] = forbidden
		_, total := assign(cost)
		cost[c][m] = was
		margins[c] = max(0, total-least)
	}
	return moods, margins
}

// nearestAnchors gives every cluster the nearest mood; its margin is how much
// farther the second nearest is.
func nearestAnchors(cost [][]float64) (moods []int, margins []float64) {
	for _, row := range cost {
		best := 0
		for m, d := range row {
			if d < row[best] {
				best = m
			}
		}
		second := math.Inf(1)
		for m, d := range row {
			if m != best {
				second = min(second, d)
			}
		}
		moods = append(moods, best)
		margins = append(margins, second-row[best])
	}
	return moods, margins
}

// number tells clusters of one mood apart, the nearest to its anchor first.
func number(names []Name, cost [][]float64) {
	order := make([]int, len(names))
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(cost[a][names[a].Mood], cost[b][names[b].Mood])
	})
	var seen [segue.NumMoods]int
	for _, c := range order {
		m := names[c].Mood
		seen[m]++
		names[c].ordinal = seen[m]
		names[c].Name = m.String()
		if seen[m] > 1 {
			names[c].Name = fmt.Sprintf("%s %d", m, seen[m])
		}
	}
}

// byMood returns the clusters in the order in which they are shown, whatever the
// algorithm: angry, sad, calm, happy, and by number within a mood.
func byMood(names []Name) []int {
	order := make([]int, len(names))
	for c := range order {
		order[c] = c
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(names[a].Mood, names[b].Mood), cmp.Compare(names[a].ordinal, names[b].ordinal))
	})
	return order
}

// meanPositions returns the mean position of the rows of each of k clusters;
// rows without a position are left out, and a cluster without any is Nowhere.
func meanPositions(at []segue.Affect, cluster []int32, k int) []segue.Affect {
	s := newPositionSums(k)
	s.add(at, cluster)
	return s.means()
}

// positionSums add up positions by cluster, some rows at a time.
type positionSums struct {
	sum   []segue.Affect
	count []float64
}

func newPositionSums(k int) *positionSums {
	return &positionSums{make([]segue.Affect, k), make([]float64, k)}
}

func (s *positionSums) add(at []segue.Affect, cluster []int32) {
	for i, a := range at {
		if c := cluster[i]; c >= 0 && a.Known() {
			s.sum[c].Valence += a.Valence
			s.sum[c].Arousal += a.Arousal
			s.count[c]++
		}
	}
}

func (s *positionSums) means() []segue.Affect {
	out := make([]segue.Affect, len(s.sum))
	for c, sum := range s.sum {
		out[c].Valence = sum.Valence / s.count[c] // 0/0 is NaN: nowhere
		out[c].Arousal = sum.Arousal / s.count[c]
	}
	return out
}
