package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"segue"
	"segue/outcome/event"
	"segue/recommend"

	"github.com/spf13/cobra"
)

// derivedEvents is what events derive prints.
type derivedEvents struct {
	Occasions int            `json:"occasions"`
	Records   int            `json:"records"`
	Dropped   int            `json:"dropped"` // what no record can hold
	Kinds     map[string]int `json:"kinds"`
	Hour      string         `json:"hour"`
	Out       string         `json:"out"`
	Notes     []string       `json:"notes"`
}

func eventsDeriveCommand(t *terminal) *cobra.Command {
	var f playedFlags
	var listener, hour, out string
	cmd := &cobra.Command{
		Use:   "derive PLAYLIST --history F --listener ID -o OUT",
		Short: "Make event records of what a later history tells of a playlist",
		Long: `Find in a later listening history when a playlist was heard, as segue played does, and
write it as event records: a playlist_start for each occasion, a track_start and a
track_end for each play. Their ids are made of what they say, so that deriving them again,
from the same or a longer history, adds nothing to those there are. --listener is a
pseudonym, never a name. Hearings that a player reported itself should not be derived
besides: they would count twice.`,
		Example: "  segue events derive evening.xspf --history my_spotify_data.zip --listener p01 --tz Europe/Lisbon -o p01.jsonl\n" +
			"  segue events derive evening.m3u8 --history data.zip --listener p01 --hour evening-1 --since 2024-05-06 -o p01.parquet",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case out == "":
				return usage("name the file to write with -o")
			case listener == "":
				return usage("name whose records they are with --listener: a pseudonym, never a name")
			}
			if err := checkIDs(listener, cmp.Or(hour, "made of its tracks")); err != nil {
				return err
			}
			p, h, err := f.hear(cmd, t, args[0])
			if err != nil {
				return err
			}
			if hour == "" {
				hour = recommend.HourID(p.Tracks)
			}
			events, dropped := recommend.Derive(h, p.Tracks, recommend.Derivation{Listener: listener, Hour: hour})
			d := derivedEvents{Occasions: len(h.Occasions), Records: len(events), Dropped: dropped, Kinds: map[string]int{}, Hour: hour, Out: out, Notes: h.Notes}
			for _, e := range events {
				d.Kinds[string(e.Kind)]++
			}
			if err := writeEvents(out, func(to eventSink) error { return to.Write(events...) }); err != nil {
				return err
			}
			return t.print(d, func(w io.Writer) {
				fmt.Fprintf(w, "%s of %s written to %s", amount(d.Records, "record"), amount(d.Occasions, "occasion"), out)
				for i, k := range sortedKeys(d.Kinds) {
					fmt.Fprintf(w, "%s%d %s", map[bool]string{true: ": ", false: ", "}[i == 0], d.Kinds[k], k)
				}
				fmt.Fprintln(w, ".")
				if d.Dropped > 0 {
					fmt.Fprintf(w, "%s could not be told of: their times are no times of records.\n", amount(d.Dropped, "event"))
				}
				for _, n := range d.Notes {
					fmt.Fprintf(w, "Note: %s\n", n)
				}
			})
		},
	}
	f.on(cmd)
	cmd.Flags().StringVar(&listener, "listener", "", "whose records: `ID`, a pseudonym")
	cmd.Flags().StringVar(&hour, "hour", "", "`ID` of the hour (default: made of its tracks)")
	cmd.Flags().StringVarP(&out, "out", "o", "", "`FILE` to write, .jsonl or .parquet")
	_ = cmd.MarkFlagFilename("out", "jsonl", "parquet")
	return cmd
}

// checkIDs refuses what records cannot hold as a listener or an hour.
func checkIDs(listener, hour string) error {
	probe := event.Event{Schema: event.Schema, ID: "probe", Listener: listener, Hour: hour, Kind: event.PlaylistStart, At: time.Unix(1e9, 0).UTC(), Source: event.Export}
	var input *segue.InputError
	if err := probe.Validate(); errors.As(err, &input) {
		return usage("--%s cannot stand in a record: %s", input.Column, strings.TrimPrefix(input.Error(), "column "+input.Column+": "))
	}
	return nil
}
