package web

import (
	"math"
	"strings"

	"segue"
	"segue/chart"
	"segue/outcome/experiment"
	"segue/outcome/stats"
)

// The words of a record are English, because it is computed anew by others. These say the
// same of it in the language of who looks.

// kindOfDesign says how units meet the arms.
func (v *visit) kindOfDesign(d *experiment.Design) string {
	switch d.Kind {
	case experiment.Parallel:
		return v.Say("each person stays in one arm")
	case experiment.WithinListener:
		return v.Say("each person’s hours are spread over the arms")
	case experiment.Crossover:
		return v.Say("one person, pairs of hours in an order drawn by lot")
	case experiment.PrePost:
		return v.Say("before and after, with nobody to compare with")
	case experiment.PrePostControl:
		return v.Say("before and after, in one arm a person")
	}
	return v.Say("the arms are the same: a test of the machinery")
}

// measureName names what is measured.
func (v *visit) measureName(m experiment.Measure) string {
	switch m {
	case experiment.Change:
		return v.Say("nearer to the target")
	case experiment.Feel:
		return v.Say("how it felt, −2 to +2")
	case experiment.FeltBetter:
		return v.Say("felt better")
	case experiment.Completion:
		return v.Say("hours heard to their end")
	case experiment.SkipRate:
		return v.Say("tracks skipped")
	case experiment.Farther:
		return v.Say("ended two cells or more farther")
	case experiment.MuchWorse:
		return v.Say("felt much worse")
	case experiment.LeftForGood:
		return v.Say("left for good")
	}
	return v.Say("late-night minutes")
}

// readingWords says when a design may be read.
func (v *visit) readingWords(d *experiment.Design) string {
	var until []string
	if d.Horizon.Units > 0 {
		until = append(until, v.Say("%s were begun", unitsWord(v, d, d.Horizon.Units)))
	}
	if d.Horizon.Until != "" {
		until = append(until, v.Say("%s is over", d.Horizon.Until))
	}
	end := strings.Join(until, v.Say(", or "))
	if d.Reading == experiment.AlwaysValid {
		return v.Say("At any time; intervals are wider for it. It ends when %s.", end)
	}
	return v.Say("Once, at the end and not before: when %s.", end)
}

// sizeWords says how many units a design needs, and what it can see.
func (v *visit) sizeWords(d *experiment.Design, s experiment.Size) (lines []string) {
	least := v.amountOf(d.Primary.Measure, segue.Number(d.Primary.LeastEffect), true)
	if s.Needed == 0 {
		lines = append(lines, v.Say("No number is enough to show a difference of %s with a power of %s.", least, v.Percent(d.Power)))
	} else {
		lines = append(lines, v.Say("To show a difference of %s with a power of %s it takes %s.", least, v.Percent(d.Power), unitsWord(v, d, s.Needed)))
	}
	if d.Reading == experiment.AlwaysValid && s.Fixed > 0 {
		lines = append(lines, v.Say("Read once at the end it would take %s; the rest is the price of looking at any time.", unitsWord(v, d, s.Fixed)))
	}
	switch {
	case s.Horizon == 0:
		lines = append(lines, v.Say("It ends on a day and names no number, so that what it can see hangs on how many come."))
	case s.Enough:
		lines = append(lines, v.Say("Its %s have a power of %s for that.", unitsWord(v, d, s.Horizon), v.Percent(float64(s.Power))))
	default:
		line := v.Say("Underpowered: its %s have a power of %s for that, so that showing nothing will mean little.", unitsWord(v, d, s.Horizon), v.Percent(float64(s.Power)))
		if s.Detectable.Known() {
			line += " " + v.Say("With the power wanted it sees %s or more.", v.amountOf(d.Primary.Measure, s.Detectable, true))
		}
		lines = append(lines, line)
	}
	if d.Kind == experiment.PrePost {
		lines = append(lines, v.Say("Without anybody to compare with, no number tells a change from regression to the mean."))
	}
	return lines
}

// verdictHead is the verdict in one sentence.
func (v *visit) verdictHead(r *experiment.Reading) string {
	switch r.Verdict.Word {
	case experiment.DoNotRead:
		return v.Say("Do not read it: the arms did not get their shares, so something is broken.")
	case experiment.Stopped:
		return v.Say("A guardrail stops an arm.")
	case experiment.TooEarly:
		return v.Say("Too early to read.")
	case experiment.Few:
		return v.Say("Too few to tell.")
	case experiment.NoControl:
		return v.Say("A change, and nobody to compare with: its cause is not known.")
	case experiment.Nothing:
		return v.Say("It was not shown that the arms differ.")
	}
	return v.Say("A difference was shown.")
}

