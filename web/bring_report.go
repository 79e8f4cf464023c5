package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"segue/catalog"
	"segue/history"
	"segue/match"
	"segue/store"
)

// A bringReport is what became of what was brought, as its page shows it.
type bringReport struct {
	At    time.Time
	Heard *history.Report // nil if no history was brought, or its report is gone
	Files []accounted
	Sum   accounted

	Tables  []accounted
	Table   *catalog.Report // nil if no table was brought
	Ignored []string        // names of files that were passed over

	Music    bool            // there is a table of tracks
	Coverage *match.Coverage // of all plays there are; nil where it is not known
	Held     int             // plays there are in all
}

// An accounted is a line that adds up: rows = kept + duplicates + dropped.
type accounted struct {
	Name, Kind             string
	Rows, Kept, Duplicates int
	Dropped                int
	Reasons                []string // of what was dropped, in words
}

// showBrought shows the report of a job, or of an import that is only in the
// store.
func (s *Server) showBrought(w http.ResponseWriter, r *http.Request, v *visit, j *job) error {
	a := bringReport{At: j.at, Table: j.tables}
	if j.heard != nil && len(j.heard.Report) > 0 {
		a.Heard = new(history.Report)
		if err := json.Unmarshal(j.heard.Report, a.Heard); err != nil {
			return err
		}
		for _, f := range a.Heard.Files {
			a.Files = append(a.Files, v.accounted(f.Name, f.Format, f.Rows, f.Imported, f.Duplicates, f.Dropped))
		}
		a.Sum = v.accounted(v.Say("All together"), "", a.Heard.Rows, a.Heard.Plays, a.Heard.Duplicates, a.Heard.Dropped)
		a.Ignored = a.Heard.Ignored
	}
	if a.Table != nil {
		for _, f := range a.Table.Files {
			a.Tables = append(a.Tables, v.accounted(f.Name, f.Format, f.Rows, f.Tracks, f.Duplicates, f.Dropped))
		}
	}
	p, err := v.portrait(r.Context())
	switch {
	case errors.Is(err, ErrNoMusic):
	case err != nil:
		return err
	default:
		a.Music = true
		if p.listener != nil {
			a.Coverage, a.Held = &p.listener.Coverage, p.listener.Coverage.PlaysTotal
		}
	}
	title := v.Say("Your music is here")
	if a.Heard != nil && a.Heard.Plays == 0 && a.Heard.Known > 0 && a.Table == nil {
		title = v.Say("You brought this before")
	}
	return v.show(w, r, http.StatusOK, page{Title: title, Head: []string{"bring.js"}}, accountPage(v, a, title))
}

func (v *visit) accounted(name, kind string, rows, kept, duplicates int, dropped map[string]int) accounted {
	a := accounted{Name: name, Kind: v.Say(kind), Rows: rows, Kept: kept, Duplicates: duplicates}
	reasons := make([]string, 0, len(dropped))
	for reason, n := range dropped {
		if n > 0 {
			reasons = append(reasons, reason)
			a.Dropped += n
		}
	}
	slices.SortFunc(reasons, func(x, y string) int {
		if dropped[x] != dropped[y] {
			return dropped[y] - dropped[x]
		}
		return strings.Compare(x, y)
	})
	for _, reason := range reasons {
		a.Reasons = append(a.Reasons, v.Say("%s: %s", v.Say(reason), v.Count(dropped[reason])))
	}
	return a
}

// low is the share of plays under which a page says that this is usual, and what
// would help. (d; real histories beside public tables: 5–30 %)
const low = .35

// covered says what a coverage means.
func (v *visit) covered(c *match.Coverage) string {
	switch {
	case c.PlaysMatched == 0:
		return v.Say("No play was found in the table. Most often it holds other music, or names it in another script. A larger table helps, or one made of your own library; what you brought stays, and is matched anew with each table.")
	case c.Plays < low:
		return v.Say("That is usual: public tables know 5 to 30 of 100 plays. Moods are told from what is known, and say how much that is. A larger table, or one made of your own library, raises it.")
	}
	return v.Say("What is not in the table still counts as listening, but has no place on the plane.")
}

// readMoods reports whether there is anything for the page of moods to show.
func (a bringReport) readMoods(v *visit) bool {
	return v.allows(store.Moods) && a.Coverage != nil && a.Coverage.PlaysMatched > 0
}
