package persona

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segue"
)

func TestShippedTreesAreSafe(t *testing.T) {
	for name, file := range TreeFiles() {
		tree, problems := Inspect(file, MaxTreeBytes)
		if tree == nil || len(problems) > 0 {
			t.Errorf("%s: %v", name, said(problems))
		}
	}
}

func said(ps []Problem) []string {
	var out []string
	for _, p := range ps {
		out = append(out, p.Error())
	}
	return out
}

// shippedOffer is the offer tree's file, to be changed.
func shippedOffer() string { return string(TreeFiles()["offer.v1.json"]) }

// Each rule is broken by one edit that ParseTree lets pass, and the problem stands
// at the line of what broke it.
func TestUnsafeByHand(t *testing.T) {
	swap := func(old, new string) func(string) string {
		return func(s string) string {
			if !strings.Contains(s, old) {
				t.Fatalf("the tree has no %s", old)
			}
			return strings.Replace(s, old, new, 1)
		}
	}
	for _, c := range []struct {
		name, file, want, line string
		edit                   func(string) string
	}{
		{"opted out", "offer", `answer "off" is given to who turned suggestions off`, `{"id": "off", "kind": "sustain"`, swap(`{"id": "off", "kind": "nothing"`, `{"id": "off", "kind": "sustain"`)},
		{"opt-out turned round", "offer", `is given to who turned suggestions off`, `{"id": "ask", `, swap(`"threshold": 1, "yes": "enough", "no": "off"`, `"threshold": 1, "yes": "off", "no": "enough"`)},
		{"gates closed", "offer", `answer "ask" is given where there is too little listening`, `{"id": "ask", "kind": "gentle"`, func(s string) string {
			return swap(`{"id": "ask", "kind": "ask"`, `{"id": "ask", "kind": "gentle"`)(swap(`{"id": "gentle_again", "kind": "gentle"`, `{"id": "gentle_again", "kind": "ask"`)(s))
		}},
		{"quiet", "offer", `answer "quiet" breaks the quiet`, `{"id": "quiet", "kind": "gentle"`, swap(`{"id": "quiet", "kind": "nothing"`, `{"id": "quiet", "kind": "gentle"`)},
		{"a second card this week", "offer", `answer "gentle_again" may come within 7 days`, `{"id": "gentle_again"`, swap(`"op": ">=", "threshold": 7`, `"op": ">=", "threshold": 3`)},
		{"another hour unasked, so at night too", "offer", `answer "as_usual" comes unasked`, `{"id": "as_usual", "kind": "sustain"`, swap(`{"id": "as_usual", "kind": "nothing"`, `{"id": "as_usual", "kind": "sustain"`)},
		{"a question unasked", "offer", `answer "steady" comes unasked`, `{"id": "steady", "kind": "ask"`, swap(`{"id": "steady", "kind": "nothing"`, `{"id": "steady", "kind": "ask"`)},
		{"listening over self-report", "offer", `node "pleasant" asks about listening`, `"id": "pleasant"`, swap(`"feature": "check_in_valence", "op": ">=", "threshold": 0.5`, `"feature": "sad_share_percentile", "op": "<", "threshold": 0.5`)},
		{"a gentle hour for who checked in", "offer", `answer "sustain" offers a gentle hour for what was heard`, `{"id": "sustain", "kind": "gentle"`, func(s string) string {
			return swap(`{"id": "sustain", "kind": "sustain"`, `{"id": "sustain", "kind": "gentle"`)(swap(`{"id": "gentle_again", "kind": "gentle"`, `{"id": "gentle_again", "kind": "sustain"`)(s))
		}},
		{"less than usual is a sign", "offer", `answer "gentle_again" rests on too little`, `{"id": "gentle_again"`, swap(`"feature": "sad_share_percentile", "op": ">=", "threshold": 0.9`, `"feature": "sad_share_percentile", "op": ">=", "threshold": 0.2`)},
		{"the unknown is a sign", "offer", `answer "gentle_again" rests on too little`, `{"id": "gentle_again"`, swap(`"feature": "sad_share_percentile", "op": ">=", "threshold": 0.9, "yes": "more", "no": "as_usual"`, `"feature": "sad_share_percentile", "op": "<", "threshold": 0.9, "yes": "as_usual", "no": "more"`)},
		{"words", "offer", `the text says "diagnosis"`, `{"id": "steady"`, swap(`{"id": "steady", "kind": "nothing", "title": "no card", "text": "Nothing`, `{"id": "steady", "kind": "nothing", "title": "no card", "text": "No diagnosis. Nothing`)},
		{"words in Vietnamese", "offer", `the text says "trầm cảm"`, `"id": "low"`, swap(`More sad-sounding listening than usual for you?`, `Bạn Trầm  cảm?`)},
		{"a long text", "offer", `a text has 301 characters`, `"id": "low"`, swap(`More sad-sounding listening than usual for you?`, strings.Repeat("ă", 301))},
		{"an invisible sign", "offer", `a text holds a character that cannot be shown`, `"id": "low"`, swap(`More sad-sounding`, `More\u202esad-sounding`)},
		{"persona without a gate", "persona", `answer "tide" is given where there is too little`, `{"id": "tide"`, swap(`"yes": "ground", "no": "tuning"`, `"yes": "tuning", "no": "ground"`)},
		{"a card about moods", "persona", `answer "tide" says "mood" on a card`, `{"id": "tide"`, swap(`"title": "Tide", "text": "Moves`, `"title": "Tide", "text": "Your mood moves`)},
	} {
		file := string(TreeFiles()[c.file+".v1.json"])
		edited := c.edit(file)
		if _, err := ParseTree([]byte(edited)); err != nil {
			t.Errorf("%s: the edit is not even a tree: %v", c.name, err)
			continue
		}
		tree, problems := Inspect([]byte(edited), MaxTreeBytes)
		if tree != nil || len(problems) == 0 {
			t.Errorf("%s passes", c.name)
			continue
		}
		found := false
		at := 1 + strings.Count(edited[:strings.Index(edited, c.line)], "\n")
		if strings.HasPrefix(c.line, `"id"`) {
			at-- // a node begins on the line before its id
		}
		for _, p := range problems {
			found = found || strings.Contains(p.Error(), c.want) && p.Line == at
		}
		if !found {
			t.Errorf("%s: %q, want %q in line %d", c.name, said(problems), c.want, at)
		}
	}
}

