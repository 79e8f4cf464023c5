// Package survey asks a few short questions and reads the answers: questions to agree
// or disagree with, five-point scales, choices and free text. A questionnaire is a
// versioned file, answers are a CSV table or a JSON file, and every result brings its
// interval and its n. (docs/science.md §7)
//
// Free text is counted and kept from the results: people write into it what they would
// not have counted. Below stats.Least answers nothing is claimed.
//
// What few people say when asked is not what people think: who answers is not drawn by
// lot, and a question asked after a pleasant hour is not a measurement of it. Results say
// so.
//
// The package is pure: no clock, no file, no network.
package survey
