package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/account"
	"segue/lab"
	"segue/persona"
	"segue/recommend"
	"segue/store"
)

// ended waits until the job at an address has ended, and returns its page.
func (w *walker) ended(t testing.TB, at string) string {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		j, err := w.s.kept.Job(t.Context(), strings.TrimPrefix(at, "/lab/jobs/"))
		if err != nil {
			t.Fatal(err)
		}
		if j.State.Ended() {
			got := w.get(at)
			if got.Code != http.StatusOK {
				t.Fatalf("%s: %d: %s", at, got.Code, text(got))
			}
			return got.Body.String()
		}
	}
	t.Fatalf("%s did not end", at)
	return ""
}

// labJob asks for a job and returns its address.
func (w *walker) labJob(t testing.TB, pairs ...string) string {
	t.Helper()
	got := w.post("/lab/jobs", values(pairs...))
	at := got.Header().Get("Location")
	if got.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/lab/jobs/") {
		t.Fatalf("%v: %d to %q: %s", pairs, got.Code, at, text(got))
	}
	return at
}

// hasAll reports what a page lacks.
func hasAll(t testing.TB, page string, all ...string) {
	t.Helper()
	for _, one := range all {
		if !strings.Contains(page, one) {
			t.Errorf("the page lacks %q", one)
		}
	}
}

// A researcher looks at the catalogue, has curves and models computed, and reads
// them, in each language.
func TestLabPages(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	w, _ := s.person(t, "Mai", account.Researcher)
	for code, said := range map[string][]string{"en": {"Features of sound", "How the features go together", "Where the tracks lie", "Lab"}, "vi": {"Đặc trưng âm thanh"}} {
		w.cookies = append(w.cookies, cookieOf(languageCookie, code))
		got := w.get("/lab")
		if got.Code != http.StatusOK {
			t.Fatalf("%d: %s", got.Code, text(got))
		}
		hasAll(t, got.Body.String(), said...)
		if n := strings.Count(got.Body.String(), "<svg"); n < len(segue.AllFeatures())+2 {
			t.Errorf("%s: %d drawings", code, n)
		}
		w.cookies = w.cookies[:len(w.cookies)-1]
	}
	curves := w.labJob(t, "kind", "curves", "kmax", "4", "seed", "3")
	compare := w.labJob(t, "kind", "compare", "algorithm", "kmeans", "algorithm", "fcm", "k", "3", "stability", "2", "null", "yes")
	page := w.ended(t, curves)
	hasAll(t, page, "Fuzzy c-means", "seed 3", "<svg")
	page = w.ended(t, compare)
	hasAll(t, page, "Side by side", "Silhouette", "shuffled columns", "Stability", "How far they agree", "Margin", "<svg")
	if strings.Contains(page, "Gaussian") {
		t.Error("an algorithm that was not asked for")
	}
	hasAll(t, w.get("/lab/jobs").Body.String(), curves, compare, "finished", "yours")

	for name, form := range map[string][]string{
		"no kind": {"kmax", "4"}, "k too large": {"kind", "compare", "k", "51"}, "no number": {"kind", "curves", "kmax", "ten"}, "a feature twice over": {"kind", "curves", "feature", "colour"},
		"an algorithm twice": {"kind", "compare", "algorithm", "fcm", "algorithm", "fcm"}, "one reference": {"kind", "curves", "gap", "1"}, "a seed below 0": {"kind", "curves", "seed", "-1"},
	} {
		if got := w.post("/lab/jobs", values(form...)); got.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", name, got.Code)
		}
	}
	if said := s.d.String(); strings.Contains(said, "panick") {
		t.Errorf("the log: %s", said)
	}
}

