// Package recommend is the staircase from files to an hour of music, a step a
// function: Place or Learn a catalogue, Listen to a history, Profile the
// listener, Plan the hour. Commands, pages and batch jobs all take these steps,
// so that a number means the same wherever it is read. Who wants to change an hour
// rather than have it planned takes its two parts, Music.Library and RequestOf, to
// package playlist; who plans for many listeners calls PlanAll.
//
// The steps compute; they read no files, hold no clock and log nothing. What
// they return can be printed as JSON in the form docs/cli.md describes.
package recommend
