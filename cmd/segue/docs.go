package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"segue/web"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// docsCommand writes docs/cli.md from the commands themselves, docs/config.md from the
// settings, and docs/openapi.json from the API, so that none can say anything the
// program does not; and the description that package client is generated from.
func docsCommand() *cobra.Command {
	var out, settings, api, older string
	cmd := &cobra.Command{
		Use:    "docs",
		Short:  "Write the references of all commands and settings as Markdown, and the description of the API",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			forClients, err := web.Description30()
			if err != nil {
				return err
			}
			for _, page := range []struct {
				path string
				text []byte
			}{{out, reference(cmd.Root())}, {settings, configReference()}, {api, web.Description()}, {older, forClients}} {
				err := writeFile(page.path, func(w io.Writer) error {
					_, err := w.Write(page.text)
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "docs/cli.md", "the file to write")
	cmd.Flags().StringVar(&settings, "settings", "docs/config.md", "the file to write the settings to")
	cmd.Flags().StringVar(&api, "api", "docs/openapi.json", "the file to write the description of the API to")
	cmd.Flags().StringVar(&older, "api-3.0", "client/openapi.json", "the file to write it to for makers of clients")
	return cmd
}

// reference describes every visible command below root, in their order.
func reference(root *cobra.Command) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# The command line\n\nMade by `segue docs` from the program itself; do not edit.\n\n%s\n\n", root.Long)
	b.WriteString("Every command has `--json`: one object on standard output, snake_case, and nothing else there; progress and messages go to standard error. `--seed N` fixes every random choice, `--quiet` hides progress. Exit codes: 0 done, 1 failed, 2 asked wrongly. `segue completion` prints completions for bash, zsh, fish and PowerShell.\n")
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, c := range cmd.Commands() {
			if c.Hidden || c.Name() == "help" || c.Name() == "completion" {
				continue
			}
			describe(&b, c)
			walk(c)
		}
	}
	walk(root)
	return b.Bytes()
}

func describe(b *bytes.Buffer, c *cobra.Command) {
	fmt.Fprintf(b, "\n## %s\n\n", c.CommandPath())
	text := c.Long
	if text == "" {
		text = c.Short + "."
	}
	fmt.Fprintf(b, "%s\n", text)
	if c.Runnable() {
		fmt.Fprintf(b, "\n```\n%s\n```\n", c.UseLine())
	}
	if c.Example != "" {
		fmt.Fprintf(b, "\nExamples:\n\n```\n%s\n```\n", strings.ReplaceAll(c.Example, "\n  ", "\n")[2:])
	}
	if c.LocalNonPersistentFlags().HasFlags() {
		b.WriteString("\n| flag | meaning | default |\n|---|---|---|\n")
		settings := false
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if f.Hidden || f.Name == "help" {
				return
			}
			if _, ok := f.Annotations[settingMark]; ok && c.Name() != "serve" {
				settings = true
				return
			}
			kind, usage := pflag.UnquoteUsage(f)
			name := "--" + f.Name
			if f.Shorthand != "" {
				name = "-" + f.Shorthand + ", " + name
			}
			if kind != "" {
				name += " " + kind
			}
			def := f.DefValue
			if def == "[]" {
				def = ""
			}
			fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, strings.ReplaceAll(usage, "|", "\\|"), def)
		})
		if settings {
			b.WriteString("| `--…` | every setting of `segue serve`: see [config.md](config.md) |  |\n")
		}
	}
}
