// Package labels reads tables in which people say how tracks feel: valence and
// arousal on any scale, or the name of a mood.
//
// A table is delimited text (comma, semicolon, tab or bar separated, plain or gzip)
// or Parquet. Columns are found by their header, whatever their order, so that the
// published sets read as they are. Rows are handed on one by one and then forgotten:
// memory is bounded whatever the file's size.
//
// # Scales
//
// Valence and arousal are handed on in the table's own units; which point parts
// pleasant from unpleasant and energetic from quiet is known when all rows are. It is
// the middle of the scale, and the scale is the smallest of those in use that holds
// every value: see Scale. Where two would do, or the values fill too little of it,
// Read says so and asks for it.
//
// # Words
//
// A mood's name is looked up in a table of words of several languages, see MoodOf.
// Words that are not in it are counted, reported and not guessed.
//
// # What a row needs
//
// A row is used if it says which track it means, by an id, an ISRC or artist and
// title, and says something of it. Every other row is dropped for exactly one reason,
// so that rows = used + the sum of dropped.
package labels
