package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"

	"segue/account"
	"segue/language"

	"github.com/danielgtaylor/huma/v2"
)

// The JSON API answers at /api/v1/ for programs what the pages answer for people, out
// of the same functions. The way of a request there: call (which operation, and who
// asks) → readBody (bounded, plain JSON) → once (a POST that was answered before is
// not done again) → huma (held to the description) → an operation, which returns an
// answer or an error → status → a problem. docs/api.md is for who asks.

// apiBase is where the API lies.
const apiBase = "/api/v1"

// An api answers at every address below apiBase.
type api struct {
	server *Server
	mux    *http.ServeMux
	huma   huma.API
	ops    map[string]*operation // by the pattern of the mux
	order  []*operation          // those of the description, as they were added

	rate, failures *account.Throttle // of accounts, and of addresses that bring no good token

	json, yaml func() []byte // the description
}

// Keeping says what an operation does to what somebody keeps; see alone and beside.
type keeping int

const (
	reads     keeping = iota
	writes            // where consents say so, beside others
	overturns         // consents, settings or everything: alone
)

// An operation is what the API does at an address by a method.
type operation struct {
	id     string // stable: generated clients name their functions by it
	method string
	path   string // below apiBase
	tag    string
	title  string // of a few words
	about  string

	scopes  []account.Scope // all of them are needed
	open    bool            // anybody may ask
	keeps   keeping
	loaded  bool // waits for the music before it holds up others
	early   bool // also of who has not answered the welcome
	takes   bool // a body of JSON
	most    int  // bytes of that body; 0 is maxJSON
	upload  bool // files; it reads the body itself
	secret  bool // its answer holds a secret, and is not kept to be answered again
	status  int  // of success; 0 is 200, or 204 without a body
	codes   []int
	example any                        // of the body
	shows   any                        // an example of the answer
	answers map[string]*huma.MediaType // what it answers beside JSON
}

// A call is a request to the API and who makes it.
type call struct {
	*visit
	api *api
	op  *operation
	w   http.ResponseWriter
	r   *http.Request

	grant    grant
	body     []byte // of JSON; nil for others
	err      error  // why there is no answer
	streamed bool   // the answer was written already
}

// callKey is where a request's context holds its call.
type callKey struct{}

// newAPI describes and answers all operations.
func newAPI(s *Server) *api {
	a := &api{
		server: s, mux: http.NewServeMux(), ops: map[string]*operation{},
		rate: account.NewThrottle(apiRate(), apiKeys), failures: account.NewThrottle(apiFailureRate(), apiKeys),
	}
	a.huma = newHuma(a.mux)
	a.describeMe()
	a.describeConsents()
	a.describeImports()
	a.describeListening()
	a.describePersona()
	a.describeHours()
	a.describeEdits()
	a.describeOutcomes()
	a.describeTaste()
	a.describeEvents()
	a.describeOwn()
	a.describeAdaptation()
	a.describeLab()
	a.describePeople()
	a.describeDescription()
	a.finish()
	return a
}

// operate makes h answer an operation. It is called with nothing in the way: who asks
// may, and what keeps others waiting is held.
func operate[I, O any](a *api, op operation, h func(ctx context.Context, c *call, in *I) (*O, error)) {
	at := &op
	described := huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Tags: []string{op.tag}, Summary: op.title,
		DefaultStatus: op.status, MaxBodyBytes: -1, BodyReadTimeout: -1, // the body was read already
		RejectUnknownQueryParameters: true, Responses: map[string]*huma.Response{},
		Extensions: map[string]any{},
	}
	a.ops[op.method+" "+apiBase+op.path] = at
	a.order = append(a.order, at)
	huma.Register(a.huma, described, func(ctx context.Context, in *I) (*O, error) {
		c := ctx.Value(callKey{}).(*call)
		var out *O
		out, c.err = guarded(ctx, c, func() (*O, error) { return h(ctx, c, in) })
		if c.err != nil {
			return nil, errNoAnswer{}
		}
		return out, nil
	})
	a.complete(at)
}

// guarded does what an operation does once nothing it rests on can change.
func guarded[O any](ctx context.Context, c *call, do func() (*O, error)) (*O, error) {
	if c.op.loaded && c.known {
		_, _ = c.portrait(ctx) // what goes wrong with it is the operation's to find
	}
	changing := &c.api.server.changing
	switch c.op.keeps {
	case writes:
		defer changing.beside(c.self)()
	case overturns:
		defer changing.alone(c.self)()
	}
	if c.op.keeps != reads {
		if err := c.anew(ctx); err != nil {
			return nil, err
		}
	}
	if !c.op.open && !c.op.early && !c.known {
		return nil, &wrong{code: http.StatusConflict, kind: kindWelcome, what: c.Say("Nobody answered the welcome yet"), todo: c.Say("Say first what Segue may keep, on its first page or by the API.")}
	}
	return do()
}

