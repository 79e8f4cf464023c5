package lab_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"segue"
	"segue/catalog"
	"segue/demo"
	"segue/lab"
	"segue/language"
	"segue/mood"
	"segue/recommend"
)

// tracks reads the demonstration's catalogue once for all tests.
var tracks = sync.OnceValues(func() (*segue.Catalog, *catalog.Report) {
	dir, err := os.MkdirTemp("", "segue-lab-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	table, _, err := demo.Write(context.Background(), dir, 1)
	if err != nil {
		panic(err)
	}
	c, r, err := catalog.Read(context.Background(), []string{table}, catalog.Options{})
	if err != nil {
		panic(err)
	}
	return c, r
})

// few are every eighth of the tracks, for what takes its time.
func few() *segue.Catalog {
	all, _ := tracks()
	c := &segue.Catalog{Version: "few"}
	for i := 0; i < all.Len(); i += 8 {
		c.ID, c.Title, c.Popularity = append(c.ID, all.ID[i]), append(c.Title, all.Title[i]), append(c.Popularity, all.Popularity[i])
		for f := range c.Feature {
			c.Feature[f] = append(c.Feature[f], all.Feature[f][i])
		}
	}
	return c
}

// realTracks reads the real tracks beside the repository, and skips the test where
// there are none.
func realTracks(t *testing.T) *segue.Catalog {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: the real tracks take seconds, and tests are to be short")
	}
	paths, err := filepath.Glob("../../shared/data/catalog/tracks_sample.csv")
	if err != nil || len(paths) == 0 {
		t.Skip("SKIPPED: no track tables in ../shared/data/catalog")
	}
	c, _, err := catalog.Read(context.Background(), paths, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// still is a clock that stands, so that what is computed is all there is to compare.
func still() time.Time { return time.Unix(0, 0) }

// bytesOf writes v as JSON.
func bytesOf(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tongues are the languages things are said in; the second lacks nothing.
func tongues(t *testing.T) []*language.Tongue {
	t.Helper()
	vi, ok := language.Of("vi")
	if !ok {
		t.Fatal("no Vietnamese")
	}
	return []*language.Tongue{nil, vi}
}

// wellFormed expects drawings that can be read, with headings and words.
func wellFormed(t *testing.T, pictures ...lab.Picture) {
	t.Helper()
	if len(pictures) == 0 {
		t.Error("no pictures")
	}
	for _, p := range pictures {
		if p.Title == "" || p.Words == "" || !strings.Contains(p.SVG, "<svg") || strings.Contains(p.Words+p.Title, "%!") {
			t.Errorf("%q: %q, %.60s", p.Title, p.Words, p.SVG)
		}
		d := xml.NewDecoder(strings.NewReader("<all>" + p.SVG + "</all>"))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", p.Title, err)
			}
		}
	}
}

func TestExplore(t *testing.T) {
	ctx := context.Background()
	c, r := tracks()
	m, err := recommend.Learn(ctx, c, mood.Options{Algorithms: []string{mood.KMeans}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := lab.Explore(ctx, c, r, m)
	if err != nil {
		t.Fatal(err)
	}
	cells, shares := 0, 0.0
	for _, row := range e.Places.Cells {
		for _, n := range row {
			cells += n
		}
	}
	for _, s := range e.Places.Moods {
		shares += s
	}
	if cells != e.Places.Placed || math.Abs(shares-1) > 1e-9 || e.Tracks != c.Len() || len(e.Ranking) != segue.NumFeatures || e.Model != m.Model().ID {
		t.Errorf("%d in cells of %d placed, shares %v, %d tracks, %d ranked", cells, e.Places.Placed, shares, e.Tracks, len(e.Ranking))
	}
	// The percentiles of one catalogue fill each row alike, but for their ties.
	for i, row := range e.Places.Cells {
		n := 0
		for _, k := range row {
			n += k
		}
		if want := float64(e.Places.Placed) / lab.PlaceCells; math.Abs(float64(n)-want) > .2*want+2 {
			t.Errorf("row %d holds %d tracks of about %.0f", i, n, want)
		}
	}
	var shown map[string]json.RawMessage
	if err := json.Unmarshal(bytesOf(t, e), &shown); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"rows", "tracks", "duplicates", "dropped", "missing", "features", "correlations", "genres", "version", "places", "ranking"} {
		if shown[key] == nil {
			t.Errorf("its JSON lacks %q", key)
		}
	}
	for _, tongue := range tongues(t) {
		wellFormed(t, e.Histograms(tongue)...)
		wellFormed(t, e.Together(tongue))
		plane, ok := e.Plane(tongue)
		if !ok {
			t.Fatal("no plane")
		}
		wellFormed(t, plane)
		if lines := e.Ranked(tongue); len(lines) != segue.NumFeatures || lines[0].Note == "" {
			t.Errorf("%+v", lines)
		}
	}
	bare, err := lab.Explore(ctx, c, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := bare.Plane(nil); ok || bare.Places != nil || strings.Contains(string(bytesOf(t, bare)), `"rows"`) {
		t.Error("what nobody knows is shown")
	}
	if err := json.Unmarshal(bytesOf(t, bare), &shown); err != nil || string(shown["missing"]) == "null" {
		t.Errorf("%v", err)
	}
}

// broken runs long work that is broken off after some checkpoints, then goes on from
// the last one.
func broken[R any](t *testing.T, after int, run func(context.Context, lab.Hold) (R, error)) (got R, kept int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var last []byte
	_, err := run(ctx, lab.Hold{Keep: func(b []byte) {
		if kept == after {
			cancel()
			return
		}
		kept++
		last = bytes.Clone(b)
	}})
	if err == nil {
		t.Fatalf("it came to its end before %d checkpoints", after+1)
	}
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	got, err = run(context.Background(), lab.Hold{Checkpoint: last})
	if err != nil {
		t.Fatal(err)
	}
	return got, kept
}

func TestCurvesGoOn(t *testing.T) {
	c := few()
	asked := lab.CurvesAsked{KMax: 3, References: 2, Seed: 4}
	run := func(ctx context.Context, h lab.Hold) (*lab.CurvesFound, error) { return lab.Curves(ctx, c, asked, h) }
	once, err := run(context.Background(), lab.Hold{})
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []int{0, 2, 7} {
		if got, _ := broken(t, after, run); !bytes.Equal(bytesOf(t, got), bytesOf(t, once)) {
			t.Errorf("after %d checkpoints:\n%s\nwant\n%s", after, bytesOf(t, got), bytesOf(t, once))
		}
	}
	back := new(lab.CurvesFound)
	if err := json.Unmarshal(bytesOf(t, once), back); err != nil {
		t.Fatal(err)
	}
	for _, tongue := range tongues(t) {
		wellFormed(t, back.Pictures(tongue)...)
		if back.Note(tongue) == "" {
			t.Error("no note")
		}
	}
	if _, err := lab.Curves(context.Background(), c, lab.CurvesAsked{References: lab.MaxReferences + 1}, lab.Hold{}); !errors.Is(err, segue.ErrUsage) {
		t.Errorf("too many references: %v", err)
	}
}

// A checkpoint of other work, or none at all, is left alone.
func TestOtherCheckpoints(t *testing.T) {
	c := few()
	asked := lab.CurvesAsked{KMax: 2, Seed: 4}
	once, err := lab.Curves(context.Background(), c, asked, lab.Hold{})
	if err != nil {
		t.Fatal(err)
	}
	var other []byte
	if _, err := lab.Curves(context.Background(), c, lab.CurvesAsked{KMax: 2, Seed: 5}, lab.Hold{Keep: func(b []byte) { other = b }}); err != nil {
		t.Fatal(err)
	}
	for _, checkpoint := range [][]byte{other, []byte("{"), []byte(`{"of":"x","what":[]}`), bytes.Replace(other, []byte(`"what":[`), []byte(`"what":[7,`), 1), {}} {
		got, err := lab.Curves(context.Background(), c, asked, lab.Hold{Checkpoint: checkpoint})
		if err != nil || !bytes.Equal(bytesOf(t, got), bytesOf(t, once)) {
			t.Errorf("%.60s: %v", checkpoint, err)
		}
	}
}

func TestCompare(t *testing.T) {
	c := few()
	asked := lab.CompareAsked{Null: true, Stability: 2, Seed: 1}
	run := func(ctx context.Context, h lab.Hold) (*lab.Comparison, error) {
		return lab.Compare(ctx, c, asked, still, h)
	}
	var at []int64
	once, err := run(context.Background(), lab.Hold{Progress: func(_ string, done, total int64) { at = append(at, done*1000/total) }})
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(at); i++ {
		if at[i] < at[i-1] {
			t.Errorf("progress goes back from %d to %d", at[i-1], at[i])
		}
	}
	if len(at) == 0 || at[len(at)-1] != 1000 {
		t.Errorf("progress ends at %v", at)
	}
	// What training all at once finds.
	whole, err := mood.Train(context.Background(), c, mood.Options{Null: true, Stability: 2, Seed: 1, Clock: still})
	if err != nil {
		t.Fatal(err)
	}
	var found, want map[string]json.RawMessage
	if err := json.Unmarshal(bytesOf(t, once), &found); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(bytesOf(t, whole), &want); err != nil {
		t.Fatal(err)
	}
	for key, v := range want {
		if !bytes.Equal(found[key], v) {
			t.Errorf("%s: %.300s\nwant %.300s", key, found[key], v)
		}
	}
	if len(once.Agreement) != 3 || once.Agreement[0].A != mood.KMeans || once.Agreement[2].B != mood.FCM {
		t.Errorf("%+v", once.Agreement)
	}
	for _, after := range []int{0, 1, 2} {
		got, kept := broken(t, after, run)
		if kept != after || !bytes.Equal(bytesOf(t, got), bytesOf(t, once)) {
			t.Errorf("after %d checkpoints it ends otherwise", after)
		}
	}
	back := new(lab.Comparison)
	if err := json.Unmarshal(bytesOf(t, once), back); err != nil {
		t.Fatal(err)
	}
	for _, tongue := range tongues(t) {
		wellFormed(t, back.Pictures(tongue)...)
		if rows := back.Criteria(tongue); len(rows) != 8 || len(rows[0].Cells) != 3 {
			t.Errorf("%+v", rows)
		}
		if s := back.Agreement[0].In(tongue); s == "" || strings.Contains(s, "%!") {
			t.Error(s)
		}
	}
	for name, bad := range map[string]lab.CompareAsked{
		"k": {K: lab.MaxK + 1}, "restarts": {Restarts: lab.MaxRestarts + 1}, "stability": {Stability: lab.MaxStability + 1}, "negative k": {K: -1},
		"algorithm": {Algorithms: []string{"dbscan"}}, "twice": {Algorithms: []string{"fcm", "fcm"}}, "covariance": {Covariance: "round"}, "feature": {Features: []segue.Feature{99}},
	} {
		if _, err := lab.Compare(context.Background(), c, bad, still, lab.Hold{}); !errors.Is(err, segue.ErrUsage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A model of a comparison can be kept, opened and put to use, and two be compared.
func TestVersionsOfModels(t *testing.T) {
	ctx := context.Background()
	c, _ := tracks()
	of := func(a lab.CompareAsked) *mood.Model {
		f, err := lab.Compare(ctx, c, a, still, lab.Hold{})
		if err != nil {
			t.Fatal(err)
		}
		back := new(lab.Comparison)
		if err := json.Unmarshal(bytesOf(t, f), back); err != nil {
			t.Fatal(err)
		}
		body, err := back.ModelBody(c, f.Models[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: a body of %d bytes for %d tracks", f.Models[0].Algorithm, len(body), c.Len())
		if len(body) > 400<<10 {
			t.Errorf("a body of %d bytes", len(body))
		}
		m, err := lab.OpenModel(body)
		if err != nil {
			t.Fatal(err)
		}
		if again := bytesOf(t, m); !bytes.Equal(again, body) {
			t.Error("opened and written again it is another")
		}
		if _, err := back.ModelBody(c, "nosuch"); !errors.Is(err, lab.ErrNoModel) {
			t.Errorf("no such model: %v", err)
		}
		other := *c
		other.Version = "other"
		if _, err := back.ModelBody(&other, m.ID); !errors.Is(err, lab.ErrNoModel) {
			t.Errorf("of other tracks: %v", err)
		}
		return m
	}
	a := of(lab.CompareAsked{Algorithms: []string{mood.KMeans}})
	b := of(lab.CompareAsked{Algorithms: []string{mood.GMM}, K: 5})
	wider := of(lab.CompareAsked{Algorithms: []string{mood.KMeans}, Features: []segue.Feature{segue.Energy, segue.Valence, segue.Tempo}})
	if _, err := recommend.With(c, b); err != nil {
		t.Error(err)
	}
	same := lab.Between(c, a, a)
	if same.ARI != 1 || same.SameMood != 1 || same.PlacesMove != 0 || !same.SameFeatures || len(same.Moves) != 0 {
		t.Errorf("with itself: %+v", same)
	}
	d := lab.Between(c, a, b)
	moved := 0
	for _, m := range d.Moves {
		moved += m.Tracks
		if len(m.Examples) == 0 || len(m.Examples) > mood.Examples || m.Examples[0].Title == "" || m.Share <= 0 {
			t.Errorf("%+v", m)
		}
	}
	if stay := float64(d.SameMood) * float64(d.Tracks); math.Abs(stay+float64(moved)-float64(d.Tracks)) > 1e-6 || d.PlacesMove != 0 || !d.SameFeatures {
		t.Errorf("%v stay and %d move of %d; places move by %v", stay, moved, d.Tracks, d.PlacesMove)
	}
	if w := lab.Between(c, a, wider); w.SameFeatures {
		t.Error("other features are the same")
	}
	// Another ruler moves the places.
	brighter := *c
	brighter.Version = "brighter"
	brighter.Feature[segue.Valence] = make([]float32, c.Len())
	for i, v := range c.Feature[segue.Valence] {
		brighter.Feature[segue.Valence][i] = v * v
	}
	trained, err := mood.Train(ctx, &brighter, mood.Options{Algorithms: []string{mood.KMeans}})
	if err != nil {
		t.Fatal(err)
	}
	far := lab.Between(c, a, trained.Models[0])
	if !(far.PlacesMove > .02) {
		t.Errorf("with another ruler places move by %v", far.PlacesMove)
	}
	for _, tongue := range tongues(t) {
		for _, difference := range []*lab.Difference{same, d, far, lab.Between(c, a, wider)} {
			for _, s := range difference.In(tongue) {
				if s == "" || strings.Contains(s, "%!") {
					t.Error(s)
				}
			}
		}
		if s := d.Moves[0].In(tongue); !strings.Contains(s, d.Moves[0].Examples[0].Title) {
			t.Error(s)
		}
	}
	for _, bad := range [][]byte{nil, []byte("{}"), []byte("null"), make([]byte, lab.MaxModel+1)} {
		if m, err := lab.OpenModel(bad); err == nil {
			t.Errorf("%.10q is a model: %+v", bad, m)
		}
	}
}

// On real tracks: the figures of the study's three models, and how large what is
// kept is.
func TestRealComparison(t *testing.T) {
	c := realTracks(t)
	kept := 0
	f, err := lab.Compare(context.Background(), c, lab.CompareAsked{}, nil, lab.Hold{Keep: func(b []byte) { kept = max(kept, len(b)) }})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{.359, .112, .354} { // scikit-learn 1.2.1
		if got := float64(f.Models[i].Silhouette); math.Abs(got-want) > .005 {
			t.Errorf("%s: silhouette %v, want %v", f.Models[i].Algorithm, got, want)
		}
	}
	body, err := f.ModelBody(c, f.Models[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d tracks: a checkpoint of %d bytes, a model of %d bytes; %s", c.Len(), kept, len(body), f.Agreement[0].In(nil))
	if kept > 40<<10 || len(body) > 400<<10 {
		t.Errorf("a checkpoint of %d bytes, a model of %d", kept, len(body))
	}
	curves, err := lab.Curves(context.Background(), c, lab.CurvesAsked{KMax: 4}, lab.Hold{})
	if err != nil || len(curves.KMeans) != 4 {
		t.Errorf("%v", err)
	}
}
