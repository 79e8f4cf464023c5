package metric

import (
	"math"

	"segue/outcome/stats"
)

// Key names a metric.
type Key string

// The metrics, as docs/science.md §7 defines them. Those that package experiment also
// measures have its names.
const (
	Completion   Key = "completion"    // playlists of which at least 80 % of the planned time was heard; mean of listeners' shares
	SkipRate     Key = "skip_rate"     // tracks skipped before min(30 s, half) of those begun
	SkipChange   Key = "skip_change"   // the skip rate after adjustment less that before, less the same of listeners without
	Feel         Key = "feel"          // "How did this feel?", mean of −2 … +2
	FeltBetter   Key = "felt_better"   // reflections of +1 or +2
	ResponseRate Key = "response_rate" // playlists begun that were answered
	WeeklyActive Key = "weekly_active" // listener-weeks with an opening of the app
	ActiveUplift Key = "active_uplift" // weekly active of those exposed, less that of the holdout
	ShareRate    Key = "share_rate"    // unique tappers among unique viewers of the card
	Change       Key = "change"        // Δ, how much nearer to the target, mean over playlists, [−√2, √2]

	// Harm: what no other metric may cost.
	Farther      Key = "farther"       // playlists that ended 2 cells or more farther from the target
	MuchWorse    Key = "much_worse"    // reflections of −2
	NightMinutes Key = "night_minutes" // minutes heard between 23 and 6 o'clock local, on a day of listening
	OptOut       Key = "opt_out"       // listeners who withdrew
)

// A Definition says what a metric is.
type Definition struct {
	Key    Key     `json:"key"`
	Words  string  `json:"words"`  // "tracks skipped early"
	Of     string  `json:"of"`     // what Metric.Records counts: "tracks begun"
	Unit   string  `json:"unit"`   // "" for a share, [0, 1]
	Better int     `json:"better"` // +1: more is better, −1: less is
	Harm   bool    `json:"harm"`   //
	Lo     float64 `json:"lo"`     // the interval in which it lies
	Hi     float64 `json:"hi"`     // …
	none   string  // why it is missing where nobody has it
}

func (d *Definition) share() bool { return d.Unit == "" && d.Lo == 0 }

// nightMinutes is how long a late night is.
const nightMinutes = 7 * 60

// Definitions returns what the metrics are, in the order of reports.
func Definitions() []Definition {
	return []Definition{
		{Completion, "playlists heard to their end", "playlists", "", +1, false, 0, 1, "no playlist of known length was followed"},
		{SkipRate, "tracks skipped early", "tracks begun", "", -1, false, 0, 1, "no track began"},
		{SkipChange, "skip rate after an adjustment, against without", "tracks begun", "points", -1, false, -1, 1, "nobody has tracks before and after a first adjusted playlist"},
		{Feel, "how it felt, −2 to +2", "reflections", "steps", +1, false, -2, 2, "nobody said how it felt"},
		{FeltBetter, "felt better", "reflections", "", +1, false, 0, 1, "nobody said how it felt"},
		{ResponseRate, "playlists that were answered", "playlists", "", +1, false, 0, 1, "no playlist began"},
		{WeeklyActive, "weeks with the app opened", "listener-weeks", "", +1, false, 0, 1, "no opening of the app is on record"},
		{ActiveUplift, "weekly active, exposed less holdout", "listener-weeks", "points", +1, false, -1, 1, "no holdout was named"},
		{ShareRate, "card viewers who shared", "viewers", "", +1, false, 0, 1, "nobody looked at a card"},
		{Change, "nearer to the target", "playlists", "of the plane's side", +1, false, -math.Sqrt2, math.Sqrt2, "no playlist has a check-in before, with a target, and one after"},
		{Farther, "ended two cells or more farther", "playlists", "", -1, true, 0, 1, "no playlist has a check-in before, with a target, and one after"},
		{MuchWorse, "felt much worse", "reflections", "", -1, true, 0, 1, "nobody said how it felt"},
		{NightMinutes, "late-night minutes, a day of listening", "days of listening", "minutes", -1, true, 0, nightMinutes, "nothing was heard, or it is not known how long"},
		{OptOut, "listeners who withdrew", "listeners", "", -1, true, 0, 1, "there is no listener"},
	}
}

// A Metric is one number of a group.
type Metric struct {
	Key            Key `json:"key"`
	stats.Estimate     // N is listeners; so is what Enough speaks of
	Records        int `json:"records"`  // what Definition.Of says, behind the value
	LeftOut        int `json:"left_out"` // of the same, because what it takes is not known
	// Withheld: it rests on fewer listeners than may be shown, or another number that
	// does could be had from it. Value, interval and counts are then missing or 0.
	Withheld bool `json:"withheld"`
}