// errNoAnswer ends an operation in huma's hands; why stands in the call.
type errNoAnswer struct{}

func (errNoAnswer) Error() string  { return "no answer" }
func (errNoAnswer) GetStatus() int { return http.StatusInternalServerError }

// ServeHTTP answers with what was asked for, or with a problem.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s := a.server
	c := &call{api: a, w: w, r: r, visit: &visit{Tongue: language.Preferred(r.Header.Get("Accept-Language")), server: s, at: s.now()}}
	err := rescued(func() error { return a.answer(c) })
	if err == nil || c.streamed {
		return
	}
	if errors.Is(err, ErrNoMusic) {
		err = c.ofService(status(c.Tongue, err))
	}
	p, e := problemOf(c.Tongue, err)
	if e.code >= http.StatusInternalServerError && r.Context().Err() == nil { // else nobody waits for the answer
		// The operation and not the path, as for pages.
		route := "/api/v1/"
		if c.op != nil {
			route = c.op.id
		}
		s.o.Log.LogAttrs(r.Context(), slog.LevelError, "an operation failed", slog.String("route", route), slog.Int("status", e.code), slog.String("kind", kindOf(e.cause)))
	}
	writeProblem(w, r, c.Tongue, p)
}

// answer takes a request's way, and returns why it came to no answer.
func (a *api) answer(c *call) error {
	if err := a.find(c); err != nil {
		return err
	}
	if err := c.admit(); err != nil {
		return err
	}
	if err := c.readBody(); err != nil {
		return err
	}
	return c.once(func(rec *recording) error {
		a.mux.ServeHTTP(rec, c.r.WithContext(context.WithValue(c.r.Context(), callKey{}, c)))
		return c.err
	})
}

// find finds the operation of a request.
func (a *api) find(c *call) error {
	_, pattern := a.mux.Handler(c.r)
	if op, ok := a.ops[pattern]; ok {
		c.op = op
		c.r.Pattern = pattern // for the log and the metrics
		return nil
	}
	var takes []string
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		other := *c.r
		other.Method = method
		if _, pattern := a.mux.Handler(&other); a.ops[pattern] != nil {
			takes = append(takes, method)
		}
	}
	if len(takes) == 0 {
		return notFound(c.Tongue)
	}
	if takes[0] == "GET" {
		takes = slices.Insert(takes, 1, "HEAD")
	}
	c.w.Header().Set("Allow", strings.Join(takes, ", "))
	return &wrong{code: http.StatusMethodNotAllowed, what: c.Say("That cannot be done"), todo: c.Say("This address takes %s.", strings.Join(takes, ", "))}
}

// A recording is an answer that is held until it is whole.
type recording struct {
	code int
	head http.Header
	body bytes.Buffer
}

// Header implements http.ResponseWriter.
func (r *recording) Header() http.Header { return r.head }

// WriteHeader implements http.ResponseWriter.
func (r *recording) WriteHeader(code int) {
	if r.code == 0 {
		r.code = code
	}
}

// Write implements http.ResponseWriter.
func (r *recording) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

// dress gives an answer the headers that follow from what it holds.
func (c *call) dress(rec *recording) {
	if rec.code == 0 {
		rec.code = http.StatusOK
	}
	h := rec.head
	h.Set("Vary", "Accept-Language, Authorization")
	if strings.HasPrefix(h.Get("Content-Type"), "application/json") {
		h.Set("Content-Language", c.Code())
	}
	if version := strings.Trim(h.Get("ETag"), `"`); version != "" || c.reading() && rec.code == http.StatusOK {
		// What is said of a version differs by language, too.
		sum := sha256.Sum256(rec.body.Bytes())
		tag := hex.EncodeToString(sum[:12])
		if version != "" {
			tag = version + "-" + tag
		}
		h.Set("ETag", `"`+tag+`"`)
	}
}

func (c *call) reading() bool { return c.r.Method == http.MethodGet || c.r.Method == http.MethodHead }

// send writes an answer. One that the asker has already is not sent again.
func (c *call) send(rec *recording) {
	h := c.w.Header()
	maps.Copy(h, rec.head)
	if c.reading() && rec.code == http.StatusOK && names(c.r.Header.Get("If-None-Match"), h.Get("ETag")) {
		h.Del("Content-Type")
		c.w.WriteHeader(http.StatusNotModified)
		return
	}
	c.w.WriteHeader(rec.code)
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(rec.body.Bytes()) // a reader who left needs no answer
	}
}

// names reports whether a list of entity tags names one, or any; weak ones count as
// the same. (RFC 9110 §13.1.2)
func names(list, tag string) bool {
	for one := range strings.SplitSeq(list, ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.TrimPrefix(one, "W/") == tag {
			return true
		}
	}
	return false
}
