package web

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"segue/account"
	"segue/outcome/event"
	"segue/store"
)

// kindsOf returns what happened, as the API lists it: kinds in the order of arrival.
func (p program) kindsOf() (kinds []string, all []map[string]any) {
	p.t.Helper()
	path := "/me/events?limit=2"
	for {
		out := p.want(http.StatusOK, "GET", path, nil)
		for _, item := range out["items"].([]any) {
			one := item.(map[string]any)
			kinds, all = append(kinds, one["kind"].(string)), append(all, one)
		}
		next, more := out["next"].(float64)
		if !more {
			return kinds, all
		}
		path = fmt.Sprintf("/me/events?limit=2&after=%.0f", next)
	}
}

// What a listener does on the pages is recorded as it happens, once, and goes with what
// it is a record of.
func TestEventsFollowThePages(t *testing.T) {
	p, w := alone(t, 4000)
	if kinds, _ := p.kindsOf(); len(kinds) > 0 {
		t.Errorf("%v before anything was looked at", kinds)
	}
	for range 2 {
		for _, path := range []string{"/", "/persona", "/moods"} {
			if got := w.get(path); got.Code != http.StatusOK {
				t.Fatalf("%s: %d", path, got.Code)
			}
		}
	}
	hour := w.hour(t, values("now", "2-8", "target", "7-3", "minutes", "20"))
	id := strings.TrimPrefix(hour, "/hours/")
	for _, feel := range []string{"-1", "2"} {
		if got := w.post(hour+"/feel", values("feel", feel, "after", "6-4", "words", "a song of mine")); got.Code != http.StatusSeeOther {
			t.Fatalf("feel: %d %s", got.Code, text(got))
		}
	}
	for range 2 {
		if got := w.post("/persona/share", values("fact", "none")); got.Code != http.StatusSeeOther {
			t.Fatalf("share: %d %s", got.Code, text(got))
		}
	}
	kinds, all := p.kindsOf()
	if want := []string{"app_open", "card_view", "checkin_before", "reflection", "checkin_after", "share_tap"}; !reflect.DeepEqual(kinds, want) {
		t.Fatalf("%v, want %v", kinds, want)
	}
	for i, one := range all {
		if one["words"] != nil || one["source"] != "web" {
			t.Errorf("%d: %v", i, one)
		}
	}
	if b := all[2]; b["hour"] != id || !reflect.DeepEqual(b["cell"], []any{2., 8.}) || !reflect.DeepEqual(b["target"], []any{7., 3.}) {
		t.Errorf("before: %v", b)
	}
	if f, a := all[3], all[4]; f["feel"] != 2. || f["hour"] != id || !reflect.DeepEqual(a["cell"], []any{6., 4.}) || a["hour"] != id {
		t.Errorf("after: %v %v", f, a)
	}

	// An export holds them as segue events, and whoever computes of them, reads them.
	var export bytes.Buffer
	if err := w.s.kept.Export(t.Context(), selfID, &export); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(export.Bytes()), int64(export.Len()))
	if err != nil {
		t.Fatal(err)
	}
	file, err := z.Open("events.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var exported []string
	if err := event.ReadLines(t.Context(), file, event.ReadOptions{}, func(events []event.Event) error {
		for _, e := range events {
			exported = append(exported, string(e.Kind))
		}
		return nil
	}); err != nil || !reflect.DeepEqual(exported, kinds) {
		t.Errorf("exported %v: %v", exported, err)
	}

	// Said without a place, it has none; taken back, neither.
	w.post(hour+"/feel", values("feel", "0"))
	if kinds, _ := p.kindsOf(); fmt.Sprint(kinds) != "[app_open card_view checkin_before share_tap reflection]" {
		t.Errorf("%v", kinds)
	}
	w.post(hour+"/feel/delete", nil)
	if kinds, _ := p.kindsOf(); fmt.Sprint(kinds) != "[app_open card_view checkin_before share_tap]" {
		t.Errorf("%v", kinds)
	}
	w.post(hour+"/delete", nil)
	if kinds, _ := p.kindsOf(); fmt.Sprint(kinds) != "[app_open card_view share_tap]" {
		t.Errorf("%v", kinds)
	}
}

