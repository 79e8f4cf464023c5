// Package demo makes the data that Segue is shown with: a catalogue of invented
// tracks and a year in the listening of an invented person. Nothing in it is
// taken from anybody: artists and titles are put together from word lists, and
// features are drawn from distributions whose shapes and correlations resemble
// those of real catalogues. What must be tried on real data must be tried on
// real data.
//
// Everything follows from a seed: the same seed gives the same bytes from the
// same build, and the year is always the same one.
//
// The files look like what people have: a track table of the common 21-column
// layout with its usual flaws, and a streaming account's extended export in a
// ZIP. So a demonstration takes the same way as a listener's own data.
package demo
