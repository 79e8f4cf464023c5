// Package adapt learns which way of building an hour listeners come out of better, while
// they listen, and says at every hour with which probability it chose what.
// (docs/science.md §7, "The adaptive loop")
//
// The way through it:
//
//	Parse     a Policy from its file: the contexts that are told apart, the actions there
//	          are, the reward, the floor; every fault in one line
//	Context   which of the contexts an hour begins in
//	Gather    events → trials: what was chosen, with which probability, and what became
//	          of it: a reward, none yet, or none
//	Pool      the trials of all who agreed → the prior of one listener
//	Choose    prior and own trials → the chance of every action, and the one drawn
//	Read      what was learned, by context and action, with intervals
//
// It is Thompson sampling (Thompson 1933, doi:10.1093/biomet/25.3-4.285; Chapelle & Li
// 2011): an action is drawn as often as it is likely to be the best, given what has been
// seen. That likelihood is computed, not sampled (Best), so that the chance that is kept
// with an hour is the one by which it was drawn; without it nothing could be said later
// of what another rule would have come to (package offpolicy).
//
// An action is nothing but wishes that playlist.Request takes under its own rules. Night,
// forbidden zones, the rumination guard and exclusions stand outside and hold for all of
// them. The reward is what a listener says of an hour. Time spent is none of it.
//
// The package is pure: no clock, no file, no network. The same policy and events give the
// same bytes.
package adapt
