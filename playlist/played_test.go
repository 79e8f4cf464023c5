package playlist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segue"
)

// evening is when the hours of these tests begin.
var evening = time.Date(2024, 5, 6, 20, 0, 0, 0, time.UTC)

// hourOf returns a playlist of n tracks of 200 s: a fifth hold, a fifth sustain.
func hourOf(n int) *Playlist {
	p := &Playlist{}
	for i := range n {
		phase := Shift
		if i < n/5 {
			phase = Hold
		} else if i >= n-n/5 {
			phase = Sustain
		}
		p.append(Track{
			ID: fmt.Sprintf("id%020d", i), ISRC: fmt.Sprintf("USRC17%06d", i), Title: word(i) + " Song", Artists: []string{"Artist " + word(i)},
			Album: "Album " + word(i), DurationMS: 200_000, Phase: phase,
		})
	}
	return p
}

// word spells a number so that no two are near each other.
func word(i int) string {
	return strings.Repeat(string(rune('a'+i%26)), 5) + strings.Repeat(string(rune('a'+i/26)), 5)
}

// A listening collects plays as they happen.
type listening struct {
	p     *Playlist
	now   time.Time
	plays []segue.Play
}

func listen(p *Playlist) *listening { return &listening{p: p, now: evening} }

// hear plays a track, from 1, for some seconds, and says no more about it.
func (l *listening) hear(place int, seconds float64) *listening {
	t := l.p.Tracks[place-1]
	return l.play(segue.TrackRef{ID: t.ID, Title: t.Title, Artist: t.Artists[0]}, seconds)
}

func (l *listening) play(t segue.TrackRef, seconds float64) *listening {
	d := time.Duration(math.Round(seconds*1000)) * time.Millisecond
	l.now = l.now.Add(d)
	l.plays = append(l.plays, segue.Play{Track: t, EndedAt: l.now, Played: d})
	return l
}

// through plays tracks to their ends, from one place to another.
func (l *listening) through(from, to int) *listening {
	for i := from; i <= to; i++ {
		l.hear(i, 200)
	}
	return l
}

// other plays n tracks of something else.
func (l *listening) other(n int) *listening {
	for range n {
		l.play(segue.TrackRef{ID: "elsewhere", Title: fmt.Sprint("Else ", len(l.plays)), Artist: "Other"}, 180)
	}
	return l
}

func (l *listening) wait(d time.Duration) *listening {
	l.now = l.now.Add(d)
	return l
}

