package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"segue"
	"segue/outcome/event"
	"segue/outcome/experiment"

	"github.com/spf13/cobra"
)

func experimentExpose(t *terminal) *cobra.Command {
	var log, listener, hour, at, zone string
	cmd := &cobra.Command{
		Use:   "expose DESIGN --log FILE --listener NAME [--hour ID]",
		Short: "Draw the arm of a listener's session and write the exposure down",
		Long: `Draw the arm of a listener's next session, append the exposure to the log, and say
which arm it is. Asked again for the same session, it says the same and writes
nothing. The log is event records, a JSON object a line: other commands read it with
the events.

If the log holds exposures of the same experiment under another hash, the design was
changed after its first exposure, and the command refuses.`,
		Example: "  segue experiment expose steps.json --log exposures.jsonl --listener p07 --hour 2026-03-01-a --tz Europe/Lisbon",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if log == "" || listener == "" {
				return usage("--log and --listener are needed")
			}
			loc, err := parseZone(zone)
			if err != nil {
				return err
			}
			when := time.Now()
			if at != "" {
				if when, err = time.Parse(time.RFC3339, at); err != nil {
					return usage("--at %q is no time; write it like 2026-03-01T20:15:00Z", at)
				}
			}
			d, err := openDesign(args[0])
			if err != nil {
				return err
			}
			_, offset := when.In(loc).Zone()
			e, old, err := expose(cmd.Context(), d, log, listener, hour, when, offset/60)
			if err != nil {
				return err
			}
			v := map[string]any{"arm": e.Arm, "propensity": e.Propensity, "id": e.ID, "at": e.At, "again": old}
			return t.print(v, func(w io.Writer) {
				fmt.Fprintln(w, e.Arm)
				if old {
					t.say("segue: this unit was exposed at %s already; nothing is written", e.At.Format(time.RFC3339))
				}
			})
		},
	}
	cmd.Flags().StringVar(&log, "log", "", "the exposures' `FILE`, JSON Lines; made if there is none")
	cmd.Flags().StringVar(&listener, "listener", "", "the listener's `PSEUDONYM`")
	cmd.Flags().StringVar(&hour, "hour", "", "the `ID` of the hour, where sessions are the unit")
	cmd.Flags().StringVar(&at, "at", "", "the `TIME`, RFC 3339; by default now")
	zoneFlag(cmd, &zone)
	return cmd
}

// expose draws and appends one exposure. The log is held from reading to writing, so
// that two programs do not draw the same place of a listener's sequence.
func expose(ctx context.Context, d *experiment.Design, path, listener, hour string, at time.Time, offset int) (e event.Event, old bool, err error) {
	f, err := openLocked(path)
	if err != nil {
		return e, false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var all []event.Event
	err = event.ReadLines(ctx, f, event.ReadOptions{File: path}, func(events []event.Event) error {
		for _, one := range events {
			if one.Kind == event.Exposure {
				all = append(all, one.Keep())
			}
		}
		return nil
	})
	if err != nil {
		return e, false, err
	}
	log, err := d.Exposures(all)
	if err != nil {
		return e, false, &segue.InputError{File: path, Problem: err.Error()}
	}
	if e, old, err = d.Expose(log, listener, hour, at, offset); err != nil || old {
		return e, old, err
	}
	var line bytes.Buffer
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return e, false, err
	}
	if end > 0 { // the last line may not have been ended by whoever wrote it
		var last [1]byte
		if _, err := f.ReadAt(last[:], end-1); err != nil {
			return e, false, err
		}
		if last[0] != '\n' {
			line.WriteByte('\n')
		}
	}
	w := event.NewLineWriter(&line)
	if err := w.Write(e); err != nil {
		return e, false, err
	}
	if err := w.Flush(); err != nil {
		return e, false, err
	}
	if _, err := f.Write(line.Bytes()); err != nil {
		_ = f.Truncate(end) // half a line is none
		return e, false, err
	}
	return e, false, f.Sync()
}

// openLog opens a file to read and to append to.
func openLog(path string) (*os.File, error) { return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) }
