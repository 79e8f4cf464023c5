// Package playlist plans an hour (10 to 180 minutes) of music that leads from
// one place of the valence–arousal plane to another in small steps.
//
// The way of a plan (Plan): the arc says where the music should be at any moment;
// the candidates are the tracks near it; prices on the rules, a beam search along
// them and a local search put N of them in order at little cost under the hard
// constraints. A certificate then proves how much less any other order could cost,
// most often nothing. What cannot be met is relaxed in a fixed order, and the
// playlist says so. It brings its metrics, each with its bar, and for each track a
// reason made of facts about the track.
//
// A Draft edits an hour by hand and takes edits back; Played sets a planned hour
// beside a later listening history.
//
// What is said of an hour, and why there is none (Refusal), is said in the language
// of the library (Library.In), English by itself. A playlist's JSON holds the words of
// the language it was made in; Resume makes them anew in that of its library.
//
// The iso arm follows the arc. Two arms stand beside it for comparison:
// compensatory starts at the target, shuffle plays the listener's own tracks in
// random order. Exclusions, the night rules and the forbidden zones hold in all.
//
// Every definition and default is that of docs/science.md §6; a number marked
// (d) there, and here, is a design default with no evidence behind it.
//
// The package is pure: it reads no clock, no file and no network. Files of a
// playlist are written by Write to any io.Writer, and read back by Read.
package playlist
