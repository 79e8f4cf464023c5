package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"segue"
	"segue/recommend"
	"segue/store"
)

// places returns where the listener's library puts every track.
func (w *walker) places(t *testing.T, listener string) []segue.Affect {
	t.Helper()
	ctx := context.Background()
	v, err := w.s.visitOf(ctx, listener)
	if err != nil {
		t.Fatal(err)
	}
	p, err := v.portrait(ctx)
	if err != nil {
		t.Fatal(err)
	}
	l, err := p.library(ctx, v.Tongue)
	if err != nil {
		t.Fatal(err)
	}
	return l.Positions
}

// The whole way without script: a track of an hour feels different, another is never
// sad; both are listed with what they changed, new hours follow, and each is taken back.
func TestWayOfATaste(t *testing.T) {
	for _, code := range []string{"en", "vi"} {
		t.Run(code, func(t *testing.T) {
			w := demoWalk(t, code)
			at := w.hour(t, values("now", "3-7", "target", "7-3", "minutes", "30"))
			_, p := w.stored(t, at)
			before := w.places(t, demoID)
			if page := w.get(at); !strings.Contains(page.Body.String(), at+"/tracks/2") {
				t.Fatal("the hour does not ask how a track feels")
			}
			page := w.get(at + "/tracks/2")
			if page.Code != http.StatusOK || strings.Count(page.Body.String(), `type="radio" name="feels"`) != 81 || strings.Count(page.Body.String(), `name="never"`) != 4 {
				t.Fatalf("GET: %d: %s", page.Code, text(page))
			}
			for _, bad := range []string{"/tracks/0", "/tracks/99", "/tracks/x"} {
				if got := w.get(at + bad); got.Code != http.StatusNotFound {
					t.Errorf("%s: %d", bad, got.Code)
				}
			}
			if got := w.post("/taste", values("track", p.Tracks[1].ID, "feels", "9-1")); got.Code != http.StatusSeeOther || got.Header().Get("Location") != "/taste?done=said" {
				t.Fatalf("POST /taste: %d: %s", got.Code, text(got))
			}
			if got := w.post("/taste", values("track", p.Tracks[3].ID, "never", "sad")); got.Code != http.StatusSeeOther {
				t.Fatalf("POST /taste: %d: %s", got.Code, text(got))
			}
			for name, form := range map[string][]string{
				"no track": {"feels", "9-1"}, "no cell": {"track", p.Tracks[1].ID}, "no such cell": {"track", p.Tracks[1].ID, "feels", "0-1"},
				"no such mood": {"track", p.Tracks[1].ID, "never", "mixed"},
			} {
				if got := w.post("/taste", values(form...)); got.Code != http.StatusBadRequest {
					t.Errorf("%s: %d", name, got.Code)
				}
			}
			if got := w.post("/taste", values("track", "nowhere", "never", "sad")); got.Code != http.StatusNotFound {
				t.Errorf("a track that is nowhere: %d", got.Code)
			}
			list := w.get("/taste?done=said")
			body := list.Body.String()
			if list.Code != http.StatusOK || strings.Count(body, `action="/taste/undo"`) != 2 || !strings.Contains(body, "±") {
				t.Fatalf("GET /taste: %d: %s", list.Code, text(list))
			}
			after := w.places(t, demoID)
			v, err := w.s.visitOf(t.Context(), demoID)
			if err != nil {
				t.Fatal(err)
			}
			m, err := v.music(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			row := numberOf(t, m, p.Tracks[1].ID)
			if after[row].Distance(segue.Cell{9, 1}.At()) >= before[row].Distance(segue.Cell{9, 1}.At()) {
				t.Errorf("it lay at %v, and said to be at 9-1 it lies at %v", before[row], after[row])
			}
			if again := w.get(at); again.Code != http.StatusOK {
				t.Errorf("the hour: %d", again.Code)
			}
			if w.get("/moods/sessions/40").Code != http.StatusOK {
				t.Error("no session any more")
			}
			said, err := w.s.passing.Corrections(t.Context(), demoID)
			if err != nil || len(said) != 2 {
				t.Fatal(said, err)
			}
			for _, k := range said {
				if got := w.post("/taste/undo", values("id", k.ID)); got.Code != http.StatusSeeOther {
					t.Errorf("undo: %d", got.Code)
				}
			}
			for i, at := range w.places(t, demoID) {
				if at != before[i] && at.Known() {
					t.Fatalf("taken back, and row %d lies at %v instead of %v", i, at, before[i])
				}
			}
			if body := w.get("/taste").Body.String(); strings.Contains(body, "/taste/undo") {
				t.Error("what was taken back is listed")
			}
		})
	}
}

func numberOf(t *testing.T, m *recommend.Music, id string) int32 {
	t.Helper()
	for i, other := range m.Catalog.ID {
		if other == id {
			return int32(i)
		}
	}
	t.Fatal("no such track")
	return 0
}

// It is kept where that was agreed to, else in memory; the consent given and taken back
// moves it; a program says, reads and takes back the same.
func TestTasteIsKept(t *testing.T) {
	inTurn(t)
	ctx := context.Background()
	m, _ := invented(t)
	w := walk(t, m)
	w.post("/welcome", values("name", "Mai", "taste", "yes"))
	count := func(in *store.Store) int {
		t.Helper()
		all, err := in.Corrections(ctx, selfID)
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	id := m.Catalog.ID[3]
	if got := w.post("/taste", values("track", id, "feels", "9-1")); got.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.Code, text(got))
	}
	if count(w.s.kept) != 1 || count(w.s.passing) != 0 {
		t.Error("agreed to, and not in the file")
	}
	w.post("/data/consents", values("check_ins", "yes"))
	if count(w.s.kept) != 0 || count(w.s.passing) != 1 {
		t.Error("taken back, and still in the file, or lost")
	}
	w.post("/data/consents", values("taste", "yes"))
	if count(w.s.kept) != 1 || count(w.s.passing) != 0 {
		t.Error("agreed to again, and not in the file")
	}
	ask := func(method, path, body string, into any) int {
		t.Helper()
		r := httptest.NewRequest(method, "http://localhost/api/v1"+path, strings.NewReader(body))
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		got := httptest.NewRecorder()
		w.s.Handler().ServeHTTP(got, r)
		if into != nil {
			if err := json.Unmarshal(got.Body.Bytes(), into); err != nil {
				t.Fatalf("%s %s: %d: %s", method, path, got.Code, got.Body)
			}
		}
		return got.Code
	}
	var one apiCorrection
	if code := ask("POST", "/taste", `{"track": "`+m.Catalog.ID[5]+`", "never": "happy"}`, &one); code != http.StatusCreated || one.Never == nil || *one.Never != segue.Happy || one.After == nil || one.Track.Title == "" {
		t.Fatalf("%d: %+v", code, one)
	}
	if segue.QuadrantOf(*one.After) == segue.Happy {
		t.Errorf("it is never happy, and lies at %v", *one.After)
	}
	var all apiList[apiCorrection]
	if code := ask("GET", "/taste", "", &all); code != http.StatusOK || len(all.Items) != 2 || (all.Items[0].Cell == nil) == (all.Items[1].Cell == nil) || all.Items[1].Error == nil {
		t.Fatalf("%d: %+v", code, all)
	}
	for _, bad := range []string{`{"track": "` + id + `"}`, `{"track": "` + id + `", "never": "sad", "cell": [1, 2]}`} {
		if code := ask("POST", "/taste", bad, nil); code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", bad, code)
		}
	}
	if code := ask("DELETE", "/taste/"+one.ID, "", nil); code != http.StatusNoContent || count(w.s.kept) != 1 {
		t.Errorf("taken back: %d", code)
	}
	b := w.post("/data/export", nil).Body.Bytes()
	if !bytes.Contains(b, []byte("corrections.jsonl")) {
		t.Error("the export lacks the corrections")
	}
}
