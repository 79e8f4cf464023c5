package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"segue"
	"segue/catalog"
	"segue/history"
	"segue/recommend"
	"segue/store"
)

// work reads what was staged, to its end or to the job's, and leaves no file of
// it. What is stored is stored at the very end, all of it or nothing.
func (s *Server) work(j *job, v *visit, u *upload) {
	began := time.Now()
	err := s.bringIn(j, v, u)
	end := s.importEndOf(j, u, err)
	if end == importFailed && u.noted != nil && passes(err) {
		s.measures.imported.WithLabelValues(string(importLeft)).Inc()
		s.later(j, u, err)
		return
	}
	if end == importLeft {
		u.leave()
	} else if left := u.remove(); err == nil {
		err = left
	}
	if end == importFailed {
		s.o.Log.LogAttrs(j.ctx, slog.LevelError, "an import failed", slog.String("kind", kindOf(err)))
	}
	s.measures.imported.WithLabelValues(string(end)).Inc()
	s.measures.importTook.Observe(time.Since(began).Seconds())
	s.end(j, err)
}

// importEndOf sorts how an import ended. What the server's end broke off may have ended
// the job before that end reached it.
func (s *Server) importEndOf(j *job, u *upload, err error) importEnd {
	var known *wrong
	switch {
	case err == nil:
		return importDone
	case errors.Is(err, context.Canceled) && u.noted != nil && (errors.Is(context.Cause(j.ctx), errLeaving) || s.ctx.Err() != nil):
		return importLeft
	case errors.Is(err, context.Canceled):
		return importStopped
	case errors.As(err, new(*segue.InputError)), errors.As(err, &known) && known.code < http.StatusInternalServerError:
		return importRefused
	}
	return importFailed
}

// bringIn does the work in the order of the stages.
func (s *Server) bringIn(j *job, v *visit, u *upload) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panickedOf(r)
		}
	}()
	j.step(reading)
	done, err := s.imports.turn(j)
	if err != nil {
		return err
	}
	defer done()
	tables, heard, err := u.sort(j.ctx, s.imports.most)
	if err != nil {
		return u.named(err)
	}
	if len(tables) > 0 && !v.bringsTables() {
		return tablesOfAll(v)
	}
	if len(tables) > 0 && s.o.Folder == "" {
		return &wrong{code: http.StatusConflict, what: v.Say("There is no place to keep a table"), todo: v.Say("This Segue keeps nothing on the disk. Start it with the table instead: segue serve --catalog and the file’s name.")}
	}
	b := &brought{Server: s, job: j, upload: u}
	defer func() {
		if err != nil {
			j.cancel()
		}
		err = cmp.Or(err, b.wrote()) // before its folder goes
	}()
	if err := b.read(tables, heard); err != nil {
		return u.named(err)
	}
	j.step(seeing)
	now, p, err := b.see()
	if err != nil {
		return err
	}
	j.step(storing)
	if err := b.wrote(); err != nil {
		return err
	}
	if err := j.ctx.Err(); err != nil {
		return err
	}
	return b.store(now, p)
}

// A brought is what an upload held, on its way.
type brought struct {
	*Server
	job    *job
	upload *upload

	music   *recommend.Music // of the tables; nil without
	table   string           // the file they are written to, meanwhile
	written chan error       // what came of that, once; nil without tables
	told    *catalog.Report

	plays  []segue.Play // all there are now; nil if no history was brought
	report *history.Report

	version int64 // of the plays that were merged with
}

// read reads tables and history, side by side.
func (b *brought) read(tables []string, heard string) error {
	ctx, stop := context.WithCancelCause(b.job.ctx)
	defer stop(nil)
	whole := b.upload.size(nil)
	var ofTables, ofHistory progressed
	tell := func() { b.job.tell(reading, min(ofTables.bytes()+ofHistory.bytes(), whole), whole) }
	tabled := make(chan error, 1)
	go func() {
		err := rescued(func() error {
			if len(tables) == 0 {
				return nil
			}
			return b.readTables(ctx, tables, func(stage string, done, total int64) {
				if stage == "reading" {
					ofTables.tell(done, total, b.upload.size(tables))
					tell()
				}
			})
		})
		if err != nil {
			stop(err)
		}
		tabled <- err
	}()
	var err error
	if heard != "" {
		err = b.readHistory(ctx, heard, func(stage string, done, total int64) {
			if stage == "reading history" {
				ofHistory.tell(done, total, whole-b.upload.size(tables))
				tell()
			} else {
				b.job.step(merging)
			}
		})
	}
	if len(tables) > 0 && noHistory(err) {
		err = nil // what lay beside the tables was something else
		for _, f := range b.upload.files {
			if !slices.Contains(tables, f.path) {
				b.upload.passed = append(b.upload.passed, f.name)
			}
		}
	}
	if err != nil {
		stop(err)
	}
	if of := <-tabled; of != nil && (err == nil || !errors.Is(of, context.Canceled)) {
		return of
	}
	return err
}