// Who may not look is refused, and who may look but not set going sees no form.
func TestLabPermissions(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	listener, _ := s.person(t, "Lan", account.Listener)
	expert, _ := s.person(t, "Eve", account.Researcher)
	stranger := s.walker()
	at := expert.labJob(t, "kind", "curves", "kmax", "2")
	for _, one := range s.labRoutes() {
		method, path, _ := strings.Cut(strings.Replace(one.pattern, "{job}", strings.TrimPrefix(at, "/lab/jobs/"), 1), " ")
		ask := func(w *walker) int {
			if method == "GET" {
				return w.get(path).Code
			}
			return w.post(path, nil).Code
		}
		if got := ask(listener); got != http.StatusForbidden {
			t.Errorf("a listener at %s: %d", one.pattern, got)
		}
		if got := ask(stranger); got != http.StatusSeeOther && got != http.StatusUnauthorized {
			t.Errorf("a stranger at %s: %d", one.pattern, got)
		}
	}
	if strings.Contains(listener.get("/account").Body.String(), `href="/lab"`) {
		t.Error("a listener is led to the lab")
	}
	hasAll(t, expert.get("/account").Body.String(), `href="/lab"`)
}

// slowly asks for work that lasts until it is stopped: many resamples of all models.
func slowly() []string { return []string{"kind", "compare", "stability", "200", "null", "yes"} }

// running waits until a worker has a job.
func running(t testing.TB, k *store.Store, id string) store.Job {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if j, err := k.Job(t.Context(), id); err != nil {
			t.Fatal(err)
		} else if j.State == store.JobRunning {
			return j
		} else if j.State.Ended() {
			t.Fatalf("it ended at once: %s %s", j.State, j.Error)
		}
	}
	t.Fatal("nobody took it up")
	return store.Job{}
}

// A job under way stops when somebody says so, and its page says that it did.
func TestLabCancel(t *testing.T) {
	m, _ := invented(t)
	s := serving(t, m)
	w, _ := s.person(t, "Mai", account.Researcher)
	at := w.labJob(t, slowly()...)
	running(t, s.kept, strings.TrimPrefix(at, "/lab/jobs/"))
	hasAll(t, w.get(at).Body.String(), at+"/cancel", "<progress", `http-equiv="refresh"`)
	if got := w.post(at+"/cancel", nil); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code)
	}
	hasAll(t, w.ended(t, at), "It was stopped")
	if got := w.get(at + "/events"); !strings.HasPrefix(got.Body.String(), "event: end") {
		t.Errorf("the stream of what has ended: %q", got.Body.String())
	}
}

// A server that ends gives its job back, and the next one on the store finishes it.
func TestLabRestart(t *testing.T) {
	m, _ := invented(t)
	s := serving(t, m)
	w, _ := s.person(t, "Mai", account.Researcher)
	at := w.labJob(t, "kind", "compare", "stability", "30")
	id := strings.TrimPrefix(at, "/lab/jobs/")
	running(t, s.kept, id)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	j, err := s.kept.Job(t.Context(), id)
	if err != nil || j.State != store.JobQueued {
		t.Fatalf("%s %s, %v", j.State, j.Error, err)
	}
	again, err := New(t.Context(), s.o)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	w.s = again
	hasAll(t, w.ended(t, at), "Side by side")
	if j, _ = s.kept.Job(t.Context(), id); j.State != store.JobDone {
		t.Fatalf("%s %s", j.State, j.Error)
	}
	found := new(lab.Comparison)
	if err := json.Unmarshal(j.Result, found); err != nil || len(found.Models) != 3 {
		t.Errorf("%v, %d models", err, len(found.Models))
	}
}

// The server of one person opens the lab to them, also on the demo listener's music.
func TestLabAlone(t *testing.T) {
	inTurn(t)
	w := demoWalk(t, "en")
	hasAll(t, w.get("/lab").Body.String(), "Features of sound")
	at := w.labJob(t, "kind", "curves", "kmax", "2")
	hasAll(t, w.ended(t, at), "<svg")
	w.post("/demo/leave", nil)
	if got := w.get(at); got.Code != http.StatusNotFound {
		t.Errorf("the demo listener's job, on one's own pages: %d", got.Code)
	}
}

