package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sync"

	"segue"
	"segue/internal/titles"
	"segue/playlist"
	"segue/recommend"
	"segue/store"
	"segue/tell"
)

// mostDrafts is how many hours are held ready to be shown and edited, of all listeners
// together. One is a few hundred kilobytes. (d)
const mostDrafts = 64

// mostTalks is of how many hours it is noted that a listener asked to talk. (d)
const mostTalks = 1000

// drafts are the hours that were looked at last, so that a page is shown without
// reading its plan, and an edit made without planning it again. What is held is
// only ever a copy of what the store has: an hour whose stored version is another
// is read anew.
type drafts struct {
	mu   sync.Mutex
	held []*draft   // the last used one last
	talk []hourName // of the hours after which a listener asked to talk to somebody, the last one last; never stored
}

// An hourName tells one hour from all others.
type hourName struct{ owner, id string }

func (d *drafts) init() {}

// forget drops all of them: something they rest on has changed.
func (d *drafts) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held, d.talk = nil, nil
}

// forgetOf drops those of a listener: something that theirs rest on has changed.
func (d *drafts) forgetOf(owner string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held = slices.DeleteFunc(d.held, func(one *draft) bool { return one.owner == owner })
	d.talk = slices.DeleteFunc(d.talk, func(one hourName) bool { return one.owner == owner })
}

// drop drops one hour.
func (d *drafts) drop(owner, id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held = slices.DeleteFunc(d.held, func(one *draft) bool { return one.owner == owner && one.id == id })
	d.untalk(hourName{owner, id})
}

// of returns the draft of an hour, a new one if none is held.
func (d *drafts) of(owner, id string) *draft {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := slices.IndexFunc(d.held, func(one *draft) bool { return one.owner == owner && one.id == id })
	one := &draft{owner: owner, id: id}
	if at >= 0 {
		one = d.held[at]
		d.held = slices.Delete(d.held, at, at+1)
	} else if len(d.held) == mostDrafts {
		d.makeRoom()
	}
	d.held = append(d.held, one)
	return one
}

// makeRoom drops the hour that was used longest ago of the listener who has most of
// them, so that one who looks through all of theirs takes nobody else's. The lock is
// held.
func (d *drafts) makeRoom() {
	have := map[string]int{}
	most := 0
	for _, one := range d.held {
		have[one.owner]++
		most = max(most, have[one.owner])
	}
	at := slices.IndexFunc(d.held, func(one *draft) bool { return have[one.owner] == most })
	d.held = slices.Delete(d.held, at, at+1)
}

// asked notes whether the listener asked to talk to somebody after an hour.
func (d *drafts) asked(owner, id string, is bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.untalk(hourName{owner, id})
	if !is {
		return
	}
	if len(d.talk) == mostTalks {
		d.talk = slices.Delete(d.talk, 0, 1)
	}
	d.talk = append(d.talk, hourName{owner, id})
}

// untalk takes back what asked noted. The lock is held.
func (d *drafts) untalk(hour hourName) {
	d.talk = slices.DeleteFunc(d.talk, func(one hourName) bool { return one == hour })
}

// talks reports what asked noted.
func (d *drafts) talks(owner, id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Contains(d.talk, hourName{owner, id})
}

// A draft is one hour held ready. Its fields are read and written under mu; the
// playlists themselves are never changed.
type draft struct {
	owner, id string

	mu       sync.Mutex
	stored   store.Hour // without its plan
	hour     *playlist.Playlist
	language string // the code of the language that the hour speaks
	music    *recommend.Music
	missing  int      // tracks of the hour that music does not have
	unknown  []string // artists to leave out that music does not have, as they were written

	edit   *playlist.Draft // nil until one is wanted
	on     *portrait       // what it rests on
	others int             // of what others finish: see pooledAt
	redo   int             // edits taken back that can be made again
	last   change          // what the last edit did

	plane, arc string // drawn of hour; empty until needed
}

// A change says which tracks an edit brought and sent away.
type change struct {
	Came []tell.Numbered
	Went []playlist.Track
}

// changeOf compares two hours.
func changeOf(before, now *playlist.Playlist) change {
	in := func(p *playlist.Playlist, id string) bool {
		return slices.ContainsFunc(p.Tracks, func(t playlist.Track) bool { return t.ID == id })
	}
	var c change
	for i, t := range now.Tracks {
		if !in(before, t.ID) {
			c.Came = append(c.Came, tell.Numbered{No: i + 1, Track: t})
		}
	}
	for _, t := range before.Tracks {
		if !in(now, t.ID) {
			c.Went = append(c.Went, t)
		}
	}
	return c
}

// A plan is an hour as it is stored: the playlist, and the language its sentences
// are in.
type plan struct {
	*playlist.Playlist
	Language string `json:"language,omitempty"`
}

// written returns the plan as it is stored.
func written(p *playlist.Playlist, language string) ([]byte, error) {
	return json.Marshal(plan{p, language})
}

