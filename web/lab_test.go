package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/account"
	"segue/lab"
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
	w := demoWalk(t, "en")
	hasAll(t, w.get("/lab").Body.String(), "Features of sound")
	at := w.labJob(t, "kind", "curves", "kmax", "2")
	hasAll(t, w.ended(t, at), "<svg")
	w.post("/demo/leave", nil)
	if got := w.get(at); got.Code != http.StatusNotFound {
		t.Errorf("the demo listener's job, on one's own pages: %d", got.Code)
	}
}

