package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"segue"
	"segue/outcome/event"

	"github.com/spf13/cobra"
)

func eventsCommand(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "events",
		Short: "Check, convert and derive event records",
		Long: `Records of what was started, played, left, said and shared, from which metrics and
experiments are computed: JSON Lines (one JSON object a line) or Parquet. docs/science.md
§7 lists the kinds and their fields.`,
		Example: "  segue events check events.jsonl\n  segue events convert events.jsonl -o events.parquet",
		Args:    cobra.NoArgs,
	}
	cmd.AddCommand(eventsCheckCommand(t), eventsConvertCommand(t), eventsDeriveCommand(t))
	return cmd
}

// shownProblems is how many bad records are told of one by one.
const shownProblems = 20

// checkedEvents is what events check prints.
type checkedEvents struct {
	Files      []checkedFile  `json:"files"`
	Records    int            `json:"records"`    // that can be counted, each once
	Duplicates int            `json:"duplicates"` // came again, by id
	Bad        int            `json:"bad"`
	Kinds      map[string]int `json:"kinds"`
	Sources    map[string]int `json:"sources"`
	Listeners  int            `json:"listeners"`
	First      *time.Time     `json:"first"`
	Last       *time.Time     `json:"last"`
	Problems   []string       `json:"problems"` // the first of the bad ones
	Seconds    float64        `json:"seconds"`
}

type checkedFile struct {
	Name       string `json:"name"`
	Records    int    `json:"records"`
	Bad        int    `json:"bad"`
	OutOfOrder int    `json:"out_of_order"` // of before the one that stands before
}

