package web

import (
	"bytes"
	"encoding/binary"
	"image/png"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"segue/persona"
)

var (
	anyTag   = regexp.MustCompile(`<[^>]*>`)
	anyValue = regexp.MustCompile(`([a-z:-]+)="([^"]*)"`)
)

// shownOn returns every text of a page and every value that an attribute shows or
// leads to, leaving out what only layout reads.
func shownOn(page string) []string {
	var out []string
	for _, tag := range anyTag.FindAllString(page, -1) {
		for _, a := range anyValue.FindAllStringSubmatch(tag, -1) {
			switch a[1] {
			case "alt", "title", "aria-label", "href", "src", "content", "value", "id":
				out = append(out, a[2])
			}
		}
	}
	for _, s := range anyTag.Split(page, -1) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// A shared card's page holds the card and nothing else, and is the same for all.
func TestSharePageHoldsTheCardAlone(t *testing.T) {
	w := demoWalk(t, "en")
	to := w.post("/persona/share", nil)
	at := to.Header().Get("Location")
	if to.Code != http.StatusSeeOther || !regexp.MustCompile(`^/share/[A-Z2-7]{26}$`).MatchString(at) {
		t.Fatalf("POST /persona/share: %d to %q", to.Code, at)
	}
	visit := func(change func(*http.Request)) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "http://localhost:8080"+at, nil)
		if change != nil {
			change(r)
		}
		out := httptest.NewRecorder()
		w.s.Handler().ServeHTTP(out, r)
		return out
	}
	first := visit(nil)
	for name, change := range map[string]func(*http.Request){
		"the listener": func(r *http.Request) { r.AddCookie(&http.Cookie{Name: whoCookie, Value: demoID}) },
		"another language": func(r *http.Request) {
			r.Header.Set("Accept-Language", "vi")
			r.AddCookie(&http.Cookie{Name: languageCookie, Value: "vi"})
		},
		"another theme": func(r *http.Request) { r.AddCookie(&http.Cookie{Name: themeCookie, Value: "dark"}) },
		"another fact":  func(r *http.Request) { r.AddCookie(&http.Cookie{Name: factCookie, Value: "song"}) },
	} {
		if got := visit(change); !bytes.Equal(got.Body.Bytes(), first.Body.Bytes()) {
			t.Errorf("%s sees other bytes", name)
		}
	}
	if got := first.Header(); len(got.Values("Set-Cookie")) > 0 || got.Get("X-Robots-Tag") != "noindex" {
		t.Errorf("headers %v", got)
	}

	one, err := w.s.passing.Share(t.Context(), strings.TrimPrefix(at, "/share/"))
	if err != nil {
		t.Fatal(err)
	}
	style, _ := persona.StyleOf(one.Kind)
	here := "http://localhost:8080" + at
	alt := style.Name + ". " + style.Line + " " + one.Fact + "."
	allowed := []string{
		style.Name, style.Line, one.Fact, alt, style.Line + " " + one.Fact + ".", style.Name + " · Segue", "What is Segue?", "/",
		here, here + "/wide.png", at + "/wide.png", "main", "Segue", "website", "image/png", "1200", "630", "en_US", "summary_large_image", "noindex",
		"light dark", "width=device-width, initial-scale=1", static("segue.css"), static("icon.svg"),
	}
	page := first.Body.String()
	for _, s := range shownOn(page) {
		if !slices.Contains(allowed, s) {
			t.Errorf("the page shows %q", s)
		}
	}
	for _, tag := range []string{
		`<meta property="og:title" content="` + style.Name + `">`, `<meta property="og:image" content="` + here + `/wide.png">`, `<meta property="og:image:width" content="1200">`,
		`<meta property="og:image:height" content="630">`, `<meta property="og:type" content="website">`, `<meta property="og:locale" content="en_US">`,
		`<meta name="twitter:card" content="summary_large_image">`, `<meta name="robots" content="noindex">`,
	} {
		if !strings.Contains(page, tag) {
			t.Errorf("the page lacks %s", tag)
		}
	}
	// Canaries, though nothing that is not allowed can be there.
	_, plays := invented(t)
	for _, p := range plays {
		if len(p.Track.Artist) > 3 && strings.Contains(page, p.Track.Artist) {
			t.Fatalf("the page names %q", p.Track.Artist)
		}
	}
	for _, no := range []string{"Happy", "Calm", "Sad", "Angry", "Mixed", "night", "202", "pleasant", "energy", "Mai", "/persona", "/moods", "<script", "<nav"} {
		if strings.Contains(regexp.MustCompile(`/static/[^"]*|[A-Z2-7]{26}`).ReplaceAllString(page, ""), no) {
			t.Errorf("the page holds %q", no)
		}
	}
}

