package web

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue"
)

// exampleCampaign reads the campaign that documents show.
func exampleCampaign(t *testing.T) *Campaign {
	t.Helper()
	c, err := ReadCampaign("testdata/campaign.json")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestReadCampaign(t *testing.T) {
	c := exampleCampaign(t)
	if c.ID != "quiet-october" || c.Words["vi"].Name != "Tháng Mười lắng nghe" {
		t.Errorf("%+v", c)
	}
	good, err := os.ReadFile("testdata/campaign.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct{ from, to, says string }{
		{`"id": "quiet-october"`, `"id": ""`, "id"},
		{`"id": "quiet-october"`, `"id": "quiet october"`, "id"},
		{`"id": "quiet-october"`, `"id": "` + strings.Repeat("a", 41) + `"`, "id"},
		{`"id": "quiet-october"`, `"id": 3`, "no campaign"},
		{`"from": "2027-10-01"`, `"from": "1 October"`, "two days in order"},
		{`"to": "2027-10-31"`, `"to": "2027-02-30"`, "two days in order"},
		{`"to": "2027-10-31"`, `"to": "2027-09-30"`, "two days in order"},
		{`https://quiet-october.example/`, `http://quiet-october.example/`, "https"},
		{`https://quiet-october.example/`, `javascript:alert(1)`, "https"},
		{`https://quiet-october.example/`, `https://`, "https"},
		{`https://quiet-october.example/`, `https://name:word@quiet-october.example/`, "https"},
		{`https://quiet-october.example/`, `https://quiet-october.example/` + strings.Repeat("a", 500), "https"},
		{`"en": {`, `"fr": {`, "en"},
		{`"vi": {`, `"fr": {`, `"fr"`},
		{`"name": "Quiet October"`, `"name": ""`, "characters"},
		{`"name": "Quiet October"`, `"name": "` + strings.Repeat("a", 61) + `"`, "characters"},
		{`"name": "Quiet October"`, `"name": "Quiet 🎃"`, "letter"},
		{`"name": "Quiet October"`, `"name": "静かな十月"`, "letter"},
		{`"name": "Quiet October"`, `"name": "Quiet\nOctober"`, "one line"},
		{`A month`, strings.Repeat("a", 241), "characters"},
		{`"line":`, `"verse":`, "unknown field"},
		{`{`, `[`, "no campaign"},
		{string(good), ``, "no campaign"},
		{string(good), string(good) + "{}", "more after"},
		{string(good), strings.Repeat(" ", maxCampaignBytes+1), "bytes long"},
	} {
		text := strings.Replace(string(good), bad.from, bad.to, 1)
		if text == string(good) {
			t.Fatalf("%q is not in the example", bad.from)
		}
		path := filepath.Join(t.TempDir(), "campaign.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := ReadCampaign(path)
		var input *segue.InputError
		if !errors.As(err, &input) || input.File != path || !strings.Contains(input.Problem, bad.says) {
			t.Errorf("%.60q: %v", bad.to, err)
		}
	}
	if _, err := ReadCampaign(filepath.Join(t.TempDir(), "none.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// Both days are in it, by UTC, and no other.
func TestCampaignDays(t *testing.T) {
	c := exampleCampaign(t)
	for at, want := range map[string]bool{
		"2027-09-30T23:59:59Z": false, "2027-10-01T00:00:00Z": true, "2027-10-31T23:59:59Z": true, "2027-11-01T00:00:00Z": false,
		"2027-10-31T23:30:00-07:00": false, "2027-10-01T06:00:00+07:00": false,
	} {
		day, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if c.open(day) != want {
			t.Errorf("at %s it is open: %v", at, !want)
		}
	}
	if (*Campaign)(nil).open(time.Now()) {
		t.Error("no campaign is open")
	}
}

// A campaign frames welcome, card and shared page while it is open, and is counted;
// before and after it is as if there were none.
func TestCampaignFrames(t *testing.T) {
	w := demoWalk(t, "en")
	w.s.o.Campaign = exampleCampaign(t)
	welcome := func() string {
		own := w.cookies
		w.cookies = nil
		defer func() { w.cookies = own }()
		return words(w.get("/"))
	}
	plain := w.get("/persona/card/wide.svg").Body.String()
	if strings.Contains(welcome(), "Quiet October") || strings.Contains(plain, "Quiet October") {
		t.Error("a campaign shows before its first day")
	}
	*w.now = time.Date(2027, 10, 9, 12, 0, 0, 0, time.UTC)
	if !strings.Contains(welcome(), "Quiet October") {
		t.Error("the welcome does not name the campaign")
	}
	if got := w.get("/persona/card/wide.svg").Body.String(); !strings.Contains(got, "Quiet October") {
		t.Error("the card does not name the campaign")
	}
	at := w.post("/persona/share", nil).Header().Get("Location")
	page := w.get(at).Body.String()
	for _, holds := range []string{"Quiet October", "A month for listening", `href="` + at + `/link"`} {
		if !strings.Contains(page, holds) {
			t.Errorf("the page of the card does not hold %q", holds)
		}
	}
	if strings.Contains(page, "quiet-october.example") {
		t.Error("the link is not counted on its way")
	}
	if got := w.get(at + "/link"); got.Code != http.StatusFound || got.Header().Get("Location") != "https://quiet-october.example/" {
		t.Errorf("the link leads to %q: %d", got.Header().Get("Location"), got.Code)
	}
	counts, err := w.s.passing.ShareCounts(t.Context(), "quiet-october")
	if err != nil || counts[shareTap] != 1 || counts[cardView] != 1 || counts[linkTap] != 1 {
		t.Errorf("counts %v, %v", counts, err)
	}
	if counts, err := w.s.CampaignCounts(t.Context()); err != nil || len(counts) != 0 {
		t.Errorf("cards of the demo listener count: %v, %v", counts, err)
	}
	*w.now = time.Date(2027, 11, 1, 0, 0, 0, 0, time.UTC)
	if page := w.get(at).Body.String(); strings.Contains(page, "Quiet October") || strings.Contains(page, "/link") {
		t.Error("a campaign shows after its last day")
	}
	if got := w.get(at + "/link"); got.Code != http.StatusNotFound {
		t.Errorf("the link of a campaign that is over: %d", got.Code)
	}
}
