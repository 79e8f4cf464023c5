package playlist

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"segue"
	"segue/language"
)

// ErrNoFit reports that an edit cannot be made: no hour around what is locked
// meets the limits that are never relaxed. The wrapping error says what would help.
var ErrNoFit = errors.New("the edit does not fit")

// ErrNoEdit reports that there is nothing to undo, or to redo. It wraps
// segue.ErrUsage.
var ErrNoEdit = fmt.Errorf("%w: there is no edit", segue.ErrUsage)

// A Draft is an hour that is being edited. An edit changes as little as it can:
// one track where that is enough, else its neighbours too, else all that is not
// locked; and it is undone as a whole. What is locked stays at its place, what is
// excluded stays away, and what was swapped out is not brought back by another
// edit unless asked for by name or by a new seed, target or length.
//
// An edit keeps every rule and bar that the hour kept before, if any hour around
// the locks can; what it cannot keep is listed in the playlist's Relaxed and
// Notes. The limits that are never relaxed hold after every edit.
//
// The same library, request and edits give the same playlist, so that the
// playlist's JSON is all it takes to go on another day (Resume), and to undo. A
// Draft is not safe for use by several goroutines at once.
type Draft struct {
	lib      *Library
	asked    Request // what was planned first, every default filled in
	adopted  *Edit   // … or what was adopted instead
	versions []*version
	at       int // of the present one

	desk    *desk // tables of the present one, nil until needed
	deskFor *version
}

// A version is the hour after one edit. Once it is made only what is known of it
// grows.
type version struct {
	edit    Edit     // what made it; of the first, none
	pl      *planner // what is asked by now, and the candidates
	minutes int      // it was planned for: fewer than asked where nothing else could be met
	rows    []int32  // of the catalogue, in order
	locked  []bool   // by place
	out     []int32  // rows swapped out

	judged  bool // what is relaxed for it is known
	relaxed []rule
	done    *Playlist // in words; nil until asked for
}

// find returns where a row stands, from 0; −1 if nowhere.
func (v *version) find(row int32) int { return slices.Index(v.rows, row) }

// NewDraft plans an hour (see Plan, also for errors) and returns it as a draft. A
// draft spares the certificate: see Certify.
func NewDraft(ctx context.Context, lib *Library, r Request) (*Draft, error) {
	first, err := planned(ctx, lib, r)
	if err != nil {
		return nil, err
	}
	d := &Draft{lib: lib, asked: first.pl.request, versions: []*version{first}}
	return d, d.show(ctx)
}

// Resume returns the draft that a playlist was left at, from what its JSON holds:
// the request is planned again and the edits are made again. Where that leads to
// other tracks, as the catalogue or the history has changed since, or the playlist
// was made by another version of Segue, the draft begins anew with the tracks and
// locks of p as they are, a note says so, and earlier edits cannot be undone.
//
// It returns an error wrapping segue.ErrUsage if p is not whole or its tracks are
// not those of the catalogue, one wrapping ErrNoFit if they break a limit that is
// never relaxed, and the context's if it ended. It takes as long as a plan and the
// edits.
func Resume(ctx context.Context, lib *Library, p *Playlist) (*Draft, error) {
	rows, locks, err := standing(lib, p)
	if err != nil {
		return nil, err
	}
	if d, err := replay(ctx, lib, p); err == nil && d.stands(rows, locks) {
		return d, d.show(ctx)
	} else if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	r := p.Request
	for _, e := range p.Edits {
		r = asks(r, e)
	}
	adopt := Edit{Do: DoAdopt}
	for i, t := range p.Tracks {
		adopt.Tracks = append(adopt.Tracks, t.ID)
		if locks[i] {
			adopt.Locks = append(adopt.Locks, i+1)
		}
	}
	d, err := adoption(ctx, lib, r, adopt)
	if err != nil {
		return nil, err
	}
	return d, d.show(ctx)
}

// maxWaypoints is far more than any way needs: what a file asks for must not take
// long to draw.
const maxWaypoints = 16

