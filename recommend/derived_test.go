package recommend_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/outcome/event"
	"segue/playlist"
	"segue/recommend"
)

// The words for what happens are one list, of which playlist.Played tells some.
func TestKindsAreOne(t *testing.T) {
	for a, b := range map[playlist.EventKind]event.Kind{playlist.PlaylistStart: event.PlaylistStart, playlist.TrackStart: event.TrackStart, playlist.TrackEnd: event.TrackEnd} {
		if string(a) != string(b) {
			t.Errorf("%q and %q", a, b)
		}
	}
}

// hearing is a playlist of four tracks, of which the last has no id, and plays of it.
func hearing(t *testing.T, plays int) (*playlist.Hearing, []playlist.Track) {
	t.Helper()
	p := &playlist.Playlist{}
	for i, title := range []string{"One", "Two", "Three", "Four"} {
		track := playlist.Track{ID: fmt.Sprintf("%022d", i), Title: title, Artists: []string{"Ana"}, DurationMS: 200_000}
		if i == 3 {
			track.ID = ""
		}
		p.Tracks = append(p.Tracks, track)
	}
	start := time.Date(2026, 5, 6, 22, 0, 0, 0, time.UTC)
	heard := []time.Duration{200 * time.Second, 12 * time.Second, 100 * time.Second, 200 * time.Second}
	var all []segue.Play
	at := start
	for i, d := range heard[:plays] {
		at = at.Add(d)
		skipped := segue.No
		if i == 1 {
			skipped = segue.Yes
		}
		all = append(all, segue.Play{Track: segue.TrackRef{ID: p.Tracks[i].ID, Title: p.Tracks[i].Title, Artist: "Ana"}, EndedAt: at, Played: d, Skipped: skipped})
	}
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	h, err := playlist.Played(context.Background(), p, all, playlist.PlayedOptions{Location: lisbon})
	if err != nil || len(h.Occasions) != 1 {
		t.Fatalf("%d occasions: %v", len(h.Occasions), err)
	}
	return h, p.Tracks
}

func TestDerive(t *testing.T) {
	h, tracks := hearing(t, 4)
	events, dropped := recommend.Derive(h, tracks, recommend.Derivation{Listener: "l1", Hour: "h1"})
	var got []string
	for _, e := range events {
		if err := e.Validate(); err != nil || e.Listener != "l1" || e.Hour != "h1" || e.Offset != 60 || e.Source != event.Export || !strings.HasPrefix(e.ID, "x-") {
			t.Errorf("%+v: %v", e, err)
		}
		got = append(got, fmt.Sprint(e.Kind, " ", e.Place, " ", e.At.Format("15:04:05"), " ", e.PlannedMS, " ", e.MS, " ", e.Reason))
	}
	// Heard out; skipped at 12 s; left at half, for a reason that nobody wrote down; heard out.
	if want := []string{
		"playlist_start 0 22:00:00 800000 0 ",
		"track_start 1 22:00:00 200000 0 ", "track_end 1 22:03:20 200000 200000 completed",
		"track_start 2 22:03:20 200000 0 ", "track_end 2 22:03:32 200000 12000 skipped",
		"track_start 3 22:03:32 200000 0 ", "track_end 3 22:05:12 200000 100000 unknown",
		"track_start 4 22:05:12 200000 0 ", "track_end 4 22:08:32 200000 200000 completed",
	}; !reflect.DeepEqual(got, want) || dropped != 0 {
		t.Errorf("%d dropped, got\n%s", dropped, strings.Join(got, "\n"))
	}
	if events[1].Track != tracks[0].ID || !strings.HasPrefix(events[7].Track, "x-") {
		t.Errorf("tracks %q and %q", events[1].Track, events[7].Track)
	}

	// Of a shorter history the same records, so that the longer one adds the rest.
	h, _ = hearing(t, 3)
	shorter, _ := recommend.Derive(h, tracks, recommend.Derivation{Listener: "l1", Hour: "h1"})
	if !reflect.DeepEqual(shorter, events[:7]) {
		t.Errorf("%+v", shorter)
	}
	var d event.Dedupe
	if fresh, err := d.Keep(shorter); err != nil || len(fresh) != 7 {
		t.Error(len(fresh), err)
	}
	if fresh, err := d.Keep(events); err != nil || len(fresh) != 2 {
		t.Error(len(fresh), err)
	}

	// Others' are others, and a playlist that brings no id has one made of its tracks.
	theirs, _ := recommend.Derive(h, tracks, recommend.Derivation{Listener: "l2"})
	if theirs[0].ID == events[0].ID || theirs[0].Hour != recommend.HourID(tracks) || recommend.HourID(tracks) == recommend.HourID(tracks[1:]) {
		t.Errorf("%+v", theirs[0])
	}
	if none, dropped := recommend.Derive(h, tracks, recommend.Derivation{}); len(none) > 0 || dropped != 7 {
		t.Errorf("of nobody: %d, %d dropped", len(none), dropped)
	}
}

// Two plays that begin and end in the same minute are two.
func TestDeriveOfOneMinute(t *testing.T) {
	h, tracks := hearing(t, 4)
	o := &h.Occasions[0]
	o.Events = append(o.Events, o.Events[len(o.Events)-1])
	events, _ := recommend.Derive(h, tracks, recommend.Derivation{Listener: "l1"})
	ids := map[string]bool{}
	for _, e := range events {
		ids[e.ID] = true
	}
	if len(events) != 10 || len(ids) != 10 {
		t.Errorf("%d events, %d ids", len(events), len(ids))
	}
}
