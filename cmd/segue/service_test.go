package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/account"
	"segue/internal/pgtest"
	"segue/store"
)

// A service is segue serve as several people meet it: some processes on one database,
// of which each request reaches the next, as behind a proxy without any affinity.
type service struct {
	*testing.T
	all   []*servedProcess
	turn  int
	open  func() *store.Store
	table string
}

// services runs a test on what is served: one process on SQLite, and two on
// PostgreSQL, of which the test is the same.
func services(t *testing.T, test func(t *testing.T, s *service)) {
	table := filepath.Join(invented(t), "small.csv")
	t.Run("SQLite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "segue.db")
		s := &service{T: t, table: table, open: func() *store.Store { return openStore(t, store.Options{Path: path}) }}
		s.start("--db", path, "--folder", t.TempDir())
		test(t, s)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		url := pgtest.URL(t)
		s := &service{T: t, table: table, open: func() *store.Store { return openStore(t, store.Options{URL: url}) }}
		for range 2 {
			s.start("--db", url, "--folder", t.TempDir())
		}
		test(t, s)
	})
}

func openStore(t *testing.T, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// start runs one more process.
func (s *service) start(args ...string) {
	s.Helper()
	s.all = append(s.all, serveProcess(s.T, append([]string{"--accounts", "--catalog", s.table, "--metrics-addr", "off", "--seed", "1"}, args...)...))
}

// next returns the address of the process whose turn it is.
func (s *service) next() string {
	s.turn++
	return s.all[s.turn%len(s.all)].base
}

// A member is somebody with an account, in a browser and by a program.
type member struct {
	*service
	name, password string
	cookies        []*http.Cookie
	token          string
}

// An answered is what a service said.
type answered struct {
	code   int
	header http.Header
	body   []byte
}

// fits fails the test unless an answer has one of the codes.
func (m *member) fits(what string, a answered, codes ...int) answered {
	m.Helper()
	for _, c := range codes {
		if a.code == c {
			return a
		}
	}
	m.Fatalf("%s: %d: %.500s", what, a.code, a.body)
	return a
}

// do makes a request of the next process, as the browser that the member has.
func (m *member) do(method, path, kind string, body io.Reader, header ...string) answered {
	m.Helper()
	r, err := http.NewRequestWithContext(m.Context(), method, m.next()+path, body)
	if err != nil {
		m.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if strings.HasPrefix(path, "/api/") {
		if m.token != "" {
			r.Header.Set("Authorization", "Bearer "+m.token)
		}
	} else {
		for _, c := range m.cookies {
			r.AddCookie(c)
		}
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	got, err := noRedirect.Do(r)
	if err != nil {
		m.Fatal(err)
	}
	defer got.Body.Close()
	b, err := io.ReadAll(got.Body)
	if err != nil {
		m.Fatal(err)
	}
	for _, set := range got.Cookies() {
		m.cookies = slices.DeleteFunc(m.cookies, func(c *http.Cookie) bool { return c.Name == set.Name })
		if set.MaxAge >= 0 {
			m.cookies = append(m.cookies, set)
		}
	}
	return answered{got.StatusCode, got.Header, b}
}

// until asks until the answer has a code.
func (m *member) until(what, path string, code int) {
	m.Helper()
	for until := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		got := m.do("GET", path, "", nil)
		if got.code == code {
			return
		}
		if time.Now().After(until) {
			m.fits(what, got, code)
		}
	}
}

// form sends a form as a page does.
func (m *member) form(path string, pairs ...string) answered {
	m.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return m.do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(v.Encode()))
}

// api asks the API and reads the answer.
func (m *member) api(method, path string, in any, codes ...int) (out map[string]any, a answered) {
	m.Helper()
	var body io.Reader
	kind := ""
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			m.Fatal(err)
		}
		body, kind = bytes.NewReader(b), "application/json"
	}
	a = m.fits(method+" "+path, m.do(method, "/api/v1"+path, kind, body), codes...)
	if len(a.body) > 0 && a.body[0] == '{' {
		if err := json.Unmarshal(a.body, &out); err != nil {
			m.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return out, a
}

// join lets somebody in by an invitation that an admin made at the command line.
func (s *service) join(name string) *member {
	s.Helper()
	secret := account.NewSecret()
	db := s.open()
	now := time.Now()
	err := db.AddInvitation(s.Context(), store.Invitation{ID: account.HashSecret(secret), Role: store.RoleListener, Created: now, Expires: now.Add(time.Hour)})
	if closed := db.Close(); err != nil || closed != nil {
		s.Fatal(err, closed)
	}
	m := &member{service: s, name: name, password: "correct horse " + name + " battery"}
	m.fits("joining", m.form("/join/"+secret, "name", name, "password", m.password, "password-again", m.password), http.StatusSeeOther)
	m.fits("the welcome", m.form("/welcome", "name", name, "zone", "Europe/Lisbon", "adult16", "yes", "moods", "yes", "plays", "yes", "check_ins", "yes"), http.StatusSeeOther)
	token := account.NewToken()
	db = s.open()
	defer db.Close()
	who, err := db.AccountByKey(s.Context(), name)
	if err != nil {
		s.Fatal(err)
	}
	scopes := []string{}
	for _, one := range account.Grantable(account.Listener) {
		scopes = append(scopes, string(one))
	}
	if err := db.AddToken(s.Context(), store.Token{ID: token.ID, Hash: token.Hash(), Account: who.ID, Name: "test", Scopes: scopes, Created: now, Expires: now.Add(time.Hour)}); err != nil {
		s.Fatal(err)
	}
	m.token = token.Reveal()
	return m
}

// bring uploads a history by the API and waits until it is stored.
func (m *member) bring(file string) map[string]any {
	m.Helper()
	return m.brought(m.upload(file))
}

// upload uploads a history by the API and returns where its import is told of.
func (m *member) upload(file string) string {
	m.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		m.Fatal(err)
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, _ := w.CreateFormFile("file", filepath.Base(file))
	_, _ = part.Write(b)
	_ = w.Close()
	// An import before may be stored, which all processes tell, and yet be put away by the
	// one that read it.
	for until := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		a := m.fits("bringing", m.do("POST", "/api/v1/imports", w.FormDataContentType(), bytes.NewReader(body.Bytes())), http.StatusAccepted, http.StatusConflict)
		if a.code == http.StatusAccepted {
			return a.header.Get("Location")
		}
		if time.Now().After(until) {
			m.Fatalf("bringing: %s", a.body)
		}
	}
}

