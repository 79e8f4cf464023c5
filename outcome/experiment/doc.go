// Package experiment declares, runs and reads experiments on hours of music: which
// arms there are, who gets which, what is measured, how long, and what may be said in
// the end. (docs/science.md §7)
//
// The way through it:
//
//	Parse     a Design from its file, with every fault in one line
//	Hash      the design's fingerprint, borne by every exposure: a design that was
//	          changed after the first exposure is refused
//	Size      how many units the design needs, and what it can see with those it has
//	Assign    the arm of a session or a listener: a deterministic draw, in blocks
//	Exposures the log of who was shown what, checked against the design
//	Read      sample-ratio check, primary and secondary measures, guardrails, and a
//	          Verdict that never says more than was shown
//	Record    all of it in one file that a reviewer can Check without trusting it
//
// What is read is read by intention to treat: a unit counts in the arm it was first
// assigned to, whatever was played, and units without an outcome are counted and said.
//
// The package is pure: no clock, no file, no network. The same design and events give
// the same bytes.
package experiment
