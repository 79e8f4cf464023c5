package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"segue"
	"segue/outcome"
	"segue/playlist"
	"segue/recommend"

	"github.com/spf13/cobra"
)

// maxWorkers is more hours at once than any machine has processors for.
const maxWorkers = 1024

// batchView is what batch prints of all its hours.
type batchView struct {
	Wishes    int     `json:"wishes"`  // lines read, blank ones apart
	Planned   int     `json:"planned"` // hours
	Failed    int     `json:"failed"`  // wishes without one
	Out       string  `json:"out"`
	Seconds   float64 `json:"seconds"`    // of planning
	PerSecond float64 `json:"per_second"` // hours planned

	Pooled *pooledView `json:"pooled"` // null without --pooled
}

// pooledView is what batch prints of what many people hear out.
type pooledView struct {
	People int `json:"people"` // histories that tell tracks apart
	Tracks int `json:"tracks"` // recordings that enough of them heard; 0 if there are fewer people
}

// batchLine is one line of what batch writes.
type batchLine struct {
	ID       string             `json:"id"`
	Playlist *playlist.Playlist `json:"playlist,omitempty"`
	Error    string             `json:"error,omitempty"`
}

func batchCommand(t *terminal) *cobra.Command {
	var catalogs []string
	var b batch
	var zone, model string
	cmd := &cobra.Command{
		Use:   "batch --catalog F --wishes wishes.jsonl [-o hours.jsonl]",
		Short: "Build hours for many listeners at once",
		Long: `Build a playlist for every wish of a file, over one catalogue, several at once and
in little memory. A wish is one JSON object on a line of its own:

  {"id":"ana", "from":"angry", "to":"calm", "history":["ana/my_spotify_data.zip"]}
  {"id":"bo", "from":".3,.7", "minutes":30, "exclude":{"artists":["Nobody"], "explicit":true}}

  id          the wish's name, needed
  history     listening exports; their paths start at the wishes' folder
  from, to    as in 'segue playlist'; without from, the mood of the last session
  minutes     10 to 180; without it 60
  arm, curve, lead  as in 'segue playlist'
  via         places on the way, in order: ["content", ".6,.6"]
  familiarity share of familiar tracks in each third: [0.8, 0.6, 0.6]
  seed        without it that of --seed
  at          when it will be heard, HH:MM; without it now
  tz          the listener's time zone; without it that of --tz
  candidates  how many tracks to choose from
  seasonal    auto, keep or leave-out, as in 'segue playlist'
  exclude     artists, tracks, genres: lists of what is never played; explicit: true to
              leave that out; max_speech, max_live: 0 to 1; min_length_ns,
              max_length_ns: in nanoseconds
  locks       tracks at chosen places: [{"place":1, "id":"…"}]
  wishes      ids of tracks that must be in it

Any other key is an error. For each wish a line is written, in the same order:
{"id", "playlist"}, as 'segue playlist --json' prints it, or {"id", "error"}. A wish
that cannot be met does not stop the others; the exit code is then 1. The file
appears whole or not at all; without -o the lines go to standard output.

With --pooled the histories are read twice. What all their listeners finish, one voice
each, then tells of a track that one of them never played whether it is likely to be
finished: what people surely finish less often than most is chosen less often, and its
reason says so. Only tracks that 10 people or more heard count, and nobody's own voice
counts for their own hour. Nothing of it is written.`,
		Example: "  segue batch --catalog catalog.parquet --wishes wishes.jsonl -o hours.jsonl\n" +
			"  segue batch --catalog tracks.csv --wishes wishes.jsonl --workers 8 --certificate -o hours.jsonl --json\n" +
			"  segue batch --catalog catalog.parquet --wishes wishes.jsonl --pooled -o hours.jsonl",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case b.wishes == "":
				return usage("no wishes were named: add --wishes FILE, with one JSON object a line")
			case b.workers < 0 || b.workers > maxWorkers:
				return usage("--workers %d is outside 0 to %d; 0 is one a processor", b.workers, maxWorkers)
			case t.json && b.out == "":
				return usage("--json prints how many hours there are; add -o FILE for the hours")
			}
			var err error
			if b.zone, err = parseZone(zone); err != nil {
				return err
			}
			if b.out != "" {
				if err := checkFile(b.out, append(splitPaths(catalogs), b.wishes)...); err != nil {
					return err
				}
				b.replaced, _ = os.Stat(b.out)
			}
			b.seed, b.now = t.seed, time.Now()
			wishes, err := openWishes(b.wishes, b.order)
			if err != nil {
				return err
			}
			defer wishes.Close()
			progress, done := t.progress()
			defer done()
			c, read, err := t.readCatalog(cmd.Context(), catalogs, progress)
			if err != nil {
				return err
			}
			m, err := place(c, model)
			if err != nil {
				return inCatalogue(err, catalogs, read)
			}
			var pooled *pooledView
			if b.pooled {
				if pooled, err = b.pool(cmd.Context(), m, wishes, progress); err != nil {
					return err
				}
			}
			v, err := b.run(cmd.Context(), t.out, m, wishes, progress)
			if err != nil {
				return err
			}
			v.Pooled = pooled
			done()
			if wishes.zoneless {
				t.noteZone(cmd)
			}
			return b.conclude(t, v)
		},
	}
	catalogFlag(cmd, &catalogs)
	modelFlag(cmd, &model)
	cmd.Flags().StringVar(&b.wishes, "wishes", "", "the wishes' `FILE`, one JSON object a line")
	cmd.Flags().StringVarP(&b.out, "out", "o", "", "the `FILE` to write, one JSON object a line")
	zoneFlag(cmd, &zone)
	cmd.Flags().IntVar(&b.workers, "workers", 0, "hours planned at once; 0 is one a processor")
	cmd.Flags().BoolVar(&b.certificate, "certificate", false, "also find how far each hour can be from the best there is, which takes longer")
	cmd.Flags().BoolVar(&b.pooled, "pooled", false, "weigh tracks also by what all listeners of the batch finish; the histories are read twice")
	_ = cmd.MarkFlagFilename("wishes", "jsonl", "ndjson")
	_ = cmd.MarkFlagFilename("out", "jsonl", "ndjson")
	return cmd
}

