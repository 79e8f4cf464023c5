package playlist_test

import (
	"context"
	"fmt"
	"os"

	"segue"
	"segue/playlist"
)

// small returns a catalogue of tracks on a grid of the plane, each by an artist of
// its own and four minutes long.
func small() (*segue.Catalog, []segue.Affect) {
	c := &segue.Catalog{Artists: segue.Lists{Offset: []int32{0}}}
	var at []segue.Affect
	for v := range 20 {
		for a := range 20 {
			n := len(at)
			at = append(at, segue.Affect{Valence: (float64(v) + .5) / 20, Arousal: (float64(a) + .5) / 20})
			c.ID = append(c.ID, fmt.Sprint("track-", n))
			c.Title = append(c.Title, fmt.Sprint("Song ", n))
			c.DurationMS = append(c.DurationMS, 240_000)
			c.Artists.Values = append(c.Artists.Values, fmt.Sprint("Artist ", n))
			c.Artists.Index = append(c.Artists.Index, int32(n))
			c.Artists.Offset = append(c.Artists.Offset, int32(n+1))
		}
	}
	return c, at
}

func ExamplePlan() {
	c, at := small()
	lib, err := playlist.NewLibrary(playlist.Library{Catalog: c, Positions: at})
	if err != nil {
		fmt.Println(err)
		return
	}
	from := segue.AnchorOf(segue.Angry)
	route, err := playlist.DefaultTarget(from, "angry")
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := playlist.Plan(context.Background(), lib, playlist.Request{
		From: from, FromName: "angry", To: route.To, ToName: route.ToName, Minutes: 20,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range p.Tracks {
		fmt.Printf("%-7s planned (%.2f, %.2f), %s\n", t.Phase, t.Target[0], t.Target[1], t.Mood)
	}
	for _, check := range p.Checks[:3] {
		fmt.Println(check.Metric, *check.Pass)
	}
	// Output:
	// hold    planned (0.22, 0.82), angry
	// shift   planned (0.27, 0.56), angry
	// shift   planned (0.45, 0.45), mixed
	// shift   planned (0.68, 0.25), calm
	// sustain planned (0.72, 0.25), calm
	// start_error true
	// end_error true
	// rmse true
}

func ExampleWrite() {
	p := &playlist.Playlist{
		From: playlist.Place{Name: "sad"}, To: playlist.Place{Name: "content", Affect: segue.Affect{Valence: .65, Arousal: .45}}, Minutes: 20,
		Tracks: []playlist.Track{{ID: "music/Moss & stone.flac", Title: "Moss", Artists: []string{"Hanne Lund"}, DurationMS: 200_000}},
	}
	if err := playlist.Write(os.Stdout, playlist.M3U8, p); err != nil {
		fmt.Println(err)
	}
	// Output:
	// #EXTM3U
	// #EXTENC:UTF-8
	// #PLAYLIST:Segue: sad to content, 20 minutes
	// #EXTINF:200,Hanne Lund - Moss
	// #EXTART:Hanne Lund
	// music/Moss & stone.flac
}
