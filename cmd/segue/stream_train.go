package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"segue"
	"segue/artifact"
	"segue/catalog"
	"segue/mood"

	"github.com/spf13/cobra"
)

// streamFlags are the flags of training out of core.
type streamFlags struct {
	stream, resume bool
	sample         int
	checkpoint     string
	every          time.Duration
}

func (s *streamFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&s.stream, "stream", false, "read the catalogue, one Parquet file, again for every iteration: for more tracks than memory holds")
	cmd.Flags().IntVar(&s.sample, "sample", mood.DefaultSample, fmt.Sprintf("with --stream: tracks drawn for what is not computed over all, %d or more", mood.MinSample))
	cmd.Flags().StringVar(&s.checkpoint, "checkpoint", "", "with --stream: `FILE` that keeps how far it is (default DIR/"+checkpointName+")")
	cmd.Flags().DurationVar(&s.every, "checkpoint-every", 10*time.Second, "with --stream: how much work a crash may lose; Ctrl-C loses none")
	cmd.Flags().BoolVar(&s.resume, "resume", false, "with --stream: go on from the checkpoint")
}

// unused refuses flags that mean nothing without --stream.
func (s *streamFlags) unused(cmd *cobra.Command) error {
	for _, name := range []string{"sample", "checkpoint", "checkpoint-every", "resume"} {
		if cmd.Flags().Changed(name) {
			return usage("--%s is of use with --stream only", name)
		}
	}
	return nil
}

const (
	checkpointKind = "checkpoint"
	checkpointName = "train.checkpoint.json" // beside the models
)

// streamView is what train --stream prints.
type streamView struct {
	*trainView
	report *catalog.Report
	sample *mood.Sample
}

// MarshalJSON adds to what train prints what was read and what was sampled.
func (v *streamView) MarshalJSON() ([]byte, error) {
	return mergeJSON(v.trainView, struct {
		Rows    int            `json:"rows"`
		Dropped map[string]int `json:"dropped"`
		Sample  *mood.Sample   `json:"sample"`
	}{v.report.Rows, v.report.Dropped, v.sample})
}

func (v *streamView) text(w io.Writer) {
	v.trainView.text(w)
	if s := v.sample; s != nil {
		fmt.Fprintf(w, "Centers, sizes and mean places are over all tracks. Percentiles come from %s tracks drawn by the seed\n(off by ±%s, one standard error); separation, null and stability from %s.\n",
			thousands(s.PlaneTracks), number(s.PlaneError, 4), thousands(s.JudgedTracks))
	}
}

// trainStream is train for a catalogue larger than memory.
func (t *terminal) trainStream(ctx context.Context, paths []string, o mood.Options, dir string, s *streamFlags) error {
	paths = splitPaths(paths)
	if len(paths) != 1 {
		return usage("--stream reads one Parquet file: name it with --catalog; 'segue catalog import' makes one of several")
	}
	if s.sample < mood.MinSample {
		return usage("--sample %d is too small: draw at least %d tracks", s.sample, mood.MinSample)
	}
	keeper, err := s.keeper(dir, paths)
	if err != nil {
		return err
	}
	progress, done := t.passes()
	defer done()
	stream, err := catalog.OpenStream(ctx, paths[0], o.Features, catalog.Options{Progress: progress})
	if err != nil {
		return err
	}
	defer stream.Close()
	read := stream.Report()
	if read.BadValues > 0 {
		t.warn("%s values of the catalogue were unreadable or out of range and count as missing; the first: %s", thousands(read.BadValues), read.Problems[0].Error())
	}
	o.Progress = progress
	training, err := mood.TrainStream(ctx, stream, mood.StreamOptions{Options: o, Sample: s.sample, Checkpoint: keeper.keep, Resume: keeper.resume})
	if err != nil {
		return keeper.stop(inCatalogue(err, paths, read))
	}
	v := &streamView{&trainView{training.Training, training.Ranking, nil, []string{}}, read, training.Sample}
	if dir != "" {
		if v.files, err = saveModels(dir, training.Training); err != nil {
			return keeper.stop(err)
		}
	}
	if err := keeper.remove(); err != nil {
		return err
	}
	done()
	return t.print(v, v.text)
}

// A keeper keeps the checkpoint of a training in a file, if it has one.
type keeper struct {
	path   string
	resume *mood.Checkpoint
	latest *mood.Checkpoint // not written yet, or nil
	every  time.Duration    // how often it is written at most
	wrote  time.Time
}

// keeper looks for the checkpoint there is, which must be none of the inputs.
func (s *streamFlags) keeper(dir string, inputs []string) (*keeper, error) {
	k := &keeper{path: s.checkpoint, every: s.every, wrote: time.Now()}
	if k.path == "" && dir != "" {
		k.path = filepath.Join(dir, checkpointName)
	}
	if k.path == "" {
		if s.resume {
			return nil, usage("--resume needs to know what to go on from: add -o DIR or --checkpoint FILE, as before")
		}
		return k, nil
	}
	if err := checkFile(k.path, inputs...); err != nil {
		return nil, err
	}
	_, err := os.Lstat(k.path)
	there := !errors.Is(err, fs.ErrNotExist)
	switch {
	case there && !s.resume:
		return nil, usage("%s keeps a training that was stopped: add --resume to go on with it, or remove the file to start anew", k.path)
	case !there && s.resume:
		return nil, usage("%s: there is no checkpoint to go on from; leave out --resume to start anew", k.path)
	case there:
		k.resume = new(mood.Checkpoint)
		if err := artifact.Read(k.path, checkpointKind, k.resume); err != nil {
			var input *segue.InputError
			if errors.As(err, &input) {
				return nil, &segue.InputError{File: k.path, Problem: "this checkpoint cannot be used: " + input.Problem, Hint: "remove it to start anew"}
			}
			return nil, err
		}
	}
	return k, nil
}

// keep writes a checkpoint now and then.
func (k *keeper) keep(c *mood.Checkpoint) error {
	k.latest = c
	if k.path == "" || time.Since(k.wrote) < k.every {
		return nil
	}
	return k.write()
}

func (k *keeper) write() error {
	if err := artifact.Replace(k.path, checkpointKind, k.latest.Options[:16], k.latest); err != nil {
		return err
	}
	k.resume, k.latest, k.wrote = k.latest, nil, time.Now()
	return nil
}

// stop writes what is not written yet, as the training ends with err, and returns
// what to say.
func (k *keeper) stop(err error) error {
	if k.path == "" {
		return err
	}
	if k.latest != nil {
		if failed := k.write(); failed != nil {
			return errors.Join(failed, err)
		}
	}
	if k.resume == nil || !errors.Is(err, context.Canceled) {
		return err
	}
	return &stoppedError{fmt.Sprintf("%s keeps how far it was (%s); the same command with --resume goes on from there", k.path, k.resume.Describe())}
}

// remove takes the checkpoint away, as the training is done.
func (k *keeper) remove() error {
	if k.path == "" {
		return nil
	}
	if err := os.Remove(k.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// A stoppedError is a Ctrl-C that left something to go on from.
type stoppedError struct{ left string }

func (e *stoppedError) Error() string { return e.left }
func (e *stoppedError) Unwrap() error { return context.Canceled }

// afterStop says what a command that was stopped has left.
func afterStop(err error) string {
	var s *stoppedError
	if errors.As(err, &s) {
		return oneLine(s.left)
	}
	return "nothing was left half-written"
}
