package stats_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"segue/internal/racetest"
	"segue/outcome/stats"

	"gonum.org/v1/gonum/mat"
)

// dense is the random-intercept model as it is written, with n × n matrices.
type dense struct {
	y    *mat.VecDense
	x, z *mat.Dense // z·z' is 1 within clusters
}

func denseOf(d trialData) dense {
	n := len(d.Post)
	x, zz := mat.NewDense(n, 4, nil), mat.NewDense(n, n, nil)
	for i := range n {
		x.SetRow(i, []float64{1, float64(d.Arm[i]), d.Pre[i], d.Age[i]})
		for j := range n {
			if d.ID[i] == d.ID[j] {
				zz.Set(i, j, 1)
			}
		}
	}
	return dense{mat.NewVecDense(n, d.Post), x, zz}
}

func product(m ...mat.Matrix) *mat.Dense {
	out := mat.DenseCopyOf(m[0])
	for _, next := range m[1:] {
		var p mat.Dense
		p.Mul(out, next)
		out = &p
	}
	return out
}

func inverse(m mat.Matrix) *mat.Dense {
	var out mat.Dense
	if err := out.Inverse(m); err != nil {
		panic(err)
	}
	return &out
}

// variance is V, its inverse, Φ = (X'V⁻¹X)⁻¹ and P = V⁻¹ − V⁻¹XΦX'V⁻¹.
func (d dense) variance(within, between float64) (v, vi, phi, p *mat.Dense) {
	v = mat.DenseCopyOf(d.z)
	v.Scale(between, v)
	for i := range d.y.Len() {
		v.Set(i, i, v.At(i, i)+within)
	}
	vi = inverse(v)
	phi = inverse(product(d.x.T(), vi, d.x))
	p = product(vi, d.x, phi, d.x.T(), vi)
	p.Sub(vi, p)
	return v, vi, phi, p
}

// criterion is −2 log of the restricted likelihood.
func (d dense) criterion(within, between float64) float64 {
	v, vi, _, p := d.variance(within, between)
	logV, _ := mat.LogDet(v)
	logA, _ := mat.LogDet(product(d.x.T(), vi, d.x))
	n, k := d.x.Dims()
	return float64(n-k)*math.Log(2*math.Pi) + logV + logA + product(d.y.T(), p, d.y).At(0, 0)
}

