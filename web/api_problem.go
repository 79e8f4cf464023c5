package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"segue/language"

	"github.com/danielgtaylor/huma/v2"
)

// A kind names what went wrong for programs: a word that stays, whatever the
// sentences beside it become.
type kind string

// The kinds of problems. Those of the first group are what is said of a code alone.
const (
	kindBadRequest  kind = "bad-request"
	kindNoToken     kind = "not-signed-in"
	kindForbidden   kind = "forbidden"
	kindNotFound    kind = "not-found"
	kindMethod      kind = "method-not-allowed"
	kindTooSlow     kind = "too-slow"
	kindConflict    kind = "conflict"
	kindVersion     kind = "version-is-another"
	kindTooLarge    kind = "too-large"
	kindContentType kind = "content-type"
	kindInvalid     kind = "invalid"
	kindNeedVersion kind = "version-required"
	kindTooMany     kind = "too-many-requests"
	kindFault       kind = "fault"
	kindUnavailable kind = "unavailable"
	kindDiskFull    kind = "disk-full"

	kindConsent     kind = "consent-required"
	kindScope       kind = "scope-required"
	kindWelcome     kind = "welcome-first"
	kindNoMusic     kind = "no-music"
	kindNoListening kind = "no-listening"
	kindTuning      kind = "still-tuning"
	kindUnderWay    kind = "import-under-way"
	kindNoStart     kind = "no-start"
	kindNoTarget    kind = "no-target"
	kindNoFit       kind = "no-fit"
	kindFixed       kind = "hour-is-fixed"
	kindUnreadable  kind = "unreadable-hour"
	kindBadFile     kind = "unreadable-file"
	kindKeyUsed     kind = "idempotency-key-used"
	kindKeyBusy     kind = "idempotency-key-in-progress"
)

// kindOfCode returns the kind of a problem of which nothing but its code is known.
func kindOfCode(code int) kind {
	switch code {
	case http.StatusUnauthorized:
		return kindNoToken
	case http.StatusForbidden:
		return kindForbidden
	case http.StatusNotFound:
		return kindNotFound
	case http.StatusMethodNotAllowed:
		return kindMethod
	case http.StatusRequestTimeout:
		return kindTooSlow
	case http.StatusConflict:
		return kindConflict
	case http.StatusPreconditionFailed:
		return kindVersion
	case http.StatusRequestEntityTooLarge:
		return kindTooLarge
	case http.StatusUnsupportedMediaType:
		return kindContentType
	case http.StatusUnprocessableEntity:
		return kindInvalid
	case http.StatusPreconditionRequired:
		return kindNeedVersion
	case http.StatusTooManyRequests:
		return kindTooMany
	case http.StatusServiceUnavailable:
		return kindUnavailable
	case http.StatusInsufficientStorage:
		return kindDiskFull
	case http.StatusInternalServerError:
		return kindFault
	}
	return kindBadRequest
}

// A problemKind tells a program's author what a kind means.
type apiProblemKind struct {
	ID     string `json:"id" example:"no-music" doc:"What a problem's type ends with."`
	Status int    `json:"status" example:"409" doc:"The code it comes with, most often."`
	About  string `json:"about" doc:"When it comes, and what to do."`
}

// problemKinds lists all kinds, in the order of their codes.
func problemKinds() []apiProblemKind {
	return []apiProblemKind{
		{string(kindBadRequest), 400, "The request cannot be read: no JSON, a key twice, letters that are no text."},
		{string(kindNoStart), 400, "Nothing says where the hour should start: name now."},
		{string(kindNoToken), 401, "The request brings no token, or one that is mistyped, unknown, expired or taken back. WWW-Authenticate says which way in there is."},
		{string(kindForbidden), 403, "It is not for who asks."},
		{string(kindScope), 403, "The token lacks a scope; the problem names it."},
		{string(kindConsent), 403, "The person has not agreed to what this needs; the problem names the purpose. Only they can agree."},
		{string(kindNotFound), 404, "There is nothing of the kind, or it belongs to somebody else: the answer is the same."},
		{string(kindMethod), 405, "The resource is there, and does not take this method. Allow names those it takes."},
		{string(kindTooSlow), 408, "The body did not come in time."},
		{string(kindConflict), 409, "Something else was changed at the same time. Read again, then decide."},
		{string(kindWelcome), 409, "Nobody answered the welcome yet: set something of me, or agree to something, first."},
		{string(kindNoMusic), 409, "There is no table of tracks yet: import one."},
		{string(kindNoListening), 409, "There is no listening history yet: import one."},
		{string(kindTuning), 409, "There is too little listening for a style yet. The gates of the persona say how much is missing."},
		{string(kindUnderWay), 409, "An import is under way, and there is one at a time."},
		{string(kindFixed), 409, "The music that the hour was made from is gone: it can be read, not changed."},
		{string(kindKeyBusy), 409, "A request with this Idempotency-Key is being answered. Ask again in a moment."},
		{string(kindVersion), 412, "If-Match names another version than the present one. Read again, then decide."},
		{string(kindTooLarge), 413, "The body is larger than it may be."},
		{string(kindContentType), 415, "The body is of a type that is not taken here."},
		{string(kindInvalid), 422, "The body or a parameter holds what it must not; errors names each place."},
		{string(kindNoTarget), 422, "This hour needs to be told where to lead: name a target, or stay."},
		{string(kindNoFit), 422, "No such hour can be made of this music, or the change does not fit. The detail says what is in the way."},
		{string(kindUnreadable), 422, "What is stored of the hour is damaged. It can be deleted."},
		{string(kindBadFile), 422, "A file cannot be read; the detail says which and why."},
		{string(kindKeyUsed), 422, "The Idempotency-Key was used for another request."},
		{string(kindNeedVersion), 428, "A change needs If-Match with the version that it was made for."},
		{string(kindTooMany), 429, "Too many requests. Retry-After says when to ask again."},
		{string(kindFault), 500, "A fault of the server. Nothing was lost."},
		{string(kindUnavailable), 503, "The server cannot do it just now: the database is busy, can only be read, or it is being stopped."},
		{string(kindDiskFull), 507, "The disk is full. Nothing of this was saved, and nothing saved before was lost."},
	}
}

