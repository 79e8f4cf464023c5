// Package tell puts what was found into sentences and pictures, in a listener's
// language: the one place where a number becomes words, for report and pages.
//
// Every function takes the language first; nil is English. A sentence is written
// here once, in English, as the argument of Say (see package language), and no
// page puts one together from numbers itself. Words that other packages write,
// such as a style's lines, a tree's labels and what a gate counts, are said in
// the language where they are shown. What package playlist says of an hour is in
// the language of the library it was planned from, and passed through.
//
// Drawings come from package chart; a page gives their IDs, so that two of them
// can stand in one page. Texts speak of the music and the listening, never of the
// person, but for FeelWords, which gives a person words to choose from.
package tell
