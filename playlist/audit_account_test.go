package playlist_test

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"segue/playlist"
)

// steps recomputes the way from each track to the next.
func (u *audit) steps() {
	for i, t := range u.p.Tracks {
		if i == 0 {
			if t.Step != nil {
				u.fail("the first track has a step")
			}
			continue
		}
		dv, da := u.x[i].v-u.x[i-1].v, u.x[i].a-u.x[i-1].a
		if s := t.Step; s == nil || !same(s.Valence, dv) || !same(s.Arousal, da) || !same(s.Distance, math.Hypot(dv, da)) {
			u.fail("track %d: step %+v, want (%g, %g)", i, s, dv, da)
			continue
		}
		a, b := u.tempo(u.row[i-1]), u.tempo(u.row[i])
		if known := a > 0 && b > 0; known != (t.Step.Tempo != nil) {
			u.fail("track %d: tempo of the step %v from %g to %g", i, show(t.Step.Tempo), a, b)
		} else if known {
			q := b / a
			for q > math.Sqrt2 {
				q /= 2
			}
			for q < math.Sqrt(.5) {
				q *= 2
			}
			if !same(*t.Step.Tempo, q) {
				u.fail("track %d: tempo of the step %g, want %g", i, *t.Step.Tempo, q)
			}
		}
		if d, known := u.keys(u.row[i-1], u.row[i]); known != (t.Step.Key != nil) || known && float64(*t.Step.Key) != d {
			u.fail("track %d: key of the step %v, want %g, %v", i, t.Step.Key, d, known)
		}
	}
}

// parts: the four terms, which add up to the cost.
func (u *audit) parts() {
	p := u.p.CostParts
	if u.r.Arm == playlist.Shuffle {
		if p != nil {
			u.fail("a shuffle has parts of a cost")
		}
		return
	}
	want := u.terms()
	if p == nil || !same(p.Place, want.Place) || !same(p.Step, want.Step) || !same(p.Tempo, want.Tempo) || !same(p.Key, want.Key) {
		u.fail("parts %+v, want %+v", p, want)
		return
	}
	if u.p.Cost != nil && math.Abs(p.Place+p.Step+p.Tempo+p.Key-*u.p.Cost) > 1e-12 {
		u.fail("the parts %+v do not make the cost %g", *p, *u.p.Cost)
	}
}

// with returns the audit of the same playlist with another track at place i.
func (u *audit) with(i, row int) *audit {
	v := *u
	v.row, v.x, v.ms = slices.Clone(u.row), slices.Clone(u.x), slices.Clone(u.ms)
	v.row[i], v.x[i], v.ms[i] = row, at(u.lib.Positions[row]), float64(u.lib.Catalog.DurationMS[row])
	return &v
}

func (u *audit) rowOf(id string) int { return slices.Index(u.lib.Catalog.ID, id) }

// runnersUp: each is a candidate that is not heard, costs as much more as it says
// and keeps the rules; and what is said against it is so.
func (u *audit) runnersUp() {
	for i, t := range u.p.Tracks {
		r := t.RunnerUp
		if r == nil {
			continue
		}
		row := u.rowOf(r.ID)
		if u.r.Arm == playlist.Shuffle || t.Locked || t.Wished || row < 0 || !slices.Contains(u.rows, int32(row)) || slices.Contains(u.row, row) {
			u.fail("track %d: %+v cannot be its runner-up", i, r)
			continue
		}
		if c := u.lib.Catalog; r.Title != c.Title[row] || strings.Join(r.Artists, "|") != strings.Join(c.Artists.At(row), "|") {
			u.fail("track %d: runner-up %+v is not row %d", i, r, row)
		}
		v := u.with(i, row)
		now, then := u.terms(), v.terms()
		more := then.Place + then.Step + then.Tempo + then.Key - now.Place - now.Step - now.Tempo - now.Key
		searched := u.p.Arm == playlist.Iso || u.p.Arm == playlist.Compensatory // others are not the best of their kind
		if !same(r.More, more) || searched && r.More < 0 {
			u.fail("track %d: its runner-up costs %g more, recomputed %g", i, r.More, more)
		}
		// What is broken already is told in Relaxed and may stay so.
		v.fail = func(format string, a ...any) {
			u.fail("track %d, with its runner-up: "+format, append([]any{i}, a...)...)
		}
		v.zones()
		v.songs()
		v.rumination()
		if _, is := u.said["familiarity"]; !is {
			v.familiarity()
		}
		if _, is := u.said["length"]; !is {
			v.length()
		}
		if _, is := u.said["artist cap"]; !is && u.said["artist spacing"] == "" {
			v.artists()
		}
		if !u.against(v, i, r) {
			u.fail("track %d: %q is not so of %+v", i, r.Why, r)
		}
	}
}

