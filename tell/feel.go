package tell

import (
	"strings"

	"segue"
	"segue/language"
)

// feelings are the words of FeelWords, by where a cell of the pad lies: rows from
// energetic to quiet, columns from unpleasant to pleasant, both cut at 1–2, 3–4, 5,
// 6–7 and 8–9:
//
//	energy 8–9   On edge   On edge    Keyed up        Thrilled   Thrilled
//	energy 6–7   Upset     Wound up   Awake           Cheerful   Cheerful
//	energy 5     Uneasy    Uneasy     In the middle   Content    Content
//	energy 3–4   Down      Down       Quiet           Calm       Calm
//	energy 1–2   Worn out  Worn out   Sleepy          At rest    At rest
//
// They are everyday words for how one feels, none of which names a condition. (d)
func feelings() [5][5]string {
	edge, down, worn := language.Text("On edge"), language.Text("Down"), language.Text("Worn out")
	uneasy, content, cheerful := language.Text("Uneasy"), language.Text("Content"), language.Text("Cheerful")
	thrilled, calm, rest := language.Text("Thrilled"), language.Text("Calm"), language.Text("At rest")
	return [5][5]string{
		{edge, edge, language.Text("Keyed up"), thrilled, thrilled},
		{language.Text("Upset"), language.Text("Wound up"), language.Text("Awake"), cheerful, cheerful},
		{uneasy, uneasy, language.Text("In the middle"), content, content},
		{down, down, language.Text("Quiet"), calm, calm},
		{worn, worn, language.Text("Sleepy"), rest, rest},
	}
}

// FeelWords puts where a person says they are, or want to be, into a word and its
// two coordinates: "Wound up", "somewhat unpleasant, quite energetic". All points
// of a cell of the pad have the same words; a point off the plane counts to the
// nearest cell, and an unknown one has none.
func FeelWords(t *language.Tongue, at segue.Affect) (word, detail string) {
	if !at.Known() {
		return "", ""
	}
	cell := segue.CellAt(at)
	v, a := cell[0], cell[1]
	zone := func(i int) int { return [...]int{0, 0, 1, 1, 2, 3, 3, 4, 4}[i-1] }
	word = t.Say(feelings()[4-zone(a)][zone(v)])
	if v == 5 && a == 5 {
		return word, t.Say("neither pleasant nor unpleasant, neither energetic nor quiet")
	}
	pleasant := [...]string{
		language.Text("very unpleasant"), language.Text("unpleasant"), language.Text("somewhat unpleasant"), language.Text("a little unpleasant"),
		language.Text("neither pleasant nor unpleasant"),
		language.Text("a little pleasant"), language.Text("somewhat pleasant"), language.Text("pleasant"), language.Text("very pleasant"),
	}
	energetic := [...]string{
		language.Text("very quiet"), language.Text("quiet"), language.Text("fairly quiet"), language.Text("a little quiet"),
		language.Text("neither energetic nor quiet"),
		language.Text("a little energetic"), language.Text("quite energetic"), language.Text("energetic"), language.Text("very energetic"),
	}
	return word, t.Say(pleasant[v-1]) + ", " + t.Say(energetic[a-1])
}

// CellLabel names a cell of the check-in's pad for those who hear the page:
// "Pleasantness 3 of 9, energy 7 of 9: wound up". v and a are 1 to 9; it panics on
// others.
func CellLabel(t *language.Tongue, v, a int) string {
	if !(segue.Cell{v, a}).Valid() {
		panic("tell: a cell of the pad lies in 1 to 9 each way")
	}
	word, _ := FeelWords(t, segue.Cell{v, a}.At())
	return t.Say("Pleasantness %d of 9, energy %d of 9: %s", v, a, strings.ToLower(word))
}
