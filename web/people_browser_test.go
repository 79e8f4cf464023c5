package web

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"segue/account"
	"segue/internal/browsertest"
	"segue/store"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// servedPeopleAt starts a service on localhost, where browsers allow passkeys, whose
// clock is ahead by so many nanoseconds.
func servedPeopleAt(t *testing.T) (s *Server, base string, ahead *atomic.Int64) {
	t.Helper()
	kept, err := store.Open(context.Background(), store.Options{Path: filepath.Join(t.TempDir(), "segue.db"), Consents: true})
	if err != nil {
		t.Fatal(err)
	}
	ahead = &atomic.Int64{}
	s, err = New(context.Background(), Options{Kept: kept, Accounts: true, Host: "localhost", Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		h.CloseClientConnections()
		h.Close()
		_ = s.Close()
		_ = kept.Close()
	})
	return s, strings.Replace(h.URL, "127.0.0.1", "localhost", 1), ahead
}

// A device is a virtual authenticator, such as a phone's.
func device(t *testing.T, ctx context.Context) webauthn.AuthenticatorID {
	t.Helper()
	made, err := chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Ctap2version: "ctap2_1", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}})
	if err != nil {
		t.Fatal(err)
	}
	return made.AuthenticatorID
}

// TestPasskeys goes the way of a passkey in a real browser with a virtual device: to
// join, to sign in, to show who it is once more, and to add and remove one.
func TestPasskeys(t *testing.T) {
	ctx := browsertest.Open(t, 5*time.Minute)
	s, base, ahead := servedPeopleAt(t)
	if _, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	phone := device(t, ctx)
	w := &stroll{t: t, ctx: ctx, base: base, page: func() {}}
	w.must(browsertest.Screens()[0].Set(ctx)) // nothing moves that is to be tapped
	path, err := FirstAdmin(t.Context(), s.kept, s.now())
	if err != nil {
		t.Fatal(err)
	}
	verified := func(is bool) {
		t.Helper()
		bad := !is
		_, err := chromedp.Call(ctx, webauthn.SetResponseOverrideBits, webauthn.SetResponseOverrideBitsParams{AuthenticatorID: phone, IsBadUV: &bad})
		w.must(err)
	}
	forged := func(is bool) {
		t.Helper()
		_, err := chromedp.Call(ctx, webauthn.SetResponseOverrideBits, webauthn.SetResponseOverrideBitsParams{AuthenticatorID: phone, IsBogusSignature: &is})
		w.must(err)
	}
	account1 := func() store.Account {
		t.Helper()
		a, err := s.kept.AccountByKey(t.Context(), "mai")
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	keys := func() []store.Passkey {
		t.Helper()
		all, err := s.kept.Passkeys(t.Context(), account1().ID)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}

	// Joining: without a name it says so, and the invitation is still there.
	w.to(path)
	w.tap("button[data-passkey]")
	w.wait("!document.querySelector('[data-said]').hidden && document.querySelector('[data-said]').textContent")
	w.tap("input[name=name]")
	w.must(chromedp.Do(ctx, chromedp.KeyEvent("Mai")))
	w.tap("button[data-passkey]")
	w.wait("location.pathname === '/' && document.querySelector(\"form[action='/welcome']\")")
	if a := account1(); a.Role != store.RoleAdmin || a.Password != "" || len(keys()) != 1 {
		t.Fatalf("%+v, %d keys", a, len(keys()))
	}

	// Signing out and in. Who does not show that it is them, or signs wrongly, is not
	// let in.
	w.to("/account")
	w.tap("form[action='/sign-out'] button")
	w.arrive("/sign-in")
	verified(false)
	w.tap("button[data-passkey]")
	w.wait("document.querySelector('[role=alert]:not([hidden])')")
	verified(true)
	w.to("/sign-in")
	forged(true)
	w.tap("button[data-passkey]")
	w.wait("document.querySelector('[role=alert]:not([hidden])')")
	forged(false)
	w.to("/sign-in")
	w.tap("button[data-passkey]")
	w.wait("location.pathname === '/'")
	if used := keys()[0].Used; used.IsZero() {
		t.Error("that it was used is not noted")
	}

	// It is one that signs in without a name, and belongs to this address.
	credentials, err := chromedp.Call(ctx, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: phone})
	w.must(err)
	if len(credentials.Credentials) != 1 || !credentials.Credentials[0].IsResidentCredential || credentials.Credentials[0].RpID != "localhost" {
		t.Errorf("%+v", credentials.Credentials)
	}

	// The last way in cannot be removed.
	w.to("/account")
	w.tap("form[action='/account/passkeys/remove'] button")
	w.wait("document.querySelector('[role=alert]')")
	if len(keys()) != 1 {
		t.Fatal("the last way in is gone")
	}

	// After a while it asks once more, and goes on.
	ahead.Store(int64(time.Hour))
	w.to("/account/password")
	if w.path() != "/confirm" {
		t.Fatal(w.path())
	}
	w.tap("button[data-passkey]")
	w.arrive("/account/password")
	for _, field := range []string{"password", "password-again"} {
		w.tap("input[name=" + field + "]")
		w.must(chromedp.Do(ctx, chromedp.KeyEvent(phrase)))
		w.wait("document.querySelector('input[name=" + field + "]').value === '" + phrase + "'")
	}
	w.tap("main form button.main")
	w.wait("location.pathname === '/account' && document.querySelector('[role=status]')")
	if account1().Password == "" {
		t.Error("no password was set")
	}
	// In the midst of a form: what was typed goes on.
	ahead.Store(int64(2 * time.Hour))
	w.to("/people")
	w.tap("input[name=role][value=researcher]")
	w.tap("input[name=note]")
	w.must(chromedp.Do(ctx, chromedp.KeyEvent("Tim")))
	w.tap("form[action='/people/invite'] button")
	w.wait("document.querySelector(\"input[name=note][type=hidden][value=Tim]\")")
	w.tap("button[data-passkey]")
	w.wait("document.querySelector('input[readonly]')?.value.includes('/join/')")
	if all, err := s.kept.Invitations(t.Context()); err != nil || len(all) != 2 || all[0].Role != store.RoleResearcher || all[0].Note != "Tim" {
		t.Error(all, err)
	}

	// This device holds one; another one takes a second.
	w.to("/account/passkeys/new")
	w.tap("button[data-passkey]")
	w.wait("!document.querySelector('[data-said]').hidden")
	_, err = chromedp.Call(ctx, webauthn.RemoveVirtualAuthenticator, webauthn.RemoveVirtualAuthenticatorParams{AuthenticatorID: phone})
	w.must(err)
	phone = device(t, ctx)
	w.to("/account/passkeys/new")
	w.tap("input[name=name]")
	w.must(chromedp.Do(ctx, chromedp.KeyEvent("Key on a ring")))
	w.tap("button[data-passkey]")
	w.wait("location.pathname === '/account' && document.querySelector('[role=status]')")
	if all := keys(); len(all) != 2 || all[1].Name != "Key on a ring" {
		t.Fatal(all)
	}
	// The lost one is removed; so is the password; the new one signs in.
	w.tap("form[action='/account/passkeys/remove'] button")
	w.wait("document.querySelectorAll(\"form[action='/account/passkeys/remove']\").length === 1")
	w.tap("form[action='/account/password/remove'] button")
	w.wait("!document.querySelector(\"form[action='/account/password/remove']\") && document.querySelector('h1')")
	w.tap("form[action='/sign-out'] button")
	w.arrive("/sign-in")
	w.tap("button[data-passkey]")
	w.wait("location.pathname === '/'")
	if a := account1(); a.Password != "" || len(keys()) != 1 || keys()[0].Name != "Key on a ring" {
		t.Errorf("%+v, %v", a, keys())
	}

	events, err := s.kept.Events(t.Context(), 0, 0)
	if err != nil || len(events) < 8 {
		t.Error(len(events), err)
	}
}

