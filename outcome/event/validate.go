package event

import (
	"strings"
	"time"
	"unicode/utf8"

	"segue"
	"segue/language"
)

// What a record may hold. (d)
const (
	MaxName   = 128                // bytes of ids, listeners, hours, tracks, experiments and arms
	MaxWords  = 64 << 10           // bytes of Words
	MaxShares = 1024               // bytes of Propensities
	MaxPlace  = 10_000             // of a track in its playlist
	MaxMS     = 7 * 24 * 3_600_000 // a week: of PlannedMS and MS
	MaxOffset = 14 * 60            // minutes: places of the Earth lie in [−12 h, +14 h]

	firstYear, lastYear = 2000, 2100 // of At: [first, last)
)

// fields is a set of the fields that are a matter of the kind.
type fields uint32

const (
	hour fields = 1 << iota
	track
	place
	plannedMS
	ms
	reason
	adjusted
	cell
	target
	feel
	words
	experiment
	arm
	propensity
	where
	shares
)

// rule returns the fields that records of a kind need, and those they may have
// besides. ok is false if there is no such kind.
func rule(k Kind) (needs, may fields, ok bool) {
	switch k {
	case PlaylistStart:
		return hour, plannedMS | adjusted, true
	case TrackStart:
		return track, hour | place | plannedMS, true
	case TrackEnd:
		return track | reason, hour | place | plannedMS | ms, true
	case CheckInBefore:
		return cell, target | hour, true
	case CheckInAfter:
		return hour | cell, 0, true
	case Reflection:
		return hour | feel, words, true
	case CardView, ShareTap, AppOpen:
		return 0, 0, true
	case Exposure:
		return experiment | arm | propensity, hour | where | shares, true
	case OptOut:
		return 0, experiment, true
	}
	return 0, 0, false
}

// column returns the name of the lowest field of a set in files.
func (f fields) column() string {
	names := [...]string{"hour", "track", "place", "planned_ms", "ms", "reason", "adjusted", "cell", "target", "feel", "words", "experiment", "arm", "propensity", "context", "propensities"}
	for i, name := range names {
		if f&(1<<i) != 0 {
			return name
		}
	}
	return ""
}

// has returns the fields that are not zero. The MS of a track_end counts if it is
// known.
func (e *Event) has() (f fields) {
	set := func(is bool, bit fields) {
		if is {
			f |= bit
		}
	}
	set(e.Hour != "", hour)
	set(e.Track != "", track)
	set(e.Place != 0, place)
	set(e.PlannedMS != 0, plannedMS)
	set(e.MS != 0 && !(e.MS == -1 && e.Kind == TrackEnd), ms)
	set(e.Reason != "", reason)
	set(e.Adjusted, adjusted)
	set(e.Cell != nil, cell)
	set(e.Target != nil, target)
	set(e.Feel != nil, feel)
	set(e.Words != "", words)
	set(e.Experiment != "", experiment)
	set(e.Arm != "", arm)
	set(e.Propensity != 0, propensity)
	set(e.Context != "", where)
	set(e.Propensities != "", shares)
	return f
}

// Validate returns nil if the record can be counted, or a *segue.InputError that names
// the field (as files call it) and says what is wrong: a schema or kind that is not
// known, a field that the kind needs and lacks, or has and does not take, a value out
// of its interval, a text that is too long or not UTF-8, a time before 2000, from 2100
// on, not in UTC or finer than milliseconds. O(bytes of its texts).
func (e *Event) Validate() error {
	if e.Schema < 1 || e.Schema > Schema {
		return schemaProblem(e.Schema)
	}
	needs, may, ok := rule(e.Kind)
	if !ok {
		return bad("kind", "there is no kind %.40q", string(e.Kind))
	}
	has := e.has()
	if lacking := needs &^ has; lacking != 0 {
		return bad(lacking.column(), language.Text("%s needs it"), string(e.Kind))
	}
	if more := has &^ (needs | may); more != 0 {
		return bad(more.column(), language.Text("%s does not take it"), string(e.Kind))
	}
	switch {
	case e.Source != Web && e.Source != API && e.Source != Export:
		return bad("source", "there is no source %.40q; there are web, api and export", string(e.Source))
	case e.Offset < -MaxOffset || e.Offset > MaxOffset:
		return bad("offset", "%d minutes are not within 14 hours of UTC", e.Offset)
	}
	if err := checkTime(e.At); err != nil {
		return err
	}
	for _, t := range [...]struct {
		column, text string
		needed       bool
	}{
		{"id", e.ID, true}, {"listener", e.Listener, true}, {"hour", e.Hour, false}, {"track", e.Track, false},
		{"experiment", e.Experiment, false}, {"arm", e.Arm, false}, {"context", e.Context, false},
	} {
		if t.text == "" && !t.needed {
			continue
		}
		if err := checkName(t.column, t.text); err != nil {
			return err
		}
	}
	if has == 0 {
		return nil
	}
	return e.checkValues(has)
}

