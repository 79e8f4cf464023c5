package playlist

import (
	"slices"

	"segue/language"
)

// held is what a request holds and wishes for, as rows of the catalogue.
type held struct {
	locks  []heldLock
	wishes []int32
}

type heldLock struct {
	place int // as asked: from 1, or from the end below 0
	row   int32
}

// slot returns the slot of a lock among n, −1 if there is none.
func (l heldLock) slot(n int) int {
	at := l.place - 1
	if l.place < 0 {
		at = n + l.place
	}
	if at < 0 || at >= n {
		return -1
	}
	return at
}

// named returns the ids a request holds or wishes for.
func (r Request) named() []string {
	var ids []string
	for _, l := range r.Locks {
		ids = append(ids, l.ID)
	}
	return append(ids, r.Wishes...)
}

// hold looks up what the request holds and wishes for, and returns an error
// wrapping segue.ErrUsage if it contradicts itself, the exclusions, or the limits
// that are never relaxed.
func (pl *planner) hold() error {
	lib, r := pl.lib, pl.request
	h := held{}
	find := func(id, unknown, barred string) (int32, error) {
		row, ok := lib.row(id)
		switch {
		case !ok:
			return 0, misuse(pl.say(unknown, id))
		case !pl.ok.has(row):
			return 0, misuse(pl.say(barred, quoted(lib.Catalog.Title[row]), pl.ok.why(row)))
		}
		return row, nil
	}
	for _, l := range r.Locks {
		row, err := find(l.ID, language.Text("the catalogue has no track %q to hold"), language.Text("%s cannot be held: %s"))
		if err != nil {
			return err
		}
		if l.Place == 0 {
			return misuse(pl.say("there is no place 0; places begin at 1, and −1 is the last"))
		}
		h.locks = append(h.locks, heldLock{l.Place, row})
	}
	for _, id := range r.Wishes {
		row, err := find(id, language.Text("the catalogue has no track %q to wish for"), language.Text("%s cannot be wished for: %s"))
		if err != nil {
			return err
		}
		h.wishes = append(h.wishes, row)
	}
	pl.held = h
	if len(h.locks)+len(h.wishes) == 0 {
		return nil
	}
	free := *pl
	free.held = held{}
	p := free.problem(r.Minutes)
	for _, m := range shorterMinutes() {
		if p == nil && m < r.Minutes {
			p = free.problem(m) // too few tracks for the whole: they have to fit into what can be had
		}
	}
	if p == nil {
		return nil // too few tracks for anything: said elsewhere
	}
	return pl.contradicts(p)
}

// contradicts says what speaks against holding these tracks in an hour: of the
// length that was asked for, or of the longest there are tracks for.
func (pl *planner) contradicts(p *problem) error {
	room := pl.say("%d minutes have %s", p.rules.minutes, pl.of(p.n, "place", "places"))
	fewer := pl.say("wish for fewer, or ask for a longer hour")
	if p.rules.minutes < pl.request.Minutes {
		room = pl.say("the %s that may be played near this way make %d minutes at most, which have %s", pl.of(p.m, "track", "tracks"), p.rules.minutes, pl.of(p.n, "place", "places"))
		fewer = pl.say("wish for fewer, or bring more music")
	}
	title := func(row int32) string { return quoted(pl.lib.Catalog.Title[row]) }
	slots, places := map[int]int32{}, map[int32]int{}
	all := []int32{}
	for _, l := range pl.held.locks {
		at := l.slot(p.n)
		if at < 0 {
			return misuse(pl.say("%s cannot be held at place %d: %s", title(l.row), l.place, room))
		}
		if other, is := slots[at]; is && other != l.row {
			return misuse(pl.say("%s and %s cannot both be held at place %d", title(other), title(l.row), at+1))
		}
		if other, is := places[l.row]; is && other != at {
			return misuse(pl.say("%s cannot be held at place %d and at place %d", title(l.row), other+1, at+1))
		}
		if _, is := places[l.row]; !is {
			all = append(all, l.row)
		}
		slots[at], places[l.row] = l.row, at
	}
	for _, row := range pl.held.wishes {
		if _, is := places[row]; !is {
			places[row], all = -1, append(all, row)
		}
	}
	if len(all) > p.n {
		return misuse(pl.say("%s are held or wished for, and %s; %s", pl.of(len(all), "track", "tracks"), room, fewer))
	}
	var total int64
	song, ruminant := map[int32]int32{}, 0
	for _, row := range all {
		c := pl.candidate(row)
		if other, is := song[p.song[c]]; is {
			return misuse(pl.say("%s and %s are one song, which an hour has once", title(other), title(row)))
		}
		song[p.song[c]] = row
		total += p.ms[c]
		if p.ruminant[c] {
			ruminant++
		}
	}
	if ruminant > 1 {
		return misuse(pl.say("%d of the tracks held or wished for are low and slow ones of your most played of late, and an hour has one of these at most", ruminant))
	}
	if limit := p.target() + RelaxedLength*1000; total > limit {
		return misuse(pl.say("the tracks held or wished for last %d minutes, and %s; %s", (total+30_000)/60_000, room, fewer))
	}
	if row, is := slots[p.n-1]; is && pl.request.Night && !slowEnough(pl.lib.sound(row).Tempo) {
		return misuse(pl.say("%s cannot be held at the end: it has %.0f beats a minute, and at night the last track has %d at most", title(row), pl.lib.sound(row).Tempo, NightEndTempo))
	}
	return nil
}

// candidate returns the candidate number of a row.
func (pl *planner) candidate(row int32) int32 {
	for c, r := range pl.rows {
		if r == row {
			return int32(c)
		}
	}
	panic("playlist: a track that is held is no candidate")
}

// put enters what is held and wished for into a problem; it reports whether every
// lock has a place of its own there: counted from both ends, two may meet in a
// shorter hour.
func (pl *planner) put(p *problem) bool {
	for _, l := range pl.held.locks {
		at := l.slot(p.n)
		if at < 0 {
			return false
		}
		c := pl.candidate(l.row)
		if other := slices.Index(p.locked, c); p.locked[at] >= 0 && p.locked[at] != c || other >= 0 && other != at {
			return false
		}
		p.locked[at] = c
	}
	for _, row := range pl.held.wishes {
		p.wished[pl.candidate(row)] = true
	}
	return true
}