// noHistory reports whether an error says that nothing in a folder is a history.
func noHistory(err error) bool {
	var input *segue.InputError
	return errors.As(err, &input) && (strings.HasPrefix(input.Problem, "holds no listening history") || strings.HasPrefix(input.Problem, "holds no files"))
}

func (b *brought) readTables(ctx context.Context, paths []string, p segue.Progress) error {
	c, report, err := catalog.Read(ctx, paths, catalog.Options{Progress: p})
	if err != nil {
		return err
	}
	b.told = report
	b.table = filepath.Join(b.upload.dir, c.Version)
	b.written = make(chan error, 1)
	go func() {
		defer close(b.written)
		b.written <- full(rescued(func() error { return catalog.WriteParquet(b.job.ctx, b.table, c) }))
	}()
	b.music, err = recommend.Place(c)
	return err
}

// wrote waits until the table is written.
func (b *brought) wrote() error {
	if b.written == nil {
		return nil
	}
	return <-b.written
}

// readHistory reads the history together with what is known of the listener.
func (b *brought) readHistory(ctx context.Context, path string, p segue.Progress) error {
	v, err := b.listener(ctx)
	if err != nil {
		return err
	}
	b.version = v.who.PlaysVersion // as the file has it; memory is this process's alone
	known, err := v.keeper(store.Plays).Plays(ctx, v.who.ID)
	if err != nil {
		return err
	}
	b.plays, b.report, err = history.Read(ctx, []string{path}, history.Options{Now: b.now(), Known: known, Progress: p, Counted: b.job.counted})
	return err
}

// listener returns who brings this as the store has them now: they may have
// changed their mind about something meanwhile.
func (b *brought) listener(ctx context.Context) (v *visit, err error) {
	v = &visit{server: b.Server, at: b.now(), known: true, use: b.inUse(ctx)}
	if v.who, err = b.kept.Listener(ctx, b.job.listener); err != nil {
		return nil, err
	}
	v.consents, err = b.kept.Consents(ctx, v.who.ID)
	return v, err
}

