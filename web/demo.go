package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"

	"segue"
	"segue/catalog"
	"segue/demo"
	"segue/history"
	"segue/recommend"
	"segue/store"
)

// loadDemo makes the demo listener: their music, and in memory their history. Both
// take the way of anybody's own files.
func (s *Server) loadDemo(ctx context.Context, progress segue.Progress) (*recommend.Music, error) {
	read, err := s.readDemo(ctx, progress)
	if err != nil {
		return nil, err
	}
	return s.keepDemo(ctx, read)
}

// demoRead are the demo listener's files as they were read.
type demoRead struct {
	music  *recommend.Music
	plays  []segue.Play
	report *history.Report
}

// readDemo makes the files and reads them.
func (s *Server) readDemo(ctx context.Context, progress segue.Progress) (*demoRead, error) {
	dir, err := s.scratch()
	if err != nil { // where nothing can be kept there may still be room for a moment
		dir, err = os.MkdirTemp("", uploadsBegin+"*")
	}
	if err != nil {
		return nil, full(err)
	}
	defer os.RemoveAll(dir)
	table, exports, err := demo.Write(ctx, dir, demo.DefaultSeed)
	if err != nil {
		return nil, err
	}
	c, _, err := catalog.Read(ctx, []string{table}, catalog.Options{Progress: progress})
	if err != nil {
		return nil, err
	}
	m, err := recommend.Place(c)
	if err != nil {
		return nil, err
	}
	plays, report, err := history.Read(ctx, exports, history.Options{Progress: progress})
	if err != nil {
		return nil, err
	}
	return &demoRead{m, plays, report}, nil
}

// keepDemo keeps the demo listener in memory, with all consents.
func (s *Server) keepDemo(ctx context.Context, read *demoRead) (*recommend.Music, error) {
	told, err := json.Marshal(read.report)
	if err != nil {
		return nil, err
	}
	at := s.now()
	who := store.Listener{ID: demoID, Name: demo.ListenerName, Zone: demo.Zone, Demo: true, Adult16: true, ArtSeed: demo.DefaultSeed, Created: at}
	if err := s.passing.SaveListener(ctx, who); err != nil {
		return nil, err
	}
	for _, p := range purposes() {
		if err := s.passing.SetConsent(ctx, demoID, store.Consent{Purpose: p, Given: true, At: at}); err != nil {
			return nil, err
		}
	}
	return read.music, s.passing.AddImport(ctx, demoID, store.Import{ID: "demo", At: at, Report: told, Plays: len(read.plays)}, read.plays)
}

// enterDemo lets the browser look at the demo listener's pages.
func (s *Server) enterDemo(w http.ResponseWriter, r *http.Request, v *visit) error {
	if _, err := s.demo.get(r.Context()); err != nil {
		return err
	}
	setChoice(w, whoCookie, demoID)
	return see(w, r, "/moods")
}

// leaveDemo brings back one's own pages, and forgets what was tried.
func (s *Server) leaveDemo(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.who.Demo {
		if err := errors.Join(s.passing.DeleteCheckIns(r.Context(), demoID), s.passing.DeleteCorrections(r.Context(), demoID)); err != nil {
			return err
		}
		s.drafts.forgetOf(demoID)
		s.portraits.forget(demoID)
	}
	setChoice(w, whoCookie, "")
	return see(w, r, "/")
}
