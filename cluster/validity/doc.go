// Package validity judges a clustering: how well its clusters are separated,
// whether that beats data without structure, whether it comes back when the
// data are resampled, and which variables it speaks of.
//
// A table x is n×d with one observation per row; a labeling is a slice of n
// labels, label i being the cluster of row i, with 0 ≤ label < n. Labels are
// names: their order means nothing, and a label nobody bears is skipped. With k
// the number of labels borne, every index needs 2 ≤ k ≤ n−1; outside of that it
// is not zero but undefined, and the functions return ErrUndefined. No index
// changes when rows are reordered together with their labels, when clusters are
// renamed, or when x is shifted or multiplied by one number. Columns of differing
// units must be standardized first (package scale): distances add them up.
//
// # The indices
//
//	index               range     better   also undefined
//	silhouette          [−1, 1]   high     never
//	Davies–Bouldin      [0, ∞)    low      two centers in one place
//	Calinski–Harabasz   [0, ∞)    high     no spread within any cluster
//	adjusted Rand       [−½, 1]   high     never
//
// The silhouette of a row is (b − a)/max(a, b), with a the mean distance to the
// other rows of its cluster and b the smallest mean distance to the rows of
// another cluster. It is 0 for a row alone in its cluster, and 0 where a = b = 0.
// Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7.
//
// Davies–Bouldin is the mean over clusters of the worst ratio
// (S_i + S_j)/‖c_i − c_j‖, with S the mean distance of a cluster's rows to its
// center. Davies & Bouldin 1979, doi:10.1109/TPAMI.1979.4766909.
//
// Calinski–Harabasz is (B/(k−1))/(W/(n−k)), with B and W the sums of squares
// between and within clusters: an F ratio, which grows with n, so that it
// compares labelings of one table and not of two.
// Calinski & Harabasz 1974, doi:10.1080/03610927408827101.
//
// The adjusted Rand index counts the pairs of rows on which two labelings agree,
// corrected so that 0 is what chance gives and 1 is the same partition.
// Hubert & Arabie 1985, doi:10.1007/BF01908075.
//
// The gap is how much closer rows lie to the centers of k clusters than rows spread
// evenly over the same box would, in the logarithm of the inertia; the number of
// clusters is where it stops growing.
// Tibshirani, Walther & Hastie 2001, doi:10.1111/1467-9868.00293.
//
// # What an index cannot say
//
// Every algorithm cuts any cloud into pieces, and an index of the pieces is
// positive even where the cloud has none. So a value is read against two
// others: the same index after refitting on PermutedColumns, which keeps every
// variable's distribution and destroys every relation between them; and
// Stability, the agreement of refits on bootstrap resamples. An index computed
// after Project2D describes the projection, not the data, and is called
// projection_2d wherever it is shown.
package validity
