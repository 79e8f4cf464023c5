package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"segue/account"
	"segue/outcome/event"
	"segue/outcome/experiment"
	"segue/playlist"
	"segue/store"
)

// declared is a sound design, read at any time or once, of two arms.
func declared(t testing.TB, id string, mode experiment.Mode, change func(*experiment.Design)) (*experiment.Design, string) {
	t.Helper()
	d := experiment.Design{
		Schema: 1, ID: id, Title: "Steps or a jump <b>", Question: "Do steps bring listeners nearer?", Hypothesis: "They do.", Kind: experiment.WithinListener, Unit: experiment.Session,
		Population: "adults who agreed", Arms: []experiment.Arm{{Name: "iso", Text: "by steps", Weight: 1}, {Name: "compensatory", Text: "the target at once", Weight: 1}}, Control: "compensatory",
		Primary:   experiment.Primary{Measure: experiment.Change, LeastEffect: .05, Assumed: experiment.Assumed{SD: .25, Sessions: 12}},
		Secondary: []experiment.Secondary{{Measure: experiment.Feel}}, Guardrails: []experiment.Guardrail{{Measure: experiment.Farther, Limit: .6}},
		Horizon: experiment.Horizon{Units: 2000, Until: "2099-12-31"}, Alpha: .05, Power: .8, Reading: mode, Salt: "0123456789abcdef",
	}
	if change != nil {
		change(&d)
	}
	b, err := json.Marshal(d)
	must(t, err)
	read, err := experiment.Parse(b)
	must(t, err)
	return read, string(b)
}

// exposing exposes a throng's hours to a design.
func exposing(t testing.TB, d *experiment.Design) func(listener, hour string, at time.Time) *event.Event {
	l, err := d.Exposures(nil)
	must(t, err)
	return func(listener, hour string, at time.Time) *event.Event {
		e, _, err := d.Expose(l, listener, hour, at, 0)
		must(t, err)
		l.Add(d, e)
		return &e
	}
}

// sent sends a form with a file.
func (w *walker) sent(t testing.TB, path, text string) *httptest.ResponseRecorder {
	t.Helper()
	body, kind := form(named{"design.json", []byte(text)})
	r := httptest.NewRequest("POST", "http://localhost"+path, strings.NewReader(string(body)))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return w.send(r)
}

