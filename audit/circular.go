package audit

import (
	"fmt"
	"math"
	"slices"

	"segue"
	"segue/mood"

	"gonum.org/v1/gonum/mat"
)

// How near to the labels something computed from the features must come for the
// suspicion that they were computed, too. People who label music agree with each other
// less than this. (d)
const (
	SuspectAccuracy = 0.97 // of a rule or model that names moods
	SuspectBalanced = 0.95 // and its mean recall, so that one frequent mood does not suffice
	SuspectR2       = 0.98 // of a regression, or of ranks, of valence or arousal
	leastSuspected  = 30   // labelled tracks, to suspect anything
)

// A Circularity says whether labels look as if they were made from the features.
type Circularity struct {
	Suspect  bool      `json:"suspect"`
	Findings []Finding `json:"findings"` // the best rule of each kind, suspicious or not
}

// A Finding is how near a simple rule comes to the labels.
type Finding struct {
	Rule      string       `json:"rule"`      // cuts, model, line or rank
	Of        string       `json:"of"`        // features or model; of a line and a rank what they give first
	Agreement segue.Number `json:"agreement"` // accuracy or R², [0, 1]
	Balanced  segue.Number `json:"balanced"`  // mean recall; missing of lines
	Suspect   bool         `json:"suspect"`
}

// The kinds of rules.
const (
	RuleCuts  = "cuts"  // two features, each cut once: a cell's tracks have the mood most frequent in it
	RuleModel = "model" // one of the models audited
	RuleLine  = "line"  // least squares in all features, their squares and products, of valence or arousal
	RuleRank  = "rank"  // the order of one feature, of valence or arousal
)

// suspect looks for rules that give the labels away.
func suspect(c *segue.Catalog, l *mood.Labels, predictions []mood.Prediction) Circularity {
	out := Circularity{Findings: []Finding{}}
	add := func(f Finding) {
		out.Findings = append(out.Findings, f)
		out.Suspect = out.Suspect || f.Suspect
	}
	moods, kinds := 0, map[segue.Mood]bool{}
	for _, m := range l.Mood {
		if m != segue.Mixed {
			moods++
			kinds[m] = true
		}
	}
	if moods >= leastSuspected && len(kinds) > 1 {
		add(bestCuts(c, l))
		best := Finding{Rule: RuleModel, Agreement: -1}
		for _, p := range predictions {
			var table [segue.NumMoods][segue.NumMoods + 1]int
			for i, m := range l.Mood {
				if m != segue.Mixed {
					table[m][p.Mood[i]]++
				}
			}
			if f := judged(RuleModel, p.Name, &table); f.Agreement > best.Agreement {
				best = f
			}
		}
		add(best)
	}
	for axis, name := range []string{"valence", "arousal"} {
		var rows []int
		var y []float64
		for i, at := range l.At {
			if at.Known() {
				rows = append(rows, int(l.Row[i]))
				y = append(y, [2]float64{at.Valence, at.Arousal}[axis])
			}
		}
		if len(rows) < leastSuspected || slices.Min(y) == slices.Max(y) {
			continue
		}
		add(line(c, rows, y, name))
		add(bestRank(c, rows, y, name))
	}
	return out
}

// judged is the finding of a table of labels and what a rule says.
func judged(rule, of string, table *[segue.NumMoods][segue.NumMoods + 1]int) Finding {
	n, right, recall, kinds := 0., 0., 0., 0.
	for c := range table {
		labelled := 0.
		for _, v := range table[c] {
			labelled += float64(v)
		}
		if labelled > 0 {
			recall, kinds = recall+float64(table[c][c])/labelled, kinds+1
		}
		n, right = n+labelled, right+float64(table[c][c])
	}
	f := Finding{Rule: rule, Of: of, Agreement: segue.Number(right / n), Balanced: segue.Number(recall / kinds)}
	f.Suspect = f.Agreement >= SuspectAccuracy && f.Balanced >= SuspectBalanced
	return f
}

