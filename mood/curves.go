package mood

import (
	"context"
	"fmt"
	"math"
	"slices"

	"segue"
)

// KNote says what the number of clusters is; it is shown wherever k is.
const KNote = "k = 4 is a product choice, one cluster for each named mood; the data do not single it out (see the curves)."

// noteOf is KNote for a training with k clusters, which may not be four.
func noteOf(k int) string {
	if k == DefaultK {
		return KNote
	}
	return fmt.Sprintf("k = %d was asked for. %s", k, KNote)
}

// MaxCurveK is the largest k a curve may be asked up to.
const MaxCurveK = 50

// CurveOptions say what Curves computes. The zero value of every field is a
// usable default.
type CurveOptions struct {
	Features []segue.Feature // clustered, standardized; empty means DefaultFeatures
	KMax     int             // 2…MaxCurveK; 0 means 10
	Seed     uint64

	// References is with how many tables without clusters to compare, for the gap
	// statistic: 2 or more, as its error is their spread; 0 leaves it out.
	References int

	Progress segue.Progress // told after every fit; may be nil

	// Have is what an earlier call with the same catalogue and options gave to
	// Keep: it is not computed again, and the curves are the same bytes as in one
	// go. Parts beyond KMax or References are passed over.
	Have []CurvePart

	// Keep is given every part as soon as it is computed, one at a time, in no
	// order; may be nil.
	Keep func(CurvePart)
}

// DefaultReferences is a usual number of tables for the gap statistic.
const DefaultReferences = 10

// CurveSet shows how the algorithms' own criteria, and the separation of their
// clusters, move with the number of clusters: what a choice of k is made from.
type CurveSet struct {
	N              int             `json:"n"`               // tracks with all the features
	Rows           int             `json:"rows"`            // of those, how many were fitted
	Sampled        bool            `json:"sampled"`         // Rows < N
	SilhouetteRows int             `json:"silhouette_rows"` // of Rows, on how many silhouettes are measured, against all of Rows
	Features       []segue.Feature `json:"features"`
	KMeans         []ElbowPoint    `json:"kmeans"` // k = 1…kmax
	GMM            []BICPoint      `json:"gmm"`    // k = 1…kmax
	FCM            []FPCPoint      `json:"fcm"`    // k = 2…kmax
	Gap            *Gap            `json:"gap"`    // null if not asked for, or undefined: with no more than kmax distinct tracks
	Suggested      Suggested       `json:"suggested"`
	Note           string          `json:"note"` // KNote
}

// ElbowPoint is k-means at one k.
type ElbowPoint struct {
	K       int          `json:"k"`
	Inertia segue.Number `json:"inertia"` // of Rows tracks; falls with k
	Width
}

// BICPoint is the mixture, with full covariances, at one k; low is good.
type BICPoint struct {
	K             int          `json:"k"`
	BIC           segue.Number `json:"bic"`
	AIC           segue.Number `json:"aic"`
	LogLikelihood segue.Number `json:"log_likelihood"` // of Rows tracks together; rises with k
	Width
}

// FPCPoint is fuzzy c-means at one k.
type FPCPoint struct {
	K         int          `json:"k"`
	FPC       segue.Number `json:"fpc"`       // partition coefficient, [1/k, 1], high is crisp; falls with k almost always
	Objective segue.Number `json:"objective"` // what it minimizes, of Rows tracks; falls with k
	Width
}

// Width is the mean silhouette of the clusters at one k; missing where there is
// none, as at k = 1.
type Width struct {
	Silhouette         segue.Number `json:"silhouette"`          // [−1, 1]
	SilhouetteInterval *Range       `json:"silhouette_interval"` // 95 %, of measuring a sample of the tracks; null if all fitted were measured
}

// Gap says how much closer tracks are to the centers of k-means than they would be
// if they lay evenly in the box around them: high where clusters are real.
//
// Reference: Tibshirani, Walther & Hastie 2001, doi:10.1111/1467-9868.00293.
type Gap struct {
	References int        `json:"references"` // tables without clusters
	Rows       int        `json:"rows"`       // tracks in each, and of the catalogue
	Points     []GapPoint `json:"points"`     // k = 1…kmax
}

// GapPoint is the gap at one k.
type GapPoint struct {
	K         int          `json:"k"`
	Gap       segue.Number `json:"gap"`       // reference − log_w
	S         segue.Number `json:"s"`         // its standard error
	LogW      segue.Number `json:"log_w"`     // natural logarithm of the tracks' inertia
	Reference segue.Number `json:"reference"` // mean of the same over the references
}