// The question may be asked the other way round.
func TestSafeTheOtherWayRound(t *testing.T) {
	s := strings.Replace(shippedOffer(), `"feature": "days_since_card", "op": ">=", "threshold": 7, "yes": "low", "no": "this_week"`, `"feature": "days_since_card", "op": "<", "threshold": 8, "yes": "this_week", "no": "low"`, 1)
	if s == shippedOffer() {
		t.Fatal("nothing was changed")
	}
	if _, problems := Inspect([]byte(s), MaxTreeBytes); len(problems) > 0 {
		t.Error(said(problems))
	}
}

// editedOffer is the shipped offer tree after some edits, not all of which leave a tree.
func editedOffer(t *rapid.T) treeFile {
	var f treeFile
	if err := json.Unmarshal([]byte(shippedOffer()), &f); err != nil {
		t.Fatal(err)
	}
	for range rapid.IntRange(1, 4).Draw(t, "edits") {
		n := &f.Nodes[rapid.IntRange(0, len(f.Nodes)-1).Draw(t, "node")]
		l := &f.Leaves[rapid.IntRange(0, len(f.Leaves)-1).Draw(t, "leaf")]
		switch rapid.IntRange(0, 4).Draw(t, "edit") {
		case 0:
			n.Yes, n.No = n.No, n.Yes
		case 1:
			n.Threshold *= rapid.SampledFrom([]float64{.5, 0.9, 1.1, 1.2}).Draw(t, "by")
		case 2:
			n.Op = map[Op]Op{AtLeast: Below, Below: AtLeast}[n.Op]
		case 3:
			other := &f.Leaves[rapid.IntRange(0, len(f.Leaves)-1).Draw(t, "other")]
			l.Kind, other.Kind = other.Kind, l.Kind
		case 4:
			feature := rapid.SampledFrom(f.Features).Draw(t, "feature")
			n.Feature, n.Threshold = feature.Name, (feature.Lo+feature.Hi)/2
		}
	}
	return f
}

