package card

import (
	_ "embed"
	"fmt"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// The cards' two cuts of Newsreader, made by fonts/make.py.
var (
	//go:embed fonts/display.ttf
	displayFont []byte
	//go:embed fonts/text.ttf
	textFont []byte
)

// letters are the two faces of a card.
type letters struct{ display, text *face }

func newLetters() (*letters, error) {
	d, err := newFace(displayFont)
	if err != nil {
		return nil, err
	}
	t, err := newFace(textFont)
	if err != nil {
		return nil, err
	}
	return &letters{display: d, text: t}, nil
}

// A face measures and outlines letters. Its lengths are in ems, y downwards from
// the baseline. It holds a buffer, so it serves one goroutine.
type face struct {
	font   *sfnt.Font
	buffer sfnt.Buffer
	em     float64       // font units in an em
	ppem   fixed.Int26_6 // at which a font unit is a pixel
	glyphs map[rune]glyph
	pairs  map[[2]sfnt.GlyphIndex]float64 // kerning
	lines  map[string]line                // as set: the search for a size asks again and again
}

// A glyph is the drawing of a letter, with its measures in ems. Index 0 is what
// the font lacks.
type glyph struct {
	index   sfnt.GlyphIndex
	advance float64
	ink     box
}

func newFace(ttf []byte) (*face, error) {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("card: reading a font: %w", err)
	}
	return &face{
		font: f, em: float64(f.UnitsPerEm()), ppem: fixed.I(int(f.UnitsPerEm())),
		glyphs: map[rune]glyph{}, pairs: map[[2]sfnt.GlyphIndex]float64{}, lines: map[string]line{},
	}, nil
}

func (f *face) has(r rune) bool { return f.glyph(r).index != 0 }

// glyph measures a letter, once.
func (f *face) glyph(r rune) glyph {
	g, ok := f.glyphs[r]
	if ok {
		return g
	}
	if i, err := f.font.GlyphIndex(&f.buffer, r); err == nil && i != 0 {
		if b, adv, err := f.font.GlyphBounds(&f.buffer, i, f.ppem, font.HintingNone); err == nil {
			g = glyph{i, f.ems(adv), box{f.ems(b.Min.X), f.ems(b.Min.Y), f.ems(b.Max.X), f.ems(b.Max.Y)}}
		}
	}
	f.glyphs[r] = g
	return g
}

// kern returns by how much two glyphs are moved apart, in ems.
func (f *face) kern(a, b sfnt.GlyphIndex) float64 {
	pair := [2]sfnt.GlyphIndex{a, b}
	by, ok := f.pairs[pair]
	if !ok {
		if k, err := f.font.Kern(&f.buffer, a, b, f.ppem, font.HintingNone); err == nil {
			by = f.ems(k)
		}
		f.pairs[pair] = by
	}
	return by
}

// A line is one line of text as set: where each glyph stands, and where ink is.
type line struct {
	text    string
	face    *face
	glyphs  []sfnt.GlyphIndex
	at      []float64 // of each glyph's origin from the line's, in ems
	advance float64
	ink     box // in ems
}

// set sets text on one line, with kerning and the ligatures fi and fl.
func (f *face) set(text string) line {
	l, ok := f.lines[text]
	if ok {
		return l
	}
	l = line{text: text, face: f}
	defer func() { f.lines[l.text] = l }()
	for _, pair := range [][2]string{{"fi", "\ufb01"}, {"fl", "\ufb02"}} {
		if f.has([]rune(pair[1])[0]) {
			text = strings.ReplaceAll(text, pair[0], pair[1])
		}
	}
	var before sfnt.GlyphIndex
	for _, r := range text {
		g := f.glyph(r)
		if g.index == 0 {
			continue // clean has let no such letter pass
		}
		if len(l.glyphs) > 0 {
			l.advance += f.kern(before, g.index)
		}
		l.ink = l.ink.union(box{g.ink.x0 + l.advance, g.ink.y0, g.ink.x1 + l.advance, g.ink.y1})
		l.glyphs, l.at = append(l.glyphs, g.index), append(l.at, l.advance)
		l.advance += g.advance
		before = g.index
	}
	return l
}

func (f *face) ems(v fixed.Int26_6) float64 { return float64(v) / 64 / f.em }

// outline adds the line's letters to p, in the given size from the origin o.
func (l line) outline(p *path, o point, size float64) {
	for i, g := range l.glyphs {
		l.face.outline(p, g, point{o.x + size*l.at[i], o.y}, size)
	}
}

// outline adds a glyph to p.
func (f *face) outline(p *path, g sfnt.GlyphIndex, o point, size float64) {
	segments, err := f.font.LoadGlyph(&f.buffer, g, f.ppem, nil)
	if err != nil {
		return // glyph has loaded it before
	}
	at := func(q fixed.Point26_6) point { return point{o.x + size*f.ems(q.X), o.y + size*f.ems(q.Y)} }
	for n, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if n > 0 {
				p.close()
			}
			p.move(at(s.Args[0]))
		case sfnt.SegmentOpLineTo:
			p.line(at(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			p.quad(at(s.Args[0]), at(s.Args[1]))
		case sfnt.SegmentOpCubeTo:
			p.cube(at(s.Args[0]), at(s.Args[1]), at(s.Args[2]))
		}
	}
	if len(segments) > 0 {
		p.close()
	}
}
