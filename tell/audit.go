package tell

import (
	"math"
	"slices"
	"strings"

	"segue"
	"segue/audit"
	"segue/chart"
	"segue/language"
	"segue/mood"
	"segue/outcome/stats"
	"segue/recommend"
)

// AuditModel names what was audited.
func AuditModel(t *language.Tongue, name string) string {
	switch name {
	case mood.KMeans, mood.GMM, mood.FCM:
		return t.Say("%s, clusters named", AlgorithmTitle(t, name))
	case recommend.AuditPlane:
		return t.Say("Quadrant of the place on the plane")
	case recommend.AuditHalves:
		return t.Say("Valence and energy cut at 0.5")
	case recommend.AuditMedians:
		return t.Say("Valence and energy cut at their medians")
	case mood.Supervised:
		return t.Say("Supervised, on artists it had not seen")
	case recommend.AuditSupervisedRaw:
		return t.Say("The same before calibration")
	case audit.Majority:
		return t.Say("Always the most frequent mood")
	}
	if saved, ok := strings.CutPrefix(name, recommend.AuditInUse+" "); ok {
		algorithm, id, _ := strings.Cut(saved, " ")
		return t.Say("Version in use, %s: %s", id, AlgorithmTitle(t, algorithm))
	}
	if algorithm, id, ok := strings.Cut(name, " "); ok {
		if algorithm == mood.Supervised {
			return t.Say("Saved supervised model %s", id)
		}
		return t.Say("Saved model %s: %s", id, AlgorithmTitle(t, algorithm))
	}
	return name
}

// Between writes an estimate with its interval: "0.42 (0.39 to 0.45)".
func Between(t *language.Tongue, e audit.Estimate, decimals int) string {
	switch {
	case !e.Value.Known():
		return "–"
	case !e.Known():
		return t.Decimal(float64(e.Value), decimals)
	}
	return t.Say("%s (%s to %s)", t.Decimal(float64(e.Value), decimals), t.Decimal(float64(e.Lo), decimals), t.Decimal(float64(e.Hi), decimals))
}

// AuditLabels says what was joined, and what the labels say.
func AuditLabels(t *language.Tongue, a *recommend.Audit) []string {
	p := a.Labels
	joined := p.Tracks + p.Merged
	out := []string{t.Say("%s of the table’s %s rows (%s) mean a track of the catalogue: %s of its %s tracks, by %s artists.",
		t.Count(joined), t.Count(p.Table.Rows), t.Share(joined, p.Table.Rows), t.Count(p.Tracks), t.Count(a.Of), t.Count(p.Artists))}
	if p.Table.Scale != nil {
		out = append(out, t.Say("Valence and arousal are on the scale %s, whose middle is %s.", scaleWords(t, p), t.Decimal(p.Table.Scale.Middle, 2)))
	}
	var parts []string
	for _, m := range segue.Moods() {
		parts = append(parts, MoodPhrase(t, m)+" "+t.Share(a.ByMood[m], a.Named))
	}
	if a.Named > 0 {
		out = append(out, t.Say("Of %s tracks with a mood: %s.", t.Count(a.Named), strings.Join(parts, ", ")))
	}
	if p.Contradictory > 0 {
		out = append(out, t.Say("Rows disagree about %s.", t.Of(p.Contradictory, "track", "tracks")))
	}
	if n := len(p.Table.Unknown); n > 0 {
		var words []string
		for _, w := range p.Table.Unknown[:min(5, n)] {
			words = append(words, "“"+w.Word+"”")
		}
		out = append(out, t.Say("Words that name no mood that is known: %s.", strings.Join(words, ", ")))
	}
	return out
}

func scaleWords(t *language.Tongue, p *recommend.LabelReport) string {
	s := p.Table.Scale
	if !s.Lo.Known() {
		return t.Say("around 0")
	}
	return t.Say("from %s to %s", t.Decimal(float64(s.Lo), 0), t.Decimal(float64(s.Hi), 0))
}

