package web

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"segue"
	"segue/account"
	"segue/lab"
	"segue/labels"
	"segue/mood"
	"segue/recommend"
	"segue/store"
)

// placedTable is labelTable with valence and arousal, so that places are learned, too.
func placedTable(c *segue.Catalog) string {
	rows := strings.Split(strings.TrimSpace(labelTable(c)), "\n")
	rows[0] += ",valence,arousal"
	of := map[string]int{}
	for i, id := range c.ID {
		of[id] = i
	}
	for i, row := range rows[1:] {
		id, _, _ := strings.Cut(row, ",")
		at, known := of[id]
		if !known {
			rows[i+1] += ",,"
			continue
		}
		noise := float64(at*7919%100)/200 - .25
		v := segue.Affect{Valence: float64(c.Feature[segue.Danceability][at]) - .5 + noise, Arousal: float64(c.Feature[segue.Energy][at]) - .5 - noise}
		b, _ := json.Marshal(v.Valence)
		d, _ := json.Marshal(v.Arousal)
		rows[i+1] += "," + string(b) + "," + string(d)
	}
	return strings.Join(rows, "\n") + "\n"
}

// learned has a model learned from a table, and returns the job's address and the model.
func (s *servedPeople) learned(t testing.TB, w *walker, table string) (at string, page string, m *mood.Model, found *lab.Audited) {
	t.Helper()
	got := w.labelsForm(t, "moods of people.csv", table, "seed", "3", "train", "yes")
	at = got.Header().Get("Location")
	if got.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.Code, text(got))
	}
	page = w.ended(t, at)
	j, err := s.kept.Job(t.Context(), strings.TrimPrefix(at, "/lab/jobs/"))
	if err != nil || j.State != store.JobDone {
		t.Fatalf("%s %s, %v", j.State, j.Error, err)
	}
	if len(j.Input) > 0 {
		t.Errorf("%d bytes of labels stay after the job", len(j.Input))
	}
	if found, err = auditOf(j); err != nil {
		t.Fatal(err)
	}
	if m, err = lab.OpenModel(found.Model); err != nil {
		t.Fatal(err)
	}
	return at, page, m, found
}

// A researcher brings labels and has a model learned from them, which is what the command
// trains; it is kept with its origin, and an admin chooses it. Then moods, sessions and
// style of a listener are others and say which model places their tracks, an hour is
// another, the next audit holds it against people, and rolling back brings everything back
// byte for byte.
func TestChooseLearnedModel(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	expert, _ := s.person(t, "Eve", account.Researcher)
	admin, _ := s.person(t, "Root", account.Admin)
	listener, a := s.person(t, "Lan", account.Listener)
	s.heard(t, listener, a.ID)
	pages := []string{"/moods", "/moods/sessions", "/persona"}
	before := map[string]string{}
	for _, path := range pages {
		got := listener.get(path)
		if before[path] = got.Body.String(); got.Code != http.StatusOK || strings.Contains(before[path], "Tracks are placed by the model") {
			t.Fatalf("%s: %d", path, got.Code)
		}
	}
	hour := func() string {
		t.Helper()
		v, err := s.visitOf(t.Context(), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		music, err := v.music(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p, err := recommend.Plan(t.Context(), music, nil, nil, recommend.Wish{From: "sad", To: "calm", Minutes: 30})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	usual := hour()

	table := placedTable(m.Catalog)
	at, page, model, found := s.learned(t, expert, table)
	hasAll(t, page, "The model learned from these labels", "On artists left out, in 10 parts in turn", "Macro-F1", "Before calibration", "Error on the plane", at+"/keep", "Keep as a version")
	l, _, err := m.Labels(func(each func(labels.Row) error) (*labels.Report, error) {
		return labels.ReadText(t.Context(), "moods of people.csv", strings.NewReader(table), labels.Options{}, each)
	})
	if err != nil {
		t.Fatal(err)
	}
	want, err := mood.TrainSupervised(t.Context(), m.Catalog, l, mood.SupervisedOptions{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	want.Seconds, model.Seconds = mood.Seconds{}, mood.Seconds{}
	one, _ := json.Marshal(want)
	if two, _ := json.Marshal(model); !bytes.Equal(one, two) {
		t.Error("the model is not what training on the same labels gives")
	}

	if got := expert.post(at+"/keep", values("model", "none")); got.Code != http.StatusConflict {
		t.Errorf("a model that is not there: %d", got.Code)
	}
	if got := listener.post(at+"/keep", values("model", model.ID)); got.Code != http.StatusForbidden {
		t.Errorf("a listener kept it: %d", got.Code)
	}
	kept := expert.post(at+"/keep", values("model", model.ID))
	version := kept.Header().Get("Location")
	if kept.Code != http.StatusSeeOther || version != versionPath(lab.ModelKind, model.ID) {
		t.Fatalf("%d to %q: %s", kept.Code, version, text(kept))
	}
	hasAll(t, expert.get(version).Body.String(), "Learned from labels", "Where it comes from", "labelled tracks by", "moods of people.csv", model.Learned.Hash, found.File, "No simple rule on the features gave the labels away", "Whether its probabilities mean what they say")
	body, err := s.kept.Version(t.Context(), lab.ModelKind, model.ID)
	if err != nil || !bytes.Equal(body.Body, found.Model) {
		t.Errorf("kept are other bytes: %v", err)
	}

	// Beside a clustering.
	compare := expert.labJob(t, "kind", "compare", "algorithm", "kmeans", "k", "4")
	expert.ended(t, compare)
	j, err := s.kept.Job(t.Context(), strings.TrimPrefix(compare, "/lab/jobs/"))
	if err != nil {
		t.Fatal(err)
	}
	compared, err := comparisonOf(j)
	if err != nil {
		t.Fatal(err)
	}
	if got := expert.post(compare+"/keep", values("model", compared.Models[0].ID)); got.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.Code, text(got))
	}
	hasAll(t, expert.get(version+"?with="+compared.Models[0].ID).Body.String(), "What choosing it instead would change", "Tracks move on the plane by", "hours will differ")

	if got := expert.post(version+"/choose", nil); got.Code != http.StatusForbidden {
		t.Errorf("a researcher chose: %d", got.Code)
	}
	if got := admin.post(version+"/choose", nil); got.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.Code, text(got))
	}
	for _, path := range pages {
		got := listener.get(path)
		if got.Code != http.StatusOK || got.Body.String() == before[path] {
			t.Errorf("%s: %d, as before", path, got.Code)
		}
		if path != "/moods/sessions" {
			hasAll(t, got.Body.String(), "Tracks are placed by the model "+short(model.ID)+": Learned from labels")
		}
	}
	if hour() == usual {
		t.Error("the hour is the same")
	}
	v, err := s.visitOf(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	p, err := v.portrait(t.Context())
	if err != nil || p.music.Model() == nil || p.music.Model().ID != model.ID || p.music.Plane.Error == nil {
		t.Fatalf("the portrait does not rest on the learned model: %v", err)
	}

	// It is audited from now on, by its name; of its own labels it has seen the answers.
	got := expert.labelsForm(t, "l.csv", table)
	audited := expert.ended(t, got.Header().Get("Location"))
	hasAll(t, audited, "Version in use, "+model.ID[:12]+": Learned from labels", "was trained on these labels")
	if strings.Contains(audited, "The version in use does on") {
		t.Error("what it knows by heart is praised")
	}
	rows := strings.SplitAfter(table, "\n")
	got = expert.labelsForm(t, "l.csv", rows[0]+strings.Join(rows[len(rows)/2:], ""))
	hasAll(t, expert.ended(t, got.Header().Get("Location")), "The version in use does on", "was trained on other labels")

	if got := admin.post("/lab/versions/model/"+shippedVersion+"/choose", nil); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code)
	}
	for _, path := range pages {
		if listener.get(path).Body.String() != before[path] {
			t.Errorf("rolling back does not bring back %s", path)
		}
	}
	if hour() != usual {
		t.Error("rolling back does not bring back the hour")
	}
	if said := s.d.String(); strings.Contains(said, "moods of people") || strings.Contains(said, "panick") {
		t.Errorf("the log: %s", said)
	}
}

