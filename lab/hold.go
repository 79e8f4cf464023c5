package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"segue"
)

// A Hold is how long work is watched, kept and gone on with. The zero Hold does
// neither.
type Hold struct {
	Progress   segue.Progress          // told how far it is; may be nil
	Checkpoint []byte                  // what an earlier call gave to Keep; nil to begin
	Keep       func(checkpoint []byte) // given what it takes to go on from here, one at a time; may be nil
}

// checkFeatures refuses numbers that name no feature.
func checkFeatures(fs []segue.Feature) error {
	for _, f := range fs {
		if f < 0 || int(f) >= segue.NumFeatures {
			return fmt.Errorf("lab: %w: no feature %d", segue.ErrUsage, int(f))
		}
	}
	return nil
}

// identity hashes what a piece of work depends on.
func identity(of any) string {
	b, err := json.Marshal(of)
	if err != nil {
		panic("lab: " + err.Error()) // features, numbers and texts
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// resume reads what a checkpoint holds if it is one of the same work. One that is
// not, or cannot be read, is left alone: the work is then done from the beginning,
// which is never wrong.
func resume[T any](h Hold, of string) T {
	var c struct {
		Of   string `json:"of"`
		What T      `json:"what"`
	}
	if json.Unmarshal(h.Checkpoint, &c) == nil && c.Of == of {
		return c.What
	}
	var none T
	return none
}

// keep hands out a checkpoint of the work.
func (h Hold) keep(of string, v any) {
	if h.Keep == nil {
		return
	}
	b, err := json.Marshal(map[string]any{"of": of, "what": v})
	if err != nil {
		return // without it the work begins further back
	}
	h.Keep(b)
}
