package web

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"segue/account"
	"segue/language"
	"segue/store"

	"github.com/danielgtaylor/huma/v2"
)

// What the API keeps of who asks: settings, consents, and everything at once.

// A me is who asks, as the API shows them.
type apiMe struct {
	ID            string     `json:"id" doc:"Stays the same; says nothing."`
	Known         bool       `json:"known" doc:"Whether the welcome was answered."`
	Name          string     `json:"name" example:"Lan" doc:"What to call them; may be empty."`
	TimeZone      string     `json:"time_zone" example:"Asia/Ho_Chi_Minh" doc:"Whose hours and days are meant; empty is UTC."`
	Language      string     `json:"language" example:"vi" doc:"Code of the language of pages; empty follows the browser."`
	Theme         string     `json:"theme" enum:",light,dark" doc:"Of pages; empty follows the system."`
	Adult16       bool       `json:"adult16" doc:"Said to be 16 or older."`
	Offers        bool       `json:"offers" doc:"Whether anything is offered unasked."`
	RetentionDays int        `json:"retention_days" example:"90" doc:"Days that single plays are kept; then sums by the hour."`
	Created       *time.Time `json:"created" doc:"Null before the welcome."`
	Account       *apiLogin  `json:"account" doc:"Null on a server for one person."`
}

// A login is the account behind a token.
type apiLogin struct {
	Name string `json:"name" example:"lan" doc:"The name to sign in with."`
	Role string `json:"role" enum:"listener,researcher,admin" doc:"What the account may do."`
}

// Settings are what a person can set of themselves. What is left out stays.
type apiSettings struct {
	Name          *string `json:"name,omitempty" maxLength:"200" example:"Lan"`
	TimeZone      *string `json:"time_zone,omitempty" maxLength:"64" example:"Europe/Lisbon" doc:"A region and a city, as the IANA database has them; empty is UTC."`
	Language      *string `json:"language,omitempty" maxLength:"16" example:"vi" doc:"Empty follows the browser."`
	Theme         *string `json:"theme,omitempty" enum:",light,dark"`
	Offers        *bool   `json:"offers,omitempty"`
	RetentionDays *int    `json:"retention_days,omitempty" enum:"30,90,365"`
}

// Holdings count what is stored of a person.
type apiHoldings struct {
	Plays       int        `json:"plays"`
	Sums        int        `json:"sums" doc:"Hours of which only sums are left."`
	Imports     int        `json:"imports"`
	FirstImport *time.Time `json:"first_import"`
	LastImport  *time.Time `json:"last_import"`
	CheckIns    int        `json:"check_ins"`
	Hours       int        `json:"hours"`
	Reflections int        `json:"reflections"`
	Shares      int        `json:"shares"`
}

func (c *call) me() *answered[apiMe] {
	w := c.who
	m := apiMe{
		ID: w.ID, Known: c.known, Name: w.Name, TimeZone: w.Zone, Language: w.Language, Theme: w.Theme,
		Adult16: w.Adult16, Offers: !w.OffersOff, RetentionDays: c.retention(),
	}
	if c.known {
		m.Created = new(w.Created.UTC())
	}
	if c.account != nil {
		m.Account = &apiLogin{c.account.Name, string(c.account.Role)}
	}
	return &answered[apiMe]{m}
}

