package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"segue/recommend"

	"github.com/spf13/cobra"
)

func sessionsCommand(t *terminal) *cobra.Command {
	var histories, catalogs []string
	var zone, gap, felt, model string
	cmd := &cobra.Command{
		Use:   "sessions --history F",
		Short: "Cut a listening history into sessions and find their moods",
		Long: `Cut a listening history into sessions: runs of plays with no pause of --gap or
longer. With --catalog each session with enough placed plays gets its mood, with its
95 % interval and the share of the time it rests on. How many sessions other gaps
would give is shown beside.`,
		Example: "  segue sessions --history my_spotify_data.zip --catalog catalog.parquet --tz Asia/Ho_Chi_Minh\n  segue sessions --history StreamingHistory0.json --gap 20m --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			loc, err := parseZone(zone)
			if err != nil {
				return err
			}
			if model != "" && len(catalogs) == 0 {
				return usage("--model places the tracks of a catalogue: add --catalog FILE")
			}
			d, err := parseGap(gap)
			if err != nil {
				return err
			}
			if felt != "" && len(catalogs) == 0 {
				return usage("--taste says where tracks of a catalogue lie: add --catalog FILE")
			}
			corrections, err := readTaste(felt)
			if err != nil {
				return err
			}
			progress, done := t.progress()
			defer done()
			plays, _, err := t.readHistory(cmd.Context(), histories, progress)
			if err != nil {
				return err
			}
			var m *recommend.Music
			if len(catalogs) > 0 {
				c, read, err := t.readCatalog(cmd.Context(), catalogs, progress)
				if err != nil {
					return err
				}
				if m, err = place(c, model); err != nil {
					return inCatalogue(err, catalogs, read)
				}
				if m, err = t.feltAs(cmd.Context(), m, corrections); err != nil {
					return err
				}
			}
			l, err := t.listen(cmd.Context(), m, plays, recommend.ListenOptions{Location: loc, Gap: d, Seed: t.seed})
			if err != nil {
				return err
			}
			done()
			t.noteZone(cmd)
			v := l.View()
			return t.print(v, func(w io.Writer) { sessionsText(w, v) })
		},
	}
	historyFlag(cmd, &histories)
	catalogFlag(cmd, &catalogs)
	zoneFlag(cmd, &zone)
	tasteFlag(cmd, &felt)
	modelFlag(cmd, &model)
	cmd.Flags().StringVar(&gap, "gap", "30m", "pause that ends a session")
	return cmd
}

// shownSessions is how many of the last sessions the text lists; --json has all.
const shownSessions = 20

func sessionsText(w io.Writer, v recommend.SessionsView) {
	fmt.Fprintf(w, "%s plays in %s sessions (a pause of %s ends one)", thousands(v.Plays), thousands(v.Count), v.Gap)
	for _, gap := range []string{"15m", "20m", "60m"} {
		fmt.Fprintf(w, "; with %s %s", gap, thousands(v.Sensitivity[gap]))
	}
	fmt.Fprintln(w)
	with := 0
	for _, s := range v.Sessions {
		if s.Mood != nil {
			with++
		}
	}
	fmt.Fprintf(w, "%s of them have a mood; the last %d:\n", thousands(with), min(shownSessions, v.Count))
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
	fmt.Fprintln(tw, "start\tlength\tplays\tskips\tplaced\tmood\tvalence\tarousal")
	for _, s := range v.Sessions[max(0, v.Count-shownSessions):] {
		mood, valence, arousal := "still unknown", "–", "–"
		if s.Mood != nil {
			mood = s.Mood.String()
			valence = fmt.Sprintf("%.2f (%.2f–%.2f)", *s.Valence, s.Interval.Valence.Lo, s.Interval.Valence.Hi)
			arousal = fmt.Sprintf("%.2f (%.2f–%.2f)", *s.Arousal, s.Interval.Arousal.Lo, s.Interval.Arousal.Hi)
		}
		fmt.Fprintf(tw, "%s\t%.0f min\t%d\t%d\t%s\t%s\t%s\t%s\n", s.Start.Format("Mon 2 Jan 2006 15:04"), s.End.Sub(s.Start).Minutes(), s.Plays, s.Skips, percent(s.Coverage), mood, valence, arousal)
	}
	tw.Flush()
}