// Its pictures, its counts, and its end.
func TestShareLives(t *testing.T) {
	w := demoWalk(t, "vi")
	at := w.post("/persona/share", nil).Header().Get("Location")
	if again := w.post("/persona/share", nil).Header().Get("Location"); again != at {
		t.Error("the same card has two addresses")
	}
	if page := w.get(at).Body.String(); !strings.Contains(page, `lang="vi"`) || !strings.Contains(page, "Segue là gì?") || !strings.Contains(page, "vi_VN") {
		t.Error("the page does not speak the language of who shared")
	}
	for _, file := range []string{"/wide.png", "/tall.png"} {
		got := w.get(at + file)
		if got.Code != http.StatusOK || got.Header().Get("Content-Type") != "image/png" {
			t.Errorf("%s: %d %s", file, got.Code, got.Header().Get("Content-Type"))
		}
	}
	for _, path := range []string{at + "/wide.svg", at + "/other.png", at + "/link", at + "x", "/share/" + strings.Repeat("A", 300), "/share/x/wide.png"} {
		if got := w.get(path); got.Code != http.StatusNotFound || !strings.Contains(words(got), "Ở đây không có tấm thẻ nào") && !strings.Contains(words(got), "No card is shown here") {
			t.Errorf("%.60s: %d: %s", path, got.Code, text(got))
		}
	}
	if got := w.send(httptest.NewRequest("HEAD", "http://localhost"+at, nil)); got.Code != http.StatusOK || got.Body.Len() != 0 {
		t.Errorf("HEAD: %d", got.Code)
	}
	counts, err := w.s.passing.ShareCounts(t.Context(), noCampaign)
	if err != nil || counts[shareTap] != 2 || counts[cardView] != 1 {
		t.Errorf("counts %v, %v", counts, err)
	}
	if page := words(w.get("/persona")); !strings.Contains(page, "Những tấm thẻ bạn đã chia sẻ") {
		t.Error("the persona does not list the shared card")
	}
	// Another listener of the same server cannot delete it.
	id := strings.TrimPrefix(at, "/share/")
	own := w.cookies
	w.cookies = nil
	w.post("/persona/share/delete", values("id", id))
	if got := w.get(at); got.Code != http.StatusOK {
		t.Errorf("somebody else deleted it: %d", got.Code)
	}
	w.cookies = own
	if got := w.post("/persona/share/delete", values("id", id)); got.Code != http.StatusSeeOther {
		t.Errorf("deleting: %d", got.Code)
	}
	for _, path := range []string{at, at + "/wide.png"} {
		if got := w.get(path); got.Code != http.StatusNotFound {
			t.Errorf("%s after it was deleted: %d", path, got.Code)
		}
	}
}

// An operator reads the counts of kept cards, and no more than counts.
func TestCampaignCounts(t *testing.T) {
	_, plays := invented(t)
	w := withPlays(t, plays)
	at := w.post("/persona/share", nil).Header().Get("Location")
	w.cookies = nil
	w.get(at)
	w.get(at)
	counts, err := w.s.CampaignCounts(t.Context())
	if err != nil || counts[cardView] != 2 || counts[shareTap] != 1 || len(counts) != 2 {
		t.Errorf("counts %v, %v", counts, err)
	}
}

