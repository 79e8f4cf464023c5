package tell

import (
	"math"
	"strings"

	"segue"
	"segue/chart"
	"segue/language"
	"segue/mood"
)

// AlgorithmTitle is an algorithm's name as people read it.
func AlgorithmTitle(t *language.Tongue, algorithm string) string {
	return t.Say(PortraitOf(algorithm).Title)
}

// PortraitOf returns what to know of an algorithm, in English.
func PortraitOf(algorithm string) mood.Portrait {
	if algorithm == mood.Supervised {
		return mood.Portrait{Algorithm: algorithm, Title: language.Text("Learned from labels")}
	}
	for _, p := range mood.Comparison() {
		if p.Algorithm == algorithm {
			return p
		}
	}
	return mood.Portrait{Algorithm: algorithm, Title: algorithm}
}

// GroupName is a cluster's name: "Calm", "Calm 2".
func GroupName(t *language.Tongue, n mood.Name) string {
	name := language.Upper(MoodPhrase(t, n.Mood))
	if _, number, ok := strings.Cut(n.Name, " "); ok {
		name += " " + number
	}
	return name
}

// GroupsPlane draws where a model's groups lie, under the id "clusters-" and its
// algorithm's.
func GroupsPlane(t *language.Tongue, m *mood.Model) string {
	var p chart.Plane
	for i, name := range m.Moods {
		if !name.Valence.Known() || !name.Arousal.Known() {
			continue
		}
		p.Spots = append(p.Spots, chart.Spot{
			X: float64(name.Valence), Y: float64(name.Arousal), Mark: Mark(name.Mood),
			Label: t.Percent(GroupShare(m, i)), Share: GroupShare(m, i),
		})
	}
	return chart.DrawPlane(p, chart.Caption{ID: "clusters-" + m.Algorithm, Title: t.Say("%s: where its groups lie", AlgorithmTitle(t, m.Algorithm)),
		Desc: t.Say("Each mark is a group at the mean place of its tracks, with the share of tracks in it. The table below has the same facts."), In: t})
}

// GroupShare is the share of the tracks that are in a model's cluster.
func GroupShare(m *mood.Model, i int) float64 {
	if m.N == 0 || i >= len(m.Sizes) {
		return 0
	}
	return float64(m.Sizes[i]) / float64(m.N)
}

// LeastMargin is the smallest margin of a model's names, NaN if unknown.
func LeastMargin(m *mood.Model) float64 {
	least := math.NaN()
	for _, n := range m.Moods {
		if v := float64(n.Margin); n.Margin.Known() && !(v >= least) {
			least = v
		}
	}
	return least
}

// A Criterion is one row of the comparison of models: a number for each.
type Criterion struct {
	Name, Note string
	Cells      []Cell
}

// A Cell is a number with what belongs to it.
type Cell struct{ Value, Note string }

// none is the value of a cell without one.
const none = "–"

