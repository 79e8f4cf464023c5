package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"segue"
	"segue/outcome/stats"

	"github.com/spf13/cobra"
)

const rowsHelp = `FILE is a CSV table whose first row names the columns, a row for each observation. Rows
that lack one of the numbers asked for are left out, and it is said how many.`

// statsModels are the commands of models, of looking early, and of one listener.
func statsModels(t *terminal) []*cobra.Command {
	return []*cobra.Command{statsAncova(t), statsLinear(t), statsCuped(t), statsDiD(t), statsSequence(t), statsCrossover(t), statsRegression(t)}
}

// modelFlags say which columns of a table a model is made of.
type modelFlags struct {
	level                                float64
	outcome, arm, control, pre, listener string
	covariates                           string
}

func (f *modelFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.outcome, "outcome", "", "`COLUMN` of the outcome")
	cmd.Flags().StringVar(&f.listener, "listener", "", "`COLUMN` that names the listener, where one may have several rows")
	cmd.Flags().Float64Var(&f.level, "level", stats.Level, "confidence level of the intervals; a claim takes p of at most 1 less it")
}

func (f *modelFlags) addArm(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.arm, "arm", "", "`COLUMN` that names the arm")
	cmd.Flags().StringVar(&f.control, "control", "", "the arm that others are compared with (default: the first in the alphabet)")
}

func (f *modelFlags) check(more ...string) error {
	if !(f.level > 0 && f.level < 1) {
		return usage("--level %v is no confidence level; write one between 0 and 1, such as 0.95", f.level)
	}
	for i := 0; i < len(more); i += 2 {
		if more[i+1] == "" {
			return usage("--%s is missing: name the column", more[i])
		}
	}
	return nil
}

// A modelTable is what a model takes of a table: rows in their order, with all numbers.
type modelTable struct {
	numbers [][]float64 // by the columns asked for
	labels  [][]string
}

// readModel reads columns of numbers and of labels; a column without a name is left
// out, its place nil. Rows that lack a number or a label are dropped, with a warning.
func (t *terminal) readModel(path string, numbers, labels []string) (*modelTable, error) {
	names := slices.DeleteFunc(slices.Concat(numbers, labels), func(n string) bool { return n == "" })
	table, err := readColumns(path, names...)
	if err != nil {
		return nil, err
	}
	m := &modelTable{numbers: make([][]float64, len(numbers)), labels: make([][]string, len(labels))}
	keep := make([]bool, len(table.cells[0]))
	for i := range keep {
		keep[i] = true
	}
	next := 0
	for i, n := range numbers {
		if n == "" {
			continue
		}
		if m.numbers[i], err = table.numbers(next); err != nil {
			return nil, err
		}
		for row, v := range m.numbers[i] {
			keep[row] = keep[row] && !math.IsNaN(v)
		}
		next++
	}
	for i, n := range labels {
		if n == "" {
			continue
		}
		m.labels[i] = table.cells[next]
		for row, v := range m.labels[i] {
			keep[row] = keep[row] && v != ""
		}
		next++
	}
	left := 0
	for _, k := range keep {
		if !k {
			left++
		}
	}
	if left == 0 {
		return m, nil
	}
	t.warn("rows without all of %s were left out: %s", strings.Join(names, ", "), thousands(left))
	for i, column := range m.numbers {
		m.numbers[i] = kept(column, keep)
	}
	for i, column := range m.labels {
		m.labels[i] = kept(column, keep)
	}
	return m, nil
}

func kept[T any](column []T, keep []bool) []T {
	if column == nil {
		return nil
	}
	out := make([]T, 0, len(column))
	for i, v := range column {
		if keep[i] {
			out = append(out, v)
		}
	}
	return out
}

// numbered numbers labels in the order in which they appear; nil stays nil.
func numbered(labels []string) []int {
	if labels == nil {
		return nil
	}
	seen := map[string]int{}
	out := make([]int, len(labels))
	for i, l := range labels {
		n, ok := seen[l]
		if !ok {
			n = len(seen)
			seen[l] = n
		}
		out[i] = n
	}
	return out
}

// maxArms bounds how many arms are compared.
const maxArms = 20

