package card

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"image"
	"image/png"
	"io"
	"math"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"
)

// sizes are both sizes by name.
func sizes() map[string]Size { return map[string]Size{"tall": Tall(), "wide": Wide()} }

// vietnamese are the six names and texts as another language has them, with
// letters that carry two accents.
func vietnamese() []Card {
	return []Card{
		{Kind: "tide", Name: "Thủy triều", Line: "Âm nhạc chuyển động cùng bạn và đi rất xa trong một tuần.", Fact: "Một bài hát trở lại trong mười một tuần khác nhau", Brand: "Segue"},
		{Kind: "lantern", Name: "Đèn lồng", Line: "Những giờ khuya là phòng nghe của bạn, rộng rãi vừa đủ.", Fact: "Nghe trọn một đĩa nhạc 23 lần", Brand: "Segue"},
		{Kind: "compass", Name: "La bàn", Line: "Những góc mới gọi mời bạn, và mỗi góc lại mở ra góc kế tiếp.", Fact: "63 nghệ sĩ được nghe lần đầu", Brand: "Segue"},
		{Kind: "harbor", Name: "Bến cảng", Line: "Bạn biết đâu là nhà, và âm nhạc luôn để sẵn một ngọn đèn.", Fact: "Một đĩa nhạc nghe 41 lần từ đầu đến cuối", Brand: "Segue", Campaign: "Ngày hội âm nhạc của thư viện thành phố"},
		{Kind: "spark", Name: "Tia lửa", Line: "Tươi sáng và chuyển động: những bài hát khiến cả phòng rộn ràng.", Fact: "Một điệp khúc nghe chín lần liền", Brand: "Segue"},
		{Kind: "forge", Name: "Lò rèn", Line: "Sức mạnh; cường độ có thể là một cách để đi qua mọi chuyện.", Fact: "Bài dài nhất kéo dài 23 phút", Brand: "Segue"},
	}
}

// hostile are texts as long and as awkward as the rules allow.
func hostile() []Card {
	w := strings.Repeat("W", MaxRunes)
	accents := strings.Repeat("Ậ", MaxRunes)
	tails := strings.Repeat("gjpqyỵ ", 17)
	words := strings.Repeat("Wimmelbildwörterbuch ", 5)
	return []Card{
		{Kind: "forge", Name: w, Line: w, Fact: w, Campaign: w, Brand: w[:MaxBrand]},
		{Kind: "tide", Name: accents, Line: accents, Fact: accents, Campaign: accents, Brand: "Segue"},
		{Kind: "spark", Name: strings.Repeat("Ậỵ ", 40), Line: tails, Fact: tails, Campaign: tails, Brand: "gjpqyỵ gjpqyỵ gjpqyỵ"},
		{Kind: "harbor", Name: words, Line: words, Fact: words, Campaign: words, Brand: "Segue"},
		{Kind: "lantern", Name: "i", Line: "", Fact: strings.Repeat("i", MaxRunes), Campaign: "·", Brand: "S"},
		{Kind: "compass", Name: ".", Line: "—", Fact: "", Campaign: "", Brand: "_"},
	}
}

func all() []Card { return append(append(samples(), vietnamese()...), hostile()...) }

func composed(t *testing.T, c Card, s Size) *scene {
	t.Helper()
	sc, err := compose(c, s)
	if err != nil {
		t.Fatalf("%s %q: %v", c.Kind, c.Name, err)
	}
	return sc
}

func pngOf(t *testing.T, c Card, s Size) []byte {
	t.Helper()
	b, err := PNG(context.Background(), c, s)
	if err != nil {
		t.Fatalf("%s %q: %v", c.Kind, c.Name, err)
	}
	return b
}

func svgOf(t *testing.T, c Card, s Size) []byte {
	t.Helper()
	b, err := SVG(c, s)
	if err != nil {
		t.Fatalf("%s %q: %v", c.Kind, c.Name, err)
	}
	return b
}

