package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"time"
)

// importPlays is how many plays an import of kill brings: enough that a process is
// often killed in the middle of storing them.
const importPlays = 3000

// A ledger is what was acknowledged.
type ledger struct {
	mu       sync.Mutex
	sent     map[string]map[string]bool // by hour: the words that were sent since the last that were acknowledged, and those
	imports  map[string]map[int]bool    // by person: the numbers of imports that were sent; true once acknowledged as stored
	taken    map[string]map[int]bool    // of uploads that were acknowledged as taken in
	hours    map[string][]string        // by person: ids of hours that were acknowledged
	answered int
}

func newLedger() *ledger {
	return &ledger{sent: map[string]map[string]bool{}, imports: map[string]map[int]bool{}, taken: map[string]map[int]bool{}, hours: map[string][]string{}}
}

// sending notes words before they are sent, said after they were acknowledged.
func (l *ledger) sending(hour, words string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sent[hour] == nil {
		l.sent[hour] = map[string]bool{}
	}
	l.sent[hour][words] = true
}

func (l *ledger) said(hour, words string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent[hour] = map[string]bool{words: true}
	l.answered++
}

func (l *ledger) bring(of map[string]map[int]bool, person string, n int, stored bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if of[person] == nil {
		of[person] = map[int]bool{}
	}
	of[person][n] = stored
	if stored {
		l.answered++
	}
}

// kill serves, asks, and kills a process in the middle of it, again and again.
func (s *setting) kill(ctx context.Context) (missed bool, err error) {
	s.listeners, s.plays, s.tracks = 12, 400, 4000
	t, err := s.build(ctx)
	if err != nil {
		return false, err
	}
	defer func() { t.end() }()
	rng := rand.New(rand.NewPCG(s.seed, 5))
	known := newLedger()
	var lost []string
	begun := time.Now()
	for round := range s.rounds {
		during, stop := context.WithCancel(ctx)
		var all sync.WaitGroup
		for i, p := range t.people {
			if i%3 == 0 {
				all.Go(func() { t.imports(during, p, round, known) })
			}
			all.Go(func() { t.feelings(during, p, rand.New(rand.NewPCG(s.seed+uint64(round), uint64(i))), known) })
		}
		all.Go(func() { t.hours(during, t.people[1], known) })
		time.Sleep(time.Duration(50+rng.IntN(750)) * time.Millisecond)
		victim := rng.IntN(len(t.servers))
		t.servers[victim].kill()
		stop()
		all.Wait()
		if err := ctx.Err(); err != nil {
			return false, err
		}
		one, err := s.start(ctx, victim, t.catalogue)
		if err != nil {
			return false, fmt.Errorf("after round %d: %w", round+1, err)
		}
		t.servers[victim] = one
		if round%10 == 9 || round == s.rounds-1 {
			wrong, err := t.check(ctx, known)
			if err != nil {
				return false, err
			}
			if len(wrong) > 0 {
				lost = append(lost, fmt.Sprintf("by round %d: %s", round+1, strings.Join(wrong, "; ")))
				break
			}
		}
	}
	out := newResults()
	out.say("rounds of killing", fmt.Sprint(s.rounds), "", true)
	out.say("took", round(time.Since(begun)).String(), "", true)
	out.say("acknowledged reflections, imports and hours", fmt.Sprint(known.answered), "", true)
	out.say("lost, or there in part", fmt.Sprint(len(lost)), "0", len(lost) == 0)
	for _, l := range lost {
		fmt.Println("\n" + l)
	}
	return out.missed, nil
}

// feelings says how hours felt until the server is gone.
func (t *town) feelings(ctx context.Context, p *person, rng *rand.Rand, known *ledger) {
	for ctx.Err() == nil {
		hour, is := p.hours[rng.IntN(len(p.hours))], feeling(rng)
		known.sending(hour, is.Words)
		if err := t.ask(ctx, p, "PUT", "/hours/"+hour+"/reflection", is, nil); err != nil {
			var r *refusal
			if errors.As(err, &r) && r.code < 500 && r.code != http.StatusTooManyRequests {
				panic(err) // it is the test that is wrong
			}
			time.Sleep(5 * time.Millisecond)
			continue
		}
		known.said(hour, is.Words)
	}
}

// hours has hours planned until the server is gone.
func (t *town) hours(ctx context.Context, p *person, known *ledger) {
	for ctx.Err() == nil {
		var made struct {
			ID string `json:"id"`
		}
		if t.ask(ctx, p, "POST", "/hours", map[string]any{"now": []int{3, 7}, "target": []int{7, 3}, "minutes": 20}, &made) == nil && made.ID != "" {
			known.mu.Lock()
			known.hours[p.id] = append(known.hours[p.id], made.ID)
			known.answered++
			known.mu.Unlock()
		}
	}
}

