package account

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"segue"

	"pgregory.net/rapid"
)

func TestParseName(t *testing.T) {
	for _, c := range []struct{ typed, name, key string }{
		{"Anna", "Anna", "anna"},
		{"  Anna\t\n", "Anna", "anna"},
		{"Ａｎｎａ", "Ａｎｎａ", "anna"},
		{"Trần Minh Anh", "Trần Minh Anh", "trần minh anh"},
		{"Tra\u0302\u0300n", "Trần", "trần"}, // the same letters one by one
		{"STRASSE", "STRASSE", "strasse"},
		{"Straße", "Straße", "strasse"},
		{"ΣΊΣΥΦΟΣ", "ΣΊΣΥΦΟΣ", "σίσυφοσ"}, // final sigma folds too
		{"anna\u00a0b", "anna\u00a0b", "anna b"},
		{"anna@example.org", "anna@example.org", "anna@example.org"},
		{"あんな", "あんな", "あんな"},
		{"💜", "💜", "💜"},
		{strings.Repeat("x", 64), strings.Repeat("x", 64), strings.Repeat("x", 64)},
		{strings.Repeat("猫", 64), strings.Repeat("猫", 64), strings.Repeat("猫", 64)},
	} {
		name, key, err := ParseName(c.typed)
		if err != nil || name != c.name || key != c.key {
			t.Errorf("%q: %q, %q, %v; want %q, %q", c.typed, name, key, err, c.name, c.key)
		}
	}
	for _, typed := range []string{
		"", " ", "\u00a0", "\u3000",
		"an\x00na", "an\nna", "an\tna",
		"an\u200bna", "an\u00adna", "\u202eanna", "anna\ufe0f", "\u2060", "an\u034fna", // invisible, or turning about
		"\u3164", "an\u1160na", "an\uffa0na", "\u2800", // letters that show nothing
		"an\u2028na", "an\u1680na", // separators that are no space
		"an\ue000na", "an\U000E0FFFna", "an\ufffdna", "an\xffna", "\xc0\x80",
		"anna  b", "anna \u00a0b",
		"\u00a8anna", // a space and a mark by NFKC
		strings.Repeat("x", 65), strings.Repeat("x", 63) + "ß", strings.Repeat("💜", 51), strings.Repeat("ﷺ", 4), strings.Repeat("💜", 64), strings.Repeat("x", 1<<20),
	} {
		name, key, err := ParseName(typed)
		var input *segue.InputError
		if !errors.As(err, &input) || name != "" || key != "" {
			t.Errorf("%.40q is the name %.40q with key %.40q, %v", typed, name, key, err)
		} else if len(strings.TrimSpace(typed)) > 8 && strings.Contains(err.Error(), typed) {
			t.Errorf("%v tells the name", err)
		}
	}
}

// TestNameLaws: a key is its own key, and no change of case or of spaces around
// makes another.
func TestNameLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { nameLaws(t, rapid.String().Draw(t, "typed")) })
}

func FuzzParseName(f *testing.F) {
	for _, s := range []string{"Anna", "Straße", "ﷺ", "ΐ", "Ꭰ", "İ", "ǰ", "ᾼ", "\u0345\u0301", strings.Repeat("a", MaxName-1) + "ß"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { nameLaws(t, s) })
}

func nameLaws(t interface{ Fatalf(string, ...any) }, typed string) {
	name, key, err := ParseName(typed)
	if err != nil {
		return
	}
	if len(name) > maxName || len(key) > maxName || !utf8.ValidString(key) || key == "" {
		t.Fatalf("%q: name or key out of bounds", typed)
	}
	for _, same := range []string{name, key, " " + typed + " "} {
		if len(same) > maxTyped {
			continue
		}
		if _, k, err := ParseName(same); err != nil || k != key {
			t.Fatalf("%q has key %q, and %q has %q, %v", typed, key, same, k, err)
		}
	}
}
