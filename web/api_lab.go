package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"segue"
	"segue/account"
	"segue/catalog"
	"segue/lab"
	work "segue/lab/job"
	"segue/mood"
	"segue/recommend"
	"segue/store"

	"github.com/danielgtaylor/huma/v2"
)

// A labCatalogue is what the laboratory says of the tracks: a lab.Exploration, without
// how the files were read.
type apiLabCatalogue struct {
	Tracks       int                                          `json:"tracks"`
	Missing      map[string]int                               `json:"missing" doc:"Tracks without a value, by feature."`
	Features     map[segue.Feature]catalog.Distribution       `json:"features" doc:"How the values of each feature are distributed."`
	Correlations map[segue.Feature]map[segue.Feature]*float64 `json:"correlations" doc:"Of every two features, −1 to 1; null where it is undefined."`
	Genres       []catalog.GenreCount                         `json:"genres" doc:"Those with most tracks first."`
	Version      string                                       `json:"version" doc:"Hash of the content."`
	Places       *lab.Places                                  `json:"places" doc:"Where the tracks lie on the plane; null where they were not placed."`
	Ranking      []mood.FeatureImportance                     `json:"ranking" doc:"What tells the groups of the chosen model apart; empty while none is chosen."`
	Model        string                                       `json:"model" doc:"Id of the chosen model; may be empty."`
}

// A labJob is work that was asked for.
type apiLabJob struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind" enum:"curves,compare,audit"`
	State    string    `json:"state" enum:"queued,running,done,failed,cancelled"`
	Stopping bool      `json:"stopping" doc:"It was asked to stop, and has not yet."`
	Mine     bool      `json:"mine" doc:"Asked for by who asks now."`
	Created  time.Time `json:"created"`
	Changed  time.Time `json:"changed"`
	Progress *float64  `json:"progress" minimum:"0" maximum:"1" doc:"Share that is done: 1 of a job that came to its end. Of others in getLabJob alone, and null where it is not known."`
	Failure  string    `json:"failure" doc:"Why it failed; empty if it did not."`

	Curves     *lab.CurvesFound `json:"curves" doc:"What curves found, once done; in getLabJob alone."`
	Comparison *apiComparison   `json:"comparison" doc:"What a comparison found, once done; in getLabJob alone."`
	Audit      *recommend.Audit `json:"audit" doc:"What an audit found, once done; in getLabJob alone."`
	Model      *mood.Model      `json:"model" doc:"The model that an audit learned from the labels, if it was asked to, without what it computes with; createVersion keeps it by this job and its id. In getLabJob alone."`
	Unlearned  string           `json:"unlearned" doc:"Why an audit that was asked to learn a model did not; empty if it did."`
}

// A comparison is models side by side: a lab.Comparison, without what the models
// compute with.
type apiComparison struct {
	N         int                      `json:"n" doc:"Tracks fitted on."`
	Excluded  int                      `json:"excluded" doc:"Tracks left out, as they lack a feature."`
	Missing   map[string]int           `json:"missing" doc:"Tracks without each feature."`
	Features  []segue.Feature          `json:"features"`
	Catalog   string                   `json:"catalog" doc:"Hash of the catalogue."`
	Models    []*mood.Model            `json:"models"`
	Note      string                   `json:"note"`
	Ranking   []mood.FeatureImportance `json:"ranking" doc:"What tells the groups of the first model apart."`
	Agreement []lab.Agreement          `json:"agreement" doc:"Of every two models."`
}

// A newLabJob is work to be done. What is left out has its usual value.
type apiNewLabJob struct {
	Kind     string          `json:"kind" enum:"curves,compare" doc:"curves: how the criteria move with the number of groups. compare: models side by side."`
	Features []segue.Feature `json:"features,omitempty" maxItems:"20" doc:"To group by, each once; without them the usual ones."`
	Seed     *int            `json:"seed,omitempty" minimum:"0" maximum:"2147483647" doc:"Without it the server's."`

	KMax int `json:"kmax,omitempty" minimum:"2" maximum:"50" doc:"Of curves: the largest k."`
	Gap  int `json:"gap,omitempty" minimum:"0" maximum:"20" doc:"Of curves: reference tables for the gap, 2 at least; 0 leaves it out."`

	Algorithms []string `json:"algorithms,omitempty" maxItems:"3" enum:"kmeans,gmm,fcm" doc:"Of a comparison, each once; all without them."`
	K          int      `json:"k,omitempty" minimum:"1" maximum:"50" doc:"Of a comparison: the number of groups."`
	Stability  int      `json:"stability,omitempty" minimum:"0" maximum:"200" doc:"Of a comparison: resamples; 0 for none."`
	Null       bool     `json:"null,omitempty" doc:"Of a comparison: compare with columns without relation to each other."`
}

