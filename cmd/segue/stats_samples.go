package main

import (
	"fmt"
	"slices"

	"segue"
	"segue/internal/quantile"
	"segue/outcome/stats"

	"github.com/spf13/cobra"
	"gonum.org/v1/gonum/stat"
)

const pairsHelp = `FILE is a CSV table whose first row names the columns. Two --columns are compared row
by row, the second less the first, and rows without both are left out; one column holds
differences already.`

// differencesOf reads differences: of two columns, or a column of them.
func (t *terminal) differencesOf(path, columns string) ([]float64, error) {
	names, err := namesOf(columns, 1, 2)
	if err != nil {
		return nil, err
	}
	table, err := readColumns(path, names...)
	if err != nil {
		return nil, err
	}
	if len(names) == 1 {
		d, err := table.numbers(0)
		return known(d), err
	}
	x, y, left, err := table.paired()
	if left > 0 {
		t.warn("rows without both values were left out: %s", thousands(left))
	}
	return stats.Differences(x, y), err
}

func columnsFlag(cmd *cobra.Command, columns *string, help string) {
	cmd.Flags().StringVar(columns, "columns", "", help)
}

func statsWilcoxon(t *terminal) *cobra.Command {
	var f testFlags
	var columns, zeros string
	var approximate bool
	cmd := &cobra.Command{
		Use:   "wilcoxon FILE --columns BEFORE,AFTER",
		Short: "Compare pairs by Wilcoxon's signed ranks",
		Long: `Test whether differences are symmetric about 0 by Wilcoxon's signed ranks, exactly up to
500 of them, ties included, and give their Hodges–Lehmann median and the rank-biserial
correlation. ` + pairsHelp,
		Example: "  segue stats wilcoxon answers.csv --columns before,after\n  segue stats wilcoxon answers.csv --columns change --zeros pratt --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			if z := stats.Zeros(zeros); z != stats.Wilcox && z != stats.Pratt {
				return usage("--zeros %q is none; write wilcox (leave them out) or pratt (rank them, then leave them out)", zeros)
			}
			d, err := t.differencesOf(args[0], columns)
			if err != nil {
				return err
			}
			return t.printTest(stats.SignedRank(d, stats.RankOptions{Options: o, Zeros: stats.Zeros(zeros), Approximate: approximate}), nil, o.Level)
		},
	}
	f.add(cmd)
	columnsFlag(cmd, &columns, "`COLUMNS` to compare, or one of differences")
	cmd.Flags().StringVar(&zeros, "zeros", string(stats.Wilcox), "differences of 0: wilcox leaves them out, pratt ranks them first")
	cmd.Flags().BoolVar(&approximate, "approximate", false, "use the normal approximation")
	return cmd
}

func statsSign(t *terminal) *cobra.Command {
	var f testFlags
	var columns string
	cmd := &cobra.Command{
		Use:   "sign FILE --columns BEFORE,AFTER",
		Short: "Count which way pairs differ",
		Long: `Test exactly whether as many differences are above 0 as below, and give their median.
Only their signs count. ` + pairsHelp,
		Example: "  segue stats sign answers.csv --columns before,after",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			d, err := t.differencesOf(args[0], columns)
			if err != nil {
				return err
			}
			return t.printTest(stats.Sign(d, o), nil, o.Level)
		},
	}
	f.add(cmd)
	columnsFlag(cmd, &columns, "`COLUMNS` to compare, or one of differences")
	return cmd
}

// groupFlags say where two independent samples stand: in two columns, or in one of
// values beside one of groups.
type groupFlags struct{ columns, by string }

func (g *groupFlags) add(cmd *cobra.Command) {
	columnsFlag(cmd, &g.columns, "`COLUMNS` with a sample each, or with --by one of values")
	cmd.Flags().StringVar(&g.by, "by", "", "the `COLUMN` that names one of two groups; the first in the alphabet comes first")
}

// samples reads both, and what they are called.
func (g *groupFlags) samples(path string) (x, y []float64, names [2]string, err error) {
	if g.by == "" {
		columns, err := namesOf(g.columns, 2, 2)
		if err != nil {
			return nil, nil, names, err
		}
		table, err := readColumns(path, columns...)
		if err != nil {
			return nil, nil, names, err
		}
		if x, err = table.numbers(0); err != nil {
			return nil, nil, names, err
		}
		y, err = table.numbers(1)
		return known(x), known(y), [2]string(columns), err
	}
	columns, err := namesOf(g.columns, 1, 1)
	if err != nil {
		return nil, nil, names, err
	}
	table, err := readColumns(path, columns[0], g.by)
	if err != nil {
		return nil, nil, names, err
	}
	values, err := table.numbers(0)
	if err != nil {
		return nil, nil, names, err
	}
	groups := slices.Compact(slices.Sorted(slices.Values(table.cells[1])))
	groups = slices.DeleteFunc(groups, func(s string) bool { return s == "" })
	if len(groups) != 2 {
		return nil, nil, names, &segue.InputError{File: path, Column: g.by, Problem: fmt.Sprintf("it names %d groups, and two are compared", len(groups)), Hint: "leave the others out"}
	}
	for i, v := range values {
		switch table.cells[1][i] {
		case groups[0]:
			x = append(x, v)
		case groups[1]:
			y = append(y, v)
		}
	}
	return known(x), known(y), [2]string(groups), nil
}

