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
