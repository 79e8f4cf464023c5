package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"segue/outcome/stats"
	"segue/recommend"
	"segue/simulate"
)

// tastes tries corrections on invented listeners.
func (j *simulateJob) tastes(ctx context.Context, t *terminal, listeners bool) error {
	o := simulate.TasteOptions{Corrections: j.corrections, Seed: t.seed}
	if listeners {
		o.Listeners = j.panel.Listeners
	}
	if err := o.Check(); err != nil {
		return err
	}
	progress, done := t.progress()
	defer done()
	o.Progress = progress
	m, err := j.music(ctx, t, progress)
	if err != nil {
		return err
	}
	v, err := simulate.Tastes(ctx, m, o)
	if err != nil {
		return err
	}
	done()
	return t.print(v, func(w io.Writer) { tastesText(w, m, v) })
}

func tastesText(w io.Writer, m *recommend.Music, v *simulate.TasteSet) {
	for i, r := range v.Tastes {
		if i == 0 {
			fmt.Fprintf(w, "%s listeners of each kind correct %d of %s tracks; errors are distances on the plane, on %d tracks each they said nothing of.\n",
				thousands(r.Listeners), r.Corrections, thousands(m.Catalog.Len()), r.Unseen)
		}
	}
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
	fmt.Fprintln(tw, "taste\terror before\tafter\tchange\tworse off\tmoved\tcovered\ton corrected")
	for _, r := range v.Tastes {
		change := "–"
		if r.Change.Defined() {
			change = fmt.Sprintf("%+.1f %% (%+.1f to %+.1f)", 100*float64(r.Change.Value), 100*float64(r.Change.Lo), 100*float64(r.Change.Hi))
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Bent, short(r.Before), short(r.After), change, percentAround(r.Worse), short(r.Moved), percentAround(r.Covered), short(r.Said))
	}
	tw.Flush()
	fmt.Fprintf(w, "\n%.0f s. How listeners' places differ is an invention: docs/science.md §2, \"Personal taste\".\n", v.Seconds)
}

// short writes a distance with its interval.
func short(e stats.Estimate) string {
	return fmt.Sprintf("%.3f (%.3f to %.3f)", float64(e.Value), float64(e.Lo), float64(e.Hi))
}

// percentAround writes a share with its interval.
func percentAround(e stats.Estimate) string {
	return fmt.Sprintf("%.1f %% (%.1f to %.1f)", 100*float64(e.Value), 100*float64(e.Lo), 100*float64(e.Hi))
}
