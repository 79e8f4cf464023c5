package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/account"
	"segue/outcome/event"
	"segue/outcome/experiment"
	"segue/playlist"
	"segue/store"
)

// A listener compares two ways for themselves: hours are drawn, nothing is shown before
// the last, and then what it comes to.
func TestOwnComparison(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	lan, who := s.person(t, "Lan", account.Listener)
	const own = "/time/own"
	begin := values("pair", "0", "hours", "24")
	if got := lan.post("/welcome", values("name", "x", "zone", "UTC")); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code)
	}
	if got := lan.post(own, begin); got.Code != http.StatusConflict {
		t.Errorf("without consent: %d", got.Code)
	}
	hasAll(t, lan.get(own).Body.String(), "have not agreed")
	if got := lan.post("/data/consents", values("check_ins", "yes")); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code)
	}
	hasAll(t, lan.get("/time").Body.String(), `href="/time/own"`)
	hasAll(t, lan.get(own).Body.String(), "Begin", "four times in five", "a guess until there are ten")
	for _, bad := range [][2]string{{"3", "24"}, {"0", "12"}, {"-1", "24"}, {"x", "24"}, {"", "24"}, {"0", ""}} {
		if got := lan.post(own, values("pair", bad[0], "hours", bad[1])); got.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", bad, got.Code)
		}
	}
	if got := lan.post(own, values("pair", "1", "hours", "24")); got.Code != http.StatusConflict {
		t.Errorf("their own music without a history: %d", got.Code)
	}
	if got := lan.post(own, begin); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code, text(got))
	}
	if got := lan.post(own, begin); got.Code != http.StatusConflict {
		t.Errorf("a second beside it: %d", got.Code)
	}
	trials, err := s.kept.Trials(t.Context(), who.ID)
	must(t, err)
	d, err := experiment.Parse(trials[0].Design)
	must(t, err)

	exposures := func() (all []event.Event) {
		kept, err := s.kept.RecordsOfKind(t.Context(), who.ID, string(event.Exposure))
		must(t, err)
		for _, r := range kept {
			all = append(all, eventOf(who.ID, r))
		}
		return all
	}
	for n := range 2 {
		*s.now = s.now.Add(24 * time.Hour)
		hour := lan.hour(t, values("now", "2-8", "target", "7-3"))
		all := exposures()
		if len(all) != n+1 || all[n].Experiment != d.Ref() || all[n].Arm != d.Assign(who.ID, n).Arm {
			t.Fatalf("exposures %+v", all)
		}
		var p playlist.Playlist
		stored, err := s.kept.Hour(t.Context(), who.ID, all[n].Hour)
		must(t, err)
		must(t, json.Unmarshal(stored.Plan, &p))
		if string(p.Arm) != all[n].Arm {
			t.Errorf("the hour is %s, drawn %s", p.Arm, all[n].Arm)
		}
		hasAll(t, lan.get(hour).Body.String(), "the comparison you run for yourself")
		after := map[string]string{"iso": "7-3", "compensatory": "4-6"}[all[n].Arm]
		if got := lan.post(hour+"/feel", values("feel", "1", "after", after)); got.Code != http.StatusSeeOther {
			t.Fatal(got.Code, text(got))
		}
	}
	*s.now = s.now.Add(24 * time.Hour)
	lan.hour(t, values("now", "2-8", "do", "stay"))
	if n := len(exposures()); n != 2 {
		t.Errorf("staying was drawn: %d", n)
	}
	page := lan.get(own).Body.String()
	hasAll(t, page, "2 of 24 hours were drawn", "Nothing is shown before the last")
	for _, early := range []string{"nearer to where you wanted to be than", "p = ", "interval −", "Too few"} {
		if strings.Contains(text(lan.get(own)), early) {
			t.Errorf("before the end it says %q", early)
		}
	}

	// The others, as the pages would record them.
	log, err := d.Exposures(exposures())
	must(t, err)
	var records []store.Record
	add := func(kind event.Kind, id, hour string, at time.Time, cell, target *segue.Cell) {
		records = append(records, recordOf(event.Event{Schema: event.Schema, ID: id + hour, Listener: who.ID, Kind: kind, At: at, Source: event.Web, Hour: hour, Cell: cell, Target: target}))
	}
	for n := 2; n < 24; n++ {
		*s.now = s.now.Add(4 * time.Hour) // in all fewer days than a login lies idle
		hour := fmt.Sprintf("hour-%d", n)
		e, _, err := d.Expose(log, who.ID, hour, *s.now, 0)
		must(t, err)
		e.Source = event.Web
		log.Add(d, e)
		records = append(records, recordOf(e))
		after := segue.Cell{4, 6 + n%2}
		if e.Arm == "iso" {
			after = segue.Cell{7, 3 + n%2}
		}
		add(event.CheckInBefore, beforeID, hour, *s.now, &segue.Cell{2, 8}, &segue.Cell{7, 3})
		add(event.CheckInAfter, afterID, hour, s.now.Add(time.Hour), &after, nil)
	}
	_, err = s.kept.AppendRecords(t.Context(), who.ID, records)
	must(t, err)
	*s.now = s.now.Add(24 * time.Hour)
	page = lan.get(own).Body.String()
	hasAll(t, page, "For you, in these hours, “step by step” brought you nearer", "pairs of hours", "All 24 hours were drawn", "interval +", "p &lt; 0.001", "<svg", "you expected", "Begin")
	hasAll(t, lan.get("/time").Body.String(), "For you, in these hours")
	lan.hour(t, values("now", "2-8", "target", "7-3"))
	if n := len(exposures()); n != 24 {
		t.Errorf("%d exposures after the end", n)
	}

	// The next one makes room for itself, and is ended early: nothing is concluded.
	if got := lan.post(own, values("pair", "0", "hours", "40")); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code, text(got))
	}
	trials, err = s.kept.Trials(t.Context(), who.ID)
	must(t, err)
	if len(trials) != 2 || trials[0].Ended.IsZero() || !trials[1].Ended.IsZero() {
		t.Fatalf("%+v", trials)
	}
	ben, _ := s.person(t, "Ben", account.Listener)
	if got := ben.post(own+"/"+trials[1].ID+"/end", nil); got.Code != http.StatusNotFound {
		t.Errorf("another's: %d", got.Code)
	}
	if got := lan.post(own+"/"+trials[1].ID+"/end", nil); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code)
	}
	hasAll(t, lan.get(own).Body.String(), "You ended it after 0 of 40 hours. Nothing is concluded")
	if got := lan.post(own+"/"+trials[0].ID+"/delete", nil); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code)
	}
	if n := len(exposures()); n != 0 {
		t.Errorf("%d draws of a comparison that was deleted", n)
	}
	if got := lan.post(own+"/"+trials[0].ID+"/delete", nil); got.Code != http.StatusNotFound {
		t.Errorf("deleted twice: %d", got.Code)
	}
}

