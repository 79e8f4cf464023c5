package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"segue"
	"segue/account"
	"segue/lab"
	work "segue/lab/job"
	"segue/mood"
	"segue/store"
)

// jobQueue is a store as what a work.Runner asks of a queue.
type jobQueue struct{ *store.Store }

func lostJob(err error) error {
	if errors.Is(err, store.ErrConflict) {
		return work.ErrLost
	}
	return err
}

// Claim implements work.Queue.
func (q jobQueue) Claim(ctx context.Context, kinds []string, worker string, now time.Time, lease time.Duration) (work.Job, error) {
	j, err := q.ClaimJob(ctx, kinds, worker, now, lease)
	if errors.Is(err, store.ErrNotFound) {
		err = work.ErrNothing
	}
	return work.Job{ID: j.ID, Owner: j.Owner, Kind: j.Kind, Input: j.Input, Progress: j.Progress, Attempts: j.Attempts, Cancel: j.Cancel}, err
}

// Keep implements work.Queue.
func (q jobQueue) Keep(ctx context.Context, id, worker string, progress []byte, now time.Time, lease time.Duration) (bool, error) {
	cancel, err := q.KeepJob(ctx, id, worker, progress, now, lease)
	return cancel, lostJob(err)
}

// Finish implements work.Queue.
func (q jobQueue) Finish(ctx context.Context, id, worker string, state work.State, result []byte, failure string, now time.Time) error {
	return lostJob(q.FinishJob(ctx, id, worker, store.JobState(state), result, failure, now))
}

// Release implements work.Queue.
func (q jobQueue) Release(ctx context.Context, id, worker string, now time.Time) error {
	return lostJob(q.ReleaseJob(ctx, id, worker, now))
}

// workInLab takes up the laboratory's jobs until the server ends; what is under way
// then, this process or another goes on with.
func (s *Server) workInLab() {
	s.lab.wake = make(chan struct{}, 1)
	r := &work.Runner{Queue: jobQueue{s.kept}, Kinds: s.labWorks(), Worker: "web-" + account.NewSecret()[:16], Wake: s.lab.wake, Tell: s.tellJob}
	s.tasks.begin(func() { _ = r.Run(s.ctx) }) // it ends without an error, when the context does
}

// labWorks are the kinds of jobs, each on the music of whoever asked.
func (s *Server) labWorks() map[string]work.Work {
	of := func(h *shelf) map[string]work.Work {
		return lab.Works(func(ctx context.Context) (*segue.Catalog, error) {
			m, err := h.get(ctx)
			if err != nil {
				return nil, err
			}
			return m.Catalog, nil
		}, s.modelVersion, nil)
	}
	own, demo := of(s.own), of(s.demo)
	all := map[string]work.Work{}
	for kind := range own {
		all[kind] = func(ctx context.Context, t *work.Task) ([]byte, error) {
			if t.Owner == demoID {
				return demo[kind](ctx, t)
			}
			return own[kind](ctx, t)
		}
	}
	return all
}

// modelVersion returns the model of a version.
func (s *Server) modelVersion(ctx context.Context, id string) (*mood.Model, error) {
	one, err := s.kept.Version(ctx, lab.ModelKind, id)
	if err != nil {
		return nil, err
	}
	return lab.OpenModel(one.Body)
}

// tellJob logs what went wrong with a job, and nothing of what it holds.
func (s *Server) tellJob(e work.Event) {
	level := slog.LevelDebug
	if e.What == "panicked" {
		level = slog.LevelError
	}
	s.o.Log.LogAttrs(s.ctx, level, "a job", slog.String("what", e.What), slog.String("job", e.Kind), slog.String("kind", kindOf(e.Err)), slog.String("where", e.Stack))
}

// Where the forms of jobs begin, and how many jobs a page lists. (d)
const (
	askedKMax      = 10
	mostLabGap     = 20
	askedStability = 10
	listedJobs     = 30
)

// A labJob is a job as a page shows it.
type labJob struct {
	store.Job
	Mine bool
}

// labJobs lists the newest jobs of the laboratory; those on the demo listener's music
// are for who looks at that.
func (v *visit) labJobs(ctx context.Context, after string, most int) (all []labJob, next string, err error) {
	listed, err := v.server.kept.Jobs(ctx, "", "", after, most+1)
	if err != nil {
		return nil, "", err
	}
	if len(listed) > most {
		listed = listed[:most]
		next = listed[most-1].ID
	}
	for _, j := range listed {
		if v.seesJob(j) {
			all = append(all, labJob{j, j.Owner == v.who.ID})
		}
	}
	return all, next, nil
}

func (v *visit) seesJob(j store.Job) bool {
	return (j.Kind == lab.CurvesJob || j.Kind == lab.CompareJob || j.Kind == lab.AuditJob) && v.who.Demo == (j.Owner == demoID)
}

