package survey

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"segue"
	"segue/outcome/stats"
)

func near(t *testing.T, what string, got segue.Number, want float64) {
	t.Helper()
	if !(math.Abs(float64(got)-want) <= 5e-4) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// The study's own numbers, with the intervals of Clopper & Pearson as R's binom.test
// prints them, and what may be said of them.
func TestStudy(t *testing.T) {
	want := map[string]struct {
		k, n      int
		lo, hi, p float64
		finding   stats.Verdict
		says      string
	}{
		"improved": {4, 5, .2836, .9949, .375, stats.TooFew, "4 of 5 agree, 80 % (95 % interval 28 % to 99 %). Too few to tell"},
		"persona":  {4, 7, .1841, .9010, 1, stats.TooFew, "Too few to tell"},
		"again":    {6, 7, .4213, .9964, .125, stats.TooFew, "exact test against half: p = .125, adjusted for 2 questions p = .250"},
		"disliked": {7, 30, .0993, .4228, .0052, stats.Against, "Fewer than half"},
	}
	seen := 0
	for _, part := range Study() {
		s, err := Parse(part.Survey)
		if err != nil {
			t.Fatal(part.Name, err)
		}
		a, err := ReadCSV(s, bytes.NewReader(part.Answers))
		if err != nil {
			t.Fatal(part.Name, err)
		}
		r := Read(a)
		for _, item := range r.Items {
			w, ok := want[item.ID]
			if !ok {
				continue
			}
			seen++
			if item.Agree.K != w.k || item.N != w.n || item.Agree.Finding != w.finding || !strings.Contains(item.Verdict, w.says) {
				t.Errorf("%s: %d of %d, %s: %s", item.ID, item.Agree.K, item.N, item.Agree.Finding, item.Verdict)
			}
			near(t, item.ID+" lo", item.Agree.Share.Lo, w.lo)
			near(t, item.ID+" hi", item.Agree.Share.Hi, w.hi)
			near(t, item.ID+" p", item.Agree.Test.P, w.p)
		}
	}
	if seen != len(want) {
		t.Errorf("%d of %d items were read", seen, len(want))
	}
}

const whole = `{"schema":1,"id":"s","version":2,"title":"T","items":[
 {"id":"a","kind":"agree","text":"?"},
 {"id":"five","kind":"five_point","text":"?","low":"bad","high":"good"},
 {"id":"later","kind":"five_point","text":"?","low":"bad","high":"good"},
 {"id":"c","kind":"choice","text":"?","options":["calm","happy"]},
 {"id":"t","kind":"text","text":"?"}],"pairs":[{"before":"five","after":"later"}]}`

func parsed(t *testing.T) *Survey {
	t.Helper()
	s, err := Parse([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// CSV and JSON of the same answers give the same results.
func TestFormatsAgree(t *testing.T) {
	s := parsed(t)
	table := "version,respondent,five,later,a,c,t\n2,r1,1,4,agree,calm,\"some, \"\"words\"\"\"\n2,r2,2,,Disagree,,\n2,r3,5,5,,happy,x\n"
	a, err := ReadCSV(s, strings.NewReader(table))
	if err != nil {
		t.Fatal(err)
	}
	b, err := ReadJSON(s, strings.NewReader(`{"survey":"s","version":2,"answers":[
	 {"respondent":"r1","items":{"five":1,"later":"4","a":"agree","c":"calm","t":"some, \"words\""}},
	 {"respondent":"r2","items":{"five":2,"a":"disagree"}},{"respondent":"r3","items":{"five":5,"later":5,"c":"happy","t":"x"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	x, _ := json.Marshal(Read(a))
	y, _ := json.Marshal(Read(b))
	if !bytes.Equal(x, y) {
		t.Errorf("%s\n%s", x, y)
	}
	r := Read(a)
	five := r.Items[1].Five
	// By hand: 1, 2, 5 have mean 8/3 and median 2; one of three is 4 or 5.
	if five.Counts != [5]int{1, 1, 0, 0, 1} || five.Median != 2 || math.Abs(float64(five.Mean.Value)-8./3) > 1e-12 || math.Abs(float64(five.High.Value)-1./3) > 1e-12 {
		t.Errorf("%+v", five)
	}
	if r.Respondents != 3 || r.Items[4].N != 2 || r.Items[3].Options[1].K != 1 || r.Pairs[0].N != 2 || r.Pairs[0].Change.Value != 1.5 {
		t.Errorf("%+v", r)
	}
	if strings.Contains(string(x), "words\\\"") {
		t.Error("free text is in the results")
	}
}

func TestEnough(t *testing.T) {
	s := parsed(t)
	var b strings.Builder
	b.WriteString("respondent,a,five,later\n")
	for i := range 40 {
		fmt.Fprintf(&b, "%d,%s,%d,%d\n", i, []string{"agree", "disagree"}[min(1, i/36)], 1+i%3, 2+i%4)
	}
	a, err := ReadCSV(s, strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	r := Read(a)
	if r.Items[0].Agree.Finding != stats.Against || !strings.HasPrefix(r.Items[0].Verdict, "36 of 40 agree") || !strings.Contains(r.Items[0].Verdict, "More than half") {
		t.Error(r.Items[0].Verdict)
	}
	if r.Pairs[0].Finding != stats.Against || !strings.Contains(r.Pairs[0].Verdict, "What moved them was not shown") {
		t.Error(r.Pairs[0].Verdict)
	}
	none, err := ReadCSV(s, strings.NewReader("respondent\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(Read(none)); err != nil {
		t.Error(err)
	}
}

func TestBadAnswers(t *testing.T) {
	s := parsed(t)
	for file, says := range map[string]string{
		"":                                  "no header row",
		"a\nagree":                          "row 1: there is no column respondent",
		"respondent,b\n1,2":                 "row 1, column b: the questionnaire has no such item",
		"respondent,a,a\n":                  "row 1, column a: the column stands twice",
		"respondent,a\n1,maybe\n":           `row 2, column a: "maybe" is neither agree nor disagree`,
		"respondent,five\n1,6\n":            `row 2, column five: "6" is none of 1 to 5`,
		"respondent,c\n1,sad\n":             `row 2, column c: "sad" is none of calm, happy`,
		"respondent,a\n1,agree\n1,agree\n":  "row 3, column respondent: this respondent has answered before",
		"respondent,a\n,agree\n":            "row 2, column respondent:",
		"respondent,a\n1\n":                 "row 2: the row cannot be read",
		"version,respondent,a\n1,1,agree\n": "row 2, column version:",
		"respondent,t\n1," + strings.Repeat("x", MaxAnswerText+1): "row 2, column t:",
	} {
		_, err := ReadCSV(s, strings.NewReader(file))
		var input *segue.InputError
		if !errors.As(err, &input) || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.40q: got %v, want %q", file, err, says)
		}
	}
	for file, says := range map[string]string{
		"":                           "the file ends",
		`{"survey":"s","version":1}`: "version 1",
		`{"survey":"s","version":2,"answers":[{"respondent":"1","items":{"b":1}}]}`:  "row 1, column b",
		`{"survey":"s","version":2,"answers":[{"respondent":"1","items":{"a":{}}}]}`: "row 1, column a: an answer is a text or a number",
	} {
		if _, err := ReadJSON(s, strings.NewReader(file)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.40q: got %v, want %q", file, err, says)
		}
	}
}

func TestFaults(t *testing.T) {
	for from, c := range map[string]struct{ to, says string }{
		`"schema":1`:                {`"schema":2`, "schema: 2 is newer"},
		`"version":2`:               {`"version":0`, "version: 0"},
		`"id":"c"`:                  {`"id":"a"`, `items[3].id: "a" is taken`},
		`"id":"t"`:                  {`"id":"respondent"`, "items[4].id"},
		`"kind":"text"`:             {`"kind":"essay"`, `items[4].kind: "essay" is none`},
		`["calm","happy"]`:          {`["calm"]`, "items[3].options: 1"},
		`,"low":"bad"`:              {``, "items[1].low: missing"},
		`"title":"T"`:               {`"title":"\u202eT"`, "title: holds a control character"},
		`{"before":"five"`:          {`{"before":"a"`, `pairs[0]: "a" is no five_point item`},
		`"kind":"agree","text":"?"`: {`"kind":"agree","text":"?","against":1.5`, "items[0].against: 1.5"},
	} {
		spoiled := strings.Replace(whole, from, c.to, 1)
		if spoiled == whole {
			t.Fatal(from)
		}
		if _, err := Parse([]byte(spoiled)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %q", c.to, err, c.says)
		}
	}
}

// FuzzAnswers: whatever a file holds, there is a result or one line.
func FuzzAnswers(f *testing.F) {
	f.Add("respondent,a,five\n1,agree,3\n2,,\n")
	f.Add(`{"survey":"s","version":2,"answers":[{"respondent":"1","items":{"a":"agree","five":3}}]}`)
	s, err := Parse([]byte(whole))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, file string) {
		for _, read := range []func() (*Answers, error){
			func() (*Answers, error) { return ReadCSV(s, strings.NewReader(file)) },
			func() (*Answers, error) { return ReadJSON(s, strings.NewReader(file)) },
		} {
			a, err := read()
			if err != nil {
				continue
			}
			if _, err := json.Marshal(Read(a)); err != nil {
				t.Fatal(err)
			}
		}
	})
}
