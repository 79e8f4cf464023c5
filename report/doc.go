// Package report writes what Segue found as one HTML file: the hour, the moods,
// the sessions, the persona, the music, the groups found in it, the history's
// account, and how all of it was computed.
//
// The file is whole. Fonts, style and drawings are inside it, it holds no
// script, and its content security policy forbids every request, so that it can
// be kept, mailed or printed, and reading it tells nobody. The policy admits
// the one style sheet by its hash; there is no inline style.
//
// A chapter is a file: its text in NAME.templ, what it computes from the
// result in NAME.go. Chapters that the result has nothing for are left out,
// with a sentence that says so; what a data gate holds back is said with what
// is missing. Texts speak of the music and the listening, never of the person.
//
// What is said of a listener and an hour, and most drawings, come from package
// tell; the page speaks English.
package report

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
