package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"segue"
	"segue/chart"
	"segue/persona"
	"segue/tell"

	"github.com/spf13/cobra"
)

func treeCommand(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "tree",
		Short:   "Look at, check, draw and learn the trees that decide personas and offers",
		Example: "  segue tree show persona > mine.json\n  segue tree check mine.json",
		Args:    cobra.NoArgs,
	}
	show := &cobra.Command{
		Use:     "show persona|offer",
		Short:   "Print a shipped tree, a file to copy and edit",
		Example: "  segue tree show persona > mine.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			tree, err := openTree(args[0])
			if err != nil {
				return err
			}
			return printTree(t.out, tree)
		},
	}
	check := &cobra.Command{
		Use:   "check FILE",
		Short: "Check a tree file and say what is wrong with it",
		Long: `Check a tree file and say everything that is wrong with it and in which line: what makes
it no tree, and which rules it breaks that no edit may, such as that nothing is
offered to who turned suggestions off.`,
		Example: "  segue tree check mine.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := readTree(args[0])
			if err != nil {
				return err
			}
			tree, problems := persona.Inspect(b, persona.MaxTreeBytes)
			if tree == nil {
				return refusal(args[0], problems)
			}
			v := map[string]any{"purpose": tree.Purpose(), "version": tree.Version(), "questions": len(tree.Questions()), "leaves": len(tree.Leaves())}
			return t.print(v, func(w io.Writer) {
				fmt.Fprintf(w, "%s: a sound %s tree, version %d, %d questions, %d answers\n", args[0], tree.Purpose(), tree.Version(), len(tree.Questions()), len(tree.Leaves()))
			})
		},
	}
	var out string
	draw := &cobra.Command{
		Use:     "draw persona|offer|FILE -o tree.svg",
		Short:   "Draw a tree as a picture",
		Example: "  segue tree draw persona -o persona.svg",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			tree, err := openTree(args[0])
			if err != nil {
				return err
			}
			svg := chart.Standalone(tell.DrawTree(nil, tree, nil, chart.Caption{ID: "tree", Title: "The " + string(tree.Purpose()) + " tree", Desc: tree.About()}))
			v := struct {
				Purpose persona.Purpose `json:"purpose"`
				Out     string          `json:"out,omitempty"`
				SVG     string          `json:"svg,omitempty"` // unless Out holds it
			}{tree.Purpose(), out, svg}
			if out == "" {
				return t.print(v, func(w io.Writer) { io.WriteString(w, svg) })
			}
			if err := checkFile(out); err != nil {
				return err
			}
			if err := writeFile(out, func(w io.Writer) error { _, err := io.WriteString(w, svg); return err }); err != nil {
				return err
			}
			v.SVG = ""
			return t.print(v, func(w io.Writer) { fmt.Fprintf(w, "drawn to %s\n", out) })
		},
	}
	draw.Flags().StringVarP(&out, "out", "o", "", "the SVG `FILE` to write; without it the picture goes to standard output")
	var o persona.CARTOptions
	var label string
	learn := &cobra.Command{
		Use:   "learn ROWS.csv --label COLUMN",
		Short: "Learn such a tree from labelled rows (CART)",
		Long: `Learn a decision tree from a CSV table: one column holds the answers, the others
numbers. The tree is a file like the shipped ones: it can be checked, drawn, edited.`,
		Example: "  segue tree learn answers.csv --label offer --max-depth 3 > learned.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.MaxDepth < 0 || o.MinLeaf < 0 || o.Alpha < 0 {
				return usage("--max-depth, --min-leaf and --alpha must not be negative")
			}
			features, rows, labels, err := readLabelled(args[0], label)
			if err != nil {
				return err
			}
			tree, err := persona.FitCART(rows, features, labels, o)
			if err != nil {
				return &segue.InputError{File: args[0], Problem: err.Error()}
			}
			return printTree(t.out, tree)
		},
	}
	learn.Flags().StringVar(&label, "label", "label", "the `COLUMN` that holds the answers")
	learn.Flags().IntVar(&o.MaxDepth, "max-depth", 4, "questions on the longest path")
	learn.Flags().IntVar(&o.MinLeaf, "min-leaf", 5, "fewest rows in an answer")
	learn.Flags().Float64Var(&o.Alpha, "alpha", 0, "pruning: a question stays if it lowers the impurity by more than this per answer")
	cmd.AddCommand(show, check, draw, learn)
	return cmd
}

// openTree returns a shipped tree by its name, or reads a file.
func openTree(name string) (*persona.Tree, error) {
	switch name {
	case "persona":
		return persona.PersonaTree(), nil
	case "offer":
		return persona.OfferTree(), nil
	}
	b, err := readTree(name)
	if err != nil {
		return nil, err
	}
	tree, err := persona.ParseTree(b)
	if err != nil {
		return nil, &segue.InputError{File: name, Problem: err.Error()}
	}
	return tree, nil
}

// readTree reads a tree's file, or the shipped tree of a name.
func readTree(name string) ([]byte, error) {
	if b, ok := persona.TreeFiles()[name+".v1.json"]; ok {
		return b, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, &segue.InputError{File: name, Problem: "this is neither 'persona' nor 'offer' nor a file that can be read", Hint: "check the path"}
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, persona.MaxTreeBytes+1))
}

// refusal says all that is wrong with a tree file, in one line.
func refusal(name string, problems []persona.Problem) error {
	said := make([]string, len(problems))
	for i, p := range problems {
		said[i] = p.Error()
	}
	all := strings.Join(said, " · ")
	if len(said) > 1 {
		all = fmt.Sprintf("%d things are wrong: %s", len(said), all)
	}
	return &segue.InputError{File: name, Problem: all}
}

func printTree(w io.Writer, tree *persona.Tree) error {
	b, err := json.MarshalIndent(tree, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// maxLabelled bounds the rows of a table to learn from.
const maxLabelled = 1_000_000

// readLabelled reads a CSV table of numbers with one column of answers.
func readLabelled(path, label string) (features []string, rows [][]float64, labels []string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	header, err := r.Read()
	if err != nil {
		return nil, nil, nil, &segue.InputError{File: path, Problem: "no header row could be read", Hint: "give a CSV table whose first row names the columns"}
	}
	at := -1
	for i, name := range header {
		if name = strings.TrimSpace(name); name == label {
			at = i
			continue
		}
		features = append(features, strings.TrimSpace(name))
	}
	if at < 0 {
		return nil, nil, nil, &segue.InputError{File: path, Column: label, Problem: "there is no such column", Hint: "name the one that holds the answers with --label"}
	}
	for n := 2; ; n++ {
		record, err := r.Read()
		if err == io.EOF {
			return features, rows, labels, nil
		}
		if err != nil {
			return nil, nil, nil, &segue.InputError{File: path, Row: n, Problem: "the row cannot be read: " + err.Error()}
		}
		if len(rows) == maxLabelled {
			return nil, nil, nil, &segue.InputError{File: path, Problem: fmt.Sprintf("more than %d rows", maxLabelled), Hint: "learn from a sample"}
		}
		row := make([]float64, 0, len(features))
		for i, cell := range record {
			if i == at {
				continue
			}
			v, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
			if err != nil {
				return nil, nil, nil, &segue.InputError{File: path, Row: n, Column: header[i], Problem: fmt.Sprintf("%.40q is not a number", cell)}
			}
			row = append(row, v)
		}
		rows, labels = append(rows, row), append(labels, strings.TrimSpace(record[at]))
	}
}