// armsOf returns the arms' names, the control first, and each row's place among them.
func armsOf(file, column string, labels []string, control string, most int) (names []string, arm []int, err error) {
	names = slices.Compact(slices.Sorted(slices.Values(labels)))
	if len(names) < 2 || len(names) > most {
		return nil, nil, &segue.InputError{File: file, Column: column, Problem: fmt.Sprintf("it names %s", counted(len(names), "arm")), Hint: fmt.Sprintf("2 to %d are compared", most)}
	}
	if control != "" {
		at := slices.Index(names, control)
		if at < 0 {
			return nil, nil, usage("--control %.40q is no arm; there are %s", control, listed(names))
		}
		names = slices.Insert(slices.Delete(names, at, at+1), 0, control)
	}
	arm = make([]int, len(labels))
	for i, l := range labels {
		arm[i] = slices.Index(names, l)
	}
	return names, arm, nil
}

// A modelView is a model with what may be said of its first effect.
type modelView struct {
	Model   any           `json:"model"`
	Verdict stats.Verdict `json:"verdict"` // of the effect asked for
	Reading string        `json:"reading"`
}

// printModel prints a model and what may be said of a coefficient of it. Where there are
// clusters they are what has to be enough.
func (t *terminal) printModel(model any, test stats.Result, clusters int, level float64, text func(w io.Writer)) error {
	if clusters > 0 {
		test.N = clusters
	}
	v := modelView{Model: model}
	v.Verdict, v.Reading = test.Reading(math.Round((1-level)*1e12) / 1e12)
	return t.print(v, func(w io.Writer) {
		text(w)
		fmt.Fprintf(w, "\n%s\n", v.Reading)
	})
}

// coefficientsText writes coefficients as a table.
func coefficientsText(w io.Writer, coefficients ...stats.Coefficient) {
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
	for _, c := range coefficients {
		if !c.SE.Known() {
			fmt.Fprintf(tw, "  %s\t%s\t–\t%s\n", c.Name, figures(c.Value), c.Reason)
			continue
		}
		interval := "–"
		if c.Lo.Known() {
			interval = figures(c.Lo) + " to " + figures(c.Hi)
		}
		fmt.Fprintf(tw, "  %s\t%s\t%s\tse %s, df %s, %s\n", c.Name, figures(c.Value), interval, figures(c.SE), figures(c.DF), stats.PText(c.P))
	}
	tw.Flush()
}

// testOf is a coefficient's test with its effect called by a name that reads in a sentence.
func testOf(c stats.Coefficient, name, null string) stats.Result {
	c.Name = name
	return c.Test(null)
}

func notesText(w io.Writer, notes ...string) {
	for _, n := range notes {
		if n != "" {
			fmt.Fprintf(w, "Note: %s.\n", n)
		}
	}
}

// errorKinds are what --errors takes.
var errorKinds = []stats.StandardErrors{stats.Classical, stats.HC2, stats.HC3, stats.CR1, stats.CR2, stats.RandomIntercept}

// standardErrors reads --errors, empty for the default.
func standardErrors(s, listener string, kinds []stats.StandardErrors) (stats.StandardErrors, error) {
	if s == "" {
		return "", nil
	}
	for _, k := range kinds {
		if strings.EqualFold(strings.ReplaceAll(s, "-", " "), string(k)) {
			if listener == "" && (k == stats.CR1 || k == stats.CR2 || k == stats.RandomIntercept) {
				return "", usage("--errors %s takes --listener", s)
			}
			return k, nil
		}
	}
	return "", usage("--errors %.40q is none; write classical, hc2, hc3, cr1, cr2 or random-intercept", s)
}

