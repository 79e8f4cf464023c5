package simulate

import (
	"testing"

	"segue/outcome/experiment"
)

// everyLook is the slow, obvious way: the table is read after each outcome, and the
// first claim counts.
func everyLook(d *experiment.Design, t *experiment.Table, i int) finding {
	f := finding{}
	for n := 1; n <= answeredIn(t); n++ {
		e := experiment.Read(d, asOf(t, n)).Primary[i]
		f.first = e.Finding
		if e.Finding == experiment.Better || e.Finding == experiment.Worse {
			f.outcomes = n
			return f
		}
	}
	return f
}

func TestEveryLook(t *testing.T) {
	p := smallPanel(t)
	claims := 0
	for _, o := range []Options{{World: Iso}, {World: Wide}, {World: Null}} {
		o, err := o.filled()
		if err != nil {
			t.Fatal(err)
		}
		o.Days = 56
		for run := range 2 {
			d, visits := p.lived(t, o, run)
			g := experiment.Gather(d, begins.AddDate(2, 0, 0))
			if err := g.Add(record(p.music, p.members, visits, d, run)); err != nil {
				t.Fatal(err)
			}
			table, _, err := g.Table()
			if err != nil {
				t.Fatal(err)
			}
			got, want := firstClaim(d, table, 0, experiment.Read(d, table)), everyLook(d, table, 0)
			if got.outcomes != want.outcomes || got.side() != want.side() {
				t.Errorf("%s, run %d: by halving %+v, by every look %+v", o.World, run, got, want)
			}
			if want.outcomes > 0 {
				claims++
			}
		}
	}
	if claims == 0 {
		t.Error("nothing was claimed anywhere, so that nothing was compared")
	}
}
