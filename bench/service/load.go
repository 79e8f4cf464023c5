package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"segue/store"
)

// A town is people with a past, in a database that servers answer from.
type town struct {
	*setting
	catalogue string
	people    []*person
	servers   []*server
	turn      atomic.Uint64 // which server is next
}

// build makes the catalogue and the people, and starts the servers.
func (s *setting) build(ctx context.Context) (t *town, err error) {
	t = &town{setting: s, catalogue: filepath.Join(s.work, "catalogue.csv")}
	songs, err := catalogue(t.catalogue, s.tracks, s.seed)
	if err != nil {
		return nil, err
	}
	db, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	last := newest()
	for n := range s.listeners {
		one, err := settle(ctx, db, n, listening(songs, s.plays, s.seed<<20+uint64(n), last))
		if err != nil {
			return nil, errors.Join(err, db.Close())
		}
		t.people = append(t.people, one)
	}
	fmt.Printf("%d listeners with %d plays each were put into the database in %s.\n\n", s.listeners, s.plays, round(time.Since(begun)))
	if err := db.Close(); err != nil {
		return nil, err
	}
	if err := s.rest(ctx); err != nil {
		return nil, err
	}
	for n := range s.processes {
		one, err := s.start(ctx, n, t.catalogue)
		if err != nil {
			t.end()
			return nil, err
		}
		t.servers = append(t.servers, one)
	}
	if err := t.plan(ctx); err != nil {
		t.end()
		return nil, err
	}
	return t, nil
}

// rest has a PostgreSQL write what filling it left to be written: a file was written
// when it was closed. Else the first minutes of the service are those of the filling.
func (s *setting) rest(ctx context.Context) error {
	if !isPostgres(s.db) {
		return nil
	}
	psql := exec.CommandContext(ctx, "psql", s.db, "-q", "-c", "VACUUM ANALYZE", "-c", "CHECKPOINT")
	psql.Stderr = os.Stderr
	return psql.Run()
}

func (t *town) end() {
	for _, one := range t.servers {
		_ = one.stop()
	}
}

// plan has one hour planned and gives each person some like it, with ids of their
// own: planning takes the time of a processor, and is measured elsewhere.
func (t *town) plan(ctx context.Context) error {
	first := t.people[0]
	var made struct {
		ID string `json:"id"`
	}
	if err := t.ask(ctx, first, "POST", "/hours", map[string]any{"now": []int{3, 7}, "target": []int{7, 3}}, &made); err != nil {
		return fmt.Errorf("planning an hour: %w", err)
	}
	db, err := t.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	h, err := db.Hour(ctx, first.id, made.ID)
	if err != nil {
		return err
	}
	for _, p := range t.people {
		for n := range 5 {
			one := h
			one.ID, one.CheckIn, one.Version = fmt.Sprintf("hour-%s-%d", p.id, n), "", 1
			one.At = h.At.Add(-time.Duration(n+1) * 26 * time.Hour)
			one.Changed = one.At
			if err := db.SaveHour(ctx, p.id, one); err != nil {
				return err
			}
			if err := db.SaveReflection(ctx, p.id, store.Reflection{Hour: one.ID, At: one.At.Add(2 * time.Hour), Feel: n%5 - 2, After: &[2]int{5, 5}}); err != nil {
				return err
			}
			p.hours = append(p.hours, one.ID)
		}
	}
	return nil
}

var client = &http.Client{Transport: transport, Timeout: time.Minute}

// A refusal is an answer that is none.
type refusal struct {
	path string
	code int
	body string
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%s answered %d: %.300s", r.path, r.code, r.body)
}

// ask makes a request of the API to the next server and reads the answer into out,
// if that is not nil.
func (t *town) ask(ctx context.Context, p *person, method, path string, in, out any) error {
	return t.askOf(ctx, t.servers[int(t.turn.Add(1))%len(t.servers)], p, method, path, in, out)
}

// askOf is ask of one server.
func (t *town) askOf(ctx context.Context, one *server, p *person, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, one.base+"/api/v1"+path, body)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		b, _ := io.ReadAll(io.LimitReader(resp.Body, 2000))
		return &refusal{path, resp.StatusCode, string(b)}
	}
	if out == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		return err
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// reading returns what a person reads next.
func reading(rng *rand.Rand, p *person) string {
	switch rng.IntN(10) {
	case 0, 1:
		return "/me"
	case 2, 3:
		return "/moods"
	case 4, 5:
		return "/sessions?limit=20"
	case 6:
		return "/persona"
	case 7:
		return "/hours?limit=20"
	case 8:
		return "/hours/" + p.hours[rng.IntN(len(p.hours))]
	}
	return "/outcomes"
}

// feel is something said after an hour.
type feel struct {
	Feel  int    `json:"feel"`
	After [2]int `json:"after"`
	Words string `json:"words"`
}

func feeling(rng *rand.Rand) feel {
	return feel{rng.IntN(5) - 2, [2]int{1 + rng.IntN(9), 1 + rng.IntN(9)}, fmt.Sprintf("said %016x", rng.Uint64())}
}

