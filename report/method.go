package report

import (
	"runtime/debug"
	"strconv"
	"strings"

	"segue/mood"
	"segue/recommend"
	"segue/tell"
)

// programVersion names the program that wrote the page.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "Segue, development build"
	}
	return "Segue " + info.Main.Version
}

// A fact is a line of the page's small print.
type fact struct{ Name, Value string }

// facts lists what the result can be made again from, without its timings.
func facts(r *recommend.Result) []fact {
	out := []fact{{"Program", programVersion()}, {"Seed", strconv.FormatUint(r.Seed, 10)}}
	if r.Music != nil {
		if v := r.Music.Catalog.Version; v != "" {
			out = append(out, fact{"Catalogue", abbreviated(v)})
		}
		if r.Music.Training != nil {
			for _, m := range r.Music.Training.Models {
				out = append(out, fact{tell.AlgorithmTitle(en, m.Algorithm), "model " + abbreviated(m.ID)})
			}
		}
		if p := r.Music.Plane; p != nil {
			out = append(out, fact{"Plane", p.Source})
			if len(p.Dropped) > 0 {
				out = append(out, fact{"Plane without", tell.FeatureNames(en, p.Dropped)})
			}
		}
	}
	return out
}

// abbreviated shortens a hash to what tells it from others.
func abbreviated(id string) string { return id[:min(16, len(id))] }

// termName names what a term of the plane weighs.
func termName(t mood.Term) string {
	if t.With != nil {
		return t.Feature.String() + " × " + t.With.Feature.String()
	}
	return t.Feature.String()
}

// weights writes the plane's two sums as formulas.
func weights(m *recommend.Music) (valence, arousal string) {
	if m == nil || m.Plane == nil {
		return "", ""
	}
	var v, a []string
	for _, t := range m.Plane.Valence.Terms {
		v = append(v, tell.Signed(en, t.Weight)+" "+termName(t))
	}
	for _, t := range m.Plane.Arousal.Terms {
		a = append(a, tell.Signed(en, t.Weight)+" "+termName(t))
	}
	return strings.Join(v, ", "), strings.Join(a, ", ")
}
