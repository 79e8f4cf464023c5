// Package catalog reads track tables into a segue.Catalog, checks them, and
// says what it found.
//
// A table is CSV (comma, semicolon, tab or bar separated, plain or gzip) or
// Parquet. Columns are found by their header, whatever their order, so the
// common layouts of public track tables all read, several files at once.
//
// The way of a row: the file is cut into blocks at record ends (cut.go), the
// blocks are split (split.go) and parsed into columns (batch.go) on all
// processors, and their rows are merged in the order of the file (merge.go):
// one row a track id, with every genre the id was listed under. Memory is
// what the tracks need plus a bounded number of blocks, and the result is the
// same on any number of processors. At the end reissues are grouped
// (recording.go) and the table gets its content hash (version.go).
//
// # Tables larger than memory
//
// Each hands the rows of any table to a function, block by block. A Stream reads
// a Parquet file again and again, only the columns asked for, as the clustering
// of more tracks than memory holds needs it. Neither finds duplicates or groups
// reissues: both would take memory in proportion to the tracks.
//
// # What a value may be
//
// A feature's value is missing, never guessed, when its cell is empty, when
// it lies outside segue.Feature.Interval, when it is no finite number, when
// the feature takes whole numbers and it is not one, and when it is an exact
// 0 where segue.Feature.ZeroIsMissing. Key −1 is a service's "no key found".
// Empty cells, such zeros and key −1 are ordinary and only counted as
// missing; every other bad value is also counted as bad, and the first
// MaxProblems are listed with file, row, column and value.
//
// # What a row needs
//
// A row is kept if it has a title, an artist and at least one feature. Every
// other row is dropped for exactly one reason, the first that applies of
// BrokenQuotes, WrongFields, NoTitle, NoArtist and NoFeatures. A row without
// an id gets one made from artist, title and length. A row whose id was seen
// before is a duplicate: the first row's values stay, its genres are added.
// So, for each file and for all, rows = tracks + duplicates + dropped.
package catalog