// shippedTree is the file of the shipped persona tree as the pages show it.
func shippedTree(t testing.TB) string {
	t.Helper()
	d, err := lab.DraftOf(persona.PersonaTree())
	if err != nil {
		t.Fatal(err)
	}
	return string(d.Body)
}

// renamed is the shipped persona tree with other words for the answer of a kind.
func renamed(t testing.TB, kind, title string) string {
	t.Helper()
	var file map[string]any
	if err := json.Unmarshal([]byte(shippedTree(t)), &file); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, one := range file["leaves"].([]any) {
		if leaf := one.(map[string]any); leaf["kind"] == kind {
			leaf["title"], found = title, true
		}
	}
	if !found {
		t.Fatalf("no answer %s", kind)
	}
	b, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A hostile tree is refused with what is wrong with it, whatever it is, and none of it
// runs; a tree of the other kind is, too.
func TestLabHostileTrees(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	w, _ := s.person(t, "Mai", account.Researcher)
	const check = "/lab/versions/" + lab.PersonaTreeKind + "/check"
	for name, tree := range map[string]string{
		"nothing": "", "no JSON": "<script>alert(1)</script>", "deep": strings.Repeat("[", 100_000), "another shape": `{"root":7}`, "not closed": `{"title":"` + singing,
		"twice": `{"id":"a","id":"b"}`, "no text": "\xff\xfe", "an unsafe answer": renamed(t, persona.Tuning, "You are depressed"), "large": shippedTree(t) + strings.Repeat(" ", lab.MaxDraft),
	} {
		for _, to := range []string{check, strings.Replace(check, "check", "save", 1)} {
			got := w.post(to, values("tree", tree))
			if got.Code != http.StatusUnprocessableEntity || strings.Contains(got.Body.String(), "<script>alert") || !strings.Contains(got.Body.String(), "wrong with it") {
				t.Errorf("%s to %s: %d: %s", name, to, got.Code, text(got))
			}
		}
	}
	if got := w.post(strings.Replace(check, lab.PersonaTreeKind, lab.OfferTreeKind, 1), values("tree", shippedTree(t))); got.Code != http.StatusBadRequest {
		t.Errorf("a tree of another kind: %d", got.Code)
	}
	if got := w.post(check, values("tree", strings.Repeat("x", maxTreeForm))); got.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("too large a form: %d", got.Code)
	}
	for _, path := range []string{"/lab/versions/persona", "/lab/versions/model/edit", "/lab/versions/persona_tree/none", "/lab/versions/%ff/%ff", "/lab/versions/persona_tree/edit?from=none"} {
		if got := w.get(path); got.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
	if all, err := s.kept.Versions(t.Context(), lab.PersonaTreeKind); err != nil || len(all) != 0 {
		t.Errorf("%d versions, %v", len(all), err)
	}
	if said := s.d.String(); strings.Contains(said, singing) || strings.Contains(said, "panick") {
		t.Errorf("the log: %s", said)
	}
}

// heard gives somebody the invented listening.
func (s *servedPeople) heard(t testing.TB, w *walker, id string) {
	t.Helper()
	_, plays := invented(t)
	if got := w.post("/welcome", values("name", "Noor", "adult16", "yes", "moods", "yes", "plays", "yes", "check_ins", "yes")); got.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.Code, text(got))
	}
	if err := s.kept.AddImport(t.Context(), id, store.Import{ID: "brought", At: *s.now, Report: []byte("{}"), Plays: len(plays)}, plays); err != nil {
		t.Fatal(err)
	}
}