// TestMixedAgainstDense holds the fit to the definitions in n × n matrices: both score
// equations, the criterion, coefficients, Kenward & Roger's errors and degrees of
// freedom, and the ends of the profiles.
func TestMixedAgainstDense(t *testing.T) {
	racetest.Alone(t)
	var want rModels
	readJSON(t, "testdata/models.json", &want)
	for _, name := range []string{"between", "within", "balanced", "boundary"} {
		s := want.Sets[name]
		m := stats.FitMixed(s.Post, s.terms(), s.ID, stats.MixedOptions{})
		d := denseOf(s.trialData)
		within, between := math.Pow(float64(m.Within.Value), 2), math.Pow(float64(m.Between.Value), 2)
		_, vi, phi, p := d.variance(within, between)
		same(t, name+" criterion", m.Criterion, d.criterion(within, between), 1e-10)

		py := product(p, d.y)
		score := func(v mat.Matrix) (float64, float64) {
			return mat.Trace(product(p, v)), product(py.T(), v, py).At(0, 0)
		}
		eye := mat.NewDiagDense(d.y.Len(), nil)
		for i := range d.y.Len() {
			eye.SetDiag(i, 1)
		}
		a, b := score(eye)
		if math.Abs(a/b-1) > 1e-8 {
			t.Errorf("%s: the score of the variance within is off by %.1e", name, a/b-1)
		}
		if a, b = score(d.z); name == "boundary" {
			if a < b {
				t.Errorf("%s: a variance above 0 were likelier", name)
			}
		} else if math.Abs(a/b-1) > 1e-8 {
			t.Errorf("%s: the score of the variance between is off by %.1e", name, a/b-1)
		}

		// Kenward & Roger 1997.
		beta := product(phi, d.x.T(), vi, d.y)
		parts := []mat.Matrix{eye, d.z}
		var first [2]*mat.Dense
		information := mat.NewDense(2, 2, nil)
		for i := range 2 {
			first[i] = product(d.x.T(), vi, parts[i], vi, d.x)
			first[i].Scale(-1, first[i])
			for j := range 2 {
				information.Set(i, j, mat.Trace(product(p, parts[i], p, parts[j]))/2)
			}
		}
		w := inverse(information)
		adjust := mat.NewDense(4, 4, nil)
		for i := range 2 {
			for j := range 2 {
				q := product(d.x.T(), vi, parts[i], vi, parts[j], vi, d.x)
				q.Sub(q, product(first[i], phi, first[j]))
				q.Scale(w.At(i, j), q)
				adjust.Add(adjust, q)
			}
		}
		adjust = product(phi, adjust, phi)
		for j, c := range m.Coefficients {
			what := name + " " + c.Name
			same(t, what, c.Value, beta.At(j, 0), 1e-8)
			same(t, what+" se", c.SE, math.Sqrt(phi.At(j, j)+2*adjust.At(j, j)), 1e-7)
			sum := 0.0
			for i := range 2 {
				for k := range 2 {
					sum += w.At(i, k) * product(phi, first[i], phi).At(j, j) * product(phi, first[k], phi).At(j, j)
				}
			}
			same(t, what+" df", c.DF, 2*phi.At(j, j)*phi.At(j, j)/sum, 1e-6)
		}

		bound := float64(m.Criterion) + 3.841458820694124
		lowest := func(f func(l float64) float64) float64 {
			lo, hi := -12.0, 4.0
			for range 40 {
				x, y := lo+(hi-lo)*.382, lo+(hi-lo)*.618
				if f(x) < f(y) {
					hi = y
				} else {
					lo = x
				}
			}
			return f((lo + hi) / 2)
		}
		check := func(what string, end float64, f func(end float64) float64) {
			if got := f(end); math.Abs(got-bound) > 1e-6 {
				t.Errorf("%s: the profile is %.9f at %s, not %.9f", name, got, what, bound)
			}
		}
		byBetween := func(sd float64) float64 {
			return lowest(func(l float64) float64 { return d.criterion(math.Exp(l), sd*sd) })
		}
		byWithin := func(sd float64) float64 {
			return min(d.criterion(sd*sd, 0), lowest(func(l float64) float64 { return d.criterion(sd*sd, math.Exp(l)) }))
		}
		byICC := func(icc float64) float64 {
			return lowest(func(l float64) float64 { return d.criterion(math.Exp(l), math.Exp(l)*icc/(1-icc)) })
		}
		check("the upper end between", float64(m.Between.Hi), byBetween)
		check("the lower end within", float64(m.Within.Lo), byWithin)
		check("the upper end within", float64(m.Within.Hi), byWithin)
		check("the upper end of the ICC", float64(m.ICC.Hi), byICC)
		if m.Between.Lo > 0 {
			check("the lower end between", float64(m.Between.Lo), byBetween)
			check("the lower end of the ICC", float64(m.ICC.Lo), byICC)
		} else if byBetween(0) > bound {
			t.Errorf("%s: 0 is not in the interval", name)
		}
		if (m.Between.Lo == 0) != (m.ICC.Lo == 0) {
			t.Errorf("%s: the intervals of between and ICC begin at %v and %v", name, m.Between.Lo, m.ICC.Lo)
		}
	}
}

// TestLinearByHand: 1, 3 in the control and 4, 8 in the arm. Classical: s² = (2 + 8)/2,
// se = √(5·(½ + ½)). HC2's is Welch's: √(2/2 + 8/2), with one degree of freedom from each
// arm, which are as good as 2 where both arms vary alike.
func TestLinearByHand(t *testing.T) {
	y, arm := []float64{1, 3, 4, 8}, []stats.Term{{Name: "arm", Values: []float64{0, 0, 1, 1}}}
	m := stats.FitLinear(y, arm, stats.LinearOptions{Errors: stats.Classical})
	same(t, "intercept", m.Coefficients[0].Value, 2, 1e-12)
	same(t, "arm", m.Coefficients[1].Value, 4, 1e-12)
	same(t, "classical", m.Coefficients[1].SE, math.Sqrt(5), 1e-12)
	m = stats.FitLinear(y, arm, stats.LinearOptions{})
	same(t, "HC2", m.Coefficients[1].SE, math.Sqrt(5), 1e-12)
	same(t, "HC2 df", m.Coefficients[1].DF, 2, 1e-12)
	sum := m.Contrast("mean of the arm", []float64{1, 1})
	same(t, "contrast", sum.Value, 6, 1e-12)
	same(t, "contrast se", sum.SE, 2, 1e-12)
}

