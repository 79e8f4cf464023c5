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

// appendRow appends an encoding of row i that no other row content shares:
// strings and lists carry their lengths.
func appendRow(buf []byte, c *segue.Catalog, i int) []byte {
	str := func(s string) {
		buf = binary.AppendUvarint(buf, uint64(len(s)))
		buf = append(buf, s...)
	}
	str(c.ID[i])
	if c.ISRC != nil {
		str(c.ISRC[i])
	} else {
		str("")
	}
	str(c.Title[i])
	str(c.Album[i])
	for _, l := range [...]*segue.Lists{&c.Artists, &c.Genres} {
		ix := l.Indices(i)
		buf = binary.AppendUvarint(buf, uint64(len(ix)))
		for _, v := range ix {
			str(l.Values[v])
		}
	}
	buf = binary.LittleEndian.AppendUint32(buf, uint32(c.DurationMS[i]))
	buf = append(buf, byte(c.Popularity[i]), byte(c.Explicit[i]))
	for f := range c.Feature {
		v := c.Feature[f][i]
		switch {
		case v != v:
			v = missing()
		case v == 0:
			v = 0 // −0 is 0
		}
		buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
	}
	return buf
}
