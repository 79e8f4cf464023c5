#!/usr/bin/env bash
# Measures Segue on large inputs made of small real ones, beside independent
# implementations. Needs Go and Python 3; installs the peers into a virtual
# environment of its own below the folder it works in.
#
#   bench/run.sh CATALOG.csv StreamingHistory.json [WORKDIR]
set -euo pipefail
cd "$(dirname "$0")/.."
work="${3:-$(mktemp -d)}"
mkdir -p "$work"
GOEXPERIMENT=simd CGO_ENABLED=0 go build -o "$work/segue" ./cmd/segue
"$work/segue" version
catalog="${1:?name a catalogue, CSV with a column track_id}"
history="${2:?name a Spotify account export, StreamingHistory0.json}"
for size in 1 10; do
	[ -e "$work/x$size/catalog.csv" ] || go run ./bench/resample -catalog "$catalog" -history "$history" \
		-tracks $((114000 * size)) -plays $((60000 * size)) -out "$work/x$size"
	printf '\n%s tracks, %s plays: where the time of `segue run` goes\n' $((114000 * size)) $((60000 * size))
	"$work/segue" run --quiet --catalog "$work/x$size/catalog.csv" --history "$work/x$size/StreamingHistory0.json" \
		--from angry --to calm --at 20:00 --out "$work/out$size" --json >"$work/run$size.json"
	python3 - "$work/run$size.json" <<'PY'
import json, sys
r = json.load(open(sys.argv[1]))
for s in r["steps"]:
    print(f'{s["seconds"]:8.2f} s  {s["name"]}')
print(f'{r["seconds"]:8.2f} s  together')
PY
done
[ -x "$work/venv/bin/python" ] || { python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet numpy pandas scikit-learn scikit-fuzzy scipy networkx packaging; }
echo
"$work/venv/bin/python" bench/peers.py "$work/segue" "$work/x1" "${RUNS:-5}"
