package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
)

// A song is a track of the invented catalogue, as plays name it.
type song struct {
	id, title, artist string
	length            int64 // ms
}

// catalogue writes a table of n invented tracks, and returns them. Features are drawn
// independently, energy and valence evenly: moods of all kinds, which is all that is
// needed to measure.
func catalogue(path string, n int, seed uint64) (songs []song, err error) {
	rng := rand.New(rand.NewPCG(seed, 1))
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	b := bufio.NewWriterSize(f, 1<<20)
	defer func() { err = errors.Join(err, b.Flush(), f.Close()) }()
	w := csv.NewWriter(b)
	_ = w.Write([]string{"track_id", "artists", "album_name", "track_name", "popularity", "duration_ms", "explicit", "danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness", "instrumentalness", "liveness", "valence", "tempo", "time_signature", "track_genre"})
	number := func(x float64) string { return strconv.FormatFloat(x, 'f', 4, 64) }
	for i := range n {
		s := song{id: trackID(rng), title: "Song " + strconv.Itoa(i), artist: "Band " + strconv.Itoa(rng.IntN(n/8+1)), length: 150_000 + rng.Int64N(150_000)}
		songs = append(songs, s)
		energy := rng.Float64()
		_ = w.Write([]string{
			s.id, s.artist, "Album " + strconv.Itoa(i/10), s.title, strconv.Itoa(rng.IntN(101)), strconv.FormatInt(s.length, 10), "False",
			number(rng.Float64()), number(energy), strconv.Itoa(rng.IntN(12)), number(-30 + 26*energy + 4*rng.Float64()), strconv.Itoa(rng.IntN(2)),
			number(0.03 + 0.05*rng.Float64()), number(math.Pow(rng.Float64(), 2) * (1 - energy)), number(math.Pow(rng.Float64(), 6)), number(0.05 + 0.3*rng.Float64()),
			number(rng.Float64()), number(70 + 100*rng.Float64()), "4", "genre " + strconv.Itoa(i%100),
		})
	}
	w.Flush()
	return songs, w.Error()
}

const idLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func trackID(rng *rand.Rand) string {
	var b [22]byte
	for i := range b {
		b[i] = idLetters[rng.IntN(len(idLetters))]
	}
	return string(b[:])
}

func megabytes(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }
