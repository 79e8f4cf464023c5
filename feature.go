package segue

import (
	"fmt"
	"math"
	"strings"
)

// Feature names a column of the feature table, so that none is mistaken for
// another. The order is that of the study's ranking (docs/science.md), which
// is only an order: how much a feature says is computed, never quoted.
type Feature int

// The audio features. Files write them as the snake_case of these names.
const (
	Energy           Feature = iota // perceived intensity, [0, 1]
	Acousticness                    // confidence that the track is acoustic, [0, 1]
	Valence                         // musical positiveness, [0, 1]
	Instrumentalness                // confidence that there are no vocals, [0, 1]
	Speechiness                     // share of spoken words, [0, 1]
	Danceability                    // suitability for dancing, [0, 1]
	Liveness                        // confidence that an audience is heard, [0, 1]
	Mode                            // 1 major, 0 minor
	Loudness                        // mean loudness in dB full scale, [-60, 5]
	TimeSignature                   // beats to the bar, [1, 7]
	Key                             // pitch class, 0 = C … 11 = B
	Tempo                           // beats per minute, [20, 300]

	NumFeatures int = iota
)

// featureInfo is one row of the table below.
type featureInfo struct {
	name        string
	lo, hi      float64
	zeroMissing bool // a 0 stands for "not measured"
	whole       bool
}

// featureTable gives each feature's name in files, its closed interval, and
// whether an exact 0 means missing: analysis services write 0 for a tempo,
// time signature, valence or danceability they could not estimate.
func featureTable(f Feature) featureInfo {
	switch f {
	case Energy:
		return featureInfo{"energy", 0, 1, false, false}
	case Acousticness:
		return featureInfo{"acousticness", 0, 1, false, false}
	case Valence:
		return featureInfo{"valence", 0, 1, true, false}
	case Instrumentalness:
		return featureInfo{"instrumentalness", 0, 1, false, false}
	case Speechiness:
		return featureInfo{"speechiness", 0, 1, false, false}
	case Danceability:
		return featureInfo{"danceability", 0, 1, true, false}
	case Liveness:
		return featureInfo{"liveness", 0, 1, false, false}
	case Mode:
		return featureInfo{"mode", 0, 1, false, true}
	case Loudness:
		return featureInfo{"loudness", -60, 5, false, false}
	case TimeSignature:
		return featureInfo{"time_signature", 1, 7, true, true}
	case Key:
		return featureInfo{"key", 0, 11, false, true}
	case Tempo:
		return featureInfo{"tempo", 20, 300, true, false}
	}
	panic(fmt.Sprintf("segue: no feature %d", int(f)))
}

// AllFeatures returns every feature in order.
func AllFeatures() []Feature {
	fs := make([]Feature, NumFeatures)
	for i := range fs {
		fs[i] = Feature(i)
	}
	return fs
}

// String returns the feature's name in files, e.g. "time_signature".
func (f Feature) String() string { return featureTable(f).name }

// Interval returns the closed interval in which the feature's values lie.
func (f Feature) Interval() (lo, hi float64) {
	t := featureTable(f)
	return t.lo, t.hi
}

// ZeroIsMissing reports whether an exact 0 stands for "not measured".
func (f Feature) ZeroIsMissing() bool { return featureTable(f).zeroMissing }

// Whole reports whether the feature takes whole numbers only.
func (f Feature) Whole() bool { return featureTable(f).whole }

// MarshalText writes the feature's name.
func (f Feature) MarshalText() ([]byte, error) {
	if f < 0 || int(f) >= NumFeatures {
		return nil, fmt.Errorf("no feature %d", int(f))
	}
	return []byte(f.String()), nil
}

// UnmarshalText reads a feature's name, as ParseFeature does.
func (f *Feature) UnmarshalText(b []byte) error {
	g, err := ParseFeature(string(b))
	if err != nil {
		return err
	}
	*f = g
	return nil
}

// ParseFeature returns the feature with the given name, ignoring case and
// surrounding space.
func ParseFeature(name string) (Feature, error) {
	want := strings.ToLower(strings.TrimSpace(name))
	for _, f := range AllFeatures() {
		if f.String() == want {
			return f, nil
		}
	}
	return 0, fmt.Errorf("no feature is called %q; there are %s", name, featureNames())
}

func featureNames() string {
	names := make([]string, NumFeatures)
	for i, f := range AllFeatures() {
		names[i] = f.String()
	}
	return strings.Join(names, ", ")
}

// Features is one track's feature values, indexed by Feature; NaN is missing.
type Features [NumFeatures]float32

// NoFeatures returns a Features in which every value is missing.
func NoFeatures() Features {
	var f Features
	nan := float32(math.NaN())
	for i := range f {
		f[i] = nan
	}
	return f
}

// Has reports whether the value of f is known.
func (v Features) Has(f Feature) bool { return v[f] == v[f] }
