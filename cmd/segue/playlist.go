package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"segue"
	"segue/playlist"
	"segue/recommend"

	"github.com/spf13/cobra"
)

func playlistCommand(t *terminal) *cobra.Command {
	var histories, catalogs []string
	var zone, out string
	var wish wishFlags
	var draw *picture
	cmd := &cobra.Command{
		Use:   "playlist --catalog F --from MOOD --to MOOD",
		Short: "Build an hour from one mood to another",
		Long: `Build a playlist of a given length that moves step by step from one mood to
another: it holds where you are, shifts in small steps, and stays at the target.
A mood is one of angry, anxious, sad, content, calm, happy, or valence,arousal in
0 to 1 (unpleasant to pleasant, quiet to energetic). With --history it is made
around what you know; without, from the catalogue alone. The file's ending chooses
its format.`,
		Example: "  segue playlist --catalog catalog.parquet --from angry --to calm -o evening.m3u8\n" +
			"  segue playlist --catalog a.csv --history data.zip --from .2,.8 --to calm --minutes 30 --seed 7 --json\n" +
			"  segue playlist --catalog a.csv --from sad --to content --picture hour.svg",
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
				if err := checkFile(out, append(splitPaths(catalogs), splitPaths(histories)...)...); err != nil {
					return err
				}
			}
			if err := draw.check(append(splitPaths(catalogs), splitPaths(histories)...)...); err != nil {
				return err
			}
			progress, done := t.progress()
			defer done()
			m, l, p, err := t.music(cmd.Context(), catalogs, histories, recommend.ListenOptions{Location: loc, Seed: t.seed}, progress)
			if err != nil {
				return err
			}
			hour, err := recommend.Plan(cmd.Context(), m, l, p, w)
			if err != nil {
				return noStart(err, l)
			}
			done()
			if len(histories) > 0 {
				t.noteZone(cmd)
			}
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
	wish.add(cmd)
	cmd.Flags().StringVarP(&out, "out", "o", "", "the playlist `FILE` to write: .m3u8, .xspf, .jspf or .csv")
	draw = addPicture(cmd)
	return cmd
}

// wishFlags are the flags that say which hour is wanted.
type wishFlags struct {
	from, to, arm, at, curve string
	minutes                  int
	artists, tracks, genres  []string
	noExplicit               bool
}

func (f *wishFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.from, "from", "", "`MOOD` or valence,arousal it starts from (default: the last session's)")
	fs.StringVar(&f.to, "to", "", "`MOOD` or valence,arousal it leads to (default: what the start usually wants)")
	fs.IntVar(&f.minutes, "minutes", 60, "length, 10 to 180")
	fs.StringVar(&f.arm, "arm", string(playlist.Iso), "iso, compensatory or shuffle")
	fs.StringVar(&f.curve, "curve", string(playlist.Smoothstep), "how it shifts: smoothstep, linear or minimum-jerk")
	fs.StringVar(&f.at, "at", "", "when it will be heard, `HH:MM` in --tz (default: now); from 22:30 to 05:00 the night rules hold")
	fs.StringArrayVar(&f.artists, "exclude-artist", nil, "never play this `ARTIST` (may be repeated)")
	fs.StringArrayVar(&f.tracks, "exclude-track", nil, "never play the track with this `ID` (may be repeated)")
	fs.StringArrayVar(&f.genres, "exclude-genre", nil, "never play this `GENRE` (may be repeated)")
	fs.BoolVar(&f.noExplicit, "no-explicit", false, "leave out tracks marked explicit")
	complete := func(words ...string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return words, cobra.ShellCompDirectiveNoFileComp
		}
	}
	for name, words := range map[string][]string{
		"from": {"angry", "anxious", "calm", "content", "happy", "sad"}, "to": {"calm", "content", "happy"},
		"arm": {"iso", "compensatory", "shuffle"}, "curve": {"smoothstep", "linear", "minimum-jerk"},
	} {
		_ = cmd.RegisterFlagCompletionFunc(name, complete(words...))
	}
}

// wish turns the flags into what recommend.Plan asks for.
func (f *wishFlags) wish(zone *time.Location, seed uint64) (recommend.Wish, error) {
	w := recommend.Wish{From: f.from, To: f.to, Minutes: f.minutes, Arm: playlist.Arm(f.arm), Seed: seed}
	switch w.Arm {
	case playlist.Iso, playlist.Compensatory, playlist.Shuffle:
	default:
		return w, usage("--arm %q is none of iso, compensatory and shuffle", f.arm)
	}
	switch w.Arc.Curve = playlist.Curve(f.curve); w.Arc.Curve {
	case playlist.Smoothstep, playlist.Linear, playlist.MinimumJerk:
	default:
		return w, usage("--curve %q is none of smoothstep, linear and minimum-jerk", f.curve)
	}
	if f.minutes < playlist.MinMinutes || f.minutes > playlist.MaxMinutes {
		return w, usage("--minutes %d is outside %d to %d", f.minutes, playlist.MinMinutes, playlist.MaxMinutes)
	}
	for _, end := range []struct{ flag, value string }{{"from", f.from}, {"to", f.to}} {
		if end.value == "" {
			continue
		}
		if _, err := segue.ParseAffect(end.value); err != nil {
			return w, usage("--%s: %v", end.flag, err)
		}
	}
	at := time.Now()
	if f.at != "" {
		clock, err := time.ParseInLocation("15:04", f.at, zone)
		if err != nil {
			return w, usage("--at %q is not a time of day; write one like 21:30", f.at)
		}
		at = clock
	}
	w.Night = recommend.IsNight(at, zone)
	w.Exclude = playlist.Exclusions{Artists: f.artists, Tracks: f.tracks, Genres: f.genres, Explicit: f.noExplicit}
	return w, nil
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
	for _, c := range p.Checks {
		if c.Value == nil {
			continue
		}
		verdict, word := "", "at most"
		if c.Least {
			word = "at least"
		}
		if c.Pass != nil && *c.Pass {
			verdict = "met"
		} else if c.Pass != nil {
			verdict = "missed"
		}
		fmt.Fprintf(w, "  %-24s %8.3f  (%s %.3g) %s\n", c.Metric, *c.Value, word, c.Bar, verdict)
	}
	for _, r := range p.Relaxed {
		fmt.Fprintf(w, "Relaxed: %s. %s\n", strings.TrimSuffix(r.Text, "."), r.Help)
	}
	for _, n := range p.Notes {
		fmt.Fprintf(w, "Note: %s\n", n)
	}
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
