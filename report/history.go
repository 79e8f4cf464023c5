package report

import (
	"fmt"
	"math"

	"segue"
	"segue/chart"
	"segue/history"
	"segue/match"
)

// historyTallies returns the account of each file.
func historyTallies(r *history.Report) []tally {
	var out []tally
	for _, f := range r.Files {
		out = append(out, tally{base(f.Name), f.Format, f.Rows, f.Imported, f.Duplicates, f.Dropped})
	}
	return out
}

// ladder lists the rungs of the match ladder with how many plays each found,
// the surest first.
func ladder(c match.Coverage) []part {
	words := map[segue.Rung]string{
		segue.ByID: "by id", segue.ByArtistAlbum: "by artist, title and album", segue.ByArtistTitle: "by artist and title",
		segue.ByPlainTitle: "by title without a harmless suffix", segue.ByNearTitle: "by a near spelling", segue.Unmatched: "not in the catalogue",
	}
	var out []part
	for _, r := range []segue.Rung{segue.ByID, segue.ByArtistAlbum, segue.ByArtistTitle, segue.ByPlainTitle, segue.ByNearTitle, segue.Unmatched} {
		n := c.ByRung[r]
		one := part{Name: upper(words[r]), Value: count(n) + ", " + share(n, c.PlaysTotal)}
		if c.PlaysTotal > 0 {
			one.Bar = chart.DrawBar(chart.Bar{Value: float64(n) / float64(c.PlaysTotal), Threshold: math.NaN(), Strong: r != segue.Unmatched}, "")
		}
		out = append(out, one)
	}
	return out
}

// period writes from when to when plays reach.
func period(r *history.Report, l *listener) string {
	if r.First.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s to %s", r.First.In(l.zone()).Format("2 January 2006"), r.Last.In(l.zone()).Format("2 January 2006"))
}
