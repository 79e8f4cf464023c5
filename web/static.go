package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"segue/chart"
)

//go:embed static
var staticFiles embed.FS

// An asset is a file of the pages, under an address that changes with its content,
// so that a browser may keep it for ever.
type asset struct {
	address string
	kind    string
	body    []byte
}

// assets gathers the files once: they are part of the program.
var assets = sync.OnceValue(func() map[string]asset {
	out := map[string]asset{}
	add := func(name string, body []byte) string {
		sum := sha256.Sum256(body)
		ext := path.Ext(name)
		a := asset{address: "/static/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext, kind: mime.TypeByExtension(ext), body: body}
		if ext == ".woff2" {
			a.kind = "font/woff2"
		}
		out[name] = a
		return a.address
	}
	faces := ""
	for _, f := range chart.Faces() {
		body, err := chart.FontFile(f.File)
		if err != nil {
			panic("web: " + err.Error()) // embedded: cannot be absent
		}
		faces += f.Rule("url(" + add(f.File, body) + ")")
	}
	files, err := fs.ReadDir(staticFiles, "static")
	if err != nil {
		panic("web: " + err.Error())
	}
	for _, f := range files {
		body, err := fs.ReadFile(staticFiles, "static/"+f.Name())
		if err != nil {
			panic("web: " + err.Error())
		}
		if f.Name() == "segue.css" {
			body = append([]byte(faces+chart.Style()+chart.Page()), body...)
		}
		add(f.Name(), body)
	}
	return out
})

// static returns the address of a file of the pages. It panics on a name there is
// none of.
func static(name string) string {
	a, ok := assets()[name]
	if !ok {
		panic(fmt.Sprintf("web: no static file %q", name))
	}
	return a.address
}

// serveStatic serves the files of the pages.
func serveStatic() http.Handler {
	by := map[string]asset{}
	for _, a := range assets() {
		by[a.address] = a
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := by[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.body))
	})
}
