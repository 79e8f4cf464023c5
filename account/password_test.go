package account

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"segue"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// quick are costs at which a test hashes in microseconds.
func quick() *Hasher { return NewHasher(Params{Memory: 8, Time: 1, Threads: 1}, 2) }

// TestReference holds hashes against the reference implementation's: see
// testdata/reference.py.
func TestReference(t *testing.T) {
	b, err := os.ReadFile("testdata/argon2.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Password, PHC string }
	if err := json.Unmarshal(b, &cases); err != nil || len(cases) < 4 {
		t.Fatal(len(cases), err)
	}
	h := NewHasher(Recommended(), 1)
	for _, c := range cases {
		ok, stale, err := h.Verify(t.Context(), c.PHC, c.Password)
		if !ok || err != nil {
			t.Errorf("%q is not %s: %v", c.Password, c.PHC, err)
		}
		if want := !strings.Contains(c.PHC, "$m=19456,t=2,p=1$"); stale != want {
			t.Errorf("%s: stale %v, want %v", c.PHC, stale, want)
		}
		if ok, _, err := h.Verify(t.Context(), c.PHC, c.Password+" "); ok || err != nil {
			t.Errorf("%s takes another password: %v", c.PHC, err)
		}
	}
}

func TestHash(t *testing.T) {
	h := quick()
	rapid.Check(t, func(t *rapid.T) {
		password := rapid.StringN(0, 128, 400).Draw(t, "password")
		a, err := h.Hash(context.Background(), password)
		var input *segue.InputError
		if errors.As(err, &input) {
			return // not a text
		} else if err != nil {
			t.Fatal(err)
		}
		b, err := h.Hash(context.Background(), password)
		if err != nil || a == b {
			t.Fatal("the same salt twice", err)
		}
		for _, typed := range []string{password, norm.NFD.String(password), norm.NFC.String(password)} {
			if len(typed) > maxTyped {
				continue
			}
			if ok, stale, err := h.Verify(context.Background(), a, typed); !ok || stale || err != nil {
				t.Fatalf("%q: ok %v, stale %v, %v", typed, ok, stale, err)
			}
		}
		if ok, _, _ := h.Verify(context.Background(), a, password+"x"); ok {
			t.Fatal("another password passes")
		}
	})
}

func TestStale(t *testing.T) {
	old, err := NewHasher(Params{Memory: 16, Time: 1, Threads: 2}, 1).Hash(t.Context(), "what I had before")
	if err != nil {
		t.Fatal(err)
	}
	if ok, stale, err := quick().Verify(t.Context(), old, "what I had before"); !ok || !stale || err != nil {
		t.Error(ok, stale, err)
	}
	if ok, stale, _ := quick().Verify(t.Context(), old, "what I had not"); ok || stale {
		t.Error("a wrong password says how the right one is stored", ok, stale)
	}
}

// TestNothingStored holds that where there is no account as much is computed as
// elsewhere: it waits for its turn, too.
func TestNothingStored(t *testing.T) {
	h := quick()
	for _, typed := range []string{"", "a password", "\xff", strings.Repeat("x", 100000)} {
		if ok, stale, err := h.Verify(t.Context(), "", typed); ok || stale || err != nil {
			t.Errorf("%.20q: %v %v %v", typed, ok, stale, err)
		}
	}
	stored, err := h.Hash(t.Context(), "a password")
	if err != nil {
		t.Fatal(err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	for range cap(h.cores) {
		h.cores <- struct{}{}
	}
	for _, s := range []string{"", stored} {
		for _, typed := range []string{"a password", "\xff"} {
			if _, _, err := h.Verify(ended, s, typed); !errors.Is(err, context.Canceled) {
				t.Errorf("%q did not wait: %v", s, err)
			}
		}
	}
	for range cap(h.places) {
		h.places <- struct{}{}
	}
	if _, err := h.Hash(t.Context(), "a password"); !errors.Is(err, ErrBusy) {
		t.Error("there is no end to the queue:", err)
	}
	if _, _, err := h.Verify(t.Context(), stored, "a password"); !errors.Is(err, ErrBusy) {
		t.Error("there is no end to the queue:", err)
	}
}

func TestNewHasherPanics(t *testing.T) {
	for _, p := range []Params{{}, {Memory: 7, Time: 1, Threads: 1}, {Memory: 8, Time: 0, Threads: 1}, {Memory: maxMemory + 1, Time: 1, Threads: 1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v is taken", p)
				}
			}()
			NewHasher(p, 1)
		}()
	}
}

func TestPHC(t *testing.T) {
	const salt, key = "c2FsdHNhbHQ", "AAAAAAAAAAAAAAAAAAAAAA"
	good := "$argon2id$v=19$m=8,t=1,p=1$" + salt + "$" + key
	if h, err := parsePHC(good); err != nil || string(h.salt) != "saltsalt" || len(h.key) != 16 || h.String() != good {
		t.Fatal(h, err)
	}
	for _, s := range []string{
		"", "$", "x", good + "$", "x" + good, good + "=", good + "\n", " " + good,
		strings.Replace(good, "argon2id", "argon2i", 1),
		strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "v=19$", "", 1),
		strings.Replace(good, "m=8", "m=7", 1),
		strings.Replace(good, "m=8", "m=08", 1),
		strings.Replace(good, "m=8", "m=+8", 1),
		strings.Replace(good, "m=8", "m=-8", 1),
		strings.Replace(good, "m=8", "m=", 1),
		strings.Replace(good, "m=8", "m=4294967304", 1), // 8 in 32 bits
		strings.Replace(good, "m=8", "m=4294967295", 1), // 4 TiB
		strings.Replace(good, "m=8", "m=262145", 1),
		strings.Replace(good, "m=8,t=1", "m=262144,t=5", 1), // more work than is done
		strings.Replace(good, "m=8,t=1", "t=1,m=8", 1),
		strings.Replace(good, "t=1", "t=0", 1),
		strings.Replace(good, "t=1", "t=17", 1),
		strings.Replace(good, "p=1", "p=0", 1),
		strings.Replace(good, "p=1", "p=2", 1), // 8 KiB are too few for two lanes
		strings.Replace(good, "p=1", "p=257", 1),
		strings.Replace(good, "p=1", "p=1,x=1", 1),
		strings.Replace(good, salt, "c2FsdA", 1),
		strings.Replace(good, salt, "c2FsdHNhbHR", 1), // stray bits
		strings.Replace(good, salt, strings.Repeat("A", 88), 1),
		strings.Replace(good, key, "AAAA", 1),
		strings.Replace(good, key, strings.Repeat("A", 100000), 1),
	} {
		if h, err := parsePHC(s); !errors.Is(err, ErrPHC) {
			t.Errorf("%.80q is read as %v", s, h)
		}
		if s == "" {
			continue // stands for no password
		}
		if ok, stale, err := quick().Verify(t.Context(), s, "a password"); ok || stale || !errors.Is(err, ErrPHC) {
			t.Errorf("%.80q: %v %v %v", s, ok, stale, err)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=99999999999,t=2,p=1$$")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parsePHC(s)
		if err != nil {
			return
		}
		if h.String() != s {
			t.Fatalf("%q is written as %q", s, h)
		}
		if !h.ok() || len(h.salt) < minSalt || len(h.key) < minKey || len(h.salt)+len(h.key) > 2*maxBytes {
			t.Fatalf("%q is out of bounds", s)
		}
	})
}