// against judges what is said against a runner-up; v has it in place i.
func (u *audit) against(v *audit, i int, r *playlist.Alternative) bool {
	why := r.Why
	if at := strings.Index(why, " “"); at > 0 {
		if !u.ruledOut(i, why[at+1:]) {
			return false
		}
		why = why[:at]
	}
	near := func(said, is float64) bool { return math.Abs(said-is) <= .005+exact }
	var a, b float64
	scan := func(format string, to ...any) bool {
		k, err := fmt.Sscanf(why, format, to...)
		return err == nil && k == len(to)
	}
	off, offThen := u.x[i].to(u.plan[i]), v.x[i].to(u.plan[i])
	switch {
	case why == "It fits just as well.":
		return math.Abs(r.More) <= 2*exact
	case why == "It would fit better here.":
		return r.More < 0
	case scan("Further from the plan: %f on the plane, not %f.", &b, &a):
		return near(a, off) && near(b, offThen) && b > a
	case why == "Further from the plan, by less than 0.01 on the plane.":
		return offThen > off && offThen-off < .01
	}
	for _, side := range []struct {
		k     int
		where string
	}{{i - 1, "before"}, {i + 1, "after"}} {
		if side.k < 0 || side.k >= len(u.row) || !strings.Contains(why, "the track "+side.where) {
			continue
		}
		k := side.k
		step, then := u.x[i].to(u.x[k]), v.x[i].to(u.x[k])
		word := map[string]string{"before": "from", "after": "to"}[side.where]
		key, known := u.keys(u.row[i], u.row[k])
		keyThen, _ := u.keys(v.row[i], u.row[k])
		tempo, tempoThen := u.tempi(u.row[i], u.row[k]), u.tempi(v.row[i], u.row[k])
		var x, y, z int
		var unit string
		switch {
		case scan("A bigger step "+word+" the track "+side.where+": %f on the plane, not %f.", &b, &a):
			return near(a, step) && near(b, then) && b > a && b > .15-exact
		case strings.HasPrefix(why, "A bigger step "+word):
			return then > step && then-step < .01
		case scan("Its tempo fits the track "+side.where+" less well: %d BPM beside %d BPM, not %d BPM.", &x, &y, &z):
			return tempoThen > tempo && whole(u.tempo(v.row[i])) == x && whole(u.tempo(u.row[k])) == y && whole(u.tempo(u.row[i])) == z
		case scan("Its tempo fits the track "+side.where+" less well: %d BPM beside %d BPM.", &x, &y):
			return tempoThen > tempo && whole(u.tempo(v.row[i])) == x && whole(u.tempo(u.row[k])) == y && !(u.tempo(u.row[i]) > 0)
		case scan("Its key lies further from the track "+side.where+": %d %s on the Camelot wheel, not %d.", &x, &unit, &y):
			return keyThen > key && float64(x) == keyThen && float64(y) == key && known
		case scan("Its key lies %d %s from the track "+side.where+" on the Camelot wheel.", &x, &unit):
			return keyThen > key && float64(x) == keyThen
		}
	}
	return false
}

func whole(v float64) int { return int(math.RoundToEven(v)) }

var ruledOutForm = regexp.MustCompile(`^“(.*)” would fit better, but (.*)\.$`)

// ruledOut judges "“Title” would fit better, but …": one of that title is cheaper
// at place i, and breaks the rule that is told.
func (u *audit) ruledOut(i int, text string) bool {
	form := ruledOutForm.FindStringSubmatch(text)
	if form == nil {
		return false
	}
	now := u.terms()
	for _, row := range u.rows {
		title := []rune(u.lib.Catalog.Title[row])
		if len(title) > 40 {
			title = append(slices.Clone(title[:39]), '…')
		}
		if string(title) != form[1] || slices.Contains(u.row, int(row)) {
			continue
		}
		v := u.with(i, int(row))
		then := v.terms()
		if then.Place+then.Step+then.Tempo+then.Key < now.Place+now.Step+now.Tempo+now.Key && v.breaks(i, form[2]) {
			return true
		}
	}
	return false
}

