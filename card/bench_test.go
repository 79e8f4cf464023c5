package card

import (
	"context"
	"testing"
)

func BenchmarkPNG(b *testing.B) {
	for _, c := range samples() {
		for name, s := range map[string]Size{"tall": Tall(), "wide": Wide()} {
			b.Run(c.Kind+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if _, err := PNG(context.Background(), c, s); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkSVG(b *testing.B) {
	for _, c := range samples() {
		for name, s := range map[string]Size{"tall": Tall(), "wide": Wide()} {
			b.Run(c.Kind+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if _, err := SVG(c, s); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
