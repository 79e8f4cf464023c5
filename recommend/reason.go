package recommend

import (
	"errors"
	"strings"

	"segue"
	"segue/language"
	"segue/playlist"
)

// Reason says to a listener, in their language, why they got no hour, or why it
// could not be edited: what a page shows of an error of this package or of package
// playlist. It reports false for an error that is none of the listener's doing. The
// reason is a sentence without its capital and its full stop, or several, parted by
// semicolons.
func Reason(err error, t *language.Tongue) (string, bool) {
	var wish *WishError
	var refusal *playlist.Refusal
	switch {
	case NeedsStart(err):
		return t.Say("say where you are now: a mood, or a point of the plane; your listening does not tell it yet"), true
	case errors.As(err, &wish) && wish.said != "":
		var moods []string
		for _, a := range segue.Anchors() {
			moods = append(moods, a.Name)
		}
		return t.Say("%q is neither a mood (%s) nor a point of the plane, pleasantness and energy from 0 to 1 such as .72,.25", wish.said, strings.Join(moods, ", ")), true
	case errors.As(err, &refusal):
		return refusal.In(t), true
	}
	return "", false
}
