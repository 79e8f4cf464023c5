package event

import (
	"encoding/json"
	"errors"
	"hash/maphash"
	"math"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"segue"
)

// timeLayout is how times are written; files may have fewer or more digits, or none,
// of a second (finer ones are cut off) and any offset of a zone.
const timeLayout = "2006-01-02T15:04:05.000Z"

// MarshalJSON writes the record as a line of a JSON Lines file, without its newline:
// fields in a fixed order, those that are zero left out.
func (e Event) MarshalJSON() ([]byte, error) {
	if err := e.Validate(); err != nil {
		return nil, err
	}
	return e.appendJSON(make([]byte, 0, 320)), nil
}

// UnmarshalJSON reads a record as ReadLines does.
func (e *Event) UnmarshalJSON(b []byte) error {
	return new(parser).event(b, e)
}

// appendJSON appends the JSON form of a valid record.
func (e *Event) appendJSON(b []byte) []byte {
	b = append(b, `{"schema":`...)
	b = strconv.AppendInt(b, int64(e.Schema), 10)
	b = appendText(b, `,"id":`, e.ID)
	b = appendText(b, `,"listener":`, e.Listener)
	b = appendText(b, `,"kind":`, string(e.Kind))
	b = append(b, `,"at":"`...)
	b = e.At.AppendFormat(b, timeLayout)
	b = append(b, '"')
	b = appendInt(b, `,"offset":`, int64(e.Offset))
	b = appendText(b, `,"source":`, string(e.Source))
	b = appendText(b, `,"hour":`, e.Hour)
	b = appendText(b, `,"track":`, e.Track)
	b = appendInt(b, `,"place":`, int64(e.Place))
	b = appendInt(b, `,"planned_ms":`, e.PlannedMS)
	if e.Kind == TrackEnd && e.MS >= 0 {
		b = append(b, `,"ms":`...)
		b = strconv.AppendInt(b, e.MS, 10)
	}
	b = appendText(b, `,"reason":`, string(e.Reason))
	if e.Adjusted {
		b = append(b, `,"adjusted":true`...)
	}
	b = appendCell(b, `,"cell":[`, e.Cell)
	b = appendCell(b, `,"target":[`, e.Target)
	if e.Feel != nil {
		b = append(b, `,"feel":`...)
		b = strconv.AppendInt(b, int64(*e.Feel), 10)
	}
	b = appendText(b, `,"words":`, e.Words)
	b = appendText(b, `,"experiment":`, e.Experiment)
	b = appendText(b, `,"arm":`, e.Arm)
	if e.Propensity != 0 {
		b = append(b, `,"propensity":`...)
		b = strconv.AppendFloat(b, e.Propensity, 'g', -1, 64)
	}
	b = appendText(b, `,"context":`, e.Context)
	b = appendText(b, `,"propensities":`, e.Propensities)
	return append(b, '}')
}

func appendInt(b []byte, key string, v int64) []byte {
	if v == 0 {
		return b
	}
	return strconv.AppendInt(append(b, key...), v, 10)
}

func appendCell(b []byte, key string, c *segue.Cell) []byte {
	if c == nil {
		return b
	}
	b = strconv.AppendInt(append(b, key...), int64(c[0]), 10)
	b = strconv.AppendInt(append(b, ','), int64(c[1]), 10)
	return append(b, ']')
}

// appendText appends a key and a JSON string, nothing if the string is empty.
func appendText(b []byte, key, s string) []byte {
	if s == "" {
		return b
	}
	b = append(append(b, key...), '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\t':
			b = append(b, '\\', 't')
		case '\r':
			b = append(b, '\\', 'r')
		default:
			const hex = "0123456789abcdef"
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(b, s[from:]...), '"')
}

// namesKept is how many different texts a parser remembers, so that what many records
// name is one string in memory. (d)
const namesKept = 1 << 14

// A parser reads records, one JSON object each. It is written by hand because tens of
// millions of them are read at a time: encoding/json takes ten times as long. The tests
// hold it to encoding/json.
type parser struct {
	b     []byte
	i     int
	text  []byte // a string that had escapes
	names []string
	seed  maphash.Seed
}

func newParser() *parser {
	return &parser{names: make([]string, namesKept), seed: maphash.MakeSeed()}
}

// name returns the text as a string, the same one each time as far as it is remembered.
func (p *parser) name(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(p.names) == 0 || len(b) > MaxName { // the latter will be refused
		return string(b)
	}
	slot := &p.names[maphash.Bytes(p.seed, b)%namesKept]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}

