package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"segue/playlist"
	"segue/recommend"

	"github.com/spf13/cobra"
)

func playlistCommand(t *terminal) *cobra.Command {
	var histories, catalogs []string
	var zone, out, felt, model string
	var wish wishFlags
	var draw *picture
	cmd := &cobra.Command{
		Use:   "playlist --catalog F --from MOOD --to MOOD",
		Short: "Build an hour from one mood to another",
		Long: `Build a playlist of a given length that moves step by step from one mood to
another: it holds where you are, shifts in small steps, and stays at the target.
A mood is one of angry, anxious, sad, content, calm, happy, or valence,arousal in
0 to 1 (unpleasant to pleasant, quiet to energetic); --via leads through others on
the way. With --history it is made around what you know; without, from the
catalogue alone. With it comes a proof of how much better it could be, which takes
a moment; --no-certificate spares it. To change an hour by hand, keep its --json
and see 'segue edit'. The file's ending chooses its format.`,
		Example: "  segue playlist --catalog catalog.parquet --from angry --to calm -o evening.m3u8\n" +
			"  segue playlist --catalog a.csv --history data.zip --from .2,.8 --to calm --minutes 30 --seed 7 --json\n" +
			"  segue playlist --catalog a.csv --from sad --to content --picture hour.svg\n" +
			"  segue playlist --catalog a.csv --from anxious --via content --to happy --lock 1=ID --wish ID --exclude-artist 'Nobody'",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			loc, err := parseZone(zone)
			if err != nil {
				return err
			}
			w, err := wish.wish(loc, t.seed)
			if err != nil {
				return err
			}
			var format playlist.Format
			if out != "" {
				if format, err = playlist.FormatOf(out); err != nil {
					return err
				}
				if err := checkFile(out, append(append(splitPaths(catalogs), splitPaths(histories)...), model)...); err != nil {
					return err
				}
			}
			if err := draw.check(append(splitPaths(catalogs), splitPaths(histories)...)...); err != nil {
				return err
			}
			corrections, err := readTaste(felt)
			if err != nil {
				return err
			}
			progress, done := t.progress()
			defer done()
			m, l, p, err := t.music(cmd.Context(), catalogs, histories, model, corrections, recommend.ListenOptions{Location: loc, Seed: t.seed}, progress)
			if err != nil {
				return err
			}
			hour, err := recommend.Plan(cmd.Context(), m, l, p, w)
			if err != nil {
				return noStart(err, l)
			}
			done()
			if len(histories) > 0 || !cmd.Flags().Changed("at") {
				t.noteZone(cmd) // whether it is night decides what may be played
			}
			if wish.from == "" && l != nil {
				t.noteStart(l, loc)
			}
			t.noteUnknown(m.Catalog, w.Exclude)
			if out != "" {
				if err := writeFile(out, func(w io.Writer) error { return playlist.Write(w, format, hour) }); err != nil {
					return err
				}
				t.say("written to %s", out)
			}
			if err := draw.write(t, hour); err != nil {
				return err
			}
			return t.print(hour, func(w io.Writer) { playlistText(w, hour) })
		},
	}
	catalogFlag(cmd, &catalogs)
	historyFlag(cmd, &histories)
	zoneFlag(cmd, &zone)
	tasteFlag(cmd, &felt)
	modelFlag(cmd, &model)
	wish.add(cmd)
	cmd.Flags().StringVarP(&out, "out", "o", "", "the playlist `FILE` to write: .m3u8, .xspf, .jspf or .csv")
	draw = addPicture(cmd)
	return cmd
}

func playlistText(w io.Writer, p *playlist.Playlist) {
	night := ""
	if p.Night {
		night = ", under the night rules"
	}
	fmt.Fprintf(w, "From %s to %s in %s: %d tracks chosen of %s%s.\n", placeName(p.From), placeName(p.To), clock(p.DurationMS), len(p.Tracks), thousands(p.Candidates), night)
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
	fmt.Fprintln(tw, "at\ttrack\tartist\tenergy\tacoustic\tvalence\tmood\tphase\twhy")
	for _, tr := range p.Tracks {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%.2f\t%s\t%s\t%s\n", clock(tr.StartMS), clip(tr.Title, 34), clip(strings.Join(tr.Artists, ", "), 26), cell(tr.Energy), cell(tr.Acousticness), tr.Valence, tr.Mood, tr.Phase, tr.Reason)
	}
	tw.Flush()
	checksText(w, p)
	for _, said := range p.Tradeoffs {
		fmt.Fprintf(w, "Weighed: %s\n", said)
	}
	for _, r := range p.Relaxed {
		fmt.Fprintf(w, "Relaxed: %s. %s\n", strings.TrimSuffix(r.Text, "."), r.Help)
	}
	for _, n := range p.Notes {
		fmt.Fprintf(w, "Note: %s\n", n)
	}
}

// checksText says which metrics miss their bars, and how good the order is proved
// to be; the numbers are in --json.
func checksText(w io.Writer, p *playlist.Playlist) {
	judged, met := 0, 0
	for _, c := range p.Checks {
		switch {
		case c.Pass == nil:
		case *c.Pass:
			judged, met = judged+1, met+1
		default:
			judged++
			word := "at most"
			if c.Least {
				word = "at least"
			}
			fmt.Fprintf(w, "Missed: %s is %.3g, and %s %.3g is the bar.\n", strings.ReplaceAll(c.Metric, "_", " "), *c.Value, word, c.Bar)
		}
	}
	if judged > 0 {
		fmt.Fprintf(w, "%d of %d checks of how it follows the plan are met.\n", met, judged)
	}
	if p.Certificate == nil || p.Gap == nil {
		return
	}
	if p.Certificate.Optimal {
		fmt.Fprintf(w, "Proved: no order of these %s tracks follows the plan more closely by the same rules (cost %.4f).\n", thousands(p.Candidates), *p.Cost)
		return
	}
	fmt.Fprintf(w, "Proved: no order of these %s tracks costs less than %.4f by the same rules; this one costs %.4f (gap %.1f %%).\n", thousands(p.Candidates), *p.LowerBound, *p.Cost, 100**p.Gap)
}

// placeName names a point of the plane.
func placeName(p playlist.Place) string {
	if p.Name != "" {
		return p.Name
	}
	return fmt.Sprintf("(%.2f, %.2f)", p.Valence, p.Arousal)
}

// clock writes milliseconds as minutes and seconds.
func clock(ms int64) string {
	s := (ms + 500) / 1000
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// clip shortens s to n letters.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
