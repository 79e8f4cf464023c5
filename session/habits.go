package session

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"segue"
	"segue/internal/titles"
)

// What habits look at. (docs/science.md §5)
const (
	HabitDays    = 28 // days before the last play that habits describe
	BaselineDays = 56 // days before those, whose artists are not new
	TopArtists   = 10 // artists that loyalty counts
	Rarefied     = 50 // plays to which distinct tracks are rarefied

	// BaselineActive is on how many local days of the baseline something must
	// have been heard. After a silence, or in an export with files missing, every
	// artist would pass for new. (d)
	BaselineActive = 14

	nightEnds = 5 // local hour before which it is night, from midnight
)

// Exploration says how exploration was measured: the two measures are on
// different scales, and must be compared with different references.
type Exploration int8

// The measures.
const (
	NoExploration Exploration = iota // nothing to measure: NaN
	NewArtists                       // share of time on artists unheard in the BaselineDays before
	Rarefaction                      // expected distinct tracks among 50 plays, divided by 50; too little is known of the days before for NewArtists
)

// String returns the measure's name.
func (e Exploration) String() string {
	switch e {
	case NewArtists:
		return "new_artists"
	case Rarefaction:
		return "rarefaction"
	}
	return "none"
}

// MarshalText writes the measure's name.
func (e Exploration) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// Window is the last HabitDays of a history, summed up by session so that it
// can be resampled quickly. It is immutable and safe for many goroutines.
type Window struct {
	base     segue.Habits // the counts, and the window's ends
	measure  Exploration
	sessions []windowSession
	artists  int // distinct artists of the window
	tracks   int // distinct tracks of the window
}

// windowSession is what one session heard within the window, in plays of
// MinimumPlay or longer. Times are in seconds.
type windowSession struct {
	heard, night, fresh float64
	place               place // featured plays
	artists             []amount
	tracks              []amount
	step                float64 // squared distance from the session before, NaN if either has no mood
}

// amount is a number's seconds or plays.
type amount struct {
	number int32
	amount float64
}

// NewWindow sums up the plays that ended within HabitDays of the end of the
// last one. Artists are told apart by their folded main name, tracks by
// recording where matched and by folded names otherwise; plays without an artist
// do not count for exploration and loyalty. A session that began before the
// window counts with the plays inside it. An empty history gives a window
// without sessions. Cost O(plays).
func NewWindow(l Listening, sessions []segue.Session, o Options) *Window {
	o.filled()
	l.check()
	w := &Window{base: l.counts(sessions)}
	if len(l.Plays) == 0 {
		return w
	}
	to := l.Plays[len(l.Plays)-1].EndedAt
	from := to.Add(-HabitDays * 24 * time.Hour)
	baseline := from.Add(-BaselineDays * 24 * time.Hour)
	w.base.From, w.base.To = from.UTC(), to.UTC()
	n := newNumbering(l)
	known := map[int32]bool{} // artists of the baseline
	active := map[int]bool{}  // its days
	for i, p := range l.Plays {
		if l.heard(i) && p.EndedAt.After(baseline) && !p.EndedAt.After(from) {
			known[n.artist(i)] = true
			active[dayOf(p.StartedAt(), l.zone())] = true
		}
	}
	w.measure = Rarefaction
	if !l.Plays[0].EndedAt.After(baseline) && len(active) >= BaselineActive {
		w.measure = NewArtists
	}
	var before *segue.Session
	for k := range sessions {
		s := &sessions[k]
		ws := windowSession{step: math.NaN()}
		artists, tracks := map[int32]float64{}, map[int32]float64{}
		for i := s.First; i < s.Last; i++ {
			p := l.Plays[i]
			if !l.heard(i) || !p.EndedAt.After(from) {
				continue
			}
			seconds := p.Played.Seconds()
			ws.heard += seconds
			eachHour(p, l.zone(), func(local time.Time, lasted time.Duration) {
				if local.Hour() < nightEnds {
					ws.night += lasted.Seconds()
				}
			})
			if at, ok := l.position(i); ok {
				ws.place.add(at, seconds)
			}
			tracks[n.track(i)]++
			if a := n.artist(i); a >= 0 {
				artists[a] += seconds
				if !known[a] {
					ws.fresh += seconds
				}
			}
		}
		if ws.heard > 0 {
			ws.artists, ws.tracks = amounts(artists), amounts(tracks)
			if s.HasMood && before != nil {
				ws.step = square(s.Position.Distance(before.Position))
			}
			w.sessions = append(w.sessions, ws)
		}
		if s.HasMood {
			before = nil
			if s.End.After(from) {
				before = s
				w.base.RecentMoods++
			}
		}
	}
	w.artists, w.tracks = len(n.artists), len(n.tracks)
	w.compact()
	return w
}

