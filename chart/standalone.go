package chart

import (
	"fmt"
	"regexp"
	"strings"
)

// Standalone returns the first drawing in svg as an SVG file of its own, with
// style and fonts inside. Colours are written out, those of the day and, for
// viewers that follow the system, those of the night, because few viewers of SVG
// files know custom properties. It panics if svg holds no drawing.
func Standalone(svg string) string {
	from := strings.Index(svg, "<svg")
	if from < 0 {
		panic("chart: Standalone needs a drawing")
	}
	depth, to := 0, -1
	for _, at := range svgTag.FindAllStringIndex(svg[from:], -1) {
		if svg[from+at[0]+1] == '/' {
			depth--
		} else {
			depth++
		}
		if depth == 0 {
			to = from + at[1]
			break
		}
	}
	if to < 0 {
		panic("chart: Standalone needs a whole drawing")
	}
	svg = svg[from:to]
	open := strings.IndexByte(svg, '>')
	m := viewBox.FindStringSubmatch(svg[:open])
	if m == nil {
		panic("chart: Standalone needs a drawing with a view box")
	}
	day, night := resolved()
	style := Fonts() + day + "@media (prefers-color-scheme:dark){" + night + "}\n"
	return fmt.Sprintf(`%s xmlns="http://www.w3.org/2000/svg" width="%s" height="%s"><style>%s</style><rect x="-24" y="-24" width="100%%" height="100%%" class="f-paper"/>%s`+"\n",
		viewBox.ReplaceAllString(length.ReplaceAllString(svg[:open], ""), `viewBox="-24 -24 `+plus(m[1])+` `+plus(m[2])+`"`), plus(m[1]), plus(m[2]), style, svg[open+1:])
}

var (
	svgTag   = regexp.MustCompile(`</?svg\b[^>]*>`)
	viewBox  = regexp.MustCompile(`viewBox="0 0 ([0-9.]+) ([0-9.]+)"`)
	length   = regexp.MustCompile(` (width|height)="[^"]*"`)
	token    = regexp.MustCompile(`(--[a-z0-9-]+):([^;]*);`)
	twoTimes = regexp.MustCompile(`^light-dark\(([^,]*),([^,]*)\)$`)
	variable = regexp.MustCompile(`var\((--[a-z0-9-]+)\)`)
)

// plus adds the margin of both sides to a length.
func plus(length string) string {
	var v float64
	fmt.Sscanf(length, "%g", &v)
	return num(v + 48)
}

// resolved returns the charts' rules with the tokens of the day and of the night
// in the place of variables.
func resolved() (day, night string) {
	light, dark := map[string]string{}, map[string]string{}
	for _, m := range token.FindAllStringSubmatch(Tokens(), -1) {
		light[m[1]], dark[m[1]] = m[2], m[2]
		if both := twoTimes.FindStringSubmatch(m[2]); both != nil {
			light[m[1]], dark[m[1]] = both[1], both[2]
		}
	}
	rules := read("style/chart.css")
	if i := strings.Index(rules, "@media"); i >= 0 {
		rules = rules[:i] // what depends on the size of a page
	}
	fill := func(values map[string]string) string {
		return variable.ReplaceAllStringFunc(rules, func(s string) string { return values[s[4:len(s)-1]] })
	}
	return fill(light), fill(dark)
}

// Beside puts small drawings next to each other in one, each under its heading.
// They must have been drawn for this: every one with an own Caption.ID.
func Beside(svgs, headings []string, cap Caption) string {
	const gap, head = 44.0, 40.0
	c, inside, x, tall := &canvas{}, &canvas{}, 0.0, 0.0
	for i, svg := range svgs {
		m := viewBox.FindStringSubmatch(svg)
		if m == nil {
			panic("chart: Beside needs drawings with a view box")
		}
		var w, h float64
		fmt.Sscanf(m[1]+" "+m[2], "%g %g", &w, &h)
		inside.text(x, 20, 20, "start", "display", headings[i])
		inside.WriteString(strings.Replace(svg, "<svg ", fmt.Sprintf(`<svg x="%s" y="%s" width="%s" height="%s" `, num(x), num(head), num(w), num(h)), 1))
		x += w + gap
		tall = max(tall, h)
	}
	c.open(max(1, x-gap), head+tall, "beside", cap)
	c.WriteString(inside.String())
	return c.close()
}