// labJobsPage lists the jobs, with the forms that begin one.
func (s *Server) labJobsPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	all, next, err := v.labJobs(r.Context(), addressID(r.URL.Query().Get("after")), listedJobs)
	if err != nil {
		return err
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Curves and models"), Nav: navLab}, labJobsPage(v, all, next))
}

// startLabJob reads what work is asked for, and queues it.
func (s *Server) startLabJob(w http.ResponseWriter, r *http.Request, v *visit) error {
	var j store.Job
	var err error
	switch r.PostFormValue("kind") {
	case "curves":
		var a lab.CurvesAsked
		if a, err = v.curvesAsked(r.PostForm); err == nil {
			j, err = v.orderCurves(r.Context(), a)
		}
	case "compare":
		var a lab.CompareAsked
		if a, err = v.compareAsked(r.PostForm); err == nil {
			j, err = order(r.Context(), v, lab.CompareJob, a)
		}
	default:
		err = misread(v.Tongue, v.Say("Choose curves or a comparison."))
	}
	if err != nil {
		return err
	}
	return see(w, r, "/lab/jobs/"+j.ID)
}

// orderCurves queues curves.
func (v *visit) orderCurves(ctx context.Context, a lab.CurvesAsked) (store.Job, error) {
	if a.References == 1 {
		return store.Job{}, misread(v.Tongue, v.Say("A gap needs 2 reference tables at least; 0 leaves it out."))
	}
	return order(ctx, v, lab.CurvesJob, a)
}

// order queues a job on the music of who asks.
func order[Asked any](ctx context.Context, v *visit, kind string, a Asked) (store.Job, error) {
	m, err := v.shelf().get(ctx)
	if err != nil {
		return store.Job{}, err
	}
	input, err := json.Marshal(lab.Order[Asked]{Catalog: m.Catalog.Version, Asked: a})
	if err != nil {
		return store.Job{}, err
	}
	j := store.Job{ID: account.NewSecret()[:16], Owner: v.who.ID, Kind: kind, Input: input, State: store.JobQueued, Created: v.at, Changed: v.at}
	err = v.server.kept.AddJob(ctx, j)
	if errors.Is(err, store.ErrTooMany) {
		return j, &wrong{code: http.StatusConflict, what: v.Say("Too many jobs wait already"), todo: v.Say("Wait for one to end, or stop one, and ask again.")}
	} else if err != nil {
		return j, err
	}
	select {
	case v.server.lab.wake <- struct{}{}:
	default: // it is about to look anyway
	}
	return j, nil
}

// formNumber reads a whole number of a form, in [least, most]; nothing is nothing.
func (v *visit) formNumber(form url.Values, name, label string, nothing, least, most int) (int, error) {
	text := strings.TrimSpace(form.Get(name))
	if text == "" {
		return nothing, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, misread(v.Tongue, v.Say("%s is a whole number from %d to %d.", label, least, most))
	}
	return n, nil
}

// formFeatures reads the features that were ticked.
func (v *visit) formFeatures(form url.Values) ([]segue.Feature, error) {
	var out []segue.Feature
	for _, name := range form["feature"] {
		f, err := segue.ParseFeature(name)
		if err != nil || len(out) >= len(segue.AllFeatures()) {
			return nil, misread(v.Tongue, v.Say("Choose features that the page names, each once."))
		}
		out = append(out, f)
	}
	return out, nil
}

// formSeed reads a seed; without one it is the server's.
func (v *visit) formSeed(form url.Values) (uint64, error) {
	n, err := v.formNumber(form, "seed", v.Say("The seed"), -1, 0, math.MaxInt32)
	if n < 0 {
		return v.server.o.Seed, err
	}
	return uint64(n), err
}

func (v *visit) curvesAsked(form url.Values) (a lab.CurvesAsked, err error) {
	if a.Features, err = v.formFeatures(form); err != nil {
		return a, err
	}
	if a.KMax, err = v.formNumber(form, "kmax", v.Say("The largest k"), askedKMax, 2, mood.MaxCurveK); err != nil {
		return a, err
	}
	if a.References, err = v.formNumber(form, "gap", v.Say("The number of reference tables"), 0, 0, mostLabGap); err != nil {
		return a, err
	}
	a.Seed, err = v.formSeed(form)
	return a, err
}

func (v *visit) compareAsked(form url.Values) (lab.CompareAsked, error) {
	a := lab.CompareAsked{Null: form.Get("null") != ""}
	known := map[string]bool{}
	for _, name := range mood.Algorithms() {
		known[name] = true
	}
	for _, name := range form["algorithm"] {
		if !known[name] {
			return a, misread(v.Tongue, v.Say("Choose algorithms that the page names, each once."))
		}
		known[name] = false
		a.Algorithms = append(a.Algorithms, name)
	}
	var err error
	if a.Features, err = v.formFeatures(form); err != nil {
		return a, err
	}
	if a.K, err = v.formNumber(form, "k", "k", mood.DefaultK, 1, lab.MaxK); err != nil {
		return a, err
	}
	if a.Stability, err = v.formNumber(form, "stability", v.Say("The number of resamples"), 0, 0, lab.MaxStability); err != nil {
		return a, err
	}
	a.Seed, err = v.formSeed(form)
	return a, err
}