// A batch is one run of the batch command.
type batch struct {
	wishes, out string
	replaced    fs.FileInfo // what is at out already; nil if nothing
	workers     int
	certificate bool
	pooled      bool
	others      *playlist.FinishingPool // what all hear out; nil if not pooled, or of too few
	seed        uint64                  // of wishes that have none
	zone        *time.Location          // of listeners who have none
	now         time.Time               // when hours are heard of which nobody said it
}

// pool reads all histories for what their listeners hear out, and the wishes back to their
// beginning.
func (b *batch) pool(ctx context.Context, m *recommend.Music, wishes *wishReader, progress segue.Progress) (*pooledView, error) {
	if err := wishes.rewind(); err != nil { // before much is read in vain
		return nil, err
	}
	orders := func(yield func(recommend.Order, error) bool) {
		wishes.all(func(o recommend.Order, err error) bool {
			if progress != nil {
				progress("pooling histories", wishes.offset, wishes.size)
			}
			return yield(o, err)
		})
	}
	voices, err := recommend.Voices(ctx, m, orders, recommend.BatchOptions{Workers: b.workers})
	if err == nil {
		err = wishes.err
	}
	if err != nil {
		return nil, err
	}
	v := &pooledView{People: voices.People()}
	if b.others = voices.Pool(outcome.GroupLeast); b.others != nil {
		v.Tracks = b.others.Len()
	}
	return v, wishes.rewind()
}

// run plans every wish and writes the hours, to stdout if no file is named.
func (b *batch) run(ctx context.Context, stdout io.Writer, m *recommend.Music, wishes *wishReader, progress segue.Progress) (*batchView, error) {
	v := &batchView{Out: b.out}
	write := func(w io.Writer) error {
		buffered := bufio.NewWriterSize(w, 1<<16)
		start := time.Now()
		err := recommend.PlanAll(ctx, m, wishes.all, recommend.BatchOptions{Workers: b.workers, Pool: b.others}, func(a recommend.Answer) error {
			if progress != nil {
				progress("planning hours", wishes.offset, wishes.size)
			}
			return v.add(buffered, a)
		})
		if err == nil {
			err = wishes.err
		}
		if err == nil && v.Wishes == 0 {
			err = &segue.InputError{File: b.wishes, Problem: "there is no wish in it", Hint: `write one a line, such as {"id":"ana","from":"sad"}`}
		}
		if err != nil {
			return err
		}
		v.Seconds = time.Since(start).Seconds()
		v.PerSecond = float64(v.Planned) / v.Seconds
		return buffered.Flush()
	}
	if b.out == "" {
		return v, write(stdout)
	}
	return v, writeFile(b.out, write)
}

// add counts an answer and writes its line.
func (v *batchView) add(w io.Writer, a recommend.Answer) error {
	v.Wishes++
	line := batchLine{ID: a.ID, Playlist: a.Playlist}
	if a.Err != nil {
		v.Failed++
		line.Error = wishComplaint(a.Err)
	} else {
		v.Planned++
	}
	text, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("cannot write an hour as JSON: %w", err)
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// wishComplaint is the one line said of a wish that could not be met.
func wishComplaint(err error) string {
	if recommend.NeedsStart(err) {
		return `nothing tells where the hour begins: no session of a history shows a mood; add "from", such as "calm" or ".3,.7"`
	}
	return complaint(err)
}

// conclude prints the summary, where the hours are not, and reports wishes that
// could not be met: the command then did all it could, and failed.
func (b *batch) conclude(t *terminal, v *batchView) error {
	where := "in " + b.out
	if b.out == "" {
		where = "above"
		t = &terminal{out: t.err, err: t.err, quiet: t.quiet, warnings: t.warnings}
	}
	if b.out != "" || !t.quiet {
		if err := t.print(v, v.text); err != nil {
			return err
		}
	}
	if v.Failed > 0 {
		return fmt.Errorf("%s of %s wishes could not be met; their lines %s say why", thousands(v.Failed), thousands(v.Wishes), where)
	}
	return nil
}

// text writes the summary for people.
func (v *batchView) text(w io.Writer) {
	fmt.Fprintf(w, "Planned %s of %s hours in %.1f s, %.0f a second.\n", thousands(v.Planned), thousands(v.Wishes), v.Seconds, v.PerSecond)
	if p := v.Pooled; p != nil && p.Tracks > 0 {
		fmt.Fprintf(w, "Pooled what %s people finish, of %s tracks that %d of them or more heard.\n", thousands(p.People), thousands(p.Tracks), outcome.GroupLeast)
	} else if p != nil {
		fmt.Fprintf(w, "Pooled nothing: no track was heard by %d people or more whose histories tell what they finish; there are %s.\n", outcome.GroupLeast, thousands(p.People))
	}
	if v.Out != "" {
		fmt.Fprintf(w, "Written to %s.\n", v.Out)
	}
}
