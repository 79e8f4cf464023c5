package web

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"segue"
	"segue/account"
	"segue/store"
)

// A life is somebody with something of everything, and the ids of it.
type life struct {
	*walker
	of     store.Account
	canary string            // stands in all that is personal
	path   map[string]string // ids of addresses, by what stands before them
	id     map[string]string // ids of forms, by what they are of
}

// live makes an account and gives it something of everything.
func (s *servedPeople) live(t *testing.T, name string) *life {
	t.Helper()
	w, a := s.person(t, name, account.Listener)
	l := &life{walker: w, of: a, canary: "CANARY" + strings.ToUpper(name) + "q7", path: map[string]string{}, id: map[string]string{}}
	ok := func(got *httptest.ResponseRecorder, code int) string {
		t.Helper()
		if got.Code != code {
			t.Fatalf("%s: %d: %s", name, got.Code, text(got))
		}
		return got.Header().Get("Location")
	}
	form := values("name", l.canary, "zone", "Europe/Lisbon", "adult16", "yes", "research", "yes")
	for _, p := range purposes() {
		form.Set(string(p), "yes")
	}
	ok(w.post("/welcome", form), http.StatusSeeOther)
	_, plays := invented(t)
	plays = slices.Clone(plays[len(plays)-3000:])
	for i := range plays {
		if i%7 == 0 {
			plays[i].Track = segue.TrackRef{Title: l.canary, Artist: l.canary}
		}
	}
	job := strings.Repeat("a", 31) + name[:1]
	if err := s.kept.AddImport(t.Context(), a.ID, store.Import{ID: job, At: *s.now, Report: []byte(`{"files":[{"name":"` + l.canary + `"}]}`), Plays: len(plays)}, plays); err != nil {
		t.Fatal(err)
	}
	s.portraits.forget(a.ID)
	at := w.hour(t, values("now", "2-8", "target", "7-3", "artists", l.canary))
	ok(w.post(at+"/feel", values("feel", "-2", "after", "1-1", "words", l.canary)), http.StatusSeeOther)
	ok(w.get(at), http.StatusOK) // which records that they opened it on this day
	share := ok(w.post("/persona/share", nil), http.StatusSeeOther)
	ok(w.post("/account/tokens", values("name", l.canary, "scope", "me:read", "days", "30")), http.StatusOK)
	tokens, err := s.kept.Tokens(t.Context(), a.ID)
	if err != nil || len(tokens) != 1 {
		t.Fatal(tokens, err)
	}
	key := "key-of-" + name
	if err := s.kept.AddPasskey(t.Context(), store.Passkey{ID: key, Account: a.ID, Name: l.canary, Credential: []byte("{}"), Created: *s.now}); err != nil {
		t.Fatal(err)
	}
	logins, err := s.kept.Logins(t.Context(), a.ID)
	if err != nil || len(logins) == 0 {
		t.Fatal(logins, err)
	}
	ok(w.post("/time/own", values("pair", "0", "hours", "24")), http.StatusSeeOther)
	trials, err := s.kept.Trials(t.Context(), a.ID)
	if err != nil || len(trials) != 1 {
		t.Fatal(trials, err)
	}
	l.path = map[string]string{"/time/own/{id}": trials[0].ID, "/me/trials/{id}": trials[0].ID, "/hours/{id}": strings.TrimPrefix(at, "/hours/"), "/bring/{job}": job, "/people/{id}": a.ID}
	l.id = map[string]string{"share": strings.TrimPrefix(share, "/share/"), "token": tokens[0].ID, "passkey": key, "login": publicLogin(logins[0].ID)}
	return l
}

