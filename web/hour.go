package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"segue"
	"segue/language"
	"segue/playlist"
	"segue/recommend"
	"segue/store"
	"segue/tell"
)

// An hourView is what the page of an hour shows.
type hourView struct {
	ID      string
	Version int
	At      time.Time
	P       *playlist.Playlist
	Plane   string
	Arc     string

	Fixed      bool // it can only be read: its music is not here
	Foreign    bool // its sentences are in another language than the page
	CanUndo    bool
	CanRedo    bool
	Locked     int      // tracks held at their places
	Unknown    []string // artists to leave out that are not in the music
	StyleNight bool     // the night rules hold by day, as the listener's style asks
	Last       change   // what the last edit did
	Notice     string   // why an edit was not made
	Felt       bool     // something was said of it
	Drawn      lot      // what its order was drawn for
	Adapted    *adapted // how the adaptive loop built it; nil if it did not
	Demo       bool
}

// hourPage shows an hour.
func (s *Server) hourPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	d, err := v.draftOf(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	h, err := v.viewOf(r.Context(), d)
	d.mu.Unlock()
	if err != nil {
		return err
	}
	return v.showHour(w, r, http.StatusOK, h)
}

// showHour writes the page of an hour.
func (v *visit) showHour(w http.ResponseWriter, r *http.Request, code int, h hourView) error {
	return v.show(w, r, code, page{Title: v.hourTitle(h.P), Nav: navHour, Head: []string{"hour.js", "pad.js"}}, hourPage(v, h))
}

// viewOf gathers what is shown of a draft, which the caller has locked.
func (v *visit) viewOf(ctx context.Context, d *draft) (hourView, error) {
	if d.plane == "" {
		d.plane, d.arc = tell.HourPlane(v.Tongue, d.hour, "way"), tell.HourArc(v.Tongue, d.hour, "arc")
	}
	h := hourView{
		ID: d.id, Version: d.stored.Version, At: d.stored.At, P: d.hour, Plane: d.plane, Arc: d.arc,
		Fixed: d.fixed(), Foreign: d.language != v.Code(), CanUndo: undoable(d.hour), CanRedo: d.redo > 0,
		Last: d.last, Unknown: d.unknown, Demo: v.who.Demo, StyleNight: d.hour.Request.Night && !recommend.IsNight(d.stored.At, v.zone()),
	}
	for _, t := range d.hour.Tracks {
		if t.Locked {
			h.Locked++
		}
	}
	felt, err := v.reflection(ctx, d.id)
	if err != nil {
		return h, err
	}
	h.Felt = felt != nil
	if h.Drawn, err = v.drawnFor(ctx, d.id); err != nil {
		return h, err
	}
	h.Adapted, err = v.adaptation(ctx, d.id)
	return h, err
}

// undoable reports whether an edit of the hour can be taken back. What it was
// adopted with cannot.
func undoable(p *playlist.Playlist) bool {
	n := len(p.Edits)
	return n > 1 || n == 1 && p.Edits[0].Do != playlist.DoAdopt
}

// reflection returns what was said of an hour, nil if nothing.
func (v *visit) reflection(ctx context.Context, id string) (*store.Reflection, error) {
	one, err := v.keeper(store.CheckIns).Reflection(ctx, v.who.ID, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return &one, nil
}

// endWord is how an end of an hour is called inside a sentence: as the listener
// chose it on the pad, in a word for how one feels; else by its name.
func endWord(t *language.Tongue, p playlist.Place) string {
	if p.Name != "" {
		return tell.PlaceWord(t, p)
	}
	word, _ := tell.FeelWords(t, p.Affect)
	return strings.ToLower(word)
}

// way says where an hour leads, in a few words.
func way(t *language.Tongue, from, to playlist.Place) string {
	a, b := endWord(t, from), endWord(t, to)
	if from.Affect == to.Affect || a == b {
		return t.Say("Staying %s", b)
	}
	return t.Say("From %s to %s", a, b)
}

// hourTitle is the headline of an hour, in the words of the pad where the listener
// chose there.
func (v *visit) hourTitle(p *playlist.Playlist) string {
	long := v.Of(p.Minutes, "minute", "minutes")
	if p.Minutes == 60 {
		long = v.Say("an hour")
	}
	from, to := endWord(v.Tongue, p.From), endWord(v.Tongue, p.To)
	if p.From.Affect == p.To.Affect || from == to {
		return v.Say("Staying %s, for %s", to, long)
	}
	return v.Say("From %s to %s, in %s", from, to, long)
}

// lengths are the lengths that are offered with one tap, and with them the one an
// hour has.
func lengths(now int) []int {
	out := []int{20, 24, 30, 45, 60}
	for _, m := range out {
		if m == now {
			return out
		}
	}
	return append(out, now)
}

// said puts what the last edit did into a sentence; empty where no track changed.
func (h hourView) said(t *language.Tongue) string {
	came, went := h.Last.Came, h.Last.Went
	switch {
	case len(came) == 0:
		return ""
	case len(came) == 1 && len(went) == 1:
		return t.Say("Place %d is now “%s”, instead of “%s”.", came[0].No, came[0].Title, went[0].Title)
	case len(came) <= 3:
		names := make([]string, len(came))
		for i, c := range came {
			names[i] = t.Say("“%s” at place %d", c.Title, c.No)
		}
		return t.Say("New in this hour: %s.", t.List(names))
	}
	return t.Say("New in this hour: %s.", t.Of(len(came), "track", "tracks"))
}

// fresh reports whether the last edit brought the track at a place.
func (h hourView) fresh(no int) bool {
	for _, c := range h.Last.Came {
		if c.No == no {
			return true
		}
	}
	return false
}

// openedAt returns where a track can be opened by its id, and the name of that
// place; empty where the id tells none.
func openedAt(id string) (address, name string) {
	const recording = "https://musicbrainz.org/recording/"
	switch {
	case len(id) == 22 && strings.IndexFunc(id, notAlphanumeric) < 0:
		return "https://open.spotify.com/track/" + id, "Spotify"
	case strings.HasPrefix(id, recording) && isUUID(id[len(recording):]):
		return id, "MusicBrainz"
	}
	return "", ""
}

func notAlphanumeric(c rune) bool {
	return !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range s {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", c) {
			return false
		}
	}
	return true
}

// hourFile sends an hour as a playlist file. Its name says nothing of moods.
func (s *Server) hourFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	name := r.PathValue("file")
	f, err := playlist.FormatOf(name)
	if err != nil || name != "hour."+string(f) || !v.known {
		return notFound(v.Tongue)
	}
	d, err := v.draftOf(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	hour := d.hour
	d.mu.Unlock()
	var b bytes.Buffer // an error is a page, and not half a file
	if err := playlist.Write(&b, f, hour); err != nil {
		return err
	}
	w.Header().Set("Content-Type", fileKind(f))
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="segue-%s"`, name))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.Bytes()))
	return nil
}

// fileKind returns the media type of a playlist file.
func fileKind(f playlist.Format) string {
	return map[playlist.Format]string{playlist.M3U8: "audio/x-mpegurl; charset=utf-8", playlist.XSPF: "application/xspf+xml", playlist.JSPF: "application/jspf+json", playlist.CSV: "text/csv; charset=utf-8"}[f]
}

// cellOf reads a cell of the pad as its form sends it, "3-7": pleasantness 3,
// energy 7.
func cellOf(text string) (segue.Cell, bool) {
	if len(text) != 3 || text[1] != '-' {
		return segue.Cell{}, false
	}
	c := segue.Cell{int(text[0]) - '0', int(text[2]) - '0'}
	return c, c.Valid()
}