func labRead() []account.Scope  { return []account.Scope{account.LabRead} }
func labWrite() []account.Scope { return []account.Scope{account.LabWrite} }

// featureSchema describes a feature by its name.
type featureSchema struct{}

func (featureSchema) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Description: "A feature of sound."}
	for _, f := range segue.AllFeatures() {
		s.Enum = append(s.Enum, f.String())
	}
	return s
}

// fittedSchema describes what a model computes with, which the API never sends.
type fittedSchema struct{}

func (fittedSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, Description: "What a model computes with; always absent."}
}

// labJobKinds names the kinds of jobs for programs.
func labJobKinds() map[string]string {
	return map[string]string{lab.CurvesJob: "curves", lab.CompareJob: "compare", lab.AuditJob: "audit"}
}

// labJobView tells of a job, with what it found where that is known.
func (c *call) labJobView(j store.Job) (apiLabJob, error) {
	out := apiLabJob{ID: j.ID, Kind: labJobKinds()[j.Kind], State: string(j.State), Stopping: j.Cancel && !j.State.Ended(), Mine: j.Owner == c.who.ID, Created: j.Created.UTC(), Changed: j.Changed.UTC(), Failure: j.Error}
	if p, err := work.ParseProgress(j.Progress); j.State == store.JobDone {
		out.Progress = new(1.0) // what was last told may be from shortly before
	} else if err == nil && p.Total > 0 {
		out.Progress = new(p.Share())
	}
	if j.State != store.JobDone || len(j.Result) == 0 {
		return out, nil
	}
	if j.Kind == lab.CurvesJob {
		var err error
		out.Curves, err = curvesOf(j)
		return out, err
	}
	if j.Kind == lab.AuditJob {
		found, err := auditOf(j)
		if err != nil {
			return out, err
		}
		out.Audit, out.Unlearned = found.Audit, found.Unlearned
		out.Model, err = learnedOf(found)
		return out, err
	}
	f, err := comparisonOf(j)
	if err != nil {
		return out, err
	}
	out.Comparison = &apiComparison{f.N, f.Excluded, f.Missing, f.Features, f.Catalog, f.Models, f.Note, listOf(f.Ranking), listOf(f.Agreement)}
	return out, nil
}

