package web

import (
	"strconv"

	"segue/history"
	"segue/tell"

	"github.com/a-h/templ"
)

// A service keeps a history; Ask is what to ask it for.
type service struct{ Name, Ask string }

// asks lists the services that keep a history, and the way to it.
func asks(v *visit) []service {
	return []service{
		{"Spotify", v.Say("Account, Privacy, “Extended streaming history”: within 30 days, all years with skips. “Account data” comes in a few days and has the last year.")},
		{"Apple Music", v.Say("privacy.apple.com, “Request a copy of your data”, Apple Media Services. The file read is Apple Music Play Activity.csv.")},
		{"ListenBrainz", v.Say("Settings, “Export data”: a ZIP.")},
		{"Last.fm", v.Say("A CSV or JSON from lastfm.ghan.nl or lastfmstats.com.")},
		{"Maloja", v.Say("Its own export, a JSON file.")},
	}
}

// manyFiles is how many files of an import have a line of their own. (d)
const manyFiles = 24

// others sums up files that have no line of their own.
func (v *visit) others(files []accounted) accounted {
	sum := accounted{Name: v.Say("%s more", v.Of(len(files), "file", "files"))}
	for _, f := range files {
		sum.Rows, sum.Kept, sum.Duplicates, sum.Dropped = sum.Rows+f.Rows, sum.Kept+f.Kept, sum.Duplicates+f.Duplicates, sum.Dropped+f.Dropped
	}
	return sum
}

// broughtLead says in a sentence or two what a history brought.
func (v *visit) broughtLead(r *history.Report) string {
	period := tell.Period(v.Tongue, r, v.zone())
	switch {
	case r.Known == 0:
		return v.Say("%s, %s.", v.Of(r.Plays, "play", "plays"), period)
	case r.Plays == 0:
		return v.Say("All of it was here already: nothing was added, and nothing stands twice. With it there are %s.", v.Of(r.Held, "play", "plays"))
	}
	return v.Say("%s are new, %s. With those from before there are %s.", v.Of(r.Plays, "play", "plays"), period, v.Of(r.Held, "play", "plays"))
}

// amount is how far a bar of progress is; of a stage of which that is not known it
// is not said.
func amount(share int) templ.Attributes {
	if share < 0 {
		return nil
	}
	return templ.Attributes{"value": strconv.Itoa(share)}
}

// step marks a stage as done, or as the one at hand.
func step(s, now stage) templ.Attributes {
	switch {
	case s == now:
		return templ.Attributes{"aria-current": "step"}
	case s < now:
		return templ.Attributes{"class": "past"}
	}
	return nil
}
