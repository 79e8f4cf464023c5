package recommend

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"segue"
)

// skipping are a listener's plays, of which those of every third track are skipped.
func skipping(m *Music, seed uint64) []segue.Play {
	plays := diary(m, seed, 30, 20, segue.Calm)
	for i := range plays {
		if plays[i].Track.ID[len(plays[i].Track.ID)-1]%3 == 0 {
			plays[i].Played, plays[i].Skipped = 5*time.Second, segue.Yes
		}
	}
	return plays
}

// Histories are pooled whatever the number of workers, one history once, and what cannot be
// read is left to its answer; a batch with the pool differs from one without, and without
// histories enough it is the same bytes.
func TestVoices(t *testing.T) {
	m := music(t, 400)
	var orders []Order
	for i := range 24 {
		o := Order{ID: fmt.Sprint(i), Wish: quickWish("sad", uint64(i))}
		o.Plays = func(context.Context) ([]segue.Play, error) { return skipping(m, uint64(i%16)), nil } // eight come twice
		switch i {
		case 3:
			o.Plays = func(context.Context) ([]segue.Play, error) { return nil, errors.New("not there") }
		case 4:
			o.Plays = nil
		}
		orders = append(orders, o)
	}
	text := func(workers, least int) string {
		t.Helper()
		v, err := Voices(context.Background(), m, inOrder(orders), BatchOptions{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if v.People() != 16 { // 3 and 4 come again as 19 and 20
			t.Errorf("%d people", v.People())
		}
		out := ""
		err = PlanAll(context.Background(), m, inOrder(orders), BatchOptions{Workers: workers, Pool: v.Pool(least)}, func(a Answer) error {
			out += fmt.Sprintf("%s %v %s\n", a.ID, a.Err, asJSON(t, a.Playlist))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	one := text(1, 10)
	if text(3, 10) != one {
		t.Error("it depends on the number of workers")
	}
	none := text(2, 17)
	alone := ""
	for _, a := range answers(t, m, orders, 2) {
		alone += fmt.Sprintf("%s %v %s\n", a.ID, a.Err, asJSON(t, a.Playlist))
	}
	if none != alone {
		t.Error("a pool of too few changes hours")
	}
	if one == alone {
		t.Error("the pool changes nothing")
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Voices(ctx, m, inOrder(orders), BatchOptions{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
