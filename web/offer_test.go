package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"segue"
)

// gentleWalk is a walker whose signals suggest a gentle hour, unasked.
func gentleWalk(t *testing.T) *walker {
	t.Helper()
	_, plays := invented(t)
	w := withPlays(t, plays)
	v, err := w.s.visitOf(t.Context(), selfID)
	if err != nil {
		t.Fatal(err)
	}
	p, err := v.portrait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.signals = segue.Signals{SadShare: .6, SadSharePercentile: .97, RepetitionPercentile: .97, Activity: 3}
	return w
}

// offersGentle reports whether the start offers a gentle hour.
func offersGentle(t *testing.T, w *walker) bool {
	t.Helper()
	got := w.get("/")
	if got.Code != http.StatusOK {
		t.Fatal(got.Code, text(got))
	}
	return strings.Contains(got.Body.String(), `action="/offer/dismiss"`)
}

// A card that nobody asked for comes by day, at most once a week, and after two were
// sent away not for a month. What the listener says of themselves counts above it.
func TestUnaskedCards(t *testing.T) {
	inTurn(t)
	w := gentleWalk(t)
	day := *w.now // 22:04 in Ho Chi Minh City
	at := func(d time.Duration) { *w.now = day.Add(d) }
	week, hour := 7*24*time.Hour, time.Hour
	w.send(headOf("/")) // looks at nothing
	for _, c := range []struct {
		name   string
		after  time.Duration
		offers bool
	}{
		{"at 22:30", 26 * time.Minute, false}, {"at 04:59", 6*hour + 55*time.Minute, false},
		{"at 05:00", 6*hour + 56*time.Minute, true}, {"at once again", 6*hour + 57*time.Minute, false}, {"six days later", 6 * 24 * hour, false},
		{"a week later", week + 7*hour, true}, {"two weeks later", 2*week + 8*hour, true},
	} {
		at(c.after)
		if got := offersGentle(t, w); got != c.offers {
			t.Errorf("%s: offered %v", c.name, got)
		}
	}
	if w.post("/offer/dismiss", values("kind", "gentle", "back", "/")); offersGentle(t, w) {
		t.Error("sent away, and still there")
	}
	at(3*week + 9*hour)
	if !offersGentle(t, w) {
		t.Error("after one was sent away there is none any more")
	}
	w.post("/offer/dismiss", values("kind", "gentle", "back", "/"))
	for n := 1; n <= 4; n++ {
		if at(3*week + 9*hour + time.Duration(n)*week); offersGentle(t, w) {
			t.Errorf("%d weeks after the second was sent away there is one", n)
		}
	}
	at(3*week + 9*hour + 31*24*hour)
	if !offersGentle(t, w) {
		t.Error("after a month there is none")
	}
	at(3*week + 9*hour + 40*24*hour)
	w.hour(t, values("now", "8-6", "do", "stay"))
	if offersGentle(t, w) {
		t.Error("who says they are well is offered a gentle hour")
	}
	at(3*week + 9*hour + 50*24*hour)
	if got := w.post("/data/settings", values("zone", "Asia/Ho_Chi_Minh")); got.Code != http.StatusSeeOther || offersGentle(t, w) {
		t.Error("offers were turned off, and there is one")
	}
}

func headOf(path string) *http.Request {
	r, _ := http.NewRequest("HEAD", "http://localhost"+path, nil)
	return r
}
