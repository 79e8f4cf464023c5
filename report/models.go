package report

import (
	"fmt"
	"math"
	"strings"

	"segue"
	"segue/chart"
	"segue/language"
	"segue/mood"
	"segue/tell"
)

// titleOf is an algorithm's name as people read it.
func titleOf(algorithm string) string {
	for _, p := range mood.Comparison() {
		if p.Algorithm == algorithm {
			return p.Title
		}
	}
	return algorithm
}

// portraitOf returns what to know of a model's algorithm.
func portraitOf(m *mood.Model) mood.Portrait {
	for _, p := range mood.Comparison() {
		if p.Algorithm == m.Algorithm {
			return p
		}
	}
	return mood.Portrait{Algorithm: m.Algorithm, Title: m.Algorithm}
}

// clusterPlane draws where a model's clusters lie.
func clusterPlane(m *mood.Model) string {
	var p chart.Plane
	for i, name := range m.Moods {
		if !name.Valence.Known() || !name.Arousal.Known() {
			continue
		}
		p.Spots = append(p.Spots, chart.Spot{
			X: float64(name.Valence), Y: float64(name.Arousal), Mark: tell.Mark(name.Mood),
			Label: en.Percent(clusterShare(m, i)), Share: clusterShare(m, i),
		})
	}
	return chart.DrawPlane(p, chart.Caption{ID: "clusters-" + m.Algorithm, Title: titleOf(m.Algorithm) + ": where its groups lie",
		Desc: "Each mark is a group at the mean place of its tracks, with the share of tracks in it. The table below has the same facts."})
}

// clusterShare is the share of the tracks in a cluster.
func clusterShare(m *mood.Model, i int) float64 {
	if m.N == 0 || i >= len(m.Sizes) {
		return 0
	}
	return float64(m.Sizes[i]) / float64(m.N)
}

// A criterion is one row of the comparison: a number for each model.
type criterion struct {
	Name, Note string
	Cells      []cell
}

// A cell is a number with what belongs to it.
type cell struct{ Value, Note string }

// comparison lays the models' figures side by side, a row a criterion; rows
// nobody has a value in are left out.
func comparison(models []*mood.Model) []criterion {
	rows := []criterion{
		row(models, "Silhouette", "−1 to 1, higher is more separate", func(m *mood.Model) cell {
			if m.SilhouetteInterval == nil {
				return cell{Value: number(m.Silhouette, 3)}
			}
			return cell{number(m.Silhouette, 3), within(m.SilhouetteInterval, "95"+language.Thin+"%: ", 3) + ", measured on " + en.Count(m.SilhouetteRows) + " tracks"}
		}),
		row(models, "… on shuffled columns", "what there is without any relation between features", func(m *mood.Model) cell {
			if m.Null.Shuffles == 0 {
				return cell{Value: "–"}
			}
			note := en.Of(m.Null.Shuffles, "shuffle", "shuffles")
			if m.Null.Sampled {
				note += " of " + en.Count(m.Null.Rows) + " tracks each"
			}
			if interval := within(m.Null.SilhouetteInterval, "95"+language.Thin+"%: ", 3); interval != "" {
				note = interval + ", " + note
			}
			return cell{number(m.Null.Silhouette, 3), note}
		}),
		row(models, "Davies–Bouldin", "0 up, lower is more separate", func(m *mood.Model) cell {
			note := ""
			if m.Null.Shuffles > 0 && m.Null.DaviesBouldin.Known() {
				note = "shuffled " + number(m.Null.DaviesBouldin, 2)
			}
			return cell{number(m.DaviesBouldin, 2), note}
		}),
		row(models, "Calinski–Harabasz", "higher is more separate; grows with the number of tracks", func(m *mood.Model) cell { return cell{number(m.CalinskiHarabasz, 0), ""} }),
		row(models, "Stability", "adjusted Rand index on resampled tracks, 1 is the same groups", func(m *mood.Model) cell {
			if m.Stability.Resamples == 0 {
				return cell{Value: "–"}
			}
			s := m.Stability
			note := within(s.ARIInterval, "middle 95"+language.Thin+"%: ", 2) + "; lowest of " + en.Count(s.Resamples) + ": " + number(s.ARIMin, 2)
			if s.Sampled {
				note += "; on " + en.Count(s.Rows) + " tracks"
			}
			return cell{number(s.ARIMean, 2), note}
		}),
		row(models, "Own criterion", "what the algorithm itself minimizes or reports", func(m *mood.Model) cell {
			switch {
			case m.BIC.Known():
				return cell{"BIC " + number(m.BIC, 0), "AIC " + number(m.AIC, 0) + ", log-likelihood " + number(m.LogLikelihood, 0)}
			case m.FPC.Known():
				return cell{"FPC " + number(m.FPC, 3), fmt.Sprintf("from 1/%d (no groups) to 1 (crisp)", m.K)}
			case m.Inertia.Known():
				return cell{"Inertia " + number(m.Inertia, 0), "sum of squared distances"}
			}
			return cell{Value: "–"}
		}),
		row(models, "projection_2d", "separation on two principal components only, as drawings show it; not comparable with the rows above", func(m *mood.Model) cell {
			if !m.Projection2D.Silhouette.Known() {
				return cell{Value: "–"}
			}
			return cell{"silhouette " + number(m.Projection2D.Silhouette, 3), "Davies–Bouldin " + number(m.Projection2D.DaviesBouldin, 2)}
		}),
		row(models, "Iterations", "of the best start", func(m *mood.Model) cell {
			note := "converged"
			if !m.Converged {
				note = "stopped before it converged"
			}
			return cell{en.Count(m.Iterations), note}
		}),
	}
	kept := rows[:0]
	for _, r := range rows {
		for _, c := range r.Cells {
			if c.Value != "–" {
				kept = append(kept, r)
				break
			}
		}
	}
	return kept
}

