package playlist

import (
	"context"
	"errors"
	"fmt"
	"time"

	"segue"
	"segue/language"
)

// When plays are one occasion on which a playlist was heard; Played says how
// they are used. (d)
const (
	OccasionPause   = 30 * time.Minute // a pause as long ends it, as it ends a session (docs/science.md §3)
	OccasionBetween = 2                // other plays in a row that it bears
	OccasionResume  = 12 * time.Hour   // how long after a pause, or other music, it may go on where it stopped
	OccasionAgain   = 3                // different tracks after which its first one, come again, starts another
	OccasionLeast   = 4                // different tracks it needs to count; one less if it begins with the first
	OccasionShare   = .50              // share of all tracks that counts in any order: it was shuffled
	OccasionSlack   = time.Minute      // how far times may be off: account exports hold whole minutes

	// What it takes for the arc to count as heard, beside a track of the sustain.
	EnoughShare = .50 // share of all tracks heard and not skipped
	EnoughTau   = .50 // Kendall's τ of the order: three of four pairs as planned

	// LeastOrder is how many tracks it takes to speak of their order.
	LeastOrder = 3
)

// MaxPlayedTracks is how many tracks a playlist may have to be looked for in a
// history: over a day of music. A library is heard all the time.
const MaxPlayedTracks = 500

// What Played can make nothing of.
var (
	ErrNoTracks      = errors.New("the playlist holds no tracks")
	ErrTooManyTracks = errors.New("the playlist holds too many tracks")
)

// PlayedOptions say what of a history counts. The zero value counts all of it.
type PlayedOptions struct {
	Since    time.Time        // when the playlist was made: plays that began earlier do not count; zero for no limit
	Location *time.Location   // of the times given and said; nil means UTC
	Tongue   *language.Tongue // of the notes; nil is English
	Least    int              // what an occasion needs; 0 means OccasionLeast

	// Others are playlists that may have been heard at the same time and share
	// tracks with this one: an occasion that is rather one of theirs does not count.
	Others []*Playlist

	// Catalog, if given, adds what a playlist file leaves out of its tracks
	// (found by id: names, ISRC, length), and the other ids of their recordings.
	Catalog *segue.Catalog
}

// A Hearing is a planned playlist beside what was played: every occasion on which
// it was heard, in whole or in part. Its JSON holds no NaN: what is not known is
// null.
type Hearing struct {
	Tracks    int        `json:"tracks"`     // planned
	PlannedMS int64      `json:"planned_ms"` // of the tracks whose length is known
	Lengths   int        `json:"lengths"`    // how many those are
	Since     *time.Time `json:"since"`      // null without a limit

	Plays      int            `json:"plays"`      // looked at: those since Since, each once
	Duplicates int            `json:"duplicates"` // left out, being equal to another
	First      *time.Time     `json:"first"`      // start of the first of them
	Last       *time.Time     `json:"last"`       // end of the last play of the history, counted or not
	ByRung     map[string]int `json:"by_rung"`    // plays by the rung (segue.Rung) on which they were recognised; unmatched are other music

	Occasions []Occasion `json:"occasions"` // in order of time
	Started   int        `json:"started"`   // tracks started on any of them
	Completed int        `json:"completed"` // tracks completed, or scrobbled, on any of them
	Elsewhere int        `json:"elsewhere"` // plays of planned tracks on no occasion
	Brief     int        `json:"brief"`     // runs of those from the first track to the second, too short to count: starts given up, or chance
	OfOthers  int        `json:"of_others"` // occasions left out because they are rather those of another playlist

	Notes []string `json:"notes"` // what could not be told and why, in words
}

