package metric_test

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"segue"
	"segue/outcome/event"
)

// invented are records as an app and its listeners may make them: hours of music by many
// listeners side by side, in the order of time within each block of hours, with late and
// repeated records, ends without starts, lengths nobody knows, clocks of several zones,
// adjusted playlists, check-ins, answers, cards, an experiment with a holdout, and people
// who withdraw. Nothing of it is like anybody.
type invented struct {
	records, listeners, days int
	seed                     uint64
}

var monday = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

const blockHours = 2000 // whose records are put in order together

// each calls do with every record, in an order that is the same for the same seed.
func (o invented) each(do func(e *event.Event)) {
	r := rand.New(rand.NewPCG(o.seed, 7))
	made := 0
	var block []event.Event
	flush := func() {
		slices.SortStableFunc(block, func(a, b event.Event) int { return a.At.Compare(b.At) })
		for i := range block {
			if made < o.records {
				do(&block[i])
				made++
			}
		}
		block = block[:0]
	}
	id := func() string {
		var b [12]byte
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return hex.EncodeToString(b[:])
	}
	hours := max(1, o.records/30)
	for h := 0; made < o.records; h++ {
		l := r.IntN(o.listeners)
		nature := rand.New(rand.NewPCG(uint64(l), o.seed))
		offset := []int{0, 60, 420, -300, 330}[nature.IntN(5)]
		skips, late := nature.Float64()*.3, nature.Float64() < .2
		arm := []string{"iso", "holdout", "compensatory", ""}[nature.IntN(4)]
		day := h * o.days / hours // goes on beyond where fewer records than planned were made
		minute := 7*60 + nature.IntN(10*60) + r.IntN(120)
		if late {
			minute = 22*60 + r.IntN(240)
		}
		at := monday.Add(time.Duration(day)*24*time.Hour + time.Duration(minute-offset)*time.Minute + time.Duration(r.IntN(60_000))*time.Millisecond)
		add := func(e event.Event) {
			e.Schema, e.Source, e.Listener, e.Offset, e.ID = 1, event.Web, fmt.Sprintf("l%07d", l), offset, id()
			e.At = e.At.Truncate(time.Millisecond)
			block = append(block, e)
			if r.IntN(200) == 0 { // again, and later
				block = append(block, e)
			}
		}
		if arm != "" && r.IntN(3) == 0 {
			add(event.Event{Kind: event.Exposure, At: at.Add(-time.Minute), Experiment: "lead", Arm: arm, Propensity: .25})
		}
		if r.IntN(10) < 8 {
			add(event.Event{Kind: event.AppOpen, At: at.Add(-30 * time.Second)})
		}
		switch r.IntN(40) {
		case 0, 1, 2:
			add(event.Event{Kind: event.CardView, At: at})
		case 3:
			add(event.Event{Kind: event.ShareTap, At: at})
		case 4:
			if r.IntN(5) == 0 {
				add(event.Event{Kind: event.OptOut, At: at, Experiment: []string{"", "lead"}[r.IntN(2)]})
			}
		}
		if arm == "holdout" && r.IntN(4) > 0 {
			if len(block) >= blockHours*20 {
				flush()
			}
			continue
		}
		name := "h" + id()[:14]
		cell := func() *segue.Cell { return &segue.Cell{1 + r.IntN(9), 1 + r.IntN(9)} }
		if r.IntN(10) < 7 {
			e := event.Event{Kind: event.CheckInBefore, At: at, Hour: name, Cell: cell()}
			if r.IntN(10) > 0 {
				e.Target = cell()
			}
			add(e)
		}
		n := 8 + r.IntN(8)
		tracks, whole := make([]int64, n), int64(0)
		for i := range tracks {
			tracks[i] = 30_000 + r.Int64N(270_000)
			whole += tracks[i]
		}
		adjustedFrom := nature.IntN(3 * max(1, o.days))
		adjusted := adjustedFrom < day
		if r.IntN(50) > 0 {
			e := event.Event{Kind: event.PlaylistStart, At: at, Hour: name, Adjusted: adjusted}
			if r.IntN(30) > 0 {
				e.PlannedMS = whole
			}
			add(e)
		}
		now := at
		if r.IntN(15) > 0 { // otherwise nobody follows what is heard
			for i, ms := range tracks {
				if r.IntN(100) > 0 {
					add(event.Event{Kind: event.TrackStart, At: now, Hour: name, Track: "t", Place: i + 1, PlannedMS: ms})
				}
				e := event.Event{Kind: event.TrackEnd, Hour: name, Track: "t", Place: i + 1, PlannedMS: ms, MS: ms, Reason: event.Completed}
				chance := skips
				if adjusted {
					chance *= .7
				}
				switch x := r.Float64(); {
				case x < chance:
					e.Reason, e.MS = event.Skipped, r.Int64N(60_000)
				case x < chance+.02:
					e.Reason, e.MS = event.Stopped, r.Int64N(ms)
				case x < chance+.03:
					e.Reason, e.MS = event.Unknown, r.Int64N(ms)
				case x < chance+.04:
					e.Reason, e.MS = event.Skipped, -1
				case x < chance+.05:
					e.MS = -1
				case x < chance+.06:
					e.Reason, e.PlannedMS = event.Interrupted, 0
				}
				now = now.Add(time.Duration(max(0, e.MS)) * time.Millisecond)
				e.At = now
				add(e)
				if e.Reason == event.Stopped && r.IntN(2) == 0 {
					break
				}
			}
		}
		if r.IntN(10) < 5 {
			add(event.Event{Kind: event.CheckInAfter, At: now.Add(time.Minute), Hour: name, Cell: cell()})
		}
		for range min(2, r.IntN(5)) {
			feel := max(-2, min(2, r.IntN(7)-2-r.IntN(2)))
			add(event.Event{Kind: event.Reflection, At: now.Add(time.Duration(r.IntN(120)) * time.Second), Hour: name, Feel: &feel})
		}
		if r.IntN(6) == 0 {
			ms := 60_000 + r.Int64N(200_000)
			add(event.Event{Kind: event.TrackStart, At: now, Track: "u", PlannedMS: ms})
			add(event.Event{Kind: event.TrackEnd, At: now.Add(time.Duration(ms) * time.Millisecond), Track: "u", PlannedMS: ms, MS: ms, Reason: event.Completed})
		}
		if len(block) >= blockHours*20 {
			flush()
		}
	}
	flush()
}
