package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"segue"
	"segue/outcome/event"
	"segue/outcome/experiment"
	"segue/playlist"
	"segue/store"
)

// experimentKind is the kind of versions that are designs of experiments: the id is the
// design's hash. The one that was chosen runs; shippedVersion is that none does.
const experimentKind = "experiment"

// An experimentLine is a design as a list shows it.
type experimentLine struct {
	Hash  string
	ID    string // of the design
	Title string
	Kept  time.Time
	Runs  bool
}

// experimentNote is what a version says of a design in a list: its id and its title.
func experimentNote(d *experiment.Design) string {
	title := []rune(d.Title)
	return d.ID + " " + string(title[:min(len(title), 200)])
}

// experimentLines lists the designs, the newest first.
func (v *visit) experimentLines(ctx context.Context) (lines []experimentLine, err error) {
	all, err := v.server.kept.Versions(ctx, experimentKind)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		if one.ID != shippedVersion {
			id, title, _ := strings.Cut(one.Note, " ")
			lines = append(lines, experimentLine{one.ID, id, title, one.At, one.ID == v.using().experiment})
		}
	}
	return lines, nil
}

// experimentsPage lists the experiments.
func (s *Server) experimentsPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	lines, err := v.experimentLines(r.Context())
	if err != nil {
		return err
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Experiments"), Nav: navLab}, experimentsPage(v, lines))
}

// designOf returns a kept design.
func (v *visit) designOf(ctx context.Context, hash string) (*experiment.Design, store.Version, error) {
	if hash == shippedVersion {
		return nil, store.Version{}, notFound(v.Tongue)
	}
	one, err := v.server.kept.Version(ctx, experimentKind, addressID(hash))
	if err != nil {
		return nil, one, err
	}
	d, err := experiment.Parse(one.Body)
	if err != nil || d.Hash() != one.ID {
		return nil, one, v.unreadable()
	}
	return d, one, nil
}

// A designForm is a design that is written, and what is found in it.
type designForm struct {
	Text   string
	Faults experiment.Faults
	Design *experiment.Design // nil until it was looked at, and where something is wrong with it
}

func (s *Server) newExperimentPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	text := ""
	if from := r.URL.Query().Get("from"); from != "" {
		_, one, err := v.designOf(r.Context(), from)
		if err != nil {
			return err
		}
		text = string(one.Body)
	}
	return v.showDesignForm(w, r, http.StatusOK, designForm{Text: text})
}

func (v *visit) showDesignForm(w http.ResponseWriter, r *http.Request, code int, f designForm) error {
	return v.show(w, r, code, page{Title: v.Say("A new experiment"), Nav: navLab}, designFormPage(v, f))
}

// readDesign reads a design from a form: a file that was chosen, else the text.
func (v *visit) readDesign(r *http.Request) (f designForm, err error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		if err := r.ParseMultipartForm(maxTreeForm); err != nil {
			var large *http.MaxBytesError
			if errors.As(err, &large) {
				return f, err
			}
			return f, misread(v.Tongue, v.Say("Nothing was changed. Try again."))
		}
		defer func() { _ = r.MultipartForm.RemoveAll() }()
		file, _, err := r.FormFile("file")
		switch {
		case err == nil:
			b, err := io.ReadAll(file)
			_ = file.Close()
			if err != nil {
				return f, err
			}
			f.Text = string(b)
		case !errors.Is(err, http.ErrMissingFile):
			return f, misread(v.Tongue, v.Say("Nothing was changed. Try again."))
		}
	}
	if f.Text == "" {
		f.Text = strings.ReplaceAll(r.FormValue("design"), "\r\n", "\n")
	}
	f.Design, f.Faults = parseDesign([]byte(f.Text))
	f.Text = strings.ToValidUTF8(f.Text, "\ufffd")
	return f, nil
}

// parseDesign reads a design, or says everything that is wrong with it.
func parseDesign(b []byte) (*experiment.Design, experiment.Faults) {
	d, err := experiment.Parse(b)
	var faults experiment.Faults
	if err != nil && !errors.As(err, &faults) {
		faults = experiment.Faults{{Text: err.Error()}}
	}
	return d, faults
}

// checkExperiment says what is wrong with a design, or what it declares.
func (s *Server) checkExperiment(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.readDesign(r)
	if err != nil {
		return err
	}
	code := http.StatusOK
	if f.Design == nil {
		code = http.StatusUnprocessableEntity
	}
	return v.showDesignForm(w, r, code, f)
}

// keepExperiment keeps a design, if nothing is wrong with it.
func (s *Server) keepExperiment(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.readDesign(r)
	if err != nil {
		return err
	}
	if f.Design == nil {
		return v.showDesignForm(w, r, http.StatusUnprocessableEntity, f)
	}
	if err := v.keepDesign(r.Context(), f.Design); err != nil {
		return err
	}
	return see(w, r, "/lab/experiments/"+f.Design.Hash())
}

