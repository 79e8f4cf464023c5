package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"segue"
	"segue/playlist"

	"github.com/spf13/cobra"
)

func playedCommand(t *terminal) *cobra.Command {
	var f playedFlags
	cmd := &cobra.Command{
		Use:   "played PLAYLIST --history F",
		Short: "Set a planned hour beside what was played",
		Long: `Find in a later listening history the occasions on which a playlist was heard, and
say of each which tracks were heard out, which were skipped and where, whether they
came in order, and where you left. PLAYLIST is a file that segue playlist wrote
(.m3u8, .xspf, .jspf, .csv), or what it prints with --json. Tracks are recognised by
id, ISRC or names; --catalog adds names and lengths a file left out. Three tracks
from the first on make an occasion, or four from elsewhere, mostly in order, or half of
all in any order; pauses, other music and a night in between may belong to it. Name
with --besides what else was heard then and shares tracks with it, so that the hearing
of the one is not taken for that of the other.`,
		Example: "  segue played evening.xspf --history my_spotify_data.zip --since 2024-05-06T19:30 --tz Europe/Lisbon\n" +
			"  segue played evening.m3u8 --history data.zip --catalog catalog.parquet --json",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, h, err := f.hear(cmd, t, args[0])
			if err != nil {
				return err
			}
			return t.print(h, func(w io.Writer) { playedText(w, h) })
		},
	}
	f.on(cmd)
	return cmd
}

// playedFlags say in which history a playlist is looked for.
type playedFlags struct {
	histories, catalogs, besides []string
	zone, since                  string
}

func (f *playedFlags) on(cmd *cobra.Command) {
	historyFlag(cmd, &f.histories)
	catalogFlag(cmd, &f.catalogs)
	zoneFlag(cmd, &f.zone)
	cmd.Flags().StringArrayVar(&f.besides, "besides", nil, "another `PLAYLIST` heard in that time (may be repeated)")
	cmd.Flags().StringVar(&f.since, "since", "", "`TIME` when the playlist was made, such as '2024-05-06 19:30' in --tz: earlier plays do not count (default: all count)")
}

// hear finds when a playlist was heard.
func (f *playedFlags) hear(cmd *cobra.Command, t *terminal, path string) (*playlist.Playlist, *playlist.Hearing, error) {
	loc, err := parseZone(f.zone)
	if err != nil {
		return nil, nil, err
	}
	made, err := parseMoment(f.since, loc)
	if err != nil {
		return nil, nil, err
	}
	p, err := readPlaylist(path)
	if err != nil {
		return nil, nil, err
	}
	o := playlist.PlayedOptions{Since: made, Location: loc}
	for _, path := range f.besides {
		other, err := readPlaylist(path)
		if err != nil {
			return nil, nil, err
		}
		o.Others = append(o.Others, other)
	}
	progress, done := t.progress()
	defer done()
	plays, _, err := t.readHistory(cmd.Context(), f.histories, progress)
	if err != nil {
		return nil, nil, err
	}
	if len(f.catalogs) > 0 {
		if o.Catalog, _, err = t.readCatalog(cmd.Context(), f.catalogs, progress); err != nil {
			return nil, nil, err
		}
	}
	h, err := playlist.Played(cmd.Context(), p, plays, o)
	switch {
	case errors.Is(err, playlist.ErrNoTracks):
		return nil, nil, &segue.InputError{File: path, Problem: err.Error(), Hint: "name one with something to hear"}
	case errors.Is(err, playlist.ErrTooManyTracks):
		return nil, nil, &segue.InputError{File: strings.Join(append([]string{path}, f.besides...), ", "), Problem: err.Error(), Hint: "name the hour that was planned"}
	case err != nil:
		return nil, nil, err
	}
	done()
	t.noteZone(cmd)
	return p, h, nil
}

// readPlaylist reads a playlist of any format.
func readPlaylist(path string) (*playlist.Playlist, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return playlist.ReadAny(f, path)
}

// parseMoment reads a day or a time of a day by the clock of a place, or a time
// that brings its zone; nothing is the zero time.
func parseMoment(s string, loc *time.Location) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, s, loc); err == nil {
			return at, nil
		}
	}
	return time.Time{}, usage("--since %q is not a time; write one like 2024-05-06, '2024-05-06 19:30' or 2024-05-06T19:30:00+02:00", s)
}

// shownOccasions is how many of the last occasions the text tells; --json has all.
const shownOccasions = 3

func playedText(w io.Writer, h *playlist.Hearing) {
	since := ""
	if h.Since != nil {
		since = " since " + h.Since.Format("2 January 2006 15:04")
	}
	fmt.Fprintf(w, "%s planned", amount(h.Tracks, "track"))
	if h.Lengths > 0 {
		fmt.Fprintf(w, ", %s", clock(h.PlannedMS))
	}
	switch n := len(h.Occasions); {
	case n == 0:
		fmt.Fprintf(w, "; not heard%s.\n", since)
	case n > shownOccasions:
		fmt.Fprintf(w, "; heard on %d occasions%s, of which the last %d follow (--json has all).\n", n, since, shownOccasions)
	default:
		fmt.Fprintf(w, "; heard on %s%s.\n", amount(n, "occasion"), since)
	}
	for _, o := range h.Occasions[max(0, len(h.Occasions)-shownOccasions):] {
		occasionText(w, o)
	}
	if len(h.Notes) > 0 {
		fmt.Fprintln(w)
	}
	for _, n := range h.Notes {
		fmt.Fprintf(w, "Note: %s\n", n)
	}
}

