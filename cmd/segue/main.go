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
	"syscall"
	_ "time/tzdata" // --tz works where the system knows no zones

	"segue"
	"segue/internal/kernel"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
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
	_, err := kernel.Running()
	if err != nil {
		err = usage("%v", err)
	} else {
		err = root.ExecuteContext(ctx)
	}
	if err == nil {
		return 0
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintf(stderr, "segue: stopped; %s\n", afterStop(err))
		return 1
	}
	for _, one := range apart(err) {
		fmt.Fprintf(stderr, "segue: %s\n", complaint(one))
	}
	if errors.Is(err, segue.ErrUsage) {
		return 2
	}
	return 1
}

func newRoot(t *terminal) *cobra.Command {
	root := &cobra.Command{
		Use:   "segue",
		Short: "From the music you own to an hour that moves with you",
		Long: `Segue reads the listening history you already own, learns the moods in your
music, and builds an hour that takes you, step by step, from how you feel to how
you would like to feel. It runs on this machine and sends nothing anywhere.

Start with 'segue demo'. It is about music: not therapy, not a medical device.`,
		Example:       "  segue demo\n  segue run --catalog tracks.csv --history my_spotify_data.zip --from angry --to calm --out my-hour",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
	}
	root.SetFlagErrorFunc(flagComplaint)
	root.PersistentFlags().BoolVar(&t.json, "json", false, "print one JSON object on standard output and nothing else")
	root.PersistentFlags().BoolVarP(&t.quiet, "quiet", "q", false, "show no progress")
	root.PersistentFlags().Uint64Var(&t.seed, "seed", 1, "seed of every random choice: the same `N` gives the same result")
	root.AddCommand(
		demoCommand(t), serveCommand(t), configCommand(t), healthCommand(t), runCommand(t), catalogCommand(t), trainCommand(t), curvesCommand(t),
		historyCommand(t), sessionsCommand(t), profileCommand(t), playlistCommand(t), editCommand(t), batchCommand(t), playedCommand(t),
		backupCommand(t), verifyCommand(t), exportCommand(t), restoreCommand(t), forgetCommand(t), moveCommand(t), peopleCommand(t),
		modelsCommand(t), auditCommand(t), assignCommand(t), treeCommand(t), statsCommand(t), experimentCommand(t), adaptCommand(t), surveyCommand(t), metricsCommand(t), eventsCommand(t), simulateCommand(t), benchCommand(t), versionCommand(t), docsCommand(),
	)
	root.InitDefaultCompletionCmd() // so that its complaints are worded like ours
	wrongArgs(root, t)
	return root
}
