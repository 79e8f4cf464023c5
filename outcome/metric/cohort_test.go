package metric_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"segue"
	"segue/outcome/event"
	"segue/outcome/metric"
)

// lines puts conditions into a file of which the second cohort begins on line 4.
func cohortFile(where string) []byte {
	return []byte("{\"schema\": 1,\n \"cohorts\": [\n  {\"name\": \"first\", \"where\": {\"fact\": \"a\", \"is\": \"b\"}},\n  {\"name\": \"second\",\n   \"where\": " + where + "}]}")
}

func TestParseCohortsRefuses(t *testing.T) {
	deep := strings.Repeat(`{"not":`, 40) + `{"fact":"a","is":"b"}` + strings.Repeat("}", 40)
	wide := `{"any":[` + strings.Repeat(`{"fact":"a","is":"b"},`, metric.MaxConditions) + `{"fact":"a","is":"b"}]}`
	for _, c := range []struct {
		file string
		row  int
		says string
	}{
		{"", 1, "bracket"},
		{"[]", 1, "object"},
		{`{"schema": 1}`, 1, "no cohorts"},
		{`{"schema": 1, "cohorts": []}`, 1, "no cohorts"},
		{`{"schema": 1, "cohorts": {}}`, 1, "not a list"},
		{"{\n\"schema\": 2, \"cohorts\": []}", 2, "newer Segue"},
		{`{"cohorts": [{"name": "a", "where": {"fact": "a", "is": "b"}}]}`, 1, "schema"},
		{string(cohortFile(`{}`)), 4, `"second": a condition is exactly one`},
		{string(cohortFile(`{"fact": "a", "is": "b", "listening": "days", "at_least": 1}`)), 4, "2 of them"},
		{string(cohortFile(`{"fact": "a"}`)), 4, `needs "is"`},
		{string(cohortFile(`{"fact": "a", "is": "b", "in": ["c"]}`)), 4, `needs "is"`},
		{string(cohortFile(`{"fact": "a", "is": " "}`)), 4, "1 to 200 bytes"},
		{string(cohortFile(`{"is": "b"}`)), 4, "exactly one"},
		{string(cohortFile(`{"all": []}`)), 4, "at least one"},
		{string(cohortFile(`{"all": [{"fact": "a", "is": "b"}], "is": "x"}`)), 4, `belong to "fact"`},
		{string(cohortFile(`{"fact": "a", "is": "b", "below": 1}`)), 4, `belong to "listening"`},
		{string(cohortFile(`{"listening": "mood", "below": 1}`)), 4, "night_tracks, night_records"},
		{string(cohortFile(`{"listening": "days"}`)), 4, "at_least, below"},
		{string(cohortFile(`{"listening": "night_tracks", "at_least": 30}`)), 4, "lies in 0 to 1"},
		{string(cohortFile(`{"listening": "days", "at_least": 3, "below": 3}`)), 4, "nothing is"},
		{string(cohortFile(`{"listening": "days",` + "\n" + `"above": 3}`)), 6, `no field "above"`},
		{string(cohortFile(`{"listening": "days",` + "\n" + `"at_least": "3"}`)), 6, "a number is needed"},
		{string(cohortFile(deep)), 0, "deep"},
		{string(cohortFile(wide)), 4, "more than 1000 conditions"},
		{strings.Replace(string(cohortFile(`{"fact": "a", "is": "b"}`)), "second", "First ", 1), 4, "another has this name"},
		{strings.Replace(string(cohortFile(`{"fact": "a", "is": "b"}`)), "second", "", 1), 4, "no name"},
		{`{"schema": 1, "cohorts": [` + strings.Repeat(`{"name": "a", "where": {"fact": "a", "is": "b"}},`, 200) + `1]}`, 1, "more than 100 cohorts"},
		{strings.Repeat(" ", metric.MaxCohortFile+1), 0, "at most"},
	} {
		_, err := metric.ParseCohorts([]byte(c.file))
		var input *segue.InputError
		if !errors.As(err, &input) || c.row > 0 && input.Row != c.row || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "%!") {
			t.Errorf("%.80s…: got %v, want row %d and %q", c.file, err, c.row, c.says)
		}
	}
}

