package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"segue"
	"segue/internal/kernel"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/pflag"
)

// maxConfig bounds a file of settings, and one with a secret in it. (d)
const maxConfig = 1 << 20

// A source is where values come from, by the names of their settings.
type source struct {
	name   string // as people are told of it: "the environment", or a file's name
	called func(setting) string
	values map[string][]string
}

// read fills in what no flag gave: from the environment, else the file, else the
// default stays. It returns everything that is wrong, each in one line, and never
// quotes a secret. Which flags were given is for given to say.
func (c *settings) read(given func(name string) bool, environ []string) (problems []error) {
	sources, problems := c.sources(given, environ)
	for _, s := range c.schema()[1:] {
		problems = append(problems, c.fill(s, given, sources)...)
	}
	return append(problems, c.settleHeld(given, sources)...)
}

// sources returns where values come from below the flags, the nearer first.
func (c *settings) sources(given func(name string) bool, environ []string) (all []source, problems []error) {
	schema := c.schema()
	env, problems := fromEnvironment(schema, environ)
	all = append(all, env)
	problems = append(problems, c.fill(schema[0], given, all)...) // the file's name
	if c.config != "" {
		file, wrong := fromFile(schema, c.config)
		all, problems = append(all, file), append(problems, wrong...)
	}
	return all, problems
}

// fill reads one setting from the nearest source that has it.
func (c *settings) fill(s setting, given func(name string) bool, sources []source) (problems []error) {
	found := given(s.name)
	if found {
		c.from[s.name] = "--" + s.name
	}
	for _, from := range sources {
		if len(from.values[s.name]) == 0 {
			continue
		}
		into := c
		if found { // it is of no effect, but if wrong it is a mistake all the same
			into = newSettings(new(uint64))
		}
		found = true
		if err := into.take(s, from); err != nil {
			problems = append(problems, err)
		}
	}
	return problems
}

// take reads a setting of a source into c.
func (c *settings) take(s setting, from source) error {
	into := s
	for _, own := range c.schema() {
		if own.name == s.name {
			into = own
		}
	}
	for _, text := range from.values[s.name] {
		if err := into.value.Set(text); err != nil {
			if s.secret {
				return usage("%s %v", from.called(s), err)
			}
			return usage("%s %q %v", from.called(s), text, err)
		}
	}
	c.from[s.name] = from.called(s)
	return nil
}

// settleHeld decides between each setting and the one that names a file of it: the
// nearer source counts, and two in one source are a mistake.
func (c *settings) settleHeld(given func(string) bool, sources []source) (problems []error) {
	rank := func(name string) int {
		if given(name) {
			return 0
		}
		for i, from := range sources {
			if len(from.values[name]) > 0 {
				return i + 1
			}
		}
		return len(sources) + 1
	}
	for _, s := range c.schema() {
		if s.held == "" || rank(s.held) > len(sources) && rank(s.name) > len(sources) {
			continue
		}
		less := s.name
		switch {
		case rank(s.held) == rank(s.name):
			problems = append(problems, usage("both %s and %s are set; leave one", c.from[s.held], c.from[s.name]))
			continue
		case rank(s.held) > rank(s.name):
			less = s.held
		}
		delete(c.from, less)
		c.reset(less)
	}
	return problems
}

func (c *settings) reset(name string) {
	for _, s := range c.schema() {
		if s.name == name {
			_ = s.value.Set("") // of text, which may be empty
		}
	}
}

