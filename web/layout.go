package web

import (
	"strconv"
	"strings"

	"segue/chart"
	"segue/language"
	"segue/store"

	"github.com/a-h/templ"
)

// The steps of the menu.
const (
	navMoods   = "moods"
	navPersona = "persona"
	navHour    = "hour"
	navTime    = "time"
	navData    = "data"
)

// A link is a line of the menu.
type link struct{ Nav, Path, Text string }

// menu lists the steps that a listener comes back to, in words short enough to
// stand in one line on a phone.
func menu(t *language.Tongue) []link {
	return []link{
		{navMoods, "/moods", t.Say("Moods")}, {navPersona, "/persona", t.Say("Persona")}, {navHour, "/now", t.Say("Hour")},
		{navTime, "/time", t.Say("Over time")}, {navData, "/data", t.Say("Data")},
	}
}

// navOf returns the step of the menu that an address belongs to, where a page could
// not say so itself.
func navOf(path string) string {
	switch first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/"); first {
	case navMoods, navPersona, navTime, navData:
		return first
	case "now", "hours":
		return navHour
	case "taste":
		return navMoods
	case navAccount, navPeople, navGroup, navLab:
		return first
	case "confirm":
		return navAccount
	}
	return ""
}

func themeAttribute(theme string) templ.Attributes {
	if theme == "" {
		return nil
	}
	return templ.Attributes{"data-theme": theme}
}

func current(is bool) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"aria-current": "page"}
}

func pressed(is bool) templ.Attributes {
	return templ.Attributes{"aria-pressed": strconv.FormatBool(is)}
}

func seconds(n int) string { return strconv.Itoa(n) }

// firstFaces are the font files worth asking for before the style is read: of each
// family the one that most letters stand in.
func firstFaces() []string {
	var out []string
	last := ""
	for _, f := range chart.Faces() {
		if f.Family != last {
			out = append(out, f.File)
		}
		last = f.Family
	}
	return out
}

func (v *visit) allowsMoods() bool { return v.allows(store.Moods) }