// What a listener runs for themselves is drawn before what the lab runs.
func TestOwnBeforeTheLab(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	admin, _ := s.person(t, "Root", account.Admin)
	lab, design := declared(t, "steps", experiment.FixedHorizon, nil)
	at := admin.post("/lab/experiments/keep", values("design", design)).Header().Get("Location")
	if got := admin.post(at+"/run", nil).Code; got != http.StatusSeeOther {
		t.Fatal(got)
	}
	admin.get(at) // the reading of the day
	_, own := declared(t, "own-mine", experiment.FixedHorizon, nil)
	at = admin.post("/lab/experiments/keep", values("design", own)).Header().Get("Location")
	if got := admin.post(at+"/run", nil); got.Code != http.StatusConflict {
		t.Errorf("a design of the lab under a listener's name: %d", got.Code)
	}
	lan, who := s.person(t, "Lan", account.Listener)
	if got := lan.post("/welcome", values("name", "x", "zone", "UTC", "check_ins", "yes", "research", "yes", "experiments", "yes")); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code)
	}
	last := func() string {
		*s.now = s.now.Add(time.Hour)
		lan.hour(t, values("now", "2-8", "target", "7-3"))
		kept, err := s.kept.RecordsOfKind(t.Context(), who.ID, string(event.Exposure))
		must(t, err)
		return kept[len(kept)-1].Experiment
	}
	if got := last(); got != lab.Ref() {
		t.Errorf("drawn for %s", got)
	}
	// One that was brought back by hand, and cannot be read, does not stand in the way.
	must(t, s.kept.AddTrial(t.Context(), who.ID, store.Trial{ID: "spoiled", At: *s.now, Design: []byte("{}")}))
	if got := last(); got != lab.Ref() {
		t.Errorf("drawn for %s", got)
	}
	if got := lan.post("/time/own", values("pair", "0", "hours", "24")); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code)
	}
	trials, err := s.kept.Trials(t.Context(), who.ID)
	must(t, err)
	if len(trials) != 2 || trials[0].ID != "spoiled" || !trials[0].Ended.Equal(*s.now) || !trials[1].Ended.IsZero() {
		t.Errorf("%d comparisons, the first ended at %v, the other at %v", len(trials), trials[0].Ended, trials[1].Ended)
	}
	if got := last(); !strings.HasPrefix(got, ownPrefix) {
		t.Errorf("drawn for %s", got)
	}
}