// fromEnvironment reads the variables that begin with SEGUE_. One that is empty is
// not set.
func fromEnvironment(schema []setting, environ []string) (source, []error) {
	from := source{name: "the environment", called: setting.variable, values: map[string][]string{}}
	names := map[string]string{kernel.Variable: ""}
	for _, s := range schema {
		names[s.variable()] = s.name
	}
	var problems []error
	for _, line := range environ {
		variable, text, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(variable, environmentPrefix) || strings.HasPrefix(variable, environmentPrefix+"TEST_") || text == "" {
			continue
		}
		name, ok := names[variable]
		switch {
		case !ok:
			problems = append(problems, usage("the environment variable %s is no setting; did you mean %s?", variable, nearest(variable, slices.Collect(maps.Keys(names)))))
		case name != "":
			from.values[name] = []string{text}
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return from, problems
}

// fromFile reads a TOML file.
func fromFile(schema []setting, path string) (source, []error) {
	from := source{name: path, called: func(s setting) string { return path + ": " + s.name }, values: map[string][]string{}}
	b, err := readSmall(path)
	if err != nil {
		return from, []error{err}
	}
	var keys map[string]any
	if err := toml.Unmarshal(b, &keys); err != nil {
		return from, []error{tomlProblem(path, err)}
	}
	var names []string
	for _, s := range schema {
		if s.inFile {
			names = append(names, s.name)
		}
	}
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if !slices.Contains(names, key) {
			problem := usage("%s: %.60s is no setting; did you mean %s?", path, key, nearest(key, names))
			for _, s := range schema {
				switch {
				case s.held == key:
					problem = usage("%s: %s cannot be set in a file of settings; name a file with it as %s", path, key, s.name)
				case s.name == key && key == "config":
					problem = usage("%s: a file of settings names no other", path)
				}
			}
			problems = append(problems, problem)
			continue
		}
		texts, ok := tomlTexts(keys[key])
		if !ok {
			problems = append(problems, usage("%s: %s is of the wrong kind; write text in quotes, a number, true or false, or a list of texts", path, key))
			continue
		}
		from.values[key] = texts
	}
	return from, problems
}

// tomlProblem tells where a file is no TOML. What stands there is not quoted: it may
// be a secret.
func tomlProblem(path string, err error) error {
	var at *toml.DecodeError
	if !errors.As(err, &at) {
		return usage("%s is no TOML: write lines such as  addr = \"127.0.0.1:8080\"", path)
	}
	line, column := at.Position()
	return usage("%s, line %d, column %d: this is no TOML, or stands there twice; write lines such as  addr = \"127.0.0.1:8080\"", path, line, column)
}

// tomlTexts returns a value of the file as the texts that a flag would be given.
func tomlTexts(v any) ([]string, bool) {
	switch v := v.(type) {
	case string:
		return []string{v}, true
	case bool:
		return []string{strconv.FormatBool(v)}, true
	case int64:
		return []string{strconv.FormatInt(v, 10)}, true
	case []any:
		var all []string
		for _, one := range v {
			text, ok := one.(string)
			if !ok {
				return nil, false
			}
			all = append(all, text)
		}
		return all, true
	}
	return nil, false
}

// readSmall reads a file that no honest one is larger than.
func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxConfig {
		return nil, usage("%s is larger than %s and was not read", path, sizeWords(maxConfig))
	}
	return b, nil
}

// firstLine reads a secret from its file.
func firstLine(path string) (string, error) {
	b, err := readSmall(path)
	if err != nil {
		return "", err
	}
	line, _, _ := bytes.Cut(b, []byte("\n"))
	line = bytes.TrimRight(line, "\r")
	if len(line) == 0 {
		return "", usage("%s: its first line is empty", path)
	}
	return string(line), nil
}

// database returns how the settings find the database.
func (c *settings) database() (database, error) {
	d := database{path: c.db, keyFile: c.keyFile, settled: true}
	if c.dbFile == "" {
		return d, nil
	}
	var err error
	d.path, err = firstLine(c.dbFile)
	return d, err
}

// settle fills in what no flag of a command said of its database, as segue serve
// would: of the settings those of the database alone.
func (d *database) settle() error {
	if d.settled {
		return nil
	}
	c := newSettings(new(uint64))
	flags := map[string]string{"config": d.config, "db": d.path, "key-file": d.keyFile}
	given := func(name string) bool { return flags[name] != "" }
	c.config, c.db, c.keyFile = d.config, d.path, d.keyFile
	// A misspelt name of the database must not lead to another one.
	sources, found := c.sources(given, os.Environ())
	problems := mistakes(found)
	for _, s := range c.schema() {
		if s.name == "db" || s.name == "key" || s.held != "" {
			problems = append(problems, c.fill(s, given, sources)...)
		}
	}
	if problems = append(problems, c.settleHeld(given, sources)...); len(problems) > 0 {
		return problems
	}
	db, err := c.database()
	if err == nil {
		d.path, d.keyFile, d.settled = db.path, db.keyFile, true
	}
	return err
}

// givenIn returns which flags of a set were given.
func givenIn(flags *pflag.FlagSet) func(string) bool {
	return func(name string) bool { return flags != nil && flags.Changed(name) }
}

// A mistakes is everything that is wrong with settings.
type mistakes []error

func (m mistakes) Error() string { return fmt.Sprint([]error(m)) }

// Unwrap implements the multiple errors of package errors.
func (m mistakes) Unwrap() []error { return m }

// Is makes every mistake one of the call.
func (m mistakes) Is(target error) bool { return target == segue.ErrUsage }

// orNil returns the mistakes as an error, nil if there are none.
func (m mistakes) orNil() error {
	if len(m) == 0 {
		return nil
	}
	return m
}

// apart returns the mistakes an error holds, each for a line of its own.
func apart(err error) []error {
	var all mistakes
	if errors.As(err, &all) {
		return all
	}
	return []error{err}
}

// nearest returns the name that takes the fewest changes of a letter to be name.
func nearest(name string, names []string) string {
	slices.Sort(names)
	best, fewest := "", len(name)+1000
	for _, n := range names {
		if d := changes(strings.ToLower(name), strings.ToLower(n)); d < fewest {
			best, fewest = n, d
		}
	}
	return best
}

// changes counts the letters to put in, leave out or replace between two short words
// (Levenshtein's distance).
func changes(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := before
			if a[i] != b[j] {
				replaced++
			}
			before = row[j+1]
			row[j+1] = min(replaced, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