// A Tally counts planned tracks by what became of them: Completed, Unclear, Partly
// and Skipped add up to Started; with Passed and NotReached, to Planned.
type Tally struct {
	Planned    int `json:"planned"`
	Started    int `json:"started"`     // with a play
	Timed      int `json:"timed"`       // of those, with a known time heard: the n behind skips and times
	Completed  int `json:"completed"`   // StateCompleted
	Unclear    int `json:"unclear"`     // StateHeard
	Partly     int `json:"partly"`      // StatePartly
	Skipped    int `json:"skipped"`     // StateSkipped
	Early      int `json:"early"`       // of those, before min(30 s, half the track) (docs/science.md §7)
	Passed     int `json:"passed"`      // StatePassed
	NotReached int `json:"not_reached"` // StateNotReached

	SkipRate *float64 `json:"skip_rate"` // Early by Timed, [0, 1]; null if that is 0
}

// An Occasion is one time the playlist was heard.
type Occasion struct {
	Start  time.Time     `json:"start"`
	End    time.Time     `json:"end"`
	Tracks []PlayedTrack `json:"tracks"` // one a planned track, in the order of the plan
	Tally

	// HeardMS is the time heard, of each track of known length at most that.
	// HeardShare is its share of the planned time of all such tracks, [0, 1], and
	// null if no time is known; where Timed < Started it was at least as much.
	HeardMS    int64    `json:"heard_ms"`
	HeardShare *float64 `json:"heard_share"`

	// CompletedShare is the share of the planned tracks that were completed or
	// scrobbled, [0, 1].
	CompletedShare float64 `json:"completed_share"`

	// Complete tells whether CompletedShare, the constant, of the planned time was
	// heard; null where the times that are known do not tell.
	Complete *bool `json:"complete"`

	Order  Order        `json:"order"`
	Phases []PhaseHeard `json:"phases"` // those the plan has, in order; none if the file did not keep them

	// Reached is the furthest phase in which a track was heard and not skipped.
	// Enough tells whether the arc was heard far enough to count: a track of the
	// sustain, and EnoughShare of all tracks, were heard and not skipped, and their
	// order was kept to EnoughTau. Breaks tell whether it was at one sitting. Both
	// are null without phases, Reached also if every track was skipped.
	Reached *Phase `json:"reached"`
	Enough  *bool  `json:"enough"`

	Left     *Left   `json:"left"`     // where the listener left; null if at the end
	Others   int     `json:"others"`   // plays of something else between start and end
	Breaks   []Break `json:"breaks"`   // where it was interrupted
	Repeats  int     `json:"repeats"`  // plays of a track already started
	Resumed  int     `json:"resumed"`  // plays that were the rest of the one before
	Overlaps int     `json:"overlaps"` // plays that began more than OccasionSlack before the one before ended
	Events   []Event `json:"events"`   // what happened, in order
}

// PlayedState says what became of a planned track.
type PlayedState string

// The states.
const (
	StateCompleted  PlayedState = "completed"   // heard out, by CompletedShare
	StateHeard      PlayedState = "heard"       // scrobbled: how far is not known
	StatePartly     PlayedState = "partly"      // left in between: no skip, and not completed
	StateSkipped    PlayedState = "skipped"     // by segue.Play.WasSkipped
	StatePassed     PlayedState = "passed"      // not played, though a later one was
	StateNotReached PlayedState = "not_reached" // not played, nor any after it
)

// A PlayedTrack is a planned track and what became of it on one occasion. If it
// was played more than once the play that says most counts: a completed one, else
// a scrobble, else the longest. Plays in a row that together last no longer than
// the track are one play with a pause.
type PlayedTrack struct {
	Place      int         `json:"place"` // in the plan, from 1
	ID         string      `json:"id"`
	Title      string      `json:"title"`
	Artists    []string    `json:"artists"`
	Phase      Phase       `json:"phase"`       // empty where the file does not say
	StartMS    *int64      `json:"start_ms"`    // planned, from the beginning; null if a length before it is unknown
	DurationMS int64       `json:"duration_ms"` // planned; 0 where unknown
	State      PlayedState `json:"state"`

	Plays      int        `json:"plays"`      // one with pauses in it counts once
	Nth        int        `json:"nth"`        // in the order in which tracks were started, from 1; 0 if it was not
	Started    *time.Time `json:"started"`    // for the first time; null if it was not
	HeardMS    *int64     `json:"heard_ms"`   // by the play that counts; null if unknown or not started
	Rung       string     `json:"rung"`       // how it was recognised, at best; unmatched if not started
	Confidence float64    `json:"confidence"` // of that, [0, 1]
}

