package tell

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"segue"
	"segue/language"

	"pgregory.net/rapid"
)

// TestFeelWords: words of some cells, from the mock-up and the corners.
func TestFeelWords(t *testing.T) {
	for cell, want := range map[segue.Cell]string{
		{3, 7}: "Wound up: somewhat unpleasant, quite energetic",
		{7, 3}: "Calm: somewhat pleasant, fairly quiet",
		{5, 5}: "In the middle: neither pleasant nor unpleasant, neither energetic nor quiet",
		{1, 9}: "On edge: very unpleasant, very energetic",
		{9, 9}: "Thrilled: very pleasant, very energetic",
		{1, 1}: "Worn out: very unpleasant, very quiet",
		{9, 1}: "At rest: very pleasant, very quiet",
		{5, 8}: "Keyed up: neither pleasant nor unpleasant, energetic",
		{4, 5}: "Uneasy: a little unpleasant, neither energetic nor quiet",
	} {
		word, detail := FeelWords(nil, cell.At())
		if got := word + ": " + detail; got != want {
			t.Errorf("%v: %q, want %q", cell, got, want)
		}
	}
	if got := CellLabel(nil, 3, 7); got != "Pleasantness 3 of 9, energy 7 of 9: wound up" {
		t.Errorf("the label is %q", got)
	}
	vi, _ := language.Of("vi")
	if got := CellLabel(vi, 3, 7); got != "Độ dễ chịu 3 trên 9, năng lượng 7 trên 9: căng thẳng" {
		t.Errorf("in Vietnamese the label is %q", got)
	}
}

// TestEveryCellHasAWord: in every language each of the 81 cells has a short word
// of its region, no two cells the same two words and detail, and there are as many
// words as regions.
func TestEveryCellHasAWord(t *testing.T) {
	for _, in := range language.All() {
		words, both := map[string]bool{}, map[string]segue.Cell{}
		for v := 1; v <= segue.GridSize; v++ {
			for a := 1; a <= segue.GridSize; a++ {
				cell := segue.Cell{v, a}
				word, detail := FeelWords(in, cell.At())
				if word == "" || detail == "" || len([]rune(word)) > 18 {
					t.Errorf("%s, %v: %q, %q", in.Code(), cell, word, detail)
				}
				words[word] = true
				if other, twice := both[word+detail]; twice {
					t.Errorf("%s: %v and %v are both %q, %q", in.Code(), cell, other, word, detail)
				}
				both[word+detail] = cell
				if s := CellLabel(in, v, a); !strings.Contains(s, fmt.Sprint(v)) || !strings.HasSuffix(s, strings.ToLower(word)) {
					t.Errorf("%s, %v: the label is %q", in.Code(), cell, s)
				}
			}
		}
		if len(words) != 16 {
			t.Errorf("%s: %d words", in.Code(), len(words))
		}
	}
}

// TestFeelWordsAgreeWithThePlace: wherever a point lies, on the plane or off it,
// its detail names the sides it lies on.
func TestFeelWordsAgreeWithThePlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := segue.Affect{Valence: rapid.Float64Range(-1, 2).Draw(t, "valence"), Arousal: rapid.Float64Range(-1, 2).Draw(t, "arousal")}
		cell := segue.CellAt(at)
		word, detail := FeelWords(nil, at)
		valence, arousal, ok := strings.Cut(detail, ", ")
		if word == "" || !ok {
			t.Fatalf("%v: %q, %q", at, word, detail)
		}
		if got, want := strings.HasSuffix(valence, "unpleasant") && !strings.HasPrefix(valence, "neither"), cell[0] < 5; got != want {
			t.Fatalf("column %d is %q", cell[0], valence)
		}
		if got, want := strings.HasSuffix(arousal, "quiet") && !strings.HasPrefix(arousal, "neither"), cell[1] < 5; got != want {
			t.Fatalf("row %d is %q", cell[1], arousal)
		}
	})
	if word, detail := FeelWords(nil, segue.Affect{Valence: math.NaN()}); word != "" || detail != "" {
		t.Errorf("an unknown place is %q, %q", word, detail)
	}
	defer func() {
		if s, _ := recover().(string); !strings.HasPrefix(s, "tell: ") {
			t.Errorf("a cell off the pad panicked with %q", s)
		}
	}()
	CellLabel(nil, 0, 5)
}
