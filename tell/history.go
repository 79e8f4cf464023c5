package tell

import (
	"math"
	"time"

	"segue"
	"segue/chart"
	"segue/history"
	"segue/language"
	"segue/match"
)

// Period writes from when to when a history reaches, in the listener's zone;
// empty if it has no plays.
func Period(t *language.Tongue, r *history.Report, zone *time.Location) string {
	if r.First.IsZero() {
		return ""
	}
	day := func(at time.Time) string {
		at = at.In(zone)
		return t.Say("%[1]d %[2]s %[3]d", at.Day(), at.Month().String(), at.Year(), int(at.Month()))
	}
	return t.Say("%s to %s", day(r.First), day(r.Last))
}

// Account says what became of the rows of a history: an equation that adds up,
// and what is kept of the skips.
func Account(t *language.Tongue, r *history.Report) string {
	dropped := 0
	for _, n := range r.Dropped {
		dropped += n
	}
	return t.Say("%s rows = %s + %s + %s that are no plays. %s of the plays were skips; they are kept, because a skip says something too.",
		t.Count(r.Rows), t.Of(r.Plays, "play", "plays"), t.Of(r.Duplicates, "duplicate", "duplicates"), t.Count(dropped), t.Count(r.Skips))
}

// CoverageFigures say how much of a history the catalogue knows: of the plays, of
// the time listened, and of the different tracks.
func CoverageFigures(t *language.Tongue, c match.Coverage) []chart.Figure {
	return []chart.Figure{
		{Name: t.Say("Of the plays"), Value: t.Percent(c.Plays), Note: t.Say("%s of %s", t.Count(c.PlaysMatched), t.Count(c.PlaysTotal))},
		{Name: t.Say("Of the time listened"), Value: t.Percent(c.Time)},
		{Name: t.Say("Of the different tracks"), Value: t.Percent(c.Tracks), Note: t.Say("%s of %s", t.Count(c.TracksMatched), t.Count(c.TracksTotal))},
	}
}

// TiedWords says how many plays fitted several recordings, empty if none did.
func TiedWords(t *language.Tongue, c match.Coverage) string {
	if c.Tied == 0 {
		return ""
	}
	return t.Say("%s fitted several recordings; the most popular was taken.", t.Of(c.Tied, "play", "plays"))
}

// Ladder lists the rungs of the match ladder with how many plays each found,
// the surest first.
func Ladder(t *language.Tongue, c match.Coverage) []Line {
	var out []Line
	for _, r := range [...]struct {
		rung segue.Rung
		word string
	}{
		{segue.ByID, t.Say("By id")}, {segue.ByArtistAlbum, t.Say("By artist, title and album")}, {segue.ByArtistTitle, t.Say("By artist and title")},
		{segue.ByPlainTitle, t.Say("By title without a harmless suffix")}, {segue.ByNearTitle, t.Say("By a near spelling")}, {segue.Unmatched, t.Say("Not in the catalogue")},
	} {
		n := c.ByRung[r.rung]
		one := Line{Name: r.word, Value: t.Count(n) + ", " + t.Share(n, c.PlaysTotal)}
		if c.PlaysTotal > 0 {
			one.Bar = chart.DrawBar(chart.Bar{Value: float64(n) / float64(c.PlaysTotal), Threshold: math.NaN(), Strong: r.rung != segue.Unmatched}, "")
		}
		out = append(out, one)
	}
	return out
}
