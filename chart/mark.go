package chart

import (
	"fmt"

	"segue/language"
)

// A Mark is one of the five signs of the palette: a colour, a shape and a
// word, always together, so that nobody needs to tell colours apart.
type Mark int8

// The marks; the first four lie in the corners of the plane.
const (
	Angry Mark = iota // tall diamond, vermilion; unpleasant, energetic
	Sad               // bowl, blue; unpleasant, quiet
	Calm              // disc, green; pleasant, quiet
	Happy             // triangle, amber; pleasant, energetic
	Mixed             // ring, grey; the middle
)

// Marks returns the five marks in the order a key shows them.
func Marks() []Mark { return []Mark{Happy, Calm, Sad, Angry, Mixed} }

// Class returns the mark's name in the style sheet.
func (m Mark) Class() string { return [...]string{"angry", "sad", "calm", "happy", "mixed"}[m] }

// Word returns the mark's word in English, capitalized.
func (m Mark) Word() string {
	return [...]string{language.Text("Angry"), language.Text("Sad"), language.Text("Calm"), language.Text("Happy"), language.Text("Mixed")}[m]
}

// WordIn returns the mark's word in a language, capitalized; nil is English.
func (m Mark) WordIn(t *language.Tongue) string { return t.Say(m.Word()) }

// outline is the mark's shape in a box 16 wide and 16 high.
func (m Mark) outline() string {
	return [...]string{
		"M8 .2 13.6 8 8 15.8 2.4 8Z",
		"M.4 4.6h15.2a7.6 7.6 0 0 1-15.2 0Z",
		"M8 1.2a6.8 6.8 0 1 0 0 13.6a6.8 6.8 0 1 0 0-13.6Z",
		"M8 1.2 15.2 14H.8Z",
		"M8 1.6a6.4 6.4 0 1 0 0 12.8a6.4 6.4 0 1 0 0-12.8Zm0 3a3.4 3.4 0 1 1 0 6.8a3.4 3.4 0 1 1 0-6.8Z",
	}[m]
}

// Inline returns the mark's shape and word as HTML, to stand in a text or a
// table cell.
func (m Mark) Inline() string { return m.InlineIn(nil) }

// InlineIn is Inline in a language; nil is English.
func (m Mark) InlineIn(t *language.Tongue) string { return m.Named(m.WordIn(t)) }

// Named is Inline with another word, such as the second of two groups.
func (m Mark) Named(word string) string {
	return fmt.Sprintf(`<span class="mood %s"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="%s" fill-rule="evenodd"/></svg>%s</span>`, m.Class(), m.outline(), escape(word))
}

// mark draws m centred at (x, y), size user units wide; hover, if any, is what
// a pointer resting on it reads.
func (c *canvas) mark(m Mark, x, y, size float64, hover string) {
	k := size / 16
	fmt.Fprintf(c, `<path class="f-%s" fill-rule="evenodd" transform="translate(%s %s) scale(%.3f)" d="%s"`, m.Class(), num(x-8*k), num(y-8*k), k, m.outline())
	if hover == "" {
		c.WriteString("/>")
		return
	}
	c.WriteString("><title>" + escape(hover) + "</title></path>")
}

// Key returns the five marks with their words as one row of HTML, for charts in
// which marks repeat; it belongs before the chart. A nil language is English.
func Key(t *language.Tongue) string {
	s := `<div class="row small key">`
	for _, m := range Marks() {
		s += m.InlineIn(t)
	}
	return s + "</div>"
}
