// Package stats holds the tests, intervals and sample sizes that outcomes are read
// with (docs/science.md §7), exact wherever exactness is feasible:
//
//   - shares: Binomial, ClopperPearson, Wilson, TwoProportions, Fisher, McNemar
//   - ranks: SignedRank, MannWhitney, Sign, with Hodges–Lehmann estimates
//   - means: OneSampleT, PairedT, WelchT, with standardized effects
//   - association and counts: Pearson, Spearman, GoodnessOfFit, Contingency, Rate
//   - many tests: Holm, BenjaminiHochberg
//   - before any data: power and sample size of each design (power_*.go)
//   - anything else: Bootstrap, of independent values or of clusters
//   - models, adjustment and looking early: model_*.go, cuped.go, did.go,
//     sequential.go, nof1.go
//
// Every test answers with a Result and every quantity with an Estimate: its
// interval, its n, how it was made, and in words why it is missing where it is not
// defined. Neither ever holds NaN where JSON shows a number: what is not defined is
// null and has a reason. Bad data gives a reason, a bad call a panic: counts that
// cannot be (5 of 4), a level outside (0, 1), a sample with NaN in it.
//
// Under Least observations an estimate says so by Enough, and Result.Reading calls
// it too few to tell, whatever P is.
//
// Intervals are two-sided whatever the alternative of the test is. Nothing here
// corrects for many tests or for looking early unless its name says so.
//
// The package is pure: no clock, no file, no network; what is drawn is drawn from a
// seed, and the number of cores never changes a byte. It stands alone: package
// outcome calls it, and not the reverse.
package stats
