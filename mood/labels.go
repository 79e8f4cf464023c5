package mood

import "segue"

// Labels are what people say of some tracks of a catalogue: what a supervised model
// is fitted to, and every model is held against. Row, At, Mood and Group are parallel.
type Labels struct {
	Source string // where they come from, for people: a file's name
	Hash   string // content hash of what was joined, hexadecimal

	Row []int32 // of the catalogue, ascending, each once

	// At is valence and arousal in the table's own units less the point that parts
	// pleasant from unpleasant and energetic from quiet in them; NaN where not said.
	At []segue.Affect

	// Mood is the one that was named, or else the quadrant of At; Mixed where neither
	// says one.
	Mood []segue.Mood

	// Group numbers the main artist: tracks of one are resampled together, and never
	// lie on both sides of a fit and its test.
	Group []int32
}

// Len returns the number of labelled tracks.
func (l *Labels) Len() int { return len(l.Row) }

// A Prediction is what a model says of labelled tracks, in their order.
type Prediction struct {
	Name string // of the model, for people

	Mood        []segue.Mood       // Mixed where it says none
	Probability []segue.Membership // of the four moods, each row sums to 1; nil if the model gives none
	At          []segue.Affect     // [0, 1]; not Known where it says none; nil if the model places nothing
}
