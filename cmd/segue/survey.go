package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"segue"
	"segue/outcome/survey"

	"github.com/spf13/cobra"
)

func surveyCommand(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "survey",
		Short: "Ask a few short questions, and read the answers with their intervals",
		Long: `Write, check and read a short, versioned questionnaire: statements to agree or
disagree with, five-point scales, choices, and free text. Every result has its
interval and its n; free text is counted and never analysed. Below ten answers
nothing is claimed.`,
		Example: `  segue survey new -o after.json
  segue survey read after.json answers.csv
  segue survey study my-study`,
		Args: cobra.NoArgs,
	}
	cmd.AddCommand(surveyNew(t), surveyCheck(t), surveyRead(t), surveyStudy(t))
	return cmd
}

func openSurvey(path string) (*survey.Survey, error) {
	b, err := readBounded(path, survey.MaxBytes)
	if err != nil {
		return nil, err
	}
	s, err := survey.Parse(b)
	if err != nil {
		return nil, &segue.InputError{File: path, Problem: err.Error()}
	}
	return s, nil
}

// template is a questionnaire to begin with.
func template() *survey.Survey {
	return &survey.Survey{
		Schema: survey.Schema, ID: "after-the-hour", Version: 1, Title: "After the hour", Intro: "Leave out what you do not want to answer.",
		Items: []survey.Item{
			{ID: "before", Kind: survey.FivePoint, Text: "How did you feel before the hour?", Low: "not well", High: "well"},
			{ID: "after", Kind: survey.FivePoint, Text: "How do you feel now?", Low: "not well", High: "well"},
			{ID: "again", Kind: survey.Agree, Text: "I would listen to an hour like this again.", Against: .5},
			{ID: "wanted", Kind: survey.Choice, Text: "Where did you want the hour to lead?", Options: []string{"calmer", "happier", "to stay as I was", "nowhere"}},
			{ID: "words", Kind: survey.Text, Text: "What was it like?"},
		},
		Pairs: []survey.Pair{{Before: "before", After: "after"}},
	}
}

func surveyNew(t *terminal) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:     "new [-o FILE]",
		Short:   "Write a questionnaire to edit",
		Example: "  segue survey new -o after.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := json.MarshalIndent(template(), "", "  ")
			if err != nil {
				return err
			}
			b = append(b, '\n')
			if out == "" {
				_, err := t.out.Write(b)
				return err
			}
			if err := checkFile(out); err != nil {
				return err
			}
			if err := writeFile(out, func(w io.Writer) error { _, err := w.Write(b); return err }); err != nil {
				return err
			}
			return t.print(map[string]any{"file": out}, func(w io.Writer) {
				fmt.Fprintf(w, "%s is written: edit it, and raise its version whenever the wording changes.\n", out)
			})
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "the `FILE` to write; by default standard output")
	return cmd
}

func surveyCheck(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:     "check FILE",
		Short:   "Check a questionnaire and say everything that is wrong with it",
		Example: "  segue survey check after.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := openSurvey(args[0])
			if err != nil {
				return err
			}
			return t.print(map[string]any{"survey": s.ID, "version": s.Version, "items": len(s.Items), "hash": s.Hash()}, func(w io.Writer) {
				fmt.Fprintf(w, "%s: a sound questionnaire, version %d, %d items\nsha256 %s\n", args[0], s.Version, len(s.Items), s.Hash())
			})
		},
	}
}

func surveyRead(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:   "read SURVEY ANSWERS",
		Short: "Read the answers to a questionnaire",
		Long: `Read the answers to a questionnaire. ANSWERS is a CSV table with the column
respondent, a column for each item, and perhaps version; or a JSON object with
survey, version and answers, a list of {"respondent": "1", "items": {"again":
"agree", "after": 4}}. Empty is not answered.

Tests of agreement are exact, against half unless the item says otherwise, and
adjusted together (Holm).`,
		Example: "  segue survey read after.json answers.csv\n  segue survey read after.json answers.json --json",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := openSurvey(args[0])
			if err != nil {
				return err
			}
			a, err := openAnswers(s, args[1])
			if err != nil {
				return err
			}
			r := survey.Read(a)
			return t.print(r, func(w io.Writer) { printSurvey(w, r) })
		},
	}
}

// openAnswers reads answers, JSON if the file is called so, otherwise CSV.
func openAnswers(s *survey.Survey, path string) (*survey.Answers, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	read := survey.ReadCSV
	if strings.EqualFold(filepath.Ext(path), ".json") {
		read = survey.ReadJSON
	}
	a, err := read(s, f)
	var input *segue.InputError
	if errors.As(err, &input) {
		at := *input
		at.File = path
		return nil, &at
	}
	return a, err
}

func printSurvey(w io.Writer, r *survey.Results) {
	fmt.Fprintf(w, "%s, version %d: %d respondents\n", r.Title, r.Version, r.Respondents)
	for _, i := range r.Items {
		fmt.Fprintf(w, "\n%s\n  %d answered, %s\n", i.Text, i.N, percentOf(i.Answered))
		if i.Five != nil {
			fmt.Fprintf(w, "  1 to 5: %d %d %d %d %d\n", i.Five.Counts[0], i.Five.Counts[1], i.Five.Counts[2], i.Five.Counts[3], i.Five.Counts[4])
		}
		tw := tabwriter.NewWriter(w, 2, 2, 2, ' ', 0)
		for _, o := range i.Options {
			fmt.Fprintf(tw, "  %s\t%d\t%s\n", o.Option, o.K, percentOf(o.Share))
		}
		tw.Flush()
		fmt.Fprintf(w, "  %s\n", i.Verdict)
	}
	for _, p := range r.Pairs {
		fmt.Fprintf(w, "\n%s, then %s\n  change %s, n = %d\n  %s\n", p.Before, p.After, estimateText(p.Change), p.N, p.Verdict)
	}
	fmt.Fprintln(w)
	for _, n := range r.Notes {
		fmt.Fprintln(w, n)
	}
}

func surveyStudy(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:   "study DIR",
		Short: "Write the questions and answers of the study that Segue began with, and read them",
		Long: `Write the interviews and questions of the study that Segue began with into a folder,
and read them: 4 of 5, 4 of 7, 6 of 7, and 7 of 30 who disliked it. The counts are
the study's; the wording is ours, and which respondent gave which answer is not
known.`,
		Example: "  segue survey study my-study",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFolder(args[0]); err != nil {
				return err
			}
			for _, part := range survey.Study() {
				for _, name := range []string{part.Name + ".json", part.Name + ".csv"} {
					if path := filepath.Join(args[0], name); exists(path) {
						return &segue.InputError{File: path, Problem: "this file is there already", Hint: "choose another folder"}
					}
				}
			}
			var results []*survey.Results
			for _, part := range survey.Study() {
				form, table := filepath.Join(args[0], part.Name+".json"), filepath.Join(args[0], part.Name+".csv")
				for path, b := range map[string][]byte{form: part.Survey, table: part.Answers} {
					if err := writeFile(path, func(w io.Writer) error { _, err := w.Write(b); return err }); err != nil {
						return err
					}
				}
				s, err := openSurvey(form)
				if err != nil {
					return err
				}
				a, err := openAnswers(s, table)
				if err != nil {
					return err
				}
				results = append(results, survey.Read(a))
			}
			return t.print(map[string]any{"dir": args[0], "results": results}, func(w io.Writer) {
				for i, r := range results {
					if i > 0 {
						fmt.Fprintln(w)
					}
					printSurvey(w, r)
				}
			})
		},
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
