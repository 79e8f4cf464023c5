package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"unicode"

	"segue"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usage marks err as an error of the call.
func usage(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, segue.ErrUsage)...)
}

// complaint is the one line said of an error: what, where, what to do.
func complaint(err error) string {
	var input *segue.InputError
	if !errors.As(err, &input) {
		if line, ok := fileComplaint(err); ok {
			return oneLine(line)
		}
	}
	line := origin.ReplaceAllString(err.Error(), "")
	if mark := segue.ErrUsage.Error(); errors.Is(err, segue.ErrUsage) { // the exit code says it
		line = strings.Replace(strings.TrimSuffix(line, ": "+mark), mark+": ", "", 1)
	}
	return oneLine(line)
}

// origin is the package an error names first, of no interest to the person.
var origin = regexp.MustCompile(`^(artifact|catalog|demo|history|mood|match|playlist|session|persona|store): `)

// fileComplaint words the operating system's answers for people.
func fileComplaint(err error) (string, bool) {
	var path string
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		path = p.Path
	case errors.As(err, &l):
		path = l.New
	default:
		return "", false
	}
	for _, answer := range []struct {
		is   error
		says string
	}{
		{fs.ErrNotExist, "there is no such file or folder; check the path"},
		{fs.ErrPermission, "permission denied; choose another place or change its permissions"},
		{syscall.ENOTDIR, "a part of this path is a file and not a folder; choose another place"},
		{syscall.EISDIR, "this is a folder; name a file"},
		{syscall.EROFS, "nothing can be written there; choose another place"},
		{syscall.ENOSPC, "no space is left there; make room or choose another place"},
		{syscall.ENAMETOOLONG, "the name is too long; choose a shorter one"},
	} {
		if errors.Is(err, answer.is) {
			return path + ": " + answer.says, true
		}
	}
	return "", false
}

// oneLine keeps a message on its line and its control characters from the
// terminal, whatever a file name holds.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}

// flagComplaint words what is wrong with a flag.
func flagComplaint(cmd *cobra.Command, err error) error {
	var value *pflag.InvalidValueError
	var wrong *badValue
	if errors.As(err, &value) && errors.As(value.Unwrap(), &wrong) {
		return usage("--%s %q %s; see '%s -h'", value.GetFlag().Name, value.GetValue(), wrong.problem, cmd.CommandPath())
	}
	if errors.As(err, &value) {
		kind := "what it wants: " + errors.Unwrap(value).Error()
		switch value.GetFlag().Value.Type() {
		case "int", "int64":
			kind = "a whole number"
		case "uint64":
			kind = "a whole number from 0 on"
		case "float64":
			kind = "a number"
		case "bool":
			kind = "true or false"
		}
		return usage("--%s %q is not %s; see '%s -h'", value.GetFlag().Name, value.GetValue(), kind, cmd.CommandPath())
	}
	return usage("%v; see '%s -h'", err, cmd.CommandPath())
}

// wrongArgs makes every command's complaint about its arguments an error of
// the call, with the way to its help. A command that only holds others shows
// them when called alone, and refuses what it does not know.
func wrongArgs(cmd *cobra.Command, t *terminal) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(c *cobra.Command, args []string) error {
			switch {
			case check(c, args) == nil:
				return nil
			case c.HasSubCommands():
				return usage("there is no command %q; '%s -h' lists those there are", c.CommandPath()+" "+args[0], c.CommandPath())
			default:
				return usage("too few or too many names are given: write '%s'; see '%s -h'", c.UseLine(), c.CommandPath())
			}
		}
	}
	if cmd.HasSubCommands() && cmd.RunE == nil {
		cmd.RunE = func(c *cobra.Command, _ []string) error {
			if t.json {
				return usage("no command was named; '%s -h' lists them", c.CommandPath())
			}
			return c.Help()
		}
	}
	for _, sub := range cmd.Commands() {
		wrongArgs(sub, t)
	}
}

// checkFolder refuses a folder nothing can be written to, before the work that
// would be lost. It leaves nothing there.
func checkFolder(dir string) error {
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at) {
			continue
		}
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return &segue.InputError{File: at, Problem: "this is a file, and a folder is needed here", Hint: "choose another place"}
		}
		f, err := os.CreateTemp(at, ".segue-*")
		if err != nil {
			return &segue.InputError{File: at, Problem: "nothing can be written there", Hint: "choose another place or change its permissions"}
		}
		f.Close()
		return os.Remove(f.Name())
	}
}

// checkFile refuses a file that cannot be written, before the work that would
// be lost, and one that would take the place of what it is made from.
func checkFile(path string, inputs ...string) error {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return &segue.InputError{File: path, Problem: "this is a folder", Hint: "name a file in it"}
	}
	for _, in := range inputs {
		if from, e := os.Stat(in); err == nil && e == nil && os.SameFile(info, from) {
			return wouldReplace(path)
		}
	}
	return checkFolder(filepath.Dir(path))
}

// wouldReplace is the complaint about a name to write to that is read from.
func wouldReplace(path string) error {
	return &segue.InputError{File: path, Problem: "this file is to be read, and writing would replace it", Hint: "choose another name to write to"}
}