// sums gather all metrics that are sums over the cells of a group.
type sums struct {
	completion                                     []float64 // a listener's share
	playlists, unclearPlaylists                    int       // behind completion, left out of it
	skips, feel, better, worse, response, change   ratio
	farther, night                                 ratio
	unclearTracks                                  int
	listeners, records, viewers, tappers, optedOut int
}

// own are the sums of one listener.
type own struct {
	records                      int
	ended, known, unclear        int // playlists: heard to their end, of which that is known, not known
	begun, answered              int // playlists
	early, tracks, unclearTracks int
	felt, feel, better, worse    int
	pairs, farther               int
	change                       float64
	night                        int64 // ms
	listening                    int   // days
	lastDay                      int32 // of listening
	viewed, tapped, opted        bool
}

func (o *own) add(c *cell) {
	o.records += int(c.records)
	o.early += int(c.early)
	o.tracks += int(c.tracks)
	o.unclearTracks += int(c.unclearTracks)
	o.night += c.night
	if c.heard > 0 && (o.listening == 0 || c.day != o.lastDay) {
		o.listening++
		o.lastDay = c.day
	}
	has := func(f flags) int {
		if c.flags&f != 0 {
			return 1
		}
		return 0
	}
	o.begun += has(begun)
	o.ended += has(ended)
	o.known += has(knownEnd)
	o.unclear += has(unclearEnd)
	o.answered += has(begun) & has(felt)
	if c.flags&felt != 0 {
		o.felt++
		o.feel += int(c.feel)
		if c.feel >= 1 {
			o.better++
		}
		if c.feel == -2 {
			o.worse++
		}
	}
	if c.flags&changed != 0 {
		o.pairs++
		o.change += c.change
		o.farther += has(farther)
	}
	o.viewed = o.viewed || c.flags&(viewed|tapped) != 0 // who taps sees
	o.tapped = o.tapped || c.flags&tapped != 0
	o.opted = o.opted || c.flags&opted != 0
}

// add puts a listener's sums to those of the group.
func (s *sums) add(o *own) {
	s.listeners++
	s.records += o.records
	if o.known > 0 {
		s.completion = append(s.completion, float64(o.ended)/float64(o.known))
		s.playlists += o.known
	}
	s.unclearPlaylists += o.unclear
	s.skips.add(float64(o.early), float64(o.tracks))
	s.unclearTracks += o.unclearTracks
	s.feel.add(float64(o.feel), float64(o.felt))
	s.better.add(float64(o.better), float64(o.felt))
	s.worse.add(float64(o.worse), float64(o.felt))
	s.response.add(float64(o.answered), float64(o.begun))
	s.change.add(o.change, float64(o.pairs))
	s.farther.add(float64(o.farther), float64(o.pairs))
	s.night.add(float64(o.night)/60_000, float64(o.listening))
	count := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	count(&s.viewers, o.viewed)
	count(&s.tappers, o.tapped)
	count(&s.optedOut, o.opted)
}

// metric returns the metric of a definition, and whether it is one of sums.
func (s *sums) metric(d *Definition) (Metric, bool) {
	of := func(r *ratio) Metric {
		return Metric{Estimate: r.estimate(d.Words, d.Lo, d.Hi, d.share()), Records: int(r.x)}
	}
	count := func(k, n int) Metric {
		e := stats.Wilson(k, n, stats.Level)
		e.Name = d.Words
		return Metric{Estimate: e, Records: n}
	}
	var m Metric
	switch d.Key {
	case Completion:
		m = Metric{Estimate: meanShare(d.Words, s.completion), Records: s.playlists, LeftOut: s.unclearPlaylists}
	case SkipRate:
		m = of(&s.skips)
		m.LeftOut = s.unclearTracks
	case Feel:
		m = of(&s.feel)
	case FeltBetter:
		m = of(&s.better)
	case MuchWorse:
		m = of(&s.worse)
	case ResponseRate:
		m = of(&s.response)
	case Change:
		m = of(&s.change)
	case Farther:
		m = of(&s.farther)
	case NightMinutes:
		m = of(&s.night)
	case ShareRate:
		m = count(s.tappers, s.viewers)
	case OptOut:
		m = count(s.optedOut, s.listeners)
	default:
		return m, false
	}
	if m.N == 0 {
		m.Reason = d.none
	}
	return m, true
}