// Labels that look as if they were made from the features say so where the model is kept;
// too few to learn from are said to be.
func TestLearnedCircularAndFew(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	w, _ := s.person(t, "Mai", account.Researcher)
	var b strings.Builder
	b.WriteString("id,mood\n")
	for i := 0; i < m.Catalog.Len(); i += 2 {
		b.WriteString(m.Catalog.ID[i] + "," + segue.QuadrantOf(segue.Affect{Valence: float64(m.Catalog.Feature[segue.Valence][i]), Arousal: float64(m.Catalog.Feature[segue.Energy][i])}).String() + "\n")
	}
	at, page, model, _ := s.learned(t, w, b.String())
	hasAll(t, page, "computed from the same features")
	kept := w.post(at+"/keep", values("model", model.ID, "note", "from cuts"))
	if kept.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", kept.Code, text(kept))
	}
	hasAll(t, w.get(kept.Header().Get("Location")).Body.String(), "from cuts", "computed from the same features", "they are the usual ones")

	rows := strings.SplitAfter(b.String(), "\n")
	got := w.labelsForm(t, "l.csv", strings.Join(rows[:20], ""), "train", "yes")
	page = w.ended(t, got.Header().Get("Location"))
	hasAll(t, page, "No model was learned: too few labels")
	if strings.Contains(page, "/keep") {
		t.Error("there is nothing to keep")
	}
}

// A program has a model learned and keeps it, and the answers are what the description
// says.
func TestAPILearnedModel(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	_, who := s.person(t, "Mai", account.Researcher)
	p := s.programOf(t, who.ID, account.Researcher)
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	err := parts.WriteField("train", "yes")
	file, made := parts.CreateFormFile("files", "l.csv")
	if err = cmpOr(err, made); err == nil {
		_, err = file.Write([]byte(placedTable(m.Catalog)))
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
	if err := json.Unmarshal(got.Body.Bytes(), &begun); err != nil || got.Code != http.StatusAccepted {
		t.Fatalf("%d: %s", got.Code, got.Body)
	}
	j := p.labEnded(begun.ID)
	model, _ := j["model"].(map[string]any)
	if model == nil || model["algorithm"] != mood.Supervised || model["fitted"] != nil || j["unlearned"] != "" {
		t.Fatalf("%v: %.500v", j["failure"], model)
	}
	id := model["id"].(string)
	p.problem(http.StatusConflict, kindConflict, "POST", "/lab/versions/model", map[string]any{"job": begun.ID, "model": "none"})
	p.want(http.StatusCreated, "POST", "/lab/versions/model", map[string]any{"job": begun.ID, "model": id})
	seen := p.want(http.StatusOK, "GET", "/lab/versions/model/"+id, nil)
	origin, _ := seen["origin"].(map[string]any)
	if origin == nil || len(origin["file"].(string)) != 64 || origin["circular"].(map[string]any)["suspect"] != false {
		t.Errorf("origin %v", seen["origin"])
	}
	if learned := seen["model"].(map[string]any)["learned"].(map[string]any); learned["labels"] != "l.csv" || learned["validation"] == nil {
		t.Errorf("%v", learned)
	}
}
