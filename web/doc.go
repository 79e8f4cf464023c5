// Package web is Segue for people who never open a terminal: the listener's way
// from a welcome to "how did this feel?", as pages that a browser shows with or
// without script.
//
// The way of a request: guard (is it ours to answer?) → routes (who answers) →
// visit (who asks: the listener, their language, their consents) → a page's
// handler, which returns an error or writes → status (the one place where an error
// becomes a code and a page). Each page has a file for what it computes, NAME.go,
// and one for its words, NAME.templ. What it tells of music and listening comes
// from package tell, its pictures from chart, its numbers from recommend.
//
// Where something is kept is the listener's choice. Server.keeper knows two stores
// of one kind, a file and one in memory: what a consent covers goes to the file,
// everything else, and all of the demo listener, to memory, where it ends with the
// process. Nothing is written before the first consent.
//
// What the pages never do: ask another host for anything, put a play, a mood, a
// persona or a reflection into an address or a log, or change anything by a GET.
package web

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
