package simulate

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"segue/catalog"
	"segue/demo"
	"segue/outcome/experiment"
	"segue/recommend"
)

// demoMusic is the demonstration's catalogue, read once as anybody's.
var demoMusic = sync.OnceValues(func() (*recommend.Music, error) {
	dir, err := os.MkdirTemp("", "simulate")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var b bytes.Buffer
	if err := demo.Generate(demo.DefaultSeed).CatalogCSV(&b); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "catalog.csv")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		return nil, err
	}
	c, _, err := catalog.Read(context.Background(), []string{path}, catalog.Options{})
	if err != nil {
		return nil, err
	}
	return recommend.Place(c)
})

// panelOf makes a panel of the demonstration's music.
func panelOf(t testing.TB, o PanelOptions) *Panel {
	t.Helper()
	m, err := demoMusic()
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPanel(t.Context(), m, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// small is a panel that several tests share: with it they share the hours planned.
var small struct {
	sync.Once
	*Panel
}

// smallPanel has as many listeners as it takes to claim anything, and a few more.
func smallPanel(t testing.TB) *Panel {
	t.Helper()
	small.Do(func() { small.Panel = panelOf(t, PanelOptions{Listeners: 24, Seed: 1}) })
	if small.Panel == nil {
		t.Fatal("there is no panel")
	}
	return small.Panel
}

// lived lets a panel live through a run.
func (p *Panel) lived(t testing.TB, o Options, run int) (*experiment.Design, [][]visit) {
	t.Helper()
	d, err := p.design(o, run)
	if err != nil {
		t.Fatal(err)
	}
	visits := make([][]visit, len(p.members))
	for i, m := range p.members {
		if visits[i], err = p.trial(t.Context(), m, o, d, run); err != nil {
			t.Fatal(err)
		}
	}
	return d, visits
}
