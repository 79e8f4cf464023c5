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

// Fonts returns @font-face rules that carry the two fonts (Inter, Newsreader;
// both under the SIL Open Font License) inside themselves, about 140 kB, for a
// page that may ask nobody for anything.
func Fonts() string {
	return face("Inter", "inter.woff2", "100 900") + face("Newsreader", "newsreader.woff2", "200 800")
}

// FontFile returns a font, "inter.woff2" or "newsreader.woff2", for a server.
func FontFile(name string) ([]byte, error) { return styleFiles.ReadFile("style/fonts/" + name) }

func face(family, file, weights string) string {
	b, err := FontFile(file)
	if err != nil {
		panic("chart: " + err.Error()) // embedded: cannot be absent
	}
	return fmt.Sprintf("@font-face{font-family:%q;src:url(data:font/woff2;base64,%s) format(\"woff2\");font-weight:%s;font-display:swap}\n",
		family, base64.StdEncoding.EncodeToString(b), weights)
}

func read(name string) string {
	b, err := styleFiles.ReadFile(name)
	if err != nil {
		panic("chart: " + err.Error()) // embedded: cannot be absent
	}
	return string(b)
}
