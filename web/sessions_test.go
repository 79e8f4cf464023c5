package web

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/store"
)

// Numbers of sessions have one way of writing, and those there are none of are not
// found.
func TestSessionNumbers(t *testing.T) {
	inTurn(t)
	_, plays := invented(t)
	w := withPlays(t, plays[:400])
	n := 0
	for w.get("/moods/sessions/"+strconv.Itoa(n+1)).Code == http.StatusOK {
		n++
	}
	if n < 20 {
		t.Fatalf("only %d sessions", n)
	}
	for _, path := range []string{
		"/moods/sessions/0", "/moods/sessions/" + strconv.Itoa(n+1), "/moods/sessions/-1", "/moods/sessions/01", "/moods/sessions/+1", "/moods/sessions/1e1", "/moods/sessions/x",
		"/moods/sessions/99999999999999999999", "/moods/sessions?page=0", "/moods/sessions?page=999", "/moods/sessions?page=x", "/moods/sessions?page=01", "/moods/sessions/1/2",
	} {
		if got := w.get(path); got.Code != http.StatusNotFound || !strings.Contains(words(got), "There is nothing here") {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
	for _, c := range []struct {
		n                  int
		before, after, not string
	}{{1, "", "/moods/sessions/2", "The one before"}, {n, "/moods/sessions/" + strconv.Itoa(n-1), "", "The one after"}} {
		page := w.get("/moods/sessions/" + strconv.Itoa(c.n)).Body.String()
		for _, link := range []string{c.before, c.after} {
			if link != "" && !strings.Contains(page, `href="`+link+`"`) {
				t.Errorf("session %d has no link to %s", c.n, link)
			}
		}
		if strings.Contains(page, c.not) {
			t.Errorf("session %d has %q", c.n, c.not)
		}
	}
}

// hostile are names as they do not belong into a page, and what must not stand there
// of them.
var hostile = []string{
	`<script>alert("x")</script>`, `"><img src=x onerror=alert(1)>`, `</bdi></li></main>`, "\u202eright to left\u202d", "مرحبا بالعالم", "🎧🔥👩‍👩‍👧‍👧",
	strings.Repeat("W", 10_000), strings.Repeat("long words ", 1000), "a\x00b\tc\nd", "Zalgo" + strings.Repeat("\u0301", 500), "{{.}} ${x} %s %d", "",
}

// Names of any kind stay names.
func TestHostileNames(t *testing.T) {
	inTurn(t)
	_, plays := invented(t)
	bad := append([]segue.Play(nil), plays...)
	for i := 0; i < 2000; i += 2 { // the others keep their places, and the style
		p := &bad[len(bad)-2000+i]
		name := "🎧🔥" // heard most
		if i%4 != 0 {
			name = hostile[i/4%len(hostile)]
		}
		p.Track = segue.TrackRef{Title: name, Artist: name, Album: name}
		if name == "" {
			p.Track.Title = "nobody's"
		}
	}
	w := withPlays(t, bad)
	paths := []string{"/moods", "/moods/sessions", "/persona"}
	for _, link := range regexp.MustCompile(`href="(/moods/sessions/\d+)"`).FindAllStringSubmatch(w.get("/moods/sessions").Body.String(), -1) {
		paths = append(paths, link[1])
	}
	all := ""
	for _, path := range paths {
		got := w.get(path)
		page := got.Body.String()
		all += page
		if got.Code != http.StatusOK {
			t.Errorf("%s: %d: %s", path, got.Code, text(got))
		}
		for _, no := range []string{"<script>alert", "<img src=x", "</bdi></li></main>", strings.Repeat("W", mostLetters+1)} {
			if strings.Contains(page, no) {
				t.Errorf("%s holds %.40q", path, no)
			}
		}
		if len(page) > 700_000 {
			t.Errorf("%s is %d bytes", path, len(page))
		}
	}
	for _, yes := range []string{"<bdi>مرحبا بالعالم</bdi>", "&lt;script&gt;alert"} {
		if !strings.Contains(all, yes) {
			t.Errorf("no page holds %q", yes)
		}
	}
	// The card has facts that its font can draw.
	for _, path := range []string{"/persona/card/wide.svg", "/persona/card/tall.svg"} {
		if got := w.get(path); got.Code != http.StatusOK {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
	if got := w.get("/persona").Body.String(); strings.Contains(got, `value="favourite"`) {
		t.Error("a favourite whose name no card can show is offered")
	}
}

// What is left of plays that were let go are the hours and the days.
func TestSums(t *testing.T) {
	inTurn(t)
	_, plays := invented(t)
	w := withPlays(t, plays[len(plays)-300:])
	ctx := context.Background()
	sums := []store.HourSum{
		{Date: "2026-12-05", Hour: 20, Seconds: 3600, Featured: 3000, Valence: 2400, Arousal: 2400, Plays: 15, Skips: 1}, // at (0.8, 0.8)
		{Date: "2026-12-05", Hour: 21, Seconds: 600, Featured: 600, Valence: 480, Arousal: 480, Plays: 3},                // too little for a word
		{Date: "2026-12-06", Hour: 20, Seconds: 60, Plays: 1},
	}
	imports, err := w.s.kept.Imports(ctx, selfID)
	if err != nil {
		t.Fatal(err)
	}
	*w.now = imports[0].At.AddDate(0, 0, 91)
	if err := w.s.kept.Reduce(ctx, selfID, imports[0].At, sums); err != nil {
		t.Fatal(err)
	}
	w.s.portraits.forget(selfID)
	got := w.get("/moods")
	said := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(words(got))
	for _, says := range []string{"Single plays were let go on 7 Jun 2027, 90 days after they were brought.", "1 h 11 min of music on 2 days", "Hour and weekday", "Day by day"} {
		if !strings.Contains(said, says) {
			t.Errorf("/moods does not say %q: %.700s", says, said)
		}
	}
	if got := w.get("/persona"); got.Code != http.StatusConflict {
		t.Errorf("/persona of sums: %d", got.Code)
	}
	d, seconds := dynamicsOf(sums)
	if seconds != 4260 || len(d.Days) != 2 || d.Days[0].Seconds != 4200 || d.Days[1].Seconds != 60 {
		t.Errorf("days %+v of %v s", d.Days, seconds)
	}
	evening := d.Week[time.Saturday][20]
	if evening.Mood == nil || *evening.Mood != segue.Happy || d.Week[time.Saturday][21].Mood != nil || d.Week[time.Sunday][20].Position != nil {
		t.Errorf("Saturday 20:00 is %+v, 21:00 %+v, Sunday %+v", evening, d.Week[time.Saturday][21], d.Week[time.Sunday][20])
	}
}

// Days that plays cover count once, whatever the sums say of them.
func TestSumsBesidePlays(t *testing.T) {
	sum := func(date string, hour int, seconds float64) store.HourSum {
		return store.HourSum{Date: date, Hour: hour, Seconds: seconds, Featured: seconds, Valence: .2 * seconds, Arousal: .2 * seconds}
	}
	played, _ := dynamicsOf([]store.HourSum{sum("2026-12-06", 20, 1800)})
	both, days := withSums(played, []store.HourSum{sum("2026-11-29", 20, 1200), sum("2026-12-06", 20, 7200), sum("2026-12-07", 3, 900)})
	if days != 2 || len(both.Days) != 3 || both.Days[0].Date != "2026-11-29" || both.Days[1].Seconds != 1800 || both.Days[2].Date != "2026-12-07" {
		t.Errorf("%d days: %+v", days, both.Days)
	}
	if got := both.Week[time.Sunday][20]; got.Seconds != 3000 || got.Mood == nil {
		t.Errorf("Sundays at 20:00: %+v", got)
	}
	if got := both.Week[time.Monday][3]; got.Seconds != 900 || got.Mood == nil || *got.Mood != segue.Sad {
		t.Errorf("Mondays at 3:00: %+v", got)
	}
	if len(played.Days) != 1 || played.Week[time.Sunday][20].Seconds != 1800 {
		t.Error("what was there was changed")
	}
}

func TestShortened(t *testing.T) {
	for name, want := range map[string]string{
		"Bến trong đồi": "Bến trong đồi", "": "–", "\u202e \t": "–", "a" + strings.Repeat("\u0301", 50) + "b": "a" + strings.Repeat("\u0301", mostMarks) + "b",
		strings.Repeat("W", 500): strings.Repeat("W", mostLetters-1) + "…", strings.Repeat("x", mostLetters-1): strings.Repeat("x", mostLetters-1),
	} {
		if got := shortened(name); got != want {
			t.Errorf("%.20q: got %q, want %q", name, got, want)
		}
	}
}
