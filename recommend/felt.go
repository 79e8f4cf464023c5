package recommend

import (
	"context"

	"segue/playlist"
	"segue/taste"
)

// TasteOf learns a listener's taste from what they said of tracks, by their ids. other
// counts the corrections of tracks that the catalogue does not have: they are left
// aside, and count again with one that has them. Cost is that of taste.Fit; the first
// call also indexes the catalogue. Errors are those of playlist.NewLibrary, and ctx's.
func (m *Music) TasteOf(ctx context.Context, corrections []taste.Correction) (t *taste.Taste, other int, err error) {
	if len(corrections) == 0 {
		return nil, 0, ctx.Err()
	}
	said, other, err := m.Said(corrections)
	if err != nil {
		return nil, 0, err
	}
	t, err = taste.Fit(ctx, m.Ground(), said)
	return t, other, err
}

// Said finds the rows of corrections, in their order, and counts those of tracks that
// the catalogue does not have. The error is that of playlist.NewLibrary.
func (m *Music) Said(corrections []taste.Correction) (said []taste.Said, other int, err error) {
	all := m
	if m.of != nil {
		all = m.of
	}
	l, err := all.everyones()
	if err != nil {
		return nil, 0, err
	}
	for _, c := range corrections {
		row, ok := l.Row(c.Track)
		if !ok {
			other++
			continue
		}
		said = append(said, taste.Said{Row: row, Correction: c})
	}
	return said, other, nil
}

// As returns the music as a listener with a taste places it: sessions, profiles and
// hours made of it are theirs. Catalogue, model and indexes are shared with m, and m
// itself is returned for a taste that learned nothing, which may be nil. It takes 16
// bytes a track, and its first hour an index of the plane. O(tracks·corrections). It
// panics if t was learned on other music; the only error is ctx's.
func (m *Music) As(ctx context.Context, t *taste.Taste) (*Music, error) {
	if !t.Learned() {
		return m, ctx.Err()
	}
	places, err := t.Places(ctx)
	if err != nil {
		return nil, err
	}
	if len(places) != m.Catalog.Len() {
		panic("recommend: As: the taste is of another catalogue")
	}
	return &Music{Catalog: m.Catalog, Plane: m.Plane, Positions: places, Training: m.Training, chosen: m.chosen, of: m, taste: t}, nil
}

// Taste returns whose places these are, nil for everybody's.
func (m *Music) Taste() *taste.Taste { return m.taste }

// OwnBytes returns how much memory the music takes besides everybody's, without its
// library, about.
func (m *Music) OwnBytes() int {
	if m.of == nil {
		return 0
	}
	return 512 + 16*len(m.Positions) + m.taste.Bytes()
}

// felt returns the library without a listener of music as somebody feels it.
func (m *Music) felt() (*playlist.Library, error) {
	all, err := m.of.everyones()
	if err != nil {
		return nil, err
	}
	return all.FeltAs(playlist.Felt{Positions: m.Positions, Never: m.taste.Bans(), Said: m.taste.Said()})
}
