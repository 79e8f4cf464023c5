// Package audit holds what models say of tracks against what people say of them.
//
// Each model is a mood.Prediction: a mood, perhaps probabilities of the four, perhaps a
// place. Run counts, for all of them on the same labelled tracks, how often the moods
// agree (accuracy, balanced accuracy, macro-F1, precision and recall by mood, the
// confusion matrix, the adjusted Rand index), how places go with labelled valence and
// arousal (Pearson, Spearman), and whether probabilities mean what they say (expected
// calibration error, reliability bins, Brier score, log-loss). The same again in each
// genre with enough tracks.
//
// # Intervals
//
// Tracks of one artist sound alike and are labelled alike, so artists are resampled and
// not tracks: each draw takes as many artists as there are, with replacement, and all
// their tracks. Every statistic of every model is computed on the same draws, so that
// the interval of a difference is that of pairs. Ends are percentiles, moved by the bias
// of the draws: a calibration error, a sum of absolute values, is larger in nearly all of
// them than in what was drawn from.
// Below LeastArtists artists there is no interval, and nothing should be claimed.
//
// # Circularity
//
// Labels that somebody made from the same features that the models read tell nothing
// of people. Run looks for rules simple enough to give them away: see Circularity.
package audit