// AuditFinding says the main result in a sentence or two: how often the best model is
// right, and how far that is from the naming of k-means.
func AuditFinding(t *language.Tongue, a *recommend.Audit) []string {
	if a.Named == 0 {
		return []string{t.Say("The labels name no moods, so that only places are compared.")}
	}
	if !a.Enough {
		return []string{t.Say("Labels by %s artists are too few to tell: %s are needed for intervals. What follows counts, and claims nothing.", t.Count(a.Artists), t.Count(audit.LeastArtists))}
	}
	first := a.Models[0]
	out := []string{t.Say("The naming of k-means agrees with people on %s of the tracks; always the most frequent mood would on %s.",
		percents(t, first.Accuracy), percents(t, a.Models[len(a.Models)-1].Accuracy))}
	for _, d := range a.Differences {
		accuracy := audit.Estimate{}
		for _, m := range a.Models {
			if m.Name == d.Model {
				accuracy = m.Accuracy
			}
		}
		switch {
		case d.Model == mood.Supervised:
			out = append(out, t.Say("The supervised model does on %s.", percents(t, accuracy)), besideKMeans(t, d.Accuracy, d.MacroF1))
		case !strings.HasPrefix(d.Model, recommend.AuditInUse+" "):
		case slices.Contains(a.Seen, d.Model): // what it knows by heart is no merit
		default:
			out = append(out, t.Say("The version in use does on %s.", percents(t, accuracy)), besideKMeans(t, d.Accuracy, d.MacroF1))
		}
	}
	if a.LeftOut != "" {
		out = append(out, t.Say("There is no supervised model: %s.", a.LeftOut))
	}
	return out
}

// besideKMeans says how far a model is from the naming of k-means.
func besideKMeans(t *language.Tongue, accuracy, macroF1 audit.Estimate) string {
	better, worse := accuracy.Lo > 0 || macroF1.Lo > 0, accuracy.Hi < 0 || macroF1.Hi < 0
	switch {
	case accuracy.Lo > 0 && macroF1.Lo > 0:
		return t.Say("It is better than k-means: accuracy %s, macro-F1 %s.", signed(t, accuracy), signed(t, macroF1))
	case better && worse:
		return t.Say("Against k-means one measure is better and one worse: accuracy %s, macro-F1 %s.", signed(t, accuracy), signed(t, macroF1))
	case better:
		return t.Say("Against k-means one measure is better, and for the other no difference was shown: accuracy %s, macro-F1 %s.", signed(t, accuracy), signed(t, macroF1))
	case worse:
		return t.Say("By one measure at least it is worse than k-means: accuracy %s, macro-F1 %s.", signed(t, accuracy), signed(t, macroF1))
	}
	return t.Say("That it differs from k-means was not shown: accuracy %s, macro-F1 %s.", signed(t, accuracy), signed(t, macroF1))
}

// percents writes a share with its interval: "42 % (39 to 45 %)".
func percents(t *language.Tongue, e audit.Estimate) string {
	if !e.Known() {
		return t.Percent(float64(e.Value))
	}
	return t.Say("%s (%s to %s)", t.Percent(float64(e.Value)), t.Percent(float64(e.Lo)), t.Percent(float64(e.Hi)))
}

// signed writes a difference with its interval, with their signs.
func signed(t *language.Tongue, e audit.Estimate) string {
	if !e.Known() {
		return Signed(t, float64(e.Value))
	}
	return t.Say("%s (%s to %s)", Signed(t, float64(e.Value)), Signed(t, float64(e.Lo)), Signed(t, float64(e.Hi)))
}

// AuditDifference writes a difference for a table.
func AuditDifference(t *language.Tongue, e audit.Estimate) string {
	if !e.Value.Known() {
		return "–"
	}
	return signed(t, e)
}

// AuditCalibration says whether a model's probabilities mean what they say.
func AuditCalibration(t *language.Tongue, m *audit.Model) string {
	c := m.Calibration
	return t.Say("expected calibration error %s, where %s would be chance; Brier score %s, log-loss %s",
		Between(t, c.Error, 3), t.Decimal(c.Expected, 3), Between(t, c.Brier, 3), Between(t, c.LogLoss, 3))
}

// AuditCircular warns of labels that look as if they were made from the features;
// nothing if they do not.
func AuditCircular(t *language.Tongue, a *recommend.Audit) []string { return Circular(t, a.Circular) }

// Circular is AuditCircular of what was found alone.
func Circular(t *language.Tongue, c audit.Circularity) []string {
	if !c.Suspect {
		return nil
	}
	out := []string{t.Say("These labels look as if they were computed from the same features that the models read. What agrees with them then says nothing of people.")}
	for _, f := range c.Findings {
		if f.Suspect {
			out = append(out, t.Say("%s gives %s of them.", ruleWords(t, f), t.Percent(float64(f.Agreement))))
		}
	}
	return out
}

