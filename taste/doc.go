// Package taste lets a listener say how a track feels to them, and learns from it how
// other tracks would. A catalogue places a track for everybody by its sound; people
// differ. Two things can be said: "this track feels like here", a point of the plane or
// a cell of the Affect Grid, and "this track is never that mood to me".
//
// # The model
//
// On each axis of the plane, by itself, a listener's place of a track is the
// catalogue's, x, and a deviation, which is a Gaussian process over the tracks:
//
//	y = x + d,  d = offset + smooth(f) + own,  report = y + noise
//
// The offset is the same for all tracks (one hears everything as calmer), the smooth
// part is alike for tracks alike in sound (one hears what is acoustic as sadder), and
// the own part is of one track alone (a memory). With σ the catalogue's placement error
// their standard deviations are aσ, bσ and cσ, the smooth part's covariance is
// exp(−‖f − f′‖²/2ℓ²) in the standardized feature space, and a report is off by
// ReportError. So each deviation has a closed form, the posterior of a Gaussian process
// (Rasmussen & Williams 2006, Gaussian Processes for Machine Learning, algorithm 2.1).
//
// How much of a taste is shared, a and b, differs from one person to another and is
// what may do harm: whose taste is the catalogue's must not be led away from it by the
// errors of their reports. So a, b, c and ℓ are not fixed but averaged over a small grid
// by their evidence, the marginal likelihood of the reports; most of the prior is on
// a = b = 0, where one track teaches nothing about another.
//
// # What comes of it
//
// Every track gets a place and its own standard deviation, never above the catalogue's.
// Places are cut to the plane; the Gaussians themselves are not, which makes the
// deviations of tracks at its borders a little too wide. Without corrections the places
// are the catalogue's own, bit by bit; removing a correction gives back what was before
// it; the order in which corrections are given does not matter, only when they were
// said.
//
// "Never sad" says where a track does not lie: its own place becomes the mean of its
// Gaussian without that quadrant, on the border where that mean still lies within it.
// Other tracks learn nothing from it: it may well be about a memory, not about a sound.
//
// What is skipped or heard out never comes in here. It says what one wants to hear
// now, not how it feels.
package taste
