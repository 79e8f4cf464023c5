package web

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"segue"
	"segue/account"
	"segue/playlist"
	"segue/recommend"
	"segue/store"
)

// What others finish is pooled in the background, of ten or more who agreed to both, without
// whoever it is applied to; it ends at once where one of them takes that back.
func TestOthersFinish(t *testing.T) {
	inTurn(t)
	m, plays := invented(t)
	s := serving(t, m)
	joins := func(i int, purposes ...store.Purpose) string {
		t.Helper()
		acc, err := NewAccount(fmt.Sprint("P", i), account.Listener, *s.now)
		must(t, err)
		must(t, s.kept.AddAccount(t.Context(), acc))
		must(t, s.kept.SaveListener(t.Context(), store.Listener{ID: acc.ID, Created: *s.now, Zone: "UTC"}))
		for _, p := range append(purposes, store.Moods, store.Plays) {
			must(t, s.kept.SetConsent(t.Context(), acc.ID, store.Consent{Purpose: p, Given: true, At: s.now.Add(time.Duration(i) * time.Second)}))
		}
		must(t, s.kept.AddImport(t.Context(), acc.ID, store.Import{ID: "one", At: *s.now, Report: []byte("{}")}, plays[i*30:i*30+1500]))
		return acc.ID
	}
	heard := func(plays []segue.Play) *playlist.Heard {
		t.Helper()
		h, err := m.Heard(t.Context(), plays)
		must(t, err)
		return h
	}
	visits := func(id string) *visit {
		t.Helper()
		v, err := s.visitOf(t.Context(), id)
		must(t, err)
		return v
	}
	pool := func(id string, own *playlist.Heard) *playlist.FinishingPool {
		t.Helper()
		return visits(id).othersFinish(t.Context(), m, own)
	}
	settled := func() (n int) {
		d := &s.lab.finishers.pools
		d.mu.Lock()
		var all []*summing[*finishedPool]
		for _, one := range d.of {
			all = append(all, one)
		}
		d.mu.Unlock()
		for _, one := range all {
			<-one.done
		}
		return len(all)
	}
	var ids []string
	for i := range 9 {
		ids = append(ids, joins(i, store.Research))
	}
	guest := joins(20)
	own := heard(plays[600 : 600+1500])
	if pool(guest, own) != nil || settled() != 1 || pool(guest, own) != nil {
		t.Error("nine people are pooled, or an hour waited for it")
	}
	ids = append(ids, joins(9, store.Research))
	if pool(guest, own) != nil {
		t.Error("it is summed up again on the same day")
	}
	*s.now = s.now.Add(24 * time.Hour)
	if pool(guest, own) != nil {
		t.Error("an hour waited for it")
	}
	settled()
	p := pool(guest, own)
	if p == nil || p.People() != 10 || p.Len() == 0 || p.Holds(own) {
		t.Fatalf("%+v", p)
	}
	third := heard(plays[90 : 90+1500])
	if q := pool(ids[3], third); q != p || !q.Holds(third) {
		t.Error("one of them does not get it, or their voice cannot be left out")
	}
	if pool(ids[3], own) != nil {
		t.Error("who heard more since hears an echo of themselves")
	}
	v := visits(guest)
	v.who.Demo = true
	if v.othersFinish(t.Context(), m, own) != nil {
		t.Error("it is used for the demo listener")
	}
	other, err := recommend.Place(m.Catalog)
	must(t, err)
	if v := visits(guest); v.othersFinish(t.Context(), other, own) != p {
		t.Error("the same catalogue under another model is pooled anew")
	}

	// It reaches the library of an hour, and no reason or place of it tells of one person.
	v = visits(guest)
	face, err := v.portrait(t.Context())
	must(t, err)
	l, err := v.library(t.Context(), face)
	must(t, err)
	if !l.IsPooled() {
		t.Error("an hour does not know what others finish")
	}
	at := s.lab.finishers.pooledAt(l)
	draft, err := playlist.NewDraft(t.Context(), l, playlist.Request{From: segue.AnchorOf(segue.Sad), To: segue.AnchorOf(segue.Calm), Minutes: 20, Seed: 1, Candidates: 300})
	must(t, err)
	if _, err := json.Marshal(draft.Playlist()); err != nil {
		t.Error(err)
	}

	one := visits(ids[3])
	must(t, s.consent(t.Context(), one, func(p store.Purpose) bool { return p != store.Research && one.allows(p) }))
	if pool(guest, own) != nil || settled() != 0 || !s.lab.finishers.gone(at) || s.lab.finishers.gone(-1) {
		t.Error("it outlives a consent, or is summed up again at once")
	}
	*s.now = s.now.Add(2 * pooledAgain)
	if pool(guest, own) != nil || settled() != 1 || pool(guest, own) != nil {
		t.Error("nine are pooled after one left")
	}
	joins(10, store.Research)
	*s.now = s.now.Add(24 * time.Hour)
	pool(guest, own)
	settled()
	if pool(guest, own) == nil {
		t.Fatal("ten are not pooled")
	}
	// Deleting everything ends it, too, and so does taking back that plays are kept.
	must(t, s.forgetAccount(t.Context(), visits(ids[4])))
	if pool(guest, own) != nil {
		t.Error("it outlives somebody who is gone")
	}
	*s.now = s.now.Add(2 * pooledAgain)
	joins(11, store.Research)
	*s.now = s.now.Add(24 * time.Hour)
	pool(guest, own)
	settled()
	if pool(guest, own) == nil {
		t.Fatal("ten are not pooled")
	}
	one = visits(ids[5])
	must(t, s.consent(t.Context(), one, func(p store.Purpose) bool { return p != store.Plays && one.allows(p) }))
	if pool(guest, own) != nil {
		t.Error("it outlives the consent to keep plays")
	}
}
