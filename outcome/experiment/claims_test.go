package experiment

import (
	"math/rand/v2"
	"testing"

	"segue"
	"segue/outcome/stats"
)

// invented is a table of sessions or listeners in which nothing works, or the first arm
// does by effect: outcomes hang on where listeners began, as they do by regression to
// the mean, and on who they are.
func invented(d *Design, rng *rand.Rand, listeners, units int, effect float64) *Table {
	t := &Table{AsOf: began, Measures: d.measured(), Rows: []Row{}}
	level := make([]float64, listeners)
	for l := range level {
		level[l] = .1 * rng.NormFloat64()
	}
	draws, seen := map[int]*draws{}, map[int]int{}
	for i := range units {
		l := rng.IntN(listeners)
		if d.Unit == Listener {
			l = i
			level = append(level, .1*rng.NormFloat64())
		}
		if draws[l] == nil {
			draws[l] = d.draws(string(rune('a'+l%26)) + string(rune('a'+l/26%26)) + string(rune('a'+l/676)))
			seen[l] = len(seen)
		}
		a := draws[l].next()
		before := rng.Float64()
		y := .5*(before-.5) + level[l] + .2*rng.NormFloat64()
		if a.Arm == d.Arms[0].Name {
			y += effect
		}
		row := Row{Listener: seen[l], Arm: a.Arm, Block: a.Block, Before: segue.Number(before), Prior: segue.Missing(), First: segue.Number(y), Known: i + 1, Values: make([]segue.Number, len(t.Measures))}
		for j := range row.Values {
			row.Values[j] = segue.Missing()
		}
		row.Values[0] = segue.Number(y)
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Where nothing works, at most 5 % of experiments claim something: read once at their
// end, or again and again. (The whole bar, 400 experiments with listeners who live in a
// world, is package simulate's.)
func TestFalseClaims(t *testing.T) {
	const runs, units = 120, 240
	for _, c := range []struct {
		kind    Kind
		unit    Unit
		reading Mode
		arms    int
	}{{WithinListener, Session, FixedHorizon, 3}, {AA, Session, AlwaysValid, 2}, {Parallel, Listener, AlwaysValid, 2}, {Parallel, Listener, FixedHorizon, 2}} {
		d := within()
		d.Kind, d.Unit, d.Reading, d.Arms, d.Secondary, d.Guardrails = c.kind, c.unit, c.reading, d.Arms[3-c.arms:], nil, nil
		d.Control, d.Horizon = "shuffle", Horizon{Units: units}
		false5 := 0
		for run := range runs {
			d.Salt = within().Salt + string(rune('a'+run%26)) + string(rune('a'+run/26))
			table := invented(d, rand.New(rand.NewPCG(uint64(run), 1)), 60, units, 0)
			whole := table.Rows
			from := units
			if c.reading == AlwaysValid {
				from = 20
			}
			for n := from; n <= units; n += 10 {
				table.Rows = whole[:n]
				if len(Read(d, table).Verdict.Claims) > 0 {
					false5++
					break
				}
			}
		}
		if e := stats.ClopperPearson(false5, runs, .95); float64(e.Lo) > .05 {
			t.Errorf("%s by %s, %s: %d of %d claim something", c.kind, c.unit, c.reading, false5, runs)
		} else {
			t.Logf("%s by %s, %s: %d of %d", c.kind, c.unit, c.reading, false5, runs)
		}
	}
}

// What a design says it needs finds the least effect about as often as it says.
func TestSizeIsTrue(t *testing.T) {
	const runs = 300
	for _, reading := range []Mode{FixedHorizon, AlwaysValid} {
		d := within()
		d.Kind, d.Unit, d.Reading, d.Arms, d.Secondary, d.Guardrails = Parallel, Listener, reading, d.Arms[1:], nil, nil
		d.Control, d.Primary.Adjust = "shuffle", []Adjust{}
		// Var y = .25·Var U + .01 + .04 = .0708.
		d.Primary.LeastEffect, d.Primary.Assumed = .1, Assumed{SD: .2661, Answered: 1}
		d.Horizon = Horizon{Units: 10_000}
		d.Horizon.Units = d.Size().Needed
		found := 0
		for run := range runs {
			d.Salt = within().Salt + string(rune('a'+run%26)) + string(rune('a'+run/26))
			table := invented(d, rand.New(rand.NewPCG(uint64(run), 2)), 1, d.Horizon.Units, .1)
			if r := Read(d, table); r.Primary[0].Finding == Better {
				found++
			}
		}
		e := stats.ClopperPearson(found, runs, .999)
		if reading == FixedHorizon && !e.Holds(d.Power) || float64(e.Hi) < d.Power {
			t.Errorf("%s: %d units find it in %d of %d", reading, d.Horizon.Units, found, runs)
		}
		t.Logf("%s: %d units, %d of %d, %v", reading, d.Horizon.Units, found, runs, d.Size().Words)
	}
}
