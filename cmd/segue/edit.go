package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"segue"
	"segue/playlist"
	"segue/recommend"
	"segue/taste"

	"github.com/spf13/cobra"
)

func editCommand(t *terminal) *cobra.Command {
	var histories, catalogs []string
	var zone, out, felt, model string
	var certificate bool
	var steps editSteps
	cmd := &cobra.Command{
		Use:   "edit HOUR.json --catalog F",
		Short: "Change an hour by hand, as little as it takes",
		Long: `Change an hour that 'segue playlist --json' printed: swap, lock, exclude, insert or
move tracks, make it shorter or longer, lead it elsewhere, or make a fresh one around
what is locked. Edits are made in the order they are given, each may be given several
times, and each changes as little as it can: one track where that is enough, else its
neighbours, else all that is not locked. What had to be given up is said.

Places count from 1; -1 is the last. A track that you insert, move, or swap in by its
id is locked at its place. The catalogue, and the history if there was one, are those
the hour was made from. HOUR.json keeps its edits, so that it can be edited, and the
edits undone, another day; -o may name the same file again.`,
		Example: "  segue playlist --catalog tracks.csv --from angry --to calm --json > hour.json\n" +
			"  segue edit hour.json --catalog tracks.csv --swap 4 --lock 2 -o hour.json\n" +
			"  segue edit hour.json --catalog tracks.csv --exclude-artist 7 --minutes 45 -o evening.m3u8\n" +
			"  segue edit hour.json --catalog tracks.csv --insert 3=5kqIPrATaCc2LqxVWzQGbk --move 5=2 --json\n" +
			"  segue edit hour.json --catalog tracks.csv --undo -o hour.json",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			loc, err := parseZone(zone)
			if err != nil {
				return err
			}
			if len(steps) == 0 && out == "" && !t.json && !certificate {
				return usage("nothing is to be changed: add an edit, such as --swap 4; '%s -h' lists them", cmd.CommandPath())
			}
			if cmd.Flags().Changed("seed") {
				steps.reseed(t.seed)
			}
			write, err := hourFile(out, append(splitPaths(catalogs), splitPaths(histories)...)...)
			if err != nil {
				return err
			}
			hour, err := readPlaylist(args[0])
			if err != nil {
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
			before := hour.Tracks
			library, err := m.Library(l, p)
			if err != nil {
				return err
			}
			hour, err = edited(cmd.Context(), library, hour, args[0], steps, certificate)
			if err != nil {
				return err
			}
			done()
			if len(histories) > 0 {
				t.noteZone(cmd)
			}
			t.noteUnknown(m.Catalog, steps.excluded())
			if out != "" {
				if err := writeFile(out, func(w io.Writer) error { return write(w, hour) }); err != nil {
					return err
				}
				t.say("written to %s", out)
			}
			return t.print(hour, func(w io.Writer) {
				playlistText(w, hour)
				changeText(w, before, hour.Tracks)
			})
		},
	}
	catalogFlag(cmd, &catalogs)
	historyFlag(cmd, &histories)
	zoneFlag(cmd, &zone)
	tasteFlag(cmd, &felt)
	modelFlag(cmd, &model)
	steps.add(cmd)
	cmd.Flags().BoolVar(&certificate, "certificate", false, "say how far its cost can be from the least there is, which takes longer")
	cmd.Flags().StringVarP(&out, "out", "o", "", "the `FILE` to write: .json can be edited again; .m3u8, .xspf, .jspf or .csv can be played")
	return cmd
}

// edited makes the edits of the call on an hour that was read from a file.
func edited(ctx context.Context, library *playlist.Library, hour *playlist.Playlist, file string, steps []editStep, certificate bool) (*playlist.Playlist, error) {
	d, err := playlist.Resume(ctx, library, hour)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, playlist.ErrNoFit):
		reason := strings.TrimPrefix(complaint(err), playlist.ErrNoFit.Error()+": ")
		return nil, &segue.InputError{File: file, Problem: reason}
	case errors.Is(err, segue.ErrUsage):
		return nil, &segue.InputError{File: file, Problem: complaint(err)}
	case err != nil:
		return nil, err
	}
	for _, s := range steps {
		for i := range s.undo {
			if _, err := d.Undo(); err != nil && i > 0 {
				last := "edit"
				if i > 1 {
					last = amount(i, "edit")
				}
				return nil, fmt.Errorf("--undo=%d: before the last %s %w", s.undo, last, err)
			} else if err != nil {
				return nil, fmt.Errorf("--undo: %w", err)
			}
		}
		if s.undo > 0 {
			continue
		}
		if _, err := d.Apply(ctx, s.edit); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, fmt.Errorf("--%s: %w", s.flag, err)
		}
	}
	if certificate {
		return d.Certify(ctx)
	}
	return d.Playlist(), nil
}