func statsMannWhitney(t *terminal) *cobra.Command {
	var f testFlags
	var g groupFlags
	var approximate bool
	cmd := &cobra.Command{
		Use:   "mann-whitney FILE --columns X,Y",
		Short: "Compare two independent samples by ranks",
		Long: `Test whether two independent samples come from one distribution by the ranks of Mann and
Whitney, exactly up to about 100 in each, ties included, and give the Hodges–Lehmann
shift and Cliff's delta. FILE is a CSV table whose first row names the columns: one for
each sample, or one of values and, --by, one that names the group.`,
		Example: "  segue stats mann-whitney answers.csv --columns iso,shuffle\n  segue stats mann-whitney answers.csv --columns change --by arm --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			x, y, names, err := g.samples(args[0])
			if err != nil {
				return err
			}
			r := stats.MannWhitney(x, y, stats.RankOptions{Options: o, Approximate: approximate})
			r.Notes = append(r.Notes, firstIs(names, len(x), len(y)))
			return t.printTest(r, nil, o.Level)
		},
	}
	f.add(cmd)
	g.add(cmd)
	cmd.Flags().BoolVar(&approximate, "approximate", false, "use the normal approximation")
	return cmd
}

// firstIs says which sample is which.
func firstIs(names [2]string, m, n int) string {
	return fmt.Sprintf("the first is %.60s (%d), the second %.60s (%d)", names[0], m, names[1], n)
}

func statsT(t *terminal) *cobra.Command {
	var f testFlags
	var g groupFlags
	var null float64
	var unpaired, pooled bool
	cmd := &cobra.Command{
		Use:   "t FILE --columns BEFORE,AFTER",
		Short: "Compare means by Student's t: pairs, two samples, or one",
		Long: `Compare means by a t test, with d or d_z and Hedges' g. ` + pairsHelp + `
One column is tested against --null. With --unpaired the columns are two samples that
have nothing to do with each other, compared by Welch's test, or with --pooled by
Student's, which takes their variances to be equal; --by names a column of groups.`,
		Example: "  segue stats t answers.csv --columns before,after\n  segue stats t answers.csv --columns change --by arm --json\n  segue stats t answers.csv --columns change --null 0",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			if unpaired || pooled || g.by != "" {
				if cmd.Flags().Changed("null") {
					return usage("two samples are compared with each other; leave out --null")
				}
				x, y, names, err := g.samples(args[0])
				if err != nil {
					return err
				}
				r := stats.WelchT(x, y, o)
				if pooled {
					r = stats.StudentT(x, y, o)
				}
				r.Notes = append(r.Notes, firstIs(names, len(x), len(y)))
				return t.printTest(r, nil, o.Level)
			}
			names, err := namesOf(g.columns, 1, 2)
			if err != nil {
				return err
			}
			table, err := readColumns(args[0], names...)
			if err != nil {
				return err
			}
			if len(names) == 1 {
				x, err := table.numbers(0)
				if err != nil {
					return err
				}
				return t.printTest(stats.OneSampleT(known(x), null, o), nil, o.Level)
			}
			if cmd.Flags().Changed("null") {
				return usage("pairs are compared with each other; leave out --null")
			}
			x, y, left, err := table.paired()
			if err != nil {
				return err
			}
			r := stats.PairedT(x, y, o)
			if left > 0 {
				r.Notes = append(r.Notes, fmt.Sprintf("rows without both values, left out: %d", left))
			}
			return t.printTest(r, nil, o.Level)
		},
	}
	f.add(cmd)
	g.add(cmd)
	cmd.Flags().Float64Var(&null, "null", 0, "mean to test one column against")
	cmd.Flags().BoolVar(&unpaired, "unpaired", false, "the columns are independent samples")
	cmd.Flags().BoolVar(&pooled, "pooled", false, "independent samples of equal variance")
	return cmd
}