// see computes the portrait that the pages will show. It is nil where there is
// nothing to see it with.
func (b *brought) see() (*visit, *portrait, error) {
	ctx := b.job.ctx
	v, err := b.listener(ctx)
	if err != nil {
		return nil, nil, err
	}
	music := b.music
	if music == nil {
		if music, err = b.own.get(ctx); errors.Is(err, ErrNoMusic) {
			return v, nil, nil
		} else if err != nil {
			return nil, nil, err
		}
	}
	music, _ = b.own.by(music, v.using())
	done, err := b.portraits.turn(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	plays := b.plays
	if plays == nil && v.allows(store.Moods) {
		if plays, err = v.keeper(store.Plays).Plays(ctx, v.who.ID); err != nil {
			return nil, nil, err
		}
	}
	p, err := v.painted(ctx, music, plays)
	return v, p, err
}

// store keeps what was brought. From here on it is finished, not stopped.
func (b *brought) store(seen *visit, p *portrait) (err error) {
	defer b.changing.alone(b.job.listener)()
	ctx := context.WithoutCancel(b.job.ctx)
	v, err := b.listener(ctx)
	if err != nil {
		return err
	}
	if v.who != seen.who || !maps.Equal(v.consents, seen.consents) {
		p = nil // the next page makes it anew
	}
	// The table first: it can be taken away again where the plays cannot be stored.
	if b.music != nil {
		var undo func()
		if undo, err = b.keepTable(b.table); err != nil {
			return err
		}
		defer func() {
			if err != nil {
				undo()
			}
		}()
	}
	if b.report != nil {
		b.upload.rename(b.report)
		told, err := json.Marshal(b.report)
		if err != nil {
			return err
		}
		one := store.Import{ID: b.job.id, At: b.now(), Report: told, Plays: b.report.Plays}
		in := v.keeper(store.Plays)
		if in == b.kept {
			err = in.AddImportTo(ctx, v.who.ID, b.version, one, b.plays)
		} else {
			err = in.AddImport(ctx, v.who.ID, one, b.plays)
		}
		if err != nil {
			return err
		}
		b.job.heard = &one
	}
	if b.music != nil {
		for i := range b.told.Files {
			b.told.Files[i].Name = b.upload.shown(b.told.Files[i].Name)
		}
		b.forgetOldTables()
		b.own.put(b.music)
		b.portraits.forgetAll() // they lie in other music
		b.drafts.forget()
		b.job.tables = b.told
	}
	b.drafts.forgetOf(v.who.ID)
	b.portraits.forget(v.who.ID)
	if p == nil {
		return nil
	}
	if v, err := b.listener(ctx); err == nil { // whose plays have another version now
		b.portraits.put(v.who.ID, v.basis(), p)
	}
	return nil
}

// sort tells tables of tracks from histories, by what the files hold. Tables are
// moved aside; what is left is a history: one file, or a folder in which what is
// none is passed over.
func (u *upload) sort(ctx context.Context, most int64) (tables []string, heard string, err error) {
	if err := u.unpackTables(ctx, most); err != nil {
		return nil, "", err
	}
	for i := range u.files {
		f := &u.files[i]
		is, err := isTable(ctx, f.path)
		if err != nil {
			return nil, "", err
		}
		if !is {
			heard = f.path
			continue
		}
		aside := filepath.Join(u.dir, filepath.Base(f.path))
		if err := os.Rename(f.path, aside); err != nil {
			return nil, "", err
		}
		f.path = aside
		tables = append(tables, aside)
	}
	if heard != "" && len(u.files) > 1 {
		heard = filepath.Dir(heard)
	}
	return tables, heard, ctx.Err()
}

// errEnough ends the reading of a table that was only looked at.
var errEnough = errors.New("enough")

// isTable looks at the beginning of a file.
func isTable(ctx context.Context, path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	var head [4]byte
	n, _ := f.ReadAt(head[:], 0)
	switch text := strings.TrimLeft(strings.TrimPrefix(string(head[:n]), "\ufeff"), " \t\r\n"); {
	case strings.HasPrefix(string(head[:n]), "PAR1"), strings.HasPrefix(string(head[:n]), "\x1f\x8b"):
		return true, nil
	case strings.HasPrefix(text, "PK"), strings.HasPrefix(text, "["), strings.HasPrefix(text, "{"):
		return false, nil
	}
	_, err = catalog.Each(ctx, []string{path}, catalog.Options{}, func(*catalog.Block) error { return errEnough })
	return errors.Is(err, errEnough), ctx.Err()
}

// size returns the bytes of some of the files; nil stands for all.
func (u *upload) size(paths []string) (n int64) {
	for _, f := range u.files {
		if paths == nil || slices.Contains(paths, f.path) {
			n += f.bytes
		}
	}
	return n
}

// shown returns the name that a person knows a staged file by: that of the file,
// or of an entry of it.
func (u *upload) shown(name string) string {
	rest, ok := strings.CutPrefix(name, u.dir)
	if !ok {
		return shownPath(name)
	}
	rest = strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(rest), "/"), stagedIn+"/")
	number, entry, inside := strings.Cut(rest, "/")
	for _, f := range u.files {
		if filepath.Base(f.path) == number {
			if inside {
				return f.name + "/" + shownPath(entry)
			}
			return f.name
		}
	}
	return ""
}

// named returns an error that names files as a person knows them.
func (u *upload) named(err error) error {
	var input *segue.InputError
	if !errors.As(err, &input) {
		return full(err)
	}
	one := *input
	if one.File != "" {
		var names []string
		for _, name := range strings.Split(one.File, ", "+u.dir) { // catalog joins the files of a table
			if !strings.HasPrefix(name, u.dir) && len(names) > 0 {
				name = u.dir + name
			}
			names = append(names, u.shown(name))
		}
		one.File = strings.Join(names, ", ")
	}
	one.Args = slices.Clone(one.Args)
	for i, a := range one.Args {
		// What a library said of a file may name where it is, cut off anywhere.
		if said, ok := a.(string); ok {
			said, _, _ = strings.Cut(said, string(filepath.Separator))
			one.Args[i] = strings.TrimSpace(said)
		}
	}
	return &one
}

// mostIgnored is how many names of files that were passed over are kept.
const mostIgnored = 100

// rename puts names that a person knows into a report.
func (u *upload) rename(r *history.Report) {
	for i := range r.Files {
		r.Files[i].Name = u.shown(r.Files[i].Name)
	}
	for i := range r.Ignored {
		r.Ignored[i] = u.shown(r.Ignored[i])
	}
	r.Ignored = append(r.Ignored, u.passed...)
	slices.Sort(r.Ignored)
	r.Ignored = r.Ignored[:min(len(r.Ignored), mostIgnored)]
}