func row(models []*mood.Model, name, note string, of func(*mood.Model) cell) criterion {
	r := criterion{Name: name, Note: note}
	for _, m := range models {
		r.Cells = append(r.Cells, of(m))
	}
	return r
}

// within writes a range, with what it is before it.
func within(r *mood.Range, what string, decimals int) string {
	if r == nil || !r.Lo.Known() || !r.Hi.Known() {
		return ""
	}
	return what + number(r.Lo, decimals) + " to " + number(r.Hi, decimals)
}

// curveCharts draws the three algorithms' criteria over k, small.
func curveCharts(s *mood.CurveSet) []string {
	k, y := points(len(s.KMeans), func(i int) (int, segue.Number) { return s.KMeans[i].K, s.KMeans[i].Inertia })
	gk, bic := points(len(s.GMM), func(i int) (int, segue.Number) { return s.GMM[i].K, s.GMM[i].BIC })
	_, aic := points(len(s.GMM), func(i int) (int, segue.Number) { return s.GMM[i].K, s.GMM[i].AIC })
	fk, fpc := points(len(s.FCM), func(i int) (int, segue.Number) { return s.FCM[i].K, s.FCM[i].FPC })
	best := s.Suggested
	bicBest := best.GMM.BIC
	if best.GMM.AtEdge {
		bicBest = 0
	}
	return []string{
		chart.DrawCurve([]chart.Series{
			{Name: "inertia", Class: "ink", X: k, Y: y, Best: best.KMeans.Elbow},
			silhouetteSeries(s),
			gapSeries(s),
		}, mood.DefaultK, "our choice", "", chart.Caption{ID: "curve-kmeans", Title: "K-means over k", Desc: curveWords(s, mood.KMeans)}),
		chart.DrawCurve([]chart.Series{
			{Name: "BIC", Class: "ink", X: gk, Y: bic, Best: bicBest},
			{Name: "AIC", Class: "dim-arousal", X: gk, Y: aic, Dash: true},
		}, mood.DefaultK, "our choice", "", chart.Caption{ID: "curve-gmm", Title: "Gaussian mixture over k", Desc: curveWords(s, mood.GMM)}),
		chart.DrawCurve([]chart.Series{
			{Name: "FPC", Class: "ink", X: fk, Y: fpc, Best: best.FCM.FPC},
		}, mood.DefaultK, "our choice", "", chart.Caption{ID: "curve-fcm", Title: "Fuzzy c-means over k", Desc: curveWords(s, mood.FCM)}),
	}
}

// silhouetteSeries is k-means' silhouette over k, with its interval where it was
// measured on a sample.
func silhouetteSeries(s *mood.CurveSet) chart.Series {
	out := chart.Series{Name: "silhouette", Class: "dim-arousal", Best: s.Suggested.KMeans.Silhouette, Dash: true, Own: true}
	for _, p := range s.KMeans {
		lo, hi := math.NaN(), math.NaN()
		if r := p.SilhouetteInterval; r != nil {
			lo, hi = float64(r.Lo), float64(r.Hi)
		}
		out.X, out.Y, out.Lo, out.Hi = append(out.X, p.K), append(out.Y, float64(p.Silhouette)), append(out.Lo, lo), append(out.Hi, hi)
	}
	return out
}

