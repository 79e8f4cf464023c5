package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"segue"
	"segue/catalog"
	"segue/chart"
	"segue/language"
	"segue/mood"
	"segue/tell"
)

// Shown of a long list.
const shownGenres = 20

// featureWord is a feature's name as people read it.
func featureWord(f segue.Feature) string {
	return language.Upper(strings.ReplaceAll(f.String(), "_", " "))
}

// featureWords joins the names of features in a sentence.
func featureWords(features []segue.Feature) string {
	var names []string
	for _, f := range features {
		names = append(names, strings.ReplaceAll(f.String(), "_", " "))
	}
	return en.List(names)
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

// histogram draws one feature's values, cut to where there are any; of whole
// numbers, a bar a value.
func histogram(f segue.Feature, d catalog.Distribution) string {
	g := chart.Histogram{Median: math.NaN(), Unit: unitOf(f)}
	if f.Whole() {
		g.Counts, g.Labels = whole(f, d)
	} else {
		g.Lo, g.Hi, g.Counts = trim(d)
		if d.Median != nil {
			g.Median = *d.Median
		}
	}
	return chart.DrawHistogram(g, chart.Caption{ID: "hist-" + strings.ReplaceAll(f.String(), "_", "-"), Title: featureWord(f), Desc: distributionWords(f, d)})
}

// whole returns the counts of a feature of whole numbers, with what to call each
// value. The histogram has more bins than the interval has whole numbers.
func whole(f segue.Feature, d catalog.Distribution) (counts []int, labels []string) {
	n := int(d.Hi-d.Lo) + 1
	for i := range n {
		bin := min(len(d.Histogram)-1, int(float64(i)/(d.Hi-d.Lo)*float64(len(d.Histogram))))
		counts, labels = append(counts, d.Histogram[bin]), append(labels, valueWord(f, int(d.Lo)+i))
	}
	return counts, labels
}

// valueWord names a value of a feature of whole numbers, empty for the black
// keys, which have no room.
func valueWord(f segue.Feature, v int) string {
	switch f {
	case segue.Key:
		return [...]string{"C", "", "D", "", "E", "F", "", "G", "", "A", "", "B"}[v%12]
	case segue.Mode:
		return [...]string{"minor", "major"}[v%2]
	}
	return strconv.Itoa(v)
}

// commonest says which whole value most tracks have.
func commonest(f segue.Feature, d catalog.Distribution) string {
	counts, _ := whole(f, d)
	best := 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	name := strconv.Itoa(int(d.Lo)+best) + " beats to the bar"
	switch f {
	case segue.Key:
		name = "key " + [...]string{"C", "C sharp", "D", "D sharp", "E", "F", "F sharp", "G", "G sharp", "A", "A sharp", "B"}[best%12]
	case segue.Mode:
		name = valueWord(f, best)
	}
	return "most often " + name + ", " + en.Share(counts[best], d.N)
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

// distributionWords says where a feature's values lie.
func distributionWords(f segue.Feature, d catalog.Distribution) string {
	if d.N == 0 || d.Mean == nil {
		return "No track has a value."
	}
	if f.Whole() {
		return commonest(f, d)
	}
	s := fmt.Sprintf("mean %s", short(*d.Mean))
	if d.SD != nil {
		s += " ± " + short(*d.SD)
	}
	if d.P25 != nil && d.P75 != nil {
		s += fmt.Sprintf(", middle half %s to %s", short(*d.P25), short(*d.P75))
	}
	return s + unitOf(f)
}

// short writes a number with about three digits.
func short(v float64) string {
	switch a := math.Abs(v); {
	case a >= 100:
		return en.Decimal(v, 0)
	case a >= 10:
		return en.Decimal(v, 1)
	}
	return en.Decimal(v, 2)
}

// missingWords says how many tracks have no value.
func missingWords(d catalog.Distribution) string {
	if d.Missing == 0 {
		return "none missing"
	}
	return en.Count(d.Missing) + " missing, " + en.Share(d.Missing, d.N+d.Missing)
}

// correlations draws how the features go together.
func correlations(s *catalog.Summary) string {
	var names []string
	var r [][]float64
	for _, f := range segue.AllFeatures() {
		if s.Features[f].N == 0 {
			continue
		}
		names = append(names, featureWord(f))
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
	return chart.DrawCorrelations(names, r, chart.Caption{ID: "correlations", Title: "How the features go together",
		Desc: "Pearson’s r of every pair of features. " + strongest(s)})
}

// strongest names the three strongest correlations.
func strongest(s *catalog.Summary) string {
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
		names = append(names, fmt.Sprintf("%s and %s (%s)", strings.ReplaceAll(p.a.String(), "_", " "), strings.ReplaceAll(p.b.String(), "_", " "), en.Decimal(p.r, 2)))
	}
	if len(names) == 0 {
		return ""
	}
	return "Strongest: " + en.List(names) + "."
}

// genres lists the genres with most tracks.
func genres(s *catalog.Summary) []tell.Line {
	var out []tell.Line
	for _, g := range s.Genres[:min(shownGenres, len(s.Genres))] {
		out = append(out, tell.Line{Name: g.Genre, Value: en.Count(g.Tracks),
			Bar: chart.DrawBar(chart.Bar{Value: float64(g.Tracks) / float64(s.Genres[0].Tracks), Threshold: math.NaN()}, "")})
	}
	return out
}

// ranking lists what each feature tells of the clusters.
func ranking(ranks []mood.FeatureImportance, used []segue.Feature) []tell.Line {
	var out []tell.Line
	for _, r := range ranks {
		one := tell.Line{Name: featureWord(r.Feature), Value: en.Percent(float64(r.Share))}
		if slices.Contains(used, r.Feature) {
			one.Note = "clustered on"
		}
		if r.Share.Known() {
			one.Bar = chart.DrawBar(chart.Bar{Value: float64(r.Share), Threshold: math.NaN(), Strong: one.Note != ""}, "")
		}
		out = append(out, one)
	}
	return out
}

// A tally is rows and what became of them.
type tally struct {
	Name, Format     string
	Rows, Kept, Same int
	Dropped          map[string]int
}

// lost returns the dropped rows of a tally in all.
func (t tally) lost() int {
	n := 0
	for _, k := range t.Dropped {
		n += k
	}
	return n
}

// reasons lists what was dropped and why, most first.
func reasons(dropped map[string]int) []tell.Line {
	var out []tell.Line
	for reason, n := range dropped {
		if n > 0 {
			out = append(out, tell.Line{Name: reason, Value: en.Count(n)})
		}
	}
	slices.SortFunc(out, func(a, b tell.Line) int {
		if c := cmp.Compare(dropped[b.Name], dropped[a.Name]); c != 0 {
			return c
		}
		return cmp.Compare(a.Name, b.Name)
	})
	return out
}

// reasonWords writes reasons in one line.
func reasonWords(dropped map[string]int) string {
	var s []string
	for _, r := range reasons(dropped) {
		s = append(s, r.Value+language.Joined+r.Name)
	}
	return strings.Join(s, ", ")
}

// catalogTallies returns the account of each file.
func catalogTallies(r *catalog.Report) []tally {
	var out []tally
	for _, f := range r.Files {
		out = append(out, tally{base(f.Name), f.Format, f.Rows, f.Tracks, f.Duplicates, f.Dropped})
	}
	return out
}

// base is a file's name without its folders, which may tell more than a reader
// of the page should know.
func base(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}
