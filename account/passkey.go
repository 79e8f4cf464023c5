package account

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// ChallengeFor is how long a person has to answer: the state of a ceremony is kept
// that long, and taken once. The caller sees to both.
const ChallengeFor = 5 * time.Minute

// Bounds of what a browser and the store give back.
const (
	maxResponse = 32 << 10 // bytes; an attestation may hold certificates
	maxState    = 64 << 10
	maxHandle   = 64 // bytes of a user handle, WebAuthn Level 3, 5.4.3
)

// What goes wrong with passkeys. None holds anything of the response.
var (
	// ErrPasskey: the response is no valid one to this challenge, at this address,
	// of this account.
	ErrPasskey = errors.New("the passkey was not accepted; try again")

	// ErrCloned: the passkey counts its uses, and counted back or not on. There may
	// be a copy of it. Nobody is signed in.
	ErrCloned = errors.New("this passkey may have been copied; sign in another way, remove it and add a new one")
)

// PasskeyConfig says where passkeys are used.
type PasskeyConfig struct {
	RPID    string   // the domain they belong to, such as "segue.example.org", or "localhost"; no address
	Origins []string // the pages they are used on, such as "https://segue.example.org"
	Name    string   // what the browser calls the service
}

// Passkeys runs the ceremonies of W3C WebAuthn Level 3 in which a passkey is made
// and used. A passkey signs in alone, without a name typed and without a password,
// so the device must know it again without being told (discoverable) and must verify
// who uses it, by finger, face or PIN. What kind of device it is is not asked.
//
// Options and responses are JSON as PublicKeyCredential.parseCreationOptionsFromJSON,
// parseRequestOptionsFromJSON and toJSON read and write them, the options in a member
// publicKey. It is safe for many goroutines.
type Passkeys struct{ rp *webauthn.WebAuthn }

// NewPasskeys returns an error if the configuration names no domain, no page, or
// pages that are none.
func NewPasskeys(c PasskeyConfig) (*Passkeys, error) {
	if c.Name == "" {
		return nil, errors.New("passkeys need a name of the service")
	}
	if err := protocol.ValidateRPID(c.RPID); err != nil {
		return nil, fmt.Errorf("passkeys need the domain that people use, and %q is none: %w", c.RPID, err)
	}
	for _, origin := range c.Origins {
		if full, err := protocol.FullyQualifiedOrigin(origin); err != nil || full != origin || protocol.IsOpaqueOrigin(origin) {
			return nil, fmt.Errorf("passkeys need the address of the pages as https://DOMAIN, without a path, and not %q", origin)
		}
	}
	timeout := webauthn.TimeoutConfig{Timeout: ChallengeFor, TimeoutUVD: ChallengeFor}
	required := true
	rp, err := webauthn.New(&webauthn.Config{
		RPID: c.RPID, RPDisplayName: c.Name, RPOrigins: slices.Clone(c.Origins),
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: &required, ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: timeout, Registration: timeout},
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	return &Passkeys{rp: rp}, nil
}

// A Holder is an account and its passkeys.
type Holder struct {
	ID       string   // of the account: 1 to 64 bytes that name nobody; the device keeps it
	Name     string   // sign-in name, which the device shows
	Passkeys [][]byte // each a Passkey's Credential
}

// A Passkey is one as it is stored.
type Passkey struct {
	ID         string // base64url, unique
	Credential []byte // JSON: the public key and the count of uses
}

// BeginRegistration returns the options with which a browser makes a passkey, and
// the state to keep until FinishRegistration.
func (p *Passkeys) BeginRegistration(h Holder) (options, state []byte, err error) {
	who, err := h.user()
	if err != nil {
		return nil, nil, err
	}
	// A device that holds one already makes no second.
	creation, session, err := p.rp.BeginRegistration(who, webauthn.WithExclusions(who.descriptors()))
	if err != nil {
		return nil, nil, fmt.Errorf("passkey: %w", err)
	}
	return both(creation, session)
}

// FinishRegistration returns the passkey that a browser made for this holder after
// BeginRegistration, or ErrPasskey. State must have been taken from where it was
// kept, so that it serves once.
func (p *Passkeys) FinishRegistration(h Holder, state, response []byte) (Passkey, error) {
	who, err := h.user()
	if err != nil {
		return Passkey{}, err
	}
	session, err := readState(state)
	if err != nil {
		return Passkey{}, err
	}
	if len(response) > maxResponse {
		return Passkey{}, ErrPasskey
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return Passkey{}, refused(err)
	}
	credential, err := p.rp.CreateCredential(who, session, parsed)
	if err != nil {
		return Passkey{}, refused(err)
	}
	return passkey(credential)
}

// BeginLogin returns the options with which a browser signs in somebody who has not
// said who they are, and the state to keep until FinishLogin.
func (p *Passkeys) BeginLogin() (options, state []byte, err error) {
	assertion, session, err := p.rp.BeginDiscoverableLogin()
	if err != nil {
		return nil, nil, fmt.Errorf("passkey: %w", err)
	}
	return both(assertion, session)
}

// BeginConfirmation is BeginLogin for a holder who is signed in and is to show once
// more that it is them: no other passkey is accepted. The holder needs one.
func (p *Passkeys) BeginConfirmation(h Holder) (options, state []byte, err error) {
	who, err := h.user()
	if err != nil {
		return nil, nil, err
	}
	if len(who.credentials) == 0 {
		return nil, nil, fmt.Errorf("%w: there is none to confirm with", ErrPasskey)
	}
	assertion, session, err := p.rp.BeginDiscoverableLogin(webauthn.WithAllowedCredentials(who.descriptors()))
	if err != nil {
		return nil, nil, fmt.Errorf("passkey: %w", err)
	}
	return both(assertion, session)
}

// FinishLogin returns who a browser's response signs in, and the passkey with its new
// count, to be stored. Find is asked for the holder of an account's id and may return
// any error, which FinishLogin returns wrapped together with ErrPasskey, so that an
// account that does not exist looks like a wrong response. State must have been taken
// from where it was kept, so that it serves once. It returns ErrPasskey for a
// response that does not fit, and ErrCloned for a count that did not go on.
func (p *Passkeys) FinishLogin(state, response []byte, find func(account string) (Holder, error)) (account string, used Passkey, err error) {
	session, err := readState(state)
	if err != nil {
		return "", Passkey{}, err
	}
	if len(response) > maxResponse {
		return "", Passkey{}, ErrPasskey
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return "", Passkey{}, refused(err)
	}
	var failed error // of find, which the library would put into its words
	who, credential, err := p.rp.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		if len(handle) > maxHandle {
			return nil, ErrPasskey
		}
		holder, err := find(string(handle))
		if err == nil {
			var u *user
			if u, err = holder.user(); err == nil {
				return u, nil
			}
		}
		failed = err
		return nil, ErrPasskey
	}, session, parsed)
	switch {
	case failed != nil:
		return "", Passkey{}, fmt.Errorf("%w: %w", ErrPasskey, failed)
	case err != nil:
		return "", Passkey{}, refused(err)
	case credential.Authenticator.CloneWarning:
		return "", Passkey{}, ErrCloned
	}
	if used, err = passkey(credential); err != nil {
		return "", Passkey{}, err
	}
	return string(who.WebAuthnID()), used, nil
}

