package table

import (
	"math"
	"strconv"
	"strings"
)

// powersOfTen holds 10^0 … 10^22, the powers that a float64 holds exactly.
var powersOfTen = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// parseFloat64 returns what strconv.ParseFloat(s, 64) returns, quicker for
// the short decimals of track tables. Where the digits form a whole number up
// to 2^53 and the power of ten is at most 10^22, both are exact, so that one
// multiplication or division rounds once, and correctly (Clinger 1990,
// doi:10.1145/93542.93557). Everything else is left to strconv.
func parseFloat64(s []byte) (v float64, ok bool) {
	i, n := 0, len(s)
	negative := false
	if n > 0 && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		i++
	}
	var mantissa uint64
	digits, exp := 0, 0
	start := i
	for ; i < n; i++ {
		d := s[i] - '0'
		if d > 9 {
			break
		}
		mantissa = mantissa*10 + uint64(d)
	}
	digits = i - start
	if i < n && s[i] == '.' {
		i++
		start = i
		for ; i < n; i++ {
			d := s[i] - '0'
			if d > 9 {
				break
			}
			mantissa = mantissa*10 + uint64(d)
		}
		exp = start - i
		digits += i - start
	}
	// 19 digits always fit in 64 bits; the 2^53 limit is asked below.
	if digits == 0 || digits > 19 {
		return slowFloat64(s)
	}
	if i < n && (s[i] == 'e' || s[i] == 'E') {
		i++
		sign := 1
		if i < n && (s[i] == '-' || s[i] == '+') {
			if s[i] == '-' {
				sign = -1
			}
			i++
		}
		start = i
		e := 0
		for ; i < n && s[i]-'0' <= 9 && i-start < 4; i++ {
			e = e*10 + int(s[i]-'0')
		}
		if i == start {
			return slowFloat64(s)
		}
		exp += sign * e
	}
	if i != n || mantissa > 1<<53 || exp < -22 || exp > 22 {
		return slowFloat64(s)
	}
	v = float64(mantissa)
	if exp < 0 {
		v /= powersOfTen[-exp]
	} else {
		v *= powersOfTen[exp]
	}
	if negative {
		v = -v
	}
	return v, true
}

func slowFloat64(s []byte) (float64, bool) {
	v, err := strconv.ParseFloat(string(s), 64)
	return v, err == nil
}

// Narrow returns what strconv.ParseFloat(s, 32) returns, given v, the float64
// nearest to the decimal s. Rounding v again differs from rounding s only if
// v looks like the exact middle between two float32, or is too small or too
// large to be a normal float32.
func Narrow(v float64, s []byte) float32 {
	const below = 1<<29 - 1 // the bits a float64 has and a float32 has not
	a := math.Abs(v)
	if (math.Float64bits(v)&below != 1<<28 && a >= 0x1p-126 && a < math.MaxFloat32) || v == 0 {
		return float32(v)
	}
	w, err := strconv.ParseFloat(string(s), 32)
	if err != nil {
		return float32(v)
	}
	return float32(w)
}

// ParseDecimal parses a cell. Where the fields are not separated by commas, a
// single comma may stand for the decimal point, as spreadsheets of half of
// Europe write it; the returned text is the one parsed.
func ParseDecimal(s []byte, commas bool) (v float64, text []byte, ok bool) {
	if v, ok = parseFloat64(s); ok || !commas || len(s) > 64 {
		return v, s, ok
	}
	dotted := strings.Replace(string(s), ",", ".", 1)
	text = []byte(dotted)
	v, ok = parseFloat64(text)
	return v, text, ok
}
