package parquetpages

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Descriptions are in Thrift's compact protocol. The library makes room for a list or a
// text as long as it claims to be; walk looks at all claims before.

// Bounds of the description of a file. (d)
const (
	maxNesting = 24      // of structures and lists; Parquet's own are 8 deep
	maxTop     = 1 << 17 // elements of a list in the file: columns of the schema, row groups
	maxParts   = 1 << 19 // elements of lists in those: parts of columns, of half a kilobyte each in memory
	maxInner   = 1 << 24 // elements of lists in these
	leastPart  = 8       // bytes that the description of a part of a column takes at least
)

// Types of the compact protocol.
const (
	typeStop = iota
	typeTrue
	typeFalse
	typeByte
	typeI16
	typeI32
	typeI64
	typeDouble
	typeBinary
	typeList
	typeSet
	typeMap
	typeStruct
)

var (
	errShort   = errors.New("its description ends too soon")
	errClaims  = errors.New("its description claims more than it can hold")
	errCompact = errors.New("its description is no Thrift")
)

// A walker goes through a description without keeping anything of it.
type walker struct {
	b            []byte
	at           int
	parts, inner int
}

// walk returns how many bytes the structure takes with which b begins, and errShort if it
// goes on behind b.
func walk(b []byte) (int, error) {
	w := &walker{b: b}
	err := w.structure(0, 0)
	return w.at, err
}

func (w *walker) byte() (byte, error) {
	if w.at >= len(w.b) {
		return 0, errShort
	}
	w.at++
	return w.b[w.at-1], nil
}

func (w *walker) varint() (uint64, error) {
	v, n := binary.Uvarint(w.b[w.at:])
	switch {
	case n == 0:
		return 0, errShort
	case n < 0:
		return 0, errCompact
	}
	w.at += n
	return v, nil
}

func (w *walker) skip(n uint64) error {
	if n > uint64(len(w.b)-w.at) {
		return errShort
	}
	w.at += int(n)
	return nil
}

// structure walks through fields up to the stop.
func (w *walker) structure(nesting, lists int) error {
	for {
		head, err := w.byte()
		if err != nil || head == typeStop {
			return err
		}
		if head>>4 == 0 { // the field's number follows
			if _, err := w.varint(); err != nil {
				return err
			}
		}
		kind := head & 15
		if kind == typeTrue || kind == typeFalse {
			continue // the value is in the type
		}
		if err := w.value(kind, nesting+1, lists); err != nil {
			return err
		}
	}
}

// value walks through a value that is so deep, within so many lists.
func (w *walker) value(kind byte, nesting, lists int) error {
	if nesting > maxNesting {
		return errClaims
	}
	switch kind {
	case typeTrue, typeFalse, typeByte:
		return w.skip(1)
	case typeI16, typeI32, typeI64:
		_, err := w.varint()
		return err
	case typeDouble:
		return w.skip(8)
	case typeBinary:
		n, err := w.varint()
		if err != nil {
			return err
		}
		return w.skip(n)
	case typeList, typeSet:
		return w.list(nesting, lists)
	case typeMap:
		n, err := w.varint()
		if err == nil && n > 0 {
			err = fmt.Errorf("%w: a map", errCompact) // Parquet has none
		}
		return err
	case typeStruct:
		return w.structure(nesting, lists)
	}
	return errCompact
}

func (w *walker) list(nesting, lists int) error {
	head, err := w.byte()
	if err != nil {
		return err
	}
	n, kind := uint64(head>>4), head&15
	if n == 15 {
		if n, err = w.varint(); err != nil {
			return err
		}
	}
	if n > uint64(len(w.b)-w.at) { // each takes a byte or more
		return errShort
	}
	switch lists {
	case 0:
		if n > maxTop {
			return errClaims
		}
	case 1:
		if kind == typeStruct && n > uint64(len(w.b)-w.at)/leastPart {
			return errShort
		}
		if w.parts += int(n); w.parts > maxParts {
			return errClaims
		}
	default:
		if w.inner += int(n); w.inner > maxInner {
			return errClaims
		}
	}
	for range n {
		if err := w.value(kind, nesting+1, lists+1); err != nil {
			return err
		}
	}
	return nil
}
