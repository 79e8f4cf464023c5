package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue/account"
	"segue/store"
)

// brings brings files as a walker's browser does, waits until they are read, and returns
// the page of what came of it.
func (s *servedPeople) brings(t *testing.T, w *walker, who store.Account, files ...named) *httptest.ResponseRecorder {
	t.Helper()
	body, kind := form(files...)
	r := httptest.NewRequest("POST", "http://localhost/bring", bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	got := w.send(r)
	to := got.Header().Get("Location")
	j := s.imports.job(who.ID, strings.TrimPrefix(to, "/bring/"))
	if got.Code != http.StatusSeeOther || j == nil {
		t.Fatalf("%d to %q: %s", got.Code, to, text(got))
	}
	<-j.ended
	return w.get(to)
}

// What somebody did not agree to is neither stored nor computed, purpose by purpose.
func TestConsentsOfPeople(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	export, _ := demoFiles(t)
	for name, c := range map[string]struct {
		agree                                      []string
		plays, hours, painted, counted, kept, seen bool
	}{
		"nothing":   {nil, false, false, false, false, false, false},
		"moods":     {[]string{"moods", "adult16"}, false, false, true, false, false, true},
		"plays":     {[]string{"plays"}, true, false, false, false, true, false},
		"check-ins": {[]string{"check_ins"}, false, true, false, false, true, false},
		"research":  {[]string{"research"}, false, false, false, false, false, false},
		"all":       {[]string{"moods", "adult16", "plays", "check_ins", "research"}, true, true, true, true, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := serving(t, m)
			w, a := s.person(t, "Mai", account.Listener)
			form := values("name", "Mai")
			for _, p := range c.agree {
				form.Set(p, "yes")
			}
			w.post("/welcome", form)
			if got := s.brings(t, w, a, export); got.Code != http.StatusOK {
				t.Fatalf("%d: %s", got.Code, text(got))
			}
			at := w.hour(t, values("now", "2-8", "target", "7-3"))
			if got := w.post(at+"/feel", values("feel", "1", "after", "5-5", "words", singing)); got.Code != http.StatusSeeOther {
				t.Fatal(got.Code)
			}
			ctx := t.Context()
			imports, err1 := s.kept.Imports(ctx, a.ID)
			hours, err2 := s.kept.Hours(ctx, a.ID)
			checks, err3 := s.kept.CheckIns(ctx, a.ID)
			felt, err4 := s.kept.Reflections(ctx, a.ID)
			if err := errors.Join(err1, err2, err3, err4); err != nil {
				t.Fatal(err)
			}
			if (len(imports) > 0) != c.plays || (len(hours) > 0) != c.hours || (len(checks) > 0) != c.hours || (len(felt) > 0) != c.hours {
				t.Errorf("stored: %d imports, %d hours, %d check-ins, %d reflections", len(imports), len(hours), len(checks), len(felt))
			}
			if found := holding(t, s.dir, singing); (len(found) > 0) != c.hours {
				t.Errorf("words are in %v", found)
			}
			v, err := s.visitOf(ctx, a.ID)
			if err != nil {
				t.Fatal(err)
			}
			p, err := v.portrait(ctx)
			if err != nil || (p.profile != nil) != c.painted {
				t.Errorf("moods are computed: %v, %v", p.profile != nil, err)
			}
			if got := w.get("/moods"); (got.Code == http.StatusOK) != c.seen {
				t.Errorf("the moods: %d", got.Code)
			}
			// Signed out, what was in memory alone is gone.
			w.post("/sign-out", nil)
			for what, n := range map[string]func() (int, error){
				"imports": func() (int, error) { all, err := s.passing.Imports(ctx, a.ID); return len(all), err },
				"hours":   func() (int, error) { all, err := s.passing.Hours(ctx, a.ID); return len(all), err },
			} {
				if left, err := n(); left != 0 || err != nil {
					t.Errorf("%s in memory: %d, %v", what, left, err)
				}
			}
			s.in(t, w, "Mai")
			if got := w.get(at); (got.Code == http.StatusOK) != c.hours {
				t.Errorf("the hour, later: %d", got.Code)
			}
		})
	}
}