// keepDesign keeps a design. One of the same id that never ran gives way; one that ran,
// and so may have been shown to somebody, stays as it is, and the new one is refused.
func (v *visit) keepDesign(ctx context.Context, d *experiment.Design) error {
	lines, err := v.experimentLines(ctx)
	if err != nil {
		return err
	}
	hash := d.Hash()
	for _, l := range lines {
		if l.ID != d.ID || l.Hash == hash {
			continue
		}
		err := v.server.kept.DeleteVersion(ctx, experimentKind, l.Hash)
		if errors.Is(err, store.ErrConflict) {
			return &wrong{code: http.StatusConflict, cause: experiment.ErrChanged, what: v.Say("This experiment has begun"),
				todo: v.Say("A design is not changed once it ran: somebody may have been shown an arm of it. Nothing was changed. Give the new design an id of its own.")}
		} else if err != nil {
			return err
		}
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(d); err != nil {
		return err
	}
	return v.saveVersion(ctx, store.Version{Kind: experimentKind, ID: hash, Note: experimentNote(d), Body: body.Bytes()})
}

// runnable says why a design cannot run here, "" if it can.
func (v *visit) runnable(d *experiment.Design) string {
	if !v.server.o.Accounts {
		return v.Say("This Segue is of one person. An experiment runs where people sign in, some of whom agreed to take part.")
	}
	if d.Kind == experiment.Crossover {
		return v.Say("A crossover is of one listener, who starts it for themselves.")
	}
	if strings.HasPrefix(d.ID, ownPrefix) {
		return v.Say("Names that begin with %s are of comparisons that people run for themselves. Give it another.", ownPrefix)
	}
	for _, a := range d.Arms {
		if _, ok := armOf(a.Name); !ok {
			return v.Say("Segue builds hours in the arms iso, compensatory and shuffle; this design has others. Its events can be brought and read all the same.")
		}
	}
	if end, ok := d.Horizon.End(); ok && !v.at.Before(end) {
		return v.Say("Its last day is over.")
	}
	return ""
}

// armOf is the order of an hour that an arm stands for.
func armOf(name string) (playlist.Arm, bool) {
	switch a := playlist.Arm(name); a {
	case playlist.Iso, playlist.Compensatory, playlist.Shuffle:
		return a, true
	}
	return "", false
}

// runExperiment has a design drawn from when hours are built, in place of another.
func (s *Server) runExperiment(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := v.run(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return see(w, r, "/lab/experiments/"+addressID(r.PathValue("id")))
}

func (v *visit) run(ctx context.Context, hash string) error {
	d, one, err := v.designOf(ctx, hash)
	if err != nil {
		return err
	}
	if why := v.runnable(d); why != "" {
		return &wrong{code: http.StatusConflict, what: v.Say("This cannot run here"), todo: why + " " + v.Say("Nothing was changed.")}
	}
	return v.chooseExperiment(ctx, one.ID)
}

// stopExperiment ends what runs. What was shown stays, and can be read.
func (s *Server) stopExperiment(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := v.stopWhatRuns(r.Context()); err != nil {
		return err
	}
	return see(w, r, "/lab/experiments")
}

func (v *visit) stopWhatRuns(ctx context.Context) error {
	if err := v.server.kept.AddVersion(ctx, store.Version{Kind: experimentKind, ID: shippedVersion, At: v.at, Body: []byte{}}); err != nil {
		return err
	}
	return v.chooseExperiment(ctx, shippedVersion)
}

func (v *visit) chooseExperiment(ctx context.Context, id string) error {
	return v.chooseKind(ctx, experimentKind, id)
}

// chooseKind makes a version of a kind the one in use, and notes who did so.
func (v *visit) chooseKind(ctx context.Context, kind, id string) error {
	by := ""
	if v.account != nil {
		by = v.account.ID
	}
	if err := v.server.choose(ctx, kind, id, by, v.at); err != nil {
		return err
	}
	if v.account != nil {
		v.server.note(ctx, store.Event{At: v.at, By: by, What: EventVersion})
	}
	return nil
}

// An experimentRead is what came of an experiment until a day began.
type experimentRead struct {
	Record *experiment.Record // without the table
	Few    bool               // an arm has fewer than groupLeast people: nothing of it is shown
	Wrong  string             // why the records do not fit the design; nothing is read
	Path   [][]pathPoint      // of each comparison, where it may be read at any time
}

// A pathPoint is what an always valid reading said after so many outcomes.
type pathPoint struct {
	N             int
	Value, Lo, Hi segue.Number
}

// readExperiment reads an experiment as of the beginning of a day, of everybody who
// agreed to be counted. ok is false while that goes on.
func (s *Server) readExperiment(ctx context.Context, d *experiment.Design, day time.Time, wait time.Duration) (*experimentRead, bool, error) {
	return s.lab.experiments.get(ctx, s, d.Hash(), day, wait, func(ctx context.Context) (*experimentRead, error) {
		g := experiment.Gather(d, day)
		err := s.countedEvents(ctx, day, func(events []event.Event) error { return g.Add(events) })
		if err != nil {
			return nil, err
		}
		t, l, err := g.Table()
		if err != nil {
			return &experimentRead{Wrong: err.Error()}, nil
		}
		out := &experimentRead{}
		if out.Record, err = experiment.NewRecord(d, t, l, false); err != nil {
			return nil, err
		}
		for _, a := range out.Record.Reading.Arms {
			out.Few = out.Few || a.Listeners < groupLeast
		}
		if !out.Few && d.Reading == experiment.AlwaysValid && len(out.Record.Reading.Primary) > 0 {
			out.Path, err = pathsOf(ctx, d, t)
		}
		return out, err
	})
}

// pathPoints is how often along its way an always valid reading is drawn. (d)
const pathPoints = 40

// pathsOf reads the primary measure after more and more outcomes, in the order in which
// they became known.
func pathsOf(ctx context.Context, d *experiment.Design, t *experiment.Table) ([][]pathPoint, error) {
	last := 0
	for _, row := range t.Rows {
		last = max(last, row.Known)
	}
	paths := make([][]pathPoint, len(d.Contrasts()))
	seen := 0
	for i := 1; i <= pathPoints; i++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := int(math.Round(float64(last*i) / pathPoints))
		if n == seen {
			continue
		}
		seen = n
		until := *t
		until.Rows = slices.Clone(t.Rows)
		for j := range until.Rows {
			if row := &until.Rows[j]; row.Known > n {
				row.Known, row.First = 0, segue.Missing()
			}
		}
		for c, e := range experiment.Read(d, &until).Primary {
			paths[c] = append(paths[c], pathPoint{n, e.Estimate.Value, e.Estimate.Lo, e.Estimate.Hi})
		}
	}
	return paths, nil
}

// stops says whether a reading ends the drawing of arms: a guardrail or the sample-ratio
// check stopped it, its horizon is reached, or its records do not fit.
func (e *experimentRead) stops() bool {
	if e.Wrong != "" {
		return true
	}
	r := e.Record.Reading
	return r.Reached || r.Verdict.Word == experiment.DoNotRead || slices.ContainsFunc(r.Guardrails, func(g experiment.Guard) bool { return g.Stopped })
}

// An experimentView is the page of an experiment.
type experimentView struct {
	Hash     string
	Design   *experiment.Design
	Kept     time.Time
	Runs     bool
	CannotBe string // why it cannot run
	Size     experiment.Size
	Day      time.Time
	Read     *experimentRead // nil while it is read
}

// experimentPage shows an experiment: what was declared, and what came of it.
func (s *Server) experimentPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	d, one, err := v.designOf(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	view := experimentView{Hash: one.ID, Design: d, Kept: one.At, Runs: v.using().experiment == one.ID, CannotBe: v.runnable(d), Size: d.Size(), Day: dayOf(v.at)}
	read, ok, err := s.readExperiment(r.Context(), d, view.Day, sumPatience)
	if err != nil {
		return err
	}
	p := page{Title: d.Title, Nav: navLab}
	if ok {
		view.Read = read
	} else {
		p.Every = 10
	}
	return v.show(w, r, http.StatusOK, p, experimentPage(v, view))
}

// recordOfDay returns the record of an experiment, where it may be shown.
func (v *visit) recordOfDay(ctx context.Context, d *experiment.Design) (*experiment.Record, error) {
	read, ok, err := v.server.readExperiment(ctx, d, dayOf(v.at), sumPatience)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, v.errSumming()
	case read.Wrong != "":
		return nil, &wrong{code: http.StatusConflict, what: v.Say("The records do not fit the design"), todo: read.Wrong}
	case read.Few:
		return nil, &wrong{code: http.StatusConflict, what: v.Say("Too few people to show anything"), todo: v.Say("Each arm needs %d people who agreed to be counted. Nothing is shown before.", groupLeast)}
	}
	return read.Record, nil
}