// Each condition, on three listeners: one who listens at night, one by day, one who never
// does but declared facts.
func TestConditions(t *testing.T) {
	var s story
	for i := range 10 {
		at := "2024-05-06 12:00:00"
		if i < 4 {
			at = "2024-05-06 23:30:00"
		}
		s.add("night", at, started("h", i+1))
		s.add("day", fmt.Sprintf("2024-05-%02d 12:00:00", 6+i), started(fmt.Sprint("h", i), 1))
	}
	s.add("facts", "2024-05-06 12:00:00", event.Event{Kind: event.AppOpen})
	table := "value,listener,fact\nyes,facts,mindfulness\n18-24,facts,age_band\nA,facts,group\nB,facts,group\nno,day,mindfulness\n"
	for _, c := range []struct{ where, want string }{
		{`{"fact": "mindfulness", "is": "yes"}`, "facts"},
		{`{"fact": "Mindfulness ", "is": "YES"}`, "facts"},
		{`{"not": {"fact": "mindfulness", "is": "yes"}}`, "day night"},
		{`{"fact": "group", "is": "B"}`, "facts"},
		{`{"fact": "group", "in": ["C", "A"]}`, "facts"},
		{`{"fact": "unknown", "is": "B"}`, ""},
		{`{"listening": "night_tracks", "at_least": 0.4}`, "night"},
		{`{"listening": "night_tracks", "at_least": 0.41}`, ""},
		{`{"listening": "night_tracks", "below": 0.4}`, "day"}, // of facts it is not known
		{`{"listening": "night_records", "below": 0.4}`, "day facts"},
		{`{"listening": "days", "at_least": 10}`, "day"},
		{`{"listening": "days_a_week", "at_least": 6.9}`, "day"},
		{`{"listening": "playlists", "at_least": 1, "below": 2}`, "night"},
		{`{"listening": "playlists_a_week", "at_least": 7}`, "day"}, // 10 in 10 days
		{`{"listening": "tracks_a_week", "at_least": 10}`, "night"}, // a week at least
		{`{"listening": "tracks", "below": 1}`, "facts"},
		{`{"all": [{"listening": "tracks", "at_least": 1}, {"not": {"fact": "mindfulness", "is": "no"}}]}`, "night"},
		{`{"any": [{"listening": "night_tracks", "at_least": 0.4}, {"fact": "age_band", "is": "18-24"}]}`, "facts night"},
	} {
		cohorts, err := metric.ParseCohorts(cohortFile(c.where))
		if err != nil {
			t.Fatal(err)
		}
		facts, err := metric.ReadFacts(strings.NewReader(table), cohorts)
		if err != nil {
			t.Fatal(err)
		}
		g := s.read(t, metric.ReadOptions{By: metric.ByCohort, Cohorts: cohorts, Facts: facts}).Groups[1]
		// Who is in it shows in what they do: 10 tracks each, one record.
		got := map[string]int{"": 0, "facts": 1, "night": 10, "day": 10, "day facts": 11, "facts night": 11, "day night": 20}[c.want]
		if *g.Records != got || *g.Listeners != len(strings.Fields(c.want)) {
			t.Errorf("%s: %d listeners, %d records; want %s", c.where, *g.Listeners, *g.Records, c.want)
		}
	}
	// A fact that nobody declared is said.
	cohorts, _ := metric.ParseCohorts(cohortFile(`{"fact": "mindfulness", "is": "yes"}`))
	if r := s.read(t, metric.ReadOptions{By: metric.ByCohort, Cohorts: cohorts}); !strings.Contains(strings.Join(r.Notes, "\n"), `"a", "mindfulness"`) {
		t.Errorf("notes: %q", r.Notes)
	}
}

