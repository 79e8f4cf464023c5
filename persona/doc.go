// Package persona turns numbers about somebody's listening into words, and says
// why. It answers two questions, both by a small decision tree that is data, not
// code:
//
//   - PersonaOf: which of six listening styles describes the last 28 days?
//     A style is about the listening, never about the person.
//   - Offer: is there something kind to offer just now? What a listener said
//     in a check-in always overrides what their listening suggests.
//
// A Tree is a versioned JSON file that an expert can edit, ParseTree checks and
// package chart can draw. Decide returns the leaf and the Path to it: every
// question with its value, threshold and branch. Counterfactual finds the
// smallest single change that would have given another answer. FitCART learns a
// tree of the same kind from labelled rows; the shipped trees are the experts'.
//
// An unknown value (NaN) never passes a question: it takes the "no" branch, and
// its step says so. The shipped trees are written so that "no" is the quiet side.
//
// The package is pure: no files but those embedded, no clock, no logging.
// Definitions: docs/science.md §4 and §5.
package persona
