package survey

import (
	"fmt"
	"slices"
	"strings"

	"segue"
	"segue/outcome/stats"
)

// Results are what a questionnaire says.
type Results struct {
	Survey      string       `json:"survey"`
	Version     int          `json:"version"`
	Hash        string       `json:"survey_sha256"`
	Title       string       `json:"title"`
	Respondents int          `json:"respondents"`
	Items       []ItemResult `json:"items"`
	Pairs       []PairResult `json:"pairs"`
	Notes       []string     `json:"notes"`
}

// An ItemResult is what is said to one item. Which of its parts are there is a matter of
// the kind; the others are null.
type ItemResult struct {
	ID       string         `json:"id"`
	Kind     Kind           `json:"kind"`
	Text     string         `json:"text"`
	N        int            `json:"n"`        // answers
	Answered stats.Estimate `json:"answered"` // share of the respondents

	Agree   *AgreeResult   `json:"agree"`
	Five    *FiveResult    `json:"five_point"`
	Options []OptionResult `json:"options"`
	Verdict string         `json:"verdict"`
}

// AgreeResult is how many agree.
type AgreeResult struct {
	K       int            `json:"k"`
	Share   stats.Estimate `json:"share"`  // with the exact interval (Clopper–Pearson)
	Wilson  stats.Estimate `json:"wilson"` // with Wilson's, which is shorter
	Test    stats.Result   `json:"test"`   // of the share being Against
	Holm    segue.Number   `json:"p_holm"` // P adjusted for all agree items of the questionnaire
	Finding stats.Verdict  `json:"finding"`
}

// FiveResult is a five-point item.
type FiveResult struct {
	Counts [5]int         `json:"counts"` // of 1 … 5
	Mean   stats.Estimate `json:"mean"`
	Median segue.Number   `json:"median"`
	High   stats.Estimate `json:"high"` // share of 4 and 5
	Low    stats.Estimate `json:"low"`  // share of 1 and 2
}

// OptionResult is one of a choice's options.
type OptionResult struct {
	Option string         `json:"option"`
	K      int            `json:"k"`
	Share  stats.Estimate `json:"share"`
}

// PairResult is a five-point item before and after.
type PairResult struct {
	Before  string         `json:"before"`
	After   string         `json:"after"`
	N       int            `json:"n"` // with both answers
	Change  stats.Estimate `json:"change"`
	Test    stats.Result   `json:"test"` // Wilcoxon's signed rank
	Finding stats.Verdict  `json:"finding"`
	Verdict string         `json:"verdict"`
}

// alpha is where an item's test claims something, after Holm's adjustment. (d)
const alpha = .05

// Read computes the results. Tests of agreement are adjusted together (Holm): asked ten
// questions, somebody always agrees with one.
func Read(a *Answers) *Results {
	s := a.survey
	r := &Results{Survey: s.ID, Version: s.Version, Hash: s.Hash(), Title: s.Title, Respondents: a.N(), Items: []ItemResult{}, Pairs: []PairResult{}, Notes: []string{}}
	var p []segue.Number
	var of []int
	for i, it := range s.Items {
		given := []int{}
		for _, one := range a.said[i] {
			if one.given {
				given = append(given, one.n)
			}
		}
		res := ItemResult{ID: it.ID, Kind: it.Kind, Text: it.Text, N: len(given), Answered: stats.Wilson(len(given), a.N(), stats.Level)}
		switch it.Kind {
		case Agree:
			res.Agree = agree(given, it.Against)
			p, of = append(p, res.Agree.Test.P), append(of, i)
		case FivePoint:
			res.Five = five(given)
			res.Verdict = res.Five.verdict(it, len(given))
		case Choice:
			for j, o := range it.Options {
				k := count(given, j)
				res.Options = append(res.Options, OptionResult{o, k, stats.Wilson(k, len(given), stats.Level)})
			}
			res.Verdict = "Counted; nothing is tested."
		case Text:
			res.Verdict = "Counted, and not analysed: what was written is for people to read."
		}
		r.Items = append(r.Items, res)
	}
	for j, adjusted := range stats.Holm(p) {
		item := &r.Items[of[j]]
		item.Agree.Holm = adjusted
		item.Verdict = item.Agree.judge(s.Items[of[j]].Against, len(p))
	}
	for _, pair := range s.Pairs {
		r.Pairs = append(r.Pairs, a.pair(pair))
	}
	r.Notes = append(r.Notes, "Who answers is not drawn by lot, and those who were asked knew what they were asked about: the intervals hold what chance does, and none of that.")
	if slices.ContainsFunc(s.Items, func(it Item) bool { return it.Kind == FivePoint }) {
		r.Notes = append(r.Notes, "Five-point answers are in an order and have no distance: a mean takes the steps to be equal. The counts and the share of 4 and 5 do not.")
	}
	if len(s.Pairs) > 0 {
		r.Notes = append(r.Notes, "Before and after without anybody to compare with: people asked at a low move up without any cause (regression to the mean), and know what is hoped for.")
	}
	return r
}

