package demo

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// The invented listener and the year.
const (
	ListenerName = "Mai"
	Zone         = "Asia/Ho_Chi_Minh" // IANA; seven hours ahead of UTC all year
	Year         = 2025
	DefaultSeed  = 20251231
)

// Location returns the listener's time zone. It has had no daylight saving
// since 1975, so a fixed offset stands in where the system knows no zones.
func Location() *time.Location {
	if l, err := time.LoadLocation(Zone); err == nil {
		return l
	}
	return time.FixedZone(Zone, 7*60*60)
}

// Data is a demonstration: a catalogue and a listener's year.
type Data struct {
	Seed    uint64
	library *library
	rows    []row
}

// Generate makes the demonstration of a seed: about 6,000 tracks and 12,000
// plays, in well under a second.
func Generate(seed uint64) *Data {
	l := newLibrary(seed)
	return &Data{Seed: seed, library: l, rows: newYear(l, seed)}
}

// A File is one file of the listening export.
type File struct {
	Name string // path inside the export, with slashes
	Body []byte
}

// The files' names.
const (
	catalogName   = "catalog.csv"
	historyName   = "my_spotify_data.zip"
	historyFolder = "Spotify Extended Streaming History/"
)

// HistoryZIP writes the listening export as the ZIP in which a listener would
// get it.
func (d *Data) HistoryZIP(w io.Writer) error {
	z := zip.NewWriter(w)
	for _, f := range d.History() {
		e, err := z.CreateHeader(&zip.FileHeader{
			Name: f.Name, Method: zip.Deflate,
			Modified: time.Date(Year+1, 1, 1, 0, 0, 0, 0, time.UTC), // the clock must not reach the bytes
		})
		if err == nil {
			_, err = e.Write(f.Body)
		}
		if err != nil {
			return fmt.Errorf("write demo history: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write demo history: %w", err)
	}
	return nil
}

// Write makes the demonstration of a seed and writes it into dir, which it
// creates: catalog.csv and my_spotify_data.zip. Files of those names are
// replaced, each only once its successor is whole. It returns the paths to give
// to the readers.
func Write(ctx context.Context, dir string, seed uint64) (catalogPath string, historyPaths []string, err error) {
	if err := ctx.Err(); err != nil {
		return "", nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", nil, fmt.Errorf("make demo folder: %w", err)
	}
	d := Generate(seed)
	catalogPath, historyPath := filepath.Join(dir, catalogName), filepath.Join(dir, historyName)
	for _, f := range []struct {
		path  string
		write func(io.Writer) error
	}{{catalogPath, d.CatalogCSV}, {historyPath, d.HistoryZIP}} {
		var b bytes.Buffer
		if err := f.write(&b); err != nil {
			return "", nil, err
		}
		if err := ctx.Err(); err != nil {
			return "", nil, err
		}
		if err := replace(f.path, b.Bytes()); err != nil {
			return "", nil, err
		}
	}
	return catalogPath, []string{historyPath}, nil
}

// replace writes a file beside its place and renames it there.
func replace(path string, body []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write demo data: %w", err)
	}
	defer os.Remove(f.Name()) // nothing is left there once it is renamed
	_, err = f.Write(body)
	if e := f.Chmod(0o644); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write demo data: %w", err)
	}
	return nil
}
