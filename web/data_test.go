package web

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/store"
)

// fill gives the listener something of everything, each with the canary in it.
func fill(t *testing.T, s *Server, canary string) {
	t.Helper()
	ctx := context.Background()
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	v, err := s.visit(httptest.NewRequest("GET", "/", nil))
	if err != nil {
		t.Fatal(err)
	}
	plays := []segue.Play{{Track: segue.TrackRef{Title: canary, Artist: canary}, EndedAt: at, Played: time.Minute}}
	said := v.keeper(store.CheckIns)
	for i, err := range []error{
		v.keeper(store.Plays).AddImport(ctx, selfID, store.Import{ID: "i", At: at, Report: []byte(`{"files":["` + canary + `"]}`), Plays: 1}, plays),
		said.AddCheckIn(ctx, selfID, store.CheckIn{ID: "c", At: at, Now: [2]int{2, 8}}),
		said.SaveHour(ctx, selfID, store.Hour{ID: "h", CheckIn: "c", At: at, Changed: at, Plan: []byte(`{"title":"` + canary + `"}`), Version: 1}),
		said.SaveReflection(ctx, selfID, store.Reflection{Hour: "h", At: at, Feel: 1, Words: canary}),
		s.kept.AddShare(ctx, store.Share{ID: "s", Listener: selfID, Kind: "tide", Fact: canary, At: at}),
	} {
		if err != nil {
			t.Fatal(i, err)
		}
	}
}

