package language

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"golang.org/x/text/language"
)

// A Tongue is a language to say things in. It is immutable and safe for many
// goroutines; nil is English.
type Tongue struct {
	code    string
	name    string            // as its speakers write it
	decimal string            // between a number and its decimals
	texts   map[string]string // English to this language
}

//go:embed */*.json
var files embed.FS

// tongues reads the language files, once: they are part of the program, so that
// one that cannot be read is a mistake of the build.
var tongues = sync.OnceValue(func() []*Tongue {
	all := []*Tongue{{code: "en", name: "English", decimal: "."}}
	for _, t := range []*Tongue{{code: "vi", name: "Tiếng Việt", decimal: ","}} {
		t.texts = map[string]string{}
		err := Each(t.code, func(file, text, said string) error {
			if _, twice := t.texts[text]; twice {
				return fmt.Errorf("%s: %q stands in two files", file, text)
			}
			t.texts[text] = said
			return nil
		})
		if err != nil {
			panic("language: " + err.Error())
		}
		all = append(all, t)
	}
	return all
})

// Each calls do for every text of a language's files, in the order of the files
// and of the texts: what it takes to check them.
func Each(code string, do func(file, text, said string) error) error {
	paths, err := fs.Glob(files, code+"/*.json")
	if err != nil {
		return err
	}
	for _, path := range paths {
		b, err := files.ReadFile(path)
		if err != nil {
			return err
		}
		texts := map[string]string{}
		if err := json.Unmarshal(b, &texts); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		keys := make([]string, 0, len(texts))
		for text := range texts {
			keys = append(keys, text)
		}
		slices.Sort(keys)
		for _, text := range keys {
			if err := do(path, text, texts[text]); err != nil {
				return err
			}
		}
	}
	return nil
}

// All returns every language, English first.
func All() []*Tongue { return slices.Clone(tongues()) }

// English returns the language the texts are written in.
func English() *Tongue { return tongues()[0] }

// Of returns the language of a code, such as "vi", and whether there is one.
func Of(code string) (*Tongue, bool) {
	for _, t := range tongues() {
		if t.code == code {
			return t, true
		}
	}
	return nil, false
}

// Preferred returns the language that suits an Accept-Language header best
// (RFC 9110, 12.5.4), English if none does or the header makes no sense.
func Preferred(accept string) *Tongue {
	wanted, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(wanted) == 0 {
		return English()
	}
	var have []language.Tag
	for _, t := range tongues() {
		have = append(have, language.Make(t.code))
	}
	_, i, sure := language.NewMatcher(have).Match(wanted...)
	if sure == language.No {
		return English()
	}
	return tongues()[i]
}

// Code returns the language's code (BCP 47), such as "vi".
func (t *Tongue) Code() string {
	if t == nil {
		return "en"
	}
	return t.code
}

// Name returns what speakers of the language call it.
func (t *Tongue) Name() string {
	if t == nil {
		return "English"
	}
	return t.name
}

// english reports whether texts are said as they are written.
func (t *Tongue) english() bool { return t == nil || t.texts == nil }

// Text marks a text that reaches Say as a variable, and returns it unchanged.
func Text(english string) string { return english }

// Say returns the text in the language. With arguments the text is a format as
// in package fmt; numbers among them get the language's decimal sign. A text the
// language lacks is said in English.
func (t *Tongue) Say(english string, args ...any) string {
	said := english
	if !t.english() {
		if s, ok := t.texts[english]; ok {
			said = s
		}
	}
	if len(args) == 0 {
		return said
	}
	if t.english() {
		return fmt.Sprintf(said, args...)
	}
	own := make([]any, len(args))
	for i, a := range args {
		if v, ok := a.(float64); ok {
			a = local{v, t}
		}
		own[i] = a
	}
	return fmt.Sprintf(said, own...)
}

// Has reports whether the language has the text; English has all.
func (t *Tongue) Has(english string) bool {
	if t.english() {
		return true
	}
	_, ok := t.texts[english]
	return ok
}
