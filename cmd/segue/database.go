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
	cmd.Flags().StringVar(&d.path, "db", "", "database `FILE` (default: segue/segue.db in your configuration folder)")
	cmd.Flags().StringVar(&d.keyFile, "key-file", "", "`FILE` with the key of the database (default: the environment variable SEGUE_KEY, or no key)")
	cmd.Flags().StringVar(&d.config, "config", "", "read where the database is from `FILE`, the settings of segue serve (default: the environment variable SEGUE_CONFIG, or none)")
	_ = cmd.MarkFlagFilename("config", "toml")
	_ = cmd.MarkFlagFilename("db")
	_ = cmd.MarkFlagFilename("key-file")
}

// open opens the database, and makes it if there is none. From then on path
// names it.
func (d *database) open(ctx context.Context) (*store.Store, error) { return d.openAs(ctx, false) }

// existing opens a database that must be there.
func (d *database) existing(ctx context.Context, readOnly bool) (*store.Store, error) {
	if err := d.place(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(d.path); err != nil {
		return nil, err
	}
	return d.openAs(ctx, readOnly)
}

func (d *database) openAs(ctx context.Context, readOnly bool) (*store.Store, error) {
	if err := d.place(); err != nil {
		return nil, err
	}
	key, err := d.key()
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, store.Options{Path: d.path, Key: key, ReadOnly: readOnly})
	if err == nil {
		return s, nil
	}
	err = d.named(err)
	if errors.Is(err, store.ErrKey) && key == nil {
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
	return fmt.Errorf("%s: %w", d.path, errors.Unwrap(err))
}
