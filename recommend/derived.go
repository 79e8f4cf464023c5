package recommend

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"segue/outcome/event"
	"segue/playlist"
)

// A Derivation says whose records Derive makes, and of which hour.
type Derivation struct {
	Listener string // a pseudonym
	Hour     string // id of the playlist; empty for HourID of it
}

// HourID returns an id for a playlist that brings none: the same for the same tracks in
// the same order, by their ids, or by artist and title.
func HourID(tracks []playlist.Track) string {
	h := sha256.New()
	for _, t := range tracks {
		fmt.Fprintf(h, "%q\n", trackID(t.ID, t.Title, t.Artists))
	}
	return "x-" + hex.EncodeToString(h.Sum(nil)[:16])
}

// trackID returns the id of a track, or one made of its names where it has none that
// records can hold.
func trackID(id, title string, artists []string) string {
	if id != "" && len(id) <= event.MaxName {
		return id
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q", id, title, artists))
	return "x-" + hex.EncodeToString(sum[:16])
}

// Derive makes records of what a later history tells of a playlist: those that
// playlist.Played found, of which it has a playlist_start for each occasion, and a
// track_start and a track_end for each play. Their ids are made of what they say
// (event.DerivedID), so that deriving them again, of the same or a longer history, adds
// nothing to those that are kept.
//
// Why a track ended an export says in part: completed, or skipped; else the reason is
// unknown, with the time heard, if that is known. A hearing that a player reported itself
// should not be derived besides: its records have other ids.
//
// dropped counts what cannot be a record: of before 2000, or a listener or hour that is
// no id.
func Derive(h *playlist.Hearing, tracks []playlist.Track, of Derivation) (events []event.Event, dropped int) {
	if of.Hour == "" {
		of.Hour = HourID(tracks)
	}
	for _, o := range h.Occasions {
		nth := map[string]int{} // of one moment, kind and place
		for _, e := range o.Events {
			_, offset := e.At.Zone()
			r := event.Event{
				Schema: event.Schema, Listener: of.Listener, Kind: event.Kind(e.Kind), At: e.At.UTC().Truncate(time.Millisecond), Offset: offset / 60,
				Source: event.Export, Hour: of.Hour,
			}
			if e.Kind == playlist.PlaylistStart {
				if h.Lengths == h.Tracks {
					r.PlannedMS = h.PlannedMS
				}
			} else {
				t := o.Tracks[e.Place-1]
				r.Track, r.Place, r.PlannedMS = trackID(t.ID, t.Title, t.Artists), e.Place, t.DurationMS
			}
			if e.Kind == playlist.TrackEnd {
				r.Reason, r.MS = reasonOf(e.Reason), -1
				if e.MS != nil && *e.MS <= event.MaxMS {
					r.MS = *e.MS
				}
			}
			if r.PlannedMS > event.MaxMS {
				r.PlannedMS = 0
			}
			r.ID = event.DerivedID(r.Listener, r.Hour, r.At, r.Kind, r.Place)
			if nth[r.ID]++; nth[r.ID] > 1 { // two plays that ended in one minute, as exact as some exports are
				r.ID += fmt.Sprint("-", nth[r.ID])
			}
			if r.Validate() != nil {
				dropped++
				continue
			}
			events = append(events, r)
		}
	}
	return events, dropped
}

// reasonOf says why a track ended, as far as what became of it tells.
func reasonOf(s playlist.PlayedState) event.Reason {
	switch s {
	case playlist.StateCompleted:
		return event.Completed
	case playlist.StateSkipped:
		return event.Skipped
	}
	return event.Unknown
}
