package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"segue"
	"segue/recommend"
	"segue/store"
)

// invented returns the music and the plays of the demo listener, made once.
func invented(t testing.TB) (*recommend.Music, []segue.Play) {
	t.Helper()
	made := inventedOnce()
	if made.err != nil {
		t.Fatal(made.err)
	}
	return made.music, made.plays
}

type inventedMusic struct {
	music *recommend.Music
	plays []segue.Play
	err   error
}

var inventedOnce = sync.OnceValue(func() (out inventedMusic) {
	ctx := context.Background()
	kept, err := store.Open(ctx, store.Options{Consents: true})
	if err != nil {
		return inventedMusic{err: err}
	}
	defer kept.Close()
	s, err := New(ctx, Options{Kept: kept})
	if err != nil {
		return inventedMusic{err: err}
	}
	defer s.Close()
	if out.music, out.err = s.demo.get(ctx); out.err == nil {
		out.plays, out.err = s.passing.Plays(ctx, demoID)
	}
	return out
})

// withPlays returns a walker whose listener agreed to everything and brought plays;
// none are nothing brought.
func withPlays(t testing.TB, plays []segue.Play) *walker {
	t.Helper()
	m, _ := invented(t)
	w := walk(t, m)
	got := w.post("/welcome", values("moods", "yes", "plays", "yes", "check_ins", "yes", "adult16", "yes", "zone", "Asia/Ho_Chi_Minh"))
	if got.Code != http.StatusSeeOther {
		t.Fatalf("POST /welcome: %d: %s", got.Code, text(got))
	}
	if len(plays) > 0 {
		err := w.s.kept.AddImport(context.Background(), selfID, store.Import{ID: "one", At: *w.now, Report: []byte("{}"), Plays: len(plays)}, plays)
		if err != nil {
			t.Fatal(err)
		}
		w.s.portraits.forget(selfID)
	}
	return w
}

// words is all that stands on a page, without what is drawn.
func words(r *httptest.ResponseRecorder) string { return tags.ReplaceAllString(r.Body.String(), " ") }

var drawnParts = regexp.MustCompile(`(?s)<svg class="chart.*?</svg>`)

// Every page in both languages: whole, said throughout, and with the same headers
// for HEAD.
func TestListeningPages(t *testing.T) {
	inTurn(t)
	w := demoWalk(t, "en")
	for _, c := range []struct{ code, path, holds string }{
		{"en", "/moods", "Where your listening sits"}, {"vi", "/moods", "Nhạc bạn nghe nằm ở đâu"},
		{"en", "/moods/sessions", "Page 1 of"}, {"vi", "/moods/sessions?page=2", "Trang 2 trên"},
		{"en", "/moods/sessions/100", "What was heard"}, {"vi", "/moods/sessions/100", "Những gì đã nghe"},
		{"en", "/persona", "Why "}, {"vi", "/persona", "Vì sao là"},
		{"en", "/persona/tree", "The six styles"}, {"vi", "/persona/tree", "Sáu phong cách"},
	} {
		w.cookies = append(w.cookies[:1:1], &http.Cookie{Name: languageCookie, Value: c.code})
		got := w.get(c.path)
		page := got.Body.String()
		if got.Code != http.StatusOK || !strings.Contains(words(got), c.holds) {
			t.Errorf("%s %s: %d: %s", c.code, c.path, got.Code, text(got))
			continue
		}
		for _, bad := range []string{"%!", "NaN", "<style", "style=", "onclick", "undefined"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s %s holds %q", c.code, c.path, bad)
			}
		}
		if n := strings.Count(page, "<h1"); n != 1 {
			t.Errorf("%s %s has %d h1", c.code, c.path, n)
		}
		for _, id := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if strings.Count(page, id[0]) != 1 {
				t.Errorf("%s %s: the id %s stands twice", c.code, c.path, id[1])
			}
		}
		head := w.send(httptest.NewRequest("HEAD", "http://localhost"+c.path, nil))
		if head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("Content-Type") != got.Header().Get("Content-Type") {
			t.Errorf("HEAD %s: %d with %d bytes", c.path, head.Code, head.Body.Len())
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, _ = z.Write([]byte(drawnParts.ReplaceAllString(page, "")))
		_ = z.Close()
		if packed.Len() > 100_000 {
			t.Errorf("%s is %d bytes without its charts, compressed", c.path, packed.Len())
		}
	}
}

