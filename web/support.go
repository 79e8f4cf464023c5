package web

import (
	"net/http"

	"segue/language"
)

// supportPage is two clicks from anywhere, and the same for all.
func (s *Server) supportPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Support")}, supportPage(v))
}

// A helpLine is somebody to talk to.
type helpLine struct{ Name, What, Address, Say string }

// helpLines returns them, the lists of the whole world first.
func helpLines(t *language.Tongue) []helpLine {
	return []helpLine{
		{"Find A Helpline", t.Say("Lines of over 130 countries, by country and by what it is about"), "https://findahelpline.com", "findahelpline.com"},
		{"Befrienders Worldwide", t.Say("Listening centres in many countries and languages"), "https://befrienders.org", "befrienders.org"},
		{t.Say("Viet Nam"), t.Say("The national line for children and the young, day and night"), "tel:111", "111"},
		{t.Say("United Kingdom and Ireland"), t.Say("Samaritans, day and night"), "tel:116123", "116 123"},
		{t.Say("United States and Canada"), t.Say("By call or text message, day and night"), "tel:988", "988"},
	}
}
