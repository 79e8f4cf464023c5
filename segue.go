// Package segue holds the words of the domain: what a track, a play, a session
// and a mood are, with their units and intervals. It computes next to nothing
// and imports the standard library only, so that every other package, whether
// it reads files, fits models or serves pages, speaks of the same things.
//
// The way of data through Segue is told in docs/architecture.md; what the
// numbers mean is told, with sources, in docs/science.md.
package segue

// Tristate is a fact that a file may state, deny, or not mention.
type Tristate int8

// The three answers. Unknown is the zero value, because files are silent by
// default.
const (
	Unknown Tristate = iota
	No
	Yes
)

// TristateOf turns a stated fact into a Tristate.
func TristateOf(b bool) Tristate {
	if b {
		return Yes
	}
	return No
}
