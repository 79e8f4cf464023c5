# Reference values of linear and random-intercept models for package stats.
#
# Made with R 4.2.2, sandwich 3.0-2, clubSandwich 0.5.8, lme4 1.1-31, pbkrtest 0.5.2
# (Debian packages r-base-core, r-cran-sandwich, r-cran-clubsandwich, r-cran-lme4,
# r-cran-pbkrtest):
#
#     Rscript models.R > models.json
suppressPackageStartupMessages({library(sandwich); library(clubSandwich); library(lme4); library(pbkrtest)})

num <- function(x) ifelse(is.finite(x), sprintf("%.17g", x), "null")
arr <- function(x) paste0("[", paste(num(as.numeric(x)), collapse = ","), "]")
obj <- function(...) { l <- list(...); paste0("{", paste0('"', names(l), '":', unlist(l), collapse = ",\n"), "}") }

# Listeners of very different numbers of hours; arm drawn by listener or by hour.
make <- function(seed, sizes, by, spread) {
  set.seed(seed)
  id <- rep(seq_along(sizes), sizes)
  n <- length(id)
  armOf <- sample(rep(0:1, length.out = length(sizes)))
  arm <- if (by == "listener") armOf[id] else ave(runif(n), id, FUN = function(u) as.numeric(rank(u) %% 2 == 0))
  level <- rnorm(length(sizes), 0, spread)[id]
  pre <- round(.5 + .3 * level + rnorm(n, 0, .2), 3)
  age <- round(rnorm(length(sizes), 30, 8))[id]
  post <- round(.2 + .4 * pre + .1 * arm + .002 * age + level + rnorm(n, 0, .25), 4)
  data.frame(id, arm, pre, age, post)
}

linear <- function(d, f) {
  m <- lm(f, d)
  k <- names(coef(m))
  ct <- coef_test(m, vcov = "CR2", cluster = d$id, test = "Satterthwaite")
  hc <- coef_test(m, vcov = "CR2", cluster = seq_len(nrow(d)), test = "Satterthwaite")
  obj(names = paste0('["', paste(k, collapse = '","'), '"]'), value = arr(coef(m)), sd = num(summary(m)$sigma), r2 = num(summary(m)$r.squared),
    classical = arr(sqrt(diag(vcov(m)))), HC2 = arr(sqrt(diag(vcovHC(m, type = "HC2")))), HC3 = arr(sqrt(diag(vcovHC(m, type = "HC3")))),
    CR1 = arr(sqrt(diag(vcovCL(m, cluster = d$id, type = "HC1")))), CR2 = arr(ct$SE), CR2df = arr(ct$df_Satt), CR2p = arr(ct$p_Satt),
    HC2df = arr(hc$df_Satt))
}

mixed <- function(d, f) {
  m <- lmer(f, d, REML = TRUE, control = lmerControl(optimizer = "nloptwrap", optCtrl = list(xtol_abs = 1e-14, xtol_rel = 1e-14, ftol_abs = 1e-16, ftol_rel = 1e-16),
    check.conv.singular = "ignore"))
  v <- as.data.frame(VarCorr(m))$sdcor
  adj <- vcovAdj(m)
  k <- length(fixef(m))
  df <- sapply(seq_len(k), function(i) { L <- matrix(0, 1, k); L[i] <- 1; get_Lb_ddf(m, L) })
  obj(value = arr(fixef(m)), between = num(v[1]), within = num(v[2]), criterion = num(as.numeric(REMLcrit(m))), naive = arr(sqrt(diag(as.matrix(vcov(m))))),
    se = arr(sqrt(diag(as.matrix(adj)))), df = arr(df))
}

one <- function(d, f) {
  g <- as.formula(paste(deparse(f), "+ (1 | id)"))
  obj(id = arr(d$id), arm = arr(d$arm), pre = arr(d$pre), age = arr(d$age), post = arr(d$post), linear = linear(d, f), mixed = mixed(d, g))
}

sizes <- c(1, 1, 2, 2, 3, 3, 4, 5, 7, 9, 12, 20)
sets <- c(
  between = one(make(1, sizes, "listener", .3), post ~ arm + pre + age),
  within = one(make(2, sizes, "hour", .3), post ~ arm + pre + age),
  balanced = one(make(3, rep(6, 10), "hour", .15), post ~ arm + pre + age),
  boundary = one(make(2, rep(4, 15), "listener", 0), post ~ arm + pre + age),
  many = one(make(5, rep(1:8, 6), "listener", .2), post ~ arm + pre + age))

# Longley's data, NIST's test of ill-conditioned least squares.
l <- longley
m <- lm(Employed ~ GNP.deflator + GNP + Unemployed + Armed.Forces + Population + Year, l)
nist <- obj(y = arr(l$Employed), x = paste0("[", paste(sapply(l[, 1:6], arr), collapse = ","), "]"), value = arr(coef(m)), se = arr(sqrt(diag(vcov(m)))))

# Sleep: Bates's own example of a random intercept.
s <- lmer(Reaction ~ Days + (1 | Subject), sleepstudy)
sleep <- obj(id = arr(as.integer(sleepstudy$Subject)), days = arr(sleepstudy$Days), y = arr(sleepstudy$Reaction), value = arr(fixef(s)),
  between = num(as.data.frame(VarCorr(s))$sdcor[1]), within = num(sigma(s)), criterion = num(as.numeric(REMLcrit(s))))

# Lin's interaction, two arms, HC2.
d <- make(1, sizes, "listener", .3)
d$cp <- d$pre - mean(d$pre); d$ca <- d$age - mean(d$age)
lin <- lm(post ~ arm * (cp + ca), d)
lint <- coef_test(lin, vcov = "CR2", cluster = d$id, test = "Satterthwaite")

cat(obj(sets = paste0("{", paste0('"', names(sets), '":', sets, collapse = ",\n"), "}"), longley = nist, sleep = sleep,
  lin = obj(value = num(coef(lin)["arm"]), se = num(lint["arm", "SE"]), df = num(lint["arm", "df_Satt"]))), "\n")
