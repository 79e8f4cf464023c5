package experiment

import (
	"fmt"
	"math"

	"segue/outcome/stats"
)

// Own is a listener's own crossover, read.
type Own struct {
	Arm     string             `json:"arm"`
	Against string             `json:"against"`
	Found   *stats.OneListener `json:"found"` // null where nothing is read
	Finding Finding            `json:"finding"`
	Reason  string             `json:"reason,omitempty"`
}

// readOwn reads one listener's crossover by what the lot alone can do.
func readOwn(d *Design, t *Table, why string) *Own {
	c := d.Contrasts()[0]
	o := &Own{Arm: c.Arm, Against: c.Against, Finding: NotRead, Reason: why}
	if why != "" {
		return o
	}
	var periods []stats.Period
	for _, row := range t.Rows {
		if row.Listener > 0 {
			o.Reason = "a crossover is of one listener, and several have exposures: read each alone"
			return o
		}
		if v := row.Values[0]; v.Known() {
			arm := 0
			if row.Arm == c.Arm {
				arm = 1
			}
			periods = append(periods, stats.Period{Block: row.Block, Arm: arm, Y: float64(v)})
		}
	}
	o.Found = stats.Crossover(periods, stats.CrossoverOptions{Level: 1 - d.Alpha, Seed: 1})
	e := Effect{Measure: d.Primary.Measure, Estimate: o.Found.Difference}
	e.find(d)
	o.Finding = e.Finding
	if !o.Found.CanTell {
		o.Finding = TooFew
	}
	return o
}

// judge says what a listener may say of themselves.
func (o *Own) judge(d *Design, put func(string, ...any), v *Verdict) Word {
	m, _ := about(d.Primary.Measure)
	if o.Finding == NotRead {
		put("Nothing is read: %s.", o.Reason)
		return TooEarly
	}
	f := o.Found
	e := f.Difference
	pairs := several(f.N, "pair of sessions", "pairs of sessions")
	interval := ""
	if e.Defined() {
		interval = fmt.Sprintf("%s interval %s; ", percent(e.Level), m.interval(e))
	}
	defer func() {
		for _, n := range f.Notes {
			put("%s.", upper(n))
		}
	}()
	switch o.Finding {
	case TooFew:
		if !e.Value.Known() {
			put("Too few to tell: %s.", e.Reason)
			return Few
		}
		put("Too few to tell: so far %s came out %s apart from %s in %s (%s%s, %s). Below %d pairs nothing is claimed.", o.Arm, m.amount(float64(e.Value)), o.Against, m.words, interval, pairs, stats.PText(f.P), stats.Least)
		return Few
	case NotShown:
		put("For this listener, in these sessions, the difference in %s between %s and %s is %s (%s%s, %s). The interval holds 0: it was not shown that they differ for them.", m.words, o.Arm, o.Against, m.amount(float64(e.Value)), interval, pairs, stats.PText(f.P))
		return Nothing
	}
	side := "better"
	if o.Finding == Worse {
		side = "worse"
	}
	put("For this listener, in these sessions, %s did %s than %s in %s, by %s (%s%s, %s).", o.Arm, side, o.Against, m.words, m.amount(math.Abs(float64(e.Value))), interval, pairs, stats.PText(f.P))
	v.Claims = append(v.Claims, Claim{o.Arm, o.Against, o.Finding})
	return Shown
}

// upper begins a sentence.
func upper(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}
