# Reference values for the tests of package stats, from R.
#
# Made with R 4.2.2, packages exactRankTests 0.8-35, effectsize 0.8.3, coin 1.4-2 (Debian 12):
#
#     apt-get install r-base-core r-cran-exactranktests r-cran-effectsize r-cran-coin
#     Rscript tests.R > tests_r.json
#
# Each case is what was asked, with which numbers, and what came out.
suppressMessages({library(exactRankTests); library(effectsize)})
set.seed(20261128)
cases <- character()
plain <- function(v) {
  if (is.character(v)) return(sprintf('"%s"', v))
  one <- ifelse(is.finite(v), sprintf("%.17g", v), "null")
  if (length(v) == 1) one else sprintf("[%s]", paste(one, collapse = ","))
}
case <- function(what, args, want) {
  a <- paste(sapply(args, plain), collapse = ",")
  w <- paste(sprintf('"%s":%s', names(want), sapply(want, plain)), collapse = ",")
  cases <<- c(cases, sprintf('{"what":"%s","args":[%s],"want":{%s}}', what, a, w))
}
vec <- function(v) if (length(v) == 1) c(v) else v

for (n in c(5, 7, 30)) for (k in c(0, 4, 5)) for (p0 in c(.5, .2)) {
  r <- binom.test(k, n, p0)
  case("binomial_ci", list(k, n, p0, "two-sided"), list(p = r$p.value, lo = r$conf.int[1], hi = r$conf.int[2]))
}
for (v in list(c(12, 40, 20, 41), c(9, 10, 3, 10), c(0, 12, 5, 13), c(30, 100, 33, 101))) {
  m <- matrix(c(v[1], v[2] - v[1], v[3], v[4] - v[3]), 2)
  case("fisher_p", as.list(v), list(p = fisher.test(m)$p.value))
  case("chi2_2x2", as.list(v), list(p = prop.test(c(v[1], v[3]), c(v[2], v[4]), correct = FALSE)$p.value))
}
# without ties: exact, with Hodges-Lehmann and its interval
for (n in c(6, 7, 10, 25, 49)) {
  x <- rnorm(n, .3); y <- rnorm(n + 2)
  r <- wilcox.test(x, conf.int = TRUE, exact = TRUE)
  case("signed", list(x), list(w = r$statistic, p = r$p.value, hl = r$estimate, lo = r$conf.int[1], hi = r$conf.int[2]))
  r <- wilcox.test(x, y, conf.int = TRUE, exact = TRUE)
  case("mw", list(x, y), list(u = r$statistic, p = r$p.value, hl = r$estimate, lo = r$conf.int[1], hi = r$conf.int[2]))
}
# with ties: exact given the ranks, and normal
for (n in c(5, 9, 14, 40)) {
  x <- round(rnorm(n, .3) * 2); y <- round(rnorm(n + 1) * 2)
  if (all(x == 0)) next
  nz <- x[x != 0]
  for (alt in c("two.sided", "less", "greater")) {
    a <- sub("\\.", "-", alt)
    case("signed_ties", list(vec(x), a), list(p = wilcox.exact(nz, alternative = alt)$p.value))
    case("signed_ties_normal", list(vec(x), a), list(p = suppressWarnings(wilcox.test(nz, exact = FALSE, alternative = alt)$p.value)))
    case("mw_ties_normal", list(vec(x), vec(y), a), list(p = suppressWarnings(wilcox.test(x, y, exact = FALSE, alternative = alt)$p.value)))
  }
  d <- coin::wilcox_test(v ~ g, data.frame(v = c(x, y), g = factor(rep(c("a", "b"), c(n, n + 1)))), distribution = "exact")
  case("mw_ties", list(vec(x), vec(y), "two-sided"), list(p = as.numeric(coin::pvalue(d))))
}
for (n in c(2, 6, 20)) {
  x <- rnorm(n, .4); y <- rnorm(n + 3, 0, 2)
  r <- t.test(x, y)
  case("welch", list(x, y, "two-sided"), list(t = r$statistic, df = r$parameter, p = r$p.value, lo = r$conf.int[1], hi = r$conf.int[2]))
}
for (n in c(3, 8, 20)) for (d in c(.3, .8)) {
  case("power_paired", list(n, d, "two-sided"), list(power = power.t.test(n, d, type = "paired", strict = TRUE)$power))
  case("power_two", list(n, d, 1, "two-sided"), list(power = power.t.test(n, d, strict = TRUE)$power))
}
case("size_paired", list(.3, .8), list(n = ceiling(power.t.test(power = .8, delta = .3, type = "paired", strict = TRUE)$n)))
case("size_paired", list(.2, .9), list(n = ceiling(power.t.test(power = .9, delta = .2, type = "paired", strict = TRUE)$n)))
case("size_two", list(.25, .8), list(n = ceiling(power.t.test(power = .8, delta = .25, strict = TRUE)$n)))
for (n in c(4, 7, 9)) {
  x <- rnorm(n); y <- x + rnorm(n)
  for (alt in c("two.sided", "less", "greater")) {
    r <- cor.test(x, y, alternative = alt)
    case("pearson", list(x, y, sub("\\.", "-", alt)), list(r = r$estimate, p = r$p.value))
    r <- cor.test(x, y, alternative = alt, method = "spearman", exact = TRUE)
    case("spearman", list(x, y, sub("\\.", "-", alt)), list(r = r$estimate, p = r$p.value))
  }
}
for (v in list(c(0, 10, .2), c(7, 7, .5), c(23, 100, .3), c(11, 2, 3))) for (alt in c("two.sided", "less", "greater")) {
  r <- poisson.test(v[1], v[2], v[3], alternative = alt)
  case("poisson", c(as.list(v), sub("\\.", "-", alt)), list(p = r$p.value))
}
for (v in list(c(11, 800, 23, 1000), c(0, 10, 4, 12), c(7, 3, 2, 9))) {
  r <- poisson.test(c(v[1], v[3]), c(v[2], v[4]))
  case("rate_ratio", as.list(v), list(ratio = r$estimate, p = r$p.value, lo = r$conf.int[1], hi = r$conf.int[2]))
}
p <- c(.01, .04, .03, .005, .2)
case("adjust", list(p), list(holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH")))
x <- rnorm(12, .5); y <- rnorm(15)
r <- cohens_d(x, y, pooled_sd = TRUE)
case("cohen_rough", list(x, y), list(d = r$Cohens_d, lo = r$CI_low, hi = r$CI_high))
r <- hedges_g(x, y, pooled_sd = TRUE)
case("hedges_rough", list(x, y), list(g = r$Hedges_g, lo = r$CI_low, hi = r$CI_high))
cat("[", paste(cases, collapse = ",\n"), "]\n", sep = "")