func (l *listening) hearing(t *testing.T, o PlayedOptions) *Hearing {
	t.Helper()
	h, err := Played(context.Background(), l.p, l.plays, o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func states(o Occasion) string {
	var b strings.Builder
	for _, t := range o.Tracks {
		b.WriteString(map[PlayedState]string{
			StateCompleted: "c", StateHeard: "h", StatePartly: "p", StateSkipped: "s", StatePassed: "-", StateNotReached: ".",
		}[t.State])
	}
	return b.String()
}

// Ten tracks of 200 s. Heard: 1 whole; 2 for 20 s; 4 for 60 s; 3 for 120 s; one
// other track; 5 for 190 s; 6 for 170 s and, after a break of 40 minutes, 30 s more;
// 7 for 10 s, then no more.
//
// By hand: 1, 5 and 6 (200 of 200) are completed, since 80 % of 200 s are 160 s; 3
// lasted more than half but not that: partly; 2 and 4 less than 100 s: skipped, 2
// also before min(30 s, 100 s), and so is 7. Time heard is
// 200 + 20 + 60 + 120 + 190 + 200 + 10 = 800 of 2000 s. The order is
// 1 2 4 3 5 6 7: six of seven in order; of 21 pairs one is turned, τ = 19/21. The
// listener left in track 7, 1200 + 10 s into the plan. Hold is 1–2, shift 3–8,
// sustain 9–10.
func TestPlayedByHand(t *testing.T) {
	l := listen(hourOf(10)).hear(1, 200).hear(2, 20).hear(4, 60).hear(3, 120).other(1).hear(5, 190).hear(6, 170).wait(40*time.Minute).hear(6, 30).hear(7, 10)
	h := l.hearing(t, PlayedOptions{Since: evening})
	if len(h.Occasions) != 1 || h.Tracks != 10 || h.PlannedMS != 2_000_000 || h.Lengths != 10 || h.Plays != 9 || h.Elsewhere != 0 || len(h.Notes) != 0 {
		t.Fatalf("%+v", h)
	}
	o := h.Occasions[0]
	if got := states(o); got != "csps"+"ccs..." {
		t.Errorf("states %s", got)
	}
	want := Tally{Planned: 10, Started: 7, Timed: 7, Completed: 3, Partly: 1, Skipped: 3, Early: 2, NotReached: 3, SkipRate: number(2. / 7)}
	if !reflect.DeepEqual(o.Tally, want) {
		t.Errorf("counts %+v, want %+v", o.Tally, want)
	}
	if o.HeardMS != 800_000 || *o.HeardShare != .4 || o.CompletedShare != .3 || *o.Complete {
		t.Errorf("heard %d ms, %g, completed %g", o.HeardMS, *o.HeardShare, o.CompletedShare)
	}
	if o.Order.N != 7 || o.Order.Kept != 6 || *o.Order.Share != 6./7 || math.Abs(*o.Order.Tau-19./21) > 1e-12 {
		t.Errorf("order %+v, τ %g", o.Order, *o.Order.Tau)
	}
	if o.Left == nil || o.Left.Place != 7 || o.Left.Phase != Shift || o.Left.State != StateSkipped || *o.Left.PlanMS != 1_210_000 {
		t.Errorf("left %+v", o.Left)
	}
	if *o.Reached != Shift || *o.Enough {
		t.Errorf("reached %s, enough %t", *o.Reached, *o.Enough)
	}
	if want := []Break{{After: 3, PauseMS: 180_000, Others: 1}, {After: 6, PauseMS: 2_400_000}}; !reflect.DeepEqual(o.Breaks, want) || o.Others != 1 || o.Repeats != 0 || o.Resumed != 1 {
		t.Errorf("breaks %+v, %d others, %d repeats, %d resumed", o.Breaks, o.Others, o.Repeats, o.Resumed)
	}
	if hold := o.Phases[0]; hold.Phase != Hold || hold.Planned != 2 || hold.Completed != 1 || hold.Early != 1 || *hold.SkipRate != .5 {
		t.Errorf("hold %+v", hold)
	}
	if last := o.Phases[2]; last.Planned != 2 || last.Started != 0 || last.SkipRate != nil {
		t.Errorf("sustain %+v", last)
	}
	if x := o.Tracks[5]; x.Plays != 1 || *x.HeardMS != 200_000 || x.Nth != 6 || x.Rung != "id" || x.Confidence != 1 || *x.StartMS != 1_000_000 {
		t.Errorf("track 6: %+v", x)
	}
	if e := o.Events; len(e) != 1+2*7 || *e[12].MS != 200_000 || e[12].Reason != StateCompleted || !e[12].At.Equal(l.now.Add(-10*time.Second)) || e[0].Kind != PlaylistStart || !e[0].At.Equal(evening) || e[4].Kind != TrackEnd || e[4].Place != 2 || *e[4].MS != 20_000 || e[4].Reason != StateSkipped {
		t.Errorf("events %+v", e)
	}
	if !o.Start.Equal(evening) || !o.End.Equal(l.now) {
		t.Errorf("from %v to %v", o.Start, o.End)
	}
}

func TestPlayedOccasions(t *testing.T) {
	since := evening
	for _, c := range []struct {
		name      string
		l         *listening
		want      []string // states of each occasion
		elsewhere int
		note      string
	}{
		{"twice in a row", listen(hourOf(5)).through(1, 5).through(1, 5), []string{"ccccc", "ccccc"}, 0, ""},
		{"twice, the first time in part", listen(hourOf(5)).through(1, 3).through(1, 5), []string{"ccc..", "ccccc"}, 0, ""},
		{"back to the track before", listen(hourOf(5)).through(1, 2).hear(1, 200).hear(2, 200).through(3, 5), []string{"ccccc"}, 0, ""},
		{"one track again and again", listen(hourOf(5)).hear(1, 200).hear(1, 200).hear(1, 5).through(2, 5), []string{"ccccc"}, 0, ""},
		{"the last again", listen(hourOf(5)).through(1, 5).hear(5, 200), []string{"ccccc"}, 0, ""},
		{"a favourite after the end", listen(hourOf(5)).through(1, 5).hear(3, 200), []string{"ccccc"}, 1, "1 play of its tracks"},
		{"paused for the night", listen(hourOf(6)).through(1, 3).wait(9*time.Hour).through(4, 6), []string{"cccccc"}, 0, ""},
		{"paused in a track", listen(hourOf(6)).through(1, 2).hear(3, 60).wait(9*time.Hour).hear(3, 140).through(4, 6), []string{"cccccc"}, 0, ""},
		{"paused for a day", listen(hourOf(8)).through(1, 4).wait(24*time.Hour).through(5, 8), []string{"cccc....", "----cccc"}, 0, ""},
		{"started over next morning", listen(hourOf(6)).through(1, 3).wait(9*time.Hour).through(1, 6), []string{"ccc...", "cccccc"}, 0, ""},
		{"the first track alone, hours before", listen(hourOf(6)).hear(1, 40).wait(3*time.Hour).through(1, 6), []string{"cccccc"}, 1, "1 play of its tracks"},
		{"the first two, hours before", listen(hourOf(6)).through(1, 2).wait(3*time.Hour).through(1, 6), []string{"cccccc"}, 2, "The beginning alone was played once"},
		{"two other tracks between", listen(hourOf(6)).through(1, 3).other(2).through(4, 6), []string{"cccccc"}, 0, ""},
		{"three, and elsewhere again", listen(hourOf(9)).through(1, 3).other(3).through(6, 9), []string{"ccc......", "-----cccc"}, 0, ""},
		{"an evening of other music between", listen(hourOf(6)).through(1, 3).other(20).through(4, 6), []string{"cccccc"}, 0, ""},
		{"one of its tracks by itself in the pause", listen(hourOf(9)).through(1, 3).other(9).hear(8, 200).other(9).through(4, 9), []string{"ccccccccc"}, 1, "1 play of its tracks stood alone and counts"},
		{"shuffled", listen(hourOf(5)).hear(3, 200).hear(1, 200).hear(5, 200).hear(2, 200).hear(4, 200), []string{"ccccc"}, 0, ""},
		{"two tracks are no hearing", listen(hourOf(5)).through(2, 3), nil, 2, "2 of the 5 tracks were played, but too few of them"},
		{"left after three", listen(hourOf(12)).through(1, 2).hear(3, 5), []string{"ccs........."}, 0, ""},
		{"three from the middle", listen(hourOf(12)).through(5, 7), nil, 3, "3 of the 12 tracks were played, but too few"},
		{"four from the middle, not in order", listen(hourOf(12)).hear(5, 200).hear(9, 200).hear(7, 200).hear(8, 200), nil, 4, "4 of the 12"},
		{"half of it, not in order", listen(hourOf(8)).hear(5, 200).hear(8, 200).hear(7, 200).hear(2, 200), []string{"-c--c-cc"}, 0, ""},
		{"every other one skipped by hand", listen(hourOf(12)).hear(1, 200).hear(2, 3).hear(3, 3).hear(4, 200).hear(6, 4).hear(7, 200), []string{"cssc-sc....."}, 0, ""},
		{"by chance among others", listen(hourOf(5)).hear(1, 200).other(3).hear(4, 200).other(4).hear(3, 200), nil, 3, "3 of the 5 tracks"},
		{"a playlist of one", listen(hourOf(1)).hear(1, 200), []string{"c"}, 0, ""},
		{"a playlist of two", listen(hourOf(2)).hear(1, 10).hear(2, 200), []string{"sc"}, 0, ""},
		{"all skipped", listen(hourOf(5)).hear(1, 1).hear(2, 0).hear(3, 2).hear(4, 0).hear(5, 1), []string{"sssss"}, 0, ""},
		{"nothing of it", listen(hourOf(5)).other(4), nil, 0, "None of the 5 tracks was played; the history ends on 6 May 2024."},
		{"no plays", listen(hourOf(5)), nil, 0, "The history holds no plays."},
	} {
		h := c.l.hearing(t, PlayedOptions{Since: since})
		var got []string
		for _, o := range h.Occasions {
			got = append(got, states(o))
		}
		if !slices.Equal(got, c.want) || h.Elsewhere != c.elsewhere {
			t.Errorf("%s: %q and %d elsewhere, want %q and %d", c.name, got, h.Elsewhere, c.want, c.elsewhere)
		}
		if notes := strings.Join(h.Notes, "\n"); !strings.Contains(notes, c.note) || c.note == "" && notes != "" {
			t.Errorf("%s: notes %q, want %q", c.name, notes, c.note)
		}
		if b, err := json.Marshal(h); err != nil || strings.Contains(string(b), "NaN") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestPlayedOddHistories(t *testing.T) {
	whole := func() *listening { return listen(hourOf(5)).through(1, 5) }

	t.Run("no tracks", func(t *testing.T) {
		if _, err := Played(context.Background(), &Playlist{}, whole().plays, PlayedOptions{}); !errors.Is(err, ErrNoTracks) {
			t.Error(err)
		}
	})
	t.Run("a library", func(t *testing.T) {
		large := &Playlist{Tracks: make([]Track, MaxPlayedTracks+1)}
		for _, o := range []PlayedOptions{{}, {Others: []*Playlist{large}}} {
			p := large
			if o.Others != nil {
				p = hourOf(5)
			}
			if _, err := Played(context.Background(), p, whole().plays, o); !errors.Is(err, ErrTooManyTracks) || !strings.Contains(err.Error(), "501, and at most 500") {
				t.Error(err)
			}
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if h, err := Played(ctx, hourOf(5), whole().plays, PlayedOptions{}); !errors.Is(err, context.Canceled) || h != nil {
			t.Error(h, err)
		}
	})
	t.Run("ends before it was made", func(t *testing.T) {
		h := whole().hearing(t, PlayedOptions{Since: evening.AddDate(0, 1, 0)})
		if h.Plays != 0 || h.First != nil || h.Last == nil || len(h.Notes) != 1 || !strings.Contains(h.Notes[0], "ends on 6 May 2024, before 6 June 2024") {
			t.Errorf("%+v", h)
		}
	})
	t.Run("half a minute of slack", func(t *testing.T) {
		for slack, want := range map[time.Duration]string{30 * time.Second: "ccccc", 2 * time.Minute: "-cccc"} {
			if got := states(whole().hearing(t, PlayedOptions{Since: evening.Add(slack)}).Occasions[0]); got != want {
				t.Errorf("made %v later: %s", slack, got)
			}
		}
	})
	t.Run("twice the same plays", func(t *testing.T) {
		l := whole()
		l.plays = append(l.plays, l.plays...)
		if h := l.hearing(t, PlayedOptions{}); h.Duplicates != 5 || h.Plays != 5 || len(h.Occasions) != 1 || h.Occasions[0].Repeats != 0 {
			t.Errorf("%+v", h)
		}
	})
	t.Run("whole minutes", func(t *testing.T) { // as account exports write ends; order is that of the rows
		l := listen(hourOf(5)).hear(1, 200).hear(2, 3).hear(3, 20).hear(4, 200).hear(5, 200)
		for i := range l.plays {
			l.plays[i].EndedAt = l.plays[i].EndedAt.Truncate(time.Minute)
			l.plays[i].Track.ID = ""
		}
		o := l.hearing(t, PlayedOptions{Since: evening}).Occasions[0]
		if states(o) != "csscc" || *o.Order.Share != 1 || o.Tracks[0].Rung != "artist_title" || o.Overlaps != 0 {
			t.Errorf("%s, %+v", states(o), o)
		}
	})
	t.Run("two players", func(t *testing.T) {
		l := whole()
		for i := range l.plays {
			l.plays[i].EndedAt = evening.Add(time.Duration(200+i) * time.Second)
		}
		h := l.hearing(t, PlayedOptions{})
		if o := h.Occasions[0]; states(o) != "ccccc" || o.Overlaps != 4 || *o.HeardShare != 1 || !strings.Contains(h.Notes[0], "4 plays began before") {
			t.Errorf("%v %+v", h.Notes, o)
		}
	})
	t.Run("scrobbles", func(t *testing.T) {
		l := whole()
		for i := range l.plays {
			l.plays[i].Scrobble, l.plays[i].Played, l.plays[i].EndedAt = true, segue.ScrobbleLength, evening.Add(time.Duration(i)*200*time.Second).Add(segue.ScrobbleLength)
		}
		h := l.hearing(t, PlayedOptions{})
		o := h.Occasions[0]
		if states(o) != "hhhhh" || o.Timed != 0 || o.SkipRate != nil || o.HeardShare != nil || o.Complete != nil || o.CompletedShare != 1 || !*o.Enough || o.Left != nil {
			t.Errorf("%s %+v", states(o), o)
		}
		if len(h.Notes) != 1 || !strings.HasPrefix(h.Notes[0], "For 5 of 5 tracks the history does not say how long") {
			t.Errorf("%q", h.Notes)
		}
		l.plays[0].Scrobble, l.plays[0].Played = false, 200*time.Second
		if o := l.hearing(t, PlayedOptions{}).Occasions[0]; o.Timed != 1 || *o.HeardShare != .2 || o.Complete != nil || *o.SkipRate != 0 {
			t.Errorf("%+v", o)
		}
	})
	t.Run("what the export says of skips", func(t *testing.T) {
		l := listen(hourOf(5)).hear(1, 190).hear(2, 90).hear(3, 10).hear(4, 200).hear(5, 200)
		l.plays[0].Skipped, l.plays[1].Skipped, l.plays[2].Skipped = segue.Yes, segue.No, segue.No
		if o := l.hearing(t, PlayedOptions{}).Occasions[0]; states(o) != "sppcc" || o.Early != 0 {
			t.Errorf("%s, %d early", states(o), o.Early)
		}
	})
	t.Run("lengths unknown", func(t *testing.T) {
		l := whole()
		l.p.Tracks[1].DurationMS = 0
		h := l.hearing(t, PlayedOptions{})
		if o := h.Occasions[0]; h.PlannedMS != 800_000 || h.Lengths != 4 || *o.HeardShare != 1 || o.Complete != nil || o.Tracks[1].StartMS == nil || o.Tracks[2].StartMS != nil {
			t.Errorf("%+v", o)
		}
		if len(h.Notes) != 1 || !strings.HasPrefix(h.Notes[0], "The length of 1 track is unknown") {
			t.Errorf("%q", h.Notes)
		}
	})
	t.Run("no phases", func(t *testing.T) {
		l := whole()
		for i := range l.p.Tracks {
			l.p.Tracks[i].Phase = ""
		}
		h := l.hearing(t, PlayedOptions{})
		if o := h.Occasions[0]; len(o.Phases) != 0 || o.Reached != nil || o.Enough != nil || len(h.Notes) != 1 {
			t.Errorf("%q %+v", h.Notes, o)
		}
	})
	t.Run("nothing to know it by", func(t *testing.T) {
		l := whole()
		l.p.Tracks[3] = Track{ID: "music/4.flac", DurationMS: 200_000}
		h := l.hearing(t, PlayedOptions{})
		if states(h.Occasions[0]) != "ccc-c" || !strings.Contains(strings.Join(h.Notes, " "), "1 track has neither") {
			t.Errorf("%s %q", states(h.Occasions[0]), h.Notes)
		}
	})
	t.Run("a track twice in the list", func(t *testing.T) {
		p := hourOf(5)
		p.Tracks[3] = p.Tracks[1]
		l := listen(p).through(1, 5)
		if o := l.hearing(t, PlayedOptions{}).Occasions[0]; states(o) != "ccccc" || *o.Order.Share != 1 {
			t.Errorf("%s %+v", states(o), o.Order)
		}
		l = listen(p).hear(1, 200).hear(2, 60).hear(2, 140).hear(3, 200)
		if o := l.hearing(t, PlayedOptions{}).Occasions[0]; states(o) != "ccc.." {
			t.Errorf("%s", states(o))
		}
	})
	t.Run("shuffled is no arc", func(t *testing.T) {
		if o := listen(hourOf(5)).hear(5, 200).hear(3, 200).hear(1, 200).hear(4, 200).hear(2, 200).hearing(t, PlayedOptions{}).Occasions[0]; *o.Enough || *o.Reached != Sustain {
			t.Errorf("%+v", o)
		}
		if o := listen(hourOf(5)).through(1, 5).hearing(t, PlayedOptions{}).Occasions[0]; !*o.Enough {
			t.Errorf("%+v", o)
		}
	})
	t.Run("another playlist with the same tracks", func(t *testing.T) {
		small, large := hourOf(10), hourOf(8)
		small.Tracks = small.Tracks[4:] // 5 to 10; the large one has 1 to 8
		l := listen(large).through(1, 8)
		l.p = small
		if h := l.hearing(t, PlayedOptions{}); len(h.Occasions) != 1 || states(h.Occasions[0]) != "cccc.." {
			t.Errorf("by itself: %+v", h)
		}
		h := l.hearing(t, PlayedOptions{Others: []*Playlist{large}})
		if len(h.Occasions) != 0 || h.OfOthers != 1 || h.Elsewhere != 4 || len(h.Notes) != 1 || !strings.HasPrefix(h.Notes[0], "1 occasion is left out") {
			t.Errorf("beside: %+v", h)
		}
		l.p = large
		if h := l.hearing(t, PlayedOptions{Others: []*Playlist{small, large}}); len(h.Occasions) != 1 || h.OfOthers != 0 {
			t.Errorf("the one that was heard: %+v", h)
		}
		// The same tracks in another order: whose order was kept?
		turned := hourOf(8)
		slices.Reverse(turned.Tracks)
		l.p = turned
		if h := l.hearing(t, PlayedOptions{Others: []*Playlist{large}}); h.OfOthers != 1 {
			t.Errorf("turned: %+v", h)
		}
	})
	t.Run("a new limit", func(t *testing.T) {
		if h := listen(hourOf(5)).hear(1, 50).hearing(t, PlayedOptions{Least: 1}); len(h.Occasions) != 1 || h.Occasions[0].Order.Share != nil {
			t.Errorf("%+v", h)
		}
	})
}

// Plays are recognised by id, then ISRC, then names, each with its confidence; a
// catalogue adds lengths, names and the other ids of a recording.
func TestPlayedRecognises(t *testing.T) {
	l := listen(hourOf(5)).through(1, 5)
	refs := []segue.TrackRef{
		{ID: l.p.Tracks[0].ID, Title: "another name"},
		{ID: "unknown", ISRC: "us-rc1-7000001", Title: "x"},
		{Title: l.p.Tracks[2].Title, Artist: l.p.Tracks[2].Artists[0], Album: l.p.Tracks[2].Album},
		{Title: l.p.Tracks[3].Title + " - 2011 Remaster", Artist: l.p.Tracks[3].Artists[0]},
		{Title: l.p.Tracks[4].Title + "s", Artist: l.p.Tracks[4].Artists[0]},
	}
	for i, ref := range refs {
		l.plays[i].Track = ref
	}
	h := l.hearing(t, PlayedOptions{})
	var rungs []string
	for _, x := range h.Occasions[0].Tracks {
		rungs = append(rungs, fmt.Sprintf("%s %.2f", x.Rung, x.Confidence))
	}
	if want := []string{"id 1.00", "id 1.00", "artist_title_album 0.98", "plain_title 0.90", "near_title 0.75"}; !slices.Equal(rungs, want) {
		t.Errorf("%q", rungs)
	}
	if h.ByRung["id"] != 2 || h.ByRung["unmatched"] != 0 {
		t.Errorf("%v", h.ByRung)
	}

	// A file of bare ids, and a reissue heard under another id and name.
	table := newTable()
	for i, x := range l.p.Tracks {
		table.add(x.ID, x.Title, x.Album, x.Artists, 200_000, segue.Features{})
		l.p.Tracks[i] = Track{ID: x.ID}
	}
	table.add("reissue", "Wholly renamed", "", []string{"Artist"}, 210_000, segue.Features{})
	table.c.Recording[5] = 1
	l = listen(l.p)
	for i := range 5 {
		ref := segue.TrackRef{Title: table.c.Title[i], Artist: table.c.Artists.First(i)}
		if i == 1 {
			ref = segue.TrackRef{ID: "reissue", Title: "Wholly renamed", Artist: "Artist"}
		}
		l.play(ref, 200)
	}
	if h := l.hearing(t, PlayedOptions{}); len(h.Occasions) != 0 {
		t.Errorf("recognised without names: %+v", h.Occasions[0])
	}
	h = l.hearing(t, PlayedOptions{Catalog: &table.c})
	if len(h.Occasions) != 1 || states(h.Occasions[0]) != "ccccc" || *h.Occasions[0].HeardShare != 1 || h.Occasions[0].Tracks[2].Title == "" || l.p.Tracks[2].Title != "" {
		t.Errorf("%+v", h)
	}
}

// drawn is a history: planned tracks in some order, other music, pauses, skips,
// scrobbles.
func drawn(t *rapid.T, p *Playlist) *listening {
	l := listen(p)
	place := 0
	for range rapid.IntRange(0, 60).Draw(t, "plays") {
		switch rapid.IntRange(0, 11).Draw(t, "what") {
		case 0:
			l.other(rapid.IntRange(1, 4).Draw(t, "others"))
			continue
		case 1:
			l.wait(time.Duration(rapid.IntRange(0, 800).Draw(t, "minutes")) * time.Minute)
			continue
		case 2:
			place = rapid.IntRange(0, len(p.Tracks)-1).Draw(t, "place")
		case 3: // the same again
		default:
			place = (place + 1) % len(p.Tracks)
		}
		l.hear(place+1, float64(rapid.SampledFrom([]int{1, 20, 60, 110, 159, 160, 200, 260}).Draw(t, "seconds")))
		last := &l.plays[len(l.plays)-1]
		last.Skipped = rapid.SampledFrom([]segue.Tristate{segue.Unknown, segue.Unknown, segue.No, segue.Yes}).Draw(t, "skipped")
		last.Scrobble = rapid.IntRange(0, 9).Draw(t, "scrobble") == 0
	}
	return l
}

func TestPlayedLaws(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := hourOf(rapid.IntRange(1, 12).Draw(rt, "n"))
		if rapid.Bool().Draw(rt, "twice") {
			p.Tracks[len(p.Tracks)-1] = p.Tracks[0]
		}
		l := drawn(rt, p)
		before := slices.Clone(l.plays)
		h, err := Played(context.Background(), p, l.plays, PlayedOptions{Since: evening})
		if err != nil {
			rt.Fatal(err)
		}
		if !reflect.DeepEqual(before, l.plays) {
			rt.Fatal("the plays were changed")
		}
		lawful(rt, h)

		// What was played before the playlist was made changes nothing.
		early := listen(p).through(1, len(p.Tracks)).other(3)
		for i := range early.plays {
			early.plays[i].EndedAt = early.plays[i].EndedAt.AddDate(0, 0, -1)
		}
		again, err := Played(context.Background(), p, append(early.plays, l.plays...), PlayedOptions{Since: evening})
		if err != nil {
			rt.Fatal(err)
		}
		if len(l.plays) > 0 && !reflect.DeepEqual(again, h) {
			rt.Fatalf("with earlier plays %+v, without %+v", again, h)
		}

		// Nor does the order in which plays come.
		mixed := slices.Clone(l.plays)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		moments := map[time.Time]bool{}
		for _, p := range mixed {
			moments[heardAt(p)] = true
		}
		if len(moments) == len(mixed) { // no two at one moment, for which the order of rows decides
			if got, err := Played(context.Background(), p, mixed, PlayedOptions{Since: evening}); err != nil || !reflect.DeepEqual(got, h) {
				rt.Fatalf("in another order %+v, %v; before %+v", got, err, h)
			}
		}
	})
}

// lawful checks what holds of every hearing.
func lawful(t *rapid.T, h *Hearing) {
	unit := func(name string, v *float64, lo float64) {
		if v != nil && !(*v >= lo && *v <= 1) {
			t.Fatalf("%s is %g", name, *v)
		}
	}
	planned := h.Elsewhere
	for _, o := range h.Occasions {
		unit("heard share", o.HeardShare, 0)
		unit("completed share", &o.CompletedShare, 0)
		unit("skip rate", o.SkipRate, 0)
		unit("order", o.Order.Share, 0)
		unit("tau", o.Order.Tau, -1)
		c := o.Tally
		if c.Completed+c.Unclear+c.Partly+c.Skipped != c.Started || c.Started+c.Passed+c.NotReached != c.Planned || c.Planned != h.Tracks || c.Early > c.Skipped || c.Timed > c.Started {
			t.Fatalf("counts do not add up: %+v", c)
		}
		var sum Tally
		for _, p := range o.Phases {
			sum.Planned, sum.Started, sum.Skipped = sum.Planned+p.Planned, sum.Started+p.Started, sum.Skipped+p.Skipped
		}
		if sum.Planned != c.Planned || sum.Started != c.Started || sum.Skipped != c.Skipped {
			t.Fatalf("phases add up to %+v, not %+v", sum, c)
		}
		if o.End.Before(o.Start) || o.Started+o.Repeats != (len(o.Events)-1)/2 || o.Order.N != o.Started {
			t.Fatalf("%+v", o)
		}
		planned += o.Started + o.Repeats + o.Resumed
	}
	recognised := 0
	for rung, n := range h.ByRung {
		if rung != segue.Unmatched.String() {
			recognised += n
		}
	}
	if planned != recognised {
		t.Fatalf("%d plays on occasions and elsewhere, %d recognised", planned, recognised)
	}
}

// TestPlayedExactly: who plays just the plan has heard all of it, in order.
func TestPlayedExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := hourOf(rapid.IntRange(1, 40).Draw(t, "n"))
		l := listen(p)
		for i := range p.Tracks {
			p.Tracks[i].DurationMS = rapid.Int64Range(30_000, 600_000).Draw(t, "ms")
			l.hear(i+1, float64(p.Tracks[i].DurationMS)/1000)
		}
		h, err := Played(context.Background(), p, l.plays, PlayedOptions{Since: evening})
		if err != nil || len(h.Occasions) != 1 {
			t.Fatalf("%v %+v", err, h)
		}
		o := h.Occasions[0]
		if *o.HeardShare != 1 || o.CompletedShare != 1 || *o.SkipRate != 0 || o.Left != nil || !*o.Complete || o.Order.Kept != len(p.Tracks) || o.Order.Tau != nil && *o.Order.Tau != 1 || len(o.Breaks) != 0 {
			t.Fatalf("%+v", o)
		}
	})
}

