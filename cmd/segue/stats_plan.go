package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"text/tabwriter"

	"segue"
	"segue/outcome/stats"

	"github.com/spf13/cobra"
)

func statsAdjust(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "adjust P P [P…]",
		Short: "Adjust the p of several tests for there being several",
		Long: `Adjust p values by Holm, where no false claim is to be made, and by Benjamini and Hochberg,
where a share of false ones among all claims is bearable. Give all tests that were made,
and not only those that came out.`,
		Example: "  segue stats adjust 0.01 0.04 0.03 0.2\n  segue stats adjust .001 .02 .04 --json",
		Args:    cobra.RangeArgs(1, 10_000),
		RunE: func(cmd *cobra.Command, args []string) error {
			p := make([]segue.Number, len(args))
			for i, a := range args {
				v, err := decimalNumber(a, "p")
				if err != nil {
					return err
				}
				if v < 0 || v > 1 {
					return usage("%.40q is no p; it lies in 0 to 1", a)
				}
				p[i] = segue.Number(v)
			}
			v := struct {
				N                 int            `json:"n"`
				P                 []segue.Number `json:"p"`
				Holm              []segue.Number `json:"holm"`
				BenjaminiHochberg []segue.Number `json:"benjamini_hochberg"`
			}{len(p), p, stats.Holm(p), stats.BenjaminiHochberg(p)}
			return t.print(v, func(w io.Writer) {
				tw := tabwriter.NewWriter(w, 2, 2, 3, ' ', tabwriter.AlignRight)
				fmt.Fprintln(tw, "p\tHolm\tBenjamini–Hochberg\t")
				for i := range p {
					fmt.Fprintf(tw, "%s\t%s\t%s\t\n", figures(p[i]), figures(v.Holm[i]), figures(v.BenjaminiHochberg[i]))
				}
				tw.Flush()
				fmt.Fprintf(w, "\nWho claims what is at most .05 under Holm makes a false claim in at most 5 of 100 such families of %s; under Benjamini–Hochberg at most about 5 of 100 claims are false.\n", counted(v.N, "test"))
			})
		},
	}
	return cmd
}

// planFlags are those of every plan.
type planFlags struct {
	n           int
	power       float64
	alpha       float64
	alternative string
}

func (f *planFlags) add(cmd *cobra.Command) {
	cmd.Flags().IntVar(&f.n, "n", 0, "size whose power is wanted (default: the size that --power takes)")
	cmd.Flags().Float64Var(&f.power, "power", .8, "power that the size is to have")
	cmd.Flags().Float64Var(&f.alpha, "alpha", .05, "p at which something is claimed")
	cmd.Flags().StringVar(&f.alternative, "alternative", string(stats.TwoSided), "two-sided, less or greater; greater is towards the effect")
}

func (f *planFlags) criterion() (stats.Criterion, error) {
	switch {
	case !(f.alpha > 0 && f.alpha < 1):
		return stats.Criterion{}, usage("--alpha %v lies outside 0 to 1", f.alpha)
	case !(f.power > 0 && f.power < 1):
		return stats.Criterion{}, usage("--power %v lies outside 0 to 1", f.power)
	case f.n < 0 || f.n > stats.MaxSize:
		return stats.Criterion{}, usage("--n %d lies outside 1 to %s", f.n, thousands(stats.MaxSize))
	}
	o, err := (&testFlags{level: .95, alternative: f.alternative}).options()
	if err == nil && f.alpha >= .5 && o.Alternative != stats.TwoSided {
		err = usage("--alpha %v is no level for a one-sided test; write one below 0.5", f.alpha)
	}
	return stats.Criterion{Alpha: f.alpha, Alternative: o.Alternative}, err
}

// A planView is a plan and, where a size was given, the smallest effect it finds.
type planView struct {
	stats.Plan
	Detectable *segue.Number   `json:"detectable,omitempty"` // the effect found with Target
	Target     float64         `json:"target_power"`
	Simulated  *stats.Estimate `json:"simulated_power,omitempty"`
}

