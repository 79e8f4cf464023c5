package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"segue"
	"segue/language"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// How long a password is, in characters (code points after NFC). NIST SP
// 800-63B-4, 3.1.1.2, demands 15 where a password is the only factor, as it is
// here, and ASVS 5.0, 6.2.1, recommends it; both want at least 64 allowed.
const (
	MinPassword = 15
	MaxPassword = 128
)

// maxTyped bounds, in bytes, what is read as a password at all: 128 characters of
// which each is a letter with two marks of its own.
const maxTyped = 1024

// CheckPassword returns nil if a password may be set, and what is wrong with it
// otherwise, as a *segue.InputError whose texts are language's. Names are what an
// attacker would try first of this person, such as the sign-in name.
//
// Any character counts, spaces too, and no mix of kinds is demanded (ASVS 6.2.5).
// What is refused beyond length is a password that as a whole is expected: one that
// somebody who knows the much-used passwords, the names, the name Segue and the
// rows of a keyboard would find within 10^10 guesses. A password that merely holds
// such a word passes: NIST wants the entire password compared, and not its parts.
// Whether it was ever breached elsewhere is not known: that would mean to ask a
// service about it.
func CheckPassword(password string, names ...string) error {
	normal, err := prepare(password)
	if err != nil {
		return err
	}
	switch n := utf8.RuneCountInString(normal); {
	case n < MinPassword:
		return &segue.InputError{Problem: language.Text("The password has %d characters and needs %d"), Args: []any{n, MinPassword},
			Hint: language.Text("four or five words that only you would put together are easy to remember")}
	case n > MaxPassword:
		return &segue.InputError{Problem: language.Text("The password is longer than %d characters"), Args: []any{MaxPassword},
			Hint: language.Text("take a shorter one")}
	case guessBits(normal, nil) < minBits:
		return &segue.InputError{Problem: language.Text("This password would be guessed: it is little more than much-used passwords, repeats, or keys in a row"),
			Hint: language.Text("add a few words of your own")}
	case guessBits(normal, append(names, "segue")) < minBits:
		return &segue.InputError{Problem: language.Text("This password would be guessed: it is little more than your name or Segue’s"),
			Hint: language.Text("add a few words of your own")}
	}
	return nil
}

// prepare returns a password as it is hashed: in NFC and otherwise as it was typed,
// so that the same letters are the same password from every keyboard: ế may be sent
// as one character, two or three. Characters that no Unicode known here assigns are
// refused, since a later one may normalize them differently (UAX 15, 12.1). NIST SP
// 800-63B-4, 3.1.1.2, asks for both.
func prepare(password string) (string, error) {
	if len(password) > maxTyped {
		return "", &segue.InputError{Problem: language.Text("The password is longer than %d characters"), Args: []any{MaxPassword},
			Hint: language.Text("take a shorter one")}
	}
	unknown := func(r rune) bool { return unicode.Is(unicode.Cn, r) }
	if !utf8.ValidString(password) || strings.ContainsFunc(password, unknown) {
		return "", &segue.InputError{Problem: language.Text("The password holds a character that Segue does not know"),
			Hint: language.Text("leave it out")}
	}
	return norm.NFC.String(password), nil
}

// ErrBusy says that too many people are signing in at this moment.
var ErrBusy = errors.New("too many are signing in at once; try again in a moment")

// A Hasher hashes and verifies passwords, a few at a time: each takes its Params'
// memory, and a core for tens of milliseconds. It is safe for many goroutines.
type Hasher struct {
	params Params
	decoy  phc           // what is verified against where there is nothing
	places chan struct{} // of those waiting and at work
	cores  chan struct{} // of those at work
}

// waiting is how many may wait for each that is at work: a few seconds.
const waiting = 64

// NewHasher returns a hasher that works on at most atOnce passwords at a time, and
// lets 64 times as many wait. It panics if params are out of bounds or atOnce < 1.
func NewHasher(params Params, atOnce int) *Hasher {
	if !params.ok() || atOnce < 1 {
		panic("account: NewHasher: parameters out of bounds")
	}
	decoy := phc{Params: params, salt: make([]byte, saltBytes), key: make([]byte, keyBytes)}
	rand.Read(decoy.key)
	return &Hasher{params: params, decoy: decoy, places: make(chan struct{}, atOnce*(1+waiting)), cores: make(chan struct{}, atOnce)}
}

// Hash returns the text to store for a password: $argon2id$v=19$m=…,t=…,p=…$salt$key
// with a fresh salt. It does not ask CheckPassword. Its errors are a
// *segue.InputError for what is no text, ErrBusy, and the context's.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	normal, err := prepare(password)
	if err != nil {
		return "", err
	}
	made := phc{Params: h.params, salt: make([]byte, saltBytes), key: make([]byte, keyBytes)}
	rand.Read(made.salt)
	if made.key, err = h.derive(ctx, normal, made); err != nil {
		return "", err
	}
	return made.String(), nil
}

// Verify reports whether a password is the stored one, and whether it was stored
// with other costs than new ones are and should be hashed anew while it is known.
// Keys are compared in constant time. For stored "", where there is no account or
// one without a password, it works as long as for another and says no, so that
// nobody learns who exists (ASVS 6.3.8). Its errors are ErrPHC, ErrBusy, and the
// context's.
func (h *Hasher) Verify(ctx context.Context, stored, password string) (ok, stale bool, err error) {
	against, known := h.decoy, stored != ""
	if known {
		if against, err = parsePHC(stored); err != nil {
			return false, false, err
		}
	}
	normal, err := prepare(password)
	typed := err == nil // else no password was ever stored for it
	key, err := h.derive(ctx, normal, against)
	if err != nil {
		return false, false, err
	}
	same := subtle.ConstantTimeCompare(key, against.key) == 1
	if !known || !typed || !same {
		return false, false, nil
	}
	return true, against.Params != h.params || len(against.salt) < saltBytes || len(against.key) < keyBytes, nil
}

// derive computes a key with a hash's costs, salt and length, when it is its turn.
func (h *Hasher) derive(ctx context.Context, normal string, with phc) ([]byte, error) {
	select {
	case h.places <- struct{}{}:
		defer func() { <-h.places }()
	default:
		return nil, ErrBusy
	}
	select {
	case h.cores <- struct{}{}:
		defer func() { <-h.cores }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(normal), with.salt, with.Time, with.Memory, with.Threads, uint32(len(with.key))), nil
}