// TestAncovaAgainstOthers: without pre it has the error of Welch's t, and with clusters of one as
// without any.
func TestAncovaAgainstOthers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var x, y, all []float64
	var arm, own []int
	for i := range 30 {
		v := r.NormFloat64() * float64(1+i%3)
		all, arm, own = append(all, v), append(arm, truthOf(i%3 == 0)), append(own, 100-i)
		if i%3 == 0 {
			y = append(y, v)
		} else {
			x = append(x, v)
		}
	}
	w := stats.WelchT(x, y, stats.Options{})
	c := stats.Difference(all, arm, []string{"a", "b"}, nil, stats.AncovaOptions{}).Effects[0]
	same(t, "t", c.T, math.Copysign(float64(w.Statistic), float64(c.T)), 1e-9)
	// Were both variances the same, (1/20 + 1/10)²/(1/20²/19 + 1/10²/9).
	same(t, "df", c.DF, .0225/(.0025/19+.01/9), 1e-9)
	byOwn := stats.Difference(all, arm, []string{"a", "b"}, own, stats.AncovaOptions{}).Effects[0]
	same(t, "CR2 of one each", byOwn.SE, float64(c.SE), 1e-9)
	same(t, "df of CR2", byOwn.DF, float64(c.DF), 1e-9)
	if !c.Enough || !byOwn.Enough || c.N != 30 {
		t.Errorf("%+v", c)
	}
}

func truthOf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestAncovaHoldsItsLevel: 12 listeners of very unequal numbers of hours, arms drawn by
// listener, nothing between them: CR2 and the random intercept are wrong in 5 %, which
// errors that ignore listeners are not, nor CR1.
func TestAncovaHoldsItsLevel(t *testing.T) {
	racetest.Alone(t)
	const runs = 400
	wrong := map[stats.StandardErrors]int{}
	kinds := []stats.StandardErrors{stats.CR2, stats.CR1, stats.HC2, stats.RandomIntercept}
	for run := range runs {
		r := rand.New(rand.NewPCG(uint64(run), 3))
		trial := stats.Trial{Arms: []string{"a", "b"}}
		for l := range 12 {
			level := .7 * r.NormFloat64()
			for range 2 + 2*(l/2) {
				pre := level + r.NormFloat64()
				trial.Arm = append(trial.Arm, l%2)
				trial.Clusters = append(trial.Clusters, l)
				trial.Pre = append(trial.Pre, pre)
				trial.Post = append(trial.Post, level+.3*pre+r.NormFloat64())
			}
		}
		for _, k := range kinds {
			c := stats.Ancova(trial, stats.AncovaOptions{Errors: k}).Effects[0]
			if !c.Holds(0) {
				wrong[k]++
			}
		}
	}
	t.Log(wrong)
	for _, k := range []stats.StandardErrors{stats.CR2, stats.RandomIntercept} {
		if ci := stats.ClopperPearson(wrong[k], runs, .99); ci.Lo > .05 || ci.Hi < .02 {
			t.Errorf("%s errors are wrong in %d of %d", k, wrong[k], runs)
		}
	}
	if wrong[stats.HC2] < 2*wrong[stats.CR2] {
		t.Errorf("ignoring listeners costs nothing: %v", wrong)
	}
}