// Memory forgets whose account is gone, by whichever process, and who stays away.
func TestMemoryForgetsTheAbsent(t *testing.T) {
	s := serving(t, nil)
	w, a := s.person(t, "Mai", account.Listener)
	other, b := s.person(t, "An", account.Listener)
	for _, one := range []*walker{w, other} {
		one.post("/welcome", values("name", "x"))
	}
	for _, id := range []string{a.ID, b.ID} {
		if err := s.passing.AddCheckIn(t.Context(), id, store.CheckIn{ID: "c", At: *s.now, Now: [2]int{1, 1}}); err != nil {
			t.Fatal(err)
		}
	}
	has := func(id string) bool {
		t.Helper()
		all, err := s.passing.CheckIns(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return len(all) > 0
	}
	if err := s.kept.DeleteAccount(t.Context(), a.ID); err != nil { // as another process does
		t.Fatal(err)
	}
	if err := s.forgetAbsent(t.Context(), *s.now); err != nil || has(a.ID) || !has(b.ID) {
		t.Error(err, has(a.ID), has(b.ID))
	}
	if err := s.forgetAbsent(t.Context(), s.now.Add(passingFor+time.Second)); err != nil || has(b.ID) {
		t.Error(err, has(b.ID))
	}
}

// Tables are everybody's: admins bring them, and who is deleted takes none along.
func TestTablesOfAll(t *testing.T) {
	inTurn(t)
	s := serving(t, nil)
	w, a := s.person(t, "Mai", account.Listener)
	admin, b := s.person(t, "An", account.Admin)
	s.person(t, "Lan", account.Admin)
	for _, one := range []*walker{w, admin} {
		one.post("/welcome", values("name", "x", "plays", "yes"))
	}
	if got := w.get("/moods"); got.Code != http.StatusForbidden { // without the consent
		t.Error(got.Code)
	}
	if got := w.get("/now"); got.Code != http.StatusConflict || strings.Contains(got.Body.String(), "demo") {
		t.Errorf("%d: %s", got.Code, text(got))
	}
	export, table := demoFiles(t)
	got := s.brings(t, w, a, table)
	if got.Code != http.StatusForbidden || !strings.Contains(words(got), "admin") {
		t.Errorf("%d: %s", got.Code, text(got))
	}
	if got := s.brings(t, w, a, export); got.Code != http.StatusOK {
		t.Errorf("%d: %s", got.Code, text(got))
	}
	if got := s.brings(t, admin, b, table); got.Code != http.StatusOK {
		t.Fatalf("%d: %s", got.Code, text(got))
	}
	if got := admin.post("/data/delete", nil); got.Code != http.StatusOK {
		t.Fatal(got.Code, text(got))
	}
	left, err := filepath.Glob(filepath.Join(s.dir, "catalogs", "*.parquet"))
	if err != nil || len(left) != 1 {
		t.Error(left, err)
	}
	if got := w.get("/now"); got.Code != http.StatusOK {
		t.Errorf("%d: %s", got.Code, text(got))
	}
}

// There is no demo listener where people sign in: what one tries all would see.
func TestNoDemoAmongPeople(t *testing.T) {
	s := serving(t, nil)
	m, _ := invented(t)
	s.own.put(m)
	w, who := s.person(t, "Mai", account.Listener)
	w.post("/welcome", values("name", "Mai"))
	for _, path := range []string{"/demo", "/demo/leave"} {
		if got := w.post(path, nil); got.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
	w.cookies = append(w.cookies, cookieOf(whoCookie, demoID))
	for _, path := range []string{"/", "/bring", "/data", "/now", "/moods", "/support", "/account"} {
		got := w.get(path)
		for _, bad := range []string{`action="/demo`, "Runs on your machine", "on this machine", "demo listener"} {
			if strings.Contains(got.Body.String(), bad) {
				t.Errorf("%s holds %q", path, bad)
			}
		}
		if !strings.Contains(got.Body.String(), "Kept at localhost:8080") {
			t.Errorf("%s does not say where it is kept", path)
		}
	}
	// Nor are programs sent to one where there is no music.
	s.own.put(nil)
	token, _ := s.tokenOf(t, who.ID, s.now.AddDate(0, 1, 0), account.Grantable(account.Listener)...)
	got := program{t: t, h: s.Handler(), token: token}.send("GET", "/catalogue", nil)
	if got.Code != http.StatusConflict || strings.Contains(got.Body.String(), "demo") || !strings.Contains(got.Body.String(), "Whoever runs this one") {
		t.Errorf("without music: %d: %s", got.Code, got.Body)
	}
}

// What a Segue that was killed left behind without a consent is let go of at the next
// start, for everybody; what is covered stays.
func TestClearUncovered(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "segue.db")
	kept, err := store.Open(t.Context(), store.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		id := fmt.Sprint("listener", i)
		if err := kept.SaveListener(t.Context(), store.Listener{ID: id, Created: afternoon}); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			if err := kept.SetConsent(t.Context(), id, store.Consent{Purpose: store.CheckIns, Given: i > 1, At: afternoon}); err != nil {
				t.Fatal(err)
			}
		}
		if err := kept.AddCheckIn(t.Context(), id, store.CheckIn{ID: "c", At: afternoon, Now: [2]int{1, 1}}); err != nil {
			t.Fatal(err)
		}
	}
	s, err := New(t.Context(), Options{Kept: kept, Accounts: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.Close()
		_ = kept.Close()
	})
	for i := range 4 {
		all, err := kept.CheckIns(t.Context(), fmt.Sprint("listener", i))
		if err != nil || (len(all) == 1) != (i > 1) {
			t.Errorf("listener %d: %d check-ins, %v", i, len(all), err)
		}
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// The numbers of a group stand on ten people or more who agreed to it, and stay as
// they are for the day.
func TestGroup(t *testing.T) {
	inTurn(t)
	s := serving(t, nil)
	researcher, _ := s.person(t, "Tim", account.Researcher)
	listener, _ := s.person(t, "Mai", account.Listener)
	researcher.post("/welcome", values("name", "Tim"))
	joins := func(i int, research bool) {
		t.Helper()
		id := fmt.Sprint("listener", i)
		after := [2]int{7, 3}
		for _, err := range []error{
			s.kept.SaveListener(t.Context(), store.Listener{ID: id, Created: *s.now}),
			s.kept.SetConsent(t.Context(), id, store.Consent{Purpose: store.CheckIns, Given: true, At: s.now.Add(time.Duration(i))}),
			s.kept.SetConsent(t.Context(), id, store.Consent{Purpose: store.Research, Given: research, At: s.now.Add(time.Duration(i))}),
			s.kept.AddCheckIn(t.Context(), id, store.CheckIn{ID: "c", At: *s.now, Now: [2]int{5, 5}}),
			s.kept.SaveHour(t.Context(), id, store.Hour{ID: "h", CheckIn: "c", At: *s.now, Changed: *s.now, Plan: []byte("{}"), Version: 1}),
			s.kept.SaveReflection(t.Context(), id, store.Reflection{Hour: "h", At: *s.now, Feel: 1 - 2*(i%2), After: &after, Words: singing}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range 12 {
		joins(i, i < 9)
	}
	if got := listener.get("/group"); got.Code != http.StatusForbidden {
		t.Errorf("a listener: %d", got.Code)
	}
	page := words(researcher.get("/group"))
	for _, want := range []string{"10 people or more", "fewer than 10", "Fewer than 10 people who agreed to it have said how an hour felt", "Fewer than 10 people who agreed to it have said where they were"} {
		if !strings.Contains(page, strings.ReplaceAll(want, "10 people or", "10\u00a0people or")) && !strings.Contains(page, want) {
			t.Errorf("without %q: %s", want, page)
		}
	}
	for i := 21; i < 32; i++ {
		joins(i, true)
	}
	if again := words(researcher.get("/group")); again != page {
		t.Error("on one day it says two things")
	}
	*s.now = s.now.Add(24 * time.Hour)
	page = words(researcher.get("/group"))
	// Twenty: ten felt better and ten worse, of which one is left out with the three that
	// nobody felt, or it would tell the other. Wilson's interval of 10 of 20 is 0.30 to 0.70.
	for _, want := range []string{"Of 20", "50", "30", "70", "+2.00", "-2.00", "left out"} {
		if !strings.Contains(strings.ReplaceAll(page, "−", "-"), want) {
			t.Errorf("without %q: %s", want, page)
		}
	}
	if strings.Contains(page, singing) {
		t.Error("it holds somebody’s words")
	}
}
