package recommend

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"segue"
	"segue/playlist"

	"pgregory.net/rapid"
)

// inOrder yields orders as a batch reads them.
func inOrder(orders []Order) iter.Seq2[Order, error] {
	return func(yield func(Order, error) bool) {
		for _, o := range orders {
			if !yield(o, nil) {
				return
			}
		}
	}
}

// quickWish is a wish that takes little time.
func quickWish(from string, seed uint64) Wish {
	return Wish{From: from, Minutes: 15, Seed: seed, Candidates: playlist.MinCandidates, NoCertificate: true}
}

// crowd invents n orders: all kinds of starts, some with a history, some that
// cannot be met.
func crowd(m *Music, n int) []Order {
	starts := segue.Anchors()
	orders := make([]Order, n)
	for i := range orders {
		o := Order{ID: fmt.Sprintf("listener %d", i), Wish: quickWish(starts[i%len(starts)].Name, uint64(i))}
		switch i % 5 {
		case 1:
			o.Plays = func(context.Context) ([]segue.Play, error) { return diary(m, uint64(i), 20, 12, segue.Mood(i%4)), nil }
		case 2:
			o.Plays, o.Wish.From = func(context.Context) ([]segue.Play, error) { return diary(m, uint64(i), 3, 9, segue.Sad), nil }, ""
		case 3:
			if i%10 == 3 {
				o.Wish.From = "grumpy"
			}
		}
		orders[i] = o
	}
	return orders
}

