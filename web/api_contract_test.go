package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"segue/account"
	"segue/outcome/experiment"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A contract is the description as anybody may read it, with a validator that is not
// the one which holds requests to it.
type contract struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
	mu       sync.Mutex
	compiled map[string]*jsonschema.Schema
}

var contractOnce = sync.OnceValue(func() *contract {
	c := &contract{compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	c.compiler.AssertFormat()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Description()))
	if err == nil {
		err = c.compiler.AddResource("openapi.json", doc)
	}
	if err != nil {
		panic(err)
	}
	c.doc = doc.(map[string]any)
	return c
})

// schema returns the schema at a pointer into the description.
func (c *contract) schema(pointer ...string) (*jsonschema.Schema, error) {
	for i, p := range pointer {
		pointer[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(p)
	}
	at := "openapi.json#/" + strings.Join(pointer, "/")
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.compiled[at]; ok {
		return s, nil
	}
	s, err := c.compiler.Compile(at)
	c.compiled[at] = s
	return s, err
}

// find returns the path and operation of the description that a request means; nil
// if none.
func (c *contract) find(method, path string) (string, map[string]any) {
	path, _, _ = strings.Cut(path, "?")
	asked := strings.Split(path, "/")
	if method == "HEAD" {
		method = "GET"
	}
	for _, at := range slices.Sorted(maps.Keys(c.doc["paths"].(map[string]any))) {
		parts := strings.Split(at, "/")
		if len(parts) != len(asked) {
			continue
		}
		fits := true
		for i := range parts {
			fits = fits && (parts[i] == asked[i] || strings.HasPrefix(parts[i], "{") && asked[i] != "")
		}
		if op, ok := c.doc["paths"].(map[string]any)[at].(map[string]any)[strings.ToLower(method)].(map[string]any); ok && fits {
			return at, op
		}
	}
	return "", nil
}

// described holds an answer to the description: its code is one that the operation
// lists, its type one of that code, and its body fits the schema.
func described(t testing.TB, method, path string, w *httptest.ResponseRecorder) {
	t.Helper()
	c := contractOnce()
	about := fmt.Sprintf("%s %.120q: %d", method, path, w.Code)
	if w.Code >= 500 {
		t.Errorf("%s: %.400s", about, w.Body)
	}
	at, op := c.find(method, path)
	kind, _, _ := mime.ParseMediaType(w.Header().Get("Content-Type"))
	if op == nil {
		if w.Code != http.StatusNotFound && w.Code != http.StatusMethodNotAllowed && !strings.HasPrefix(path, "/openapi.") || w.Code >= 400 && kind != "application/problem+json" {
			t.Errorf("%s, %s, and it is not described", about, kind)
		}
		return
	}
	responses := op["responses"].(map[string]any)
	code := strconv.Itoa(w.Code)
	answer, ok := responses[code].(map[string]any)
	if !ok {
		t.Errorf("%s is not described, only %v: %.400s", about, slices.Sorted(maps.Keys(responses)), w.Body)
		return
	}
	content, _ := answer["content"].(map[string]any)
	if len(content) == 0 || method == "HEAD" {
		if w.Body.Len() > 0 {
			t.Errorf("%s: a body that is not described: %.200s", about, w.Body)
		}
		return
	}
	if _, ok := content[kind]; !ok {
		t.Errorf("%s: %q is not described, only %v", about, kind, slices.Sorted(maps.Keys(content)))
		return
	}
	if !strings.HasSuffix(kind, "json") || kind == "application/jspf+json" {
		return
	}
	schema, err := c.schema("paths", at, strings.ToLower(strings.Replace(method, "HEAD", "GET", 1)), "responses", code, "content", kind, "schema")
	if err != nil {
		t.Fatalf("%s: %v", about, err)
	}
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err == nil {
		err = schema.Validate(body)
	}
	if err != nil {
		t.Errorf("%s: %.1500v\n%.400s", about, err, w.Body)
	}
}

// A drawer draws values that fit a schema, and others that do not.
type drawer struct {
	*rand.Rand
	doc map[string]any
}

// follow returns the schema that a reference names.
func (d drawer) follow(schema map[string]any) map[string]any {
	for {
		ref, ok := schema["$ref"].(string)
		if !ok {
			return schema
		}
		var at any = d.doc
		for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			at = at.(map[string]any)[part]
		}
		schema = at.(map[string]any)
	}
}

func number(v any, or float64) float64 {
	if n, ok := v.(json.Number); ok {
		f, _ := n.Float64()
		return f
	}
	return or
}

