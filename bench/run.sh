#!/usr/bin/env bash
# Measures Segue beside other libraries, and its commands on large files, on this
# machine. Needs Go and Python 3; everything else it makes or fetches into a folder
# of its own.
#
#   bench/run.sh [--quick] [--work DIR] [CATALOG.csv StreamingHistory.json]
#
#   --quick   small tables and few rounds: does it work?
#   --work    where data, builds and the Python environment go, to be used again;
#             a temporary folder, removed afterwards, if not given
#   CATALOG   a track table with a column track_id, and an account export: whole
#   HISTORY   commands are then measured too, on large files made of these
set -euo pipefail
cd "$(dirname "$0")/.."
export GOFLAGS="${GOFLAGS:--buildvcs=false}" CGO_ENABLED=0 PYTHONDONTWRITEBYTECODE=1
quick="" work=""
while [ $# -gt 0 ]; do
	case "$1" in
	--quick) quick=--quick; shift ;;
	--work) work="${2:?--work needs a folder}"; shift 2 ;;
	-*) sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
	*) break ;;
	esac
done
catalog="${1:-}" history="${2:-}"
if [ -n "$catalog" ] && [ -z "$history" ]; then
	echo "name a catalogue and a history, or neither" >&2
	exit 2
fi
if [ -z "$work" ]; then
	work="$(mktemp -d)"
	trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work/data"

say() { printf '\n## %s\n\n' "$1"; }

echo "building Segue, with vector kernels and without" >&2
GOEXPERIMENT=simd go build -o "$work/segue" ./cmd/segue
GOEXPERIMENT= go build -o "$work/portable" ./cmd/segue

python="$work/venv/bin/python"
if [ ! -e "$work/venv/installed" ]; then
	echo "installing the peers" >&2
	python3 -m venv "$work/venv"
	"$python" -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	touch "$work/venv/installed"
fi

missed=0
say "Beside others"
"$python" bench/peers.py "$work/segue" "$work/portable" "$work/data" $quick || missed=1

say "By itself"
echo '```'
"$work/segue" bench $quick
echo '```'

say "Growth"
echo '```'
"$work/segue" bench --growth $quick
echo '```'

say "Hours"
if [ -n "$catalog" ]; then
	"$work/segue" bench --hours $quick --markdown --catalog "$catalog" | tee "$work/hours.md"
	echo
	"$work/segue" bench --hours $quick --markdown --catalog "$catalog" --history "$history" | tee -a "$work/hours.md"
else
	"$work/segue" bench --hours $quick --markdown | tee "$work/hours.md"
fi
! grep -q "not met" "$work/hours.md" || missed=1

say "Learning from labels"
labelled=20000 rounds=3
[ -z "$quick" ] || labelled=2000 rounds=1
mkdir -p "$work/labels"
"$python" bench/labels.py "$work/segue" "$work/labels" --tracks "$labelled" --rounds "$rounds" || missed=1

if [ -n "$catalog" ]; then
	sizes="1 10"
	[ -z "$quick" ] || sizes=1
	for size in $sizes; do
		tracks=$((114000 * size)) plays=$((60000 * size))
		[ -e "$work/x$size/StreamingHistory0.json" ] || go run ./bench/resample -catalog "$catalog" -history "$history" \
			-tracks "$tracks" -plays "$plays" -out "$work/x$size"
		say "\`segue run\`, $tracks tracks, $plays plays"
		"$work/segue" run --quiet --catalog "$work/x$size/catalog.csv" --history "$work/x$size/StreamingHistory0.json" \
			--from angry --to calm --at 20:00 --out "$work/out$size" --json >"$work/run$size.json"
		"$python" - "$work/run$size.json" <<'PY'
import json, sys
r = json.load(open(sys.argv[1]))
print("| step | seconds |\n|---|---|")
for s in r["steps"]:
    print(f'| {s["name"]} | {s["seconds"]:.2f} |')
print(f'| **together** | **{r["seconds"]:.2f}** |')
PY
	done
	say "Reading, beside others"
	"$python" bench/commands.py "$work/segue" "$work/x1" 5
fi
exit $missed
