package adapt

import (
	"segue"
	"segue/outcome/stats"
)

// A Reading is what was learned: of each context, each action beside the usual one.
type Reading struct {
	Policy   string           `json:"policy"` // id@hash
	Reward   Reward           `json:"reward"`
	Counts   Counts           `json:"counts"`
	Answered segue.Number     `json:"answered"` // share of hours whose horizon has passed that have a reward
	Contexts []ContextReading `json:"contexts"`
	People   int              `json:"listeners"` // with a known hour
}

// A ContextReading is of the hours of one context.
type ContextReading struct {
	Name      string          `json:"name"`
	Text      string          `json:"text"`
	Listeners int             `json:"listeners"` // with a known hour in it
	Alike     segue.Number    `json:"alike"`     // κ; missing with fewer listeners than are pooled
	Actions   []ActionReading `json:"actions"`
}

// An ActionReading is of the hours of one action in one context.
type ActionReading struct {
	Name      string         `json:"name"`
	Usual     bool           `json:"usual"`
	Hours     int            `json:"hours"`     // drawn
	Known     int            `json:"known"`     // of them with a reward
	Waiting   int            `json:"waiting"`   // … with none yet
	Missing   int            `json:"missing"`   // … with none
	Listeners int            `json:"listeners"` // of the known
	Share     stats.Estimate `json:"share"`     // of the known that were a success (Wilson)
	Best      segue.Number   `json:"best"`      // chance to be the best for somebody new, by all known hours
	Next      segue.Number   `json:"next"`      // chance to be drawn for them
}

// Read sums trials up. The shares of hours are of all listeners together, with an interval
// that takes hours as independent; how the others' hours become a belief is Pool's.
func (p *Policy) Read(trials []Trial, c Counts) *Reading {
	tallies := p.Tallies(trials)
	pool := p.Pool(tallies)
	r := &Reading{Policy: p.Ref(), Reward: p.Reward, Counts: c, Answered: c.Answered(), People: len(tallies)}
	type cell struct{ hours, known, waiting int }
	at := make([][]cell, len(p.Contexts))
	for i := range at {
		at[i] = make([]cell, len(p.Actions))
	}
	for i := range trials {
		one := &at[trials[i].Context][trials[i].Action]
		one.hours++
		switch {
		case trials[i].Reward.Known():
			one.known++
		case trials[i].Waiting:
			one.waiting++
		}
	}
	for i, c := range p.Contexts {
		prior := pool.Prior(p, i, "")
		of := ContextReading{Name: c.Name, Text: c.Text, Listeners: pool.who[i], Alike: segue.Missing()}
		if prior.Pooled {
			of.Alike = segue.Number(prior.Alike)
		}
		best, next := Best(prior.Of), p.Shares(prior.Of)
		for j, a := range p.Actions {
			n := at[i][j]
			one := ActionReading{
				Name: a.Name, Usual: a.Name == p.Usual, Hours: n.hours, Known: n.known, Waiting: n.waiting, Missing: n.hours - n.known - n.waiting,
				Share: stats.Wilson(pool.sum[i][j].Better, pool.sum[i][j].N(), stats.Level), Best: segue.Missing(), Next: segue.Number(float64(next[j]) / Parts),
			}
			if prior.Pooled {
				one.Best = segue.Number(best[j])
			}
			for _, t := range tallies {
				if t[i][j].N() > 0 {
					one.Listeners++
				}
			}
			of.Actions = append(of.Actions, one)
		}
		r.Contexts = append(r.Contexts, of)
	}
	return r
}
