package store

import (
	"encoding/json"
	"strings"
	"time"
)

// What is stored passes through these, so that both databases, and JSON, give
// back what was given.

// text is a string as every database holds it: UTF-8 without NUL.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// stamp is a time in milliseconds since 1970.
func stamp(t time.Time) int64 { return t.UnixMilli() }

// moment is the time of a stamp, in UTC.
func moment(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// checkTime refuses times that calendars and JSON cannot write.
func checkTime(what string, t time.Time) error {
	if y := t.UTC().Year(); y < 1 || y > 9999 {
		return invalid("the time of %s lies outside the years 1 to 9999", what)
	}
	return nil
}

func checkID(what, id string) error {
	if id == "" {
		return invalid("%s has no id", what)
	}
	if text(id) != id || len(id) > mostID {
		return invalid("the id of %s is longer than %d bytes or no text", what, mostID)
	}
	return nil
}

// mostID is the longest id, in bytes. (d)
const mostID = 200

// checkCell refuses what is no cell of the 9×9 grid.
func checkCell(what string, cell [2]int) error {
	for _, c := range cell {
		if c < 1 || c > 9 {
			return invalid("%s is not on the grid of 1 to 9", what)
		}
	}
	return nil
}

// mostJSON is the largest plan or report, in bytes: an export of it is still
// one that Restore takes. (d)
const mostJSON = 4 << 20

func checkJSON(what string, b []byte) error {
	if len(b) > mostJSON {
		return invalid("%s is larger than %d bytes", what, mostJSON)
	}
	if !json.Valid(b) {
		return invalid("%s is not JSON", what)
	}
	return nil
}

// columns of an optional cell.
func cellColumns(cell *[2]int) (valence, arousal any) {
	if cell == nil {
		return nil, nil
	}
	return int64(cell[0]), int64(cell[1])
}

func cellOf(valence, arousal *int) *[2]int {
	if valence == nil || arousal == nil {
		return nil
	}
	return &[2]int{*valence, *arousal}
}