// ruleWords names a rule that comes near to the labels.
func ruleWords(t *language.Tongue, f audit.Finding) string {
	switch f.Rule {
	case audit.RuleCuts:
		return t.Say("Cutting two features once each (%s)", f.Of)
	case audit.RuleModel:
		return AuditModel(t, f.Of)
	case audit.RuleLine:
		return t.Say("A straight line in the features, their squares and products (%s)", f.Of)
	}
	return t.Say("The order of one feature (%s)", f.Of)
}

// AuditLimits says what the audit does not say.
func AuditLimits(t *language.Tongue, a *recommend.Audit) []string {
	out := []string{
		t.Say("Intervals are of %s %% and come from %s draws of artists: they say how much other artists’ tracks would change a number, not how well these labels say what listeners feel.", t.Decimal(100*a.Level, 0), t.Count(a.Replicates)),
		t.Say("A track of which a model says nothing counts as wrong."),
	}
	p := a.Labels
	if joined := p.Tracks + p.Merged; 2*joined < p.Table.Rows {
		out = append(out, t.Say("%s of the table’s rows mean no track of the catalogue: what was joined may differ from the rest.", t.Share(p.Table.Rows-joined, p.Table.Rows)))
	}
	kinds := 0
	for _, n := range a.ByMood {
		if n > 0 {
			kinds++
		}
	}
	switch {
	case kinds == 1:
		out = append(out, t.Say("The labels name one mood only: how well moods are told apart cannot be seen."))
	case kinds > 1 && kinds < segue.NumMoods:
		out = append(out, t.Say("The labels name %d of the four moods.", kinds))
	}
	for _, name := range a.Seen {
		out = append(out, t.Say("%s was trained on these labels: it has seen what it is asked.", AuditModel(t, name)))
	}
	for _, m := range a.Models {
		if strings.Contains(m.Name, mood.Supervised+" ") && !slices.Contains(a.Seen, m.Name) {
			out = append(out, t.Say("%s was trained on other labels, which may be of the same artists.", AuditModel(t, m.Name)))
		}
	}
	if len(a.Genres) == 0 {
		out = append(out, t.Say("No genre has %s labelled tracks, so that none is shown.", t.Count(audit.LeastInGenre)))
	}
	return out
}

// AuditConfusion draws what a model says of tracks by what people say, under the id.
func AuditConfusion(t *language.Tongue, m *audit.Model, id string) string {
	counts, all := make([][]int, segue.NumMoods), make([]int, segue.NumMoods)
	for c := range m.Confusion {
		counts[c] = m.Confusion[c][:segue.NumMoods]
		for _, n := range m.Confusion[c] {
			all[c] += n
		}
	}
	var marks []chart.Mark
	for _, c := range segue.Moods() {
		marks = append(marks, Mark(c))
	}
	return chart.DrawConfusion(marks, counts, all, chart.Caption{ID: id, In: t, Title: AuditModel(t, m.Name),
		Desc: t.Say("Rows are the moods that people name, columns those the model says; a disc’s area is its share of the row. On the diagonal both agree.")})
}

// AuditReliability draws whether a model's probabilities mean what they say, under the id.
func AuditReliability(t *language.Tongue, m *audit.Model, level float64, id string) string {
	var groups []chart.Promise
	for _, b := range m.Calibration.Bins {
		if b.N == 0 {
			continue
		}
		e := stats.Wilson(int(math.Round(b.Frequency*float64(b.N))), b.N, level)
		groups = append(groups, chart.Promise{Promised: b.Confidence, Came: b.Frequency, Lo: float64(e.Lo), Hi: float64(e.Hi), N: b.N})
	}
	return chart.DrawReliability(groups, chart.Caption{ID: id, In: t, Title: AuditModel(t, m.Name),
		Desc: t.Say("Tracks in groups by how sure the model was; a disc stands where what came true meets what was promised. On the dashed line both are the same, below it the model is too sure.")})
}

// AuditDrawn are the models whose confusion matrix is shown: the reference, the
// supervised and saved ones.
func AuditDrawn(a *recommend.Audit) []*audit.Model {
	beside := []string{mood.GMM, mood.FCM, recommend.AuditHalves, recommend.AuditMedians, recommend.AuditPlane, recommend.AuditSupervisedRaw, audit.Majority}
	var out []*audit.Model
	for i := range a.Models {
		if !slices.Contains(beside, a.Models[i].Name) {
			out = append(out, &a.Models[i])
		}
	}
	return out
}

// AuditCalibrated are the models with probabilities.
func AuditCalibrated(a *recommend.Audit) []*audit.Model {
	var out []*audit.Model
	for i := range a.Models {
		if a.Models[i].Calibration != nil {
			out = append(out, &a.Models[i])
		}
	}
	return out
}
