package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"segue"
	"segue/store"

	"github.com/spf13/cobra"
)

// exportCommand writes everything that is stored.
func exportCommand(t *terminal) *cobra.Command {
	var db database
	var out string
	cmd := &cobra.Command{
		Use:   "export -o FILE.zip",
		Short: "Take everything Segue keeps of you with you, as one ZIP",
		Long: `Write everything the database holds of you as one ZIP of JSON that people and programs
can read: plays, check-ins, hours, reflections, consents, shares. 'segue restore' takes
it back, and 'segue history' reads the plays in it. The ZIP is not encrypted.`,
		Example: "  segue export -o my-segue.zip\n  segue export --db /srv/segue/segue.db --key-file /srv/segue/key -o my-segue.zip --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usage("no file to write to was named: add -o FILE.zip")
			}
			if err := db.place(); err != nil {
				return err
			}
			if err := checkFile(out, db.path); err != nil {
				return err
			}
			s, err := db.existing(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer s.Close()
			err = writeFileAs(out, 0o600, func(w io.Writer) error { return s.Export(cmd.Context(), selfID, w) })
			switch {
			case errors.Is(err, store.ErrNotFound):
				return &segue.InputError{File: db.name(), Problem: "nothing is kept of you in it", Hint: "there is nothing to export yet"}
			case err != nil:
				return db.named(err)
			}
			v := struct {
				File  string `json:"file"`
				Bytes int64  `json:"bytes"`
			}{out, sizeOf(out)}
			return t.print(v, func(w io.Writer) {
				fmt.Fprintf(w, "Wrote everything kept of you to %s, %s. It is not encrypted: keep it where only you can read it.\n", v.File, bytesText(v.Bytes))
			})
		},
	}
	db.flags(cmd)
	cmd.Flags().StringVarP(&out, "out", "o", "", "`FILE.zip` to write")
	_ = cmd.MarkFlagFilename("out", "zip")
	return cmd
}

// restoreCommand takes an export back.
func restoreCommand(t *terminal) *cobra.Command {
	var db database
	var yes bool
	cmd := &cobra.Command{
		Use:   "restore FILE.zip",
		Short: "Take an export back, in place of what Segue keeps of you",
		Long: `Read a ZIP that 'segue export' wrote into the database, which is made if there is none.
It takes the place of everything the database holds of you, all of it or, if anything
is wrong with the file, nothing. If there is something to replace, --yes has to say so.`,
		Example: "  segue restore my-segue.zip\n  segue restore my-segue.zip --db new.db --key-file key --yes --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			info, err := f.Stat()
			if err != nil {
				return err
			}
			if info.IsDir() {
				return &segue.InputError{File: args[0], Problem: "this is a folder", Hint: "name the ZIP that 'segue export' wrote"}
			}
			s, err := db.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.Close()
			release, err := db.alone()
			if err != nil {
				return err
			}
			defer release()
			_, err = s.Listener(cmd.Context(), selfID)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return db.named(err)
			}
			replaced := err == nil
			if replaced && !yes {
				return usage("%s holds data of yours that this would replace; add --yes if it shall, or name another with --db", db.name())
			}
			if err := s.Restore(cmd.Context(), selfID, f, info.Size()); err != nil {
				return db.named(inZIP(args[0], err))
			}
			v := struct {
				Database string `json:"database"`
				Replaced bool   `json:"replaced"`
			}{db.name(), replaced}
			return t.print(v, func(w io.Writer) { fmt.Fprintf(w, "%s holds what was in %s.\n", v.Database, args[0]) })
		},
	}
	db.flags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "replace what is there")
	return cmd
}

// inZIP names the ZIP in what is wrong with a file in it.
func inZIP(path string, err error) error {
	var input *segue.InputError
	if !errors.As(err, &input) {
		return err
	}
	named := *input
	named.File = path
	if input.File != "" {
		named.File = filepath.Join(path, input.File)
	}
	return &named
}
