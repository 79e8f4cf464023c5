package segue

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
)

// A Number is a float64 that may be missing, because it does not apply, was not
// asked for, or is not defined. It is then NaN, and null in JSON.
type Number float64

// Missing returns the missing number.
func Missing() Number { return Number(math.NaN()) }

// Known reports whether the number is there.
func (n Number) Known() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// MarshalJSON writes the number, or null where it is not known.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Known() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON reads a number, or null as missing.
func (n *Number) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		*n = Missing()
		return nil
	}
	var f float64
	if err := json.Unmarshal(b, &f); err != nil {
		return fmt.Errorf("%.20q is not a number", b)
	}
	*n = Number(f)
	return nil
}