// brought waits until an import is stored. One that met a database that was away, or
// another process that changed the same plays, has failed until it is begun anew.
func (m *member) brought(at string) map[string]any {
	m.Helper()
	var is map[string]any
	for until := time.Now().Add(2 * time.Minute); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		// The process that reads it knows how far it is; the others, once it is stored.
		got := m.fits("an import", m.do("GET", at, "", nil), http.StatusOK, http.StatusNotFound, http.StatusServiceUnavailable)
		if is = nil; json.Unmarshal(got.body, &is) == nil && is["state"] == "done" {
			return is
		}
	}
	m.Fatalf("the import was not stored within two minutes: %v", is)
	return nil
}

// A member's whole way, of which every step may reach another process than the one
// before, and of which nothing may tell.
func TestService(t *testing.T) {
	services(t, func(t *testing.T, s *service) {
		plays := filepath.Join(invented(t), "plays.json")
		mai, noor := s.join("mai"), s.join("noor")
		if is := mai.bring(plays); is["plays"].(float64) < 1000 {
			t.Errorf("an import of %v plays", is["plays"])
		}

		// Two histories brought to two processes at once are both there in the end.
		if len(s.all) > 1 {
			few, account := mai.upload(filepath.Join(invented(t), "few.json")), mai.upload(filepath.Join(invented(t), "account.json"))
			mai.brought(few)
			mai.brought(account)
			if list, _ := mai.api("GET", "/imports", nil, http.StatusOK); len(list["items"].([]any)) != 3 {
				t.Errorf("three imports, and listed are: %v", list)
			}
		}

		// The same answer from every process, and for the one who brought nothing none.
		_, first := mai.api("GET", "/moods", nil, http.StatusOK)
		for range s.all {
			if _, again := mai.api("GET", "/moods", nil, http.StatusOK); !bytes.Equal(again.body, first.body) {
				t.Error("two processes tell two things of one history")
			}
		}
		noor.api("GET", "/moods", nil, http.StatusConflict)
		for range s.all {
			mai.fits("the page of moods", mai.do("GET", "/moods", "", nil), http.StatusOK)
		}

		// An hour, made at one, changed at the next, felt at another.
		hour, made := mai.api("POST", "/hours", map[string]any{"now": []int{3, 7}, "target": []int{7, 3}, "minutes": 20}, http.StatusCreated)
		id, _ := hour["id"].(string)
		if id == "" {
			t.Fatalf("an hour without an id: %s", made.body)
		}
		path := "/hours/" + id
		tag := made.header.Get("ETag")
		for i := range 4 {
			edit := mai.fits("an edit", mai.do("POST", "/api/v1"+path+"/edits", "application/json", strings.NewReader(fmt.Sprintf(`{"do": "swap", "place": %d}`, 2+i%2)), "If-Match", tag), http.StatusOK, http.StatusCreated)
			stale := mai.do("POST", "/api/v1"+path+"/edits", "application/json", strings.NewReader(`{"do": "swap", "place": 2}`), "If-Match", tag)
			mai.fits("an edit of an older version", stale, http.StatusPreconditionFailed)
			if tag = edit.header.Get("ETag"); tag == "" {
				t.Fatal("an edit without a tag")
			}
		}
		mai.api("PUT", path+"/reflection", map[string]any{"feel": 1, "after": []int{6, 4}, "words": "quieter"}, http.StatusOK)
		if felt, _ := mai.api("GET", path+"/reflection", nil, http.StatusOK); felt["words"] != "quieter" {
			t.Errorf("what was said: %v", felt)
		}
		mai.fits("the hour as a page", mai.do("GET", path, "", nil), http.StatusOK)
		mai.api("GET", "/outcomes", nil, http.StatusOK)

		// Nobody else's: as if it were not there.
		for _, p := range []string{path, path + "/reflection"} {
			_, others := noor.api("GET", p, nil, http.StatusNotFound)
			_, never := noor.api("GET", strings.Replace(p, id, strings.Repeat("0", len(id)), 1), nil, http.StatusNotFound)
			if !bytes.Equal(others.body, never.body) {
				t.Errorf("%s of another is told from one that never was:\n%s\n%s", p, others.body, never.body)
			}
		}

		// What was agreed to is taken back at one process, and holds at the next.
		mai.api("PUT", "/me/consents", map[string]any{"given": []string{"moods", "plays"}}, http.StatusOK)
		mai.api("POST", "/hours", map[string]any{"now": []int{3, 7}, "stay": true, "minutes": 20}, http.StatusForbidden)
		mai.api("GET", path, nil, http.StatusNotFound, http.StatusForbidden)

		// A restart keeps who is signed in and what is kept.
		_, before := mai.api("GET", "/moods", nil, http.StatusOK)
		args := s.all[0].cmd.Args[1:]
		if err := s.all[0].cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		_ = s.all[0].cmd.Wait()
		s.all[0] = serveProcess(t, args[3:]...) // without serve, --addr and its value
		for range s.all {
			if _, after := mai.api("GET", "/moods", nil, http.StatusOK); !bytes.Equal(before.body, after.body) {
				t.Error("a restart changed the moods")
			}
			mai.fits("the start, still signed in", mai.do("GET", "/", "", nil), http.StatusOK)
		}

		// Everything deleted, everywhere.
		mai.api("GET", "/me/export", nil, http.StatusOK)
		mai.fits("deleting", mai.form("/data/delete", "sure", "yes"), http.StatusOK)
		for range s.all {
			mai.api("GET", "/me", nil, http.StatusUnauthorized)
			mai.fits("the start, signed in no more", mai.do("GET", "/", "", nil), http.StatusSeeOther)
		}
		db := s.open()
		defer db.Close()
		if all, err := db.Listeners(context.Background()); err != nil || len(all) != 1 {
			t.Errorf("%d listeners are left, %v", len(all), err)
		}
	})
}