// standing returns the rows and locks of a playlist that was read back.
func standing(lib *Library, p *Playlist) (rows []int32, locks []bool, err error) {
	if len(p.Tracks) == 0 || p.Request.Minutes == 0 {
		return nil, nil, misuse(lib.say("this is no hour that can be edited: it needs its tracks and its request, as 'segue playlist --json' prints them"))
	}
	if len(p.Edits) > MaxEdits {
		return nil, nil, misuse(lib.say("%d edits are more than the %d one hour can have", len(p.Edits), MaxEdits))
	}
	if n := len(p.Tracks); n > MaxMinutes {
		return nil, nil, misuse(lib.say("%d tracks are more tracks than an hour of up to %d minutes has", n, MaxMinutes))
	}
	if n := len(p.Request.Locks) + len(p.Request.Wishes); n > 2*MaxMinutes {
		return nil, nil, misuse(lib.say("its request holds and wishes for %d tracks, more than an hour can have", n))
	}
	if n := len(p.Request.Arc.Waypoints); n > maxWaypoints {
		return nil, nil, misuse(lib.say("its request has %d waypoints, more waypoints than an hour can have", n))
	}
	missing := 0
	for _, t := range p.Tracks {
		row, ok := lib.row(t.ID)
		if !ok {
			missing++
		}
		rows, locks = append(rows, row), append(locks, t.Locked)
	}
	if missing > 0 {
		return nil, nil, misuse(lib.say("%d of the %d tracks of this hour are not in the catalogue; bring the one it was made from", missing, len(p.Tracks)))
	}
	return rows, locks, nil
}

