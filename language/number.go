package language

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Spaces inside a number and before its unit: thin or full, never broken.
const (
	Thin   = "\u202f"
	Joined = "\u00a0"
)

// local is a number that fmt writes with a language's decimal sign.
type local struct {
	v float64
	t *Tongue
}

// Format writes the number as its verb asks.
func (l local) Format(f fmt.State, verb rune) {
	fmt.Fprint(f, strings.Replace(fmt.Sprintf(fmt.FormatString(f, verb), l.v), ".", l.t.point(), 1))
}

// point returns the sign between a number and its decimals.
func (t *Tongue) point() string {
	if t == nil {
		return "."
	}
	return t.decimal
}

// Count writes a whole number in groups of three: "51 369".
func (t *Tongue) Count(n int) string { return t.grouped(strconv.Itoa(n)) }

// grouped puts thin spaces between the thousands of a decimal number, a true minus
// before a negative one, and the language's sign before its decimals.
func (t *Tongue) grouped(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "−", s[1:]
	}
	whole, rest := s, ""
	if i := strings.IndexByte(s, '.'); i >= 0 {
		whole, rest = s[:i], t.point()+s[i+1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + Thin + whole[i:]
	}
	return sign + whole + rest
}

// Of writes a count with what is counted: "1 play", "12 plays". A language's file
// holds the word for many, which is also that for one where there is no other.
func (t *Tongue) Of(n int, one, many string) string {
	word := one
	if n != 1 || !t.Has(one) {
		word = many
	}
	return t.Count(n) + Joined + t.Say(word)
}

// Decimal writes v with the given number of decimals, and a dash for what is not
// known.
func (t *Tongue) Decimal(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-")
	}
	return t.grouped(s)
}

// Percent writes a share as whole percent, and small shares that are not nothing
// with a decimal or as "under 0.1 %".
func (t *Tongue) Percent(share float64) string {
	p := 100 * share
	switch {
	case math.IsNaN(p):
		return "–"
	case p > 0 && p < .1:
		return t.Say("under %s", t.Decimal(.1, 1)+Thin+"%")
	case p > 0 && p < 1, p > 99 && p < 100:
		return t.Decimal(math.Min(p, 99.9), 1) + Thin + "%"
	}
	return t.Decimal(p, 0) + Thin + "%"
}

// Share writes n of total as percent.
func (t *Tongue) Share(n, total int) string {
	if total == 0 {
		return "–"
	}
	return t.Percent(float64(n) / float64(total))
}

// Span writes a duration in words: "39 min", "1 h 12 min".
func (t *Tongue) Span(d time.Duration) string {
	m := int(d.Round(time.Minute) / time.Minute)
	if m < 1 {
		return t.Say("under %s", t.Count(1)+Joined+t.Say("min"))
	}
	if m < 60 {
		return t.Count(m) + Joined + t.Say("min")
	}
	if h := m / 60; h < 10 && m%60 > 0 {
		return t.Count(h) + Joined + t.Say("h") + " " + t.Count(m%60) + Joined + t.Say("min")
	}
	return t.Count(int(d.Round(time.Hour)/time.Hour)) + Joined + t.Say("h")
}

// Exact writes a duration to the second: "60 min 16 s".
func (t *Tongue) Exact(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	text := t.Count(s/60) + Joined + t.Say("min")
	if s%60 != 0 {
		text += " " + t.Count(s%60) + Joined + t.Say("s")
	}
	return text
}

// Clock writes a position in a playlist: "3:28".
func Clock(d time.Duration) string {
	s := int(d / time.Second)
	return strconv.Itoa(s/60) + ":" + string([]byte{byte('0' + s%60/10), byte('0' + s%10)})
}
