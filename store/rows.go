package store

import (
	"encoding/json"
	"time"

	"segue"
)

// The rows of an export: what people and other programs read. Plays have the
// names of Spotify's extended streaming history, so that package history, and
// whatever else reads that, reads them too.

type listenerRow struct {
	Name          string    `json:"name"`
	Zone          string    `json:"zone"`
	Language      string    `json:"language"`
	Theme         string    `json:"theme"`
	Demo          bool      `json:"demo"`
	Adult16       bool      `json:"sixteen_or_older"`
	OffersOff     bool      `json:"offers_off"`
	RetentionDays int       `json:"retention_days"`
	ArtSeed       uint64    `json:"art_seed,string"`
	Created       time.Time `json:"created"`
}

func listenerToRow(l Listener) listenerRow {
	return listenerRow{l.Name, l.Zone, l.Language, l.Theme, l.Demo, l.Adult16, l.OffersOff, l.RetentionDays, l.ArtSeed, l.Created}
}

func (r listenerRow) listener(id string) Listener {
	return Listener{ID: id, Name: r.Name, Zone: r.Zone, Language: r.Language, Theme: r.Theme, Demo: r.Demo, Adult16: r.Adult16, OffersOff: r.OffersOff,
		RetentionDays: r.RetentionDays, ArtSeed: r.ArtSeed, Created: r.Created}
}

type consentRow struct {
	At      time.Time `json:"at"`
	Purpose Purpose   `json:"purpose"`
	Given   bool      `json:"given"`
}

func consentToRow(c Consent) consentRow { return consentRow{c.At, c.Purpose, c.Given} }

func (r consentRow) record() (Consent, error) {
	c := Consent{r.Purpose, r.Given, r.At}
	return c, c.check()
}

type importRow struct {
	ID     string          `json:"id"`
	At     time.Time       `json:"at"`
	Plays  int             `json:"plays"` // to read; counted anew
	Report json.RawMessage `json:"report"`
}

func importToRow(i Import) importRow {
	if len(i.Report) == 0 {
		i.Report = []byte("null")
	}
	return importRow{i.ID, i.At, i.Plays, i.Report}
}

func (r importRow) record() (Import, error) {
	i := Import{r.ID, r.At, r.Report, r.Plays}
	if string(r.Report) == "null" {
		i.Report = nil
	}
	return i, i.check()
}

type playRow struct {
	Import   int64     `json:"import"` // line of imports.jsonl, from 1
	TS       time.Time `json:"ts"`     // end
	Played   int64     `json:"ms_played"`
	Title    string    `json:"master_metadata_track_name"`
	Artist   string    `json:"master_metadata_album_artist_name"`
	Album    string    `json:"master_metadata_album_album_name"`
	URI      string    `json:"spotify_track_uri,omitempty"`
	ID       string    `json:"id,omitempty"` // where it is not Spotify's
	ISRC     string    `json:"isrc,omitempty"`
	Skipped  *bool     `json:"skipped"` // null if unknown
	Scrobble bool      `json:"scrobble,omitempty"`
}

const spotifyPrefix = "spotify:track:"

func playToRow(p keptPlay) playRow {
	r := playRow{Import: p.from, TS: p.EndedAt, Played: p.Played.Milliseconds(), Title: p.Track.Title, Artist: p.Track.Artist, Album: p.Track.Album, ISRC: p.Track.ISRC, Scrobble: p.Scrobble}
	if isSpotifyID(p.Track.ID) {
		r.URI = spotifyPrefix + p.Track.ID
	} else {
		r.ID = p.Track.ID
	}
	if p.Skipped != segue.Unknown {
		yes := p.Skipped == segue.Yes
		r.Skipped = &yes
	}
	return r
}

func (r playRow) record() (keptPlay, error) {
	if r.Played < 0 || r.Played > longestPlay.Milliseconds() { // before it overflows
		return keptPlay{}, invalid("a play lasted less than no time, or more than a month")
	}
	p := segue.Play{
		Track:   segue.TrackRef{ID: r.ID, ISRC: r.ISRC, Title: r.Title, Artist: r.Artist, Album: r.Album},
		EndedAt: r.TS, Played: time.Duration(r.Played) * time.Millisecond, Scrobble: r.Scrobble,
	}
	if r.URI != "" {
		if p.Track.ID = r.URI[min(len(spotifyPrefix), len(r.URI)):]; spotifyPrefix+p.Track.ID != r.URI || !isSpotifyID(p.Track.ID) || r.ID != "" {
			return keptPlay{}, invalid("spotify_track_uri is no Spotify URI, or there is an id besides")
		}
	}
	if r.Skipped != nil {
		p.Skipped = segue.TristateOf(*r.Skipped)
	}
	return keptPlay{p, r.Import}, checkPlay(p)
}