// value draws one that fits, at the bounds of its schema as often as within.
func (d drawer) value(schema map[string]any) any {
	schema = d.follow(schema)
	if all, ok := schema["enum"].([]any); ok {
		return all[d.IntN(len(all))]
	}
	kind, _ := schema["type"].(string)
	if kinds, ok := schema["type"].([]any); ok {
		kind, _ = kinds[0].(string)
	}
	switch kind {
	case "object":
		out := map[string]any{}
		props, _ := schema["properties"].(map[string]any)
		required, _ := schema["required"].([]any)
		for _, name := range slices.Sorted(maps.Keys(props)) {
			if slices.Contains(required, any(name)) || d.IntN(2) == 0 {
				out[name] = d.value(props[name].(map[string]any))
			}
		}
		return out
	case "array":
		lo := int(number(schema["minItems"], 0))
		hi := min(int(number(schema["maxItems"], float64(lo+3))), lo+50)
		out := []any{}
		for range lo + d.IntN(hi-lo+1) {
			out = append(out, d.value(schema["items"].(map[string]any)))
		}
		return out
	case "integer", "number":
		lo, hi := number(schema["minimum"], -3), number(schema["maximum"], 300)
		return []float64{lo, hi, math.Floor(lo + d.Float64()*(hi-lo))}[d.IntN(3)]
	case "boolean":
		return d.IntN(2) == 0
	}
	if schema["format"] == "date-time" {
		return "2026-05-06T21:30:00.5+02:00"
	}
	n := []int{int(number(schema["minLength"], 0)), int(number(schema["maxLength"], 40)), 3}[d.IntN(3)]
	letters := []string{"a", "Ω", "é", "字", " ", "🎵", "z", "\"", "\\", "<"}
	if schema["pattern"] != nil {
		letters = letters[:1]
	}
	var b strings.Builder
	for range min(n, 2000) {
		b.WriteString(letters[d.IntN(len(letters))])
	}
	return b.String()
}

// hostile are values that have no business anywhere.
func (d drawer) hostile() any {
	deep := any("x")
	for range 40 {
		deep = []any{deep}
	}
	all := []any{
		nil, true, -1, 0, 1e308, json.Number("1e400"), json.Number("99999999999999999999999999"), json.Number("-0.5"), "", "x", strings.Repeat("x", 20_000), "\u202e<script>\u0000", "../../etc/passwd",
		"' OR 1=1 --", "\ufffd", []any{}, []any{[]any{}}, map[string]any{}, map[string]any{"a": map[string]any{}}, deep, []any{1, 2, 3, 4}, []any{0, 10}, []any{1.5, 2},
	}
	return all[d.IntN(len(all))]
}

// mutated spoils a value in one place.
func (d drawer) mutated(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := maps.Clone(v)
		names := slices.Sorted(maps.Keys(v))
		switch {
		case d.IntN(5) == 0 || len(names) == 0:
			out["unheard of"] = d.hostile()
		case d.IntN(4) == 0:
			delete(out, names[d.IntN(len(names))])
		case d.IntN(10) == 0:
			name := names[d.IntN(len(names))]
			out[strings.ToUpper(name)] = d.hostile()
		default:
			name := names[d.IntN(len(names))]
			out[name] = d.mutated(out[name])
		}
		return out
	case []any:
		if len(v) > 0 && d.IntN(2) == 0 {
			out := slices.Clone(v)
			i := d.IntN(len(out))
			out[i] = d.mutated(out[i])
			return out
		}
	}
	return d.hostile()
}

