package main

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// A value is where one setting goes and how it is read, the same for a flag, a
// variable and a key of the file. Set puts it there or leaves what was there.
type value interface {
	Set(string) error // its error is a *badValue
	String() string   // as Set reads it
	Type() string     // the word for it in usage texts
	wants() string    // what is accepted, as a reference says it
}

// A badValue says what about a value is wrong, so as to follow it: "is no address".
type badValue struct{ problem string }

func (b *badValue) Error() string { return b.problem }

func bad(format string, args ...any) error { return &badValue{fmt.Sprintf(format, args...)} }

// A textValue is one line of at most so many characters.
type textValue struct {
	to   *string
	most int
	word string // for usage texts
}

func (v textValue) Set(s string) error {
	switch {
	case len([]rune(s)) > v.most:
		return bad("is longer than %d characters", v.most)
	case strings.ContainsFunc(s, unicode.IsControl):
		return bad("holds a control character")
	}
	*v.to = s
	return nil
}
func (v textValue) String() string { return *v.to }
func (v textValue) Type() string   { return v.word }
func (v textValue) wants() string {
	if v.word == "FILE" {
		return "the name of a file"
	}
	return fmt.Sprintf("text of at most %d characters", v.most)
}

// A choiceValue is one of some words.
type choiceValue struct {
	to *string
	of []string
}

func (v choiceValue) Set(s string) error {
	if !slices.Contains(v.of, s) {
		return bad("is not one of %s", strings.Join(v.of, ", "))
	}
	*v.to = s
	return nil
}
func (v choiceValue) String() string { return *v.to }
func (v choiceValue) Type() string   { return strings.Join(v.of, "|") }
func (v choiceValue) wants() string  { return "one of " + strings.Join(v.of, ", ") }

// A switchValue is on or off.
type switchValue struct{ to *bool }

func (v switchValue) Set(s string) error {
	on, err := strconv.ParseBool(s)
	if err != nil {
		return bad("is not true or false")
	}
	*v.to = on
	return nil
}
func (v switchValue) String() string { return strconv.FormatBool(*v.to) }
func (v switchValue) Type() string   { return "bool" }
func (v switchValue) wants() string  { return "true or false" }

// A countValue is a whole number from 0 on.
type countValue struct{ to *uint64 }

func (v countValue) Set(s string) error {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return bad("is not a whole number from 0 on")
	}
	*v.to = n
	return nil
}
func (v countValue) String() string { return strconv.FormatUint(*v.to, 10) }
func (v countValue) Type() string   { return "N" }
func (v countValue) wants() string  { return "a whole number from 0 on" }

// A timeValue is a length of time within bounds.
type timeValue struct {
	to          *time.Duration
	least, most time.Duration
}

func (v timeValue) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil || d < v.least || d > v.most {
		return bad("is not %s, such as 20s", v.wants())
	}
	*v.to = d
	return nil
}
func (v timeValue) String() string { return v.to.String() }
func (v timeValue) Type() string   { return "TIME" }
func (v timeValue) wants() string  { return fmt.Sprintf("a time from %v to %v", v.least, v.most) }

// A sizeValue is a number of bytes within bounds, written with a unit of thousands
// (kB, MB, GB) or of 1024 (KiB, MiB, GiB).
type sizeValue struct {
	to          *int64
	least, most int64
}

// units are those of sizes, the longer names first.
var units = []struct {
	name  string
	bytes int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"", 1}}

func (v sizeValue) Set(s string) error {
	for _, u := range units {
		digits, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		if err != nil || n < 0 || n > v.most/u.bytes || n*u.bytes < v.least {
			break
		}
		*v.to = n * u.bytes
		return nil
	}
	return bad("is not %s", v.wants())
}
func (v sizeValue) String() string { return sizeWords(*v.to) }
func (v sizeValue) Type() string   { return "SIZE" }
func (v sizeValue) wants() string {
	return fmt.Sprintf("a size from %s to %s", sizeWords(v.least), sizeWords(v.most))
}

// sizeWords writes a size exactly, in the largest unit that does.
func sizeWords(n int64) string {
	best := strconv.FormatInt(n, 10)
	for _, u := range units {
		if n > 0 && n%u.bytes == 0 && len(strconv.FormatInt(n/u.bytes, 10)+u.name) < len(best) {
			best = strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return best
}

// An addressValue is a host and a port.
type addressValue struct {
	to  *string
	off bool // "off" stands for none
}

func (v addressValue) Set(s string) error {
	if v.off && s == "off" {
		*v.to = s
		return nil
	}
	_, port, err := net.SplitHostPort(s)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return bad("is no address; write one like 127.0.0.1:8080")
	}
	*v.to = s
	return nil
}
func (v addressValue) String() string { return *v.to }
func (v addressValue) Type() string   { return "ADDRESS" }
func (v addressValue) wants() string {
	if v.off {
		return "an address such as 127.0.0.1:9090, or off"
	}
	return "an address such as 127.0.0.1:8080"
}

// An originValue is what an address in a browser begins with: scheme, host, port.
type originValue struct{ to *string }

func (v originValue) Set(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return bad("is not an address such as https://segue.example.org, with no path")
	}
	*v.to = u.Scheme + "://" + strings.ToLower(u.Host)
	return nil
}
func (v originValue) String() string { return *v.to }
func (v originValue) Type() string   { return "URL" }
func (v originValue) wants() string {
	return "an address such as https://segue.example.org, with no path"
}

// A listValue holds several of a kind. As a flag it may be repeated; a variable and
// a key of the file hold all of it.
type listValue struct {
	to    *[]string
	check func(string) error // of one; nil for any
	word  string
	want  string
	begun *bool // whether the default was replaced
}

func (v listValue) Set(s string) error {
	if v.check != nil {
		for one := range strings.SplitSeq(s, ",") {
			if err := v.check(strings.TrimSpace(one)); err != nil {
				return err
			}
		}
	}
	if !*v.begun {
		*v.begun, *v.to = true, nil
	}
	*v.to = append(*v.to, s)
	return nil
}
func (v listValue) String() string { return strings.Join(*v.to, ",") }
func (v listValue) Type() string   { return v.word }
func (v listValue) wants() string  { return v.want }

// parsePrefix reads a network, or an address as the network of one.
func parsePrefix(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		return a.Prefix(a.BitLen())
	}
	return netip.ParsePrefix(s)
}

func checkPrefix(s string) error {
	if _, err := parsePrefix(s); err != nil {
		return bad("is no network such as 10.0.0.0/8, or address")
	}
	return nil
}
