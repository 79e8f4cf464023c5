package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// forgetCommand deletes everything that is stored.
func forgetCommand(t *terminal) *cobra.Command {
	var db database
	var yes bool
	cmd := &cobra.Command{
		Use:   "forget --yes",
		Short: "Delete everything Segue keeps of you",
		Long: `Delete everything the database holds of you and leave no byte of it in its files: what
was deleted is overwritten, and the file is written anew. In a PostgreSQL nobody finds it
any more; when its server overwrites it is for the server. Exports and backups you made
are yours, and stay. There is no way back, so --yes has to say it.`,
		Example: "  segue forget --yes\n  segue forget --db /srv/segue/segue.db --key-file /srv/segue/key --yes --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !yes {
				return usage("this deletes everything kept of you, for good; add --yes if it shall, after 'segue export' if you want to keep a copy")
			}
			s, err := db.existing(cmd.Context(), false)
			if err != nil {
				return err
			}
			defer s.Close()
			release, err := db.alone()
			if err != nil {
				return err
			}
			defer release()
			if err := s.Forget(cmd.Context(), selfID); err != nil {
				return db.named(err)
			}
			if s.Unswept() { // of a large file
				if err := s.Sweep(cmd.Context()); err != nil {
					return db.named(err)
				}
			}
			v := struct {
				Database  string `json:"database"`
				Forgotten bool   `json:"forgotten"`
			}{db.name(), true}
			return t.print(v, func(w io.Writer) {
				if isURL(db.path) {
					fmt.Fprintf(w, "Nothing of you is to be found in %s any more. Its server overwrites what was there in the course of its work; its log and its backups are for whoever runs it.\n", v.Database)
					return
				}
				fmt.Fprintf(w, "Nothing of you is left in %s.\n", v.Database)
			})
		},
	}
	db.flags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "delete it")
	return cmd
}
