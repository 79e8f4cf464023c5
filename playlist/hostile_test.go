package playlist

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"segue"
)

// TestFaultsHaveALine: what is wrong with a file is an error of the input, one line
// long, with the line of the file where it can be known and something to do.
func TestFaultsHaveALine(t *testing.T) {
	const xspf, tail = "<playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\">\n", "</playlist>"
	track := func(inner string) string {
		return xspf + "<trackList>\n<track>" + inner + "</track></trackList>" + tail
	}
	ours := func(attributes string) string {
		return track(`<extension application="urn:segue:playlist:track:1"><segue xmlns="urn:segue:playlist:track:1" ` + attributes + `/></extension>`)
	}
	const bomb = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>` + "\n"
	for _, c := range []struct {
		name   string
		format Format
		file   string
		line   int
		want   string
	}{
		{"UTF-16, little end first", M3U8, "\xff\xfe#\x00", 1, "UTF-16"},
		{"UTF-16, big end first", XSPF, "\xfe\xff\x00<", 1, "UTF-16"},
		{"Latin-1", M3U8, "#EXTM3U\n#EXTINF:1,Caf\xe9\na.mp3\n", 2, "UTF-8"},
		{"Latin-1 table", CSV, "id,track\na,Caf\xe9\n", 2, "UTF-8"},
		{"half a surrogate", JSPF, "{\"playlist\":{\"title\":\n\"\xed\xa0\x80\"}}", 2, "UTF-8"},
		{"NUL", M3U8, "#EXTM3U\na\x00b\n", 2, "NUL"},
		{"NUL in a table", CSV, "id\n\"a\x00\"\n", 2, "NUL"},

		{"length", M3U8, "#EXTM3U\n\n#EXTINF:long,A\na\n", 3, "length"},
		{"not a number", M3U8, "#EXTINF:NaN,A\na\n", 1, "length"},
		{"endless", M3U8, "#EXTINF:1e300,A\na\n", 1, "length"},
		{"no track", M3U8, "#EXTM3U\n#EXTINF:1,A\n#EXTINF:1,B\nb\n", 2, "no track"},
		{"cut off", M3U8, "#EXTM3U\na\n#EXTINF:1,A\n", 3, "no track"},
		{"stream", M3U8, "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9.9,\na.ts\n", 2, "stream"},
		{"id", M3U8, "#EXTM3U\n#SEGUE-ID:%zz\na\n", 2, "id"},
		{"long line", M3U8, "#EXTM3U\n" + strings.Repeat("a", 1<<20+1) + "\n", 2, "1 MB"},

		{"nothing", XSPF, "", 1, "no playlist"},
		{"web page", XSPF, "<html><body>\n</body></html>", 1, "html"},
		{"namespace", XSPF, "<playlist xmlns=\"http://x/\"><trackList/></playlist>", 1, "http://x/"},
		{"no list", XSPF, xspf + tail, 2, "list of tracks"},
		{"cut off XML", XSPF, xspf + "<trackList>\n<track>", 3, "EOF"},
		{"two lists", XSPF, xspf + "<trackList/>\n<trackList/>" + tail, 3, "twice"},
		{"two titles", XSPF, track("<title>a</title>\n<title>b</title>"), 4, "twice"},
		{"markup", XSPF, track("<title>a<b>c</b></title>"), 3, "markup"},
		{"bomb", XSPF, bomb + track("<title>&b;</title>"), 1, "DOCTYPE"},
		{"outer entity", XSPF, "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n" + track("<title>&x;</title>"), 1, "DOCTYPE"},
		{"unknown entity", XSPF, track("<title>&nbsp;</title>"), 3, "entity"},
		{"control character", XSPF, track("<title>\x01</title>"), 3, "character"},
		{"character reference", XSPF, track("<title>&#0;</title>"), 3, "character"},
		{"deep", XSPF, track(strings.Repeat("<a>", 100)), 3, "deep"},
		{"deep in an extension", XSPF, track("<extension application=\"urn:segue:playlist:track:1\">" + strings.Repeat("<a>", 100)), 3, "deep"},
		{"other encoding", XSPF, "<?xml version=\"1.0\" encoding=\"windows-1252\"?>\n" + track("<title>é</title>"), 1, "windows-1252"},
		{"after it", XSPF, xspf + "<trackList/>" + tail + "<a/>", 2, "after"},
		{"length in XML", XSPF, track("<duration>long</duration>"), 3, "length"},
		{"huge length in XML", XSPF, track("<duration>99999999999999999999</duration>"), 3, "length"},
		{"valence", XSPF, ours(`id="a" valence="7" arousal="0"`), 3, "valence"},
		{"valence that is none", XSPF, ours(`id="a" valence="NaN" arousal="0"`), 3, "valence"},
		{"valence in words", XSPF, ours(`id="a" valence="high"`), 3, "high"},
		{"tempo", XSPF, ours(`id="a" tempo="-1"`), 3, "tempo"},
		{"mood", XSPF, ours(`id="a" valence="0" arousal="0" mood="tired"`), 3, "tired"},
		{"attribute twice", XSPF, ours(`id="a" id="b"`), 3, "twice"},
		{"minutes", XSPF, xspf + `<extension application="urn:segue:playlist:1"><segue xmlns="urn:segue:playlist:1" minutes="-5"/></extension>` + tail, 2, "minutes"},

		{"no JSON", JSPF, "{\n\"playlist\": x}", 2, "invalid character"},
		{"cut off JSON", JSPF, "{\"playlist\":\n{", 2, "middle"},
		{"no playlist", JSPF, "{}", 0, "playlist"},
		{"two documents", JSPF, "{\"playlist\":{}}\n{}", 2, "after"},
		{"key twice", JSPF, "{\"playlist\":{\"title\":\"a\",\n\"title\":\"b\"}}", 2, "twice"},
		{"key twice in a track", JSPF, "{\"playlist\":{\"track\":[\n{\"title\":\"a\"},\n{\"title\":\"a\",\"title\":\"b\"}]}}", 3, "twice"},
		{"deep JSON", JSPF, "{\"playlist\":" + strings.Repeat("[", 100_000), 1, "deep"},
		{"title", JSPF, "{\"playlist\":{\"track\":[\n{\"title\":\"a\"},\n{\"title\":7}]}}", 3, "track 2"},
		{"length in JSON", JSPF, "{\"playlist\":{\"track\":[\n{\"duration\":\"long\"}]}}", 2, "length"},
		{"huge length in JSON", JSPF, "{\"playlist\":{\"track\":[\n{\"duration\":1e400}]}}", 2, "track 1"},
		{"valence in JSON", JSPF, "{\"playlist\":{\"track\":[\n{\"extension\":{\"urn:segue:playlist:track:1\":[{\"valence\":7,\"arousal\":0}]}}]}}", 2, "valence"},
		{"extension", JSPF, "{\"playlist\":{\"track\":[\n{\"extension\":{\"urn:segue:playlist:track:1\":[3]}}]}}", 2, "track 1"},

		{"empty table", CSV, "", 1, "empty"},
		{"other table", CSV, "name;artist\n", 1, "id"},
		{"column twice", CSV, "id,ID\n", 1, "twice"},
		{"wide table", CSV, "id" + strings.Repeat(",", 1001) + "\n", 1, "columns"},
		{"long row", CSV, "id\n" + strings.Repeat(",", 1<<20+1), 2, "1 MB"},
		{"open quote", CSV, "id,track\na,\"b\n", 2, "quote"},
		{"bare quote", CSV, "id,track\na,b\"c\n", 2, "quote"},
		{"short row", CSV, "id,track\n\"a\nb\",c\nd\n", 4, "fields"},
		{"energy", CSV, "id,energy\na,.5\nb,low\n", 3, "energy"},
		{"energy beyond", CSV, "id,energy\na,2\n", 2, "energy"},
		{"infinite", CSV, "id,tempo\na,inf\n", 2, "tempo"},
		{"mood in a table", CSV, "id,valence,arousal,mood\na,0,0,tired\n", 2, "tired"},
		{"familiar", CSV, "id,familiar\na,yes\n", 2, "familiar"},
		{"length in a table", CSV, "id,duration_ms\na,1e99\n", 2, "length"},
	} {
		p, err := Read(strings.NewReader(c.file), c.format)
		var bad *segue.InputError
		if !errors.As(err, &bad) {
			t.Errorf("%s: %v, %+v", c.name, err, p)
			continue
		}
		if bad.Row != c.line || !strings.Contains(bad.Error(), c.want) || strings.Contains(bad.Error(), "\n") || bad.Hint == "" || len(bad.Error()) > 500 {
			t.Errorf("%s: got %q, want line %d and %q", c.name, bad.Error(), c.line, c.want)
		}
	}
}

// TestFilesHaveAnEnd: too many bytes or tracks are an error, soon.
func TestFilesHaveAnEnd(t *testing.T) {
	start := time.Now()
	for _, f := range Formats() {
		_, err := Read(&repeated{unit: "a\n"}, f)
		var bad *segue.InputError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), "MB") {
			t.Errorf("%s: %v", f, err)
		}
	}
	if testing.Short() {
		return
	}
	many := map[Format]string{
		M3U8: strings.Repeat("a\n", MaxFileTracks+1),
		XSPF: `<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList>` + strings.Repeat("<track/>", MaxFileTracks+1) + "</trackList></playlist>",
		JSPF: `{"playlist":{"track":[` + strings.Repeat("{},", MaxFileTracks) + "{}]}}",
		CSV:  "id\n" + strings.Repeat("a\n", MaxFileTracks+1),
	}
	for _, f := range Formats() {
		_, err := Read(strings.NewReader(many[f]), f)
		var bad *segue.InputError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), "100000 tracks") {
			t.Errorf("%s: %v", f, err)
		}
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("it took %v", d)
	}
}

// repeated reads the same text for ever.
type repeated struct {
	unit string
	at   int
}

func (r *repeated) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = r.unit[r.at%len(r.unit)]
		r.at++
	}
	return len(b), nil
}

// TestReadersErrorComesBack: a file that cannot be read is not a bad file.
func TestReadersErrorComesBack(t *testing.T) {
	gone := errors.New("gone")
	for _, f := range Formats() {
		_, err := Read(io.MultiReader(strings.NewReader("#EXTM3U\n"), iotest.ErrReader(gone)), f)
		var bad *segue.InputError
		if !errors.Is(err, gone) || errors.As(err, &bad) {
			t.Errorf("%s: %v", f, err)
		}
	}
	if _, err := Read(&bytes.Buffer{}, "pls"); !errors.Is(err, segue.ErrUsage) {
		t.Errorf("pls: %v", err)
	}
}