// refused is ErrPasskey with what the library says of it, which are fixed words: its
// details about the response stay out.
func refused(err error) error {
	var known *protocol.Error
	if errors.As(err, &known) {
		return fmt.Errorf("%w (%s)", ErrPasskey, known.Type)
	}
	return ErrPasskey
}

// both writes what the browser is given and what is kept.
func both(options any, session *webauthn.SessionData) (o, s []byte, err error) {
	if o, err = json.Marshal(options); err != nil {
		return nil, nil, fmt.Errorf("passkey: %w", err)
	}
	if s, err = json.Marshal(session); err != nil {
		return nil, nil, fmt.Errorf("passkey: %w", err)
	}
	return o, s, nil
}

func readState(state []byte) (session webauthn.SessionData, err error) {
	if len(state) > maxState || json.Unmarshal(state, &session) != nil {
		return session, fmt.Errorf("%w: what was kept of the challenge cannot be read", ErrPasskey)
	}
	return session, nil
}

func passkey(c *webauthn.Credential) (Passkey, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return Passkey{}, fmt.Errorf("passkey: %w", err)
	}
	return Passkey{ID: base64.RawURLEncoding.EncodeToString(c.ID), Credential: body}, nil
}

// A user is a Holder as the library asks for one.
type user struct {
	id, name    string
	credentials []webauthn.Credential
}

func (h Holder) user() (*user, error) {
	if h.ID == "" || len(h.ID) > maxHandle {
		return nil, fmt.Errorf("passkey: an account's id has 1 to %d bytes", maxHandle)
	}
	u := &user{id: h.ID, name: h.Name}
	for _, body := range h.Passkeys {
		var c webauthn.Credential
		if json.Unmarshal(body, &c) != nil {
			return nil, errors.New("passkey: a stored passkey cannot be read")
		}
		u.credentials = append(u.credentials, c)
	}
	return u, nil
}

// descriptors name the passkeys to a browser.
func (u *user) descriptors() []protocol.CredentialDescriptor {
	var d []protocol.CredentialDescriptor
	for _, c := range u.credentials {
		d = append(d, c.Descriptor())
	}
	return d
}

func (u *user) WebAuthnID() []byte                         { return []byte(u.id) }
func (u *user) WebAuthnName() string                       { return u.name }
func (u *user) WebAuthnDisplayName() string                { return u.name }
func (u *user) WebAuthnCredentials() []webauthn.Credential { return u.credentials }
