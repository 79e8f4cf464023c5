// Package simulate lets Segue try itself on listeners whose truth is known. It
// invents people, the state they are in at every minute, their tastes and habits,
// what they report of it and when they keep silent; gives them histories; and takes
// them through the same packages as anybody: history, match, session, profile,
// check-in, playlist, events, experiment. What the engine concludes is then held
// against what is true.
//
// What music does to a state is the world's (World): in ISO a small step draws it
// along and a large one is rejected, in WIDE every track draws it as strongly, in
// NULL none does. The worlds are inventions to test the engine. They are no claims
// about people, and which of them is nearest to ours nobody knows (docs/science.md
// §1). Equations and parameters stand in docs/science.md §7, "The simulator".
//
// The way of a run: a panel of listeners is made, each with a history that is
// matched and profiled (panel.go, history.go); over weeks they ask for hours, are
// assigned an arm, hear the playlist that the planner makes (trial.go, hour.go), and
// say how they are; what happened is written as events (record.go), which package
// experiment reads (reading.go). Runs repeat the experiment with the same people in
// other weeks. Everything follows from a seed, on any number of cores.
package simulate
