package tell

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"segue"
	"segue/catalog"
	"segue/chart"
	"segue/language"
	"segue/mood"
)

// ShownGenres is how many genres a list shows. (d)
const ShownGenres = 20

// FeatureName is a feature as it stands in a sentence: "time signature".
func FeatureName(t *language.Tongue, f segue.Feature) string {
	return t.Say([...]string{
		language.Text("energy"), language.Text("acousticness"), language.Text("valence"), language.Text("instrumentalness"), language.Text("speechiness"), language.Text("danceability"),
		language.Text("liveness"), language.Text("mode"), language.Text("loudness"), language.Text("time signature"), language.Text("key"), language.Text("tempo"),
	}[f])
}

// FeatureTitle is a feature as a heading: "Time signature".
func FeatureTitle(t *language.Tongue, f segue.Feature) string {
	return language.Upper(FeatureName(t, f))
}

// FeatureNames joins the names of features in a sentence.
func FeatureNames(t *language.Tongue, features []segue.Feature) string {
	var names []string
	for _, f := range features {
		names = append(names, FeatureName(t, f))
	}
	return t.List(names)
}

// unitOf is what a feature's values are counted in, empty for a share.
func unitOf(f segue.Feature) string {
	switch f {
	case segue.Loudness:
		return language.Joined + "dB"
	case segue.Tempo:
		return language.Joined + "BPM"
	}
	return ""
}

// Histogram draws one feature's values, cut to where there are any; of whole
// numbers, a bar a value. Its id is "hist-" and the feature's.
func Histogram(t *language.Tongue, f segue.Feature, d catalog.Distribution) string {
	g := chart.Histogram{Median: math.NaN(), Unit: unitOf(f)}
	if f.Whole() {
		g.Counts, g.Labels = whole(t, f, d)
	} else {
		g.Lo, g.Hi, g.Counts = trim(d)
		if d.Median != nil {
			g.Median = *d.Median
		}
	}
	return chart.DrawHistogram(g, chart.Caption{ID: "hist-" + strings.ReplaceAll(f.String(), "_", "-"), Title: FeatureTitle(t, f), Desc: DistributionWords(t, f, d), In: t})
}

// whole returns the counts of a feature of whole numbers, with what to call each
// value. The histogram has more bins than the interval has whole numbers.
func whole(t *language.Tongue, f segue.Feature, d catalog.Distribution) (counts []int, labels []string) {
	n := int(d.Hi-d.Lo) + 1
	for i := range n {
		bin := min(len(d.Histogram)-1, int(float64(i)/(d.Hi-d.Lo)*float64(len(d.Histogram))))
		counts, labels = append(counts, d.Histogram[bin]), append(labels, valueWord(t, f, int(d.Lo)+i))
	}
	return counts, labels
}

// valueWord names a value of a feature of whole numbers, empty for the black
// keys, which have no room.
func valueWord(t *language.Tongue, f segue.Feature, v int) string {
	switch f {
	case segue.Key:
		return [...]string{"C", "", "D", "", "E", "F", "", "G", "", "A", "", "B"}[v%12]
	case segue.Mode:
		return t.Say([...]string{language.Text("minor"), language.Text("major")}[v%2])
	}
	return strconv.Itoa(v)
}

// commonest says which whole value most tracks have.
func commonest(t *language.Tongue, f segue.Feature, d catalog.Distribution) string {
	counts, _ := whole(t, f, d)
	best := 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	var name string
	switch f {
	case segue.Key:
		name = t.Say("key %s", t.Say([...]string{
			language.Text("C"), language.Text("C sharp"), language.Text("D"), language.Text("D sharp"), language.Text("E"), language.Text("F"), language.Text("F sharp"),
			language.Text("G"), language.Text("G sharp"), language.Text("A"), language.Text("A sharp"), language.Text("B"),
		}[best%12]))
	case segue.Mode:
		name = valueWord(t, f, best)
	default:
		name = t.Say("%s beats to the bar", strconv.Itoa(int(d.Lo)+best))
	}
	return t.Say("most often %s, %s", name, t.Share(counts[best], d.N))
}

// trim cuts empty bins off both ends of a histogram whose interval is much
// wider than its values, as those of loudness and tempo are.
func trim(d catalog.Distribution) (lo, hi float64, counts []int) {
	first, last := 0, len(d.Histogram)
	for first < last && d.Histogram[first] == 0 {
		first++
	}
	for last > first && d.Histogram[last-1] == 0 {
		last--
	}
	if first == last || last-first > len(d.Histogram)*7/10 {
		return d.Lo, d.Hi, d.Histogram
	}
	step := (d.Hi - d.Lo) / float64(len(d.Histogram))
	return d.Lo + step*float64(first), d.Lo + step*float64(last), d.Histogram[first:last]
}

