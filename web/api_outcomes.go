package web

import (
	"context"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"segue"
	"segue/outcome"
	"segue/store"
)

// A reflection is what somebody said after an hour.
type apiReflection struct {
	At    time.Time `json:"at"`
	Feel  int       `json:"feel" minimum:"-2" maximum:"2" doc:"How it felt: −2 much worse, 2 much better."`
	After *apiSpot  `json:"after" doc:"Where they were then; null if they did not say."`
	Words string    `json:"words"`
}

// A felt is what somebody says after an hour.
type apiNewReflection struct {
	Feel  int    `json:"feel" minimum:"-2" maximum:"2" example:"1" doc:"−2 much worse, −1 worse, 0 about the same, 1 better, 2 much better."`
	After []int  `json:"after,omitempty" minItems:"2" maxItems:"2" minimum:"1" maximum:"9" example:"[6, 4]" doc:"Where they are now: column and row of the 9 × 9 grid."`
	Words string `json:"words,omitempty" maxLength:"1000" example:"The middle was long."`
}

func reflectionOf(h pastHour) *apiReflection {
	if h.Felt == nil {
		return nil
	}
	return &apiReflection{h.Felt.At.UTC(), h.Felt.Feel, spotOrNot(h.Felt.After), h.Felt.Words}
}

// Outcomes are what came of all hours.
type apiOutcomes struct {
	Hours    int             `json:"hours"`
	Answered outcome.Share   `json:"answered" doc:"Of how many hours something was said."`
	Changes  outcome.Summary `json:"changes" doc:"How much nearer hours brought them to where they wanted to be, with its 95 % interval. Not enough means: too few to tell."`
	Feelings apiFeelings     `json:"feelings"`
	Each     []apiChange     `json:"each" doc:"Hours after which they said where they were, the newest first."`
	Caution  string          `json:"caution" doc:"What these numbers cannot say."`
}

// Feelings are the answers to how hours felt.
type apiFeelings struct {
	Counts [outcome.Steps]int `json:"counts" doc:"From much worse to much better."`
	Better outcome.Share      `json:"better"`
	Worse  outcome.Share      `json:"worse"`
}

// A change is what one hour did.
type apiChange struct {
	Hour   string    `json:"hour" doc:"Its id."`
	At     time.Time `json:"at"`
	Change float64   `json:"change" doc:"Above 0 is nearer, −√2 to √2."`
}

func (a *api) describeOutcomes() {
	operate(a, operation{
		id: "getReflection", method: http.MethodGet, path: "/hours/{id}/reflection", tag: "hours", title: "How an hour felt",
		scopes: hoursRead(),
	}, func(ctx context.Context, c *call, in *byID) (*answered[apiReflection], error) {
		return c.reflected(ctx, in.ID)
	})

	operate(a, operation{
		id: "setReflection", method: http.MethodPut, path: "/hours/{id}/reflection", tag: "hours", title: "Say how an hour felt", takes: true, keeps: writes,
		about:   "In place of what was said before.",
		scopes:  hoursWrite(),
		example: map[string]any{"feel": 1, "after": []int{6, 4}, "words": "The middle was long."},
	}, func(ctx context.Context, c *call, in *struct {
		ID   string `path:"id" maxLength:"100" doc:"Its id."`
		Body apiNewReflection
	}) (*answered[apiReflection], error) {
		if err := c.agreed(store.CheckIns); err != nil {
			return nil, err
		}
		f := feelView{ID: in.ID, Feel: &in.Body.Feel, Words: wordsOf(in.Body.Words)}
		if len(in.Body.After) == 2 {
			f.After = &segue.Cell{in.Body.After[0], in.Body.After[1]}
		}
		if utf8.RuneCountInString(f.Words) > mostWords {
			return nil, c.invalid("#/words", c.Say("%s characters fit at most", c.Count(mostWords)))
		}
		felt, err := c.saveFelt(ctx, f, c.server.drafts.talks(c.who.ID, in.ID))
		if err != nil {
			return nil, err
		}
		return &answered[apiReflection]{*reflectionOf(pastHour{Felt: &felt})}, nil
	})

	operate(a, operation{
		id: "deleteReflection", method: http.MethodDelete, path: "/hours/{id}/reflection", tag: "hours", title: "Take back what was said", keeps: writes,
		scopes: hoursWrite(),
	}, func(ctx context.Context, c *call, in *byID) (*nothing, error) {
		return &nothing{}, c.takeBackFelt(ctx, in.ID)
	})

	operate(a, operation{
		id: "getOutcomes", method: http.MethodGet, path: "/outcomes", tag: "hours", title: "What came of the hours",
		about:  "Without a control: who starts far from where they want to be comes nearer on the average without any music.",
		scopes: hoursRead(),
	}, func(ctx context.Context, c *call, _ *struct{}) (*answered[apiOutcomes], error) {
		hours, err := c.hoursKept(ctx)
		if err != nil {
			return nil, err
		}
		hours = slices.DeleteFunc(hours, func(h pastHour) bool { return h.Broken })
		o := outcomesOf(hours)
		out := apiOutcomes{
			Hours: len(hours), Answered: o.answered, Changes: o.changes,
			Feelings: apiFeelings{o.feelings, o.feelings.Better(), o.feelings.Worse()}, Each: []apiChange{},
			Caution: c.Say("These are differences before and after, without a comparison: part of a change comes by itself."),
		}
		for _, h := range hours {
			if h.Felt != nil && h.Felt.After != nil {
				out.Each = append(out.Each, apiChange{h.ID, h.At.UTC(), h.change()})
			}
		}
		return &answered[apiOutcomes]{out}, nil
	})
}

// reflected answers with what was said of an hour.
func (c *call) reflected(ctx context.Context, id string) (*answered[apiReflection], error) {
	if err := c.agreed(store.CheckIns); err != nil {
		return nil, err
	}
	felt, err := c.reflection(ctx, id)
	if err != nil {
		return nil, err
	}
	if felt == nil {
		return nil, notFound(c.Tongue)
	}
	return &answered[apiReflection]{*reflectionOf(pastHour{Felt: felt})}, nil
}