// imports brings one history after the other until the server is gone.
func (t *town) imports(ctx context.Context, p *person, round int, known *ledger) {
	for n := round * 1000; ctx.Err() == nil; n++ {
		known.bring(known.imports, p.id, n, false)
		id, err := t.upload(ctx, p, n)
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		known.bring(known.taken, p.id, n, true)
		if t.wait(ctx, p, id) == nil {
			known.bring(known.imports, p.id, n, true)
		}
	}
}

// titles of the plays of an import begin with this.
func brought(n int) string { return fmt.Sprintf("Brought %d", n) }

// upload brings an account export of plays that no other import has.
func (t *town) upload(ctx context.Context, p *person, n int) (id string, err error) {
	type play struct {
		EndTime    string `json:"endTime"`
		ArtistName string `json:"artistName"`
		TrackName  string `json:"trackName"`
		MsPlayed   int64  `json:"msPlayed"`
	}
	plays := make([]play, importPlays)
	at := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Hour)
	for i := range plays {
		plays[i] = play{at.Add(time.Duration(i) * 4 * time.Minute).Format("2006-01-02 15:04"), "Nobody", fmt.Sprintf("%s part %d", brought(n), i), 180_000}
	}
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, _ := m.CreateFormFile("file", "StreamingHistory0.json")
	_ = json.NewEncoder(part).Encode(plays)
	_ = m.Close()
	one := t.servers[int(t.turn.Add(1))%len(t.servers)]
	r, err := http.NewRequestWithContext(ctx, "POST", one.base+"/api/v1/imports", &body)
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	r.Header.Set("Content-Type", m.FormDataContentType())
	resp, err := client.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		b, _ := io.ReadAll(io.LimitReader(resp.Body, 500))
		return "", fmt.Errorf("imports: %d: %s", resp.StatusCode, b)
	}
	var told struct {
		ID string `json:"id"`
	}
	return told.ID, json.NewDecoder(resp.Body).Decode(&told)
}

// wait waits until an import is stored.
func (t *town) wait(ctx context.Context, p *person, id string) error {
	for ctx.Err() == nil {
		var is struct {
			State string `json:"state"`
		}
		err := t.ask(ctx, p, "GET", "/imports/"+id, nil, &is)
		if len(t.servers) > 1 && refused(err, http.StatusNotFound) == nil {
			time.Sleep(10 * time.Millisecond)
			continue // another process has it, and has not stored it yet
		}
		if err != nil {
			return err
		}
		switch is.State {
		case "done":
			return nil
		case "failed", "cancelled":
			return errors.New(is.State)
		}
		time.Sleep(10 * time.Millisecond)
	}
	return ctx.Err()
}

// check compares what is in the database with what was acknowledged. Uploads that
// were taken in may take a while to be stored after a start, on a busy machine minutes.
func (t *town) check(ctx context.Context, known *ledger) (wrong []string, err error) {
	for until := time.Now().Add(5 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		wrong, err = t.compare(ctx, known)
		if err != nil || len(wrong) == 0 || time.Now().After(until) || ctx.Err() != nil {
			return wrong, errors.Join(err, ctx.Err())
		}
	}
}

func (t *town) compare(ctx context.Context, known *ledger) (wrong []string, err error) {
	db, err := t.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, p := range t.people {
		felt, err := db.Reflections(ctx, p.id)
		if err != nil {
			return nil, err
		}
		for _, one := range felt {
			if sent := known.sent[one.Hour]; sent != nil && one.Words != "" && !sent[one.Words] {
				wrong = append(wrong, "what was said of "+one.Hour+" is an older one")
			}
		}
		for _, id := range known.hours[p.id] {
			if _, err := db.Hour(ctx, p.id, id); err != nil {
				wrong = append(wrong, fmt.Sprintf("hour %s: %v", id, err))
			}
		}
		if known.imports[p.id] == nil {
			continue
		}
		plays, err := db.Plays(ctx, p.id)
		if err != nil {
			return nil, err
		}
		there := map[string]int{}
		for _, play := range plays {
			if name, _, ok := strings.Cut(play.Track.Title, " part "); ok {
				there[name]++
			}
		}
		for n, stored := range known.imports[p.id] {
			switch got := there[brought(n)]; {
			case got != 0 && got != importPlays:
				wrong = append(wrong, fmt.Sprintf("import %d of %s is there in part: %d plays", n, p.id, got))
			case got == 0 && stored:
				wrong = append(wrong, fmt.Sprintf("import %d of %s was acknowledged as stored and is not there", n, p.id))
			case got == 0 && known.taken[p.id][n]:
				wrong = append(wrong, fmt.Sprintf("import %d of %s was taken in and is not there", n, p.id))
			}
		}
	}
	return wrong, nil
}