// event reads the record that b holds, and nothing else, into e, and validates it.
func (p *parser) event(b []byte, e *Event) error {
	err := p.object(b, e)
	if err == nil {
		err = e.Validate()
	}
	if err != nil {
		if newer := newerSchema(b); newer != nil {
			return newer
		}
	}
	return err
}

// newerSchema returns an error if the record follows a schema that is not known yet:
// that says more than what else is odd about it.
func newerSchema(b []byte) error {
	var of struct {
		Schema int `json:"schema"`
	}
	if json.Unmarshal(b, &of) == nil && of.Schema > Schema {
		return schemaProblem(of.Schema)
	}
	return nil
}

var errSyntax = errors.New("not JSON") // turned into an error that says where

// object reads an object of known fields.
func (p *parser) object(b []byte, e *Event) error {
	*e = Event{}
	p.b, p.i = b, 0
	p.space()
	if !p.take('{') {
		return p.broken("")
	}
	var seen uint32
	timed := false
	p.space()
	for first := true; !p.take('}'); first = false {
		if !first {
			if !p.take(',') {
				return p.broken("")
			}
			p.space()
		}
		key, err := p.string()
		if err != nil {
			return p.broken("")
		}
		bit, column := fieldOf(key)
		if bit == 0 {
			return &segue.InputError{Problem: "there is no field %.40q in schema %d", Args: []any{string(key), Schema}}
		}
		if seen&bit != 0 {
			return bad(column, "it stands twice in the record")
		}
		seen |= bit
		p.space()
		if !p.take(':') {
			return p.broken(column)
		}
		p.space()
		if p.null() {
			p.space()
			continue
		}
		if err := p.value(column, e, &timed); err != nil {
			switch err {
			case errSyntax:
				return p.broken(column)
			case errUTF8:
				return bad(column, "it is not UTF-8")
			}
			return err
		}
		p.space()
	}
	p.space()
	if p.i != len(p.b) {
		return p.broken("")
	}
	if e.Kind == TrackEnd && !timed {
		e.MS = -1
	}
	return nil
}

// value reads the value of a field.
func (p *parser) value(column string, e *Event, timed *bool) (err error) {
	switch column {
	case "schema":
		return p.int(&e.Schema)
	case "id":
		return p.own(&e.ID) // see chunk.parse
	case "listener":
		return p.known(&e.Listener)
	case "kind":
		return p.known((*string)(&e.Kind))
	case "at":
		return p.time(&e.At)
	case "offset":
		return p.int(&e.Offset)
	case "source":
		return p.known((*string)(&e.Source))
	case "hour":
		return p.known(&e.Hour)
	case "track":
		return p.known(&e.Track)
	case "place":
		return p.int(&e.Place)
	case "planned_ms":
		e.PlannedMS, err = p.int64()
		return err
	case "ms":
		*timed = true
		if e.MS, err = p.int64(); err == nil && e.MS < 0 {
			err = bad("ms", "%d is not in 0 to %d (a week)", e.MS, int64(MaxMS))
		}
		return err
	case "reason":
		return p.known((*string)(&e.Reason))
	case "adjusted":
		return p.bool(&e.Adjusted)
	case "cell":
		e.Cell, err = p.cell()
		return err
	case "target":
		e.Target, err = p.cell()
		return err
	case "feel":
		e.Feel = new(int)
		return p.int(e.Feel)
	case "words":
		return p.own(&e.Words)
	case "experiment":
		return p.known(&e.Experiment)
	case "arm":
		return p.known(&e.Arm)
	case "context":
		return p.known(&e.Context)
	case "propensities":
		return p.known(&e.Propensities)
	default:
		return p.float(&e.Propensity)
	}
}

// fieldOf returns a bit and the name of a field of files, 0 if there is no such field.
func fieldOf(key []byte) (uint32, string) {
	switch string(key) {
	case "schema":
		return 1 << 0, "schema"
	case "id":
		return 1 << 1, "id"
	case "listener":
		return 1 << 2, "listener"
	case "kind":
		return 1 << 3, "kind"
	case "at":
		return 1 << 4, "at"
	case "offset":
		return 1 << 5, "offset"
	case "source":
		return 1 << 6, "source"
	case "hour":
		return 1 << 7, "hour"
	case "track":
		return 1 << 8, "track"
	case "place":
		return 1 << 9, "place"
	case "planned_ms":
		return 1 << 10, "planned_ms"
	case "ms":
		return 1 << 11, "ms"
	case "reason":
		return 1 << 12, "reason"
	case "adjusted":
		return 1 << 13, "adjusted"
	case "cell":
		return 1 << 14, "cell"
	case "target":
		return 1 << 15, "target"
	case "feel":
		return 1 << 16, "feel"
	case "words":
		return 1 << 17, "words"
	case "experiment":
		return 1 << 18, "experiment"
	case "arm":
		return 1 << 19, "arm"
	case "propensity":
		return 1 << 20, "propensity"
	case "context":
		return 1 << 21, "context"
	case "propensities":
		return 1 << 22, "propensities"
	}
	return 0, ""
}

