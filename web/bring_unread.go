package web

import (
	"errors"
	"net/http"
	"strings"

	"segue"
)

// unreadPage says why nothing was brought, with a way to try again. What is not a
// person's to mend is an error like any other.
func (v *visit) unreadPage(w http.ResponseWriter, r *http.Request, err error) error {
	e := status(v.Tongue, v.unread(err))
	if e.code == http.StatusInternalServerError {
		return err
	}
	return v.show(w, r, e.code, page{Title: e.what, Head: []string{"bring.js"}}, unreadPage(v, e))
}

// unread says why what was brought could not be read, in the listener's language.
func (v *visit) unread(err error) error {
	var input *segue.InputError
	if !errors.As(err, &input) {
		return err
	}
	line := strings.TrimRight(input.Line(v.Say), ".")
	return &wrong{code: http.StatusUnprocessableEntity, what: v.Say("That file could not be read"), todo: line + ". " + v.Say("Nothing of it was kept."), kind: kindBadFile}
}