// TestOrderAgrees sets the longest rise and τ beside their definitions.
func TestOrderAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		places := rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}).Draw(t, "order")[:rapid.IntRange(1, 10).Draw(t, "n")]
		best := 0
		for set := range 1 << len(places) { // every subsequence
			var chosen []int
			for i, p := range places {
				if set>>i&1 == 1 {
					chosen = append(chosen, p)
				}
			}
			if slices.IsSorted(chosen) {
				best = max(best, len(chosen))
			}
		}
		o := orderOf(places)
		if o.Kept != best {
			t.Fatalf("%v: %d, by trying all %d", places, o.Kept, best)
		}
		if o.N < LeastOrder {
			if o.Tau != nil || o.Share != nil {
				t.Fatalf("%v: an order of %d tracks", places, o.N)
			}
			return
		}
		score, pairs := 0, 0
		for i := range places {
			for j := range i {
				pairs++
				if places[j] < places[i] {
					score++
				} else {
					score--
				}
			}
		}
		if math.Abs(*o.Tau-float64(score)/float64(pairs)) > 1e-12 {
			t.Fatalf("%v: τ %g, by counting %g", places, *o.Tau, float64(score)/float64(pairs))
		}
	})
}

// TestRunsAgree sets the runs beside the definition in Played's comment, written
// down for playlists without repeats: each play asks anew what it belongs to.
func TestRunsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := hourOf(rapid.IntRange(1, 8).Draw(t, "n"))
		l := drawn(t, p)
		counted, _ := countedPlays(l.plays, time.Time{})
		known := newRecogniser(p.Tracks, nil)
		var planned []plannedPlay
		for i, play := range counted {
			for place, x := range p.Tracks {
				if play.Track.ID == x.ID {
					planned = append(planned, plannedPlay{Play: play, index: i, places: []int{place}})
				}
			}
		}
		var got [][]int
		for _, r := range join(runs(planned, len(p.Tracks)), known.tracks) {
			var of []int
			for _, p := range r.plays {
				of = append(of, p.index)
			}
			got = append(got, of)
		}
		if want := slowRuns(planned, p.Tracks); !reflect.DeepEqual(got, want) {
			t.Fatalf("runs %v, by definition %v", got, want)
		}
	})
}