// experimentRecord sends the record of an experiment, for a reviewer. It holds no row of
// anybody.
func (s *Server) experimentRecord(w http.ResponseWriter, r *http.Request, v *visit) error {
	d, _, err := v.designOf(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	record, err := v.recordOfDay(r.Context(), d)
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-record.json"`, d.ID))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(append(b, '\n')))
	return nil
}

// unitsWord is what a design counts.
func unitsWord(v *visit, d *experiment.Design, n int) string {
	if d.Unit == experiment.Listener {
		return v.Of(n, "person", "people")
	}
	return v.Of(n, "planned hour", "planned hours")
}

// pWords writes a p value.
func (v *visit) pWords(p segue.Number) string {
	switch {
	case !p.Known():
		return ""
	case p < .001:
		return "p < " + v.Decimal(.001, 3)
	}
	return "p = " + v.Decimal(float64(p), 3)
}

// amountOf writes a measure's value or difference.
func (v *visit) amountOf(m experiment.Measure, x segue.Number, difference bool) string {
	if !x.Known() {
		return "–"
	}
	n := float64(x)
	switch m {
	case experiment.Change, experiment.Feel:
		return signed(v, n)
	case experiment.NightMinutes:
		return v.Say("%s min", v.Decimal(n, 1))
	}
	if difference {
		return v.plus(n, v.Say("%s points", v.Decimal(100*n, 1)))
	}
	return v.Percent(n)
}
