package web

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"segue"
	"segue/recommend"
	"segue/store"
)

// everything is the form of who agrees to all.
func everything() map[string]string {
	return map[string]string{"name": "Noor", "adult16": "yes", "moods": "yes", "plays": "yes", "check_ins": "yes"}
}

// restoring sends an export as the page of restoring does.
func restoring(s *Server, archive []byte) *httptest.ResponseRecorder {
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	f, _ := m.CreateFormFile("file", "segue.zip")
	_, _ = f.Write(archive)
	_ = m.Close()
	r := httptest.NewRequest("POST", "http://127.0.0.1/data/restore", &form)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

// A consent given twice at once, as by a double click, loses nothing: the second one
// must not carry an emptied memory over what the first one kept.
func TestConsentTwiceAtOnce(t *testing.T) {
	s, _ := inFile(t)
	post(s, "/welcome", map[string]string{"adult16": "yes", "moods": "yes"})
	fill(t, s, "a track")
	for round := range 10 {
		form := map[string]string{"moods": "yes"}
		if round%2 == 0 {
			form["plays"], form["check_ins"] = "yes", "yes"
		}
		var clicks sync.WaitGroup
		for range 6 {
			clicks.Go(func() {
				if w := post(s, "/data/consents", form); w.Code != http.StatusSeeOther {
					t.Errorf("%d: %s", w.Code, text(w))
				}
			})
		}
		clicks.Wait()
		v, err := s.visitOf(t.Context(), selfID)
		if err != nil {
			t.Fatal(err)
		}
		if h, err := v.holds(t.Context()); err != nil || h.Plays != 1 || h.CheckIns != 1 || h.Hours != 1 || h.Reflections != 1 {
			t.Fatalf("round %d: %+v, %v", round, h, err)
		}
	}
}

// The welcome answered again, from a page left open or while the demo listener is
// looked at, is a change of consents and not a way around them.
func TestWelcomeAgain(t *testing.T) {
	for name, cookies := range map[string][]*http.Cookie{"oneself": nil, "in the demo": {cookieOf(whoCookie, demoID)}} {
		s, dir := inFile(t)
		canary := "canary" + strings.Repeat("W5", 12)
		post(s, "/welcome", everything())
		fill(t, s, canary)
		before, err := s.kept.Listener(t.Context(), selfID)
		if err != nil {
			t.Fatal(err)
		}
		if cookies != nil {
			if _, err := s.demo.get(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.kept.DeleteShare(t.Context(), selfID, "s"); err != nil { // shares are kept whatever is agreed to
			t.Fatal(err)
		}
		if w := post(s, "/welcome", map[string]string{"name": "Noor", "adult16": "yes", "moods": "yes"}, cookies...); w.Code != http.StatusSeeOther {
			t.Fatal(name, w.Code)
		}
		if found := holding(t, dir, canary); len(found) > 0 {
			t.Errorf("%s: taken back, and still in %v", name, found)
		}
		if plays, err := s.passing.Plays(t.Context(), selfID); err != nil || len(plays) != 1 {
			t.Errorf("%s: %d plays in memory, %v", name, len(plays), err)
		}
		after, err := s.kept.Listener(t.Context(), selfID)
		if after.PlaysVersion == before.PlaysVersion {
			t.Errorf("%s: the plays went, and their version is the same", name)
		}
		if before.PlaysVersion = after.PlaysVersion; err != nil || after != before {
			t.Errorf("%s: the listener was %+v and is %+v, %v", name, before, after, err)
		}
	}
}

// An export holds what was in memory, too. Brought back, it goes where its consents
// say: the rest never reaches the file, nor is it lost.
func TestRestoreKeepsToConsents(t *testing.T) {
	s, _ := inFile(t)
	canary := "canary" + strings.Repeat("R8", 12)
	post(s, "/welcome", map[string]string{"adult16": "yes", "moods": "yes"})
	fill(t, s, canary)
	if err := s.kept.DeleteShare(t.Context(), selfID, "s"); err != nil {
		t.Fatal(err)
	}
	archive := post(s, "/data/export", nil).Body.Bytes()
	other, dir := inFile(t)
	if w := restoring(other, archive); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, text(w))
	}
	if found := holding(t, dir, canary); len(found) > 0 {
		t.Errorf("nobody agreed to keep it, and it stands in %v", found)
	}
	v, err := other.visitOf(t.Context(), selfID)
	if err != nil || v.allows(store.Plays) || v.allows(store.CheckIns) || !v.allows(store.Moods) {
		t.Fatal(v.consents, err)
	}
	if h, err := v.holds(t.Context()); err != nil || h.Plays != 1 || h.CheckIns != 1 || h.Hours != 1 || h.Reflections != 1 {
		t.Errorf("came back with %+v, %v", h, err)
	}
}

// What a Segue that was killed in the middle of a change left in the file is gone
// with the next start.
func TestLeftByAKill(t *testing.T) {
	s, dir := inFile(t)
	canary := "canary" + strings.Repeat("K2", 12)
	post(s, "/welcome", everything())
	fill(t, s, canary)
	if err := s.kept.DeleteShare(t.Context(), selfID, "s"); err != nil {
		t.Fatal(err)
	}
	// A store that does not know of consents notes that they were taken back, and leaves
	// what they covered: as one that was killed in between, of a Segue before.
	before, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "segue.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	for _, p := range []store.Purpose{store.Plays, store.CheckIns} {
		if err := before.SetConsent(t.Context(), selfID, store.Consent{Purpose: p, At: afternoon}); err != nil {
			t.Fatal(err)
		}
	}
	if len(holding(t, dir, canary)) == 0 {
		t.Fatal("the canary is in no file: the test sees nothing")
	}
	served(t, Options{Kept: s.kept, Folder: dir})
	if found := holding(t, dir, canary); len(found) > 0 {
		t.Errorf("after the next start it is still in %v", found)
	}
}