// breaks judges what a track at place i is said to break.
func (u *audit) breaks(i int, text string) bool {
	var n, m, k int
	var a, b float64
	var word string
	scan := func(format string, to ...any) bool {
		got, err := fmt.Sscanf(text, format, to...)
		return err == nil && got == len(to)
	}
	total := 0.0
	for _, ms := range u.ms {
		total += ms
	}
	off := (total - u.minutes()*60e3) / 1000
	step := 0.0
	for k := i; k <= i+1; k++ {
		if k > 0 && k < len(u.x) {
			step = math.Max(step, u.x[k].to(u.x[k-1]))
		}
	}
	third := map[string]int{"first": 0, "second": 1, "last": 2}
	inThird := func() third3 {
		t := u.thirds()[(2*i+1)*3/(2*len(u.row))]
		return third3{float64(t.known) - t.plan*float64(t.slots), math.Max(.10*float64(t.slots), .5)}
	}
	switch {
	case scan("the whole would run %d seconds over the %d minutes, %d being the most", &n, &m, &k):
		return whole(off) == n && float64(m) == u.minutes() && off > float64(k)
	case scan("the whole would run %d seconds short of the %d minutes, %d being the most", &n, &m, &k):
		return whole(-off) == n && float64(m) == u.minutes() && -off > float64(k)
	case scan("would be one familiar track too many in the %s third", &word):
		t := inThird()
		return third[word] == (2*i+1)*3/(2*len(u.row)) && u.known(u.row[i]) && t.over > t.slack-exact
	case scan("would leave one familiar track too few in the %s third", &word):
		t := inThird()
		return third[word] == (2*i+1)*3/(2*len(u.row)) && !u.known(u.row[i]) && t.over < -t.slack+exact
	case scan("would be the %s track by", &word):
		n := slices.Index([]string{"", "first", "second", "third", "fourth"}, word)
		return n > 2 && len(u.by(text[strings.Index(text, " by ")+4:])) == n
	case scan("would come %d %s from another by", &n, &word):
		name := text[strings.Index(text, " by ")+4 : strings.LastIndex(text, ", ")]
		for _, place := range u.by(name) {
			if place != i && (place-i == n || i-place == n) {
				return n < 3
			}
		}
		return false
	case scan("has %d BPM, and a night ends at 80 or slower", &n):
		return i == len(u.row)-1 && u.r.Night && whole(u.tempo(u.row[i])) == n && u.tempo(u.row[i]) > 80
	case strings.HasPrefix(text, "the step to it would be"), strings.HasPrefix(text, "the step from it would be"):
		scan(text[:strings.Index(text, "would")]+"would be %f on the plane, %f being the most", &a, &b)
		return a > 0 && a >= b && step >= a-.005-exact
	case strings.HasPrefix(text, "would be a second quiet, dark one"):
		return u.x[i].v < .5 && u.x[i].a < .5
	case strings.HasPrefix(text, "the last 15 minutes would be darker"):
		return u.sad
	case strings.HasPrefix(text, "the beginning would lie"), strings.HasPrefix(text, "the end would lie"), strings.HasPrefix(text, "the whole would lie"),
		strings.HasPrefix(text, "that would leave"), strings.HasPrefix(text, "the music would go back"), strings.HasPrefix(text, "the order would go against"):
		return true // bars, whose numbers TestRivals holds to the plain definition
	}
	return false
}

type third3 struct{ over, slack float64 }

// by returns the places of tracks that credit a name.
func (u *audit) by(name string) []int {
	var out []int
	for i, r := range u.row {
		if slices.ContainsFunc(u.lib.Catalog.Artists.At(r), func(a string) bool { return spelt(a) == spelt(name) }) {
			out = append(out, i)
		}
	}
	return out
}

// tradeoffs: at most four sentences, none without a cost, each so.
func (u *audit) tradeoffs() {
	if u.p.Tradeoffs == nil || len(u.p.Tradeoffs) > 4 || len(u.p.Tradeoffs) > 0 && (u.p.Cost == nil || *u.p.Cost < 1e-4) {
		u.fail("tradeoffs %q", u.p.Tradeoffs)
	}
	for k, text := range u.p.Tradeoffs {
		if !u.traded(k, text) {
			u.fail("%q is not so", text)
		}
	}
}