// TestWordsKeepTheirPlace: every line's ink is within the margins and off every
// other line and the mark, for all texts that are allowed.
func TestWordsKeepTheirPlace(t *testing.T) {
	for _, c := range all() {
		for name, s := range sizes() {
			f, _ := frameOf(s)
			l, err := newLetters()
			if err != nil {
				t.Fatal(err)
			}
			c, err := clean(c, l)
			if err != nil {
				t.Fatal(err)
			}
			p := place(c, f, l)
			boxes := []box{{p.mark.x - p.radius, p.mark.y - p.radius, p.mark.x + p.radius, p.mark.y + p.radius}}
			said := ""
			for _, b := range p.blocks {
				boxes = append(boxes, b.boxes()...)
				for _, l := range b.set.lines {
					said += l.text
				}
				if b.set.size < 6*f.unit {
					t.Errorf("%s %s: a text of %.1f pixels cannot be read", c.Kind, name, b.set.size)
				}
			}
			for i, b := range boxes {
				const e = .01 // of a pixel, for the rounding of floats
				if b.x0 < f.margin-e || b.y0 < f.margin-e || b.x1 > float64(s.W)-f.margin+e || b.y1 > float64(s.H)-f.margin+e {
					t.Errorf("%s %s: %+v is beyond the margins", c.Kind, name, b)
				}
				if !f.tall && b.x1 > float64(s.W)*.57 {
					t.Errorf("%s %s: %+v stands in the drawing", c.Kind, name, b)
				}
				for _, o := range boxes[:i] {
					if min(b.x1, o.x1) > max(b.x0, o.x0) && min(b.y1, o.y1) > max(b.y0, o.y0) {
						t.Errorf("%s %s: %+v and %+v overlap", c.Kind, name, b, o)
					}
				}
			}
			whole := c.Name + c.Line + c.Fact + c.Campaign + c.Brand
			for _, r := range whole {
				if r != ' ' && strings.Count(said, string(r)) != strings.Count(whole, string(r)) {
					t.Errorf("%s %s: %q is not said as often as it is given", c.Kind, name, r)
					break
				}
			}
		}
	}
}

// TestWordsCanBeRead measures contrast on pixels: of the words' colour, as it
// is where a letter covers a pixel whole, with every pixel that lies behind and
// around the words. The name has 4.5:1, everything smaller 7:1.
func TestWordsCanBeRead(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: looks at every pixel of many cards")
	}
	for i, c := range append(samples(), vietnamese()...) {
		c.Seed = uint64(i)
		for name, s := range sizes() {
			sc := composed(t, c, s)
			with := paint(t, sc)
			blocks := sc.blocks
			sc.blocks, sc.marks = nil, nil
			without := paint(t, sc)
			for _, b := range blocks {
				least := 7.0
				if b.role == nameRole {
					least = 4.5
				}
				ratio, letter := contrastOf(with, without, b)
				if letter < .35 {
					t.Errorf("%s %s: no letter of role %d is seen", c.Kind, name, b.role)
				}
				if ratio < least {
					t.Errorf("%s %s: the contrast of role %d is %.2f", c.Kind, name, b.role, ratio)
				}
				t.Logf("%s %s: role %d has %.1f:1", c.Kind, name, b.role, ratio)
			}
		}
	}
}

