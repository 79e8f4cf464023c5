package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"segue"
	"segue/playlist"
	"segue/store"
)

// newID returns a name that says nothing and that nobody guesses: 128 random bits.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

// allowsCheckIns reports whether check-ins and hours are kept.
func (v *visit) allowsCheckIns() bool { return v.allows(store.CheckIns) }

// lastCheckIn returns what the listener said last, nil if nothing.
func (v *visit) lastCheckIn(ctx context.Context) (*segue.CheckIn, error) {
	c, err := v.keeper(store.CheckIns).LastCheckIn(ctx, v.who.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	out := &segue.CheckIn{At: c.At, Now: segue.Cell(c.Now).At()}
	if c.Target != nil {
		at := segue.Cell(*c.Target).At()
		out.Target = &at
	}
	return out, nil
}

// A pastHour is what a list says of an hour: its ends and what came of it.
type pastHour struct {
	ID       string
	At       time.Time
	From, To playlist.Place
	Minutes  int
	Felt     *store.Reflection // nil if nothing was said
	Broken   bool              // its plan cannot be read
}

// stays reports whether the hour was to keep to one place.
func (h pastHour) stays() bool { return h.From.Affect == h.To.Affect }

// read takes from a plan what a list of hours shows, and reports whether it is
// there. These come first in a plan, so that its tracks are not read.
func (h *pastHour) read(plan []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(plan))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return false
	}
	left := map[string]any{"from": &h.From, "to": &h.To, "minutes": &h.Minutes}
	for len(left) > 0 && dec.More() {
		name, err := dec.Token()
		if err != nil {
			return false
		}
		key, _ := name.(string)
		into, wanted := left[key]
		if !wanted {
			into = new(json.RawMessage)
		}
		if dec.Decode(into) != nil {
			return false
		}
		delete(left, key)
	}
	return h.Minutes > 0
}

// pastHours returns all hours, the newest first.
func (v *visit) pastHours(ctx context.Context) ([]pastHour, error) {
	k := v.keeper(store.CheckIns)
	hours, err := k.HourHeads(ctx, v.who.ID)
	if err != nil {
		return nil, err
	}
	felt, err := k.Reflections(ctx, v.who.ID)
	if err != nil {
		return nil, err
	}
	by := map[string]*store.Reflection{}
	for i := range felt {
		by[felt[i].Hour] = &felt[i]
	}
	out := make([]pastHour, 0, len(hours))
	for _, h := range hours {
		one := pastHour{ID: h.ID, At: h.At, Felt: by[h.ID]}
		if !one.read(h.Plan) { // another program's plan may begin with something else
			whole, err := k.Hour(ctx, v.who.ID, h.ID)
			if errors.Is(err, store.ErrNotFound) {
				continue // deleted meanwhile
			} else if err != nil {
				return nil, err
			}
			one.Broken = !one.read(whole.Plan)
		}
		out = append(out, one)
	}
	return out, nil
}

// hoursAPage is how many hours a page lists. (d)
const hoursAPage = 40

// hoursPage lists earlier hours, the newest first.
func (s *Server) hoursPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	all, err := v.pastHours(r.Context())
	if err != nil {
		return err
	}
	l := hourList{All: len(all), Page: 1, Kept: v.allowsCheckIns()}
	if n, err := strconv.Atoi(r.URL.Query().Get("page")); err == nil && n > 1 && n <= (len(all)+hoursAPage-1)/hoursAPage {
		l.Page = n
	}
	from := (l.Page - 1) * hoursAPage
	l.Hours = all[from:min(from+hoursAPage, len(all))]
	l.Older = from+hoursAPage < len(all)
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Your hours"), Nav: navHour}, hoursPage(v, l))
}

// An hourList is a page of the list of hours.
type hourList struct {
	Hours []pastHour
	All   int
	Page  int // from 1
	Older bool
	Kept  bool // whether they outlive the process
}

// deleteHour deletes an hour, what was said of it, and the check-in before it.
func (s *Server) deleteHour(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := v.dropHour(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return see(w, r, "/hours")
}

// dropHour deletes an hour with all that hangs on it.
func (v *visit) dropHour(ctx context.Context, id string) error {
	k := v.keeper(store.CheckIns)
	if _, err := k.Hour(ctx, v.who.ID, id); err != nil {
		return err
	}
	if err := k.DeleteHour(ctx, v.who.ID, id); err != nil {
		return err
	}
	v.server.lab.learned.drop()
	v.server.drafts.drop(v.who.ID, id)
	return nil
}
