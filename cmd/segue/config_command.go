package main

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// configCommand holds what tells of settings.
func configCommand(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check the settings of 'segue serve', and show them",
		Long: `What 'segue serve' can be told stands in one list: docs/config.md. Each setting is a flag,
an environment variable, or a key of a TOML file named with --config or SEGUE_CONFIG; in
this order the first one counts, and without any the default does. Unknown keys and
unknown variables that begin with SEGUE_ are mistakes.`,
		Example: "  segue config show --example",
	}
	cmd.AddCommand(configCheckCommand(t), configShowCommand(t))
	return cmd
}

func configCheckCommand(t *terminal) *cobra.Command {
	c := newSettings(&t.seed)
	var connect bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Find what is wrong with the settings before Segue is started with them",
		Long: `Read the settings as 'segue serve' would, and check all of them: each by itself and
together, that the files are there, that the certificate is valid and its key's, and with
--connect that the database answers. Nothing is made or changed. What is in force and
where it comes from is printed, without secrets; each problem is a line, and the exit
code is 2 if there are any.`,
		Example: "  segue config check\n  segue config check --config /etc/segue/segue.toml --connect",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			problems := mistakes(c.read(givenIn(cmd.Flags()), os.Environ()))
			problems = append(problems, c.together()...)
			problems = append(problems, c.there(cmd.Context(), connect)...)
			if err := t.printSettings(c, problems, true); err != nil {
				return err
			}
			return problems.orNil()
		},
	}
	c.flags(cmd)
	cmd.Flags().BoolVar(&connect, "connect", false, "ask the database, too")
	return cmd
}

func configShowCommand(t *terminal) *cobra.Command {
	c := newSettings(&t.seed)
	var example bool
	cmd := &cobra.Command{
		Use:     "show",
		Short:   "Show the settings in force, or an example file",
		Long:    "Print the settings that 'segue serve' would use and where each comes from, without secrets;\nwith --example a file with every setting, its meaning and its default, to begin with.",
		Example: "  segue config show\n  segue config show --example > segue.toml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if example {
				v := struct {
					Example string `json:"example"`
				}{string(exampleFile())}
				return t.print(v, func(w io.Writer) { fmt.Fprint(w, v.Example) })
			}
			if problems := mistakes(c.read(givenIn(cmd.Flags()), os.Environ())); len(problems) > 0 {
				return problems
			}
			return t.printSettings(c, nil, false)
		},
	}
	c.flags(cmd)
	cmd.Flags().BoolVar(&example, "example", false, "print an example file")
	return cmd
}

// A settingView is a setting as it is shown.
type settingView struct {
	Name  string `json:"name"`
	Value string `json:"value"` // "set" or "not set" where it is a secret
	From  string `json:"from"`  // "default", or the flag, variable or file
}

// shown is a setting's value for people: of a secret, only whether it is set.
func (c *settings) shown(s setting) settingView {
	v := settingView{Name: s.name, Value: s.value.String(), From: c.from[s.name]}
	if v.From == "" {
		v.From = "default"
	}
	if at := (database{settled: true}); s.name == "db" && v.Value == "" && c.dbFile == "" && at.place() == nil {
		v.Value = at.path
	}
	switch {
	case s.secret && v.Value != "" && s.name == "db" && !isURL(v.Value):
	case s.secret && v.Value != "" && s.name == "db":
		v.Value = "set, " + placeOf(v.Value)
	case s.secret && v.Value != "":
		v.Value = "set"
	case s.secret:
		v.Value = "not set"
	}
	return v
}

// placeOf is the part of a database's address that is no secret: no password, nor
// anything after ?, where one may stand, too.
func placeOf(db string) string {
	u, err := url.Parse(db)
	if err != nil || u.Host == "" {
		return "a database elsewhere"
	}
	return u.Scheme + "://" + u.Host + u.Path
}

