package web

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"segue/language"
	"segue/store"
)

// defaultRetention is how many days single plays are kept after they were brought.
// (docs/science.md §8)
const defaultRetention = 90

// retention returns the listener's days.
func (v *visit) retention() int { return retentionOf(v.who) }

func retentionOf(who store.Listener) int {
	if who.RetentionDays == 0 {
		return defaultRetention
	}
	return who.RetentionDays
}

// retentions are the days that can be chosen.
func retentions() []int { return []int{30, 90, 365} }

// artSeed draws the seed of a listener's card: theirs alone, and of nothing else.
func artSeed() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return binary.LittleEndian.Uint64(b[:]) >> 1
}

// holdings is what is stored of a listener, in counts.
type holdings struct {
	Plays, Imports, CheckIns, Hours, Reflections, Shares int
	Corrections                                          int
	First, Last                                          time.Time // of the imports
	Sums                                                 int
	Said                                                 string // what was just done, a code
	Erasure                                              store.Erasure
}

// erasure says when what is deleted is gone from the disk.
func (v *visit) erasure(e store.Erasure) string {
	switch e {
	case store.AtOnce:
		return v.Say("No byte of it stays in Segue’s files.")
	case store.Later:
		return v.Say("It is gone from Segue at once, and its last bytes from Segue’s files within an hour.")
	}
	return v.Say("It is gone from Segue at once. When its bytes leave the disk is up to the database server that whoever runs this Segue has chosen.")
}

// dataPage shows what is kept, what was agreed to, and the way out.
func (s *Server) dataPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	h, err := v.holds(r.Context())
	if err != nil {
		return err
	}
	if h.Erasure, err = v.server.kept.Erasure(r.Context()); err != nil {
		return err
	}
	h.Said = r.URL.Query().Get("done")
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Your data"), Nav: navData, Head: []string{"zone.js"}}, dataPage(v, h))
}

// holds counts what is stored of who visits.
func (v *visit) holds(ctx context.Context) (h holdings, err error) {
	id := v.who.ID
	plays := v.keeper(store.Plays)
	imports, err := plays.Imports(ctx, id)
	if err != nil {
		return h, err
	}
	h.Imports = len(imports)
	for i, one := range imports {
		h.Plays += one.Plays
		if i == 0 || one.At.Before(h.First) {
			h.First = one.At
		}
		if one.At.After(h.Last) {
			h.Last = one.At
		}
	}
	sums, err := plays.HourSums(ctx, id)
	if err != nil {
		return h, err
	}
	h.Sums = len(sums)
	said := v.keeper(store.CheckIns)
	checks, err := said.CheckIns(ctx, id)
	if err != nil {
		return h, err
	}
	hours, err := said.Hours(ctx, id)
	if err != nil {
		return h, err
	}
	felt, err := said.Reflections(ctx, id)
	if err != nil {
		return h, err
	}
	tastes, err := v.keeper(store.Taste).Corrections(ctx, id)
	if err != nil {
		return h, err
	}
	h.Corrections = len(tastes)
	shares, err := v.server.home(id).Shares(ctx, id)
	h.CheckIns, h.Hours, h.Reflections, h.Shares = len(checks), len(hours), len(felt), len(shares)
	return h, err
}

// changeConsents takes what is agreed to now.
func (s *Server) changeConsents(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known || v.who.Demo {
		return see(w, r, "/data")
	}
	agreed := func(p store.Purpose) bool { return r.PostForm.Has(string(p)) }
	if err := s.agreeAnew(r.Context(), v, r.PostForm.Has("adult16"), agreed); err != nil {
		return err
	}
	return see(w, r, "/data?done=consents")
}

// agreeAnew takes what a listener agrees to from now on, and whether they say that
// they are 16 or older; who said so once need not again.
func (s *Server) agreeAnew(ctx context.Context, v *visit, adult bool, agreed func(store.Purpose) bool) error {
	if err := v.oldEnough(agreed, adult || v.who.Adult16); err != nil {
		return err
	}
	if adult && !v.who.Adult16 {
		v.who.Adult16 = true
		if err := s.save(ctx, v.who); err != nil {
			return err
		}
	}
	// Whatever comes of it, what was seen before may not be what is kept now.
	defer s.drafts.forgetOf(v.who.ID)
	defer s.portraits.forget(v.who.ID)
	return s.consent(ctx, v, agreed)
}

// changeSettings takes name, zone, retention and whether offers are wanted.
func (s *Server) changeSettings(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	who := v.who
	if err := v.settings(r, &who); err != nil {
		return err
	}
	who.OffersOff = !r.PostForm.Has("offers")
	for _, days := range retentions() {
		if r.PostForm.Get("retention") == fmt.Sprint(days) {
			who.RetentionDays = days
		}
	}
	if err := s.save(r.Context(), who); err != nil {
		return err
	}
	s.portraits.forget(who.ID)
	return see(w, r, "/data?done=settings")
}

