package mood

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"segue"
	"segue/cluster/validity"
)

// Examples is how many tracks an Agreement names for each way tracks go. (d)
const Examples = 5

// An Agreement says how far two models see the same in the same tracks.
type Agreement struct {
	Tracks   int          `json:"tracks"`    // both give a cluster
	ARI      segue.Number `json:"ari"`       // of the clusters: 1 the same, 0 what chance gives; missing without tracks
	SameMood segue.Number `json:"same_mood"` // share of Tracks whose clusters are of one mood, [0, 1]; missing without tracks
	Moves    []Move       `json:"moves"`     // where the others go, most tracks first
}

// A Move counts tracks whose cluster is of one mood in the first model and of
// another in the second.
type Move struct {
	From   segue.Mood `json:"from"`
	To     segue.Mood `json:"to"`
	Tracks int        `json:"tracks"`
	Rows   []int32    `json:"-"` // of the catalogue: up to Examples of them, the most popular first
}

// Agree compares what two models make of the tracks of c, on which neither need be
// fitted. O(n·k·d²).
func Agree(c *segue.Catalog, a, b *Model) *Agreement {
	return agreement(c, a, b, a.Labels(c), b.Labels(c))
}

// AgreeAll compares every two of the models, in the order first with second, first
// with third, …, second with third, …; each model looks at the tracks once.
func AgreeAll(c *segue.Catalog, models []*Model) []*Agreement {
	labels := make([][]int32, len(models))
	for i, m := range models {
		labels[i] = m.Labels(c)
	}
	var out []*Agreement
	for i := range models {
		for j := i + 1; j < len(models); j++ {
			out = append(out, agreement(c, models[i], models[j], labels[i], labels[j]))
		}
	}
	return out
}

func agreement(c *segue.Catalog, a, b *Model, inA, inB []int32) *Agreement {
	out := &Agreement{ARI: segue.Missing(), SameMood: segue.Missing(), Moves: []Move{}}
	var x, y []int32
	moved := map[[2]segue.Mood][]int32{}
	same := 0
	for row := range inA {
		if inA[row] < 0 || inB[row] < 0 {
			continue
		}
		x, y = append(x, inA[row]), append(y, inB[row])
		from, to := a.Moods[inA[row]].Mood, b.Moods[inB[row]].Mood
		if from == to {
			same++
			continue
		}
		moved[[2]segue.Mood{from, to}] = append(moved[[2]segue.Mood{from, to}], int32(row))
	}
	if out.Tracks = len(x); out.Tracks > 0 {
		out.ARI, out.SameMood = segue.Number(validity.AdjustedRand(x, y)), segue.Number(float64(same)/float64(out.Tracks))
	}
	for way, rows := range moved {
		out.Moves = append(out.Moves, Move{way[0], way[1], len(rows), famous(c, rows)})
	}
	slices.SortFunc(out.Moves, func(p, q Move) int {
		return cmp.Or(cmp.Compare(q.Tracks, p.Tracks), cmp.Compare(p.From, q.From), cmp.Compare(p.To, q.To))
	})
	return out
}

// famous returns the most popular of ascending rows, as many as are named; of equals
// the first.
func famous(c *segue.Catalog, rows []int32) []int32 {
	rows = slices.Clone(rows)
	if c.Popularity != nil {
		slices.SortStableFunc(rows, func(a, b int32) int { return cmp.Compare(c.Popularity[b], c.Popularity[a]) })
	}
	return rows[:min(Examples, len(rows))]
}

// slim is a model without its plane.
type slim struct {
	Model  json.RawMessage `json:"model"`
	Fitted Fitted          `json:"fitted"`
}

// MarshalSlim writes the model as JSON without its plane, which makes up nearly all
// of it and which the models of one catalogue share: a few kilobytes.
func (m *Model) MarshalSlim() ([]byte, error) {
	shown, fitted := *m, *m.Fitted
	shown.Fitted, fitted.Plane = nil, nil
	head, err := json.Marshal(&shown)
	if err != nil {
		return nil, err
	}
	return json.Marshal(slim{head, fitted})
}

// UnmarshalSlim reads what MarshalSlim wrote of a model whose plane is p. Errors
// are those of reading a model.
func UnmarshalSlim(b []byte, p *Plane) (*Model, error) {
	var s slim
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("mood: reading a model: %w", err)
	}
	type plain Model
	var m plain
	if err := json.Unmarshal(s.Model, &m); err != nil {
		return nil, fmt.Errorf("mood: reading a model: %w", err)
	}
	m.Fitted, s.Fitted.Plane = &s.Fitted, p
	if err := (*Model)(&m).check(); err != nil {
		return nil, fmt.Errorf("mood: reading a model: %w", err)
	}
	return (*Model)(&m), nil
}
