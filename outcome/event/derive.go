package event

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
)

// DerivedID returns the id of a record that was derived, not made when it happened: the
// same for the same thing however often it is derived, so that it counts once. It is
// "x-" and 32 hexadecimal digits of SHA-256 of listener, hour, time in milliseconds,
// kind and place.
func DerivedID(listener, hour string, at time.Time, kind Kind, place int) string {
	h := sha256.New()
	for _, s := range []string{"segue event 1", listener, hour, strconv.FormatInt(at.UnixMilli(), 10), string(kind), strconv.Itoa(place)} {
		h.Write([]byte(strconv.Itoa(len(s)))) // lengths, so that no two lists are the same bytes
		h.Write([]byte{':'})
		h.Write([]byte(s))
	}
	return "x-" + hex.EncodeToString(h.Sum(nil)[:16])
}