// cuts is in how many parts of equal size each feature is divided for bestCuts: a cut
// anywhere else puts half a part at most on the wrong side. (d)
const cuts = 200

// bestCuts finds the two features, and where to cut each, whose four cells name the
// labels best, each cell the mood most frequent in it. All pairs and cuts are tried:
// O(features² · (labels + cuts²)).
func bestCuts(c *segue.Catalog, l *mood.Labels) Finding {
	var part [segue.NumFeatures][]int // of each label; nil of features without values
	for f := range part {
		part[f] = parts(c.Feature[f], l.Row)
	}
	best := Finding{Rule: RuleCuts, Agreement: -1}
	// upTo[i][j] counts labels by mood in the parts below i and j.
	upTo := make([][cuts + 1][segue.NumMoods]int, cuts+1)
	for f := range part {
		for g := f + 1; g < len(part); g++ {
			if part[f] == nil || part[g] == nil {
				continue
			}
			clear(upTo)
			for i, m := range l.Mood {
				if m != segue.Mixed {
					upTo[part[f][i]+1][part[g][i]+1][m]++
				}
			}
			for i := 1; i <= cuts; i++ {
				for j := 1; j <= cuts; j++ {
					for m := range upTo[i][j] {
						upTo[i][j][m] += upTo[i-1][j][m] + upTo[i][j-1][m] - upTo[i-1][j-1][m]
					}
				}
			}
			most, at := -1, [2]int{}
			for i := 1; i < cuts; i++ {
				for j := 1; j < cuts; j++ {
					right := 0
					for _, cell := range cells(&upTo[i][j], &upTo[i][cuts], &upTo[cuts][j], &upTo[cuts][cuts]) {
						right += slices.Max(cell[:])
					}
					if right > most {
						most, at = right, [2]int{i, j}
					}
				}
			}
			var table [segue.NumMoods][segue.NumMoods + 1]int
			for _, cell := range cells(&upTo[at[0]][at[1]], &upTo[at[0]][cuts], &upTo[cuts][at[1]], &upTo[cuts][cuts]) {
				says := slices.Index(cell[:], slices.Max(cell[:]))
				for m, n := range cell {
					table[m][says] += n
				}
			}
			if found := judged(RuleCuts, fmt.Sprintf("%s, %s", segue.Feature(f), segue.Feature(g)), &table); found.Agreement > best.Agreement {
				best = found
			}
		}
	}
	return best
}

// cells returns the four counts of which corners are the sums: low–low, low of the
// first, low of the second, and all.
func cells(both, first, second, all *[segue.NumMoods]int) (out [4][segue.NumMoods]int) {
	for m := range all {
		out[0][m] = both[m]
		out[1][m] = first[m] - both[m]
		out[2][m] = second[m] - both[m]
		out[3][m] = all[m] - first[m] - second[m] + both[m]
	}
	return out
}

// parts divides the labelled tracks by a feature into parts of about equal size, tracks
// of one value in one, and those without a value in the last; nil if none has a value.
func parts(column []float32, rows []int32) []int {
	var known []float64
	for _, r := range rows {
		if v := column[r]; v == v {
			known = append(known, float64(v))
		}
	}
	if len(known) == 0 {
		return nil
	}
	slices.Sort(known)
	var ends [cuts - 1]float64 // the largest value of all parts but the last
	for k := range ends {
		ends[k] = known[(k+1)*len(known)/cuts]
	}
	out := make([]int, len(rows))
	for i, r := range rows {
		if v := column[r]; v == v {
			out[i], _ = slices.BinarySearch(ends[:], float64(v))
		} else {
			out[i] = cuts - 1
		}
	}
	return out
}

