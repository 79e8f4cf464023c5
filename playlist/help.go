package playlist

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"segue"
)

// What could not be met, and what would help: every sentence counts what there is
// to choose from, so that it can be acted on.

// tooFew explains why there are not two tracks to order: what keeps out how many.
func tooFew(ok *eligible, n int) error {
	have := ok.lib.say("no track")
	if n == 1 {
		have = ok.lib.say("one track only")
	}
	kept := ok.kept()
	var words []string
	most := mayBePlayed
	for x := mayBePlayed + 1; x < exclusions; x++ {
		if kept[x] > 0 {
			words = append(words, ok.words(x, kept[x]))
		}
		if kept[x] > kept[most] || most == mayBePlayed && kept[x] > 0 {
			most = x
		}
	}
	if len(words) == 0 {
		return impossible(ok.lib.say("%s may be played; bring a larger catalogue", have))
	}
	return impossible(ok.lib.say("%s may be played: of %s %s; %s", have, ok.lib.of(ok.lib.Catalog.Len(), "track", "tracks"), ok.lib.tongue.List(words), ok.remedy(most)))
}

// kept counts the catalogue's rows by what keeps them out, each row once.
// O(tracks): for what has failed.
func (e *eligible) kept() (n [exclusions]int) {
	for row := range int32(e.lib.Catalog.Len()) {
		n[e.reason(row)]++
	}
	return n
}

// words counts n tracks and says what keeps them out.
func (e *eligible) words(x exclusion, n int) string {
	are, say := plural(n, "is", "are"), e.lib.say
	switch x {
	case byPlace:
		return say("%d %s no energy or no valence", n, plural(n, "has", "have"))
	case byTaste:
		return say("%d %s never any of the four moods, as you said", n, are)
	case byLength:
		return say("%d %s not %s to %s minutes long, or of no known length", n, are, span(e.exclude.MinLength.Milliseconds()), span(e.exclude.MaxLength.Milliseconds()))
	case bySpeech:
		return say("%d %s talk (speechiness above %.2f)", n, are, e.exclude.MaxSpeech)
	case byLive:
		return say("%d %s played live (liveness above %.2f)", n, are, e.exclude.MaxLive)
	case byNight:
		return say("%d %s too energetic for the night (arousal above %.2f)", n, are, NightArousal)
	case bySadPath:
		return say("%d %s too dark and tense for a way out of sad (valence below %.2f, arousal above %.2f)", n, are, SadZoneValence, SadZoneArousal)
	case byExplicit:
		return say("%d %s explicit", n, are)
	case byTrack:
		return say("%d %s excluded by id", n, are)
	case byArtist:
		return say("%d %s by excluded artists", n, are)
	case byGenre:
		return say("%d %s of excluded genres", n, are)
	}
	return say("%d %s of one season", n, are)
}

// remedy says what would help against what keeps most tracks out.
func (e *eligible) remedy(x exclusion) string {
	say := e.lib.say
	switch x {
	case byPlace:
		return say("bring tracks with energy and valence")
	case byLength:
		return say("bring tracks with lengths (duration_ms), or ask for others")
	case byNight:
		return say("bring quieter music, or ask by day")
	case bySadPath:
		return say("bring brighter or quieter music")
	}
	return say("exclude less, or bring a larger catalogue")
}

// more says what makes more music to choose from: fewer exclusions only where
// there are some that a listener can lift.
func (pl *planner) more() string {
	kept := pl.ok.kept()
	n := 0
	for x := mayBePlayed + 1; x < exclusions; x++ {
		if x != byPlace && x != byNight && x != bySadPath {
			n += kept[x]
		}
	}
	if n == 0 {
		return pl.say("more music would help")
	}
	return pl.say("more music, or fewer exclusions (they keep %d of %s out), would help", n, pl.of(pl.lib.Catalog.Len(), "track", "tracks"))
}

