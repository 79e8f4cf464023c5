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
		for i := range c.found {
			c.found[i] = firstClaim(d, t, i, c.reading)
		}
	}
	return c, ctx.Err()
}

// firstClaim returns what was first claimed of a comparison when the table is read
// after each outcome that became known, without reading it so often: an always valid p
// is the least so far, so that it never rises, and where it first allows a claim is
// found by halving. TestEveryLook holds it to reading every time.
func firstClaim(d *experiment.Design, t *experiment.Table, i int, last *experiment.Reading) finding {
	most := d.Alpha / float64(len(last.Primary))
	claimed := func(e experiment.Effect) bool { return e.P.Known() && float64(e.P) <= most }
	if !claimed(last.Primary[i]) {
		return finding{first: last.Primary[i].Finding}
	}
	before, at := 0, answeredIn(t)
	for at-before > 1 {
		mid := (before + at) / 2
		if claimed(experiment.Read(d, asOf(t, mid)).Primary[i]) {
			at = mid
		} else {
			before = mid
		}
	}
	return finding{first: experiment.Read(d, asOf(t, at)).Primary[i].Finding, outcomes: at}
}

// answeredIn returns how many outcomes a table has.
func answeredIn(t *experiment.Table) int {
	n := 0
	for _, r := range t.Rows {
		n = max(n, r.Known)
	}
	return n
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