func statsCorrelation(t *terminal) *cobra.Command {
	var f testFlags
	var columns string
	var spearman bool
	cmd := &cobra.Command{
		Use:   "correlation FILE --columns X,Y",
		Short: "Correlate two columns: Pearson, or Spearman's ranks",
		Long: `Correlate two columns of a CSV table whose first row names them; rows without both are
left out. What goes together need not be cause and effect.`,
		Example: "  segue stats correlation answers.csv --columns before,after\n  segue stats correlation answers.csv --columns before,after --spearman --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			names, err := namesOf(columns, 2, 2)
			if err != nil {
				return err
			}
			table, err := readColumns(args[0], names...)
			if err != nil {
				return err
			}
			x, y, left, err := table.paired()
			if err != nil {
				return err
			}
			r := stats.Pearson(x, y, o)
			if spearman {
				r = stats.Spearman(x, y, o)
			}
			if left > 0 {
				r.Notes = append(r.Notes, fmt.Sprintf("rows without both values, left out: %d", left))
			}
			return t.printTest(r, nil, o.Level)
		},
	}
	f.add(cmd)
	columnsFlag(cmd, &columns, "two `COLUMNS` to correlate")
	cmd.Flags().BoolVar(&spearman, "spearman", false, "correlate their ranks")
	return cmd
}

// statistics are those that can be bootstrapped.
var statistics = []struct {
	name string
	of   func([]float64) float64
}{
	{"mean", func(v []float64) float64 { return stat.Mean(v, nil) }},
	{"median", func(v []float64) float64 { return quantile.Of(slices.Sorted(slices.Values(v)), .5) }},
	{"sd", func(v []float64) float64 { return stat.StdDev(v, nil) }},
	{"share-above-0", func(v []float64) float64 {
		k := 0
		for _, x := range v {
			if x > 0 {
				k++
			}
		}
		return float64(k) / float64(len(v))
	}},
}

func statsBootstrap(t *terminal) *cobra.Command {
	var f testFlags
	var column, by, statistic string
	b := stats.Bootstrap{}
	cmd := &cobra.Command{
		Use:   "bootstrap FILE --columns X",
		Short: "Bound a mean, median, deviation or share by resampling",
		Long: `Bound a statistic of a column by drawing samples from it, with the BCa interval or that of
percentiles. With --by whole clusters are drawn, such as all hours of a listener, which
is right where values of one cluster are alike. The same --seed gives the same interval.
With fewer than about 20 values, or clusters, it is too narrow.`,
		Example: "  segue stats bootstrap answers.csv --columns change\n  segue stats bootstrap answers.csv --columns change --by listener --statistic median --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			if b.Replicates < 100 || b.Replicates > 1_000_000 {
				return usage("--replicates %d lies outside 100 to 1,000,000", b.Replicates)
			}
			at := slices.IndexFunc(statistics, func(s struct {
				name string
				of   func([]float64) float64
			}) bool {
				return s.name == statistic
			})
			if at < 0 {
				return usage("--statistic %q is none; write mean, median, sd or share-above-0", statistic)
			}
			names, err := namesOf(column, 1, 1)
			if err != nil {
				return err
			}
			if by != "" {
				names = append(names, by)
			}
			table, err := readColumns(args[0], names...)
			if err != nil {
				return err
			}
			values, err := table.numbers(0)
			if err != nil {
				return err
			}
			b.Level, b.Seed = o.Level, t.seed
			var e stats.Estimate
			if by == "" {
				e, err = b.Values(cmd.Context(), statistic, known(values), statistics[at].of)
			} else {
				e, err = b.Clusters(cmd.Context(), statistic, clustered(values, table.cells[1]), statistics[at].of)
			}
			if err != nil {
				return err
			}
			return t.printEstimate(e)
		},
	}
	f.addLevel(cmd)
	columnsFlag(cmd, &column, "the `COLUMN` of values")
	cmd.Flags().StringVar(&by, "by", "", "the `COLUMN` that names clusters")
	cmd.Flags().StringVar(&statistic, "statistic", "mean", "what to bound: mean, median, sd or share-above-0")
	cmd.Flags().IntVar(&b.Replicates, "replicates", 9999, "samples to draw")
	cmd.Flags().BoolVar(&b.Percentile, "percentile", false, "the plain percentile interval, not BCa")
	return cmd
}

// clustered gathers values by the cluster each row names, in the order in which
// clusters appear. Rows without a value or a cluster are left out.
func clustered(values []float64, names []string) [][]float64 {
	var out [][]float64
	at := map[string]int{}
	for i, v := range values {
		if v != v || names[i] == "" {
			continue
		}
		c, ok := at[names[i]]
		if !ok {
			c = len(out)
			at[names[i]] = c
			out = append(out, nil)
		}
		out[c] = append(out[c], v)
	}
	return out
}