// The database goes and comes back: what is asked meanwhile is refused plainly and
// soon, a check for readiness says so, and afterwards all is as it was.
func TestServiceDatabaseGone(t *testing.T) {
	server := pgtest.Start(t)
	at := server.URL(t)
	s := &service{T: t, table: filepath.Join(invented(t), "small.csv"), open: func() *store.Store { return openStore(t, store.Options{URL: at}) }}
	s.start("--db", at, "--folder", t.TempDir())
	mai := s.join("mai")
	_, before := mai.api("GET", "/me", nil, http.StatusOK)
	mai.fits("readiness", mai.do("GET", "/readyz", "", nil), http.StatusOK)
	under := mai.upload(filepath.Join(invented(t), "my_spotify_data.zip"))
	server.Stop(t)
	begun := time.Now()
	for _, method := range []string{"GET", "PATCH"} {
		var in any
		if method == "PATCH" {
			in = map[string]any{"name": "Another"}
		}
		out, a := mai.api(method, "/me", in, http.StatusServiceUnavailable)
		if out["status"] != 503. || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s without a database: %s", method, a.body)
		}
	}
	mai.fits("a page without a database", mai.do("GET", "/data", "", nil), http.StatusServiceUnavailable)
	mai.until("readiness without a database", "/readyz", http.StatusServiceUnavailable)
	mai.fits("life without a database", mai.do("GET", "/healthz", "", nil), http.StatusOK)
	if took := time.Since(begun); took > time.Minute {
		t.Errorf("refusing took %s", took)
	}
	server.Resume(t)
	mai.until("readiness with the database back", "/readyz", http.StatusOK)
	if _, after := mai.api("GET", "/me", nil, http.StatusOK); !bytes.Equal(after.body, before.body) {
		t.Errorf("after the database was gone: %s, before: %s", after.body, before.body)
	}
	mai.api("PATCH", "/me", map[string]any{"name": "Mai again"}, http.StatusOK)
	mai.brought(under) // it was acknowledged
}
