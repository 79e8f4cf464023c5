package playlist

import (
	"errors"

	"segue"
	"segue/language"
)

// A Refusal says why what was asked cannot be had, in the language of the library:
// what a page shows of an error that wraps ErrNoPlaylist, ErrNoFit, ErrNoEdit or
// segue.ErrUsage. Where one error wraps another, errors.As finds the reason itself.
type Refusal struct {
	Kind   error  // one of those
	Reason string // a sentence without its capital and its full stop, or several, parted by semicolons

	text string // of a reason that was found without a library, and is in English
	args []any
}

// Error returns the kind and the reason in one line.
func (r *Refusal) Error() string {
	if errors.Is(r.Kind, segue.ErrUsage) {
		return segue.ErrUsage.Error() + ": " + r.Reason
	}
	return r.Kind.Error() + ": " + r.Reason
}

// Unwrap returns the kind.
func (r *Refusal) Unwrap() error { return r.Kind }

// In returns the reason in a language, where it was found without a library; else as
// the library says it.
func (r *Refusal) In(t *language.Tongue) string {
	if r.text == "" {
		return r.Reason
	}
	return t.Say(r.text, r.args...)
}

// refused returns an error of the call that is found without a library.
func refused(text string, args ...any) error {
	return &Refusal{Kind: segue.ErrUsage, Reason: words{}.say(text, args...), text: text, args: args}
}

// refuse says a reason that was found without the library in its language.
func (w words) refuse(err error) error {
	var r *Refusal
	if !errors.As(err, &r) || r.text == "" {
		return err
	}
	return &Refusal{Kind: r.Kind, Reason: r.In(w.tongue)}
}

// misuse returns an error of the call: it wraps segue.ErrUsage.
func misuse(reason string) error { return &Refusal{Kind: segue.ErrUsage, Reason: reason} }

// unfit returns an error wrapping ErrNoFit.
func unfit(reason string) error { return &Refusal{Kind: ErrNoFit, Reason: reason} }

// impossible returns an error wrapping ErrNoPlaylist.
func impossible(reason string) error { return &Refusal{Kind: ErrNoPlaylist, Reason: reason} }
