package mood

import (
	"slices"
	"sync"

	"segue"
)

// A CurvePart is a piece of the work of Curves, which can be kept as JSON and
// given back: every algorithm at one k, or, for the gap, k-means at one k of one
// table.
type CurvePart struct {
	K      int         `json:"k"`
	Points *CurvePoint `json:"points,omitempty"`
	Gap    *GapFit     `json:"gap,omitempty"` // where there are no Points
}

// A CurvePoint is the algorithms at one k.
type CurvePoint struct {
	KMeans ElbowPoint `json:"kmeans"`
	GMM    BICPoint   `json:"gmm"`
	FCM    *FPCPoint  `json:"fcm,omitempty"` // from k = 2
}

// A GapFit is k-means on one of the gap's tables.
type GapFit struct {
	Table   int          `json:"table"` // 0 the tracks, 1… the references
	Inertia segue.Number `json:"inertia"`
}

// curveWork is what is done of curves. Its methods are safe for many goroutines.
type curveWork struct {
	o CurveOptions

	mu          sync.Mutex
	points      map[int]CurvePoint
	gaps        map[[2]int]float64 // by table and k
	done, total int64              // fits
}

// newCurveWork takes over what o has; o.KMax is final.
func newCurveWork(o CurveOptions) *curveWork {
	w := &curveWork{o: o, points: map[int]CurvePoint{}, gaps: map[[2]int]float64{}, total: int64(3*o.KMax - 1)}
	if o.References > 0 {
		w.total += int64((o.References + 1) * o.KMax)
	}
	for _, p := range o.Have {
		if p.K < 1 || p.K > o.KMax {
			continue
		}
		switch g := p.Gap; {
		case p.Points != nil && (p.Points.FCM != nil) == (p.K > 1):
			w.points[p.K] = *p.Points
		case g != nil && o.References > 0 && g.Table >= 0 && g.Table <= o.References:
			w.gaps[[2]int{g.Table, p.K}] = float64(g.Inertia)
		}
	}
	for k := range w.points {
		w.done += fitsAt(k)
	}
	w.done += int64(len(w.gaps))
	return w
}

// fitsAt is how many algorithms are fitted at k.
func fitsAt(k int) int64 {
	if k == 1 {
		return 2
	}
	return 3
}

// missing returns every k whose points are to be computed, the longest first.
func (w *curveWork) missing() []int {
	var ks []int
	for k := w.o.KMax; k >= 1; k-- {
		if _, ok := w.points[k]; !ok {
			ks = append(ks, k)
		}
	}
	return ks
}

// step tells of one fit.
func (w *curveWork) step(algorithm string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tell(algorithm)
}

func (w *curveWork) tell(algorithm string) {
	w.done++
	if w.o.Progress != nil {
		w.o.Progress("curve "+algorithm, w.done, w.total)
	}
}

// keep hands on the points of k, whose fits were told of.
func (w *curveWork) keep(k int, p CurvePoint) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.points[k] = p
	if w.o.Keep != nil {
		w.o.Keep(CurvePart{K: k, Points: &p})
	}
}

// gap returns the inertia of a table at k that is there already.
func (w *curveWork) gap(table, k int) (inertia float64, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	inertia, ok = w.gaps[[2]int{table, k}]
	return inertia, ok
}

// keepGap hands on the inertia of a table at k, and tells of it.
func (w *curveWork) keepGap(table, k int, inertia float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gaps[[2]int{table, k}] = inertia
	if w.o.Keep != nil {
		w.o.Keep(CurvePart{K: k, Gap: &GapFit{table, segue.Number(inertia)}})
	}
	w.tell("gap")
}

// lay puts the points in order of k.
func (w *curveWork) lay(s *CurveSet) {
	ks := make([]int, 0, len(w.points))
	for k := range w.points {
		ks = append(ks, k)
	}
	slices.Sort(ks)
	for _, k := range ks {
		p := w.points[k]
		s.KMeans, s.GMM = append(s.KMeans, p.KMeans), append(s.GMM, p.GMM)
		if p.FCM != nil {
			s.FCM = append(s.FCM, *p.FCM)
		}
	}
}

// at puts a width beside each of the algorithms' points.
func (p *CurvePoint) at(widths []Width) {
	p.KMeans.Width, p.GMM.Width = widths[0], widths[1]
	if p.FCM != nil {
		p.FCM.Width = widths[2]
	}
}
