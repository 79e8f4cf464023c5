package store

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// A guest is a listener of a test: what they allow, and how hours felt.
type guest struct {
	demo    bool
	allows  []Consent
	feels   []int
	moved   [][2]int // after − now of the hours, from cell 5, 5
	noPlace bool     // after an hour, none was said
}

func (g guest) save(t testing.TB, s *Store, id string) {
	t.Helper()
	ctx := context.Background()
	must(t, s.SaveListener(ctx, Listener{ID: id, Demo: g.demo}))
	for i, f := range g.feels {
		h := fmt.Sprint("h", i)
		must(t, s.AddCheckIn(ctx, id, CheckIn{ID: "c" + h, At: at(i), Now: [2]int{5, 5}}))
		must(t, s.SaveHour(ctx, id, Hour{ID: h, CheckIn: "c" + h, At: at(i), Plan: []byte("{}"), Version: 1}))
		r := Reflection{Hour: h, At: at(i), Feel: f}
		if !g.noPlace {
			r.After = &[2]int{5 + g.moved[i][0], 5 + g.moved[i][1]}
		}
		must(t, s.SaveReflection(ctx, id, r))
	}
	for _, c := range g.allows {
		must(t, s.SetConsent(ctx, id, c))
	}
}

// allowed is the consents to everything, Research given at a moment.
func allowed(n int) []Consent {
	return []Consent{{Moods, true, at(0)}, {CheckIns, true, at(0)}, {Research, true, at(n)}}
}

func value(p *float64) any {
	if p == nil {
		return nil
	}
	return *p
}

// By hand, for k = 5: guests 0 to 9 of ten who contribute count, and no other.
//
//	guests 0–4: feel +1 and +2, moved (1, −1) and (2, −1): shares ½, ½; means 1½, −1
//	guests 5–8: feel +1 three times, moved (0, 0): share 1; mean 0, 0
//	guest 9:    feel −2 once, moved (−4, 3)
//
// Share +1: (5·½ + 4·1)/10 = 0.65, of 9 listeners; +2: 5·½/10 = 0.25, of 5. That
// of −2 is of one listener, those of −1 and 0 of none; and since 1 − 0.65 − 0.25
// would tell it, +2, of the fewest, is left out with them.
// Change: valence (5·1½ − 4)/10 = 0.35, rounded away from zero to 0.4; arousal
// (−5 + 3)/10 = −0.2.
func TestGroupSums(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		var guests []guest
		for i := range 10 {
			switch {
			case i < 5:
				guests = append(guests, guest{allows: allowed(i), feels: []int{1, 2}, moved: [][2]int{{1, -1}, {2, -1}}})
			case i < 9:
				guests = append(guests, guest{allows: allowed(i), feels: []int{1, 1, 1}, moved: [][2]int{{0, 0}, {0, 0}, {0, 0}}})
			default:
				guests = append(guests, guest{allows: allowed(i), feels: []int{-2}, moved: [][2]int{{-4, 3}}})
			}
		}
		worse := guest{feels: []int{-1}, moved: [][2]int{{-4, -4}}}
		for _, allows := range [][]Consent{
			allowed(100), // the eleventh waits
			append(allowed(0), Consent{Research, false, at(1)}),
			append(allowed(0), Consent{CheckIns, false, at(1)}),
			{{CheckIns, true, at(0)}},
			{{Research, true, at(0)}},
		} {
			worse.allows = allows
			guests = append(guests, worse)
		}
		guests = append(guests, guest{allows: allowed(0)}) // nothing to say
		worse.demo, worse.allows = true, allowed(0)
		guests = append(guests, worse)
		for i, g := range guests {
			g.save(t, s, numbered("guest", i))
		}
		g, err := s.GroupSums(ctx, 5)
		must(t, err)
		// 16 real guests: Moods 10 + 1 + 1 + 1 + 1 = 14; CheckIns 10 + 1 + 1 + 0 + 1 + 0 + 1
		// = 14; Research 10 + 1 + 0 + 1 + 0 + 1 + 1 = 14; Plays nobody.
		for p, want := range map[Purpose]int{Moods: 10, CheckIns: 10, Research: 10} {
			if n := g.Consents[p]; n == nil || *n != want {
				t.Errorf("%s is allowed by %v, want %d", p, n, want)
			}
		}
		if n, asked := g.Consents[Plays]; !asked || n != nil {
			t.Errorf("plays are allowed by %v", n)
		}
		if g.K != 5 || g.Feel == nil || g.Feel.Listeners != 10 {
			t.Fatalf("feelings %+v", g.Feel)
		}
		for f, want := range []any{nil, nil, nil, 0.65, nil} {
			if got := value(g.Feel.Share[f]); got != want {
				t.Errorf("share of %d is %v, want %v", f-2, got, want)
			}
		}
		if want := (&ChangeSums{10, 0.4, -0.2}); !reflect.DeepEqual(g.Change, want) {
			t.Errorf("change %+v, want %+v", g.Change, want)
		}

		// With one more that contributes there are eleven and one waits, as before;
		// what is said does not change until five have come.
		for i := range 3 {
			guest{allows: allowed(200 + i), feels: []int{-2}, moved: [][2]int{{-4, 3}}}.save(t, s, numbered("late", i))
			if later, err := s.GroupSums(ctx, 5); err != nil || !reflect.DeepEqual(later.Feel, g.Feel) || !reflect.DeepEqual(later.Change, g.Change) {
				t.Errorf("%d came: %+v, %+v, %v", i+1, later.Feel, later.Change, err)
			}
		}
		guest{allows: allowed(203), feels: []int{-2}, noPlace: true}.save(t, s, "late")
		later, err := s.GroupSums(ctx, 5)
		if err != nil || later.Feel.Listeners != 15 || later.Change.Listeners != 10 {
			t.Errorf("five came, one without a place: %+v, %+v, %v", later.Feel, later.Change, err)
		}
		// Now −2 is of 1 + 4 = 5 listeners, and −1 of one, 0 of none: those two and, so
		// that they are of 5, −2 are left out. (5·½ + 4)/15 = 0.433, 2.5/15 = 0.167
		for f, want := range []any{nil, nil, nil, 0.43, 0.17} {
			if got := value(later.Feel.Share[f]); got != want {
				t.Errorf("then the share of %d is %v, want %v", f-2, got, want)
			}
		}
		many, err := s.GroupSums(ctx, 20)
		if err != nil || many.Feel != nil || many.Change != nil || many.Consents[Moods] != nil {
			t.Errorf("of 20: %+v, %v", many, err)
		}
		for _, k := range []int{-1, 0, 1, 4, 1001} {
			_, err := s.GroupSums(ctx, k)
			refuses(t, fmt.Sprint("k = ", k), err, ErrInvalid)
		}
	})
}

