// Package chart draws Segue's pictures as SVG: the valence–arousal plane, time,
// counts and trees, in one palette and one set of marks. A page that shows them
// includes Style, which carries the colours of both themes, so that a picture
// drawn once is right by day, by night and on paper.
//
// Every drawing has a title and a description for those who do not see it, and
// carries no inline style, so that a strict content security policy holds.
// Coordinates are written with one decimal, which is finer than a screen and
// keeps files small and bytes equal.
//
// gonum/plot, the field's plotting library, writes colours into its SVG and
// knows neither themes nor descriptions, which is why Segue draws its own.
package chart

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"

	"segue/language"
)

// A Caption names a drawing for those who do not see it, and its ID keeps the
// names inside one page apart: letters, digits and hyphens only.
type Caption struct {
	ID    string           // unique in the page
	Title string           // what it is
	Desc  string           // what it shows, in a sentence
	In    *language.Tongue // what the drawing's own words are said in; nil is English
}

// of returns the caption of one of several drawings of a thing.
func (cap Caption) of(suffix string) Caption {
	cap.ID += suffix
	return cap
}

// canvas gathers the text of one SVG drawing.
type canvas struct {
	strings.Builder
	in *language.Tongue // of its words
}

// newCanvas returns an empty canvas whose words are said in the caption's language.
func newCanvas(cap Caption) *canvas { return &canvas{in: cap.In} }

// say says one of the drawing's own words in its language.
func (c *canvas) say(english string, args ...any) string { return c.in.Say(english, args...) }

// open begins the drawing: w×h user units, with the classes given after
// "chart".
func (c *canvas) open(w, h float64, class string, cap Caption) {
	fmt.Fprintf(c, `<svg class="chart %s" viewBox="0 0 %s %s" role="img" aria-labelledby="%s-t %s-d"><title id="%s-t">%s</title><desc id="%s-d">%s</desc>`,
		class, num(w), num(h), cap.ID, cap.ID, cap.ID, escape(cap.Title), cap.ID, escape(cap.Desc))
}

func (c *canvas) close() string {
	c.WriteString("</svg>")
	return c.String()
}

// text writes s at (x, y); anchor is start, middle or end.
func (c *canvas) text(x, y, size float64, anchor, class, s string) {
	c.WriteString(`<text x="` + num(x) + `" y="` + num(y) + `" font-size="` + num(size) + `"`)
	if anchor != "start" {
		c.WriteString(` text-anchor="` + anchor + `"`)
	}
	if class != "" {
		c.WriteString(` class="` + class + `"`)
	}
	c.WriteString(">" + escape(s) + "</text>")
}

// path writes a path with the given classes and stroke width, 0 for none.
func (c *canvas) path(d, class string, width float64, attrs string) {
	c.WriteString(`<path d="` + d + `" class="` + class + `"`)
	if width > 0 {
		c.WriteString(` stroke-width="` + num(width) + `"`)
	}
	c.WriteString(attrs + "/>")
}

// rect writes a rectangle with rounded corners of radius r; hover, if any, is
// what a pointer resting on it reads.
func (c *canvas) rect(x, y, w, h, r float64, class, attrs, hover string) {
	fmt.Fprintf(c, `<rect x="%s" y="%s" width="%s" height="%s"`, num(x), num(y), num(w), num(h))
	if r > 0 {
		fmt.Fprintf(c, ` rx="%s"`, num(r))
	}
	fmt.Fprintf(c, ` class="%s"%s`, class, attrs)
	if hover == "" {
		c.WriteString("/>")
		return
	}
	c.WriteString("><title>" + escape(hover) + "</title></rect>")
}

// escape makes s safe as text and as an attribute, in HTML and in an SVG file:
// titles come from files that anybody may have made, and a character that XML
// does not know would make a file unreadable.
func escape(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r', r >= ' ' && r <= 0xd7ff, r >= 0xe000 && r <= 0xfffd, r >= 0x10000:
			return r
		}
		return '\ufffd'
	}, s))
}

// num writes a coordinate with at most one decimal.
func num(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		panic("chart: coordinate is not a number")
	}
	s := strconv.FormatFloat(v, 'f', 1, 64)
	s = strings.TrimSuffix(s, ".0")
	if s == "-0" {
		return "0"
	}
	return s
}

// polyline returns the path data of a line through the points.
func polyline(x, y []float64) string {
	var b strings.Builder
	for i := range x {
		if i == 0 {
			b.WriteByte('M')
		} else {
			b.WriteByte('L')
		}
		b.WriteString(num(x[i]) + " " + num(y[i]))
	}
	return b.String()
}
