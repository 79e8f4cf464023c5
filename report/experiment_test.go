package report

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/internal/browsertest"
	"segue/outcome/event"
	"segue/outcome/experiment"

	"github.com/chromedp/chromedp"
)

// recordOf invents an experiment of a kind with sessions by so many listeners, in whose
// first arm listeners come effect cells nearer.
func recordOf(t *testing.T, kind experiment.Kind, listeners, sessions int, effect float64) *experiment.Record {
	t.Helper()
	d := &experiment.Design{
		Schema: 1, ID: "steps", Title: `Steps <b>or</b> "a jump"`, Question: "Does an hour that leads by steps bring listeners nearer to where they want to be?",
		Hypothesis: "Steps bring them nearer.", Population: "adults who agreed to take part", Kind: kind, Unit: experiment.Session,
		Arms: []experiment.Arm{{Name: "steps", Text: "By steps.", Weight: 1}, {Name: "jump", Text: "The target at once.", Weight: 1}}, Control: "jump",
		Primary:   experiment.Primary{Measure: experiment.Change, LeastEffect: .05, Assumed: experiment.Assumed{SD: .25}},
		Secondary: []experiment.Secondary{{Measure: experiment.Feel}, {Measure: experiment.SkipRate}}, Guardrails: []experiment.Guardrail{{Measure: experiment.Farther, Limit: .2}},
		Horizon: experiment.Horizon{Units: listeners * sessions}, Alpha: .05, Power: .8, Reading: experiment.FixedHorizon, Salt: "0123456789abcdef",
	}
	if kind == experiment.PrePost {
		d.Arms, d.Control = d.Arms[:1], ""
	}
	d, err := experiment.Parse(d.Canonical())
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	log, err := d.Exposures(nil)
	if err != nil {
		t.Fatal(err)
	}
	g := experiment.Gather(d, time.Time{})
	for s := range sessions {
		for l := range listeners {
			at := time.Date(2026, 3, 1+s, 20, l, 0, 0, time.UTC)
			e, _, err := d.Expose(log, fmt.Sprint("listener-", l), fmt.Sprint("h", l, "-", s), at, 0)
			if err != nil {
				t.Fatal(err)
			}
			log.Add(d, e)
			move := 1.5 * rng.NormFloat64()
			if e.Arm == "steps" {
				move += effect
			}
			from, feel := 5+rng.IntN(5), rng.IntN(5)-2
			then := segue.Cell{min(9, max(1, from-int(move))), 5}
			before, after, felt := e, e, e
			before.Kind, before.ID, before.Cell, before.Target = event.CheckInBefore, "b"+e.Hour, &segue.Cell{from, 5}, &segue.Cell{1, 5}
			after.Kind, after.ID, after.Cell, after.At = event.CheckInAfter, "a"+e.Hour, &then, at.Add(time.Hour)
			felt.Kind, felt.ID, felt.Feel, felt.At = event.Reflection, "f"+e.Hour, &feel, at.Add(time.Hour)
			if err := g.Add([]event.Event{e, before, after, felt}); err != nil {
				t.Fatal(err)
			}
		}
	}
	table, full, err := g.Table()
	if err != nil {
		t.Fatal(err)
	}
	r, err := experiment.NewRecord(d, table, full, true)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// experiments are records of every form that a page takes.
func experiments(t *testing.T) map[string]*experiment.Record {
	early := recordOf(t, experiment.WithinListener, 12, 4, 0)
	early.Reading = experiment.Read(early.Design, &experiment.Table{Measures: early.Table.Measures, Rows: early.Table.Rows[:7], AsOf: early.Table.AsOf})
	return map[string]*experiment.Record{
		"shown": recordOf(t, experiment.WithinListener, 30, 10, 2), "not shown": recordOf(t, experiment.WithinListener, 30, 4, 0), "too early": early,
		"one listener": recordOf(t, experiment.Crossover, 1, 26, 2), "no control": recordOf(t, experiment.PrePost, 30, 1, 1), "harm": recordOf(t, experiment.WithinListener, 30, 8, -3),
		"too few": recordOf(t, experiment.WithinListener, 3, 2, 0),
	}
}

func TestExperimentPages(t *testing.T) {
	for name, r := range experiments(t) {
		var page bytes.Buffer
		if err := WriteExperiment(&page, r); err != nil {
			t.Fatal(err)
		}
		ids, links := map[string]bool{}, []string{}
		for _, e := range parse(t, page.Bytes()) {
			if id := e.Attr["id"]; id != "" {
				if ids[id] {
					t.Errorf("%s: id %s stands twice", name, id)
				}
				ids[id] = true
			}
			if e.Attr["style"] != "" || e.Name == "script" {
				t.Errorf("%s: <%s> breaks the policy", name, e.Name)
			}
			if e.Name == "a" {
				links = append(links, strings.TrimPrefix(e.Attr["href"], "#"))
			}
			if e.Name == "b" && strings.Contains(e.Text, "or") {
				t.Errorf("%s: a title became a tag", name)
			}
		}
		for _, l := range links {
			if !ids[l] {
				t.Errorf("%s: a link leads to %q, which is not there", name, l)
			}
		}
		said := raw.ReplaceAll(page.Bytes(), nil) // fonts are any letters
		for _, bad := range []string{"NaN", "listener-1", "%!"} {
			if bytes.Contains(said, []byte(bad)) {
				t.Errorf("%s: the page holds %s", name, bad)
			}
		}
		var again bytes.Buffer
		if err := WriteExperiment(&again, r); err != nil || !bytes.Equal(again.Bytes(), page.Bytes()) {
			t.Errorf("%s: written again it is another page", name)
		}
	}
}

func TestExperimentsInBrowser(t *testing.T) {
	ctx := browsertest.Open(t, 4*time.Minute)
	dir, keep := t.TempDir(), os.Getenv("REPORT_OUT")
	for name, r := range experiments(t) {
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".html")
		var page bytes.Buffer
		if err := WriteExperiment(&page, r); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, page.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, width := range []int64{1280, 390} {
			err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+file), chromedp.WaitReady("footer"),
				chromedp.Evaluate[chromedp.Void]("document.fonts.ready.then(() => {})", chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatal(err)
			}
			wrongs, err := browsertest.Look(ctx, true)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range wrongs {
				t.Errorf("%s, %d: %s: %s", name, width, w.What, w.Where)
			}
			if keep != "" {
				if err := browsertest.Keep(ctx, keep, fmt.Sprint("experiment-", strings.ReplaceAll(name, " ", "-"), "-", width), width); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
