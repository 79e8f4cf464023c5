package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// verifyCommand reads everything of a database.
func verifyCommand(t *terminal) *cobra.Command {
	var db database
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Read everything in the database, and say what it adds up to",
		Long: `Read everything the database holds, of everybody, check that it is sound, make every
export and throw it away, and print checksums: of each listener's export, and of every
row there is. A backup that was brought back has those of its original, also where one
is a file and the other a PostgreSQL. deploy/drill.sh does that and compares.`,
		Example: "  segue verify\n  segue verify --db /mnt/backup/segue.db --key-file /srv/segue/key --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := db.existing(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer s.Close()
			type sumView struct {
				Listener string `json:"listener"`
				SHA256   string `json:"sha256"`
			}
			v := struct {
				Database  string    `json:"database"`
				Listeners int64     `json:"listeners"`
				Rows      int64     `json:"rows"`
				SHA256    string    `json:"sha256"`
				Exports   []sumView `json:"exports"`
			}{Database: db.name(), Exports: []sumView{}}
			found, err := s.Verify(cmd.Context(), func(listener, sum string) error {
				v.Exports = append(v.Exports, sumView{listener, sum})
				return nil
			})
			if err != nil {
				return db.named(err)
			}
			v.Listeners, v.Rows, v.SHA256 = found.Listeners, found.Rows, found.Sum
			return t.print(v, func(w io.Writer) {
				fmt.Fprintf(w, "%s is sound: listeners %s, rows %s.\n%s\n", v.Database, thousands(int(v.Listeners)), thousands(int(v.Rows)), v.SHA256)
			})
		},
	}
	db.flags(cmd)
	return cmd
}
