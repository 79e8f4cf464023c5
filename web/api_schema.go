package web

import (
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"unicode"

	"segue"
	"segue/account"
	"segue/match"
	"segue/mood"
	"segue/session"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// newHuma returns the description of the API, with no operation in it yet, and what
// holds requests to it.
func newHuma(mux *http.ServeMux) huma.API {
	registry := huma.NewMapRegistry("#/components/schemas/", schemaName)
	for from, to := range map[reflect.Type]reflect.Type{
		reflect.TypeFor[segue.Number]():        reflect.TypeFor[numberSchema](),
		reflect.TypeFor[segue.Membership]():    reflect.TypeFor[membershipSchema](),
		reflect.TypeFor[segue.Mood]():          reflect.TypeFor[moodSchema](),
		reflect.TypeFor[segue.Feature]():       reflect.TypeFor[featureSchema](),
		reflect.TypeFor[mood.Fitted]():         reflect.TypeFor[fittedSchema](),
		reflect.TypeFor[session.Exploration](): reflect.TypeFor[explorationSchema](),
		reflect.TypeFor[match.RungCounts]():    reflect.TypeFor[rungsSchema](),
	} {
		registry.RegisterTypeAlias(from, to)
	}
	plain := huma.Format{
		Marshal: func(w io.Writer, v any) error {
			enc := json.NewEncoder(w)
			enc.SetEscapeHTML(false)
			return enc.Encode(v)
		},
		Unmarshal: json.Unmarshal,
	}
	return humago.NewWithPrefix(mux, apiBase, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Segue", Version: "1",
				Description: "Everything the pages of Segue do, for programs: bring a listening history, read moods and style, build and edit hours, say how they felt.\n\n" +
					"Numbers that are estimates bring their 95 % interval, and what rests on a part of the listening brings its coverage; what is not known is null. " +
					"Times are RFC 3339 in UTC. It describes the music, not the person.",
				License: &huma.License{Name: "MIT", Identifier: "MIT"},
			},
			Servers: []*huma.Server{{URL: apiBase, Description: "This server"}},
			Tags:    apiTags(),
			Components: &huma.Components{
				Schemas: registry,
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token": {Type: "http", Scheme: "bearer", BearerFormat: "segue_…", Description: "A token of an account, made on its page, with the scopes " + account.JoinScopes(account.Scopes()) + ". A server for one person asks for none."},
				},
			},
		},
		Formats:       map[string]huma.Format{"application/json": plain, "json": plain},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{takeFault},
	})
}

// takeFault takes what huma found wrong with a request into its call, which answers
// with a problem of ours.
func takeFault(ctx huma.Context, _ string, v any) (any, error) {
	if found, ok := v.(*huma.ErrorModel); ok {
		if c, ok := ctx.Context().Value(callKey{}).(*call); ok {
			c.err = invalidOf(c.Tongue, found)
		}
	}
	return v, nil
}

// schemaName names the schema of a type: ours without the prefix that tells them
// from what pages show, others with their package.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := t.Name()
	if name == "" {
		return strings.TrimPrefix(hint, "api")
	}
	if _, inner, ok := strings.Cut(name, "["); ok {
		inner = strings.TrimSuffix(inner, "]")
		inner = inner[strings.LastIndexByte(inner, '.')+1:]
		return strings.TrimPrefix(inner, "api") + "List"
	}
	path := t.PkgPath()
	pkg := path[strings.LastIndexByte(path, '/')+1:]
	if pkg == "web" {
		return capital(strings.TrimPrefix(name, "api"))
	}
	return capital(pkg) + capital(name)
}

func capital(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

// What encodes itself describes itself here: the packages it comes from know no
// schema.
type (
	numberSchema      struct{}
	membershipSchema  struct{}
	moodSchema        struct{}
	explorationSchema struct{}
	rungsSchema       struct{}
)

func (numberSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeNumber, Format: "double", Nullable: true}
}

func (membershipSchema) Schema(huma.Registry) *huma.Schema {
	lo, hi := 0.0, 1.0
	s := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{}, Description: "How much it belongs to each mood; the four sum to 1."}
	for _, m := range segue.Moods() {
		s.Properties[m.String()] = &huma.Schema{Type: huma.TypeNumber, Format: "double", Minimum: &lo, Maximum: &hi}
		s.Required = append(s.Required, m.String())
	}
	return s
}

func (moodSchema) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Description: "A quadrant of the plane, or mixed in its middle."}
	for _, m := range append(moodsAll(), segue.Mixed) {
		s.Enum = append(s.Enum, m.String())
	}
	return s
}

func moodsAll() []segue.Mood {
	all := segue.Moods()
	return all[:]
}

func (explorationSchema) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Description: "How exploration was measured."}
	for _, e := range []session.Exploration{session.NoExploration, session.NewArtists, session.Rarefaction} {
		s.Enum = append(s.Enum, e.String())
	}
	return s
}

func (rungsSchema) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{}, Description: "Plays by the key they were matched with."}
	for i := range segue.NumRungs {
		name := segue.Rung(i).String()
		s.Properties[name] = &huma.Schema{Type: huma.TypeInteger}
		s.Required = append(s.Required, name)
	}
	return s
}

// mendNulls says of every schema which of its fields may be null: those that are
// pointers and not left out, and lists of packages that do not promise one. Huma says
// it of plain values alone.
func mendNulls(r huma.Registry) {
	for name, s := range r.Map() {
		t := r.TypeFromRef("#/components/schemas/" + name)
		if t == nil || t.Kind() != reflect.Struct || s.Type != huma.TypeObject {
			continue
		}
		ours := strings.HasSuffix(t.PkgPath(), "/web")
		for _, f := range reflect.VisibleFields(t) {
			tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			prop := s.Properties[tag]
			if prop == nil || f.Anonymous {
				continue
			}
			optional := strings.Contains(options, "omit")
			switch {
			case f.Type.Kind() == reflect.Pointer && !optional && prop.Ref != "":
				s.Properties[tag] = &huma.Schema{AnyOf: []*huma.Schema{{Ref: prop.Ref}, {Type: "null"}}, Description: prop.Description}
			case f.Type.Kind() == reflect.Pointer && !optional:
				prop.Nullable = true
				if prop.Enum != nil {
					prop.Enum = append(append([]any{}, prop.Enum...), nil)
				}
			case f.Type.Kind() == reflect.Slice && (ours || optional), f.Type.Kind() == reflect.Array:
				prop.Nullable = false
			}
			for inner := prop; inner != nil; inner = inner.Items {
				if inner.Items != nil && inner.Items.Type == huma.TypeArray && (f.Type.Kind() == reflect.Array || ours) {
					inner.Items.Nullable = false
				}
			}
		}
		s.PrecomputeMessages()
	}
}
