package tell

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"segue"
	"segue/chart"
	"segue/language"
	"segue/persona"
	"segue/playlist"
)

// surface returns all that is told of a listener in a language.
func surface(t *language.Tongue, f found) map[string]string {
	l, p := f.listener, f.profile
	out := map[string]string{
		"moods headline": MoodsHeadline(t, p.Usual), "moods lead": MoodsLead(t, len(l.Sessions), len(l.Listening.Plays), p), "moods plane": MoodsPlane(t, WhereHeard(l), p, "a"), "trends": fmt.Sprint(TrendWords(t, p.Trends)),
		"timeline": Timeline(t, l.Sessions, l.Zone(), "b"), "timeline note": TimelineNote(t, l.Sessions), "hour map": HourMap(t, p, "c"), "calendar": Calendar(t, p, "d"), "transitions": Transitions(t, p, "e"),
		"inertia": InertiaWords(t, p.Dynamics.InertiaArousal), "gaps": fmt.Sprint(GapWords(t, l.GapCounts(), l.Gap)), "gates": fmt.Sprint(ClosedGates(t, p.Usual.Gates), ClosedGates(t, p.Persona.Gates)),
		"sureness": Sureness(t, p.Persona), "verdict": Verdict(t, p.Persona), "resampled": Resampled(t, p.Persona), "style": StyleName(t, p.Persona) + StyleText(t, p.Persona),
		"stones": fmt.Sprint(Stones(t, persona.PersonaTree(), p.Persona.Path)), "offer's stones": fmt.Sprint(Stones(t, persona.OfferTree(), p.Offer.Path)), "habits": fmt.Sprint(Habits(t, p)),
		"tree": DrawTree(t, persona.PersonaTree(), p.Persona.Path, chart.Caption{ID: "f"}), "offer's tree": DrawTree(t, persona.OfferTree(), p.Offer.Path, chart.Caption{ID: "g"}),
		"period": Period(t, f.report, l.Zone()), "account": Account(t, f.report), "coverage": fmt.Sprint(CoverageFigures(t, l.Coverage)), "tied": TiedWords(t, l.Coverage), "ladder": fmt.Sprint(Ladder(t, l.Coverage)),
	}
	title, text := OfferWords(t, p.Offer)
	out["offer"] = title + text
	for tree, c := range map[*persona.Tree]*persona.Counterfactual{persona.PersonaTree(): p.Persona.Counterfactual, persona.OfferTree(): p.Offer.Counterfactual} {
		if c != nil {
			lead, title := Change(t, tree, c)
			out["change of "+string(tree.Purpose())] = lead + " " + title + Away(t, tree, c)
		}
	}
	for i, s := range l.Sessions[max(0, len(l.Sessions)-20):] {
		day, hours := SessionWhen(t, s, l.Zone())
		out[fmt.Sprint("session ", i)] = day + hours + SessionFacts(t, s)
		if s.HasMood {
			out[fmt.Sprint("place ", i)] = SessionPlace(t, s)
		}
	}
	return out
}

// hourSurface returns all that is told of an hour in a language.
func hourSurface(t *language.Tongue, p *playlist.Playlist) map[string]string {
	out := map[string]string{
		"headline": HourHeadline(t, p), "lead": HourLead(t, p), "key": HourKey(t, p), "plane": HourPlane(t, p, "a"), "arc": HourArc(t, p, "b"), "picture": HourPicture(t, p),
		"measures": fmt.Sprint(Measures(t, p)), "certificate": Certificate(t, p), "bounds": Bounds(t, p),
	}
	for _, g := range Phases(t, p) {
		out["phase "+g.Name] = g.Name + " " + g.Line
	}
	for i, track := range p.Tracks {
		out[fmt.Sprint("track ", i)] = TrackFacts(t, track) + " " + InsteadOf(t, track)
	}
	return out
}

var (
	styles = regexp.MustCompile(`(?s)<style>.*?</style>`)
	tags   = regexp.MustCompile(`<[^>]*>`)
	labels = regexp.MustCompile(`aria-label="([^"]*)"`)
)

// wordsOf returns the words of two letters and more in a text or a drawing.
func wordsOf(s string) []string {
	s = styles.ReplaceAllString(s, " ")
	for _, m := range labels.FindAllStringSubmatch(s, -1) {
		s += " " + m[1]
	}
	s = html.UnescapeString(tags.ReplaceAllString(s, " "))
	var out []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len([]rune(w)) > 1 {
			out = append(out, w)
		}
	}
	return out
}

// TestNoEnglishIsLeft: in another language, nothing that is told of any listener
// or hour holds a word that only English texts have, but for names of tracks.
func TestNoEnglishIsLeft(t *testing.T) {
	for _, in := range language.All()[1:] {
		english := map[string]bool{}
		own := map[string]bool{}
		read := func(do func(text, said string)) {
			if err := language.Each(in.Code(), func(_, text, said string) error { do(text, said); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		read(func(_, said string) {
			for _, w := range wordsOf(said) {
				own[w] = true
			}
		})
		read(func(text, _ string) {
			for _, w := range wordsOf(text) {
				english[w] = !own[w]
			}
		})
		made := hours(t, in)
		for _, p := range made {
			for i := range p.Tracks { // names are not said, but written as they are
				p.Tracks[i].Title, p.Tracks[i].Artists = "Ω", []string{"Φ"}
				if r := p.Tracks[i].RunnerUp; r != nil {
					p.Tracks[i].RunnerUp = &playlist.Alternative{Title: "Ω", Artists: []string{"Φ"}}
				}
			}
			p.Notes, p.Relaxed = nil, nil // playlist's own
		}
		check := func(of, what, s string) {
			for _, w := range wordsOf(s) {
				if english[w] {
					t.Errorf("%s, %s: %q is English: %.160s", of, what, w, strings.Join(wordsOf(s), " "))
					return
				}
			}
		}
		for name, f := range listeners(t) {
			for what, s := range surface(in, f) {
				check(name, what, s)
			}
		}
		for name, p := range made {
			for what, s := range hourSurface(in, p) {
				check(name, what, s)
			}
		}
		for v := 1; v <= segue.GridSize; v++ {
			for a := 1; a <= segue.GridSize; a++ {
				_, detail := FeelWords(in, segue.Cell{v, a}.At())
				check("cell", fmt.Sprint(v, a), CellLabel(in, v, a)+" "+detail)
			}
		}
	}
}

// TestForbiddenWords: no text of chart and tell names a condition, or promises
// anything of one, in Vietnamese.
func TestForbiddenWords(t *testing.T) {
	err := language.Each("vi", func(file, _, said string) error {
		for _, w := range []string{"trầm cảm", "rối loạn", "triệu chứng", "chẩn đoán", "bệnh", "điều trị", "chữa", "trị liệu", "liệu pháp", "tâm thần"} {
			if (strings.HasSuffix(file, "/chart.json") || strings.HasSuffix(file, "/tell.json")) && strings.Contains(strings.ToLower(said), w) {
				t.Errorf("%s: %q says %q", file, said, w)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
