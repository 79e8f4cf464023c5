package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"segue"
	"segue/account"
)

// labelTable says of every third track of a catalogue a mood that its valence and energy
// hint at, and chance.
func labelTable(c *segue.Catalog) string {
	var b strings.Builder
	b.WriteString("id,mood\n")
	for i := 0; i < c.Len(); i += 3 {
		at := segue.Affect{Valence: float64(c.Feature[segue.Valence][i]), Arousal: float64(c.Feature[segue.Energy][i])}
		m := segue.QuadrantOf(at)
		if i%5 < 2 {
			m = segue.Mood(i / 3 % segue.NumMoods)
		}
		fmt.Fprintf(&b, "%s,%s\n", c.ID[i], m)
	}
	b.WriteString("nosuch,happy\n")
	return b.String()
}

// labelsForm posts a table of labels as a browser does.
func (w *walker) labelsForm(t testing.TB, name, table string, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	for i := 0; i < len(fields); i += 2 {
		if err := parts.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	p, err := parts.CreateFormFile("files", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write([]byte(table)); err != nil {
		t.Fatal(err)
	}
	if err := parts.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "http://localhost/lab/labels", &form)
	r.Header.Set("Content-Type", parts.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return w.send(r)
}

// A researcher brings a table of labels, reads what models agree with, and nothing of
// the table stays.
func TestLabLabels(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	w, _ := s.person(t, "Mai", account.Researcher)
	hasAll(t, w.get("/lab/labels").Body.String(), "A table of labels", `enctype="multipart/form-data"`)
	got := w.labelsForm(t, "moods of people.csv", labelTable(m.Catalog), "seed", "3")
	at := got.Header().Get("Location")
	if got.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/lab/jobs/") {
		t.Fatalf("%d to %q: %s", got.Code, at, text(got))
	}
	page := w.ended(t, at)
	hasAll(t, page, "moods of people.csv", "The naming of k-means agrees with people on", "Supervised, on artists it had not seen", "Above the naming of k-means", "Expected calibration error", "<svg", "Always the most frequent mood", "What this does not say")
	j, err := s.kept.Job(t.Context(), strings.TrimPrefix(at, "/lab/jobs/"))
	if err != nil || len(j.Input) > 0 {
		t.Errorf("what was asked is kept: %d bytes, %v", len(j.Input), err)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), uploadsBegin+"*")); s.o.Folder == "" && len(left) > 0 {
		t.Logf("folders of uploads, of this or other tests: %v", left)
	}
	hasAll(t, w.get("/lab/jobs").Body.String(), at, "Models against labels")

	for name, c := range map[string]struct {
		table  string
		fields []string
		says   string
	}{
		"joins nothing": {"id,mood\nnosuch,happy\n", nil, "none of its 1 rows names a track of the catalogue"},
		"a catalogue":   {"track_id,track_name,artists,energy\na,b,c,.5\n", nil, "this looks like a catalogue"},
		"no scale":      {"id,valence,arousal\na,4,4.5\nb,4.1,4.4\n", nil, "say which scale it is"},
		"bad scale":     {labelTable(m.Catalog), []string{"scale", "9,1"}, "such as 1,9"},
		"bad seed":      {labelTable(m.Catalog), []string{"seed", "x"}, "whole number"},
		"empty":         {"", nil, "the file is empty"},
	} {
		got := w.labelsForm(t, "t.csv", c.table, c.fields...)
		if got.Code < 400 || got.Code >= 500 || !strings.Contains(text(got), c.says) {
			t.Errorf("%s: %d: %s", name, got.Code, text(got))
		}
		if strings.Contains(text(got), uploadsBegin) {
			t.Errorf("%s: the page tells where the upload was", name)
		}
	}

	other, _ := s.person(t, "Bo", account.Listener)
	if got := other.labelsForm(t, "t.csv", labelTable(m.Catalog)); got.Code != http.StatusForbidden && got.Code != http.StatusNotFound {
		t.Errorf("a listener is let in: %d", got.Code)
	}
}

// A program brings a table, and the answer is what the description says.
func TestAPILabAudit(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	_, who := s.person(t, "Mai", account.Researcher)
	p := s.programOf(t, who.ID, account.Researcher)
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	file, err := parts.CreateFormFile("files", "l.csv")
	if err == nil {
		_, err = file.Write([]byte(labelTable(m.Catalog)))
	}
	if err = cmpOr(err, parts.Close()); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "http://localhost"+apiBase+"/lab/audits", &form)
	r.Header.Set("Content-Type", parts.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+p.token)
	got := httptest.NewRecorder()
	s.Handler().ServeHTTP(got, r)
	var begun apiLabJob
	if err := json.Unmarshal(got.Body.Bytes(), &begun); err != nil || got.Code != http.StatusAccepted || begun.Kind != "audit" {
		t.Fatalf("%d: %s", got.Code, got.Body)
	}
	j := p.labEnded(begun.ID)
	found, ok := j["audit"].(map[string]any)
	models, _ := found["models"].([]any)
	if artists, _ := found["artists"].(float64); !ok || j["state"] != "done" || artists < 10 || len(models) < 8 {
		t.Fatalf("%v, %v artists, %d models: %.300v", j["state"], found["artists"], len(models), j)
	}
}