// TestPasswordWithoutScript joins and signs in on a phone that runs no script.
func TestPasswordWithoutScript(t *testing.T) {
	ctx := browsertest.Open(t, 2*time.Minute)
	s, base, _ := servedPeopleAt(t)
	w := &stroll{t: t, ctx: ctx, base: base, page: func() {}}
	w.must(browsertest.Screens()[2].Set(ctx))
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	w.must(err)
	path, err := Invite(t.Context(), s.kept, account.Listener, "", "", s.now(), InvitationFor)
	w.must(err)
	typed := func(field, text string) {
		t.Helper()
		w.tap("input[name=" + field + "]")
		w.must(chromedp.Do(ctx, chromedp.KeyEvent(text)))
	}
	w.to(path)
	if w.is("[...document.querySelectorAll('button[data-passkey]')].some(b => b.offsetParent)") {
		t.Error("a button that does nothing is shown")
	}
	typed("name", "Mai")
	typed("password", phrase)
	typed("password-again", phrase)
	w.tap("main form button.main")
	w.wait("location.pathname === '/' && document.querySelector(\"form[action='/welcome']\")")
	w.to("/account")
	w.tap("form[action='/sign-out'] button")
	w.arrive("/sign-in")
	typed("name", "mai")
	typed("password", phrase)
	w.tap("form[action='/sign-in'] button.main")
	w.wait("location.pathname === '/'")
}

