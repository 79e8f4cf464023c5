package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"segue/outcome/stats"

	"github.com/spf13/cobra"
)

func statsBinomial(t *terminal) *cobra.Command {
	var f testFlags
	var null float64
	cmd := &cobra.Command{
		Use:   "binomial K N",
		Short: "Test and bound a share: K of N against one half, or another",
		Long: `Test exactly whether K of N come from a share of one half, or of --null, and give the
share with two intervals: the exact one of Clopper and Pearson, which covers at least
its level, and Wilson's, which covers it on the average.`,
		Example: "  segue stats binomial 4 5\n  segue stats binomial 7 30 --null 0.5 --json",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			if err := inside(null, 0, 1, "null"); err != nil {
				return err
			}
			k, n, err := kOfN(args[0] + "/" + args[1])
			if err != nil {
				return err
			}
			return t.printTest(stats.Binomial(k, n, null, o), nil, o.Level)
		},
	}
	f.add(cmd)
	cmd.Flags().Float64Var(&null, "null", .5, "share to test against")
	return cmd
}

// maxFisher bounds the units of which Fisher's test adds up all tables.
const maxFisher = 1_000_000

func statsTwoProportions(t *terminal) *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "two-proportions K/N K/N",
		Short: "Compare two independent shares",
		Long: `Compare how many of how many in two groups that have nothing to do with each other:
the difference with Newcombe's interval, the ratio with Koopman's, the odds ratio with
the exact one. The test is the score test, or Fisher's exact one where a count of less
than five is expected; the other stands beside it.`,
		Example: "  segue stats two-proportions 12/40 20/41\n  segue stats two-proportions 0/12 5/13 --json",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			k1, n1, err := kOfN(args[0])
			if err != nil {
				return err
			}
			k2, n2, err := kOfN(args[1])
			if err != nil {
				return err
			}
			r := stats.TwoProportions(k1, n1, k2, n2, o)
			if n1+n2 > maxFisher || !r.P.Known() {
				return t.printTest(r, nil, o.Level)
			}
			exact := stats.Fisher(k1, n1, k2, n2, o)
			if len(r.Notes) > 0 { // small counts
				exact.Effects = r.Effects
				return t.printTest(exact, &r, o.Level)
			}
			return t.printTest(r, &exact, o.Level)
		},
	}
	f.add(cmd)
	return cmd
}

func statsMcNemar(t *terminal) *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "mcnemar BOTH FIRST SECOND NEITHER",
		Short: "Compare two yes-or-no answers of the same people",
		Long: `Compare two yes-or-no answers of the same people by McNemar's exact test: how many said
yes both times, the first time only, the second time only, and neither time. Only those
who changed count in the test.`,
		Example: "  segue stats mcnemar 20 12 2 16\n  segue stats mcnemar 1 1 7 12 --json",
		Args:    cobra.ExactArgs(4),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			var n [4]int
			for i, a := range args {
				if n[i], err = wholeNumber(a, "count"); err != nil {
					return err
				}
			}
			return t.printTest(stats.McNemar(n[0], n[1], n[2], n[3], o), nil, o.Level)
		},
	}
	f.add(cmd)
	return cmd
}

func statsFit(t *terminal) *cobra.Command {
	var f testFlags
	var shares string
	var ratio bool
	cmd := &cobra.Command{
		Use:   "fit COUNT COUNT [COUNT…]",
		Short: "Check counts against the shares they should have; --arms for a sample ratio",
		Long: `Test by χ² whether counts come from equal shares, or from those of --shares. With --arms
it is the check of an experiment's sample ratio: where p is below .001, its arms did not
get what they were to get, and nothing may be read from it until the reason is found.`,
		Example: "  segue stats fit 5012 4880 --arms\n  segue stats fit 30 20 10 --shares 0.5,0.3,0.2",
		Args:    cobra.RangeArgs(2, 1000),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			counts := make([]int, len(args))
			expected := make([]float64, len(args))
			for i, a := range args {
				if counts[i], err = wholeNumber(a, "count"); err != nil {
					return err
				}
				expected[i] = 1 / float64(len(args))
			}
			if shares != "" {
				if expected, err = decimalNumbers(shares, "share"); err != nil {
					return err
				}
				sum := 0.
				for _, s := range expected {
					if sum += s; !(s > 0) {
						return usage("--shares %q: a share is above 0", shares)
					}
				}
				if len(expected) != len(counts) || math.Abs(sum-1) > 1e-6 {
					return usage("--shares %q: write as many shares as there are counts, %d, that sum to 1", shares, len(counts))
				}
				for i := range expected {
					expected[i] /= sum
				}
			}
			if !ratio {
				return t.printTest(stats.GoodnessOfFit(counts, expected, o), nil, o.Level)
			}
			r, stop := stats.SampleRatio(counts, expected)
			v := struct {
				testView
				Stop bool `json:"stop"`
			}{testView{Test: r}, stop}
			v.Verdict, v.Reading = r.Reading(stats.SampleRatioAlpha)
			switch {
			case stop:
				v.Reading = fmt.Sprintf("Stop: %s, below .001. Something other than chance decides who is counted, so nothing may be read from this experiment until the reason is found.", stats.PText(r.P))
			case r.P.Known():
				v.Reading = fmt.Sprintf("Go on: %s, and only below .001 would this stop the reading. That does not show that assignment and counting are right.", stats.PText(r.P))
			}
			return t.print(v, func(w io.Writer) {
				testText(w, r)
				fmt.Fprintf(w, "\n%s\n", v.Reading)
			})
		},
	}
	f.addLevel(cmd)
	cmd.Flags().StringVar(&shares, "shares", "", "the `SHARES` they should have, between commas (default: equal ones)")
	cmd.Flags().BoolVar(&ratio, "arms", false, "the counts are units in the arms of an experiment")
	return cmd
}

