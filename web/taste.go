package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"segue"
	"segue/playlist"
	"segue/store"
	"segue/taste"
)

// corrections returns what the listener said of how tracks feel, as package taste reads
// it, in order of time.
func (v *visit) corrections(ctx context.Context) ([]taste.Correction, error) {
	all, err := v.keeper(store.Taste).Corrections(ctx, v.who.ID)
	if err != nil {
		return nil, err
	}
	out := make([]taste.Correction, 0, len(all))
	for _, k := range all {
		out = append(out, correctionOf(k))
	}
	return out, nil
}

// correctionOf reads a stored correction.
func correctionOf(k store.Correction) taste.Correction {
	c := taste.Correction{Track: k.Track, When: k.At}
	at := segue.Affect{Valence: k.Valence, Arousal: k.Arousal}
	switch k.Kind {
	case store.KindNever:
		var m segue.Mood
		_ = m.UnmarshalText([]byte(k.Mood)) // the store holds none but the four
		c.Never = &m
	case store.KindCell:
		cell := segue.CellAt(at)
		c.Cell = &cell
	default:
		c.Feels = &at
	}
	return c
}

// storedOf writes a correction as it is stored, under a new id.
func storedOf(c taste.Correction) store.Correction {
	k := store.Correction{ID: newID(), Track: c.Track, At: c.When.Truncate(time.Millisecond)}
	switch {
	case c.Never != nil:
		k.Kind, k.Mood = store.KindNever, c.Never.String()
	case c.Cell != nil:
		at := c.Cell.At()
		k.Kind, k.Valence, k.Arousal = store.KindCell, at.Valence, at.Arousal
	default:
		k.Kind, k.Valence, k.Arousal = store.KindPoint, c.Feels.Valence, c.Feels.Arousal
	}
	return k
}

// A feltTrack is a correction with what it changed. Places are known where the music has
// the track; those of the listener come with their error.
type feltTrack struct {
	store.Correction
	Title   string
	Artists []string
	Here    bool         // the music has the track
	Before  segue.Affect // everybody's place
	After   segue.Affect
	Error   segue.Affect // standard deviation of After
	Reach   taste.Reach  // of what was said of where the track lies
}

// A tasteView is what the listener said of tracks, the newest first, and what came of it.
type tasteView struct {
	All    []feltTrack
	Other  int     // of All, those of tracks the music does not have
	Shared float64 // how sure it is that other tracks go along; NaN where no place was said
	Kept   bool
	Said   string // what was just done, a code
}

// tasteView gathers what the listener said and what came of it. It returns ErrNoMusic
// where there is no music.
func (v *visit) tasteView(ctx context.Context) (tasteView, error) {
	p, err := v.portrait(ctx)
	if err != nil {
		return tasteView{}, err
	}
	all, err := v.keeper(store.Taste).Corrections(ctx, v.who.ID)
	if err != nil {
		return tasteView{}, err
	}
	slices.Reverse(all)
	t := tasteView{Kept: v.allows(store.Taste)}
	var rows []int32
	var here []int // which of t.All each row is of
	for _, k := range all {
		one := feltTrack{Correction: k, Title: k.Track}
		said, _, err := p.music.Said([]taste.Correction{correctionOf(k)})
		if err != nil {
			return tasteView{}, err
		}
		if len(said) == 1 {
			row := said[0].Row
			one.Here, one.Title, one.Before = true, p.music.Catalog.Title[row], p.music.Positions[row]
			one.Artists = p.music.Catalog.Artists.At(int(row))
			rows, here = append(rows, row), append(here, len(t.All))
		} else {
			t.Other++
		}
		t.All = append(t.All, one)
	}
	if !p.taste.Learned() || len(rows) == 0 {
		return t, nil
	}
	errors, err := p.taste.Errors(ctx, rows)
	if err != nil {
		return tasteView{}, err
	}
	reach, err := p.taste.Reach(ctx, rows)
	if err != nil {
		return tasteView{}, err
	}
	t.Shared = p.taste.Shared()
	for i, at := range here {
		one := &t.All[at]
		one.After, one.Error = p.taste.Place(rows[i]), errors[i]
		if one.Kind != store.KindNever {
			one.Reach = reach[i]
		}
	}
	return t, nil
}