func paint(t *testing.T, sc *scene) *image.RGBA {
	t.Helper()
	im, err := sc.paint(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// contrastOf returns the least contrast between a block's ink and its ground, and
// how far in light the ink is from it at most.
func contrastOf(with, without *image.RGBA, b block) (ratio, letter float64) {
	var ink float64
	ratio = math.Inf(1)
	each := func(do func(x, y int)) {
		for _, b := range b.boxes() {
			b = b.grown(4)
			for y := int(b.y0); y <= int(b.y1); y++ {
				for x := int(b.x0); x <= int(b.x1); x++ {
					do(x, y)
				}
			}
		}
	}
	each(func(x, y int) {
		l, g := luminance(with, x, y), luminance(without, x, y)
		if d := math.Abs(l - g); d > letter {
			letter, ink = d, l
		}
	})
	each(func(x, y int) {
		g := luminance(without, x, y)
		ratio = min(ratio, (max(ink, g)+.05)/(min(ink, g)+.05))
	})
	return ratio, letter
}

// luminance of a pixel, WCAG 2.2.
func luminance(im *image.RGBA, x, y int) float64 {
	p := im.RGBAAt(x, y)
	v := colour{float64(p.R) / 255, float64(p.G) / 255, float64(p.B) / 255}.linear()
	return .2126*v[0] + .7152*v[1] + .0722*v[2]
}

// TestQuiet: nothing of the drawing is behind the words or within 8 pixels of
// them; only the ground and its light.
func TestQuiet(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: looks at every pixel of many cards")
	}
	for _, c := range append(samples(), hostile()[:3]...) {
		for name, s := range sizes() {
			sc := composed(t, c, s)
			blocks := sc.blocks
			sc.blocks, sc.marks = nil, nil
			drawn := paint(t, sc)
			sc.art = nil
			bare := paint(t, sc)
			for _, b := range blocks {
				for _, b := range b.boxes() {
					b = b.grown(8)
					for y := int(b.y0); y <= int(b.y1); y++ {
						for x := int(b.x0); x <= int(b.x1); x++ {
							if drawn.RGBAAt(x, y) != bare.RGBAAt(x, y) {
								t.Fatalf("%s %s: the drawing reaches the words at %d, %d", c.Kind, name, x, y)
							}
						}
					}
				}
			}
		}
	}
}

// TestSameCardSameBytes, on one core and on many, one at a time and side by side.
func TestSameCardSameBytes(t *testing.T) {
	for _, c := range samples() {
		c.Seed = 42
		first, firstSVG := pngOf(t, c, Wide()), svgOf(t, c, Tall())
		before := runtime.GOMAXPROCS(1)
		alone := pngOf(t, c, Wide())
		runtime.GOMAXPROCS(before)
		if !bytes.Equal(first, alone) {
			t.Errorf("%s: one core draws another card", c.Kind)
		}
		answers := make(chan []byte)
		for range 3 {
			go func() {
				b, _ := SVG(c, Tall())
				answers <- b
			}()
		}
		for range 3 {
			if !bytes.Equal(<-answers, firstSVG) {
				t.Errorf("%s: a card drawn beside others differs", c.Kind)
			}
		}
	}
}

// TestNoTwoAlike: each seed has its own drawing, far from every other's, and the
// words do not depend on it.
func TestNoTwoAlike(t *testing.T) {
	for _, c := range samples() {
		var drawn []*image.RGBA
		var words [][]byte
		for seed := range uint64(4) {
			c.Seed = seed
			sc := composed(t, c, Wide())
			var w []byte
			for _, b := range sc.blocks {
				s := b.shape(sc.palette)
				w = s.path.data(w, 2)
			}
			words = append(words, w)
			sc.blocks, sc.marks = nil, nil
			drawn = append(drawn, paint(t, sc))
		}
		for i := range drawn {
			if !bytes.Equal(words[i], words[0]) {
				t.Errorf("%s: seed %d moves the words", c.Kind, i)
			}
			for j := range i {
				if d := differing(drawn[i], drawn[j]); d < .1 {
					t.Errorf("%s: seeds %d and %d differ in %.3f of the card only", c.Kind, i, j, d)
				}
			}
		}
	}
}

// differing returns the share of pixels that differ visibly.
func differing(a, b *image.RGBA) float64 {
	n := 0
	for i := 0; i < len(a.Pix); i += 4 {
		for k := range 3 {
			if d := int(a.Pix[i+k]) - int(b.Pix[i+k]); d > 6 || d < -6 {
				n++
				break
			}
		}
	}
	return float64(n) / float64(len(a.Pix)/4)
}

// TestKindsAreKnownFromAfar: the grounds of the kinds, and the drawings' mean
// colours, are far apart in OKLab; and the drawings differ in kind, not in colour
// only, which their inks tell: no kind has the others' mix of strokes and fills.
func TestKindsAreKnownFromAfar(t *testing.T) {
	type look struct {
		kind         string
		ground, mean [3]float64
	}
	var looks []look
	for _, c := range samples() {
		c.Seed = 3
		sc := composed(t, c, Tall())
		im := paint(t, sc)
		var sum colour
		n := 0.0
		for y := 0; y < 900; y += 3 {
			for x := 0; x < 1080; x += 3 {
				p := im.RGBAAt(x, y)
				for i, v := range [3]uint8{p.R, p.G, p.B} {
					sum[i] += float64(v) / 255
				}
				n++
			}
		}
		for i := range sum {
			sum[i] /= n
		}
		looks = append(looks, look{c.Kind, sc.palette.ground.oklab(), sum.oklab()})
	}
	apart := func(a, b [3]float64) float64 {
		return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
	}
	for i, a := range looks {
		for _, b := range looks[:i] {
			// 0.02 is about a just noticeable difference in OKLab.
			if d := apart(a.ground, b.ground); d < .035 {
				t.Errorf("the grounds of %s and %s are %.3f apart", a.kind, b.kind, d)
			}
			if d := apart(a.mean, b.mean); d < .05 {
				t.Errorf("%s and %s are %.3f apart from afar", a.kind, b.kind, d)
			}
		}
	}
}

// TestNothingBesidesThePicture: a PNG holds IHDR, IDAT and IEND alone.
func TestNothingBesidesThePicture(t *testing.T) {
	for name, s := range sizes() {
		b := pngOf(t, samples()[0], s)
		im, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if im.Bounds().Dx() != s.W || im.Bounds().Dy() != s.H {
			t.Errorf("%s: the picture is %v", name, im.Bounds())
		}
		var kinds []string
		for at := 8; at < len(b); {
			n := int(binary.BigEndian.Uint32(b[at:]))
			kind := string(b[at+4 : at+8])
			if len(kinds) == 0 || kinds[len(kinds)-1] != kind {
				kinds = append(kinds, kind)
			}
			at += 12 + n
		}
		if got := strings.Join(kinds, " "); got != "IHDR IDAT IEND" {
			t.Errorf("%s: the file's chunks are %s", name, got)
		}
	}
}

// TestSVGStandsAlone: well-formed, with a title and a description of what the
// card says and no more; no script, style, text, link or address.
func TestSVGStandsAlone(t *testing.T) {
	elements := map[string]bool{"svg": true, "title": true, "desc": true, "defs": true, "radialGradient": true, "linearGradient": true, "stop": true, "mask": true, "path": true, "g": true, "use": true}
	attributes := regexp.MustCompile(`^(xmlns|viewBox|width|height|role|aria-labelledby|id|gradientUnits|maskUnits|c[xy]|[xy][12]?|r|offset|stop-color|stop-opacity|d|fill|stroke|stroke-width|stroke-linecap|stroke-linejoin|opacity|mask|transform|href)$`)
	ids := regexp.MustCompile(`^([tdfq]|g[0-4]|l[0-9]+)$`)
	for _, c := range append(all(), Card{Kind: "tide", Name: `<script>&"'`, Line: `</title><a href="x">`, Fact: "]]>&amp;", Brand: "Segue"}) {
		for name, s := range sizes() {
			b := svgOf(t, c, s)
			if len(b) > 250_000 {
				t.Errorf("%s %s: %d bytes", c.Kind, name, len(b))
			}
			var texts []string
			d := xml.NewDecoder(bytes.NewReader(b))
			for {
				token, err := d.Token()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("%s %s: %v", c.Kind, name, err)
				}
				switch e := token.(type) {
				case xml.StartElement:
					if !elements[e.Name.Local] {
						t.Fatalf("%s %s holds <%s>", c.Kind, name, e.Name.Local)
					}
					for _, a := range e.Attr {
						if !attributes.MatchString(a.Name.Local) || a.Name.Local == "id" && !ids.MatchString(a.Value) {
							t.Fatalf("%s %s holds %s=%q", c.Kind, name, a.Name.Local, a.Value)
						}
						if a.Name.Local == "href" && !strings.HasPrefix(a.Value, "#l") {
							t.Fatalf("%s %s asks for %s", c.Kind, name, a.Value)
						}
						if strings.Contains(a.Value, "url(") && !regexp.MustCompile(`^url\(#[a-z0-9]+\)$`).MatchString(a.Value) {
							t.Fatalf("%s %s asks for %s", c.Kind, name, a.Value)
						}
					}
				case xml.CharData:
					if s := strings.TrimSpace(string(e)); s != "" {
						texts = append(texts, s)
					}
				case xml.Comment, xml.ProcInst, xml.Directive:
					t.Errorf("%s %s holds %T", c.Kind, name, e)
				}
			}
			l, err := newLetters()
			if err != nil {
				t.Fatal(err)
			}
			c, err := clean(c, l)
			if err != nil {
				t.Fatal(err)
			}
			want := []string{c.Name + " · " + c.Brand}
			if d := strings.TrimSpace(describe(c)); d != "" {
				want = append(want, d)
			}
			if strings.Join(texts, "\n") != strings.Join(want, "\n") {
				t.Errorf("%s %s says %q, want %q", c.Kind, name, texts, want)
			}
		}
	}
}