// A request that looked up the consents before they were taken back leaves no
// portrait for those that come after.
func TestStaleVisitLeavesNoPortrait(t *testing.T) {
	_, plays := invented(t)
	w := withPlays(t, plays[:2000])
	old, err := w.s.visitOf(t.Context(), selfID)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.post("/data/consents", values("plays", "yes", "check_ins", "yes")); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code)
	}
	if p, err := old.portrait(t.Context()); err != nil || p.listener == nil {
		t.Fatal("the old request is answered by what it knew", err)
	}
	now, err := w.s.visitOf(t.Context(), selfID)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := now.portrait(t.Context()); err != nil || p.listener != nil {
		t.Errorf("moods are read that nobody may read: %v, %v", p.listener != nil, err)
	}
}

// Deleting everything while a portrait is being made: it is shown to nobody after.
func TestDeleteWhilePainting(t *testing.T) {
	m, plays := invented(t)
	loading, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	s, _ := served(t, Options{Music: func(context.Context, segue.Progress) (*recommend.Music, error) {
		once.Do(func() { close(loading) })
		<-goOn
		return m, nil
	}})
	post(s, "/welcome", everything())
	if err := s.kept.AddImport(t.Context(), selfID, store.Import{ID: "i", At: afternoon}, plays[:500]); err != nil {
		t.Fatal(err)
	}
	var waits sync.WaitGroup
	waits.Go(func() { ask(s, "GET", "/moods", nil) })
	<-loading
	if w := post(s, "/data/delete", nil); w.Code != 200 {
		t.Fatal(w.Code, text(w))
	}
	close(goOn)
	waits.Wait()
	if w := ask(s, "GET", "/moods", nil); w.Code != http.StatusForbidden {
		t.Errorf("the moods of nobody: %d", w.Code)
	}
	post(s, "/welcome", everything())
	if w := ask(s, "GET", "/moods", nil); w.Code != http.StatusConflict {
		t.Errorf("the moods of somebody new: %d", w.Code)
	}
}