// findingWord says what may be said of one comparison.
func (v *visit) findingWord(f experiment.Finding) string {
	switch f {
	case experiment.Better:
		return v.Say("better")
	case experiment.Worse:
		return v.Say("worse")
	case experiment.NotShown:
		return v.Say("not shown")
	case experiment.TooFew:
		return v.Say("too few to tell")
	}
	return v.Say("not read yet")
}

// An effectRow is a comparison as a line of a table.
type effectRow struct {
	Name, Value, Span, P, N, Finding string
}

func (v *visit) effectRow(e experiment.Effect) effectRow {
	row := effectRow{Name: v.Say("%s: %s less %s", v.measureName(e.Measure), e.Arm, e.Against), Finding: v.findingWord(e.Finding)}
	if !e.Estimate.Value.Known() {
		return row
	}
	row.Value = v.amountOf(e.Measure, e.Estimate.Value, true)
	row.Span = v.span(e.Measure, e.Estimate)
	row.N = v.Count(e.Estimate.N)
	row.P = v.pWords(e.P)
	if e.Adjusted.Known() && e.Adjusted != e.P {
		row.P = v.Say("%s; adjusted %s", row.P, v.pWords(e.Adjusted))
	}
	return row
}

// span writes an interval with its level.
func (v *visit) span(m experiment.Measure, e stats.Estimate) string {
	switch {
	case e.Lo.Known() && e.Hi.Known():
		return v.Say("%s to %s (%s)", v.amountOf(m, e.Lo, true), v.amountOf(m, e.Hi, true), v.Percent(e.Level))
	case e.Lo.Known():
		return v.Say("%s or more (%s)", v.amountOf(m, e.Lo, true), v.Percent(e.Level))
	}
	return ""
}

// effectsPicture draws the comparisons of the primary measure.
func (v *visit) effectsPicture(d *experiment.Design, all []experiment.Effect) string {
	drawn := chart.Intervals{}
	scale := 1.0
	if !byPlane(d.Primary.Measure) {
		scale = 100
		drawn.Unit = v.Say("points")
	}
	drawn.Least = scale * d.Primary.LeastEffect
	for _, e := range all {
		drawn.Rows = append(drawn.Rows, chart.Interval{Label: v.Say("%s less %s", e.Arm, e.Against), Value: scale * float64(e.Estimate.Value), Lo: scale * float64(e.Estimate.Lo), Hi: scale * float64(e.Estimate.Hi), Strong: true})
	}
	return chart.DrawIntervals(drawn, chart.Caption{ID: "effects", Title: v.Say("The measure that decides"), In: v.Tongue,
		Desc: v.Say("Each comparison as a dot with its interval, beside no difference. The table has the same facts.")})
}

// byPlane reports whether a measure is shown as it is, and not in percent.
func byPlane(m experiment.Measure) bool {
	return m == experiment.Change || m == experiment.Feel || m == experiment.NightMinutes
}

// pathPicture draws what an always valid reading said while outcomes came in.
func (v *visit) pathPicture(d *experiment.Design, c experiment.Comparison, path []pathPoint, id string) string {
	scale := 1.0
	if !byPlane(d.Primary.Measure) {
		scale = 100
	}
	drawn := chart.Sequence{Name: v.Say("%s: %s less %s", v.measureName(d.Primary.Measure), c.Arm, c.Against), Least: scale * d.Primary.LeastEffect}
	for _, p := range path {
		drawn.Points = append(drawn.Points, chart.SequencePoint{N: p.N, Value: scale * float64(p.Value), Lo: scale * float64(p.Lo), Hi: scale * float64(p.Hi)})
	}
	words := v.Say("The band is the interval, which holds at whatever time it is read. Dashes are the least difference that would matter.")
	if n := len(path); n > 0 && !math.IsNaN(float64(path[n-1].Value)) {
		last := path[n-1]
		words += " " + v.Say("After %d outcomes: %s, %s to %s.", last.N, v.amountOf(d.Primary.Measure, last.Value, true), v.amountOf(d.Primary.Measure, last.Lo, true), v.amountOf(d.Primary.Measure, last.Hi, true))
	}
	return chart.DrawSequence(drawn, chart.Caption{ID: id, Title: v.Say("The reading over time"), Desc: words, In: v.Tongue})
}