// Without a consent, without music, without a history: what is missing, and what to
// do.
func TestNothingToShow(t *testing.T) {
	paths := []string{"/moods", "/moods/sessions", "/moods/sessions/1", "/persona", "/persona/tree", "/persona/card/wide.svg"}
	m, _ := invented(t)
	stranger, without := walk(t, m), walk(t, nil)
	refused := walk(t, m)
	refused.post("/welcome", values("plays", "yes"))
	without.post("/welcome", values("moods", "yes", "adult16", "yes"))
	empty := withPlays(t, nil)
	for _, path := range paths {
		for _, c := range []struct {
			name string
			w    *walker
			code int
			says string
		}{
			{"a stranger", stranger, http.StatusForbidden, "Moods are not read"}, {"no consent", refused, http.StatusForbidden, "Moods are not read"},
			{"no music", without, http.StatusConflict, "There is no music to look in yet"}, {"no history", empty, http.StatusConflict, "There is no listening here yet"},
		} {
			if got := c.w.get(path); got.Code != c.code || !strings.Contains(words(got), c.says) {
				t.Errorf("%s, %s: %d: %s", path, c.name, got.Code, text(got))
			}
		}
	}
	for _, path := range []string{"/persona/fact", "/persona/art", "/persona/share"} {
		if got := refused.post(path, nil); got.Code != http.StatusForbidden {
			t.Errorf("POST %s without a consent: %d", path, got.Code)
		}
	}
}

// A history too short says what is missing and claims nothing.
func TestClosedGates(t *testing.T) {
	inTurn(t)
	_, plays := invented(t)
	w := withPlays(t, plays[:60])
	moods := words(w.get("/moods"))
	for _, says := range []string{"Still learning", "of 7 active days so far", "of 20 sessions with a mood so far", "of 21 days"} {
		if !strings.Contains(strings.ReplaceAll(moods, "\u00a0", " "), says) {
			t.Errorf("/moods does not say %q", says)
		}
	}
	if !strings.Contains(w.get("/moods").Body.String(), "<h1>Still learning</h1>") {
		t.Error("/moods puts moods into words behind its gate")
	}
	for _, claim := range []string{"The dot is your usual mood", "It rests on", "shows no trend"} {
		if strings.Contains(moods, claim) {
			t.Errorf("/moods claims %q", claim)
		}
	}
	if got := words(w.get("/persona")); !strings.Contains(got, "Still tuning") || !strings.Contains(got, "of 30 sessions so far") || strings.Contains(got, "Share the card") {
		t.Errorf("/persona: %.600s", got)
	}
	for _, got := range []*httptest.ResponseRecorder{w.get("/persona/card/wide.png"), w.post("/persona/share", nil), w.post("/persona/art", nil), w.post("/persona/fact", url.Values{"fact": {"song"}})} {
		if got.Code != http.StatusConflict || !strings.Contains(words(got), "There is no card yet") {
			t.Errorf("%d: %s", got.Code, text(got))
		}
	}
	if got := w.get("/persona/tree"); got.Code != http.StatusOK {
		t.Errorf("/persona/tree: %d", got.Code)
	}
}

// Where most of the time has no place, the page says that it may lean.
func TestLowCoverage(t *testing.T) {
	inTurn(t)
	_, plays := invented(t)
	strange := append([]segue.Play(nil), plays...)
	for i := range strange {
		if i%2 == 0 {
			strange[i].Track = segue.TrackRef{Title: "Nobody knows this", Artist: "Nobody at all"}
		}
	}
	w := withPlays(t, strange)
	if got := words(w.get("/moods")); !strings.Contains(strings.ReplaceAll(got, "\u202f", " "), "Less than 60 % of your listening time could be placed") {
		t.Errorf("/moods does not warn: %.900s", got)
	}
	if got := words(withPlays(t, plays).get("/moods")); strings.Contains(got, "could be placed, so this picture") {
		t.Error("/moods warns of nothing")
	}
}

// One play, and plays of nothing that the table knows.
func TestHardlyAnything(t *testing.T) {
	at := time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)
	w := withPlays(t, []segue.Play{{Track: segue.TrackRef{Title: "Nobody knows this", Artist: "Nobody"}, EndedAt: at, Played: time.Second}})
	for _, path := range []string{"/moods", "/moods/sessions", "/moods/sessions/1", "/persona", "/persona/tree"} {
		if got := w.get(path); got.Code != http.StatusOK || strings.Contains(got.Body.String(), "NaN") {
			t.Errorf("%s: %d: %s", path, got.Code, text(got))
		}
	}
}

// A page of a portrait that was made already is fast.
func BenchmarkMoodsPage(b *testing.B)    { benchmarkPage(b, "/moods") }
func BenchmarkSessionsPage(b *testing.B) { benchmarkPage(b, "/moods/sessions") }
func BenchmarkSessionPage(b *testing.B)  { benchmarkPage(b, "/moods/sessions/100") }
func BenchmarkPersonaPage(b *testing.B)  { benchmarkPage(b, "/persona") }

func benchmarkPage(b *testing.B, path string) {
	w := demoWalk(b, "en")
	if got := w.get(path); got.Code != http.StatusOK {
		b.Fatal(got.Code)
	}
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("GET", "http://localhost"+path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		b.ReportMetric(float64(w.send(r).Body.Len()), "sent-B")
	}
}
