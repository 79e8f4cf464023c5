package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"segue/account"
	"segue/catalog"
	"segue/history"
	"segue/store"
)

// An import is one time that files were brought.
type apiImport struct {
	ID       string          `json:"id"`
	At       time.Time       `json:"at"`
	State    string          `json:"state" enum:"running,done,failed,cancelled"`
	Progress *apiProgress    `json:"progress" doc:"Null once it has ended."`
	Plays    int             `json:"plays" doc:"Plays kept that it was the first to bring."`
	Report   *history.Report `json:"report" doc:"Of the history: rows = plays + duplicates + dropped, each with its reason. Null where no history was brought, or while it runs."`
	Tables   *catalog.Report `json:"tables" doc:"Of tables of tracks that were brought; null without, and after a restart."`
	Failure  *apiProblem     `json:"failure" doc:"Why it failed; null if it did not."`
}

// A progress is how far an import has come.
type apiProgress struct {
	Stage string `json:"stage" enum:"staging,reading,merging,seeing,storing"`
	Done  int64  `json:"done" doc:"Bytes, while staging and reading."`
	Total int64  `json:"total" doc:"Bytes; 0 while unknown."`
	Plays int64  `json:"plays" doc:"Read so far."`
}

func importOf(i store.Import) (apiImport, error) {
	out := apiImport{ID: i.ID, At: i.At.UTC(), State: "done", Plays: i.Plays}
	if len(i.Report) == 0 {
		return out, nil
	}
	var told history.Report
	if err := json.Unmarshal(i.Report, &told); err != nil {
		return out, err
	}
	if told.Files != nil { // else it was lost
		out.Report = &told
	}
	return out, nil
}

// jobOf tells of an import that is running, or ended a while ago.
func (c *call) jobOf(j *job) (apiImport, error) {
	out := apiImport{ID: j.id, At: j.at.UTC(), State: "running"}
	why, over := j.result()
	switch {
	case !over:
		is := j.now()
		out.Progress = &apiProgress{[...]string{"staging", "reading", "merging", "seeing", "storing", "storing"}[is.Stage], is.Done, is.Total, is.Plays}
	case errors.Is(why, context.Canceled):
		out.State = "cancelled"
	case why != nil:
		p, _ := problemOf(c.Tongue, c.unread(why))
		out.State, out.Failure = "failed", &p
	default:
		if j.heard != nil {
			var err error
			if out, err = importOf(*j.heard); err != nil {
				return out, err
			}
		}
		out.State, out.Tables = "done", j.tables
	}
	return out, nil
}

func (a *api) describeImports() {
	s := a.server
	operate(a, operation{
		id: "createImport", method: http.MethodPost, path: "/imports", tag: "imports", title: "Bring files", upload: true, status: http.StatusAccepted,
		about:  "A listening history as a service gave it (ZIP, JSON, CSV), or tables of tracks (CSV, Parquet), as one file or many. What a file is, is told from its content. The answer comes once the files are here; getImport tells how far the reading has come. One at a time.",
		scopes: []account.Scope{account.ListeningWrite}, codes: []int{http.StatusInsufficientStorage},
	}, func(ctx context.Context, c *call, _ *struct{}) (*made[apiImport], error) {
		if err := c.contentType("multipart/form-data"); err != nil {
			return nil, s.refuse(c.w, c.r, err)
		}
		if err := c.agreed(store.Plays); err != nil {
			return nil, s.refuse(c.w, c.r, err)
		}
		j, err := s.take(c.w, c.r, c.visit)
		if err != nil {
			if j != nil {
				err = c.unread(err)
			}
			return nil, err
		}
		out, err := c.jobOf(j)
		return &made[apiImport]{apiBase + "/imports/" + j.id, out}, err
	})
	a.takesFiles("createImport", "files", "A file; there may be several of this name.")

	operate(a, operation{
		id: "listImports", method: http.MethodGet, path: "/imports", tag: "imports", title: "What was brought, the newest first",
		scopes: listeningRead(),
	}, func(ctx context.Context, c *call, in *paging) (*answered[apiList[apiImport]], error) {
		before, err := c.keeper(store.Plays).Imports(ctx, c.who.ID)
		if err != nil {
			return nil, err
		}
		var all []apiImport
		if j := s.imports.underWay(c.who.ID); j != nil {
			one, err := c.jobOf(j)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		for _, i := range before {
			one, err := importOf(i)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		some, next, err := part(c, *in, all, func(i apiImport) cursor { return cursor{i.At, i.ID} })
		return listed(some, next), err
	})

	operate(a, operation{
		id: "getImport", method: http.MethodGet, path: "/imports/{id}", tag: "imports", title: "An import, or how far it has come",
		scopes: listeningRead(),
	}, func(ctx context.Context, c *call, in *byID) (*answered[apiImport], error) {
		if j := s.imports.job(c.who.ID, in.ID); j != nil {
			out, err := c.jobOf(j)
			return &answered[apiImport]{out}, err
		}
		before, err := c.keeper(store.Plays).Imports(ctx, c.who.ID)
		if err != nil {
			return nil, err
		}
		for _, i := range before {
			if i.ID == in.ID {
				out, err := importOf(i)
				return &answered[apiImport]{out}, err
			}
		}
		return nil, notFound(c.Tongue)
	})

	operate(a, operation{
		id: "cancelImport", method: http.MethodDelete, path: "/imports/{id}", tag: "imports", title: "Stop an import",
		about:  "Nothing of it is kept. One that has ended cannot be stopped.",
		scopes: []account.Scope{account.ListeningWrite},
	}, func(ctx context.Context, c *call, in *byID) (*nothing, error) {
		j := s.imports.job(c.who.ID, in.ID)
		if j == nil {
			return nil, notFound(c.Tongue)
		}
		j.cancel()
		select {
		case <-j.ended:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if why, _ := j.result(); !errors.Is(why, context.Canceled) {
			return nil, &wrong{code: http.StatusConflict, what: c.Say("This import has ended"), todo: c.Say("What it brought is kept. It can be deleted with everything else.")}
		}
		return &nothing{}, nil
	})
}
