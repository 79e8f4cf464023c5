package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"segue/bench"
	"segue/internal/kernel"

	"github.com/spf13/cobra"
)

// benchView is what bench prints.
type benchView struct {
	Go      string          `json:"go"`
	Cores   int             `json:"cores"`
	Kernels []string        `json:"kernels"` // that ran, slowest first
	Works   []*bench.Result `json:"works"`
	Growth  []*bench.Growth `json:"growth"`
	Seconds float64         `json:"seconds"`
}

// memoryBar is how much memory fitting a table of at least barRows may take, the
// table included, as a multiple of the table.
const (
	memoryBar = 1.10
	barRows   = 10_000_000
)

func benchCommand(t *terminal) *cobra.Command {
	var quick, growth, serve bool
	var floats string
	var hours hoursFlags
	cmd := &cobra.Command{
		Use:   "bench [WORK…]",
		Short: "Measure how fast the numeric core runs here, and how good hours are",
		Long: `Run k-means, Gaussian mixtures, fuzzy c-means, exact silhouettes and exact nearest
neighbours on data made from a seed, with every kind of kernels this build and
processor run, each in a process of its own, in turn. For each it prints the time
of one iteration or query (the median of seven rounds, least to most), how many
rows or distances that is a second, how much it reads of what a plain sum over the
same table reads (GB/s), how much it computes of what multiplications and additions
alone reach (Gflop/s), and how many times as fast as the portable kernels it is.

--growth fits ever larger tables instead, up to ten million rows of twelve columns
(a gigabyte), each in a process of its own, and prints the time a row takes and the
memory at its peak beside the size of the table.

--hours plans random hours instead, from the tracks of --catalog and for the listener
of --history, or of the invented music and listener of 'segue demo'. It prints how far
their cost can be from the least there is, which bars they pass, how they stand beside
a greedy order and a random mix of the two moods, what another seed changes, and how
long planning takes.

WORK is one or more of ` + strings.Join(bench.Names(), ", ") + `; all of them if none is named.`,
		Example: "  segue bench --quick\n  segue bench kmeans gmm --json\n  segue bench --growth kmeans --float 32\n" +
			"  segue bench --hours --catalog tracks.csv --cases 200 --markdown",
		ValidArgs: bench.Names(),
		Args:      cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if serve {
				return bench.Serve(cmd.Context(), cmd.InOrStdin(), t.out)
			}
			if err := hours.check(cmd, args); err != nil {
				return err
			}
			if hours.on {
				return t.benchHours(cmd, hours, quick)
			}
			for _, name := range args {
				if !slices.Contains(bench.Names(), name) {
					return usage("there is no work %q; name %s, or none for all", name, strings.Join(bench.Names(), ", "))
				}
			}
			if len(args) == 0 {
				args = bench.Names()
			}
			bits, err := floatBits(floats)
			if err != nil {
				return err
			}
			start := time.Now()
			v := benchView{Go: runtime.Version(), Cores: runtime.GOMAXPROCS(0), Kernels: kernel.Levels(), Works: []*bench.Result{}, Growth: []*bench.Growth{}}
			if growth {
				v.Kernels = v.Kernels[len(v.Kernels)-1:]
				v.Growth, err = t.grow(cmd.Context(), args, bits, quick)
			} else {
				v.Works, err = t.measure(cmd.Context(), args, bits, quick)
			}
			if err != nil {
				return err
			}
			v.Seconds = time.Since(start).Seconds()
			return t.print(v, func(w io.Writer) { benchText(w, v) })
		},
	}
	cmd.Flags().BoolVar(&quick, "quick", false, "small tables and few rounds, for a first look in seconds")
	cmd.Flags().BoolVar(&growth, "growth", false, "fit ever larger tables: time a row, and memory")
	cmd.Flags().StringVar(&floats, "float", "both", "measure in numbers of `BITS`: 32, 64 or both")
	cmd.Flags().BoolVar(&serve, "worker", false, "answer requests on standard input, one JSON object a line")
	_ = cmd.Flags().MarkHidden("worker")
	hours.add(cmd)
	return cmd
}

func floatBits(s string) ([]int, error) {
	switch s {
	case "32":
		return []int{32}, nil
	case "64":
		return []int{64}, nil
	case "both":
		return []int{64, 32}, nil
	}
	return nil, usage("--float %q: ask for 32, 64 or both", s)
}

// worker returns what starts this program again, as a worker.
func worker(ctx context.Context) func(kernels string) (*bench.Worker, error) {
	return func(kernels string) (*bench.Worker, error) {
		return bench.NewWorker(ctx, kernels, "bench", "--worker")
	}
}

func (t *terminal) measure(ctx context.Context, names []string, bits []int, quick bool) ([]*bench.Result, error) {
	rounds := 7
	if quick {
		rounds = 3
	}
	progress, done := t.progress()
	defer done()
	results := []*bench.Result{}
	for _, name := range names {
		for _, w := range bench.Works(name, quick) {
			if !slices.Contains(bits, w.Float) {
				continue
			}
			r, err := bench.Measure(ctx, w, kernel.Levels(), rounds, worker(ctx), func(step, steps int) {
				if progress != nil {
					progress(workTitle(w), int64(step), int64(steps))
				}
			})
			if err != nil {
				return nil, err
			}
			results = append(results, r)
		}
	}
	return results, nil
}