// A researcher declares an experiment, an admin runs it, and nobody changes it then.
func TestExperimentDeclared(t *testing.T) {
	s := serving(t, nil)
	w, mai := s.person(t, "Mai", account.Researcher)
	admin, root := s.person(t, "Root", account.Admin)
	d, design := declared(t, "steps", experiment.FixedHorizon, nil)
	for name, text := range map[string]string{"no JSON": "{", "empty": "", "not one": "[]", "a field twice": strings.Replace(design, `"schema":1`, `"schema":1,"schema":1`, 1), "unknown": `{"colour":1}`, "no salt": strings.Replace(design, "0123456789abcdef", "x", 1), "deep": strings.Repeat("[", 5000), "no text": "\xff\xfe"} {
		for _, path := range []string{"/lab/experiments/check", "/lab/experiments/keep"} {
			got := w.post(path, values("design", text))
			if got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.Body.String(), "wrong with it") {
				t.Errorf("%s: %d: %s", name, got.Code, text)
			}
		}
	}
	if got := w.post("/lab/experiments/keep", values("design", strings.Repeat(" ", 2<<20))); got.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("two megabytes: %d", got.Code)
	}
	hasAll(t, w.get("/lab/experiments").Body.String(), "There is none yet")
	got := w.sent(t, "/lab/experiments/check", design)
	hasAll(t, got.Body.String(), "Nothing is wrong with it", d.Hash(), "To show a difference", "&#34;schema&#34;")
	keep := func(w *walker, text string) *httptest.ResponseRecorder {
		return w.post("/lab/experiments/keep", values("design", text))
	}
	if got := keep(w, design); got.Header().Get("Location") != "/lab/experiments/"+d.Hash() {
		t.Fatal(got.Code, text(got))
	}
	at := "/lab/experiments/" + d.Hash()
	page := w.get(at).Body.String()
	hasAll(t, page, d.Hash(), "Steps or a jump &lt;b&gt;", "Too few people", "nearer to the target")
	if strings.Contains(page, "Run it") || !strings.Contains(admin.get(at).Body.String(), "Run it") {
		t.Error("who may run it is not told so")
	}

	// Before it ran it gives way to another of its name.
	d2, design2 := declared(t, "steps", experiment.FixedHorizon, func(d *experiment.Design) { d.Title = "Better said" })
	keep(w, design2)
	if got := w.get(at).Code; got != http.StatusNotFound {
		t.Errorf("what was replaced: %d", got)
	}
	at = "/lab/experiments/" + d2.Hash()
	if got := w.post(at+"/run", nil).Code; got != http.StatusForbidden {
		t.Errorf("a researcher runs it: %d", got)
	}
	if got := admin.post(at+"/run", nil); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code, text(got))
	}
	hasAll(t, w.get(at).Body.String(), "It runs")
	hasAll(t, w.get("/lab/experiments").Body.String(), "runs", "Better said")
	if got := keep(w, design); got.Code != http.StatusConflict || !strings.Contains(got.Body.String(), "has begun") {
		t.Errorf("changed after it ran: %d", got.Code)
	}
	keep(w, design2) // the same is no change
	if got := admin.post("/lab/experiments/stop", nil); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code)
	}
	if page := w.get(at).Body.String(); strings.Contains(page, "It runs") {
		t.Error("it still runs")
	}
	if got := keep(w, design); got.Code != http.StatusConflict {
		t.Errorf("changed after it was stopped: %d", got.Code)
	}
	other, another := declared(t, "other", experiment.FixedHorizon, func(d *experiment.Design) { d.Arms[0].Name = "silence" })
	keep(w, another)
	if got := admin.post("/lab/experiments/"+other.Hash()+"/run", nil).Code; got != http.StatusConflict {
		t.Errorf("arms that Segue does not build: %d", got)
	}
	if got := admin.post("/lab/experiments/"+shippedVersion+"/run", nil).Code; got != http.StatusNotFound {
		t.Error(got)
	}

	// The same by program.
	p, boss := s.programOf(t, mai.ID, account.Researcher), s.programOf(t, root.ID, account.Admin)
	third, design3 := declared(t, "third", experiment.AlwaysValid, nil)
	p.problem(http.StatusUnprocessableEntity, kindInvalid, "POST", "/lab/experiments", map[string]any{"design": map[string]any{"schema": 1}})
	p.want(http.StatusCreated, "POST", "/lab/experiments", map[string]any{"design": json.RawMessage(design3)})
	p.want(http.StatusConflict, "POST", "/lab/experiments", map[string]any{"design": json.RawMessage(design)})
	if all := p.want(http.StatusOK, "GET", "/lab/experiments", nil)["items"].([]any); len(all) != 3 {
		t.Errorf("%d experiments", len(all))
	}
	if one := p.want(http.StatusOK, "GET", "/lab/experiments/"+third.Hash(), nil); one["experiment"].(map[string]any)["name"] != "third" {
		t.Error(one)
	}
	p.want(http.StatusForbidden, "POST", "/lab/experiments/choices", map[string]any{"id": third.Hash()})
	boss.want(http.StatusNoContent, "POST", "/lab/experiments/choices", map[string]any{"id": third.Hash()})
	boss.want(http.StatusNoContent, "POST", "/lab/experiments/choices", map[string]any{"id": ""})
	p.want(http.StatusConflict, "GET", "/lab/experiments/"+third.Hash()+"/reading", nil)
	p.want(http.StatusNotFound, "GET", "/lab/experiments/none/reading", nil)
	if said := s.d.String(); strings.Contains(said, "panick") {
		t.Errorf("the log: %s", said)
	}
}

