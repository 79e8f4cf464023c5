package web

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"segue/account"

	"github.com/danielgtaylor/huma/v2"
)

// apiTags are the parts of the API, in the order of the listener's way.
func apiTags() []*huma.Tag {
	return []*huma.Tag{
		{Name: "me", Description: "Who asks: settings, what was agreed to, what is kept, and the way out with all of it."},
		{Name: "imports", Description: "Bringing listening histories and tables of tracks."},
		{Name: "listening", Description: "What was heard: moods with their uncertainty, sessions, the way of a week."},
		{Name: "persona", Description: "The listening style: why, how sure, its card, what is offered."},
		{Name: "hours", Description: "Check-ins, hours of music and their edits, how they felt, what came of them."},
		{Name: "lab", Description: "The laboratory: the tracks, curves and models, versions of models and of the trees, and which of them everybody's answers come by."},
		{Name: "people", Description: "For those who run a service: accounts, invitations, what happened; and all who agreed to it, together. On a server for one person there is nothing of it."},
		{Name: "description", Description: "The API about itself."},
	}
}

// complete adds to the description of an operation what all of a kind have in common:
// scopes, codes, keys, examples.
func (a *api) complete(op *operation) {
	o := a.described(op)
	o.Description = op.about
	if len(op.scopes) > 0 {
		scopes := make([]string, len(op.scopes))
		for i, s := range op.scopes {
			scopes[i] = string(s)
		}
		o.Description = strings.TrimSpace(o.Description + "\n\nNeeds the scope `" + strings.Join(scopes, "` and `") + "`.")
		o.Extensions["x-scope"] = scopes
		o.Security = []map[string][]string{{"token": {}}, {}} // on the server of one person none is needed
	} else {
		o.Security = []map[string][]string{{}}
	}
	if op.method == http.MethodPost && !op.secret {
		o.Parameters = append(o.Parameters, &huma.Param{
			Name: idempotencyKey, In: "header", Description: "1 to 128 visible characters of ASCII, new for each thing to do. The same request with the same key within a day is answered as before, and not done again.",
			Schema: &huma.Schema{Type: huma.TypeString, MinLength: new(1), MaxLength: new(mostKey), Pattern: "^[!-~]+$"},
		})
	}
	for _, p := range o.Parameters {
		if p.Schema != nil && p.Description == "" {
			p.Description = p.Schema.Description
		}
	}
	if op.example != nil && o.RequestBody != nil {
		o.RequestBody.Content["application/json"].Example = op.example
	}
	done := o.Responses[strconv.Itoa(o.DefaultStatus)]
	if op.answers != nil {
		done.Content = op.answers
	}
	for _, content := range done.Content {
		if content.Example == nil && content.Schema != nil && content.Schema.Ref != "" {
			content.Example = op.shows
		}
	}
	faulty := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[apiProblem](), true, "")
	for _, code := range op.faults() {
		o.Responses[strconv.Itoa(code)] = &huma.Response{Description: http.StatusText(code), Content: map[string]*huma.MediaType{"application/problem+json": {Schema: faulty}}}
	}
	if op.method == http.MethodGet && op.answers == nil {
		o.Responses["304"] = &huma.Response{Description: "Not modified: If-None-Match names what there is"}
	}
}

// described returns the description of an operation.
func (a *api) described(op *operation) *huma.Operation {
	at := a.huma.OpenAPI().Paths[op.path]
	switch op.method {
	case http.MethodGet:
		return at.Get
	case http.MethodPost:
		return at.Post
	case http.MethodPut:
		return at.Put
	case http.MethodPatch:
		return at.Patch
	}
	return at.Delete
}

