package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"segue"
	"segue/outcome/event"
	"segue/store"
)

// Bounds of events from programs. (d)
const (
	maxEventsBody = 1 << 20        // bytes of a request
	mostFaults    = 20             // places that an answer names
	aheadOfUs     = 24 * time.Hour // how much later than here it may be where an event happened, by its clock
)

// A newEvent is something that happened, as a program says it.
type apiNewEvent struct {
	Schema     int       `json:"schema" minimum:"1" maximum:"1" example:"1" doc:"The version of the form."`
	ID         string    `json:"id" minLength:"1" maxLength:"128" example:"01JXQ2" doc:"Your own, new for each event: one that came before counts no second time."`
	Kind       string    `json:"kind" enum:"playlist_start,track_start,track_end,checkin_before,checkin_after,reflection,card_view,share_tap,app_open,exposure,opt_out"`
	At         time.Time `json:"at" example:"2026-05-06T19:30:00Z"`
	Offset     int       `json:"offset,omitempty" minimum:"-840" maximum:"840" example:"60" doc:"Minutes east of UTC of the clock on the wall; by it nights are told."`
	Source     string    `json:"source,omitempty" enum:"api,export" doc:"export: derived from a listening export. Else api."`
	Hour       string    `json:"hour,omitempty" maxLength:"128" doc:"The id of the hour it belongs to."`
	Track      string    `json:"track,omitempty" maxLength:"128"`
	Place      int       `json:"place,omitempty" minimum:"1" maximum:"10000" doc:"Of the track in the hour, from 1."`
	PlannedMS  int64     `json:"planned_ms,omitempty" minimum:"1" maximum:"604800000" doc:"Length of the track, or of the hour."`
	MS         *int64    `json:"ms,omitempty" minimum:"0" maximum:"604800000" doc:"Of a track_end: how long it was heard, if that is known."`
	Reason     string    `json:"reason,omitempty" enum:"completed,skipped,stopped,interrupted,unknown" doc:"Of a track_end: why."`
	Adjusted   bool      `json:"adjusted,omitempty" doc:"Of a playlist_start: the hour is not as it was first offered."`
	Cell       []int     `json:"cell,omitempty" minItems:"2" maxItems:"2" minimum:"1" maximum:"9" doc:"Where they are: column and row of the 9 × 9 grid."`
	Target     []int     `json:"target,omitempty" minItems:"2" maxItems:"2" minimum:"1" maximum:"9" doc:"Where they want to be."`
	Feel       *int      `json:"feel,omitempty" minimum:"-2" maximum:"2" doc:"How it felt: −2 much worse, 2 much better."`
	Words      string    `json:"words,omitempty" maxLength:"1000"`
	Experiment string    `json:"experiment,omitempty" maxLength:"128"`
	Arm        string    `json:"arm,omitempty" maxLength:"128"`
	Propensity float64   `json:"propensity,omitempty" minimum:"0" maximum:"1" doc:"The probability with which the arm was drawn."`
}

// An ownEvent is something that happened, as it is kept.
type apiOwnEvent struct {
	N          int64         `json:"n" doc:"Counts up in the order of arrival."`
	Schema     int           `json:"schema"`
	ID         string        `json:"id"`
	Kind       event.Kind    `json:"kind"`
	At         time.Time     `json:"at"`
	Offset     int           `json:"offset"`
	Source     event.Source  `json:"source" doc:"web: Segue itself. api: a program. export: a listening export."`
	Hour       string        `json:"hour,omitempty"`
	Track      string        `json:"track,omitempty"`
	Place      int           `json:"place,omitempty"`
	PlannedMS  int64         `json:"planned_ms,omitempty"`
	MS         *int64        `json:"ms,omitempty"`
	Reason     event.Reason  `json:"reason,omitempty"`
	Adjusted   bool          `json:"adjusted,omitempty"`
	Cell       *[2]int       `json:"cell,omitempty"`
	Target     *[2]int       `json:"target,omitempty"`
	Feel       *int          `json:"feel,omitempty"`
	Words      string        `json:"words,omitempty"`
	Experiment string        `json:"experiment,omitempty"`
	Arm        string        `json:"arm,omitempty"`
	Propensity *segue.Number `json:"propensity,omitempty"`

	Context      string `json:"context,omitempty" doc:"Of an hour that the adaptive loop built: the kind of hour it took it for."`
	Propensities string `json:"propensities,omitempty" doc:"… and the chance of each way it could have built it, with commas."`
}

