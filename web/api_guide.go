package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// A guide is the description of the API as a page shows it, by its parts.
type guide struct {
	Base  string // scheme and host
	Token bool   // people sign in here: each request needs a token
	Parts []guidePart
	Kinds []apiProblemKind
}

type guidePart struct {
	Name, About string
	Ops         []guideOp
}

// A guideOp is an operation.
type guideOp struct {
	ID, Method, Path, Title string
	About                   []string // paragraphs
	Takes                   []guideField
	Body, Gives             []guideField
	Answers                 []guideField
	Curl                    string
}

// A guideField is a parameter, a field of a body, or an answer.
type guideField struct {
	Name, Kind, About string
	Needed            bool
}

// guideOf reads the description.
func (a *api) guideOf(base string, token bool) guide {
	g := guide{Base: base, Token: token, Kinds: problemKinds()}
	for _, tag := range apiTags() {
		part := guidePart{Name: tag.Name, About: tag.Description}
		for _, op := range a.order {
			if op.tag == tag.Name {
				part.Ops = append(part.Ops, a.guideOp(op, g))
			}
		}
		g.Parts = append(g.Parts, part)
	}
	return g
}

func (a *api) guideOp(op *operation, g guide) guideOp {
	o := a.described(op)
	out := guideOp{ID: op.id, Method: op.method, Path: apiBase + op.path, Title: op.title, About: strings.Split(o.Description, "\n\n")}
	for _, p := range o.Parameters {
		out.Takes = append(out.Takes, guideField{p.Name, p.In + ", " + a.kindName(p.Schema), p.Description, p.Required})
	}
	if o.RequestBody != nil {
		for _, content := range o.RequestBody.Content {
			out.Body = a.fields(content.Schema)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(o.Responses)) {
		r := o.Responses[code]
		out.Answers = append(out.Answers, guideField{code, strings.Join(slices.Sorted(maps.Keys(r.Content)), ", "), r.Description, false})
		if content := r.Content["application/json"]; code[0] == '2' && content != nil {
			out.Gives = a.fields(content.Schema)
		}
	}
	out.Curl = curlOf(op, o, g)
	return out
}

// fields lists the fields of an object's schema.
func (a *api) fields(s *huma.Schema) []guideField {
	for s != nil && s.Ref != "" {
		s = a.huma.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	var out []guideField
	if s == nil {
		return out
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		out = append(out, guideField{name, a.kindName(p), p.Description, slices.Contains(s.Required, name)})
	}
	slices.SortStableFunc(out, func(x, y guideField) int { return cmp.Compare(boolRank(x.Needed), boolRank(y.Needed)) })
	return out
}

func boolRank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// kindName says what a schema takes, in a word or two.
func (a *api) kindName(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
	case len(s.AnyOf) == 2:
		return a.kindName(s.AnyOf[0]) + " or null"
	}
	name := s.Type
	switch {
	case len(s.Enum) > 0:
		var all []string
		for _, e := range s.Enum {
			if e == nil {
				continue
			}
			all = append(all, strconv.Quote(fmt.Sprint(e)))
		}
		name = strings.Join(all, " | ")
	case s.Type == huma.TypeArray:
		name = "list of " + a.kindName(s.Items)
	case s.Format != "" && s.Type == huma.TypeString:
		name = s.Format
	}
	if s.Minimum != nil && s.Maximum != nil {
		name += fmt.Sprintf(" %g–%g", *s.Minimum, *s.Maximum)
	}
	if s.Nullable {
		name += " or null"
	}
	return name
}

// curlOf returns a command that asks for an operation.
func curlOf(op *operation, o *huma.Operation, g guide) string {
	path := op.path
	for _, p := range o.Parameters {
		if p.In == "path" {
			path = strings.ReplaceAll(path, "{"+p.Name+"}", strings.ToUpper(p.Name))
		}
	}
	lines := []string{"curl " + g.Base + apiBase + path}
	if op.method != http.MethodGet {
		lines[0] = "curl -X " + op.method + " " + g.Base + apiBase + path
	}
	if g.Token && !op.open {
		lines = append(lines, `-H "Authorization: Bearer $SEGUE_TOKEN"`)
	}
	if op.method == http.MethodPost {
		lines = append(lines, `-H "Idempotency-Key: $(uuidgen)"`)
	}
	for _, p := range o.Parameters {
		if p.Name == "If-Match" {
			lines = append(lines, `-H 'If-Match: "1"'`)
		}
	}
	if op.example != nil {
		body, err := json.Marshal(op.example)
		if err != nil {
			panic(err) // of our own
		}
		lines = append(lines, `-H "Content-Type: application/json"`, "-d '"+string(body)+"'")
	}
	if op.upload {
		lines = append(lines, "-F files=@my_spotify_data.zip")
	}
	for media := range o.Responses[strconv.Itoa(o.DefaultStatus)].Content {
		if media != "application/json" {
			lines = append(lines, "-O -J")
			break
		}
	}
	return strings.Join(lines, " \\\n  ")
}

// guidePage shows what the API takes and gives, made from its description.
func (a *api) guidePage(w http.ResponseWriter, r *http.Request, v *visit) error {
	s := a.server
	return v.show(w, r, http.StatusOK, page{Title: v.Say("For programs")}, guidePage(v, a.guideOf(s.base(r), s.o.Accounts)))
}