// printPlan prints the size of a design, or its power at --n; detect, if any, is the
// design of another effect, up to most.
func (t *terminal) printPlan(f *planFlags, c stats.Criterion, d stats.Design, most float64, detect func(effect float64) stats.Design, simulate func(n int) (stats.Estimate, error)) error {
	v := planView{Target: f.power}
	if f.n > 0 {
		v.Plan = d.Plan(f.n, c)
		if f.n < d.Least {
			v.Plan.Reason = fmt.Sprintf("the test takes at least %d", d.Least)
		}
		if detect != nil {
			e := stats.Detectable(f.n, f.power, most, detect)
			v.Detectable = &e
		}
	} else {
		v.Plan = d.PlanFor(f.power, c)
	}
	if simulate != nil && v.N > 0 {
		e, err := simulate(v.N)
		if err != nil {
			return err
		}
		v.Simulated = &e
	}
	return t.print(v, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %s\n", v.Design, v.Effect)
		if v.N == 0 {
			fmt.Fprintf(w, "No size: %s.\n", v.Reason)
			return
		}
		fmt.Fprintf(w, "  n = %s %s: power %s at α = %v (%s)\n", thousands(v.N), v.Unit, figures(v.Power), v.Alpha, v.Method)
		if v.Reason != "" {
			fmt.Fprintf(w, "Note: %s.\n", v.Reason)
		}
		if e := v.Simulated; e != nil {
			fmt.Fprintf(w, "  simulated: %s (%s to %s), %s\n", figures(e.Value), figures(e.Lo), figures(e.Hi), e.Method)
		}
		if v.Detectable != nil {
			fmt.Fprintf(w, "  the smallest effect found with a power of %v: %s\n", f.power, figures(*v.Detectable))
		}
		fmt.Fprintln(w, "\nThe power is that of the effect as planned: a smaller one is found less often. Take more, for those who drop out.")
	})
}

func statsPower(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "power",
		Short: "Plan: how many does a design take, or what does a size find?",
		Long: `Plan a study before its data: the size a design takes for a power, or with --n the power
of a size. Choose the effect that would matter, and not one that a small study found;
effects of music on mood are planned as 0.2 to 0.3 standard deviations.`,
		Example: "  segue stats power paired --effect 0.3\n  segue stats power two-proportions --shares 0.3,0.5 --n 60",
		Args:    cobra.NoArgs,
	}
	cmd.AddCommand(powerOneProportion(t), powerTwoProportions(t), powerMcNemar(t), powerSign(t), powerPaired(t), powerWilcoxon(t), powerTwoMeans(t), powerClusters(t), powerCrossover(t))
	return cmd
}

// plan is a power command: flags adds its own, design makes the design of them.
func plan(t *terminal, use, short, long, example string, flags func(cmd *cobra.Command), design func(c stats.Criterion) (d stats.Design, detect func(float64) stats.Design, err error)) *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long, Example: example, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.criterion()
			if err != nil {
				return err
			}
			d, detect, err := design(c)
			if err != nil {
				return err
			}
			return t.printPlan(&f, c, d, maxEffect, detect, nil)
		},
	}
	flags(cmd)
	f.add(cmd)
	return cmd
}

// maxEffect is the largest standardized effect.
const maxEffect = 100

// needed refuses a flag that was not given.
func needed(given bool, flag, example string) error {
	if given {
		return nil
	}
	return usage("no %s was named: add --%s, such as --%s %s", flag, flag, flag, example)
}

// checkEffect refuses an effect that no design takes.
func checkEffect(v float64, flag string) error {
	if err := needed(v != 0, flag, "0.3"); err != nil {
		return err
	}
	if !(math.Abs(v) >= 1e-6 && math.Abs(v) <= maxEffect) {
		return usage("--%s %v is no effect; write standard deviations, between 0.000001 and %d", flag, v, maxEffect)
	}
	return nil
}

