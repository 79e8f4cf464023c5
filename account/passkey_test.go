package account_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"segue/account"
)

var site = account.PasskeyConfig{RPID: "segue.example.org", Origins: []string{"https://segue.example.org"}, Name: "Segue"}

func passkeys(t *testing.T) *account.Passkeys {
	t.Helper()
	p, err := account.NewPasskeys(site)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNewPasskeys(t *testing.T) {
	for _, c := range []account.PasskeyConfig{
		{RPID: "localhost", Origins: []string{"http://localhost:8080"}, Name: "Segue"},
		{RPID: "example.org", Origins: []string{"https://a.example.org", "https://b.example.org:8443"}, Name: "Segue"},
	} {
		if _, err := account.NewPasskeys(c); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for _, c := range []account.PasskeyConfig{
		{},
		{RPID: site.RPID, Origins: site.Origins},
		{RPID: site.RPID, Name: "Segue"},
		{RPID: "", Origins: site.Origins, Name: "Segue"},
		{RPID: "127.0.0.1", Origins: []string{"http://127.0.0.1:8080"}, Name: "Segue"}, // browsers want a domain
		{RPID: "https://segue.example.org", Origins: site.Origins, Name: "Segue"},
		{RPID: "segue.example.org:443", Origins: site.Origins, Name: "Segue"},
		{RPID: site.RPID, Origins: []string{"segue.example.org"}, Name: "Segue"},
		{RPID: site.RPID, Origins: []string{"https://segue.example.org/pages"}, Name: "Segue"},
		{RPID: site.RPID, Origins: []string{"file:///"}, Name: "Segue"},
		{RPID: site.RPID, Origins: []string{""}, Name: "Segue"},
	} {
		if _, err := account.NewPasskeys(c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}

// house keeps what a store would.
type house struct {
	*account.Passkeys
	t       *testing.T
	holders map[string]account.Holder
}

func newHouse(t *testing.T, holders ...account.Holder) *house {
	h := &house{passkeys(t), t, map[string]account.Holder{}}
	for _, one := range holders {
		h.holders[one.ID] = one
	}
	return h
}

var errNobody = errors.New("nobody has that id")

func (h *house) find(id string) (account.Holder, error) {
	who, ok := h.holders[id]
	if !ok {
		return who, errNobody
	}
	return who, nil
}

// register lets a device make a passkey, and keeps it.
func (h *house) register(id string, d *device) account.Passkey {
	h.t.Helper()
	who := h.holders[id]
	options, state, err := h.BeginRegistration(who)
	if err != nil {
		h.t.Fatal(err)
	}
	made, err := h.FinishRegistration(who, state, d.create(options))
	if err != nil {
		h.t.Fatal(err)
	}
	who.Passkeys = append(who.Passkeys, made.Credential)
	h.holders[id] = who
	return made
}

// login lets a device sign in, with its answer bent by bend.
func (h *house) login(d *device, bend func(answer, state []byte) ([]byte, []byte)) (string, account.Passkey, error) {
	h.t.Helper()
	options, state, err := h.BeginLogin()
	if err != nil {
		h.t.Fatal(err)
	}
	answer := d.get(options)
	if bend != nil {
		answer, state = bend(answer, state)
	}
	return h.FinishLogin(state, answer, h.find)
}

var (
	anna = account.Holder{ID: "account-of-anna-7f3a", Name: "Anna"}
	minh = account.Holder{ID: "account-of-minh-91c2", Name: "Minh"}
)

// TestPasskey registers and signs in, several times, as a device that counts does.
func TestPasskey(t *testing.T) {
	h := newHouse(t, anna, minh)
	d := newDevice(t)
	d.count = 7
	made := h.register(anna.ID, d)
	if made.ID != url64(d.id) || !json.Valid(made.Credential) || string(d.handle) != anna.ID {
		t.Fatalf("%+v, handle %q", made, d.handle)
	}
	for range 3 {
		d.count++
		who, used, err := h.login(d, nil)
		if err != nil || who != anna.ID || used.ID != made.ID || bytes.Equal(used.Credential, made.Credential) {
			t.Fatal(who, used.ID, err)
		}
		kept := h.holders[anna.ID]
		kept.Passkeys = [][]byte{used.Credential}
		h.holders[anna.ID] = kept
	}
	if !bytes.Contains(h.holders[anna.ID].Passkeys[0], []byte(`"signCount":10`)) {
		t.Errorf("the count is not kept: %s", h.holders[anna.ID].Passkeys[0])
	}
}

// TestPasskeySynced: a passkey that is copied between a person's devices by its maker
// does not count, and signs in all the same.
func TestPasskeySynced(t *testing.T) {
	h := newHouse(t, anna)
	d := newDevice(t)
	d.flags |= flagEligible | flagBackedUp
	h.register(anna.ID, d)
	for range 3 {
		if who, _, err := h.login(d, nil); err != nil || who != anna.ID {
			t.Fatal(who, err)
		}
	}
}

func TestOptions(t *testing.T) {
	h := newHouse(t, anna)
	first := newDevice(t)
	h.register(anna.ID, first)
	options, state, err := h.BeginRegistration(h.holders[anna.ID])
	if err != nil {
		t.Fatal(err)
	}
	a := first.read(options).PublicKey
	if a.RP.ID != site.RPID || a.RP.Name != site.Name || a.User.Name != anna.Name || string(first.unurl(a.User.ID)) != anna.ID ||
		len(first.unurl(a.Challenge)) < 16 || a.AuthenticatorSelection.ResidentKey != "required" ||
		a.AuthenticatorSelection.UserVerification != "required" || a.Attestation != "none" || a.Timeout != 300000 ||
		len(a.ExcludeCredentials) != 1 || a.ExcludeCredentials[0].ID != url64(first.id) {
		t.Errorf("%s", options)
	}
	again, _, err := h.BeginRegistration(h.holders[anna.ID])
	if err != nil || first.read(again).PublicKey.Challenge == a.Challenge {
		t.Error("the same challenge twice", err)
	}
	if len(state) > 4096 {
		t.Errorf("the state takes %d bytes", len(state))
	}
	options, _, err = h.BeginLogin()
	if err != nil {
		t.Fatal(err)
	}
	a = first.read(options).PublicKey
	if a.RPID != site.RPID || a.UserVerification != "required" || len(a.AllowCredentials) != 0 || a.Timeout != 300000 {
		t.Errorf("%s", options)
	}
}

// TestRegistrationRefused makes passkeys in every wrong way.
func TestRegistrationRefused(t *testing.T) {
	h := newHouse(t, anna, minh)
	for name, lie := range map[string]func(*device){
		"another page":           func(d *device) { d.origin = "https://segue.example.com" },
		"another port":           func(d *device) { d.origin = "https://segue.example.org:8443" },
		"without TLS":            func(d *device) { d.origin = "http://segue.example.org" },
		"a page below":           func(d *device) { d.origin = "https://evil.segue.example.org" },
		"in a frame":             func(d *device) { d.crossed = true },
		"another domain":         func(d *device) { d.rpID = "example.com" },
		"nobody there":           func(d *device) { d.flags &^= flagPresent },
		"nobody verified":        func(d *device) { d.flags &^= flagVerified },
		"backed up but may not":  func(d *device) { d.flags |= flagBackedUp },
		"a login's client data":  func(d *device) { d.kind = "webauthn.get" },
		"an id that is too long": func(d *device) { d.id = make([]byte, 1024) },
	} {
		d := newDevice(t)
		lie(d)
		options, state, err := h.BeginRegistration(anna)
		if err != nil {
			t.Fatal(err)
		}
		refusedAs(t, name, account.ErrPasskey, func() error {
			_, err := h.FinishRegistration(anna, state, d.create(options))
			return err
		})
	}

	d := newDevice(t)
	options, state, err := h.BeginRegistration(anna)
	if err != nil {
		t.Fatal(err)
	}
	good := d.create(options)
	_, other, err := h.BeginRegistration(anna)
	if err != nil {
		t.Fatal(err)
	}
	_, login, err := h.BeginLogin()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		who             account.Holder
		state, response []byte
	}{
		"another challenge":    {anna, other, good},
		"another account":      {minh, state, good},
		"the state of a login": {anna, login, good},
		"no state":             {anna, nil, good},
		"a state of nothing":   {anna, []byte("{}"), good},
		"a state of another":   {anna, []byte("[1]"), good},
		"a huge state":         {anna, []byte(`{"challenge":"` + strings.Repeat("A", 1<<20) + `"}`), good},
		"no response":          {anna, state, nil},
		"an empty response":    {anna, state, []byte("{}")},
		"a huge response":      {anna, state, append(good[:len(good)-1:len(good)-1], []byte(`,"x":"`+strings.Repeat("x", 1<<20)+`"}`)...)},
		"a cut response":       {anna, state, good[:len(good)/2]},
		"deep":                 {anna, state, []byte(strings.Repeat("[", 10000))},
	} {
		refusedAs(t, name, account.ErrPasskey, func() error {
			_, err := h.FinishRegistration(c.who, c.state, c.response)
			return err
		})
	}
	if _, err := h.FinishRegistration(anna, state, good); err != nil {
		t.Error("and yet it was good:", err)
	}
}

// TestLoginRefused signs in in every wrong way, and once rightly after each.
func TestLoginRefused(t *testing.T) {
	type bend = func(answer, state []byte) ([]byte, []byte)
	for name, c := range map[string]struct {
		lie  func(*device)
		bend bend
		want error
	}{
		"another page":            {lie: func(d *device) { d.origin = "https://segue.example.com" }},
		"without TLS":             {lie: func(d *device) { d.origin = "http://segue.example.org" }},
		"in a frame":              {lie: func(d *device) { d.crossed = true }},
		"another domain":          {lie: func(d *device) { d.rpID = "example.com" }},
		"nobody there":            {lie: func(d *device) { d.flags &^= flagPresent }},
		"nobody verified":         {lie: func(d *device) { d.flags &^= flagVerified }},
		"now may be backed up":    {lie: func(d *device) { d.flags |= flagEligible }},
		"a registration's data":   {lie: func(d *device) { d.kind = "webauthn.create" }},
		"the count goes back":     {lie: func(d *device) { d.count = 3 }, want: account.ErrCloned},
		"the count stands still":  {lie: func(d *device) { d.count = 7 }, want: account.ErrCloned},
		"the count is gone":       {lie: func(d *device) { d.count = 0 }, want: account.ErrCloned},
		"no handle":               {lie: func(d *device) { d.handle = nil }},
		"the handle of another":   {lie: func(d *device) { d.handle = []byte(minh.ID) }},
		"the handle of nobody":    {lie: func(d *device) { d.handle = []byte("nobody") }, want: errNobody},
		"a handle that is huge":   {lie: func(d *device) { d.handle = bytes.Repeat([]byte("a"), 1000) }},
		"the id of no passkey":    {lie: func(d *device) { d.id = []byte("0123456789abcdef") }},
		"a key of somebody else":  {lie: func(d *device) { d.key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }},
		"a signature bent":        {bend: inResponse("signature", func(b []byte) []byte { b[len(b)-1] ^= 1; return b })},
		"no signature":            {bend: inResponse("signature", func([]byte) []byte { return nil })},
		"a count raised unsigned": {bend: inResponse("authenticatorData", func(b []byte) []byte { b[36]++; return b })},
		"data that is cut":        {bend: inResponse("authenticatorData", func(b []byte) []byte { return b[:20] })},
		"client data bent": {bend: inResponse("clientDataJSON", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"crossOrigin":false`), []byte(`"crossOrigin": false`), 1)
		})},
		"no state":           {bend: func(a, _ []byte) ([]byte, []byte) { return a, nil }},
		"a state of nothing": {bend: func(a, _ []byte) ([]byte, []byte) { return a, []byte("{}") }},
		"no response":        {bend: func(_, s []byte) ([]byte, []byte) { return nil, s }},
		"a huge response":    {bend: func(a, s []byte) ([]byte, []byte) { return append(a, bytes.Repeat([]byte(" "), 1<<20)...), s }},
	} {
		h := newHouse(t, anna, minh)
		d, of := newDevice(t), newDevice(t)
		d.count = 7
		h.register(anna.ID, d)
		h.register(minh.ID, of)
		good := *d
		good.count = 8
		d.count = 8
		if c.lie != nil {
			c.lie(d)
		}
		want := account.ErrPasskey
		if c.want != nil {
			want = c.want
		}
		refusedAs(t, name, want, func() error {
			who, used, err := h.login(d, c.bend)
			if who != "" || used.ID != "" || used.Credential != nil {
				t.Errorf("%s: %q is signed in", name, who)
			}
			return err
		})
		if who, _, err := h.login(&good, nil); err != nil || who != anna.ID {
			t.Errorf("%s: and then rightly: %q, %v", name, who, err)
		}
	}
}

// inResponse bends a member of an answer's response.
func inResponse(member string, by func([]byte) []byte) func(answer, state []byte) ([]byte, []byte) {
	return func(answer, state []byte) ([]byte, []byte) {
		var a map[string]any
		if err := json.Unmarshal(answer, &a); err != nil {
			panic(err)
		}
		response := a["response"].(map[string]any)
		b, err := base64.RawURLEncoding.DecodeString(response[member].(string))
		if err != nil {
			panic(err)
		}
		response[member] = url64(by(b))
		bent, err := json.Marshal(a)
		if err != nil {
			panic(err)
		}
		return bent, state
	}
}

// TestUnreadable: a passkey that was spoilt where it is kept is told from a wrong
// answer, for whoever runs Segue.
func TestUnreadable(t *testing.T) {
	h := newHouse(t, anna)
	d := newDevice(t)
	h.register(anna.ID, d)
	kept := h.holders[anna.ID]
	kept.Passkeys = [][]byte{[]byte("{")}
	h.holders[anna.ID] = kept
	_, _, err := h.login(d, nil)
	if !errors.Is(err, account.ErrPasskey) || !strings.Contains(err.Error(), "cannot be read") {
		t.Error(err)
	}
}

// TestReplay: an answer fits the challenge it was made for alone. For that one it is
// the caller who must not take it twice; a device that counts is found out even then.
func TestReplay(t *testing.T) {
	h := newHouse(t, anna)
	d := newDevice(t)
	h.register(anna.ID, d)
	d.count = 1
	options, state, err := h.BeginLogin()
	if err != nil {
		t.Fatal(err)
	}
	answer := d.get(options)
	_, later, err := h.BeginLogin()
	if err != nil {
		t.Fatal(err)
	}
	refusedAs(t, "a later challenge", account.ErrPasskey, func() error {
		_, _, err := h.FinishLogin(later, answer, h.find)
		return err
	})
	who, used, err := h.FinishLogin(state, answer, h.find)
	if err != nil || who != anna.ID {
		t.Fatal(who, err)
	}
	kept := h.holders[anna.ID]
	kept.Passkeys = [][]byte{used.Credential}
	h.holders[anna.ID] = kept
	refusedAs(t, "once more", account.ErrCloned, func() error {
		_, _, err := h.FinishLogin(state, answer, h.find)
		return err
	})
}

func TestConfirmation(t *testing.T) {
	h := newHouse(t, anna, minh)
	mine, others, later := newDevice(t), newDevice(t), newDevice(t)
	if _, _, err := h.BeginConfirmation(anna); !errors.Is(err, account.ErrPasskey) {
		t.Error("confirms with nothing:", err)
	}
	h.register(anna.ID, mine)
	h.register(minh.ID, others)
	options, state, err := h.BeginConfirmation(h.holders[anna.ID])
	if err != nil {
		t.Fatal(err)
	}
	if allowed := mine.read(options).PublicKey.AllowCredentials; len(allowed) != 1 || allowed[0].ID != url64(mine.id) {
		t.Errorf("%s", options)
	}
	h.register(anna.ID, later) // after the confirmation began
	for name, d := range map[string]*device{"another's passkey": others, "one made since": later} {
		refusedAs(t, name, account.ErrPasskey, func() error {
			_, _, err := h.FinishLogin(state, d.get(options), h.find)
			return err
		})
	}
	if who, _, err := h.FinishLogin(state, mine.get(options), h.find); err != nil || who != anna.ID {
		t.Error(who, err)
	}
}

func TestHolder(t *testing.T) {
	p := passkeys(t)
	for _, who := range []account.Holder{{}, {ID: strings.Repeat("x", 65), Name: "Anna"}, {ID: "a", Name: "Anna", Passkeys: [][]byte{[]byte("{")}}, {ID: "a", Passkeys: [][]byte{nil}}} {
		if _, _, err := p.BeginRegistration(who); err == nil {
			t.Errorf("%.80v may register", who)
		}
		if _, _, err := p.BeginConfirmation(who); err == nil {
			t.Errorf("%.80v may confirm", who)
		}
		if _, err := p.FinishRegistration(who, []byte("{}"), []byte("{}")); err == nil {
			t.Errorf("%.80v has registered", who)
		}
	}
}

// refusedAs expects an error of a kind, which tells nothing of who and what it was.
func refusedAs(t *testing.T, name string, want error, try func() error) {
	t.Helper()
	err := try()
	switch {
	case err == nil:
		t.Errorf("%s: accepted", name)
	case !errors.Is(err, want):
		t.Errorf("%s: %v, want %v", name, err, want)
	case errors.Is(want, errNobody) && !errors.Is(err, account.ErrPasskey):
		t.Errorf("%s: differs from a wrong answer: %v", name, err)
	case strings.Contains(fmt.Sprintf("%+v", err), "account-of") || len(err.Error()) > 200:
		t.Errorf("%s: tells too much: %v", name, err)
	}
}