// TestPeoplePagesInBrowser looks at every page of accounts in both languages, on a
// phone and a wide screen, by day and by night.
func TestPeoplePagesInBrowser(t *testing.T) {
	ctx := browsertest.Open(t, 10*time.Minute)
	axe := browsertest.AxeSource(t)
	watch, err := browsertest.NewWatch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s, base, ahead := servedPeopleAt(t)
	add := func(name string, role account.Role) store.Account {
		t.Helper()
		a, err := NewAccount(name, role, s.now())
		if err == nil {
			a.Password, err = s.signing.hasher.Hash(t.Context(), phrase)
		}
		if err == nil {
			err = s.kept.AddAccount(t.Context(), a)
		}
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := add("Nguyễn Thị Minh Khai", account.Admin)
	long := add(strings.Repeat("Wolfeschlegelstein", 3), account.Researcher)
	for _, k := range []string{"Firefox, Linux", strings.Repeat("y", maxKeyName)} {
		if err := s.kept.AddPasskey(t.Context(), store.Passkey{ID: k, Account: a.ID, Name: k, Credential: []byte(`{"id":"eA=="}`), Created: s.now()}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.kept.AddToken(t.Context(), store.Token{ID: "t", Hash: "h", Account: a.ID, Name: "My player", Scopes: []string{"me:read", "hours:read"}, Created: s.now(), Expires: s.now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := Invite(t.Context(), s.kept, account.Listener, "An from the choir", "", s.now(), InvitationFor); err != nil {
			t.Fatal(err)
		}
	}
	link, err := Invite(t.Context(), s.kept, account.Researcher, "", "", s.now(), InvitationFor)
	if err != nil {
		t.Fatal(err)
	}
	reset, err := Reset(t.Context(), s.kept, long.ID, s.now())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.save(t.Context(), store.Listener{ID: a.ID, Name: "Khai", Created: s.now()}); err != nil {
		t.Fatal(err)
	}
	w := &stroll{t: t, ctx: ctx, base: base, page: func() {}}
	login := func() {
		w.to("/sign-in")
		w.tap("input[name=name]")
		w.must(chromedp.Do(ctx, chromedp.KeyEvent(a.Name)))
		w.tap("input[name=password]")
		w.must(chromedp.Do(ctx, chromedp.KeyEvent(phrase)))
		w.tap("form[action='/sign-in'] button.main")
		w.wait("location.pathname === '/'")
	}
	for _, code := range []string{"en", "vi"} {
		w.must(choose(ctx, base, languageCookie, code))
		for _, day := range browsertest.Days() {
			look := func(name string) {
				t.Helper()
				looked(t, ctx, watch, base, axe, code+" people "+name, day)
				painted(t, ctx, watch, base, axe, code+" people "+name, day.ByNight())
				w.must(day.Set(ctx))
			}
			w.must(day.Set(ctx))
			for name, path := range map[string]string{"sign-in": "/sign-in", "join": link, "reset": reset, "how": "/how"} {
				w.to(path)
				look(name)
			}
			login()
			look("home")
			for name, path := range map[string]string{"account": "/account", "password": "/account/password", "passkey": "/account/passkeys/new", "people": "/people", "person": "/people/" + long.ID, "events": "/people/events", "group": "/group", "data": "/data", "bring": "/bring"} {
				w.to(path)
				look(name)
			}
			w.to("/account")
			w.tap("input[name=scope]")
			w.tap("input[name=days][value='7']")
			w.tap("form[action='/account/tokens'] input[name=name]")
			w.must(chromedp.Do(ctx, chromedp.KeyEvent("A player")))
			w.tap("form[action='/account/tokens'] button.btn")
			w.wait("document.querySelector('input[readonly]')?.value.startsWith('segue_')")
			look("token")
			ahead.Add(int64(time.Hour))
			w.to("/account/passkeys/new")
			look("confirm")
			ahead.Add(-int64(time.Hour))
			w.to("/account")
			w.tap("form[action='/sign-out'] button")
			w.arrive("/sign-in")
			watch.Take()
		}
	}
}
