package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"segue/store"
)

// bringPage asks for files, and lists what was brought before.
func (s *Server) bringPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	before, err := v.keeper(store.Plays).Imports(r.Context(), v.who.ID)
	if err != nil {
		return err
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Bring your music"), Head: []string{"bring.js"}}, bringPage(v, before, s.imports.underWay(v.who.ID)))
}

// bring takes the files of a form and sets to work on them. There is one import at
// a time: two would each merge with what the other has not yet stored.
func (s *Server) bring(w http.ResponseWriter, r *http.Request, v *visit) error {
	refuse := func(err error) error { return s.refuse(w, r, err) }
	switch {
	case v.who.Demo:
		return refuse(&wrong{code: http.StatusForbidden, what: v.Say("This is the demo listener"), todo: v.Say("Their music is invented and stays as it is. Leave the demo, above, to bring your own.")})
	case !v.known:
		return refuse(see(w, r, "/"))
	}
	j, err := s.take(w, r, v)
	if err != nil && j != nil {
		return v.unreadPage(w, r, err)
	}
	if err != nil {
		return err
	}
	return see(w, r, "/bring/"+j.id)
}

// take begins a job of the files of a form. An error with a job says what is wrong
// with the files; one without, why there is no job.
func (s *Server) take(w http.ResponseWriter, r *http.Request, v *visit) (*job, error) {
	if s.ctx.Err() != nil {
		return nil, s.ctx.Err()
	}
	j, fresh := s.begin(v)
	if !fresh {
		return nil, s.refuse(w, r, &wrong{code: http.StatusConflict, what: v.Say("One import is still under way"), todo: v.Say("Nothing of this one was kept. Wait until it has ended, or stop it, and bring this again."), kind: kindUnderWay})
	}
	u, err := s.stage(j, w, r, v, s.imports.most)
	if err != nil {
		s.end(j, err)
		return j, err
	}
	return j, s.setToWork(j, v, u)
}

// refuse reads what a browser sends and forgets it, so that the browser gets to read
// why.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, why error) error {
	drain(r.Body, http.NewResponseController(w), s.imports.patience, s.imports.most)
	return why
}

// broughtPage shows how far a job has come, or what came of it.
func (s *Server) broughtPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("job")
	j := s.imports.job(v.who.ID, id)
	if j == nil {
		before, err := v.keeper(store.Plays).Imports(r.Context(), v.who.ID)
		if err != nil {
			return err
		}
		for i := range before {
			if before[i].ID == id {
				return s.showBrought(w, r, v, &job{id: id, at: before[i].At, heard: &before[i]})
			}
		}
		return notFound(v.Tongue)
	}
	err, over := j.result()
	switch {
	case !over:
		return v.show(w, r, http.StatusOK, page{Title: v.Say("Reading your music"), Head: []string{"bring.js"}, Every: 2}, readingPage(v, j.id, v.tell(j.now())))
	case errors.Is(err, context.Canceled):
		return v.show(w, r, http.StatusOK, page{Title: v.Say("Stopped")}, stoppedPage(v))
	case err != nil:
		return v.unreadPage(w, r, err)
	}
	return s.showBrought(w, r, v, j)
}

// cancelBringing stops a job. Nothing of it is kept, unless it had ended.
func (s *Server) cancelBringing(w http.ResponseWriter, r *http.Request, v *visit) error {
	j := s.imports.job(v.who.ID, r.PathValue("job"))
	if j == nil {
		return notFound(v.Tongue)
	}
	j.cancel()
	select {
	case <-j.ended:
	case <-r.Context().Done():
	}
	return see(w, r, "/bring/"+j.id)
}

// tellEvery is how often a page hears of progress. (d)
const tellEvery = 120 * time.Millisecond

// bringEvents tells of a job's progress while it lasts.
func (s *Server) bringEvents(w http.ResponseWriter, r *http.Request, v *visit) error {
	j := s.imports.job(v.who.ID, r.PathValue("job"))
	if j == nil {
		return notFound(v.Tongue)
	}
	return stream(s, w, r, tellEvery, j.ended, func() (telling, bool) { return v.tell(j.now()), false })
}

// A telling is how far a job has come, in words.
type telling struct {
	Stage  stage  `json:"stage"`
	Said   string `json:"said"`
	Share  int    `json:"share"`  // of the stage, in hundredths; -1 where that is not known
	Amount string `json:"amount"` // bytes and plays so far
}

// tell puts progress into words.
func (v *visit) tell(p progress) telling {
	t := telling{Stage: p.Stage, Said: v.stageWords(p.Stage), Share: -1}
	if p.Waiting {
		t.Said = v.Say("Waiting until the imports of others have ended")
	}
	var amounts []string
	if p.Stage <= reading && p.Total > 0 {
		t.Share = int(100 * min(p.Done, p.Total) / p.Total)
		amounts = append(amounts, v.Say("%s of %s", v.megabytes(min(p.Done, p.Total)), v.megabytes(p.Total)))
	}
	if p.Plays > 0 {
		amounts = append(amounts, v.Say("%s so far", v.Of(int(p.Plays), "play", "plays")))
	}
	for i, a := range amounts {
		if i > 0 {
			t.Amount += " · "
		}
		t.Amount += a
	}
	return t
}

// stageWords names what is being done.
func (v *visit) stageWords(s stage) string {
	switch s {
	case staging:
		return v.Say("Taking the files in")
	case reading:
		return v.Say("Reading the files")
	case merging:
		return v.Say("Putting the plays together")
	case seeing:
		return v.Say("Laying your listening beside the music")
	case storing:
		return v.Say("Saving")
	}
	return v.Say("Done")
}

// stages are those that a page shows, in order.
func stages() []stage { return []stage{staging, reading, merging, seeing, storing} }
