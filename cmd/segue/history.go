package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"segue/history"

	"github.com/spf13/cobra"
)

func historyCommand(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:   "history F…",
		Short: "Read listening exports and account for every row",
		Long: `Read listening exports: Spotify (account data and extended history, the ZIP as it
came), ListenBrainz, Last.fm (JSON pages, CSV), Apple Music play activity, Maloja.
What a file is, is told from its content. Every row is imported, merged as a
duplicate, or dropped with a reason; skips are kept. Addresses, countries, devices
and user names are never read in.`,
		Example: "  segue history my_spotify_data.zip\n  segue history StreamingHistory0.json StreamingHistory1.json --json",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			progress, done := t.progress()
			defer done()
			_, report, err := t.readHistory(cmd.Context(), args, progress)
			if err != nil {
				return err
			}
			done()
			return t.print(report, func(w io.Writer) { historyText(w, report) })
		},
	}
}

func historyText(w io.Writer, r *history.Report) {
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
	fmt.Fprintln(tw, "file\tformat\trows\timported\tduplicates\tdropped")
	for _, f := range r.Files {
		dropped := 0
		for _, n := range f.Dropped {
			dropped += n
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", f.Name, f.Format, thousands(f.Rows), thousands(f.Imported), thousands(f.Duplicates), thousands(dropped))
	}
	tw.Flush()
	dropped := 0
	for _, reason := range sortedKeys(r.Dropped) {
		dropped += r.Dropped[reason]
		fmt.Fprintf(w, "  dropped %s: %s\n", thousands(r.Dropped[reason]), reason)
	}
	fmt.Fprintf(w, "%s rows = %s plays + %s duplicates + %s dropped\n", thousands(r.Rows), thousands(r.Plays), thousands(r.Duplicates), thousands(dropped))
	fmt.Fprintf(w, "%s of the plays were skipped; %s to %s\n", thousands(r.Skips), r.First.Format("2 Jan 2006"), r.Last.Format("2 Jan 2006"))
	if n := len(r.Ignored); n > 0 {
		fmt.Fprintf(w, "%d other files were passed over\n", n)
	}
}
