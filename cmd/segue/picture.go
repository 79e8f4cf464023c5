package main

import (
	"io"
	"path/filepath"
	"strings"

	"segue/playlist"
	"segue/tell"

	"github.com/spf13/cobra"
)

// picture is the drawing of an hour that a command was asked for, "" for none.
type picture string

// addPicture adds the flag that asks for one.
func addPicture(cmd *cobra.Command) *picture {
	var p picture
	cmd.Flags().StringVar((*string)(&p), "picture", "", "draw the hour to this `FILE.svg`: planned line and tracks, on the plane and over time")
	return &p
}

// check refuses, before any work is done, a file that is no SVG, cannot be
// written, or is read or written by the command for something else.
func (p picture) check(others ...string) error {
	if p == "" {
		return nil
	}
	if !strings.EqualFold(filepath.Ext(string(p)), ".svg") {
		return usage("--picture %q is not an SVG file; let its name end in .svg", string(p))
	}
	return checkFile(string(p), others...)
}

// write draws the hour, if a picture was asked for.
func (p picture) write(t *terminal, hour *playlist.Playlist) error {
	if p == "" {
		return nil
	}
	svg := tell.HourPicture(nil, hour)
	if err := writeFile(string(p), func(w io.Writer) error { _, err := io.WriteString(w, svg); return err }); err != nil {
		return err
	}
	t.say("drawn to %s", string(p))
	return nil
}