// Suggested is the k each criterion would choose; they rarely agree, which is
// the point of showing all. 0 where a criterion chooses none.
type Suggested struct {
	KMeans struct {
		Elbow      int `json:"elbow"`      // farthest below the chord of the inertia curve
		Silhouette int `json:"silhouette"` // highest silhouette
		Gap        int `json:"gap"`        // smallest k whose gap is no worse than the next but for its error
		GapBest    int `json:"gap_best"`   // largest gap
	} `json:"kmeans"`
	GMM struct {
		BIC    int  `json:"bic"`     // lowest BIC
		AIC    int  `json:"aic"`     // lowest AIC
		AtEdge bool `json:"at_edge"` // the BIC is lowest at kmax, still falling: it chooses no k of the range
	} `json:"gmm"`
	FCM struct {
		FPC int `json:"fpc"` // highest FPC
	} `json:"fcm"`
}

// Curves fits every k from 1 to KMax by each algorithm, in the standardized
// space of the features, on all tracks that have them or, of more than 20,000,
// on that many drawn by the seed. The algorithms share their work: one seeding of
// k-means++ serves every k by its first k centers, and the mixture and fuzzy
// c-means go on from where k-means ended. They make fewer starts and iterations
// than in Train, so a point may lie a little above the best that Train would find.
// KMax is lowered to the number of tracks.
//
// Errors are those of Train; segue.ErrUsage for KMax outside 2…MaxCurveK or
// References that are negative or 1.
func Curves(ctx context.Context, c *segue.Catalog, o CurveOptions) (*CurveSet, error) {
	if len(o.Features) == 0 {
		o.Features = DefaultFeatures()
	}
	if err := checkFeatures(o.Features); err != nil {
		return nil, err
	}
	if o.KMax == 0 {
		o.KMax = 10
	}
	if o.KMax < 2 || o.KMax > MaxCurveK {
		return nil, fmt.Errorf("mood: %w: curves up to k = %d; ask for 2 to %d", segue.ErrUsage, o.KMax, MaxCurveK)
	}
	if o.References < 0 || o.References == 1 {
		return nil, fmt.Errorf("mood: %w: %d reference tables; ask for 0, or 2 or more", segue.ErrUsage, o.References)
	}
	s, err := newSpace(c, o.Features, 2)
	if err != nil {
		return nil, err
	}
	x := s.x.Select(draw(len(s.rows), curveRows, o.Seed, streamCurveRows))
	out := &CurveSet{N: len(s.rows), Features: o.Features, Note: KNote}
	out.Rows, _ = x.Dims()
	out.Sampled = out.Rows < out.N
	o.KMax = min(o.KMax, out.Rows)
	if err := out.sweep(ctx, x, o); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("mood: %w", err)
	}
	return out, ctx.Err()
}

// suggest reads the k off every curve but the gap's, which has its own rule.
func (s *CurveSet) suggest() Suggested {
	var inertia []float64
	for _, p := range s.KMeans {
		inertia = append(inertia, float64(p.Inertia))
	}
	var out Suggested
	out.KMeans.Elbow = elbow(inertia)
	out.KMeans.Silhouette = best(s.KMeans, func(p ElbowPoint) (int, segue.Number) { return p.K, -p.Silhouette })
	out.GMM.BIC = best(s.GMM, func(p BICPoint) (int, segue.Number) { return p.K, p.BIC })
	out.GMM.AIC = best(s.GMM, func(p BICPoint) (int, segue.Number) { return p.K, p.AIC })
	out.GMM.AtEdge = len(s.GMM) > 1 && out.GMM.BIC == s.GMM[len(s.GMM)-1].K
	out.FCM.FPC = best(s.FCM, func(p FPCPoint) (int, segue.Number) { return p.K, -p.FPC })
	return out
}

// best returns the k with the lowest value, the least k of equals; 0 if none.
func best[P any](points []P, of func(P) (int, segue.Number)) int {
	k, least := 0, segue.Number(math.Inf(1))
	for _, p := range points {
		if at, v := of(p); v < least {
			k, least = at, v
		}
	}
	return k
}

// elbow returns the k, counting from 1, at which a falling curve lies farthest
// below the straight line between its ends; 0 if it nowhere does, or has fewer
// than three points. Where both axes are scaled to [0, 1] this is the distance to
// the chord, up to a constant.
//
// Reference: Satopää, Albrecht, Irwin & Raghavan 2011, doi:10.1109/ICDCSW.2011.20.
func elbow(curve []float64) int {
	if len(curve) < 3 || !slices.ContainsFunc(curve, func(v float64) bool { return v != curve[0] }) {
		return 0
	}
	last := len(curve) - 1
	k, deepest := 0, 0.0
	for i, v := range curve {
		chord := curve[0] + (curve[last]-curve[0])*float64(i)/float64(last)
		if below := chord - v; below > deepest {
			k, deepest = i+1, below
		}
	}
	return k
}