func powerOneProportion(t *terminal) *cobra.Command {
	var null, share float64
	return plan(t, "one-proportion --share P", "Plan the exact binomial test of a share",
		"Plan the exact binomial test: how many it takes to tell a share of --share from --null.",
		"  segue stats power one-proportion --share 0.8 --null 0.5\n  segue stats power one-proportion --share 0.8 --n 5 --json",
		func(cmd *cobra.Command) {
			cmd.Flags().Float64Var(&null, "null", .5, "share to test against")
			cmd.Flags().Float64Var(&share, "share", math.NaN(), "share `P` that would matter")
			cmd.Flags().Lookup("share").DefValue = ""
		}, func(c stats.Criterion) (d stats.Design, _ func(float64) stats.Design, err error) {
			if err = needed(share == share, "share", "0.8"); err == nil {
				err = inside(share, 0, 1, "share")
			}
			if err == nil && !(null > 0 && null < 1) {
				err = usage("--null %v lies outside 0 to 1, both left out", null)
			}
			if err == nil {
				d = stats.OneShareDesign(null, share, c)
			}
			return d, nil, err
		})
}

func powerSign(t *terminal) *cobra.Command {
	var share float64
	return plan(t, "sign --share P", "Plan the sign test",
		"Plan the exact sign test: how many differences other than 0 it takes if a share of them is positive.",
		"  segue stats power sign --share 0.7",
		func(cmd *cobra.Command) {
			cmd.Flags().Float64Var(&share, "share", math.NaN(), "share `P` of positive differences that would matter")
			cmd.Flags().Lookup("share").DefValue = ""
		}, func(c stats.Criterion) (d stats.Design, _ func(float64) stats.Design, err error) {
			if err = needed(share == share, "share", "0.7"); err == nil {
				err = inside(share, 0, 1, "share")
			}
			if err == nil {
				d = stats.SignDesign(share, c)
			}
			return d, nil, err
		})
}

func powerTwoProportions(t *terminal) *cobra.Command {
	var shares string
	var ratio float64
	return plan(t, "two-proportions --shares P,P", "Plan the comparison of two shares",
		"Plan the comparison of two independent shares by the score test; the power is exact.",
		"  segue stats power two-proportions --shares 0.3,0.5\n  segue stats power two-proportions --shares 0.5,0.3 --ratio 2 --n 60 --json",
		func(cmd *cobra.Command) {
			cmd.Flags().StringVar(&shares, "shares", "", "the two shares `P,P` that would matter")
			cmd.Flags().Float64Var(&ratio, "ratio", 1, "size of the second group by that of the first")
		}, func(c stats.Criterion) (d stats.Design, _ func(float64) stats.Design, err error) {
			if err = needed(shares != "", "shares", "0.3,0.5"); err != nil {
				return d, nil, err
			}
			p, err := decimalNumbers(shares, "share")
			if err == nil && (len(p) != 2 || !(p[0] >= 0 && p[0] <= 1 && p[1] >= 0 && p[1] <= 1)) {
				err = usage("--shares %q: write two shares between 0 and 1, such as 0.3,0.5", shares)
			}
			if err == nil {
				err = inside(ratio, .01, 100, "ratio")
			}
			if err == nil {
				d = stats.TwoSharesDesign(p[0], p[1], ratio, c)
			}
			return d, nil, err
		})
}

func powerMcNemar(t *terminal) *cobra.Command {
	var gains, losses float64
	return plan(t, "mcnemar --gains P --losses P", "Plan McNemar's test of paired answers",
		"Plan McNemar's exact test: how many pairs it takes if a share of them changes to yes and\nanother from it.",
		"  segue stats power mcnemar --gains 0.3 --losses 0.1",
		func(cmd *cobra.Command) {
			cmd.Flags().Float64Var(&gains, "gains", 0, "share `P` of pairs that changes from no to yes")
			cmd.Flags().Float64Var(&losses, "losses", 0, "share `P` that changes from yes to no")
		}, func(c stats.Criterion) (d stats.Design, _ func(float64) stats.Design, err error) {
			if !(gains >= 0 && losses >= 0 && gains+losses > 1e-6 && gains+losses <= 1) {
				return d, nil, usage("--gains %v and --losses %v: write two shares of all pairs, not both 0 and together at most 1", gains, losses)
			}
			return stats.McNemarDesign(gains, losses, c), nil, nil
		})
}

