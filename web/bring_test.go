package web

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
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
	kept, err := store.Open(context.Background(), store.Options{Path: filepath.Join(folder, "segue.db")})
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

// TestBadUploads: each gets a page that says what is wrong, and nothing is left.
func TestBadUploads(t *testing.T) {
	b := bringer(t, store.Moods, store.Plays)
	b.s.imports.most, b.s.imports.files = 4<<20, 20
	packed := func(method uint16, entries ...named) []byte {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for _, e := range entries {
			w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: method})
			if err != nil {
				t.Fatal(err)
			}
			_, _ = w.Write(e.body)
		}
		_ = z.Close()
		return out.Bytes()
	}
	whole := packed(zip.Deflate, named{"StreamingHistory0.json", account1(heard(0, "A"))})
	var many []named
	for i := range 21 {
		many = append(many, named{fmt.Sprint(i, ".json"), account1(heard(i, "A"))})
	}
	bomb := packed(zip.Deflate, named{"StreamingHistory0.json", append([]byte("["+heard(0, "A")), bytes.Repeat([]byte(" "), 16<<20)...)})
	for name, c := range map[string]struct {
		files []named
		code  int
		says  string
	}{
		"nothing":            {nil, 400, "Choose the files"},
		"an empty choice":    {[]named{{"", nil}}, 400, "Choose the files"},
		"an empty file":      {[]named{{"a.json", nil}}, 422, "a.json: is empty"},
		"a picture":          {[]named{{"a.json", []byte("\x89PNG\r\n\x1a\n")}}, 422, "a.json: is not a listening history: it looks like a picture"},
		"two pictures":       {[]named{{"a.json", []byte("\x89PNG\r\n")}, {"b.json", []byte("GIF89a")}}, 422, "holds no listening history"},
		"a cut ZIP":          {[]named{{"my_data.zip", whole[:len(whole)-30]}}, 422, "my_data.zip: the ZIP is damaged"},
		"a cut JSON":         {[]named{{"a.json", []byte("[" + heard(0, "A") + "," + heard(1, "B")[:20])}}, 422, "a.json: row 2: the file stops in the middle"},
		"a ZIP of something": {[]named{{"a.zip", packed(zip.Deflate, named{"x.txt", []byte("hello")})}}, 422, "a.zip: holds no listening history"},
		"a bomb":             {[]named{{"a.zip", bomb}}, 422, "times its size"},
		"too deep":           {[]named{{"a.json", []byte(`[{"endTime":"2024-05-01 10:00","msPlayed":1,"x":` + strings.Repeat("[", 5000))}}, 422, "nested deeper"},
		"podcasts alone":     {[]named{{"a.json", []byte(`[{"ts":"2024-01-01T10:00:59Z","ms_played":1000,"episode_name":"E","spotify_episode_uri":"x","master_metadata_track_name":null}]`)}}, 422, "1 podcast episode and no music"},
		"a table of nothing": {[]named{{"a.parquet", []byte("PAR1 and no more PAR1")}}, 422, "a.parquet: "},
		"a damaged gzip":     {[]named{{"a.csv.gz", []byte("\x1f\x8b\x08nothing")}}, 422, "a.csv.gz: "},
		"too much":           {[]named{{"a.json", bytes.Repeat([]byte(" "), 5<<20)}}, 413, "That is too much at once"},
		"too many":           {many, 413, "At most 20"},
	} {
		t.Run(name, func(t *testing.T) {
			code, page := b.bring(c.files...)
			if code != c.code || !strings.Contains(page, c.says) {
				t.Errorf("%d, wanted %d and %q in %s", code, c.code, c.says, between(page, "<main", "</main>"))
			}
			if strings.Contains(page, b.folder) {
				t.Error("the page names a folder of this machine", between(page, "<main", "</main>"))
			}
			b.clean()
		})
	}
	for name, kind := range map[string]string{"no form": "text/plain", "no boundary": "multipart/form-data", "another boundary": "multipart/form-data; boundary=xyz"} {
		if code, _, page := b.send(strings.NewReader("hello"), kind); code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, code, page)
		}
	}
	b.clean()
	if n := b.plays(b.s.kept); n != 0 {
		t.Errorf("%d plays were kept", n)
	}
	if code, _ := b.bring(named{"a.zip", whole}); code != http.StatusOK || b.plays(b.s.kept) != 1 {
		t.Error("afterwards nothing can be brought any more")
	}
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// TestCutOff: a body that ends midway, by a connection that closes one way, gets a
// page; one that only stalls is given up.
func TestCutOff(t *testing.T) {
	b := bringer(t, store.Plays)
	b.s.imports.patience = 300 * time.Millisecond
	body, kind := form(named{"a.json", account1(heard(0, "A"), heard(5, "B"))})
	for name, c := range map[string]struct {
		close bool
		says  string
	}{"cut off": {true, "The upload broke off"}, "stalled": {false, "The upload came to a stop"}} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(b.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /bring HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", kind, len(body), body[:len(body)/2])
		if c.close {
			_ = conn.(*net.TCPConn).CloseWrite()
		}
		_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		answer, _ := io.ReadAll(conn)
		if !strings.Contains(string(answer), c.says) {
			t.Errorf("%s: %s", name, answer)
		}
		_ = conn.Close()
		b.clean()
	}
	if b.plays(b.s.kept) != 0 {
		t.Error("something was kept")
	}
}

