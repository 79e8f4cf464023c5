package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/account"
	"segue/recommend"
	"segue/store"
)

// A servedPeople is a server where people sign in.
type servedPeople struct {
	*Server
	dir string
	now *time.Time
	d   *diary
}

// serving returns a service with the music of m, which may be nil.
func serving(t testing.TB, m *recommend.Music) *servedPeople {
	t.Helper()
	dir := t.TempDir()
	kept, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "segue.db"), Consents: true})
	if err != nil {
		t.Fatal(err)
	}
	at := afternoon
	s := &servedPeople{dir: dir, now: &at, d: &diary{}}
	o := Options{Kept: kept, Folder: dir, Accounts: true, Host: "localhost:8080", Seed: 1, Now: func() time.Time { return *s.now }, Log: s.d.log()}
	if m != nil {
		o.Music = func(context.Context, segue.Progress) (*recommend.Music, error) { return m, nil }
	}
	if s.Server, err = New(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	// What a hash costs is package account's to test.
	s.signing.hasher = account.NewHasher(account.Params{Memory: 64, Time: 1, Threads: 1}, 4)
	t.Cleanup(func() {
		_ = s.Close()
		_ = kept.Close()
	})
	return s
}

// phrase is a password that may be set.
const phrase = "quiet harbor seven lanterns"

// walker returns somebody who has not signed in.
func (s *servedPeople) walker() *walker { return &walker{s: s.Server, now: s.now} }

// person makes an account with a password, and signs it in.
func (s *servedPeople) person(t testing.TB, name string, role account.Role) (*walker, store.Account) {
	t.Helper()
	a, err := NewAccount(name, role, *s.now)
	if err != nil {
		t.Fatal(err)
	}
	if a.Password, err = s.signing.hasher.Hash(t.Context(), phrase); err != nil {
		t.Fatal(err)
	}
	if err := s.kept.AddAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	w := s.walker()
	s.in(t, w, name)
	a.Version = 1
	return w, a
}

// in signs a walker in.
func (s *servedPeople) in(t testing.TB, w *walker, name string) {
	t.Helper()
	if got := w.post("/sign-in", values("name", name, "password", phrase)); got.Code != http.StatusSeeOther {
		t.Fatalf("signing in: %d: %s", got.Code, text(got))
	}
}

// signed returns the secret that a walker is signed in with, "" if none.
func (w *walker) signed() string {
	for _, c := range w.cookies {
		if c.Name == signedCookieClear {
			return c.Value
		}
	}
	return ""
}

// isIn reports whether a walker's pages are somebody's.
func (w *walker) isIn() bool { return w.get("/account").Code == http.StatusOK }

// linkOn returns the path of the link that a page shows.
func linkOn(t testing.TB, got *httptest.ResponseRecorder) string {
	t.Helper()
	found := regexp.MustCompile(`value="http://localhost(/(?:join|reset)/[A-Za-z0-9_-]{43})"`).FindStringSubmatch(got.Body.String())
	if found == nil {
		t.Fatalf("%d: no link on %s", got.Code, text(got))
	}
	return found[1]
}

// happened returns what was noted, the first first.
func (s *servedPeople) happened(t testing.TB) (all []string) {
	t.Helper()
	events, err := s.kept.Events(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		all = append([]string{e.What}, all...)
	}
	return all
}

