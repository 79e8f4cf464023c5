package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"segue"
	"segue/store"

	"github.com/spf13/cobra"
)

// selfID is the one listener of a database that nobody logs in to.
const selfID = "self"

// A database is how a command finds the database. Its key comes from a file or
// the environment and never from a flag, which others on the machine could
// read.
type database struct {
	path    string // empty stands for the default
	keyFile string
	config  string // a file of settings, where the flags say nothing
	settled bool   // by the settings, beside the flags
}

func (d *database) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.path, "db", "", "database: a `FILE`, or postgres://USER@HOST/NAME (default: SEGUE_DB, or segue/segue.db in your configuration folder); others on the machine can read a password here, so put it in SEGUE_DB, PGPASSWORD or a password file")
	cmd.Flags().StringVar(&d.keyFile, "key-file", "", "`FILE` with the key of the database's file (default: the environment variable SEGUE_KEY, or no key)")
	cmd.Flags().StringVar(&d.config, "config", "", "read where the database is from `FILE`, the settings of segue serve (default: the environment variable SEGUE_CONFIG, or none)")
	_ = cmd.MarkFlagFilename("config", "toml")
	_ = cmd.MarkFlagFilename("db")
	_ = cmd.MarkFlagFilename("key-file")
}

// open opens the database, and makes it if there is none. From then on path
// names it.
func (d *database) open(ctx context.Context) (*store.Store, error) {
	return d.openAs(ctx, store.Options{})
}

// serve opens the database for a server: consents hold, whoever else writes, and all of
// its connections are there for the first who come.
func (d *database) serve(ctx context.Context) (*store.Store, error) {
	s, err := d.openAs(ctx, store.Options{Consents: true})
	if err != nil {
		return nil, err
	}
	if err := s.Warm(ctx); err != nil {
		return nil, errors.Join(d.named(err), s.Close())
	}
	return s, nil
}

// existing opens a database that must be there.
func (d *database) existing(ctx context.Context, readOnly bool) (*store.Store, error) {
	if err := d.place(); err != nil {
		return nil, err
	}
	if !isURL(d.path) {
		if _, err := os.Stat(d.path); err != nil {
			return nil, err
		}
	}
	return d.openAs(ctx, store.Options{ReadOnly: readOnly})
}

func (d *database) openAs(ctx context.Context, o store.Options) (*store.Store, error) {
	if err := d.place(); err != nil {
		return nil, err
	}
	var err error
	if o.Key, err = d.key(); err != nil {
		return nil, err
	}
	if o.Path = d.path; isURL(d.path) {
		o.Path, o.URL = "", d.path
	}
	s, err := store.Open(ctx, o)
	if err == nil {
		return s, nil
	}
	err = d.named(err)
	if errors.Is(err, store.ErrKey) && o.Key == nil && o.URL == "" {
		err = fmt.Errorf("%w (a key comes from --key-file FILE or SEGUE_KEY)", err)
	}
	return nil, err
}

// place fills in the default path.
func (d *database) place() error {
	if err := d.settle(); err != nil {
		return err
	}
	if d.path != "" {
		return nil
	}
	folder, err := os.UserConfigDir()
	if err != nil {
		return usage("your configuration folder is not known; name the database with --db FILE")
	}
	d.path = filepath.Join(folder, "segue", "segue.db")
	return nil
}

// key returns the key, nil if there is none.
func (d *database) key() ([]byte, error) {
	if d.keyFile == "" && isURL(d.path) {
		return nil, nil // SEGUE_KEY is for files
	}
	if d.keyFile == "" {
		if key := os.Getenv("SEGUE_KEY"); key != "" {
			return []byte(key), nil
		}
		return nil, nil
	}
	b, err := os.ReadFile(d.keyFile)
	if err != nil {
		return nil, err
	}
	if b = bytes.TrimRight(b, "\r\n"); len(b) == 0 {
		return nil, &segue.InputError{File: d.keyFile, Problem: "there is no key in it", Hint: "write a long passphrase on its first line"}
	}
	return b, nil
}

// named is an error of the store as people are told of it: the database's name,
// and what about it.
func (d *database) named(err error) error {
	if err == nil || !strings.HasPrefix(err.Error(), "store: ") {
		return err
	}
	return fmt.Errorf("%s: %w", d.name(), errors.Unwrap(err))
}

// name is what the database is called in messages: without a password.
func (d *database) name() string {
	if isURL(d.path) {
		return placeOf(d.path)
	}
	return d.path
}

// alone keeps other programs from a database file until release is called. A
// PostgreSQL is for several.
func (d *database) alone() (release func(), err error) {
	if isURL(d.path) {
		return func() {}, nil
	}
	return alone(d.path)
}
