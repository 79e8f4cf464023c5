package main

import (
	"strconv"
	"strings"
	"time"

	"segue"
	"segue/playlist"
	"segue/recommend"

	"github.com/spf13/cobra"
)

// What --seasonal may be.
const (
	seasonalAuto  = "auto"
	seasonalKeep  = "keep"
	seasonalLeave = "leave-out"
)

// wishFlags are the flags that say which hour is wanted.
type wishFlags struct {
	from, to, arm, at, curve, lead    string
	minutes, candidates               int
	via, locks, wishes, familiarity   []string
	hold, sustain, maxSpeech, maxLive float64
	artists, tracks, genres           []string
	noExplicit, noCertificate         bool
	seasonal                          string
	minLength, maxLength              time.Duration
	set                               func(flag string) bool // whether a flag was given
}

func (f *wishFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	f.set = fs.Changed
	fs.StringVar(&f.from, "from", "", "`MOOD` or valence,arousal it starts from (default: the last session's)")
	fs.StringVar(&f.to, "to", "", "`MOOD` or valence,arousal it leads to (default: what the start usually wants)")
	fs.StringArrayVar(&f.via, "via", nil, "`MOOD` or valence,arousal on the way (may be repeated, in order)")
	fs.IntVar(&f.minutes, "minutes", 60, "length, 10 to 180")
	fs.StringVar(&f.arm, "arm", string(playlist.Iso), "iso, compensatory or shuffle")
	fs.StringVar(&f.curve, "curve", string(playlist.Smoothstep), "how it shifts: smoothstep, linear or minimum-jerk")
	fs.StringVar(&f.lead, "lead", "", "which moves first: arousal, valence or none (default: what suits the way)")
	fs.Float64Var(&f.hold, "hold", playlist.DefaultHold, "share of the time that stays at the start, 0 to 1")
	fs.Float64Var(&f.sustain, "sustain", playlist.DefaultSustain, "share of the time that stays at the target, 0 to 1")
	fs.StringSliceVar(&f.familiarity, "familiarity", nil, "`SHARE`s of familiar tracks, 0 to 1: one, or one for each third (default .8,.6,.6 or the persona's)")
	fs.StringVar(&f.at, "at", "", "when it will be heard, `HH:MM` in --tz (default: now); from 22:30 to 05:00 the night rules hold")
	fs.StringArrayVar(&f.locks, "lock", nil, "hold a track at a place, `PLACE=ID`, from 1, or from the end: -1=ID (may be repeated)")
	fs.StringArrayVar(&f.wishes, "wish", nil, "a track, by `ID`, that must be in it, wherever it fits best (may be repeated)")
	fs.StringArrayVar(&f.artists, "exclude-artist", nil, "never play this `ARTIST` (may be repeated)")
	fs.StringArrayVar(&f.tracks, "exclude-track", nil, "never play the track with this `ID` (may be repeated)")
	fs.StringArrayVar(&f.genres, "exclude-genre", nil, "never play this `GENRE` (may be repeated)")
	fs.BoolVar(&f.noExplicit, "no-explicit", false, "leave out tracks marked explicit")
	fs.StringVar(&f.seasonal, "seasonal", seasonalAuto, "carols and the like: keep, leave-out, or auto: leave them out but from 1 December to 6 January")
	fs.DurationVar(&f.minLength, "min-length", playlist.MinTrack, "leave out shorter tracks")
	fs.DurationVar(&f.maxLength, "max-length", playlist.MaxTrack, "leave out longer tracks")
	fs.Float64Var(&f.maxSpeech, "max-speech", playlist.MaxSpeech, "leave out tracks with more speechiness, 0 to 1")
	fs.Float64Var(&f.maxLive, "max-live", playlist.MaxLive, "leave out tracks with more liveness, 0 to 1")
	fs.IntVar(&f.candidates, "candidates", playlist.GoodCandidates, "how many tracks to choose from, "+strconv.Itoa(playlist.MinAsked)+" to "+strconv.Itoa(playlist.MaxAsked))
	fs.BoolVar(&f.noCertificate, "no-certificate", false, "do not prove how much better it could be")
	complete := func(words ...string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return words, cobra.ShellCompDirectiveNoFileComp
		}
	}
	moods := []string{"angry", "anxious", "calm", "content", "happy", "sad"}
	for name, words := range map[string][]string{
		"from": moods, "via": moods, "to": {"calm", "content", "happy"},
		"arm": {"iso", "compensatory", "shuffle"}, "curve": {"smoothstep", "linear", "minimum-jerk"},
		"lead": {"arousal", "valence", "none"}, "seasonal": {seasonalAuto, seasonalKeep, seasonalLeave},
	} {
		_ = cmd.RegisterFlagCompletionFunc(name, complete(words...))
	}
}