// partOf reads "3 of 8 steps" or "all 8 steps" after a beginning.
func partOf(text, begin string) (n, of int, ok bool) {
	if k, _ := fmt.Sscanf(text, begin+"%d of %d step", &n, &of); k == 2 {
		return n, of, true
	}
	if strings.HasPrefix(strings.ToLower(text), strings.ToLower(begin+"both steps")) {
		return 2, 2, true
	}
	for _, all := range []string{"all", "All"} {
		if k, _ := fmt.Sscanf(text, begin+all+" %d step", &n); k == 1 {
			return n, n, true
		}
	}
	return 0, 0, false
}

var shareForm = regexp.MustCompile(`(\d+) % ([a-z ]+?)(?:, | and |\.)`)

func (u *audit) traded(k int, text string) bool {
	parts, n := u.terms(), len(u.x)
	cost := parts.Place + parts.Step + parts.Tempo + parts.Key
	long, longest, jumps, keyed, clash := 0, 0.0, 0, 0, 0
	for i := 1; i < n; i++ {
		if d := u.x[i].to(u.x[i-1]); d > .15 {
			long, longest = long+1, math.Max(longest, d)
		}
		if u.tempi(u.row[i-1], u.row[i]) >= .25 {
			jumps++
		}
		if d, known := u.keys(u.row[i-1], u.row[i]); known {
			if keyed++; d > 1 {
				clash++
			}
		}
	}
	var a, b, c int
	var x, y float64
	var word string
	scan := func(format string, to ...any) bool {
		got, err := fmt.Sscanf(text, format, to...)
		return err == nil && got == len(to)
	}
	share := map[string]float64{"distance from the plan": parts.Place, "long steps": parts.Step, "tempo changes": parts.Tempo, "key changes": parts.Key}
	switch {
	case strings.HasPrefix(text, "What it is short of the ideal is "):
		said := shareForm.FindAllStringSubmatch(strings.TrimPrefix(text, "What it is short of the ideal is "), -1)
		for _, s := range said {
			percent, _ := strconv.ParseFloat(s[1], 64)
			v, is := share[s[2]]
			if !is || math.Abs(100*v/cost-percent) > .5+1e-6 {
				return false
			}
			delete(share, s[2])
		}
		for _, v := range share {
			if 100*v/cost > .5+1e-6 {
				return false
			}
		}
		return len(said) > 0 && k == 0
	case strings.Contains(text, " longer than 0.15 on the plane"):
		a, b, _ = partOf(text, "")
		if _, err := fmt.Sscanf(text[strings.Index(text, "the longest, "):], "the longest, %f, leads to track %d", &x, &c); err != nil {
			return false
		}
		if _, rest, is := strings.Cut(text, ", where "); is && strings.Contains(rest, "candidates") {
			near, all := 0, 0
			if _, err := fmt.Sscanf(rest, "%d of the %d candidates", &near, &all); err != nil || all != len(u.rows) {
				return false
			}
			for _, r := range u.rows {
				if at(u.lib.Positions[r]).to(u.plan[c-1]) <= .10 {
					near--
				}
			}
			if near != 0 {
				return false
			}
		}
		if _, plan, is := strings.Cut(text, "the plan itself moves by "); is {
			if _, err := fmt.Sscanf(plan, "%f", &y); err != nil || math.Abs(y-u.plan[c-1].to(u.plan[c-2])) > .005+exact {
				return false
			}
		}
		return a == long && b == n-1 && math.Abs(x-longest) <= .005+exact && math.Abs(u.x[c-1].to(u.x[c-2])-longest) <= exact
	case strings.Contains(text, " the tempo changes by a sixth"):
		a, b, ok := partOf(text, "In ")
		return ok && a == jumps && b == n-1
	case strings.Contains(text, " with known keys these are no neighbours"):
		a, b, ok := partOf(text, "In ")
		return ok && a == clash && b == keyed && 2*clash > keyed
	case strings.HasPrefix(text, "Nearest to its limit is "):
		return true // the checks it repeats are audited
	case scan("The %d %s you chose", &a, &word):
		chosen := 0
		for _, t := range u.p.Tracks {
			if t.Locked || t.Wished {
				chosen++
			}
		}
		return a == chosen
	case strings.Contains(text, " kept a better fitting track out at "):
		return true // TestRivals counts them the slow way
	}
	return false
}
