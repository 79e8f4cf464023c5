package playlist

import (
	"strings"
	"sync/atomic"

	"segue/internal/titles"
)

// Which tracks are one song: of these an hour plays one.

// A songOf names a song as songs does: by a credited artist and the part of the
// title that names it; or, with the title left empty, by its recording.
type songOf struct {
	title string
	of    int32
}

// songs numbers the songs of rows. Two rows are one song if they are one
// recording, or share a credited artist and a title once suffixes, harmless
// ones and those of another version, are removed: nobody wants the live version
// after the studio's.
func songs(lib *Library, rows []int32) (song []int32, n int) {
	parent := make([]int32, len(rows))
	for i := range parent {
		parent[i] = int32(i)
	}
	find := func(i int32) int32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	join := func(i, j int32) { parent[find(i)] = find(j) }
	recording, titled := map[int32]int32{}, map[songOf]int32{} // the first row of each
	c := lib.Catalog
	for i, row := range rows {
		i := int32(i)
		if c.Recording != nil {
			if j, is := recording[c.Recording[row]]; is {
				join(i, j)
			} else {
				recording[c.Recording[row]] = i
			}
		}
		for _, a := range lib.artists.indices(row) {
			key := songOf{lib.titles.of(row), lib.artists.of[a]}
			if j, is := titled[key]; is {
				join(i, j)
			} else {
				titled[key] = i
			}
		}
	}
	song = make([]int32, len(rows))
	number := map[int32]int32{}
	for i := range song {
		root := find(int32(i))
		id, is := number[root]
		if !is {
			id = int32(len(number))
			number[root] = id
		}
		song[i] = id
	}
	return song, len(number)
}

// songTitles are the parts of a catalogue's titles that name the songs, folded: each is
// made when it is first asked for, and kept. Folding takes microseconds, and hours of one
// catalogue ask for the same few thousand again and again.
type songTitles struct {
	titles []string
	folded []atomic.Pointer[string]
}

func newSongTitles(all []string) *songTitles {
	return &songTitles{all, make([]atomic.Pointer[string], len(all))}
}

// of returns the one of a row.
func (t *songTitles) of(row int32) string {
	if s := t.folded[row].Load(); s != nil {
		return *s
	}
	s := titles.Fold(baseTitle(t.titles[row]))
	t.folded[row].Store(&s)
	return s
}

// baseTitle returns the part of a title before a dash or a bracket: what names
// the song, whatever the version, mix or label behind it is called. Of two songs
// that begin alike only one is heard, which costs an hour nothing.
func baseTitle(title string) string {
	plain := titles.Plain(title)
	for _, mark := range []string{" - ", " (", " ["} {
		if i := strings.Index(plain, mark); i > 0 {
			plain = plain[:i]
		}
	}
	return plain
}
