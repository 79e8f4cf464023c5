package playlist

import (
	"math"

	"segue"
	"segue/language"
)

// A Route is where to go from a start, and how.
type Route struct {
	To        segue.Affect
	ToName    string // an anchor's name, or the start's for a stay
	Lead      Lead
	Waypoints []segue.Affect
	Stay      bool // the target is the start
}

// DefaultTarget returns where a playlist leads if the listener names no target:
// angry and anxious to calm, sad to content; happy, calm and content stay. Name
// is the start's anchor name; if it is empty the nearest anchor decides. From
// the middle of the plane only the listener can tell: DefaultTarget then
// returns an error wrapping segue.ErrUsage. (docs/science.md §6)
func DefaultTarget(from segue.Affect, name string) (Route, error) {
	kind := kindOf(from, name)
	to := ""
	switch kind {
	case "angry", "anxious":
		to = "calm"
	case "sad":
		to = "content"
	case "happy", "calm", "content":
		lead, via := RouteBetween(from, name, from, name)
		return Route{To: from, ToName: name, Lead: lead, Waypoints: via, Stay: true}, nil
	default:
		return Route{}, refused(language.Text("from the middle of the plane there is no usual way; choose where to go, such as calm or happy"))
	}
	at, err := segue.ParseAffect(to)
	if err != nil {
		panic("playlist: " + err.Error())
	}
	lead, via := RouteBetween(from, name, at, to)
	return Route{To: at, ToName: to, Lead: lead, Waypoints: via}, nil
}

// RouteBetween returns how to go from a start to a target. Names are anchor
// names, or empty for a point, which then goes by its nearest anchor. (d)
func RouteBetween(from segue.Affect, fromName string, to segue.Affect, toName string) (Lead, []segue.Affect) {
	a, b := kindOf(from, fromName), kindOf(to, toName)
	switch {
	case a == "angry" && b == "calm":
		return LeadArousal, []segue.Affect{{Valence: .45, Arousal: .45}}
	case a == "anxious" && b == "calm":
		return LeadArousal, nil
	case a == "sad" && (b == "content" || b == "happy"):
		return LeadValence, []segue.Affect{{Valence: .55, Arousal: .30}}
	}
	return LeadNone, nil
}

// kindOf returns the anchor a place goes by, or "" in the middle of the plane.
func kindOf(at segue.Affect, name string) string {
	best, nearest := "", math.Inf(1)
	for _, a := range segue.Anchors() {
		if a.Name == name {
			return name
		}
		if d := a.At.Distance(at); d < nearest {
			best, nearest = a.Name, d
		}
	}
	if segue.LabelOf(at) == segue.Mixed {
		return ""
	}
	return best
}
