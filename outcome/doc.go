// Package outcome says what hours did, from what a listener said before and after
// them: how much nearer they came to where they wanted to be, how it felt on five
// steps, and how often they said anything. Every estimate brings its 95 % interval
// and the number of hours behind it.
//
// None of it has a control: people who start far from where they want to be come
// nearer on the average without any music (regression to the mean). Who shows these
// numbers has to say so; a comparison of arms is what tells more. (docs/science.md §7)
//
// The package is pure: no clock, no file, no network.
package outcome
