package playlist

import (
	"strings"
	"sync"
	"sync/atomic"

	"segue/internal/titles"
)

// seasons knows which genres of a catalogue are of one season. The genres are
// looked through for the first plan that asks, each track for the first that asks
// about it: to read a title costs more than all else that is asked of a row.
type seasons struct {
	once   sync.Once
	words  *seasonIndex
	genres bits
	read   []atomic.Uint32 // rows whose answer is known, a bit each
	yes    []atomic.Uint32 // … and is yes
}

// seasonal reports whether a track is music of one season: carols and other songs
// of Christmas and the new year, of Hanukkah and of Halloween. Its genres and its
// title tell. Its album does not: parties and lists called after Christmas hold
// songs of all the year.
func (l *Library) seasonal(row int32) bool {
	s := l.seasons
	s.once.Do(func() {
		s.words, s.genres = newSeasonIndex(), newBits(len(l.genres.ids))
		for name, id := range l.genres.ids {
			if s.words.genre(name) {
				s.genres.add(id)
			}
		}
		n := (l.Catalog.Len() + 31) / 32
		s.read, s.yes = make([]atomic.Uint32, n), make([]atomic.Uint32, n)
	})
	word, bit := row/32, uint32(1)<<(row%32)
	if s.read[word].Load()&bit != 0 {
		return s.yes[word].Load()&bit != 0
	}
	is := l.genres.anyOf(row, s.genres) || s.words.title(l.Catalog.Title[row])
	if is {
		s.yes[word].Or(bit) // before it is known, for whoever asks meanwhile
	}
	s.read[word].Or(bit)
	return is
}

// seasonWords are what the names of seasonal music are told by, in many languages.
// What names other music as well is left out: months, winter, snow, cold, holidays
// as time off, Carol, Noel and Natale as people, Santa as the first word of places
// and saints, Joy to the World, ballets and oratorios heard all the year.
type seasonWords struct {
	// parts count wherever they stand, even inside a word.
	parts []string
	// phrases count as whole words.
	phrases []string
	// whole are single words that count if they are the whole title, versions aside.
	whole []string
	// genres count as whole words of a genre, besides parts and phrases.
	genres []string
	// not are words that take a title out again.
	not []string
}

// wordsOfSeasons returns the table. It was checked against some 50 000 real titles.
func wordsOfSeasons() seasonWords {
	return seasonWords{
		parts: []string{
			"christmas", "xmas", "weihnacht", "weyhnacht", "karácsony", // English, German, Hungarian
			"рождествен", "різдв", "коледн", "Χριστούγεννα", "Χριστουγέννων", // Russian, Ukrainian, Bulgarian, Greek
			"クリスマス", "サンタクロース", "ジングルベル", "きよしこの夜", // Japanese
			"圣诞", "聖誕", "平安夜", "크리스마스", "징글벨", // Chinese, Korean
			"חנוכה", "حنوكا",
		},
		phrases: []string{
			// Words of Christmas.
			"navidad", "navidades", "navideño", "navideña", "navideños", "navideñas", "villancico", "villancicos", "nochebuena",
			"feliz natal", "noite de natal", "é natal", "canção de natal", "hari natal", "selamat natal",
			"buon natale", "bianco natale", "a natale", "di natale", "è natale", "astro del ciel", "tu scendi dalle stelle",
			"joyeux noël", "père noël", "papa noël", "noël blanc", "chant de noël", "chants de noël", "nuit de noël", "noël nouvelet", "vive le vent", "mon beau sapin", "minuit chrétiens", "douce nuit", "les anges dans nos campagnes", "il est né le divin enfant",
			"first noel", "first nowell", "noel baba", "đêm noel", "mùa noel", "giáng sinh", "đêm thánh vô cùng", "malam kudus", "pasko",
			"kerst", "kerstmis", "kerstfeest", "kersttijd", "kerstnacht", "kerstlied", "sinterklaas",
			"god jul", "glad jul", "glade jul", "glædelig jul", "det jul", "julefest", "juletid", "juleaften", "julafton", "julsång", "julesang", "jultomten", "stilla natt", "helga natt", "hellige natt",
			"joulu", "joulun", "jouluna", "jouluyö", "joulupukki", "joulupuu", "joululaulu", "joulumaa", "jõulud", "ziemassvētki", "kalėdos",
			"boże narodzenie", "bożego narodzenia", "kolęda", "kolędy", "cicha noc", "vánoce", "vánoční", "vianoce", "vianočná", "tichá noc", "božić", "božićna", "crăciun", "colinde", "коледа", "божић", "рождество", "рождества", "новый год", "с новым годом", "ёлочка", "щедрик",
			"mele kalikimaka", "noche de paz", "noite feliz", "burrito sabanero", "los peces en el río", "campana sobre campana", "el tamborilero", "nadolig", "nollaig",
			// Words that hardly name anything else.
			"yule", "yuletide", "mistletoe", "hanukkah", "chanukah", "hanukah", "channukah", "dreidel", "halloween",
			"santa claus", "santa clause", "santa baby", "santa tell me", "oh santa", "dear santa", "hey santa", "here comes santa", "shoot me santa", "saint nick", "st nick", "old saint nicholas",
			"happy holiday", "happy holidays", "holiday season", "home for the holidays", "monsters holiday", "happy new year",
			// Songs by their names.
			"jingle bell", "jingle bells", "silent night", "o holy night", "oh holy night", "sleigh ride", "sleigh bells", "rudolph the red", "run rudolph", "red nosed reindeer", "over by a reindeer", "frosty the snowman", "winter wonderland", "let it snow", "baby its cold outside",
			"deck the hall", "deck the halls", "boughs of holly", "holly jolly", "holly and the ivy", "carol of the bells", "ukrainian bell carol", "coventry carol", "wexford carol", "sussex carol", "carols", "ding dong merrily", "drummer boy", "away in a manger", "we three kings", "good king wenceslas",
			"god rest ye", "god rest you", "hark the herald", "herald angels", "adeste fideles", "come all ye faithful", "come o come emmanuel", "come oh come emmanuel", "little town of bethlehem", "born in bethlehem", "midnight clear", "angels we have heard", "angels from the realms", "while shepherds watched", "what child is this", "bleak midwinter", "mary did you know", "do you hear what i hear", "tell it on the mountain", "pat a pan", "gaudete christus",
			"stille nacht", "o tannenbaum", "oh tannenbaum", "o du fröhliche", "alle jahre wieder", "leise rieselt", "ihr kinderlein", "kling glöckchen", "ist ein ros", "lasst uns froh und munter", "süßer die glocken",
			"auld lang syne", "chestnuts roasting", "fairytale of new york", "two front teeth", "dominick the donkey", "you re a mean one", "youre a mean one", "monster mash", "spooky scary skeletons",
		},
		whole:  []string{"noel", "noël", "natal", "natale", "jul", "santa"},
		genres: []string{"carol", "noël", "natal", "natale", "holiday", "holidays", "julmusik", "kerst", "koledy", "seasonal"},
		not:    []string{"mr lawrence", "mister lawrence", "not a christmas"}, // a film's title tune
	}
}

