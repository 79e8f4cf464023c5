package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"segue"
	"segue/account"
	"segue/playlist"
	"segue/store"

	"github.com/danielgtaylor/huma/v2"
)

// A spot is where somebody said they are, or want to be.
type apiSpot struct {
	Cell    [2]int  `json:"cell" minimum:"1" maximum:"9" doc:"Column and row of the 9 × 9 grid: pleasantness, energy."`
	Valence float64 `json:"valence" minimum:"0" maximum:"1" doc:"The place on the plane that the cell stands for."`
	Arousal float64 `json:"arousal" minimum:"0" maximum:"1"`
}

func spotOf(c [2]int) apiSpot {
	at := segue.Cell(c).At()
	return apiSpot{c, at.Valence, at.Arousal}
}

func spotOrNot(c *[2]int) *apiSpot {
	if c == nil {
		return nil
	}
	return new(spotOf(*c))
}

// A checkIn is what somebody said of how they feel.
type apiCheckIn struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Now    apiSpot   `json:"now"`
	Target *apiSpot  `json:"target" doc:"Null where none was named."`
	Stay   bool      `json:"stay" doc:"They want to stay where they are."`
}

// A wished is the check-in that an hour is made of.
type apiNewHour struct {
	Now         [2]int    `json:"now" minimum:"1" maximum:"9" example:"[2, 8]" doc:"How they feel: column and row of the 9 × 9 grid, pleasantness and energy."`
	Target      []int     `json:"target,omitempty" minItems:"2" maxItems:"2" minimum:"1" maximum:"9" example:"[7, 3]" doc:"Where to. Without one, and without stay, what suits where they are."`
	Stay        bool      `json:"stay,omitempty" doc:"Stay where they are."`
	Minutes     int       `json:"minutes,omitempty" minimum:"10" maximum:"180" example:"60" doc:"Without it 60; less after an hour that felt worse."`
	Familiarity string    `json:"familiarity,omitempty" enum:"only,mostly,half,new" doc:"How much of it they know; without it as their style has it."`
	Usual       bool      `json:"usual,omitempty" doc:"Build it the usual way, whatever was learned."`
	Exclude     apiExcept `json:"exclude,omitempty"`
}

// An except is what is never played.
type apiExcept struct {
	Artists  []string `json:"artists,omitempty" maxItems:"50" maxLength:"200" doc:"Names, compared without case, accents and punctuation."`
	Explicit bool     `json:"explicit,omitempty"`
}

// An hourItem is an hour in a list.
type apiHourItem struct {
	ID         string         `json:"id"`
	At         time.Time      `json:"at"`
	From       playlist.Place `json:"from"`
	To         playlist.Place `json:"to"`
	Minutes    int            `json:"minutes"`
	Reflection *apiReflection `json:"reflection" doc:"Null where nothing was said."`
	Readable   bool           `json:"readable" doc:"False where what is stored of it is damaged."`
}

// An hour is a playlist that was made, as it was last changed.
type apiHour struct {
	ID       string            `json:"id"`
	Version  int               `json:"version" minimum:"1" doc:"One more with each change; the ETag begins with it."`
	At       time.Time         `json:"at"`
	Changed  time.Time         `json:"changed"`
	Language string            `json:"language" doc:"Of its sentences."`
	Fixed    bool              `json:"fixed" doc:"It can be read, not changed: its music is gone."`
	CanUndo  bool              `json:"can_undo"`
	CanRedo  bool              `json:"can_redo"`
	Unknown  []string          `json:"unknown_artists" doc:"Artists to leave out that the music does not have."`
	Playlist playlist.Playlist `json:"playlist" doc:"As segue playlist prints it: tracks with their reasons, the metrics with their bars, how far it can be from the best."`
}

// A changed is an hour after an edit.
type apiEditedHour struct {
	Hour apiHour     `json:"hour"`
	Came []apiPlaced `json:"came" doc:"Tracks that the edit brought."`
	Went []apiPlaced `json:"went" doc:"Tracks that it sent away; place 0."`
}

