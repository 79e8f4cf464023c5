package mood

import "segue/language"

// A Portrait is what to know of an algorithm when reading its figures beside
// the others', in English, for language.Tongue.Say.
type Portrait struct {
	Algorithm   string   `json:"algorithm"`
	Title       string   `json:"title"`
	Clusters    string   `json:"clusters"`   // what shape a cluster may have
	Membership  string   `json:"membership"` // what its memberships mean
	Criterion   string   `json:"criterion"`  // what speaks for a k
	Strengths   []string `json:"strengths"`
	Limits      []string `json:"limits"`
	ReadingNote string   `json:"reading_note"` // how its separation scores are to be read
}

// Comparison returns the portraits of all algorithms, in the order of
// Algorithms.
func Comparison() []Portrait {
	return []Portrait{
		{
			Algorithm:  KMeans,
			Title:      language.Text("K-means"),
			Clusters:   language.Text("Round, of about the same spread in every direction."),
			Membership: language.Text("Hard: a track is in one cluster and in no other."),
			Criterion:  language.Text("Inertia falls with every further cluster; the bend of its curve, the elbow, is read by eye."),
			Strengths: []string{
				language.Text("Fast, on millions of tracks too."),
				language.Text("Easy to explain: a cluster is its centre, and a track belongs to the nearest."),
				language.Text("Scores high on silhouette and Davies–Bouldin, which look for the same round clusters it makes."),
			},
			Limits: []string{
				language.Text("Draws a hard border through music that changes gradually; tracks near it are put on one side as surely as those in the middle."),
				language.Text("A long or tilted group is cut into pieces."),
				language.Text("Depends on its start: about a quarter of single starts end worse, so the best of several is kept."),
			},
			ReadingNote: language.Text("A silhouette means little alone: compare the one on shuffled columns."),
		},
		{
			Algorithm:  GMM,
			Title:      language.Text("Gaussian mixture"),
			Clusters:   language.Text("Ellipsoids of any size and tilt (with full covariance); they may lie across each other."),
			Membership: language.Text("Soft: the posterior probability that the track was drawn from each component, if music were a mixture of Gaussians."),
			Criterion:  language.Text("BIC and AIC weigh fit against the number of parameters; on real tracks both keep falling past four."),
			Strengths: []string{
				language.Text("Memberships are probabilities of a stated model, and small ones are small."),
				language.Text("Fits long, tilted and unequal groups."),
				language.Text("The likelihood gives BIC and AIC, which compare numbers of clusters without drawing a curve by eye."),
			},
			Limits: []string{
				language.Text("Tracks are not Gaussian: with more of them the BIC asks for ever more components."),
				language.Text("Scores low on silhouette and Davies–Bouldin, which do not know overlapping ellipsoids: that alone does not make it worse."),
				language.Text("Has many parameters and depends on its start: about a third of single starts end worse. Where it stops matters too."),
			},
			ReadingNote: language.Text("Judge it by likelihood and stability; its silhouette shows that its clusters overlap."),
		},
		{
			Algorithm:  FCM,
			Title:      language.Text("Fuzzy c-means"),
			Clusters:   language.Text("Round, as with k-means."),
			Membership: language.Text("Soft: shares by relative distance to the centres. They are no probabilities: a track far from every centre has equal shares, not small ones."),
			Criterion:  language.Text("The partition coefficient (FPC) is highest for the crispest clusters; here that is at two, and it falls from there."),
			Strengths: []string{
				language.Text("Says of a track between two clusters that it is between them."),
				language.Text("Depends little on its start, and changes little on other samples of tracks."),
				language.Text("Centres are close to those of k-means, so it reads as its soft version."),
			},
			Limits: []string{
				language.Text("How soft it is, is set by the fuzzifier (2 by custom), not learned."),
				language.Text("Outlying tracks pull at every centre."),
				language.Text("Slower than k-means; clusters must be round here too."),
			},
			ReadingNote: language.Text("Silhouette and Davies–Bouldin see only its hard assignment, which is nearly that of k-means."),
		},
	}
}