// TestAPIContract walks every operation of the description with input drawn from its
// schemas, and spoiled: as somebody it belongs to, as another person, with a token
// that lacks the scope, with one that is forged, and with none. Each answer is one
// that the description lists and fits it, none is the server's fault, and none tells
// a person anything of another.
func TestAPIContract(t *testing.T) {
	inTurn(t)
	s, owner, _, fill := livedService(t)
	other := func(name string, role account.Role, scopes ...account.Scope) program {
		_, who := s.person(t, name, role)
		token, _ := s.tokenOf(t, who.ID, s.now.AddDate(0, 1, 0), scopes...)
		return program{t: t, h: s.Handler(), token: token}
	}
	stranger := other("binh", account.Listener, account.Grantable(account.Listener)...)
	stranger.want(http.StatusOK, "PUT", "/me/consents", map[string]any{"given": []string{"moods", "plays", "check_ins"}, "adult16": true})
	_, third := s.person(t, "chi", account.Listener)
	fill["people"], fill["invitation"] = third.ID, owner.want(http.StatusCreated, "POST", "/invitations", map[string]any{"role": "listener"})["id"].(string)
	fill["job"] = owner.want(http.StatusAccepted, "POST", "/lab/jobs", map[string]any{"kind": "curves", "kmax": 2})["id"].(string)
	fill["version"] = shippedVersion
	steps, design := declared(t, "steps", experiment.FixedHorizon, nil)
	owner.want(http.StatusCreated, "POST", "/lab/experiments", map[string]any{"design": json.RawMessage(design)})
	fill["experiment"] = steps.Hash()
	fill["trial"] = owner.want(http.StatusCreated, "POST", "/me/trials", map[string]any{"arms": "iso_compensatory", "hours": 24})["id"].(string)
	c := contractOnce()
	d := drawer{rand.New(rand.NewPCG(7, 7)), c.doc}
	rounds := 10
	if testing.Short() {
		rounds = 2
	}
	for _, one := range operationsOf(c, t) {
		*s.now = s.now.Add(10 * time.Minute) // what is asked here, no person asks so fast
		lacking := account.Scopes()
		if need, ok := one.op["x-scope"].([]any); ok {
			lacking = slices.DeleteFunc(lacking, func(s account.Scope) bool { return slices.Contains(need, any(string(s))) })
		}
		poor := other(fmt.Sprintf("poor-%d", one.at), account.Admin, lacking...)
		for round := range rounds {
			valid := round < 2
			path, headers, body := one.draw(d, valid, fill)
			if one.slow() && round >= 4 {
				break
			}
			if wish, ok := body.(map[string]any); ok && one.id() == "createHour" && valid {
				wish["minutes"] = 10 + round // long hours take long
			}
			var got *httptest.ResponseRecorder
			if one.id() != "deleteMe" && one.id() != "restoreMe" {
				got = owner.send(one.method, path, body, headers...)
				if valid && got.Code >= 400 && got.Code != http.StatusNotFound && !one.mayRefuse(got.Code) {
					t.Errorf("%s %s: %d for what fits the description: %v: %.300s", one.method, path, got.Code, body, got.Body)
				}
				var begun apiLabJob
				if one.id() == "createLabJob" && json.Unmarshal(got.Body.Bytes(), &begun) == nil && got.Code == http.StatusAccepted {
					owner.want(http.StatusNoContent, "DELETE", "/lab/jobs/"+begun.ID, nil) // it may be long
				}
			}
			got = stranger.send(one.method, path, body, headers...)
			if strings.Contains(got.Body.String(), singing) && !strings.Contains(fmt.Sprint(body, path), singing) {
				t.Errorf("%s %s: tells somebody else of %s: %.400s", one.method, path, singing, got.Body)
			}
			if round > 1 {
				continue
			}
			if one.op["x-scope"] != nil {
				if got := poor.send(one.method, path, body, headers...); got.Code != http.StatusForbidden || !strings.Contains(got.Body.String(), string(kindScope)) {
					t.Errorf("%s %s: %d without the scope", one.method, path, got.Code)
				}
				for _, token := range []string{"", "segue_x", strings.Replace(owner.token, "_", "_a", 1), account.NewToken().Reveal()} {
					got := program{t: t, h: owner.h, token: token}.send(one.method, path, body, headers...)
					if got.Code != http.StatusUnauthorized || !strings.HasPrefix(got.Header().Get("WWW-Authenticate"), "Bearer") {
						t.Errorf("%s %s: %d with the token %q", one.method, path, got.Code, token)
					}
				}
			}
			if one.method == "GET" {
				owner.send("HEAD", path, nil, headers...)
			}
		}
	}
	if t.Failed() {
		t.Logf("the log says %.1000s", s.d.String())
	}
	// The owner's things are there still, whatever others sent.
	owner.want(http.StatusOK, "GET", "/me", nil)
	if said := s.d.String(); strings.Contains(said, singing) || strings.Contains(said, "segue_") {
		t.Errorf("the log says %.1000s", said)
	}
}

// A describedOp is one operation of the description.
type describedOp struct {
	at           int
	path, method string
	op           map[string]any
}

func (o describedOp) id() string { return o.op["operationId"].(string) }

// slow reports whether an operation takes long.
func (o describedOp) slow() bool {
	return slices.Contains([]string{"createHour", "editHour", "exportMe", "getCard"}, o.id())
}