// TestLettersThatAreLacking: another script, an emoji, or a mark that stands on
// nothing is an error that names the text and the letter, and never a card with
// holes in it.
func TestLettersThatAreLacking(t *testing.T) {
	for text, letter := range map[string]rune{
		"heard 🎧 41 times": '🎧', "שיר אחד": 'ש', "أغنية واحدة": 'أ', "一首歌": '一', "Одна песня": 'О',
		"a\u0332b": '\u0332', "q\u0323": '\u0323', "\u200fשלום": 'ש', "👩\u200d🎤": '👩', "x\U000e0041": -1,
	} {
		c := samples()[0]
		c.Fact = text
		_, err := SVG(c, Wide())
		if letter < 0 { // nothing but invisible letters: they change nothing
			if err != nil {
				t.Errorf("%q: %v", text, err)
			}
			continue
		}
		var lacks *LacksError
		if !errors.As(err, &lacks) || lacks.Field != "Fact" || lacks.Rune != letter {
			t.Errorf("%q: %v", text, err)
		} else if !strings.Contains(err.Error(), "Fact") {
			t.Errorf("the error does not name the text: %v", err)
		}
	}
}

// TestVietnamese: every letter of the language can be set, joined or not, and
// both ways are the same card.
func TestVietnamese(t *testing.T) {
	l, err := newLetters()
	if err != nil {
		t.Fatal(err)
	}
	letters := "ăâđêôơưĂÂĐÊÔƠƯ₫"
	for r := '\u1ea0'; r <= '\u1ef9'; r++ {
		letters += string(r)
	}
	for _, r := range letters {
		for _, f := range []*face{l.display, l.text} {
			if set := f.set(string(r)); len(set.glyphs) != 1 || set.ink.empty() {
				t.Errorf("%q cannot be set", r)
			}
		}
	}
	a, b := vietnamese()[0], vietnamese()[0]
	a.Name, b.Name = "Thu\u0309y trie\u0302\u0300u", "Thủy triều"
	if !bytes.Equal(svgOf(t, a, Wide()), svgOf(t, b, Wide())) {
		t.Error("a name in parts makes another card")
	}
}