// holding returns the files of a folder in which a text stands.
func holding(t *testing.T, dir, text string) (found []string) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(text)) {
			found = append(found, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func inFile(t *testing.T) (*Server, string) {
	t.Helper()
	dir := t.TempDir()
	kept, err := store.Open(context.Background(), store.Options{Path: filepath.Join(dir, "segue.db"), Consents: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	s, _ := served(t, Options{Kept: kept, Folder: dir})
	return s, dir
}

// What was not agreed to is never on the disk; what was is, moves with each
// consent, and leaves nothing behind when all is deleted.
func TestConsentsDecideWhereThingsAre(t *testing.T) {
	s, dir := inFile(t)
	canary := "canary" + strings.Repeat("Q7", 12)
	if w := post(s, "/welcome", map[string]string{"name": "Noor", "zone": "Europe/Lisbon", "adult16": "yes", "moods": "yes"}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	v, err := s.visit(httptest.NewRequest("GET", "/", nil))
	if err != nil || !v.known || v.who.Name != "Noor" || !v.allows(store.Moods) || v.allows(store.Plays) {
		t.Fatal(v.who, v.consents, err)
	}
	ctx := context.Background()
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	if err := v.keeper(store.Plays).AddImport(ctx, selfID, store.Import{ID: "i", At: at, Report: []byte(`{}`), Plays: 1}, []segue.Play{{Track: segue.TrackRef{Title: canary}, EndedAt: at}}); err != nil {
		t.Fatal(err)
	}
	if found := holding(t, dir, canary); len(found) > 0 {
		t.Fatalf("plays nobody agreed to keep stand in %v", found)
	}
	if w := post(s, "/data/consents", map[string]string{"moods": "yes", "plays": "yes"}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	if plays, err := s.kept.Plays(ctx, selfID); err != nil || len(plays) != 1 {
		t.Fatalf("agreed to, but not kept: %v, %v", plays, err)
	}
	if plays, _ := s.passing.Plays(ctx, selfID); len(plays) != 0 {
		t.Error("the plays are still in memory, too")
	}
	if w := post(s, "/data/consents", map[string]string{"moods": "yes"}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	if found := holding(t, dir, canary); len(found) > 0 {
		t.Errorf("taken back, and still in %v", found)
	}
	if plays, _ := s.passing.Plays(ctx, selfID); len(plays) != 1 {
		t.Error("taken back, and gone from memory before Segue stopped")
	}
}

func TestMoodsNeedTheAge(t *testing.T) {
	s, _ := inFile(t)
	if w := post(s, "/welcome", map[string]string{"moods": "yes"}); w.Code != http.StatusBadRequest {
		t.Errorf("moods without the age: %d", w.Code)
	}
	if _, err := s.kept.Listener(context.Background(), selfID); err == nil {
		t.Error("the refused form was stored")
	}
	for _, form := range []map[string]string{{"zone": "Nowhere/Land"}, {"zone": "Local"}, {"zone": "../../etc/passwd"}, {"name": strings.Repeat("x", 61)}, {"name": "%ff%fe"}} {
		if w := post(s, "/welcome", form); w.Code != http.StatusBadRequest {
			t.Errorf("%v: %d", form, w.Code)
		}
	}
}

// Deleting leaves no byte, in the file, beside it, and in memory.
func TestDeleteEverything(t *testing.T) {
	s, dir := inFile(t)
	canary := "canary" + strings.Repeat("Z3", 12)
	post(s, "/welcome", map[string]string{"name": canary, "adult16": "yes", "moods": "yes", "plays": "yes", "check_ins": "yes"})
	fill(t, s, canary)
	if len(holding(t, dir, canary)) == 0 {
		t.Fatal("the canary is in no file: the test sees nothing")
	}
	if w := ask(s, "GET", "/data/delete", nil); w.Code != 200 {
		t.Fatal(w.Code)
	}
	if w := post(s, "/data/delete", nil); w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	if found := holding(t, dir, canary); len(found) > 0 {
		t.Errorf("the canary is still in %v", found)
	}
	if w := ask(s, "GET", "/data", nil); w.Code != http.StatusSeeOther {
		t.Errorf("the page of one's data: %d", w.Code)
	}
	if body := ask(s, "GET", "/", nil).Body.String(); !strings.Contains(body, "explore yourself") || strings.Contains(body, canary) {
		t.Error("the start still knows the listener")
	}
}

// An export brought back is all of it.
func TestExportAndRestore(t *testing.T) {
	s, _ := inFile(t)
	post(s, "/welcome", map[string]string{"name": "Noor", "adult16": "yes", "moods": "yes", "check_ins": "yes"}) // plays in memory
	fill(t, s, "a track")
	w := post(s, "/data/export", nil)
	if w.Code != 200 || !strings.Contains(w.Header().Get("Content-Disposition"), "segue-") {
		t.Fatal(w.Code, w.Header())
	}
	archive := w.Body.Bytes()
	other, _ := inFile(t)
	upload := func(s *Server, body []byte) *httptest.ResponseRecorder {
		var form bytes.Buffer
		m := multipart.NewWriter(&form)
		f, _ := m.CreateFormFile("file", "segue.zip")
		_, _ = f.Write(body)
		_ = m.Close()
		r := httptest.NewRequest("POST", "http://127.0.0.1/data/restore", &form)
		r.Header.Set("Content-Type", m.FormDataContentType())
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w
	}
	if w := upload(other, archive); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	v, err := other.visit(httptest.NewRequest("GET", "/", nil))
	if err != nil || v.who.Name != "Noor" || !v.allows(store.Moods) || v.allows(store.Plays) {
		t.Fatal(v.who, v.consents, err)
	}
	h, err := v.holds(context.Background())
	if err != nil || h.CheckIns != 1 || h.Hours != 1 || h.Reflections != 1 || h.Shares != 1 {
		t.Errorf("came back with %+v, %v", h, err)
	}
	for name, bad := range map[string][]byte{"nothing": nil, "no ZIP": []byte("hello"), "half": archive[:len(archive)/2]} {
		if w := upload(other, bad); w.Code < 400 || w.Code >= 500 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if after, err := v.holds(context.Background()); err != nil || after != h {
		t.Errorf("a bad archive changed what was there: %+v, %v", after, err)
	}
}
