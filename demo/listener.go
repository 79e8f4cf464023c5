package demo

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// The listener's year. Each number is a choice that makes the demonstration
// resemble a life. (d)
const (
	knownAtFirst  = 420  // tracks liked before the year begins
	idleDay       = 0.06 // share of days without music
	nearness      = 0.15 // how far from the moment's mood a chosen track may lie (standard deviation)
	lowDay        = 0.10 // share of days that feel low, outside the heavier weeks
	explorePhase  = 0.42 // share of new tracks in weeks of exploring …
	exploreUsual  = 0.16 // … and in others
	podcastDay    = 0.20 // share of days with a podcast at noon
	otherEdition  = 0.30 // share of plays, of tracks with another edition, that are of it
	obsessions    = 9    // songs of the moment, changed every four weeks
	obsessionGain = 7.0  // how much more they are played
)

// heavyFrom and heavyDays are the heavier weeks: days of the year.
const (
	heavyFrom  = 313 // 10 November
	heavyDays  = 14
	daysOfYear = 365
)

// A moment is a usual time to listen: when, how long, and in which mood.
type moment struct {
	minute, jitter float64 // local start, minutes after midnight, and its deviation
	length         float64 // minutes, median
	chance         float64
	v0, a0, v1, a1 float64 // mood at the start and at the end, [0, 1]
}

// weekday returns the moments of a working day: the way there, work, the way
// back or the gym, the evening.
func weekday(gym bool) []moment {
	ms := []moment{
		{7*60 + 5, 12, 33, .86, .66, .74, .72, .78},
		{10*60 + 20, 35, 42, .48, .54, .38, .52, .32},
		{18 * 60, 18, 33, .68, .57, .66, .62, .55},
		{21*60 + 50, 22, 38, .70, .60, .36, .60, .20},
	}
	if gym {
		ms[2] = moment{18*60 + 25, 15, 44, .80, .30, .84, .36, .88}
	}
	return ms
}

// weekend returns the moments of a free day; late is for Friday and Saturday.
func weekend(late bool) []moment {
	ms := []moment{
		{9*60 + 50, 40, 48, .82, .74, .60, .78, .68},
		{15 * 60, 50, 50, .62, .68, .50, .64, .40},
		{20*60 + 15, 25, 44, .50, .70, .62, .66, .52},
		{23*60 + 5, 15, 32, .45, .36, .26, .46, .18},
	}
	if late {
		ms[2] = moment{20*60 + 30, 25, 74, .66, .80, .82, .84, .90}
	}
	return ms
}

// liked is a track the listener knows.
type liked struct {
	track  int
	weight float64 // how gladly it is played, by Zipf's law
}

// listener lives through the year.
type listener struct {
	rng       *rand.Rand
	l         *library
	zone      *time.Location
	known     []liked
	knows     []bool
	obsession map[int]bool
	affinity  []float64 // running sum over tracks, to find new ones by taste
	byArtist  [][]int
	fondness  []float64 // of each artist
	curious   []int     // tracks of artists just discovered
	drift     float64
	rows      []row
}

// row is one line of the export.
type row struct {
	end       time.Time
	ms        int
	track     int // −1 for a podcast
	edition   bool
	episode   int
	start     string // why it began
	stop      string // why it ended
	skipped   bool
	shuffle   bool
	offline   bool
	incognito bool
	away      bool // from home: another platform and address
}

func newYear(l *library, seed uint64) []row {
	m := &listener{
		rng: rand.New(rand.NewPCG(seed, 3)), l: l, zone: time.FixedZone(Zone, 7*60*60),
		knows: make([]bool, len(l.tracks)), obsession: map[int]bool{}, byArtist: make([][]int, len(l.artists)),
	}
	sum := 0.0
	for i, t := range l.tracks {
		sum += m.l.genres[t.genres[0]].taste * (0.3 + float64(t.popularity)/60)
		m.affinity = append(m.affinity, sum)
		m.byArtist[t.artists[0]] = append(m.byArtist[t.artists[0]], i)
	}
	for range l.artists {
		m.fondness = append(m.fondness, math.Pow(0.01+m.rng.Float64(), -0.75))
	}
	for range knownAtFirst {
		m.learn(m.byTaste())
	}
	first := time.Date(Year, 1, 1, 0, 0, 0, 0, m.zone)
	for day := range daysOfYear {
		m.live(first.AddDate(0, 0, day), day)
	}
	slices.SortStableFunc(m.rows, func(a, b row) int { return a.end.Compare(b.end) })
	return m.rows
}