func powerPaired(t *terminal) *cobra.Command {
	var effect float64
	return plan(t, "paired --effect D", "Plan the t test of pairs, or of one sample",
		"Plan the paired t test of a mean difference, in standard deviations of the differences.",
		"  segue stats power paired --effect 0.3\n  segue stats power paired --effect 0.3 --n 40 --json",
		func(cmd *cobra.Command) {
			cmd.Flags().Float64Var(&effect, "effect", 0, "mean difference by its standard deviation, `D` (d_z)")
		}, func(c stats.Criterion) (d stats.Design, _ func(float64) stats.Design, err error) {
			if err = checkEffect(effect, "effect"); err != nil {
				return d, nil, err
			}
			return stats.PairedDesign(effect, c), rising(c, func(e float64) stats.Design { return stats.PairedDesign(e, c) }), nil
		})
}

// rising is the design by effect, where larger effects are found more surely.
func rising(c stats.Criterion, design func(float64) stats.Design) func(float64) stats.Design {
	if c.Alternative == stats.Less {
		return func(e float64) stats.Design { return design(-e) }
	}
	return design
}

func powerTwoMeans(t *terminal) *cobra.Command {
	var effect, ratio float64
	return plan(t, "two-means --effect D", "Plan the t test of two samples",
		"Plan the t test of two independent samples of equal variance.",
		"  segue stats power two-means --effect 0.25\n  segue stats power two-means --effect 0.25 --ratio 2 --n 100",
		func(cmd *cobra.Command) {
			cmd.Flags().Float64Var(&effect, "effect", 0, "difference of means by the standard deviation, `D`")
			cmd.Flags().Float64Var(&ratio, "ratio", 1, "size of the second group by that of the first")
		}, func(c stats.Criterion) (d stats.Design, _ func(float64) stats.Design, err error) {
			if err = checkEffect(effect, "effect"); err == nil {
				err = inside(ratio, .01, 100, "ratio")
			}
			if err != nil {
				return d, nil, err
			}
			return stats.TwoMeansDesign(effect, ratio, c), rising(c, func(e float64) stats.Design { return stats.TwoMeansDesign(e, ratio, c) }), nil
		})
}

func powerClusters(t *terminal) *cobra.Command {
	var effect, size, icc, cv float64
	return plan(t, "clusters --effect D --size M --icc R", "Plan two arms of clusters, such as listeners with several hours",
		"Plan the comparison of two arms whose units come in clusters, such as the hours of a\nlistener: values of one cluster are alike, so that they count for less.",
		"  segue stats power clusters --effect 0.3 --size 8 --icc 0.2\n  segue stats power clusters --effect 0.3 --size 8 --icc 0.2 --cv 0.6 --n 30",
		func(cmd *cobra.Command) {
			cmd.Flags().Float64Var(&effect, "effect", 0, "difference of means by the standard deviation of single values, `D`")
			cmd.Flags().Float64Var(&size, "size", 0, "mean number of values in a cluster, `M`")
			cmd.Flags().Float64Var(&icc, "icc", 0, "intra-class correlation `R`, 0 to 1")
			cmd.Flags().Float64Var(&cv, "cv", 0, "standard deviation of cluster sizes by their mean")
		}, func(c stats.Criterion) (d stats.Design, _ func(float64) stats.Design, err error) {
			if err = checkEffect(effect, "effect"); err == nil {
				err = needed(size > 0, "size", "8")
			}
			if err == nil {
				err = inside(size, 1, 1e6, "size")
			}
			if err == nil {
				err = inside(icc, 0, 1, "icc")
			}
			if err == nil {
				err = inside(cv, 0, 100, "cv")
			}
			if err != nil {
				return d, nil, err
			}
			return stats.ClusteredDesign(effect, size, icc, cv, c), rising(c, func(e float64) stats.Design { return stats.ClusteredDesign(e, size, icc, cv, c) }), nil
		})
}

