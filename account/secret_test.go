package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestSecret(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		s := NewSecret()
		if len(s) != 43 || !IsSecret(s) || seen[s] {
			t.Fatalf("%q", s)
		}
		seen[s] = true
		hash := HashSecret(s)
		if !SameSecret(hash, s) || SameSecret(hash, s[1:]) || SameSecret(hash, NewSecret()) || SameSecret("", s) || SameSecret(hash, "") {
			t.Fatalf("%q is not itself, or another is", s)
		}
	}
	// SHA-256 of "abc", FIPS 180-2, B.1.
	if got := HashSecret("abc"); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Error(got)
	}
	good := strings.Repeat("A", 43)
	for s, want := range map[string]bool{
		good: true, "": false, good[1:]: false, good + "A": false, good[1:] + "+": false, good[1:] + "=": false,
		good[1:] + "B":  false, // stray bits
		good[1:] + "\n": false, "-_" + good[2:]: true,
	} {
		if IsSecret(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

func TestToken(t *testing.T) {
	form := regexp.MustCompile(`^segue_[a-z2-7]{16}_[a-z2-7]{59}$`)
	seen := map[string]bool{}
	for range 100 {
		made := NewToken()
		text := made.Reveal()
		if !form.MatchString(text) || seen[text] || seen[made.ID] {
			t.Fatalf("%q", text)
		}
		seen[text], seen[made.ID] = true, true
		read, err := ParseToken(text)
		if err != nil || read != made || read.Hash() != HashSecret(text) {
			t.Fatalf("%q is read as %v, %v", text, read, err)
		}
	}
}

// TestTokenByHand: ten bytes and 32 bytes of zeros, and a CRC-32 of the text before
// it: python3 -c 'import zlib,base64;print(base64.b32encode(zlib.crc32(
// b"segue_"+b"a"*16+b"_"+b"a"*52).to_bytes(4,"big")).decode().lower().rstrip("="))'
func TestTokenByHand(t *testing.T) {
	text := "segue_" + strings.Repeat("a", 16) + "_" + strings.Repeat("a", 52) + "isg2c7a"
	if got, err := ParseToken(text); err != nil || got.ID != strings.Repeat("a", 16) {
		t.Error(got, err, (Token{ID: strings.Repeat("a", 16), secret: strings.Repeat("a", 52)}).Reveal())
	}
}

// TestTokenMistyped changes each character, and cuts and lengthens.
func TestTokenMistyped(t *testing.T) {
	good := NewToken().Reveal()
	for i := range good {
		for _, c := range []byte("a7_A \n") {
			if good[i] == c {
				continue
			}
			bad := good[:i] + string(c) + good[i+1:]
			want := ErrMistyped
			if i < len(tokenPrefix) {
				want = ErrNoToken
			}
			if _, err := ParseToken(bad); !errors.Is(err, want) {
				t.Fatalf("%q for %q at %d: %v", c, good[i], i, err)
			}
		}
		if i+1 < len(good) && good[i] != good[i+1] {
			bad := good[:i] + good[i+1:i+2] + good[i:i+1] + good[i+2:]
			if _, err := ParseToken(bad); err == nil {
				t.Fatalf("letters %d and %d may be exchanged", i, i+1)
			}
		}
		if _, err := ParseToken(good[:i]); err == nil {
			t.Fatalf("the first %d letters pass", i)
		}
	}
	for _, bad := range []string{good + "a", good + "\n", " " + good, strings.ToUpper(good), "Bearer " + good, strings.Repeat(good, 1000)} {
		if _, err := ParseToken(bad); err == nil {
			t.Errorf("%.100q passes", bad)
		}
	}
}

// TestTokenUntold writes a token in every way but Reveal.
func TestTokenUntold(t *testing.T) {
	token := NewToken()
	hex := fmt.Sprintf("%x", token.secret)
	told := fmt.Sprint(token, &token, []Token{token}, map[string]any{"a": token})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10s"} {
		told += fmt.Sprintf(verb, token) + fmt.Sprintf(verb, struct{ T Token }{token})
	}
	b, err := json.Marshal(token)
	if err != nil {
		t.Fatal(err)
	}
	told += string(b)
	for _, secret := range []string{token.secret, hex, strings.ToUpper(hex), token.secret[:20]} {
		if strings.Contains(told, secret) {
			t.Errorf("the secret is told: %s", told)
		}
	}
	if !strings.Contains(told, token.ID) {
		t.Error("the token is not named")
	}
}

func FuzzParseToken(f *testing.F) {
	f.Add(NewToken().Reveal())
	f.Add("segue_" + strings.Repeat("a", 16) + "_" + strings.Repeat("=", 59))
	f.Fuzz(func(t *testing.T, s string) {
		token, err := ParseToken(s)
		if err != nil {
			if token != (Token{}) || (!errors.Is(err, ErrNoToken) && !errors.Is(err, ErrMistyped)) {
				t.Fatalf("%q: %v, %v", s, token, err)
			}
			return
		}
		if token.Reveal() != s {
			t.Fatalf("%q is written as %q", s, token.Reveal())
		}
	})
}
