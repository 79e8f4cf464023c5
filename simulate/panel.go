package simulate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"segue"
	"segue/history"
	"segue/internal/parallel"
	"segue/outcome/adapt"
	"segue/playlist"
	"segue/recommend"
)

// A member is an invented listener with what Segue knows of them.
type member struct {
	*truth
	id      string // a pseudonym
	past    past
	digest  *recommend.Digest
	profile *recommend.Profile
	library *playlist.Library

	mu    sync.Mutex
	plans map[wish]*planned
}

// A wish is what an hour is planned from; the same wish has the same plan.
type wish struct {
	now, target segue.Cell
	arm         playlist.Arm
	action      adapt.Action // zero, or what else the hour is built by
	night       bool
	variant     uint64 // seed of the plan
}

// planned is a plan, made once.
type planned struct {
	mu   sync.Mutex
	plan *plan // nil until then
}

// begins is when experiments begin: histories end there. A Monday, with no daylight
// saving about to change.
var begins = time.Date(2025, time.March, 3, 0, 0, 0, 0, time.UTC)

// A Panel is invented listeners, each with a history that went through the pipeline.
// Hours planned for them are kept, so that worlds and runs share them. It may be used
// by several goroutines.
type Panel struct {
	music   *music
	members []*member
	options PanelOptions
}

// NewPanel makes listeners and takes each from a history to a profile, several at a
// time. Cost is in proportion to listeners and days of history, a few hundredths of a
// second each. Errors are of options or a catalogue that cannot serve, wrapping
// segue.ErrUsage, of files (see PanelOptions.Exports), and ctx's.
func NewPanel(ctx context.Context, m *recommend.Music, o PanelOptions) (*Panel, error) {
	o, err := o.filled()
	if err != nil {
		return nil, err
	}
	p := &Panel{options: o, members: make([]*member, o.Listeners)}
	if p.music, err = newMusic(m, o.Seed); err != nil {
		return nil, err
	}
	var done atomic.Int64
	err = parallel.Each(ctx, len(p.members), func(ctx context.Context, i int) error {
		m, err := newMember(ctx, p.music, o, i)
		p.members[i] = m
		tell(o.Progress, "inventing listeners", done.Add(1), len(p.members))
		return err
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// newMember makes listener i, and lays the history beside the music.
func newMember(ctx context.Context, s *music, o PanelOptions, i int) (*member, error) {
	m := &member{truth: newTruth(mix(o.Seed)^mix(uint64(i)+1<<32), s.genres), id: fmt.Sprintf("listener-%04d", i+1), plans: map[wish]*planned{}}
	m.past = s.live(m.truth, begins.AddDate(0, 0, -o.HistoryDays), o.HistoryDays)
	plays := m.past.plays
	if o.Exports != "" {
		var err error
		if plays, err = throughFile(ctx, filepath.Join(o.Exports, m.id), plays); err != nil {
			return nil, err
		}
	}
	l, err := recommend.Listen(ctx, s.Music, plays, recommend.ListenOptions{Location: m.zone, Seed: o.Seed})
	if err != nil {
		return nil, err
	}
	if m.profile, err = recommend.ProfileOf(ctx, l, recommend.ProfileOptions{Now: begins, Seed: o.Seed}); err != nil {
		return nil, err
	}
	m.digest = l.Digest()
	m.library, err = s.LibraryOf(m.digest, m.profile)
	m.past.plays = nil // the digest holds what is needed
	return m, err
}

// throughFile writes plays as the export of a streaming account into a folder and
// reads them from there, as a listener's own would be.
func throughFile(ctx context.Context, folder string, plays []segue.Play) ([]segue.Play, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	path := filepath.Join(folder, "Streaming_History_Audio_2025_0.json")
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	err = WriteExport(f, plays)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return nil, err
	}
	read, _, err := history.Read(ctx, []string{path}, history.Options{})
	return read, err
}

// plan returns the hour that Segue's planner makes of a wish, on what Segue knows of
// the member; and where its tracks truly lie to them.
func (p *Panel) plan(ctx context.Context, m *member, w wish, at time.Time) (*plan, error) {
	m.mu.Lock()
	one := m.plans[w]
	if one == nil {
		one = new(planned)
		m.plans[w] = one
	}
	m.mu.Unlock()
	one.mu.Lock()
	defer one.mu.Unlock()
	if one.plan == nil { // an error is not kept: it may have been an ended ctx's
		var err error
		if one.plan, err = p.makePlan(ctx, m, w, at); err != nil {
			return nil, err
		}
	}
	return one.plan, nil
}

// familiar is the share of familiar tracks planned for each third of every hour, in
// every arm. With so few candidates the usual shares would often have to be relaxed,
// which takes time. (d)
const familiar = .25

func (p *Panel) makePlan(ctx context.Context, m *member, w wish, at time.Time) (*plan, error) {
	s, o, target := p.music, p.options, w.target.At()
	r, err := recommend.RequestOf(m.digest, m.profile, recommend.Wish{
		CheckIn: &segue.CheckIn{At: at, Now: w.now.At(), Target: &target}, Minutes: o.Minutes, Arm: w.arm, Night: w.night,
		Seed: w.variant + 1, Candidates: o.Candidates, NoCertificate: true, Familiarity: &[3]float64{familiar, familiar, familiar},
	})
	if err != nil {
		return nil, err
	}
	if w.action != (adapt.Action{}) {
		w.action.Arm = string(w.arm)
		r = recommend.Adapted(r, w.action)
	}
	hour, err := playlist.Plan(ctx, m.library, r)
	if err != nil {
		return nil, fmt.Errorf("simulate: planning for %s: %w", m.id, err)
	}
	made := &plan{}
	for _, t := range hour.Tracks {
		row := s.byID[t.ID]
		sl := slot{row: row, at: s.place(m.truth, row), familiar: m.past.knows[row], liking: s.liking(m.truth, row), length: time.Duration(t.DurationMS) * time.Millisecond}
		made.slots = append(made.slots, sl)
		made.length += sl.length
	}
	return made, nil
}