func powerCrossover(t *terminal) *cobra.Command {
	var difference, within, between float64
	var sessions int
	return plan(t, "crossover --difference X --within SD --sessions N", "Plan a crossover: every listener hears both arms",
		"Plan a crossover in which every listener hears --sessions hours of each of two arms, and\nthe listeners' mean differences are tested by t. Hours are taken not to carry over.",
		"  segue stats power crossover --difference 0.05 --within 0.2 --between 0.1 --sessions 4",
		func(cmd *cobra.Command) {
			cmd.Flags().Float64Var(&difference, "difference", 0, "difference `X` between the arms that would matter, such as a change on the plane")
			cmd.Flags().Float64Var(&within, "within", 0, "standard deviation `SD` of one listener's hours in one arm")
			cmd.Flags().Float64Var(&between, "between", 0, "standard deviation of the difference from listener to listener")
			cmd.Flags().IntVar(&sessions, "sessions", 1, "hours of each arm that a listener hears")
		}, func(c stats.Criterion) (d stats.Design, _ func(float64) stats.Design, err error) {
			if err = needed(difference != 0, "difference", "0.05"); err == nil {
				err = needed(within != 0, "within", "0.2")
			}
			if err == nil {
				err = inside(within, 1e-9, 1e9, "within")
			}
			if err == nil {
				err = inside(between, 0, 1e9, "between")
			}
			if err == nil {
				err = inside(math.Abs(difference)/within, 1e-6, maxEffect, "difference by --within,")
			}
			if err == nil {
				err = inside(float64(sessions), 1, 1e6, "sessions")
			}
			if err != nil {
				return d, nil, err
			}
			return stats.CrossoverDesign(difference, within, between, sessions, c), nil, nil
		})
}

func powerWilcoxon(t *terminal) *cobra.Command {
	var f planFlags
	var effect float64
	var runs int
	cmd := &cobra.Command{
		Use:   "wilcoxon --effect D",
		Short: "Plan the signed-rank test of pairs",
		Long: `Plan Wilcoxon's signed-rank test of normal differences by its efficiency of 3/π against
the t test, an approximation that --simulate checks by running the test itself.`,
		Example: "  segue stats power wilcoxon --effect 0.3\n  segue stats power wilcoxon --effect 0.5 --n 30 --simulate 2000 --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.criterion()
			if err == nil {
				err = checkEffect(effect, "effect")
			}
			if err == nil && runs != 0 {
				err = inside(float64(runs), 100, 100_000, "simulate")
			}
			if err != nil {
				return err
			}
			var simulate func(n int) (stats.Estimate, error)
			if runs > 0 {
				simulate = func(n int) (stats.Estimate, error) {
					if n > maxSimulated {
						return stats.Estimate{}, usage("n = %d is too many to simulate; leave out --simulate above %d", n, maxSimulated)
					}
					return simulatedWilcoxon(cmd.Context(), runs, t.seed, n, effect, c)
				}
			}
			detect := rising(c, func(e float64) stats.Design { return stats.SignedRankDesign(e, c) })
			return t.printPlan(&f, c, stats.SignedRankDesign(effect, c), maxEffect, detect, simulate)
		},
	}
	cmd.Flags().Float64Var(&effect, "effect", 0, "mean difference by its standard deviation, `D` (d_z)")
	cmd.Flags().IntVar(&runs, "simulate", 0, "run the test on `N` invented samples, too, drawn by --seed")
	f.add(cmd)
	return cmd
}

// maxSimulated bounds the size of a sample that is simulated.
const maxSimulated = 2000

func simulatedWilcoxon(ctx context.Context, runs int, seed uint64, n int, effect float64, c stats.Criterion) (stats.Estimate, error) {
	o := stats.RankOptions{Options: stats.Options{Alternative: c.Alternative}, Approximate: n > 100}
	return stats.SimulatePower(ctx, runs, seed, stats.Level, func(rng *rand.Rand) bool {
		d := make([]float64, n)
		for i := range d {
			d[i] = effect + rng.NormFloat64()
		}
		return float64(stats.SignedRank(d, o).P) <= c.Alpha
	})
}
