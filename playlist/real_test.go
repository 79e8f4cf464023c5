package playlist

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/matrix"
	"segue/mood"
)

// realFolder holds real tables that are not part of the project.
const realFolder = "../../shared/data/catalog"

// tableBuilder collects the rows of catalogues in tests.
type tableBuilder struct {
	c     segue.Catalog
	seen  map[string]bool
	names map[string]int32
}

func newTable() *tableBuilder {
	b := &tableBuilder{seen: map[string]bool{}, names: map[string]int32{}}
	b.c.Artists.Offset = []int32{0}
	b.c.Genres.Offset = []int32{0}
	return b
}

// add appends a track unless its id is known; features are NaN unless given.
func (b *tableBuilder) add(id, title, album string, artists []string, ms int, f segue.Features) {
	if id == "" || b.seen[id] {
		return
	}
	b.seen[id] = true
	c := &b.c
	c.Recording = append(c.Recording, int32(len(c.ID)))
	c.ID = append(c.ID, id)
	c.Title = append(c.Title, title)
	c.Album = append(c.Album, album)
	c.DurationMS = append(c.DurationMS, int32(ms))
	c.Popularity = append(c.Popularity, -1)
	c.Explicit = append(c.Explicit, segue.Unknown)
	for _, a := range artists {
		i, ok := b.names[a]
		if !ok {
			i = int32(len(c.Artists.Values))
			b.names[a] = i
			c.Artists.Values = append(c.Artists.Values, a)
		}
		c.Artists.Index = append(c.Artists.Index, i)
	}
	c.Artists.Offset = append(c.Artists.Offset, int32(len(c.Artists.Index)))
	c.Genres.Offset = append(c.Genres.Offset, 0)
	for k := range f {
		c.Feature[k] = append(c.Feature[k], f[k])
	}
}

// readTable adds the tracks of a CSV file whose header names are known.
func (b *tableBuilder) readTable(t testing.TB, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	head, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, h := range head {
		at[h] = i
	}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		get := func(names ...string) string {
			for _, n := range names {
				if i, ok := at[n]; ok {
					return row[i]
				}
			}
			return ""
		}
		feature := segue.NoFeatures()
		for _, k := range segue.AllFeatures() {
			v, err := strconv.ParseFloat(get(k.String()), 64)
			if lo, hi := k.Interval(); err == nil && v >= lo && v <= hi && !(v == 0 && k.ZeroIsMissing()) {
				feature[k] = float32(v)
			}
		}
		ms, _ := strconv.ParseFloat(get("duration_ms"), 64)
		id := strings.TrimPrefix(get("track_id", "uri"), "spotify:track:")
		b.add(id, get("track_name", "track"), get("album_name"), strings.Split(get("artists", "artist"), ";"), int(ms), feature)
	}
}

// standardized returns energy, acousticness and valence of the tracks that have
// them, each with mean 0 and deviation 1: what a trained model's space is.
func standardized(c *segue.Catalog) (matrix.Columns, []int32) {
	var rows []int32
	for i := range c.Len() {
		v := c.Features(i)
		if v.Has(segue.Energy) && v.Has(segue.Acousticness) && v.Has(segue.Valence) {
			rows = append(rows, int32(i))
		}
	}
	x := matrix.New(len(rows), 3)
	for j, f := range []segue.Feature{segue.Energy, segue.Acousticness, segue.Valence} {
		col := x.Col(j)
		var sum, square float64
		for i, r := range rows {
			col[i] = float64(c.Feature[f][r])
			sum += col[i]
			square += col[i] * col[i]
		}
		n := float64(len(rows))
		sd := math.Sqrt(max(1e-12, square/n-sum/n*sum/n))
		for i := range col {
			col[i] = (col[i] - sum/n) / sd
		}
	}
	return x, rows
}

func realLibrary(t testing.TB, pattern string) *Library {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(realFolder, pattern))
	if len(files) == 0 {
		t.Skipf("no real tables (%s) in %s: this test needs them and is skipped", pattern, realFolder)
	}
	b := newTable()
	for _, f := range files {
		b.readTable(t, f)
	}
	return libraryOf(t, &b.c)
}

func libraryOf(t testing.TB, c *segue.Catalog) *Library {
	t.Helper()
	plane, err := mood.NewPlane(c)
	if err != nil {
		t.Fatal(err)
	}
	x, rows := standardized(c)
	lib, err := NewLibrary(Library{Catalog: c, Positions: plane.Positions(c), Space: x, SpaceRows: rows})
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// TestEveryWayOnRealTracks asks for an hour between every two anchors and
// expects every bar to be passed. (TestEveryWayIsAsItSays has the other table.)
func TestEveryWayOnRealTracks(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("all ways between anchors take seconds")
	}
	for _, pattern := range []string{"dataset-of-*.csv"} {
		lib := realLibrary(t, pattern)
		t.Logf("%s: %d tracks", pattern, lib.Catalog.Len())
		var worst time.Duration
		for _, from := range segue.Anchors() {
			for _, to := range segue.Anchors() {
				begin := time.Now()
				p, err := Plan(context.Background(), lib, Request{
					From: from.At, FromName: from.Name, To: to.At, ToName: to.Name, Minutes: 60, Seed: 1,
				})
				took := time.Since(begin)
				worst = max(worst, took)
				if err != nil {
					t.Errorf("%s → %s: %v", from.Name, to.Name, err)
					continue
				}
				t.Log(row(from.Name, to.Name, p, took))
				for _, c := range p.Checks {
					if c.Pass != nil && !*c.Pass {
						t.Errorf("%s → %s: %s is %.3f, bar %.3f", from.Name, to.Name, c.Metric, *c.Value, c.Bar)
					}
				}
				if len(p.Relaxed) > 0 {
					t.Errorf("%s → %s: relaxed %v", from.Name, to.Name, p.Relaxed)
				}
			}
		}
		t.Logf("slowest %v", worst)
	}
}

func row(from, to string, p *Playlist, took time.Duration) string {
	show := func(v *float64) string {
		if v == nil {
			return "   –"
		}
		return fmt.Sprintf("%.3f", *v)
	}
	m := p.Metrics
	return fmt.Sprintf("%-8s→ %-8s start %s end %s rmse %s step %s tau %s back %s J %s  N %d M %d  %+.0f s  %.3f s",
		from, to, show(m.StartError), show(m.EndError), show(m.RMSE), show(m.MaxStep), show(m.ProgressTau), show(m.Backtrack), show(p.Cost),
		len(p.Tracks), p.Candidates, m.DurationErr, took.Seconds())
}
