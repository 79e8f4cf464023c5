package playlist

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"segue"
)

// fuzzReader fuzzes a reader: it ends in a playlist or in an error of the input, and
// what was read can be written, as JSON too, and is the same bytes when read and
// written again.
func fuzzReader(f *testing.F, formats []Format, read func(io.Reader) (*Playlist, error), seeds ...string) {
	for _, format := range formats {
		var b bytes.Buffer
		if err := Write(&b, format, byHand()); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := read(bytes.NewReader(data))
		var bad *segue.InputError
		if err != nil {
			if !errors.As(err, &bad) {
				t.Fatal(err)
			}
			return
		}
		if _, err := json.Marshal(p); err != nil {
			t.Fatal(err)
		}
		for _, format := range Formats() {
			var once, again bytes.Buffer
			if err := Write(&once, format, p); err != nil {
				t.Fatal(format, err)
			}
			q, err := Read(bytes.NewReader(once.Bytes()), format)
			if err != nil {
				t.Fatalf("%s: %v\n%s", format, err, once.String())
			}
			if err := Write(&again, format, q); err != nil {
				t.Fatal(format, err)
			}
			if !bytes.Equal(once.Bytes(), again.Bytes()) {
				t.Fatalf("%s: written again\n%s\nwas\n%s", format, again.String(), once.String())
			}
		}
	})
}

func fuzzFormat(f *testing.F, format Format, seeds ...string) {
	fuzzReader(f, []Format{format}, func(r io.Reader) (*Playlist, error) { return Read(r, format) }, seeds...)
}

func FuzzReadM3U8(f *testing.F) {
	fuzzFormat(f, M3U8, "#EXTINF:-1,\n/x\n", "#EXTINF:1 a=\"b,c\",d - e\r\n#SEGUE-ID:%0A\r\nC:\\x\r\n", "\ufeffa\rb", "C:\\x\r\x04\n")
}

func FuzzReadXSPF(f *testing.F) {
	fuzzFormat(f, XSPF, `<playlist version="1"><trackList><track><location>a%20b</location><duration>1</duration></track></trackList></playlist>`,
		`<?xml version="1.0" encoding="latin1"?><x:playlist xmlns:x="http://xspf.org/ns/0/"><!----><x:trackList/></x:playlist>`)
}

func FuzzReadJSPF(f *testing.F) {
	fuzzFormat(f, JSPF, `{"playlist":{"title":"a","track":[{"identifier":"isrc:USRC17607839","duration":"1","location":["a","b"]}]}}`, `{"playlist":null}`)
}

func FuzzReadCSV(f *testing.F) {
	fuzzFormat(f, CSV, "id,track\n\"'=a\r\",\"b\"\"\n\"\n", "TRACK,x,valence,arousal\na,b,0,1\n")
}

func FuzzReadAny(f *testing.F) {
	b, err := json.Marshal(byHand())
	if err != nil {
		f.Fatal(err)
	}
	fuzzReader(f, Formats(), func(r io.Reader) (*Playlist, error) { return ReadAny(r, "a.m3u8") }, string(b), "#PLAYLIST:\x10", `{"tracks":[{"id":"a","mood":"sad"}],"from":{"name":"x"},"minutes":7}`)
}
