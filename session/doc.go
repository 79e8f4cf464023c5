// Package session turns a listening history into sessions, the moods of
// sessions, and what can be said of a listener from them: the usual mood, its
// rhythm over hours and weeks, habits, and signals.
//
// The session, a run of plays without a long pause, is the unit of analysis:
// plays of one session resemble one another, so intervals come from resampling
// sessions and never plays. Whatever is said passes a data gate first, because
// too little listening says nothing. All of it describes listening, in the
// listener's own time zone, and none of it the person.
//
// The functions are pure. They take plays in order of their end, as package
// history returns them, and panic if that order, or the length of a column
// beside it, is wrong. Definitions and defaults are those of docs/science.md §3
// to §5.
package session