// shownChanges is how many tracks that came or went the text names.
const shownChanges = 4

// changeText says which tracks came and which went, so that nobody has to compare
// two lists.
func changeText(w io.Writer, before, now []playlist.Track) {
	missing := func(from, in []playlist.Track, place bool) (names []string) {
		for i, t := range from {
			if slices.ContainsFunc(in, func(other playlist.Track) bool { return other.ID == t.ID }) {
				continue
			}
			name := "“" + clip(t.Title, 34) + "”"
			if place {
				name = fmt.Sprintf("%s at place %d", name, i+1)
			}
			names = append(names, name)
		}
		return names
	}
	tell := func(verb string, names []string) {
		if n := len(names); n > shownChanges {
			fmt.Fprintf(w, "%s: %d tracks.\n", verb, n)
		} else if n > 0 {
			fmt.Fprintf(w, "%s: %s.\n", verb, strings.Join(names, ", "))
		}
	}
	tell("Came", missing(now, before, true))
	tell("Went", missing(before, now, false))
}

// hourFile returns what writes a playlist into a file, by its ending.
func hourFile(path string, inputs ...string) (func(io.Writer, *playlist.Playlist) error, error) {
	if path == "" {
		return nil, nil
	}
	if err := checkFile(path, inputs...); err != nil {
		return nil, err
	}
	if strings.EqualFold(filepath.Ext(path), ".json") {
		return func(w io.Writer, p *playlist.Playlist) error {
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			return e.Encode(p)
		}, nil
	}
	format, err := playlist.FormatOf(path)
	if err != nil {
		return nil, usage("%q is neither an hour to edit again (.json) nor a playlist file (.m3u8, .xspf, .jspf or .csv)", path)
	}
	return func(w io.Writer, p *playlist.Playlist) error { return playlist.Write(w, format, p) }, nil
}

// An editStep is one edit as a flag gave it.
type editStep struct {
	flag string
	edit playlist.Edit
	undo int // how many edits to take back, instead
}

// editSteps collect the edits of a call in the order they are given.
type editSteps []editStep

func (s *editSteps) add(cmd *cobra.Command) {
	place := func(do playlist.Action) func(string) (editStep, error) {
		return func(v string) (editStep, error) {
			at, err := placeNumber(v)
			return editStep{edit: playlist.Edit{Do: do, Place: at}}, err
		}
	}
	for _, f := range []struct {
		name, usage string
		read        func(string) (editStep, error)
	}{
		{"swap", "put another track at this `PLACE`, or with PLACE=ID a certain one", func(v string) (editStep, error) {
			at, id, _ := strings.Cut(v, "=")
			n, err := placeNumber(at)
			return editStep{edit: playlist.Edit{Do: playlist.DoSwap, Place: n, ID: id}}, err
		}},
		{"lock", "hold the track at this `PLACE` there", place(playlist.DoLock)},
		{"unlock", "let the track at this `PLACE` go", place(playlist.DoUnlock)},
		{"exclude", "never play the track at this `PLACE` again", place(playlist.DoExclude)},
		{"exclude-artist", "never play the main artist of this `PLACE` again, or the one of this name", func(v string) (editStep, error) {
			if at, err := placeNumber(v); err == nil {
				return editStep{edit: playlist.Edit{Do: playlist.DoExcludeArtist, Place: at}}, nil
			}
			return editStep{edit: playlist.Edit{Do: playlist.DoExcludeArtist, Artist: v}}, nil
		}},
		{"insert", "`PLACE=ID`: put this track of the catalogue there; one that is not locked leaves", func(v string) (editStep, error) {
			at, id, ok := strings.Cut(v, "=")
			n, err := placeNumber(at)
			if !ok || id == "" || err != nil {
				return editStep{}, fmt.Errorf("a place and an id, such as 3=5kqIPrATaCc2LqxVWzQGbk")
			}
			return editStep{edit: playlist.Edit{Do: playlist.DoInsert, Place: n, ID: id}}, nil
		}},
		{"move", "`FROM=TO`: take the track from one place to another", func(v string) (editStep, error) {
			a, b, _ := strings.Cut(v, "=")
			from, err := placeNumber(a)
			to, err2 := placeNumber(b)
			if err != nil || err2 != nil {
				return editStep{}, fmt.Errorf("two places, such as 5=2")
			}
			return editStep{edit: playlist.Edit{Do: playlist.DoMove, Place: from, Where: to}}, nil
		}},
		{"minutes", "make it this `LONG`, 10 to 180 minutes", func(v string) (editStep, error) {
			n, err := strconv.Atoi(v)
			if err != nil {
				return editStep{}, fmt.Errorf("a number of minutes")
			}
			return editStep{edit: playlist.Edit{Do: playlist.DoLength, Minutes: n}}, nil
		}},
		{"to", "lead it to this `MOOD` or valence,arousal", func(v string) (editStep, error) {
			at, err := segue.ParseAffect(v)
			to := playlist.Place{Affect: at}
			if !strings.Contains(v, ",") {
				to = playlist.Place{Name: v}
			}
			return editStep{edit: playlist.Edit{Do: playlist.DoTarget, To: &to}}, err
		}},
		{"rebuild", "make a fresh hour around what is locked; --seed `N` says which", func(v string) (editStep, error) {
			return editStep{edit: playlist.Edit{Do: playlist.DoRebuild}}, onlySwitch(v)
		}},
		{"undo", "take back the last edit, or with --undo=`N` the last N", func(v string) (editStep, error) {
			n, err := strconv.Atoi(v)
			if err != nil || n < 1 || n > playlist.MaxEdits {
				return editStep{}, fmt.Errorf("a number of edits from 1 on")
			}
			return editStep{undo: n}, nil
		}},
	} {
		cmd.Flags().Var(&editFlag{name: f.name, read: f.read, steps: s}, f.name, f.usage)
	}
	cmd.Flags().Lookup("rebuild").NoOptDefVal = "true"
	cmd.Flags().Lookup("undo").NoOptDefVal = "1"
	_ = cmd.RegisterFlagCompletionFunc("to", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"calm", "content", "happy"}, cobra.ShellCompDirectiveNoFileComp
	})
}