func statsAncova(t *terminal) *cobra.Command {
	var f modelFlags
	var errors string
	var interaction bool
	cmd := &cobra.Command{
		Use:   "ancova FILE --outcome AFTER --arm ARM",
		Short: "Compare arms, given how things were before",
		Long: `Compare the outcome of arms by analysis of covariance: given the same before, --pre, and
other things known before the arm was drawn, --covariates. Without them it is the
difference of means. With --listener the hours of one listener may depend on each other
(CR2 errors, or --errors random-intercept). ` + rowsHelp,
		Example: "  segue stats ancova hours.csv --outcome after --pre before --arm arm --listener id\n  segue stats ancova hours.csv --outcome change --arm arm --control shuffle --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check("outcome", f.outcome, "arm", f.arm); err != nil {
				return err
			}
			kind, err := standardErrors(errors, f.listener, errorKinds)
			if err != nil {
				return err
			}
			var covariates []string
			if f.covariates != "" {
				if covariates, err = namesOf(f.covariates, 1, maxTerms); err != nil {
					return err
				}
			}
			m, err := t.readModel(args[0], append([]string{f.outcome, f.pre}, covariates...), []string{f.arm, f.listener})
			if err != nil {
				return err
			}
			trial := stats.Trial{Post: m.numbers[0], Pre: m.numbers[1], Clusters: numbered(m.labels[1])}
			if trial.Arms, trial.Arm, err = armsOf(args[0], f.arm, m.labels[0], f.control, maxArms); err != nil {
				return err
			}
			for i, name := range covariates {
				trial.Covariates = append(trial.Covariates, stats.Term{Name: name, Values: m.numbers[i+2]})
			}
			c := stats.Ancova(trial, stats.AncovaOptions{Errors: kind, Interaction: interaction, Level: f.level})
			smallest := 0
			for _, a := range c.Arms {
				if smallest == 0 || a.Clusters < smallest {
					smallest = a.Clusters
				}
			}
			return t.printModel(c, testOf(c.Effects[0], "difference "+c.Effects[0].Name, "the arms "+trial.Arms[1]+" and "+trial.Arms[0]+" do the same"), smallest, f.level, func(w io.Writer) {
				fmt.Fprintf(w, "%s, n = %s%s\n", c.Method, thousands(c.N), ofListeners(c.Clusters))
				tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
				for _, a := range c.Arms {
					fmt.Fprintf(tw, "  %s\tn = %s%s\tmean %s\tadjusted %s\t%s to %s\n", a.Arm, thousands(a.N), ofListeners(a.Clusters), figures(a.Mean), figures(a.Adjusted.Value), figures(a.Adjusted.Lo), figures(a.Adjusted.Hi))
				}
				tw.Flush()
				coefficientsText(w, slices.Concat(c.Effects, c.Slopes, c.Differ)...)
				if c.ICC != nil {
					estimatesText(w, []stats.Estimate{*c.ICC})
				}
				notesText(w, c.Notes...)
			})
		},
	}
	f.add(cmd)
	f.addArm(cmd)
	cmd.Flags().StringVar(&f.pre, "pre", "", "`COLUMN` of the same before")
	cmd.Flags().StringVar(&f.covariates, "covariates", "", "`COLUMNS` of other things known before")
	cmd.Flags().StringVar(&errors, "errors", "", "standard errors: classical, hc2, hc3, cr1, cr2 or random-intercept (default cr2 with --listener, else hc2)")
	cmd.Flags().BoolVar(&interaction, "interaction", false, "let pre and covariates work differently in each arm")
	return cmd
}

// maxTerms bounds the columns of a model.
const maxTerms = 50

func ofListeners(n int) string {
	if n == 0 {
		return ""
	}
	return " of " + counted(n, "listener")
}

