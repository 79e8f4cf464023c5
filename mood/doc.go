// Package mood places music on the valence–arousal plane and finds groups in
// it.
//
// There are two answers to "what mood is this track", and they are kept apart.
//
// The Plane answers with a position: valence and arousal estimated from audio
// features, as percentiles of a reference catalogue, and from it a membership
// in the four moods that carries the estimate's error (TrackMembership). This
// is what sessions, habits and playlists use.
//
// A Model answers with a cluster: the tracks are divided by k-means, a Gaussian
// mixture or fuzzy c-means in the standardized space of a few features, and one
// rule names the clusters of all three by where their tracks lie on the Plane.
// Train judges each clustering against a null without structure and against
// resampling, because every algorithm cuts any cloud into pieces.
//
// Everything is a pure function of the catalogue, the options and the seed: no
// files, no clock but for the seconds reported, no logging.
package mood