// faults returns the codes of the problems that an operation may answer with.
func (op *operation) faults() []int {
	codes := append([]int{http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable}, op.codes...)
	if !op.open {
		codes = append(codes, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests)
		if !op.early {
			codes = append(codes, http.StatusConflict)
		}
	}
	if op.takes || op.upload {
		codes = append(codes, http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if strings.Contains(op.path, "{") {
		codes = append(codes, http.StatusNotFound)
	}
	if op.method == http.MethodPost {
		codes = append(codes, http.StatusConflict, http.StatusBadRequest)
	}
	if op.keeps != reads || op.upload {
		codes = append(codes, http.StatusConflict, http.StatusInsufficientStorage)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// finish closes the description: it does not change from here on.
func (a *api) finish() {
	o := a.huma.OpenAPI()
	for _, none := range []string{"V2ErrorModel", "V2ErrorDetail"} { // huma's own errors, which are never sent
		delete(o.Components.Schemas.Map(), none)
	}
	mendNulls(o.Components.Schemas)
	// Both are written when somebody asks: it takes longer than all else of a start.
	a.json = sync.OnceValue(func() []byte {
		b, err := json.MarshalIndent(o, "", "  ")
		if err != nil {
			panic(err) // of our own types
		}
		return append(b, '\n')
	})
	a.yaml = sync.OnceValue(func() []byte {
		b, err := o.YAML()
		if err != nil {
			panic(err)
		}
		return b
	})
}

// Description returns the description of the JSON API, OpenAPI 3.1 as JSON: what a
// server answers at /api/v1/openapi.json.
func Description() []byte { return newAPI(nil).json() }

// Description30 returns it as OpenAPI 3.0.3, for makers of clients, which read no
// later one. All problems of an operation are one answer there: a client handles them
// alike.
func Description30() ([]byte, error) {
	b, err := newAPI(nil).huma.OpenAPI().Downgrade()
	if err != nil {
		return nil, err
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, err
	}
	olderNulls(v)
	oneProblem(v.(map[string]any)["paths"].(map[string]any))
	b, err = json.MarshalIndent(v, "", "  ")
	return append(b, '\n'), err
}

// oneProblem puts the problems of all operations together.
func oneProblem(paths map[string]any) {
	for _, path := range paths {
		for _, op := range path.(map[string]any) {
			answers := op.(map[string]any)["responses"].(map[string]any)
			for code, answer := range answers {
				if code[0] == '4' || code[0] == '5' {
					answers["default"] = answer
					delete(answers, code)
				}
			}
			if d, ok := answers["default"].(map[string]any); ok {
				d["description"] = "A problem"
			}
			delete(answers, "304")
		}
	}
}

// olderNulls writes what may be null or a schema as 3.0 does.
func olderNulls(v any) {
	switch v := v.(type) {
	case map[string]any:
		if either, ok := v["anyOf"].([]any); ok && len(either) == 2 {
			if none, ok := either[1].(map[string]any); ok && none["type"] == "null" {
				delete(v, "anyOf")
				v["allOf"], v["nullable"] = either[:1], true
			}
		}
		for _, inner := range v {
			olderNulls(inner)
		}
	case []any:
		for _, inner := range v {
			olderNulls(inner)
		}
	}
}

// describeDescription adds what the API says of itself, to anybody.
func (a *api) describeDescription() {
	for path, kind := range map[string]string{"/openapi.json": "application/vnd.oai.openapi+json;version=3.1", "/openapi.yaml": "application/vnd.oai.openapi;version=3.1"} {
		pattern := "GET " + apiBase + path
		a.ops[pattern] = &operation{id: "getDescription", open: true, method: http.MethodGet}
		a.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			body := a.json
			if strings.HasSuffix(path, ".yaml") {
				body = a.yaml
			}
			_, _ = w.Write(body()) // into a recording
		})
	}
	operate(a, operation{
		id: "listProblems", method: http.MethodGet, path: "/problems", tag: "description", title: "List the kinds of problems",
		about: "Every error is a problem of RFC 9457, whose type ends with one of these.", open: true,
	}, func(context.Context, *call, *struct{}) (*answered[apiList[apiProblemKind]], error) {
		return listed(problemKinds(), ""), nil
	})
	operate(a, operation{
		id: "listScopes", method: http.MethodGet, path: "/scopes", tag: "description", title: "List the scopes",
		about: "What a token may be made for.", open: true,
	}, func(context.Context, *call, *struct{}) (*answered[apiList[apiScope]], error) {
		var all []apiScope
		for _, s := range account.Scopes() {
			all = append(all, apiScope{string(s)})
		}
		return listed(all, ""), nil
	})
}

// A scope is a part of what a token may do.
type apiScope struct {
	Scope string `json:"scope" example:"hours:read" doc:"As tokens and operations name it."`
}
