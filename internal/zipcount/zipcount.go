// Package zipcount looks at how many entries a ZIP may have before anybody holds a
// list of them: archive/zip makes one, of some 250 bytes an entry, and an entry that
// holds nothing takes 46 bytes of the file.
package zipcount

import (
	"bytes"
	"context"
	"io"
)

// entry begins every entry of a ZIP's directory, and least is the shortest one.
const (
	entry = "PK\x01\x02"
	least = 46
)

// More reports whether a ZIP may have more entries than so many. It counts where one
// could begin and does not ask the directory how many it has, which may say
// anything: a ZIP packed without compression in this one counts, too. Cost O(size),
// and nothing for a file too small to hold so many; what cannot be read has none.
func More(ctx context.Context, r io.ReaderAt, size int64, than int) bool {
	if size/least <= int64(than) {
		return false
	}
	b := make([]byte, 1<<20)
	n := 0
	for at := int64(0); at < size && ctx.Err() == nil; at += int64(len(b) - len(entry) + 1) { // one may lie across
		read, err := r.ReadAt(b, at)
		if n += bytes.Count(b[:read], []byte(entry)); n > than {
			return true
		}
		if err != nil {
			break
		}
	}
	return false
}
