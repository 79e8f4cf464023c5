package tell

import (
	"strings"

	"segue"
	"segue/chart"
	"segue/language"
)

// Mark returns the sign of a mood.
func Mark(m segue.Mood) chart.Mark {
	return [...]chart.Mark{chart.Angry, chart.Sad, chart.Calm, chart.Happy, chart.Mixed}[m]
}

// MoodPhrase is a mood inside a sentence: "calm", "around the middle".
func MoodPhrase(t *language.Tongue, m segue.Mood) string {
	return t.Say([...]string{language.Text("angry"), language.Text("sad"), language.Text("calm"), language.Text("happy"), language.Text("around the middle")}[m])
}

// A Fact is a name with what there is to say of it.
type Fact struct{ Name, Value string }

// A Line is a line of a list of bars: a name, its bar as SVG, its value and,
// where there is one, a note.
type Line struct{ Name, Bar, Value, Note string }

// number writes a number that may be missing.
func number(t *language.Tongue, v segue.Number, decimals int) string {
	return t.Decimal(float64(v), decimals)
}

// plainSpaces is a text without the spaces that only matter in print.
func plainSpaces(s string) string {
	return strings.NewReplacer(language.Thin, " ", language.Joined, " ").Replace(s)
}