func (t *terminal) grow(ctx context.Context, names []string, bits []int, quick bool) ([]*bench.Growth, error) {
	var works []bench.Work
	for _, name := range names {
		for _, b := range bits {
			works = append(works, bench.Growing(name, b, quick)...)
		}
	}
	if len(works) == 0 {
		return nil, usage("none of %s is measured on growing tables; name kmeans, gmm or fcm, or none for all", strings.Join(names, ", "))
	}
	progress, done := t.progress()
	defer done()
	results := []*bench.Growth{}
	for i, w := range works {
		g, err := bench.Grow(ctx, w, worker(ctx))
		if err != nil {
			return nil, err
		}
		results = append(results, g)
		if progress != nil {
			progress("grow", int64(i+1), int64(len(works)))
		}
	}
	return results, nil
}

// workTitle names a work for people.
func workTitle(w bench.Work) string {
	title := map[string]string{"kmeans": "k-means", "gmm": "mixture", "fcm": "fuzzy c-means",
		"silhouette": "silhouette", "neighbours": "neighbours"}[w.Name]
	return fmt.Sprintf("%s %s × %d, k = %d, float%d", title, thousands(w.Rows), w.Columns, w.K, w.Float)
}

func benchText(w io.Writer, v benchView) {
	fmt.Fprintf(w, "%s, %d cores, kernels %s\n", v.Go, v.Cores, strings.Join(v.Kernels, ", "))
	for _, r := range v.Works {
		fmt.Fprintf(w, "\n%s, the median %s of %d rounds (least–most)\n", workTitle(r.Work), r.Unit, r.Rounds)
		tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
		for _, l := range r.Runs {
			fmt.Fprintf(tw, "%s\t%s\t", l.Kernels, spreadText(l.Seconds))
			if l.P99 != nil {
				fmt.Fprintf(tw, "99 in 100 within %s\t", spreadText(*l.P99))
			}
			if l.ItemsASecond != nil {
				fmt.Fprintf(tw, "%s %s/s\t", rate(*l.ItemsASecond), l.Items)
			}
			if l.BytesASecond != nil {
				fmt.Fprintf(tw, "%.1f of %.0f GB/s, %.0f %%\t", *l.BytesASecond/1e9, l.Bandwidth/1e9, 100**l.BytesASecond/l.Bandwidth)
			}
			if l.FlopsASecond != nil {
				fmt.Fprintf(tw, "%.1f of %.0f Gflop/s, %.0f %%\t", *l.FlopsASecond/1e9, l.Arithmetic/1e9, 100**l.FlopsASecond/l.Arithmetic)
			}
			fmt.Fprintf(tw, "%.2f× portable (%.2f–%.2f)\n", l.OverPortable.Median, l.OverPortable.Least, l.OverPortable.Most)
		}
		tw.Flush()
	}
	if len(v.Growth) > 0 {
		growthText(w, v.Growth)
	}
}

func growthText(w io.Writer, growth []*bench.Growth) {
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "\nwork\titeration\ta row\ttable\tpeak\tpeak / table\t")
	for _, g := range growth {
		fmt.Fprintf(tw, "%s\t%s\t%.2f ns\t%.1f MB\t", workTitle(g.Work), duration(g.Seconds), g.SecondsARow*1e9, float64(g.Data)/1e6)
		if g.Peak == 0 {
			fmt.Fprintln(tw, "–\t–\t")
			continue
		}
		fmt.Fprintf(tw, "%.1f MB\t%.2f\t\n", float64(g.Peak)/1e6, g.PeakOverData)
	}
	tw.Flush()
	for i, g := range growth {
		if i+1 < len(growth) && growth[i+1].Rows > g.Rows { // not the largest of its kind
			continue
		}
		fmt.Fprintf(w, "%s: a row takes %.2f times as long as in the table before", workTitle(g.Work), g.SecondsARow/growth[i-1].SecondsARow)
		if g.Rows >= barRows && g.Peak > 0 {
			met := "met"
			if g.PeakOverData > memoryBar {
				met = "not met"
			}
			fmt.Fprintf(w, "; memory of at most %.2f tables: %s", memoryBar, met)
		}
		fmt.Fprintln(w)
	}
}

func spreadText(s bench.Spread) string {
	return fmt.Sprintf("%s (%s–%s)", duration(s.Median), duration(s.Least), duration(s.Most))
}

// rate writes a number a second in millions or billions, with three digits.
func rate(perSecond float64) string {
	if perSecond >= 1e9 {
		return fmt.Sprintf("%.3g G", perSecond/1e9)
	}
	return fmt.Sprintf("%.3g M", perSecond/1e6)
}

// duration writes seconds in the unit that suits them, with three digits.
func duration(seconds float64) string {
	switch {
	case seconds < 1e-3:
		return fmt.Sprintf("%.3g µs", seconds*1e6)
	case seconds < 1:
		return fmt.Sprintf("%.3g ms", seconds*1e3)
	}
	return fmt.Sprintf("%.3g s", seconds)
}
