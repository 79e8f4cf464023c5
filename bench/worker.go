package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"segue/internal/kernel"
)

// A Worker is a process that runs Serve. One goroutine at a time may ask it.
type Worker struct {
	process  *exec.Cmd
	requests io.WriteCloser
	answers  *json.Decoder
	said     *bytes.Buffer // on standard error
}

// NewWorker begins a worker: this program once more, with arguments that make it
// call Serve on its standard input and output. kernels is the level it shall run,
// "" for its own choice. It ends when ctx does, or by Close.
func NewWorker(ctx context.Context, kernels string, args ...string) (*Worker, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("a worker cannot be started: %w", err)
	}
	w := &Worker{process: exec.CommandContext(ctx, self, args...), said: new(bytes.Buffer)}
	w.process.Args[0] = os.Args[0] // by which it may know what it is
	w.process.WaitDelay = time.Second
	w.process.Stderr = w.said
	w.process.Env = os.Environ()
	if kernels != "" {
		w.process.Env = append(w.process.Env, kernel.Variable+"="+kernels)
	}
	if w.requests, err = w.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := w.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.answers = json.NewDecoder(out)
	if err := w.process.Start(); err != nil {
		return nil, fmt.Errorf("a worker cannot be started: %w", err)
	}
	return w, nil
}

// Ask puts one request and waits for its answer.
func (w *Worker) Ask(ctx context.Context, r Request) (*Answer, error) {
	var a Answer
	err := json.NewEncoder(w.requests).Encode(r)
	if err == nil {
		err = w.answers.Decode(&a)
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("a worker ended at %s: %w%s", r.Do, err, w.lastWords())
	case a.Error != "":
		return nil, errors.New(a.Error)
	}
	return &a, nil
}

func (w *Worker) lastWords() string {
	_ = w.process.Wait() // so that all it said has arrived
	said, _, _ := strings.Cut(strings.TrimSpace(w.said.String()), "\n")
	if said == "" {
		return ""
	}
	return ": " + said
}

// Close ends the worker.
func (w *Worker) Close() {
	w.requests.Close()
	_ = w.process.Wait()
}