// broken is the error of a text that is no record, at the byte reached.
func (p *parser) broken(column string) error {
	if len(p.b) == 0 || p.i >= len(p.b) {
		return bad(column, "the record is cut short")
	}
	return bad(column, "it is not what is expected at byte %d of the record", p.i+1)
}

func (p *parser) space() {
	for p.i < len(p.b) {
		switch p.b[p.i] {
		case ' ', '\t', '\r', '\n':
			p.i++
		default:
			return
		}
	}
}

// take moves past a byte if it is the next.
func (p *parser) take(c byte) bool {
	if p.i < len(p.b) && p.b[p.i] == c {
		p.i++
		return true
	}
	return false
}

func (p *parser) null() bool { return p.word("null") }

func (p *parser) word(w string) bool {
	if end := p.i + len(w); end <= len(p.b) && string(p.b[p.i:end]) == w {
		p.i = end
		return true
	}
	return false
}

// string reads a JSON string. What it returns is valid until the next one.
func (p *parser) string() ([]byte, error) {
	if !p.take('"') {
		return nil, errSyntax
	}
	from, beyond := p.i, false
	for ; p.i < len(p.b); p.i++ {
		switch c := p.b[p.i]; {
		case c == '"':
			s := p.b[from:p.i]
			if beyond && !utf8.Valid(s) {
				return nil, errUTF8
			}
			p.i++
			return s, nil
		case c == '\\':
			return p.escaped(from)
		case c < ' ':
			return nil, errSyntax
		case c >= utf8.RuneSelf:
			beyond = true
		}
	}
	return nil, errSyntax
}

var errUTF8 = errors.New("not UTF-8")

// escaped reads the rest of a string from its first backslash on.
func (p *parser) escaped(from int) ([]byte, error) {
	p.text = append(p.text[:0], p.b[from:p.i]...)
	for p.i < len(p.b) {
		c := p.b[p.i]
		p.i++
		switch {
		case c == '"':
			if !utf8.Valid(p.text) {
				return nil, errUTF8
			}
			return p.text, nil
		case c < ' ':
			p.i--
			return nil, errSyntax
		case c != '\\':
			p.text = append(p.text, c)
			continue
		}
		if p.i == len(p.b) {
			break
		}
		c = p.b[p.i]
		p.i++
		switch c {
		case '"', '\\', '/':
			p.text = append(p.text, c)
		case 'b':
			p.text = append(p.text, '\b')
		case 'f':
			p.text = append(p.text, '\f')
		case 'n':
			p.text = append(p.text, '\n')
		case 'r':
			p.text = append(p.text, '\r')
		case 't':
			p.text = append(p.text, '\t')
		case 'u':
			r, err := p.rune()
			if err != nil {
				return nil, err
			}
			p.text = utf8.AppendRune(p.text, r)
		default:
			p.i--
			return nil, errSyntax
		}
	}
	return nil, errSyntax
}

// rune reads the four digits of an escape, and its other half if it is one of a pair.
// A half alone is no text.
func (p *parser) rune() (rune, error) {
	r, err := p.hex()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	if !p.word(`\u`) {
		return 0, errUTF8
	}
	low, err := p.hex()
	if err != nil {
		return 0, err
	}
	if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
		return 0, errUTF8
	}
	return r, nil
}

func (p *parser) hex() (r rune, err error) {
	if p.i+4 > len(p.b) {
		p.i = len(p.b)
		return 0, errSyntax
	}
	for range 4 {
		c := p.b[p.i]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, errSyntax
		}
		p.i++
		r = r<<4 | rune(c)
	}
	return r, nil
}

// known reads a string that other records are likely to hold, too.
func (p *parser) known(to *string) error {
	b, err := p.string()
	*to = p.name(b)
	return err
}

// own reads a string that no other record holds.
func (p *parser) own(to *string) error {
	b, err := p.string()
	*to = string(b)
	return err
}

