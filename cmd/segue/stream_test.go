package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/artifact"
	"segue/catalog"
	"segue/mood"
)

// crowd writes a Parquet file of n tracks in overlapping groups, on which fits
// take a while.
func crowd(t testing.TB, n int) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 1))
	c := &segue.Catalog{ID: make([]string, n), Title: make([]string, n), Album: make([]string, n), DurationMS: make([]int32, n),
		Popularity: make([]int8, n), Explicit: make([]segue.Tristate, n)}
	c.Artists = segue.Lists{Values: []string{"Ana"}, Index: make([]int32, n), Offset: make([]int32, n+1)}
	c.Genres = segue.Lists{Offset: make([]int32, n+1)}
	for f := range c.Feature {
		c.Feature[f] = make([]float32, n)
	}
	for i := range n {
		c.ID[i], c.Title[i], c.Artists.Offset[i+1] = fmt.Sprintf("t%07d", i), "Song", int32(i+1)
		group := float64(rng.IntN(3))
		for f := range c.Feature {
			c.Feature[f][i] = segue.NoFeatures()[f]
		}
		for _, f := range []segue.Feature{segue.Energy, segue.Acousticness, segue.Valence} {
			c.Feature[f][i] = float32(min(max(.3+.15*group+.2*rng.NormFloat64(), .001), .999))
		}
	}
	path := filepath.Join(t.TempDir(), "crowd.parquet")
	if err := catalog.WriteParquet(context.Background(), path, c); err != nil {
		t.Fatal(err)
	}
	return path
}

