package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"segue/account"
	"segue/store"
)

func mustURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// What harms most asks who it is once more, carries along what was typed but for
// passwords, and goes on with it.
func TestConfirm(t *testing.T) {
	inTurn(t)
	s := serving(t, nil)
	w, a := s.person(t, "Mai", account.Admin)
	stale := func() { *s.now = s.now.Add(account.ServiceLifetimes().Fresh) }
	stale()
	form := values("name", "my <script>", "scope", "me:read", "scope", "hours:read", "days", "7", "password", "secretsecret")
	got := w.post("/account/tokens", form)
	page := got.Body.String()
	if got.Code != http.StatusForbidden || !strings.Contains(page, `action="/account/tokens"`) || !strings.Contains(page, `name="scope" value="hours:read"`) || !strings.Contains(page, `value="my &lt;script&gt;"`) || strings.Contains(page, "secretsecret") {
		t.Fatalf("%d: %s", got.Code, page)
	}
	if all, _ := s.kept.Tokens(t.Context(), a.ID); len(all) != 0 {
		t.Fatal("a token was made")
	}
	form.Set(confirmField, "wrong")
	if got := w.post("/account/tokens", form); got.Code != http.StatusUnauthorized || !strings.Contains(got.Body.String(), `value="hours:read"`) {
		t.Fatalf("%d: %s", got.Code, text(got))
	}
	form.Set(confirmField, phrase)
	got = w.post("/account/tokens", form)
	all, _ := s.kept.Tokens(t.Context(), a.ID)
	if got.Code != http.StatusOK || len(all) != 1 || !slices.Equal(all[0].Scopes, []string{"me:read", "hours:read"}) || !all[0].Expires.Equal(s.now.AddDate(0, 0, 7)) {
		t.Fatalf("%d %v: %s", got.Code, all, text(got))
	}
	// For ten minutes it is not asked again.
	if got := w.post("/account/logins/end-others", nil); got.Code != http.StatusSeeOther {
		t.Errorf("%d", got.Code)
	}
	// Each answer makes a new secret.
	was := w.signed()
	stale()
	if got := w.get("/account/passkeys/new"); got.Header().Get("Location") != "/confirm?back=/account/passkeys/new" {
		t.Errorf("%d to %s", got.Code, got.Header().Get("Location"))
	}
	w.post("/confirm", values(confirmField, phrase))
	old := s.walker()
	old.cookies = []*http.Cookie{cookieOf(signedCookieClear, was)}
	if w.signed() == was || old.isIn() || !w.isIn() {
		t.Error("the secret stays the same")
	}
	// A password is changed by who knows it, however lately they showed who they are.
	other := "nine slow rivers beneath"
	set := values("password", other, "password-again", other)
	for _, now := range []string{"", "wrong"} {
		set.Set(currentField, now)
		if got := w.post("/account/password", set); got.Code != http.StatusUnauthorized || strings.Contains(got.Body.String(), other) {
			t.Errorf("%d: %s", got.Code, text(got))
		}
	}
	set.Set(currentField, phrase)
	before := s.walker()
	s.in(t, before, "Mai")
	if got := w.post("/account/password", set); got.Code != http.StatusSeeOther || !w.isIn() || before.isIn() {
		t.Errorf("%d", got.Code)
	}
	if got := s.walker().post("/sign-in", values("name", "Mai", "password", phrase)); got.Code != http.StatusUnauthorized {
		t.Error("the old password holds")
	}
	if got := s.walker().post("/sign-in", values("name", "Mai", "password", other)); got.Code != http.StatusSeeOther {
		t.Error("the new one does not")
	}
	// The same page by itself; guessing there has to wait as well.
	stale()
	if got := w.post("/confirm", values(confirmField, other, "back", "/account/passkeys/new")); got.Header().Get("Location") != "/account/passkeys/new" {
		t.Errorf("%d: %s", got.Code, text(got))
	}
	stale()
	for range account.ServiceRates().Free + 1 {
		w.post("/confirm", values(confirmField, "wrong"))
	}
	if got := w.post("/confirm", values(confirmField, other)); got.Code != http.StatusTooManyRequests {
		t.Errorf("guessed: %d", got.Code)
	}
}

// Every address of this list harms, and asks.
func TestEverySensitiveForm(t *testing.T) {
	inTurn(t)
	s := serving(t, nil)
	w, a := s.person(t, "Mai", account.Admin)
	w.post("/welcome", values("name", "Mai"))
	*s.now = s.now.Add(time.Hour)
	asked := map[string]bool{}
	for _, one := range s.table() {
		method, path, _ := strings.Cut(one.pattern, " ")
		if method != "POST" || path == "/bring" || path == "/data/restore" {
			continue
		}
		path = strings.NewReplacer("{id}", a.ID, "{job}", "none", "{secret}", account.NewSecret()).Replace(path)
		if path == "/sign-out" {
			continue
		}
		got := w.post(path, values("version", "1"))
		asked[one.pattern] = got.Code == http.StatusForbidden && strings.Contains(got.Body.String(), `name="`+confirmField+`"`)
	}
	want := []string{
		"POST /account/logins/end", "POST /account/logins/end-others", "POST /account/passkeys/remove", "POST /account/password/remove", "POST /account/tokens",
		"POST /data/delete", "POST /data/export", "POST /people/invite", "POST /people/withdraw", "POST /people/{id}/delete", "POST /people/{id}/disable", "POST /people/{id}/enable", "POST /people/{id}/reset", "POST /people/{id}/role",
	}
	var is []string
	for pattern, does := range asked {
		if does {
			is = append(is, pattern)
		}
	}
	slices.Sort(is)
	if !slices.Equal(is, want) {
		t.Errorf("these ask: %q", is)
	}
}

