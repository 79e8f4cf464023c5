package lab_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"segue"
	"segue/lab"
	"segue/labels"
	"segue/mood"
	"segue/recommend"
)

// taught joins a table to the demonstration's tracks: it says of every third track which
// quadrant its valence and danceability lie in, and of two in five by chance, with valence
// and arousal if placed.
func taught(t *testing.T, placed bool, most int) (*segue.Catalog, *mood.Labels, *recommend.LabelReport) {
	t.Helper()
	c, _ := tracks()
	var b strings.Builder
	b.WriteString("id,mood,valence,arousal\n")
	for i, n := 0, 0; i < c.Len() && n < most; i, n = i+3, n+1 {
		at := segue.Affect{Valence: float64(c.Feature[segue.Valence][i]), Arousal: float64(c.Feature[segue.Danceability][i])}
		m := segue.QuadrantOf(at)
		if i%5 < 2 {
			m = segue.Mood(i / 3 % segue.NumMoods)
		}
		if placed {
			noise := float64(i*7919%100)/250 - .2
			fmt.Fprintf(&b, "%s,%s,%.4f,%.4f\n", c.ID[i], m, at.Valence-.5+noise, at.Arousal-.5-noise)
		} else {
			fmt.Fprintf(&b, "%s,%s,,\n", c.ID[i], m)
		}
	}
	l, p, err := (&recommend.Music{Catalog: c}).Labels(func(each func(labels.Row) error) (*labels.Report, error) {
		return labels.ReadText(t.Context(), "l.csv", strings.NewReader(b.String()), labels.Options{}, each)
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, l, p
}

// asked asks for an audit as it comes out of a job's input.
func asked(t *testing.T, l *mood.Labels, p *recommend.LabelReport, train bool) (a lab.AuditAsked) {
	t.Helper()
	made, err := lab.AskAudit(l, p, 3)
	if err != nil {
		t.Fatal(err)
	}
	made.Train, made.File = train, strings.Repeat("0f", 32)
	if err := json.Unmarshal(bytesOf(t, made), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// What an audit learns is the bytes of what TrainSupervised learns from the labels, also
// where it went on from a checkpoint; what it audits is as without learning.
func TestAuditLearns(t *testing.T) {
	ctx := context.Background()
	for _, placed := range []bool{false, true} {
		c, l, p := taught(t, placed, 600)
		var kept []byte
		got, err := lab.Audit(ctx, c, asked(t, l, p, true), nil, still, lab.Hold{Keep: func(b []byte) { kept = b }})
		if err != nil {
			t.Fatal(err)
		}
		want, err := mood.TrainSupervised(ctx, c, l, mood.SupervisedOptions{Seed: 3, Clock: still})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Model, bytesOf(t, want)) {
			t.Errorf("placed %v: another model than trained from the same labels", placed)
		}
		if (want.Learned.Ridge != nil) != placed {
			t.Errorf("placed %v: ridge %v", placed, want.Learned.Ridge)
		}
		if len(kept) == 0 {
			t.Fatal("nothing was kept before the model was learned")
		}
		again, err := lab.Audit(ctx, c, asked(t, l, p, true), nil, still, lab.Hold{Checkpoint: kept, Progress: func(stage string, done, total int64) {
			if float64(done) < .75*float64(total) {
				t.Errorf("it made the audit again: %s at %d of %d", stage, done, total)
			}
		}})
		if err != nil || !bytes.Equal(bytesOf(t, again), bytesOf(t, got)) {
			t.Errorf("from a checkpoint: %v, other bytes", err)
		}
		alone, err := lab.Audit(ctx, c, asked(t, l, p, false), nil, still, lab.Hold{Checkpoint: kept})
		if err != nil || len(alone.Model) > 0 || !bytes.Equal(bytesOf(t, alone.Audit), bytesOf(t, got.Audit)) {
			t.Errorf("without learning: %v", err)
		}

		m, body, err := got.LearnedBody(c, want.ID)
		if err != nil || m.ID != want.ID || !bytes.Equal(body, got.Model) || m.Learned.Validation.Accuracy != want.Learned.Validation.Accuracy {
			t.Errorf("%v, %+v", err, m)
		}
		other := *c
		other.Version = "other"
		for _, err := range []error{errorOf(got.LearnedBody(c, "none")), errorOf(got.LearnedBody(&other, want.ID)), errorOf(alone.LearnedBody(c, want.ID))} {
			if !errors.Is(err, lab.ErrNoModel) {
				t.Errorf("%v", err)
			}
		}
	}
}

func errorOf(_ *mood.Model, _ []byte, err error) error { return err }

// Labels too few to learn from are audited, and why nothing was learned is said.
func TestAuditTooFewToLearn(t *testing.T) {
	c, l, p := taught(t, false, 30)
	got, err := lab.Audit(context.Background(), c, asked(t, l, p, true), nil, still, lab.Hold{})
	if err != nil || len(got.Model) > 0 || !strings.HasPrefix(got.Unlearned, "too few labels") || got.Tracks != 30 {
		t.Fatalf("%v, %+v", err, got)
	}
}

// The version in use is audited under its name beside the others, whose figures stay, and
// where it learned from these very labels that is said.
func TestAuditInUse(t *testing.T) {
	ctx := context.Background()
	c, l, p := taught(t, false, 400)
	plain, err := lab.Audit(ctx, c, asked(t, l, p, true), nil, still, lab.Hold{})
	if err != nil {
		t.Fatal(err)
	}
	seen, err := lab.OpenModel(plain.Model)
	if err != nil {
		t.Fatal(err)
	}
	trained, err := mood.Train(ctx, c, mood.Options{Algorithms: []string{mood.KMeans}, Seed: 3, Clock: still})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*mood.Model{seen, trained.Models[0]} {
		got, err := lab.Audit(ctx, c, asked(t, l, p, false), m, still, lab.Hold{})
		if err != nil {
			t.Fatal(err)
		}
		name := recommend.InUseName(m)
		n := len(got.Models)
		if n != len(plain.Models)+1 || got.Models[n-2].Name != name || got.Differences[len(got.Differences)-2].Model != name {
			t.Fatalf("%d models, differences %+v", n, got.Differences)
		}
		for i := range plain.Models[:n-2] {
			if !bytes.Equal(bytesOf(t, plain.Models[i]), bytesOf(t, got.Models[i])) {
				t.Errorf("%s changed", plain.Models[i].Name)
			}
		}
		d := got.Differences[len(got.Differences)-2]
		if m == seen {
			if len(got.Seen) != 1 || got.Seen[0] != name {
				t.Errorf("seen %v", got.Seen)
			}
			continue
		}
		// The same algorithm, seed and tracks: the same clusters, so no difference at all.
		if len(got.Seen) != 0 || d.Accuracy.Value != 0 || d.Accuracy.Lo != 0 || d.Accuracy.Hi != 0 || got.Models[n-2].Accuracy != got.Models[0].Accuracy {
			t.Errorf("seen %v, %+v", got.Seen, d)
		}
	}
}

// An origin read back is the same, and what is no origin is refused.
func TestOrigin(t *testing.T) {
	c, l, p := taught(t, false, 100)
	got, err := lab.Audit(context.Background(), c, asked(t, l, p, false), nil, still, lab.Hold{})
	if err != nil {
		t.Fatal(err)
	}
	o, err := lab.ParseOrigin(bytesOf(t, got.Origin()))
	if err != nil || !bytes.Equal(bytesOf(t, o), bytesOf(t, got.Origin())) || o.File != strings.Repeat("0f", 32) || len(o.Circular.Findings) == 0 {
		t.Errorf("%v, %+v", err, o)
	}
	if _, err := lab.ParseOrigin([]byte("[")); err == nil {
		t.Error("no origin was read")
	}
}