func statsLinear(t *terminal) *cobra.Command {
	var f modelFlags
	var terms, errors string
	cmd := &cobra.Command{
		Use:   "linear FILE --outcome Y --terms X,…",
		Short: "Fit a line, with or without a level for each listener",
		Long: `Fit an outcome on columns by least squares, or with --errors random-intercept with a level
for each listener by REML, with the share of the variance between listeners. ` + rowsHelp,
		Example: "  segue stats linear hours.csv --outcome after --terms before,age --listener id\n  segue stats linear hours.csv --outcome after --terms before --listener id --errors random-intercept --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check("outcome", f.outcome, "terms", terms); err != nil {
				return err
			}
			kind, err := standardErrors(errors, f.listener, errorKinds)
			if err != nil {
				return err
			}
			names, err := namesOf(terms, 1, maxTerms)
			if err != nil {
				return err
			}
			m, err := t.readModel(args[0], append([]string{f.outcome}, names...), []string{f.listener})
			if err != nil {
				return err
			}
			columns := make([]stats.Term, len(names))
			for i, name := range names {
				columns[i] = stats.Term{Name: name, Values: m.numbers[i+1]}
			}
			listeners := numbered(m.labels[0])
			null := "the outcome does not depend on " + names[0] + ", the others given"
			if kind == stats.RandomIntercept {
				fit := stats.FitMixed(m.numbers[0], columns, listeners, stats.MixedOptions{Level: f.level})
				return t.printModel(fit, testOf(fit.Coefficients[1], "slope of "+names[0], null), fit.Clusters, f.level, func(w io.Writer) {
					fmt.Fprintf(w, "%s, n = %s%s\n", fit.Method, thousands(fit.N), ofListeners(fit.Clusters))
					coefficientsText(w, fit.Coefficients...)
					estimatesText(w, []stats.Estimate{fit.Between, fit.Within, fit.ICC})
					notesText(w, fit.Note)
				})
			}
			o := stats.LinearOptions{Errors: kind, Level: f.level}
			if kind == "" || kind == stats.CR1 || kind == stats.CR2 {
				o.Clusters = listeners
			}
			fit := stats.FitLinear(m.numbers[0], columns, o)
			return t.printModel(fit, testOf(fit.Coefficients[1], "slope of "+names[0], null), fit.Clusters, f.level, func(w io.Writer) {
				fmt.Fprintf(w, "%s, n = %s%s\n", fit.Method, thousands(fit.N), ofListeners(fit.Clusters))
				coefficientsText(w, fit.Coefficients...)
				fmt.Fprintf(w, "residual standard deviation %s, R² %s\n", figures(fit.SD), figures(fit.R2))
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&terms, "terms", "", "`COLUMNS` that the outcome is fitted on; the reading is of the first")
	cmd.Flags().StringVar(&errors, "errors", "", "standard errors: classical, hc2, hc3, cr1, cr2 or random-intercept (default cr2 with --listener, else hc2)")
	return cmd
}

func statsCuped(t *terminal) *cobra.Command {
	var f modelFlags
	cmd := &cobra.Command{
		Use:   "cuped FILE --outcome Y --pre X --arm ARM",
		Short: "Compare two arms with less noise, by what was known before",
		Long: `Compare two arms after taking off what was known of everyone before the arm was drawn
(CUPED), and say how much of the variance that saves. With --listener each listener
counts once, by their means. ` + rowsHelp,
		Example: "  segue stats cuped weeks.csv --outcome plays --pre plays_before --arm arm --listener id",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check("outcome", f.outcome, "pre", f.pre, "arm", f.arm); err != nil {
				return err
			}
			m, err := t.readModel(args[0], []string{f.outcome, f.pre}, []string{f.arm, f.listener})
			if err != nil {
				return err
			}
			names, arm, err := armsOf(args[0], f.arm, m.labels[0], f.control, 2)
			if err != nil {
				return err
			}
			listeners := numbered(m.labels[1])
			of := map[int]int{}
			for i, l := range listeners {
				if a, ok := of[l]; ok && a != arm[i] {
					return &segue.InputError{File: args[0], Column: f.arm, Problem: "a listener is in both arms", Hint: "CUPED by listener takes arms drawn by listener; without --listener rows count each, or use ancova"}
				}
				of[l] = arm[i]
			}
			c := stats.CUPED(m.numbers[0], m.numbers[1], arm, listeners, f.level)
			return t.printModel(c, c.Adjusted.Test("the arms "+names[1]+" and "+names[0]+" do the same"), 0, f.level, func(w io.Writer) {
				fmt.Fprintf(w, "%s, n = %s, %s − %s\n", c.Method, thousands(c.N), names[1], names[0])
				coefficientsText(w, c.Adjusted, c.Raw, c.Before)
				estimatesText(w, []stats.Estimate{c.Reduction})
				fmt.Fprintf(w, "θ = %s\n", figures(c.Theta))
				notesText(w, c.Reason)
			})
		},
	}
	f.add(cmd)
	f.addArm(cmd)
	cmd.Flags().StringVar(&f.pre, "pre", "", "`COLUMN` known before the arm was drawn")
	return cmd
}

