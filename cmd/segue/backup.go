package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"segue"

	"github.com/spf13/cobra"
)

// backupCommand copies the database.
func backupCommand(t *terminal) *cobra.Command {
	var db database
	var out string
	cmd := &cobra.Command{
		Use:   "backup -o COPY",
		Short: "Copy the database, also while Segue runs",
		Long: `Write a whole copy of the database as it is at this moment, also while 'segue serve'
runs. The copy is encrypted with the same key, if there is one, and only you can read
it. A file that exists is not replaced. To go back, stop Segue and put the copy in the
database's place. A PostgreSQL is backed up by its own pg_dump.`,
		Example: "  segue backup -o segue-2024-05-06.db\n" +
			"  segue backup --db /srv/segue/segue.db --key-file /srv/segue/key -o /mnt/backup/segue.db --json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usage("no file to write to was named: add -o COPY")
			}
			// A link that leads nowhere is a name that is taken, too.
			if _, err := os.Lstat(out); !errors.Is(err, fs.ErrNotExist) {
				return &segue.InputError{File: out, Problem: "there is a file of this name", Hint: "choose another name for the backup"}
			}
			if err := db.place(); err != nil {
				return err
			}
			if isURL(db.path) {
				return &segue.InputError{File: db.name(), Problem: "a PostgreSQL is backed up by its own programs", Hint: "run 'pg_dump --format=custom --file=COPY' with its address, and bring it back with pg_restore"}
			}
			s, err := db.existing(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer s.Close()
			if err := s.Backup(cmd.Context(), out); err != nil {
				return db.named(err)
			}
			v := struct {
				File  string `json:"file"`
				Bytes int64  `json:"bytes"`
			}{out, sizeOf(out)}
			return t.print(v, func(w io.Writer) { fmt.Fprintf(w, "Copied %s to %s, %s.\n", db.path, v.File, bytesText(v.Bytes)) })
		},
	}
	db.flags(cmd)
	cmd.Flags().StringVarP(&out, "out", "o", "", "`COPY` to write")
	_ = cmd.MarkFlagFilename("out")
	return cmd
}

// sizeOf returns the size of a file in bytes, 0 if it cannot be told.
func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// bytesText writes a size in the unit that fits it.
func bytesText(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 10_000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return fmt.Sprintf("%d MB", (n+500_000)/1_000_000)
}
