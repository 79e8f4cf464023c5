package web

import (
	"net/http"
	"slices"

	"segue/chart"
	"segue/outcome"
	"segue/store"
)

// A timeView is what came of all hours together.
type timeView struct {
	Hours    []pastHour // the newest first
	Kept     bool
	Changes  outcome.Summary
	Feelings outcome.Feelings
	Answered outcome.Share // of all hours
	Picture  string        // empty without a change
	Example  string        // what it will look like, while nothing was said yet
	Own      *ownTrial     // the newest comparison they ran for themselves; nil if none
}

// timePage shows what hours did, over time.
func (s *Server) timePage(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	hours, err := v.pastHours(r.Context())
	if err != nil {
		return err
	}
	hours = slices.DeleteFunc(hours, func(h pastHour) bool { return h.Broken })
	t := v.timeView(hours)
	own, err := v.trials(r.Context())
	if err != nil {
		return err
	}
	if len(own) > 0 {
		t.Own = &own[0]
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Over time"), Nav: navTime}, timePage(v, t))
}

// outcomes are what hours did, together.
type outcomes struct {
	changes  outcome.Summary
	feelings outcome.Feelings
	answered outcome.Share // of all hours
}

// outcomesOf sums up hours, the newest first.
func outcomesOf(hours []pastHour) outcomes {
	var changes []float64
	var answers []int
	for _, h := range slices.Backward(hours) {
		if h.Felt == nil {
			continue
		}
		answers = append(answers, h.Felt.Feel)
		if h.Felt.After != nil {
			changes = append(changes, h.change())
		}
	}
	return outcomes{outcome.Summarize(changes), outcome.FeelingsOf(answers), outcome.ShareOf(len(answers), len(hours))}
}

func (v *visit) timeView(hours []pastHour) timeView {
	o := outcomesOf(hours)
	t := timeView{Hours: hours, Kept: v.allows(store.CheckIns), Changes: o.changes, Feelings: o.feelings, Answered: o.answered}
	drawn := chart.Outcomes{Name: v.Say("Nearer above the line, farther below it"), Class: "ink"}
	for _, h := range slices.Backward(hours) {
		if h.Felt != nil && h.Felt.After != nil {
			drawn.Points = append(drawn.Points, chart.Outcome{At: h.At.In(v.zone()), Change: h.change()})
		}
	}
	if t.Answered.K == 0 {
		t.Example = v.exampleOfTime()
	}
	if len(drawn.Points) > 0 {
		if t.Changes.Enough {
			drawn.Mean = &chart.Mean{Value: float64(t.Changes.Mean), Lo: float64(t.Changes.Lo), Hi: float64(t.Changes.Hi)}
		}
		t.Picture = chart.DrawOutcomes(drawn, chart.Caption{ID: "outcomes", Title: v.Say("What each hour changed"), In: v.Tongue,
			Desc: v.Say("Each dot is an hour: above the line you were nearer afterwards to where you wanted to be. The list below has the same facts.")})
	}
	return t
}

// exampleOfTime draws hours that nobody had, to show what will stand on the page.
func (v *visit) exampleOfTime() string {
	drawn := chart.Outcomes{Name: v.Say("Nearer above the line, farther below it"), Class: "ink"}
	for i, change := range []float64{.18, .31, -.12, .25, .06, .38, -.05, .2, .28} {
		drawn.Points = append(drawn.Points, chart.Outcome{At: v.at.In(v.zone()).AddDate(0, 0, 3*i-27), Change: change})
	}
	return chart.DrawOutcomes(drawn, chart.Caption{ID: "example", Title: v.Say("An example"), In: v.Tongue,
		Desc: v.Say("An example: these hours are invented.")})
}