// answers plans orders and returns what was emitted.
func answers(t testing.TB, m *Music, orders []Order, workers int) []Answer {
	t.Helper()
	var got []Answer
	if err := PlanAll(context.Background(), m, inOrder(orders), BatchOptions{Workers: workers}, func(a Answer) error {
		got = append(got, a)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return got
}

// The slow obvious version: one after the other, with the whole profile.
func TestPlanAllPlansWhatPlanPlans(t *testing.T) {
	m := music(t, 1500)
	orders := crowd(m, 10)
	for i, a := range answers(t, m, orders, 3) {
		o := orders[i]
		var l *Listener
		var p *Profile
		if o.Plays != nil {
			plays, _ := o.Plays(context.Background())
			l, p = listener(t, m, plays)
		}
		hour, err := Plan(context.Background(), m, l, p, o.Wish)
		switch {
		case a.ID != o.ID:
			t.Fatalf("answer %d is of %q, order %d of %q", i, a.ID, i, o.ID)
		case (err == nil) != (a.Err == nil) || err != nil && err.Error() != a.Err.Error():
			t.Errorf("%s: %v, alone %v", o.ID, a.Err, err)
		case err == nil && asJSON(t, hour) != asJSON(t, a.Playlist):
			t.Errorf("%s: another hour than alone", o.ID)
		}
	}
}

func TestPlanAllDoesNotDependOnWorkers(t *testing.T) {
	m := music(t, 1500)
	orders, settings := crowd(m, 40), [][2]int{{1, 2}, {2, 2}, {0, 2}, {7, 4}}
	if testing.Short() {
		orders, settings = orders[:14], settings[2:]
	}
	text := func(workers, processors int) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		var b strings.Builder
		for _, a := range answers(t, m, orders, workers) {
			fmt.Fprintf(&b, "%s %v %s\n", a.ID, a.Err, asJSON(t, a.Playlist))
		}
		return b.String()
	}
	one := text(1, 1)
	if n := strings.Count(one, "grumpy"); n != (len(orders)+6)/10 {
		t.Errorf("%d wishes failed: %.500s", n, one)
	}
	for _, c := range settings {
		if text(c[0], c[1]) != one {
			t.Errorf("%d workers on %d processors answer otherwise than one on one", c[0], c[1])
		}
	}
}

// However many orders there are, few are held; answers keep their order.
func TestPlanAllHoldsFew(t *testing.T) {
	m := music(t, 400)
	n := 10_000
	if testing.Short() {
		n = 2_000
	}
	const workers = 3
	read, emitted, histories, mostHistories := 0, 0, atomic.Int64{}, atomic.Int64{}
	orders := func(yield func(Order, error) bool) {
		for read < n {
			read++
			if held := read - emitted; held > workers*HeldPerWorker {
				t.Fatalf("%d orders are held", held)
			}
			o := Order{ID: fmt.Sprint(read), Wish: quickWish("nowhere at all", 1)}
			o.Plays = func(context.Context) ([]segue.Play, error) {
				mostHistories.Store(max(mostHistories.Load(), histories.Add(1)))
				defer histories.Add(-1)
				return nil, nil
			}
			if !yield(o, nil) {
				return
			}
		}
	}
	err := PlanAll(context.Background(), m, orders, BatchOptions{Workers: workers}, func(a Answer) error {
		emitted++
		if a.ID != fmt.Sprint(emitted) || a.Err == nil {
			t.Fatalf("answer %d is %+v", emitted, a)
		}
		return nil
	})
	if err != nil || emitted != n {
		t.Errorf("%d of %d answers, %v", emitted, n, err)
	}
	if most := mostHistories.Load(); most > workers {
		t.Errorf("%d histories were read at once by %d workers", most, workers)
	}
}

// Every order has one answer, the errors of others notwithstanding.
func TestPlanAllAnswersEach(t *testing.T) {
	m := music(t, 300)
	broken := errors.New("row 3 makes no sense")
	rapid.Check(t, func(t *rapid.T) {
		fates := rapid.SliceOfN(rapid.IntRange(0, 2), 0, 60).Draw(t, "fates")
		orders := func(yield func(Order, error) bool) {
			for i, fate := range fates {
				o := Order{ID: fmt.Sprint(i), Wish: Wish{From: "grumpy"}}
				var err error
				switch fate {
				case 1:
					err = broken
				case 2:
					o.Plays = func(context.Context) ([]segue.Play, error) { return nil, broken }
				}
				if !yield(o, err) {
					return
				}
			}
		}
		i := 0
		err := PlanAll(context.Background(), m, orders, BatchOptions{Workers: rapid.IntRange(1, 5).Draw(t, "workers")}, func(a Answer) error {
			var wish *WishError
			if a.ID != fmt.Sprint(i) || a.Playlist != nil || (fates[i] > 0) != errors.Is(a.Err, broken) || (fates[i] == 0) != errors.As(a.Err, &wish) {
				t.Fatalf("answer %d of fate %d is %+v", i, fates[i], a)
			}
			i++
			return nil
		})
		if err != nil || i != len(fates) {
			t.Fatalf("%d answers to %d orders, %v", i, len(fates), err)
		}
	})
}

func TestPlanAllStops(t *testing.T) {
	m := music(t, 800)
	full := errors.New("the disk is full")
	for name, c := range map[string]struct {
		emit func(n int, stop func()) error
		want error
	}{
		"emit fails":      {func(n int, _ func()) error { return map[bool]error{true: full}[n == 5] }, full},
		"emit fails last": {func(n int, _ func()) error { return map[bool]error{true: full}[n == 200] }, full},
		"cancelled":       {func(n int, stop func()) error { map[bool]func(){true: stop, false: func() {}}[n == 5](); return nil }, context.Canceled},
		"cancelled last":  {func(n int, stop func()) error { map[bool]func(){true: stop, false: func() {}}[n == 200](); return nil }, context.Canceled},
	} {
		before := runtime.NumGoroutine()
		ctx, stop := context.WithCancel(context.Background())
		emitted, read := 0, 0
		orders := func(yield func(Order, error) bool) {
			for read < 200 {
				read++
				o := Order{ID: fmt.Sprint(read), Wish: quickWish("grumpy", 1)}
				if read%8 == 0 {
					o.Wish.From = "sad"
				}
				if !yield(o, nil) {
					return
				}
			}
		}
		err := PlanAll(ctx, m, orders, BatchOptions{Workers: 2}, func(a Answer) error {
			if errors.Is(a.Err, context.Canceled) {
				t.Errorf("%s: a cancelled hour was emitted", name)
			}
			emitted++
			return c.emit(emitted, stop)
		})
		stop()
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if strings.HasSuffix(name, "last") != (emitted == 200) || emitted < 5 || read-emitted > 2*HeldPerWorker {
			t.Errorf("%s: %d of %d emitted", name, emitted, read)
		}
		// A goroutine that is waited for no longer may still be on its way out.
		for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		if after := runtime.NumGoroutine(); after > before {
			t.Errorf("%s: %d goroutines, %d before", name, after, before)
		}
	}
	// Ended before it began.
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if err := PlanAll(ctx, m, inOrder(nil), BatchOptions{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled at once: %v", err)
	}
	if err := PlanAll(context.Background(), m, inOrder(nil), BatchOptions{}, nil); err != nil {
		t.Errorf("no orders: %v", err)
	}
}

// What was wrong with the music is said once and not to every listener.
func TestPlanAllWithoutALibrary(t *testing.T) {
	m := music(t, 40)
	m.Positions[3] = segue.Affect{Valence: 3, Arousal: .5}
	if err := PlanAll(context.Background(), m, inOrder(crowd(m, 3)[:1]), BatchOptions{}, func(Answer) error { t.Error("an answer"); return nil }); err == nil {
		t.Error("no error of music that lies off the plane")
	}
}