// mayRefuse reports whether what fits the description may still be refused, as it
// depends on what there is.
func (o describedOp) mayRefuse(code int) bool {
	switch o.id() {
	case "createHour", "editHour", "updateMe", "setConsents", "cancelImport":
		return code == http.StatusUnprocessableEntity || code == http.StatusPreconditionFailed || code == http.StatusConflict || code == http.StatusPreconditionRequired || code == http.StatusBadRequest
	case "addCorrection":
		return code == http.StatusUnprocessableEntity // one of three things is said
	case "addMyEvents":
		return code == http.StatusUnprocessableEntity // each kind takes fields of its own
	case "createLabJob", "createVersion", "chooseVersion", "createExperiment", "readExperiment", "chooseExperiment":
		return code == http.StatusUnprocessableEntity || code == http.StatusConflict || code == http.StatusBadRequest
	case "getVersion":
		return code == http.StatusConflict // the usual placing is no model to compare with
	case "createMyTrial":
		return code == http.StatusConflict // one runs
	case "createImport", "createLabAudit", "restoreMe":
		return true // no files are drawn
	}
	return strings.Contains(o.path, "limit") || code == http.StatusUnprocessableEntity && o.hasCursor()
}

func (o describedOp) hasCursor() bool {
	return strings.Contains(fmt.Sprint(o.op["parameters"]), "cursor")
}

// operationsOf lists all operations; what deletes comes last.
func operationsOf(c *contract, t *testing.T) []describedOp {
	var out []describedOp
	for _, path := range slices.Sorted(maps.Keys(c.doc["paths"].(map[string]any))) {
		at := c.doc["paths"].(map[string]any)[path].(map[string]any)
		for _, method := range slices.Sorted(maps.Keys(at)) {
			out = append(out, describedOp{path: path, method: strings.ToUpper(method), op: at[method].(map[string]any)})
		}
	}
	last := func(o describedOp) int {
		return slices.Index([]string{"setConsents", "deleteMe"}, o.id())
	}
	slices.SortStableFunc(out, func(a, b describedOp) int {
		if d := strings.Compare(b.method, a.method); d != 0 && last(a) == last(b) && (a.method == "DELETE" || b.method == "DELETE") {
			return d
		}
		return last(a) - last(b)
	})
	seen := map[string]bool{}
	for i := range out {
		out[i].at = i
		if id := out[i].id(); seen[id] {
			t.Errorf("%s stands twice", id)
		} else {
			seen[id] = true
		}
	}
	if len(out) < 35 {
		t.Fatalf("only %d operations", len(out))
	}
	return out
}

// draw makes a request of an operation; one that is not valid is spoiled somewhere.
func (o describedOp) draw(d drawer, valid bool, fill map[string]string) (path string, headers []header, body any) {
	path = o.path
	spoil := ""
	if !valid {
		spoil = []string{"path", "query", "header", "body", "body", "body"}[d.IntN(6)]
	}
	query := url.Values{}
	parameters, _ := o.op["parameters"].([]any)
	for _, p := range parameters {
		p := p.(map[string]any)
		name, in, schema := p["name"].(string), p["in"].(string), p["schema"].(map[string]any)
		text := fmt.Sprint(d.value(schema))
		switch {
		case in == "path":
			if name == "id" || name == "n" {
				parts := strings.Split(strings.TrimPrefix(strings.TrimPrefix(o.path, "/lab"), "/me"), "/")
				switch first := parts[1]; {
				case name == "n":
					text = fill["n"]
				default:
					text = fill[strings.TrimSuffix(first, "s")]
				}
			}
			if spoil == "path" {
				text = []string{"none", "0", "-1", "99999999999999999999", "\u202e", "%2e%2e", "tall.exe"}[d.IntN(7)]
			}
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(text))
		case in == "query" && name == "cursor":
			if spoil == "query" {
				query.Set(name, text)
			}
		case in == "query":
			if spoil == "query" && d.IntN(2) == 0 {
				text = fmt.Sprintf("%.60v", d.hostile())
			}
			if spoil == "query" || d.IntN(2) == 0 {
				query.Set(name, text)
			}
		case in == "header" && name == "If-Match":
			headers = append(headers, header{name, "*"})
		case in == "header" && spoil == "header":
			headers = append(headers, header{name, strings.Repeat("x", d.IntN(300))})
		}
	}
	if spoil == "query" {
		query.Set("unheard-of", "x")
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	if asks, ok := o.op["requestBody"].(map[string]any); ok {
		content := asks["content"].(map[string]any)
		if json, ok := content["application/json"].(map[string]any); ok {
			body = d.value(json["schema"].(map[string]any))
			if spoil == "body" {
				body = d.mutated(body)
			}
		}
	}
	return path, headers, body
}
