package recommend

import (
	"context"
	"sync"
	"time"

	"segue"
	"segue/match"
	"segue/matrix"
	"segue/mood"
	"segue/playlist"
	"segue/session"
	"segue/taste"
)

// Music is a catalogue with every track placed on the plane and, if asked for,
// clustered. It is immutable and shared by all listeners, on any number of
// goroutines: what all of them need, the indexes for matching plays and for
// finding tracks, is built when it is first asked for, and once.
type Music struct {
	Catalog   *segue.Catalog
	Plane     *mood.Plane
	Positions []segue.Affect // one a catalogue row; not Known where a track has no place
	Training  *mood.Training // nil unless learned

	chosen *mood.Model // by With or Assign

	of    *Music       // everybody's, whose indexes it shares; nil of everybody's own
	taste *taste.Taste // of whom it is; nil where of is

	indexing sync.Once
	index    *match.Index

	spacing   sync.Once
	ground    taste.Ground
	spaceRows []int32 // the catalogue row of each row of ground.X

	shelving sync.Once
	library  *playlist.Library
	unfit    error // why there is no library
}

// Place places the tracks of a catalogue on the plane: what sessions and
// profiles need, O(n log n). Errors are those of mood.NewPlane.
func Place(c *segue.Catalog) (*Music, error) {
	plane, err := mood.NewPlane(c)
	if err != nil {
		return nil, err
	}
	return &Music{Catalog: c, Plane: plane, Positions: plane.Positions(c)}, nil
}

// Learn clusters a catalogue's tracks and places them. Errors are those of
// mood.Train.
func Learn(ctx context.Context, c *segue.Catalog, o mood.Options) (*Music, error) {
	t, err := mood.Train(ctx, c, o)
	if err != nil {
		return nil, err
	}
	return &Music{Catalog: c, Plane: t.Plane, Positions: t.Positions, Training: t}, nil
}

// Model returns the model used downstream, the chosen one or the first trained, or
// nil.
func (m *Music) Model() *mood.Model {
	if m.chosen != nil {
		return m.chosen
	}
	if m.Training == nil || len(m.Training.Models) == 0 {
		return nil
	}
	return m.Training.Models[0]
}

// Ranking says how much each feature tells of the clusters of Model, the most
// telling first. It panics if the music has no Model.
func (m *Music) Ranking(ctx context.Context) ([]mood.FeatureImportance, error) {
	return mood.Importance(ctx, m.Catalog, m.Model().Labels(m.Catalog))
}

// Library returns the music as an hour for listener l with profile p is made of
// it: with what they know, where there is a history, and their usual mood, where
// its gate is open. Both may be nil. The first call indexes the catalogue,
// O(n log n); then the cost is in proportion to the plays. Errors are those of
// playlist.NewLibrary.
func (m *Music) Library(l *Listener, p *Profile) (*playlist.Library, error) {
	return m.shelf(l, p.leaning())
}

// shelf returns the library of a listener with a leaning.
func (m *Music) shelf(l *Listener, t leaning) (*playlist.Library, error) {
	var heard *playlist.Heard
	if l != nil && l.Listening.Matches != nil {
		heard = playlist.HeardOf(m.Catalog, l.Listening.Plays, l.Listening.Matches)
	}
	return m.libraryFor(heard, t)
}

// libraryFor returns the library of who heard something, nil for nothing, and has a
// taste.
func (m *Music) libraryFor(heard *playlist.Heard, t leaning) (*playlist.Library, error) {
	all, err := m.everyones()
	if err != nil || heard == nil && t.usual == nil {
		return all, err
	}
	return all.For(heard, t.usual)
}

// everyones returns the library without a listener, which the others share.
func (m *Music) everyones() (*playlist.Library, error) {
	m.shelving.Do(func() {
		if m.of != nil {
			m.library, m.unfit = m.felt()
			return
		}
		l := playlist.Library{Catalog: m.Catalog, Positions: m.Positions, PlacementError: m.Plane.PlacementError()}
		l.Space, l.SpaceRows = m.alike()
		m.library, m.unfit = playlist.NewLibrary(l)
	})
	return m.library, m.unfit
}

// alike returns the space in which tracks are neighbours, and the row of each of its
// rows: the model's, else that of the default features; empty where a catalogue has
// none, of one track or one sound.
func (m *Music) alike() (matrix.Columns, []int32) {
	m.Ground()
	return m.ground.X, m.spaceRows
}

// Ground returns the music as corrections of it are learned from: where everybody's
// places are, and which tracks are alike. The first call takes O(tracks).
func (m *Music) Ground() taste.Ground {
	if m.of != nil {
		return m.of.Ground()
	}
	m.spacing.Do(func() {
		g := taste.Ground{Positions: m.Positions, Recording: m.Catalog.Recording, Error: m.Plane.PlacementError(), XRow: make([]int32, m.Catalog.Len())}
		if model := m.Model(); model != nil {
			g.X, m.spaceRows = model.Space(m.Catalog)
		} else if x, rows, err := mood.Space(m.Catalog, mood.DefaultFeatures()); err == nil {
			g.X, m.spaceRows = x, rows
		}
		for i := range g.XRow {
			g.XRow[i] = -1
		}
		for i, row := range m.spaceRows {
			g.XRow[row] = int32(i)
		}
		m.ground = g
	})
	return m.ground
}

// Missing counts the ids that no track of the catalogue bears, each as often as it is
// there. The first call takes O(tracks), others O(ids).
func (m *Music) Missing(ids []string) int {
	l, err := m.everyones()
	if err != nil {
		return len(ids) // no hour can be planned from it, nor looked after
	}
	n := 0
	for _, id := range ids {
		if !l.Has(id) {
			n++
		}
	}
	return n
}

// Beside lays plays of a listener who lives in a zone beside the music, any number of
// them: those of one session are matched as they are among all. A nil m matches none.
// Cost and error are those of Listen.
func (m *Music) Beside(ctx context.Context, plays []segue.Play, zone *time.Location) (session.Listening, error) {
	l := session.Listening{Plays: plays, Location: zone}
	if m == nil {
		return l, nil
	}
	matches, err := m.matcher().All(ctx, plays)
	if err != nil {
		return session.Listening{}, err
	}
	l.Matches, l.Catalog, l.Positions, l.PlacementError = matches, m.Catalog, m.Positions, m.Plane.PlacementError()
	return l, nil
}

// matcher returns the index that finds the tracks of plays.
func (m *Music) matcher() *match.Index {
	if m.of != nil {
		return m.of.matcher()
	}
	m.indexing.Do(func() { m.index = match.NewIndex(m.Catalog) })
	return m.index
}
