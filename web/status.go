package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"segue"
	"segue/language"
	"segue/playlist"
	"segue/recommend"
	"segue/store"
)

// ErrNoMusic says that there is no table of tracks yet.
var ErrNoMusic = errors.New("there is no table of tracks yet")

// A wrong is an error that a person can do something about: what is wrong, and
// what to do, said in their language by whoever found it.
type wrong struct {
	code  int
	what  string // a short sentence, the page's title
	todo  string // what to do
	mend  string // path of the page where to do it, empty if there is none
	cause error  // for the log; may be nil

	kind    kind          // what programs know it by; empty is that of the code
	purpose store.Purpose // whose consent is missing; empty where none is
}

func (w *wrong) Error() string {
	if w.cause != nil {
		return fmt.Sprintf("%s (%d): %v", w.what, w.code, w.cause)
	}
	return fmt.Sprintf("%s (%d)", w.what, w.code)
}

func (w *wrong) Unwrap() error { return w.cause }

// notFound says that there is nothing at an address, or no more.
func notFound(t *language.Tongue) error {
	return &wrong{code: http.StatusNotFound, what: t.Say("There is nothing here"), todo: t.Say("The address may be mistyped, or what stood here was deleted.")}
}

// misread says that a form did not hold what its page asks for.
func misread(t *language.Tongue, todo string) error {
	return &wrong{code: http.StatusBadRequest, what: t.Say("That could not be read"), todo: todo}
}

// status is the one place where an error becomes a code and what a page says.
func status(t *language.Tongue, err error) *wrong {
	var known *wrong
	var input *segue.InputError
	var large *http.MaxBytesError
	as := func(code int, what, todo string) *wrong {
		return &wrong{code: code, what: what, todo: todo, cause: err}
	}
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, ErrNoMusic):
		none := as(http.StatusConflict, t.Say("There is no music to look in yet"), t.Say("Segue places your listening with the help of a table of tracks and how they sound. Bring one, or try the demo listener."))
		none.mend, none.kind = "/bring", kindNoMusic
		return none
	case errors.Is(err, store.ErrNotFound):
		return as(http.StatusNotFound, t.Say("There is nothing here"), t.Say("The address may be mistyped, or what stood here was deleted."))
	case errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrConsent):
		return as(http.StatusConflict, t.Say("This was changed in another window"), t.Say("Nothing was lost and nothing was changed now. Open it again to see how it stands."))
	case errors.Is(err, store.ErrFull):
		return as(http.StatusInsufficientStorage, t.Say("The disk is full"), t.Say("Nothing of this was saved, and nothing saved before was lost. Make some room and try again."))
	case errors.Is(err, store.ErrReadOnly):
		return as(http.StatusServiceUnavailable, t.Say("Your data cannot be written"), t.Say("Segue may read its database but not change it. Nothing was lost. Let whoever runs Segue give it write access, then try again."))
	case errors.Is(err, store.ErrBusy):
		return as(http.StatusServiceUnavailable, t.Say("Your data is in use"), t.Say("Another program holds the database. Nothing was lost. Close it there and try again."))
	case errors.Is(err, store.ErrGone):
		return as(http.StatusServiceUnavailable, t.Say("Your data cannot be reached"), t.Say("The database does not answer at the moment. Nothing saved before was lost. Look whether your last change is there before you make it again."))
	case errors.Is(err, store.ErrTraces):
		return as(http.StatusServiceUnavailable, t.Say("Deleted, but not yet swept"), t.Say("It is deleted. Traces of it may be left in Segue’s file, as another program was reading it or the disk was full. Do the same once more, and they are swept."))
	case errors.Is(err, store.ErrDamaged):
		return as(http.StatusServiceUnavailable, t.Say("Your data cannot be read"), t.Say("The database file is damaged. Nothing was changed. Restore a backup, or an export you downloaded."))
	case errors.Is(err, store.ErrInvalid):
		return as(http.StatusBadRequest, t.Say("That could not be read"), t.Say("Nothing was changed. Try again."))
	case errors.As(err, &large):
		return as(http.StatusRequestEntityTooLarge, t.Say("That is too much at once"), t.Say("Nothing of it was kept. Bring a smaller file."))
	case errors.As(err, &input):
		bad := as(http.StatusUnprocessableEntity, t.Say("That file could not be read"), input.Error())
		bad.kind = kindBadFile
		return bad
	case recommend.NeedsStart(err):
		start := as(http.StatusBadRequest, t.Say("Where does it begin?"), t.Say("Say how you are now, with one tap, and the hour starts there."))
		start.mend, start.kind = "/now", kindNoStart
		return start
	case errors.Is(err, playlist.ErrNoPlaylist), errors.Is(err, playlist.ErrNoFit):
		none := as(http.StatusUnprocessableEntity, t.Say("No such hour can be made of this music"), err.Error())
		none.kind = kindNoFit
		return none
	case errors.Is(err, segue.ErrUsage):
		return as(http.StatusBadRequest, t.Say("That cannot be done"), err.Error())
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return as(http.StatusServiceUnavailable, t.Say("This was stopped"), t.Say("Nothing was changed. Try again."))
	}
	return as(http.StatusInternalServerError, t.Say("Something went wrong here"), t.Say("It is Segue’s fault and not yours. Nothing was lost. Try again; if it stays, what the program printed tells more."))
}
