package web

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"segue"
	"segue/internal/racetest"
	"segue/playlist"
	"segue/recommend"
	"segue/store"
)

// afternoon is a time at which no night rules hold, in the demo listener's zone.
var afternoon = time.Date(2027, 3, 9, 15, 4, 0, 0, time.UTC)

// A walker asks for pages without any script, as one browser does.
type walker struct {
	s       *Server
	cookies []*http.Cookie
	now     *time.Time
}

// inTurn leaves a test that asks for one thing after the other out of the short run
// under the race detector: little races in it, and it takes ten times as long.
func inTurn(t testing.TB) {
	t.Helper()
	if testing.Short() && racetest.On {
		t.Skip("one thing after the other, under the race detector; run without -short")
	}
}

// demoWalk returns a walker on the pages of the demo listener, in a language.
func demoWalk(t testing.TB, code string) *walker {
	t.Helper()
	inTurn(t)
	w := walk(t, nil)
	if got := w.post("/demo", nil); got.Code != http.StatusSeeOther {
		t.Fatalf("POST /demo: %d", got.Code)
	}
	w.cookies = append(w.cookies, &http.Cookie{Name: languageCookie, Value: code})
	return w
}

// walk returns a walker on a server of its own, whose listener has the music of m.
func walk(t testing.TB, m *recommend.Music) *walker {
	t.Helper()
	kept, err := store.Open(context.Background(), store.Options{Path: filepath.Join(t.TempDir(), "segue.db"), Consents: true})
	if err != nil {
		t.Fatal(err)
	}
	at := afternoon
	w := &walker{now: &at}
	o := Options{Kept: kept, Seed: 1, Now: func() time.Time { return *w.now }}
	if m != nil {
		o.Music = func(context.Context, segue.Progress) (*recommend.Music, error) { return m, nil }
	}
	if w.s, err = New(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = w.s.Close()
		_ = kept.Close()
	})
	w.s.demo.mu.Lock()
	defer w.s.demo.mu.Unlock()
	w.s.demo.load = func(ctx context.Context, _ segue.Progress) (*recommend.Music, error) {
		read, err := demoOfAll()
		if err != nil {
			return nil, err
		}
		return w.s.keepDemo(ctx, read)
	}
	return w
}

// demoOfAll is what the files of the demo listener hold, read once for all tests that
// walk. Those on a server of served read them as the program does.
var demoOfAll = sync.OnceValues(func() (*demoRead, error) {
	s := new(Server)
	return s.readDemo(context.Background(), nil)
})

func (w *walker) send(r *http.Request) *httptest.ResponseRecorder {
	for _, c := range w.cookies {
		r.AddCookie(c)
	}
	out := httptest.NewRecorder()
	w.s.Handler().ServeHTTP(out, r)
	for _, c := range out.Result().Cookies() {
		w.cookies = append(slices.DeleteFunc(w.cookies, func(old *http.Cookie) bool { return old.Name == c.Name }), c)
	}
	return out
}

func (w *walker) get(path string) *httptest.ResponseRecorder {
	return w.send(httptest.NewRequest("GET", "http://localhost"+path, nil))
}

func (w *walker) post(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "http://localhost"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return w.send(r)
}

// hour builds an hour and returns its address.
func (w *walker) hour(t testing.TB, form url.Values) string {
	t.Helper()
	got := w.post("/now", form)
	at := got.Header().Get("Location")
	if got.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/hours/") {
		t.Fatalf("POST /now: %d to %q: %s", got.Code, at, text(got))
	}
	return at
}