func count(given []int, n int) int {
	k := 0
	for _, g := range given {
		if g == n {
			k++
		}
	}
	return k
}

func agree(given []int, against float64) *AgreeResult {
	k, n := count(given, 1), len(given)
	return &AgreeResult{K: k, Share: stats.ClopperPearson(k, n, stats.Level), Wilson: stats.Wilson(k, n, stats.Level), Test: stats.Binomial(k, n, against, stats.Options{})}
}

// judge says what may be said of an agree item.
func (a *AgreeResult) judge(against float64, tests int) string {
	t := a.Test
	raw := t.P
	t.P = a.Holm
	var b strings.Builder
	a.Finding, _ = t.Reading(alpha)
	if a.Finding == stats.NoTest {
		return "Nobody answered."
	}
	fmt.Fprintf(&b, "%d of %d agree, %s (95 %% interval %s to %s). ", a.K, t.N, share(a.Share.Value), share(a.Share.Lo), share(a.Share.Hi))
	p := stats.PText(raw)
	if tests > 1 {
		p += fmt.Sprintf(", adjusted for %d questions %s", tests, stats.PText(a.Holm))
	}
	half := "half"
	if against != .5 {
		half = share(segue.Number(against))
	}
	switch a.Finding {
	case stats.TooFew:
		fmt.Fprintf(&b, "Too few to tell: below %d answers nothing is claimed (exact test against %s: %s).", stats.Least, half, p)
	case stats.Against:
		side := "More"
		if float64(a.Share.Value) < against {
			side = "Fewer"
		}
		fmt.Fprintf(&b, "%s than %s, by more than chance explains (exact test: %s).", side, half, p)
	default:
		fmt.Fprintf(&b, "This could be chance: it was not shown that more, or fewer, than %s agree (exact test: %s).", half, p)
	}
	return b.String()
}

func share(v segue.Number) string {
	if !v.Known() {
		return "–"
	}
	return fmt.Sprintf("%.0f %%", 100*float64(v))
}

func five(given []int) *FiveResult {
	f := &FiveResult{Median: segue.Missing()}
	values := make([]float64, len(given))
	for i, g := range given {
		f.Counts[g-1]++
		values[i] = float64(g)
	}
	f.Mean = stats.Mean(values, stats.Level)
	f.High = stats.Wilson(f.Counts[3]+f.Counts[4], len(given), stats.Level)
	f.Low = stats.Wilson(f.Counts[0]+f.Counts[1], len(given), stats.Level)
	if n := len(given); n > 0 {
		slices.Sort(values)
		f.Median = segue.Number((values[(n-1)/2] + values[n/2]) / 2)
	}
	return f
}

func (f *FiveResult) verdict(it Item, n int) string {
	switch {
	case n == 0:
		return "Nobody answered."
	case n < stats.Least:
		return fmt.Sprintf("Too few to tell: %d of %d answer 4 or 5 (%s to %s).", f.Counts[3]+f.Counts[4], n, share(f.High.Lo), share(f.High.Hi))
	}
	s := fmt.Sprintf("%d of %d answer 4 or 5 (95 %% interval %s to %s); the mean is %.2f", f.Counts[3]+f.Counts[4], n, share(f.High.Lo), share(f.High.Hi), float64(f.Mean.Value))
	if f.Mean.Defined() {
		s += fmt.Sprintf(" (%.2f to %.2f)", float64(f.Mean.Lo), float64(f.Mean.Hi))
	}
	return s + fmt.Sprintf(" from 1, %q, to 5, %q.", it.Low, it.High)
}

// pair compares a five-point item before and after.
func (a *Answers) pair(p Pair) PairResult {
	r := PairResult{Before: p.Before, After: p.After}
	at := func(id string) []answer {
		return a.said[slices.IndexFunc(a.survey.Items, func(it Item) bool { return it.ID == id })]
	}
	first, second := at(p.Before), at(p.After)
	var change []float64
	for i := range first {
		if first[i].given && second[i].given {

			change = append(change, float64(second[i].n-first[i].n))
		}
	}
	r.N = len(change)
	r.Change = stats.Mean(change, stats.Level)
	r.Test = stats.SignedRank(change, stats.RankOptions{})
	r.Finding, r.Verdict = r.Test.Reading(alpha)
	if r.Finding == stats.Against {
		r.Verdict = fmt.Sprintf("Answers moved by %.2f steps on the average (n = %d; %s). What moved them was not shown.", float64(r.Change.Value), r.N, stats.PText(r.Test.P))
	}
	return r
}
