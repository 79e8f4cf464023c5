package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"segue/outcome/experiment"
	"segue/store"
)

// A trial is a comparison that somebody runs for themselves.
type apiTrial struct {
	ID       string              `json:"id"`
	At       time.Time           `json:"at"`
	Ended    *time.Time          `json:"ended" doc:"When it was ended by hand; null while it runs, and of one that has all its hours."`
	Arm      string              `json:"arm"`
	Against  string              `json:"against"`
	Hours    int                 `json:"hours" doc:"Of which the order is drawn, in pairs."`
	Drawn    int                 `json:"drawn" doc:"How many were so far."`
	Answered int                 `json:"answered" doc:"Of how many of these they said where they were afterwards."`
	Over     bool                `json:"over" doc:"No more hours are drawn."`
	Reading  *experiment.Reading `json:"reading" doc:"What it comes to: null before it is whole, and of one that was ended early."`
	Design   json.RawMessage     `json:"design" doc:"As segue experiment reads it."`
}

type apiTrials struct {
	Items []apiTrial `json:"items"`
}

func trialOf(t ownTrial) apiTrial {
	c := t.Design.Contrasts()[0]
	out := apiTrial{ID: t.ID, At: t.At.UTC(), Arm: c.Arm, Against: c.Against, Hours: t.Design.Horizon.Units, Drawn: t.Drawn, Answered: t.Answered, Over: t.Over, Reading: t.Reading, Design: t.Trial.Design}
	if !t.Ended.IsZero() {
		ended := t.Ended.UTC()
		out.Ended = &ended
	}
	return out
}

func (a *api) describeOwn() {
	operate(a, operation{
		id: "listMyTrials", method: http.MethodGet, path: "/me/trials", tag: "hours", title: "One's own comparisons",
		about:  "Each of two ways an hour may go, over hours whose order the lot decides, the newest first.",
		scopes: hoursRead(),
	}, func(ctx context.Context, c *call, _ *struct{}) (*answered[apiTrials], error) {
		if err := c.agreed(store.CheckIns); err != nil {
			return nil, err
		}
		all, err := c.trials(ctx)
		if err != nil {
			return nil, err
		}
		out := apiTrials{Items: []apiTrial{}}
		for _, t := range all {
			out.Items = append(out.Items, trialOf(t))
		}
		return &answered[apiTrials]{out}, nil
	})

	operate(a, operation{
		id: "createMyTrial", method: http.MethodPost, path: "/me/trials", tag: "hours", title: "Begin a comparison", takes: true, keeps: writes, status: http.StatusCreated,
		about: "From now on the order of hours that lead elsewhere is drawn by lot between two arms, in pairs, until all are drawn. One runs at a time. " +
			"Nothing of it is read before the end. An hour in which one stays, and the one after an hour that felt worse, are not drawn.",
		scopes:  hoursWrite(),
		example: map[string]any{"arms": "iso_compensatory", "hours": 24},
	}, func(ctx context.Context, c *call, in *struct {
		Body struct {
			Arms  string `json:"arms" enum:"iso_compensatory,iso_shuffle,compensatory_shuffle" example:"iso_compensatory" doc:"The two that are compared."`
			Hours int    `json:"hours" enum:"24,40,60" example:"24" doc:"Of which the order is drawn, in pairs."`
		} `nameHint:"NewTrial"`
	}) (*made[apiTrial], error) {
		if err := c.agreed(store.CheckIns); err != nil {
			return nil, err
		}
		f, err := c.ownForm(ctx)
		if err != nil {
			return nil, err
		}
		f.Hours = in.Body.Hours
		f.Pair = slices.IndexFunc(ownPairs(), func(p experiment.Comparison) bool { return p.Arm+"_"+p.Against == in.Body.Arms })
		begun, err := c.startOwn(ctx, f)
		if err != nil {
			return nil, err
		}
		t, err := c.trial(ctx, begun.ID)
		return &made[apiTrial]{apiBase + "/me/trials/" + begun.ID, t}, err
	})

	operate(a, operation{
		id: "getMyTrial", method: http.MethodGet, path: "/me/trials/{id}", tag: "hours", title: "A comparison, as far as it has come",
		scopes: hoursRead(),
	}, func(ctx context.Context, c *call, in *byID) (*answered[apiTrial], error) {
		if err := c.agreed(store.CheckIns); err != nil {
			return nil, err
		}
		t, err := c.trial(ctx, in.ID)
		return &answered[apiTrial]{t}, err
	})

	operate(a, operation{
		id: "endMyTrial", method: http.MethodPost, path: "/me/trials/{id}/end", tag: "hours", title: "End a comparison early", keeps: writes,
		about:  "No more hours are drawn, and nothing is concluded of those that were.",
		scopes: hoursWrite(),
	}, func(ctx context.Context, c *call, in *byID) (*nothing, error) {
		if err := c.agreed(store.CheckIns); err != nil {
			return nil, err
		}
		return &nothing{}, c.keeper(store.CheckIns).EndTrial(ctx, c.who.ID, in.ID, c.at)
	})

	operate(a, operation{
		id: "deleteMyTrial", method: http.MethodDelete, path: "/me/trials/{id}", tag: "hours", title: "Delete a comparison", keeps: writes,
		about:  "With its draws. The hours stay, and what was said of them.",
		scopes: hoursWrite(),
	}, func(ctx context.Context, c *call, in *byID) (*nothing, error) {
		if err := c.agreed(store.CheckIns); err != nil {
			return nil, err
		}
		return &nothing{}, c.dropOwn(ctx, in.ID)
	})
}

// trial returns one of the caller's comparisons.
func (c *call) trial(ctx context.Context, id string) (apiTrial, error) {
	all, err := c.trials(ctx)
	if err != nil {
		return apiTrial{}, err
	}
	at := slices.IndexFunc(all, func(t ownTrial) bool { return t.ID == id })
	if at < 0 {
		return apiTrial{}, store.ErrNotFound
	}
	return trialOf(all[at]), nil
}
