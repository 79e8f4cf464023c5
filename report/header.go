package report

import (
	"segue"
	"segue/recommend"
)

// greeting opens the page.
func greeting(r *recommend.Result) string {
	if r.Name != "" {
		return "Hi " + r.Name + ", are you ready to explore yourself?"
	}
	return "Are you ready to explore yourself?"
}

// A link leads to a chapter the page has.
type link struct{ ID, Text string }

// chapters lists the chapters of a result in order.
func chapters(r *recommend.Result, l *listener) []link {
	var out []link
	add := func(has bool, id, text string) {
		if has {
			out = append(out, link{id, text})
		}
	}
	add(r.Playlist != nil, "hour", "Your hour")
	add(l != nil, "moods", "Your moods")
	add(l != nil, "sessions", "Sessions")
	add(l != nil, "persona", "Persona")
	add(true, "music", "The music")
	add(r.Music.Training != nil, "groups", "Finding moods")
	add(l != nil && r.HistoryReport != nil, "history", "Your history")
	add(true, "method", "Method")
	return out
}

// figures are the page's first numbers.
func figures(r *recommend.Result, l *listener) []fact {
	out := []fact{{"tracks in the catalogue", en.Count(r.Music.Catalog.Len())}}
	if l == nil {
		return out
	}
	return append(out, fact{"plays", en.Count(len(l.Listening.Plays))}, fact{"sessions", en.Count(len(l.Sessions))},
		fact{"of your listening time placed", en.Percent(l.Profile.Usual.Coverage)})
}

// usedFeatures returns the features the tracks were divided by.
func usedFeatures(r *recommend.Result) []segue.Feature {
	if r.Music.Training == nil {
		return nil
	}
	return r.Music.Training.Features
}