func statsDiD(t *terminal) *cobra.Command {
	var f modelFlags
	var exposed, after string
	cmd := &cobra.Command{
		Use:   "did FILE --outcome Y --exposed E --after A",
		Short: "Compare changes: difference in differences",
		Long: `Say how much more those changed for whom something changed, --exposed, than the others,
from before to --after. Both columns hold yes or no (or 1 or 0). It is the effect of
the change only if both would otherwise have changed alike. ` + rowsHelp,
		Example: "  segue stats did weeks.csv --outcome skips --exposed adjusted --after after --listener id",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check("outcome", f.outcome, "exposed", exposed, "after", after); err != nil {
				return err
			}
			m, err := t.readModel(args[0], []string{f.outcome}, []string{exposed, after, f.listener})
			if err != nil {
				return err
			}
			p := stats.Panel{Y: m.numbers[0], Clusters: numbered(m.labels[2])}
			if p.Exposed, err = yesNo(args[0], exposed, m.labels[0]); err != nil {
				return err
			}
			if p.After, err = yesNo(args[0], after, m.labels[1]); err != nil {
				return err
			}
			d := stats.DifferenceInDifferences(p, f.level)
			return t.printModel(d, d.Difference.Test("both groups changed alike"), d.Clusters, f.level, func(w io.Writer) {
				fmt.Fprintf(w, "%s, n = %s%s\n", d.Method, thousands(d.N), ofListeners(d.Clusters))
				tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
				for i, name := range []string{"others, before", "others, after", "exposed, before", "exposed, after"} {
					fmt.Fprintf(tw, "  %s\tn = %s%s\tmean %s\n", name, thousands(d.Means[i].N), ofListeners(d.Means[i].Clusters), figures(d.Means[i].Mean))
				}
				tw.Flush()
				coefficientsText(w, d.Difference, d.Exposed, d.Others)
				notesText(w, d.Notes...)
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&exposed, "exposed", "", "`COLUMN` that says whether a row is of those for whom something changed")
	cmd.Flags().StringVar(&after, "after", "", "`COLUMN` that says whether a row is from after the change")
	return cmd
}

// yesNo reads a column of yes and no.
func yesNo(file, column string, cells []string) ([]bool, error) {
	out := make([]bool, len(cells))
	for i, c := range cells {
		switch strings.ToLower(c) {
		case "yes", "true", "1":
			out[i] = true
		case "no", "false", "0":
		default:
			return nil, &segue.InputError{File: file, Column: column, Problem: fmt.Sprintf("%.40q is neither yes nor no", c), Hint: "write yes or no, or 1 or 0"}
		}
	}
	return out, nil
}

func statsSequence(t *terminal) *cobra.Command {
	var f modelFlags
	var effect, sd, null float64
	var alternative string
	cmd := &cobra.Command{
		Use:   "sequence FILE --outcome Y --effect D",
		Short: "Read what arrived so far as often as one likes",
		Long: `Read a mean against 0, or with --arm two arms against each other, so that it may be read
after every observation without more than 1 − level of false claims in all. Rows are in
the order in which they arrived. --effect is the smallest effect of interest, chosen
before. An outcome of yes and no is read as shares, exactly, and takes no --effect: one
share against --null (with --alternative greater a guardrail), or two arms. ` + rowsHelp,
		Example: "  segue stats sequence hours.csv --outcome change --arm arm --listener id --effect 0.1\n  segue stats sequence pairs.csv --outcome difference --effect 0.1 --sd 0.3\n  segue stats sequence guard.csv --outcome worse --null 0.05 --alternative greater --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check("outcome", f.outcome); err != nil {
				return err
			}
			share := cmd.Flags().Changed("null") || !cmd.Flags().Changed("effect")
			switch {
			case f.listener != "" && f.arm == "":
				return usage("--listener takes --arm; give a listener's difference as one row")
			case share && cmd.Flags().Changed("effect"):
				return usage("--null is of shares, --effect of means; give one of them")
			case share && f.listener != "":
				return usage("shares by --listener cannot be read early exactly; read their means with --effect")
			case share && f.arm == "" && !(null > 0 && null < 1):
				return usage("write --effect, the smallest effect of interest, or --null, the share that answers of yes and no are held against, between 0 and 1")
			case !share && !(effect > 0):
				return usage("--effect %v is none; write a number above 0", effect)
			case !share && !(sd >= 0):
				return usage("--sd %v is none; write a number above 0", sd)
			}
			o, err := (&testFlags{level: f.level, alternative: alternative}).options()
			if err != nil {
				return err
			}
			if o.Alternative != stats.TwoSided && (!share || f.arm != "") {
				return usage("--alternative %s is of one share against --null", alternative)
			}
			r, err := t.sequence(args[0], &f, share, stats.RateSequenceOptions{Null: null, Alternative: o.Alternative, Level: f.level}, stats.SequentialOptions{Effect: effect, SD: sd, Level: f.level})
			if err != nil {
				return err
			}
			return t.printModel(r, r.Test(), 0, f.level, func(w io.Writer) {
				fmt.Fprintf(w, "%s, n = %s\n", r.Method, thousands(r.N))
				estimatesText(w, []stats.Estimate{r.Estimate})
				fmt.Fprintf(w, "always-valid %s", stats.PText(r.P))
				if r.Claimed {
					fmt.Fprintf(w, ", clear since observation %s", thousands(r.ClaimedAt))
				}
				fmt.Fprintln(w)
				notesText(w, r.Notes...)
			})
		},
	}
	f.add(cmd)
	f.addArm(cmd)
	cmd.Flags().Float64Var(&effect, "effect", 0, "the smallest effect of interest, in the outcome's unit")
	cmd.Flags().Float64Var(&sd, "sd", 0, "the standard deviation presumed before the data; makes one mean exact for normal outcomes")
	cmd.Flags().Float64Var(&null, "null", 0, "the share that answers of yes and no are held against")
	cmd.Flags().StringVar(&alternative, "alternative", string(stats.TwoSided), "of a share against --null: two-sided, less or greater")
	return cmd
}

