package playlist

import (
	"math"
	"slices"
)

// keepsNear is how near, in the model's standardized space, a track must lie to
// a familiar one to be called close to it. (d)
const keepsNear = .5

// aLittle is the largest change on the plane that is called little. (d)
const aLittle = .12

// levelWay is how far in arousal a way leads before it is called up or down. (d)
const levelWay = .05

// A remark is a true sentence that could be a track's reason. Kinds are used as
// evenly as the facts allow; of the kinds used least the weightiest remark wins.
type remark struct {
	kind, text string
	weight     int
}

// chosen marks the tracks that the listener chose: put in a place, or asked for.
func (pl *planner) chosen(tracks []Track) {
	for _, l := range pl.request.Locks {
		at := l.Place - 1
		if l.Place < 0 {
			at = len(tracks) + l.Place
		}
		if at >= 0 && at < len(tracks) && tracks[at].ID == l.ID {
			tracks[at].Locked = true
		}
	}
	for i := range tracks {
		tracks[i].Wished = slices.Contains(pl.request.Wishes, tracks[i].ID)
	}
}

// explain gives every track its reason: a short sentence made of facts about the
// track, its neighbours and the plan. It depends on nothing else, so it is the
// same each time.
func (pl *planner) explain(tracks []Track) {
	used := map[string]int{}
	said := map[string]bool{}
	for i := range tracks {
		best := remark{}
		for _, m := range pl.remarks(tracks, i) {
			if said[m.text] {
				m.weight -= 40
			}
			m.weight -= 15 * used[m.kind]
			if best.text == "" || m.weight > best.weight {
				best = m
			}
		}
		used[best.kind]++
		said[best.text] = true
		tracks[i].Reason = best.text
	}
}

// remarks returns what can truly be said of track i.
func (pl *planner) remarks(tracks []Track, i int) []remark {
	t := tracks[i]
	if t.Locked || t.Wished {
		return []remark{{"chosen", pl.choice(t), 0}}
	}
	if pl.request.Arm == Shuffle {
		return pl.shuffled(t)
	}
	var out []remark
	add := func(weight int, kind, text string) { out = append(out, remark{kind, text, weight}) }
	off := math.Hypot(t.Valence-t.Target[0], t.Arousal-t.Target[1])
	switch {
	case off <= .025:
		add(20, "plan", pl.say("Right on the planned line here"))
	case off <= BarError:
		add(0, "plan", pl.say("Close to the planned line here"))
	default:
		add(0, "plan", pl.say("Off the planned line here, by %.2f on the plane", off))
	}
	out = append(out, pl.ends(tracks, i)...)
	out = append(out, pl.heard(t)...)
	out = append(out, pl.felt(t)...)
	if off <= BarError {
		switch pl.lib.rarely(t.row) {
		case byThem:
			add(46, "rarely", pl.say("You finish this one less often than most; it lies where the plan does"))
		case byOthers:
			add(46, "rarely", pl.say("Others, at least %d of them, finish this one less often than most; it lies where the plan does", pl.lib.ratio(t.row).People))
		}
	}
	if i > 0 {
		out = append(out, pl.steps(tracks[i-1], t, pl.arc.target.Arousal-pl.arc.start.Arousal)...)
	}
	if t.Phase == Shift && i > 0 && tracks[i-1].Phase == Hold && math.Abs(tracks[i-1].Arousal-tracks[0].Arousal) < .05 {
		// A track can go against the way; then it begins nothing. Nor does it where
		// the music has moved before.
		down := pl.arc.target.Arousal - pl.arc.start.Arousal
		switch d := t.Arousal - tracks[i-1].Arousal; {
		case d <= -.03 && down < 0:
			add(60, "turn", pl.say("Here it begins to calm down"))
		case d >= .03 && down > 0:
			add(60, "turn", pl.say("Here it begins to liven up"))
		}
	}
	if t.Phase == Sustain && i > 0 && off <= .05 {
		add(22, "target", pl.say("Very close to where this leads"))
	}
	if t.Tempo != nil && *t.Tempo <= 90 {
		add(12, "tempo", pl.say("A tempo of %.0f BPM", *t.Tempo))
	}
	return out
}

// choice speaks of a track that the listener chose.
func (pl *planner) choice(t Track) string {
	why := pl.say("You asked for it")
	if t.Locked {
		why = pl.say("You put it here")
	}
	if pl.request.Arm == Shuffle {
		return why
	}
	if off := math.Hypot(t.Valence-t.Target[0], t.Arousal-t.Target[1]); off > BarError {
		return why + pl.say("; the planned line is %.2f away on the plane", off)
	}
	return why + pl.say("; close to the planned line")
}

// ends speaks of the first track, the last, and the first of the end. Where you
// are and want to be is what was asked, which the limits may have moved.
func (pl *planner) ends(tracks []Track, i int) []remark {
	t := tracks[i]
	var out []remark
	done := 0
	if h := pl.lib.Heard; h != nil {
		done = h.Completed(t.row)
	}
	meets := t.Position().Distance(pl.request.From) <= BarError
	arrives := t.Position().Distance(pl.request.To) <= BarError
	switch {
	case i == 0 && pl.request.Arm == Compensatory && arrives:
		out = append(out, remark{"first", pl.say("Starts where this leads"), 90})
	case i == 0 && meets && done > 1:
		out = append(out, remark{"first", pl.say("Meets you where you are; finished %d times", done), 100})
	case i == 0 && meets:
		out = append(out, remark{"first", pl.say("Meets you where you are"), 90})
	case i == len(tracks)-1 && pl.alwaysFinished(t):
		out = append(out, remark{"last", pl.say("The last word; you always let it end"), 100})
	case i == len(tracks)-1 && arrives:
		out = append(out, remark{"last", pl.say("The last word, where you wanted to be"), 90})
	case i == len(tracks)-1:
		out = append(out, remark{"last", pl.say("The last word"), 70})
	case i > 0 && t.Phase == Sustain && tracks[i-1].Phase == Shift && pl.arc.sustain == .25:
		out = append(out, remark{"stay", pl.say("Stays: the plan does not move in the last quarter"), 60})
	case i > 0 && t.Phase == Sustain && tracks[i-1].Phase == Shift:
		out = append(out, remark{"stay", pl.say("Stays: the plan does not move from here"), 60})
	}
	return out
}

