package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"segue/outcome/metric"
)

func metricsText(w io.Writer, v metricsView) {
	r := v.Report
	listeners := fmt.Sprintf("fewer than %d listeners", r.Least)
	if n := r.All.Listeners; n != nil {
		listeners = counted(*n, "listener")
	}
	fmt.Fprintf(w, "%s of %s%s\n", counted(r.Records, "record"), listeners, metricSpan(r))
	if v.Duplicates > 0 {
		fmt.Fprintf(w, "%s came again with an id that counted already\n", counted(v.Duplicates, "record"))
	}
	if r.Outside > 0 {
		fmt.Fprintf(w, "%s lie before or after the days that count\n", counted(r.Outside, "record"))
	}
	if len(r.Groups) == 0 {
		tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
		harm := false
		for i, d := range r.Definitions {
			if d.Harm && !harm {
				harm = true
				fmt.Fprintln(tw, "\nHarm")
			} else if i == 0 {
				fmt.Fprintln(tw)
			}
			metricRow(tw, d.Words, &d, &r.All.Metrics[i])
		}
		tw.Flush()
	} else {
		for i, d := range r.Definitions {
			fmt.Fprintf(w, "\n%s (%s)\n", strings.ToUpper(d.Words[:1])+d.Words[1:], d.Key)
			tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
			metricRow(tw, "  all", &d, &r.All.Metrics[i])
			for _, g := range r.Groups {
				metricRow(tw, "  "+g.Name, &d, &g.Metrics[i])
			}
			tw.Flush()
		}
	}
	if m := r.Mentions; m != nil {
		fmt.Fprintf(w, "\nMentions elsewhere, a day\n")
		tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
		for _, c := range append([]metric.MentionCount{m.All}, m.Groups...) {
			fmt.Fprintf(tw, "  %s\t%s\t(%s to %s)\t%s on %s%s\n", c.Name, number(c.ADay.Value, 1), number(c.ADay.Lo, 1), number(c.ADay.Hi, 1), counted(c.Count, "mention"), counted(c.Days, "day"), tooFew(c.ADay.Enough))
		}
		tw.Flush()
		fmt.Fprintln(w, m.Caution)
	}
	if len(r.Notes) > 0 {
		fmt.Fprintln(w)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(w, "Note: %s\n", n)
	}
}

// counted writes how many there are of something.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return thousands(n) + " " + what + "s"
}

func tooFew(enough bool) string {
	if enough {
		return ""
	}
	return ": too few to tell"
}

// metricRow writes a number with its interval and what is behind it.
func metricRow(w io.Writer, name string, d *metric.Definition, m *metric.Metric) {
	if !m.Value.Known() {
		fmt.Fprintf(w, "%s\t–\t\t%s\n", name, m.Reason)
		return
	}
	digits, scale, unit := 1, 1.0, ""
	switch d.Unit {
	case "":
		scale, unit = 100, " %"
	case "points":
		scale, unit = 100, " points"
	case "minutes":
		unit = " min"
	default: // steps, and the plane's side
		digits = 2
	}
	sign := ""
	if d.Lo < 0 {
		sign = "+"
	}
	write := func(v float64) string { return fmt.Sprintf("%"+sign+".*f", digits, scale*v) }
	interval := m.Reason
	if m.Lo.Known() && m.Hi.Known() {
		interval = fmt.Sprintf("(%s to %s)", write(float64(m.Lo)), write(float64(m.Hi)))
	}
	behind := counted(m.N, "listener")
	if m.Records != m.N || d.Of != "listeners" && d.Of != "viewers" {
		what, rest, _ := strings.Cut(d.Of, " ")
		behind += ", " + strings.TrimSpace(counted(m.Records, strings.TrimSuffix(what, "s"))+" "+rest)
	}
	if m.LeftOut > 0 {
		behind += fmt.Sprintf("; %s left out, not known", thousands(m.LeftOut))
	}
	fmt.Fprintf(w, "%s\t%s%s\t%s\t%s%s\n", name, write(float64(m.Value)), unit, interval, behind, tooFew(m.Enough))
}