// A table that is deleted while it is being loaded does not come back.
func TestShelfForgets(t *testing.T) {
	m, _ := invented(t)
	loads := make(chan chan error)
	h := newShelf(t.Context(), new(tasks), func(context.Context, segue.Progress) (*recommend.Music, error) {
		answer := make(chan error)
		loads <- answer
		return m, <-answer
	})
	got := make(chan error)
	go func() {
		_, err := h.get(context.Background())
		got <- err
	}()
	first := <-loads
	h.put(nil)
	first <- nil
	second := <-loads // what was loaded is not what there is: it is asked for again
	if h.music != nil {
		t.Error("the deleted table is back")
	}
	failed := errors.New("there is none")
	second <- failed
	if err := <-got; !errors.Is(err, failed) {
		t.Error(err)
	}
}

// Everything at once, by many: nothing of it hangs, fails by Segue's fault, or is
// left once all is deleted.
func TestAllAtOnce(t *testing.T) {
	m, plays := invented(t)
	dir := t.TempDir()
	kept, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "segue.db"), Consents: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	s, base := served(t, Options{Kept: kept, Folder: dir, Music: func(context.Context, segue.Progress) (*recommend.Music, error) { return m, nil }})
	canary := "canary" + strings.Repeat("X9", 12)
	welcome := url.Values{"name": {canary}, "adult16": {"yes"}, "moods": {"yes"}, "plays": {"yes"}, "check_ins": {"yes"}}
	body, kind := form(named{"a.json", account1(heard(0, canary), heard(5, "B"))})
	one := everything()
	one["name"] = canary
	post(s, "/welcome", one)
	if err := kept.AddImport(t.Context(), selfID, store.Import{ID: "one", At: afternoon}, plays[:300]); err != nil {
		t.Fatal(err)
	}
	archive := post(s, "/data/export", nil).Body.Bytes()
	var all sync.WaitGroup
	ends := make(chan struct{})
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	send := func(method, path, kind string, body []byte) {
		all.Go(func() {
			for {
				select {
				case <-ends:
					return
				default:
				}
				r, _ := http.NewRequest(method, base+path, bytes.NewReader(body))
				r.Header.Set("Content-Type", kind)
				answer, err := client.Do(r)
				if err != nil {
					t.Errorf("%s %s: %v", method, path, err)
					return
				}
				answer.Body.Close()
				if answer.StatusCode >= 500 && answer.StatusCode != http.StatusServiceUnavailable {
					t.Errorf("%s %s: %d", method, path, answer.StatusCode)
				}
			}
		})
	}
	const text = "application/x-www-form-urlencoded"
	send("POST", "/welcome", text, []byte(welcome.Encode()))
	send("POST", "/data/consents", text, []byte("moods=yes&plays=yes&check_ins=yes"))
	send("POST", "/data/consents", text, []byte("moods=yes"))
	send("POST", "/data/settings", text, []byte("name="+canary+"&zone=Asia/Tokyo"))
	send("POST", "/look", text, []byte("theme=dark&back=/"))
	send("POST", "/now", text, []byte("now=2-8&target=7-3&minutes=20"))
	send("POST", "/bring", kind, body)
	send("POST", "/data/export", text, nil)
	send("POST", "/data/delete", text, nil)
	send("GET", "/", "", nil)
	send("GET", "/moods", "", nil)
	send("GET", "/hours", "", nil)
	send("GET", "/bring", "", nil)
	all.Go(func() {
		for {
			select {
			case <-ends:
				return
			case <-time.After(50 * time.Millisecond):
				if w := restoring(s, archive); w.Code >= 500 && w.Code != http.StatusServiceUnavailable {
					t.Errorf("restoring: %d", w.Code)
				}
				if err := s.letGo(t.Context(), afternoon.AddDate(1, 0, 0)); err != nil && !errors.Is(err, store.ErrNotFound) {
					t.Errorf("letting go: %v", err)
				}
			}
		}
	})
	time.Sleep(3 * time.Second)
	close(ends)
	all.Wait()
	if w := post(s, "/data/delete", nil); w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	if found := holding(t, dir, canary); len(found) > 0 {
		t.Errorf("deleted, and still in %v", found)
	}
	for name, in := range map[string]*store.Store{"the file": s.kept, "memory": s.passing} {
		if _, err := in.Listener(t.Context(), selfID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s knows the listener: %v", name, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
