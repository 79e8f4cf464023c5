package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"segue"
)

const (
	maxStatsRows  = 1_000_000
	maxStatsBytes = 256 << 20
)

// A columnTable holds some columns of a CSV file as text.
type columnTable struct {
	file  string
	names []string
	cells [][]string // by column
}

// readColumns reads the named columns of a CSV file whose first row names them; without
// names, all. It reads at most maxStatsRows rows and maxStatsBytes bytes.
func readColumns(path string, names ...string) (*columnTable, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, &segue.InputError{File: path, Problem: "this is a folder", Hint: "name a CSV file"}
	}
	counted := &io.LimitedReader{R: f, N: maxStatsBytes + 1}
	b := bufio.NewReader(counted)
	if mark, _ := b.Peek(3); string(mark) == "\ufeff" {
		_, _ = b.Discard(3)
	}
	r := csv.NewReader(b)
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil {
		return nil, &segue.InputError{File: path, Problem: "no header row could be read", Hint: "give a CSV table whose first row names the columns"}
	}
	all := make([]string, len(header))
	for i, h := range header {
		all[i] = strings.TrimSpace(h)
	}
	if len(names) == 0 {
		names = all
	}
	t := &columnTable{file: path, names: names, cells: make([][]string, len(names))}
	at := make([]int, len(names))
	for i, name := range names {
		if at[i] = slices.Index(all, name); at[i] < 0 {
			return nil, &segue.InputError{File: path, Column: fmt.Sprintf("%.60q", name), Problem: "there is no such column", Hint: "the header has " + listed(all)}
		}
	}
	for n := 2; ; n++ {
		record, err := r.Read()
		switch {
		case counted.N <= 0:
			return nil, &segue.InputError{File: path, Problem: fmt.Sprintf("more than %d MiB", maxStatsBytes>>20), Hint: "draw a sample, or leave out columns"}
		case err == io.EOF:
			return t, nil
		case errors.Is(err, csv.ErrFieldCount):
			return nil, &segue.InputError{File: path, Row: n, Problem: fmt.Sprintf("%d cells where the header has %d", len(record), len(header))}
		case err != nil:
			return nil, &segue.InputError{File: path, Row: n, Problem: "the row cannot be read as CSV", Hint: "check its quotes"}
		case n-1 > maxStatsRows:
			return nil, &segue.InputError{File: path, Problem: "more than " + thousands(maxStatsRows) + " rows", Hint: "draw a sample"}
		}
		for i, c := range at {
			t.cells[i] = append(t.cells[i], strings.Clone(strings.TrimSpace(record[c])))
		}
	}
}

// listed names the first of some columns.
func listed(names []string) string {
	short := make([]string, 0, 12)
	for _, n := range names[:min(len(names), 12)] {
		short = append(short, fmt.Sprintf("%.30s", n))
	}
	if len(names) > 12 {
		short = append(short, fmt.Sprintf("and %d more", len(names)-12))
	}
	return strings.Join(short, ", ")
}

// numbers returns column i as numbers, NaN where a cell is empty.
func (t *columnTable) numbers(i int) ([]float64, error) {
	out := make([]float64, len(t.cells[i]))
	for row, cell := range t.cells[i] {
		if cell == "" {
			out[row] = math.NaN()
			continue
		}
		v, err := strconv.ParseFloat(cell, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, &segue.InputError{File: t.file, Row: row + 2, Column: t.names[i], Problem: fmt.Sprintf("%.40q is not a number", cell), Hint: "write a number, or leave it empty if there is none"}
		}
		out[row] = v
	}
	return out, nil
}

// paired returns the first two columns with the rows in which both hold a number, and
// how many rows do not.
func (t *columnTable) paired() (x, y []float64, left int, err error) {
	a, err := t.numbers(0)
	if err != nil {
		return nil, nil, 0, err
	}
	b, err := t.numbers(1)
	if err != nil {
		return nil, nil, 0, err
	}
	for i := range a {
		if math.IsNaN(a[i]) || math.IsNaN(b[i]) {
			left++
			continue
		}
		x, y = append(x, a[i]), append(y, b[i])
	}
	return x, y, left, nil
}

// known drops what is empty.
func known(v []float64) []float64 {
	return slices.DeleteFunc(v, math.IsNaN)
}

// namesOf splits --columns into between least and most names.
func namesOf(columns string, least, most int) ([]string, error) {
	var names []string
	for n := range strings.SplitSeq(columns, ",") {
		if n = strings.TrimSpace(n); n != "" {
			names = append(names, n)
		}
	}
	if len(names) < least || len(names) > most {
		if least == most {
			return nil, usage("--columns %q: name %d, such as --columns %s", columns, least, strings.Join([]string{"before", "after"}[:min(2, least)], ","))
		}
		return nil, usage("--columns %q: name %d to %d, such as --columns before,after", columns, least, most)
	}
	return names, nil
}