// Heard reports whether the track was heard and not skipped.
func (t PlayedTrack) Heard() bool {
	return t.State == StateCompleted || t.State == StateHeard || t.State == StatePartly
}

// Order compares the order in which tracks were started with the plan.
type Order struct {
	N     int      `json:"n"`     // tracks started
	Kept  int      `json:"kept"`  // the most of them that came in the planned order: a longest increasing subsequence
	Share *float64 `json:"share"` // Kept by N, (0, 1]; null if N < LeastOrder
	Tau   *float64 `json:"tau"`   // Kendall's τ of plan and order heard, [−1, 1]; null if N < LeastOrder
}

// PhaseHeard counts the tracks of one phase.
type PhaseHeard struct {
	Phase Phase `json:"phase"`
	Tally
}

// Left is where the listener left: the last planned track that was played.
type Left struct {
	Place  int         `json:"place"` // from 1
	Phase  Phase       `json:"phase"`
	State  PlayedState `json:"state"`
	PlanMS *int64      `json:"plan_ms"` // how far into the plan that was; null if it cannot be told
}

// A Break is where other music or a pause of OccasionPause came between two
// tracks.
type Break struct {
	After   int   `json:"after"`    // place of the track before, from 1
	PauseMS int64 `json:"pause_ms"` // from its end to the next planned track, whatever was played
	Others  int   `json:"others"`   // plays of something else
}

// EventKind names what happened, as docs/science.md §7 does.
type EventKind string

// The kinds.
const (
	PlaylistStart EventKind = "playlist_start"
	TrackStart    EventKind = "track_start"
	TrackEnd      EventKind = "track_end"
)

// An Event is one thing that happened on an occasion: a playlist_start, then a
// track_start and a track_end for each play of a planned track; one with pauses in
// it has one of each. Times are those of the history: a scrobble's end, which was not recorded, is as segue.Play
// takes it to be.
type Event struct {
	Kind   EventKind   `json:"kind"`
	At     time.Time   `json:"at"`
	Place  int         `json:"place"`  // from 1; 0 for the playlist
	ID     string      `json:"id"`     // of the track
	MS     *int64      `json:"ms"`     // of a track_end: how long it was heard; null for a scrobble
	Reason PlayedState `json:"reason"` // of a track_end: completed, heard, partly or skipped; otherwise empty
}

