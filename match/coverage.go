package match

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"segue"
)

// Coverage says how much of a listening history the catalogue knows. Shares
// lie in [0, 1] and are 0 where there is nothing to share.
type Coverage struct {
	Plays  float64 `json:"plays"`  // share of plays
	Time   float64 `json:"time"`   // share of the time heard
	Tracks float64 `json:"tracks"` // share of distinct track references

	PlaysMatched  int        `json:"plays_matched"`
	PlaysTotal    int        `json:"plays_total"`
	TracksMatched int        `json:"tracks_matched"`
	TracksTotal   int        `json:"tracks_total"`
	ByRung        RungCounts `json:"by_rung"` // plays by rung
	Tied          int        `json:"tied"`    // matched plays for which several recordings fitted
}

// RungCounts counts plays by the rung of their match, indexed by segue.Rung.
type RungCounts [segue.NumRungs]int

// MarshalJSON writes an object with one key a rung, from the surest down.
func (c RungCounts) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i := range c {
		r := segue.Rung((i + 1) % segue.NumRungs) // unmatched comes last
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(r.String()) + ":" + strconv.Itoa(c[r]))
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

// UnmarshalJSON reads what MarshalJSON wrote; a rung that is missing counts 0.
func (c *RungCounts) UnmarshalJSON(b []byte) error {
	var by map[string]int
	if err := json.Unmarshal(b, &by); err != nil {
		return err
	}
	for r := range c {
		c[r] = by[segue.Rung(r).String()]
	}
	return nil
}

// CoverageOf counts matches, one a play. It panics if the lengths differ.
func CoverageOf(plays []segue.Play, matches []segue.Match) Coverage {
	if len(plays) != len(matches) {
		panic(fmt.Sprintf("match: %d plays and %d matches", len(plays), len(matches)))
	}
	var c Coverage
	var heard, known float64
	seen := make(map[segue.TrackRef]struct{}, len(plays)/4)
	for i, p := range plays {
		m := matches[i]
		matched := m.Rung != segue.Unmatched
		c.ByRung[m.Rung]++
		heard += p.Played.Seconds()
		if matched {
			c.PlaysMatched++
			known += p.Played.Seconds()
		}
		if m.Tied {
			c.Tied++
		}
		if _, again := seen[p.Track]; !again {
			seen[p.Track] = struct{}{}
			c.TracksTotal++
			if matched {
				c.TracksMatched++
			}
		}
	}
	c.PlaysTotal = len(plays)
	c.Plays = share(float64(c.PlaysMatched), float64(c.PlaysTotal))
	c.Time = share(known, heard)
	c.Tracks = share(float64(c.TracksMatched), float64(c.TracksTotal))
	return c
}

func share(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return part / whole
}