// line finds how well least squares in all features, their squares and products give y.
func line(c *segue.Catalog, rows []int, y []float64, name string) Finding {
	f := Finding{Rule: RuleLine, Of: name, Agreement: segue.Missing(), Balanced: segue.Missing()}
	var columns [][]float64
	for g := range c.Feature {
		if column, ok := standardized(c.Feature[g], rows); ok {
			columns = append(columns, column)
		}
	}
	for a, d := 0, len(columns); a < d; a++ {
		for b := a; b < d; b++ {
			product := make([]float64, len(rows))
			for i := range product {
				product[i] = columns[a][i] * columns[b][i]
			}
			columns = append(columns, product)
		}
	}
	n, d := len(rows), len(columns)+1
	if n < 4*d { // a line through few points goes through all
		return f
	}
	// The normal equations with a ridge too small to matter: columns may be collinear.
	mean := 0.
	for _, v := range y {
		mean += v / float64(n)
	}
	gram, side := mat.NewSymDense(d, nil), mat.NewVecDense(d, nil)
	x := func(i, j int) float64 {
		if j == 0 {
			return 1
		}
		return columns[j-1][i]
	}
	for a := range d {
		for b := a; b < d; b++ {
			sum := 0.
			for i := range n {
				sum += x(i, a) * x(i, b)
			}
			gram.SetSym(a, b, sum)
		}
		sum := 0.
		for i := range n {
			sum += x(i, a) * (y[i] - mean)
		}
		side.SetVec(a, sum)
		gram.SetSym(a, a, gram.At(a, a)+1e-6*float64(n))
	}
	var cholesky mat.Cholesky
	var weights mat.VecDense
	if !cholesky.Factorize(gram) || cholesky.SolveVecTo(&weights, side) != nil {
		return f
	}
	left, all := 0., 0.
	for i := range n {
		said := 0.
		for j := range d {
			said += weights.AtVec(j) * x(i, j)
		}
		left += (y[i] - mean - said) * (y[i] - mean - said)
		all += (y[i] - mean) * (y[i] - mean)
	}
	f.Agreement = segue.Number(1 - left/all)
	f.Suspect = f.Agreement >= SuspectR2
	return f
}

// standardized returns a feature of some tracks with mean 0 and deviation 1, 0 where it
// is missing; false if it does not vary.
func standardized(column []float32, rows []int) ([]float64, bool) {
	n, mean, square := 0., 0., 0.
	for _, r := range rows {
		if v := float64(column[r]); v == v {
			n++
			d := v - mean
			mean += d / n
			square += d * (v - mean)
		}
	}
	if n < 2 || square <= 1e-12*n*mean*mean {
		return nil, false
	}
	sd := math.Sqrt(square / n)
	out := make([]float64, len(rows))
	for i, r := range rows {
		if v := float64(column[r]); v == v {
			out[i] = (v - mean) / sd
		}
	}
	return out, true
}

// bestRank finds the feature whose order is most like that of y, up or down.
func bestRank(c *segue.Catalog, rows []int, y []float64, name string) Finding {
	best := Finding{Rule: RuleRank, Of: name, Agreement: segue.Missing(), Balanced: segue.Missing()}
	for f := range c.Feature {
		var x, of []float64
		for i, r := range rows {
			if v := c.Feature[f][r]; v == v {
				x, of = append(x, float64(v)), append(of, y[i])
			}
		}
		if len(x) < max(leastSuspected, len(rows)/2) {
			continue
		}
		once := make([]float64, len(x))
		for i := range once {
			once[i] = 1
		}
		r := correlation(ranks(make([]float64, len(x)), x, orderOf(x), once), ranks(make([]float64, len(x)), of, orderOf(of), once), once)
		if r == r && !(r*r <= float64(best.Agreement)) {
			best.Agreement, best.Of = segue.Number(r*r), name+" by "+segue.Feature(f).String()
		}
	}
	best.Suspect = best.Agreement.Known() && best.Agreement >= SuspectR2
	return best
}
