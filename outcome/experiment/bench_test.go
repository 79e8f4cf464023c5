package experiment

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkRead reads 100,000 sessions of 5,000 listeners, whole.
func BenchmarkRead(b *testing.B) {
	for _, reading := range []Mode{FixedHorizon, AlwaysValid} {
		b.Run(string(reading), func(b *testing.B) {
			d := within()
			d.Reading, d.Horizon = reading, Horizon{Units: 100_000}
			table := invented(d, rand.New(rand.NewPCG(1, 1)), 5_000, 100_000, .02)
			for b.Loop() {
				Read(d, table)
			}
		})
	}
}
