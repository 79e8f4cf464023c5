package segue

import "time"

// A Play is one listening of a track, as an export records it. Only what
// Segue needs is kept: no address, country, device, user name, or episode.
type Play struct {
	Track   TrackRef
	EndedAt time.Time     // UTC
	Played  time.Duration // how long it was heard, not the track's length
	Skipped Tristate      // as the export says; Unknown where it has no such field

	// Scrobble marks sources that record when a track began and that it
	// counted as heard, but not for how long. Played is then the track's
	// length where the export has it, otherwise ScrobbleLength, and EndedAt
	// is the recorded start plus Played.
	Scrobble bool
}

// ScrobbleLength is how long a scrobbled track of unknown length is taken to
// have played: about the median length of a track. (d)
const ScrobbleLength = 3*time.Minute + 30*time.Second

// StartedAt returns when the play began: its end less the time it was heard.
func (p Play) StartedAt() time.Time { return p.EndedAt.Add(-p.Played) }

// A TrackRef is what a play says of its track. Any field but Title may be
// empty; names are as the export wrote them.
type TrackRef struct {
	ID     string // a service's id without its prefix; for Spotify the 22 letters and digits
	ISRC   string
	Title  string
	Artist string // one string, as exports have it; may hold several names
	Album  string
}

// MinimumPlay is the shortest play that says something about mood: shorter
// ones are skips, kept as such. (docs/science.md §3)
const MinimumPlay = 30 * time.Second

// WasSkipped decides whether the play was a skip: what the export says where
// it says so, otherwise less than 30 s or less than half of the track's
// length, when that is known (length 0 is unknown). (docs/science.md §3)
func (p Play) WasSkipped(length time.Duration) bool {
	switch p.Skipped {
	case Yes:
		return true
	case No:
		return false
	}
	if p.Scrobble {
		return false
	}
	return p.Played < MinimumPlay || (length > 0 && p.Played < length/2)
}

// EarlySkip reports whether a track that was skipped was left before min(30 s, half
// of its length); length 0 is unknown, and then 30 s decide. (docs/science.md §7)
func EarlySkip(heard, length time.Duration) bool {
	return heard < MinimumPlay && (length <= 0 || 2*heard < length)
}

// Rung says by which key a play was matched to a track; a lower rung is a
// surer key. (docs/architecture.md, the match ladder)
type Rung int8

// The rungs of the ladder.
const (
	Unmatched     Rung = iota
	ByID               // exact id or ISRC
	ByArtistAlbum      // artist, title and album, normalized
	ByArtistTitle      // artist and title, normalized
	ByPlainTitle       // artist and title without a harmless suffix
	ByNearTitle        // near-spelling within one artist
	NumRungs      = int(iota)
)

// String returns the rung's name as JSON shows it.
func (r Rung) String() string {
	switch r {
	case Unmatched:
		return "unmatched"
	case ByID:
		return "id"
	case ByArtistAlbum:
		return "artist_title_album"
	case ByArtistTitle:
		return "artist_title"
	case ByPlainTitle:
		return "plain_title"
	case ByNearTitle:
		return "near_title"
	}
	panic("segue: no such rung")
}

// A Match is a play's track in a catalogue.
type Match struct {
	Row        int32   // row of the catalogue, -1 if Rung is Unmatched
	Rung       Rung    // by which key it was found
	Confidence float64 // how sure the match is, [0, 1]; 0 if unmatched
	Tied       bool    // several rows fitted; the most popular was taken
}
