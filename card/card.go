// Package card draws the card of a persona, to keep or to share: a name, a line,
// at most one fact, and a landscape of contours that no one else has. A card comes
// as a PNG or an SVG file, tall for a phone or wide for a link.
//
// The drawing grows from a seed alone. Each of the six kinds has its own colours
// and its own way of drawing, so that it is known from afar; within a kind only
// the seed decides. No mood, no share of the night and no date can be read from
// it, because none is taken: a Card holds everything that is on the card. The
// files carry no metadata either. (docs/science.md §5, §8)
//
// The way of a card: clean the words → place (measure, wrap, shrink) → draw the
// landscape around the place of the words → a scene, which svg.go and raster.go
// write out alike. All of it runs on one core and asks nothing of the machine, so
// the same Card is the same bytes everywhere.
package card

import (
	"context"
	"errors"
	"fmt"
)

// A Card is what a card says, in the listener's language, and the seed of its art.
type Card struct {
	Kind     string // "tide", "lantern", "compass", "harbor", "spark" or "forge"
	Name     string // the persona's name
	Line     string // the persona's line; may be empty
	Fact     string // one fact of the listener's choice; may be empty
	Campaign string // a few words of an operator's campaign; may be empty
	Seed     uint64 // of the art
	Brand    string // "Segue"
}

// MaxRunes is the greatest length of each text of a card, and MaxBrand that of
// the brand.
const (
	MaxRunes = 120
	MaxBrand = 24
)

// Errors of a Card or a Size that cannot be drawn. See also LacksError.
var (
	ErrKind = errors.New("no such kind of card")
	ErrSize = errors.New("no such size of card: use Tall or Wide")
	ErrText = errors.New("a text that cannot stand on a card")
)

// A LacksError says that the card's font lacks a letter of a text: an emoji, say,
// or a script other than Latin. Another fact may do.
type LacksError struct {
	Field string // "Name", "Line", "Fact", "Campaign" or "Brand"
	Rune  rune   // the first letter that is lacking
}

// Error says what is lacking where, and what may help.
func (e *LacksError) Error() string {
	return fmt.Sprintf("card: the font lacks %q (%U) of the card's %s: choose other words", e.Rune, e.Rune, e.Field)
}

// A Size is the width and height of a card in pixels.
type Size struct{ W, H int }

// Tall returns the size for a phone's whole screen.
func Tall() Size { return Size{1080, 1920} }

// Wide returns the size at which links are shown.
func Wide() Size { return Size{1200, 630} }

// SVG returns the card as an SVG file that stands alone: its words are outlines,
// so that it looks the same where the font is missing, and its title and
// description say what it says. Reading it runs nothing and asks nobody.
//
// SVG returns ErrKind, ErrSize, ErrText (naming the text that is empty, too long
// or no text) or a *LacksError.
func SVG(c Card, s Size) ([]byte, error) {
	sc, err := compose(c, s)
	if err != nil {
		return nil, err
	}
	return sc.svg(), nil
}

// PNG returns the card as a PNG file, 8 bits a channel, with no chunk but those
// that hold the picture. Its errors are those of SVG, and ctx's, which it looks
// at between steps of a few milliseconds.
func PNG(ctx context.Context, c Card, s Size) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	sc, err := compose(c, s)
	if err != nil {
		return nil, err
	}
	return sc.png(ctx)
}

// Check returns the error that drawing the card would return, without drawing it.
func Check(c Card, s Size) error {
	_, err := check(c, s)
	return err
}

// A checked is a card that can be drawn, with what that takes.
type checked struct {
	Card
	style   style
	frame   frame
	letters *letters
}

func check(c Card, s Size) (checked, error) {
	st, ok := styleOf(c.Kind)
	if !ok {
		return checked{}, fmt.Errorf("card: %w: %q", ErrKind, c.Kind)
	}
	f, ok := frameOf(s)
	if !ok {
		return checked{}, fmt.Errorf("card: %w, not %d×%d", ErrSize, s.W, s.H)
	}
	letters, err := newLetters()
	if err != nil {
		return checked{}, err
	}
	c, err = clean(c, letters)
	return checked{c, st, f, letters}, err
}

// compose returns everything that is on a card, in the order of drawing.
func compose(given Card, s Size) (*scene, error) {
	is, err := check(given, s)
	if err != nil {
		return nil, err
	}
	c, st, f := is.Card, is.style, is.frame
	p := place(c, f, is.letters)
	k := newSketch(c, f, p, st.palette)
	st.draw(k)
	return &scene{
		size: s, title: c.Name + " · " + c.Brand, desc: describe(c),
		palette: st.palette, glows: k.glows, art: k.shapes, quiet: f.quiet(p),
		marks: p.marks(st.palette), blocks: p.blocks,
	}, nil
}

// describe returns what a card says below its name.
func describe(c Card) string {
	text := ""
	for _, s := range []string{c.Line, c.Fact, c.Campaign} {
		if s == "" {
			continue
		}
		if text != "" {
			text += " "
		}
		text += s
	}
	return text
}
