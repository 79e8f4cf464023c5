package tell

import (
	"math"
	"strings"

	"segue"
	"segue/chart"
	"segue/language"
	"segue/mood"
)

// Curves draws the three algorithms' criteria over k, small, in the order of
// mood.Algorithms. Their ids are "curve-" and the algorithms'.
func Curves(t *language.Tongue, s *mood.CurveSet) []string {
	k, y := points(len(s.KMeans), func(i int) (int, segue.Number) { return s.KMeans[i].K, s.KMeans[i].Inertia })
	gk, bic := points(len(s.GMM), func(i int) (int, segue.Number) { return s.GMM[i].K, s.GMM[i].BIC })
	_, aic := points(len(s.GMM), func(i int) (int, segue.Number) { return s.GMM[i].K, s.GMM[i].AIC })
	fk, fpc := points(len(s.FCM), func(i int) (int, segue.Number) { return s.FCM[i].K, s.FCM[i].FPC })
	best := s.Suggested
	bicBest := best.GMM.BIC
	if best.GMM.AtEdge {
		bicBest = 0
	}
	draw := func(algorithm string, series ...chart.Series) string {
		return chart.DrawCurve(series, mood.DefaultK, t.Say("our choice"), "", chart.Caption{ID: "curve-" + algorithm, In: t,
			Title: t.Say("%s over k", AlgorithmTitle(t, algorithm)), Desc: CurveWords(t, s, algorithm)})
	}
	return []string{
		draw(mood.KMeans,
			chart.Series{Name: t.Say("inertia"), Class: "ink", X: k, Y: y, Best: best.KMeans.Elbow},
			silhouetteSeries(t, s), gapSeries(t, s)),
		draw(mood.GMM,
			chart.Series{Name: "BIC", Class: "ink", X: gk, Y: bic, Best: bicBest},
			chart.Series{Name: "AIC", Class: "dim-arousal", X: gk, Y: aic, Dash: true}),
		draw(mood.FCM,
			chart.Series{Name: "FPC", Class: "ink", X: fk, Y: fpc, Best: best.FCM.FPC}),
	}
}

// silhouetteSeries is k-means' silhouette over k, with its interval where it was
// measured on a sample.
func silhouetteSeries(t *language.Tongue, s *mood.CurveSet) chart.Series {
	out := chart.Series{Name: t.Say("silhouette"), Class: "dim-arousal", Best: s.Suggested.KMeans.Silhouette, Dash: true, Own: true}
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
func gapSeries(t *language.Tongue, s *mood.CurveSet) chart.Series {
	out := chart.Series{Name: t.Say("gap"), Class: "dim-valence", Best: s.Suggested.KMeans.Gap, Dash: true, Own: true}
	if s.Gap == nil {
		return out
	}
	for _, p := range s.Gap.Points {
		out.X, out.Y = append(out.X, p.K), append(out.Y, float64(p.Gap))
		out.Lo, out.Hi = append(out.Lo, float64(p.Gap-p.S)), append(out.Hi, float64(p.Gap+p.S))
	}
	return out
}

func points(n int, at func(i int) (int, segue.Number)) (x []int, y []float64) {
	for i := range n {
		k, v := at(i)
		x, y = append(x, k), append(y, float64(v))
	}
	return x, y
}

// CurveNote says on how much the curves stand.
func CurveNote(t *language.Tongue, s *mood.CurveSet) string {
	var notes []string
	if s.Sampled {
		notes = append(notes, t.Say("Drawn from %s of %s tracks.", t.Count(s.Rows), t.Count(s.N)))
	}
	if s.SilhouetteRows < s.Rows {
		notes = append(notes, t.Say("Silhouettes are measured on %s of them against all; their bars are the 95\u202f%% interval of that.", t.Count(s.SilhouetteRows)))
	}
	if s.Gap != nil {
		notes = append(notes, t.Say("The gap says how much closer tracks are to their centres than on %s tables where they lie evenly; its bars are the standard error.", t.Count(s.Gap.References)))
	}
	return strings.Join(notes, " ")
}

// CurveWords says what an algorithm's criteria would choose.
func CurveWords(t *language.Tongue, s *mood.CurveSet, algorithm string) string {
	at := func(k int) string {
		if k == 0 {
			return t.Say("at no k of the range")
		}
		return t.Say("at k\u00a0=\u00a0%d", k)
	}
	switch g := s.Suggested; algorithm {
	case mood.KMeans:
		words := t.Say("Inertia bends most %s; the silhouette is highest %s", at(g.KMeans.Elbow), at(g.KMeans.Silhouette))
		switch {
		case s.Gap == nil:
			return words + "."
		case g.KMeans.Gap == 0:
			return words + "; " + t.Say("the gap is still rising at the last k, so it chooses none.")
		}
		return words + "; " + t.Say("the gap stops rising clearly %s.", at(g.KMeans.Gap))
	case mood.GMM:
		if g.GMM.AtEdge {
			return t.Say("BIC is still falling at the last k, so it chooses none; lower is better.")
		}
		return t.Say("BIC is lowest %s, AIC %s; lower is better.", at(g.GMM.BIC), at(g.GMM.AIC))
	default:
		return t.Say("The partition coefficient is highest %s; it falls with k almost always.", at(g.FCM.FPC))
	}
}

// CurvesPicture returns the criteria over k as one SVG file that stands alone, with
// style and fonts inside.
func CurvesPicture(t *language.Tongue, s *mood.CurveSet) string {
	var titles []string
	for _, a := range mood.Algorithms() {
		titles = append(titles, AlgorithmTitle(t, a))
	}
	return chart.Standalone(chart.Beside(Curves(t, s), titles, chart.Caption{ID: "curves", Title: t.Say("Criteria over the number of groups"), Desc: t.Say(mood.KNote), In: t}))
}
