package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"segue"
	"segue/playlist"
	"segue/recommend"
	"segue/store"
)

// largeMusic is an invented catalogue of n tracks by n/8 artists, learned by nobody:
// names of the length that real ones have, places all over the plane.
func largeMusic(t testing.TB, n int) *recommend.Music {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 1))
	artists := make([]string, n/8)
	for i := range artists {
		artists[i] = fmt.Sprintf("%s %s %d", word(rng), word(rng), i)
	}
	c := &segue.Catalog{Artists: segue.Lists{Values: artists, Offset: []int32{0}}, Genres: segue.Lists{Values: []string{"pop", "folk", "jazz", "metal"}, Offset: []int32{0}}, Version: "invented"}
	for f := range c.Feature {
		c.Feature[f] = make([]float32, n)
	}
	for i := range n {
		c.ID = append(c.ID, fmt.Sprintf("%022d", i))
		c.Title = append(c.Title, fmt.Sprintf("%s %s %d", word(rng), word(rng), i))
		c.Album = append(c.Album, fmt.Sprintf("%s %d", word(rng), i/10))
		c.Artists.Index = append(c.Artists.Index, int32(i%len(artists)))
		c.Artists.Offset = append(c.Artists.Offset, int32(i+1))
		c.Genres.Index = append(c.Genres.Index, int32(i%4))
		c.Genres.Offset = append(c.Genres.Offset, int32(i+1))
		c.DurationMS = append(c.DurationMS, int32(150_000+rng.IntN(150_000)))
		c.Popularity = append(c.Popularity, int8(rng.IntN(101)))
		c.Explicit = append(c.Explicit, segue.Tristate(rng.IntN(3)))
		c.Recording = append(c.Recording, int32(i))
		energy := rng.Float64()
		for f, v := range map[segue.Feature]float64{
			segue.Energy: energy, segue.Acousticness: min(1, max(0, 1-energy+.2*rng.NormFloat64())), segue.Valence: rng.Float64(),
			segue.Danceability: rng.Float64(), segue.Loudness: -30 + 28*energy, segue.Tempo: 60 + 120*rng.Float64(), segue.Speechiness: .05, segue.Liveness: .1,
			segue.Key: float64(rng.IntN(12)), segue.Mode: float64(rng.IntN(2)),
		} {
			c.Feature[f][i] = float32(v)
		}
	}
	m, err := recommend.Place(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func word(rng *rand.Rand) string {
	var b strings.Builder
	for range 2 + rng.IntN(2) {
		b.WriteByte("bdfgklmnprstv"[rng.IntN(13)])
		b.WriteByte("aeiou"[rng.IntN(5)])
	}
	return b.String()
}

// manyPlays is the history of the nth of many listeners: n plays over two years in
// sessions of about nine, of about 3,000 tracks of which one in eight is in no
// catalogue.
func manyPlays(m *recommend.Music, nth, n int) []segue.Play {
	c := m.Catalog
	rng := rand.New(rand.NewPCG(uint64(nth), 2))
	known := make([]segue.TrackRef, 3000)
	for i := range known {
		row := rng.IntN(c.Len())
		known[i] = segue.TrackRef{ID: c.ID[row], Title: c.Title[row], Artist: c.Artists.First(row), Album: c.Album[row]}
		if i%8 == 0 {
			known[i] = segue.TrackRef{ID: fmt.Sprintf("z%021d", i), Title: word(rng) + " " + word(rng), Artist: word(rng), Album: word(rng)}
		}
	}
	plays := make([]segue.Play, 0, n)
	const perDay = 27.4
	from := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for len(plays) < n {
		at := from.Add(time.Duration(float64(len(plays)) / perDay * 24 * float64(time.Hour))).Add(time.Duration(rng.IntN(3600)) * time.Second)
		if k := len(plays); k > 0 && at.Before(plays[k-1].EndedAt.Add(31*time.Minute)) {
			at = plays[k-1].EndedAt.Add(31 * time.Minute)
		}
		for range 5 + rng.IntN(9) {
			t := known[int(math.Floor(float64(len(known))*math.Pow(rng.Float64(), 2)))]
			played := time.Duration(20_000+rng.IntN(220_000)) * time.Millisecond
			at = at.Add(played)
			plays = append(plays, segue.Play{Track: t, EndedAt: at, Played: played, Skipped: segue.Tristate(rng.IntN(3))})
		}
	}
	return plays[:n]
}

// manyListeners is a server whose file knows many, of as many plays each.
func manyListeners(t testing.TB, m *recommend.Music, listeners, plays int) *Server {
	t.Helper()
	ctx := context.Background()
	kept, err := store.Open(ctx, store.Options{Path: filepath.Join(t.TempDir(), "segue.db")})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)
	for i := range listeners {
		id := fmt.Sprintf("listener-%d", i)
		if err := kept.SaveListener(ctx, store.Listener{ID: id, Zone: "Europe/Lisbon", Adult16: true, Created: at}); err != nil {
			t.Fatal(err)
		}
		for _, p := range purposes() {
			if err := kept.SetConsent(ctx, id, store.Consent{Purpose: p, Given: true, At: at}); err != nil {
				t.Fatal(err)
			}
		}
		if err := kept.AddImport(ctx, id, store.Import{ID: "one", At: at, Report: []byte("{}"), Plays: plays}, manyPlays(m, i, plays)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := New(ctx, Options{Kept: kept, Seed: 1, Now: func() time.Time { return at }, Music: func(context.Context, segue.Progress) (*recommend.Music, error) { return m, nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(); _ = kept.Close() })
	return s
}

// heap is how many bytes are in use.
func heap() int {
	runtime.GC()
	runtime.GC() // what pools hold goes the second time
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// listenerOf returns the visit of the ith of many listeners.
func listenerOf(t testing.TB, s *Server, i int) *visit {
	t.Helper()
	v, err := s.visitOf(t.Context(), fmt.Sprintf("listener-%d", i))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func portraitOf(t testing.TB, v *visit) *portrait {
	t.Helper()
	p, err := v.portrait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What portraits and libraries are thought to take is what they do take, and a
// listener of 20,000 plays takes little.
func TestPortraitBytes(t *testing.T) {
	inTurn(t)
	m := largeMusic(t, 20_000)
	v := listenerOf(t, manyListeners(t, m, 1, 0), 0)
	if _, err := m.LibraryOf(nil, nil); err != nil { // what all share
		t.Fatal(err)
	}
	const listeners = 10
	for _, c := range []struct{ plays, most int }{{20_000, 400_000}, {2000, 120_000}} {
		near := func(what string, took, said int) {
			t.Helper()
			t.Logf("%d plays: a %s takes %d bytes, and is thought to take %d", c.plays, what, took/listeners, said/listeners)
			if off := math.Abs(float64(took - said)); off > .25*float64(said)+listeners*10_000 {
				t.Errorf("%d plays: a %s takes %d bytes, and is thought to take %d", c.plays, what, took/listeners, said/listeners)
			}
		}
		paint := func(i int) *portrait {
			p, err := v.painted(t.Context(), m, manyPlays(m, i, c.plays))
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		paint(0)
		var portraits [listeners]*portrait
		var libraries [listeners]*playlist.Library
		said, before := 0, heap()
		for i := range portraits {
			portraits[i] = paint(i)
			said += portraits[i].bytes()
		}
		near("portrait", heap()-before, said)
		if said/listeners > c.most {
			t.Errorf("%d plays: a portrait takes %d bytes", c.plays, said/listeners)
		}
		said, before = 0, heap()
		for i, p := range portraits {
			var err error
			if libraries[i], err = m.LibraryOf(p.listener, p.profile); err != nil {
				t.Fatal(err)
			}
			said += libraries[i].ListenersBytes()
		}
		near("library", heap()-before, said)
		runtime.KeepAlive(portraits)
		runtime.KeepAlive(libraries)
	}
}

// However many listeners come, no more is kept than there is room for; those who came
// lately are, and who was let go is painted again to the same.
func TestPortraitsAreBounded(t *testing.T) {
	inTurn(t)
	m := largeMusic(t, 5000)
	const listeners = 12
	s := manyListeners(t, m, listeners, 300)
	first := portraitOf(t, listenerOf(t, s, 0))
	s.portraits.room(int64(float64(5*first.bytes()) / (1 - madeShare)))
	check := func() {
		t.Helper()
		if now := s.portraits.now(); now.bytes > s.portraits.most || now.madeBytes > s.portraits.mostMade {
			t.Fatalf("%+v, of %d and %d", now, s.portraits.most, s.portraits.mostMade)
		}
	}
	for round := range 3 {
		for i := range listeners {
			v := listenerOf(t, s, i)
			p := portraitOf(t, v)
			_, _ = p.library(t.Context(), v.Tongue)
			_ = p.picture(v.Tongue, "large", func() string { return strings.Repeat("x", s.portraits.mostMade/5) })
			_ = p.picture(v.Tongue, "too large", func() string { return strings.Repeat("x", s.portraits.mostMade) })
			check()
			if again := portraitOf(t, v); again != p {
				t.Errorf("round %d: listener %d is not kept while they are here", round, i)
			}
		}
	}
	if n := s.portraits.now().count; n < 3 || n > 8 {
		t.Errorf("%d are kept", n)
	}
	again := portraitOf(t, listenerOf(t, s, 0))
	if again == first {
		t.Fatal("the first was never let go")
	}
	if !reflect.DeepEqual(first.listener, again.listener) || !reflect.DeepEqual(first.where, again.where) || !reflect.DeepEqual(first.facts, again.facts) {
		t.Error("painted again it is another")
	}
	was, is := jsonOf(t, first.profile), jsonOf(t, again.profile)
	if was != is {
		t.Error("painted again the profile is another")
	}
	s.portraits.forgetAll()
	if now := s.portraits.now(); now.bytes != 0 || now.madeBytes != 0 || now.count != 0 || len(s.portraits.of) != 0 {
		t.Errorf("something is left: %+v", now)
	}
}

func jsonOf(t testing.TB, of any) string {
	t.Helper()
	b, err := json.Marshal(of)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Many read while portraits are let go under them, and forgotten.
func TestPortraitsLetGoWhileRead(t *testing.T) {
	inTurn(t)
	m := largeMusic(t, 5000)
	const listeners = 6
	s := manyListeners(t, m, listeners, 200)
	s.portraits.room(int64(3 * portraitOf(t, listenerOf(t, s, 0)).bytes()))
	var all sync.WaitGroup
	for reader := range 8 {
		all.Go(func() {
			for i := range 30 {
				v, err := s.visitOf(context.Background(), fmt.Sprintf("listener-%d", (reader*7+i)%listeners))
				if err != nil {
					t.Error(err)
					return
				}
				err = v.studying(context.Background(), func(p *portrait) error {
					_, err := v.rows(context.Background(), p, 0, p.listener.Sessions.Len())
					if err == nil {
						_, err = p.library(t.Context(), v.Tongue)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
				if i%10 == reader {
					s.portraits.forget(v.who.ID)
				}
			}
		})
	}
	all.Wait()
	if now := s.portraits.now(); now.bytes > s.portraits.most {
		t.Errorf("%+v", now)
	}
}

// A painting that everybody who waited for left is called off, and the next one who
// asks begins another.
func TestNobodyWaits(t *testing.T) {
	m := largeMusic(t, 2000)
	s := manyListeners(t, m, 1, 100)
	for range cap(s.portraits.turns) {
		if _, err := s.portraits.turn(t.Context()); err != nil {
			t.Fatal(err) // nobody else may paint
		}
	}
	v := listenerOf(t, s, 0)
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := v.portrait(ctx)
			left <- err
		}()
	}
	one := func() *sitting {
		s.portraits.mu.Lock()
		defer s.portraits.mu.Unlock()
		if one := s.portraits.of[v.who.ID]; one != nil && one.waiting == 2 {
			return one
		}
		return nil
	}
	for one() == nil {
		time.Sleep(time.Millisecond)
	}
	sitting := one()
	leave()
	for range 2 {
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	<-sitting.done // though no turn was ever free
	if !errors.Is(sitting.err, context.Canceled) {
		t.Error(sitting.err)
	}
	for range cap(s.portraits.turns) {
		<-s.portraits.turns
	}
	if p := portraitOf(t, v); p.listener == nil {
		t.Error("no portrait")
	}
}

// Plays that another process brought are seen by the next request, and a page that is
// read from between the two is read again.
func TestAnotherProcessBrings(t *testing.T) {
	m := largeMusic(t, 2000)
	s := manyListeners(t, m, 1, 200)
	v := listenerOf(t, s, 0)
	was := portraitOf(t, v)
	more := manyPlays(m, 1, 260)
	if err := s.kept.AddImport(t.Context(), v.who.ID, store.Import{ID: "two", At: v.at, Report: []byte("{}"), Plays: 60}, more); err != nil {
		t.Fatal(err)
	}
	now := portraitOf(t, listenerOf(t, s, 0))
	if was.listener.Plays() != 200 || now.listener.Plays() != 260 {
		t.Errorf("%d plays, then %d", was.listener.Plays(), now.listener.Plays())
	}
	n := was.listener.Sessions.Len()
	if _, err := v.heard(t.Context(), was, n-1, n); !errors.Is(err, errChanged) {
		t.Errorf("the last session of what is no more: %v", err)
	}
	if err := s.kept.DeletePlays(t.Context(), v.who.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := v.heard(t.Context(), was, 0, 1); !errors.Is(err, errChanged) {
		t.Errorf("the plays were deleted: %v", err)
	}
}

// One listener who looks through all of their hours takes nobody else's place.
func TestDraftsAreShared(t *testing.T) {
	var d drafts
	d.of("quiet", "one")
	for i := range 3 * mostDrafts {
		d.of("busy", fmt.Sprint(i))
	}
	if len(d.held) != mostDrafts || d.held[0].owner != "quiet" {
		t.Errorf("%d held, the oldest of %s", len(d.held), d.held[0].owner)
	}
	if last := d.held[len(d.held)-1]; last.id != fmt.Sprint(3*mostDrafts-1) {
		t.Errorf("the last is %s", last.id)
	}
	for i := range 2 * mostTalks {
		d.asked("busy", fmt.Sprint(i), true)
	}
	if len(d.talk) != mostTalks || !d.talks("busy", fmt.Sprint(2*mostTalks-1)) {
		t.Errorf("%d noted", len(d.talk))
	}
	d.asked("quiet", "one", true)
	d.forgetOf("busy")
	if len(d.held) != 1 || !d.talks("quiet", "one") || len(d.talk) != 1 {
		t.Errorf("%d held, %d noted", len(d.held), len(d.talk))
	}
}

// How long a portrait of 20,000 plays takes to paint, beside a catalogue of 120,000
// tracks.
func BenchmarkPaint(b *testing.B) {
	s := manyListeners(b, largeMusic(b, 120_000), 1, 20_000)
	v := listenerOf(b, s, 0)
	portraitOf(b, v) // and the indexes that all share
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.paint(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// How long it takes to find out who asks, among 500, as every request does.
func BenchmarkVisitOf(b *testing.B) {
	s := manyListeners(b, largeMusic(b, 2000), 500, 0)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			if _, err := s.visitOf(b.Context(), fmt.Sprintf("listener-%d", i*37%500)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