// sequence reads a table into the sequence that suits it.
func (t *terminal) sequence(path string, f *modelFlags, share bool, guard stats.RateSequenceOptions, o stats.SequentialOptions) (stats.Reading, error) {
	var none stats.Reading
	numbers, labels := []string{f.outcome}, []string{f.arm, f.listener, ""}
	if share {
		numbers[0], labels[2] = "", f.outcome
	}
	m, err := t.readModel(path, numbers, labels)
	if err != nil {
		return none, err
	}
	var arm []int
	if f.arm != "" {
		if _, arm, err = armsOf(path, f.arm, m.labels[0], f.control, 2); err != nil {
			return none, err
		}
	}
	if share {
		yes, err := yesNo(path, f.outcome, m.labels[2])
		if err != nil {
			return none, err
		}
		if arm == nil {
			s := stats.NewRateSequence(guard)
			for _, y := range yes {
				s.Add(y)
			}
			return s.Read(), nil
		}
		s := stats.NewRateDifference(o.Level)
		for i, y := range yes {
			s.Add(arm[i], y)
		}
		return s.Read(), nil
	}
	listeners := numbered(m.labels[1])
	switch {
	case listeners != nil:
		s := stats.NewClusterSequence(o)
		for i, y := range m.numbers[0] {
			s.Add(listeners[i], arm[i], y)
		}
		return s.Read(), nil
	case arm != nil:
		s := stats.NewArmSequence(o)
		for i, y := range m.numbers[0] {
			s.Add(arm[i], y)
		}
		return s.Read(), nil
	}
	s := stats.NewMeanSequence(o)
	for _, y := range m.numbers[0] {
		s.Add(y)
	}
	return s.Read(), nil
}

