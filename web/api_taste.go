package web

import (
	"context"
	"net/http"
	"time"

	"segue"
	"segue/store"
	"segue/taste"
)

// A correction is what somebody said of how a track feels, and what it changed.
type apiCorrection struct {
	ID     string        `json:"id"`
	At     time.Time     `json:"at"`
	Track  apiPlaced     `json:"track" doc:"Place 0; without names where the music does not have it."`
	Feels  *segue.Affect `json:"feels" doc:"Where it lies to them; null of never."`
	Cell   *segue.Cell   `json:"cell" doc:"The cell, where a cell was said."`
	Never  *segue.Mood   `json:"never" doc:"The mood it never has; null of a place."`
	Before *segue.Affect `json:"before" doc:"Where its sound puts it; null where nothing does."`
	After  *segue.Affect `json:"after" doc:"Where it lies to them, all corrections together; null where nothing places it."`
	Error  *segue.Affect `json:"error" doc:"The standard deviation of after; never above everybody's."`
	Moved  int           `json:"moved" doc:"Other tracks that lie at least .02 elsewhere by what was said of this one."`
	About  bool          `json:"moved_about" doc:"That number is an estimate, of a sample."`
}

// A newCorrection is what is said of a track. Exactly one of feels, cell and never.
type apiNewCorrection struct {
	Track string    `json:"track" minLength:"1" maxLength:"500" doc:"Its id in the catalogue."`
	Feels *apiPlane `json:"feels,omitempty" doc:"A point of the plane."`
	Cell  []int     `json:"cell,omitempty" minItems:"2" maxItems:"2" minimum:"1" maximum:"9" example:"[7, 3]" doc:"Column and row of the 9 × 9 grid: pleasantness, energy."`
	Never string    `json:"never,omitempty" enum:"angry,sad,calm,happy" doc:"A mood it never has."`
}

// A plane is a point of the plane.
type apiPlane struct {
	Valence float64 `json:"valence" minimum:"0" maximum:"1"`
	Arousal float64 `json:"arousal" minimum:"0" maximum:"1"`
}

func (k feltTrack) view() apiCorrection {
	c := correctionOf(k.Correction)
	out := apiCorrection{ID: k.ID, At: k.At.UTC(), Track: apiPlaced{ID: k.Track, Artists: append([]string{}, k.Artists...)}, Feels: c.Feels, Cell: c.Cell, Never: c.Never, Moved: k.Reach.Tracks, About: k.Reach.About}
	if c.Cell != nil {
		out.Feels = new(c.Cell.At())
	}
	if k.Here {
		out.Track.Title = k.Title
		if k.Before.Known() {
			out.Before = &k.Before
		}
		if k.After.Known() {
			out.After, out.Error = &k.After, &k.Error
		}
	}
	return out
}

func (a *api) describeTaste() {
	operate(a, operation{
		id: "listCorrections", method: http.MethodGet, path: "/taste", tag: "hours", title: "What was said of how tracks feel, the newest first",
		about:  "Each with where its sound puts the track, where it lies to them by now, and how many other tracks moved with it.",
		scopes: hoursRead(),
	}, func(ctx context.Context, c *call, in *paging) (*answered[apiList[apiCorrection]], error) {
		if err := c.agreed(store.Taste); err != nil {
			return nil, err
		}
		t, err := c.tasteView(ctx)
		if err != nil {
			return nil, err
		}
		some, next, err := part(c, *in, t.All, func(k feltTrack) cursor { return cursor{k.At, k.ID} })
		var out []apiCorrection
		for _, k := range some {
			out = append(out, k.view())
		}
		return listed(out, next), err
	})

	operate(a, operation{
		id: "addCorrection", method: http.MethodPost, path: "/taste", tag: "hours", title: "Say how a track feels", takes: true, keeps: writes, loaded: true, status: http.StatusCreated,
		about:  "Where it lies to them, as a point or a cell, or a mood it never has: exactly one. Their moods and new hours follow it.",
		scopes: hoursWrite(), codes: []int{http.StatusNotFound},
		example: map[string]any{"track": "5kqIPrATaCc2LqxVWzQGbk", "cell": []int{7, 3}},
	}, func(ctx context.Context, c *call, in *struct{ Body apiNewCorrection }) (*answered[apiCorrection], error) {
		if err := c.agreed(store.Taste); err != nil {
			return nil, err
		}
		said := taste.Correction{Track: in.Body.Track, When: c.at}
		if in.Body.Never != "" {
			var m segue.Mood
			if err := m.UnmarshalText([]byte(in.Body.Never)); err != nil {
				return nil, err
			}
			said.Never = &m
		}
		if at := in.Body.Feels; at != nil {
			said.Feels = &segue.Affect{Valence: at.Valence, Arousal: at.Arousal}
		}
		if len(in.Body.Cell) == 2 {
			said.Cell = &segue.Cell{in.Body.Cell[0], in.Body.Cell[1]}
		}
		if said.Check() != nil {
			return nil, c.invalid("#/track", c.Say("with it exactly one of feels, cell and never is needed"))
		}
		k, err := c.saveCorrection(ctx, said)
		if err != nil {
			return nil, err
		}
		t, err := c.tasteView(ctx)
		if err != nil {
			return nil, err
		}
		for _, one := range t.All {
			if one.ID == k.ID {
				return &answered[apiCorrection]{one.view()}, nil
			}
		}
		return nil, notFound(c.Tongue) // somebody took it back meanwhile
	})

	operate(a, operation{
		id: "deleteCorrection", method: http.MethodDelete, path: "/taste/{id}", tag: "hours", title: "Take back what was said of a track", keeps: writes,
		about:  "All is then as if it had not been said.",
		scopes: hoursWrite(),
	}, func(ctx context.Context, c *call, in *byID) (*nothing, error) {
		if err := c.agreed(store.Taste); err != nil {
			return nil, err
		}
		return &nothing{}, c.takeBack(ctx, in.ID)
	})
}
