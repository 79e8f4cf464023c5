package tell

import (
	"strings"

	"segue"
	"segue/audit"
	"segue/language"
	"segue/mood"
)

// PlacedBy says by which model tracks are placed, "" for the usual placing, which is none.
func PlacedBy(t *language.Tongue, m *mood.Model) string {
	if m == nil {
		return ""
	}
	return t.Say("Tracks are placed by the model %s: %s.", m.ID[:min(10, len(m.ID))], AlgorithmTitle(t, m.Algorithm))
}

// LearnedFrom says what a supervised model was learned from.
func LearnedFrom(t *language.Tongue, m *mood.Model) []string {
	l := m.Learned
	var moods, imputed []string
	for _, one := range segue.Moods() {
		moods = append(moods, MoodPhrase(t, one)+" "+t.Count(l.Moods[one]))
	}
	out := []string{t.Say("Learned from %s labelled tracks by %s artists in “%s”: %s.", t.Count(l.Tracks), t.Count(l.Artists), l.Labels, strings.Join(moods, ", "))}
	if l.Ridge != nil {
		out = append(out, t.Say("Places were learned from valence and arousal of %s tracks.", t.Count(l.Placed)))
	} else {
		out = append(out, t.Say("Too few tracks were labelled with valence and arousal to learn places: they are the usual ones."))
	}
	if l.LeftOut > 0 {
		out = append(out, t.Say("%s were left out, as they have less than half of the features.", t.Of(l.LeftOut, "track", "tracks")))
	}
	for _, f := range m.Features {
		if n := l.Imputed[f.String()]; n > 0 {
			imputed = append(imputed, FeatureTitle(t, f)+" "+t.Count(n))
		}
	}
	if len(imputed) > 0 {
		out = append(out, t.Say("Labelled tracks without a feature, which is put at its mean: %s.", strings.Join(imputed, ", ")))
	}
	if len(l.Unused) > 0 {
		out = append(out, t.Say("Not used, as no track has it or all have the same: %s.", FeatureNames(t, l.Unused)))
	}
	return out
}

// LearnedFinding says how well a supervised model names artists left out.
func LearnedFinding(t *language.Tongue, m *mood.Model) []string {
	v := m.Learned.Validation
	if v == nil {
		return nil
	}
	return []string{
		t.Say("On artists left out, in %d parts in turn, it names the mood that people name for %s of %s tracks.", m.Learned.Folds, percents(t, audit.Estimate(v.Accuracy)), t.Count(v.Tracks)),
		besideKMeans(t, audit.Estimate(v.AccuracyGain), audit.Estimate(v.MacroF1Gain)),
	}
}

// A Figures is a table of numbers: a row each, with a cell for each column.
type Figures struct {
	Title   string
	Columns []string
	Rows    []Criterion
}

// LearnedTables lays out how well a supervised model names and places artists left out,
// and whether its probabilities mean what they say, each with its interval.
func LearnedTables(t *language.Tongue, m *mood.Model) []Figures {
	v := m.Learned.Validation
	if v == nil {
		return nil
	}
	row := func(name string, decimals int, all ...mood.Measured) Criterion {
		c := Criterion{Name: name}
		for _, one := range all {
			c.Cells = append(c.Cells, Cell{Value: Between(t, audit.Estimate(one), decimals)})
		}
		return c
	}
	alone := func(n segue.Number) mood.Measured {
		return mood.Measured{Value: n, Lo: segue.Missing(), Hi: segue.Missing()}
	}
	none := alone(segue.Missing())
	out := []Figures{
		{t.Say("How often it names the mood that people name"), []string{t.Say("This model"), AuditModel(t, mood.KMeans), t.Say("Difference")}, []Criterion{
			row(t.Say("Accuracy"), 3, v.Accuracy, v.KMeansAccuracy, v.AccuracyGain),
			row(t.Say("Macro-F1"), 3, v.MacroF1, v.KMeansMacroF1, v.MacroF1Gain),
		}},
		{t.Say("Whether its probabilities mean what they say"), []string{t.Say("Before calibration"), t.Say("After"), t.Say("Share left"), t.Say("By chance")}, []Criterion{
			row(t.Say("Calibration error, all moods"), 3, v.Before.MoodECE, v.After.MoodECE, v.MoodECELeft, alone(v.After.MoodChance)),
			row(t.Say("Calibration error, mood named"), 3, v.Before.ECE, v.After.ECE, v.ECELeft, alone(v.After.Chance)),
			row(t.Say("Log-loss"), 3, v.Before.LogLoss, v.After.LogLoss, none, none),
			row(t.Say("Brier score"), 3, v.Before.Brier, v.After.Brier, none, none),
		}},
	}
	if v.Placed == 0 {
		return out
	}
	return append(out, Figures{t.Say("How near its places are"), []string{t.Say("Correlation"), "R²", t.Say("Error on the plane")}, []Criterion{
		row(t.Say("Valence"), 2, v.Valence.Pearson, v.Valence.R2, v.Valence.Error),
		row(t.Say("Arousal"), 2, v.Arousal.Pearson, v.Arousal.R2, v.Arousal.Error),
	}})
}