// read takes the stored hour into the draft, unless it is there.
func (d *draft) read(h store.Hour) error {
	if d.hour != nil && d.stored.Version == h.Version && d.stored.Changed.Equal(h.Changed) {
		return nil
	}
	var said struct{ Language string }
	if err := json.Unmarshal(h.Plan, &said); err != nil {
		return err
	}
	p, err := playlist.ReadAny(bytes.NewReader(h.Plan), "hour.json")
	if err != nil {
		return err
	}
	d.put(h, p, said.Language)
	d.edit, d.on, d.redo, d.last, d.music = nil, nil, 0, change{}, nil
	return nil
}

// read takes a stored hour into its draft. A plan that cannot be read has a page
// that says so, and not what the plan holds.
func (v *visit) read(d *draft, h store.Hour) error {
	if err := d.read(h); err != nil {
		return &wrong{code: http.StatusUnprocessableEntity, what: v.Say("This hour cannot be read"), todo: v.Say("What is stored of it is damaged, or another version of Segue wrote it. It can be deleted from the list of your hours."), cause: err, kind: kindUnreadable}
	}
	return nil
}

// put makes p the present hour.
func (d *draft) put(h store.Hour, p *playlist.Playlist, language string) {
	h.Plan = nil
	d.stored, d.hour, d.language = h, p, language
	d.plane, d.arc = "", ""
}

// look finds how many tracks of the hour the music does not have, and which artists
// that were to be left out: a slip of the pen would else be heard.
func (d *draft) look(m *recommend.Music) {
	if m == nil || m == d.music {
		d.music = m
		return
	}
	ids := make([]string, len(d.hour.Tracks))
	for i, t := range d.hour.Tracks {
		ids[i] = t.ID
	}
	d.music, d.missing, d.unknown = m, m.Missing(ids), nil
	names := map[string]string{} // as they were written, by what is compared
	for _, a := range d.hour.Request.Exclude.Artists {
		names[titles.Fold(a)] = a
	}
	if len(names) == 0 {
		return
	}
	for _, a := range m.Catalog.Artists.Values {
		delete(names, titles.Fold(a))
	}
	d.unknown = slices.Sorted(maps.Values(names))
}

// fixed reports whether the hour can only be read: its music is gone.
func (d *draft) fixed() bool { return d.music == nil || d.missing > 0 }

// draftOf returns the draft of a visit's hour, locked, speaking the visit's
// language where it can. The caller unlocks it. A stored hour whose words are in
// the language is read and not planned again.
func (v *visit) draftOf(ctx context.Context, id string) (*draft, error) {
	h, err := v.keeper(store.CheckIns).Hour(ctx, v.who.ID, id)
	if err != nil {
		return nil, err
	}
	d := v.server.drafts.of(v.who.ID, id)
	d.mu.Lock()
	if err := v.prepare(ctx, d, h); err != nil {
		d.mu.Unlock()
		return nil, err
	}
	return d, nil
}

func (v *visit) prepare(ctx context.Context, d *draft, h store.Hour) error {
	if err := v.read(d, h); err != nil {
		return err
	}
	m, err := v.music(ctx)
	switch {
	case errors.Is(err, ErrNoMusic):
		m = nil
	case err != nil:
		return err
	}
	d.look(m)
	if d.language == v.Code() || d.fixed() {
		return nil
	}
	// In other words: from the draft, which holds what they are made of.
	switch err := v.resume(ctx, d); {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, playlist.ErrNoFit), errors.Is(err, segue.ErrUsage), errors.Is(err, playlist.ErrNoPlaylist):
		return nil // it stays in the words it has
	case err != nil:
		return err
	}
	p, err := d.edit.In(v.Tongue)
	if err != nil {
		return err
	}
	d.put(d.stored, proved(p, d.hour), v.Code())
	return nil
}

// resume makes the draft ready for edits in the visit's language.
func (v *visit) resume(ctx context.Context, d *draft) error {
	p, err := v.portrait(ctx)
	if err != nil {
		return err
	}
	if d.edit == nil || d.on != p || v.server.lab.finishers.gone(d.others) {
		l, err := v.library(ctx, p)
		if err != nil {
			return err
		}
		if d.edit, err = playlist.Resume(ctx, l, d.hour); err != nil {
			d.edit = nil
			return err
		}
		d.on, d.others, d.redo = p, v.server.lab.finishers.pooledAt(l), 0
	}
	_, err = d.edit.In(v.Tongue)
	return err
}

// proved returns p with the certificate of the same hour as it was.
func proved(p, was *playlist.Playlist) *playlist.Playlist {
	if p.Gap != nil || was.Gap == nil || !slices.EqualFunc(p.Tracks, was.Tracks, func(a, b playlist.Track) bool { return a.ID == b.ID && a.Locked == b.Locked }) {
		return p
	}
	out := *p
	out.Certificate, out.LowerBound, out.Gap = was.Certificate, was.LowerBound, was.Gap
	return &out
}
