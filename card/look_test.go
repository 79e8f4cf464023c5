package card

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// samples are the six cards as they are looked at.
func samples() []Card {
	return []Card{
		{Kind: "tide", Name: "Tide", Line: "Music that moves with you and covers a lot of ground in a week.", Fact: "One song came back in eleven different weeks", Brand: "Segue"},
		{Kind: "lantern", Name: "Lantern", Line: "Late hours are your listening room, with all the space it needs.", Fact: "One album heard start to finish, 23 times", Brand: "Segue"},
		{Kind: "compass", Name: "Compass", Line: "New corners draw you in, and each one opens on to the next.", Fact: "63 artists heard for the first time", Brand: "Segue"},
		{Kind: "harbor", Name: "Harbor", Line: "You know what feels like home, and the music always has a light on.", Fact: "Played one album 41 times, start to finish", Brand: "Segue"},
		{Kind: "spark", Name: "Spark", Line: "Brightness and motion: songs that set a room going at once.", Fact: "One chorus played nine times in a row", Brand: "Segue"},
		{Kind: "forge", Name: "Forge", Line: "Force; intensity can be a way to work things through.", Fact: "The longest song lasted 23 minutes", Brand: "Segue"},
	}
}

// TestLook writes every card to the folder CARD_OUT names, to be looked at.
func TestLook(t *testing.T) {
	dir := os.Getenv("CARD_OUT")
	if dir == "" {
		t.Skip("CARD_OUT names no folder to write the cards to")
	}
	for _, c := range samples() {
		c.Seed = 7
		for name, s := range map[string]Size{"tall": Tall(), "wide": Wide()} {
			p, err := PNG(context.Background(), c, s)
			if err != nil {
				t.Fatal(err)
			}
			v, err := SVG(c, s)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s %s: png %d kB, svg %d kB", c.Kind, name, len(p)/1000, len(v)/1000)
			for ext, b := range map[string][]byte{".png": p, ".svg": v} {
				if err := os.WriteFile(filepath.Join(dir, c.Kind+"-"+name+ext), b, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