// A taken is what became of events that were sent.
type apiEventsTaken struct {
	Added int `json:"added" minimum:"0" doc:"How many are new."`
	Known int `json:"known" minimum:"0" doc:"How many had come before, by their ids."`
}

// An eventList is a part of the events.
type apiOwnEvents struct {
	Items []apiOwnEvent `json:"items"`
	Next  int64         `json:"next,omitempty" doc:"What to send as after for those that come next; absent at the end."`
}

func (a *api) describeEvents() {
	operate(a, operation{
		id: "addMyEvents", method: http.MethodPost, path: "/me/events", tag: "hours", title: "Say what happened", takes: true, keeps: writes, most: maxEventsBody,
		about: "Up to a thousand events of the person who asks: what was started, played and left, said and shared, and which arm of an experiment they were shown. " +
			"All of them are kept, or, where one is not as it must be, none. What came before, by its id, counts no second time, so a batch may be sent again. " +
			"A check-in, an hour or a reflection made here is recorded by Segue itself: send none of those again.",
		scopes: hoursWrite(),
		example: map[string]any{"events": []any{
			map[string]any{"schema": 1, "id": "p1-start", "kind": "playlist_start", "at": "2026-05-06T19:30:00Z", "offset": 60, "hour": "HOUR"},
			map[string]any{"schema": 1, "id": "p1-1-end", "kind": "track_end", "at": "2026-05-06T19:33:10Z", "offset": 60, "hour": "HOUR", "track": "TRACK", "place": 1, "planned_ms": 201_000, "ms": 190_000, "reason": "completed"},
		}},
	}, func(ctx context.Context, c *call, in *struct {
		Body struct {
			Events []apiNewEvent `json:"events" minItems:"1" maxItems:"1000"`
		} `nameHint:"NewEvents"`
	}) (*answered[apiEventsTaken], error) {
		if err := c.agreed(store.CheckIns); err != nil {
			return nil, err
		}
		records := make([]store.Record, len(in.Body.Events))
		var faults []apiInvalid
		for i, e := range in.Body.Events {
			one, bad := c.eventOf(e)
			if bad != nil {
				bad.Pointer = fmt.Sprintf("#/events/%d%s", i, bad.Pointer)
				if faults = append(faults, *bad); len(faults) == mostFaults {
					break
				}
				continue
			}
			records[i] = recordOf(one)
		}
		if len(faults) > 0 {
			return nil, &unread{&wrong{code: http.StatusUnprocessableEntity, what: c.Say("That could not be read"), todo: c.Say("Nothing was changed. The list of errors names every place that holds what it must not.")}, faults}
		}
		added, err := c.keeper(store.CheckIns).AppendRecords(ctx, c.who.ID, records)
		if errors.Is(err, store.ErrTooMany) {
			return nil, &wrong{code: http.StatusConflict, what: c.Say("There are too many events already"), todo: c.Say("Nothing was changed. Export your data, and delete what you need no more.")}
		}
		return &answered[apiEventsTaken]{apiEventsTaken{added, len(records) - added}}, err
	})

	operate(a, operation{
		id: "listMyEvents", method: http.MethodGet, path: "/me/events", tag: "hours", title: "What happened, as it arrived",
		about:  "One's own events in the order in which they arrived, which is not that in which they happened: so who comes back with the last n misses none.",
		scopes: hoursRead(),
	}, func(ctx context.Context, c *call, in *struct {
		Limit int   `query:"limit" minimum:"1" maximum:"1000" default:"200" doc:"How many at most."`
		After int64 `query:"after" minimum:"0" doc:"The n of the last one known: only later ones are listed."`
	}) (*answered[apiOwnEvents], error) {
		if err := c.agreed(store.CheckIns); err != nil {
			return nil, err
		}
		records, err := c.keeper(store.CheckIns).Records(ctx, c.who.ID, in.After, in.Limit+1)
		if err != nil {
			return nil, err
		}
		out := apiOwnEvents{Items: []apiOwnEvent{}}
		if len(records) > in.Limit {
			records = records[:in.Limit]
			out.Next = records[in.Limit-1].N
			to := url.URL{Path: c.r.URL.Path, RawQuery: url.Values{"limit": {strconv.Itoa(in.Limit)}, "after": {strconv.FormatInt(out.Next, 10)}}.Encode()}
			c.w.Header().Set("Link", "<"+to.String()+`>; rel="next"`)
		}
		for _, r := range records {
			one := apiOwnEvent{
				N: r.N, Schema: r.Schema, ID: r.ID, Kind: event.Kind(r.Kind), At: r.At, Offset: r.Offset, Source: event.Source(r.Source), Hour: r.Hour, Track: r.Track, Place: r.Place,
				PlannedMS: r.PlannedMS, MS: r.MS, Reason: event.Reason(r.Reason), Adjusted: r.Adjusted, Cell: r.Cell, Target: r.Target, Feel: r.Feel, Words: r.Words, Experiment: r.Experiment, Arm: r.Arm,
				Context: r.Context, Propensities: r.Propensities,
			}
			if r.Propensity > 0 {
				one.Propensity = new(segue.Number(r.Propensity))
			}
			out.Items = append(out.Items, one)
		}
		return &answered[apiOwnEvents]{out}, nil
	})
}