// situation draws what an offer depends on.
func situation(t *rapid.T) (s segue.Signals, at Situation, open bool, days int, quiet bool) {
	number := func(lo, hi float64, what string) float64 {
		if rapid.IntRange(0, 5).Draw(t, what) == 0 {
			return math.NaN()
		}
		return rapid.Float64Range(lo, hi).Draw(t, what)
	}
	s = segue.Signals{
		SadShare: number(0, 1, "sad"), SadSharePercentile: number(0, 1, "sad percentile"), RepetitionPercentile: number(0, 1, "repetition"),
		Activity: number(-3, 3, "activity"), FallingTrend: rapid.Bool().Draw(t, "falling"), TrendKnown: rapid.Bool().Draw(t, "trend known"),
	}
	at = Situation{Now: noon, OptedOut: rapid.IntRange(0, 3).Draw(t, "out") == 0}
	open = rapid.IntRange(0, 3).Draw(t, "gate") > 0
	if !open {
		at.Gates = []segue.Gate{{Need: 1}}
	}
	if rapid.Bool().Draw(t, "said") {
		at.CheckIn = &segue.CheckIn{At: noon, Now: segue.Affect{Valence: rapid.Float64Range(0, 1).Draw(t, "v"), Arousal: rapid.Float64Range(0, 1).Draw(t, "a")}}
	}
	days = rapid.IntRange(0, 20).Draw(t, "days")
	at.Shown = []time.Time{ago(time.Duration(days) * day)}
	quiet = rapid.IntRange(0, 3).Draw(t, "quiet") == 0
	if quiet {
		at.Dismissed = []time.Time{ago(day), ago(2 * day)}
	}
	return s, at, open, days, quiet
}

// Whatever is done to the offer tree: if it is called safe, no situation gets an
// offer that breaks a rule.
func TestSafeMeansSafe(t *testing.T) {
	safe := 0
	rapid.Check(t, func(t *rapid.T) {
		f := editedOffer(t)
		tree, err := newTree(f)
		if err != nil || len(tree.Unsafe()) > 0 {
			return
		}
		safe++
		for range 200 {
			s, at, open, days, quiet := situation(t)
			got := Offer(s, at, tree).Kind
			bad := at.OptedOut && got != Nothing ||
				!open && got != Ask && got != Nothing ||
				at.CheckIn == nil && quiet && got != Nothing ||
				at.CheckIn == nil && open && got != Nothing && got != Gentle ||
				at.CheckIn != nil && open && got == Gentle ||
				got == Gentle && (days < CardPause || !(s.SadSharePercentile >= .5) || !(s.RepetitionPercentile >= .5) && !(s.Activity >= 0) && !(s.TrendKnown && s.FallingTrend))
			if bad {
				t.Fatalf("%s is offered: %+v, %+v", got, s, at)
			}
			if at.CheckIn != nil && open {
				if other := Offer(segue.Signals{}, at, tree).Kind; other != got {
					t.Fatalf("after a check-in listening decides between %s and %s", got, other)
				}
			}
		}
	})
	if safe == 0 {
		t.Error("no edit is safe: nothing was tested")
	}
}