func TestCheckPassword(t *testing.T) {
	const (
		length  = "characters"
		common  = "much-used"
		name    = "your name"
		unknown = "does not know"
	)
	for _, c := range []struct{ password, why string }{
		{"", length},
		{"password", length},
		{"x7K!q9w#Z2m$v5", length}, // 14
		{"ééééééé", length},        // 7 in NFC, 14 code points as typed
		{strings.Repeat("ab c3", 26), length},
		{strings.Repeat("x", maxTyped+1), length},
		{"passwordpassword", common},
		{"Password Password", common},
		{"PASSWORD12345678", common},
		{"ｐａｓｓｗｏｒｄ12345678", common}, // full-width letters
		{"123456789012345", common},
		{"qwertyuiopasdfghjkl", common},
		{"1qaz2wsx3edc4rfv", common},
		{"aaaaaaaaaaaaaaaaaaaa", common},
		{"abcabcabcabcabcabc", common},
		{"sunshine football", common},
		{"iloveyou iloveyou!", common},
		{"passwordstandard", common},
		{"segue segue segue", name},
		{"SegueSegueSegue2", common},
		{"trần minh anh 1234", name},
		{"minh.segue.minh.segue", name},
		{"Trần Minh Anhhhhhhhh", name},
		{"valid until \xff\xfe here", unknown},
		{"a cut character \xef\xbf", unknown},
		{"not assigned \U000E0FFF ever", unknown},
		{"correct horse battery staple", ""},
		{"một giờ nhạc của riêng tôi", ""},
		{"x7K!q9w#Z2m$v5&", ""}, // 15
		{"my password is a purple teapot", ""},
		{"segue played us to sleep on the train", ""},
		{"minh walks home before the rain", ""},
		{"四十二匹の青い猫が庭で眠っている夜", ""},
		{"🦔🐌🪲🦗🐜🪰🦟🐞🦋🐝🪱🕷🦂🐢🐍", ""},
		{strings.Repeat(" ", 5) + "seven quiet rooms", ""},
		{strings.Repeat("ab c3", 25) + "xyz", "much-used"}, // long, but one piece over and over
	} {
		err := CheckPassword(c.password, "Trần Minh Anh")
		var input *segue.InputError
		switch {
		case c.why == "" && err != nil:
			t.Errorf("%.40q is refused: %v", c.password, err)
		case c.why != "" && !errors.As(err, &input):
			t.Errorf("%.40q passes: %v", c.password, err)
		case c.why != "" && !strings.Contains(err.Error(), c.why):
			t.Errorf("%.40q is refused for another reason than %q: %v", c.password, c.why, err)
		case err != nil && len(c.password) > 8 && strings.Contains(err.Error(), c.password):
			t.Errorf("%v tells the password", err)
		}
	}
}

