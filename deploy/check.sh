#!/usr/bin/env bash
# Checks the files here and beside the Dockerfile as far as that goes without Docker:
# the commands of the image's build are run in a clean copy of the tree, and what they
# make answers as the image's user would have it. What a tool is missing for is said.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$scratch"' EXIT

for script in deploy/*.sh; do bash -n "$script"; done

echo "the commands of the Dockerfile's build"
mkdir "$scratch/src" "$scratch/out"
git ls-files -z | grep -zv '^docs/images/' | xargs -0 cp --parents -t "$scratch/src"
(
	cd "$scratch/src"
	TARGETOS=$(go env GOOS) TARGETARCH=$(go env GOARCH)
	sed -n '/^FROM scratch/q; s/^RUN //p' Dockerfile | sed "s#/out/#$scratch/out/#g" > "$scratch/build.sh"
	[ "$(wc -l < "$scratch/build.sh")" -ge 3 ] || { echo "the Dockerfile's commands were not found" >&2; exit 1; }
	export TARGETOS TARGETARCH
	bash -eu "$scratch/build.sh"
)

echo "what they make, in the environment of the image"
binary="$scratch/out/segue"
if command -v ldd >/dev/null && ldd "$binary" >/dev/null 2>&1; then
	echo "the binary is not static: it would not start in an empty image" >&2
	exit 1
fi
# Those variables, but the address: a container's port is not the machine's.
mapfile -t environment < <(sed -n '/^FROM scratch/,$ s/^ENV //p' Dockerfile | tr ' ' '\n' | sed "s#/data#$scratch/out/data#; s#^SEGUE_ADDR=.*#SEGUE_ADDR=127.0.0.1:0#")
env -i "${environment[@]}" "$binary" config check -q > "$scratch/settings"
grep -q '^log-format *json' "$scratch/settings"
env -i "${environment[@]}" "$binary" serve 2> "$scratch/said" &
pid=$!
for _ in $(seq 300); do
	address=$(sed -n 's#^Segue is at http://\([0-9.:]*\).*#\1#p' "$scratch/said")
	[ -n "$address" ] && break
	kill -0 "$pid" 2>/dev/null || { cat "$scratch/said" >&2; exit 1; }
	sleep 0.1
done
env -i "${environment[@]/#SEGUE_ADDR=*/SEGUE_ADDR=$address}" "$binary" health
[ -e "$scratch/out/data/segue/segue.db" ] || { echo "the database is not in the volume" >&2; exit 1; }
kill -TERM "$pid"
wait "$pid" || { cat "$scratch/said" >&2; exit 1; }
pid=

if command -v systemd-analyze >/dev/null; then
	for unit in segue.service segue-drill.service segue-drill.timer; do
		echo "deploy/$unit"
		sed "s#/usr/local/bin/segue#$binary#; s#/usr/local/lib/segue/drill.sh#$PWD/deploy/drill.sh#" "deploy/$unit" > "$scratch/$unit"
		systemd-analyze verify "$scratch/$unit"
		case $unit in *.service) systemd-analyze security --offline=true --threshold=20 "$scratch/$unit" | tail -n 1 ;; esac
	done
else
	echo "no systemd: the units are not checked"
fi

if command -v promtool >/dev/null; then
	promtool check rules deploy/alerts.yaml
else
	echo "no promtool: deploy/alerts.yaml is not checked"
fi

if command -v caddy >/dev/null; then
	echo "deploy/Caddyfile"
	SEGUE_HOST=segue.example.org SEGUE_UPSTREAMS="segue1:8080 segue2:8080" caddy validate --adapter caddyfile --config deploy/Caddyfile 2>&1 | tail -n 1
else
	echo "no Caddy: deploy/Caddyfile is not checked"
fi

if command -v docker >/dev/null && docker compose version >/dev/null 2>&1; then
	echo "compose.yaml"
	SEGUE_HOST=segue.example.org docker compose config -q
else
	echo "no docker compose: compose.yaml is read by the tests of cmd/segue alone"
fi
