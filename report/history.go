package report

import "segue/history"

// historyTallies returns the account of each file.
func historyTallies(r *history.Report) []tally {
	var out []tally
	for _, f := range r.Files {
		out = append(out, tally{base(f.Name), f.Format, f.Rows, f.Imported, f.Duplicates, f.Dropped})
	}
	return out
}