// An expert edits the tree, sees what would change, and saves it; an admin chooses it;
// then everybody's pages say so, also those of another process, and choosing what was
// before brings them back byte for byte. A researcher may not choose.
func TestChooseTree(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	expert, _ := s.person(t, "Eve", account.Researcher)
	admin, _ := s.person(t, "Root", account.Admin)
	listener, a := s.person(t, "Lan", account.Listener)
	s.heard(t, listener, a.ID)
	other, err := New(t.Context(), s.o)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	elsewhere := &walker{s: other, cookies: listener.cookies}

	before := listener.get("/persona")
	if before.Code != http.StatusOK || before.Body.String() != elsewhere.get("/persona").Body.String() {
		t.Fatalf("%d: %s", before.Code, text(before))
	}
	v, err := s.visitOf(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	p, err := v.portrait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kind := p.profile.Persona.Kind
	const title = "Slow River"
	edited := renamed(t, kind, title)

	const at = "/lab/versions/" + lab.PersonaTreeKind
	hasAll(t, expert.get(at+"/edit").Body.String(), "<textarea", "gates_open")
	checked := expert.post(at+"/check", values("tree", edited, "note", "a kinder name"))
	if checked.Code != http.StatusOK {
		t.Fatalf("%d: %s", checked.Code, text(checked))
	}
	hasAll(t, checked.Body.String(), "Nothing is wrong with it", title, "What changes", "<svg")
	saved := expert.post(at+"/save", values("tree", edited, "note", "a kinder name"))
	version := saved.Header().Get("Location")
	if saved.Code != http.StatusSeeOther || !strings.HasPrefix(version, at+"/") {
		t.Fatalf("%d: %s", saved.Code, text(saved))
	}
	hasAll(t, expert.get(version).Body.String(), "a kinder name", title)
	if got := listener.get("/persona"); got.Body.String() != before.Body.String() {
		t.Error("saving a version changed somebody's page")
	}

	for name, w := range map[string]*walker{"a researcher": expert, "a listener": listener} {
		if got := w.post(version+"/choose", nil); got.Code != http.StatusForbidden {
			t.Errorf("%s chose: %d", name, got.Code)
		}
	}
	if strings.Contains(expert.get(at).Body.String(), "/choose") {
		t.Error("a researcher is shown how to choose")
	}
	choose := func(to string) {
		t.Helper()
		if got := admin.post(to+"/choose", nil); got.Code != http.StatusSeeOther {
			t.Fatalf("%d: %s", got.Code, text(got))
		}
	}
	choose(version)
	if got := listener.get("/persona").Body.String(); !strings.Contains(got, title) {
		t.Error("the chosen tree does not decide")
	}
	hasAll(t, listener.get("/persona/tree").Body.String(), title)
	*s.now = s.now.Add(lookForChoices) // the other process looks again
	if got := elsewhere.get("/persona").Body.String(); !strings.Contains(got, title) {
		t.Error("another process does not follow")
	}
	hasAll(t, expert.get(at).Body.String(), "in use", "What Segue comes with", "a kinder name")
	if all := s.happened(t); all[len(all)-1] != EventVersion {
		t.Errorf("noted: %v", all)
	}

	choose(at + "/" + shippedVersion)
	*s.now = s.now.Add(-lookForChoices) // the pages tell of the hour
	if got := listener.get("/persona"); got.Body.String() != before.Body.String() {
		t.Error("rolling back does not bring back the page")
	}
	if got := elsewhere.get("/persona"); got.Body.String() != before.Body.String() {
		t.Error("rolling back does not bring back the page of another process")
	}
}

// A model of a comparison is kept, compared and chosen: it then places everybody's
// music. One of other tracks is refused, and one chosen before the tracks changed says
// that it is not used.
func TestChooseModel(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	admin, _ := s.person(t, "Root", account.Admin)
	listener, a := s.person(t, "Lan", account.Listener)
	s.heard(t, listener, a.ID)
	before := listener.get("/moods").Body.String()
	var kept []string
	for _, k := range []string{"3", "4"} {
		at := admin.labJob(t, "kind", "compare", "algorithm", "kmeans", "k", k)
		hasAll(t, admin.ended(t, at), at+"/keep")
		j, err := s.kept.Job(t.Context(), strings.TrimPrefix(at, "/lab/jobs/"))
		if err != nil {
			t.Fatal(err)
		}
		found, err := comparisonOf(j)
		if err != nil {
			t.Fatal(err)
		}
		if got := admin.post(at+"/keep", values("model", "none")); got.Code != http.StatusConflict {
			t.Errorf("a model that is not there: %d", got.Code)
		}
		got := admin.post(at+"/keep", values("model", found.Models[0].ID))
		if got.Code != http.StatusSeeOther {
			t.Fatalf("%d: %s", got.Code, text(got))
		}
		kept = append(kept, got.Header().Get("Location"))
	}
	if got := admin.post(kept[0]+"/choose", nil); got.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.Code, text(got))
	}
	hasAll(t, admin.get(kept[1]).Body.String(), "What choosing it instead would change", "Rand", "k = 4")
	hasAll(t, admin.get("/lab").Body.String(), "What tells the groups apart")
	if got := listener.get("/moods"); got.Code != http.StatusOK {
		t.Fatalf("%d: %s", got.Code, text(got))
	}
	v, err := s.visitOf(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	p, err := v.portrait(t.Context())
	if err != nil || p.music.Model() == nil || p.music.Model().K != 3 {
		t.Fatalf("the portrait does not rest on the chosen model: %v", err)
	}
	if again, err := v.music(t.Context()); err != nil || again != p.music {
		t.Error("the same model sees the same music twice")
	}

	// Other tracks: the model stays chosen, and is not used.
	few := *m.Catalog
	few.Version = "other"
	s.own.put(&recommend.Music{Catalog: &few, Plane: m.Plane, Positions: m.Positions})
	hasAll(t, admin.get("/lab/versions/model").Body.String(), "trained on other tracks", "The usual placing is used")
	if got := admin.post(kept[1]+"/choose", nil); got.Code != http.StatusConflict {
		t.Errorf("a model of other tracks was chosen: %d", got.Code)
	}
	s.own.put(m)
	if got := admin.post("/lab/versions/model/"+shippedVersion+"/choose", nil); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code)
	}
	if got := listener.get("/moods").Body.String(); got != before {
		t.Error("rolling back does not bring back the page")
	}
}

