package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"

	"segue"
	"segue/language"
	"segue/playlist"
	"segue/store"
)

// What a form of an hour's page can ask for beside the actions of a draft.
const (
	doInstead = "instead" // the runner-up in a track's place
	doUp      = "up"      // one place earlier
	doDown    = "down"    // one place later
	doFresh   = "fresh"   // another hour, with nothing locked
	doUndo    = "undo"
	doRedo    = "redo"
	doCertify = "certify" // find how much better it could be
)

// editHour changes an hour. A change that does not fit shows the hour as it is,
// with the reason; one made on an older page is not made.
func (s *Server) editHour(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := r.ParseForm(); err != nil {
		return misread(v.Tongue, v.Say("Go back to the hour and try again."))
	}
	ctx := r.Context()
	d, err := v.draftOf(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	defer d.mu.Unlock()
	asked, err := readEdit(v.Tongue, r.PostForm, d.hour)
	if err != nil {
		return err
	}
	if asked.version != d.stored.Version {
		return store.ErrConflict
	}
	if err := v.edit(ctx, d, asked); err != nil {
		return v.refuse(w, r, d, err)
	}
	return see(w, r, "/hours/"+d.id+"#"+asked.anchor())
}

// refuse shows an hour that was not changed, and why not; other errors have their
// own pages.
func (v *visit) refuse(w http.ResponseWriter, r *http.Request, d *draft, err error) error {
	var why *playlist.Refusal
	if !errors.As(err, &why) {
		return err
	}
	h, viewing := v.viewOf(r.Context(), d)
	if viewing != nil {
		return viewing
	}
	code := http.StatusUnprocessableEntity
	if errors.Is(err, segue.ErrUsage) {
		code = http.StatusBadRequest
	}
	h.Notice = v.Say("Nothing was changed: %s.", why.In(v.Tongue))
	h.Last = change{}
	return v.showHour(w, r, code, h)
}

// An asked is what a form asks of an hour.
type asked struct {
	do      string
	version int
	edit    playlist.Edit // where do is no more than an edit
}

// anchor is where on the page the change is seen.
func (a asked) anchor() string {
	switch {
	case a.edit.Do == playlist.DoMove:
		return "t" + strconv.Itoa(a.edit.Where)
	case a.edit.Place > 0:
		return "t" + strconv.Itoa(a.edit.Place)
	case a.do == doCertify:
		return "quality"
	case a.edit.Do == playlist.DoTarget:
		return "main"
	}
	return "controls"
}

// readEdit reads the form of an edit of the hour p. What no page of ours sends is
// misread; whether an edit fits is found by making it.
func readEdit(t *language.Tongue, form url.Values, p *playlist.Playlist) (asked, error) {
	bad := func() (asked, error) {
		return asked{}, misread(t, t.Say("This change of an hour is none that Segue knows. Go back to the hour and try again."))
	}
	a := asked{do: form.Get("do")}
	var err error
	if a.version, err = strconv.Atoi(form.Get("version")); err != nil || a.version < 1 || !utf8.ValidString(a.do) {
		return bad()
	}
	place := 0
	switch a.do {
	case string(playlist.DoSwap), string(playlist.DoLock), string(playlist.DoUnlock), string(playlist.DoExclude), string(playlist.DoExcludeArtist), doInstead, doUp, doDown:
		if place, err = strconv.Atoi(form.Get("place")); err != nil || place < 1 || place > len(p.Tracks) {
			return asked{}, misread(t, t.Say("The hour has places 1 to %d. Go back to it and try again.", len(p.Tracks)))
		}
	}
	switch a.do {
	case doUndo, doRedo, doCertify, doFresh:
	case doInstead:
		other := p.Tracks[place-1].RunnerUp
		if other == nil {
			return bad()
		}
		a.edit = playlist.Edit{Do: playlist.DoSwap, Place: place, ID: other.ID}
	case doUp, doDown:
		to := place - 1
		if a.do == doDown {
			to = place + 1
		}
		if to < 1 || to > len(p.Tracks) {
			return bad()
		}
		a.edit = playlist.Edit{Do: playlist.DoMove, Place: place, Where: to}
	case string(playlist.DoSwap), string(playlist.DoLock), string(playlist.DoUnlock), string(playlist.DoExclude), string(playlist.DoExcludeArtist):
		a.edit = playlist.Edit{Do: playlist.Action(a.do), Place: place}
	case string(playlist.DoLength):
		minutes, err := strconv.Atoi(form.Get("minutes"))
		if err != nil || minutes < playlist.MinMinutes || minutes > playlist.MaxMinutes {
			return asked{}, misreadLength(t)
		}
		a.edit = playlist.Edit{Do: playlist.DoLength, Minutes: minutes}
	case string(playlist.DoTarget):
		c, ok := cellOf(form.Get("to"))
		if !ok {
			return asked{}, misread(t, t.Say("Choose one of the 81 squares to lead to."))
		}
		a.edit = playlist.Edit{Do: playlist.DoTarget, To: &playlist.Place{Affect: c.At()}}
	case string(playlist.DoRebuild):
		a.edit = playlist.Edit{Do: playlist.DoRebuild}
	default:
		return bad()
	}
	return a, nil
}

// misreadLength says which lengths there are.
func misreadLength(t *language.Tongue) error {
	return misread(t, t.Say("An hour can be %d to %d minutes long. Choose a length between them.", playlist.MinMinutes, playlist.MaxMinutes))
}

// edit makes a change and stores the hour. If it cannot be stored the draft is
// forgotten, so that the next page shows what is stored.
func (v *visit) edit(ctx context.Context, d *draft, a asked) error {
	if d.fixed() {
		return &wrong{code: http.StatusConflict, what: v.Say("This hour can only be read"), todo: v.Say("The music it was made from is not here any more. Bring it again, or build a new hour."), kind: kindFixed}
	}
	if err := v.resume(ctx, d); err != nil {
		return err
	}
	before, redo := d.hour, d.redo
	p, err := d.apply(ctx, a)
	if err != nil {
		return err
	}
	h := d.stored
	h.Changed, h.Version = v.at, h.Version+1
	if h.Plan, err = written(p, v.Code()); err == nil {
		err = v.keeper(store.CheckIns).SaveHour(ctx, v.who.ID, h)
	}
	if err != nil {
		d.hour, d.edit, d.redo = nil, nil, redo
		return err
	}
	// The time as the store gives it back, to the millisecond.
	h.Changed = v.at.UTC().Truncate(1e6)
	d.put(h, p, v.Code())
	if a.do != doCertify {
		d.last = changeOf(before, p)
	}
	return nil
}

// apply makes a change on the draft and returns the hour after it. If it returns an
// error nothing has changed.
func (d *draft) apply(ctx context.Context, a asked) (*playlist.Playlist, error) {
	switch a.do {
	case doUndo:
		p, err := d.edit.Undo()
		if err == nil {
			d.redo++
		}
		return p, err
	case doRedo:
		p, err := d.edit.Redo()
		if err == nil {
			d.redo--
		}
		return p, err
	case doCertify:
		return d.edit.Certify(ctx)
	case doFresh:
		return d.afresh(ctx)
	}
	p, err := d.edit.Apply(ctx, a.edit)
	if err == nil {
		d.redo = 0
	}
	return p, err
}

// afresh unlocks everything and makes another hour.
func (d *draft) afresh(ctx context.Context) (*playlist.Playlist, error) {
	edits := []playlist.Edit{}
	for i, t := range d.edit.Playlist().Tracks {
		if t.Locked {
			edits = append(edits, playlist.Edit{Do: playlist.DoUnlock, Place: i + 1})
		}
	}
	edits = append(edits, playlist.Edit{Do: playlist.DoRebuild})
	for i, e := range edits {
		p, err := d.edit.Apply(ctx, e)
		if err != nil {
			for range i {
				if _, undoing := d.edit.Undo(); undoing != nil {
					return nil, errors.Join(err, undoing)
				}
			}
			return nil, err
		}
		if i == len(edits)-1 {
			d.redo = 0
			return p, nil
		}
	}
	panic("web: an hour is made afresh by an edit at least")
}
