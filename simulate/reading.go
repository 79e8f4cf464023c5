package simulate

import (
	"context"

	"segue"
	"segue/outcome/event"
	"segue/outcome/experiment"
)

// A conclusion is what the engine says of one run.
type conclusion struct {
	reading *experiment.Reading // at the end
	found   []finding           // one a comparison: what was ever claimed
}

// A finding is what was claimed of one comparison, at any look.
type finding struct {
	first    experiment.Finding // better or worse, as it was first claimed; else the last finding
	outcomes int                // how many were known when it was claimed; 0 if it was not
}

// conclude reads a run's events as experimenters would: a fixed horizon once, at its
// end; an always valid design after every single outcome, and whatever was claimed at
// any of these looks counts as claimed.
func conclude(ctx context.Context, d *experiment.Design, events []event.Event) (*conclusion, error) {
	g := experiment.Gather(d, begins.AddDate(2, 0, 0))
	if err := g.Add(events); err != nil {
		return nil, err
	}
	t, _, err := g.Table()
	if err != nil {
		return nil, err
	}
	c := &conclusion{reading: experiment.Read(d, t)}
	for _, e := range c.reading.Primary {
		c.found = append(c.found, finding{first: e.Finding})
	}
	if d.Reading == experiment.AlwaysValid {
		c.look(ctx, d, t)
	}
	return c, ctx.Err()
}

// look reads the table after each outcome that became known.
func (c *conclusion) look(ctx context.Context, d *experiment.Design, t *experiment.Table) {
	known := 0
	for _, r := range t.Rows {
		known = max(known, r.Known)
	}
	for n := 1; n <= known; n++ {
		if !c.open() || ctx.Err() != nil {
			return
		}
		for i, e := range experiment.Read(d, asOf(t, n)).Primary {
			f := &c.found[i]
			if f.outcomes == 0 && (e.Finding == experiment.Better || e.Finding == experiment.Worse) {
				f.first, f.outcomes = e.Finding, n
			}
		}
	}
}

// open reports whether a comparison is left of which nothing has been claimed.
func (c *conclusion) open() bool {
	for _, f := range c.found {
		if f.outcomes == 0 {
			return true
		}
	}
	return false
}

// asOf returns the table when n outcomes were known.
func asOf(t *experiment.Table, n int) *experiment.Table {
	then := *t
	then.Rows = make([]experiment.Row, len(t.Rows))
	for i, r := range t.Rows {
		if r.Known == 0 || r.Known > n {
			r.Known, r.First = 0, segue.Missing()
			r.Values = make([]segue.Number, len(r.Values))
			for j := range r.Values {
				r.Values[j] = segue.Missing()
			}
		}
		then.Rows[i] = r
	}
	return &then
}
