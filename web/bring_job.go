package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	"segue/catalog"
	"segue/store"
)

// A stage is a part of the work on what was brought, in the order of the work.
type stage int

const (
	staging stage = iota // the browser sends
	reading
	merging
	seeing // the portrait is computed
	storing
	finished
)

// A job is one time that music is brought. It belongs to a listener, outlives the
// request that began it, and ends with the server.
type job struct {
	id       string // as its import is called in the store
	listener string
	at       time.Time // when it began
	ctx      context.Context
	cancel   context.CancelFunc
	ended    chan struct{}
	held     bool // the end of the server waits for it

	mu sync.Mutex
	is progress
	// Of a job that has ended:
	err    error           // why it failed; may be one of the context's
	heard  *store.Import   // the history it brought; nil if none
	tables *catalog.Report // of the tables it brought; nil if none
}

// A progress is how far a job has come.
type progress struct {
	Stage       stage
	Done, Total int64 // bytes, while staging and reading; Total is 0 while unknown
	Plays       int64 // read so far
	Waiting     bool  // for others' imports to end
}

// now returns how far the job has come.
func (j *job) now() progress {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.is
}

// step begins a stage, unless the job is past it.
func (j *job) step(s stage) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if s > j.is.Stage {
		j.is = progress{Stage: s, Plays: j.is.Plays}
	}
}

// tell notes how many bytes of a stage are done.
func (j *job) tell(s stage, done, total int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if s == j.is.Stage {
		j.is.Done, j.is.Total = max(done, j.is.Done), total
	}
}

// wait notes whether the job waits for others.
func (j *job) wait(so bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.is.Waiting = so
}

// counted notes how many plays were read.
func (j *job) counted(plays int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.is.Plays = max(plays, j.is.Plays)
}

// result returns what came of a job, and whether it has ended.
func (j *job) result() (err error, over bool) {
	select {
	case <-j.ended:
		return j.err, true
	default:
		return nil, false
	}
}

// imports are the histories and tables being read, and what came of the last ones.
type imports struct {
	mu   sync.Mutex
	jobs []*job // oldest first; those that ended are forgotten by and by

	most     int64         // bytes of one upload
	files    int           // of one upload
	patience time.Duration // with a body that does not come
	turns    chan struct{} // holds one for each at work
	longest  time.Duration // that one upload may take
	create   creator       // makes the file that something is staged in
}

// The bounds of an upload. A decade of listening packs to some ten megabytes, and
// a table of a million tracks to a hundred. (d)
const (
	maxUpload      = 1 << 30
	maxUploadFiles = 10_000
	uploadPatience = 30 * time.Second
	longestUpload  = 2 * time.Hour

	importsAtOnce = 2 // each reads with all cores and holds a history in memory

	jobsKept = 256 // that have ended and whose outcome can still be asked for
)

func (i *imports) init(most int64) {
	if i.most = most; most == 0 {
		i.most = maxUpload
	}
	i.files, i.patience, i.longest, i.create = maxUploadFiles, uploadPatience, longestUpload, createFile
	i.turns = make(chan struct{}, importsAtOnce)
}

// turn waits until few enough others are at work, and returns what lets the next one
// begin.
func (i *imports) turn(j *job) (done func(), err error) {
	done = func() { <-i.turns }
	select {
	case i.turns <- struct{}{}:
		return done, nil
	default:
	}
	j.wait(true)
	defer j.wait(false)
	select {
	case i.turns <- struct{}{}:
		return done, nil
	case <-j.ctx.Done():
		return nil, j.ctx.Err()
	}
}

// count returns how many have not ended.
func (i *imports) count() (n int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, j := range i.jobs {
		if _, over := j.result(); !over {
			n++
		}
	}
	return n
}

// begin starts a job for a listener. There is one at a time: if one is under way
// it is returned instead, and fresh is false.
func (s *Server) begin(v *visit) (j *job, fresh bool) {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	return s.beginAs(v, hex.EncodeToString(id[:]))
}

// beginAs is begin with the id that the job has already.
func (s *Server) beginAs(v *visit, id string) (j *job, fresh bool) {
	i := &s.imports
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, j := range i.jobs {
		if _, over := j.result(); !over && j.listener == v.who.ID {
			return j, false
		}
	}
	j = &job{id: id, listener: v.who.ID, at: v.at, ended: make(chan struct{})}
	j.ctx, j.cancel = context.WithCancel(s.ctx)
	i.jobs = append(i.jobs, j)
	i.tidy()
	j.held = s.tasks.hold()
	return j, true
}

// tidy forgets those that ended first, once there are many.
func (i *imports) tidy() {
	ended := 0
	for _, j := range i.jobs {
		if _, over := j.result(); over {
			ended++
		}
	}
	i.jobs = slices.DeleteFunc(i.jobs, func(j *job) bool {
		_, over := j.result()
		if over && ended > jobsKept {
			ended--
			return true
		}
		return false
	})
}

// end closes a job, with why it failed if it did.
func (s *Server) end(j *job, err error) {
	j.mu.Lock()
	j.err, j.is.Stage = err, finished
	j.mu.Unlock()
	j.cancel()
	close(j.ended)
	if j.held {
		s.tasks.letGo()
	}
}

// bar stops what is being read for a listener, waits until nothing of it can be
// stored any more, and holds its place so that nothing else begins; whoever called
// ends it.
func (s *Server) bar(v *visit) *job {
	for {
		j, fresh := s.begin(v)
		if fresh {
			return j
		}
		j.cancel()
		<-j.ended
	}
}

// job returns a job of a listener, or nil.
func (i *imports) job(listener, id string) *job {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, j := range i.jobs {
		if j.id == id && j.listener == listener {
			return j
		}
	}
	return nil
}

// underWay returns the job of a listener that has not ended, or nil.
func (i *imports) underWay(listener string) *job {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, j := range i.jobs {
		if _, over := j.result(); !over && j.listener == listener {
			return j
		}
	}
	return nil
}

// forget drops what came of a listener's earlier work.
func (i *imports) forget(listener string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.jobs = slices.DeleteFunc(i.jobs, func(j *job) bool {
		_, over := j.result()
		return over && j.listener == listener
	})
}

// drop forgets a job that nobody was told of.
func (i *imports) drop(one *job) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.jobs = slices.DeleteFunc(i.jobs, func(j *job) bool { return j == one })
}
