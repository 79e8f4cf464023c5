#!/usr/bin/env bash
# Measures Segue as a service, on both databases: 500 listeners under load, 200 rounds
# of killing, and memory over 200,000 requests. Needs Go, and PostgreSQL's programs for
# its half, which is left out aloud without them.
#
#   bench/service.sh [--quick] [load|kill|growth …]
#
#   --quick   few listeners, rounds and requests: does it work?
set -euo pipefail
cd "$(dirname "$0")/.."
export GOFLAGS="${GOFLAGS:--buildvcs=false}" CGO_ENABLED=0 GOEXPERIMENT=simd
options=()
if [ "${1:-}" = --quick ]; then
	options=(-listeners 20 -plays 2000 -tracks 20000 -for 5s -reads 60 -writes 20 -rounds 6 -requests 4000)
	shift
fi
what=("$@")
[ ${#what[@]} -gt 0 ] || what=(load kill growth)

work=$(mktemp -d)
chmod 755 "$work"
as=()
stop() {
	[ ! -d "$work/pg" ] || "${as[@]}" "$bin/pg_ctl" -D "$work/pg" -m immediate stop >/dev/null 2>&1 || true
	rm -rf "$work"
}
trap stop EXIT

go build -o "$work/segue" ./cmd/segue
go build -o "$work/service" ./bench/service

missed=0
measure() { # a title, and what to tell the program
	printf '\n## %s\n\n' "$1"
	shift
	"$work/service" -segue "$work/segue" "${options[@]}" "$@" || missed=1
}

for w in "${what[@]}"; do
	measure "$w: one process, SQLite" "$w"
done

bin=$(dirname "$(readlink -f "$(command -v initdb)" || ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1)")
if [ ! -x "$bin/initdb" ]; then
	echo "PostgreSQL is not installed: its half is left out" >&2
	exit $missed
fi
if [ "$(id -u)" = 0 ]; then # PostgreSQL does not run as root
	as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
	install -d -o postgres -g postgres -m 700 "$work/pg"
fi
port=$((20000 + RANDOM % 20000))
"${as[@]}" "$bin/initdb" -D "$work/pg" -U segue -A trust --no-instructions >/dev/null
"${as[@]}" "$bin/pg_ctl" -D "$work/pg" -w -l "$work/pg/log" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$work/pg" start >/dev/null
for w in "${what[@]}"; do
	"${as[@]}" "$bin/createdb" -h 127.0.0.1 -p "$port" -U segue "$w"
	measure "$w: two processes, PostgreSQL" -db "postgres://segue@127.0.0.1:$port/$w?sslmode=disable" -processes 2 "$w"
done
exit $missed