// labJob returns the job of an address.
func (v *visit) labJob(r *http.Request) (store.Job, error) {
	return v.labJobOf(r.Context(), r.PathValue("job"))
}

func (v *visit) labJobOf(ctx context.Context, id string) (store.Job, error) {
	j, err := v.server.kept.Job(ctx, addressID(id))
	if err == nil && !v.seesJob(j) {
		err = notFound(v.Tongue)
	}
	return j, err
}

// labJobPage shows how far a job is, or what it found.
func (s *Server) labJobPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	j, err := v.labJob(r)
	if err != nil {
		return err
	}
	title := page{Title: v.jobName(j.Kind), Nav: navLab}
	if !j.State.Ended() {
		title.Head, title.Every = []string{"lab.js"}, 3
		return v.show(w, r, http.StatusOK, title, labWorkingPage(v, j, v.tellLabJob(j)))
	}
	if j.State != store.JobDone {
		return v.show(w, r, http.StatusOK, title, labEndedPage(v, j))
	}
	if j.Kind == lab.CurvesJob {
		found, err := curvesOf(j)
		if err != nil {
			return err
		}
		return v.show(w, r, http.StatusOK, title, curvesPage(v, found))
	}
	if j.Kind == lab.AuditJob {
		found, err := auditOf(j)
		if err != nil {
			return err
		}
		learned, err := learnedOf(found)
		if err != nil {
			return err
		}
		return v.show(w, r, http.StatusOK, title, auditPage(v, j, found, learned))
	}
	found, err := comparisonOf(j)
	if err != nil {
		return err
	}
	return v.show(w, r, http.StatusOK, title, comparisonPage(v, j, found))
}

// comparisonOf reads what a comparison found.
func comparisonOf(j store.Job) (*lab.Comparison, error) {
	found := new(lab.Comparison)
	if err := json.Unmarshal(j.Result, found); err != nil {
		return nil, fmt.Errorf("web: the comparison of a job: %w", err)
	}
	return found, nil
}

// cancelLabJob asks a job to stop.
func (s *Server) cancelLabJob(w http.ResponseWriter, r *http.Request, v *visit) error {
	j, err := v.labJob(r)
	if err != nil {
		return err
	}
	if err := s.kept.CancelJob(r.Context(), j.ID, v.at); err != nil {
		return err
	}
	return see(w, r, "/lab/jobs/"+j.ID)
}

// askJobEvery is how often a page's stream looks how far a job is. (d)
const askJobEvery = 400 * time.Millisecond

// labJobEvents tells of a job's progress while it lasts. Of one that cannot be looked up
// any more the page itself says why.
func (s *Server) labJobEvents(w http.ResponseWriter, r *http.Request, v *visit) error {
	j, err := v.labJob(r)
	if err != nil {
		return err
	}
	return stream(s, w, r, askJobEvery, nil, func() (labTelling, bool) {
		if j, err = v.labJob(r); err != nil || j.State.Ended() {
			return labTelling{}, true
		}
		return v.tellLabJob(j), false
	})
}

// A labTelling is how far a job is, in words.
type labTelling struct {
	Said  string `json:"said"`
	Share int    `json:"share"` // in hundredths; -1 where that is not known
}

func (v *visit) tellLabJob(j store.Job) labTelling {
	if j.State == store.JobQueued {
		return labTelling{v.Say("It waits for its turn."), -1}
	}
	if j.Cancel {
		return labTelling{v.Say("It is being stopped."), -1}
	}
	p, err := work.ParseProgress(j.Progress)
	if err != nil || p.Total == 0 {
		return labTelling{v.Say("It has begun."), -1}
	}
	return labTelling{v.Say("%s done", v.Percent(p.Share())), int(100 * p.Share())}
}

// jobName names a kind of job.
func (v *visit) jobName(kind string) string {
	if kind == lab.CurvesJob {
		return v.Say("Curves over the number of groups")
	}
	if kind == lab.AuditJob {
		return v.Say("Models against labels")
	}
	return v.Say("Models side by side")
}

// jobState says how far a job is, in a word.
func (v *visit) jobState(j store.Job) string {
	switch j.State {
	case store.JobQueued:
		return v.Say("waits")
	case store.JobRunning:
		return v.Say("under way")
	case store.JobDone:
		return v.Say("finished")
	case store.JobFailed:
		return v.Say("failed")
	}
	return v.Say("stopped")
}

// moment says when something was, to the minute, where the listener lives.
func (v *visit) moment(at time.Time) string {
	at = at.In(v.zone())
	return v.Date(at) + ", " + at.Format("15:04")
}

// short is the beginning of a content's hash: enough to tell it from others.
func short(id string) string { return id[:min(len(id), 10)] }

// addressID is an id as an address gives it, made text that any store can look for.
func addressID(id string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(id, "\ufffd"), "\x00", "\ufffd")
}
