package web

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"time"

	"segue"
	"segue/card"
	"segue/internal/titles"
	"segue/language"
	"segue/recommend"
	"segue/session"
)

// factCookie holds which fact stands on the card, by its id: a choice like that of
// the language, and no more than the card says.
const factCookie = "segue_fact"

// noFact is the choice of a card without a fact.
const noFact = "none"

// A funFact is one thing that may be said of a listening to anybody: a number of
// songs or artists, or a favourite's name. It is taken of the plays' names and
// nothing else, so that no mood, no time of day and no date can stand in it.
// (docs/science.md §5, §8)
type funFact struct {
	ID   string
	N    int
	Name string // of the favourite, in the one fact that has one
}

// said is a funFact in words.
func (f funFact) said(t *language.Tongue) string {
	n := t.Count(f.N)
	switch f.ID {
	case "new":
		return t.Say("%s artists heard for the first time", n)
	case "album":
		return t.Say("%s plays of songs from one album", n)
	case "song":
		return t.Say("One song played %s times", n)
	case "weeks":
		return t.Say("One song came back in %s different weeks", n)
	case "artists":
		return t.Say("%s different artists in four weeks", n)
	case "favourite":
		return t.Say("Heard most of late: %s", f.Name)
	}
	panic("web: no fact " + f.ID)
}

// How large a number must be to be worth telling, and how many facts there are to
// choose from. (d)
const (
	leastNew     = 3
	leastAlbum   = 10
	leastSong    = 10
	leastWeeks   = 4
	leastArtists = 10
	mostFacts    = 5
)

// funFactsOf returns what may be told of a listening, the most telling first: of
// the last four weeks what is new and who was heard, of the whole history what came
// back. Cost O(plays).
func funFactsOf(l *recommend.Listener, measured session.Exploration) []funFact {
	plays := l.Listening.Plays
	if len(plays) == 0 {
		return nil
	}
	from := plays[len(plays)-1].EndedAt.AddDate(0, 0, -session.HabitDays)
	fold := folding{}
	earlier, late := map[string]bool{}, map[string]time.Duration{}
	name := map[string]string{}
	songs, albums := map[song]*returns{}, map[song]*returns{}
	for i, p := range plays {
		if p.Played < segue.MinimumPlay {
			continue
		}
		artist := fold.artist(p.Track.Artist)
		if artist != "" {
			if p.EndedAt.After(from) {
				late[artist] += p.Played
				if _, ok := name[artist]; !ok {
					name[artist] = mainArtist(p.Track.Artist)
				}
			} else if !earlier[artist] {
				earlier[artist] = true
			}
		}
		one := song{recording: -1}
		if row := rowOf(l.Listening, i); row >= 0 && l.Listening.Catalog != nil && row < len(l.Listening.Catalog.Recording) {
			one.recording = int(l.Listening.Catalog.Recording[row])
		} else {
			one.artist, one.title = artist, fold.text(p.Track.Title)
		}
		year, week := p.EndedAt.ISOWeek()
		countReturn(songs, one, year*60+week)
		if p.Track.Album != "" {
			countReturn(albums, song{artist, fold.text(p.Track.Album), -1}, 0)
		}
	}
	fresh := 0
	for artist := range late {
		if !earlier[artist] {
			fresh++
		}
	}
	most := func(counts map[song]*returns) (plays, weeks int) {
		for _, r := range counts {
			plays, weeks = max(plays, r.plays), max(weeks, r.weeks)
		}
		return plays, weeks
	}
	song, returned := most(songs)
	album, _ := most(albums)
	var out []funFact
	add := func(id string, n, least int) {
		if n >= least {
			out = append(out, funFact{ID: id, N: n})
		}
	}
	if measured == session.NewArtists { // else too little is known of the time before
		add("new", fresh, leastNew)
	}
	add("album", album, leastAlbum)
	add("song", song, leastSong)
	add("weeks", returned, leastWeeks)
	if len(out) < mostFacts-1 {
		add("artists", len(late), leastArtists)
	}
	if len(late) > 0 {
		favourite := slices.MaxFunc(slices.Sorted(maps.Keys(late)), func(a, b string) int { return cmp.Compare(late[a], late[b]) })
		if f := (funFact{ID: "favourite", Name: name[favourite]}); drawable(f.Name) {
			out = append(out, f)
		}
	}
	return out
}

// A song is told apart by its recording, or by names if that is −1.
type song struct {
	artist, title string
	recording     int
}

// returns counts how often a song was heard, and in how many weeks.
type returns struct{ plays, weeks, last int }

// countReturn counts a play in a week. Those of one song come in order of time.
func countReturn(of map[song]*returns, one song, week int) {
	r := of[one]
	if r == nil {
		r = &returns{last: -1}
		of[one] = r
	}
	r.plays++
	if week != r.last {
		r.weeks++
		r.last = week
	}
}

// folding remembers folded names: a history has many plays and few names.
type folding struct{ texts, artists map[string]string }

func (f *folding) text(s string) string {
	folded, ok := f.texts[s]
	if !ok {
		if f.texts == nil {
			f.texts, f.artists = map[string]string{}, map[string]string{}
		}
		folded = titles.Fold(s)
		f.texts[s] = folded
	}
	return folded
}

// artist folds the first artist of a credit.
func (f *folding) artist(s string) string {
	folded, ok := f.artists[s]
	if !ok {
		folded = f.text(mainArtist(s))
		f.artists[s] = folded
	}
	return folded
}

// mainArtist returns the first artist of a credit.
func mainArtist(s string) string {
	if all := titles.SplitArtists(s); len(all) > 0 {
		return all[0]
	}
	return s
}

// drawable reports whether a card can hold a name: its font has no emoji and few
// scripts, and a card has little room. Where it cannot, there are other facts.
func drawable(name string) bool {
	err := card.Check(card.Card{Kind: "harbor", Name: "Segue", Fact: name, Brand: "Segue"}, card.Wide())
	return err == nil && len([]rune(name)) <= card.MaxRunes/2
}

// A saidFact is a fact to choose, in words.
type saidFact struct{ ID, Text string }

// facts returns what the card may say, in the listener's language.
func (v *visit) facts(p *portrait) []saidFact {
	var out []saidFact
	for _, f := range p.facts {
		out = append(out, saidFact{f.ID, f.said(v.Tongue)})
	}
	return out
}

// fact returns the chosen fact, the first where none was chosen or the chosen one
// holds no more.
func (v *visit) fact(r *http.Request, all []saidFact) saidFact {
	chosen := ""
	if c, err := r.Cookie(factCookie); err == nil {
		chosen = c.Value
	}
	return factOf(all, chosen)
}

// factOf returns the fact of an id; "" and what holds no more choose the first.
func factOf(all []saidFact, id string) saidFact {
	if id == noFact || len(all) == 0 {
		return saidFact{ID: noFact}
	}
	for _, f := range all {
		if f.ID == id {
			return f
		}
	}
	return all[0]
}

// chooseFact keeps which fact the card shows.
func (s *Server) chooseFact(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := v.tuned(r.Context())
	if err != nil {
		return err
	}
	id := r.PostFormValue("fact")
	known := id == noFact
	for _, f := range v.facts(p) {
		known = known || f.ID == id
	}
	if !known {
		return misread(v.Tongue, v.Say("Choose one of the facts that the page names."))
	}
	setChoice(w, factCookie, id)
	return see(w, r, "/persona#card")
}