// A seasonIndex is seasonWords folded and laid out for looking up.
type seasonIndex struct {
	ascii, other []string            // parts
	phrases      map[string][]string // by first word, the words after it
	whole        map[string]bool
	genres       map[string]bool
	not          []string
}

func newSeasonIndex() *seasonIndex {
	src := wordsOfSeasons()
	x := &seasonIndex{phrases: map[string][]string{}, whole: map[string]bool{}, genres: map[string]bool{}}
	for _, p := range src.parts {
		p = titles.Fold(p)
		if allASCII(p) {
			x.ascii = append(x.ascii, p)
		} else {
			x.other = append(x.other, p)
		}
	}
	for _, p := range src.phrases {
		first, rest, _ := strings.Cut(titles.Fold(p), " ")
		x.phrases[first] = append(x.phrases[first], rest)
	}
	for _, p := range src.whole {
		x.whole[titles.Fold(p)] = true
	}
	for _, p := range src.genres {
		x.genres[titles.Fold(p)] = true
	}
	for _, p := range src.not {
		x.not = append(x.not, titles.Fold(p))
	}
	return x
}

// title reports whether a title names seasonal music.
func (x *seasonIndex) title(title string) bool {
	key := titles.Fold(title)
	if x.folded(key, false) {
		return true
	}
	first, _, _ := strings.Cut(key, " ")
	return x.whole[first] && titles.Fold(baseTitle(title)) == first
}

// genre reports whether a folded genre does.
func (x *seasonIndex) genre(name string) bool { return x.folded(name, true) }

// folded reports whether a folded name holds a part or a phrase, or, if it is a
// genre, a genre's word.
func (x *seasonIndex) folded(name string, genre bool) bool {
	return x.says(name, genre) && !containsAny(name, x.not)
}

func (x *seasonIndex) says(name string, genre bool) bool {
	if containsAny(name, x.ascii) || !allASCII(name) && containsAny(name, x.other) {
		return true
	}
	for rest := name; rest != ""; {
		var word string
		word, rest, _ = strings.Cut(rest, " ")
		if genre && x.genres[word] {
			return true
		}
		for _, p := range x.phrases[word] {
			if p == "" || strings.HasPrefix(rest, p) && (len(rest) == len(p) || rest[len(p)] == ' ') {
				return true
			}
		}
	}
	return false
}

func containsAny(s string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

func allASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
