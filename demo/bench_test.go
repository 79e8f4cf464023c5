package demo

import (
	"io"
	"testing"
)

// BenchmarkDemo makes and writes the whole demonstration: the promise is less
// than a second.
func BenchmarkDemo(b *testing.B) {
	for b.Loop() {
		d := Generate(DefaultSeed)
		if err := d.CatalogCSV(io.Discard); err != nil {
			b.Fatal(err)
		}
		if err := d.HistoryZIP(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
