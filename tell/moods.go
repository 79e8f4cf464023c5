package tell

import (
	"cmp"
	"math"
	"slices"

	"segue"
	"segue/chart"
	"segue/language"
	"segue/recommend"
	"segue/session"
)

// ByShare returns the moods' shares, the largest first; of equals the one
// earlier in the order of moods.
func ByShare(shares []session.Share) []session.Share {
	s := slices.Clone(shares)
	slices.SortStableFunc(s, func(a, b session.Share) int { return cmp.Compare(b.Value, a.Value) })
	return s
}

// MoodsHeadline puts the shares of time into a few words: "Often happy, sometimes
// calm". Without a usual mood it says that there is still much to learn.
func MoodsHeadline(t *language.Tongue, u session.Usual) string {
	s := ByShare(u.Shares)
	if len(s) < 2 {
		return t.Say("Still learning")
	}
	first, second := MoodPhrase(t, s[0].Mood), MoodPhrase(t, s[1].Mood)
	switch {
	case float64(s[0].Value) >= .65:
		return t.Say("Mostly %s", first)
	case float64(s[0].Value) >= .45 && float64(s[1].Value) >= .2:
		return t.Say("Mostly %s, often %s", first, second)
	case float64(s[0].Value) >= .45:
		return t.Say("Mostly %s, with room\u00a0to\u00a0move", first)
	case float64(s[0].Value) >= .3 && float64(s[1].Value) >= .3:
		return t.Say("Often %s, and often %s", first, second)
	case float64(s[0].Value) >= .3 && float64(s[1].Value) >= .15:
		return t.Say("Often %s, sometimes %s", first, second)
	}
	return t.Say("A bit of everything")
}

// MoodsLead says what the picture of the moods rests on.
func MoodsLead(t *language.Tongue, sessions, plays int, p *recommend.Profile) string {
	days := ""
	if n := len(p.Dynamics.Days); n > 0 {
		days = t.Say("%s with music", t.Of(n, "day", "days")) + ", "
	}
	return language.Upper(days+t.Of(sessions, "session", "sessions")+", "+t.Of(plays, "play", "plays")+". ") +
		t.Say("We could place %s of your listening time on the plane.", t.Percent(p.Usual.Coverage))
}

// WhereHeard returns the lines of equal density of listening time, nil if nothing
// that was heard has a place. Cost O(plays).
func WhereHeard(l *recommend.Listener) chart.Contours {
	var x, y, weight []float64
	for i, play := range l.Listening.Plays {
		if play.Played < segue.MinimumPlay || l.Listening.Matches == nil || l.Listening.Matches[i].Row < 0 {
			continue
		}
		if at := l.Listening.Positions[l.Listening.Matches[i].Row]; at.Known() {
			x, y, weight = append(x, at.Valence), append(y, at.Arousal), append(weight, play.Played.Seconds())
		}
	}
	if len(x) == 0 {
		return nil
	}
	return chart.Estimate(x, y, weight, bandwidth(len(x)), densityCells).Contours()
}

// MoodsPlane draws where the time was spent, as WhereHeard returns it, and the usual
// mood with its 95 % ring, under an ID of the page.
func MoodsPlane(t *language.Tongue, where chart.Contours, p *recommend.Profile, id string) string {
	plane := chart.Plane{Big: true, Density: where}
	desc := t.Say("Lines of equal density of listening time.")
	if u := p.Usual; u.Known {
		v, a := float64(u.Valence.Value), float64(u.Arousal.Value)
		plane.Usual = &chart.Uncertain{X: v, Y: a, Label: t.Say("Your usual mood"), RX: halfWidth(u.Valence), RY: halfWidth(u.Arousal)}
		desc += " " + t.Say("The usual mood lies at pleasantness %.2f, 95 %% interval %.2f to %.2f, and energy %.2f, %.2f to %.2f.",
			v, float64(u.Valence.Lo), float64(u.Valence.Hi), a, float64(u.Arousal.Lo), float64(u.Arousal.Hi))
	}
	return chart.DrawPlane(plane, chart.Caption{ID: id, Title: t.Say("Where your listening sits"), Desc: desc, In: t})
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

// ShareBar draws a mood's share of the time with its interval; the words stand
// beside it.
func ShareBar(s session.Share) string {
	of := Mark(s.Mood)
	return chart.DrawBar(chart.Bar{Value: float64(s.Value), Lo: float64(s.Lo), Hi: float64(s.Hi), Of: &of}, "")
}

// TrendWords says of each coordinate, energy first, whether it rose or fell;
// nothing of one of which that is not known.
func TrendWords(t *language.Tongue, trends session.Trends) []string {
	var out []string
	for _, one := range [...]struct {
		session.Trend
		rising, falling, none string
	}{
		{trends.Arousal, language.Text("Energy has been rising, by %s on the plane over %s with music (p%s)."), language.Text("Energy has been falling, by %s on the plane over %s with music (p%s)."),
			language.Text("Energy shows no trend over %s with music: none larger than %.2f that chance would not make as well.")},
		{trends.Valence, language.Text("Pleasantness has been rising, by %s on the plane over %s with music (p%s)."), language.Text("Pleasantness has been falling, by %s on the plane over %s with music (p%s)."),
			language.Text("Pleasantness shows no trend over %s with music: none larger than %.2f that chance would not make as well.")},
	} {
		if !one.Known {
			continue
		}
		size, days := t.Decimal(math.Abs(float64(one.Change)), 2), t.Of(one.Days, "day", "days")
		p := language.Thin + "=" + language.Thin + number(t, one.P, 3)
		switch {
		case one.Rising:
			out = append(out, t.Say(one.rising, size, days, p))
		case one.Falling:
			out = append(out, t.Say(one.falling, size, days, p))
		default:
			out = append(out, t.Say(one.none, days, .1))
		}
	}
	return out
}