// TestCommon holds the list to what it is said to be, and that none of it passes.
func TestCommon(t *testing.T) {
	ranks, longest := common()
	if len(ranks) < 10000 || ranks["123456"] != 1 || longest > 40 {
		t.Fatal(len(ranks), ranks["123456"], longest)
	}
	atLeast8, atLeast15 := 0, 0
	for word, rank := range ranks {
		n := utf8.RuneCountInString(word)
		if folded(word) != word || n < 4 || n != len(word) || strings.Contains(word, " ") {
			t.Errorf("%q cannot be found in a password", word)
		}
		if n >= 8 {
			atLeast8++
		}
		if n >= MinPassword {
			atLeast15++
		}
		if rank < 1 || rank > len(ranks) {
			t.Errorf("%q has rank %d", word, rank)
		}
		if bits := guessBits(word, nil); bits > math.Log2(float64(len(ranks)+1)) {
			t.Errorf("%q takes %.1f bits", word, bits)
		}
		if n >= MinPassword && CheckPassword(word) == nil {
			t.Errorf("%q passes", word)
		}
	}
	if atLeast8 < 3000 || atLeast15 < 40 {
		t.Error(atLeast8, atLeast15)
	}
	if !strings.Contains(commonText, "Permission is hereby granted") {
		t.Error("the list has lost its licence")
	}
}

// TestGuessBits by hand: the cheapest cut of each, in bits.
func TestGuessBits(t *testing.T) {
	for _, c := range []struct {
		password string
		names    []string
		want     float64
	}{
		{"", nil, 0},
		{"123456", nil, 1},                         // rank 1: log2 2
		{"Password", nil, math.Log2(3)},            // rank 2
		{"zß", nil, 2*charBits + sameBits},         // zss
		{"aa", nil, charBits + sameBits},           // and once more
		{"vxvx", nil, 2*charBits + sameBits},       // and once more
		{"123456123456", nil, 1 + sameBits},        // likewise
		{"wertyui", nil, runBits},                  // within a row
		{"iuytrew", nil, runBits},                  // the other way
		{"vxü", nil, 3 * charBits},                 // nothing known
		{"annika", []string{"Annika"}, sameBits},   // a name
		{"annika", []string{"Annika B"}, sameBits}, // a part of one
	} {
		if got := guessBits(c.password, c.names); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%q: %.3f bits, want %.3f", c.password, got, c.want)
		}
	}
}

// TestGuessLaws: two texts together take at most the guesses of both, one twice
// hardly more than once, and to know a name never makes it harder.
func TestGuessLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.SampledFrom([]string{"password", "123456", "segue", "a", "ab", "ü", "qwert", "x", " ", "猫", "Q", "ß"})
		draw := func(name string) string { return strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, name), "") }
		a, b := draw("a"), draw("b")
		bitsA, bitsB := guessBits(a, nil), guessBits(b, nil)
		if got := guessBits(a+b, nil); got > bitsA+bitsB+1e-9 {
			t.Fatalf("%q takes %.3f bits, its parts %.3f", a+b, got, bitsA+bitsB)
		}
		if got := guessBits(a+a, nil); got > bitsA+sameBits+1e-9 {
			t.Fatalf("%q takes %.3f bits, its half %.3f", a+a, got, bitsA)
		}
		if got := guessBits(a, []string{"segue"}); got > bitsA {
			t.Fatalf("%q takes %.3f bits with the name, %.3f without", a, got, bitsA)
		}
	})
}
