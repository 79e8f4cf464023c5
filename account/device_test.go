package account_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
)

// Flags of authenticator data, WebAuthn Level 3, 6.1.
const (
	flagPresent  = 1 << 0
	flagVerified = 1 << 2
	flagEligible = 1 << 3 // for backup
	flagBackedUp = 1 << 4
	flagAttested = 1 << 6
)

// A device is an authenticator and the browser before it: it makes passkeys with
// real keys and signs with them, and lies where a test tells it to.
type device struct {
	t      *testing.T
	key    *ecdsa.PrivateKey
	id     []byte
	handle []byte
	count  uint32
	flags  byte

	origin  string // of the page, as the browser writes it
	rpID    string // asked for by the options where ""
	crossed bool   // in a frame of another page
	kind    string // type of the client data where not ""
}

func newDevice(t *testing.T) *device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 32)
	rand.Read(id)
	return &device{t: t, key: key, id: id, flags: flagPresent | flagVerified, origin: "https://segue.example.org"}
}

// asked is what a device reads of the options.
type asked struct {
	PublicKey struct {
		Challenge string
		RPID      string
		RP        struct{ ID, Name string }
		User      struct{ ID, Name, DisplayName string }

		PubKeyCredParams       []struct{ Alg int }
		AuthenticatorSelection struct{ ResidentKey, UserVerification string }
		UserVerification       string
		Attestation            string
		Timeout                int
		ExcludeCredentials     []struct{ ID string }
		AllowCredentials       []struct{ ID string }
	}
}

func (d *device) read(options []byte) (a asked) {
	d.t.Helper()
	if err := json.Unmarshal(options, &a); err != nil {
		d.t.Fatal(err)
	}
	return a
}

func url64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (d *device) unurl(s string) []byte {
	d.t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

func (d *device) clientData(kind, challenge string) []byte {
	if d.kind != "" {
		kind = d.kind
	}
	return d.json(map[string]any{"type": kind, "challenge": challenge, "origin": d.origin, "crossOrigin": d.crossed})
}

func (d *device) json(v any) []byte {
	d.t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

func (d *device) cbor(v any) []byte {
	d.t.Helper()
	b, err := webauthncbor.Marshal(v)
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

// data is authenticator data without an attested credential.
func (d *device) data(rpID string, flags byte) []byte {
	if d.rpID != "" {
		rpID = d.rpID
	}
	hash := sha256.Sum256([]byte(rpID))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), d.count)
}

// create makes the passkey that options ask for, and answers as a browser does.
func (d *device) create(options []byte) []byte {
	d.t.Helper()
	a := d.read(options).PublicKey
	d.handle = d.unurl(a.User.ID)
	point, err := d.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		d.t.Fatal(err)
	}
	data := d.data(a.RP.ID, d.flags|flagAttested)
	data = append(data, make([]byte, 16)...) // no model of authenticator
	data = binary.BigEndian.AppendUint16(data, uint16(len(d.id)))
	data = append(data, d.id...)
	data = append(data, d.cbor(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})...) // EC2, ES256, P-256
	object := d.cbor(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	return d.answer(map[string]any{
		"clientDataJSON": url64(d.clientData("webauthn.create", a.Challenge)), "attestationObject": url64(object), "transports": []string{"internal"},
	})
}

// get signs the challenge of options, and answers as a browser does.
func (d *device) get(options []byte) []byte {
	d.t.Helper()
	a := d.read(options).PublicKey
	data, client := d.data(a.RPID, d.flags), d.clientData("webauthn.get", a.Challenge)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, signed[:])
	if err != nil {
		d.t.Fatal(err)
	}
	return d.answer(map[string]any{
		"clientDataJSON": url64(client), "authenticatorData": url64(data), "signature": url64(signature), "userHandle": url64(d.handle),
	})
}

func (d *device) answer(response map[string]any) []byte {
	return d.json(map[string]any{
		"id": url64(d.id), "rawId": url64(d.id), "type": "public-key", "authenticatorAttachment": "platform",
		"clientExtensionResults": map[string]any{}, "response": response,
	})
}
