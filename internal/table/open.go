package table

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"segue"
)

// FileSize returns the size of a file that can be read, in bytes.
func FileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return 0, OpenError(path, err)
	case info.IsDir():
		return 0, &segue.InputError{File: path, Problem: "this is a folder", Hint: "name the tables in it"}
	case !info.Mode().IsRegular():
		return 0, &segue.InputError{File: path, Problem: "this is no regular file", Hint: "save the table to a file first"}
	}
	return info.Size(), nil
}

// OpenError says why a file could not be opened.
func OpenError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &segue.InputError{File: path, Problem: "there is no such file", Hint: "check the path"}
	case errors.Is(err, fs.ErrPermission):
		return &segue.InputError{File: path, Problem: "this file may not be read", Hint: "check its permissions"}
	}
	return fmt.Errorf("%s: cannot be read: %w", path, err)
}

// A CountingReader tells how many bytes were read.
type CountingReader struct {
	r     io.Reader
	n     int64
	count func(n int64)
}

// NewCountingReader returns a reader of r that tells count of every read.
func NewCountingReader(r io.Reader, count func(n int64)) *CountingReader {
	return &CountingReader{r: r, count: count}
}

func (c *CountingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if n > 0 {
		c.count(int64(n))
	}
	return n, err
}

// headSize is how much of a text is looked at to tell what it is, and the
// longest header line. (d)
const headSize = 64 << 10

// Decoded returns the text of src, the file at path, as UTF-8 with \n line ends. What
// is no delimited text is an error that says what it looks like.
func Decoded(path string, src io.Reader) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(src, headSize)
	head, err := peek(in)
	if err != nil {
		return nil, ReadError(path, err)
	}
	if again := asUTF8(in, head); again != nil {
		in = bufio.NewReaderSize(again, headSize)
		if head, err = peek(in); err != nil {
			return nil, ReadError(path, err)
		}
	}
	if problem := notText(path, head); problem != nil {
		return nil, problem
	}
	return in, nil
}

func peek(in *bufio.Reader) ([]byte, error) {
	head, err := in.Peek(headSize)
	if err == io.EOF {
		err = nil
	}
	return head, err
}
