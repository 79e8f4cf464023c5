package history

import (
	"bytes"
	"strings"

	"segue/language"
)

// looksLike says in words what a file that is no listening history seems to
// be, from its content alone.
func looksLike(h *head) string {
	say := language.Text
	for _, m := range magics() {
		if bytes.HasPrefix(h.raw, []byte(m.prefix)) {
			return m.what
		}
	}
	switch {
	case len(bytes.TrimSpace(h.raw)) == 0:
		return say("an empty file")
	case h.deep:
		return say("JSON nested deeper than any listening history")
	case h.json:
		return jsonLike(h)
	case !isText(h.raw):
		return say("a file of another kind (not text)")
	}
	text := strings.ToLower(string(bytes.TrimSpace(h.raw[:min(len(h.raw), 1024)])))
	switch {
	case strings.HasPrefix(text, "<!doctype html"), strings.HasPrefix(text, "<html"):
		return say("a web page; perhaps the download needed signing in")
	case strings.HasPrefix(text, "#extm3u"), strings.HasPrefix(text, "[playlist]"), strings.HasPrefix(text, "<?xml") && strings.Contains(text, "xspf.org"):
		return say("a playlist")
	case strings.HasPrefix(text, "<?xml") && strings.Contains(text, "plist"):
		return say("a music library (iTunes or Music), which has no history of plays")
	case strings.HasPrefix(text, "<"):
		return say("XML")
	}
	return tableLike(h)
}

// magic pairs a file's first bytes with what they stand for.
type magic struct{ prefix, what string }

func magics() []magic {
	say := language.Text
	return []magic{
		{"PK\x03\x04", say("a ZIP of something else")},
		{"PK\x05\x06", say("an empty ZIP")},
		{"%PDF", say("a PDF")},
		{"\x89PNG", say("a picture")}, {"\xff\xd8\xff", say("a picture")}, {"GIF8", say("a picture")},
		{"PAR1", say("a track table (Parquet); give it as the catalogue")},
		{"SQLite format 3", say("a database")},
		{"\x1f\x8b", say("a gzip file; unpack it first")},
		{"7z\xbc\xaf", say("a 7z archive; unpack it first")}, {"Rar!", say("a RAR archive; unpack it first")},
		{"ID3", say("a piece of music")}, {"fLaC", say("a piece of music")}, {"OggS", say("a piece of music")},
		{"\xff\xfe", say("text in UTF-16; save it as UTF-8")}, {"\xfe\xff", say("text in UTF-16; save it as UTF-8")},
	}
}

func jsonLike(h *head) string {
	say := language.Text
	switch {
	case h.has("danceability", "energy"), h.has("audio_features"):
		return say("a track table; give it as the catalogue")
	case h.has("playlists.items"), h.has("playlists.name"):
		return say("Spotify's list of playlists (Playlist1.json)")
	case h.has("searchQuery"), h.has("searchTime"):
		return say("Spotify's list of searches (SearchQueries.json)")
	case h.has("albums", "shows"), h.has("tracks", "albums"):
		return say("Spotify's library (YourLibrary.json), which has no history of plays")
	case h.has("followerCount"), h.has("userIsFollowing"), h.has("userIsFollowedBy"):
		return say("Spotify's list of follows (Follow.json)")
	case h.has("email"), h.has("birthdate"), h.has("creationTime"):
		return say("account details (such as Userdata.json)")
	case h.has("inferences"):
		return say("Spotify's inferences (Inferences.json)")
	case h.has("payment_method"), h.has("payments"):
		return say("payment details")
	case h.has("playlist.track"):
		return say("a playlist (JSPF)")
	case h.has("recording_mbid", "score"), h.has("feedback"):
		return say("ListenBrainz feedback, which has no history of plays")
	case h.has("user_id"), h.has("username"), h.has("displayName"):
		return say("account details")
	case h.empty():
		return say("an empty list")
	}
	return say("JSON of another kind")
}

func tableLike(h *head) string {
	say := language.Text
	switch {
	case h.column("danceability") >= 0, h.column("energy") >= 0 && h.column("valence") >= 0:
		return say("a track table; give it as the catalogue")
	case h.column("track description") >= 0 && h.column("date played", "play count") >= 0, h.column("track name") >= 0 && h.column("last played date") >= 0:
		return say(`one of Apple's summaries; take "Apple Music Play Activity.csv" from the same download`)
	case h.column("track uri", "track id") >= 0 && h.column("playlist name", "added at", "added by") >= 0:
		return say("a playlist as a table")
	case len(h.columns) > 1 && strings.Contains(strings.Join(h.columns, ","), "track"):
		return say("a table of tracks without times of plays")
	case len(h.columns) > 1:
		return say("a table of another kind")
	}
	return say("text of another kind")
}