// isSpotifyID reports whether id is 22 letters and digits, as Spotify's are.
func isSpotifyID(id string) bool {
	if len(id) != 22 {
		return false
	}
	for _, c := range []byte(id) {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			return false
		}
	}
	return true
}

type sumRow struct {
	Date     string  `json:"date"`
	Hour     int     `json:"hour"`
	Seconds  float64 `json:"seconds"`
	Featured float64 `json:"featured_seconds"`
	Valence  float64 `json:"valence_seconds"`
	Arousal  float64 `json:"arousal_seconds"`
	Plays    int     `json:"plays"`
	Skips    int     `json:"skips"`
}

func sumToRow(h HourSum) sumRow { return sumRow(h) }

func (r sumRow) record() (HourSum, error) { return HourSum(r), HourSum(r).check() }

// A cell is written as [valence, arousal], cells of the 9×9 grid.
type cell []int

func cellToRow(c *[2]int) cell {
	if c == nil {
		return nil
	}
	return c[:]
}

func (c cell) cell() (*[2]int, error) {
	switch len(c) {
	case 0:
		return nil, nil
	case 2:
		return &[2]int{c[0], c[1]}, nil
	}
	return nil, invalid("a place on the grid is not two numbers")
}

type checkInRow struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Now    cell      `json:"now"`
	Target cell      `json:"target"`
	Stay   bool      `json:"stay"`
}

func checkInToRow(k CheckIn) checkInRow {
	return checkInRow{k.ID, k.At, k.Now[:], cellToRow(k.Target), k.Stay}
}

func (r checkInRow) record() (k CheckIn, err error) {
	k = CheckIn{ID: r.ID, At: r.At, Stay: r.Stay}
	now, err := r.Now.cell()
	if err != nil {
		return k, err
	}
	if now != nil {
		k.Now = *now
	}
	if k.Target, err = r.Target.cell(); err != nil {
		return k, err
	}
	return k, k.check()
}

type hourRow struct {
	ID      string          `json:"id"`
	CheckIn string          `json:"check_in"`
	At      time.Time       `json:"at"`
	Changed time.Time       `json:"changed"`
	Version int             `json:"version"`
	Plan    json.RawMessage `json:"plan"`
}

func hourToRow(h Hour) hourRow { return hourRow{h.ID, h.CheckIn, h.At, h.Changed, h.Version, h.Plan} }

func (r hourRow) record() (Hour, error) {
	h := Hour{r.ID, r.CheckIn, r.At, r.Changed, r.Plan, r.Version}
	return h, h.check()
}

type reflectionRow struct {
	Hour  string    `json:"hour"`
	At    time.Time `json:"at"`
	After cell      `json:"after"`
	Feel  int       `json:"feel"`
	Words string    `json:"words"`
}

func reflectionToRow(r Reflection) reflectionRow {
	return reflectionRow{r.Hour, r.At, cellToRow(r.After), r.Feel, r.Words}
}

func (r reflectionRow) record() (Reflection, error) {
	after, err := r.After.cell()
	if err != nil {
		return Reflection{}, err
	}
	v := Reflection{r.Hour, r.At, after, r.Feel, r.Words}
	return v, v.check()
}

type correctionRow struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Track   string    `json:"track"`
	Kind    string    `json:"kind"`
	Valence float64   `json:"valence"`
	Arousal float64   `json:"arousal"`
	Mood    string    `json:"mood,omitempty"`
}

func correctionToRow(k Correction) correctionRow {
	return correctionRow{k.ID, k.At, k.Track, k.Kind, k.Valence, k.Arousal, k.Mood}
}

func (r correctionRow) record() (Correction, error) {
	k := Correction{ID: r.ID, Track: r.Track, At: r.At, Kind: r.Kind, Valence: r.Valence, Arousal: r.Arousal, Mood: r.Mood}
	return k, k.check()
}