// printSettings prints settings and, if they were checked, what is wrong with them.
func (t *terminal) printSettings(c *settings, problems mistakes, checked bool) error {
	v := struct {
		Settings []settingView `json:"settings"`
		Problems []string      `json:"problems"`
	}{Problems: []string{}}
	for _, s := range c.schema() {
		v.Settings = append(v.Settings, c.shown(s))
	}
	for _, p := range problems {
		v.Problems = append(v.Problems, complaint(p))
	}
	return t.print(v, func(w io.Writer) {
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "setting\tvalue\tfrom")
		for _, s := range v.Settings {
			value := s.Value
			if value == "" {
				value = "–"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\n", s.Name, value, s.From)
		}
		_ = table.Flush()
		if checked && len(v.Problems) == 0 {
			fmt.Fprintln(w, "\nAll is in order.")
		}
	})
}

// exampleFile is a file with every setting that a file may hold.
func exampleFile() []byte {
	var b bytes.Buffer
	b.WriteString("# Settings of segue serve, made by 'segue config show --example'.\n# Take away the # before a line to change its setting. A flag counts before an\n# environment variable, and that before this file. Unknown names are mistakes.\n")
	for _, s := range newSettings(new(uint64(1))).schema() {
		if s.about != "" {
			fmt.Fprintf(&b, "\n## %s\n", s.about)
		}
		if !s.inFile {
			continue
		}
		fmt.Fprintf(&b, "\n# %s.\n# It is %s; flag --%s, environment %s.\n#%s = %s\n", capital(s.oneLineHelp()), s.value.wants(), s.name, s.variable(), s.name, s.tomlSample())
	}
	return b.Bytes()
}

// tomlSample is the default of a setting as TOML, or a sample where there is none.
func (s setting) tomlSample() string {
	text := s.value.String()
	if text == "" || text == "off" {
		text = s.sample
	}
	switch s.value.(type) {
	case switchValue, countValue:
		return text
	case listValue:
		return `["` + strings.ReplaceAll(text, ",", `", "`) + `"]`
	}
	return fmt.Sprintf("%q", text)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// configReference is docs/config.md.
func configReference() []byte {
	var b bytes.Buffer
	b.WriteString("# Settings of `segue serve`\n\nMade by `segue docs` from the program itself; do not edit.\n\n" +
		"Each setting is a flag, an environment variable, or a key of a TOML file that `--config` or `SEGUE_CONFIG` names. A flag counts before a variable, a variable before the file, the file before the default. An empty variable is not set. Unknown keys, and unknown variables that begin with `SEGUE_`, are mistakes, and Segue does not start with one.\n\n" +
		"`segue config check` finds every mistake and prints what is in force and where it comes from; `segue config show --example` prints a file to begin with. Secrets are never printed: they are `set` or `not set`. Each can be a file of its own, `db-file` and `key-file`, as Docker and systemd hand them over; a secret and its file cannot both be set in one place. The commands that open the database (`backup`, `export`, `restore`, `forget` …) read the same settings of it.\n")
	for _, s := range newSettings(new(uint64(1))).schema() {
		if s.about != "" {
			fmt.Fprintf(&b, "\n## %s\n", s.about)
		}
		if s.about != "" || s.name == "config" {
			b.WriteString("\n| setting | meaning | what it is | default |\n|---|---|---|---|\n")
		}
		var ways []string
		if s.flag != noFlag {
			ways = append(ways, "`--"+s.name+"`")
		}
		ways = append(ways, "`"+s.variable()+"`")
		if s.inFile {
			ways = append(ways, "`"+s.name+"`")
		}
		def := s.value.String()
		if def != "" {
			def = "`" + def + "`"
		}
		fmt.Fprintf(&b, "| %s | %s. | %s | %s |\n", strings.Join(ways, "<br>"), capital(strings.ReplaceAll(s.oneLineHelp(), "|", "\\|")), s.value.wants(), def)
	}
	return b.Bytes()
}

// settled reads the settings of a command, and returns every mistake in them.
func (c *settings) settled(cmd *cobra.Command) error {
	if problems := mistakes(c.read(givenIn(cmd.Flags()), os.Environ())); len(problems) > 0 {
		return problems
	}
	return c.together().orNil()
}