// TestKerning: the fonts' own table of pairs is read.
func TestKerning(t *testing.T) {
	l, err := newLetters()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*face{l.display, l.text} {
		if pair, parts := f.set("To").advance, f.set("T").advance+f.set("o").advance; pair > parts-.01 {
			t.Errorf("To is %.3f ems, T and o %.3f", pair, parts)
		}
		if n := len(f.set("fi").glyphs); n != 1 {
			t.Errorf("fi is set as %d glyphs", n)
		}
	}
}

// TestBadCalls: what cannot be a card is an error that says why.
func TestBadCalls(t *testing.T) {
	good := samples()[0]
	with := func(change func(*Card)) Card {
		c := good
		change(&c)
		return c
	}
	for name, call := range map[string]struct {
		card Card
		size Size
		want error
	}{
		"kind":  {with(func(c *Card) { c.Kind = "tuning" }), Wide(), ErrKind},
		"size":  {good, Size{100, 100}, ErrSize},
		"name":  {with(func(c *Card) { c.Name = " \u200b\n" }), Wide(), ErrText},
		"brand": {with(func(c *Card) { c.Brand = "" }), Wide(), ErrText},
		"utf-8": {with(func(c *Card) { c.Fact = "\xff" }), Wide(), ErrText},
		"long":  {with(func(c *Card) { c.Line = strings.Repeat("a", MaxRunes+1) }), Wide(), ErrText},
		"vast":  {with(func(c *Card) { c.Campaign = strings.Repeat("a", 1<<20) }), Wide(), ErrText},
	} {
		if _, err := SVG(call.card, call.size); !errors.Is(err, call.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := PNG(context.Background(), call.card, call.size); !errors.Is(err, call.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStop: a context that is done stops a card before it, within it and while
// the file is written.
func TestStop(t *testing.T) {
	done, stop := context.WithCancel(context.Background())
	stop()
	if _, err := PNG(done, samples()[0], Tall()); !errors.Is(err, context.Canceled) {
		t.Errorf("before: %v", err)
	}
	sc := composed(t, samples()[0], Tall())
	if _, err := sc.png(done); !errors.Is(err, context.Canceled) {
		t.Errorf("within: %v", err)
	}
	if _, err := (&patient{done, &bytes.Buffer{}}).Write([]byte("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("writing: %v", err)
	}
}

// FuzzTexts: any text makes a card or an error, and no panic.
func FuzzTexts(f *testing.F) {
	for _, c := range all() {
		f.Add(c.Name, c.Fact, c.Campaign, c.Seed)
	}
	f.Add("e\u0301\u0323\u031b", "\u2067abc\u2069", "\u00a0\u202f", uint64(math.MaxUint64))
	f.Fuzz(func(t *testing.T, name, fact, campaign string, seed uint64) {
		kinds := samples()
		c := Card{Kind: kinds[seed%6].Kind, Name: name, Fact: fact, Campaign: campaign, Seed: seed, Brand: "Segue"}
		b, err := SVG(c, Wide())
		var lacks *LacksError
		switch {
		case err == nil:
			if !utf8.Valid(b) {
				t.Error("the file is not UTF-8")
			}
		case !errors.Is(err, ErrText) && !errors.As(err, &lacks):
			t.Error(err)
		}
	})
}
