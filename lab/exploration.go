package lab

import (
	"context"

	"segue"
	"segue/catalog"
	"segue/language"
	"segue/mood"
	"segue/recommend"
	"segue/tell"
)

// An Exploration describes a catalogue, as 'segue catalog show' prints it and more.
type Exploration struct {
	*catalog.Report // how it was read; nil, and its keys left out, where nobody knows

	Tracks       int                                          `json:"tracks"`
	Missing      map[string]int                               `json:"missing"` // tracks without a value, by feature
	Features     map[segue.Feature]catalog.Distribution       `json:"features"`
	Correlations map[segue.Feature]map[segue.Feature]*float64 `json:"correlations"`
	Genres       []catalog.GenreCount                         `json:"genres"`
	Version      string                                       `json:"version"` // content hash of the catalogue

	Places  *Places                  `json:"places,omitempty"`  // nil where the tracks were not placed
	Ranking []mood.FeatureImportance `json:"ranking,omitempty"` // of what tells the groups apart; nil without a model
	Model   string                   `json:"model,omitempty"`   // id of that model
	Used    []segue.Feature          `json:"used,omitempty"`    // features it was made from

	at []segue.Affect // of each track
}

// Places say where the tracks of a catalogue lie on the plane.
type Places struct {
	Placed  int                    `json:"placed"` // tracks with a place
	Dropped []segue.Feature        `json:"dropped"`
	Moods   map[segue.Mood]float64 `json:"moods"` // share of the placed by the word of their place, mixed included

	// Cells counts placed tracks by twentieths of the plane: Cells[row][column],
	// energy from the lowest row up, pleasantness from the left. Where percentiles of
	// one catalogue are looked at with its own plane, each row and each column holds a
	// twentieth of the tracks; how they go together is what the cells show.
	Cells [PlaceCells][PlaceCells]int `json:"cells"`
}

// PlaceCells is how many cells the plane has a side.
const PlaceCells = 20

// Explore describes a catalogue. What was said when it was read, and the music with
// its places and its model, may each be nil. Cost is that of catalog.Explore, and
// O(n log n) a feature for the ranking. The only error is ctx's.
func Explore(ctx context.Context, c *segue.Catalog, r *catalog.Report, m *recommend.Music) (*Exploration, error) {
	e := Described(c, r, catalog.Explore(c))
	if m == nil {
		return e, ctx.Err()
	}
	e.at = m.Positions
	e.Places = placesOf(m)
	if model := m.Model(); model != nil {
		var err error
		if e.Ranking, err = m.Ranking(ctx); err != nil {
			return nil, err
		}
		e.Model, e.Used = model.ID, model.Features
	}
	return e, ctx.Err()
}

// Described is Explore for who has explored c before, and asks for no more.
func Described(c *segue.Catalog, r *catalog.Report, s *catalog.Summary) *Exploration {
	e := &Exploration{Report: r, Tracks: s.Tracks, Missing: map[string]int{}, Features: s.Features, Correlations: s.Correlations, Genres: s.Genres, Version: c.Version}
	for f, d := range s.Features {
		e.Missing[f.String()] = d.Missing
	}
	return e
}

func placesOf(m *recommend.Music) *Places {
	p := &Places{Dropped: m.Plane.Dropped, Moods: map[segue.Mood]float64{}}
	counts := map[segue.Mood]int{segue.Mixed: 0}
	for _, mood := range segue.Moods() {
		counts[mood] = 0
	}
	cell := func(v float64) int { return max(0, min(int(v*PlaceCells), PlaceCells-1)) }
	for _, at := range m.Positions {
		if !at.Known() {
			continue
		}
		p.Placed++
		p.Cells[cell(at.Arousal)][cell(at.Valence)]++
		counts[segue.LabelOf(at)]++
	}
	for mood, n := range counts {
		p.Moods[mood] = float64(n) / float64(max(1, p.Placed))
	}
	return p
}

// A Picture is a drawing with its heading and what it shows in words. The id in the
// SVG is unique among the pictures of one thing.
type Picture struct {
	Title string `json:"title"`
	Words string `json:"words"`
	SVG   string `json:"svg"`
}

// summary is the part of the exploration that tell draws.
func (e *Exploration) summary() *catalog.Summary {
	return &catalog.Summary{Tracks: e.Tracks, Features: e.Features, Correlations: e.Correlations, Genres: e.Genres}
}

// Histograms draws how each feature is distributed, in the order of the features.
func (e *Exploration) Histograms(t *language.Tongue) []Picture {
	var out []Picture
	for _, f := range segue.AllFeatures() {
		d := e.Features[f]
		out = append(out, Picture{tell.FeatureTitle(t, f), language.Upper(tell.DistributionWords(t, f, d)) + "; " + tell.MissingWords(t, d), tell.Histogram(t, f, d)})
	}
	return out
}

// Together draws how the features go together.
func (e *Exploration) Together(t *language.Tongue) Picture {
	s := e.summary()
	return Picture{t.Say("How the features go together"), tell.Strongest(t, s), tell.Correlations(t, s)}
}

// Plane draws where the tracks lie; ok is false where they were not placed, or the
// exploration was read back from JSON.
func (e *Exploration) Plane(t *language.Tongue) (p Picture, ok bool) {
	if e.at == nil {
		return Picture{}, false
	}
	words := t.Say("%s of %s tracks have a place.", t.Count(e.Places.Placed), t.Count(e.Tracks))
	if n := len(e.Places.Dropped); n > 0 {
		words += " " + t.Say("It is found without %s, which no track has.", tell.FeatureNames(t, e.Places.Dropped))
	}
	return Picture{t.Say("Where the tracks lie"), words, tell.TracksPlane(t, e.at, "tracks-plane")}, true
}

// Ranked lists what each feature tells of the model's groups.
func (e *Exploration) Ranked(t *language.Tongue) []tell.Line {
	return tell.Ranking(t, e.Ranking, e.Used)
}

// MostGenres lists the genres with most tracks.
func (e *Exploration) MostGenres(t *language.Tongue) []tell.Line { return tell.Genres(t, e.summary()) }
