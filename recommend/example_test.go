package recommend_test

import (
	"context"
	"fmt"

	"segue"
	"segue/playlist"
	"segue/recommend"
)

func ExamplePlanAll() {
	catalogue, plays := demonstration()
	music, err := recommend.Place(catalogue)
	if err != nil {
		fmt.Println(err)
		return
	}
	// Orders are made as they are needed: from a file, a queue, a table.
	orders := func(yield func(recommend.Order, error) bool) {
		ana := recommend.Order{ID: "ana", Wish: recommend.Wish{From: "angry", To: "calm", Minutes: 30, NoCertificate: true}}
		ana.Plays = func(context.Context) ([]segue.Play, error) { return plays, nil }
		bo := recommend.Order{ID: "bo", Wish: recommend.Wish{From: "cheerful"}}
		cy := recommend.Order{ID: "cy", Wish: recommend.Wish{From: "sad", Arm: playlist.Shuffle}}
		_ = yield(ana, nil) && yield(bo, nil) && yield(cy, nil)
	}
	err = recommend.PlanAll(context.Background(), music, orders, recommend.BatchOptions{Workers: 2}, func(a recommend.Answer) error {
		if a.Err != nil {
			fmt.Println(a.ID, "has no hour")
			return nil
		}
		fmt.Println(a.ID, "goes from", a.Playlist.From.Name, "to", a.Playlist.To.Name)
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// ana goes from angry to calm
	// bo has no hour
	// cy goes from sad to content
}