// keptModels reads the models of a folder without their timings.
func keptModels(t *testing.T, dir string) map[string]any {
	t.Helper()
	entries, err := artifact.List(dir, modelKind)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	for _, e := range entries {
		if out[e.ID], err = timeless(read(t, e.Path)); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Ctrl-C says how to go on, and what goes on, or is killed at any moment and goes
// on, ends in the same models as what never stopped.
func TestStreamStopsAndGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("trains nine times; run without -short")
	}
	crowd, work := crowd(t, 25_000), t.TempDir()
	args := func(dir string, more ...string) []string {
		return append([]string{"train", "-q", "--stream", "--catalog", crowd, "--no-null", "--stability", "0", "--algorithm", "gmm,kmeans",
			"--k", "6", "--restarts", "1", "--checkpoint-every", "1ns", "-o", filepath.Join(work, dir)}, more...)
	}
	start := time.Now()
	if code, _, stderr := segueRun(args("whole")...); code != 0 {
		t.Fatal(stderr)
	}
	whole, want := time.Since(start), keptModels(t, filepath.Join(work, "whole"))
	said := regexp.MustCompile(`^segue: stopped; .*train\.checkpoint\.json keeps how far it was \((gmm|kmeans|after).*\); the same command with --resume goes on from there\n$`)
	for _, signal := range []os.Signal{os.Interrupt, os.Kill} {
		dir := "stopped by " + signal.String()
		checkpoint := filepath.Join(work, dir, checkpointName)
		kept := 0
		for try := 0; ; try++ {
			more := []string{}
			if _, err := os.Lstat(checkpoint); err == nil {
				more = append(more, "--resume")
			}
			cmd, stderr := process(t, args(dir, more...)...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// At first it is stopped soon, then nearer to its end, then left alone.
			timer := time.AfterFunc(whole*time.Duration(2+2*try)/8, func() {
				if try < 3 {
					_ = cmd.Process.Signal(signal)
				}
			})
			err := cmd.Wait()
			timer.Stop()
			if err == nil {
				break
			}
			if _, err := os.Lstat(checkpoint); err == nil {
				kept++
				if err := artifact.Read(checkpoint, checkpointKind, new(mood.Checkpoint)); err != nil {
					t.Fatalf("try %d left half a checkpoint: %v", try, err)
				}
				if signal == os.Interrupt && !said.MatchString(stderr.String()) {
					t.Errorf("try %d said %q", try, stderr)
				}
			} else if signal == os.Interrupt && cmd.ProcessState.ExitCode() == 1 && stderr.String() != "segue: stopped; nothing was left half-written\n" {
				t.Errorf("try %d said %q", try, stderr)
			}
			if try > 2 {
				t.Fatalf("%s: left alone, it failed: %s", dir, stderr)
			}
		}
		if got := keptModels(t, filepath.Join(work, dir)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: other models than those of a training that was not", dir)
		}
		if kept == 0 {
			t.Errorf("%s: it was never stopped with a checkpoint", dir)
		}
		if _, err := os.Lstat(checkpoint); err == nil {
			t.Errorf("%s: the checkpoint is still there", dir)
		}
	}
}

// stoppedTraining leaves a checkpoint in dir.
func stoppedTraining(t *testing.T, catalogue, dir string) {
	t.Helper()
	s, err := catalog.OpenStream(context.Background(), catalogue, mood.DefaultFeatures(), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	k := &keeper{path: filepath.Join(dir, checkpointName)} // written every time
	ctx, cancel := context.WithCancel(context.Background())
	o := mood.StreamOptions{Options: mood.Options{Algorithms: []string{mood.KMeans}, Features: mood.DefaultFeatures(), K: mood.DefaultK, Covariance: "full", Seed: 1, Restarts: 10}}
	o.Checkpoint = func(c *mood.Checkpoint) error { cancel(); return k.keep(c) }
	if _, err := mood.TrainStream(ctx, s, o); err == nil {
		t.Fatal("was not stopped")
	}
	if k.resume == nil {
		t.Fatal("no checkpoint")
	}
}

// A checkpoint is of one file and one set of options, and is whole or refused.
func TestStreamRefusesCheckpoints(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.parquet"), filepath.Join(dir, "b.parquet")
	for path, from := range map[string]string{a: "small.csv", b: "catalog.csv"} {
		if code, _, stderr := segueRun("catalog", "import", "-q", filepath.Join(invented(t), from), "-o", path); code != 0 {
			t.Fatal(stderr)
		}
	}
	stoppedTraining(t, a, dir)
	args := func(path string, more ...string) []string {
		return append([]string{"train", "-q", "--stream", "--catalog", path, "--algorithm", "kmeans", "--no-null", "--stability", "0", "-o", dir, "--resume"}, more...)
	}
	refused(t, 2, filepath.Join(dir, "none"), []string{"another catalogue", "start anew"}, args(b)...)
	refused(t, 2, filepath.Join(dir, "none"), []string{"other options", "start anew"}, args(a, "--k", "5")...)
	refused(t, 2, filepath.Join(dir, "none"), []string{"other options"}, args(a, "--seed", "9")...)

	checkpoint := filepath.Join(dir, checkpointName)
	whole := read(t, checkpoint)
	for name, body := range map[string][]byte{
		"cut": whole[:len(whole)/2], "changed": bytes.Replace(whole, []byte(`"iterations":`), []byte(`"iterations":1`), 1),
		"empty": nil, "of another kind": bytes.Replace(whole, []byte(`"kind":"checkpoint"`), []byte(`"kind":"model"`), 1),
	} {
		if err := os.WriteFile(checkpoint, body, 0o644); err != nil {
			t.Fatal(err)
		}
		t.Log(name)
		refused(t, 1, filepath.Join(dir, "none"), []string{checkpointName + ": this checkpoint cannot be used", "remove it to start anew"}, args(a)...)
	}
	if err := os.WriteFile(checkpoint, whole, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := segueRun(args(a)...); code != 0 {
		t.Error(stderr)
	}
}

// Rows whose values may not be are left out and counted; when too few are left,
// one line says so.
func TestStreamOfBadRows(t *testing.T) {
	dir := t.TempDir()
	table := filepath.Join(dir, "t.csv")
	var b strings.Builder
	b.WriteString("track_id,track_name,artists,energy,valence,acousticness\n")
	for i := range 60 {
		fmt.Fprintf(&b, "t%d,Song,Ana,%s,%.2f,%.2f\n", i, []string{"NaN", ".5", "Inf", ".7", "7"}[i%5], float64(i)/60, float64(i%11)/11)
	}
	if err := os.WriteFile(table, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "t.parquet")
	if code, _, stderr := segueRun("catalog", "import", "-q", table, "-o", path); code != 0 {
		t.Fatal(stderr)
	}
	code, out, stderr := segueRun("train", "-q", "--json", "--stream", "--catalog", path, "--algorithm", "kmeans", "--no-null", "--stability", "0")
	if code != 0 || !strings.Contains(out, `"n": 24,`) || !strings.Contains(out, `"excluded": 36,`) {
		t.Errorf("exit code %d, %s%.300s", code, stderr, out)
	}
	refused(t, 1, filepath.Join(dir, "none"), []string{"t.parquet: too few tracks", "24 of 60"}, "train", "-q", "--stream", "--catalog", path, "--k", "25")
}
