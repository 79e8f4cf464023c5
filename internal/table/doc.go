// Package table reads tables of rows and columns from files, whatever they hold:
// delimited text, plain or gzip, and Parquet. It knows how text is cut into blocks
// of whole records, split into fields and read as numbers, and what a file is that
// is no table. What the columns mean is its users' to know.
//
// Each hands the rows of a file on, one after the other, and holds one block. Who
// needs a file's rows on all processors takes the parts that it is made of.
package table