// Whoever is invited comes in without script: with a link that is looked at as often
// as one likes and used once, a name, a password, and the welcome of everybody.
func TestJoin(t *testing.T) {
	inTurn(t)
	s := serving(t, nil)
	path, err := FirstAdmin(t.Context(), s.kept, *s.now)
	if err != nil || path == "" {
		t.Fatal(path, err)
	}
	admin := s.walker()
	for range 3 {
		if got := admin.get(path); got.Code != http.StatusOK || got.Header().Get("Cache-Control") != "no-store" || got.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Fatalf("%d %v: %s", got.Code, got.Header(), text(got))
		}
	}
	for name, form := range map[string][]string{
		"no name": {"password", phrase, "password-again", phrase}, "a short password": {"name", "Mai", "password", "short", "password-again", "short"},
		"two passwords": {"name", "Mai", "password", phrase, "password-again", phrase + "!"}, "the name": {"name", "maimaimaimaimai", "password", "maimaimaimaimai", "password-again", "maimaimaimaimai"},
		"a false passkey": {"name", "Mai", "challenge", account.NewSecret(), "response", "{}"},
	} {
		if got := admin.post(path, values(form...)); got.Code != http.StatusUnprocessableEntity || strings.Contains(got.Body.String(), "short") && name == "a short password" && strings.Contains(got.Body.String(), `value="short"`) {
			t.Errorf("%s: %d: %s", name, got.Code, text(got))
		}
	}
	if got := admin.post(path, values("name", "Mai", "password", phrase, "password-again", phrase)); got.Code != http.StatusSeeOther || got.Header().Get("Location") != "/" {
		t.Fatalf("%d: %s", got.Code, text(got))
	}
	if again, err := FirstAdmin(t.Context(), s.kept, *s.now); again != "" || err != nil {
		t.Error("there is an admin, and a link for the first:", err)
	}
	if got := s.walker().get(path); got.Code != http.StatusNotFound {
		t.Errorf("a used link: %d", got.Code)
	}
	// The welcome, then an invitation for a listener.
	if got := admin.get("/"); got.Code != http.StatusOK || !strings.Contains(got.Body.String(), `action="/welcome"`) {
		t.Errorf("%d: %s", got.Code, text(got))
	}
	got := admin.post("/people/invite", values("role", "listener", "note", "An from the choir"))
	path = linkOn(t, got)
	if strings.Contains(admin.get("/people").Body.String(), path) {
		t.Error("the link is shown twice")
	}
	an := s.walker()
	if got := an.post(path, values("name", "MAI", "password", phrase, "password-again", phrase)); got.Code != http.StatusUnprocessableEntity {
		t.Errorf("a name that is taken: %d", got.Code)
	}
	if got := an.post(path, values("name", "An", "password", phrase, "password-again", phrase)); got.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.Code, text(got))
	}
	if got := an.post("/welcome", values("name", "An", "check_ins", "yes", "research", "yes")); got.Header().Get("Location") != "/bring" {
		t.Fatalf("%d: %s", got.Code, text(got))
	}
	a, err := s.kept.AccountByKey(t.Context(), "an")
	if err != nil || a.Role != store.RoleListener {
		t.Fatal(a, err)
	}
	consents, err := s.kept.Consents(t.Context(), a.ID)
	if err != nil || consents[store.Moods].Given || consents[store.Plays].Given || !consents[store.CheckIns].Given || !consents[store.Research].Given {
		t.Error(consents, err)
	}
	if got := an.get("/people"); got.Code != http.StatusForbidden {
		t.Errorf("a listener sees people: %d", got.Code)
	}
	// A week later an unused one holds no more.
	path = linkOn(t, admin.post("/people/invite", values("role", "listener")))
	*s.now = s.now.Add(InvitationFor + time.Minute)
	if got := s.walker().get(path); got.Code != http.StatusNotFound {
		t.Errorf("an old link: %d", got.Code)
	}
	if strings.Contains(s.d.String(), strings.TrimPrefix(path, "/join/")) {
		t.Error("a link is in the log")
	}
}

