package web

import (
	"segue"
	"segue/chart"
	"segue/outcome/experiment"
	"segue/outcome/stats"
	"segue/playlist"
)

// wayWord names an arm for a listener.
func (v *visit) wayWord(arm string) string {
	switch playlist.Arm(arm) {
	case playlist.Iso:
		return v.Say("step by step")
	case playlist.Compensatory:
		return v.Say("straight there")
	}
	return v.Say("your own, in any order")
}

// wayText says what an arm is.
func (v *visit) wayText(arm string) string {
	switch playlist.Arm(arm) {
	case playlist.Iso:
		return v.Say("it begins where you are and moves a little with each track")
	case playlist.Compensatory:
		return v.Say("it sounds from the first track on as where you want to be")
	}
	return v.Say("tracks you know, in an order nobody planned")
}

// ownSees says what a comparison over some hours could show, and what it could not.
func (v *visit) ownSees(s experiment.Size) string {
	if !s.Detectable.Known() {
		return v.Say("so few that chance would hide any difference")
	}
	return v.Say("four times in five it would show a difference of %s or more", v.Decimal(float64(s.Detectable), 2))
}

// ownState says how far a comparison has come.
func (v *visit) ownState(t ownTrial) string {
	switch {
	case t.early():
		return v.Say("You ended it after %d of %d hours. Nothing is concluded of a part: what would have been chosen to be read is not known.", t.Drawn, t.Design.Horizon.Units)
	case t.Reading != nil:
		return v.Say("All %d hours were drawn, and of %d of them you said where you were afterwards.", t.Drawn, t.Answered)
	case t.Drawn >= t.Design.Horizon.Units:
		return v.Say("All %d hours were drawn. Say how the last one felt, or come back tomorrow: then it is read.", t.Drawn)
	case t.Drawn == 0:
		return v.Say("The next hours that lead somewhere else are drawn by lot, %d of them. Nothing is shown before the last: who looks early takes chance for a difference.", t.Design.Horizon.Units)
	}
	return v.Say("%d of %d hours were drawn, and of %d of them you said where you were afterwards. Nothing is shown before the last: who looks early takes chance for a difference.", t.Drawn, t.Design.Horizon.Units, t.Answered)
}

// ownVerdict says what a whole comparison comes to, in a listener's words.
func (v *visit) ownVerdict(t ownTrial) []string {
	o := t.Reading.Crossover
	if o == nil || o.Finding == experiment.NotRead || o.Found == nil {
		return []string{v.Say("The two ways did not come up as often as the lot should have had them. Something is broken, and nothing is read.")}
	}
	e := o.Found.Difference
	arm, against := v.wayWord(o.Arm), v.wayWord(o.Against)
	if !e.Value.Known() {
		return []string{v.Say("No pair of hours has an answer for both ways, so that nothing can be said.")}
	}
	span := v.ownSpan(e)
	var lines []string
	switch o.Finding {
	case experiment.TooFew:
		lines = append(lines, v.Say("Too few to tell: in %s, “%s” came out %s beside “%s” (%s). Fewer than %d pairs show nothing.", v.Of(o.Found.N, "pair of hours", "pairs of hours"), arm, signed(v, float64(e.Value)), against, span, stats.Least))
	case experiment.NotShown:
		lines = append(lines, v.Say("It was not shown that they differ for you. In %s, “%s” came out %s beside “%s” (%s), and no difference would fit as well.", v.Of(o.Found.N, "pair of hours", "pairs of hours"), arm, signed(v, float64(e.Value)), against, span))
	case experiment.Better:
		lines = append(lines, v.Say("For you, in these hours, “%s” brought you nearer to where you wanted to be than “%s”, by %s in the mean of %s (%s).", arm, against, v.Decimal(float64(e.Value), 2), v.Of(o.Found.N, "pair of hours", "pairs of hours"), span))
	default:
		lines = append(lines, v.Say("For you, in these hours, “%s” brought you nearer to where you wanted to be than “%s”, by %s in the mean of %s (%s).", against, arm, v.Decimal(-float64(e.Value), 2), v.Of(o.Found.N, "pair of hours", "pairs of hours"), span))
	}
	lines = append(lines, v.Say("By what the lot alone can do, a difference as large comes with %s.", v.pWords(o.Found.P)))
	if away(o.Found.CarryOver.Estimate) {
		lines = append(lines, v.Say("What an hour did may have lasted into the next one: the hours before leave a trace in these. Read it with care."))
	}
	if away(o.Found.Trend.Estimate) {
		lines = append(lines, v.Say("Over these weeks the hours changed by themselves, whichever way they went. The pairs take most of that out."))
	}
	return append(lines, v.Say("You could see which way an hour went, so what you expected may be in it. It is of you and these weeks, and of nobody else."))
}

// away reports whether an interval is clear of 0.
func away(e stats.Estimate) bool {
	return e.Lo.Known() && e.Hi.Known() && (e.Lo > 0 || e.Hi < 0)
}

// ownSpan writes the interval of a difference of Δ.
func (v *visit) ownSpan(e stats.Estimate) string {
	if !e.Lo.Known() || !e.Hi.Known() {
		return v.Say("with so few pairs, anything would fit")
	}
	return v.Say("%s interval %s to %s", v.Percent(e.Level), signed(v, float64(e.Lo)), signed(v, float64(e.Hi)))
}

// ownPicture draws the difference with its interval.
func (v *visit) ownPicture(t ownTrial) string {
	o := t.Reading.Crossover
	if o == nil || o.Found == nil || !o.Found.Difference.Value.Known() {
		return ""
	}
	e := o.Found.Difference
	at := func(n segue.Number) float64 { return float64(n) }
	drawn := chart.Intervals{Least: t.Design.Primary.LeastEffect, Rows: []chart.Interval{{Label: v.Say("%s less %s", v.wayWord(o.Arm), v.wayWord(o.Against)), Value: at(e.Value), Lo: at(e.Lo), Hi: at(e.Hi), Strong: true}}}
	return chart.DrawIntervals(drawn, chart.Caption{ID: "own-" + t.ID[:8], Title: v.Say("What the two ways differ by"), In: v.Tongue,
		Desc: v.Say("A dot with its interval, beside no difference; right of the line the first way brought you nearer. The sentences have the same facts.")})
}