// tastePage lists what the listener said of tracks, each with what it changed and a
// button that takes it back.
func (s *Server) tastePage(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	t, err := v.tasteView(r.Context())
	if err != nil {
		return err
	}
	t.Said = r.URL.Query().Get("done")
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Your taste"), Nav: navMoods}, tastePage(v, t))
}

// A feelsView is a track of an hour, and where it lies.
type feelsView struct {
	Hour   string
	Place  int
	Track  playlist.Track
	At     segue.Affect // to the listener, by now
	Before segue.Affect // to everybody
}

// feelsPage asks how a track of an hour feels.
func (s *Server) feelsPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	f, err := v.feelsView(r.Context(), r.PathValue("id"), r.PathValue("n"))
	if err != nil {
		return err
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("How does this track feel?"), Nav: navHour, Head: []string{"pad.js"}}, feelsPage(v, f))
}

func (v *visit) feelsView(ctx context.Context, id, place string) (feelsView, error) {
	h, err := v.keeper(store.CheckIns).Hour(ctx, v.who.ID, id)
	if err != nil {
		return feelsView{}, err
	}
	d := v.server.drafts.of(v.who.ID, id)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := v.read(d, h); err != nil {
		return feelsView{}, err
	}
	n, err := strconv.Atoi(place)
	if err != nil || n < 1 || n > len(d.hour.Tracks) {
		return feelsView{}, notFound(v.Tongue)
	}
	f := feelsView{Hour: id, Place: n, Track: d.hour.Tracks[n-1]}
	p, err := v.portrait(ctx)
	if err != nil {
		return feelsView{}, err
	}
	said, other, err := p.music.Said([]taste.Correction{{Track: f.Track.ID}})
	if err != nil {
		return feelsView{}, err
	}
	if other > 0 {
		return feelsView{}, notFound(v.Tongue)
	}
	f.Before = p.music.Positions[said[0].Row]
	if f.At = f.Before; p.taste.Learned() {
		f.At = p.taste.Place(said[0].Row)
	}
	return f, nil
}

// correct takes what a listener says of a track.
func (s *Server) correct(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	if err := r.ParseForm(); err != nil {
		return misread(v.Tongue, v.Say("Go back to the hour and try again."))
	}
	c := taste.Correction{Track: r.PostForm.Get("track"), When: v.at}
	if word := r.PostForm.Get("never"); word != "" {
		var m segue.Mood
		if m.UnmarshalText([]byte(word)) != nil || m == segue.Mixed {
			return misread(v.Tongue, v.Say("A track can be never angry, sad, calm or happy. Go back and choose one."))
		}
		c.Never = &m
	} else {
		cell, ok := cellOf(r.PostForm.Get("feels"))
		if !ok {
			return misread(v.Tongue, v.Say("A place is one of 9 by 9 squares. Go back to the plane and choose one."))
		}
		c.Cell = &cell
	}
	if _, err := v.saveCorrection(r.Context(), c); err != nil {
		return err
	}
	return see(w, r, "/taste?done=said")
}

// saveCorrection stores what a listener says of a track that the music has.
func (v *visit) saveCorrection(ctx context.Context, c taste.Correction) (store.Correction, error) {
	if err := c.Check(); err != nil {
		return store.Correction{}, misread(v.Tongue, v.Say("Say where one track lies, or which mood it never has."))
	}
	m, err := v.music(ctx)
	if err != nil {
		return store.Correction{}, err
	}
	_, other, err := m.Said([]taste.Correction{c})
	if err != nil {
		return store.Correction{}, err
	}
	if other > 0 {
		return store.Correction{}, &wrong{code: http.StatusNotFound, what: v.Say("This track is not in the music"), todo: v.Say("Say it of a track that Segue knows: of one in an hour."), kind: kindNotFound}
	}
	k := storedOf(c)
	if err := v.keeper(store.Taste).AddCorrection(ctx, v.who.ID, k); err != nil {
		return store.Correction{}, err
	}
	v.server.portraits.forget(v.who.ID)
	return k, nil
}

// takeBackCorrection deletes what was said of a track.
func (s *Server) takeBackCorrection(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	if err := v.takeBack(r.Context(), r.PostFormValue("id")); err != nil {
		return err
	}
	return see(w, r, "/taste?done=undone")
}

// takeBack deletes a correction, if there is one of that id.
func (v *visit) takeBack(ctx context.Context, id string) error {
	defer v.server.portraits.forget(v.who.ID)
	return v.keeper(store.Taste).DeleteCorrection(ctx, v.who.ID, id)
}