// compact renumbers artists and tracks to those of the window, so that
// resampling need not scan a whole history's.
func (w *Window) compact() {
	artists, tracks := map[int32]int32{}, map[int32]int32{}
	renumber := func(list []amount, numbers map[int32]int32) {
		for i := range list {
			n, ok := numbers[list[i].number]
			if !ok {
				n = int32(len(numbers))
				numbers[list[i].number] = n
			}
			list[i].number = n
		}
	}
	for _, s := range w.sessions {
		renumber(s.artists, artists)
		renumber(s.tracks, tracks)
	}
	w.artists, w.tracks = len(artists), len(tracks)
}

// Exploration returns how Habits.Exploration was measured.
func (w *Window) Exploration() Exploration {
	if len(w.sessions) == 0 {
		return NoExploration
	}
	return w.measure
}

// Habits returns the habits of the window. Values are NaN where there is
// nothing to compute them from: all six without a play of MinimumPlay, arousal
// and valence without a featured play, swing without two successive sessions
// with a mood, rarefied exploration under 50 plays. Exploration returns which
// measure of exploration they hold.
func (w *Window) Habits() segue.Habits {
	return w.habits(func(i int) int { return i }, len(w.sessions))
}

// Resample returns the habits of as many sessions as the window has, drawn
// from them with replacement. The counts stay those of the history. A session
// brings its own step from the session before it, so that swing survives the
// shuffling. Cost O(sessions + artists), without a look at the plays.
//
// Rarefied exploration counts different tracks, and a session drawn twice would
// bring none. It is therefore taken from the first half of the different
// sessions drawn, which is a draw of half of them without replacement and varies
// as much as a bootstrap does; from more of them if these hold too few plays.
//
// Source: McCarthy 1969, doi:10.2307/1402116 (half-samples).
func (w *Window) Resample(rng *rand.Rand) segue.Habits {
	return w.habits(func(int) int { return rng.IntN(len(w.sessions)) }, (len(w.sessions)+1)/2)
}

// habits computes the measures over the sessions pick chooses, rarefied
// exploration over the first few different ones, at least.
func (w *Window) habits(pick func(i int) int, few int) segue.Habits {
	h := w.base
	var heard, night, fresh, named, steps, pairs, plays float64
	var at place
	artists := make([]float64, w.artists)
	var tracks []float64
	var counted []bool // sessions whose tracks are
	if w.measure == Rarefaction {
		tracks, counted = make([]float64, w.tracks), make([]bool, len(w.sessions))
	}
	for i := range w.sessions {
		k := pick(i)
		s := &w.sessions[k]
		heard += s.heard
		night += s.night
		fresh += s.fresh
		at.weight += s.place.weight
		at.v += s.place.v
		at.a += s.place.a
		for _, a := range s.artists {
			artists[a.number] += a.amount
			named += a.amount
		}
		if s.step == s.step {
			steps += s.step
			pairs++
		}
		if w.measure == Rarefaction && !counted[k] && (few > 0 || plays < Rarefied) {
			counted[k] = true
			few--
			for _, t := range s.tracks {
				tracks[t.number] += t.amount
				plays += t.amount
			}
		}
	}
	h.Arousal, h.Valence = at.a/at.weight, at.v/at.weight
	h.Night = min(1, night/heard) // sums in different orders round differently
	h.Loyalty = min(1, top(artists)/named)
	h.Swing = math.Sqrt(steps / pairs)
	switch w.measure {
	case NewArtists:
		h.Exploration = min(1, fresh/named)
	default:
		h.Exploration, h.ExplorationRarefied = min(1, rarefy(tracks, plays)/Rarefied), true
	}
	return h
}

