package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"sync"

	"segue"
	"segue/internal/parallel"
)

// version returns the SHA-256, in hexadecimal, of what the table says: every
// column but Recording, which follows from them. It does not depend on the
// file format, on which rows were duplicates or on the processor. Rows are
// hashed in chunks, and the chunks' hashes in order.
func version(ctx context.Context, c *segue.Catalog) (string, error) {
	const chunk = 8192
	buffers := sync.Pool{New: func() any { return new([]byte) }}
	sums := make([][sha256.Size]byte, parallel.Count(c.Len(), chunk))
	err := parallel.Chunks(ctx, c.Len(), chunk, func(k, lo, hi int) {
		kept := buffers.Get().(*[]byte)
		defer buffers.Put(kept)
		buf := (*kept)[:0]
		for i := lo; i < hi; i++ {
			if (i-lo)%ahead == 0 {
				touchStrings(&c.Artists, i, min(i+ahead, hi))
			}
			buf = appendRow(buf, c, i)
		}
		sums[k] = sha256.Sum256(buf)
		*kept = buf
	})
	if err != nil {
		return "", err
	}
	h := sha256.New()
	h.Write([]byte("segue catalog 1\n"))
	for _, s := range sums {
		h.Write(s[:])
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// touchStrings reads the strings of rows lo to below hi, so that appendRow finds
// them in the cache: like those of index.touch, the reads do not wait for each
// other. It is not inlined because the sum, of no use, would go and the reads
// with it.
//
//go:noinline
func touchStrings(l *segue.Lists, lo, hi int) (sum int) {
	for _, v := range l.Index[l.Offset[lo]:l.Offset[hi]] {
		if s := l.Values[v]; s != "" {
			sum += int(s[0])
		}
	}
	return sum
}

// appendRow appends an encoding of row i that no other row content shares:
// strings and lists carry their lengths.
func appendRow(buf []byte, c *segue.Catalog, i int) []byte {
	buf = appendString(buf, c.ID[i])
	isrc := ""
	if c.ISRC != nil {
		isrc = c.ISRC[i]
	}
	buf = appendString(buf, isrc)
	buf = appendString(buf, c.Title[i])
	buf = appendString(buf, c.Album[i])
	buf = appendStrings(buf, &c.Artists, i)
	buf = appendStrings(buf, &c.Genres, i)
	buf = binary.LittleEndian.AppendUint32(buf, uint32(c.DurationMS[i]))
	buf = append(buf, byte(c.Popularity[i]), byte(c.Explicit[i]))
	var bits [4 * segue.NumFeatures]byte
	for f := range c.Feature {
		v := c.Feature[f][i]
		switch {
		case v != v:
			v = missing()
		case v == 0:
			v = 0 // −0 is 0
		}
		binary.LittleEndian.PutUint32(bits[4*f:], math.Float32bits(v))
	}
	return append(buf, bits[:]...)
}

// appendString appends the length of s and s.
func appendString(buf []byte, s string) []byte {
	if len(s) < 0x80 { // one byte, as AppendUvarint writes it
		buf = append(buf, byte(len(s)))
	} else {
		buf = binary.AppendUvarint(buf, uint64(len(s)))
	}
	return append(buf, s...)
}

// appendStrings appends the number of strings in row i of l, and each.
func appendStrings(buf []byte, l *segue.Lists, i int) []byte {
	ix := l.Indices(i)
	buf = binary.AppendUvarint(buf, uint64(len(ix)))
	for _, v := range ix {
		buf = appendString(buf, l.Values[v])
	}
	return buf
}
