package experiment

import (
	"segue"
	"segue/outcome/stats"
)

// A Guard is one guardrail of one arm. It may be read at any time and stops the arm once
// its lower bound passes the limit.
type Guard struct {
	Measure  Measure        `json:"measure"`
	Arm      string         `json:"arm"`
	Limit    float64        `json:"limit"`
	Alpha    float64        `json:"alpha"`    // one-sided, at all times together
	Estimate stats.Estimate `json:"estimate"` // with a lower bound that holds at all times; the upper end is open
	P        segue.Number   `json:"p"`        // that the harm is at most the limit
	Stopped  bool           `json:"stopped"`
}

// guard reads the guardrails of every arm. A share of units is exact at every n
// (stats.RateSequence, against "at most the limit, whatever came before"): where harm
// comes in listeners it may stop an arm for the sake of few of them, which is the safe
// side to err on. Minutes at night are those beyond the control arm's.
func (r *Reading) guard(d *Design, t *Table) {
	for i, g := range d.Guardrails {
		at := 1 + len(d.Secondary) + i
		for _, a := range d.Arms {
			m, _ := about(g.Measure)
			switch {
			case m.share:
				r.Guardrails = append(r.Guardrails, guardShare(t, at, a.Name, g))
			case a.Name != d.Control:
				r.Guardrails = append(r.Guardrails, guardMean(d, t, at, Comparison{a.Name, d.Control}, g))
			}
		}
	}
}

func guardShare(t *Table, measure int, arm string, g Guardrail) Guard {
	s := stats.NewRateSequence(stats.RateSequenceOptions{Null: g.Limit, Alternative: stats.Greater, Level: 1 - g.Alpha})
	y, _, _ := t.values(measure, arm)
	for _, v := range y {
		s.Add(v > 0)
	}
	return g.read(arm, s.Read())
}

func guardMean(d *Design, t *Table, measure int, c Comparison, g Guardrail) Guard {
	// Two-sided at twice α is one-sided at α.
	add, read := sequence(d, stats.SequentialOptions{Effect: g.Limit, Level: 1 - 2*g.Alpha})
	for _, row := range t.Rows {
		v := float64(row.Values[measure])
		switch {
		case !row.Values[measure].Known():
		case row.Arm == c.Arm:
			add(row.Listener, 1, v-g.Limit)
		case row.Arm == c.Against:
			add(row.Listener, 0, v)
		}
	}
	found := read()
	e := &found.Estimate
	e.Value += segue.Number(g.Limit) // a missing number stays missing
	e.Lo += segue.Number(g.Limit)
	e.Name = c.Arm + " − " + c.Against
	if found.Claimed && !(e.Value > segue.Number(g.Limit)) {
		found.Claimed = false // clearly less than the limit is no harm
	}
	return g.read(c.Arm, found)
}

func (g Guardrail) read(arm string, found stats.Reading) Guard {
	e := found.Estimate
	e.Method, e.Hi, e.Level = found.Method, segue.Missing(), 1-g.Alpha
	return Guard{Measure: g.Measure, Arm: arm, Limit: g.Limit, Alpha: g.Alpha, Estimate: e, P: found.P, Stopped: found.Claimed}
}
