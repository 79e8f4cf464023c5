package recommend

import (
	"time"

	"segue/catalog"
	"segue/history"
	"segue/mood"
	"segue/playlist"
)

// A Result is everything one run found, from the files to the hour: what the
// report shows. Parts that were not computed are nil.
type Result struct {
	Name     string         // what to call the listener; may be empty
	Location *time.Location // the listener's time zone
	Seed     uint64
	Demo     bool // the music and the listener are invented

	Music         *Music
	CatalogReport *catalog.Report
	Summary       *catalog.Summary
	Ranking       []mood.FeatureImportance
	Curves        *mood.CurveSet

	HistoryReport *history.Report // nil without a history
	Listener      *Listener       // nil without a history
	Profile       *Profile        // nil without a history

	Playlist *playlist.Playlist // nil if no start was known

	Steps []Step // how long each part took, in order
}

// A Step is one part of a run and how long it took.
type Step struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

// Seconds returns the time of all steps together.
func (r *Result) Seconds() float64 {
	sum := 0.0
	for _, s := range r.Steps {
		sum += s.Seconds
	}
	return sum
}
