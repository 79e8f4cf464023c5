package web

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"segue/account"
	"segue/outcome/adapt"
	"segue/outcome/event"
	"segue/store"
)

// The loop builds hours only while an admin lets it and for who agreed; each is kept with
// its context and every chance, says what was changed, and is built the usual way on
// demand. What was learned can be forgotten, and the switch stops it at once.
func TestTheLoopBuildsHours(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	admin, _ := s.person(t, "Ada", account.Admin)
	researcher, _ := s.person(t, "Rae", account.Researcher)
	lan, a := s.person(t, "Lan", account.Listener)
	agree := func(w *walker, purposes ...string) {
		t.Helper()
		form := values("name", "x", "zone", "UTC")
		for _, p := range purposes {
			form.Set(p, "yes")
		}
		if got := w.post("/welcome", form); got.Code != http.StatusSeeOther {
			t.Fatal(got.Code, text(got))
		}
	}
	exposures := func(listener string) (all []store.Record) {
		t.Helper()
		records, err := s.kept.Records(t.Context(), listener, 0, 1000)
		must(t, err)
		for _, r := range records {
			if r.Kind == string(event.Exposure) {
				all = append(all, r)
			}
		}
		return all
	}
	agree(lan, "check_ins", "adaptation")
	lan.hour(t, values("now", "2-8", "target", "7-3"))
	if len(exposures(a.ID)) > 0 {
		t.Fatal("an hour was adapted before anybody started the loop")
	}
	if got := researcher.post("/lab/adaptation/start", nil); got.Code != http.StatusForbidden {
		t.Errorf("a researcher starts it: %d", got.Code)
	}
	if got := admin.post("/lab/adaptation/start", nil); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code, text(got))
	}
	for _, w := range []*walker{admin, researcher} {
		if got := text(w.get("/lab/adaptation")); !strings.Contains(got, "Running") || !strings.Contains(got, "Fewer than 20 people") {
			t.Errorf("the lab: %s", got)
		}
	}
	version, err := s.kept.Versions(t.Context(), policyKind)
	must(t, err)
	kept, err := s.kept.Version(t.Context(), policyKind, version[0].ID)
	must(t, err)
	p, err := adapt.Parse(kept.Body)
	must(t, err)

	var last, changed string
	for n := range 12 {
		*s.now = s.now.Add(10 * time.Minute)
		last = lan.hour(t, values("now", "2-8", "target", "7-3"))
		one := exposures(a.ID)[n]
		if one.Experiment != p.Ref() || one.Context == "" || strings.Count(one.Propensities, ",") != len(p.Actions)-1 || !(one.Propensity > 0) || "/hours/"+one.Hour != last {
			t.Fatalf("kept %+v", one)
		}
		page := text(lan.get(last))
		if !strings.Contains(page, "this one was built so") || strings.Contains(page, "drawn by lot") {
			t.Errorf("the hour does not say it: %s", page)
		}
		if one.Arm != p.Usual {
			changed = last
		}
		if n%2 == 0 {
			if got := lan.post(last+"/feel", values("feel", "1", "after", "6-4")); got.Code >= 400 {
				t.Fatal(got.Code, text(got))
			}
		}
	}
	if changed == "" {
		t.Fatal("of twelve hours none was changed")
	}
	if got := text(lan.get(changed)); !strings.Contains(got, "Build it the usual way") {
		t.Errorf("no way back: %s", got)
	}
	got := lan.post(changed+"/usual", nil)
	if got.Code != http.StatusSeeOther || got.Header().Get("Location") == changed {
		t.Fatal(got.Code, text(got))
	}
	if page := text(lan.get(got.Header().Get("Location"))); strings.Contains(page, "this one was built so") || len(exposures(a.ID)) != 12 {
		t.Errorf("the usual way is adapted again")
	}
	learned := text(lan.get("/learned"))
	if !strings.Contains(learned, "6 with an answer, 6 that may still have one, 0 without") || !strings.Contains(learned, "too few to tell") {
		t.Errorf("what it learned: %s", learned)
	}

	// Not for who did not agree, nor after worse, nor where they ask how much they know.
	ben, b := s.person(t, "Ben", account.Listener)
	agree(ben, "check_ins", "research")
	ben.hour(t, values("now", "2-8", "target", "7-3"))
	if len(exposures(b.ID)) > 0 {
		t.Error("adapted for who did not agree")
	}

	// Deleting an hour takes its part along, and forgetting all of it.
	if got := lan.post("/hours/"+exposures(a.ID)[0].Hour+"/delete", nil); got.Code != http.StatusSeeOther || len(exposures(a.ID)) != 11 {
		t.Errorf("%d, %d exposures after one hour was deleted", got.Code, len(exposures(a.ID)))
	}
	lan.post("/learned/reset", nil)
	if len(exposures(a.ID)) != 0 || !strings.Contains(text(lan.get("/learned")), "No hour was built so yet") {
		t.Error("what was learned is still there")
	}
	lan.hour(t, values("now", "2-8", "target", "7-3"))
	if len(exposures(a.ID)) != 1 {
		t.Error("it does not learn anew")
	}
	admin.post("/lab/adaptation/stop", nil)
	lan.hour(t, values("now", "2-8", "target", "7-3"))
	if len(exposures(a.ID)) != 1 {
		t.Error("adapted after it was stopped")
	}
	if got := text(lan.get("/learned")); !strings.Contains(got, "the usual way for everybody at present") {
		t.Errorf("stopped: %s", got)
	}
	admin.post("/lab/adaptation/start", nil)
	if again, err := s.kept.Chosen(t.Context(), policyKind); err != nil || again.ID != kept.ID {
		t.Errorf("started anew with another policy: %v, %v", again.ID, err)
	}
	*s.now = s.now.Add(time.Minute)
	s.o.NoAdapt = true
	lan.hour(t, values("now", "2-8", "target", "7-3"))
	if got := text(admin.get("/lab/adaptation")); len(exposures(a.ID)) != 1 || !strings.Contains(got, "the setting adapt says so") {
		t.Errorf("adapted against the setting: %s", got)
	}
	s.o.NoAdapt = false
	lan.hour(t, values("now", "2-8", "target", "7-3", "familiarity", "mostly"))
	if got := lan.post(last+"/feel", values("feel", "-1", "after", "2-8")); got.Code >= 400 {
		t.Fatal(got.Code, text(got))
	}
	lan.hour(t, values("now", "2-8", "target", "7-3"))
	if len(exposures(a.ID)) != 1 {
		t.Error("adapted after worse, or where they asked how much they know")
	}
}

