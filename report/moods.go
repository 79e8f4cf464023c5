package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"segue"
	"segue/chart"
	"segue/session"
)

// byShare returns the moods' shares, the largest first; of equals the one
// earlier in the order of moods.
func byShare(shares []session.Share) []session.Share {
	s := slices.Clone(shares)
	slices.SortStableFunc(s, func(a, b session.Share) int { return cmp.Compare(b.Value, a.Value) })
	return s
}

// moodsHeadline puts the shares of time into a few words.
func moodsHeadline(u session.Usual) string {
	s := byShare(u.Shares)
	first, second := moodPhrase(s[0].Mood), moodPhrase(s[1].Mood)
	switch {
	case float64(s[0].Value) >= .65:
		return "Mostly " + first
	case float64(s[0].Value) >= .45 && float64(s[1].Value) >= .2:
		return "Mostly " + first + ", often " + second
	case float64(s[0].Value) >= .45:
		return "Mostly " + first + ", with room" + joined + "to" + joined + "move"
	case float64(s[0].Value) >= .3 && float64(s[1].Value) >= .3:
		return "Often " + first + ", and often " + second
	case float64(s[0].Value) >= .3 && float64(s[1].Value) >= .15:
		return "Often " + first + ", sometimes " + second
	}
	return "A bit of everything"
}

// moodsLead says what the picture rests on.
func moodsLead(l *listener) string {
	days := ""
	if n := len(l.Dynamics.Days); n > 0 {
		days = of(n, "day", "days") + " with music, "
	}
	s := fmt.Sprintf("%s%s, %s. ", days, of(len(l.Sessions), "session", "sessions"), of(len(l.Plays), "play", "plays"))
	return upper(s) + "We could place " + percent(l.Usual.Coverage) + " of your listening time on the plane."
}

// moodsPlane draws where the time was spent and the usual mood.
func moodsPlane(l *listener) string {
	var x, y, weight []float64
	for i, p := range l.Plays {
		if p.Played < segue.MinimumPlay || l.Matches == nil || l.Matches[i].Row < 0 {
			continue
		}
		if at := l.Positions[l.Matches[i].Row]; at.Known() {
			x, y, weight = append(x, at.Valence), append(y, at.Arousal), append(weight, p.Played.Seconds())
		}
	}
	plane := chart.Plane{Big: true}
	desc := "Lines of equal density of listening time."
	if len(x) > 0 {
		plane.Density = chart.Estimate(x, y, weight, bandwidth(len(x)), densityCells)
	}
	if u := l.Usual; u.Known {
		v, a := float64(u.Valence.Value), float64(u.Arousal.Value)
		plane.Usual = &chart.Uncertain{X: v, Y: a, Label: "Your usual mood", RX: halfWidth(u.Valence), RY: halfWidth(u.Arousal)}
		desc += fmt.Sprintf(" The usual mood lies at pleasantness %.2f, 95 %% interval %.2f to %.2f, and energy %.2f, %.2f to %.2f.",
			v, u.Valence.Lo, u.Valence.Hi, a, u.Arousal.Lo, u.Arousal.Hi)
	}
	return chart.DrawPlane(plane, chart.Caption{ID: "moods-plane", Title: "Where your listening sits", Desc: desc})
}

const densityCells = 96

// bandwidth smooths as much as a track's place is uncertain allows to see: the
// normal reference rule of Silverman 1986, §3.4.2, for a spread of 0.25 in two
// dimensions, kept between 0.04 and 0.09. (d)
func bandwidth(n int) float64 {
	return math.Min(.09, math.Max(.04, .25*math.Pow(float64(n), -1./6)))
}

// halfWidth is half of an estimate's interval.
func halfWidth(e session.Estimate) float64 { return (float64(e.Hi) - float64(e.Lo)) / 2 }

// shareBar draws a share with its interval.
func shareBar(s session.Share) string {
	of := mark(s.Mood)
	return chart.DrawBar(chart.Bar{Value: float64(s.Value), Lo: float64(s.Lo), Hi: float64(s.Hi), Of: &of}, "")
}

// trendWords says whether one coordinate rose or fell, empty if that is not
// known.
func trendWords(t session.Trend, name string) string {
	if !t.Known {
		return ""
	}
	size := fmt.Sprintf("by %s on the plane over %s with music (p%s=%s%s)", decimal(math.Abs(float64(t.Change)), 2), of(t.Days, "day", "days"), thin, thin, number(t.P, 3))
	switch {
	case t.Rising:
		return name + " has been rising, " + size + "."
	case t.Falling:
		return name + " has been falling, " + size + "."
	}
	return fmt.Sprintf("%s shows no trend over %s with music: none larger than 0.10 that chance would not make as well.", name, of(t.Days, "day", "days"))
}