func (pl *planner) alwaysFinished(t Track) bool {
	h := pl.lib.Heard
	return h != nil && h.Completed(t.row) >= FamiliarPlays && h.Completed(t.row) == h.Plays(t.row)
}

// heard speaks of the listener and the track.
func (pl *planner) heard(t Track) []remark {
	h := pl.lib.Heard
	if h == nil {
		return nil
	}
	plays, done := h.Plays(t.row), h.Completed(t.row)
	var out []remark
	switch {
	case plays == 0 && pl.closeToKept(t.row):
		out = append(out, remark{"new", pl.say("New to you; close to tracks you keep"), 45})
	case plays == 0:
		out = append(out, remark{"new", pl.say("New to you"), 20})
	case pl.alwaysFinished(t):
		out = append(out, remark{"finished", pl.say("You always let this one end"), 45})
	case done >= 5 && float64(done) >= .85*float64(plays):
		out = append(out, remark{"finished", pl.say("You finish this one nearly every time"), 45})
	case done >= FamiliarPlays:
		out = append(out, remark{"played", pl.say("A familiar one; finished %d times", done), 40})
	case done > 0:
		out = append(out, remark{"played", pl.say("You have heard this one before"), 25})
	}
	if h.Recent(t.row) >= 2 {
		out = append(out, remark{"recent", pl.say("Played %d times in the last %d days of your history", h.Recent(t.row), RecentDays), 40})
	}
	return out
}

// closeToKept reports whether a familiar track lies near in the model's space.
func (pl *planner) closeToKept(row int32) bool {
	lib := pl.lib
	if lib.keeps == nil || lib.modelOf[row] < 0 {
		return false
	}
	near := lib.keeps.Nearest(lib.Space.Row(nil, int(lib.modelOf[row])), 1, nil)
	return len(near) > 0 && near[0].Distance <= keepsNear
}

// steps speaks of a track and the one before it. Of a tempo that changes against the
// way, which leads up or down in arousal, it says nothing: that is no reason.
func (pl *planner) steps(a, b Track, way float64) []remark {
	var out []remark
	add := func(weight int, kind, text string) { out = append(out, remark{kind, text, weight}) }
	dv, da := b.Valence-a.Valence, b.Arousal-a.Arousal
	if a.Tempo != nil && b.Tempo != nil {
		from, to := math.Round(*a.Tempo), math.Round(*b.Tempo)
		switch {
		case to <= from-5 && from-to < 40 && way < levelWay:
			add(34, "tempo", pl.say("Tempo falls from %.0f to %.0f BPM", from, to))
		case to >= from+5 && to-from < 40 && way > -levelWay:
			add(30, "tempo", pl.say("Tempo rises from %.0f to %.0f BPM", from, to))
		case from == to:
			add(32, "tempo", pl.say("Keeps the pulse of %.0f BPM", to))
		}
	}
	switch {
	case math.Abs(da) < .04 && math.Abs(dv) < .04 && b.Arousal >= .5 && b.Valence < .5:
		add(33, "direction", pl.say("Keeps the drive of the last"))
	case math.Abs(da) < .03 && dv >= .04:
		add(38, "warmer", pl.say("As lively as the last, and brighter"))
	case b.Arousal < .4 && dv >= .08:
		add(38, "brighter", pl.say("Quiet, and clearly brighter"))
	case da <= -.04 && dv >= .02 && max(-da, dv) <= aLittle:
		add(35, "both", pl.say("A little calmer, a little brighter"))
	case da <= -.04 && dv >= .02:
		add(35, "both", pl.say("Calmer, and brighter"))
	case da <= -.04:
		add(33, "calmer", pl.say("Calmer, by %.2f on the plane", -da))
	case da >= .04 && dv >= .02 && max(da, dv) <= aLittle:
		add(35, "lift", pl.say("A little brighter, a little livelier"))
	case da >= .04 && dv >= .02:
		add(35, "lift", pl.say("Brighter, and livelier"))
	case da >= .04:
		add(33, "livelier", pl.say("Livelier, by %.2f on the plane", da))
	case dv >= .03 && dv <= aLittle:
		add(31, "warmer", pl.say("Slightly brighter than the last"))
	case dv >= .03:
		add(31, "warmer", pl.say("Brighter than the last"))
	}
	if step := math.Hypot(dv, da); step <= .10 {
		add(28, "step", pl.say("A smooth step: %.2f on the plane", step))
	}
	return out
}

// shuffled speaks of a track of the shuffle arm, which has no plan.
func (pl *planner) shuffled(t Track) []remark {
	out := append(pl.heard(t), remark{"drawn", pl.say("Drawn at random"), 0})
	for i := range out {
		if out[i].kind == "new" {
			out[i].text = pl.say("Drawn at random; new to you")
		}
	}
	return out
}
