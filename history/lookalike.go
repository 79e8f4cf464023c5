package history

import (
	"bytes"
	"strings"
)

// looksLike says in words what a file that is no listening history seems to
// be, from its content alone.
func looksLike(h *head) string {
	for _, m := range magics() {
		if bytes.HasPrefix(h.raw, []byte(m.prefix)) {
			return m.what
		}
	}
	switch {
	case len(bytes.TrimSpace(h.raw)) == 0:
		return "an empty file"
	case h.deep:
		return "JSON nested deeper than any listening history"
	case h.json:
		return jsonLike(h)
	case !isText(h.raw):
		return "a file of another kind (not text)"
	}
	text := strings.ToLower(string(bytes.TrimSpace(h.raw[:min(len(h.raw), 1024)])))
	switch {
	case strings.HasPrefix(text, "<!doctype html"), strings.HasPrefix(text, "<html"):
		return "a web page; perhaps the download needed signing in"
	case strings.HasPrefix(text, "#extm3u"), strings.HasPrefix(text, "[playlist]"), strings.HasPrefix(text, "<?xml") && strings.Contains(text, "xspf.org"):
		return "a playlist"
	case strings.HasPrefix(text, "<?xml") && strings.Contains(text, "plist"):
		return "a music library (iTunes or Music), which has no history of plays"
	case strings.HasPrefix(text, "<"):
		return "XML"
	}
	return tableLike(h)
}

// magic pairs a file's first bytes with what they stand for.
type magic struct{ prefix, what string }

func magics() []magic {
	return []magic{
		{"PK\x03\x04", "a ZIP of something else"},
		{"PK\x05\x06", "an empty ZIP"},
		{"%PDF", "a PDF"},
		{"\x89PNG", "a picture"}, {"\xff\xd8\xff", "a picture"}, {"GIF8", "a picture"},
		{"PAR1", "a track table (Parquet); give it as the catalogue"},
		{"SQLite format 3", "a database"},
		{"\x1f\x8b", "a gzip file; unpack it first"},
		{"7z\xbc\xaf", "a 7z archive; unpack it first"}, {"Rar!", "a RAR archive; unpack it first"},
		{"ID3", "a piece of music"}, {"fLaC", "a piece of music"}, {"OggS", "a piece of music"},
		{"\xff\xfe", "text in UTF-16; save it as UTF-8"}, {"\xfe\xff", "text in UTF-16; save it as UTF-8"},
	}
}

func jsonLike(h *head) string {
	switch {
	case h.has("danceability", "energy"), h.has("audio_features"):
		return "a track table; give it as the catalogue"
	case h.has("playlists.items"), h.has("playlists.name"):
		return "Spotify's list of playlists (Playlist1.json)"
	case h.has("searchQuery"), h.has("searchTime"):
		return "Spotify's list of searches (SearchQueries.json)"
	case h.has("albums", "shows"), h.has("tracks", "albums"):
		return "Spotify's library (YourLibrary.json), which has no history of plays"
	case h.has("followerCount"), h.has("userIsFollowing"), h.has("userIsFollowedBy"):
		return "Spotify's list of follows (Follow.json)"
	case h.has("email"), h.has("birthdate"), h.has("creationTime"):
		return "account details (such as Userdata.json)"
	case h.has("inferences"):
		return "Spotify's inferences (Inferences.json)"
	case h.has("payment_method"), h.has("payments"):
		return "payment details"
	case h.has("playlist.track"):
		return "a playlist (JSPF)"
	case h.has("recording_mbid", "score"), h.has("feedback"):
		return "ListenBrainz feedback, which has no history of plays"
	case h.has("user_id"), h.has("username"), h.has("displayName"):
		return "account details"
	case h.empty():
		return "an empty list"
	}
	return "JSON of another kind"
}

func tableLike(h *head) string {
	switch {
	case h.column("danceability") >= 0, h.column("energy") >= 0 && h.column("valence") >= 0:
		return "a track table; give it as the catalogue"
	case h.column("track description") >= 0 && h.column("date played", "play count") >= 0, h.column("track name") >= 0 && h.column("last played date") >= 0:
		return `one of Apple's summaries; take "Apple Music Play Activity.csv" from the same download`
	case h.column("track uri", "track id") >= 0 && h.column("playlist name", "added at", "added by") >= 0:
		return "a playlist as a table"
	case len(h.columns) > 1 && strings.Contains(strings.Join(h.columns, ","), "track"):
		return "a table of tracks without times of plays"
	case len(h.columns) > 1:
		return "a table of another kind"
	}
	return "text of another kind"
}