func (a *api) describeMe() {
	s := a.server
	operate(a, operation{
		id: "getMe", method: http.MethodGet, path: "/me", tag: "me", title: "Who asks", early: true,
		about:  "Settings, and whether the welcome was answered.",
		scopes: []account.Scope{account.MeRead},
	}, func(_ context.Context, c *call, _ *struct{}) (*answered[apiMe], error) { return c.me(), nil })

	operate(a, operation{
		id: "updateMe", method: http.MethodPatch, path: "/me", tag: "me", title: "Change settings", early: true, takes: true, keeps: overturns,
		about:  "What is left out stays as it is. Who had not answered the welcome has with this, and agreed to nothing.",
		scopes: []account.Scope{account.MeWrite}, example: map[string]any{"name": "Lan", "time_zone": "Asia/Ho_Chi_Minh", "retention_days": 90},
	}, func(ctx context.Context, c *call, in *struct{ Body apiSettings }) (*answered[apiMe], error) {
		who := c.asKnown()
		if err := c.takeSettings(&who, in.Body); err != nil {
			return nil, err
		}
		if err := s.greet(ctx, c.visit, who); err != nil {
			return nil, err
		}
		s.portraits.forget(who.ID)
		return c.me(), nil
	})

	operate(a, operation{
		id: "deleteMe", method: http.MethodDelete, path: "/me", tag: "me", title: "Delete everything",
		about:  "No byte of the person is left: plays, moods, hours, words, shares, consents. There is no way back; export first. An account to sign in with stays.",
		scopes: []account.Scope{account.MeWrite}, early: true, codes: []int{http.StatusInsufficientStorage},
	}, func(ctx context.Context, c *call, _ *struct{}) (*nothing, error) {
		defer s.barred(c.visit)()
		defer s.changing.alone(c.self)()
		ctx = context.WithoutCancel(ctx) // once begun it is finished
		if err := c.anew(ctx); err != nil {
			return nil, err
		}
		return &nothing{}, s.forget(ctx, c.visit)
	})

	operate(a, operation{
		id: "getHoldings", method: http.MethodGet, path: "/me/holdings", tag: "me", title: "What is kept, counted",
		scopes: []account.Scope{account.MeRead},
	}, func(ctx context.Context, c *call, _ *struct{}) (*answered[apiHoldings], error) {
		h, err := c.holds(ctx)
		if err != nil {
			return nil, err
		}
		out := apiHoldings{Plays: h.Plays, Sums: h.Sums, Imports: h.Imports, CheckIns: h.CheckIns, Hours: h.Hours, Reflections: h.Reflections, Shares: h.Shares}
		if h.Imports > 0 {
			out.FirstImport, out.LastImport = new(h.First.UTC()), new(h.Last.UTC())
		}
		return &answered[apiHoldings]{out}, nil
	})

	operate(a, operation{
		id: "exportMe", method: http.MethodGet, path: "/me/export", tag: "me", title: "Take everything along", keeps: writes,
		about:   "A ZIP of JSON that people can read and restoreMe takes back. It is not encrypted.",
		scopes:  []account.Scope{account.MeRead, account.ListeningRead, account.HoursRead},
		answers: map[string]*huma.MediaType{"application/zip": {Schema: fileSchema()}},
	}, func(ctx context.Context, c *call, _ *struct{}) (*huma.StreamResponse, error) {
		dir, err := s.scratch()
		if err != nil {
			return nil, err
		}
		path := filepath.Join(dir, "export.zip")
		if err := c.exportTo(ctx, path); err != nil {
			_ = os.RemoveAll(dir) // the next start tries again
			return nil, err
		}
		return c.stream(func() error {
			defer os.RemoveAll(dir)
			return c.sendExport(c.w, c.r, path)
		}), nil
	})

	operate(a, operation{
		id: "restoreMe", method: http.MethodPost, path: "/me/restore", tag: "me", title: "Bring everything back", early: true, upload: true,
		about:  "Takes an export in place of everything that is stored: all of it or nothing.",
		scopes: []account.Scope{account.MeWrite, account.ListeningWrite, account.HoursWrite},
	}, func(ctx context.Context, c *call, _ *struct{}) (*nothing, error) {
		if err := c.contentType("multipart/form-data"); err != nil {
			return nil, s.refuse(c.w, c.r, err)
		}
		return &nothing{}, s.takeBack(c.w, c.r, c.visit)
	})
	a.takesFiles("restoreMe", "file", "The ZIP that exportMe answered with.")
}

// takeSettings takes settings into who.
func (c *call) takeSettings(who *store.Listener, in apiSettings) error {
	name, zone := who.Name, who.Zone
	set(&name, in.Name)
	set(&zone, in.TimeZone)
	if err := c.set(who, name, zone); err != nil {
		return err
	}
	if in.Language != nil && *in.Language != "" {
		if _, ok := language.Of(*in.Language); !ok {
			return c.invalid("#/language", c.Say("Segue does not speak this language."))
		}
	}
	set(&who.Language, in.Language)
	set(&who.Theme, in.Theme)
	set(&who.RetentionDays, in.RetentionDays)
	if !slices.Contains(retentions(), retentionOf(*who)) {
		return c.invalid("#/retention_days", c.Say("this value cannot be read"))
	}
	if in.Offers != nil {
		who.OffersOff = !*in.Offers
	}
	return nil
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// invalid says that one place of a request cannot stand.
func (c *call) invalid(pointer, why string) error {
	return &unread{&wrong{code: http.StatusUnprocessableEntity, what: c.Say("That could not be read"), todo: c.Say("Nothing was changed. The list of errors names every place that holds what it must not.")}, []apiInvalid{{Pointer: pointer, Detail: why}}}
}

// stream answers with what send writes, which is not held in memory.
func (c *call) stream(send func() error) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(huma.Context) {
		c.streamed = true
		c.w.Header().Set("Vary", "Accept-Language, Authorization")
		c.err = send()
	}}
}

func fileSchema() *huma.Schema { return &huma.Schema{Type: huma.TypeString, Format: "binary"} }

// takesFiles describes the form of an operation that takes files.
func (a *api) takesFiles(id, field, about string) {
	for _, op := range a.ops {
		if op.id != id {
			continue
		}
		file := fileSchema()
		file.Description = about
		a.described(op).RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"multipart/form-data": {Schema: &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{field: file}, Required: []string{field}}},
		}}
	}
}
