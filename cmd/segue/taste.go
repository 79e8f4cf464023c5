package main

import (
	"context"
	"errors"
	"os"

	"segue"
	"segue/recommend"
	"segue/taste"

	"github.com/spf13/cobra"
)

// tasteFlag adds --taste to cmd.
func tasteFlag(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVar(path, "taste", "", "what the listener says of how tracks feel: a JSON `FILE` of corrections")
	_ = cmd.MarkFlagFilename("taste", "json")
}

// readTaste reads the corrections of --taste; without one there are none.
func readTaste(path string) ([]taste.Correction, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := taste.Read(f)
	var wrong *segue.InputError
	if errors.As(err, &wrong) {
		wrong.File = path
	}
	return all, err
}

// feltAs returns music as the corrections of --taste place it, and says how many are of
// tracks it does not have.
func (t *terminal) feltAs(ctx context.Context, m *recommend.Music, corrections []taste.Correction) (*recommend.Music, error) {
	learned, other, err := m.TasteOf(ctx, corrections)
	if err != nil {
		return nil, err
	}
	if other > 0 {
		t.warn("%s of the %s corrections are of tracks that the catalogue does not have; they are left aside", thousands(other), thousands(len(corrections)))
	}
	return m.As(ctx, learned)
}