// Played finds what was heard of a playlist in a history: on which occasions, how
// much, in which order, what was skipped and where the listener left.
//
// Plays may come in any order. One counts if it began at o.Since or later
// (OccasionSlack is forgiven); equal plays count once. A play is recognised by
// the ladder of package match in a small catalogue of the planned tracks, so no
// other is needed.
//
// An occasion is a run of plays of planned tracks, each of which begins less than
// OccasionPause after the one before ended, with at most OccasionBetween other
// plays between them. A run also goes on, up to OccasionResume later and whatever
// was played meanwhile, where it stopped: with the track after its last one if
// that was not started yet, or with its last one, not being the only one, if that
// was not heard out or this can be the rest of it. A run ends, and another begins,
// when all tracks were started and another than the last comes again, or when its
// first track comes again after OccasionAgain different ones.
//
// A run is an occasion if it has o.Least different tracks (one less if it begins
// with the first, all if there are fewer), and if from one of its plays to the next
// it mostly goes to the next of the plan: half of the time, and once less than it
// needs tracks; or if it has OccasionShare of all tracks, in any order. Other runs
// are counted in Elsewhere, and in Brief if they went from the first track to the
// second: music one likes is heard without the playlist, too. In a year of one
// listener (10,382 plays of 1,903 tracks), 17 random tracks of the 100, 200 and 500
// most played make .7, .2 and .1 occasions by such chance; three tracks in any order
// would make 32, 11 and 1.6.
//
// Nor does a run count most of whose plays lie in an occasion of one of o.Others
// with more different tracks, or as many and more of them in order: the same plays
// are then rather a hearing of that.
//
// Skips are those of segue.Play.WasSkipped and completion that of CompletedShare,
// here as everywhere. Scrobbles say that a track was heard and not how long: they
// count as heard, and Timed tells how many tracks stand behind times and skips.
//
// Played returns ErrNoTracks if there is nothing to hear, an error wrapping
// ErrTooManyTracks if there are over MaxPlayedTracks, and ctx's error if it ends
// first. It changes nothing passed in. Cost O(plays·log plays), and a pass over
// o.Catalog: a quarter of a second for 100,000 plays.
func Played(ctx context.Context, p *Playlist, plays []segue.Play, o PlayedOptions) (*Hearing, error) {
	if len(p.Tracks) == 0 {
		return nil, ErrNoTracks
	}
	for _, q := range append([]*Playlist{p}, o.Others...) {
		if n := len(q.Tracks); n > MaxPlayedTracks {
			return nil, fmt.Errorf("%w: %d, and at most %d are looked for", ErrTooManyTracks, n, MaxPlayedTracks)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if o.Location == nil {
		o.Location = time.UTC
	}
	if o.Least <= 0 {
		o.Least = OccasionLeast
	}
	known := newRecogniser(p.Tracks, o.Catalog)
	counted, duplicates := countedPlays(plays, o.Since)
	planned, matches, err := known.find(ctx, counted)
	if err != nil {
		return nil, err
	}
	others, err := otherRunsOf(ctx, counted, o)
	if err != nil {
		return nil, err
	}
	h := &Hearing{Tracks: len(known.tracks), Plays: len(counted), Duplicates: duplicates, Occasions: []Occasion{}, ByRung: map[string]int{}}
	for rung := range segue.Rung(segue.NumRungs) {
		h.ByRung[rung.String()] = 0
	}
	h.span(plays, counted, o)
	for _, t := range known.tracks {
		if t.DurationMS > 0 {
			h.PlannedMS += t.DurationMS
			h.Lengths++
		}
	}
	for _, m := range matches {
		h.ByRung[m.Rung.String()]++
	}
	seen := make([]bool, len(known.tracks)) // recognised at least once
	for _, p := range planned {
		for _, place := range p.places {
			seen[place] = true
		}
	}
	started, heard := make([]bool, len(seen)), make([]bool, len(seen))
	for _, run := range join(runs(planned, len(known.tracks)), known.tracks) {
		enough := run.counts(o.Least, known.songs)
		theirs := enough && others.claim(run)
		if theirs {
			h.OfOthers++
		}
		if theirs || !enough {
			h.Elsewhere += len(run.plays)
			if !enough && run.begins() {
				h.Brief++
			}
			continue
		}
		occasion := measure(run, known.tracks, o.Location)
		for i, t := range occasion.Tracks {
			started[i] = started[i] || t.Plays > 0
			heard[i] = heard[i] || t.State == StateCompleted || t.State == StateHeard
		}
		h.Occasions = append(h.Occasions, occasion)
	}
	h.Started, h.Completed = countTrue(started), countTrue(heard)
	h.Notes = h.notes(known, seen, o)
	return h, nil
}

// span notes which stretch of time was looked at.
func (h *Hearing) span(plays, counted []segue.Play, o PlayedOptions) {
	if !o.Since.IsZero() {
		since := o.Since.In(o.Location)
		h.Since = &since
	}
	for i := range plays {
		if end := plays[i].EndedAt.In(o.Location); h.Last == nil || end.After(*h.Last) {
			h.Last = &end
		}
	}
	for i := range counted {
		if start := counted[i].StartedAt().In(o.Location); h.First == nil || start.Before(*h.First) {
			h.First = &start
		}
	}
}

func countTrue(of []bool) (n int) {
	for _, is := range of {
		if is {
			n++
		}
	}
	return n
}