// byTaste returns any track, the listener's genres first.
func (m *listener) byTaste() int {
	x := m.rng.Float64() * m.affinity[len(m.affinity)-1]
	i, _ := slices.BinarySearch(m.affinity, x)
	return min(i, len(m.affinity)-1)
}

// learn adds a track to those known, with a place in the order of favourites.
func (m *listener) learn(track int) {
	if m.knows[track] {
		return
	}
	m.knows[track] = true
	weight := math.Pow(0.006+m.rng.Float64(), -0.75) * m.fondness[m.l.tracks[track].artists[0]]
	m.known = append(m.known, liked{track, weight})
}

// live is one day.
func (m *listener) live(date time.Time, day int) {
	m.drift = 0.7*m.drift + 0.05*m.rng.NormFloat64()
	if day%28 == 0 {
		m.obsess()
	}
	heavy := day >= heavyFrom && day < heavyFrom+heavyDays
	if day == heavyFrom {
		m.obsessLow()
	}
	if m.rng.Float64() < idleDay && !heavy && day < daysOfYear-1 {
		return
	}
	free := date.Weekday() == time.Saturday || date.Weekday() == time.Sunday
	moments := weekday(date.Weekday() == time.Tuesday || date.Weekday() == time.Thursday)
	if free {
		moments = weekend(date.Weekday() == time.Saturday)
	}
	dv, da := m.drift, 0.04*m.rng.NormFloat64()
	low := m.rng.Float64() < lowDay
	switch {
	case heavy:
		dv, da = dv-0.30, da-0.16
	case low:
		dv, da = dv-0.20, da-0.10
	}
	if heavy || m.rng.Float64() < 0.03 { // a sleepless hour
		moments = append(moments, moment{24*60 + 20, 20, 34, .5, .26, .24, .30, .16})
	}
	busy := time.Time{}
	for _, at := range moments {
		chance := at.chance
		if heavy {
			chance = min(1, chance+0.15)
		}
		if m.rng.Float64() > chance {
			continue
		}
		start := date.Add(time.Duration((at.minute + at.jitter*m.rng.NormFloat64()) * float64(time.Minute)))
		if start.Sub(busy) < 50*time.Minute {
			continue
		}
		minutes := at.length * math.Exp(0.25*m.rng.NormFloat64())
		busy = m.session(start, minutes, at, dv+0.05*m.rng.NormFloat64(), da+0.05*m.rng.NormFloat64(), day, heavy)
	}
	if m.rng.Float64() < podcastDay && !free {
		m.podcast(date.Add(12*time.Hour + 40*time.Minute))
	}
}

// obsess changes the songs of the moment.
func (m *listener) obsess() {
	clear(m.obsession)
	for len(m.obsession) < obsessions {
		m.obsession[m.known[m.rng.IntN(len(m.known))].track] = true
	}
}

// obsessLow chooses quiet, dark songs.
func (m *listener) obsessLow() {
	clear(m.obsession)
	for tries := 0; len(m.obsession) < obsessions && tries < 1e4; tries++ {
		if k := m.known[m.rng.IntN(len(m.known))]; m.l.tracks[k.track].valence < .35 && m.l.tracks[k.track].arousal < .4 {
			m.obsession[k.track] = true
		}
	}
}

