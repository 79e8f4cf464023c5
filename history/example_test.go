package history_test

import (
	"context"
	"fmt"

	"segue/history"
)

func ExampleRead() {
	plays, report, err := history.Read(context.Background(), []string{"testdata/account", "testdata/extended"}, history.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(plays), "plays,", report.Duplicates, "duplicate,", report.Dropped[history.Podcast], "podcast episodes")
	for _, f := range report.Files[4:] {
		fmt.Println(f.Format, f.Rows, f.Imported)
	}
	// Output:
	// 12 plays, 1 duplicate, 5 podcast episodes
	// Spotify extended streaming history 4 3
	// Spotify extended streaming history 6 4
}
