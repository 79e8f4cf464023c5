package adapt

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"segue"

	"pgregory.net/rapid"
)

const salt = "a salt for tests only"

func shipped() *Policy { return Shipped(salt) }

// TestSharesLaws: whole millionths that sum to one, none below the floor's part.
func TestSharesLaws(t *testing.T) {
	p := shipped()
	least := int(p.Floor / float64(len(p.Actions)) * Parts)
	rapid.Check(t, func(t *rapid.T) {
		belief := make([]Beta, len(p.Actions))
		for i := range belief {
			belief[i] = p.Prior.Seen(Count{rapid.IntRange(0, 300).Draw(t, "better"), rapid.IntRange(0, 300).Draw(t, "other")})
		}
		sum := 0
		for _, s := range p.Shares(belief) {
			if s < least {
				t.Fatalf("a share of %d millionths, below the floor's %d", s, least)
			}
			sum += s
		}
		if sum != Parts {
			t.Fatalf("the shares sum to %d", sum)
		}
	})
	if got := rounded([]float64{1. / 3, 1. / 3, 1. / 3}); !reflect.DeepEqual(got, []int{333_334, 333_333, 333_333}) {
		t.Errorf("thirds are %v", got)
	}
}

// TestChooseDrawsByItsShares: over many hours each action comes as often as its share
// says (χ² with 7 degrees of freedom is above 24.3 once in a thousand), and the same hour
// always has the same.
func TestChooseDrawsByItsShares(t *testing.T) {
	p := shipped()
	own := p.NewTally()
	own[1][0], own[1][3] = Count{5, 3}, Count{2, 6}
	seen := make([]int, len(p.Actions))
	const n = 20_000
	first := p.Choose(nil, own, 1, "l", "0")
	for i := range n {
		c := p.draw("l", fmt.Sprint(i), first.Shares)
		seen[c]++
	}
	chi := 0.
	for a, s := range first.Shares {
		want := float64(s) / Parts * n
		chi += (float64(seen[a]) - want) * (float64(seen[a]) - want) / want
	}
	if chi > 24.3 {
		t.Errorf("drawn %v of %v: χ² %.1f", seen, first.Shares, chi)
	}
	if again := p.Choose(nil, own, 1, "l", "0"); !reflect.DeepEqual(first, again) {
		t.Errorf("the same hour was drawn as %v and %v", first, again)
	}
	shares, err := parseShares(first.Propensities(), len(p.Actions))
	if err != nil || shares[first.Action] != first.Propensity() {
		t.Errorf("written as %q, read as %v, %v", first.Propensities(), shares, err)
	}
}

// same is a panel of listeners with the same counts of two actions of a context.
func same(p *Policy, n, context int, first, second Count) map[string]Tally {
	of := map[string]Tally{}
	for i := range n {
		t := p.NewTally()
		t[context][0], t[context][1] = first, second
		of[fmt.Sprintf("l%03d", i)] = t
	}
	return of
}

// TestPriorByHand: with 40 others who say 300 of 400, m = Beta(301, 101), μ = 301/402,
// Var m = μ(1 − μ)/403; with κ of the pool v = Var m + (μ(1 − μ) − Var m)/(κ + 1).
func TestPriorByHand(t *testing.T) {
	p := shipped()
	of := same(p, 41, 2, Count{}, Count{})
	i := 0
	for _, tally := range of {
		tally[2][0] = Count{7, 3}
		if i++; i > 21 {
			tally[2][0] = Count{8, 2}
		}
	}
	of["l000"][2][0] = Count{2, 8}
	sum := Count{}
	for name, tally := range of {
		if name != "l000" {
			sum = sum.plus(tally[2][0])
		}
	}
	pool := p.Pool(of)
	got := pool.Prior(p, 2, "l000")
	if !got.Pooled || got.Listeners != 40 {
		t.Fatalf("%+v", got)
	}
	a, b := 1+float64(sum.Better), 1+float64(sum.Other)
	mu := a / (a + b)
	v := mu * (1 - mu) / (a + b + 1)
	v += (mu*(1-mu) - v) / (got.Alike + 1)
	hours := mu*(1-mu)/v - 1
	if w := (Beta{mu * hours, (1 - mu) * hours}); math.Abs(got.Of[0].A-w.A) > 1e-9 || math.Abs(got.Of[0].B-w.B) > 1e-9 {
		t.Errorf("%v, want %v", got.Of[0], w)
	}
	if of := got.Of[0].A + got.Of[0].B; of > got.Alike || of > p.Cap {
		t.Errorf("the prior counts for %v hours, more than κ = %v", of, got.Alike)
	}
	if other := got.Of[1]; math.Abs(other.Mean()-.5) > 1e-12 || other.A > 1 {
		t.Errorf("of an action nobody had, %v", other)
	}
}

