package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"segue"
	"segue/playlist"
	"segue/store"
)

// An edit is a change of an hour.
type apiEdit struct {
	Do      string `json:"do" enum:"swap,instead,lock,unlock,exclude,exclude-artist,insert,move,length,target,rebuild,fresh,undo,redo,certify" doc:"swap: another track at place, or the one named by id. instead: the runner-up at place. lock, unlock: hold the track at place there, or let it go. exclude, exclude-artist: never the track at place again, or its main artist. insert: the track named by id to place. move: the track at place to where. length: to minutes. target: lead to. rebuild: anew around the locks. fresh: anew without them. undo, redo. certify: find how far it can be from the best."`
	Place   int    `json:"place,omitempty" minimum:"1" maximum:"500" example:"4" doc:"From 1."`
	Where   int    `json:"where,omitempty" minimum:"1" maximum:"500" doc:"The place to move to, from 1."`
	ID      string `json:"id,omitempty" maxLength:"200" doc:"Of a track of the catalogue."`
	Minutes int    `json:"minutes,omitempty" minimum:"10" maximum:"180"`
	To      []int  `json:"to,omitempty" minItems:"2" maxItems:"2" minimum:"1" maximum:"9" example:"[7, 3]" doc:"Column and row of the 9 × 9 grid."`
}

// versionTag is how an answer names its version; send adds what else it depends on.
func versionTag(version int) string { return `"` + strconv.Itoa(version) + `"` }

// version reads the version that If-Match names; 0 is any.
func (c *call) version(ifMatch string) (int, error) {
	if ifMatch == "" {
		return 0, &wrong{code: http.StatusPreconditionRequired, what: c.Say("Which version is meant?"), todo: c.Say("Nothing was changed. Send If-Match with the ETag of the hour that you saw, so that nobody's change is lost.")}
	}
	if ifMatch == "*" {
		return 0, nil
	}
	number, _, _ := strings.Cut(strings.Trim(strings.TrimPrefix(ifMatch, "W/"), `"`), "-")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return -1, nil // no version of ours: it is another than the present one
	}
	return n, nil
}

func (a *api) describeEdits() {
	operate(a, operation{
		id: "editHour", method: http.MethodPost, path: "/hours/{id}/edits", tag: "hours", title: "Change an hour",
		about:  "Each edit changes as little as it can, and can be undone. If-Match names the version that it was made for, so that of two changes at once none is lost. Places count from 1.",
		scopes: hoursWrite(), takes: true, keeps: writes, loaded: true, codes: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired},
		example: map[string]any{"do": "swap", "place": 4},
	}, func(ctx context.Context, c *call, in *struct {
		ID      string `path:"id" maxLength:"100" doc:"Its id."`
		IfMatch string `header:"If-Match" maxLength:"200" doc:"The ETag of the hour as it was seen, or * for whatever it is now."`
		Body    apiEdit
	}) (*versioned[apiEditedHour], error) {
		if err := c.agreed(store.CheckIns); err != nil {
			return nil, err
		}
		version, err := c.version(in.IfMatch)
		if err != nil {
			return nil, err
		}
		d, err := c.draftOf(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		defer d.mu.Unlock()
		if version != 0 && version != d.stored.Version {
			return nil, c.otherVersion()
		}
		e, err := c.askedOf(in.Body, d.hour)
		if err != nil {
			return nil, err
		}
		err = c.edit(ctx, d, e)
		var why *playlist.Refusal
		if errors.As(err, &why) {
			return nil, &wrong{code: http.StatusUnprocessableEntity, kind: kindNoFit, what: c.Say("That does not fit this hour"), todo: c.Say("Nothing was changed: %s.", why.In(c.Tongue)), cause: err}
		}
		if err != nil {
			return nil, err
		}
		out := apiEditedHour{Hour: d.view(), Came: []apiPlaced{}, Went: []apiPlaced{}}
		if e.do != doCertify {
			for _, t := range d.last.Came {
				out.Came = append(out.Came, apiPlaced{t.No, t.ID, t.Title, t.Artists})
			}
			for _, t := range d.last.Went {
				out.Went = append(out.Went, apiPlaced{0, t.ID, t.Title, t.Artists})
			}
		}
		return &versioned[apiEditedHour]{versionTag(d.stored.Version), "", out}, nil
	})
}

// askedOf reads an edit of the hour p. Whether it fits is found by making it.
func (c *call) askedOf(in apiEdit, p *playlist.Playlist) (asked, error) {
	a := asked{do: in.Do}
	needsPlace := func() error {
		if in.Place < 1 || in.Place > len(p.Tracks) {
			return c.invalid("#/place", c.Say("The hour has places 1 to %d.", len(p.Tracks)))
		}
		return nil
	}
	switch in.Do {
	case doUndo, doRedo, doCertify, doFresh:
	case doInstead:
		if err := needsPlace(); err != nil {
			return a, err
		}
		other := p.Tracks[in.Place-1].RunnerUp
		if other == nil {
			return a, c.invalid("#/place", c.Say("no other track fits there"))
		}
		a.edit = playlist.Edit{Do: playlist.DoSwap, Place: in.Place, ID: other.ID}
	case string(playlist.DoLength):
		if in.Minutes == 0 {
			return a, c.invalid("#/minutes", c.Say("it is missing"))
		}
		a.edit = playlist.Edit{Do: playlist.DoLength, Minutes: in.Minutes}
	case string(playlist.DoTarget):
		if len(in.To) != 2 {
			return a, c.invalid("#/to", c.Say("it is missing"))
		}
		a.edit = playlist.Edit{Do: playlist.DoTarget, To: &playlist.Place{Affect: segue.Cell{in.To[0], in.To[1]}.At()}}
	case string(playlist.DoRebuild):
		a.edit = playlist.Edit{Do: playlist.DoRebuild}
	default: // the description lets nothing else in
		if err := needsPlace(); err != nil {
			return a, err
		}
		a.edit = playlist.Edit{Do: playlist.Action(in.Do), Place: in.Place}
		switch a.edit.Do {
		case playlist.DoSwap, playlist.DoInsert:
			a.edit.ID = in.ID
			if a.edit.Do == playlist.DoInsert && in.ID == "" {
				return a, c.invalid("#/id", c.Say("it is missing"))
			}
		case playlist.DoMove:
			if in.Where < 1 || in.Where > len(p.Tracks) {
				return a, c.invalid("#/where", c.Say("The hour has places 1 to %d.", len(p.Tracks)))
			}
			a.edit.Where = in.Where
		}
	}
	return a, nil
}
