package history

import (
	"math"
	"strings"
	"time"
)

// parseTime reads the times exports write, all of them UTC unless they name an
// offset: 2021-03-04 05:06, 2021-03-04T05:06:07Z, with fractions of a second
// or an offset such as +01:00, and Last.fm's 04 Mar 2021, 05:06.
func parseTime(b []byte) (time.Time, bool) {
	if t, ok := parseISO(b); ok {
		return t, true
	}
	if len(b) == 0 || len(b) > 40 {
		return time.Time{}, false
	}
	s := strings.TrimSpace(string(b))
	for _, layout := range []string{"2 Jan 2006, 15:04", "2 Jan 2006 15:04", "2 Jan 2006, 15:04:05", "2 Jan 2006 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// parseISO is the fast path: dates of ISO 8601 as exports write them.
func parseISO(b []byte) (time.Time, bool) {
	none := time.Time{}
	if len(b) < 16 || b[4] != '-' || b[7] != '-' || (b[10] != 'T' && b[10] != ' ') || b[13] != ':' {
		return none, false
	}
	year, month, day := digits(b[:4]), digits(b[5:7]), digits(b[8:10])
	hour, minute := digits(b[11:13]), digits(b[14:16])
	if year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return none, false
	}
	second, nanos := 0, 0
	b = b[16:]
	if len(b) >= 3 && b[0] == ':' {
		if second = digits(b[1:3]); second < 0 || second > 60 {
			return none, false
		}
		b = b[3:]
		if len(b) > 1 && b[0] == '.' {
			i, unit := 1, 100_000_000
			for ; i < len(b) && '0' <= b[i] && b[i] <= '9'; i++ {
				nanos += int(b[i]-'0') * unit
				unit /= 10
			}
			if i == 1 {
				return none, false
			}
			b = b[i:]
		}
	}
	offset := 0
	switch {
	case len(b) == 0, len(b) == 1 && b[0] == 'Z', string(b) == " UTC":
	case len(b) == 6 && b[3] == ':' || len(b) == 5:
		h, m := digits(b[1:3]), digits(b[len(b)-2:])
		if (b[0] != '+' && b[0] != '-') || h < 0 || h > 14 || m < 0 || m > 59 {
			return none, false
		}
		offset = h*3600 + m*60
		if b[0] == '-' {
			offset = -offset
		}
	default:
		return none, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	if t.Day() != day && second < 60 { // 30 February
		return none, false
	}
	return t.Add(-time.Duration(offset) * time.Second), true
}

// digits reads a whole number without a sign, -1 if it is none.
func digits(b []byte) int {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// epoch reads a count since 1970 in seconds, milliseconds, microseconds or
// nanoseconds: its size tells which, for seconds stay below 10¹¹ until the
// year 5138. Counts below one, which mean "none", are not times.
func epoch(x float64) (time.Time, bool) {
	switch {
	case !(x >= 1) || x >= 1e20:
		return time.Time{}, false
	case x >= 1e17:
		x /= 1e9
	case x >= 1e14:
		x /= 1e6
	case x >= 1e11:
		x /= 1e3
	}
	whole, part := math.Modf(x)
	return time.Unix(int64(whole), int64(math.Round(part*1e3))*1e6).UTC(), true
}