type cardRow struct {
	At        time.Time `json:"at"`
	Kind      string    `json:"kind"`
	Dismissed bool      `json:"dismissed"`
}

func cardToRow(k card) cardRow { return cardRow{k.at, k.kind, k.dismissed} }

func (r cardRow) record() (card, error) {
	k := card{r.Kind, r.At, r.Dismissed}
	return k, k.check()
}

type shareRow struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at"`
	Kind     string    `json:"kind"`
	Fact     string    `json:"fact"`
	Campaign string    `json:"campaign"`
	Language string    `json:"language"`
	Art      uint64    `json:"art,string"`
}

func shareToRow(h Share) shareRow {
	return shareRow{h.ID, h.At, h.Kind, h.Fact, h.Campaign, h.Language, h.Art}
}

func (r shareRow) record() (Share, error) {
	h := Share{ID: r.ID, Kind: r.Kind, Fact: r.Fact, Campaign: r.Campaign, Language: r.Language, Art: r.Art, At: r.At}
	return h, h.check()
}

// A recordRow is a record in the form that package event reads. An export is of one
// listener and does not name them.
type recordRow struct {
	Schema     int       `json:"schema"`
	ID         string    `json:"id"`
	Listener   string    `json:"listener"`
	Kind       string    `json:"kind"`
	At         time.Time `json:"at"`
	Offset     int       `json:"offset,omitempty"`
	Source     string    `json:"source"`
	Hour       string    `json:"hour,omitempty"`
	Track      string    `json:"track,omitempty"`
	Place      int       `json:"place,omitempty"`
	PlannedMS  int64     `json:"planned_ms,omitempty"`
	MS         *int64    `json:"ms,omitempty"`
	Reason     string    `json:"reason,omitempty"`
	Adjusted   bool      `json:"adjusted,omitempty"`
	Cell       cell      `json:"cell,omitempty"`
	Target     cell      `json:"target,omitempty"`
	Feel       *int      `json:"feel,omitempty"`
	Words      string    `json:"words,omitempty"`
	Experiment string    `json:"experiment,omitempty"`
	Arm        string    `json:"arm,omitempty"`
	Propensity float64   `json:"propensity,omitempty"`

	Context      string `json:"context,omitempty"`
	Propensities string `json:"propensities,omitempty"`
}

// exportedListener stands for the one listener of an export. (d)
const exportedListener = "self"

func recordToRow(r Record) recordRow {
	return recordRow{r.Schema, r.ID, exportedListener, r.Kind, r.At, r.Offset, r.Source, r.Hour, r.Track, r.Place, r.PlannedMS, r.MS, r.Reason, r.Adjusted,
		cellToRow(r.Cell), cellToRow(r.Target), r.Feel, r.Words, r.Experiment, r.Arm, r.Propensity, r.Context, r.Propensities}
}

func (r recordRow) record() (v Record, err error) {
	v = Record{ID: r.ID, Schema: r.Schema, Kind: r.Kind, At: r.At, Offset: r.Offset, Source: r.Source, Hour: r.Hour, Track: r.Track, Place: r.Place,
		PlannedMS: r.PlannedMS, MS: r.MS, Reason: r.Reason, Adjusted: r.Adjusted, Feel: r.Feel, Words: r.Words, Experiment: r.Experiment, Arm: r.Arm, Propensity: r.Propensity, Context: r.Context, Propensities: r.Propensities}
	if v.Cell, err = r.Cell.cell(); err != nil {
		return v, err
	}
	if v.Target, err = r.Target.cell(); err != nil {
		return v, err
	}
	return v, v.check()
}

type trialRow struct {
	ID     string          `json:"id"`
	At     time.Time       `json:"at"`
	Ended  *time.Time      `json:"ended"` // null while it runs
	Design json.RawMessage `json:"design"`
}

func trialToRow(t Trial) trialRow {
	r := trialRow{ID: t.ID, At: t.At, Design: t.Design}
	if !t.Ended.IsZero() {
		r.Ended = &t.Ended
	}
	return r
}

func (r trialRow) record() (Trial, error) {
	t := Trial{ID: r.ID, At: r.At, Design: r.Design}
	if r.Ended != nil {
		t.Ended = *r.Ended
	}
	return t, t.check()
}