// export is everything that is kept of somebody.
func (s *servedPeople) export(t *testing.T, id string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.kept.Export(t.Context(), id, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestOthers asks, as everybody else, for every address there is with the ids of one
// person: nobody gets, changes or can tell apart from what never was anything of them.
func TestOthers(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	a, b := s.live(t, "anna"), s.live(t, "ben")
	admin, _ := s.person(t, "Mai", account.Admin)
	researcher, _ := s.person(t, "Tim", account.Researcher)
	for _, w := range []*walker{admin, researcher} {
		w.post("/welcome", values("name", "x"))
	}
	before, others := s.export(t, a.of.ID), s.export(t, b.of.ID)
	if !bytes.Equal(before, s.export(t, a.of.ID)) {
		t.Fatal("two exports of the same are not the same")
	}
	never := func(id string) string { // of the same form, and nobody's
		return strings.Map(func(r rune) rune {
			switch r {
			case 'a', 'b', 'c', 'd', 'e', 'f', '0', '1', '2', '3':
				return 'b'
			}
			return r
		}, id)
	}
	asked := 0
	for who, w := range map[string]*walker{"another": b.walker, "a stranger": s.walker(), "a researcher": researcher, "an admin": admin} {
		for _, one := range s.table() {
			method, path, _ := strings.Cut(one.pattern, " ")
			if path == "" || strings.HasPrefix(path, "/share/") { // a shared card is for everybody
				continue
			}
			switch path {
			case "/sign-out", "/data/delete", "/data/consents", "/data/restore", "/bring", "/welcome":
				if method == "POST" {
					continue // it is of who asks alone, and takes no id; see below
				}
			}
			if who == "an admin" && strings.HasPrefix(path, "/people/") && path != "/people/events" {
				continue // see below
			}
			mine, not := path, path
			for begins, id := range a.path {
				if strings.HasPrefix(path, begins) {
					name := begins[strings.Index(begins, "{"):]
					mine, not = strings.Replace(path, name, id, 1), strings.Replace(path, name, never(id), 1)
				}
			}
			fill := strings.NewReplacer("{file}", "hour.csv", "{n}", "3", "{secret}", account.NewSecret(), "{$}", "")
			mine, not = fill.Replace(mine), fill.Replace(not)
			forms := map[string]url.Values{"": nil}
			if method == "POST" {
				forms[""] = values("version", "1", "do", "swap", "place", "1", "feel", "2", "role", "admin", "sure", "yes", "kind", "gentle", "name", "x", "zone", "UTC")
				for of, id := range a.id {
					f := maps.Clone(forms[""])
					f.Set("id", id)
					forms[of] = f
				}
			}
			for of, form := range forms {
				ask := func(path string, form url.Values) *httptest.ResponseRecorder {
					asked++
					if method == "POST" {
						return w.post(path, form)
					}
					return w.get(path)
				}
				got := ask(mine, form)
				about := who + ": " + method + " " + mine + " " + of
				other := maps.Clone(form)
				if of != "" {
					other.Set("id", never(a.id[of]))
				}
				want := ask(not, other)
				if got.Code != want.Code {
					t.Errorf("%s: %d, and %d where there is nothing", about, got.Code, want.Code)
				}
				if mine != not && got.Code < 300 {
					t.Errorf("%s: %d", about, got.Code)
				}
				for _, answer := range []*httptest.ResponseRecorder{got, want} {
					if strings.Contains(answer.Body.String(), a.canary) {
						t.Errorf("%s: the page holds what is another’s", about)
					}
					for name, all := range answer.Header() {
						if strings.Contains(strings.Join(all, " "), a.canary) {
							t.Errorf("%s: %s holds what is another’s", about, name)
						}
					}
				}
				// But for the address, to the letter.
				same := strings.NewReplacer(mine, "X", url.QueryEscape(mine), "X", url.QueryEscape(not), "X", not, "X")
				if mine != not && same.Replace(got.Body.String()) != same.Replace(want.Body.String()) {
					t.Errorf("%s: the answer can be told from that where there is nothing", about)
				}
			}
		}
	}
	if asked < 1000 {
		t.Errorf("only %d were asked", asked)
	}
	// What an admin may see of somebody is the account.
	for _, path := range []string{"/people", "/people/" + a.of.ID, "/people/events", "/group"} {
		got := admin.get(path)
		if got.Code != http.StatusOK || strings.Contains(got.Body.String(), a.canary) {
			t.Errorf("an admin: %s: %d", path, got.Code)
		}
	}
	if got := s.export(t, a.of.ID); !bytes.Equal(got, before) {
		t.Error("what is kept of somebody was changed by others")
	}
	if !a.isIn() || a.get("/hours/"+a.path["/hours/{id}"]).Code != http.StatusOK {
		t.Error("they were signed out, or lost an hour")
	}
	for _, of := range []*life{a, b} {
		if tokens, err := s.kept.Tokens(t.Context(), of.of.ID); err != nil || len(tokens) != 1 {
			t.Error(tokens, err)
		}
	}
	// What takes back or deletes is of who asks, whatever the form says.
	all := values("id", a.of.ID, "listener", a.of.ID, "account", a.of.ID, "who", a.of.ID)
	if got := b.post("/data/consents", all); got.Code != http.StatusSeeOther {
		t.Errorf("%d: %s", got.Code, text(got))
	}
	if bytes.Equal(others, s.export(t, b.of.ID)) {
		t.Error("taken back, and all is there")
	}
	if got := b.post("/data/delete", all); got.Code != http.StatusOK || b.isIn() {
		t.Errorf("%d: %s", got.Code, text(got))
	}
	if _, err := s.kept.Account(t.Context(), b.of.ID); err == nil {
		t.Error("deleted, and the account is there")
	}
	if got := s.export(t, a.of.ID); !bytes.Equal(got, before) || !a.isIn() {
		t.Error("one deletes everything, and it is another’s")
	}
	if said := s.d.String(); strings.Contains(said, a.canary) || strings.Contains(said, b.canary) || strings.Contains(said, a.of.ID) {
		t.Error("the log names somebody")
	}
}

// No form of another site does anything, whoever is signed in.
func TestFormsOfOtherSites(t *testing.T) {
	s := serving(t, nil)
	w, a := s.person(t, "Mai", account.Admin)
	n := 0
	for _, one := range s.table() {
		method, path, _ := strings.Cut(one.pattern, " ")
		if method != "POST" {
			continue
		}
		n++
		path = strings.NewReplacer("{id}", a.ID, "{job}", "x", "{secret}", account.NewSecret()).Replace(path)
		for name, change := range map[string]func(http.Header){
			"another site": func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") },
			"a sister":     func(h http.Header) { h.Set("Sec-Fetch-Site", "same-site") },
			"old browsers": func(h http.Header) { h.Set("Origin", "https://evil.example") },
			"no origin":    func(h http.Header) { h.Set("Origin", "null") },
		} {
			r := httptest.NewRequest("POST", "http://localhost"+path, strings.NewReader("version=1&sure=yes"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			change(r.Header)
			if got := w.send(r); got.Code != http.StatusForbidden || len(got.Result().Cookies()) > 0 {
				t.Errorf("%s: %s: %d", path, name, got.Code)
			}
		}
	}
	if n < 40 || !w.isIn() {
		t.Errorf("%d forms, in: %v", n, w.isIn())
	}
}