// checkValues looks at the intervals of the fields that depend on the kind.
func (e *Event) checkValues(has fields) error {
	switch {
	case e.Place < 0 || e.Place > MaxPlace:
		return bad("place", "%d is not in 1 to %d", e.Place, MaxPlace)
	case has&place != 0 && has&hour == 0:
		return bad("hour", language.Text("a place is that in an hour, which is not named"))
	case has&place == 0 && has&hour != 0 && (e.Kind == TrackStart || e.Kind == TrackEnd):
		return bad("place", language.Text("a track of an hour needs its place there"))
	case e.PlannedMS < 0 || e.PlannedMS > MaxMS:
		return bad("planned_ms", "%d is not in 0 to %d (a week)", e.PlannedMS, int64(MaxMS))
	case has&ms != 0 && (e.MS < 0 || e.MS > MaxMS):
		return bad("ms", "%d is not in 0 to %d (a week)", e.MS, int64(MaxMS))
	case has&propensity != 0 && !(e.Propensity > 0 && e.Propensity <= 1):
		return bad("propensity", "%v is not a probability above 0", e.Propensity)
	case has&where != 0 && has&shares == 0:
		return bad("propensities", language.Text("a context needs them"))
	case has&shares != 0 && has&where == 0:
		return bad("context", language.Text("propensities need it"))
	case len(e.Propensities) > MaxShares || strings.Trim(e.Propensities, "0123456789.,eE-") != "":
		return bad("propensities", "they are not numbers with commas, in at most %d bytes", MaxShares)
	case e.Feel != nil && (*e.Feel < -2 || *e.Feel > 2):
		return bad("feel", "%d is not in -2 to 2", *e.Feel)
	case e.Cell != nil && !e.Cell.Valid():
		return bad("cell", "%d, %d is not on the grid of 1 to %d", e.Cell[0], e.Cell[1], segue.GridSize)
	case e.Target != nil && !e.Target.Valid():
		return bad("target", "%d, %d is not on the grid of 1 to %d", e.Target[0], e.Target[1], segue.GridSize)
	case len(e.Words) > MaxWords:
		return bad("words", "they are longer than %d bytes", MaxWords)
	}
	if has&reason != 0 {
		switch e.Reason {
		case Completed, Skipped, Stopped, Interrupted, Unknown:
		default:
			return bad("reason", "there is no reason %.40q; there are completed, skipped, stopped, interrupted and unknown", string(e.Reason))
		}
	}
	if has&words != 0 {
		if !utf8.ValidString(e.Words) {
			return bad("words", "they are not UTF-8")
		}
		for i := range len(e.Words) {
			if e.Words[i] == 0 {
				return bad("words", language.Text("they hold a zero byte"))
			}
		}
	}
	return nil
}

func checkTime(at time.Time) error {
	ms := at.UnixMilli()
	switch {
	case ms < firstMS || ms >= endMS:
		return bad("at", language.Text("the time is missing, or not between %d and %d"), firstYear, lastYear)
	case at.Nanosecond()%1e6 != 0:
		return bad("at", "the time is finer than milliseconds")
	case at.Location() != time.UTC:
		return bad("at", "the time is not in UTC")
	}
	return nil
}

// The interval of At, [firstMS, endMS), in milliseconds since 1970: the beginnings of
// 2000 and of 2100.
const (
	firstMS = 946_684_800_000
	endMS   = 4_102_444_800_000
)

// checkName looks at an id or name.
func checkName(column, s string) error {
	if s == "" {
		return bad(column, language.Text("it is missing"))
	}
	if len(s) > MaxName {
		return bad(column, language.Text("it is longer than %d bytes"), MaxName)
	}
	beyond := false
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c == 0x7f:
			return bad(column, language.Text("it holds a control character"))
		case c >= utf8.RuneSelf:
			beyond = true
		}
	}
	if beyond && !utf8.ValidString(s) {
		return bad(column, "it is not UTF-8")
	}
	return nil
}

func schemaProblem(n int) error {
	if n > Schema {
		return &segue.InputError{Column: "schema", Problem: "the record follows schema %d, and this Segue knows schemas up to %d", Args: []any{n, Schema}, Hint: "use a newer Segue"}
	}
	return &segue.InputError{Column: "schema", Problem: "it is missing, or not a version", Hint: "write %d", HintArgs: []any{Schema}}
}

// bad returns an error at a column. Texts that people may meet beyond files are marked,
// so that they are said in their language.
func bad(column, problem string, args ...any) error {
	return &segue.InputError{Column: column, Problem: problem, Args: args}
}
