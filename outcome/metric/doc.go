// Package metric computes the product metrics of docs/science.md §7 from event
// records: completion, skip rate and what became of it after an adjustment, how it
// felt and how many said so, weekly activity against a holdout, shares, the change
// towards the target, and the harm that none of them may cost. Each comes with its 95 %
// interval, the listeners and records behind it, whether that is enough to tell, and a
// reason in words where it is not defined.
//
// The way through it:
//
//	Collector  takes records one by one, in any order, and keeps sums
//	Cohorts    are declared rules over listening and facts that listeners declared
//	Read       turns the sums into a Report: whole, by day, week, cohort or arm
//	Mentions   elsewhere are counted beside it; they measure no audience
//
// Listeners are the unit of all intervals: records of one listener resemble each other,
// so that intervals which took records for independent would be too narrow.
//
// Minutes in the app are no metric here, and must not become one: music that is left
// because somebody feels better has done its work. Late-night minutes are counted as
// harm only.
//
// A number over fewer listeners than ReadOptions.Least is withheld, and so is one from
// which that number could be had by subtraction within one report.
//
// The package is pure: no clock, no file, no network. The same records give the same
// bytes, in whatever order they come.
package metric
