package main

import (
	"errors"
	"fmt"
	"io"

	"segue"
	"segue/store"

	"github.com/spf13/cobra"
)

// moveCommand moves a database between a file and a PostgreSQL.
func moveCommand(t *terminal) *cobra.Command {
	var from, to database
	cmd := &cobra.Command{
		Use:   "move --db FROM --to TO",
		Short: "Copy everything of a database into another, of a file or of a PostgreSQL",
		Long: `Copy everything a database holds, of everybody, into another one that is empty: from a
file to a PostgreSQL, back, or to a file with another key. All of it is copied and read
back to compare it, or nothing is. The first database stays as it is. Stop Segue before,
so that nothing is written meanwhile, and start it with the second one after.

A PostgreSQL's database exists before it is moved to: make it with createdb.`,
		Example: "  segue move --db ~/segue.db --key-file ~/.segue-key --to postgres://segue@db.example.org/segue\n" +
			"  segue move --db postgres://segue@db.example.org/segue --to segue.db --to-key-file ~/.segue-key --json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if to.path == "" {
				return usage("no database to move to was named: add --to TO")
			}
			if err := from.place(); err != nil {
				return err
			}
			if from.path == to.path {
				return usage("--db and --to name the same database")
			}
			if to.settled = true; to.keyFile == "" && !isURL(to.path) {
				to.keyFile = from.keyFile
			}
			source, err := from.existing(cmd.Context(), false)
			if err != nil {
				return err
			}
			defer source.Close()
			release, err := from.alone()
			if err != nil {
				return err
			}
			defer release()
			target, err := to.open(cmd.Context())
			if err != nil {
				return err
			}
			defer target.Close()
			releaseTarget, err := to.alone()
			if err != nil {
				return err
			}
			defer releaseTarget()
			progress, done := t.progress()
			moved, err := store.CopyAll(cmd.Context(), source, target, progress)
			done()
			var input *segue.InputError
			switch {
			case errors.As(err, &input):
				return &segue.InputError{File: to.name(), Problem: input.Problem, Hint: input.Hint}
			case err != nil:
				return from.named(err)
			}
			v := struct {
				From      string `json:"from"`
				To        string `json:"to"`
				Listeners int64  `json:"listeners"`
				Rows      int64  `json:"rows"`
			}{from.name(), to.name(), moved.Listeners, moved.Rows}
			return t.print(v, func(w io.Writer) {
				fmt.Fprintf(w, "Copied everything of %s to %s, %s rows, and compared it. Listeners: %s.\n", v.From, v.To, thousands(int(v.Rows)), thousands(int(v.Listeners)))
			})
		},
	}
	from.flags(cmd)
	cmd.Flags().StringVar(&to.path, "to", "", "database to move to: a `FILE`, or postgres://USER@HOST/NAME")
	cmd.Flags().StringVar(&to.keyFile, "to-key-file", "", "`FILE` with the key of the file to move to (default: the key of the first one)")
	_ = cmd.MarkFlagFilename("to")
	_ = cmd.MarkFlagFilename("to-key-file")
	return cmd
}
