package bench

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"

	"segue/matrix"
)

// An array is a NumPy array on disk: version 1 to 3 of the format, little-endian,
// row by row.
type array struct {
	kind      string // f8, f4, i4 or i8
	rows, row int    // row is 1 for an array of one dimension
	data      io.Reader
}

var (
	npyKind  = regexp.MustCompile(`'descr': *'[<|=]([a-z]\d+)'`)
	npyOrder = regexp.MustCompile(`'fortran_order': *False`)
	npyShape = regexp.MustCompile(`'shape': *\((\d+), *(\d+)?,? *\)`)
)

// open reads the head of a NumPy array.
// Reference: NumPy enhancement proposal 1, and numpy.lib.format.
func openArray(r io.Reader) (*array, error) {
	head := make([]byte, 8)
	if _, err := io.ReadFull(r, head); err != nil || string(head[:6]) != "\x93NUMPY" {
		return nil, errors.New("not a NumPy array")
	}
	size := make([]byte, 4)
	if head[6] == 1 {
		size = size[:2]
	}
	if _, err := io.ReadFull(r, size); err != nil {
		return nil, fmt.Errorf("a NumPy array cut short: %w", err)
	}
	length := binary.LittleEndian.Uint32(append(size, 0, 0)[:4])
	if length > 1<<16 {
		return nil, fmt.Errorf("a head of %d bytes: not a NumPy array", length)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, fmt.Errorf("a NumPy array cut short: %w", err)
	}
	kind, shape := npyKind.FindSubmatch(text), npyShape.FindSubmatch(text)
	if kind == nil || shape == nil || !npyOrder.Match(text) {
		return nil, fmt.Errorf("want little-endian numbers in one or two dimensions, row by row; the array is %.200q", text)
	}
	a := &array{kind: string(kind[1]), row: 1, data: r}
	var err error
	if a.rows, err = strconv.Atoi(string(shape[1])); err != nil {
		return nil, err
	}
	if len(shape[2]) > 0 {
		if a.row, err = strconv.Atoi(string(shape[2])); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// each calls value with every number of the array and its place.
func (a *array) each(value func(i, j int, v float64)) error {
	var width int
	var decode func(b []byte) float64
	switch a.kind {
	case "f8":
		width, decode = 8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }
	case "f4":
		width, decode = 4, func(b []byte) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))) }
	case "i4":
		width, decode = 4, func(b []byte) float64 { return float64(int32(binary.LittleEndian.Uint32(b))) }
	case "i8":
		width, decode = 8, func(b []byte) float64 { return float64(int64(binary.LittleEndian.Uint64(b))) }
	default:
		return fmt.Errorf("numbers of kind %s: want f4, f8, i4 or i8", a.kind)
	}
	line := make([]byte, a.row*width)
	for i := range a.rows {
		if _, err := io.ReadFull(a.data, line); err != nil {
			return fmt.Errorf("row %d of %d: %w", i, a.rows, err)
		}
		for j := range a.row {
			value(i, j, decode(line[j*width:]))
		}
	}
	return nil
}

// readTable reads a NumPy array of n×d numbers as a table.
func readTable[F matrix.Float](path string) (matrix.Table[F], error) {
	var cols [][]F
	err := readArray(path, func(a *array) error {
		cols = make([][]F, a.row)
		for j := range cols {
			cols[j] = make([]F, a.rows)
		}
		return a.each(func(i, j int, v float64) { cols[j][i] = F(v) })
	})
	if err != nil {
		return matrix.Table[F]{}, err
	}
	return matrix.FromColumns(cols...), nil
}

// readLabels reads a NumPy array of n whole numbers.
func readLabels(path string) (labels []int32, err error) {
	err = readArray(path, func(a *array) error {
		if a.row != 1 {
			return fmt.Errorf("%d columns: labels are one column", a.row)
		}
		labels = make([]int32, a.rows)
		return a.each(func(i, _ int, v float64) { labels[i] = int32(v) })
	})
	return labels, err
}

func readArray(path string, read func(*array) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	a, err := openArray(bufio.NewReaderSize(f, 1<<20))
	if err == nil {
		err = read(a)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
