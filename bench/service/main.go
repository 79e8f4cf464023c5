// Command service measures Segue as a service from outside: hundreds of listeners, some
// processes, one database, and somebody who pulls the plug.
//
//	go build -o segue ./cmd/segue
//	go run ./bench/service -segue ./segue load                      # one process, SQLite
//	go run ./bench/service -segue ./segue -db postgres://… -processes 2 load
//	go run ./bench/service -segue ./segue kill
//	go run ./bench/service -segue ./segue growth
//
// bench/service.sh runs all of it, on both databases. The listeners, their music and
// their plays are invented here, from a seed.
//
//   - load: so many listeners with so many plays each; then reads and durable writes at
//     a fixed rate, whatever the server does: a request that has to wait counts from
//     when it was due. It reports latencies and the memory of the processes.
//   - kill: rounds of imports and reflections, in the middle of which a process is
//     killed as by a power switch. Nothing acknowledged may be lost, and no import may
//     be there in part.
//   - growth: so many requests, and the memory of the processes on the way.
//
// It prints Markdown and ends with 1 if a bar was missed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

// A setting is what is measured, and on what.
type setting struct {
	segue     string // the program
	db        string // a file, or a URL of an empty PostgreSQL database
	processes int
	work      string // folder of the catalogue and of files
	seed      uint64

	listeners, plays, tracks int

	reads, writes int // a second
	length        time.Duration
	rounds        int
	requests      int
}

// The bars of docs/benchmarks.md.
const (
	latencyBar = 100 * time.Millisecond // 99 in 100 within
	memoryBar  = 1 << 30                // bytes of one process
	growthBar  = 0.10                   // of the memory half-way
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	missed, err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "service:", err)
	}
	if err != nil || missed {
		os.Exit(1)
	}
}

func run(ctx context.Context) (missed bool, err error) {
	var s setting
	flag.StringVar(&s.segue, "segue", "./segue", "the program to measure")
	flag.StringVar(&s.db, "db", "", "database: a file, or a postgres:// URL of an empty one (default: a file in the work folder)")
	flag.IntVar(&s.processes, "processes", 1, "processes that serve; more than one only with PostgreSQL")
	flag.StringVar(&s.work, "work", "", "folder for what is made (default: a temporary one)")
	flag.Uint64Var(&s.seed, "seed", 1, "of all that is invented")
	flag.IntVar(&s.listeners, "listeners", 500, "listeners")
	flag.IntVar(&s.plays, "plays", 20_000, "plays of each")
	flag.IntVar(&s.tracks, "tracks", 114_000, "tracks of the catalogue")
	flag.IntVar(&s.reads, "reads", 300, "API reads a second")
	flag.IntVar(&s.writes, "writes", 100, "durable writes a second")
	flag.DurationVar(&s.length, "for", time.Minute, "how long to ask")
	flag.IntVar(&s.rounds, "rounds", 200, "rounds of killing")
	flag.IntVar(&s.requests, "requests", 200_000, "requests of growth")
	flag.Parse()
	if flag.NArg() != 1 {
		return false, errors.New("say load, kill or growth; see -h")
	}
	if s.processes > 1 && !isPostgres(s.db) {
		return false, errors.New("several processes need a PostgreSQL: -db postgres://…")
	}
	if s.work == "" {
		if s.work, err = os.MkdirTemp("", "segue-service-"); err != nil {
			return false, err
		}
		defer os.RemoveAll(s.work)
	}
	if s.db == "" {
		s.db = filepath.Join(s.work, "segue.db")
	}
	switch flag.Arg(0) {
	case "load":
		return s.load(ctx)
	case "kill":
		return s.kill(ctx)
	case "growth":
		return s.growth(ctx)
	}
	return false, fmt.Errorf("%q is none of load, kill and growth", flag.Arg(0))
}

// A table of results, as Markdown.
type results struct{ missed bool }

func newResults() *results {
	fmt.Printf("| What | got | bar | met |\n|---|---|---|---|\n")
	return &results{}
}

func (r *results) say(what, got, bar string, met bool) {
	word := "yes"
	switch {
	case bar == "":
		word = ""
	case !met:
		word, r.missed = "no", true
	}
	fmt.Printf("| %s | %s | %s | %s |\n", what, got, bar, word)
}
