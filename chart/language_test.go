package chart

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"unicode"

	"segue/language"
)

// words returns the words of two letters and more in a text.
func words(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len([]rune(w)) > 1 {
			out = append(out, w)
		}
	}
	return out
}

// said returns what a drawing writes or tells those who do not see it.
func said(t *testing.T, name, svg string) []string {
	t.Helper()
	var out []string
	dec := xml.NewDecoder(strings.NewReader("<root>" + svg + "</root>"))
	style := 0
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return out
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			if e.Name.Local == "style" {
				style++
			}
			for _, a := range e.Attr {
				if a.Name.Local == "aria-label" {
					out = append(out, a.Value)
				}
			}
		case xml.EndElement:
			if e.Name.Local == "style" {
				style--
			}
		case xml.CharData:
			if style == 0 {
				out = append(out, string(e))
			}
		}
	}
}

// TestDrawingsSpeak: in another language no English word is left in any drawing
// but those it was given, and there is something said in it.
func TestDrawingsSpeak(t *testing.T) {
	for _, tongue := range language.All()[1:] {
		own, english := map[string]bool{}, map[string]bool{}
		err := language.Each(tongue.Code(), func(file, _, said string) error {
			if strings.HasSuffix(file, "/chart.json") || strings.HasSuffix(file, "/numbers.json") {
				for _, w := range words(said) {
					own[w] = true
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		language.Each(tongue.Code(), func(file, text, _ string) error {
			if strings.HasSuffix(file, "/chart.json") || strings.HasSuffix(file, "/numbers.json") {
				for _, w := range words(text) {
					english[w] = !own[w]
				}
			}
			return nil
		})
		plain := drawings(nil)
		for name, svg := range drawings(tongue) {
			for _, s := range said(t, name, svg) {
				for _, w := range words(s) {
					if english[w] {
						t.Errorf("%s in %s: %q holds %q", name, tongue.Code(), s, w)
					}
				}
			}
			switch name {
			case "bar", "no bar", "beside", "file", "leaf", "correlation", "whole", "flat curve", "no counts": // say nothing of their own
			default:
				if svg == plain[name] {
					t.Errorf("%s is the same in %s as in English", name, tongue.Code())
				}
			}
		}
	}
}

// TestMarksSpeak: the five words, and English where no language is given.
func TestMarksSpeak(t *testing.T) {
	vi, _ := language.Of("vi")
	for m, want := range map[Mark]string{Happy: "Vui", Calm: "Êm", Sad: "Buồn", Angry: "Gắt", Mixed: "Pha"} {
		if got := m.WordIn(vi); got != want {
			t.Errorf("%s is %q", m.Word(), got)
		}
		if m.WordIn(nil) != m.Word() || m.InlineIn(nil) != m.Inline() || !strings.Contains(m.InlineIn(vi), want) {
			t.Errorf("%s: not as asked", m.Word())
		}
	}
}

// TestWidthOfVietnamese: a letter with two marks is as wide as its base, not as
// wide as a sign of Chinese.
func TestWidthOfVietnamese(t *testing.T) {
	if got, want := textWidth("Năng lượng", 10), textWidth("Nang luong", 10); got > want+1e-9 {
		t.Errorf("%g wide, %g without its marks", got, want)
	}
}