// A problem is what the API says of an error, in the form of RFC 9457.
type apiProblem struct {
	Type    string       `json:"type" example:"/api/v1/problems#no-music" doc:"Names the kind of problem; /api/v1/problems lists all."`
	Title   string       `json:"title" example:"There is no music to look in yet" doc:"What is wrong, in the language asked for."`
	Status  int          `json:"status" example:"409" doc:"The code of the answer."`
	Detail  string       `json:"detail" doc:"What to do, in the language asked for."`
	Errors  []apiInvalid `json:"errors,omitempty" doc:"Every place where the request holds what it must not."`
	Purpose string       `json:"purpose,omitempty" example:"plays" doc:"The purpose that the person has not agreed to, of consent-required."`
	Scope   string       `json:"scope,omitempty" example:"hours:write" doc:"The scopes that the request needs, parted by spaces, of scope-required."`
}

// An invalid is one place of a request that holds what it must not. What stood there
// is not repeated.
type apiInvalid struct {
	Pointer   string `json:"pointer,omitempty" example:"#/minutes" doc:"A JSON pointer into the body, as a fragment (RFC 6901)."`
	Parameter string `json:"parameter,omitempty" example:"query/limit" doc:"The parameter, with where it stands: path, query or header."`
	Line      int    `json:"line,omitempty" doc:"The line of a tree, from 1 where it begins; absent where that is not known."`
	Detail    string `json:"detail" example:"expected number >= 10" doc:"What is wrong there."`
}

// problemOf makes a problem of an error, by the one table of errors there is.
func problemOf(t *language.Tongue, err error) (apiProblem, *wrong) {
	e := status(t, err)
	k := e.kind
	if k == "" {
		k = kindOfCode(e.code)
	}
	p := apiProblem{Type: problemBase + string(k), Title: e.what, Status: e.code, Detail: e.todo, Purpose: string(e.purpose)}
	if in, ok := err.(*unread); ok {
		p.Errors = in.errors
	}
	if lacks, ok := err.(*lacking); ok {
		p.Scope = lacks.scopes
	}
	return p, e
}

const problemBase = "/api/v1/problems#"

// An unread is a wrong of a request whose every place is told.
type unread struct {
	*wrong
	errors []apiInvalid
}

func (u *unread) Unwrap() error { return u.wrong }

// A lacking is a wrong of a token that may not do what it is used for.
type lacking struct {
	*wrong
	scopes string
}

func (l *lacking) Unwrap() error { return l.wrong }

// writeProblem answers with a problem.
func writeProblem(w http.ResponseWriter, r *http.Request, t *language.Tongue, p apiProblem) {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings and numbers
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Language", t.Code())
	h.Set("Vary", "Accept-Language, Authorization")
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b) // a reader who left needs no answer
	}
}

// invalidOf says what huma found wrong with a request: parameters and body were held
// to the description.
func invalidOf(t *language.Tongue, found *huma.ErrorModel) error {
	u := &unread{wrong: &wrong{code: found.Status, what: t.Say("That could not be read"), todo: t.Say("Nothing was changed. The list of errors names every place that holds what it must not.")}}
	if found.Detail == "request body is required" {
		u.todo = t.Say("Nothing was changed. The request needs a body, and it is JSON.")
	}
	for _, e := range found.Errors {
		if e == nil {
			continue
		}
		one := apiInvalid{Detail: faultWords(t, e.Message)}
		switch where, rest, _ := strings.Cut(e.Location, "."); where {
		case "path", "query", "header":
			one.Parameter = where + "/" + rest
		case "body":
			one.Pointer = pointerOf(rest)
		}
		// A property that is missing is named in the sentence; it is no place yet.
		u.errors = append(u.errors, one)
	}
	if len(u.errors) > mostInvalid {
		u.errors = u.errors[:mostInvalid]
	}
	return u
}

// mostInvalid is how many places a problem names. (d)
const mostInvalid = 50

// pointerOf writes a place as huma names it, a.b[3].c, as a JSON pointer.
func pointerOf(place string) string {
	if place == "" {
		return "#"
	}
	var b strings.Builder
	b.WriteString("#/")
	for i := 0; i < len(place); i++ {
		switch c := place[i]; c {
		case '.', '[':
			b.WriteByte('/')
		case ']':
		case '~':
			b.WriteString("~0")
		case '/':
			b.WriteString("~1")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