// relaxations puts the unmet rules into words, in the order of relaxing.
func (pl *planner) relaxations(s *solution) []Relaxation {
	out := []Relaxation{}
	add := func(r rule, words func(s *solution) (text, help string)) {
		if slices.Contains(s.relaxed, r) {
			text, help := words(s)
			out = append(out, Relaxation{string(r), text, help})
		}
	}
	add(ruleFamiliarity, pl.lessFamiliar)
	add(ruleSpacing, func(s *solution) (string, string) {
		name, _, near := pl.densest(s.seq, true)
		if near == 1 {
			return pl.say("Two tracks by %s follow each other instead of being %d places apart.", name, ArtistSpacing), pl.moreArtists(s.p)
		}
		return pl.say("Two tracks by %s come %s apart instead of %d.", name, pl.of(near, "place", "places"), ArtistSpacing), pl.moreArtists(s.p)
	})
	add(ruleCap, func(s *solution) (string, string) {
		name, times, _ := pl.densest(s.seq, false)
		return pl.say("%s is heard %d times instead of %d.", name, times, ArtistCap), pl.moreArtists(s.p)
	})
	add(ruleLength, pl.offLength)
	if s.minutes != pl.request.Minutes {
		out = append(out, Relaxation{"shorter arc", pl.say("It is planned for %d minutes instead of %d.", s.minutes, pl.request.Minutes), pl.longerNeeds(s.p)})
	}
	add(ruleStep, pl.wideStep)
	return out
}

// lessFamiliar speaks of the shares of familiar tracks in the thirds.
func (pl *planner) lessFamiliar(s *solution) (text, help string) {
	p := s.p
	var count [3]int
	for i, c := range s.seq {
		if p.familiar[c] {
			count[p.third[i]]++
		}
	}
	var shares, planned []string
	few := false
	for t, b := range p.bands {
		if b.slots == 0 {
			continue
		}
		few = few || count[t] < b.lo
		shares = append(shares, pl.say("%d of %d", count[t], b.slots))
		planned = append(planned, strconv.FormatFloat(100*pl.request.Familiarity[t], 'f', 0, 64))
	}
	known := 0
	for _, f := range p.familiar {
		if f {
			known++
		}
	}
	text = pl.say("Of the tracks in the thirds %s are familiar, not the %s %% planned.", pl.lib.tongue.List(shares), pl.lib.tongue.List(planned))
	if few {
		return text, pl.say("Of the %s near this way you have finished %d at least %d times; a longer history, or a lower familiarity, would help.", pl.of(p.m, "track", "tracks"), known, FamiliarPlays)
	}
	return text, pl.say("Of the %s near this way you have finished all but %d at least %d times; music that is new to you, or a higher familiarity, would help.", pl.of(p.m, "track", "tracks"), p.m-known, FamiliarPlays)
}

// densest returns the artist heard most often in a sequence, or whose tracks come
// nearest each other: see crowd.
func (pl *planner) densest(seq []int32, nearest bool) (name string, times, near int) {
	near = math.MaxInt
	for i := range seq {
		a, n, d := pl.crowd(seq, i, nearest)
		if nearest && d < near || !nearest && n > times {
			name, times, near = a, n, d
		}
	}
	return name, times, near
}

func (pl *planner) moreArtists(p *problem) string {
	return pl.say("The %s near this way %s by %s; more artists would help.", pl.of(p.m, "track", "tracks"), plural(p.m, "is", "are"), pl.of(p.names, "artist", "artists"))
}