// export sends everything of the listener as one ZIP. It is written to a file
// first, so that an error is a page and not half an archive.
func (s *Server) export(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.known {
		return see(w, r, "/")
	}
	dir, err := s.scratch()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "export.zip")
	err = s.beside(func(_ http.ResponseWriter, r *http.Request, v *visit) error { return v.exportTo(r.Context(), path) })(w, r, v)
	if err != nil {
		return err
	}
	return v.sendExport(w, r, path)
}

// sendExport sends a written export.
func (v *visit) sendExport(w http.ResponseWriter, r *http.Request, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="segue-`+v.at.In(v.zone()).Format(time.DateOnly)+`.zip"`)
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

// exportTo writes everything of who asks to a file, as it is at one moment: nothing
// may change meanwhile.
func (v *visit) exportTo(ctx context.Context, path string) (err error) {
	whole, err := v.whole(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, whole.Close()) }()
	f, err := createFile(path)
	if err != nil {
		return full(err)
	}
	defer func() { err = errors.Join(err, full(f.Close())) }()
	return full(whole.Export(ctx, v.who.ID, f))
}

// whole gathers what is kept and what is in memory of a listener into one store in
// memory.
func (v *visit) whole(ctx context.Context) (*store.Store, error) {
	all, err := store.Open(ctx, store.Options{})
	if err != nil {
		return nil, err
	}
	id := v.who.ID
	err = v.server.home(id).Copy(ctx, id, all)
	if err == nil && v.keeper(store.Plays) != v.server.home(id) {
		err = v.server.passing.CopyPlays(ctx, id, all)
	}
	if err == nil && v.keeper(store.CheckIns) != v.server.home(id) {
		err = v.server.passing.CopyCheckIns(ctx, id, all)
	}
	if err == nil && v.keeper(store.Taste) != v.server.home(id) {
		err = v.server.passing.CopyCorrections(ctx, id, all)
	}
	if err == nil {
		err = v.server.kept.CopyAccount(ctx, id, all)
	}
	if err != nil {
		_ = all.Close()
		return nil, err
	}
	return all, nil
}

// deletePage asks once more.
func (s *Server) deletePage(w http.ResponseWriter, r *http.Request, v *visit) error {
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Delete everything"), Nav: navData}, deletePage(v))
}

// deleteAll leaves no byte of the listener: in the file, in memory, beside it. First
// the imports end, and none begins until it is done.
func (s *Server) deleteAll(w http.ResponseWriter, r *http.Request, v *visit) error {
	defer s.barred(v)()
	r = r.WithContext(context.WithoutCancel(r.Context())) // once begun it is finished
	return s.alone(s.deleteNow)(w, r, v)
}

// barred ends the imports of a listener and lets none begin until done is called.
func (s *Server) barred(v *visit) (done func()) {
	j := s.bar(v)
	return func() {
		s.end(j, nil)
		s.imports.forget(v.who.ID)
	}
}

func (s *Server) deleteNow(w http.ResponseWriter, r *http.Request, v *visit) error {
	forget := s.forget
	if s.o.Accounts {
		forget = s.forgetAccount
	}
	err := forget(r.Context(), v)
	if errors.Is(err, store.ErrLastAdmin) {
		return lastAdmin(v)
	}
	if err != nil && !errors.Is(err, store.ErrTraces) {
		return err
	}
	if s.o.Accounts {
		http.SetCookie(w, s.signedCookie(r, "", -1))
		s.note(r.Context(), store.Event{At: v.at, What: EventDeleted, Of: v.self})
	}
	for _, name := range []string{whoCookie, themeCookie, languageCookie, factCookie} {
		setChoice(w, name, "")
	}
	if err != nil {
		return err
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Everything is deleted"), Bare: true}, deletedPage(v))
}

// forget deletes everything of a listener, of whom nothing is imported meanwhile.
// ErrTraces says that it is done but for what could not be swept yet.
func (s *Server) forget(ctx context.Context, v *visit) error {
	id := v.who.ID
	err := s.home(id).Forget(ctx, id)
	if err != nil && !errors.Is(err, store.ErrTraces) {
		return err
	}
	// What of it could not be swept yet is said in the end. The rest goes all the same.
	errs := []error{err, s.passing.Forget(ctx, id)}
	s.portraits.forget(id)
	s.drafts.forgetOf(id)
	s.cards.forget()
	s.lab.learned.drop()
	s.lab.finishers.drop()
	if v.who.Demo {
		s.demo.put(nil)
	} else if !s.o.Accounts { // there the tables are everybody's
		errs = append(errs, s.forgetBrought())
	}
	return errors.Join(errs...)
}

// changeLook takes language and theme, for this browser and, where the listener is
// known, for good.
func (s *Server) changeLook(w http.ResponseWriter, r *http.Request, v *visit) error {
	to, who := back(r), v.who
	if t, ok := language.Of(r.PostFormValue("language")); ok {
		who.Language = t.Code()
		setChoice(w, languageCookie, who.Language)
	}
	switch theme := r.PostFormValue("theme"); theme {
	case "light", "dark":
		who.Theme = theme
		setChoice(w, themeCookie, theme)
	case "auto":
		who.Theme = ""
		setChoice(w, themeCookie, "")
	}
	if v.known && who != v.who {
		if err := s.save(r.Context(), who); err != nil {
			return err
		}
	}
	return see(w, r, to)
}