// top returns the sum of the TopArtists largest values.
func top(values []float64) float64 {
	var largest [TopArtists]float64 // ascending
	for _, v := range values {
		if v <= largest[0] {
			continue
		}
		j := 0
		for j+1 < TopArtists && largest[j+1] < v {
			largest[j] = largest[j+1]
			j++
		}
		largest[j] = v
	}
	var sum float64
	for _, v := range largest {
		sum += v
	}
	return sum
}

// rarefy returns how many distinct tracks Rarefied plays drawn without
// replacement hold on average, NaN if there are fewer plays than that:
// Σ 1 − C(n − nᵢ, m)/C(n, m).
//
// Source: Hurlbert 1971, doi:10.2307/1934145.
func rarefy(counts []float64, n float64) float64 {
	if n < Rarefied {
		return math.NaN()
	}
	absent := map[float64]float64{} // by count: few counts occur
	var sum float64
	for _, c := range counts {
		if c == 0 {
			continue
		}
		p, ok := absent[c]
		if !ok {
			// C(n−c, m)/C(n, m) = Π_{j<m} (n−c−j)/(n−j)
			p = 1
			for j := 0.0; j < Rarefied && p > 0; j++ {
				p *= max(0, n-c-j) / (n - j)
			}
			absent[c] = p
		}
		sum += 1 - p
	}
	return sum
}

// amounts returns a map's pairs in order of number.
func amounts(m map[int32]float64) []amount {
	out := make([]amount, 0, len(m))
	for k, v := range m {
		out = append(out, amount{k, v})
	}
	slices.SortFunc(out, func(a, b amount) int { return int(a.number) - int(b.number) })
	return out
}

func square(x float64) float64 { return x * x }

// numbering gives artists and tracks small numbers.
type numbering struct {
	l       Listening
	artists map[string]int32
	names   map[string]int32 // artist by name as written
	tracks  map[trackKey]int32
}

// trackKey tells tracks apart: by recording, or by names if row is -1.
type trackKey struct {
	row           int32
	artist, title string
}

func newNumbering(l Listening) *numbering {
	return &numbering{l, map[string]int32{}, map[string]int32{}, map[trackKey]int32{}}
}

// artist returns the number of play i's main artist, -1 if it names none and
// its match does not either.
func (n *numbering) artist(i int) int32 {
	name := n.l.Plays[i].Track.Artist
	if name == "" {
		if r := n.l.row(i); r >= 0 && n.l.Catalog != nil {
			name = n.l.Catalog.Artists.First(int(r))
		}
	}
	if a, ok := n.names[name]; ok {
		return a
	}
	a := int32(-1)
	if parts := titles.SplitArtists(name); len(parts) > 0 {
		key := titles.Fold(parts[0])
		known, ok := n.artists[key]
		if !ok {
			known = int32(len(n.artists))
			n.artists[key] = known
		}
		a = known
	}
	n.names[name] = a
	return a
}

// track returns the number of play i's track.
func (n *numbering) track(i int) int32 {
	key := trackKey{row: n.l.row(i)}
	if key.row >= 0 {
		if c := n.l.Catalog; c != nil && c.Recording != nil {
			key.row = c.Recording[key.row]
		}
	} else {
		t := n.l.Plays[i].Track
		key.artist, key.title = titles.Fold(t.Artist), titles.Fold(t.Title)
	}
	t, ok := n.tracks[key]
	if !ok {
		t = int32(len(n.tracks))
		n.tracks[key] = t
	}
	return t
}
