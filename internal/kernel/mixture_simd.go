//go:build goexperiment.simd && amd64

package kernel

import (
	"segue/internal/kernel/f32x16"
	"segue/internal/kernel/f32x8"
	"segue/internal/kernel/f64x4"
	"segue/internal/kernel/f64x8"
)

func mixtures512() (mixtureSet[float64], mixtureSet[float32]) {
	return mixtureSet[float64]{f64x8.Density, f64x8.DensityAxes, f64x8.Whiten, f64x8.Normalize, f64x8.Gather, f64x8.GatherTied, f64x8.GatherAxes, f64x8.Outer},
		mixtureSet[float32]{f32x16.Density, f32x16.DensityAxes, f32x16.Whiten, f32x16.Normalize, f32x16.Gather, f32x16.GatherTied, f32x16.GatherAxes, f32x16.Outer}
}

func mixtures2() (mixtureSet[float64], mixtureSet[float32]) {
	return mixtureSet[float64]{f64x4.Density, f64x4.DensityAxes, f64x4.Whiten, f64x4.Normalize, f64x4.Gather, f64x4.GatherTied, f64x4.GatherAxes, f64x4.Outer},
		mixtureSet[float32]{f32x8.Density, f32x8.DensityAxes, f32x8.Whiten, f32x8.Normalize, f32x8.Gather, f32x8.GatherTied, f32x8.GatherAxes, f32x8.Outer}
}