// What is wrong with a name or a password is not told, and neither is who exists.
func TestSignIn(t *testing.T) {
	inTurn(t)
	s := serving(t, nil)
	s.person(t, "Mai", account.Listener)
	w := s.walker()
	if got := w.get("/moods/sessions"); got.Code != http.StatusSeeOther || got.Header().Get("Location") != "/sign-in?back=%2Fmoods%2Fsessions" {
		t.Errorf("%d to %s", got.Code, got.Header().Get("Location"))
	}
	if got := w.get("/sign-in?back=//evil.example"); !strings.Contains(got.Body.String(), `name="back" value="/"`) {
		t.Error("leads elsewhere")
	}
	wrong := w.post("/sign-in", values("name", "Mai", "password", "wrong wrong wrong"))
	nobody := w.post("/sign-in", values("name", "Moi", "password", "wrong wrong wrong"))
	if wrong.Code != http.StatusUnauthorized || nobody.Code != wrong.Code || strings.Replace(nobody.Body.String(), `value="Moi"`, `value="Mai"`, 1) != wrong.Body.String() {
		t.Errorf("%d and %d tell who exists", wrong.Code, nobody.Code)
	}
	for _, name := range []string{"", "\x00", strings.Repeat("x", 5000), "\u202e"} {
		if got := w.post("/sign-in", values("name", name, "password", "wrong")); got.Code != http.StatusUnauthorized {
			t.Errorf("%.10q: %d", name, got.Code)
		}
	}
	if strings.Contains(wrong.Body.String(), "wrong wrong") {
		t.Error("the page holds the password")
	}
	got := w.post("/sign-in", values("name", "ＭＡＩ ", "password", phrase, "back", "/time"))
	if got.Code != http.StatusSeeOther || got.Header().Get("Location") != "/time" || !w.isIn() {
		t.Fatalf("%d: %s", got.Code, text(got))
	}
	for _, c := range got.Result().Cookies() {
		if c.Name == signedCookieClear && (!c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "") {
			t.Error(c)
		}
	}
	if all := strings.Join(s.happened(t), " "); all != "signed_in sign_in_failed sign_in_failed signed_in" {
		t.Errorf("noted %s", all) // each once: of Mai, and of names that nobody has
	}
}

