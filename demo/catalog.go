package demo

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// How large the demonstration is, and how often its flaws occur. (d)
const (
	numArtists   = 950
	numSongs     = 6300  // before reissues and versions, in and out of the catalogue
	reissued     = 0.035 // share of songs that were released again
	versioned    = 0.055 // share that exist live, acoustic or remixed
	withGuests   = 0.25  // share with several artists
	crossGenre   = 0.09  // share listed under a second genre
	unmeasured   = 0.002 // share whose tempo and valence are written as 0
	notInCatalog = 0.14  // share of songs the catalogue does not hold
)

// artist is somebody invented.
type artist struct {
	name   string
	genre  int
	own    scores // what all their tracks share
	fame   float64
	titles map[string]bool
	albums []string
}

// track is a recording.
type track struct {
	id, title, album string
	artists          []int
	genres           []int
	features         features
	millis           int
	popularity       int
	explicit         bool
	absent           bool // played, but not in the catalogue
	zeroed           bool // tempo and valence not measured

	valence, arousal float64 // place on the plane, [0, 1]
	otherID          string  // the id of another edition, which the catalogue lacks
}

// library makes all tracks, in and out of the catalogue.
type library struct {
	genres  []genre
	artists []artist
	tracks  []track
}

// builder holds what making a library needs.
type builder struct {
	library
	rng     *rand.Rand
	names   *namer
	factor  [numScores]scores
	centres []scores
	byGenre [][]int // artists
}

func newLibrary(seed uint64) *library {
	rng := rand.New(rand.NewPCG(seed, 1))
	b := &builder{rng: rng, names: newNamer(rng), factor: cholesky()}
	b.genres = genres()
	for _, g := range b.genres {
		b.centres = append(b.centres, typical(g))
	}
	b.makeArtists()
	for range numSongs {
		b.makeSong()
	}
	b.place()
	return &b.library
}

// noise is one draw of correlated scores, scaled.
func (b *builder) noise(scale float64) (z scores) {
	var e scores
	for i := range e {
		e[i] = b.rng.NormFloat64()
	}
	sd := within()
	for i := range z {
		for j := range i + 1 {
			z[i] += b.factor[i][j] * e[j]
		}
		z[i] *= sd[i] * scale
	}
	return z
}

func (b *builder) makeArtists() {
	total := 0.0
	for _, g := range b.genres {
		total += g.weight
	}
	b.byGenre = make([][]int, len(b.genres))
	for i, g := range b.genres {
		for range max(4, int(math.Round(numArtists*g.weight/total))) {
			a := artist{
				name: b.names.artist(g.script), genre: i, own: b.noise(math.Sqrt(artistShare)),
				fame: b.rng.Float64(), titles: map[string]bool{},
			}
			for range 1 + b.rng.IntN(4) {
				a.albums = append(a.albums, b.names.album(g.script))
			}
			b.byGenre[i] = append(b.byGenre[i], len(b.artists))
			b.artists = append(b.artists, a)
		}
	}
}

// someone returns an artist; the first of each genre are the busiest.
func (b *builder) someone(genre int) int {
	of := b.byGenre[genre]
	return of[int(float64(len(of))*math.Pow(b.rng.Float64(), 1.4))]
}

// someGenre returns a genre by weight.
func (b *builder) someGenre() int {
	total := 0.0
	for _, g := range b.genres {
		total += g.weight
	}
	x := b.rng.Float64() * total
	for i, g := range b.genres {
		if x -= g.weight; x < 0 {
			return i
		}
	}
	return len(b.genres) - 1
}

// makeSong adds a song and the editions and versions of it.
func (b *builder) makeSong() {
	g := b.someGenre()
	a := b.someone(g)
	z := b.noise(math.Sqrt(1 - artistShare))
	for i := range z {
		z[i] += b.centres[g][i] + b.artists[a].own[i]
	}
	t := b.song(g, a, z)
	t.absent = b.rng.Float64() < notInCatalog
	b.tracks = append(b.tracks, t)
	if b.rng.Float64() < reissued {
		b.tracks = append(b.tracks, b.reissue(t))
	}
	if b.rng.Float64() < versioned {
		b.tracks = append(b.tracks, b.version(t, z))
	}
}