func TestReadFactsRefuses(t *testing.T) {
	cohorts, err := metric.ParseCohorts(cohortFile(`{"fact": "a", "is": "b"}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		table string
		row   int
		says  string
	}{
		{"", 0, "listener,fact,value"},
		{"listener,fact\nx,a\n", 1, `no column "value"`},
		{"listener,fact,value\nx,a,b\nx,a\n", 3, "columns"},
		{"listener,fact,value\nx,a,\n", 2, "column value: it is empty"},
		{"listener,fact,value\nx,a,\"b\n", 2, "quotation"},
		{"listener,fact,value\nx,a," + strings.Repeat("b", 300) + "\n", 2, "longer than 200"},
		{"listener,fact,value\nx,a,\"" + strings.Repeat("b", 1<<17), 2, "longer than 64 KB"},
	} {
		_, err := metric.ReadFacts(strings.NewReader(c.table), cohorts)
		var input *segue.InputError
		if !errors.As(err, &input) || input.Row != c.row || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.60q: got %v", c.table, err)
		}
	}
}

func TestMentions(t *testing.T) {
	m, err := metric.ReadMentions(strings.NewReader("\ufeffDay,count,place\n2024-05-06,3,a\n2024-05-06,1,b\n2024-05-05,0,a\n2024-05-13,6,a\n"))
	if err != nil {
		t.Fatal(err)
	}
	var s story
	v := s.read(t, metric.ReadOptions{By: metric.Week, Mentions: m}).Mentions
	if v.All.Count != 10 || v.All.Days != 3 || len(v.Groups) != 3 || v.Groups[1].Name != "2024-W19" || v.Groups[1].Count != 4 || v.Caution == "" {
		t.Errorf("got %+v", v)
	}
	// Garwood's interval of 10 is 4.795389 to 18.390356 (Garwood 1936, table 1: 4.80, 18.39).
	near(t, "a day", v.All.ADay.Value, 10./3)
	if lo, hi := 3*float64(v.All.ADay.Lo), 3*float64(v.All.ADay.Hi); lo < 4.795 || lo > 4.796 || hi < 18.390 || hi > 18.391 {
		t.Errorf("10 mentions: %v to %v", lo, hi)
	}
	if v.Groups[0].ADay.Value != 0 || v.Groups[0].ADay.Hi < 3.68 || v.Groups[0].ADay.Hi > 3.69 || v.Groups[0].ADay.Enough {
		t.Errorf("no mention: %+v", v.Groups[0].ADay)
	}
	for _, c := range []struct {
		table string
		row   int
	}{
		{"day,count\n", 0}, {"day\n", 1}, {"day,count\n6 May,1\n", 2}, {"day,count\n2024-05-06,-1\n", 2}, {"day,count\n2024-05-06,1.5\n", 2},
		{"day,count\n2024-05-06,1\n2024-05-06,2\n", 3}, {"day,count\n1924-05-06,1\n", 2}, {"day,count,place\n2024-05-06,1," + strings.Repeat("x", 300), 2},
	} {
		_, err := metric.ReadMentions(strings.NewReader(c.table))
		var input *segue.InputError
		if !errors.As(err, &input) || input.Row != c.row {
			t.Errorf("%.60q: got %v", c.table, err)
		}
	}
}

func FuzzParseCohorts(f *testing.F) {
	f.Add([]byte(cohortFile(`{"all": [{"listening": "tracks", "at_least": 1}, {"not": {"fact": "a", "in": ["b"]}}]}`)))
	f.Add([]byte(`{"schema":1,"cohorts":[{"name":"x","where":{"any":[]}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		cohorts, err := metric.ParseCohorts(b)
		if err != nil {
			var input *segue.InputError
			if !errors.As(err, &input) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("%v is no line about the file", err)
			}
			return
		}
		facts, err := metric.ReadFacts(strings.NewReader("listener,fact,value\na,a,b\n"), cohorts)
		if err != nil {
			t.Fatal(err)
		}
		var s story
		s.add("a", "2024-05-06 12:00:00", started("h", 1))
		for _, g := range s.read(t, metric.ReadOptions{By: metric.ByCohort, Cohorts: cohorts, Facts: facts}).Groups {
			if g.Listeners == nil || *g.Listeners > 1 {
				t.Fatalf("%+v of one listener", g)
			}
		}
	})
}

func FuzzReadTables(f *testing.F) {
	f.Add("listener,fact,value\na,a,b\n")
	f.Add("day,count,place\n2024-05-06,3,a\n")
	f.Add("day,count\n\"2024-05-06\",\"3\"\n")
	f.Fuzz(func(t *testing.T, table string) {
		cohorts, err := metric.ParseCohorts(cohortFile(`{"fact": "b", "is": "c"}`))
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{
			func() error { _, err := metric.ReadFacts(strings.NewReader(table), cohorts); return err }(),
			func() error {
				m, err := metric.ReadMentions(strings.NewReader(table))
				if err == nil {
					var s story
					s.read(t, metric.ReadOptions{By: metric.Day, Mentions: m})
				}
				return err
			}(),
		} {
			var input *segue.InputError
			if err != nil && (!errors.As(err, &input) || strings.Contains(err.Error(), "%!")) {
				t.Fatalf("%v is no line about the file", err)
			}
		}
	})
}