// offLength speaks of a sequence longer or shorter than the usual tolerance.
func (pl *planner) offLength(s *solution) (text, help string) {
	p := s.p
	off := float64(p.total(s.seq)-p.target()) / 1000
	least, most := span(slices.Min(p.ms)), span(slices.Max(p.ms))
	last := pl.say("%s to %s minutes, half of them up to %s", least, most, span(int64(pl.median)))
	if least == most {
		last = pl.say("%s minutes each", least)
	}
	near := pl.of(p.m, "track", "tracks")
	if off < 0 {
		return pl.say("It is %.0f seconds shorter than the %d minutes planned, more than the usual %d.", -off, s.minutes, BarLength),
			pl.say("The %s near this way last %s; longer ones would help.", near, last)
	}
	return pl.say("It is %.0f seconds longer than the %d minutes planned, more than the usual %d.", off, s.minutes, BarLength),
		pl.say("The %s near this way last %s; shorter ones would help.", near, last)
}

// longerNeeds says what the length that was asked would have needed.
func (pl *planner) longerNeeds(p *problem) string {
	n := pl.slots(pl.request.Minutes)
	text := pl.say("%d minutes take about %s; near this way lie %s (%s by %s) that may be played",
		pl.request.Minutes, pl.of(n, "track", "tracks"), pl.of(p.m, "track", "tracks"), pl.of(p.songs, "song", "songs"), pl.of(p.names, "artist", "artists"))
	if p.songs >= n && p.names*RelaxedArtistCap < n {
		return text + pl.say(", and no artist is heard more than %d times; more artists would help.", RelaxedArtistCap)
	}
	return text + "; " + pl.more() + "."
}

// slots returns how many tracks of the median length make so many minutes.
func (pl *planner) slots(minutes int) int {
	return max(1, int(math.Round(float64(minutes)*60e3/pl.median)))
}

// wideStep speaks of the largest step, and of the music half way across it.
func (pl *planner) wideStep(s *solution) (text, help string) {
	p, at := s.p, 1
	size := func(i int) float64 { return p.sounds[s.seq[i-1]].At.Distance(p.sounds[s.seq[i]].At) }
	for i := 2; i < p.n; i++ {
		if size(i) > size(at) {
			at = i
		}
	}
	usual, _ := bars(p.points, 0, 1)
	text = pl.say("Its largest step, to track %d, is %.2f on the plane, beyond the usual limit of %.2f.", at+1, size(at), usual+HardStepMore)
	a, b := p.sounds[s.seq[at-1]].At, p.sounds[s.seq[at]].At
	middle := segue.Affect{Valence: (a.Valence + b.Valence) / 2, Arousal: (a.Arousal + b.Arousal) / 2}
	return text, pl.supply(pl.say("the middle of that step"), middle)
}

// missing says which limit that is never relaxed leaves no playlist.
func (pl *planner) missing() string {
	n := len(pl.rows)
	count := func(fits func(row int32) bool) int {
		k := 0
		for _, row := range pl.rows {
			if fits(row) {
				k++
			}
		}
		return k
	}
	if pl.request.Night && count(func(row int32) bool { return slowEnough(pl.lib.sound(row).Tempo) }) == 0 {
		return pl.say("a night ends with a track of %d BPM or slower, and there are no calm tracks under %d BPM in this catalogue: 0 of %d near this way; slower music would help",
			NightEndTempo, NightEndTempo, n)
	}
	if from := pl.arc.limits.start.Valence; pl.arc.limits.sad && count(func(row int32) bool { return pl.lib.Positions[row].Valence >= from }) == 0 {
		return pl.say("from here the last %d minutes are never darker than the start (valence %.2f), and 0 of the %s near this way %s as bright; brighter music would help",
			TailMinutes, from, pl.of(n, "track", "tracks"), plural(n, "is", "are"))
	}
	var all int64
	for _, row := range pl.rows {
		all += int64(pl.lib.Catalog.DurationMS[row])
	}
	if least := int64(MinMinutes*60-RelaxedLength) * 1000; all < least {
		return pl.say("the %s that may be played last %s minutes in all, and a playlist lasts %d at least; %s", pl.of(n, "track", "tracks"), span(all), MinMinutes, pl.more())
	}
	return pl.say("the %s that may be played near this way make no sequence of %d minutes or a shorter one; %s", pl.of(n, "track", "tracks"), pl.request.Minutes, pl.more())
}