// stored returns the hour of an address as it is stored.
func (w *walker) stored(t testing.TB, at string) (store.Hour, *playlist.Playlist) {
	t.Helper()
	h, err := w.s.passing.Hour(context.Background(), demoID, strings.TrimPrefix(at, "/hours/"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := playlist.ReadAny(bytes.NewReader(h.Plan), "hour.json")
	if err != nil {
		t.Fatal(err)
	}
	return h, p
}

// edit sends an edit of the present version and expects it to be made.
func (w *walker) edit(t testing.TB, at string, form url.Values) *playlist.Playlist {
	t.Helper()
	h, _ := w.stored(t, at)
	form.Set("version", strconv.Itoa(h.Version))
	got := w.post(at+"/edit", form)
	if got.Code != http.StatusSeeOther || !strings.HasPrefix(got.Header().Get("Location"), at+"#") {
		t.Fatalf("%v: %d to %q: %s", form, got.Code, got.Header().Get("Location"), text(got))
	}
	if page := w.get(at); page.Code != http.StatusOK {
		t.Fatalf("%v: the page is %d", form, page.Code)
	}
	_, p := w.stored(t, at)
	return p
}

var tags = regexp.MustCompile(`(?s)<(script|style|svg).*?</(script|style|svg)>|<[^>]*>|\s+`)

// text is what stands on a page.
func text(r *httptest.ResponseRecorder) string {
	s := tags.ReplaceAllString(r.Body.String(), " ")
	return s[:min(len(s), 1200)]
}

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

func ids(p *playlist.Playlist) []string {
	var out []string
	for _, t := range p.Tracks {
		out = append(out, t.ID)
	}
	return out
}

// The whole way without any script, in both languages: check-in, hour, every edit,
// every file, how it felt, over time, and away with it.
func TestWayOfAnHour(t *testing.T) {
	for _, code := range []string{"en", "vi"} {
		t.Run(code, func(t *testing.T) {
			w := demoWalk(t, code)
			page := w.get("/now")
			if page.Code != http.StatusOK || strings.Count(page.Body.String(), `type="radio" name="now"`) != 81 || strings.Count(page.Body.String(), `type="radio" name="target"`) != 81 {
				t.Fatalf("GET /now: %d with %d squares", page.Code, strings.Count(page.Body.String(), `name="now"`))
			}
			if strings.Contains(page.Body.String(), " checked value=\"3-7\"") || regexp.MustCompile(`name="now"[^>]*checked`).MatchString(page.Body.String()) {
				t.Error("a mood is chosen for the listener")
			}
			at := w.hour(t, values("now", "3-7", "target", "7-3", "minutes", "30"))
			if !regexp.MustCompile(`^/hours/[0-9a-f]{32}$`).MatchString(at) {
				t.Errorf("the address %q says something", at)
			}
			hour := w.get(at)
			for _, want := range []string{`id="t1"`, `name="do" value="swap"`, `/hour.m3u8"`, `/feel"`, `class="cert"`} {
				if !strings.Contains(hour.Body.String(), want) {
					t.Errorf("the hour lacks %s", want)
				}
			}
			_, p := w.stored(t, at)
			if p.Minutes != 30 || p.From.Affect != (segue.Cell{3, 7}).At() || p.To.Affect != (segue.Cell{7, 3}).At() || p.Gap == nil {
				t.Fatalf("asked for 30 minutes from (3, 7) to (7, 3) with a certificate: %d, %v to %v, %v", p.Minutes, p.From, p.To, p.Gap)
			}

			t.Run("edits", func(t *testing.T) { everyEdit(t, w, at) })

			_, p = w.stored(t, at)
			for _, f := range playlist.Formats() {
				got := w.get(at + "/hour." + string(f))
				if d := got.Header().Get("Content-Disposition"); got.Code != http.StatusOK || d != `attachment; filename="segue-hour.`+string(f)+`"` {
					t.Errorf("%s: %d, %q", f, got.Code, d)
				}
				back, err := playlist.ReadAny(bytes.NewReader(got.Body.Bytes()), "hour."+string(f))
				if err != nil || !slices.Equal(ids(back), ids(p)) {
					t.Errorf("%s reads back as %d tracks of %d: %v", f, len(back.Tracks), len(p.Tracks), err)
				}
			}

			if got := w.get(at + "/feel"); got.Code != http.StatusOK || strings.Count(got.Body.String(), `name="after"`) != 81 || strings.Count(got.Body.String(), `name="feel"`) != 5 {
				t.Errorf("GET feel: %d", got.Code)
			}
			got := w.post(at+"/feel", values("after", "6-4", "feel", "1", "words", "<b>ấm hơn</b>"))
			if got.Code != http.StatusSeeOther || got.Header().Get("Location") != at+"/feel" {
				t.Fatalf("POST feel: %d to %q", got.Code, got.Header().Get("Location"))
			}
			felt := w.get(at + "/feel").Body.String()
			if !strings.Contains(felt, "&lt;b&gt;ấm hơn&lt;/b&gt;") || strings.Contains(felt, "offer") {
				t.Error("what was said is not shown as it was said, or support is pushed on who feels better")
			}
			over := w.get("/time")
			if over.Code != http.StatusOK || !strings.Contains(over.Body.String(), at) || !strings.Contains(over.Body.String(), `class="learning"`) {
				t.Errorf("GET /time: %d, without the hour or its warning", over.Code)
			}
			if list := w.get("/hours"); list.Code != http.StatusOK || !strings.Contains(list.Body.String(), at+"/delete") {
				t.Errorf("GET /hours: %d, without the hour", list.Code)
			}
			if got := w.post(at+"/feel/delete", nil); got.Code != http.StatusSeeOther {
				t.Errorf("taking back what was said: %d", got.Code)
			}
			if got := w.get(at + "/feel"); strings.Contains(got.Body.String(), "ấm hơn") {
				t.Error("what was taken back is still there")
			}
			if got := w.post(at+"/delete", nil); got.Code != http.StatusSeeOther || w.get(at).Code != http.StatusNotFound {
				t.Errorf("deleting: %d, and then %d", got.Code, w.get(at).Code)
			}
			if k, err := w.s.passing.CheckIns(context.Background(), demoID); err != nil || len(k) != 0 {
				t.Errorf("the check-in of a deleted hour stays: %v, %v", k, err)
			}
		})
	}
}

// everyEdit makes each edit there is and looks at what came of it.
func everyEdit(t *testing.T, w *walker, at string) {
	_, was := w.stored(t, at)
	p := w.edit(t, at, values("do", "swap", "place", "3"))
	if p.Tracks[2].ID == was.Tracks[2].ID {
		t.Error("swap changed nothing")
	}
	if got := w.get(at).Body.String(); !strings.Contains(got, "fresh") || !strings.Contains(got, `id="certify"`) {
		t.Error("the page does not mark what changed, or offer to calculate how good it is")
	}
	if p = w.edit(t, at, values("do", "undo")); !slices.Equal(ids(p), ids(was)) {
		t.Error("undo does not bring back what was")
	}
	if p = w.edit(t, at, values("do", "redo")); slices.Equal(ids(p), ids(was)) {
		t.Error("redo does not")
	}
	if p = w.edit(t, at, values("do", "lock", "place", "2")); !p.Tracks[1].Locked {
		t.Error("lock does not lock")
	}
	held := p.Tracks[1].ID
	if p = w.edit(t, at, values("do", "rebuild")); p.Tracks[1].ID != held || !p.Tracks[1].Locked {
		t.Error("rebuild moved what is locked")
	}
	if p = w.edit(t, at, values("do", "unlock", "place", "2")); p.Tracks[1].Locked {
		t.Error("unlock does not unlock")
	}
	if p.Tracks[0].RunnerUp != nil {
		other := p.Tracks[0].RunnerUp.ID
		if p = w.edit(t, at, values("do", "instead", "place", "1")); p.Tracks[0].ID != other {
			t.Error("the runner-up did not come")
		}
	}
	gone := p.Tracks[3].ID
	if p = w.edit(t, at, values("do", "exclude", "place", "4")); slices.Contains(ids(p), gone) {
		t.Error("an excluded track stays")
	}
	artist := p.Tracks[4].Artists[0]
	p = w.edit(t, at, values("do", "exclude-artist", "place", "5"))
	for _, track := range p.Tracks {
		if slices.Contains(track.Artists, artist) {
			t.Error("an excluded artist stays")
		}
	}
	moved := p.Tracks[2].ID
	if p = w.edit(t, at, values("do", "up", "place", "3")); p.Tracks[1].ID != moved {
		t.Error("up does not move a track up")
	}
	if p = w.edit(t, at, values("do", "down", "place", "2")); p.Tracks[2].ID != moved {
		t.Error("down does not move a track down")
	}
	if p = w.edit(t, at, values("do", "length", "minutes", "45")); p.Minutes != 45 {
		t.Errorf("asked for 45 minutes, got %d", p.Minutes)
	}
	if p = w.edit(t, at, values("do", "target", "to", "8-4")); p.To.Affect != (segue.Cell{8, 4}).At() {
		t.Errorf("asked to lead to (8, 4), leads to %v", p.To)
	}
	before := ids(p)
	if p = w.edit(t, at, values("do", "fresh")); slices.Equal(ids(p), before) || slices.ContainsFunc(p.Tracks, func(t playlist.Track) bool { return t.Locked }) {
		t.Error("a fresh hour is the old one, or holds what was locked")
	}
	if p = w.edit(t, at, values("do", "certify")); p.Gap == nil || p.LowerBound == nil {
		t.Error("nothing was calculated")
	}
}

// Every bad input gets a page that says what to do, and changes nothing.
func TestBadInput(t *testing.T) {
	for _, code := range []string{"en", "vi"} {
		t.Run(code, func(t *testing.T) {
			w := demoWalk(t, code)
			at := w.hour(t, values("now", "3-7", "target", "7-3", "minutes", "20"))
			was, hour := w.stored(t, at)
			n := strconv.Itoa(len(hour.Tracks) + 1)
			for _, c := range []struct {
				path string
				form url.Values
				code int
			}{
				{"/now", nil, 422},
				{"/now", values("now", "0-5"), 400}, {"/now", values("now", "5-10"), 400}, {"/now", values("now", "10-5"), 400}, {"/now", values("now", "a-b"), 400},
				{"/now", values("now", "55"), 400}, {"/now", values("now", "\xff-5"), 400}, {"/now", values("now", "5-5", "target", "5-0"), 400},
				{"/now", values("now", "5-5"), 422}, // from the middle only the listener can tell
				{"/now", values("now", "3-7", "minutes", "9"), 400}, {"/now", values("now", "3-7", "minutes", "181"), 400}, {"/now", values("now", "3-7", "other", "soon"), 400},
				{"/now", values("now", "3-7", "familiarity", "very"), 400}, {"/now", values("now", "3-7", "do", "sing"), 400},
				{"/now", values("now", "3-7", "artists", "\xff\xfe"), 400}, {"/now", values("now", "3-7", "artists", strings.Repeat("x", 300)), 400}, {"/now", values("now", "3-7", "artists", strings.Repeat("x\n", 60)), 400},
				{at + "/edit", values("version", "1"), 400}, {at + "/edit", values("version", "1", "do", "burn"), 400}, {at + "/edit", values("version", "1", "do", "adopt"), 400}, {at + "/edit", values("do", "swap", "place", "1"), 400},
				{at + "/edit", values("version", "1", "do", "swap", "place", "0"), 400}, {at + "/edit", values("version", "1", "do", "swap", "place", n), 400}, {at + "/edit", values("version", "1", "do", "lock", "place", "one"), 400},
				{at + "/edit", values("version", "1", "do", "up", "place", "1"), 400}, {at + "/edit", values("version", "1", "do", "length", "minutes", "9"), 400}, {at + "/edit", values("version", "1", "do", "length", "minutes", "181"), 400},
				{at + "/edit", values("version", "1", "do", "target", "to", "0-0"), 400}, {at + "/edit", values("version", "7", "do", "swap", "place", "1"), 409},
				{at + "/edit", values("version", "1", "do", "undo"), 400}, {at + "/edit", values("version", "1", "do", "redo"), 400},
				{"/hours/0123456789abcdef0123456789abcdef/edit", values("version", "1", "do", "swap", "place", "1"), 404}, {"/hours/nobody/feel", values("feel", "1"), 404}, {"/hours/nobody/delete", nil, 404},
				{at + "/feel", nil, 422}, {at + "/feel", values("feel", "3"), 400}, {at + "/feel", values("feel", "good"), 400}, {at + "/feel", values("feel", "1", "after", "0-1"), 400},
				{at + "/feel", values("feel", "1", "words", strings.Repeat("ơ", mostWords+1)), 422}, {at + "/feel", values("feel", "1", "words", "\xff"), 400},
			} {
				got := w.post(c.path, c.form)
				if got.Code != c.code || !strings.Contains(got.Body.String(), "<h1") || !strings.Contains(got.Body.String(), `lang="`+code+`"`) {
					t.Errorf("%s %q: %d, want %d: %s", strings.TrimPrefix(c.path, at), c.form, got.Code, c.code, text(got))
				}
			}
			now, _ := w.stored(t, at)
			if now.Version != was.Version || !bytes.Equal(now.Plan, was.Plan) {
				t.Error("bad input changed the hour")
			}
			if all, err := w.s.passing.Hours(context.Background(), demoID); err != nil || len(all) != 1 {
				t.Errorf("there are %d hours, %v", len(all), err)
			}
			if k, err := w.s.passing.CheckIns(context.Background(), demoID); err != nil || len(k) != 1 {
				t.Errorf("there are %d check-ins, %v", len(k), err)
			}
			if r, err := w.s.passing.Reflections(context.Background(), demoID); err != nil || len(r) != 0 {
				t.Errorf("there are %d reflections, %v", len(r), err)
			}
			for _, path := range []string{"/hours/nobody", "/hours/nobody/hour.m3u8", at + "/hour.exe", at + "/other.m3u8", "/hours/nobody/feel"} {
				if got := w.get(path); got.Code != http.StatusNotFound {
					t.Errorf("GET %s: %d", path, got.Code)
				}
			}
			for _, path := range []string{"/now?session=0", "/now?session=999999", "/now?session=x", "/hours?page=-1", "/hours?page=99", "/hours?page=x"} {
				if got := w.get(path); got.Code != http.StatusOK {
					t.Errorf("GET %s: %d", path, got.Code)
				}
			}
		})
	}
}

// A page that is older than the hour changes nothing, whichever of two came first.
func TestStalePage(t *testing.T) {
	w := demoWalk(t, "en")
	at := w.hour(t, values("now", "3-7", "minutes", "20"))
	var wait sync.WaitGroup
	codes := make([]int, 6)
	for i := range codes {
		wait.Add(1)
		go func() {
			defer wait.Done()
			r := httptest.NewRequest("POST", "http://localhost"+at+"/edit", strings.NewReader(values("version", "1", "do", "swap", "place", strconv.Itoa(i%4+1)).Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for _, c := range w.cookies {
				r.AddCookie(c)
			}
			out := httptest.NewRecorder()
			w.s.Handler().ServeHTTP(out, r)
			codes[i] = out.Code
		}()
	}
	wait.Wait()
	slices.Sort(codes)
	if !slices.Equal(codes, []int{303, 409, 409, 409, 409, 409}) {
		t.Errorf("six edits of one version: %v", codes)
	}
	if h, _ := w.stored(t, at); h.Version != 2 {
		t.Errorf("version %d", h.Version)
	}
}

// A stored hour whose words are in the page's language is shown as it is stored,
// and in another language said anew with the same tracks; edits go on after the
// draft was forgotten.
func TestStoredHour(t *testing.T) {
	w := demoWalk(t, "en")
	at := w.hour(t, values("now", "3-7", "target", "7-3", "minutes", "20"))
	w.edit(t, at, values("do", "swap", "place", "2"))
	_, p := w.stored(t, at)
	w.s.drafts.forget()
	page := w.get(at).Body.String()
	if !strings.Contains(page, "Take the hour along") {
		t.Fatal("no page")
	}
	if d := w.s.drafts.of(demoID, strings.TrimPrefix(at, "/hours/")); d.edit != nil {
		t.Error("an hour in the page's language was planned again to be shown")
	}
	w.cookies = append(w.cookies, &http.Cookie{Name: languageCookie, Value: "vi"})
	w.cookies = slices.DeleteFunc(w.cookies, func(c *http.Cookie) bool { return c.Name == languageCookie && c.Value == "en" })
	other := w.get(at).Body.String()
	for _, track := range p.Tracks {
		if !strings.Contains(other, "<b>"+html.EscapeString(track.Title)+"</b>") {
			t.Errorf("%q is not in the Vietnamese page", track.Title)
		}
	}
	if strings.Contains(other, segueUpper(p.Tracks[0].Reason)) {
		t.Error("the Vietnamese page gives English reasons")
	}
	if after := w.edit(t, at, values("do", "undo")); slices.Equal(ids(after), ids(p)) {
		t.Error("undo after the draft was forgotten changed nothing")
	}
	// The same after the listener's history was read anew.
	w.s.portraits.forget(demoID)
	if after := w.edit(t, at, values("do", "lock", "place", "1")); !after.Tracks[0].Locked {
		t.Error("no edit after the history was read anew")
	}
}

func segueUpper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// "Much worse" brings support, a shorter hour that asks where to, and silence; what
// is heard never does.
func TestMuchWorse(t *testing.T) {
	w := demoWalk(t, "en")
	if page := w.get("/now").Body.String(); strings.Contains(page, "Silence is a choice") || !strings.Contains(page, `value="60" checked`) {
		t.Error("the first check-in is not the usual one")
	}
	at := w.hour(t, values("now", "3-7", "target", "7-3", "minutes", "20"))
	w.post(at+"/feel", values("feel", "-2", "after", "2-8"))
	if page := w.get(at + "/feel").Body.String(); !strings.Contains(page, `href="/support">`) || !strings.Contains(page, "Somebody to talk to") {
		t.Error("no support is shown")
	}
	page := w.get("/now").Body.String()
	if !strings.Contains(page, "Silence is a choice too") || !strings.Contains(page, `value="30" checked`) || !strings.Contains(page, "Somebody to talk to") {
		t.Error("the next hour is not shorter, or offers no silence")
	}
	if got := w.post("/now", values("now", "3-7")); got.Code != 422 || !strings.Contains(got.Body.String(), "Where would you like this one to lead?") {
		t.Errorf("the target is not asked for: %d", got.Code)
	}
	w.hour(t, values("now", "3-7", "do", "stay"))
	*w.now = w.now.Add(25 * time.Hour)
	if page := w.get("/now").Body.String(); strings.Contains(page, "Silence is a choice") {
		t.Error("a day later it still speaks of it")
	}

	// Who asks for somebody to talk to is answered, however it felt.
	w.post(at+"/feel", values("feel", "2", "talk", "yes"))
	if page := w.get(at + "/feel").Body.String(); !strings.Contains(page, "Somebody to talk to") {
		t.Error("who asks for somebody gets no answer")
	}
	w.post(at+"/feel", values("feel", "-1"))
	if page := w.get("/now").Body.String(); !strings.Contains(page, `value="45" checked`) || !strings.Contains(page, "Silence is a choice too") || strings.Contains(page, "Somebody to talk to") {
		t.Error("after a worse hour the next is not somewhat shorter")
	}
}

// An hour can be had from a catalogue alone, by who agreed to nothing; then nothing
// of it is in the file, and with consent it is.
func TestConsentToHours(t *testing.T) {
	demo := demoWalk(t, "en")
	m, err := demo.s.demo.get(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, agreed := range []bool{false, true} {
		t.Run(fmt.Sprint(agreed), func(t *testing.T) {
			w := walk(t, m)
			form := values("name", "Kim")
			if agreed {
				form.Set(string(store.CheckIns), "yes")
			}
			if got := w.post("/welcome", form); got.Code != http.StatusSeeOther {
				t.Fatalf("POST /welcome: %d", got.Code)
			}
			at := w.hour(t, values("now", "2-2", "minutes", "20"))
			const canary = "quokka-lantern-words"
			if got := w.post(at+"/feel", values("feel", "1", "after", "5-5", "words", canary)); got.Code != http.StatusSeeOther {
				t.Fatalf("POST feel: %d", got.Code)
			}
			if got := w.get(at); got.Code != http.StatusOK {
				t.Fatalf("the hour: %d", got.Code)
			}
			k := w.s.passing
			if agreed {
				k = w.s.kept
			}
			h, err := k.Hours(context.Background(), selfID)
			if err != nil || len(h) != 1 {
				t.Fatalf("%d hours, %v", len(h), err)
			}
			kept, err := w.s.kept.Hours(context.Background(), selfID)
			if err != nil || (len(kept) == 1) != agreed {
				t.Errorf("%d hours are kept, %v", len(kept), err)
			}
			found := false
			for _, canary := range []string{canary, h[0].ID, h[0].CheckIn} {
				found = found || inFiles(t, w.s.kept, canary)
			}
			if found != agreed {
				t.Errorf("in the file: %v", found)
			}
		})
	}
}

// inFiles looks for bytes in a backup of a store and in its own files.
func inFiles(t *testing.T, s *store.Store, canary string) bool {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(context.Background(), copied); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(b, []byte(canary))
}

// Without music there is a page that says so, and an hour whose music is gone can
// still be read and taken along, but not changed.
func TestMusicGone(t *testing.T) {
	w := walk(t, nil)
	w.post("/welcome", values("name", "Kim"))
	if got := w.get("/now"); got.Code != http.StatusConflict {
		t.Errorf("GET /now without music: %d", got.Code)
	}
	if got := w.post("/now", values("now", "2-2")); got.Code != http.StatusConflict {
		t.Errorf("POST /now without music: %d", got.Code)
	}
	demo := demoWalk(t, "en")
	at := demo.hour(t, values("now", "2-2", "minutes", "20"))
	h, p := demo.stored(t, at)
	h.Version = 1
	if err := w.s.passing.SaveHour(context.Background(), selfID, h); err != nil {
		t.Fatal(err)
	}
	page := w.get(at)
	if page.Code != http.StatusOK || strings.Contains(page.Body.String(), `value="swap"`) || !strings.Contains(page.Body.String(), "is not here any more") {
		t.Errorf("an hour without its music: %d", page.Code)
	}
	if got := w.post(at+"/edit", values("version", "1", "do", "swap", "place", "1")); got.Code != http.StatusConflict {
		t.Errorf("editing it: %d", got.Code)
	}
	got := w.get(at + "/hour.m3u8")
	if back, err := playlist.ReadAny(got.Body, "hour.m3u8"); err != nil || len(back.Tracks) != len(p.Tracks) {
		t.Errorf("it cannot be taken along: %v", err)
	}
}

// What is stored of an hour may be damaged, or brought by a restore: its page says
// so, and it can be deleted.
func TestDamagedHour(t *testing.T) {
	w := demoWalk(t, "en")
	for i, plan := range []string{`{}`, `[]`, `"x"`, `{"tracks":[]}`, `{"minutes":-4,"from":{"valence":9,"arousal":-9},"tracks":[{"id":"a","title":"x","mood":"calm","phase":"hold"}]}`, `{"minutes":60,"tracks":[{"id":"javascript:alert(1)","title":"<script>"}],"edits":[{"do":"adopt"}]}`} {
		id := fmt.Sprintf("damaged%d", i)
		if err := w.s.passing.SaveHour(context.Background(), demoID, store.Hour{ID: id, At: afternoon, Changed: afternoon, Plan: []byte(plan), Version: 1}); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/hours/" + id, "/hours/" + id + "/feel", "/hours/" + id + "/hour.xspf", "/hours", "/time"} {
			got := w.get(path)
			if got.Code != http.StatusOK && got.Code != http.StatusUnprocessableEntity {
				t.Errorf("%s of %s: %d", path, plan, got.Code)
			}
			if strings.Contains(got.Body.String(), "<script>") || strings.Contains(got.Body.String(), "href=\"javascript") {
				t.Errorf("%s brings a script into the page", plan)
			}
		}
		if got := w.post("/hours/"+id+"/edit", values("version", "1", "do", "swap", "place", "1")); got.Code < 400 || got.Code >= 500 {
			t.Errorf("an edit of %s: %d", plan, got.Code)
		}
		if !strings.Contains(w.get("/hours").Body.String(), id+"/delete") {
			t.Errorf("%s cannot be deleted", plan)
		}
		if got := w.post("/hours/"+id+"/delete", nil); got.Code != http.StatusSeeOther {
			t.Errorf("deleting %s: %d", plan, got.Code)
		}
	}
}

// An artist to leave out that the music does not know is told of; one that it knows
// is left out.
func TestExcludedArtists(t *testing.T) {
	w := demoWalk(t, "en")
	_, was := w.stored(t, w.hour(t, values("now", "3-7", "target", "7-3", "minutes", "20")))
	name := was.Tracks[0].Artists[0]
	at := w.hour(t, values("now", "3-7", "target", "7-3", "minutes", "20", "artists", "Nobody At All\r\n  "+strings.ToUpper(name)+" "))
	page := w.get(at).Body.String()
	if !strings.Contains(page, "Nothing was left out for Nobody At All:") {
		t.Error("a slip of the pen is not told of")
	}
	_, p := w.stored(t, at)
	for _, track := range p.Tracks {
		if slices.Contains(track.Artists, name) {
			t.Errorf("%s is not left out", name)
		}
	}
}

// A session's own place is filled in only when the listener came from it, and said.
func TestFromSession(t *testing.T) {
	w := demoWalk(t, "en")
	for n := 1; n < 60; n++ {
		page := w.get("/now?session=" + strconv.Itoa(n)).Body.String()
		if regexp.MustCompile(`name="now"[^>]*checked`).MatchString(page) {
			if !strings.Contains(page, "the session you came from") {
				t.Error("a place is filled in without a word")
			}
			return
		}
	}
	t.Error("no session fills in its place")
}

// A way to a track leads only where its id tells one.
func TestOpenedAt(t *testing.T) {
	for id, want := range map[string]string{
		"5kqIPrATaCc2LqxVWzQGbk": "https://open.spotify.com/track/5kqIPrATaCc2LqxVWzQGbk",
		"https://musicbrainz.org/recording/b1a9c0e9-d987-4042-ae91-78d6a3267d69": "https://musicbrainz.org/recording/b1a9c0e9-d987-4042-ae91-78d6a3267d69",
		"https://musicbrainz.org/recording/../../evil":                           "",
		"https://evil.example/":   "",
		"javascript:alert(1)":     "",
		"5kqIPrATaCc2LqxVWzQGb\"": "",
		"https://musicbrainz.org/recording/b1a9c0e9-d987-4042-ae91-78d6a3267d69?x=evil": "",
		"": "",
	} {
		if got, _ := openedAt(id); got != want {
			t.Errorf("%q: %q", id, got)
		}
	}
}

// Few hours claim nothing, and ten may.
func TestTimeClaims(t *testing.T) {
	w := demoWalk(t, "en")
	if page := text(w.get("/time")); !strings.Contains(page, "stands here, once you have had some") {
		t.Errorf("without hours: %s", page)
	}
	for i := range 10 {
		*w.now = w.now.Add(26 * time.Hour)
		at := w.hour(t, values("now", "2-8", "target", "8-2", "minutes", "10"))
		w.post(at+"/feel", values("feel", "1", "after", fmt.Sprintf("%d-%d", 5+i%3, 4)))
		page := w.get("/time").Body.String()
		if claims := strings.Contains(page, "nearer in the mean, 95"); claims != (i == 9) {
			t.Errorf("after %d hours: claims %v", i+1, claims)
		}
		if few := strings.Contains(strings.ToLower(page), "too few to tell"); few != (i < 9) {
			t.Errorf("after %d hours: too few %v", i+1, few)
		}
	}
}

func BenchmarkHourPage(b *testing.B) {
	w := demoWalk(b, "en")
	at := w.hour(b, values("now", "3-7", "target", "7-3"))
	w.get(at)
	for b.Loop() {
		if got := w.get(at); got.Code != http.StatusOK {
			b.Fatal(got.Code)
		}
	}
}

func BenchmarkHourEdit(b *testing.B) {
	w := demoWalk(b, "en")
	at := w.hour(b, values("now", "3-7", "target", "7-3"))
	version, place := 1, 0
	for b.Loop() {
		place++
		if got := w.post(at+"/edit", values("version", strconv.Itoa(version), "do", "swap", "place", strconv.Itoa(place%10+1))); got.Code != http.StatusSeeOther {
			b.Fatal(got.Code, text(got))
		}
		if version++; version%40 == 0 {
			b.StopTimer()
			at, version = w.hour(b, values("now", "3-7", "target", "7-3")), 1
			b.StartTimer()
		}
	}
}

func BenchmarkBuildHour(b *testing.B) {
	w := demoWalk(b, "en")
	for b.Loop() {
		w.hour(b, values("now", "3-7", "target", "7-3"))
	}
}

func cookieOf(name, value string) *http.Cookie { return &http.Cookie{Name: name, Value: value} }