// Every address of the lab is asked for in hostile ways, by who may do everything
// there. None is Segue's fault, and none tells the log anything.
func TestEveryRouteOfLab(t *testing.T) {
	inTurn(t)
	m, _ := invented(t)
	s := serving(t, m)
	w, _ := s.person(t, "Mai", account.Admin)
	c := &scene{name: "an admin", s: s.Server, d: s.d, cookies: w.cookies, fill: map[string]string{"{id}": shippedVersion}}
	for _, one := range s.labRoutes() {
		paths := []string{}
		for _, kind := range append(versionKinds(), "%ff", "%00") {
			for _, path := range addresses(strings.Replace(one.pattern, "{kind}", kind, 1), c.fill) {
				if !slices.Contains(paths, path) {
					paths = append(paths, path)
				}
			}
		}
		for _, path := range paths {
			if !strings.HasPrefix(one.pattern, "POST") {
				for _, query := range []string{"", "?after=%ff", "?after=%00", "?after=" + singing, "?from=%00", "?with=%ff", "?%zz;"} {
					c.try(t, "GET", path+query, "", "")
				}
				c.try(t, "HEAD", path, "", "")
				continue
			}
			for _, body := range []string{"", "kind=%ff&tree=%ff&note=%ff&model=%ff&k=%ff", "kind=curves&kmax=99999999999999999999&kind=compare", "kind=compare&k=-1&seed=-1&stability=1e9&feature=%00", "%zz;;&&&===&%",
				"tree=" + strings.Repeat("%7B", 3000) + "&note=" + strings.Repeat(singing, 100), "note=" + singing + "%00&tree=%7B%7D&model=" + singing} {
				c.try(t, "POST", path, "application/x-www-form-urlencoded", body)
			}
		}
	}
	if said := s.d.String(); strings.Contains(said, singing) || strings.Contains(said, "panick") {
		t.Errorf("the log says %.2000s", said)
	}
}