// Criteria lays the models' figures side by side, a row a criterion; rows nobody has
// a value in are left out.
func Criteria(t *language.Tongue, models []*mood.Model) []Criterion {
	number := func(v segue.Number, decimals int) string { return number(t, v, decimals) }
	within := func(r *mood.Range, decimals int) string {
		if r == nil || !r.Lo.Known() || !r.Hi.Known() {
			return ""
		}
		return t.Say("%s to %s", number(r.Lo, decimals), number(r.Hi, decimals))
	}
	sure := "95" + language.Thin + "%: "
	rows := []Criterion{
		criterion(models, t.Say("Silhouette"), t.Say("−1 to 1, higher is more separate"), func(m *mood.Model) Cell {
			if m.SilhouetteInterval == nil {
				return Cell{Value: number(m.Silhouette, 3)}
			}
			note := ""
			if in := within(m.SilhouetteInterval, 3); in != "" {
				note = sure + in
			}
			return Cell{number(m.Silhouette, 3), note + ", " + t.Say("measured on %s tracks", t.Count(m.SilhouetteRows))}
		}),
		criterion(models, t.Say("… on shuffled columns"), t.Say("what there is without any relation between features"), func(m *mood.Model) Cell {
			if m.Null.Shuffles == 0 {
				return Cell{Value: none}
			}
			note := t.Of(m.Null.Shuffles, "shuffle", "shuffles")
			if m.Null.Sampled {
				note = t.Say("%s of %s tracks each", note, t.Count(m.Null.Rows))
			}
			if in := within(m.Null.SilhouetteInterval, 3); in != "" {
				note = sure + in + ", " + note
			}
			return Cell{number(m.Null.Silhouette, 3), note}
		}),
		criterion(models, t.Say("Davies–Bouldin"), t.Say("0 up, lower is more separate"), func(m *mood.Model) Cell {
			note := ""
			if m.Null.Shuffles > 0 && m.Null.DaviesBouldin.Known() {
				note = t.Say("shuffled %s", number(m.Null.DaviesBouldin, 2))
			}
			return Cell{number(m.DaviesBouldin, 2), note}
		}),
		criterion(models, t.Say("Calinski–Harabasz"), t.Say("higher is more separate; grows with the number of tracks"), func(m *mood.Model) Cell {
			return Cell{number(m.CalinskiHarabasz, 0), ""}
		}),
		criterion(models, t.Say("Stability"), t.Say("adjusted Rand index on resampled tracks, 1 is the same groups"), func(m *mood.Model) Cell {
			s := m.Stability
			if s.Resamples == 0 {
				return Cell{Value: none}
			}
			note := ""
			if in := within(s.ARIInterval, 2); in != "" {
				note = t.Say("middle 95\u202f%%: %s", in)
			}
			note += "; " + t.Say("lowest of %s: %s", t.Count(s.Resamples), number(s.ARIMin, 2))
			if s.Sampled {
				note += "; " + t.Say("on %s tracks", t.Count(s.Rows))
			}
			return Cell{number(s.ARIMean, 2), note}
		}),
		criterion(models, t.Say("Own criterion"), t.Say("what the algorithm itself minimizes or reports"), func(m *mood.Model) Cell {
			switch {
			case m.BIC.Known():
				return Cell{"BIC " + number(m.BIC, 0), t.Say("AIC %s, log-likelihood %s", number(m.AIC, 0), number(m.LogLikelihood, 0))}
			case m.FPC.Known():
				return Cell{"FPC " + number(m.FPC, 3), t.Say("from 1/%d (no groups) to 1 (crisp)", m.K)}
			case m.Inertia.Known():
				return Cell{t.Say("Inertia %s", number(m.Inertia, 0)), t.Say("sum of squared distances")}
			}
			return Cell{Value: none}
		}),
		criterion(models, "projection_2d", t.Say("separation on two principal components only, as drawings show it; not comparable with the rows above"), func(m *mood.Model) Cell {
			if !m.Projection2D.Silhouette.Known() {
				return Cell{Value: none}
			}
			return Cell{t.Say("silhouette %s", number(m.Projection2D.Silhouette, 3)), t.Say("Davies–Bouldin %s", number(m.Projection2D.DaviesBouldin, 2))}
		}),
		criterion(models, t.Say("Iterations"), t.Say("of the best start"), func(m *mood.Model) Cell {
			note := t.Say("converged")
			if !m.Converged {
				note = t.Say("stopped before it converged")
			}
			return Cell{t.Count(m.Iterations), note}
		}),
	}
	kept := rows[:0]
	for _, r := range rows {
		for _, c := range r.Cells {
			if c.Value != none {
				kept = append(kept, r)
				break
			}
		}
	}
	return kept
}

func criterion(models []*mood.Model, name, note string, of func(*mood.Model) Cell) Criterion {
	r := Criterion{Name: name, Note: note}
	for _, m := range models {
		r.Cells = append(r.Cells, of(m))
	}
	return r
}

// GroupRow is a line of the table of a model's groups: name, tracks, share,
// pleasantness, energy, margin, and the center in each feature.
func GroupRow(t *language.Tongue, m *mood.Model, i int) []string {
	name := m.Moods[i]
	r := []string{GroupName(t, name), t.Count(m.Sizes[i]), t.Percent(GroupShare(m, i)), number(t, name.Valence, 2), number(t, name.Arousal, 2), number(t, name.Margin, 2)}
	for j := range m.Features {
		r = append(r, Signed(t, m.Centers[i][j]))
	}
	return r
}

// Signed writes a number with its sign and two decimals.
func Signed(t *language.Tongue, v float64) string {
	if s := t.Decimal(v, 2); v > 0 && strings.Trim(s, "0.,") != "" {
		return "+" + s
	} else {
		return s
	}
}
