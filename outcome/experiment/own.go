package experiment

import (
	"segue/outcome/stats"
)

// Own is a listener's own crossover, read.
type Own struct {
	Pairs int `json:"pairs"` // with both outcomes
}

func readOwn(d *Design, t *Table, why string) *Own { return &Own{} }

func (o *Own) judge(d *Design, say func(string, ...any), v *Verdict) Word { return Few }

var _ = stats.Least
