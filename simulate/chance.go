package simulate

import (
	"math"
	"math/rand/v2"

	"segue"
)

// stream returns the random numbers of one purpose: the same for the same seed and
// keys, and unlike those of other keys. So what one listener does in one run never
// depends on who was simulated before, or beside.
func stream(seed uint64, keys ...uint64) *rand.Rand {
	h := mix(seed)
	for _, k := range keys {
		h = mix(h ^ k)
	}
	return rand.New(rand.NewPCG(h, mix(h+1)))
}

// mix is the finalizer of SplitMix64 (Steele, Lea & Flood 2014,
// doi:10.1145/2660193.2660195).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// offsetOf returns a point of the standard normal distribution of the plane that
// belongs to a key: the same whenever it is asked for. (Box & Muller 1958,
// doi:10.1214/aoms/1177706645)
func offsetOf(seed, key uint64) segue.Affect {
	h := mix(mix(seed) ^ key)
	u, v := unit(h), unit(mix(h))
	r := math.Sqrt(-2 * math.Log(u))
	return segue.Affect{Valence: r * math.Cos(2*math.Pi*v), Arousal: r * math.Sin(2*math.Pi*v)}
}

// unit turns 64 random bits into a number in (0, 1).
func unit(h uint64) float64 { return (float64(h>>11) + .5) / (1 << 53) }

// normal returns a point of the standard normal distribution of the plane.
func normal(rng *rand.Rand) segue.Affect {
	return segue.Affect{Valence: rng.NormFloat64(), Arousal: rng.NormFloat64()}
}

// reflected folds a coordinate back into [0, 1] at both borders.
func reflected(x float64) float64 {
	x = math.Abs(math.Mod(x, 2))
	if x > 1 {
		x = 2 - x
	}
	return x
}

// onPlane folds a point back onto the plane.
func onPlane(a segue.Affect) segue.Affect {
	return segue.Affect{Valence: reflected(a.Valence), Arousal: reflected(a.Arousal)}
}

// logistic returns 1/(1 + e^−x), (0, 1).
func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