// A proxy that ends TLS makes the cookie one that browsers send by https alone.
func TestSecureCookie(t *testing.T) {
	s := serving(t, nil)
	s.person(t, "Mai", account.Listener)
	s.o.Origin = mustURL(t, "https://segue.example.org")
	r := httptest.NewRequest("POST", "https://segue.example.org/sign-in", strings.NewReader(values("name", "Mai", "password", phrase).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	got := httptest.NewRecorder()
	s.Handler().ServeHTTP(got, r)
	found := false
	for _, c := range got.Result().Cookies() {
		if c.Name == "__Host-segue" {
			found = c.Secure && c.HttpOnly && c.Path == "/" && c.Domain == ""
		}
	}
	if got.Code != http.StatusSeeOther || !found {
		t.Errorf("%d %v", got.Code, got.Result().Cookies())
	}
}

// Guessing has to wait, by account and address, and says how long; nobody else does.
func TestGuessing(t *testing.T) {
	inTurn(t)
	s := serving(t, nil)
	s.person(t, "Mai", account.Listener)
	s.person(t, "An", account.Listener)
	w := s.walker()
	for range account.ServiceRates().Free + 1 {
		if got := w.post("/sign-in", values("name", "Mai", "password", "wrong")); got.Code != http.StatusUnauthorized {
			t.Fatal(got.Code)
		}
	}
	got := w.post("/sign-in", values("name", "Mai", "password", phrase))
	if got.Code != http.StatusTooManyRequests || got.Header().Get("Retry-After") != "1" || !strings.Contains(words(got), "second") {
		t.Errorf("%d after %q: %s", got.Code, got.Header().Get("Retry-After"), text(got))
	}
	if got := w.post("/sign-in", values("name", "An", "password", phrase)); got.Code != http.StatusSeeOther {
		t.Errorf("another account: %d", got.Code)
	}
	*s.now = s.now.Add(time.Second)
	if got := w.post("/sign-in", values("name", "Mai", "password", phrase)); got.Code != http.StatusSeeOther {
		t.Errorf("after the wait: %d", got.Code)
	}
	// Links, too.
	for n := 0; ; n++ {
		got := s.walker().get("/join/" + account.NewSecret())
		if got.Code == http.StatusTooManyRequests {
			if got.Header().Get("Retry-After") == "" || n < 10 {
				t.Errorf("after %d links: %v", n, got.Header())
			}
			break
		}
		if got.Code != http.StatusNotFound || n > 1000 {
			t.Fatalf("link %d: %d", n, got.Code)
		}
	}
}

// Each sign-in makes a new secret; what was there before ends, whoever set it.
func TestSecretsOfLogins(t *testing.T) {
	inTurn(t)
	s := serving(t, nil)
	mai, a := s.person(t, "Mai", account.Listener)
	first := mai.signed()
	s.in(t, mai, "Mai")
	if mai.signed() == first {
		t.Error("the same secret twice")
	}
	using := func(secret string) *walker {
		w := s.walker()
		w.cookies = []*http.Cookie{cookieOf(signedCookieClear, secret)}
		return w
	}
	if using(first).isIn() {
		t.Error("the secret before still holds")
	}
	// Fixed by an attacker: it signs nobody in, before and after.
	fixed := using(account.NewSecret())
	known := fixed.signed()
	s.in(t, fixed, "Mai")
	if fixed.signed() == known || using(known).isIn() {
		t.Error("a secret was taken over from the browser")
	}
	for name, secret := range map[string]string{
		"none": "", "no secret": "x", "a hash": account.HashSecret(mai.signed()), "cut": mai.signed()[:42], "another's case": strings.ToUpper(mai.signed()),
		"more": mai.signed() + "A", "with a space": mai.signed() + " ", "a list": mai.signed() + "," + mai.signed(), "sql": "' OR 1=1 --", "the id": a.ID,
	} {
		if using(secret).isIn() {
			t.Errorf("%s: signed in", name)
		}
	}
	// Signed out: replayed, it is of no use.
	last := mai.signed()
	if got := mai.post("/sign-out", nil); got.Code != http.StatusSeeOther || mai.isIn() || using(last).isIn() {
		t.Error("signed out, and still in")
	}
	if !fixed.isIn() {
		t.Error("another browser was signed out, too")
	}
	// Of an account that is closed, and of one that is gone.
	b, err := s.kept.Account(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.Disabled = true
	if err := s.kept.SaveAccount(t.Context(), b); err != nil || fixed.isIn() {
		t.Error("closed, and still in", err)
	}
	if got := s.walker().post("/sign-in", values("name", "Mai", "password", phrase)); got.Code != http.StatusForbidden {
		t.Errorf("closed: %d", got.Code)
	}
	if got := s.walker().post("/sign-in", values("name", "Mai", "password", "wrong")); got.Code != http.StatusUnauthorized {
		t.Errorf("closed, by who is not them: %d", got.Code)
	}
	if err := s.kept.DeleteAccount(t.Context(), a.ID); err != nil || fixed.isIn() {
		t.Error("gone, and still in", err)
	}
}

// Logins end by themselves, and clocks that jump let nobody in for longer, nor keep
// anybody out.
func TestLoginsEnd(t *testing.T) {
	inTurn(t)
	for name, c := range map[string]struct {
		after []time.Duration
		in    bool
	}{
		"a day":                   {[]time.Duration{24 * time.Hour}, true},
		"two weeks":               {[]time.Duration{14 * 24 * time.Hour}, false},
		"used daily for a month":  {[]time.Duration{10 * 24 * time.Hour, 10 * 24 * time.Hour, 10 * 24 * time.Hour}, true},
		"used for three months":   {[]time.Duration{13 * 24 * time.Hour, 13 * 24 * time.Hour, 13 * 24 * time.Hour, 13 * 24 * time.Hour, 13 * 24 * time.Hour, 13 * 24 * time.Hour, 13 * 24 * time.Hour}, false},
		"the clock a minute back": {[]time.Duration{-time.Minute}, true},
		"the clock a day back":    {[]time.Duration{-24 * time.Hour}, false},
		"the clock a year ahead":  {[]time.Duration{365 * 24 * time.Hour}, false},
	} {
		s := serving(t, nil)
		w, _ := s.person(t, "Mai", account.Listener)
		in := false
		for _, d := range c.after {
			*s.now = s.now.Add(d)
			in = w.isIn()
		}
		if in != c.in {
			t.Errorf("%s: in is %v", name, in)
		}
		if s.in(t, w, "Mai"); !w.isIn() {
			t.Errorf("%s: locked out", name)
		}
	}
}