func (b *builder) song(g, a int, z scores) track {
	rng, kind, by := b.rng, b.genres[g], &b.artists[a]
	t := track{
		id: b.names.id(), title: b.names.title(kind.script, by.titles), album: pick(rng, by.albums),
		artists: []int{a}, genres: []int{g}, features: z.features(),
		explicit: rng.Float64() < kind.explicit, zeroed: rng.Float64() < unmeasured,
		millis: int(1000 * kind.seconds * math.Exp(0.22*rng.NormFloat64())),
	}
	t.millis = min(max(t.millis, 45_000), 900_000)
	t.features.key = pickKey(rng)
	if rng.Float64() < kind.major {
		t.features.mode = 1
	}
	t.features.signature = pickSignature(rng)
	if rng.Float64() > 0.14 { // the rest are heard by nobody much
		t.popularity = min(max(int(20+45*by.fame+15*rng.NormFloat64()), 0), 96)
	}
	if rng.Float64() < withGuests {
		b.invite(&t)
	}
	if rng.Float64() < crossGenre {
		if h := b.someGenre(); h != g {
			t.genres = append(t.genres, h)
		}
	}
	if rng.Float64() < 0.12 {
		t.otherID = b.names.id()
	}
	return t
}

// pickKey favours the keys guitars and keyboards like.
func pickKey(rng *rand.Rand) int {
	weights := [12]int{115, 97, 114, 33, 78, 84, 69, 114, 66, 101, 66, 82} // C, C♯ … B, per mille or so
	total := 0
	for _, w := range weights {
		total += w
	}
	x := rng.IntN(total)
	for k, w := range weights {
		if x -= w; x < 0 {
			return k
		}
	}
	return 0
}

// pickSignature is nearly always four to the bar.
func pickSignature(rng *rand.Rand) int {
	switch x := rng.Float64(); {
	case x < 0.90:
		return 4
	case x < 0.975:
		return 3
	case x < 0.99:
		return 5
	}
	return 1
}

// invite adds guests, in the title for half of the songs.
func (b *builder) invite(t *track) {
	for range 1 + b.rng.IntN(2)*b.rng.IntN(2) {
		if guest := b.someone(t.genres[0]); !slices.Contains(t.artists, guest) {
			t.artists = append(t.artists, guest)
		}
	}
	if len(t.artists) > 1 && b.rng.IntN(2) == 0 {
		t.title += " (feat. " + b.artists[t.artists[1]].name + ")"
	}
}

// reissue is the same recording once more: another id and album, and features
// that differ by what a new master changes.
func (b *builder) reissue(t track) track {
	t.id, t.otherID = b.names.id(), ""
	t.title += " - Remastered " + strconv.Itoa(2003+b.rng.IntN(20))
	t.album += " (Deluxe Edition)"
	t.features.loudness = min(t.features.loudness+0.8*b.rng.Float64(), loudest)
	t.features.energy = min(t.features.energy+0.012*b.rng.Float64(), 0.999)
	t.features.tempo += 0.02 * b.rng.NormFloat64()
	t.millis += b.rng.IntN(1600) - 800
	t.popularity = t.popularity * 2 / 3
	t.genres = t.genres[:1]
	return t
}

// version is another recording of the same song.
func (b *builder) version(t track, z scores) track {
	t.id, t.otherID = b.names.id(), ""
	t.genres = t.genres[:1]
	t.popularity = t.popularity / 2
	keep := t.features
	switch b.rng.IntN(3) {
	case 0:
		t.title += " - Live"
		z[zLive] += 2.4
		z[zEnergy] += 0.2
		t.millis += 20_000
	case 1:
		t.title += " - Acoustic"
		z[zAcoustic] += 1.3
		z[zEnergy] -= 1.1
		z[zLoudness] -= 0.9
	default:
		by := b.artists[b.someone(b.someGenre())].name
		t.title += " - " + by + " Remix"
		z[zDance] += 0.8
		z[zEnergy] += 0.5
		z[zAcoustic] -= 0.9
		t.millis += 45_000
	}
	t.features = z.features()
	t.features.key, t.features.mode, t.features.signature = keep.key, keep.mode, 4
	return t
}