// A placed is a track of an hour in short.
type apiPlaced struct {
	Place   int      `json:"place"`
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Artists []string `json:"artists"`
}

// A versioned is an answer that can be changed by naming its version.
type versioned[T any] struct {
	ETag     string `header:"ETag" doc:"The version, and more; what If-Match takes."`
	Location string `header:"Location" doc:"Where it is, of what was made."`
	Body     T
}

func (d *draft) view() apiHour {
	return apiHour{
		ID: d.id, Version: d.stored.Version, At: d.stored.At.UTC(), Changed: d.stored.Changed.UTC(), Language: d.language,
		Fixed: d.fixed(), CanUndo: undoable(d.hour), CanRedo: d.redo > 0, Unknown: append([]string{}, d.unknown...), Playlist: *d.hour,
	}
}

func hoursRead() []account.Scope  { return []account.Scope{account.HoursRead} }
func hoursWrite() []account.Scope { return []account.Scope{account.HoursWrite} }

func (a *api) describeHours() {
	operate(a, operation{
		id: "listCheckIns", method: http.MethodGet, path: "/check-ins", tag: "hours", title: "Check-ins, the newest first",
		scopes: hoursRead(),
	}, func(ctx context.Context, c *call, in *paging) (*answered[apiList[apiCheckIn]], error) {
		if err := c.agreed(store.CheckIns); err != nil {
			return nil, err
		}
		all, err := c.keeper(store.CheckIns).CheckIns(ctx, c.who.ID)
		if err != nil {
			return nil, err
		}
		some, next, err := part(c, *in, all, func(k store.CheckIn) cursor { return cursor{k.At, k.ID} })
		var out []apiCheckIn
		for _, k := range some {
			out = append(out, apiCheckIn{k.ID, k.At.UTC(), spotOf(k.Now), spotOrNot(k.Target), k.Stay})
		}
		return listed(out, next), err
	})

	operate(a, operation{
		id: "createHour", method: http.MethodPost, path: "/hours", tag: "hours", title: "Check in, and build an hour",
		about:  "An hour that leads from how somebody feels to how they want to feel. Planning takes up to some seconds.",
		scopes: hoursWrite(), takes: true, keeps: writes, loaded: true, status: http.StatusCreated,
		example: map[string]any{"now": []int{2, 8}, "target": []int{7, 3}, "minutes": 60, "familiarity": "mostly", "exclude": map[string]any{"artists": []string{"Nobody"}, "explicit": true}},
	}, func(ctx context.Context, c *call, in *struct{ Body apiNewHour }) (*versioned[apiHour], error) {
		id, err := c.newHour(ctx, in.Body)
		if err != nil {
			return nil, err
		}
		return c.hour(ctx, id, apiBase+"/hours/"+id)
	})

	operate(a, operation{
		id: "listHours", method: http.MethodGet, path: "/hours", tag: "hours", title: "Hours, the newest first",
		scopes: hoursRead(),
	}, func(ctx context.Context, c *call, in *paging) (*answered[apiList[apiHourItem]], error) {
		all, err := c.hoursKept(ctx)
		if err != nil {
			return nil, err
		}
		some, next, err := part(c, *in, all, func(h pastHour) cursor { return cursor{h.At, h.ID} })
		var out []apiHourItem
		for _, h := range some {
			out = append(out, apiHourItem{h.ID, h.At.UTC(), h.From, h.To, h.Minutes, reflectionOf(h), !h.Broken})
		}
		return listed(out, next), err
	})

	operate(a, operation{
		id: "getHour", method: http.MethodGet, path: "/hours/{id}", tag: "hours", title: "An hour",
		scopes: hoursRead(),
	}, func(ctx context.Context, c *call, in *byID) (*versioned[apiHour], error) {
		if err := c.agreed(store.CheckIns); err != nil {
			return nil, err
		}
		return c.hour(ctx, in.ID, "")
	})

	operate(a, operation{
		id: "deleteHour", method: http.MethodDelete, path: "/hours/{id}", tag: "hours", title: "Delete an hour", keeps: writes,
		about:  "With what was said of it, and the check-in it was made of.",
		scopes: hoursWrite(),
	}, func(ctx context.Context, c *call, in *byID) (*nothing, error) {
		return &nothing{}, c.dropHour(ctx, in.ID)
	})

	operate(a, operation{
		id: "getHourFile", method: http.MethodGet, path: "/hours/{id}/file", tag: "hours", title: "An hour as a playlist file",
		scopes: hoursRead(),
		answers: map[string]*huma.MediaType{
			"audio/x-mpegurl": {Schema: &huma.Schema{Type: huma.TypeString}}, "application/xspf+xml": {Schema: &huma.Schema{Type: huma.TypeString}},
			"application/jspf+json": {Schema: &huma.Schema{}}, "text/csv": {Schema: &huma.Schema{Type: huma.TypeString}},
		},
	}, func(ctx context.Context, c *call, in *struct {
		ID     string `path:"id" maxLength:"100" doc:"Its id."`
		Format string `query:"format" enum:"m3u8,xspf,jspf,csv" default:"m3u8"`
	}) (*file, error) {
		if err := c.agreed(store.CheckIns); err != nil {
			return nil, err
		}
		d, err := c.draftOf(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		hour := d.hour
		d.mu.Unlock()
		f := playlist.Format(in.Format)
		var b bytes.Buffer
		err = playlist.Write(&b, f, hour)
		return &file{fileKind(f), `attachment; filename="segue-hour.` + in.Format + `"`, b.Bytes()}, err
	})
}

// newHour builds the hour of a check-in, as the page of the check-in does.
func (c *call) newHour(ctx context.Context, in apiNewHour) (string, error) {
	if err := c.agreed(store.CheckIns); err != nil {
		return "", err
	}
	f, p, err := c.nowForm(ctx)
	if err != nil {
		return "", err
	}
	f.Now = (*segue.Cell)(&in.Now)
	if len(in.Target) == 2 {
		f.Target = &segue.Cell{in.Target[0], in.Target[1]}
	}
	if in.Minutes != 0 {
		f.Minutes = in.Minutes
	}
	for _, name := range in.Exclude.Artists {
		if strings.ContainsAny(name, "\r\n") {
			return "", c.invalid("#/exclude/artists", c.Say("a name stands on one line"))
		}
	}
	f.Artists, f.NoExplicit, f.Familiarity = strings.Join(in.Exclude.Artists, "\n"), in.Exclude.Explicit, in.Familiarity
	if err := c.excludable(f.Artists); err != nil {
		return "", err
	}
	f.Usual = in.Usual
	id, err := c.build(ctx, p, &f, in.Stay)
	var open *unsettled
	if errors.As(err, &open) {
		none := &wrong{code: http.StatusUnprocessableEntity, kind: kindNoFit, what: c.Say("No such hour can be made of this music"), todo: open.why}
		if open.target {
			none.kind, none.what = kindNoTarget, c.Say("Where to?")
		}
		return "", none
	}
	return id, err
}

// hour answers with an hour.
func (c *call) hour(ctx context.Context, id, made string) (*versioned[apiHour], error) {
	d, err := c.draftOf(ctx, id)
	if err != nil {
		return nil, err
	}
	defer d.mu.Unlock()
	return &versioned[apiHour]{versionTag(d.stored.Version), made, d.view()}, nil
}

// hoursKept returns all hours of who asks.
func (c *call) hoursKept(ctx context.Context) ([]pastHour, error) {
	if err := c.agreed(store.CheckIns); err != nil {
		return nil, err
	}
	return c.pastHours(ctx)
}