// slow sends a form in two halves and waits between them.
type slow struct {
	halves [2][]byte
	begun  chan struct{}
	go_on  chan struct{}
	half   int
}

func (s *slow) Read(p []byte) (int, error) {
	if s.half == 1 && s.begun != nil {
		close(s.begun)
		s.begun = nil
		<-s.go_on
	}
	if s.half > 1 {
		return 0, io.EOF
	}
	n := copy(p, s.halves[s.half])
	if s.halves[s.half] = s.halves[s.half][n:]; len(s.halves[s.half]) == 0 {
		s.half++
	}
	return n, nil
}

// TestTwoAtOnce: the second is refused with a page, and nothing is there twice.
func TestTwoAtOnce(t *testing.T) {
	b := bringer(t, store.Plays)
	body, kind := form(named{"a.json", account1(heard(0, "A"), heard(5, "B"))})
	half := &slow{halves: [2][]byte{body[:100], body[100:]}, begun: make(chan struct{}), go_on: make(chan struct{})}
	begun := half.begun
	done := make(chan int)
	go func() {
		code, to, _ := b.send(half, kind)
		if code == http.StatusSeeOther {
			<-b.s.imports.job(selfID, strings.TrimPrefix(to, "/bring/")).ended
		}
		done <- code
	}()
	<-begun
	for b.s.imports.underWay(selfID) == nil {
		time.Sleep(time.Millisecond)
	}
	if code, _, page := b.send(bytes.NewReader(body), kind); code != http.StatusConflict || !strings.Contains(page, "One import is still under way") {
		t.Errorf("%d %s", code, page)
	}
	if _, page := b.get("/bring"); !strings.Contains(page, "See how far it is") {
		t.Error("the page of bringing does not say so")
	}
	close(half.go_on)
	if code := <-done; code != http.StatusSeeOther {
		t.Error(code)
	}
	if n := b.plays(b.s.kept); n != 2 {
		t.Errorf("%d plays", n)
	}
	b.clean()
}

// TestStop: an upload that is stopped, and one whose server stops, leave nothing.
func TestStop(t *testing.T) {
	for name, stop := range map[string]func(b *bringing, id string){
		"by the button": func(b *bringing, id string) {
			r, err := b.client.Post(b.base+"/bring/"+id+"/cancel", "application/x-www-form-urlencoded", nil)
			if err != nil || r.StatusCode != http.StatusSeeOther {
				b.Error(r, err)
			}
			if code, page := b.get("/bring/" + id); code != http.StatusOK || !strings.Contains(page, "Nothing of it was kept, and the files are deleted") {
				b.Errorf("%d %s", code, page)
			}
		},
		"by deleting everything": func(b *bringing, _ string) {
			r, err := b.client.Post(b.base+"/data/delete", "application/x-www-form-urlencoded", nil)
			if err != nil || r.StatusCode != http.StatusOK {
				b.Error(r, err)
			}
		},
		"by the server": func(b *bringing, _ string) { _ = b.s.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			b := bringer(t, store.Plays)
			body, kind := form(named{"a.json", account1(heard(0, "A"))})
			half := &slow{halves: [2][]byte{body[:100], body[100:]}, begun: make(chan struct{}), go_on: make(chan struct{})}
			begun := half.begun
			gone := make(chan struct{})
			go func() {
				defer close(gone)
				r, err := b.client.Post(b.base+"/bring", kind, half)
				if err == nil {
					r.Body.Close()
				}
			}()
			<-begun
			var j *job
			for j == nil {
				time.Sleep(time.Millisecond)
				j = b.s.imports.underWay(selfID)
			}
			stop(b, j.id)
			<-j.ended
			close(half.go_on)
			<-gone
			b.clean()
		})
	}
}

// TestFullDisk: what does not fit on the disk is not kept in part.
func TestFullDisk(t *testing.T) {
	b := bringer(t, store.Plays)
	b.s.imports.create = func(path string) (io.WriteCloser, error) {
		f, err := createFile(path)
		return fullAfter{f}, err
	}
	if code, _, page := b.post(named{"a.json", account1(heard(0, "A"))}); code != http.StatusInsufficientStorage || !strings.Contains(page, "The disk is full") {
		t.Errorf("%d %s", code, page)
	}
	b.clean()
}

// TestDemoBringsNothing: the demo stays as it is.
func TestDemoBringsNothing(t *testing.T) {
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