// excluded returns the artists that the call excludes by name.
func (s editSteps) excluded() (e playlist.Exclusions) {
	for _, step := range s {
		if step.edit.Do == playlist.DoExcludeArtist && step.edit.Artist != "" {
			e.Artists = append(e.Artists, step.edit.Artist)
		}
	}
	return e
}

// reseed gives the rebuilds of the call a seed: the first this one, each later
// one the next.
func (s editSteps) reseed(seed uint64) {
	for i := range s {
		if s[i].edit.Do == playlist.DoRebuild {
			given := seed
			s[i].edit.Seed = &given
			seed++
		}
	}
}

// editFlag is a flag that adds an edit each time it is given.
type editFlag struct {
	name  string
	read  func(string) (editStep, error)
	steps *editSteps
}

// String returns nothing: an edit has no default.
func (f *editFlag) String() string { return "" }

// Type names what the flag reads in messages.
func (f *editFlag) Type() string { return "edit" }

// Set adds the edit that v describes.
func (f *editFlag) Set(v string) error {
	s, err := f.read(v)
	if err != nil {
		return err
	}
	s.flag = f.name
	*f.steps = append(*f.steps, s)
	return nil
}

func placeNumber(v string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil || n == 0 {
		return 0, fmt.Errorf("a place, from 1 on, or from -1 back")
	}
	return n, nil
}

func onlySwitch(v string) error {
	if v != "true" {
		return fmt.Errorf("a switch without a value")
	}
	return nil
}

// music reads the catalogue, placed by a model if one is named, and, if there is one,
// the history that an hour is made from.
func (t *terminal) music(ctx context.Context, catalogs, histories []string, model string, corrections []taste.Correction, o recommend.ListenOptions, progress segue.Progress) (*recommend.Music, *recommend.Listener, *recommend.Profile, error) {
	c, read, err := t.readCatalog(ctx, catalogs, progress)
	if err != nil {
		return nil, nil, nil, err
	}
	m, err := place(c, model)
	if err != nil {
		return nil, nil, nil, inCatalogue(err, catalogs, read)
	}
	if m, err = t.feltAs(ctx, m, corrections); err != nil {
		return nil, nil, nil, err
	}
	if len(histories) == 0 {
		return m, nil, nil, nil
	}
	plays, _, err := t.readHistory(ctx, histories, progress)
	if err != nil {
		return nil, nil, nil, err
	}
	l, err := t.listen(ctx, m, plays, o)
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := recommend.ProfileOf(ctx, l, recommend.ProfileOptions{Seed: o.Seed})
	return m, l, p, err
}