// Programs send what players know: a batch whole or not at all, each event once.
func TestEventsOfPrograms(t *testing.T) {
	inTurn(t)
	s, owner, id, fill := livedService(t)
	_, other := s.person(t, "binh", account.Listener)
	stranger := s.programOf(t, other.ID, account.Listener)
	stranger.want(http.StatusOK, "PUT", "/me/consents", map[string]any{"given": []string{"moods"}, "adult16": true})
	before, _ := owner.kindsOf()

	at := s.now.UTC().Format(time.RFC3339)
	played := func(n int, more map[string]any) map[string]any {
		one := map[string]any{"schema": 1, "id": fmt.Sprint("p", n), "kind": "track_end", "at": at, "offset": 420, "hour": fill["hour"], "track": singing, "place": n, "planned_ms": 200_000, "ms": 0, "reason": "skipped"}
		for k, v := range more {
			if one[k] = v; v == nil {
				delete(one, k)
			}
		}
		return one
	}
	send := func(code int, events ...any) map[string]any {
		t.Helper()
		return owner.want(code, "POST", "/me/events", map[string]any{"events": events})
	}
	if got := send(http.StatusOK, played(1, nil), played(2, map[string]any{"ms": nil}), played(1, nil)); got["added"] != 2. || got["known"] != 1. {
		t.Errorf("%v", got)
	}
	if got := send(http.StatusOK, played(2, nil), played(3, map[string]any{"source": "export"})); got["added"] != 1. || got["known"] != 1. {
		t.Errorf("%v", got)
	}
	kinds, all := owner.kindsOf()
	if len(kinds) != len(before)+3 || all[len(before)]["ms"] != 0. || all[len(before)+1]["ms"] != nil || all[len(before)+2]["source"] != "export" {
		t.Errorf("%v", all[len(before):])
	}

	// What is wrong is named, place by place, in the language of who asks, and nothing is kept.
	bad := owner.want(http.StatusUnprocessableEntity, "POST", "/me/events", map[string]any{"events": []any{
		played(4, nil), played(5, map[string]any{"place": nil}), played(6, map[string]any{"kind": "app_open"}), played(7, map[string]any{"at": s.now.AddDate(0, 0, 2)}), played(8, map[string]any{"track": nil}),
	}}, header{"Accept-Language", "en"})
	var said []string
	for _, e := range bad["errors"].([]any) {
		said = append(said, fmt.Sprint(e.(map[string]any)["pointer"], ": ", e.(map[string]any)["detail"]))
	}
	if want := []string{
		"#/events/1/place: a track of an hour needs its place there", "#/events/2/ms: app_open does not take this field",
		"#/events/3/at: it has not happened yet", "#/events/4/track: track_end needs it",
	}; !reflect.DeepEqual(said, want) {
		t.Errorf("%q", said)
	}
	many := make([]any, 1001)
	for i := range many {
		many[i] = played(100+i, map[string]any{"place": 1})
	}
	send(http.StatusUnprocessableEntity, many...)
	send(http.StatusRequestEntityTooLarge, played(9, map[string]any{"words": strings.Repeat("x", maxEventsBody)}))
	if again, _ := owner.kindsOf(); len(again) != len(kinds) {
		t.Errorf("%d events, were %d", len(again), len(kinds))
	}
	if got := send(http.StatusOK, many[:1000]...); got["added"] != 1000. {
		t.Errorf("%v", got)
	}

	// Others see none of it, and who has not agreed keeps none.
	stranger.problem(http.StatusForbidden, kindConsent, "GET", "/me/events", nil)
	stranger.problem(http.StatusForbidden, kindConsent, "POST", "/me/events", map[string]any{"events": []any{played(1, nil)}})
	stranger.want(http.StatusOK, "PUT", "/me/consents", map[string]any{"given": []string{"check_ins"}, "adult16": true})
	if kinds, _ := stranger.kindsOf(); len(kinds) > 0 {
		t.Errorf("a stranger sees %v", kinds)
	}
	if got := stranger.want(http.StatusOK, "POST", "/me/events", map[string]any{"events": []any{played(1, nil)}}); got["added"] != 1. {
		t.Errorf("another's id is taken: %v", got)
	}

	// For sums of the group only of those who agree to that, too; as events they are whole.
	var seen []event.Event
	collect := func() {
		seen = nil
		if err := s.ResearchEvents(t.Context(), func(events []event.Event) error { seen = append(seen, events...); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if collect(); len(seen) > 0 {
		t.Errorf("%d events of nobody who agreed", len(seen))
	}
	if err := s.kept.SetConsent(t.Context(), id, store.Consent{Purpose: store.Research, Given: true, At: *s.now}); err != nil {
		t.Fatal(err)
	}
	if collect(); len(seen) != len(kinds)+1000 {
		t.Errorf("%d events, want %d", len(seen), len(kinds)+1000)
	}
	for _, e := range seen {
		if back := eventOf(id, recordOf(e)); !reflect.DeepEqual(back, e) || e.Listener != id {
			t.Fatalf("%+v, stored as %+v", e, back)
		}
	}
	if log := s.d.String(); bytes.Contains([]byte(log), []byte(singing)) || strings.Contains(log, fill["hour"]) {
		t.Error("the log tells of events")
	}
}