// An invitation that two use at once makes one account.
func TestInvitationTwiceAtOnce(t *testing.T) {
	s := serving(t, nil)
	path, err := Invite(t.Context(), s.kept, account.Listener, "", "", *s.now, InvitationFor)
	if err != nil {
		t.Fatal(err)
	}
	var made, refused int
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			got := s.walker().post(path, values("name", "somebody "+string(rune('a'+i)), "password", phrase, "password-again", phrase))
			mu.Lock()
			defer mu.Unlock()
			switch got.Code {
			case http.StatusSeeOther:
				made++
			case http.StatusNotFound:
				refused++
			}
		})
	}
	all.Wait()
	if n, err := s.kept.CountAccounts(t.Context()); made != 1 || refused != 5 || n != 1 || err != nil {
		t.Errorf("%d made, %d refused, %d there, %v", made, refused, n, err)
	}
}

// Two admins who have the same account open do not undo each other, and the last one
// stays.
func TestTwoAdmins(t *testing.T) {
	s := serving(t, nil)
	mai, m := s.person(t, "Mai", account.Admin)
	an, a := s.person(t, "An", account.Admin)
	_, l := s.person(t, "Lan", account.Listener)
	if got := mai.post("/people/"+l.ID+"/role", values("version", "1", "role", "researcher")); got.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.Code, text(got))
	}
	for _, does := range []string{"role", "disable", "reset", "delete"} {
		if got := an.post("/people/"+l.ID+"/"+does, values("version", "1", "role", "listener", "sure", "yes")); got.Code != http.StatusConflict {
			t.Errorf("%s: %d", does, got.Code)
		}
	}
	if now, err := s.kept.Account(t.Context(), l.ID); err != nil || now.Role != store.RoleResearcher || now.Disabled {
		t.Error(now, err)
	}
	// Both step down at once: one stays.
	var both sync.WaitGroup
	var codes [2]int
	for i, one := range []struct {
		w  *walker
		id string
	}{{mai, m.ID}, {an, a.ID}} {
		both.Go(func() {
			codes[i] = one.w.post("/people/"+one.id+"/role", values("version", "1", "role", "listener")).Code
		})
	}
	both.Wait()
	slices.Sort(codes[:])
	if codes != [2]int{http.StatusSeeOther, http.StatusConflict} {
		t.Error(codes)
	}
	left, who := mai, m
	if still, err := s.kept.Account(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	} else if still.Role != store.RoleAdmin {
		left, who = an, a
	}
	for path, form := range map[string]url.Values{
		"/people/" + who.ID + "/disable": values("version", "1"), "/people/" + who.ID + "/delete": values("version", "1", "sure", "yes"), "/data/delete": nil,
	} {
		if got := left.post(path, form); got.Code != http.StatusConflict || !strings.Contains(words(got), "last admin") {
			t.Errorf("%s: %d: %s", path, got.Code, text(got))
		}
	}
	if !left.isIn() {
		t.Error("the last admin is gone")
	}
	// No role there is none of.
	if got := left.post("/people/"+l.ID+"/role", values("version", "2", "role", "god")); got.Code != http.StatusBadRequest {
		t.Error(got.Code)
	}
}

// A link for a new password ends all logins, sets it once, and leaves the old one
// until then.
func TestReset(t *testing.T) {
	inTurn(t)
	s := serving(t, nil)
	admin, _ := s.person(t, "Mai", account.Admin)
	lan, l := s.person(t, "Lan", account.Listener)
	path := linkOn(t, admin.post("/people/"+l.ID+"/reset", values("version", "1")))
	if lan.isIn() {
		t.Error("still signed in")
	}
	s.in(t, s.walker(), "Lan")
	other := "nine slow rivers beneath"
	if got := lan.post(path, values("password", other, "password-again", "x")); got.Code != http.StatusUnprocessableEntity {
		t.Error(got.Code)
	}
	if got := lan.post(path, values("password", other, "password-again", other)); got.Code != http.StatusSeeOther || !lan.isIn() {
		t.Errorf("%d: %s", got.Code, text(got))
	}
	if got := s.walker().post(path, values("password", phrase, "password-again", phrase)); got.Code != http.StatusNotFound {
		t.Errorf("used twice: %d", got.Code)
	}
	if got := s.walker().post("/sign-in", values("name", "Lan", "password", phrase)); got.Code != http.StatusUnauthorized {
		t.Error("the old password holds")
	}
	before := linkOn(t, admin.post("/people/"+l.ID+"/reset", values("version", "2")))
	path = linkOn(t, admin.post("/people/"+l.ID+"/reset", values("version", "2")))
	if got, one := s.walker().get(before), s.walker().get(path); got.Code != http.StatusNotFound || one.Code != http.StatusOK {
		t.Errorf("the link before: %d, the last: %d", got.Code, one.Code)
	}
	*s.now = s.now.Add(ResetFor)
	if got := s.walker().get(path); got.Code != http.StatusNotFound {
		t.Errorf("after a day: %d", got.Code)
	}
}