// DistributionWords says where a feature's values lie, not as a sentence begins.
func DistributionWords(t *language.Tongue, f segue.Feature, d catalog.Distribution) string {
	if d.N == 0 || d.Mean == nil {
		return t.Say("No track has a value.")
	}
	if f.Whole() {
		return commonest(t, f, d)
	}
	s := t.Say("mean %s", short(t, *d.Mean))
	if d.SD != nil {
		s += " ± " + short(t, *d.SD)
	}
	if d.P25 != nil && d.P75 != nil {
		s += ", " + t.Say("middle half %s to %s", short(t, *d.P25), short(t, *d.P75))
	}
	return s + unitOf(f)
}

// short writes a number with about three digits.
func short(t *language.Tongue, v float64) string {
	switch a := math.Abs(v); {
	case a >= 100:
		return t.Decimal(v, 0)
	case a >= 10:
		return t.Decimal(v, 1)
	}
	return t.Decimal(v, 2)
}

// MissingWords says how many tracks have no value.
func MissingWords(t *language.Tongue, d catalog.Distribution) string {
	if d.Missing == 0 {
		return t.Say("none missing")
	}
	return t.Say("%s missing, %s", t.Count(d.Missing), t.Share(d.Missing, d.N+d.Missing))
}

// Correlations draws how the features go together, under the id "correlations".
func Correlations(t *language.Tongue, s *catalog.Summary) string {
	var names []string
	var r [][]float64
	for _, f := range segue.AllFeatures() {
		if s.Features[f].N == 0 {
			continue
		}
		names = append(names, FeatureTitle(t, f))
		var row []float64
		for _, g := range segue.AllFeatures() {
			if s.Features[g].N == 0 {
				continue
			}
			v := math.NaN()
			if p := s.Correlations[f][g]; p != nil {
				v = *p
			}
			row = append(row, v)
		}
		r = append(r, row)
	}
	return chart.DrawCorrelations(names, r, chart.Caption{ID: "correlations", Title: t.Say("How the features go together"),
		Desc: t.Say("Pearson’s r of every pair of features.") + " " + Strongest(t, s), In: t})
}

// Strongest names the three strongest correlations in a sentence, empty if there are
// none.
func Strongest(t *language.Tongue, s *catalog.Summary) string {
	type pair struct {
		a, b segue.Feature
		r    float64
	}
	var pairs []pair
	for _, a := range segue.AllFeatures() {
		for _, b := range segue.AllFeatures() {
			if p := s.Correlations[a][b]; a < b && p != nil {
				pairs = append(pairs, pair{a, b, *p})
			}
		}
	}
	slices.SortStableFunc(pairs, func(p, q pair) int { return cmp.Compare(math.Abs(q.r), math.Abs(p.r)) })
	var names []string
	for _, p := range pairs[:min(3, len(pairs))] {
		names = append(names, t.Say("%s and %s", FeatureName(t, p.a), FeatureName(t, p.b))+" ("+t.Decimal(p.r, 2)+")")
	}
	if len(names) == 0 {
		return ""
	}
	return t.Say("Strongest: %s.", t.List(names))
}

// Genres lists the genres with most tracks, ShownGenres of them.
func Genres(t *language.Tongue, s *catalog.Summary) []Line {
	var out []Line
	for _, g := range s.Genres[:min(ShownGenres, len(s.Genres))] {
		out = append(out, Line{Name: g.Genre, Value: t.Count(g.Tracks),
			Bar: chart.DrawBar(chart.Bar{Value: float64(g.Tracks) / float64(s.Genres[0].Tracks), Threshold: math.NaN()}, "")})
	}
	return out
}

// Ranking lists what each feature tells of the groups, with a note beside those that
// these were made from.
func Ranking(t *language.Tongue, ranks []mood.FeatureImportance, used []segue.Feature) []Line {
	var out []Line
	for _, r := range ranks {
		one := Line{Name: FeatureTitle(t, r.Feature), Value: t.Percent(float64(r.Share))}
		if slices.Contains(used, r.Feature) {
			one.Note = t.Say("clustered on")
		}
		if r.Share.Known() {
			one.Bar = chart.DrawBar(chart.Bar{Value: float64(r.Share), Threshold: math.NaN(), Strong: one.Note != ""}, "")
		}
		out = append(out, one)
	}
	return out
}

// TracksPlane draws where the tracks of a catalogue lie, as lines of equal density,
// under an id of the page.
func TracksPlane(t *language.Tongue, at []segue.Affect, id string) string {
	var x, y []float64
	for _, a := range at {
		if a.Known() {
			x, y = append(x, a.Valence), append(y, a.Arousal)
		}
	}
	plane := chart.Plane{Big: true}
	desc := t.Say("No track can be placed.")
	if len(x) > 0 {
		plane.Density = chart.Estimate(x, y, nil, bandwidth(len(x)), densityCells).Contours()
		desc = t.Say("Lines of equal density of %s tracks, each at its percentile among all.", t.Count(len(x)))
	}
	return chart.DrawPlane(plane, chart.Caption{ID: id, Title: t.Say("Where the tracks lie"), Desc: desc, In: t})
}
