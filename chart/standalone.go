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
	open, size, body, _ := cut(svg)
	return fmt.Sprintf(`%s xmlns="http://www.w3.org/2000/svg" width="%s" height="%s"><style>%s</style><rect x="-24" y="-24" width="100%%" height="100%%" class="f-paper"/>%s`+"\n",
		viewBox.ReplaceAllString(open, `viewBox="-24 -24 `+num(size[0]+2*margin)+` `+num(size[1]+2*margin)+`"`), num(size[0]+2*margin), num(size[1]+2*margin), bothThemes(), body)
}

// margin is the paper around a drawing in a file of its own.
const margin = 24.0

// Responsive returns a wide and a narrow drawing of the same thing, as one after
// the other in svg, as one SVG file: a window no wider than a phone shows the
// narrow one, everything else, paper and pictures in pages among it, the wide.
// Like Standalone it carries style, fonts and both themes. It panics if svg does
// not hold two drawings.
func Responsive(svg string) string {
	wideOpen, wide, wideBody, rest := cut(svg)
	narrowOpen, narrow, narrowBody, _ := cut(rest)
	w, h := wide[0]+2*margin, wide[1]+2*margin
	// The narrow drawing is laid out as wide as the view box, below whose end it
	// may reach: the window's own length is set by the style.
	k := w / (narrow[0] + 2*phoneMargin)
	tall := narrow[1] + 2*phoneMargin
	place := func(open string, x, y, w, h float64) string {
		return strings.Replace(open, `<svg class="chart `, fmt.Sprintf(`<svg x="%s" y="%s" width="%s" height="%s" class="part `, num(x), num(y), num(w), num(h)), 1) + ">"
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 %[1]s %[2]s" width="%[1]s" height="%[2]s" preserveAspectRatio="xMidYMin meet">%[3]s<style>%[4]s`, num(w), num(h), "<title>"+named.FindStringSubmatch(wideBody)[1]+"</title>", bothThemes()) +
		fmt.Sprintf(responsiveStyle, num(w), num(h), num(100*k*tall/w), num(k*tall)) +
		`</style><rect width="100%" height="100%" class="f-paper back"/>` +
		place(wideOpen, margin, margin, wide[0], wide[1]) + wideBody +
		place(narrowOpen, k*phoneMargin, k*phoneMargin, k*narrow[0], k*narrow[1]) + narrowBody + "</svg>\n"
}

const phoneMargin = 20.0

// responsiveStyle chooses between the two drawings; the ratio keeps a small
// picture in a page, which has the wide drawing's shape, from being cut.
const responsiveStyle = `svg.chart:root{width:100%%;max-width:%[1]spx;height:auto;aspect-ratio:%[1]s/%[2]s;margin:0 auto}
@media screen and (max-width:700px) and (max-aspect-ratio:7/10){svg.chart:root{max-width:none;width:100vw;height:%[3]svw;aspect-ratio:auto}svg.wide{display:none!important}svg.narrow{display:inline!important}.back{height:%[4]spx}}
@page{size:A4;margin:10mm}
@media print{svg.chart:root{background:none}.back{fill:none}}
`

// cut returns the first drawing in svg: its opening tag without a length, its
// size, what follows the tag, and what follows the drawing. It panics if there is
// none.
func cut(svg string) (open string, size [2]float64, body, rest string) {
	from := strings.Index(svg, "<svg")
	if from < 0 {
		panic("chart: a file needs a drawing")
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
		panic("chart: a file needs a whole drawing")
	}
	svg, rest = svg[from:to], svg[to:]
	end := strings.IndexByte(svg, '>')
	m := viewBox.FindStringSubmatch(svg[:end])
	if m == nil {
		panic("chart: a file needs a drawing with a view box")
	}
	fmt.Sscanf(m[1]+" "+m[2], "%g %g", &size[0], &size[1])
	return length.ReplaceAllString(svg[:end], ""), size, svg[end+1:], rest
}

// bothThemes returns fonts and rules: the day's, and the night's for screens
// that ask for it; paper is always light.
func bothThemes() string {
	day, night := resolved()
	return Fonts() + day + "@media screen and (prefers-color-scheme:dark){" + night + "}\n"
}

var (
	svgTag   = regexp.MustCompile(`</?svg\b[^>]*>`)
	viewBox  = regexp.MustCompile(`viewBox="0 0 ([0-9.]+) ([0-9.]+)"`)
	named    = regexp.MustCompile(`<title[^>]*>([^<]*)<`)
	length   = regexp.MustCompile(` (width|height)="[^"]*"`)
	token    = regexp.MustCompile(`(--[a-z0-9-]+):([^;]*);`)
	twoTimes = regexp.MustCompile(`^light-dark\(([^,]*),([^,]*)\)$`)
	variable = regexp.MustCompile(`var\((--[a-z0-9-]+)\)`)
)

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
	c, inside, x, tall := newCanvas(cap), newCanvas(cap), 0.0, 0.0
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
