package table

// The names of the columns that say which track a row is of, as Squeeze leaves them, the
// surest first. Which id is meant hangs on the table, so that each reader has its own.

// TitleNames are those of a title.
func TitleNames() []string {
	return []string{"trackname", "track", "title", "name", "songname", "song", "tracktitle", "songtitle"}
}

// ArtistNames are those of an artist, or of several.
func ArtistNames() []string {
	return []string{"artists", "artistnames", "artistname", "artist", "trackartist", "artistsname", "performer"}
}

// AlbumNames are those of an album.
func AlbumNames() []string { return []string{"albumname", "album", "albumtitle"} }

// ISRCNames are those of an ISRC.
func ISRCNames() []string { return []string{"isrc", "trackisrc"} }