func slowRuns(plays []plannedPlay, tracks []Track) [][]int {
	different := func(of []plannedPlay) int {
		set := map[int]bool{}
		for _, p := range of {
			set[p.places[0]] = true
		}
		return len(set)
	}
	among := func(of []plannedPlay, place int) bool {
		return slices.ContainsFunc(of, func(p plannedPlay) bool { return p.places[0] == place })
	}
	// Which plays begin a new run at sight.
	var sight [][]plannedPlay
	for i, p := range plays {
		begins := i == 0
		if !begins {
			own, last := sight[len(sight)-1], plays[i-1]
			place := p.places[0]
			starts := p.EndedAt.Add(-p.Played)
			begins = starts.Sub(last.EndedAt) >= 30*time.Minute || p.index-last.index > 3 ||
				place != last.places[0] && (different(own) == len(tracks) || place == own[0].places[0] && different(own) >= 3)
		}
		if begins {
			sight = append(sight, nil)
		}
		sight[len(sight)-1] = append(sight[len(sight)-1], p)
	}
	// Which of them go on where another stopped.
	var out [][]plannedPlay
	for _, run := range sight {
		to := -1
		for i, r := range out {
			last := r[len(r)-1]
			place := run[0].places[0]
			next := place == last.places[0]+1 && !among(r, place)
			unfinished := place == last.places[0] && different(r) > 1 &&
				(!completed(last.Play, 200*time.Second) || !last.Scrobble && !run[0].Scrobble && last.Played+run[0].Played <= 202*time.Second)
			if run[0].EndedAt.Add(-run[0].Played).Sub(last.EndedAt) < 12*time.Hour && (next || unfinished) {
				to = i // the latest such
			}
		}
		if to < 0 {
			out = append(out, run)
		} else {
			out[to] = append(slices.Clone(out[to]), run...)
		}
	}
	var indices [][]int
	for _, r := range out {
		var of []int
		for _, p := range r {
			of = append(of, p.index)
		}
		indices = append(indices, of)
	}
	return indices
}

func BenchmarkPlayed(b *testing.B) {
	l := listen(hourOf(17))
	for range 5000 {
		l.other(12).through(1, 8)
	}
	b.ResetTimer()
	for b.Loop() {
		if _, err := Played(context.Background(), l.p, l.plays, PlayedOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