func statsCrossover(t *terminal) *cobra.Command {
	var f modelFlags
	var block string
	var seed uint64
	cmd := &cobra.Command{
		Use:   "crossover FILE --outcome Y --arm ARM --block B",
		Short: "Compare two arms for one listener who had both",
		Long: `Test whether two arms differ for one listener, whose sessions had their arms drawn by lot
within blocks, such as pairs: of all the orders that could have been drawn, how many give
a difference as large? Rows are sessions in the order of time. ` + rowsHelp,
		Example: "  segue stats crossover me.csv --outcome change --arm arm --block pair\n  segue stats crossover me.csv --outcome change --arm arm --block pair --control shuffle --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check("outcome", f.outcome, "arm", f.arm, "block", block); err != nil {
				return err
			}
			m, err := t.readModel(args[0], []string{f.outcome}, []string{f.arm, block})
			if err != nil {
				return err
			}
			names, arm, err := armsOf(args[0], f.arm, m.labels[0], f.control, 2)
			if err != nil {
				return err
			}
			if len(arm) > maxSessions {
				return &segue.InputError{File: args[0], Problem: "more than " + thousands(maxSessions) + " sessions", Hint: "this is for one listener"}
			}
			periods := make([]stats.Period, len(arm))
			for i, b := range numbered(m.labels[1]) {
				periods[i] = stats.Period{Block: b, Arm: arm[i], Y: m.numbers[0][i]}
			}
			c := stats.Crossover(periods, stats.CrossoverOptions{Level: f.level, Seed: seed})
			return t.printModel(c, c.Result, 0, f.level, func(w io.Writer) {
				fmt.Fprintf(w, "%s, %s in %s, %s − %s\n", c.Method, counted(c.Sessions, "session"), counted(c.N, "block"), names[1], names[0])
				estimatesText(w, []stats.Estimate{c.Difference, c.Pairs})
				if c.P.Known() {
					fmt.Fprintf(w, "%s, and %s at the least with so many blocks\n", stats.PText(c.P), stats.PText(c.SmallestP))
				}
				coefficientsText(w, c.Trend, c.CarryOver, c.Order)
				notesText(w, c.Notes...)
			})
		},
	}
	f.add(cmd)
	_ = cmd.Flags().MarkHidden("listener")
	f.addArm(cmd)
	cmd.Flags().StringVar(&block, "block", "", "`COLUMN` that names the block within which arms were drawn")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "seed of the orders drawn, where there are too many to try all")
	return cmd
}

// maxSessions bounds the sessions of one listener's crossover.
const maxSessions = 2000

func statsRegression(t *terminal) *cobra.Command {
	var s stats.Selected
	cmd := &cobra.Command{
		Use:   "regression-to-mean --mean M --population P --spread S --reliability R",
		Short: "Say how far a group comes back to the mean though nothing is done",
		Long: `Say what change, and what d, a study of one group before and after shows by regression to
the mean alone: those who are chosen, or come, for where they stand are on the average
nearer to the mean at the next measurement.`,
		Example: "  segue stats regression-to-mean --mean 0.3 --population 0.55 --spread 0.2 --reliability 0.4",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, name := range []string{"mean", "population", "spread", "reliability"} {
				if !cmd.Flags().Changed(name) {
					return usage("--%s is missing", name)
				}
			}
			for _, v := range []float64{s.Mean, s.Population, s.Spread, s.SD} {
				if math.IsNaN(v) || math.Abs(v) > 1e100 {
					return usage("%v is no number to reckon with", v)
				}
			}
			if !(s.Spread > 0) || s.SD < 0 {
				return usage("--spread lies above 0, and --sd not below it")
			}
			if err := inside(s.Reliability, 0, 1, "reliability"); err != nil {
				return err
			}
			d := stats.RegressionToTheMean(s)
			return t.print(d, func(w io.Writer) {
				fmt.Fprintf(w, "expected change %s, standard deviation of changes %s, d = %s\n\n%s\n", figures(d.Expected), figures(d.SD), figures(d.D), d.Warning)
			})
		},
	}
	cmd.Flags().Float64Var(&s.Mean, "mean", 0, "mean of those chosen, before")
	cmd.Flags().Float64Var(&s.SD, "sd", 0, "standard deviation of those chosen, before (0: all had one value)")
	cmd.Flags().Float64Var(&s.Population, "population", 0, "mean of all whom they were chosen from")
	cmd.Flags().Float64Var(&s.Spread, "spread", 0, "standard deviation of all")
	cmd.Flags().Float64Var(&s.Reliability, "reliability", 0, "correlation of two measurements of one person with nothing done between, 0 to 1")
	return cmd
}