// number reads the digits of a JSON number, and whether it is whole.
func (p *parser) number() (b []byte, whole bool, err error) {
	from := p.i
	digits := func() bool {
		at := p.i
		for p.i < len(p.b) && p.b[p.i] >= '0' && p.b[p.i] <= '9' {
			p.i++
		}
		return p.i > at
	}
	p.take('-')
	if !p.take('0') && !digits() {
		return nil, false, errSyntax
	}
	whole = true
	if p.take('.') {
		if whole = false; !digits() {
			return nil, false, errSyntax
		}
	}
	if p.take('e') || p.take('E') {
		whole = false
		if !p.take('+') {
			p.take('-')
		}
		if !digits() {
			return nil, false, errSyntax
		}
	}
	return p.b[from:p.i], whole, nil
}

// int64 reads a whole number.
func (p *parser) int64() (n int64, err error) {
	from := p.i
	b, whole, err := p.number()
	if err != nil {
		return 0, err
	}
	if !whole || len(b) > 18 { // 18 digits fit
		p.i = from
		return 0, errSyntax
	}
	minus := b[0] == '-'
	if minus {
		b = b[1:]
	}
	for _, c := range b {
		n = 10*n + int64(c-'0')
	}
	if minus {
		n = -n
	}
	return n, nil
}

func (p *parser) int(to *int) error {
	from := p.i
	n, err := p.int64()
	if err == nil && (n < math.MinInt32 || n > math.MaxInt32) {
		p.i, err = from, errSyntax
	}
	*to = int(n)
	return err
}

func (p *parser) float(to *float64) error {
	from := p.i
	b, _, err := p.number()
	if err != nil {
		return err
	}
	if *to, err = strconv.ParseFloat(string(b), 64); err != nil {
		p.i, err = from, errSyntax
	}
	if *to == 0 && err == nil {
		err = bad("propensity", "0 is not a probability above 0")
	}
	return err
}

func (p *parser) bool(to *bool) error {
	switch {
	case p.word("true"):
		*to = true
	case p.word("false"):
		*to = false
	default:
		return errSyntax
	}
	return nil
}

// cell reads two numbers in brackets.
func (p *parser) cell() (*segue.Cell, error) {
	c := new(segue.Cell)
	if !p.take('[') {
		return nil, errSyntax
	}
	for i := range c {
		p.space()
		if i > 0 {
			if !p.take(',') {
				return nil, errSyntax
			}
			p.space()
		}
		if err := p.int(&c[i]); err != nil {
			return nil, err
		}
		p.space()
	}
	if !p.take(']') {
		return nil, errSyntax
	}
	return c, nil
}

// time reads a time of RFC 3339 and cuts it off to milliseconds.
func (p *parser) time(to *time.Time) error {
	b, err := p.string()
	if err != nil {
		return err
	}
	return timeOf(b, to)
}

func timeOf(b []byte, to *time.Time) error {
	ms, ok := utcMillis(b)
	if !ok {
		at, err := time.Parse(time.RFC3339Nano, string(b))
		if err != nil {
			return bad("at", "%.40q is not a time; write one like 2026-05-06T19:30:00.000Z", string(b))
		}
		ms = at.UnixMilli()
	}
	*to = time.UnixMilli(ms).UTC()
	return nil
}

// utcMillis reads a time like 2026-05-06T19:30:00.000Z, with up to three digits or none
// after the point, in milliseconds since 1970. ok is false if the time is written in
// another way, or wrong.
func utcMillis(b []byte) (ms int64, ok bool) {
	n := len(b)
	if n < 20 || n == 21 || n > 24 || b[n-1] != 'Z' || b[4] != '-' || b[7] != '-' || b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return 0, false
	}
	ok = true
	digits := func(from, to int) (v int) {
		for _, c := range b[from:to] {
			ok = ok && c >= '0' && c <= '9'
			v = 10*v + int(c-'0')
		}
		return v
	}
	year, month, day := digits(0, 4), digits(5, 7), digits(8, 10)
	hours, minutes, seconds := digits(11, 13), digits(14, 16), digits(17, 19)
	part := 0
	if n > 20 {
		ok = ok && b[19] == '.'
		part = digits(20, n-1)
		for range 24 - n {
			part *= 10
		}
	}
	if !ok || month < 1 || month > 12 || day < 1 || day > 28 && day > daysIn(year, month) || hours > 23 || minutes > 59 || seconds > 59 {
		return 0, false
	}
	return ((daysSince1970(year, month, day)*24+int64(hours))*60+int64(minutes))*60_000 + int64(seconds)*1000 + int64(part), true
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysSince1970 counts the days of the Gregorian calendar. Years begin in March, so
// that a leap day is the last of its year.
func daysSince1970(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	return int64(365*year+year/4-year/100+year/400+(153*(month-3)+2)/5+day-1) - 719468
}