// poor says what would help where bars of the metrics are missed: what is missed,
// what there is to choose from where, and whether familiarity stood in the way.
// What a relaxation says already is left to it. It reports whether there is more
// to say.
func (pl *planner) poor(s *solution, all []rivals, out *Playlist) (r Relaxation, missed bool) {
	of, words := pl.missedBars(out)
	if len(words) == 0 {
		return r, false
	}
	help := pl.helpBars(s, all, of)
	if len(help) == 0 {
		help = []string{pl.say("More music along this way would help.")}
	}
	return Relaxation{string(ruleBars), pl.say("It misses %s.", strings.Join(words, "; ")), strings.Join(help, " ")}, true
}

// missedBars returns the metrics whose bars are missed and no relaxation speaks of,
// and puts them into words.
func (pl *planner) missedBars(out *Playlist) (of map[string]bool, words []string) {
	of = map[string]bool{}
	for _, c := range out.Checks {
		if c.Pass == nil || *c.Pass || said(out.Relaxed, c.Metric) {
			continue
		}
		of[c.Metric] = true
		words = append(words, pl.barWords(c))
	}
	return of, words
}

// helpBars says what would help against missing bars.
func (pl *planner) helpBars(s *solution, all []rivals, missed map[string]bool) []string {
	p := s.p
	var notes []string
	if missed["start_error"] {
		notes = append(notes, pl.supply(pl.say("the start"), p.arc.start))
	}
	if missed["end_error"] {
		notes = append(notes, pl.supply(pl.say("the target"), p.arc.target))
	}
	if len(notes) == 0 && (missed["rmse"] || missed["max_step"] || missed["progress_tau"] || missed["backtrack"]) {
		notes = append(notes, pl.supply(pl.say("the plan where it has the fewest"), p.points[p.thinnest()]))
	}
	if missed["unique_artists"] {
		notes = append(notes, pl.moreArtists(p))
	}
	if n := ruledBy(all, ruleFamiliarity); n > 0 {
		notes = append(notes, pl.say("The share of familiar tracks kept a better fitting track out at %s; a lower familiarity would help.", pl.of(n, "place", "places")))
	}
	return notes
}

// said reports whether a relaxation speaks of a metric.
func said(relaxed []Relaxation, metric string) bool {
	rules := map[string][]string{
		"familiarity": {string(ruleFamiliarity)}, "duration_error_seconds": {string(ruleLength), "shorter arc"},
		"max_step": {string(ruleStep)}, "unique_artists": {string(ruleCap)},
	}[metric]
	return slices.ContainsFunc(relaxed, func(r Relaxation) bool { return slices.Contains(rules, r.Rule) })
}

// supply counts what may be played near a point, and of that what is familiar.
func (pl *planner) supply(what string, at segue.Affect) string {
	n, known := 0, 0
	for row, x := range pl.lib.Positions {
		if x.Distance(at) <= BarError && pl.ok.has(int32(row)) {
			n++
			if pl.lib.isFamiliar(int32(row)) {
				known++
			}
		}
	}
	text := pl.say("Of the tracks that may be played %d %s within %.2f of %s (valence %.2f, arousal %.2f)", n, plural(n, "lies", "lie"), BarError, what, at.Valence, at.Arousal)
	if pl.lib.Heard != nil && n > 0 {
		if known == 0 {
			text += pl.say(", none of them familiar")
		} else {
			text += pl.say(", %d of them familiar", known)
		}
	}
	if n <= thinPlace {
		return text + pl.say("; more music there would help.")
	}
	return text + "."
}

// thinnest returns the slot with the fewest candidates near its plan.
func (p *problem) thinnest() int {
	at, least := 0, math.MaxInt
	for i, x := range p.points {
		if n := p.near(x); n < least {
			at, least = i, n
		}
	}
	return at
}
