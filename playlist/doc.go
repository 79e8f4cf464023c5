// Package playlist plans an hour (10 to 180 minutes) of music that leads from
// one place of the valence–arousal plane to another in small steps.
//
// The way of a plan: the arc says where the music should be at any moment; the
// candidates are the tracks near it; a beam search puts N of them in order at
// least cost under the hard constraints, and a local search improves the order.
// What cannot be met is relaxed in a fixed order, and the playlist says so. It
// brings its metrics, each with its bar, and for each track a reason made of
// facts about the track.
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