// TestFewAreNotPooled: below PoolLeast others it is the neutral prior.
func TestFewAreNotPooled(t *testing.T) {
	p := shipped()
	for n, want := range map[int]bool{0: false, 19: false, 20: false, 21: true} {
		got := p.Pool(same(p, n, 0, Count{9, 1}, Count{1, 9})).Prior(p, 0, "l000")
		if got.Pooled != want || !want && got.Of[0] != p.Prior {
			t.Errorf("with %d listeners, one's own prior is %+v", n, got)
		}
	}
	if got := p.Pool(same(p, 20, 0, Count{9, 1}, Count{})).Prior(p, 0, "new"); !got.Pooled {
		t.Errorf("20 others are not enough: %+v", got)
	}
	if got := (*Pool)(nil).Prior(p, 0, "new"); got.Pooled || got.Of[3] != p.Prior {
		t.Errorf("of no pool %+v", got)
	}
}

// TestForgottenLeaveNothing: the pool without a listener is that of those who remain, and
// no listener's own hours are in their own prior's counts.
func TestForgottenLeaveNothing(t *testing.T) {
	p := shipped()
	of := same(p, 30, 1, Count{6, 4}, Count{4, 6})
	of["odd"] = p.NewTally()
	of["odd"][1][0] = Count{0, 200}
	with := p.Pool(of)
	delete(of, "odd")
	without := p.Pool(of)
	if a, b := with.Prior(p, 1, "new"), without.Prior(p, 1, "new"); reflect.DeepEqual(a, b) {
		t.Fatal("a listener of 200 hours changes nothing: the test says nothing")
	}
	again := p.Pool(of)
	for c := range p.Contexts {
		if a, b := without.Prior(p, c, "new"), again.Prior(p, c, "new"); !reflect.DeepEqual(a, b) {
			t.Errorf("%v and %v", a, b)
		}
	}
	// Own hours count once, as one's own, but for κ, which is of the panel.
	own, other := with.Prior(p, 1, "odd"), without.Prior(p, 1, "new")
	if math.Abs(own.Of[0].Mean()-other.Of[0].Mean()) > 1e-12 {
		t.Errorf("own hours are in one's own prior: %v and %v", own.Of[0], other.Of[0])
	}
}

// TestAlike: listeners who differ as chance alone lets them come near the cap, and such as
// are all or nothing near the least.
func TestAlike(t *testing.T) {
	p := shipped()
	alike := p.Pool(same(p, 200, 0, Count{10, 10}, Count{5, 5}))
	split := same(p, 200, 0, Count{20, 0}, Count{0, 10})
	for i := range 100 {
		split[fmt.Sprintf("l%03d", i)][0][0] = Count{0, 20}
		split[fmt.Sprintf("l%03d", i)][0][1] = Count{10, 0}
	}
	if got := alike.strength[0]; got < .9*p.Cap {
		t.Errorf("all alike: κ = %v", got)
	}
	if got := p.Pool(split).strength[0]; got > 3 {
		t.Errorf("all or nothing: κ = %v", got)
	}
	if got := p.Pool(nil).strength[0]; math.Abs(got-usualAlike) > 2 {
		t.Errorf("of nobody κ = %v", got)
	}
}

// TestContexts of the shipped policy, at its borders.
func TestContexts(t *testing.T) {
	p := shipped()
	for _, c := range []struct {
		at    segue.Affect
		night bool
		want  string
	}{
		{segue.Affect{Valence: .2, Arousal: .8}, false, "settle"}, {segue.Affect{Valence: .2, Arousal: .5}, false, "settle"}, {segue.Affect{Valence: 0, Arousal: 1}, false, "settle"},
		{segue.Affect{Valence: .2, Arousal: .2}, false, "lift"}, {segue.Affect{Valence: .5, Arousal: .2}, false, "pleasant"}, {segue.Affect{Valence: 1, Arousal: 1}, false, "pleasant"},
		{segue.Affect{Valence: .2, Arousal: .8}, true, "night"},
	} {
		if got := p.Contexts[p.Context(c.at, c.night)].Name; got != c.want {
			t.Errorf("%v, night %v: %s, want %s", c.at, c.night, got, c.want)
		}
	}
}
