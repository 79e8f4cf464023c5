// Command segue reads the listening history a person owns, learns the moods in
// their music, and builds an hour that leads from one mood to another.
//
// Each subcommand has a file of its own. Every one prints its result for
// people on standard output, or with --json one object and nothing else;
// progress and messages go to standard error. It exits with 0 when it did what
// was asked, 1 when it could not, and 2 when it was asked wrongly.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"segue"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main without the process, so tests can call it. It returns the exit
// code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot(&terminal{out: stdout, err: stderr})
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(stderr, "segue: stopped; nothing was left half-written")
		return 1
	}
	fmt.Fprintf(stderr, "segue: %s\n", oneLine(err.Error()))
	if errors.Is(err, segue.ErrUsage) {
		return 2
	}
	return 1
}

// oneLine keeps an error on its line, whatever a file name holds.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, strings.TrimSuffix(s, ": "+segue.ErrUsage.Error()))
}

// usage marks err as an error of the call.
func usage(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, segue.ErrUsage)...)
}

func newRoot(t *terminal) *cobra.Command {
	root := &cobra.Command{
		Use:   "segue",
		Short: "From the music you own to an hour that moves with you",
		Long: `Segue reads the listening history you already own, learns the moods in your
music, and builds an hour that takes you, step by step, from how you feel to how
you would like to feel. It runs on this machine and sends nothing anywhere.

Start with 'segue demo'. It is about music: not therapy, not a medical device.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return cmd.Help()
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("%v; see '%s -h'", err, cmd.CommandPath())
	})
	root.PersistentFlags().BoolVar(&t.json, "json", false, "print one JSON object on standard output and nothing else")
	root.PersistentFlags().BoolVarP(&t.quiet, "quiet", "q", false, "show no progress")
	root.PersistentFlags().Uint64Var(&t.seed, "seed", 1, "seed of every random choice: the same `N` gives the same result")
	root.AddCommand(
		demoCommand(t), runCommand(t), catalogCommand(t), trainCommand(t), curvesCommand(t),
		historyCommand(t), sessionsCommand(t), profileCommand(t), playlistCommand(t),
		modelsCommand(t), treeCommand(t), versionCommand(t), docsCommand(),
	)
	wrongArgs(root)
	return root
}

// wrongArgs makes every command's complaint about its arguments an error of
// the call, with the way to its help.
func wrongArgs(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usage("%v; see '%s -h'", err, c.CommandPath())
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		wrongArgs(sub)
	}
}
