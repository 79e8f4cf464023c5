package chart

import (
	"fmt"
	"math"
	"strconv"
)

// A Bar is one value on a scale from 0 to 1, as wide as the place it stands in.
// Values beyond the scale are drawn at its ends; NaN and unset parts are left
// out.
type Bar struct {
	Value     float64
	Threshold float64 // an upright line; 0 and NaN for none
	Lo, Hi    float64 // the value's 95 % interval, a thin line; Hi 0 for none
	Strong    bool    // darker, to stand out from its neighbours
	Of        *Mark   // in the colour of a mark whose word stands beside it; nil for none
}

// DrawBar draws a bar. label says the same in words; where the words stand
// beside the bar anyway, it is empty, and the bar is hidden from those who hear
// the page.
func DrawBar(b Bar, label string) string {
	c := newCanvas(Caption{})
	c.WriteString(`<svg class="bar"`)
	if label == "" {
		c.WriteString(` aria-hidden="true">`)
	} else {
		c.WriteString(` role="img" aria-label="` + escape(label) + `">`)
	}
	c.WriteString(`<rect y="6" width="100%" height="8" rx="4" class="f-sunk"/>`)
	class := "f-soft"
	if b.Strong {
		class = "f-strong"
	}
	if b.Of != nil {
		class = "f-" + b.Of.Class()
	}
	if v := part(b.Value); v > 0 {
		fmt.Fprintf(c, `<rect y="6" width="%s" height="8" rx="4" class="%s"/>`, hundredths(v), class)
	}
	if b.Hi > 0 && !math.IsNaN(b.Hi) && !math.IsNaN(b.Lo) {
		fmt.Fprintf(c, `<line x1="%s" x2="%s" y1="10" y2="10" class="s-ink" stroke-width="1.5"/>`, hundredths(part(b.Lo)), hundredths(part(b.Hi)))
	}
	if th := part(b.Threshold); th > 0 {
		fmt.Fprintf(c, `<line x1="%s" x2="%s" y1="0" y2="20" class="s-ink" stroke-width="2"/>`, hundredths(th), hundredths(th))
	}
	return c.close()
}

// part cuts v to [0, 1]; NaN is nothing.
func part(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return min(1, max(0, v))
}

// hundredths writes a part of the whole as a length.
func hundredths(v float64) string { return strconv.FormatFloat(100*v, 'f', 1, 64) + "%" }
