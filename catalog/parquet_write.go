package catalog

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"

	"segue"
)

// A parquetRecord is a track as WriteParquet lays it out. Nil is null.
type parquetRecord struct {
	ID         string   `parquet:"track_id"`
	ISRC       *string  `parquet:"isrc,optional"`
	Title      string   `parquet:"track_name"`
	Artists    []string `parquet:"artists,list"`
	Album      *string  `parquet:"album_name,optional"`
	Genres     []string `parquet:"genres,list"`
	DurationMS *int32   `parquet:"duration_ms,optional"`
	Popularity *int32   `parquet:"popularity,optional"`
	Explicit   *bool    `parquet:"explicit,optional"`

	Energy           *float32 `parquet:"energy,optional"`
	Acousticness     *float32 `parquet:"acousticness,optional"`
	Valence          *float32 `parquet:"valence,optional"`
	Instrumentalness *float32 `parquet:"instrumentalness,optional"`
	Speechiness      *float32 `parquet:"speechiness,optional"`
	Danceability     *float32 `parquet:"danceability,optional"`
	Liveness         *float32 `parquet:"liveness,optional"`
	Mode             *float32 `parquet:"mode,optional"`
	Loudness         *float32 `parquet:"loudness,optional"`
	TimeSignature    *float32 `parquet:"time_signature,optional"`
	Key              *float32 `parquet:"key,optional"`
	Tempo            *float32 `parquet:"tempo,optional"`

	RecordingID string `parquet:"recording_id"`
}

// features returns where the value of each feature goes.
func (p *parquetRecord) features() [segue.NumFeatures]**float32 {
	return [segue.NumFeatures]**float32{
		segue.Energy: &p.Energy, segue.Acousticness: &p.Acousticness, segue.Valence: &p.Valence,
		segue.Instrumentalness: &p.Instrumentalness, segue.Speechiness: &p.Speechiness,
		segue.Danceability: &p.Danceability, segue.Liveness: &p.Liveness, segue.Mode: &p.Mode,
		segue.Loudness: &p.Loudness, segue.TimeSignature: &p.TimeSignature, segue.Key: &p.Key, segue.Tempo: &p.Tempo,
	}
}

const (
	rowGroupRows = 128 << 10 // rows of a row group: bounds what writing holds in memory (d)
	writeRows    = 4096      // rows handed to the writer at a time (d)
)

// versionKey is the key of the catalogue's version in the file's metadata.
const versionKey = "segue.version"

// WriteParquet writes c to path: one column a field under the names of the
// first CSV layout, artists and genres as lists of strings, features as
// optional 32-bit floats, missing values as nulls, compressed with zstd.
// Column recording_id holds the id of the lowest row of the track's group of
// reissues; Read computes it anew. Reading the file gives c back, with the
// same Version.
//
// The file appears whole or not at all: it is written beside path under
// another name, synced and renamed. If ctx ends, its error is returned.
func WriteParquet(ctx context.Context, path string, c *segue.Catalog) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("%s: cannot be written, choose another folder: %w", path, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	out := bufio.NewWriterSize(f, 1<<20)
	if err := writeParquet(ctx, out, c); err != nil {
		return ctxOr(ctx, path, err)
	}
	if err := out.Flush(); err != nil {
		return ctxOr(ctx, path, err)
	}
	if err := f.Chmod(0o644); err != nil {
		return ctxOr(ctx, path, err)
	}
	if err := f.Sync(); err != nil {
		return ctxOr(ctx, path, err)
	}
	if err := f.Close(); err != nil {
		return ctxOr(ctx, path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return ctxOr(ctx, path, err)
	}
	return nil
}

// ctxOr returns ctx's error if it ended, else err with the path.
func ctxOr(ctx context.Context, path string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%s: cannot be written: %w", path, err)
}

// writeParquet writes the rows in row groups.
func writeParquet(ctx context.Context, out *bufio.Writer, c *segue.Catalog) error {
	w := parquet.NewGenericWriter[parquetRecord](out,
		parquet.Compression(&parquet.Zstd),
		parquet.CreatedBy("segue", "1", ""),
		parquet.KeyValueMetadata(versionKey, c.Version),
	)
	records := make([]parquetRecord, 0, writeRows)
	fill := newFiller(c)
	for i := range c.Len() {
		records = records[:len(records)+1]
		fill.record(&records[len(records)-1], i)
		if len(records) < writeRows && i+1 < c.Len() {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := w.Write(records); err != nil {
			return err
		}
		records = records[:0]
		if (i+1)%rowGroupRows == 0 {
			if err := w.Flush(); err != nil {
				return err
			}
		}
	}
	return w.Close()
}

// A filler makes records of rows. Pointers lead into the catalogue and its
// own tables, so that a null costs no memory.
type filler struct {
	c          *segue.Catalog
	popularity [101]int32
	yes, no    bool
}

func newFiller(c *segue.Catalog) *filler {
	f := &filler{c: c, yes: true}
	for i := range f.popularity {
		f.popularity[i] = int32(i)
	}
	return f
}

func (f *filler) record(p *parquetRecord, i int) {
	c := f.c
	*p = parquetRecord{
		ID: c.ID[i], Title: c.Title[i], RecordingID: c.ID[i],
		Artists: names(p.Artists[:0], &c.Artists, i),
		Genres:  names(p.Genres[:0], &c.Genres, i),
	}
	if c.ISRC != nil && c.ISRC[i] != "" {
		p.ISRC = &c.ISRC[i]
	}
	if c.Album[i] != "" {
		p.Album = &c.Album[i]
	}
	if c.DurationMS[i] > 0 {
		p.DurationMS = &c.DurationMS[i]
	}
	if v := c.Popularity[i]; v >= 0 {
		p.Popularity = &f.popularity[v]
	}
	switch c.Explicit[i] {
	case segue.Yes:
		p.Explicit = &f.yes
	case segue.No:
		p.Explicit = &f.no
	}
	for j, to := range p.features() {
		if v := &c.Feature[j][i]; *v == *v {
			*to = v
		}
	}
	if len(c.Recording) > 0 {
		p.RecordingID = c.ID[c.Recording[i]]
	}
}

// names appends the strings of row i to dst.
func names(dst []string, l *segue.Lists, i int) []string {
	for _, v := range l.Indices(i) {
		dst = append(dst, l.Values[v])
	}
	return dst
}
