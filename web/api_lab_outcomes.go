package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"segue/account"
	"segue/outcome/experiment"
	"segue/outcome/metric"
)

// An experiment is a design that is kept.
type apiExperiment struct {
	ID    string    `json:"id" doc:"The design's hash: SHA-256 of its canonical JSON (RFC 8785)."`
	Name  string    `json:"name" doc:"The design's own id."`
	Title string    `json:"title"`
	At    time.Time `json:"at" doc:"When it was kept."`
	Runs  bool      `json:"runs" doc:"Arms are drawn by it."`
}

// An experimentSeen is a design with what it declares.
type apiExperimentSeen struct {
	Experiment apiExperiment   `json:"experiment"`
	Design     json.RawMessage `json:"design" doc:"The design's file."`
	Size       experiment.Size `json:"size" doc:"How many units it needs, and what it can see."`
	CannotRun  string          `json:"cannot_run,omitempty" doc:"Why it cannot run here."`
}

// A newExperiment is a design to keep.
type apiNewExperiment struct {
	Design json.RawMessage `json:"design" doc:"The design's file, as JSON within this; segue experiment new writes one."`
}

// A newExperimentChoice says what runs.
type apiNewExperimentChoice struct {
	ID string `json:"id" maxLength:"100" example:"" doc:"Hash of the design that is to run; empty: none."`
}

// A record is what came of an experiment, for a reviewer.
type apiExperimentRecord struct {
	Format    string              `json:"format"`
	Version   int                 `json:"version"`
	Design    *experiment.Design  `json:"design"`
	Hash      string              `json:"design_sha256"`
	Exposures experiment.Digest   `json:"exposures"`
	Data      experiment.Digest   `json:"data"`
	Table     *experiment.Table   `json:"table" doc:"Always null: rows are people's own."`
	Reading   *experiment.Reading `json:"results"`
}

func apiExperimentOf(l experimentLine) apiExperiment {
	return apiExperiment{l.Hash, l.ID, l.Title, l.Kept.UTC(), l.Runs}
}

// designFaults says all that is wrong with a design.
func (c *call) designFaults(all experiment.Faults) error {
	u := &unread{wrong: &wrong{code: http.StatusUnprocessableEntity, what: c.Say("That could not be read"), todo: c.Say("Nothing was changed. The list of errors names every place that holds what it must not.")}}
	for _, f := range all[:min(len(all), mostInvalid)] {
		u.errors = append(u.errors, apiInvalid{Pointer: "#/design", Detail: f.Error()})
	}
	return u
}

// seeExperiment tells what a design declares.
func (c *call) seeExperiment(ctx context.Context, hash string) (*apiExperimentSeen, error) {
	d, one, err := c.designOf(ctx, hash)
	if err != nil {
		return nil, err
	}
	line := experimentLine{one.ID, d.ID, d.Title, one.At, one.ID == c.using().experiment}
	return &apiExperimentSeen{apiExperimentOf(line), one.Body, d.Size(), c.runnable(d)}, nil
}

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

	operate(a, operation{
		id: "listExperiments", method: http.MethodGet, path: "/lab/experiments", tag: "lab", title: "Designs of experiments, the newest first", early: true, scopes: labRead(),
	}, func(ctx context.Context, c *call, in *paging) (*answered[apiList[apiExperiment]], error) {
		all, err := c.experimentLines(ctx)
		if err != nil {
			return nil, err
		}
		some, next, err := part(c, *in, all, func(l experimentLine) cursor { return cursor{l.Kept, l.Hash} })
		var out []apiExperiment
		for _, l := range some {
			out = append(out, apiExperimentOf(l))
		}
		return listed(out, next), err
	})

	operate(a, operation{
		id: "createExperiment", method: http.MethodPost, path: "/lab/experiments", tag: "lab", title: "Keep a design", early: true, takes: true, most: maxDesignJSON, status: http.StatusCreated,
		about:  "Nothing may be wrong with it: errors names every fault. Nothing runs before it is chosen. A design of the same name that never ran gives way; one that ran is not changed, and the new one is refused with 409.",
		scopes: labWrite(), codes: []int{http.StatusConflict, http.StatusInsufficientStorage},
		example: map[string]any{"design": map[string]any{"schema": 1, "id": "steps-or-jump", "title": "Steps or a jump"}},
	}, func(ctx context.Context, c *call, in *struct{ Body apiNewExperiment }) (*made[apiExperimentSeen], error) {
		d, faults := parseDesign(in.Body.Design)
		if d == nil {
			return nil, c.designFaults(faults)
		}
		if err := c.keepDesign(ctx, d); err != nil {
			return nil, err
		}
		out, err := c.seeExperiment(ctx, d.Hash())
		if err != nil {
			return nil, err
		}
		return &made[apiExperimentSeen]{apiBase + "/lab/experiments/" + d.Hash(), *out}, nil
	})

	operate(a, operation{
		id: "getExperiment", method: http.MethodGet, path: "/lab/experiments/{id}", tag: "lab", title: "A design, and how many it takes", early: true, scopes: labRead(), codes: []int{http.StatusConflict},
	}, func(ctx context.Context, c *call, in *byID) (*answered[apiExperimentSeen], error) {
		out, err := c.seeExperiment(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &answered[apiExperimentSeen]{*out}, nil
	})

	operate(a, operation{
		id: "readExperiment", method: http.MethodGet, path: "/lab/experiments/{id}/reading", tag: "lab", title: "What came of an experiment, as the record for a reviewer", early: true,
		about:  "Summed up once a day, by UTC, of everybody who agreed to be counted. Answers 409 while an arm has fewer than 10 people, and 503 while the sums of the day are made.",
		scopes: labRead(), codes: []int{http.StatusConflict, http.StatusServiceUnavailable},
	}, func(ctx context.Context, c *call, in *byID) (*answered[apiExperimentRecord], error) {
		d, _, err := c.designOf(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		r, err := c.recordOfDay(ctx, d)
		if err != nil {
			return nil, err
		}
		return &answered[apiExperimentRecord]{apiExperimentRecord(*r)}, nil
	})

	operate(a, operation{
		id: "chooseExperiment", method: http.MethodPost, path: "/lab/experiments/choices", tag: "lab", title: "Say which experiment runs, or that none does", early: true, takes: true, status: http.StatusNoContent,
		about:  "For admins. Arms are drawn when people who agreed to take part have an hour built. One runs at a time; what was shown stays, and can be read.",
		scopes: labWrite(), codes: []int{http.StatusNotFound, http.StatusConflict, http.StatusInsufficientStorage}, example: map[string]any{"id": ""},
	}, func(ctx context.Context, c *call, in *struct{ Body apiNewExperimentChoice }) (*nothing, error) {
		if !c.may(account.ChooseVersion) {
			return nil, &wrong{code: http.StatusForbidden, what: c.Say("That is not yours to choose"), todo: c.Say("Nothing was changed. An admin chooses what everybody's answers come by.")}
		}
		if in.Body.ID == "" {
			return &nothing{}, c.stopWhatRuns(ctx)
		}
		return &nothing{}, c.run(ctx, in.Body.ID)
	})
}

// maxDesignJSON is the most that a body with a design may hold.
const maxDesignJSON = experiment.MaxBytes + 8<<10
