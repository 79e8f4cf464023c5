package report

import (
	"math"
	"strconv"
	"strings"
	"time"

	"segue"
)

// Spaces inside a number and before its unit: thin or full, never broken.
const (
	thin   = "\u202f"
	joined = "\u00a0"
)

// count writes a whole number in groups of three: "51 369".
func count(n int) string { return grouped(strconv.Itoa(n)) }

// grouped puts thin spaces between the thousands of a decimal number and a
// true minus before a negative one.
func grouped(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "−", s[1:]
	}
	whole, rest := s, ""
	if i := strings.IndexByte(s, '.'); i >= 0 {
		whole, rest = s[:i], s[i:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + thin + whole[i:]
	}
	return sign + whole + rest
}

// of writes "1 play", "12 plays".
func of(n int, one, many string) string {
	if n == 1 {
		return count(n) + joined + one
	}
	return count(n) + joined + many
}

// decimal writes v with the given number of decimals, and a dash for what is
// not known.
func decimal(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-")
	}
	return grouped(s)
}

// number is decimal of a number that may be missing.
func number(v segue.Number, decimals int) string { return decimal(float64(v), decimals) }

// percent writes a share as whole percent, and small shares that are not
// nothing with a decimal or as "under 0.1 %".
func percent(share float64) string {
	p := 100 * share
	switch {
	case math.IsNaN(p):
		return "–"
	case p > 0 && p < .1:
		return "under 0.1" + thin + "%"
	case p > 0 && p < 1, p > 99 && p < 100:
		return decimal(math.Min(p, 99.9), 1) + thin + "%"
	}
	return decimal(p, 0) + thin + "%"
}

// share writes n of total as percent.
func share(n, total int) string {
	if total == 0 {
		return "–"
	}
	return percent(float64(n) / float64(total))
}

// span writes a duration in words: "39 min", "1 h 12 min".
func span(d time.Duration) string {
	m := int(d.Round(time.Minute) / time.Minute)
	if m < 1 {
		return "under 1" + joined + "min"
	}
	if m < 60 {
		return count(m) + joined + "min"
	}
	if h := m / 60; h < 10 && m%60 > 0 {
		return count(h) + joined + "h " + count(m%60) + joined + "min"
	}
	return count(int(d.Round(time.Hour)/time.Hour)) + joined + "h"
}

// exact writes a duration to the second: "60 min 16 s".
func exact(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s%60 == 0 {
		return count(s/60) + joined + "min"
	}
	return count(s/60) + joined + "min " + count(s%60) + joined + "s"
}

// clock writes a position in a playlist: "3:28".
func clock(d time.Duration) string {
	s := int(d / time.Second)
	return strconv.Itoa(s/60) + ":" + string([]byte{byte('0' + s%60/10), byte('0' + s%10)})
}

// words writes a small whole number in words, as a sentence begins.
func words(n int) string {
	names := []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve", "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen", "Twenty"}
	if n >= 0 && n < len(names) {
		return names[n]
	}
	return count(n)
}

// upper makes the first letter of a text a capital and its apostrophes round.
func upper(s string) string {
	s = strings.ReplaceAll(s, "'", "’")
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// list joins names as a sentence does: "a, b and c".
func list(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
