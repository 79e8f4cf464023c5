package catalog

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// trackID strips a service's prefix from an id: spotify:track:X and
// https://open.spotify.com/track/X?… are X.
func trackID(s []byte) []byte {
	if len(s) < 15 {
		return s
	}
	if id, ok := bytes.CutPrefix(s, []byte("spotify:track:")); ok {
		return id
	}
	if _, id, ok := bytes.Cut(s, []byte("open.spotify.com/")); ok {
		if _, id, ok = bytes.Cut(id, []byte("track/")); ok {
			id, _, _ = bytes.Cut(id, []byte("?"))
			return id
		}
	}
	return s
}

// appendMadeID appends an id for a row that has none: "made-" and the first
// 96 bits, in hexadecimal, of a hash of the artists and the title, case and
// outer spaces ignored, and of the length. Two such rows of one id are one
// track.
func appendMadeID(dst []byte, r *row) []byte {
	h := sha256.New()
	for _, t := range [...]role{roleArtists, roleTitle} {
		h.Write([]byte(strings.ToLower(string(r.text[t]))))
		h.Write([]byte{0})
	}
	var length [4]byte
	binary.LittleEndian.PutUint32(length[:], uint32(r.duration))
	h.Write(length[:])
	dst = append(dst, "made-"...)
	return hex.AppendEncode(dst, h.Sum(nil)[:12])
}

// listMark ends every element of a cell that was a list in its file, so that
// no element is split again.
const listMark = '\x1f'

// splitCell returns the strings of a cell: the elements of a Parquet list or
// of a Python list (['A', "B"]), else the parts between the separators,
// trimmed, without empty and repeated ones. A cell that is not blank has one
// at least.
func splitCell(cell string, split func(string) []string) []string {
	var parts []string
	switch {
	case strings.IndexByte(cell, listMark) >= 0:
		parts = strings.Split(cell, string(rune(listMark)))
	case len(cell) > 2 && cell[0] == '[' && cell[len(cell)-1] == ']' && (cell[1] == '\'' || cell[1] == '"'):
		parts = pythonList(cell)
	default:
		parts = split(cell)
	}
	kept := parts[:0]
next:
	for _, p := range parts {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		for _, k := range kept {
			if k == p {
				continue next
			}
		}
		kept = append(kept, p)
	}
	if len(kept) > 0 {
		return kept
	}
	if whole := strings.TrimSpace(strings.ReplaceAll(cell, string(rune(listMark)), " ")); whole != "" {
		kept = append(kept, whole) // nothing but separators: a name all the same
	}
	return kept
}

// pythonList returns the string literals of a Python list, as tools that know
// only strings write lists.
func pythonList(cell string) []string {
	var parts []string
	for i := 1; i < len(cell)-1; i++ {
		quote := cell[i]
		if quote != '\'' && quote != '"' {
			continue
		}
		var b strings.Builder
		for i++; i < len(cell)-1 && cell[i] != quote; i++ {
			if cell[i] == '\\' && i+1 < len(cell)-1 {
				i++
			}
			b.WriteByte(cell[i])
		}
		parts = append(parts, b.String())
	}
	return parts
}

// splitGenres splits a cell of genres at ; , and |.
func splitGenres(cell string) []string {
	return strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == ',' || r == '|' })
}