// replay makes the hour of a playlist again, without putting it into words.
func replay(ctx context.Context, lib *Library, p *Playlist) (*Draft, error) {
	edits := p.Edits
	var d *Draft
	if len(edits) > 0 && edits[0].Do == DoAdopt {
		var err error
		if d, err = adoption(ctx, lib, p.Request, edits[0]); err != nil {
			return nil, err
		}
		edits = edits[1:]
	} else {
		first, err := planned(ctx, lib, p.Request)
		if err != nil {
			return nil, err
		}
		d = &Draft{lib: lib, asked: first.pl.request, versions: []*version{first}}
	}
	for _, e := range edits {
		if err := d.apply(ctx, e); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// stands reports whether the present version has these tracks and locks.
func (d *Draft) stands(rows []int32, locks []bool) bool {
	v := d.versions[d.at]
	return slices.Equal(v.rows, rows) && slices.Equal(v.locked, locks)
}

// asks returns what is asked after an edit.
func asks(r Request, e Edit) Request {
	switch e.Do {
	case DoExclude:
		r.Exclude.Tracks = append(slices.Clip(r.Exclude.Tracks), e.ID)
	case DoExcludeArtist:
		r.Exclude.Artists = append(slices.Clip(r.Exclude.Artists), e.Artist)
	case DoLength:
		r.Minutes = e.Minutes
	case DoTarget:
		if e.To == nil {
			break
		}
		// The way to the old target is not that to the new one.
		lead, via := RouteBetween(r.From, r.FromName, r.To, r.ToName)
		if r.Arc.Lead == lead && slices.Equal(r.Arc.Waypoints, via) {
			r.Arc.Lead = ""
		}
		r.Arc.Waypoints = nil
		r.To, r.ToName = e.To.Affect, e.To.Name
	case DoRebuild:
		if e.Seed != nil {
			r.Seed = *e.Seed
		}
	}
	return r
}

// Playlist returns the present hour, which must not be changed.
func (d *Draft) Playlist() *Playlist { return d.versions[d.at].done }

// In makes the draft speak t, nil being English, and returns the present hour in it,
// which must not be changed: see Library.In. Hours that were returned before stay as
// they are.
func (d *Draft) In(t *language.Tongue) (*Playlist, error) {
	if t.Code() != d.lib.tongue.Code() {
		d.lib = d.lib.In(t)
		for _, v := range d.versions {
			v.pl.lib, v.pl.ok.lib, v.done = d.lib, d.lib, nil
		}
		d.desk, d.deskFor = nil, nil
	}
	if err := d.show(context.Background()); err != nil {
		return nil, err
	}
	return d.Playlist(), nil
}

// Edits returns the edits that were made, in order, without those undone.
func (d *Draft) Edits() []Edit { return d.edits(d.at) }

// edits returns those that lead to a version.
func (d *Draft) edits(at int) []Edit {
	var out []Edit
	if d.adopted != nil {
		out = append(out, *d.adopted)
	}
	for _, v := range d.versions[1 : at+1] {
		out = append(out, v.edit)
	}
	return out
}

// Apply makes an edit and returns the hour after it, which must not be changed.
// What was undone can then no longer be redone. If it returns an error nothing has
// changed: one wrapping segue.ErrUsage says what in the edit makes no sense, one
// wrapping ErrNoFit or ErrNoPlaylist why no hour has it, and an ended ctx gives its
// own.
func (d *Draft) Apply(ctx context.Context, e Edit) (*Playlist, error) {
	if len(d.Edits()) >= MaxEdits {
		return nil, misuse(d.lib.say("this hour has had %d edits; begin a new one", MaxEdits))
	}
	at, versions := d.at, d.versions
	if err := d.apply(ctx, e); err != nil {
		return nil, err
	}
	if err := d.show(ctx); err != nil {
		d.at, d.versions = at, versions
		return nil, err
	}
	return d.Playlist(), nil
}

// apply adds the version after an edit; it is put into words by show.
func (d *Draft) apply(ctx context.Context, e Edit) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	v := d.versions[d.at]
	e, err := d.settled(v, e)
	if err != nil {
		return err
	}
	next, err := d.edited(ctx, v, e)
	if err != nil {
		return err
	}
	next.edit = e
	d.versions = append(slices.Clip(d.versions[:d.at+1]), next)
	d.at++
	return nil
}

// Undo takes back the last edit and returns the hour before it; an error wrapping
// ErrNoEdit if there is none.
func (d *Draft) Undo() (*Playlist, error) {
	if d.at == 0 {
		if d.adopted != nil {
			return nil, &Refusal{Kind: ErrNoEdit, Reason: d.lib.say("there is no edit to undo: what came before was made with other music or another history")}
		}
		return nil, &Refusal{Kind: ErrNoEdit, Reason: d.lib.say("there is no edit to undo: this is the hour as it was planned")}
	}
	return d.turn(-1)
}

// Redo makes the edit again that was undone last; an error wrapping ErrNoEdit if
// there is none.
func (d *Draft) Redo() (*Playlist, error) {
	if d.at == len(d.versions)-1 {
		return nil, &Refusal{Kind: ErrNoEdit, Reason: d.lib.say("there is no edit to redo")}
	}
	return d.turn(1)
}

func (d *Draft) turn(by int) (*Playlist, error) {
	d.at += by
	if err := d.show(context.Background()); err != nil {
		d.at -= by
		return nil, err
	}
	return d.Playlist(), nil
}

// Certify returns the present hour with its lower bound, gap and certificate, which
// edits spare as they take longer than a person likes to wait. The draft itself
// does not change.
func (d *Draft) Certify(ctx context.Context) (*Playlist, error) {
	v := d.versions[d.at]
	s, err := d.solution(v)
	if err != nil {
		return nil, err
	}
	s.p.locked, s.p.unary = slices.Clone(s.p.locked), slices.Clone(s.p.unary)
	for i, c := range s.seq {
		if v.locked[i] {
			s.p.locked[i] = c
		}
	}
	s.p.hold()
	pl := v.held()
	pl.request.NoCertificate = false // it is asked for
	proof, err := pl.certify(ctx, s)
	if err != nil {
		return nil, err
	}
	out := *v.done
	out.prove(proof)
	return &out, nil
}

// show puts the present version into words, and the first one, which it is judged
// beside.
func (d *Draft) show(ctx context.Context) error {
	for _, at := range [2]int{0, d.at} {
		v := d.versions[at]
		if v.done != nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		s, err := d.solution(v)
		if err != nil {
			return err
		}
		out := v.held().playlist(s)
		out.Request, out.Edits = d.asked, d.edits(at)
		for i := range out.Tracks {
			out.Tracks[i].Locked = v.locked[i]
		}
		if d.adopted != nil {
			out.Notes = append(out.Notes, d.lib.say("The music or the history this hour was made from has changed since; its tracks were kept as they were, and what was edited before can no longer be undone."))
		}
		if first := d.versions[0].done; first != nil {
			out.Notes = append(out.Notes, d.lost(first, out)...)
		}
		v.done = out
	}
	return nil
}

// lost says how many of the bars that an hour misses after the edits it met as it
// was planned.
func (d *Draft) lost(first, now *Playlist) []string {
	missed, before := 0, 0
	for i, c := range now.Checks {
		if c.Pass == nil || *c.Pass {
			continue
		}
		missed++
		if was := first.Checks[i].Pass; was == nil || !*was {
			before++
		}
	}
	if before == missed {
		return nil
	}
	if before == 0 {
		return []string{d.lib.say("Before your edits it missed none of these bars.")}
	}
	return []string{d.lib.say("Before your edits it missed %d of these bars.", before)}
}

// id returns the id of a row.
func (d *Draft) id(row int32) string { return d.lib.Catalog.ID[row] }

// artists returns the credited artists of a row, the main one first.
func (d *Draft) artists(row int32) []string {
	if c := d.lib.Catalog; c.Artists.Len() > 0 {
		return c.Artists.At(int(row))
	}
	return nil
}

// planned returns the first version of a request.
func planned(ctx context.Context, lib *Library, r Request) (*version, error) {
	pl, err := newPlanner(ctx, lib, r)
	if err != nil {
		return nil, err
	}
	return pl.version(ctx)
}

// version solves what is asked.
func (pl *planner) version(ctx context.Context) (*version, error) {
	s, err := pl.solveAround(ctx)
	if err != nil {
		return nil, err
	}
	v := &version{pl: pl, minutes: s.minutes, locked: make([]bool, len(s.seq)), judged: true, relaxed: s.relaxed}
	for _, c := range s.seq {
		v.rows = append(v.rows, pl.rows[c])
	}
	for _, l := range pl.request.Locks {
		if at, err := v.place(l.Place); err == nil {
			v.locked[at-1] = true
		}
	}
	return v, nil
}

// adoption returns a draft that begins with tracks as they are.
func adoption(ctx context.Context, lib *Library, r Request, adopt Edit) (*Draft, error) {
	n := len(adopt.Tracks)
	if n == 0 || n > MaxMinutes {
		return nil, misuse(lib.say("an hour of %d tracks cannot be adopted", n))
	}
	r.Locks = nil
	r.Wishes = slices.DeleteFunc(slices.Clone(r.Wishes), func(id string) bool { return !slices.Contains(adopt.Tracks, id) })
	pl, err := newPlanner(ctx, lib, r)
	if err != nil {
		return nil, err
	}
	v := &version{pl: pl, minutes: pl.request.Minutes, locked: make([]bool, n)}
	for _, id := range adopt.Tracks {
		row, ok := lib.row(id)
		if !ok {
			return nil, misuse(lib.say("the track %q of this hour is not in the catalogue; bring the one it was made from", id))
		}
		if !pl.ok.has(row) {
			return nil, unfit(lib.say("the track %q of this hour may not be played in it; plan a new one", id))
		}
		v.rows = append(v.rows, row)
	}
	for _, place := range adopt.Locks {
		if place < 1 || place > n {
			return nil, misuse(lib.say("there is no place %d to lock; the hour has places 1 to %d", place, n))
		}
		v.locked[place-1] = true
	}
	pl.include(v.rows)
	// As many places as there are tracks.
	pl.median = float64(v.minutes) * 60e3 / float64(n)
	d := &Draft{lib: lib, asked: pl.request, adopted: &adopt, versions: []*version{v}}
	k, err := d.tables(v)
	if err != nil {
		return nil, err
	}
	if broken := k.never(k.numbers(v.rows)); broken != "" {
		return nil, unfit(lib.say("%s; plan a new hour", broken))
	}
	return d, nil
}

// include adds rows to the candidates.
func (pl *planner) include(rows []int32) {
	all := append(slices.Clone(pl.rows), rows...)
	slices.Sort(all)
	pl.rows = slices.Compact(all)
}