// A law: whatever names clusters have, in whatever order rows come, units of outcome
// and covariates: the answer is the same but for them.
func TestModelLaws(t *testing.T) {
	var want rModels
	readJSON(t, "testdata/models.json", &want)
	s := want.Sets["within"]
	fit := func(y []float64, terms []stats.Term, id []int) (stats.Coefficient, stats.Coefficient) {
		return stats.FitLinear(y, terms, stats.LinearOptions{Clusters: id}).Coefficients[1], stats.FitMixed(y, terms, id, stats.MixedOptions{}).Coefficients[1]
	}
	linear, mixed := fit(s.Post, s.terms(), s.ID)
	r := rand.New(rand.NewPCG(1, 5))
	order := r.Perm(len(s.ID))
	y, id := make([]float64, len(order)), make([]int, len(order))
	terms := s.terms()
	for j := range terms {
		terms[j].Values = make([]float64, len(order))
	}
	for i, from := range order {
		y[i] = 1000 - 7*s.Post[from]
		id[i] = -100 * s.ID[from]
		for j, t := range s.terms() {
			terms[j].Values[i] = 3 + 10*t.Values[from]
		}
	}
	l, m := fit(y, terms, id)
	for what, pair := range map[string][2]stats.Coefficient{"linear": {linear, l}, "mixed": {mixed, m}} {
		same(t, what, pair[1].Value, -.7*float64(pair[0].Value), 1e-7)
		same(t, what+" se", pair[1].SE, .7*float64(pair[0].SE), 1e-7)
		same(t, what+" df", pair[1].DF, float64(pair[0].DF), 1e-6)
	}
}

// TestModelEdges: what cannot be told is said, and nothing is NaN in JSON.
func TestModelEdges(t *testing.T) {
	col := func(v ...float64) []stats.Term { return []stats.Term{{Name: "x", Values: v}} }
	for _, c := range []struct {
		name  string
		y     []float64
		terms []stats.Term
		id    []int
		value bool // the slope has a value
		say   string
	}{
		{"nothing", nil, col(), nil, false, "no observations"},
		{"one", []float64{1}, col(2), nil, false, "cannot be told apart"},
		{"two", []float64{1, 2}, col(0, 1), nil, true, "2 observations for 2 coefficients"},
		{"a constant outcome", []float64{3, 3, 3, 3}, col(0, 1, 0, 1), nil, true, "constant"},
		{"a constant outcome of tenths", []float64{.1, .1, .1, .1}, col(.3, .1, .7, .1), nil, true, "constant"},
		{"a straight line", []float64{1, 2, 3, 4}, col(1, 2, 3, 4), nil, true, "without a rest"},
		{"a constant column", []float64{1, 2, 3, 5}, col(.7, .7, .7, .7), nil, false, "does not vary"},
		{"one cluster", []float64{1, 2, 3, 5}, col(0, 1, 0, 1), []int{4, 4, 4, 4}, true, "one cluster"},
		{"a cluster an arm", []float64{1, 2, 3, 5}, col(0, 0, 1, 1), []int{1, 1, 2, 2}, true, "single cluster"},
		{"one in the arm", []float64{1, 2, 3, 5}, col(0, 0, 0, 1), nil, true, "single observation"},
	} {
		m := stats.FitLinear(c.y, c.terms, stats.LinearOptions{Clusters: c.id})
		slope := m.Coefficients[1]
		if slope.Value.Known() != c.value || slope.SE.Known() || slope.Lo.Known() || !strings.Contains(slope.Reason, c.say) {
			t.Errorf("%s: %+v", c.name, slope)
		}
		if b, err := json.Marshal(m); err != nil || strings.Contains(string(b), "NaN") {
			t.Errorf("%s as JSON: %s, %v", c.name, b, err)
		}
	}
	// A single cluster of fixed effects of its own does not hide what others show.
	dummies := stats.FitLinear([]float64{1, 2, 3, 5, 9}, []stats.Term{{"x", []float64{0, 1, 0, 1, 1}}, {"last", []float64{0, 0, 0, 0, 1}}}, stats.LinearOptions{})
	if !dummies.Coefficients[1].SE.Known() || dummies.Coefficients[2].SE.Known() {
		t.Errorf("%+v", dummies.Coefficients)
	}
	twice := stats.FitLinear([]float64{1, 2, 3, 5, 9}, []stats.Term{{"x", []float64{0, 1, 0, 1, 2}}, {"3x", []float64{1, 4, 1, 4, 7}}}, stats.LinearOptions{})
	if len(twice.LeftOut) != 1 || twice.LeftOut[0] != "3x" || twice.Coefficients[2].Reason == "" || !twice.Coefficients[1].SE.Known() {
		t.Errorf("%+v", twice)
	}

	for _, c := range []struct {
		name string
		y    []float64
		x    []float64
		id   []int
		say  string
	}{
		{"nothing", nil, nil, []int{}, "no observations"},
		{"one cluster", []float64{1, 2, 4}, []float64{1, 2, 4}, []int{1, 1, 1}, "one cluster"},
		{"one each", []float64{1, 2, 4}, []float64{1, 0, 4}, []int{1, 2, 3}, "one observation"},
		{"constant", []float64{.1, .1, .1, .1}, []float64{1, 0, 4, 7}, []int{1, 1, 2, 2}, "constant"},
		{"none within", []float64{1, 1, 3, 3, 2, 2}, []float64{1, 0, 4, 7, 1, 2}, []int{1, 1, 2, 2, 3, 3}, "within clusters"},
		{"two and a column of theirs", []float64{1, 2, 3, 5, 4}, []float64{0, 0, 1, 1, 1}, []int{1, 1, 2, 2, 2}, "every cluster from every other"},
		{"too few", []float64{1, 2, 2}, []float64{1, 2, 3}, []int{1, 1, 2}, ""},
	} {
		m := stats.FitMixed(c.y, col(c.x...), c.id, stats.MixedOptions{})
		if !strings.Contains(m.Reason, c.say) || (c.say != "" && m.Coefficients[1].SE.Known()) {
			t.Errorf("%s: %q %+v", c.name, m.Reason, m.Coefficients[1])
		}
		if b, err := json.Marshal(m); err != nil || strings.Contains(string(b), "NaN") {
			t.Errorf("%s as JSON: %s, %v", c.name, b, err)
		}
	}

	// Arms that nobody is in, and nobody at all.
	trial := stats.Trial{Arms: []string{"shuffle", "iso", "wide"}, Arm: []int{0, 1, 0, 1}, Post: []float64{1, 2, 3, 5}, Pre: []float64{1, 1, 2, 2}}
	c := stats.Ancova(trial, stats.AncovaOptions{})
	if !c.Effects[0].Value.Known() || c.Effects[1].Value.Known() || c.Effects[1].Reason != `nobody is in arm "wide"` || c.Effects[0].Enough {
		t.Errorf("%+v", c.Effects)
	}
	for _, errors := range []stats.StandardErrors{"", stats.RandomIntercept} {
		empty := stats.Ancova(stats.Trial{Arms: []string{"a", "b"}, Post: []float64{}, Pre: []float64{}, Arm: []int{}, Clusters: []int{}}, stats.AncovaOptions{Errors: errors, Interaction: true})
		if b, err := json.Marshal(empty); err != nil || strings.Contains(string(b), "NaN") || empty.Reason != "no observations" {
			t.Errorf("of nobody: %s, %v", b, err)
		}
	}
	same4 := stats.Ancova(stats.Trial{Arms: []string{"a", "b"}, Arm: []int{1, 1, 1}, Post: []float64{1, 2, 4}}, stats.AncovaOptions{})
	if !strings.Contains(same4.Effects[0].Reason, `nobody is in arm "a"`) {
		t.Errorf("all in one arm: %+v", same4.Effects[0])
	}
}

