package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"

	"segue"
	"segue/outcome/stats"

	"github.com/spf13/cobra"
)

func statsCommand(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Calculate tests, intervals and sample sizes, exact where that is feasible",
		Long: `A calculator for the statistics of docs/science.md §7. Each answer brings its
interval, its n and a reading in plain words; below ten observations, in each group,
it is too few to tell, whatever p is. A test says nothing of how the data came about:
decide what to test before looking, test one thing, or adjust ('segue stats adjust').`,
		Example: "  segue stats binomial 4 5\n  segue stats two-proportions 12/40 20/41\n  segue stats wilcoxon answers.csv --columns before,after\n  segue stats power paired --effect 0.3",
		Args:    cobra.NoArgs,
	}
	cmd.AddCommand(
		statsBinomial(t), statsTwoProportions(t), statsMcNemar(t), statsFit(t), statsTable(t), statsRate(t),
		statsWilcoxon(t), statsSign(t), statsMannWhitney(t), statsT(t), statsCorrelation(t), statsBootstrap(t),
		statsAdjust(t), statsPower(t),
	)
	cmd.AddCommand(statsModels(t)...)
	return cmd
}

// testFlags are those of every test.
type testFlags struct {
	level       float64
	alternative string
}

func (f *testFlags) add(cmd *cobra.Command) {
	f.addLevel(cmd)
	cmd.Flags().StringVar(&f.alternative, "alternative", string(stats.TwoSided), "what is held against no difference: two-sided, less or greater")
}

func (f *testFlags) addLevel(cmd *cobra.Command) {
	cmd.Flags().Float64Var(&f.level, "level", stats.Level, "confidence level of the intervals; a claim takes p of at most 1 less it")
}

func (f *testFlags) options() (stats.Options, error) {
	if !(f.level > 0 && f.level < 1) {
		return stats.Options{}, usage("--level %v is no confidence level; write one between 0 and 1, such as 0.95", f.level)
	}
	a := stats.Alternative(f.alternative)
	switch a {
	case "":
		a = stats.TwoSided
	case stats.TwoSided, stats.Less, stats.Greater:
	default:
		return stats.Options{}, usage("--alternative %q is none; write two-sided, less or greater", f.alternative)
	}
	return stats.Options{Alternative: a, Level: f.level}, nil
}

// A testView is a test with what may be said of it.
type testView struct {
	Test    stats.Result  `json:"test"`
	Also    *stats.Result `json:"also,omitempty"` // the same question by another test
	Verdict stats.Verdict `json:"verdict"`        // of Test
	Reading string        `json:"reading"`
}

// printTest prints a test and what may be said of it at 1 − level. also is the same
// question by another test, or nil.
func (t *terminal) printTest(r stats.Result, also *stats.Result, level float64) error {
	v := testView{Test: r, Also: also}
	v.Verdict, v.Reading = r.Reading(math.Round((1-level)*1e12) / 1e12)
	return t.print(v, func(w io.Writer) {
		testText(w, r)
		if also != nil {
			fmt.Fprintf(w, "\nBeside it: %s, %s.\n", also.Method, stats.PText(also.P))
		}
		fmt.Fprintf(w, "\n%s\n", v.Reading)
	})
}

// testText writes a test as lines for people.
func testText(w io.Writer, r stats.Result) {
	fmt.Fprintf(w, "%s, n = %s\n", r.Method, thousands(r.N))
	estimatesText(w, r.Effects)
	if r.P.Known() {
		line := []string{}
		if r.Statistic.Known() {
			line = append(line, fmt.Sprintf("%s = %s", r.StatisticName, figures(r.Statistic)))
		}
		if r.DF.Known() {
			line = append(line, "degrees of freedom "+figures(r.DF))
		}
		line = append(line, stats.PText(r.P))
		if r.MidP > 0 {
			line = append(line, "mid-"+stats.PText(r.MidP))
		}
		if r.Alternative != stats.TwoSided {
			line = append(line, "one-sided, "+string(r.Alternative))
		}
		fmt.Fprintln(w, strings.Join(line, " · "))
	}
	for _, n := range r.Notes {
		fmt.Fprintf(w, "Note: %s.\n", n)
	}
}

// estimatesText writes estimates as a table: what, how much, its interval, how it was
// made; why not, where it is not.
func estimatesText(w io.Writer, estimates []stats.Estimate) {
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
	for _, e := range estimates {
		interval := "–"
		switch {
		case e.Lo.Known() && e.Hi.Known():
			interval = figures(e.Lo) + " to " + figures(e.Hi)
		case e.Lo.Known():
			interval = figures(e.Lo) + " or more"
		case e.Hi.Known():
			interval = figures(e.Hi) + " or less"
		}
		about := fmt.Sprintf("%.4g %%, %s", 100*e.Level, e.Method)
		if e.Reason != "" {
			about = e.Reason
		}
		fmt.Fprintf(tw, "  %s\t%s\t%s\t%s\n", e.Name, figures(e.Value), interval, about)
	}
	tw.Flush()
}

// figures writes a number with four digits that count, or a dash.
func figures(n segue.Number) string {
	if !n.Known() {
		return "–"
	}
	v := float64(n)
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	if m := math.Abs(v); m >= 1e4 && m < 1e15 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// maxCount bounds a count that is typed.
const maxCount = 1_000_000_000

// wholeNumber reads a count.
func wholeNumber(s, what string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 || n > maxCount {
		return 0, usage("%.40q is no %s; write a whole number from 0 to %s", s, what, thousands(maxCount))
	}
	return n, nil
}

// decimalNumber reads a finite number.
func decimalNumber(s, what string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, usage("%.40q is no %s; write a number", s, what)
	}
	return v, nil
}

// decimalNumbers reads numbers between commas.
func decimalNumbers(s, what string) ([]float64, error) {
	var out []float64
	for part := range strings.SplitSeq(s, ",") {
		v, err := decimalNumber(part, what)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// kOfN reads "K/N".
func kOfN(s string) (k, n int, err error) {
	a, b, ok := strings.Cut(s, "/")
	if !ok {
		return 0, 0, usage("%.40q is no share; write how many of how many, such as 12/40", s)
	}
	if k, err = wholeNumber(a, "count"); err != nil {
		return 0, 0, err
	}
	if n, err = wholeNumber(b, "count"); err != nil {
		return 0, 0, err
	}
	if k > n {
		return 0, 0, usage("%d of %d cannot be: there are more than all", k, n)
	}
	return k, n, nil
}

// inside refuses a number outside [lo, hi].
func inside(v, lo, hi float64, flag string) error {
	if !(v >= lo && v <= hi) {
		return usage("--%s %v lies outside %v to %v", flag, v, lo, hi)
	}
	return nil
}
