package chart

import (
	"embed"
	"encoding/base64"
	"fmt"
)

//go:embed style
var styleFiles embed.FS

// Tokens returns the design tokens: type, space, surfaces, and the colours of
// both themes, as CSS custom properties.
func Tokens() string { return read("style/tokens.css") }

// Style returns the tokens and what every chart needs, without the fonts.
func Style() string { return Tokens() + read("style/chart.css") }

// Page returns what the report and the pages of a server have in common beyond
// Style: text, lists, figures, tables. Their own style sheets come after it.
func Page() string { return read("style/page.css") }

// A Face is one of the two fonts (Inter, Newsreader; both under the SIL Open Font
// License), or the part of one that some letters need.
type Face struct {
	Family, File, Weights string
	Range                 string // the letters it holds, as CSS unicode-range; empty for all
}

// Faces returns the fonts that pages use.
func Faces() []Face {
	return []Face{{Family: "Inter", File: "inter.woff2", Weights: "100 900"}, {Family: "Newsreader", File: "newsreader.woff2", Weights: "200 800"}}
}

// Rule returns the @font-face rule of a face whose file stands at src, a CSS url().
func (f Face) Rule(src string) string {
	letters := ""
	if f.Range != "" {
		letters = ";unicode-range:" + f.Range
	}
	return fmt.Sprintf("@font-face{font-family:%q;src:%s format(\"woff2\");font-weight:%s;font-display:swap%s}\n", f.Family, src, f.Weights, letters)
}

// Fonts returns @font-face rules that carry the fonts inside themselves, about
// 140 kB, for a page that may ask nobody for anything.
func Fonts() string {
	rules := ""
	for _, f := range Faces() {
		b, err := FontFile(f.File)
		if err != nil {
			panic("chart: " + err.Error()) // embedded: cannot be absent
		}
		rules += f.Rule("url(data:font/woff2;base64," + base64.StdEncoding.EncodeToString(b) + ")")
	}
	return rules
}

// FontFile returns the file of a face, for a server.
func FontFile(name string) ([]byte, error) { return styleFiles.ReadFile("style/fonts/" + name) }

func read(name string) string {
	b, err := styleFiles.ReadFile(name)
	if err != nil {
		panic("chart: " + err.Error()) // embedded: cannot be absent
	}
	return string(b)
}