// A reading is of those who agreed, not of few, as of the day, and says what it may.
func TestExperimentRead(t *testing.T) {
	s := serving(t, nil)
	w, mai := s.person(t, "Mai", account.Researcher)
	p := s.programOf(t, mai.ID, account.Researcher)
	d, design := declared(t, "steps", experiment.AlwaysValid, nil)
	at := w.post("/lab/experiments/keep", values("design", design)).Header().Get("Location")
	show := exposing(t, d)
	throng{people: 8, hours: 12, from: s.now.AddDate(0, 0, -50), seed: 3, expose: show, nearer: map[string]float64{"iso": 3}}.gather(t, s.kept)
	page := w.get(at).Body.String()
	hasAll(t, page, "Too few people")
	for _, never := range []string{"A difference", "Who got what", "record.json", "class=\"outcomes"} {
		if strings.Contains(page, never) {
			t.Errorf("of eight people %q is shown", never)
		}
	}
	if got := w.get(at + "/record.json").Code; got != http.StatusConflict {
		t.Errorf("a record of eight people: %d", got)
	}
	throng{people: 62, hours: 6, from: s.now.AddDate(0, 0, -50), seed: 4, expose: show, nearer: map[string]float64{"iso": 3}}.gather(t, s.kept)
	*s.now = s.now.AddDate(0, 0, 1)
	page = w.get(at).Body.String()
	hasAll(t, page, "A difference was shown", "Who got what", "record.json", "Sample-ratio check", "The reading over time", "better", "goes on", `lang="en"`)
	whole := w.get(at + "/record.json")
	r, err := experiment.ParseRecord(whole.Body.Bytes())
	must(t, err)
	if r.Hash != d.Hash() || r.Table != nil || r.Reading.Units != 468 || r.Reading.Verdict.Word != experiment.Shown {
		t.Errorf("the record: %s, %d units, %s", r.Hash, r.Reading.Units, r.Reading.Verdict.Word)
	}
	if strings.Contains(whole.Body.String()+page, "throng") {
		t.Error("a pseudonym is shown")
	}
	p.want(http.StatusOK, "GET", "/lab/experiments/"+d.Hash()+"/reading", nil)

	// Before a fixed horizon nothing is estimated.
	fixed, design := declared(t, "fixed", experiment.FixedHorizon, nil)
	at = w.post("/lab/experiments/keep", values("design", design)).Header().Get("Location")
	throng{people: 12, hours: 10, from: s.now.AddDate(0, 0, -50), seed: 5, expose: exposing(t, fixed), nearer: map[string]float64{"iso": 3}}.gather(t, s.kept)
	page = w.get(at).Body.String()
	hasAll(t, page, "Too early to read", "not read yet", "Guardrails, looked at every day")
	if strings.Contains(page, "difference was shown") || strings.Contains(page, "The reading over time") {
		t.Error("it is read before its horizon")
	}
	p.want(http.StatusOK, "GET", "/lab/experiments/"+fixed.Hash()+"/reading", nil)

	// Exposures of the same name under another hash are refused.
	changed, _ := declared(t, "fixed", experiment.FixedHorizon, func(d *experiment.Design) { d.Salt += "x" })
	throng{people: 12, hours: 1, from: s.now.AddDate(0, 0, -50), seed: 6, expose: exposing(t, changed)}.gather(t, s.kept)
	*s.now = s.now.AddDate(0, 0, 1)
	hasAll(t, w.get(at).Body.String(), "do not fit the design", "changed after its first exposure")
	p.want(http.StatusConflict, "GET", "/lab/experiments/"+fixed.Hash()+"/reading", nil)
}