// Everything that is wrong is told at once, each in its line.
func TestInspectTellsAll(t *testing.T) {
	s := shippedOffer()
	s = strings.Replace(s, `"op": "<", "threshold": 0.15, "yes": "where_to"`, `"op": "!", "threshold": 0.15, "yes": "nowhere"`, 1)
	s = strings.Replace(s, `"threshold": 1.5`, `"threshold": 15`, 1)
	tree, problems := Inspect([]byte(s), MaxTreeBytes)
	got := strings.Join(said(problems), "\n")
	for _, want := range []string{
		`node "neither": unknown op "!"`, `node "neither" (yes) leads to "nowhere"`, `node "more": threshold 15 lies outside "activity"'s interval [-10, 10]`, `no branch leads to leaf "where_to"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not told in\n%s", want, got)
		}
	}
	if tree != nil || len(problems) != 4 {
		t.Errorf("%d problems:\n%s", len(problems), got)
	}
	for i, p := range problems {
		if p.Line == 0 || i > 0 && p.Line < problems[i-1].Line {
			t.Errorf("line %d of %q", p.Line, p.Error())
		}
	}
}

func TestInspectHostile(t *testing.T) {
	deep := `{"purpose":` + strings.Repeat("[", 100_000)
	for _, c := range []struct{ name, file, want string }{
		{"empty", "", "line 1: the file ends before its last bracket is closed"},
		{"cut short", "{\n\"purpose\": \"offer\",\n", "line 3: the file ends before"},
		{"no JSON", "{\n\n,", "line 3: this cannot be read as JSON"},
		{"too deep", deep, "cannot be read as JSON"},
		{"a list", "[]", "something of another kind"},
		{"a number", "7", "something of another kind"},
		{"nothing", "null", "unknown purpose"},
		{"a text for a number", "{\n\"version\": \"1\"}", `line 2: "version" holds something of another kind`},
		{"too large a number", `{"nodes":[{"threshold":1e999}]}`, "something of another kind"},
		{"an unknown field", "{\n\"colour\": 1}", `line 2: there is no field "colour"`},
		{"goes on", `{"version":1}{}`, "goes on after its closing bracket"},
		{"a field twice", "{\"version\": 1,\n\"version\": 2}", `line 2: the field "version" is written twice`},
		{"a field twice, in a node", "{\"nodes\": [\n{\"id\": \"a\",\n\"id\": \"b\"}]}", `line 3: the field "id" is written twice`},
		{"capitals", "{\n\"Version\": 1}", `line 2: the field "Version" is not written as`},
		{"other letters that fold", "{\"ver\u017fion\": 1}", `is not written as`},
		{"too long", strings.Repeat(" ", 65), "the file has 65 bytes; at most 64 are read"},
	} {
		most := MaxTreeBytes
		if c.name == "too long" {
			most = 64
		}
		tree, problems := Inspect([]byte(c.file), most)
		if got := strings.Join(said(problems), "\n"); tree != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	many := treeFile{Purpose: DecideOther, Version: 1}
	for range MaxTreeNodes {
		many.Nodes = append(many.Nodes, Node{ID: strings.Repeat("x", 200)})
	}
	b, _ := json.Marshal(many)
	if _, problems := Inspect(b, MaxTreeBytes); len(problems) != MaxProblems || len(problems[9].Error()) > 500 {
		t.Errorf("%d problems, such as %.600s", len(problems), problems[9].Error())
	}
}

// FuzzInspect feeds Inspect files: it must neither panic nor call safe what
// ParseTree refuses.
func FuzzInspect(f *testing.F) {
	for _, file := range TreeFiles() {
		f.Add(file)
	}
	f.Add([]byte(small))
	f.Fuzz(func(t *testing.T, b []byte) {
		tree, problems := Inspect(b, 1<<16)
		if (tree == nil) != (len(problems) > 0) {
			t.Fatalf("a tree %v and %d problems", tree != nil, len(problems))
		}
		if tree == nil {
			return
		}
		if _, err := ParseTree(b); err != nil {
			t.Fatal(err)
		}
	})
}
