package web

import (
	"context"
	"net/http"
	"time"

	"segue/outcome/metric"
)

// A metrics is the product metrics of a day.
type apiMetrics struct {
	AsOf    time.Time     `json:"as_of" doc:"Summed up of what happened before this: once a day, by UTC."`
	Metrics metric.Report `json:"metrics" doc:"Of everybody who agreed to be counted, whole and by week; what rests on fewer than metrics.least people is withheld."`
}

func (a *api) describeLabOutcomes() {
	s := a.server
	operate(a, operation{
		id: "readMetrics", method: http.MethodGet, path: "/lab/metrics", tag: "lab", title: "Product metrics and harm, with intervals, by week", early: true,
		about:  "Minutes in the app are no metric, and never a goal. Answers 503 while the sums of the day are made.",
		scopes: labRead(), codes: []int{http.StatusServiceUnavailable},
	}, func(ctx context.Context, c *call, _ *struct{}) (*answered[apiMetrics], error) {
		day := dayOf(c.at)
		r, ok, err := s.groupMetrics(ctx, day)
		if err == nil && !ok {
			err = c.errSumming()
		}
		if err != nil {
			return nil, err
		}
		return &answered[apiMetrics]{apiMetrics{day, *r}}, nil
	})
}