// Who deletes everything leaves nothing in what others' hours begin with.
func TestForgottenLeaveNothingToOthers(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	p := adapt.Shipped("a salt for tests only")
	prior := func() adapt.Priors {
		t.Helper()
		trials, _, err := s.gathered(t.Context(), p, *s.now)
		must(t, err)
		return p.Pool(p.Tallies(trials)).Prior(p, 1, "somebody new")
	}
	record := func(listener, hour string, action, feel int) {
		t.Helper()
		shares := p.Shares(evenly(p))
		c := adapt.Choice{Context: 1, Action: action, Shares: shares}
		from, to, after := [2]int{2, 8}, [2]int{7, 3}, [2]int{2, 8}
		if feel > 0 {
			after = [2]int{6, 4}
		}
		at := s.now.AddDate(0, 0, -3)
		_, err := s.kept.AppendRecords(t.Context(), listener, []store.Record{
			{ID: "e" + hour, Schema: 1, Kind: "exposure", At: at, Source: "web", Hour: hour, Experiment: p.Ref(), Arm: p.Actions[action].Name, Propensity: c.Propensity(), Context: "settle", Propensities: c.Propensities()},
			{ID: "b" + hour, Schema: 1, Kind: "checkin_before", At: at, Source: "web", Hour: hour, Cell: &from, Target: &to},
			{ID: "a" + hour, Schema: 1, Kind: "checkin_after", At: at.Add(time.Hour), Source: "web", Hour: hour, Cell: &after},
		})
		must(t, err)
	}
	for i := range 22 {
		acc, err := NewAccount("P"+string(rune('a'+i)), account.Listener, *s.now)
		must(t, err)
		must(t, s.kept.AddAccount(t.Context(), acc))
		must(t, s.kept.SaveListener(t.Context(), store.Listener{ID: acc.ID, Created: *s.now}))
		for _, purpose := range []store.Purpose{store.CheckIns, store.Research, store.Adaptation} {
			must(t, s.kept.SetConsent(t.Context(), acc.ID, store.Consent{Purpose: purpose, Given: true, At: s.now.AddDate(0, 0, -9)}))
		}
		if i < 21 {
			record(acc.ID, "h1", 0, 1)
			record(acc.ID, "h2", 1, 0)
			continue
		}
		before := prior()
		if !before.Pooled {
			t.Fatalf("21 who agreed are not pooled: %+v", before)
		}
		for n := range 9 {
			record(acc.ID, "h"+string(rune('a'+n)), 0, 0)
		}
		if with := prior(); reflect.DeepEqual(with, before) {
			t.Fatal("nine hours change nothing: the test says nothing")
		}
		must(t, s.kept.SetConsent(t.Context(), acc.ID, store.Consent{Purpose: store.Research, Given: false, At: s.now.AddDate(0, 0, -1)}))
		if without := prior(); !reflect.DeepEqual(without, before) {
			t.Error("who takes the consent back still counts")
		}
		must(t, s.kept.SetConsent(t.Context(), acc.ID, store.Consent{Purpose: store.Research, Given: true, At: *s.now}))
		must(t, s.kept.Forget(t.Context(), acc.ID))
		if without := prior(); !reflect.DeepEqual(without, before) {
			t.Errorf("who is forgotten still counts: %+v, want %+v", without, before)
		}
	}
}

// evenly is what is believed of each action before anything is known.
func evenly(p *adapt.Policy) []adapt.Beta {
	all := make([]adapt.Beta, len(p.Actions))
	for i := range all {
		all[i] = p.Prior
	}
	return all
}
