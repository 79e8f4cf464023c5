package account

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
)

// secretBytes is the size of every secret, 256 bits: none is ever guessed, and a
// plain hash keeps it well enough (ASVS 5.0, 6.5.2 and 7.2.3 ask for 112 and 128).
const secretBytes = 32

// secretChars is what they take in base64url.
const secretChars = 43

// NewSecret returns the secret of a cookie or of an invitation: 256 random bits in
// base64url, 43 characters.
func NewSecret() string {
	b := make([]byte, secretBytes)
	rand.Read(b) // never fails: the program ends if the system has no randomness
	return base64.RawURLEncoding.EncodeToString(b)
}

// IsSecret reports whether a text looks like one that NewSecret returned, so that
// what is not need not be looked up.
func IsSecret(s string) bool {
	if len(s) != secretChars || strings.ContainsAny(s, "\r\n") {
		return false
	}
	_, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil
}

// HashSecret returns what is stored of a secret or a token: SHA-256 in lower-case
// hex, 64 characters. To look a secret up by it tells by its timing at most of the
// hash, which is of no use.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// SameSecret reports whether a secret is the one whose hash is stored, in a time
// that does not depend on where they differ.
func SameSecret(hash, secret string) bool {
	return subtle.ConstantTimeCompare([]byte(hash), []byte(HashSecret(secret))) == 1
}

// A Token lets a program in: segue_ID_SECRETCHECK, letters and digits alone, so
// that it is one word to select, and so that scanners of repositories know it by
//
//	segue_[a-z2-7]{16}_[a-z2-7]{59}
//
// The check is a CRC-32 of what stands before it: it tells a mistyped or cut token,
// or a scanner's false find, without looking anything up, and protects nothing.
type Token struct {
	ID     string // public, 80 bits: names the token in lists
	secret string
}

const (
	tokenPrefix  = "segue_"
	tokenIDBytes = 10
	tokenID      = 16 // characters
	tokenSecret  = 52
	tokenCheck   = 7
	tokenChars   = len(tokenPrefix) + tokenID + 1 + tokenSecret + tokenCheck
)

// What is wrong with a token before it is looked up. Neither holds any of it.
var (
	ErrNoToken  = errors.New("this is no token of Segue; one begins with segue_")
	ErrMistyped = errors.New("the token is mistyped or cut; copy it once more, whole")
)

// base32Lower is RFC 4648's base32 in lower case, without padding.
func base32Lower() *base32.Encoding {
	return base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
}

// NewToken returns a token with a new id and 256 random bits.
func NewToken() Token {
	b := make([]byte, tokenIDBytes+secretBytes)
	rand.Read(b)
	code := base32Lower()
	return Token{ID: code.EncodeToString(b[:tokenIDBytes]), secret: code.EncodeToString(b[tokenIDBytes:])}
}

// Reveal returns the token's text, to be shown once to whom it belongs.
func (t Token) Reveal() string {
	body := tokenPrefix + t.ID + "_" + t.secret
	return body + check(body)
}

// Hash returns what is stored of the token.
func (t Token) Hash() string { return HashSecret(t.Reveal()) }

// String names the token without its secret, and so does every format of package
// fmt.
func (t Token) String() string { return tokenPrefix + t.ID + "_…" }

// GoString is String: %#v reveals nothing either.
func (t Token) GoString() string { return t.String() }

// Format writes String for every verb, since %x would write the fields.
func (t Token) Format(f fmt.State, _ rune) { fmt.Fprint(f, t.String()) }

// ParseToken reads a token's text: ErrNoToken if it is something else, ErrMistyped
// if the check does not fit. That a token exists only a look-up of its Hash tells.
func ParseToken(s string) (Token, error) {
	rest, ok := strings.CutPrefix(s, tokenPrefix)
	if !ok {
		return Token{}, ErrNoToken
	}
	if len(s) != tokenChars || rest[tokenID] != '_' {
		return Token{}, ErrMistyped
	}
	t := Token{ID: rest[:tokenID], secret: rest[tokenID+1 : tokenID+1+tokenSecret]}
	if !isBase32(t.ID) || !isBase32(t.secret) || t.Reveal() != s {
		return Token{}, ErrMistyped
	}
	return t, nil
}

// isBase32 reports whether a text is one that base32Lower wrote: of its alphabet,
// and without bits that stand for nothing.
func isBase32(s string) bool {
	code := base32Lower()
	b, err := code.DecodeString(s)
	return err == nil && code.EncodeToString(b) == s
}

// check returns the seven characters that end a token.
func check(body string) string {
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(body)))
	return base32Lower().EncodeToString(sum)
}