// BenchmarkMixed is 100,000 hours of 10,000 listeners.
func BenchmarkMixed(b *testing.B) {
	y, terms, id := large()
	for b.Loop() {
		if m := stats.FitMixed(y, terms, id, stats.MixedOptions{}); m.Reason != "" {
			b.Fatal(m.Reason)
		}
	}
}

// BenchmarkLinearCR2 is the same by least squares.
func BenchmarkLinearCR2(b *testing.B) {
	y, terms, id := large()
	for b.Loop() {
		stats.FitLinear(y, terms, stats.LinearOptions{Clusters: id})
	}
}

func large() (y []float64, terms []stats.Term, id []int) {
	r := rand.New(rand.NewPCG(1, 9))
	terms = []stats.Term{{Name: "arm"}, {Name: "pre"}, {Name: "age"}}
	level := make([]float64, 10_000)
	for i := range level {
		level[i] = r.NormFloat64()
	}
	for i := range 100_000 {
		l := min(r.IntN(10_000), r.IntN(10_000))
		pre := level[l] + r.NormFloat64()
		id, y = append(id, l), append(y, level[l]+pre+.1*float64(i%2)+r.NormFloat64())
		for j, v := range []float64{float64(i % 2), pre, float64(l % 50)} {
			terms[j].Values = append(terms[j].Values, v)
		}
	}
	return y, terms, id
}