func eventsCheckCommand(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE…",
		Short: "Say what event records hold, and what is wrong where",
		Long: `Read event records whole and say how many there are of which kind, how many came
twice, and which cannot be counted, with their line. Records may stand in any order;
how many are earlier than the one before is told, because a clock may have been set
back. It exits 1 if any record is bad.`,
		Example: "  segue events check events.jsonl\n  segue events check may.parquet june.parquet --json",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			began := time.Now()
			c := checkedEvents{Files: []checkedFile{}, Kinds: map[string]int{}, Sources: map[string]int{}, Problems: []string{}}
			var listeners event.Dedupe
			var last time.Time
			begin := func(path string) {
				c.Files, last = append(c.Files, checkedFile{Name: path}), time.Time{}
			}
			file := func() *checkedFile { return &c.Files[len(c.Files)-1] }
			bad := func(e *segue.InputError) error {
				file().Bad++
				if c.Bad++; c.Bad <= shownProblems {
					c.Problems = append(c.Problems, e.Error())
				}
				return nil
			}
			progress, done := t.progress()
			defer done()
			var met event.Dedupe
			err := eventFiles{splitPaths(args), begin, bad}.each(cmd.Context(), progress, func(events []event.Event) error {
				f := file()
				f.Records += len(events)
				for i := range events {
					if events[i].At.Before(last) {
						f.OutOfOrder++
					}
					last = events[i].At
				}
				fresh, err := met.Keep(events)
				if err != nil {
					return err
				}
				for i := range fresh {
					e := &fresh[i]
					c.Records++
					c.Kinds[string(e.Kind)]++
					c.Sources[string(e.Source)]++
					if _, err := listeners.First(e.Listener, ""); err != nil {
						return err
					}
					if c.First == nil || e.At.Before(*c.First) {
						c.First = timeOf(e.At)
					}
					if c.Last == nil || e.At.After(*c.Last) {
						c.Last = timeOf(e.At)
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
			done()
			_, c.Duplicates = met.Counts()
			c.Seconds = time.Since(began).Seconds()
			c.Listeners, _ = listeners.Counts()
			if err := t.print(c, func(w io.Writer) { checkedText(w, c) }); err != nil {
				return err
			}
			if c.Bad > 0 {
				return fmt.Errorf("%s cannot be counted; mend or leave them out with segue events convert --skip-bad", amount(c.Bad, "record"))
			}
			return nil
		},
	}
}

// timeOf returns a time that keeps no record of a run.
func timeOf(at time.Time) *time.Time { return &at }

func checkedText(w io.Writer, c checkedEvents) {
	for _, f := range c.Files {
		fmt.Fprintf(w, "%s: %s", f.Name, amount(f.Records, "record"))
		if f.OutOfOrder > 0 {
			fmt.Fprintf(w, ", %s earlier than the one before", thousands(f.OutOfOrder))
		}
		if f.Bad > 0 {
			fmt.Fprintf(w, ", %s bad", thousands(f.Bad))
		}
		fmt.Fprintln(w)
	}
	for _, p := range c.Problems {
		fmt.Fprintf(w, "  %s\n", p)
	}
	if more := c.Bad - len(c.Problems); more > 0 {
		fmt.Fprintf(w, "  … and %s more\n", thousands(more))
	}
	fmt.Fprintf(w, "%s of %s", amount(c.Records, "different record"), amount(c.Listeners, "listener"))
	if c.Duplicates > 0 {
		fmt.Fprintf(w, "; %s came again and count once", thousands(c.Duplicates))
	}
	if c.First != nil {
		fmt.Fprintf(w, "; from %s to %s", c.First.Format("2 January 2006 15:04"), c.Last.Format("2 January 2006 15:04 MST"))
	}
	fmt.Fprintln(w)
	tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
	for _, k := range event.Kinds() {
		if n := c.Kinds[string(k)]; n > 0 {
			fmt.Fprintf(tw, "  %s\t%s\n", k, thousands(n))
		}
	}
	tw.Flush()
}

// An eventSink takes records of one file.
type eventSink interface{ Write(...event.Event) error }

// writeEvents writes a file of records, whole or not at all: Parquet by its name's end,
// else JSON Lines.
func writeEvents(path string, fill func(eventSink) error) error {
	switch filepath.Ext(path) {
	case ".parquet":
		return writeFile(path, func(w io.Writer) error {
			p := event.NewParquetWriter(w)
			if err := fill(p); err != nil {
				return err
			}
			return p.Close()
		})
	case ".jsonl", ".ndjson":
		return writeFile(path, func(w io.Writer) error {
			l := event.NewLineWriter(w)
			if err := fill(l); err != nil {
				return err
			}
			return l.Flush()
		})
	}
	return usage("-o %q should end in .jsonl or .parquet", path)
}

// mostSorted is how many records are sorted in memory, 300 bytes and their texts each. (d)
const mostSorted = 3_000_000

// convertedEvents is what events convert prints.
type convertedEvents struct {
	Records    int     `json:"records"`
	Duplicates int     `json:"duplicates"`
	Bad        int     `json:"bad"` // left out
	Out        string  `json:"out"`
	Seconds    float64 `json:"seconds"`
}

func eventsConvertCommand(t *terminal) *cobra.Command {
	var out string
	var sorted, skip bool
	cmd := &cobra.Command{
		Use:   "convert FILE… -o OUT",
		Short: "Write event records as JSON Lines or Parquet, each once",
		Long: `Read event records of any number of files and write them into one: JSON Lines
(.jsonl) or Parquet (.parquet). Of records with the same id of a listener the first is
written. The order stays, or becomes that of time with --sort. A bad record ends it and
nothing is written, unless --skip-bad leaves it out.`,
		Example: "  segue events convert events.jsonl -o events.parquet\n" +
			"  segue events convert may.parquet june.parquet -o both.jsonl --sort --skip-bad",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usage("name the file to write with -o")
			}
			began := time.Now()
			paths := splitPaths(args)
			c := convertedEvents{Out: out}
			var bad func(*segue.InputError) error
			if skip {
				bad = func(*segue.InputError) error { c.Bad++; return nil }
			}
			err := writeEvents(out, func(to eventSink) error {
				var all []event.Event
				progress, done := t.progress()
				defer done()
				duplicates, err := eventFiles{paths: paths, bad: bad}.distinct(cmd.Context(), progress, func(events []event.Event) error {
					c.Records += len(events)
					if !sorted {
						return to.Write(events...)
					}
					if c.Records > mostSorted {
						return &segue.InputError{File: strings.Join(paths, ", "), Problem: "there are over %s records, which is too much to sort in memory", Args: []any{thousands(mostSorted)}, Hint: "convert them in parts, or without --sort"}
					}
					all = append(all, events...)
					return nil
				})
				c.Duplicates = duplicates
				if err != nil || !sorted {
					return err
				}
				event.Sort(all)
				return to.Write(all...)
			})
			if err != nil {
				return err
			}
			c.Seconds = time.Since(began).Seconds()
			return t.print(c, func(w io.Writer) {
				fmt.Fprintf(w, "%s written to %s", amount(c.Records, "record"), out)
				if c.Duplicates > 0 {
					fmt.Fprintf(w, "; %s came again and stand once", thousands(c.Duplicates))
				}
				if c.Bad > 0 {
					fmt.Fprintf(w, "; %s left out (segue events check says which)", amount(c.Bad, "bad record"))
				}
				fmt.Fprintln(w)
			})
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "`FILE` to write, .jsonl or .parquet")
	cmd.Flags().BoolVar(&sorted, "sort", false, "in order of time; at most 3 million records")
	cmd.Flags().BoolVar(&skip, "skip-bad", false, "leave out records that cannot be counted")
	_ = cmd.MarkFlagFilename("out", "jsonl", "parquet")
	return cmd
}