func statsTable(t *terminal) *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "table ROW ROW [ROW…]",
		Short: "Test a table of counts, one ROW as COUNT,COUNT,…",
		Long: `Test by χ² whether the rows of a table of counts have one distribution, with Cramér's V
as its size. Two rows of two are better compared by 'segue stats two-proportions'.`,
		Example: "  segue stats table 10,0,3 2,8,9 4,4,4",
		Args:    cobra.RangeArgs(2, 1000),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			var table [][]int
			for _, a := range args {
				var row []int
				for cell := range strings.SplitSeq(a, ",") {
					n, err := wholeNumber(cell, "count")
					if err != nil {
						return err
					}
					row = append(row, n)
				}
				if table = append(table, row); len(row) != len(table[0]) {
					return usage("the rows %q and %q are not equally long", args[0], a)
				}
			}
			return t.printTest(stats.Contingency(table, o), nil, o.Level)
		},
	}
	f.addLevel(cmd)
	return cmd
}

func statsRate(t *terminal) *cobra.Command {
	var f testFlags
	var null float64
	cmd := &cobra.Command{
		Use:   "rate EVENTS/EXPOSURE [EVENTS/EXPOSURE]",
		Short: "Bound a rate of events, or compare two",
		Long: `Give how many events come per unit of exposure (hours, weeks) with its exact interval;
with --null test it against a rate; with two, test one against the other. Events are
taken to come one by one: where one brings the next, or few people bring most of them,
the intervals are too narrow.`,
		Example: "  segue stats rate 7/120\n  segue stats rate 11/800 23/1000 --json",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			var events [2]int
			var exposure [2]float64
			for i, a := range args {
				k, x, ok := strings.Cut(a, "/")
				if !ok {
					return usage("%.40q is no rate; write events and exposure, such as 7/120", a)
				}
				if events[i], err = wholeNumber(k, "count of events"); err != nil {
					return err
				}
				if exposure[i], err = decimalNumber(x, "exposure"); err != nil {
					return err
				}
				if exposure[i] < 0 {
					return usage("%.40q is no rate: an exposure is not negative", a)
				}
			}
			given := cmd.Flags().Changed("null")
			switch {
			case len(args) == 2 && given:
				return usage("two rates are compared with each other; leave out --null")
			case len(args) == 2:
				return t.printTest(stats.RateRatio(events[0], exposure[0], events[1], exposure[1], o), nil, o.Level)
			case given && !(null > 0 && !math.IsInf(null, 0)):
				return usage("--null %v is no rate; write a number above 0", null)
			case given:
				return t.printTest(stats.PoissonRate(events[0], exposure[0], null, o), nil, o.Level)
			}
			return t.printEstimate(stats.Rate(events[0], exposure[0], o.Level))
		},
	}
	f.add(cmd)
	cmd.Flags().Float64Var(&null, "null", 0, "rate to test against")
	return cmd
}

// printEstimate prints an estimate that no test goes with.
func (t *terminal) printEstimate(e stats.Estimate) error {
	v := struct {
		Estimate stats.Estimate `json:"estimate"`
		Reading  string         `json:"reading"`
	}{e, fmt.Sprintf("With n = %d the interval says how far off the estimate may be.", e.N)}
	switch {
	case !e.Value.Known():
		v.Reading = "Undefined: " + e.Reason + "."
	case !e.Enough:
		v.Reading = fmt.Sprintf("Too few to tell: n = %d, and nothing is claimed below %d.", e.N, stats.Least)
	}
	return t.print(v, func(w io.Writer) {
		estimatesText(w, []stats.Estimate{e})
		fmt.Fprintf(w, "\n%s\n", v.Reading)
	})
}
