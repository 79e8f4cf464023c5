package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"segue"
	"segue/card"
	"segue/language"
)

// A Campaign frames cards and their pages for a time: an operator's words, such as
// those of an awareness month. It is data, read from a file, and knows nobody:
// shares are counted for it as a whole.
type Campaign struct {
	ID    string                  `json:"id"`    // letters, digits and hyphens: names its counts
	From  string                  `json:"from"`  // the first day, YYYY-MM-DD
	To    string                  `json:"to"`    // the last day
	Link  string                  `json:"link"`  // https address to read more at; may be empty
	Words map[string]CampaignText `json:"words"` // by language code; English must be there
}

// CampaignText is what a campaign says in one language.
type CampaignText struct {
	Name string `json:"name"` // on the card and the page, 1 to 60 characters
	Line string `json:"line"` // a sentence on the page, up to 240 characters
}

// Bounds of a campaign's file and words.
const (
	maxCampaignBytes = 64 << 10
	maxCampaignName  = 60
	maxCampaignLine  = 240
	maxCampaignLink  = 500
)

// ReadCampaign reads a campaign's file and checks all of it. What is wrong is a
// *segue.InputError.
func ReadCampaign(path string) (*Campaign, error) {
	wrong := func(format string, a ...any) error {
		return &segue.InputError{File: path, Problem: fmt.Sprintf(format, a...), Hint: "see docs/cli.md, 'segue serve', for what a campaign holds"}
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxCampaignBytes {
		return nil, wrong("is %d bytes long, and a campaign has at most %d", info.Size(), maxCampaignBytes)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	c := &Campaign{}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(c); err != nil {
		return nil, wrong("is no campaign: %v", err)
	}
	if dec.More() {
		return nil, wrong("holds more after the campaign")
	}
	if c.ID == "" || len(c.ID) > 40 || strings.Trim(c.ID, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return nil, wrong("id %q is not 1 to 40 letters, digits and hyphens", c.ID)
	}
	from, errFrom := time.Parse(time.DateOnly, c.From)
	to, errTo := time.Parse(time.DateOnly, c.To)
	if errFrom != nil || errTo != nil || to.Before(from) {
		return nil, wrong("from %q and to %q are not two days in order, written like 2027-05-01", c.From, c.To)
	}
	if c.Link != "" {
		if u, err := url.Parse(c.Link); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(c.Link) > maxCampaignLink {
			return nil, wrong("link %q is not an https address", c.Link)
		}
	}
	if _, ok := c.Words["en"]; !ok {
		return nil, wrong("words has no \"en\"")
	}
	for code, said := range c.Words {
		if _, ok := language.Of(code); !ok {
			return nil, wrong("words has %q, a language Segue does not speak", code)
		}
		if n := utf8.RuneCountInString(said.Name); n < 1 || n > maxCampaignName {
			return nil, wrong("the name in %q has %d characters, not 1 to %d", code, n, maxCampaignName)
		}
		if n := utf8.RuneCountInString(said.Line); n > maxCampaignLine {
			return nil, wrong("the line in %q has %d characters, more than %d", code, n, maxCampaignLine)
		}
		if strings.ContainsFunc(said.Name+said.Line, unicode.IsControl) {
			return nil, wrong("the words in %q are not on one line", code)
		}
		var lacks *card.LacksError
		_, err := card.SVG(card.Card{Kind: "harbor", Name: brand, Campaign: said.Name, Brand: brand}, card.Tall())
		switch {
		case errors.As(err, &lacks):
			return nil, wrong("the name in %q holds %q (%U), which cards have no letter for", code, lacks.Rune, lacks.Rune)
		case err != nil:
			return nil, wrong("the name in %q cannot stand on a card", code)
		}
	}
	return c, nil
}

// open reports whether the campaign runs on a day, by UTC; both its first and its
// last day are in it. A nil one never does, and outside its days all is as if there
// were none.
func (c *Campaign) open(at time.Time) bool {
	if c == nil {
		return false
	}
	day := at.UTC().Format(time.DateOnly)
	return c.From <= day && day <= c.To
}

// said returns the campaign's words in a language, in English where it has none.
func (c *Campaign) said(t *language.Tongue) CampaignText {
	if w, ok := c.Words[t.Code()]; ok {
		return w
	}
	return c.Words["en"]
}

// Name returns what the campaign is called.
func (c *Campaign) Name(t *language.Tongue) string { return c.said(t).Name }
