package labels

import "strings"

// Reasons for which a row is dropped, the keys of Report.Dropped. The first that
// applies counts.
const (
	BrokenQuotes = "broken quotation marks"    // text follows a closing quotation mark
	WrongFields  = "wrong number of fields"    // other than the header's
	NoTrack      = "no track named"            // neither an id nor artist and title
	NoLabel      = "nothing said"              // the cells are empty, or say the middle of nothing
	BadNumber    = "valence or arousal unread" // no finite number, or outside a scale that was given
	UnknownWord  = "unknown word"              // a mood's name that is in no table of words
)

// MaxWords is how many different unknown words a Report lists, the first met. (d)
const MaxWords = 20

// A Report says what Read found. Rows = Used + the sum of Dropped.
type Report struct {
	Name    string            `json:"name"`    // the file, as given
	Columns map[string]string `json:"columns"` // which column was read as id, isrc, artist, title, album, mood, valence, arousal
	Rows    int               `json:"rows"`    // after the header, blank lines apart
	Used    int               `json:"used"`    // handed on
	Dropped map[string]int    `json:"dropped"` // by reason; never nil, without zeros

	Scale   *Scale `json:"scale"`   // of valence and arousal; null without them
	Placed  int    `json:"placed"`  // rows handed on with both
	Moods   int    `json:"moods"`   // rows handed on with a mood's name
	Unknown []Word `json:"unknown"` // words that name no mood, in order of first sight; see MaxWords
}

// A Word is a mood's name that is not known, and how many rows have it.
type Word struct {
	Word string `json:"word"` // at most 40 bytes of it
	Rows int    `json:"rows"`
}

func (r *Report) drop(reason string) { r.Dropped[reason]++ }

// unknown counts a word.
func (r *Report) unknown(word string) {
	if len(word) > 40 {
		word = strings.ToValidUTF8(word[:40], "")
	}
	for i := range r.Unknown {
		if r.Unknown[i].Word == word {
			r.Unknown[i].Rows++
			return
		}
	}
	if len(r.Unknown) < MaxWords {
		r.Unknown = append(r.Unknown, Word{word, 1})
	}
}
