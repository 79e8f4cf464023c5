package report

import (
	"cmp"
	"slices"
	"strings"

	"segue/catalog"
	"segue/language"
	"segue/tell"
)

// A tally is rows and what became of them.
type tally struct {
	Name, Format     string
	Rows, Kept, Same int
	Dropped          map[string]int
}

// lost returns the dropped rows of a tally in all.
func (t tally) lost() int {
	n := 0
	for _, k := range t.Dropped {
		n += k
	}
	return n
}

// reasons lists what was dropped and why, most first.
func reasons(dropped map[string]int) []tell.Line {
	var out []tell.Line
	for reason, n := range dropped {
		if n > 0 {
			out = append(out, tell.Line{Name: reason, Value: en.Count(n)})
		}
	}
	slices.SortFunc(out, func(a, b tell.Line) int {
		if c := cmp.Compare(dropped[b.Name], dropped[a.Name]); c != 0 {
			return c
		}
		return cmp.Compare(a.Name, b.Name)
	})
	return out
}

// reasonWords writes reasons in one line.
func reasonWords(dropped map[string]int) string {
	var s []string
	for _, r := range reasons(dropped) {
		s = append(s, r.Value+language.Joined+r.Name)
	}
	return strings.Join(s, ", ")
}

// catalogTallies returns the account of each file.
func catalogTallies(r *catalog.Report) []tally {
	var out []tally
	for _, f := range r.Files {
		out = append(out, tally{base(f.Name), f.Format, f.Rows, f.Tracks, f.Duplicates, f.Dropped})
	}
	return out
}

// base is a file's name without its folders, which may tell more than a reader
// of the page should know.
func base(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}
