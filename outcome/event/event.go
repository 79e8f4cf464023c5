// Package event has the records that outcomes are computed from: what was started,
// played, left, said and shared, and who was shown which arm. A record is typed by its
// kind, bears an id by which it counts once however often it arrives, and the version
// of the schema it follows.
//
// Records are read from and written to JSON Lines and Parquet. They come from the web
// app, from programs, or are derived from a listening export that was made later.
//
// Nothing is assumed of their order: they may come late, twice, or from clocks that
// were set back. Readers keep the order of the file. Dedupe keeps the first of each id,
// and Sort puts by time what has to be; who needs neither should ask for neither. How
// long a track was heard is what the player measured (MS), never a difference of times.
//
// The package is pure: no clock, no file, no network. (docs/science.md §7)
package event

import (
	"time"

	"segue"
)

// Schema is the version of the records that this package writes. It reads all
// versions up to it.
const Schema = 1

// Kind says what happened.
type Kind string

// The kinds, and the fields they take beside those that all have (Schema, ID, Listener,
// At, Offset, Source). Those in brackets may be missing.
const (
	PlaylistStart Kind = "playlist_start" // Hour; [PlannedMS of the whole, Adjusted]
	TrackStart    Kind = "track_start"    // Track; [Hour and Place if planned, PlannedMS of the track]
	TrackEnd      Kind = "track_end"      // those of TrackStart, Reason; [MS]
	CheckInBefore Kind = "checkin_before" // Cell; [Target, Hour if one was planned]
	CheckInAfter  Kind = "checkin_after"  // Hour, Cell
	Reflection    Kind = "reflection"     // Hour, Feel; [Words]
	CardView      Kind = "card_view"      // a persona card was looked at
	ShareTap      Kind = "share_tap"      // … and its share button tapped
	AppOpen       Kind = "app_open"       //
	Exposure      Kind = "exposure"       // Experiment, Arm, Propensity; [Hour if the unit is one; Context and Propensities together, of a policy that learns]
	OptOut        Kind = "opt_out"        // the listener withdrew: [of Experiment], or of everything if that is empty
)

// Reason says why a track ended.
type Reason string

// The reasons.
const (
	Completed   Reason = "completed"   // it ended by itself
	Skipped     Reason = "skipped"     // the listener went on to another
	Stopped     Reason = "stopped"     // the listener stopped the music
	Interrupted Reason = "interrupted" // a device, a network, an error; not the listener
	Unknown     Reason = "unknown"     // whoever wrote the record does not know
)

// Kinds returns all kinds, in the order above.
func Kinds() []Kind {
	return []Kind{PlaylistStart, TrackStart, TrackEnd, CheckInBefore, CheckInAfter, Reflection, CardView, ShareTap, AppOpen, Exposure, OptOut}
}

// Reasons returns all reasons, in the order above.
func Reasons() []Reason { return []Reason{Completed, Skipped, Stopped, Interrupted, Unknown} }

// Source says where a record comes from.
type Source string

// The sources.
const (
	Web    Source = "web"    // Segue itself, as somebody used it
	API    Source = "api"    // another program
	Export Source = "export" // derived from a later listening export
)

// Sources returns all sources, in the order above.
func Sources() []Source { return []Source{Web, API, Export} }

// An Event is one thing that happened. Which fields it takes is a matter of its kind;
// the others are zero. Times are UTC, in whole milliseconds.
type Event struct {
	Schema   int       // 1 … Schema
	ID       string    // unique for the listener; of records with the same id the first counts
	Listener string    // a pseudonym, never a name
	Kind     Kind      //
	At       time.Time //
	Offset   int       // minutes east of UTC where the listener was, [−840, 840]; by it nights are told
	Source   Source

	Hour       string      // id of the playlist
	Track      string      // id
	Place      int         // of the track in the playlist, from 1
	PlannedMS  int64       // length, > 0; 0 if unknown
	MS         int64       // of a track_end: heard, ≥ 0; −1 if unknown
	Reason     Reason      //
	Adjusted   bool        // the playlist is not as it was first offered: the listener, or what was learned of them, changed it
	Cell       *segue.Cell // where the listener is
	Target     *segue.Cell // where they want to be
	Feel       *int        // −2 much worse … +2 much better
	Words      string      //
	Experiment string      // id of its design
	Arm        string      //
	Propensity float64     // probability with which the arm was drawn, (0, 1]

	// Of an exposure to a policy that learns (package adapt), whose chances change: where it
	// drew, and the probability of every one of its actions in their order, with commas.
	Context      string
	Propensities string
}
