package table

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// records splits text as readers do: in blocks of about size bytes.
func records(text []byte, delimiter byte, size int) (out [][]string, broken, open bool) {
	var s Splitter
	for len(text) > 0 {
		n := min(size, len(text))
		end := 0
		for end == 0 && n < len(text) {
			end = Cut(text[:n], delimiter)
			n = min(2*n, len(text))
		}
		if end == 0 {
			end = len(text)
		}
		s.Buf, s.Delimiter, s.Pos, s.Lines = text[:end], delimiter, 0, 0
		for s.Next() {
			fields := make([]string, len(s.Fields))
			for i, f := range s.Fields {
				fields[i] = string(f)
			}
			out = append(out, fields)
			broken, open = broken || s.Broken, open || s.Open
		}
		text = text[end:]
	}
	return out, broken, open
}

// agrees checks text against encoding/csv wherever that accepts it.
func agrees(t interface{ Errorf(string, ...any) }, text []byte) {
	for i := range len(Delimiters) {
		r := csv.NewReader(bytes.NewReader(text))
		r.Comma = rune(Delimiters[i])
		r.FieldsPerRecord = -1
		want, err := r.ReadAll()
		whole, _, _ := records(text, Delimiters[i], 1<<20)
		for _, size := range []int{1, 3, 16} {
			if got, _, _ := records(text, Delimiters[i], size); !reflect.DeepEqual(got, whole) {
				t.Errorf("%q in blocks of %d: %q, whole %q", text, size, got, whole)
			}
		}
		if err != nil {
			continue
		}
		got, broken, open := records(text, Delimiters[i], 1<<20)
		if broken || open || !(len(got) == 0 && len(want) == 0) && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q (%v, %v), encoding/csv %q", text, got, broken, open, want)
		}
	}
}

func TestSplitterAgrees(t *testing.T) {
	for _, text := range []string{
		"", "\n", "\r\n", "\r", "a", "a\r", "a,b\nc,d", ",\n,", "\"\"", "\"a\"\r", "\"a\"\r\n\"b\"", "\"a\nb\",c\n", "\"a\r\nb\"",
		"\"a\"\"b\"", "\"\"\"\"", "\"a,b\";c|d\te", "a\rb\n", "\n\n\na\n\n", "a\"b\n\"c,d", "\"a\"b,c\n", "\"a\" ,\"b\n", "\"a", "x,\"\"\"\n\"\"\",y\n",
	} {
		agrees(t, []byte(text))
	}
	rapid.Check(t, func(rt *rapid.T) {
		agrees(rt, []byte(rapid.StringOfN(rapid.SampledFrom([]rune("ab,;\"\n\r é")), 0, 40, -1).Draw(rt, "text")))
	})
}

func FuzzSplitter(f *testing.F) {
	f.Add([]byte("id,name\n1,\"a \"\"b\"\"\r\n\"\n"))
	f.Add([]byte("7\" single,\"x\"y\n"))
	f.Fuzz(func(t *testing.T, text []byte) { agrees(t, text) })
}

func TestNumbersAgree(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, s string) {
		got, ok := parseFloat64([]byte(s))
		want, err := strconv.ParseFloat(s, 64)
		if ok != (err == nil) || ok && math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%q: %v %v, strconv %v %v", s, got, ok, want, err)
			return
		}
		want32, err := strconv.ParseFloat(s, 32)
		if ok && err == nil && !math.IsNaN(want) && math.Float32bits(Narrow(got, []byte(s))) != math.Float32bits(float32(want32)) {
			t.Errorf("%q: float32 %v, strconv %v", s, Narrow(got, []byte(s)), want32)
		}
	}
	for _, s := range []string{
		"", "0", "-0", "+0", "1", ".5", "5.", ".", "-", "+", "1e", "1e+", "1e5", "1E-5", "1e22", "1e23", "1e-22", "1e-23", "1e400", "1e-400",
		"9007199254740992", "9007199254740993", "9007199254740994", "99999999999999999999", "0.00000000000000000001", "00000000000000000000001",
		"7.39E-06", "148.014", "185173.0", "1.00000005960464477539", "1.000000059604644775390625", "16777217", "16777217.0", "33554434", "3.4028236e38", "3.4028235677973366e38", "1e-45", "1.1754944e-38",
		"nan", "NaN", "inf", "-Infinity", "0x1p-2", "1_000", "1,5", " 1", "1 ", "1e99999", "1e00001", "..5", "1.2.3", "--1",
	} {
		check(t, s)
	}
	rapid.Check(t, func(rt *rapid.T) {
		switch rapid.IntRange(0, 3).Draw(rt, "kind") {
		case 0:
			check(rt, fmt.Sprintf("%.*f", rapid.IntRange(0, 12).Draw(rt, "digits"), rapid.Float64Range(-400, 400).Draw(rt, "v")))
		case 1:
			check(rt, strconv.FormatFloat(rapid.Float64().Draw(rt, "v"), 'g', -1, 64))
		case 2: // near the middle of two float32
			v := float64(rapid.Float32Range(0, 1000).Draw(rt, "v"))
			mid := (v + float64(math.Nextafter32(float32(v), math.MaxFloat32))) / 2
			check(rt, strconv.FormatFloat(mid, 'f', -1, 64))
			check(rt, strconv.FormatFloat(mid, 'f', -1, 64)+"1")
			check(rt, strconv.FormatFloat(math.Nextafter(mid, 0), 'f', -1, 64))
		case 3:
			check(rt, rapid.StringMatching(`[-+]?[0-9]{0,20}\.?[0-9]{0,20}([eE][-+]?[0-9]{1,4})?`).Draw(rt, "s"))
		}
	})
}
