package web

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/catalog"
	"segue/demo"
	"segue/history"
	"segue/store"
)

// A named is a file as a form sends it.
type named struct {
	name string
	body []byte
}

// bringing is a listener at a server, with a browser of their own that follows no
// redirect.
type bringing struct {
	*testing.T
	s      *Server
	base   string
	folder string
	client *http.Client
}

// bringer starts a server with a folder and answers its welcome.
func bringer(t *testing.T, consents ...store.Purpose) *bringing {
	t.Helper()
	folder := t.TempDir()
	kept, err := store.Open(context.Background(), store.Options{Path: filepath.Join(folder, "segue.db"), Consents: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	s, base := served(t, Options{Kept: kept, Folder: folder, Seed: 1})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &bringing{T: t, s: s, base: base, folder: folder, client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	form := []string{"zone=Asia/Ho_Chi_Minh", "adult16=yes"}
	for _, p := range consents {
		form = append(form, string(p)+"=yes")
	}
	r, err := b.client.Post(base+"/welcome", "application/x-www-form-urlencoded", strings.NewReader(strings.Join(form, "&")))
	if err != nil || r.StatusCode != http.StatusSeeOther {
		t.Fatal(r, err)
	}
	r.Body.Close()
	return b
}

// form writes files as a browser does.
func form(files ...named) (body []byte, kind string) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for _, f := range files {
		part, _ := w.CreateFormFile("file", f.name)
		_, _ = part.Write(f.body)
	}
	_ = w.Close()
	return out.Bytes(), w.FormDataContentType()
}

// post brings files and returns the answer: its code, where it leads, and its page.
func (b *bringing) post(files ...named) (code int, to, page string) {
	b.Helper()
	body, kind := form(files...)
	return b.send(bytes.NewReader(body), kind)
}

func (b *bringing) send(body io.Reader, kind string) (code int, to, page string) {
	b.Helper()
	r, err := b.client.Post(b.base+"/bring", kind, body)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	read, err := io.ReadAll(r.Body)
	if err != nil {
		b.Fatal(err)
	}
	return r.StatusCode, r.Header.Get("Location"), string(read)
}

func (b *bringing) get(path string) (code int, page string) {
	b.Helper()
	r, err := b.client.Get(b.base + path)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	read, err := io.ReadAll(r.Body)
	if err != nil {
		b.Fatal(err)
	}
	return r.StatusCode, string(read)
}

// bring brings files and waits until they are read.
func (b *bringing) bring(files ...named) (code int, page string) {
	b.Helper()
	code, to, page := b.post(files...)
	if code != http.StatusSeeOther {
		return code, page
	}
	j := b.s.imports.job(selfID, strings.TrimPrefix(to, "/bring/"))
	if j == nil {
		b.Fatalf("no job at %q", to)
	}
	<-j.ended
	return b.get(to)
}

// plays returns what is stored of the listener.
func (b *bringing) plays(of *store.Store) int {
	b.Helper()
	all, err := of.Plays(context.Background(), selfID)
	if err != nil {
		b.Fatal(err)
	}
	return len(all)
}

// clean fails if anything of an upload is left on the disk.
func (b *bringing) clean() {
	b.Helper()
	left, _ := filepath.Glob(filepath.Join(b.folder, uploadsBegin+"*"))
	if len(left) > 0 {
		b.Errorf("left behind: %v", left)
	}
}

// demoFiles are the demo's export and table.
func demoFiles(t testing.TB) (export, table named) {
	t.Helper()
	tablePath, exports, err := demo.Write(context.Background(), t.TempDir(), demo.DefaultSeed)
	if err != nil {
		t.Fatal(err)
	}
	read := func(path string) named {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return named{filepath.Base(path), b}
	}
	return read(exports[0]), read(tablePath)
}

func account1(rows ...string) []byte { return []byte("[" + strings.Join(rows, ",") + "]") }

func heard(minute int, title string) string {
	at := time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC).Add(time.Duration(minute) * time.Minute)
	return fmt.Sprintf(`{"endTime":%q,"msPlayed":200000,"trackName":%q,"artistName":"Band"}`, at.Format("2006-01-02 15:04"), title)
}

// TestBringAll sees the demo's files through: the table first, then the history,
// then the same again, then a restart.
func TestBringAll(t *testing.T) {
	b := bringer(t, store.Moods, store.Plays)
	export, table := demoFiles(t)

	code, page := b.bring(export)
	if code != http.StatusOK || !strings.Contains(page, "Next: a table of tracks") {
		t.Fatalf("without a table: %d %s", code, page)
	}
	first := b.plays(b.s.kept)
	if first == 0 {
		t.Fatal("no plays were stored")
	}
	if code, page = b.bring(table); code != http.StatusOK || !strings.Contains(page, "How much of it is in the table of tracks") || !strings.Contains(page, `href="/moods"`) {
		t.Fatalf("the table: %d %s", code, page)
	}
	if code, page = b.bring(export, table); code != http.StatusOK || !strings.Contains(page, "All of it was here already") {
		t.Fatalf("again: %d %s", code, page)
	}
	if n := b.plays(b.s.kept); n != first {
		t.Errorf("%d plays, then %d", first, n)
	}
	b.clean()
	path, ok := Brought(b.folder)
	c, _, err := catalog.Read(context.Background(), []string{path}, catalog.Options{})
	if !ok || err != nil || filepath.Base(path) != c.Version+".parquet" {
		t.Errorf("the table is at %q: %v", path, err)
	}
	one, err := b.s.portraits.of[selfID].is, error(nil)
	if one == nil || one.profile == nil || err != nil {
		t.Error("the portrait is not there at once")
	}
	code, page = b.get("/bring")
	if code != http.StatusOK || strings.Count(page, "Open the report") != 2 {
		t.Errorf("two imports are not listed: %s", page)
	}
	all, _ := b.s.kept.Imports(context.Background(), selfID)
	b.s.imports.jobs = nil // as after a restart
	for _, i := range all {
		if code, page := b.get("/bring/" + i.ID); code != http.StatusOK || !strings.Contains(page, "my_spotify_data.zip/") {
			t.Errorf("the report of %s: %d %s", i.ID, code, page)
		}
		var r history.Report
		if err := json.Unmarshal(i.Report, &r); err != nil || strings.Contains(string(i.Report), b.folder) {
			t.Errorf("%v; %s", err, i.Report)
		}
	}
}

// TestWhereItIsKept: without the consent to keep plays they are in memory alone,
// and without that to read moods none are seen.
func TestWhereItIsKept(t *testing.T) {
	b := bringer(t)
	export, table := demoFiles(t)
	code, page := b.bring(table, export)
	if code != http.StatusOK || !strings.Contains(page, "You have not agreed that Segue reads moods") || !strings.Contains(page, `href="/data"`) || strings.Contains(page, `href="/moods">See`) {
		t.Errorf("%d %s", code, page)
	}
	if kept, passing := b.plays(b.s.kept), b.plays(b.s.passing); kept != 0 || passing == 0 {
		t.Errorf("%d plays in the file, %d in memory", kept, passing)
	}
	if p := b.s.portraits.of[selfID]; p != nil && p.is != nil && p.is.profile != nil {
		t.Error("moods were read")
	}
	b.clean()
}

// TestFolderOfEverything: histories, tables and others together, as a folder has
// them, with names that want to do harm.
func TestFolderOfEverything(t *testing.T) {
	inTurn(t)
	b := bringer(t, store.Moods, store.Plays)
	_, table := demoFiles(t)
	code, page := b.bring(
		named{"../../etc/passwd", account1(heard(0, "A"), heard(9, "B"))}, named{`C:\music\` + strings.Repeat("x", 10_000) + ".json", account1(heard(9, "B"), heard(20, "C"))},
		named{"<script>alert(1)</script>.json", account1(heard(30, "D"))}, named{"ev\u202eil\u2066.json", account1(heard(40, "E"))}, named{"🎧👩‍🎤.json", account1(heard(50, "F"))},
		named{"report.pdf", []byte("%PDF-1.4 not a history")}, named{".DS_Store", []byte("x")}, table)
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, page)
	}
	for _, want := range []string{">passwd<", "script&gt;.json", "ev\ufffdil\ufffd.json", "🎧👩‍🎤.json", "report.pdf", ".DS_Store"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, never := range []string{"<script>alert", strings.Repeat("x", 100), "\u202e", b.folder, "etc/"} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %q", never)
		}
	}
	if n := b.plays(b.s.kept); n != 6 {
		t.Errorf("%d plays, not 6", n)
	}
	b.clean()
}

// TestPackedTable: a table in a ZIP, as sites of data sets give it, is a table.
func TestPackedTable(t *testing.T) {
	inTurn(t)
	b := bringer(t, store.Moods, store.Plays)
	export, table := demoFiles(t)
	pack := func(files ...named) []byte {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for _, f := range files {
			w, err := z.Create(f.name)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = w.Write(f.body)
		}
		_ = z.Close()
		return out.Bytes()
	}
	code, page := b.bring(named{"archive.zip", pack(named{"data/dataset.csv", table.body})}, export)
	if code != http.StatusOK || !strings.Contains(page, "archive.zip/dataset.csv") || !strings.Contains(page, "my_spotify_data.zip/") || strings.Contains(page, "passed over") {
		t.Errorf("%d %s", code, between(page, "<main", "</main>"))
	}
	if code, page = b.bring(named{"archive.zip", pack(named{"README.txt", []byte("hello")}, named{"dataset.csv", table.body})}); code != http.StatusOK || !strings.Contains(page, "archive.zip/dataset.csv") {
		t.Errorf("%d %s", code, between(page, "<main", "</main>"))
	}
	b.s.imports.most = int64(len(table.body)) / 2 // packed it is less
	if code, page = b.bring(named{"archive.zip", pack(named{"dataset.csv", table.body})}); code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d %s", code, between(page, "<main", "</main>"))
	}
	b.clean()
}

// TestDemoBringsNothing: the demo stays as it is.
func TestDemoBringsNothing(t *testing.T) {
	inTurn(t)
	b := bringer(t, store.Plays)
	if r, err := b.client.Post(b.base+"/demo", "application/x-www-form-urlencoded", nil); err != nil || r.StatusCode != http.StatusSeeOther {
		t.Fatal(r, err)
	}
	if code, _, page := b.post(named{"a.json", account1(heard(0, "A"))}); code != http.StatusForbidden || !strings.Contains(page, "This is the demo listener") {
		t.Errorf("%d %s", code, page)
	}
	if code, page := b.get("/bring"); code != http.StatusOK || strings.Contains(page, `type="file"`) || !strings.Contains(page, "Leave the demo, above") {
		t.Errorf("%d %s", code, page)
	}
	if code, page := b.get("/bring/demo"); code != http.StatusOK || !strings.Contains(page, "What became of each row") {
		t.Errorf("%d %s", code, page)
	}
}

// TestOnlyOnesOwn: what is another's, or nothing, is not there.
func TestOnlyOnesOwn(t *testing.T) {
	b := bringer(t, store.Plays)
	j, _ := b.s.begin(&visit{server: b.s, who: store.Listener{ID: "another"}})
	defer b.s.end(j, nil)
	for _, path := range []string{"/bring/" + j.id, "/bring/" + j.id + "/events", "/bring/none", "/bring/none/events"} {
		if code, _ := b.get(path); code != http.StatusNotFound {
			t.Errorf("%s: %d", path, code)
		}
	}
}

// TestLeftovers: what a crash left is deleted at the next start, and nothing else.
func TestLeftovers(t *testing.T) {
	folder := t.TempDir()
	left, other := filepath.Join(folder, uploadsBegin+"1", stagedIn), filepath.Join(folder, "mine")
	for _, dir := range []string{left, other} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	served(t, Options{Folder: folder})
	if _, err := os.Stat(filepath.Dir(left)); !os.IsNotExist(err) {
		t.Error("it is still there")
	}
	if _, err := os.Stat(other); err != nil {
		t.Error(err)
	}
}

// TestNoGoroutineStays: what brings music ends with the work.
func TestNoGoroutineStays(t *testing.T) {
	inTurn(t)
	b := bringer(t, store.Moods, store.Plays)
	b.client.Transport = &http.Transport{DisableKeepAlives: true}
	export, table := demoFiles(t)
	b.bring(export, table)
	before := runtime.NumGoroutine()
	for range 3 {
		b.bring(export, table)
		b.bring(named{"a.json", []byte("[{")})
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// TestRealHistory brings the study's history beside its tables.
func TestRealHistory(t *testing.T) {
	inTurn(t)
	const data = "../../shared/data"
	exports, _ := filepath.Glob(filepath.Join(data, "history", "*.json"))
	tables, _ := filepath.Glob(filepath.Join(data, "catalog", "*.csv"))
	if len(exports) == 0 || len(tables) == 0 {
		t.Skip("SKIPPED: no real data at " + data)
	}
	b := bringer(t, store.Moods, store.Plays)
	var files []named
	for _, path := range slices.Concat(exports, tables) {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, named{filepath.Base(path), body})
	}
	code, page := b.bring(files...)
	if code != http.StatusOK || !strings.Contains(page, "10\u202f382 rows") {
		t.Errorf("%d %s", code, between(page, "<main", "</main>"))
	}
	n := b.plays(b.s.kept)
	for range 2 { // one file after the other, in the other order
		slices.Reverse(exports)
		for _, path := range exports {
			body, _ := os.ReadFile(path)
			if code, page := b.bring(named{filepath.Base(path), body}); code != http.StatusOK || !strings.Contains(page, "All of it was here already") {
				t.Errorf("%s: %d", path, code)
			}
		}
	}
	if m := b.plays(b.s.kept); m != n {
		t.Errorf("%d plays became %d", n, m)
	}
}