// place ranks all tracks on the valence–arousal plane, by the weights of
// docs/science.md §2, so that the listener can choose by mood. Only the choice
// uses it: whoever reads the catalogue places the tracks anew.
func (b *builder) place() {
	n := len(b.tracks)
	column := func(of func(features) float64) []float64 {
		v, sum, squares := make([]float64, n), 0.0, 0.0
		for i, t := range b.tracks {
			v[i] = of(t.features)
			sum += v[i]
			squares += v[i] * v[i]
		}
		mean := sum / float64(n)
		sd := math.Sqrt(squares/float64(n) - mean*mean)
		for i := range v {
			v[i] = (v[i] - mean) / sd
		}
		return v
	}
	energy := column(func(f features) float64 { return f.energy })
	loudness := column(func(f features) float64 { return f.loudness })
	acoustic := column(func(f features) float64 { return f.acoustic })
	valence := column(func(f features) float64 { return f.valence })
	v, a := make([]float64, n), make([]float64, n)
	for i := range n {
		v[i] = 0.6*valence[i] + 0.4*energy[i]
		a[i] = 0.62*energy[i] + 0.28*loudness[i] - 0.10*acoustic[i]
	}
	v, a = ranks(v), ranks(a)
	for i := range b.tracks {
		b.tracks[i].valence, b.tracks[i].arousal = v[i], a[i]
	}
}

// ranks returns each value's rank in [0, 1].
func ranks(v []float64) []float64 {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case v[i] < v[j]:
			return -1
		case v[i] > v[j]:
			return 1
		}
		return 0
	})
	r := make([]float64, len(v))
	for at, i := range order {
		r[i] = (float64(at) + 0.5) / float64(len(v))
	}
	return r
}

// header is the layout of the common public track table; its first column is an
// unnamed row number.
const header = "Unnamed: 0,track_id,artists,album_name,track_name,popularity,duration_ms,explicit,danceability,energy,key,loudness,mode,speechiness,acousticness,instrumentalness,liveness,valence,tempo,time_signature,track_genre\n"

// CatalogCSV writes the catalogue as a 21-column CSV with a header: tracks in a
// shuffled order, a track under two genres as two rows with one id, several
// artists joined by ";", one row without names, and a tempo and valence of 0
// where they "were not measured".
func (d *Data) CatalogCSV(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	out.WriteString(header)
	type row struct{ track, genre int }
	var rows []row
	for i, t := range d.library.tracks {
		if t.absent {
			continue
		}
		for _, g := range t.genres {
			rows = append(rows, row{i, g})
		}
	}
	rng := rand.New(rand.NewPCG(d.Seed, 2))
	rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	nameless := len(rows) / 3
	for i, r := range rows {
		line := d.library.row(i, r.track, r.genre)
		if i == nameless {
			line = strconv.Itoa(i) + "," + newNamer(rng).id() + ",,,,0,0,False" + strings.Repeat(",", 13) + "\n"
			out.WriteString(line)
			line = d.library.row(len(rows), r.track, r.genre)
		}
		out.WriteString(line)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write demo catalogue: %w", err)
	}
	return nil
}

// row is one line of the table.
func (l *library) row(number, track, genre int) string {
	t := l.tracks[track]
	f := t.features
	if t.zeroed {
		f.tempo, f.valence, f.dance, f.signature = 0, 0, 0, 0
	}
	var names []string
	for _, a := range t.artists {
		names = append(names, l.artists[a].name)
	}
	explicit := "False"
	if t.explicit {
		explicit = "True"
	}
	cells := []string{
		strconv.Itoa(number), t.id, quote(strings.Join(names, ";")), quote(t.album), quote(t.title),
		strconv.Itoa(t.popularity), strconv.Itoa(t.millis), explicit,
		short(f.dance), short(f.energy), strconv.Itoa(f.key), strconv.FormatFloat(f.loudness, 'f', 3, 64),
		strconv.Itoa(f.mode), short(f.speech), short(f.acoustic), short(f.instrumental), short(f.live), short(f.valence),
		strconv.FormatFloat(f.tempo, 'f', 3, 64), strconv.Itoa(f.signature), l.genres[genre].name,
	}
	return strings.Join(cells, ",") + "\n"
}

// short writes three significant digits, as analyses do.
func short(v float64) string {
	if v == 0 {
		return "0.0"
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// quote quotes a cell that needs it (RFC 4180).
func quote(s string) string {
	if !strings.ContainsAny(s, ",\"\n") {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