// session listens from start for some minutes and returns its end.
func (m *listener) session(start time.Time, minutes float64, at moment, dv, da float64, day int, heavy bool) time.Time {
	now, end := start.Truncate(time.Second), start.Add(time.Duration(minutes*float64(time.Minute)))
	explore := exploreUsual
	if week := day / 7; week%9 >= 6 { // three weeks in nine
		explore = explorePhase
	}
	if heavy {
		explore = 0.02
	}
	reason := "clickrow"
	shuffle, away := m.rng.Float64() < 0.4, at.minute < 9*60 || (at.minute > 17*60 && at.minute < 19*60)
	played := map[int]bool{}
	var choice []float64
	for part := 0; now.Before(end); {
		progress := now.Sub(start).Minutes() / minutes
		v, a := at.v0+progress*(at.v1-at.v0)+dv, at.a0+progress*(at.a1-at.a0)+da
		v, a = min(max(v, .06), .94), min(max(a, .06), .94)
		if next := 1 + int(progress*2); next != part { // weigh anew halfway
			part, choice = next, m.weigh(v, a)
		}
		track, isNew := m.choose(choice, v, a, explore, played)
		played[track] = true
		r := m.play(track, now, isNew, math.Hypot(m.l.tracks[track].valence-v, m.l.tracks[track].arousal-a))
		r.start, r.shuffle, r.away = reason, shuffle, away
		r.offline, r.incognito = away && m.rng.IntN(9) == 0, m.rng.IntN(400) == 0
		m.rows = append(m.rows, r)
		reason = r.stop
		now = r.end.Add(time.Duration(m.rng.IntN(3)) * time.Second)
		if r.stop == "endplay" { // stopped by hand: a pause, longer now and then
			reason = "playbtn"
			now = now.Add(time.Duration(2+m.rng.IntN(14)) * time.Minute)
		}
	}
	return now
}

// weigh returns the running sum of how likely each known track is now.
func (m *listener) weigh(v, a float64) []float64 {
	sum, choice := 0.0, make([]float64, len(m.known))
	for i, k := range m.known {
		t := &m.l.tracks[k.track]
		d := (t.valence-v)*(t.valence-v) + (t.arousal-a)*(t.arousal-a)
		w := k.weight * math.Exp(-d/(2*nearness*nearness))
		if m.obsession[k.track] {
			w = (w + 0.02) * obsessionGain
		}
		sum += w
		choice[i] = sum
	}
	return choice
}

// choose returns the next track, and whether it is new.
func (m *listener) choose(choice []float64, v, a, explore float64, played map[int]bool) (track int, isNew bool) {
	if m.rng.Float64() < explore {
		if track, ok := m.discover(v, a); ok && !played[track] {
			return track, true
		}
	}
	for range 12 {
		i, _ := slices.BinarySearch(choice, m.rng.Float64()*choice[len(choice)-1])
		track = m.known[min(i, len(choice)-1)].track
		if !played[track] {
			break
		}
	}
	return track, false
}

// discover finds an unknown track near a mood: more of an artist just found, or
// one by taste.
func (m *listener) discover(v, a float64) (int, bool) {
	for tries := range 60 {
		track := m.byTaste()
		if n := len(m.curious); n > 0 && tries < 12 && m.rng.IntN(2) == 0 {
			track = m.curious[m.rng.IntN(n)]
		}
		t := &m.l.tracks[track]
		if m.knows[track] || math.Hypot(t.valence-v, t.arousal-a) > 2*nearness {
			continue
		}
		return track, true
	}
	return 0, false
}

// play listens to a track, or skips it: sooner the less it fits, and the newer
// it is.
func (m *listener) play(track int, at time.Time, isNew bool, off float64) row {
	t := &m.l.tracks[track]
	r := row{track: track, ms: t.millis, stop: "trackdone", edition: t.otherID != "" && m.rng.Float64() < otherEdition}
	skip := 0.09 + 0.50*max(0, off-0.12)
	if isNew {
		skip += 0.20
	}
	switch x := m.rng.Float64(); {
	case x < skip:
		r.stop, r.skipped = "fwdbtn", true
		heard := math.Min(0.9, 0.02+0.30*m.rng.ExpFloat64()*0.5)
		r.ms = int(heard * float64(t.millis))
	case x < skip+0.035:
		r.stop = "endplay"
		r.ms = int((0.35 + 0.6*m.rng.Float64()) * float64(t.millis))
	}
	if isNew && !r.skipped {
		m.learn(track)
		m.curious = m.byArtist[t.artists[0]]
	}
	r.end = at.Add(time.Duration(r.ms) * time.Millisecond).Truncate(time.Second)
	return r
}

// podcast hears part of an episode.
func (m *listener) podcast(at time.Time) {
	ms := (8 + m.rng.IntN(24)) * 60_000
	m.rows = append(m.rows, row{
		end: at.Add(time.Duration(ms) * time.Millisecond), ms: ms, track: -1, episode: 1 + m.rng.IntN(60),
		start: "clickrow", stop: "endplay",
	})
}
