package web

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"segue"
	"segue/language"
	"segue/outcome/event"
	"segue/outcome/metric"
)

// A metricsView is the page of the product metrics.
type metricsView struct {
	Day    time.Time
	K      int
	Report *metric.Report // nil while it is summed up
	Weekly metric.Key     // shown by week
}

// metricsPage shows what became of hours, over everybody who agreed to be counted.
func (s *Server) metricsPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	view := metricsView{Day: dayOf(v.at), K: groupLeast, Weekly: metric.Key(r.URL.Query().Get("metric"))}
	report, ok, err := s.groupMetrics(r.Context(), view.Day)
	if err != nil {
		return err
	}
	p := page{Title: v.Say("Metrics"), Nav: navLab}
	if ok {
		view.Report = report
		if !slices.ContainsFunc(report.Definitions, func(d metric.Definition) bool { return d.Key == view.Weekly }) {
			view.Weekly = metric.Feel
		}
	} else {
		p.Every = 10
	}
	return v.show(w, r, http.StatusOK, p, metricsPage(v, view))
}

// groupMetrics returns the metrics of a day, whole and by week. ok is false while they
// are computed.
func (s *Server) groupMetrics(ctx context.Context, day time.Time) (r *metric.Report, ok bool, err error) {
	return s.lab.metrics.get(ctx, s, "", day, sumPatience, func(ctx context.Context) (*metric.Report, error) {
		who, err := s.countedListeners(ctx, day)
		if err != nil {
			return nil, err
		}
		c := metric.NewCollector(metric.Options{})
		if len(who) > 0 {
			err = s.countedEvents(ctx, day, func(events []event.Event) error {
				if who[events[0].Listener] {
					for i := range events {
						c.Add(&events[i])
					}
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
		return c.Read(ctx, metric.ReadOptions{By: metric.Week, Least: groupLeast})
	})
}

// metricRow is a metric as a line of a table.
type metricRow struct {
	Name   string // of the metric, or the week
	Value  string // empty where there is none
	Span   string // its interval
	Behind string // listeners and records
	Note   string // why it is missing, or how little it tells
}

// metricRows are the metrics that are harm, or those that are none.
func (v *visit) metricRows(r *metric.Report, harm bool) (rows []metricRow) {
	for i := range r.Definitions {
		// Nobody is shown an arm here, so that there is no holdout to compare with.
		if d := &r.Definitions[i]; d.Harm == harm && d.Key != metric.ActiveUplift {
			rows = append(rows, v.metricRow(language.Upper(v.Say(d.Words)), d, r.All.Metric(d.Key), r.Least))
		}
	}
	return rows
}

// weekRows are a metric by week, the latest first.
func (v *visit) weekRows(r *metric.Report, key metric.Key) (rows []metricRow) {
	at := slices.IndexFunc(r.Definitions, func(d metric.Definition) bool { return d.Key == key })
	for _, g := range slices.Backward(r.Groups) {
		rows = append(rows, v.metricRow(v.weekName(g.Name), &r.Definitions[at], g.Metric(key), r.Least))
	}
	return rows[:min(len(rows), shownWeeks)]
}

// shownWeeks is how many weeks a page shows: a year. (d)
const shownWeeks = 53

// weekName is a week of ISO 8601, such as 2026-W48, with the day it begins.
func (v *visit) weekName(week string) string {
	year, n, ok := strings.Cut(week, "-W")
	first, err := time.Parse(time.DateOnly, year+"-01-04") // in week 1
	if number := atoi(n); ok && err == nil && number > 0 {
		monday := first.AddDate(0, 0, -(int(first.Weekday())+6)%7+7*(number-1))
		return v.Say("Week from %s", v.Date(monday))
	}
	return week
}

// atoi reads a number of two digits, 0 if it is none.
func atoi(s string) (n int) {
	for _, c := range s {
		if c < '0' || c > '9' || n > 99 {
			return 0
		}
		n = 10*n + int(c-'0')
	}
	return n
}

func (v *visit) metricRow(name string, d *metric.Definition, m metric.Metric, least int) metricRow {
	row := metricRow{Name: name}
	switch {
	case m.Withheld:
		row.Note = v.Say("fewer than %d people, or what would tell of fewer", least)
		return row
	case !m.Value.Known():
		row.Note = v.Say(m.Reason)
		return row
	}
	row.Value = v.metricAmount(d, m.Value)
	if m.Lo.Known() && m.Hi.Known() {
		row.Span = v.Say("%s to %s", v.metricAmount(d, m.Lo), v.metricAmount(d, m.Hi))
	} else if m.Reason != "" {
		row.Note = v.Say(m.Reason)
	}
	row.Behind = v.Of(m.N, "person", "people")
	if d.Of != "listeners" && d.Of != "viewers" {
		row.Behind += "; " + v.Count(m.Records) + " " + v.Say(d.Of)
	}
	if m.LeftOut > 0 {
		row.Behind += "; " + v.Say("%s left out, as not all of it is known", v.Count(m.LeftOut))
	}
	if !m.Enough {
		row.Note = v.Say("too few to tell")
	}
	return row
}

// metricAmount writes a value in its unit.
func (v *visit) metricAmount(d *metric.Definition, x segue.Number) string {
	n := float64(x)
	switch d.Unit {
	case "":
		return v.Percent(n)
	case "points":
		return v.plus(n, v.Say("%s points", v.Decimal(100*n, 1)))
	case "minutes":
		return v.Say("%s min", v.Decimal(n, 1))
	}
	return signed(v, n)
}

// plus puts a sign before what is above 0.
func (v *visit) plus(n float64, s string) string {
	if n > 0 && math.Abs(n) > .0005 {
		return "+" + s
	}
	return s
}

// langOf is the language that a text of another package is said in: its own where there
// is no other for it.
func (v *visit) langOf(text string) string {
	if v.Has(text) {
		return v.Code()
	}
	return language.English().Code()
}
