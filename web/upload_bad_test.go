package web

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"segue/store"
)

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
	// A directory of entries that hold nothing: a list of these is five times as long.
	crowd := bytes.Repeat(append([]byte("PK\x01\x02"), make([]byte, 42)...), 80_000)
	end := append([]byte("PK\x05\x06"), make([]byte, 18)...)
	binary.LittleEndian.PutUint16(end[8:], uint16(80_000%(1<<16)))
	binary.LittleEndian.PutUint16(end[10:], uint16(80_000%(1<<16)))
	binary.LittleEndian.PutUint32(end[12:], uint32(len(crowd)))
	crowd = append(append([]byte("PK\x03\x04"), crowd...), end...)
	binary.LittleEndian.PutUint32(crowd[len(crowd)-6:], 4)
	for name, c := range map[string]struct {
		files []named
		code  int
		says  string
	}{
		"a crowd":            {[]named{{"a.zip", crowd}}, 422, "a.zip: holds more than"},
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