// The listener's own files: as they are asked for, nobody else's to keep, and
// without a word besides the picture.
func TestCardFiles(t *testing.T) {
	w := demoWalk(t, "en")
	for _, c := range []struct {
		file, kind string
		w, h       int
	}{{"wide.png", "image/png", 1200, 630}, {"tall.png", "image/png", 1080, 1920}, {"wide.svg", "image/svg+xml", 0, 0}, {"tall.svg", "image/svg+xml", 0, 0}} {
		got := w.get("/persona/card/" + c.file)
		h := got.Header()
		if got.Code != http.StatusOK || h.Get("Content-Type") != c.kind || h.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: %d %v", c.file, got.Code, h)
		}
		if name := h.Get("Content-Disposition"); !regexp.MustCompile(`^inline; filename="segue-[a-z]+-` + strings.ReplaceAll(c.file, ".", `\.`) + `"$`).MatchString(name) {
			t.Errorf("%s is called %s", c.file, name)
		}
		if head := w.send(httptest.NewRequest("HEAD", "http://localhost/persona/card/"+c.file, nil)); head.Code != http.StatusOK || head.Body.Len() != 0 {
			t.Errorf("HEAD %s: %d", c.file, head.Code)
		}
		if c.w == 0 {
			continue
		}
		picture, err := png.Decode(bytes.NewReader(got.Body.Bytes()))
		if err != nil || picture.Bounds().Dx() != c.w || picture.Bounds().Dy() != c.h {
			t.Errorf("%s: %v", c.file, err)
		}
		for b := got.Body.Bytes()[8:]; len(b) > 0; b = b[12+binary.BigEndian.Uint32(b):] {
			if kind := string(b[4:8]); !slices.Contains([]string{"IHDR", "IDAT", "IEND", "PLTE", "tRNS"}, kind) {
				t.Errorf("%s holds a chunk %s", c.file, kind)
			}
		}
	}
	for _, file := range []string{"wide.gif", "wide", "square.png", "wide.png.svg", ".png", "WIDE.png"} {
		if got := w.get("/persona/card/" + file); got.Code != http.StatusNotFound {
			t.Errorf("%s: %d", file, got.Code)
		}
	}
}

// A chosen fact and another drawing change the card, and nothing else does.
func TestCardChoices(t *testing.T) {
	w := demoWalk(t, "en")
	svg := func() string { return w.get("/persona/card/wide.svg").Body.String() }
	first := svg()
	if svg() != first {
		t.Error("the same card is drawn in two ways")
	}
	page := w.get("/persona").Body.String()
	offered := regexp.MustCompile(`name="fact" value="([a-z]+)"`).FindAllStringSubmatch(page, -1)
	if len(offered) < 4 || len(offered) > mostFacts+1 {
		t.Fatalf("%d facts to choose from", len(offered))
	}
	seen := map[string]bool{}
	for _, f := range offered {
		if got := w.post("/persona/fact", values("fact", f[1])); got.Code != http.StatusSeeOther {
			t.Errorf("%s: %d", f[1], got.Code)
		}
		if seen[svg()] {
			t.Errorf("the fact %s shows nothing of its own", f[1])
		}
		seen[svg()] = true
	}
	if got := w.post("/persona/fact", values("fact", "mood")); got.Code != http.StatusBadRequest {
		t.Errorf("a fact that is not offered: %d", got.Code)
	}
	before := svg()
	at := w.post("/persona/share", nil).Header().Get("Location")
	shared := w.get(at + "/wide.png").Body.String()
	if got := w.post("/persona/art", nil); got.Code != http.StatusSeeOther || svg() == before {
		t.Errorf("another drawing: %d", got.Code)
	}
	if w.get(at+"/wide.png").Body.String() != shared {
		t.Error("a shared card changed with the listener's own")
	}
}

// No fact says a mood, a date or a time of day, in any language.
func TestFactsTellNoMood(t *testing.T) {
	_, plays := invented(t)
	w := withPlays(t, plays)
	v, err := w.s.visit(httptest.NewRequest("GET", "http://localhost/", nil))
	if err != nil {
		t.Fatal(err)
	}
	p, err := v.listening(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	facts := v.facts(p)
	if len(facts) < 3 || len(facts) > mostFacts {
		t.Errorf("%d facts", len(facts))
	}
	for _, f := range facts {
		if no := regexp.MustCompile(`(?i)happy|calm|sad|angry|mixed|night|evening|morning|o'clock|20\d\d|monday|sunday`).FindString(f.Text); no != "" {
			t.Errorf("%q holds %q", f.Text, no)
		}
	}
}