// settling is the time in which servers that have just been started are still asked for
// much that they were never asked before. It counts, and is told besides.
const settling = 5 * time.Second

// A steady is requests of one kind at a fixed rate.
type steady struct {
	name   string
	mu     sync.Mutex
	took   []time.Duration // from when each was due
	early  []time.Duration // and those of them that came while it settled
	failed int
	first  error
}

func (r *steady) note(took time.Duration, early bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.took = append(r.took, took)
	if early {
		r.early = append(r.early, took)
	}
	if err != nil {
		r.failed++
		if r.first == nil {
			r.first = err
		}
	}
}

// at does something so often a second for so long, and waits for all of it.
func (r *steady) at(ctx context.Context, rate int, length time.Duration, seed uint64, do func(rng *rand.Rand) error) {
	var all sync.WaitGroup
	begun := time.Now()
	for n := 0; ctx.Err() == nil; n++ {
		due := begun.Add(time.Duration(n) * time.Second / time.Duration(rate))
		if due.Sub(begun) >= length {
			break
		}
		time.Sleep(time.Until(due))
		all.Go(func() {
			err := do(rand.New(rand.NewPCG(seed, uint64(n))))
			r.note(time.Since(due), due.Sub(begun) < settling, err)
		})
	}
	all.Wait()
}

// load measures reads and writes together.
func (s *setting) load(ctx context.Context) (missed bool, err error) {
	t, err := s.build(ctx)
	if err != nil {
		return false, err
	}
	defer t.end()
	begun := time.Now()
	if err := t.greet(ctx); err != nil {
		return false, err
	}
	warm := time.Since(begun)
	reads, writes := &steady{name: "API reads"}, &steady{name: "durable writes"}
	var both sync.WaitGroup
	both.Go(func() {
		reads.at(ctx, s.reads, s.length, s.seed^3, func(rng *rand.Rand) error {
			p := t.people[rng.IntN(len(t.people))]
			return t.ask(ctx, p, "GET", reading(rng, p), nil, nil)
		})
	})
	both.Go(func() {
		writes.at(ctx, s.writes, s.length, s.seed^4, func(rng *rand.Rand) error {
			p := t.people[rng.IntN(len(t.people))]
			return t.ask(ctx, p, "PUT", "/hours/"+p.hours[rng.IntN(len(p.hours))]+"/reflection", feeling(rng), nil)
		})
	})
	both.Wait()
	if err := ctx.Err(); err != nil {
		return false, err
	}
	out := newResults()
	for i, one := range t.servers {
		out.say(fmt.Sprintf("start of process %d, until ready", i+1), round(one.started).String(), "", true)
	}
	out.say("each listener's first look at their moods, all of them", round(warm).String(), "", true)
	for _, r := range []*steady{reads, writes} {
		rate := map[*steady]int{reads: s.reads, writes: s.writes}[r]
		out.say(fmt.Sprintf("%s, %d a second for %s: median", r.name, rate, s.length), round(quantile(r.took, .5)).String(), "", true)
		out.say("— 99 in 100 within", round(quantile(r.took, .99)).String(), latencyBar.String(), quantile(r.took, .99) <= latencyBar)
		out.say("— refused or failed", fmt.Sprintf("%d of %d", r.failed, len(r.took)), "0", r.failed == 0)
		out.say(fmt.Sprintf("— 99 in 100 within, in the first %s", settling), round(quantile(r.early, .99)).String(), "", true)
	}
	for i, one := range t.servers {
		_, most := one.memory()
		out.say(fmt.Sprintf("most memory of process %d", i+1), megabytes(most), megabytes(memoryBar), most <= memoryBar)
	}
	for _, r := range []*steady{reads, writes} {
		if r.first != nil {
			fmt.Printf("\nThe first failure of %s: %v\n", r.name, r.first)
		}
	}
	return out.missed, nil
}

// greet has every listener's moods read once by every server, as at the start of a
// day.
func (t *town) greet(ctx context.Context) error {
	var all sync.WaitGroup
	next := make(chan *person)
	var mu sync.Mutex
	var failed error
	for range 4 {
		all.Go(func() {
			for p := range next {
				for _, one := range t.servers {
					if err := t.askOf(ctx, one, p, "GET", "/moods", nil, nil); err != nil {
						mu.Lock()
						failed = errors.Join(failed, err)
						mu.Unlock()
						return
					}
				}
			}
		})
	}
	for _, p := range t.people {
		mu.Lock()
		over := failed != nil
		mu.Unlock()
		if over || ctx.Err() != nil {
			break
		}
		select {
		case next <- p:
		case <-ctx.Done():
		case <-time.After(time.Minute):
			return errors.New("a listener's moods took longer than a minute")
		}
	}
	close(next)
	all.Wait()
	return errors.Join(failed, ctx.Err())
}

func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(all))
	return s[min(len(s)-1, int(q*float64(len(s))))]
}

func round(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(10 * time.Millisecond)
}
