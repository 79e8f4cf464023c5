package report

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"segue"
	"segue/chart"
	"segue/outcome/experiment"
	"segue/outcome/stats"
)

// WriteExperiment writes what came of an experiment as one HTML file: the verdict, the
// measure that decides, what was declared before, and how to compute it anew. It holds
// what the record holds, no row of its table, and nobody's pseudonym. The same record
// gives the same bytes. The only errors are w's.
func WriteExperiment(w io.Writer, r *experiment.Record) error {
	return experimentPage(r, sheet()).Render(context.Background(), w)
}

// experimentChapters lists the chapters of a record in order.
func experimentChapters(r *experiment.Record) []link {
	out := []link{{"verdict", "The verdict"}}
	if len(r.Reading.Primary) > 0 || r.Reading.Crossover != nil || r.Reading.PrePost != nil {
		out = append(out, link{"decides", "What decides"})
	}
	if len(r.Reading.Secondary) > 0 {
		out = append(out, link{"others", "Other measures"})
	}
	return append(out, link{"arms", "The arms"}, link{"declared", "Declared before"}, link{"anew", "Compute it anew"})
}

// verdictHeads are the page's first line.
func verdictHead(r *experiment.Reading) string {
	switch r.Verdict.Word {
	case experiment.DoNotRead:
		return "Do not read this experiment"
	case experiment.Stopped:
		return "A guardrail stops an arm"
	case experiment.TooEarly:
		return "Too early to read"
	case experiment.Few:
		return "Too few to tell"
	case experiment.NoControl:
		return "A change, and nobody to compare with"
	case experiment.Nothing:
		return "It was not shown that the arms differ"
	}
	return "A difference was shown"
}

// kindWords says what kind of experiment it was.
func kindWords(d *experiment.Design) string {
	unit := "sessions"
	if d.Unit == experiment.Listener {
		unit = "listeners"
	}
	switch d.Kind {
	case experiment.Parallel:
		return "Each listener stays in one arm"
	case experiment.WithinListener:
		return "Each listener’s sessions are spread over the arms"
	case experiment.Crossover:
		return "One listener, pairs of sessions in random order"
	case experiment.PrePost:
		return "Before and after, without a control"
	case experiment.PrePostControl:
		return "Before and after in each listener’s one arm"
	}
	return "An A/A test by " + unit + ": the arms are the same"
}

// readingWords says when it may be read.
func readingWords(d *experiment.Design) string {
	if d.Reading == experiment.AlwaysValid {
		return "at any time (mixture sequential test)"
	}
	return "once, at its horizon"
}

// horizonWords says when it ends.
func horizonWords(h experiment.Horizon) string {
	var parts []string
	if h.Units > 0 {
		parts = append(parts, en.Count(h.Units)+" units")
	}
	if h.Until != "" {
		parts = append(parts, "the end of "+h.Until)
	}
	return strings.Join(parts, ", or ")
}

// between writes an estimate with its interval, or why there is none.
func between(e stats.Estimate) string {
	switch {
	case !e.Value.Known():
		return "– " + e.Reason
	case !e.Lo.Known() && !e.Hi.Known():
		return number(e.Value, 3)
	}
	return fmt.Sprintf("%s (%s to %s)", number(e.Value, 3), end(e.Lo), end(e.Hi))
}

// end writes one end of an interval, which may be open.
func end(v segue.Number) string {
	if !v.Known() {
		return "…"
	}
	return number(v, 3)
}

// sharePart writes a share with its interval.
func sharePart(e stats.Estimate) string {
	if !e.Value.Known() {
		return "–"
	}
	return fmt.Sprintf("%s (%s to %s)", en.Percent(float64(e.Value)), en.Percent(float64(e.Lo)), en.Percent(float64(e.Hi)))
}

// pWords writes p, and what it is after adjusting for several tests.
func pWords(e experiment.Effect) string {
	if !e.P.Known() {
		return "–"
	}
	if e.Adjusted.Known() && e.Adjusted != e.P {
		return stats.PText(e.P) + "; " + stats.PText(e.Adjusted) + " by " + e.Rule
	}
	return stats.PText(e.P)
}

// decides draws the primary effects, each with what stands beside it.
func decides(r *experiment.Record) string {
	v := chart.Intervals{Least: r.Design.Primary.LeastEffect, Unit: measureWords(r.Design.Primary.Measure)}
	add := func(label string, e stats.Estimate, strong bool) {
		v.Rows = append(v.Rows, chart.Interval{Label: label, Value: known(e.Value), Lo: known(e.Lo), Hi: known(e.Hi), Strong: strong})
	}
	for _, e := range r.Reading.Primary {
		add(e.Arm+" against "+e.Against, e.Estimate, true)
		for _, b := range e.Beside {
			add(b.Name, b.Estimate, false)
		}
	}
	if c := r.Reading.Crossover; c != nil && c.Found != nil {
		add(c.Arm+" against "+c.Against, c.Found.Difference, true)
	}
	if p := r.Reading.PrePost; p != nil {
		for _, a := range p.Arms {
			add("change in "+a.Arm, a.Change, len(r.Reading.Primary) == 0)
		}
	}
	return chart.DrawIntervals(v, chart.Caption{ID: "decides-chart", Title: "Differences with their intervals", Desc: r.Reading.Verdict.Text})
}

// known is a number for a chart.
func known(n segue.Number) float64 {
	if !n.Known() {
		return math.NaN()
	}
	return float64(n)
}

// measureWords says what a measure is, short enough for a scale.
func measureWords(m experiment.Measure) string {
	return map[experiment.Measure]string{
		experiment.Change: "change towards the target, of the plane’s side", experiment.Feel: "how it felt, in steps", experiment.FeltBetter: "share that felt better",
		experiment.Completion: "share heard to the end", experiment.SkipRate: "share of tracks skipped", experiment.Farther: "ended two cells or more farther from the target",
		experiment.MuchWorse: "answered “much worse”", experiment.LeftForGood: "opted out afterwards", experiment.NightMinutes: "minutes heard at night",
	}[m]
}

// guardState says what a guardrail says.
func guardState(g experiment.Guard) string {
	if g.Stopped {
		return "stop this arm"
	}
	return "goes on"
}

// sizeWords says what sample size the design asks for.
func sizeWords(d *experiment.Design) []string { return d.Size().Words }