// gapSeries is k-means' gap over k, with its standard error; empty if there is none.
func gapSeries(s *mood.CurveSet) chart.Series {
	out := chart.Series{Name: "gap", Class: "dim-valence", Best: s.Suggested.KMeans.Gap, Dash: true, Own: true}
	if s.Gap == nil {
		return out
	}
	for _, p := range s.Gap.Points {
		out.X, out.Y = append(out.X, p.K), append(out.Y, float64(p.Gap))
		out.Lo, out.Hi = append(out.Lo, float64(p.Gap-p.S)), append(out.Hi, float64(p.Gap+p.S))
	}
	return out
}

// curveNote says on how much the curves stand.
func curveNote(s *mood.CurveSet) string {
	var notes []string
	if s.Sampled {
		notes = append(notes, "Drawn from "+en.Count(s.Rows)+" of "+en.Count(s.N)+" tracks.")
	}
	if s.SilhouetteRows < s.Rows {
		notes = append(notes, "Silhouettes are measured on "+en.Count(s.SilhouetteRows)+" of them against all; their bars are the 95"+language.Thin+"% interval of that.")
	}
	if s.Gap != nil {
		notes = append(notes, "The gap says how much closer tracks are to their centres than on "+en.Count(s.Gap.References)+" tables where they lie evenly; its bars are the standard error.")
	}
	return strings.Join(notes, " ")
}

func points(n int, at func(i int) (int, segue.Number)) (x []int, y []float64) {
	for i := range n {
		k, v := at(i)
		x, y = append(x, k), append(y, float64(v))
	}
	return x, y
}

// curveWords says what an algorithm's criteria would choose.
func curveWords(s *mood.CurveSet, algorithm string) string {
	at := func(k int) string {
		if k == 0 {
			return "at no k of the range"
		}
		return fmt.Sprintf("at k\u00a0=\u00a0%d", k)
	}
	switch g := s.Suggested; algorithm {
	case mood.KMeans:
		words := fmt.Sprintf("Inertia bends most %s; the silhouette is highest %s", at(g.KMeans.Elbow), at(g.KMeans.Silhouette))
		switch {
		case s.Gap == nil:
			return words + "."
		case g.KMeans.Gap == 0:
			return words + "; the gap is still rising at the last k, so it chooses none."
		}
		return words + fmt.Sprintf("; the gap stops rising clearly %s.", at(g.KMeans.Gap))
	case mood.GMM:
		if g.GMM.AtEdge {
			return "BIC is still falling at the last k, so it chooses none; lower is better."
		}
		return fmt.Sprintf("BIC is lowest %s, AIC %s; lower is better.", at(g.GMM.BIC), at(g.GMM.AIC))
	default:
		return fmt.Sprintf("The partition coefficient is highest %s; it falls with k almost always.", at(g.FCM.FPC))
	}
}

// DrawCurves returns the criteria over k as one SVG file that stands alone, with
// style and fonts inside: the picture the curves command writes.
func DrawCurves(s *mood.CurveSet) string {
	return chart.Standalone(chart.Beside(curveCharts(s), []string{"K-means", "Gaussian mixture", "Fuzzy c-means"},
		chart.Caption{ID: "curves", Title: "Criteria over the number of groups", Desc: mood.KNote}))
}

// clusterRows lists a model's clusters.
func clusterRows(m *mood.Model) [][]string {
	var rows [][]string
	for i, name := range m.Moods {
		r := []string{language.Upper(name.Name), en.Count(m.Sizes[i]), en.Percent(clusterShare(m, i)), number(name.Valence, 2), number(name.Arousal, 2), number(name.Margin, 2)}
		for j := range m.Features {
			r = append(r, signed(m.Centers[i][j]))
		}
		rows = append(rows, r)
	}
	return rows
}

// signed writes a number with its sign.
func signed(v float64) string {
	if s := en.Decimal(v, 2); v > 0 && strings.Trim(s, "0.") != "" {
		return "+" + s
	} else {
		return s
	}
}

// leastMargin is the smallest margin of a model's names, NaN if unknown.
func leastMargin(m *mood.Model) float64 {
	least := math.NaN()
	for _, n := range m.Moods {
		if v := float64(n.Margin); n.Margin.Known() && !(v >= least) {
			least = v
		}
	}
	return least
}