func occasionText(w io.Writer, o playlist.Occasion) {
	const day = "Mon 2 January 2006 15:04"
	end := o.End.Format("15:04")
	if o.End.Format(time.DateOnly) != o.Start.Format(time.DateOnly) {
		end = o.End.Format(day)
	}
	fmt.Fprintf(w, "\n%s to %s\n", o.Start.Format(day), end)
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
	for _, t := range o.Tracks {
		mark, what := became(t)
		at := "–"
		if t.StartMS != nil {
			at = clock(*t.StartMS)
		}
		fmt.Fprintf(tw, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", mark, t.Place, at, clip(t.Title, 34), clip(strings.Join(t.Artists, ", "), 26), t.Phase, what)
	}
	tw.Flush()

	fmt.Fprintf(w, "%s.\n", tallyText(o))
	if o.Timed > 0 {
		known := ""
		if o.Timed < o.Started {
			known = " of which the time heard is known"
		}
		fmt.Fprintf(w, "Skipped in the first half minute: %d of the %s%s%s.\n", o.Early, amount(o.Timed, "track"), known, phasesText(o.Phases))
	}
	if o.Order.Share != nil {
		fmt.Fprintf(w, "In the planned order: %d of the %s started.\n", o.Order.Kept, amount(o.Order.N, "track"))
	} else {
		fmt.Fprintf(w, "Order: %s started, too few to tell.\n", amount(o.Order.N, "track"))
	}
	for i, b := range o.Breaks {
		if i == shownBreaks {
			fmt.Fprintf(w, "… and %s more.\n", amount(len(o.Breaks)-i, "interruption"))
			break
		}
		fmt.Fprintf(w, "Interrupted after track %d: %s", b.After, pauseText(b.PauseMS))
		if b.Others > 0 {
			fmt.Fprintf(w, " with %s of other music", amount(b.Others, "play"))
		}
		fmt.Fprintln(w, ".")
	}
	leftText(w, o)
}

// shownBreaks is how many interruptions the text tells of.
const shownBreaks = 5

// became returns a track's mark, and what became of it in words.
func became(t playlist.PlayedTrack) (mark, what string) {
	switch t.State {
	case playlist.StateCompleted:
		mark = "✓"
	case playlist.StateHeard:
		mark, what = "✓", "heard, not known how long"
	case playlist.StatePartly:
		mark, what = "~", "heard "+clock(*t.HeardMS)
		if t.DurationMS > 0 {
			what += " of " + clock(t.DurationMS)
		}
	case playlist.StateSkipped:
		mark, what = "»", "skipped"
		if t.HeardMS != nil {
			what += " at " + clock(*t.HeardMS)
		}
	case playlist.StatePassed:
		mark, what = "–", "not played"
	case playlist.StateNotReached:
		mark, what = "·", "not reached"
	}
	if t.Plays > 1 {
		what = strings.TrimPrefix(what+", ", ", ") + fmt.Sprintf("played %d times", t.Plays)
	}
	return mark, what
}

// tallyText says how much was heard.
func tallyText(o playlist.Occasion) string {
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{
		{o.Completed, "heard out"}, {o.Unclear, "heard, not known how long"}, {o.Partly, "heard in part"},
		{o.Skipped, "skipped"}, {o.Passed, "not played"}, {o.NotReached, "not reached"},
	} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	text := fmt.Sprintf("Of %s %s", amount(o.Planned, "track"), strings.Join(parts, ", "))
	if o.HeardShare != nil {
		least := ""
		if o.Timed < o.Started {
			least = "at least "
		}
		text += fmt.Sprintf("; %s%s of the planned time (%s)", least, percent(*o.HeardShare), clock(o.HeardMS))
	}
	return text
}

// phasesText says in which phases tracks were skipped early.
func phasesText(phases []playlist.PhaseHeard) string {
	var parts []string
	for _, p := range phases {
		if p.Timed > 0 {
			parts = append(parts, fmt.Sprintf("%s %d of %d", p.Phase, p.Early, p.Timed))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// leftText says how far the arc was heard.
func leftText(w io.Writer, o playlist.Occasion) {
	if l := o.Left; l == nil {
		fmt.Fprintln(w, "Heard to the end.")
	} else {
		where := "in"
		if l.State == playlist.StateCompleted || l.State == playlist.StateHeard {
			where = "after"
		}
		fmt.Fprintf(w, "Left %s track %d", where, l.Place)
		if l.Phase != "" {
			fmt.Fprintf(w, ", in the %s", l.Phase)
		}
		if l.PlanMS != nil {
			fmt.Fprintf(w, ", %s into the plan", clock(*l.PlanMS))
		}
		fmt.Fprintln(w, ".")
	}
	switch {
	case o.Enough == nil:
	case *o.Enough:
		fmt.Fprintln(w, "The arc was heard far enough to count: into the sustain, and at least half of its tracks, in order.")
	default:
		fmt.Fprintln(w, "It does not count as a hearing of the arc: that takes a track of the sustain, half of all, and most in order.")
	}
}

// pauseText writes a pause in the unit that fits it.
func pauseText(ms int64) string {
	switch d := time.Duration(ms) * time.Millisecond; {
	case d < 90*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 90*time.Minute:
		return fmt.Sprintf("%.0f min", d.Minutes())
	default:
		return fmt.Sprintf("%.1f h", d.Hours())
	}
}

// amount writes a count with its noun.
func amount(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}
