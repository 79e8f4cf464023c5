package recommend

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"segue"
	"segue/catalog"
	"segue/labels"
	"segue/mood"
)

// labelled writes a catalogue and a label table and joins them.
func labelled(t *testing.T, tracks, table string) (*mood.Labels, *LabelReport, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.csv")
	if err := os.WriteFile(path, []byte(tracks), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, err := catalog.Read(t.Context(), []string{path}, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return (&Music{Catalog: c}).Labels(func(each func(labels.Row) error) (*labels.Report, error) {
		return labels.ReadText(t.Context(), "l.csv", strings.NewReader(table), labels.Options{}, each)
	})
}

const threeTracks = "track_id,track_name,artists,energy,valence\n" +
	"a,Song A,Ana,.1,.2\nb,Song B,Bo;Ana,.3,.4\nc,Song C,ANA,.5,.6\nd,Song D,Cy,.7,.8\n"

func TestLabelsByHand(t *testing.T) {
	l, p, err := labelled(t, threeTracks, "id,artist,title,valence,arousal,mood\n"+
		",Ana,Song A,-1,2,\n"+
		",ana,Song A - Remastered 2011,-2,-1,\n"+ // the same track; arousal on the other side
		"b,,,,,sad\nb,,,,,joy\nb,,,,,sad\n"+ // most say sad
		"c,,,,,sad\nc,,,,,joy\n"+ // as often
		",Nobody,Nothing,1,1,\n"+
		"d,,,0,0,\n") // on the middle: pleasant, energetic
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(l.Row) != "[0 1 3]" || fmt.Sprint(l.Mood) != "[angry sad happy]" {
		t.Errorf("rows %v, moods %v", l.Row, l.Mood)
	}
	if l.At[0] != (segue.Affect{Valence: -1.5, Arousal: .5}) || l.At[1].Known() || l.At[2] != (segue.Affect{}) {
		t.Errorf("places %v", l.At)
	}
	if fmt.Sprint(l.Group) != "[0 1 2]" || l.Source != "l.csv" || len(l.Hash) != 64 {
		t.Errorf("%+v", l)
	}
	if p.Tracks != 3 || p.Merged != 3 || p.Artists != 3 || p.Dropped[LabelUnmatched] != 1 || p.Dropped[LabelContradicts] != 2 {
		t.Errorf("%+v", p)
	}
	if p.ByRung[segue.ByID] != 6 || p.ByRung[segue.ByArtistTitle] != 1 || p.ByRung[segue.ByPlainTitle] != 1 || p.ByRung[segue.Unmatched] != 1 {
		t.Errorf("rungs %v", p.ByRung)
	}
	if p.Contradictory != 3 || !p.Contradictions[2].Dropped || p.Contradictions[0].Dropped || p.Contradictions[0].Track != "Ana – Song A" {
		t.Errorf("contradictions %+v", p.Contradictions)
	}
	if len(p.Unmatched) != 1 || p.Unmatched[0] != "Nobody – Nothing" {
		t.Errorf("unmatched %q", p.Unmatched)
	}
	sum := p.Tracks + p.Merged
	for _, n := range p.Dropped {
		sum += n
	}
	if sum != p.Table.Rows {
		t.Errorf("%d of %d rows accounted for: %+v", sum, p.Table.Rows, p)
	}
}

func TestLabelsRefuses(t *testing.T) {
	for name, c := range map[string]struct{ table, err string }{
		"no track": {"id,mood\nx,sad\ny,happy\n", "l.csv: none of its 2 rows names a track of the catalogue; check that both"},
		"all ties": {"id,mood\na,sad\na,happy\n", "two moods equally often; leave one row a track"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := labelled(t, threeTracks, c.table)
			var in *segue.InputError
			if !errors.As(err, &in) || !strings.Contains(err.Error(), c.err) {
				t.Errorf("error %v, want %q", err, c.err)
			}
		})
	}
}

// The order of a table's rows does not matter, and what it says does.
func TestLabelsHash(t *testing.T) {
	hash := func(table string) string {
		l, _, err := labelled(t, threeTracks, "id,valence,arousal\n"+table)
		if err != nil {
			t.Fatal(err)
		}
		return l.Hash
	}
	one := hash("a,-1,1\nb,1,-1\n")
	if other := hash("b,1,-1\na,-1,1\nx,2,2\n"); other != one {
		t.Error("the order of rows, or what does not join, changes the hash")
	}
	if other := hash("a,-1,1\nb,1,-1.5\n"); other == one {
		t.Error("another label has the same hash")
	}
}

// TestLabelsReal joins the labels of shared data to all of its tracks.
func TestLabelsReal(t *testing.T) {
	m, l, p := realLabels(t)
	t.Logf("%d of %d rows joined to %d of %d tracks by %d artists, by rung %v, dropped %v, contradictory %d", p.Tracks+p.Merged, p.Table.Rows, p.Tracks, m.Catalog.Len(), p.Artists, p.ByRung, p.Dropped, p.Contradictory)
	if l.Len() < 1000 || p.Table.Scale.Middle != 0 {
		t.Errorf("%d joined, scale %v", l.Len(), p.Table.Scale)
	}
	for i, at := range l.At {
		if math.IsNaN(at.Valence) || l.Mood[i] == segue.Mixed {
			t.Fatalf("label %d says nothing", i)
		}
	}
}

// realLabels joins the labels of shared data, and skips where there are none.
func realLabels(t *testing.T) (*Music, *mood.Labels, *LabelReport) {
	t.Helper()
	paths, _ := filepath.Glob("../../shared/data/catalog/*.csv")
	table := "../../shared/data/labels/deezer_mood_train.csv"
	if _, err := os.Stat(table); err != nil || len(paths) == 0 {
		t.Skip("no shared data beside the project")
	}
	c, _, err := catalog.Read(t.Context(), paths, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := Place(c)
	if err != nil {
		t.Fatal(err)
	}
	l, p, err := m.Labels(func(each func(labels.Row) error) (*labels.Report, error) {
		return labels.Read(t.Context(), table, labels.Options{}, each)
	})
	if err != nil {
		t.Fatal(err)
	}
	return m, l, p
}
