package session

import (
	"math"
	"slices"

	"segue"
	"segue/internal/quantile"
)

// When a trend counts as one. (docs/science.md §3)
const (
	TrendLevel  = 0.05 // Mann–Kendall p below which
	TrendChange = 0.10 // and change, on the plane's scale, beyond which it is shown
)

// Trend is how one coordinate of the daily mood changed over a stretch of days.
type Trend struct {
	Gates   []segue.Gate `json:"gates"`
	Known   bool         `json:"known"`  // the gate is open; otherwise the numbers are missing
	Days    int          `json:"days"`   // local days with featured plays
	Z       segue.Number `json:"z"`      // Mann–Kendall statistic, normal under no trend
	P       segue.Number `json:"p"`      // two-sided
	Slope   segue.Number `json:"slope"`  // Theil–Sen, per day
	Change  segue.Number `json:"change"` // Slope times the days from first to last
	Rising  bool         `json:"rising"`
	Falling bool         `json:"falling"`
}

// Trends are the trends of both coordinates.
type Trends struct {
	Valence Trend `json:"valence"`
	Arousal Trend `json:"arousal"`
}

// TrendsOf looks for a trend over the last days local days of the history, all
// of it if days is 0. Moods follow the time of day, so the mean of each local
// hour, over the same days, is taken from every play first; what remains is
// averaged by day, weighted by time heard. A trend is shown as rising or falling
// if Mann–Kendall finds p < TrendLevel and the change, the Theil–Sen slope times
// the span of days, exceeds TrendChange: a median slope is not moved by a few
// unusual days, as the difference between the first and the last day would be.
// Plays belong to the local day and hour in which they began. It panics if days
// is negative. Cost O(plays + days²).
//
// Sources: Mann 1945; Kendall 1975; Sen 1968, doi:10.1080/01621459.1968.10480934;
// Park et al. 2019, doi:10.1038/s41562-018-0508-z (moods of music by the hour).
func TrendsOf(l Listening, o Options, days int) Trends {
	o = o.filled()
	l.check()
	if days < 0 {
		panic("session: negative number of days")
	}
	day, v, a := l.daily(days)
	return Trends{trendOf(day, v, o.Gates), trendOf(day, a, o.Gates)}
}

// daily returns the days with featured plays, and their mean positions less the
// means of the hours.
func (l Listening) daily(days int) (day []int, v, a []float64) {
	if len(l.Plays) == 0 {
		return nil, nil, nil
	}
	from := math.MinInt
	if days > 0 {
		from = dayOf(l.Plays[len(l.Plays)-1].StartedAt(), l.zone()) - days + 1
	}
	type piece struct {
		day, hour int
		at        segue.Affect
		weight    float64
	}
	var pieces []piece
	var hours [24]place
	for i, p := range l.Plays {
		at, ok := l.featured(i)
		if !ok {
			continue
		}
		local := p.StartedAt().In(l.zone())
		if n := dayOf(local, l.zone()); n >= from {
			pieces = append(pieces, piece{n, local.Hour(), at, p.Played.Seconds()})
			hours[local.Hour()].add(at, p.Played.Seconds())
		}
	}
	slices.SortStableFunc(pieces, func(a, b piece) int { return a.day - b.day })
	for i := 0; i < len(pieces); {
		var mean place
		n := pieces[i].day
		for ; i < len(pieces) && pieces[i].day == n; i++ {
			p := pieces[i]
			h := hours[p.hour]
			mean.add(segue.Affect{Valence: p.at.Valence - h.v/h.weight, Arousal: p.at.Arousal - h.a/h.weight}, p.weight)
		}
		day = append(day, n)
		v = append(v, mean.v/mean.weight)
		a = append(a, mean.a/mean.weight)
	}
	return day, v, a
}

func trendOf(day []int, x []float64, g Gates) Trend {
	t := Trend{
		Gates: g.Trend(len(day)), Days: len(day),
		Z: segue.Missing(), P: segue.Missing(), Slope: segue.Missing(), Change: segue.Missing(),
	}
	if !Open(t.Gates) || len(day) < 3 {
		return t
	}
	t.Known = true
	z, p := mannKendall(x)
	slope := theilSen(day, x)
	change := slope * float64(day[len(day)-1]-day[0])
	t.Z, t.P, t.Slope, t.Change = segue.Number(z), segue.Number(p), segue.Number(slope), segue.Number(change)
	t.Rising = p < TrendLevel && change > TrendChange
	t.Falling = p < TrendLevel && change < -TrendChange
	return t
}

// sameValue is the difference under which two daily means are a tie: rounding
// of the hour means must not look like a trend.
const sameValue = 1e-12

// mannKendall returns the Mann–Kendall statistic with continuity correction and
// tie-corrected variance, and its two-sided p from the normal approximation:
//
//	S = Σ_{i<j} sign(x_j − x_i),  Var = (n(n−1)(2n+5) − Σ t(t−1)(2t+5))/18,
//
// t the sizes of the groups of ties. z is 0 and p is 1 if all values are equal.
// It takes the values as independent; days that resemble the day before make
// the p too small, one reason for TrendChange. Cost O(n²).
func mannKendall(x []float64) (z, p float64) {
	var s int
	for i := range x {
		for j := i + 1; j < len(x); j++ {
			switch d := x[j] - x[i]; {
			case d > sameValue:
				s++
			case d < -sameValue:
				s--
			}
		}
	}
	sorted := slices.Sorted(slices.Values(x))
	n := float64(len(x))
	variance := n * (n - 1) * (2*n + 5)
	for i := 0; i < len(sorted); {
		j := i + 1
		for j < len(sorted) && sorted[j]-sorted[j-1] <= sameValue {
			j++
		}
		t := float64(j - i)
		variance -= t * (t - 1) * (2*t + 5)
		i = j
	}
	variance /= 18
	if s == 0 || variance <= 0 {
		return 0, 1
	}
	z = float64(s-sign(s)) / math.Sqrt(variance)
	return z, math.Erfc(math.Abs(z) / math.Sqrt2)
}

func sign(s int) int {
	if s < 0 {
		return -1
	}
	return 1
}

// theilSen returns the median of the slopes between all pairs of days. The days
// differ; there are two or more. Cost O(n²).
func theilSen(day []int, x []float64) float64 {
	slopes := make([]float64, 0, len(x)*(len(x)-1)/2)
	for i := range x {
		for j := i + 1; j < len(x); j++ {
			slopes = append(slopes, (x[j]-x[i])/float64(day[j]-day[i]))
		}
	}
	return quantile.Select(slopes, 0.5)
}
