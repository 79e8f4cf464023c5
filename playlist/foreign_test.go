package playlist

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"segue"
)

// TestFilesOfOthers reads files in the manner of other programs: what they say is
// there, and nothing is said of moods that they do not know.
func TestFilesOfOthers(t *testing.T) {
	bare := func(id, title, album, isrc string, start, length int64, artists ...string) Track {
		if artists == nil {
			artists = []string{}
		}
		return Track{ID: id, Title: title, Album: album, ISRC: isrc, StartMS: start, DurationMS: length, Artists: artists, Mood: segue.Mixed, bare: true}
	}
	const mbid = "https://musicbrainz.org/recording/e8f9b188-f819-4e43-ab0f-4bd26ce9ff56"
	for _, c := range []struct {
		manner string
		format Format
		file   string
		title  string
		want   []Track
	}{
		{"VLC", XSPF, `<?xml version="1.0" encoding="UTF-8"?>
<playlist xmlns="http://xspf.org/ns/0/" xmlns:vlc="http://www.videolan.org/vlc/playlist/ns/0/" version="1">
	<title>Playlist</title>
	<trackList>
		<track>
			<location>file:///home/ann/Moss%20%26%20stone.flac</location>
			<title>Moss &amp; stone</title>
			<creator>Hanne Lund</creator>
			<album>Green</album>
			<trackNum>3</trackNum>
			<image>file:///home/ann/.cache/art.jpg</image>
			<duration>200400</duration>
			<extension application="http://www.videolan.org/vlc/playlist/0">
				<vlc:id>0</vlc:id>
				<vlc:option>network-caching=1000</vlc:option>
			</extension>
		</track>
		<track><location>https://radio.example/stream</location></track>
	</trackList>
	<extension application="http://www.videolan.org/vlc/playlist/0"><vlc:item tid="0"/><vlc:item tid="1"/></extension>
</playlist>`, "Playlist", []Track{
			bare("file:///home/ann/Moss%20%26%20stone.flac", "Moss & stone", "Green", "", 0, 200_400, "Hanne Lund"),
			bare("https://radio.example/stream", "", "", "", 200_400, 0),
		}},
		{"Clementine", XSPF, `<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><location>file:///music/01%20-%20夜.mp3</location><title>夜に駆ける</title><creator>YOASOBI</creator><album>THE BOOK</album><duration>258000</duration><trackNum>1</trackNum></track></trackList></playlist>
`, "", []Track{bare("file:///music/01%20-%20夜.mp3", "夜に駆ける", "THE BOOK", "", 0, 258_000, "YOASOBI")}},
		{"an old player without the namespace", XSPF, `<playlist version="0"><trackList><track><location> a%20b.mp3
</location><duration></duration></track></trackList></playlist>`, "", []Track{bare("a b.mp3", "", "", "", 0, 0)}},
		{"a program with several extensions and identifiers", XSPF, `<x:playlist version="1" xmlns:x="http://xspf.org/ns/0/"><x:trackList><x:track>
<x:identifier>isrc:uscm51300762</x:identifier><x:identifier>` + mbid + `</x:identifier>
<x:extension application="http://a"><title xmlns="http://a">not it</title></x:extension><x:extension application="http://b"/><x:title>It</x:title></x:track></x:trackList></x:playlist>`,
			"", []Track{bare(mbid, "It", "", "uscm51300762", 0, 0)}},
		{"ListenBrainz", JSPF, `{"playlist":{"creator":"ann","date":"2024-05-06T07:08:09.123456+00:00","title":"Weekly jams","annotation":"<p>For ann</p>",
"identifier":"https://listenbrainz.org/playlist/7f4cf4d3-f5ca-453a-b5c8-00e8a30a9bac",
"extension":{"https://musicbrainz.org/doc/jspf#playlist":{"public":true,"creator":"troi-bot","created_for":"ann","last_modified_at":"2024-05-06T07:08:09+00:00","additional_metadata":{"algorithm_metadata":{"source_patch":"weekly-jams"}}}},
"track":[{"title":"Gold","creator":"Spandau Ballet","album":"True","duration":291000,"identifier":["` + mbid + `"],
"extension":{"https://musicbrainz.org/doc/jspf#track":{"added_by":"troi-bot","added_at":"2024-05-06T07:08:09+00:00","artist_identifiers":["https://musicbrainz.org/artist/4c0d9acf-a8a1-4765-9c56-05f92f68c048"],"additional_metadata":{"caa_id":42}}}},
{"title":"True","creator":"Spandau Ballet","album":null,"identifier":"` + mbid + `"}]}}`, "Weekly jams", []Track{
			bare(mbid, "Gold", "True", "", 0, 291_000, "Spandau Ballet"),
			bare(mbid, "True", "", "", 291_000, 0, "Spandau Ballet"),
		}},
		{"a converter from XSPF", JSPF, `{"playlist":{"title":"Mix","track":[{"location":"http://x/a.mp3","title":"A","duration":"200400","trackNum":"1"},{"location":["http://x/b.mp3","http://y/b.mp3"],"duration":-1}]}}`,
			"Mix", []Track{bare("http://x/a.mp3", "A", "", "", 0, 200_400), bare("http://x/b.mp3", "", "", "", 200_400, 0)}},
		{"foobar2000", M3U8, "\ufeff#EXTM3U\r\n#EXTINF:239,Hanne Lund - Moss - and stone\r\nC:\\Music\\Hanne Lund\\50% off.mp3\r\n#EXTINF:-1,Radio\r\nhttp://radio.example/stream\r\n", "", []Track{
			bare(`C:\Music\Hanne Lund\50% off.mp3`, "Moss - and stone", "", "", 0, 239_000, "Hanne Lund"),
			bare("http://radio.example/stream", "Radio", "", "", 239_000, 0),
		}},
		{"a player that writes paths alone, with old line ends", M3U8, "a b.mp3\rÆ/夜.mp3\r", "", []Track{bare("a b.mp3", "", "", "", 0, 0), bare("Æ/夜.mp3", "", "", "", 0, 0)}},
		{"television", M3U8, "#EXTM3U\n#EXTINF:-1 tvg-id=\"a\" group-title=\"News, live\",Channel 1\nhttp://x/1\n", "", []Track{bare("http://x/1", "Channel 1", "", "", 0, 0)}},
		{"Jellyfin, with an album above each track", M3U8, "#EXTM3U\n#PLAYLIST:Evening\n#EXTALB:Green\n#EXTART:Hanne Lund\n#EXTINF:200.4, Moss\n/music/a.flac\n", "Evening",
			[]Track{bare("/music/a.flac", "Moss", "Green", "", 0, 200_400, "Hanne Lund")}},
		{"a spreadsheet, with a column dropped, one added and the order changed", CSV, "\ufefftrack,Comment,artist,familiar,ID,duration_ms\r\nMoss,\"nice, quiet\",Hanne Lund,,17,200400\r\n", "",
			[]Track{bare("17", "Moss", "", "", 0, 200_400, "Hanne Lund")}},
	} {
		got, err := ReadAny(strings.NewReader(c.file), "list."+string(c.format))
		if err != nil {
			t.Errorf("%s: %v", c.manner, err)
			continue
		}
		if got.name != c.title || !reflect.DeepEqual(got.Tracks, c.want) {
			t.Errorf("%s: %q\n%+v, want\n%+v", c.manner, got.name, got.Tracks, c.want)
		}
		for _, f := range Formats() {
			var b bytes.Buffer
			if err := Write(&b, f, got); err != nil {
				t.Fatal(err)
			}
			if f != CSV && strings.Contains(b.String(), "Segue:") || strings.Contains(b.String(), "angry") || strings.Contains(b.String(), "valence=") {
				t.Errorf("%s as %s says what nobody said:\n%s", c.manner, f, b.String())
			}
			if again := writeRead(t, f, got); len(again.Tracks) != len(c.want) || again.Tracks[0].ID != c.want[0].ID || again.Tracks[0].Planned() {
				t.Errorf("%s by way of %s: %+v", c.manner, f, again.Tracks)
			}
		}
	}
}
