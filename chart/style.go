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

// Faces returns the fonts that pages use: of each family the file that most letters
// stand in, and one with the Latin letters beyond Western Europe, Vietnamese among
// them, which a browser fetches where such letters stand.
func Faces() []Face {
	return []Face{
		{Family: "Inter", File: "inter.woff2", Weights: "400 700", Range: mostLetters}, {Family: "Inter", File: "inter-more.woff2", Weights: "400 700", Range: moreLetters},
		{Family: "Newsreader", File: "newsreader.woff2", Weights: "400 600", Range: mostLetters}, {Family: "Newsreader", File: "newsreader-more.woff2", Weights: "400 600", Range: moreLetters},
	}
}

// The letters of the two files of a family, as card/fonts/make.py parts them.
const (
	mostLetters = "U+0020-007E,U+00A0-00FF,U+2009-200B,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+202F-2030,U+2032-2033,U+2039-203A,U+2044,U+20AC,U+2122,U+2190-2193,U+2212,U+2248,U+2260,U+2264-2265,U+FEFF"
	moreLetters = "U+0100-017F,U+0192,U+01A0-01A1,U+01AF-01B0,U+0218-021B,U+0237,U+02BB-02BC,U+02C6-02C7,U+02D8-02DD,U+0300-0304,U+0306-030C,U+031B,U+0323,U+0326-0328,U+1E80-1E85,U+1E9E,U+1EA0-1EF9,U+2002,U+20AB,U+2116,U+2215,U+FB01-FB02"
)

// Rule returns the @font-face rule of a face whose file stands at src, a CSS url().
func (f Face) Rule(src string) string {
	letters := ""
	if f.Range != "" {
		letters = ";unicode-range:" + f.Range
	}
	return fmt.Sprintf("@font-face{font-family:%q;src:%s format(\"woff2\");font-weight:%s;font-display:swap%s}\n", f.Family, src, f.Weights, letters)
}

// Fonts returns @font-face rules that carry the fonts inside themselves, about
// 130 kB, for a page that may ask nobody for anything.
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