// Who agreed to take part has hours drawn by lot while an experiment runs, and is told so;
// nobody else has.
func TestDraw(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	admin, _ := s.person(t, "Root", account.Admin)
	d, design := declared(t, "steps", experiment.FixedHorizon, nil)
	at := admin.post("/lab/experiments/keep", values("design", design)).Header().Get("Location")
	if got := admin.post(at+"/run", nil).Code; got != http.StatusSeeOther {
		t.Fatal(got)
	}
	admin.get(at) // the reading of the day
	exposures := func(id string) (all []event.Event) {
		records, err := s.kept.Records(t.Context(), id, 0, 1000)
		must(t, err)
		for _, r := range records {
			if r.Kind == string(event.Exposure) {
				all = append(all, eventOf(id, r))
			}
		}
		return all
	}
	agree := func(w *walker, purposes ...string) {
		form := values("name", "x", "zone", "UTC")
		for _, p := range purposes {
			form.Set(p, "yes")
		}
		if got := w.post("/welcome", form); got.Code != http.StatusSeeOther {
			t.Fatal(got.Code, text(got))
		}
	}
	lan, a := s.person(t, "Lan", account.Listener)
	agree(lan, "check_ins", "research", "experiments")
	arms := map[playlist.Arm]int{}
	for n := range 6 {
		*s.now = s.now.Add(time.Minute)
		hour := lan.hour(t, values("now", "2-8", "target", "7-3"))
		all := exposures(a.ID)
		if len(all) != n+1 || all[n].Hour != strings.TrimPrefix(hour, "/hours/") || all[n].Experiment != d.Ref() {
			t.Fatalf("%d exposures after %d hours", len(all), n+1)
		}
		if want := d.Assign(a.ID, n); all[n].Arm != want.Arm || all[n].Propensity != want.Propensity {
			t.Errorf("hour %d: %s, want %s", n, all[n].Arm, want.Arm)
		}
		hasAll(t, lan.get(hour).Body.String(), "drawn by lot", `href="/data"`)
		stored, err := s.kept.Hour(t.Context(), a.ID, all[n].Hour)
		must(t, err)
		var p playlist.Playlist
		must(t, json.Unmarshal(stored.Plan, &p))
		if string(p.Arm) != all[n].Arm {
			t.Errorf("the hour is %s, drawn %s", p.Arm, all[n].Arm)
		}
		arms[p.Arm]++
	}
	if len(arms) != 2 {
		t.Errorf("the arms of six hours: %v", arms)
	}
	for name, purposes := range map[string][]string{"Ben": {"check_ins", "research"}, "Kim": {"experiments", "research"}, "Zoe": {"check_ins", "experiments"}} {
		w, b := s.person(t, name, account.Listener)
		agree(w, purposes...)
		if hour := w.hour(t, values("now", "2-8", "target", "7-3")); strings.Contains(w.get(hour).Body.String(), "drawn by lot") || len(exposures(b.ID)) > 0 {
			t.Errorf("drawn for who agreed to %v", purposes)
		}
	}
	// Nor for who leaves, nor when it ends.
	if got := lan.post("/data/consents", values("check_ins", "yes", "research", "yes")); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code, text(got))
	}
	records, err := s.kept.Records(t.Context(), a.ID, 0, 1000)
	must(t, err)
	if last := records[len(records)-1]; last.Kind != string(event.OptOut) || last.Experiment != d.Ref() {
		t.Errorf("who left is not on record: %+v", last)
	}
	lan.hour(t, values("now", "2-8", "target", "7-3"))
	must(t, s.kept.SetConsent(t.Context(), a.ID, store.Consent{Purpose: store.Experiments, Given: true, At: *s.now}))
	admin.post("/lab/experiments/stop", nil)
	lan.hour(t, values("now", "2-8", "target", "7-3"))
	if n := len(exposures(a.ID)); n != 6 {
		t.Errorf("%d exposures", n)
	}
	// An hour that is deleted takes its exposure along.
	if got := lan.post("/hours/"+exposures(a.ID)[0].Hour+"/delete", nil); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code)
	}
	if n := len(exposures(a.ID)); n != 5 {
		t.Errorf("%d exposures after one hour was deleted", n)
	}
}