// eventOf makes an event of what a program says, or says what is wrong with it.
func (c *call) eventOf(in apiNewEvent) (event.Event, *apiInvalid) {
	e := event.Event{
		Schema: in.Schema, ID: in.ID, Listener: c.who.ID, Kind: event.Kind(in.Kind), At: in.At.UTC().Truncate(time.Millisecond), Offset: in.Offset, Source: event.API,
		Hour: in.Hour, Track: in.Track, Place: in.Place, PlannedMS: in.PlannedMS, Reason: event.Reason(in.Reason), Adjusted: in.Adjusted,
		Feel: in.Feel, Words: in.Words, Experiment: in.Experiment, Arm: in.Arm, Propensity: in.Propensity,
	}
	if in.Source != "" {
		e.Source = event.Source(in.Source)
	}
	switch {
	case in.MS != nil:
		e.MS = *in.MS
		if e.Kind != event.TrackEnd {
			return e, &apiInvalid{Pointer: "/ms", Detail: c.Say("%s does not take this field", in.Kind)}
		}
	case e.Kind == event.TrackEnd:
		e.MS = -1
	}
	if len(in.Cell) == 2 {
		e.Cell = &segue.Cell{in.Cell[0], in.Cell[1]}
	}
	if len(in.Target) == 2 {
		e.Target = &segue.Cell{in.Target[0], in.Target[1]}
	}
	if err := e.Validate(); err != nil {
		var input *segue.InputError
		if !errors.As(err, &input) {
			return e, &apiInvalid{Detail: c.Say("this value cannot be read")}
		}
		at := *input
		at.Column = ""
		return e, &apiInvalid{Pointer: "/" + input.Column, Detail: at.Line(c.Say)}
	}
	if e.At.After(c.at.Add(aheadOfUs)) {
		return e, &apiInvalid{Pointer: "/at", Detail: c.Say("it has not happened yet")}
	}
	return e, nil
}
