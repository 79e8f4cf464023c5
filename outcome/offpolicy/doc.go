// Package offpolicy says what a rule of choosing would have come to, from hours in which
// another rule chose and wrote down with which probability. (docs/science.md §7,
// "Off-policy evaluation")
//
// It has three estimators, each with an interval that knows of listeners, and a gate:
// where the hours cannot carry an estimate there is no number, and the reason in words.
//
// It knows neither policies nor events: a row is a choice. The package is pure.
package offpolicy