// Whatever listeners said: nothing rests on fewer than k of them, nor what is
// left out altogether, unless all of it is.
func TestGroupSumsOfFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(leastK, 8).Draw(t, "k")
		var rows [][5]float64
		said := map[int]map[int]bool{} // by feeling, then listener
		listeners := rapid.IntRange(0, 30).Draw(t, "listeners")
		for l := range listeners {
			feels := rapid.SliceOfNDistinct(rapid.IntRange(-2, 2), 1, 5, rapid.ID).Draw(t, "feels")
			rows = append(rows, [5]float64{})
			for _, f := range feels {
				rows[l][f+2] = float64(rapid.IntRange(1, 9).Draw(t, "n"))
				if l < listeners/k*k {
					if said[f] == nil {
						said[f] = map[int]bool{}
					}
					said[f][l] = true
				}
			}
		}
		out := sumFeels(rows, k)
		if listeners < k {
			if out != nil {
				t.Fatalf("of %d: %+v", listeners, out)
			}
			return
		}
		if out.Listeners != listeners/k*k {
			t.Fatalf("%d of %d", out.Listeners, listeners)
		}
		left, shown, sum := map[int]bool{}, 0, 0.0
		for i, share := range out.Share {
			if share == nil {
				for l := range said[i-2] {
					left[l] = true
				}
				continue
			}
			shown++
			sum += *share
			if len(said[i-2]) < k || *share < 0 || *share > 1 || math.Abs(*share*100-math.Round(*share*100)) > 1e-9 {
				t.Errorf("share %v of %d listeners", *share, len(said[i-2]))
			}
		}
		if shown > 0 && shown < 5 && len(left) < k {
			t.Errorf("what is left out is of %d listeners", len(left))
		}
		if sum > 1.3 { // shares are rounded to tenths: five roundings of 0.05 at most
			t.Errorf("the shares sum to %v", sum)
		}
	})
}

// 500 listeners of 200 reflections each.
func BenchmarkGroupSums(b *testing.B) {
	ctx := context.Background()
	s := opened(b, Options{})
	const listeners, hours = 500, 200
	must(b, s.write(ctx, "", func(ctx context.Context, c *conn) error {
		for l := range listeners {
			id := numbered("l", l)
			if err := saveListener(ctx, c, Listener{ID: id}); err != nil {
				return err
			}
			for _, k := range allowed(l) {
				if err := addConsent(ctx, c, id, k); err != nil {
					return err
				}
			}
			for i := range hours {
				h := numbered("h", i)
				if err := addCheckIn(ctx, c, id, CheckIn{ID: h, Now: [2]int{1 + i%9, 5}}); err != nil {
					return err
				}
				if err := addHour(ctx, c, id, Hour{ID: h, CheckIn: h, Plan: []byte("{}"), Version: 1}); err != nil {
					return err
				}
				if err := saveReflection(ctx, c, id, Reflection{Hour: h, Feel: i*l%5 - 2, After: &[2]int{5, 1 + l%9}}); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	for b.Loop() {
		if g, err := s.GroupSums(ctx, 5); err != nil || g.Feel.Listeners != listeners || g.Change.Listeners != listeners {
			b.Fatal(g, err)
		}
	}
}
