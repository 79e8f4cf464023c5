package playlist_test

import (
	"fmt"
	"math"
	"strings"

	"segue/playlist"
)

// reasons holds every reason to the facts it speaks of.
func (u *audit) reasons() {
	for i, t := range u.p.Tracks {
		if !u.true(i, t.Reason) {
			u.fail("track %d of %d: %q is not so: %+v", i, len(u.x), t.Reason, t)
		}
	}
}

func (u *audit) true(i int, reason string) bool {
	t := u.p.Tracks[i]
	var plays, done, recent int
	if h := u.lib.Heard; h != nil {
		n := h.Count(int32(u.row[i]))
		plays, done, recent = n.Plays, n.Completed, n.Recent
	}
	heard := u.lib.Heard != nil
	off := u.x[i].to(u.plan[i])
	var dv, da, tempo, before float64
	if i > 0 {
		dv, da = u.x[i].v-u.x[i-1].v, u.x[i].a-u.x[i-1].a
		if b := u.p.Tracks[i-1].Tempo; b != nil {
			before = *b
		}
	}
	if t.Tempo != nil {
		tempo = *t.Tempo
	}
	var n int
	var a, b float64
	scan := func(format string, to ...any) bool {
		k, err := fmt.Sscanf(reason, format, to...)
		return err == nil && k == len(to)
	}
	if (t.Locked || t.Wished) != (strings.HasPrefix(reason, "You put it here") || strings.HasPrefix(reason, "You asked for it")) {
		return false
	}
	first, last := i == 0, i == len(u.x)-1
	meets := first && u.x[i].to(at(u.r.From)) <= .10+exact
	switch {
	case reason == "Right on the planned line here":
		return off <= .025+exact
	case reason == "Close to the planned line here":
		return off <= .10+exact
	case scan("Off the planned line here, by %f on the plane", &a):
		return off > .10-exact && math.Abs(off-a) <= .005+exact
	case reason == "Meets you where you are":
		return meets
	case scan("Meets you where you are; finished %d times", &n):
		return meets && heard && n == done && n > 1
	case reason == "Starts where this leads":
		return first && u.x[i].to(at(u.r.To)) <= .10+exact
	case reason == "The last word; you always let it end":
		return last && heard && done >= 3 && done == plays
	case reason == "The last word, where you wanted to be":
		return last && u.x[i].to(at(u.r.To)) <= .10+exact
	case reason == "The last word":
		return last
	case strings.HasPrefix(reason, "Stays: the plan does not move"):
		for k := i; k < len(u.plan); k++ {
			if u.plan[k].to(u.goal) > exact {
				return false
			}
		}
		return t.Phase == playlist.Sustain
	case reason == "New to you; close to tracks you keep", reason == "New to you", reason == "Drawn at random; new to you":
		return heard && plays == 0
	case reason == "You always let this one end":
		return heard && done >= 3 && done == plays
	case reason == "You finish this one nearly every time":
		return heard && done >= 5 && float64(done) >= .85*float64(plays)
	case scan("A familiar one; finished %d times", &n):
		return heard && n == done && n >= 3
	case reason == "You have heard this one before":
		return heard && done > 0
	case scan("Played %d times in the last 28 days of your history", &n):
		return heard && n == recent && n >= 2
	case reason == "You finish this one less often than most; it lies where the plan does":
		all, finished := 0, 0
		for row := range u.lib.Catalog.ID {
			if r := u.lib.Catalog.Recording; heard && (r == nil || int(r[row]) == row) {
				n := u.lib.Heard.Count(int32(row))
				all, finished = all+n.Plays, finished+n.Completed
			}
		}
		return heard && plays > 0 && off <= .10+exact && done*all < finished*plays
	case reason == "Here it begins to calm down":
		return da < 0 && t.Phase == playlist.Shift && u.goal.a < u.start.a && math.Abs(u.x[i-1].a-u.x[0].a) < .05
	case reason == "Here it begins to liven up":
		return da > 0 && t.Phase == playlist.Shift && u.goal.a > u.start.a && math.Abs(u.x[i-1].a-u.x[0].a) < .05
	case reason == "Very close to where this leads":
		return u.x[i].to(u.goal) <= .05+exact
	case scan("A tempo of %d BPM", &n):
		return float64(n) == math.RoundToEven(tempo)
	case scan("Tempo falls from %f to %f BPM", &a, &b):
		return a == math.Round(before) && b == math.Round(tempo) && b < a
	case scan("Tempo rises from %f to %f BPM", &a, &b):
		return a == math.Round(before) && b == math.Round(tempo) && b > a
	case scan("Keeps the pulse of %f BPM", &a):
		return a == math.Round(before) && a == math.Round(tempo)
	case reason == "Keeps the drive of the last":
		return math.Abs(da) < .04 && math.Abs(dv) < .04 && u.x[i].a >= .5
	case reason == "As lively as the last, and brighter":
		return math.Abs(da) < .03 && dv > 0
	case reason == "Quiet, and clearly brighter":
		return u.x[i].a < .4 && dv >= .08-exact
	case reason == "A little calmer, a little brighter":
		return da < 0 && dv > 0 && math.Max(-da, dv) <= .12
	case reason == "Calmer, and brighter":
		return da < 0 && dv > 0
	case reason == "A little brighter, a little livelier":
		return da > 0 && dv > 0 && math.Max(da, dv) <= .12
	case reason == "Brighter, and livelier":
		return da > 0 && dv > 0
	case scan("Calmer, by %f on the plane", &a):
		return math.Abs(-da-a) <= .005+exact
	case scan("Livelier, by %f on the plane", &a):
		return math.Abs(da-a) <= .005+exact
	case reason == "Slightly brighter than the last":
		return dv > 0 && dv <= .12
	case reason == "Brighter than the last":
		return dv > 0
	case scan("A smooth step: %f on the plane", &a):
		return math.Abs(math.Hypot(dv, da)-a) <= .005+exact && a <= .10+exact
	case strings.HasPrefix(reason, "You put it here"):
		return t.Locked && u.planned(i, strings.TrimPrefix(reason, "You put it here"))
	case strings.HasPrefix(reason, "You asked for it"):
		return t.Wished && !t.Locked && u.planned(i, strings.TrimPrefix(reason, "You asked for it"))
	case reason == "Drawn at random":
		return u.r.Arm == playlist.Shuffle
	}
	return false
}

// planned judges what follows "You put it here": where the plan is.
func (u *audit) planned(i int, rest string) bool {
	off, a := u.x[i].to(u.plan[i]), 0.0
	switch {
	case u.r.Arm == playlist.Shuffle:
		return rest == ""
	case rest == "; close to the planned line":
		return off <= .10+exact
	}
	k, err := fmt.Sscanf(rest, "; the planned line is %f away on the plane", &a)
	return err == nil && k == 1 && off > .10-exact && math.Abs(off-a) <= .005+exact
}
