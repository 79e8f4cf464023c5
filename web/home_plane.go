package web

import (
	"math"

	"segue/chart"
	"segue/language"
)

// welcomePlane is the one picture of the first page: where somebody's listening
// might sit, and a way across. It is nobody's.
func welcomePlane(t *language.Tongue) string {
	var x, y []float64
	cloud := func(v, a, wide, high float64, n int) {
		for i := range n { // evenly around, by the golden angle: no chance, no file
			r, turn := math.Sqrt(float64(i)/float64(n)), 2.399963*float64(i)
			x, y = append(x, v+wide*r*math.Cos(turn)), append(y, a+high*r*math.Sin(turn))
		}
	}
	cloud(.30, .72, .17, .15, 180)
	cloud(.72, .30, .20, .18, 230)
	cloud(.55, .50, .30, .22, 60)
	var way [][2]float64
	for i := range 41 {
		u := float64(i) / 40
		ease := func(u float64) float64 { return 3*u*u - 2*u*u*u }
		way = append(way, [2]float64{.30 + .40*ease(math.Max(0, (u-.2)/.8)), .68 - .38*ease(math.Min(1, u/.8))})
	}
	return chart.DrawPlane(chart.Plane{Big: true, Density: chart.Estimate(x, y, nil, .07, 72).Contours(), Way: way},
		chart.Caption{ID: "welcome", Title: t.Say("The mood plane"), Desc: t.Say("A way from upper left, unpleasant and energetic, to lower right, pleasant and quiet."), In: t})
}
