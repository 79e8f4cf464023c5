// Package parquetpages looks at the description and the pages of a Parquet file before it
// is read. The library that reads them makes room for what they claim before it looks for
// the bytes, so that a damaged file of a few kilobytes could ask for gigabytes.
package parquetpages

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Bounds of a Parquet page. Writers aim at pages of 1 MB; a dictionary or a
// page of long texts may be some times larger. (d)
const (
	maxPage       = 128 << 20 // bytes, packed or unpacked
	maxPageHeader = 1 << 20   // bytes, with the statistics it may hold
	maxFooter     = 64 << 20  // bytes: 10,000 row groups of 30 columns take half of it
	maxPageValues = 128 << 20 // values, of which nulls take no bytes in the file and one each in memory

	// chunkSlack is by how many bytes a column's part may be longer than its file
	// says: some writers forget the dictionary's header.
	chunkSlack = 100
)

// Footer returns an error if the description at the end of a file claims to be longer
// than the file or than 64 MB, or holds a list or a text that claims more than there is:
// the library makes room for what is claimed before it looks. To be called before the
// file is opened. O(description).
func Footer(f io.ReaderAt, size int64) error {
	const frame, magic = 12, "PAR1" // magic, length, magic
	if size < frame {
		return errors.New("it is too short")
	}
	var end [8]byte
	if n, err := f.ReadAt(end[:], size-int64(len(end))); n < len(end) {
		return err
	}
	if string(end[4:]) != magic {
		return errors.New("it does not end as a Parquet file, or is encrypted")
	}
	n := int64(binary.LittleEndian.Uint32(end[:]))
	if n > size-frame || n > maxFooter {
		return fmt.Errorf("its description claims %d bytes of %d", n, size)
	}
	description := make([]byte, n)
	if k, err := f.ReadAt(description, size-int64(len(end))-n); k < len(description) {
		return err
	}
	_, err := walk(description)
	return err
}

// Check reads the headers of all pages of a file, O(pages), and returns an error if one
// lies outside its column's part of the file, claims over 128 MB or 128 million values,
// or if all together would unpack to more than unpacked bytes. Nor may a page be packed
// as LZ4, which the library unpacks into ever more memory where it is damaged, or as
// Snappy with another length than its header claims. Of other packings the library finds
// out by unpacking.
func Check(f io.ReaderAt, size int64, meta *format.FileMetaData, unpacked int64) error {
	buffer := make([]byte, 1<<12)
	for g, group := range meta.RowGroups {
		for _, column := range group.Columns {
			m := column.MetaData
			if m.Codec == format.Lz4Raw {
				return errors.New("it is packed with LZ4, which is not read: use zstd or Snappy")
			}
			at := m.DataPageOffset
			if d := m.DictionaryPageOffset; d > 0 && d < at {
				at = d
			}
			if at < 0 || m.TotalCompressedSize < 0 || m.TotalCompressedSize > size || at > size-m.TotalCompressedSize {
				return fmt.Errorf("a column of row group %d lies outside the file", g)
			}
			for end, values := min(size, at+m.TotalCompressedSize+chunkSlack), int64(0); at < end && values < m.NumValues; {
				var header format.PageHeader
				n, err := readPageHeader(f, at, end, &buffer, &header)
				if err != nil {
					return fmt.Errorf("page header at byte %d: %w", at, err)
				}
				packed, full := int64(header.CompressedPageSize), int64(header.UncompressedPageSize)
				if packed < 0 || full < 0 || packed > maxPage || full > maxPage || packed > end-at-n {
					return fmt.Errorf("the page at byte %d claims %d bytes, unpacked %d", at, packed, full)
				}
				if unpacked -= full; unpacked < 0 {
					return errors.New("it would unpack to more than is read")
				}
				count, err := pageValues(&header)
				if err == nil && m.Codec == format.Snappy {
					err = checkSnappy(f, at+n, &header)
				}
				if err != nil {
					return fmt.Errorf("the page at byte %d: %w", at, err)
				}
				values += count
				at += n + packed
			}
		}
	}
	return nil
}

// readPageHeader decodes the header at a byte of the file, below end, and
// returns its length. It reads little at first and more if that was too little.
func readPageHeader(f io.ReaderAt, at, end int64, buffer *[]byte, header *format.PageHeader) (int64, error) {
	for {
		b := (*buffer)[:min(int64(len(*buffer)), end-at)]
		if n, err := f.ReadAt(b, at); n < len(b) {
			return 0, err
		}
		n, err := walk(b)
		if err == nil {
			*header = format.PageHeader{}
			err = thrift.NewDecoder((&thrift.CompactProtocol{}).NewReaderFromBytes(b[:n])).Decode(header)
			return int64(n), err
		}
		if !errors.Is(err, errShort) || int64(len(b)) == end-at || len(*buffer) >= maxPageHeader {
			return 0, err
		}
		*buffer = make([]byte, 8*len(*buffer))
	}
}

// checkSnappy compares the length with which a page packed by Snappy begins with that of
// its header.
func checkSnappy(f io.ReaderAt, at int64, h *format.PageHeader) error {
	levels := int64(0) // which are not packed
	if h.Type == format.DataPageV2 && h.DataPageHeaderV2.Valid {
		v2 := &h.DataPageHeaderV2.V
		if v2.IsCompressed.Valid && !v2.IsCompressed.V {
			return nil
		}
		levels = int64(v2.RepetitionLevelsByteLength) + int64(v2.DefinitionLevelsByteLength)
	}
	packed, full := int64(h.CompressedPageSize)-levels, int64(h.UncompressedPageSize)-levels
	if packed < 0 || full < 0 {
		return errors.New("its levels are longer than it is")
	}
	if packed == 0 {
		return nil
	}
	b := make([]byte, min(packed, binary.MaxVarintLen64))
	if n, err := f.ReadAt(b, at+levels); n < len(b) {
		return err
	}
	if length, n := binary.Uvarint(b); n <= 0 || length > uint64(full) {
		return fmt.Errorf("it claims %d bytes unpacked, and its values %d", full, length)
	}
	return nil
}

// pageValues returns how many of its column's values a page holds.
func pageValues(h *format.PageHeader) (int64, error) {
	count := int32(0)
	switch {
	case h.Type == format.DataPage && h.DataPageHeader.Valid:
		count = h.DataPageHeader.V.NumValues
	case h.Type == format.DataPageV2 && h.DataPageHeaderV2.Valid:
		count = h.DataPageHeaderV2.V.NumValues
	}
	if count < 0 || count > maxPageValues {
		return 0, fmt.Errorf("it claims %d values", count)
	}
	return int64(count), nil
}
