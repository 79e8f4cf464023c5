package card

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"strconv"

	"golang.org/x/image/font/sfnt"
)

// svg returns the scene as an SVG file.
func (s *scene) svg() []byte {
	var b bytes.Buffer
	b.Grow(128 << 10)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[2]d" width="%[1]d" height="%[2]d" role="img" aria-labelledby="t d"><title id="t">%[3]s</title><desc id="d">%[4]s</desc><defs>`,
		s.size.W, s.size.H, escape(s.title), escape(s.desc))
	for i, g := range s.glows {
		fmt.Fprintf(&b, `<radialGradient id="g%d" gradientUnits="userSpaceOnUse" cx="%s" cy="%s" r="%s">`, i, num(g.middle.x), num(g.middle.y), num(g.radius))
		for _, st := range g.stops {
			fmt.Fprintf(&b, `<stop offset="%s" stop-color="%s" stop-opacity="%s"/>`, num(st.at), g.colour, num(st.opacity))
		}
		b.WriteString(`</radialGradient>`)
	}
	x1, y1, x2, y2 := s.quiet.none, 0.0, s.quiet.full, 0.0
	if s.quiet.axis == 'y' {
		x1, y1, x2, y2 = 0, s.quiet.none, 0, s.quiet.full
	}
	fmt.Fprintf(&b, `<linearGradient id="f" gradientUnits="userSpaceOnUse" x1="%s" y1="%s" x2="%s" y2="%s">`, num(x1), num(y1), num(x2), num(y2))
	for i := range fadeStops + 1 {
		t := float64(i) / fadeStops
		fmt.Fprintf(&b, `<stop offset="%s" stop-color="#fff" stop-opacity="%s"/>`, num(t), num(seen(t)))
	}
	fmt.Fprintf(&b, `</linearGradient><mask id="q" maskUnits="userSpaceOnUse" x="0" y="0" width="%[1]d" height="%[2]d"><path d="M0 0h%[1]dv%[2]dh-%[1]dz" fill="url(#f)"/></mask></defs><path d="M0 0h%[1]dv%[2]dh-%[1]dz" fill="%[3]s"/>`, s.size.W, s.size.H, s.palette.ground)
	for i := range s.glows {
		fmt.Fprintf(&b, `<path d="M0 0h%[1]dv%[2]dh-%[1]dz" fill="url(#g%[3]d)"/>`, s.size.W, s.size.H, i)
	}
	b.WriteString(`<g mask="url(#q)" fill="none" stroke-linecap="round" stroke-linejoin="round">`)
	for _, sh := range s.art {
		writeShape(&b, sh)
	}
	b.WriteString(`</g><g fill="none" stroke-linecap="round">`)
	for _, sh := range s.marks {
		writeShape(&b, sh)
	}
	b.WriteString("</g>")
	s.writeWords(&b)
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// writeWords writes the outline of each glyph once, in the font's own units, and
// then where it is used.
func (s *scene) writeWords(b *bytes.Buffer) {
	type drawing struct {
		face  *face
		glyph sfnt.GlyphIndex
	}
	ids := map[drawing]int{}
	b.WriteString("<defs>")
	for _, t := range s.blocks {
		for _, l := range t.set.lines {
			for _, g := range l.glyphs {
				d := drawing{l.face, g}
				if _, ok := ids[d]; ok {
					continue
				}
				ids[d] = len(ids)
				var p path
				l.face.outline(&p, g, point{}, l.face.em)
				fmt.Fprintf(b, `<path id="l%d" d="%s"/>`, ids[d], p.data(nil, 0))
			}
		}
	}
	b.WriteString("</defs>")
	for _, t := range s.blocks {
		for i, l := range t.set.lines {
			o, em := t.origin(i), l.face.em
			fmt.Fprintf(b, `<g transform="translate(%s %s) scale(%s)" fill="%s">`, num(o.x), num(o.y), strconv.FormatFloat(t.set.size/em, 'g', 6, 64), t.colour(s.palette))
			for n, g := range l.glyphs {
				fmt.Fprintf(b, `<use href="#l%d" x="%s"/>`, ids[drawing{l.face, g}], num(math.Round(l.at[n]*em)))
			}
			b.WriteString("</g>")
		}
	}
}

func writeShape(b *bytes.Buffer, s shape) {
	if len(s.path.ops) == 0 {
		return
	}
	digits := max(s.digits, 1)
	b.WriteString(`<path d="`)
	b.Write(s.path.data(b.AvailableBuffer(), digits))
	kind := "stroke"
	if s.fill {
		kind = "fill"
	}
	fmt.Fprintf(b, `" %s="%s"`, kind, s.colour)
	if !s.fill {
		fmt.Fprintf(b, ` stroke-width="%s"`, num(s.width))
	}
	if s.opacity < 1 {
		fmt.Fprintf(b, ` opacity="%s"`, num(s.opacity))
	}
	b.WriteString("/>")
}

func escape(s string) string {
	var b bytes.Buffer
	// EscapeText fails only where its writer does.
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

// num writes a number with at most three digits after the point.
func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 3, 64)
	for s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	if s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	return s
}