// listOf is a list that is never null.
func listOf[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// curvesOf reads what curves found.
func curvesOf(j store.Job) (*lab.CurvesFound, error) {
	found := new(lab.CurvesFound)
	if err := json.Unmarshal(j.Result, found); err != nil {
		return nil, fmt.Errorf("web: the curves of a job: %w", err)
	}
	return found, nil
}

// startJob queues what is asked for.
func (c *call) startJob(ctx context.Context, in apiNewLabJob) (store.Job, error) {
	for i, f := range in.Features {
		if slices.Contains(in.Features[:i], f) {
			return store.Job{}, c.invalid(fmt.Sprintf("#/features/%d", i), c.Say("it stands here before"))
		}
	}
	for i, name := range in.Algorithms {
		if slices.Contains(in.Algorithms[:i], name) {
			return store.Job{}, c.invalid(fmt.Sprintf("#/algorithms/%d", i), c.Say("it stands here before"))
		}
	}
	seed := c.server.o.Seed
	if in.Seed != nil {
		seed = uint64(*in.Seed)
	}
	if in.Kind == "curves" {
		if in.KMax == 0 {
			in.KMax = askedKMax
		}
		return c.orderCurves(ctx, lab.CurvesAsked{Features: in.Features, KMax: in.KMax, References: in.Gap, Seed: seed})
	}
	if in.K == 0 {
		in.K = mood.DefaultK
	}
	return order(ctx, c.visit, lab.CompareJob, lab.CompareAsked{Algorithms: in.Algorithms, Features: in.Features, K: in.K, Null: in.Null, Stability: in.Stability, Seed: seed})
}

func (a *api) describeLab() {
	s := a.server
	conflict := []int{http.StatusConflict}
	operate(a, operation{
		id: "exploreCatalogue", method: http.MethodGet, path: "/lab/catalogue", tag: "lab", title: "The tracks: their features, and where they lie", early: true, scopes: labRead(), codes: conflict,
	}, func(ctx context.Context, c *call, _ *struct{}) (*answered[apiLabCatalogue], error) {
		m, err := c.music(ctx)
		if err != nil {
			return nil, err
		}
		e, err := s.explore(c.r, m)
		if err != nil {
			return nil, err
		}
		return &answered[apiLabCatalogue]{apiLabCatalogue{e.Tracks, e.Missing, e.Features, e.Correlations, listOf(e.Genres), e.Version, e.Places, listOf(e.Ranking), e.Model}}, nil
	})

	operate(a, operation{
		id: "listLabJobs", method: http.MethodGet, path: "/lab/jobs", tag: "lab", title: "Jobs, the newest first", early: true, scopes: labRead(),
	}, func(ctx context.Context, c *call, in *paging) (*answered[apiList[apiLabJob]], error) {
		after := ""
		if in.Cursor != "" {
			at, ok := cursorOf(in.Cursor)
			if !ok {
				return nil, c.badCursor()
			}
			after = addressID(at.id)
		}
		all, next, err := c.labJobs(ctx, after, in.Limit)
		if errors.Is(err, store.ErrNotFound) {
			return nil, c.badCursor() // of a job that is forgotten
		} else if err != nil {
			return nil, err
		}
		if next != "" {
			next = cursor{time.UnixMilli(0), next}.String()
			c.link(*in, next)
		}
		var out []apiLabJob
		for _, j := range all {
			one, err := c.labJobView(j.Job)
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
		return listed(out, next), nil
	})

	operate(a, operation{
		id: "createLabJob", method: http.MethodPost, path: "/lab/jobs", tag: "lab", title: "Have curves or models computed", early: true, takes: true, status: http.StatusAccepted,
		about:  "The work waits for its turn and goes on by itself, also over a restart; getLabJob tells how far it is.",
		scopes: labWrite(), codes: []int{http.StatusInsufficientStorage}, example: map[string]any{"kind": "compare", "k": 4, "stability": 10},
	}, func(ctx context.Context, c *call, in *struct{ Body apiNewLabJob }) (*made[apiLabJob], error) {
		j, err := c.startJob(ctx, in.Body)
		if err != nil {
			return nil, err
		}
		out, err := c.labJobView(j)
		return &made[apiLabJob]{apiBase + "/lab/jobs/" + j.ID, out}, err
	})

	operate(a, operation{
		id: "getLabJob", method: http.MethodGet, path: "/lab/jobs/{id}", tag: "lab", title: "A job: how far it is, or what it found", early: true, scopes: labRead(),
	}, func(ctx context.Context, c *call, in *byID) (*answered[apiLabJob], error) {
		j, err := c.labJobOf(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		out, err := c.labJobView(j)
		return &answered[apiLabJob]{out}, err
	})

	operate(a, operation{
		id: "cancelLabJob", method: http.MethodDelete, path: "/lab/jobs/{id}", tag: "lab", title: "Ask a job to stop", early: true,
		about:  "One that waits stops at once, one under way within moments; one that has ended stays as it is.",
		scopes: labWrite(), codes: []int{http.StatusInsufficientStorage},
	}, func(ctx context.Context, c *call, in *byID) (*nothing, error) {
		j, err := c.labJobOf(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &nothing{}, s.kept.CancelJob(ctx, j.ID, c.at)
	})
	operate(a, operation{
		id: "createLabAudit", method: http.MethodPost, path: "/lab/audits", tag: "lab", title: "Hold models against labels of people", early: true, upload: true, status: http.StatusAccepted,
		about:  "Takes one table of labels (CSV or Parquet): valence and arousal, or a mood, of tracks that it names by id, ISRC, or artist and title. What joins the catalogue is audited as a job; the table is not kept, and what was joined goes when the job ends. The version of a model that is in use is audited, too. With the field train a model is learned from the labels after that, as 'segue train --labels' learns it; a model may be kept as a version.",
		scopes: labWrite(), codes: []int{http.StatusInsufficientStorage},
	}, func(ctx context.Context, c *call, _ *struct{}) (*made[apiLabJob], error) {
		if err := c.contentType("multipart/form-data"); err != nil {
			return nil, s.refuse(c.w, c.r, err)
		}
		j, err := s.takeLabels(c.w, c.r, c.visit)
		if err != nil {
			return nil, c.unread(err)
		}
		out, err := c.labJobView(j)
		return &made[apiLabJob]{apiBase + "/lab/jobs/" + j.ID, out}, err
	})
	a.takesFiles("createLabAudit", "files", "The table. Beside it may stand the fields scale, the ends of the scale as in 1,9, seed, and train: with any text in it a model is learned, too.")
	a.describeVersions()
	a.describeLabOutcomes()
}