// wish turns the flags into what recommend.Plan asks for.
func (f *wishFlags) wish(zone *time.Location, seed uint64) (recommend.Wish, error) {
	w := recommend.Wish{
		From: f.from, To: f.to, Minutes: f.minutes, Arm: playlist.Arm(f.arm), Seed: seed,
		Wishes: f.wishes, Candidates: f.candidates, NoCertificate: f.noCertificate,
	}
	switch w.Arm {
	case playlist.Iso, playlist.Compensatory, playlist.Shuffle:
	default:
		return w, usage("--arm %q is none of iso, compensatory and shuffle", f.arm)
	}
	if f.minutes < playlist.MinMinutes || f.minutes > playlist.MaxMinutes {
		return w, usage("--minutes %d is outside %d to %d", f.minutes, playlist.MinMinutes, playlist.MaxMinutes)
	}
	if f.candidates < playlist.MinAsked || f.candidates > playlist.MaxAsked {
		return w, usage("--candidates %d is outside %d to %d", f.candidates, playlist.MinAsked, playlist.MaxAsked)
	}
	for _, end := range []struct{ flag, value string }{{"from", f.from}, {"to", f.to}} {
		if end.value == "" {
			continue
		}
		if _, err := segue.ParseAffect(end.value); err != nil {
			return w, usage("--%s: %v", end.flag, err)
		}
	}
	var err error
	if w.Arc, err = f.arc(); err != nil {
		return w, err
	}
	if w.Familiarity, err = f.shares(); err != nil {
		return w, err
	}
	for _, l := range f.locks {
		place, id, ok := strings.Cut(l, "=")
		n, err := strconv.Atoi(place)
		if !ok || err != nil || n == 0 || id == "" {
			return w, usage("--lock %q is not a place and an id; write one like 3=ID, or -1=ID for the last place", l)
		}
		w.Locks = append(w.Locks, playlist.Lock{Place: n, ID: id})
	}
	at := time.Now()
	w.Exclude = playlist.Exclusions{
		Artists: f.artists, Tracks: f.tracks, Genres: f.genres, Explicit: f.noExplicit,
		MinLength: f.minLength, MaxLength: f.maxLength, MaxSpeech: f.maxSpeech, MaxLive: f.maxLive,
	}
	var known bool
	if w.Exclude.Seasonal, known = leavesSeasonal(f.seasonal, at, zone); !known {
		return w, usage("--seasonal %q is none of auto, keep and leave-out", f.seasonal)
	}
	if f.minLength <= 0 || f.maxLength < f.minLength {
		return w, usage("no track is between --min-length %v and --max-length %v long", f.minLength, f.maxLength)
	}
	for _, most := range []struct {
		flag  string
		value float64
	}{{"max-speech", f.maxSpeech}, {"max-live", f.maxLive}} {
		if !(most.value > 0 && most.value <= 1) {
			return w, usage("--%s %g is outside 0 to 1", most.flag, most.value)
		}
	}
	if f.at != "" {
		clock, err := time.ParseInLocation("15:04", f.at, zone)
		if err != nil {
			return w, usage("--at %q is not a time of day; write one like 21:30", f.at)
		}
		at = clock
	}
	w.Night = recommend.IsNight(at, zone)
	return w, nil
}

// leavesSeasonal reports whether a word of --seasonal leaves seasonal music out at a
// moment, and whether it is one of its words.
func leavesSeasonal(word string, at time.Time, zone *time.Location) (leaves, known bool) {
	switch word {
	case seasonalAuto:
		return !recommend.IsFestive(at, zone), true
	case seasonalKeep:
		return false, true
	case seasonalLeave:
		return true, true
	}
	return false, false
}

// arc returns how the way is to be shaped.
func (f *wishFlags) arc() (playlist.ArcOptions, error) {
	o := playlist.ArcOptions{Curve: playlist.Curve(f.curve), Lead: playlist.Lead(f.lead)}
	switch o.Curve {
	case playlist.Smoothstep, playlist.Linear, playlist.MinimumJerk:
	default:
		return o, usage("--curve %q is none of smoothstep, linear and minimum-jerk", f.curve)
	}
	switch o.Lead {
	case "", playlist.LeadNone, playlist.LeadArousal, playlist.LeadValence:
	default:
		return o, usage("--lead %q is none of arousal, valence and none", f.lead)
	}
	for _, v := range f.via {
		at, err := segue.ParseAffect(v)
		if err != nil {
			return o, usage("--via: %v", err)
		}
		o.Waypoints = append(o.Waypoints, at)
	}
	if len(o.Waypoints) > 0 && o.Lead == "" {
		o.Lead = playlist.LeadNone // the way is told; nothing is added to it
	}
	if !(f.hold >= 0 && f.sustain >= 0 && f.hold+f.sustain < 1) {
		return o, usage("--hold %g and --sustain %g leave no time to move; both are shares, and their sum is below 1", f.hold, f.sustain)
	}
	share := func(flag string, v float64) float64 {
		switch {
		case !f.set(flag):
			return 0 // the default, which a style may change
		case v == 0:
			return -1 // none
		}
		return v
	}
	o.Hold, o.Sustain = share("hold", f.hold), share("sustain", f.sustain)
	return o, nil
}

// shares returns how much of each third is to be familiar, nil where nothing is said.
func (f *wishFlags) shares() (*[3]float64, error) {
	if len(f.familiarity) == 0 {
		return nil, nil
	}
	if n := len(f.familiarity); n != 1 && n != 3 {
		return nil, usage("--familiarity has %d shares; give one, or three for the thirds of the hour", n)
	}
	var out [3]float64
	for i := range out {
		text := f.familiarity[i%len(f.familiarity)]
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || !(v >= 0 && v <= 1) {
			return nil, usage("--familiarity %q is not a share; give 0 to 1", text)
		}
		out[i] = v
	}
	return &out, nil
}
