package mood

// A Portrait is what to know of an algorithm when reading its figures beside
// the others'.
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
			Title:      "K-means",
			Clusters:   "Round, of about the same spread in every direction.",
			Membership: "Hard: a track is in one cluster and in no other.",
			Criterion:  "Inertia falls with every further cluster; the bend of its curve, the elbow, is read by eye.",
			Strengths: []string{
				"Fast, on millions of tracks too.",
				"Easy to explain: a cluster is its centre, and a track belongs to the nearest.",
				"Scores high on silhouette and Davies–Bouldin, which look for the same round clusters it makes.",
			},
			Limits: []string{
				"Draws a hard border through music that changes gradually; tracks near it are put on one side as surely as those in the middle.",
				"A long or tilted group is cut into pieces.",
				"Depends on its start: about a quarter of single starts end worse, so the best of several is kept.",
			},
			ReadingNote: "A silhouette means little alone: compare the one on shuffled columns.",
		},
		{
			Algorithm:  GMM,
			Title:      "Gaussian mixture",
			Clusters:   "Ellipsoids of any size and tilt (with full covariance); they may lie across each other.",
			Membership: "Soft: the posterior probability that the track was drawn from each component, if music were a mixture of Gaussians.",
			Criterion:  "BIC and AIC weigh fit against the number of parameters; on real tracks both keep falling past four.",
			Strengths: []string{
				"Memberships are probabilities of a stated model, and small ones are small.",
				"Fits long, tilted and unequal groups.",
				"The likelihood gives BIC and AIC, which compare numbers of clusters without drawing a curve by eye.",
			},
			Limits: []string{
				"Tracks are not Gaussian: with more of them the BIC asks for ever more components.",
				"Scores low on silhouette and Davies–Bouldin, which do not know overlapping ellipsoids: that alone does not make it worse.",
				"Has many parameters and depends on its start: about a third of single starts end worse. Where it stops matters too.",
			},
			ReadingNote: "Judge it by likelihood and stability; its silhouette shows that its clusters overlap.",
		},
		{
			Algorithm:  FCM,
			Title:      "Fuzzy c-means",
			Clusters:   "Round, as with k-means.",
			Membership: "Soft: shares by relative distance to the centres. They are no probabilities: a track far from every centre has equal shares, not small ones.",
			Criterion:  "The partition coefficient (FPC) is highest for the crispest clusters; here that is at two, and it falls from there.",
			Strengths: []string{
				"Says of a track between two clusters that it is between them.",
				"Depends little on its start, and changes little on other samples of tracks.",
				"Centres are close to those of k-means, so it reads as its soft version.",
			},
			Limits: []string{
				"How soft it is, is set by the fuzzifier (2 by custom), not learned.",
				"Outlying tracks pull at every centre.",
				"Slower than k-means; clusters must be round here too.",
			},
			ReadingNote: "Silhouette and Davies–Bouldin see only its hard assignment, which is nearly that of k-means.",
		},
	}
}
