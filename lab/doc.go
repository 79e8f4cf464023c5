// Package lab is what researchers do with Segue: look at a catalogue, see how the
// criteria move with the number of groups, set the algorithms side by side, keep
// models as versions and compare them, and edit the trees that decide personas and
// offers. Commands, pages and the JSON API show what is computed here; the computing
// is that of packages catalog, mood, persona and recommend.
//
// Long work, Curves and Compare, takes a Hold: it says how far it is and hands out
// checkpoints, from which the same call goes on, to the same bytes. Works makes both
// jobs of package job. Results are plain data that JSON holds; their pictures and
// words are drawn when they are looked at, in the language of who looks.
//
// The package keeps nothing, holds no clock and knows no store: a Version and a Draft
// have an id that tells their content, and bytes for whoever keeps them. Which of
// them is in use is that keeper's to say; recommend.With and recommend.Trees put it
// to use.
package lab
