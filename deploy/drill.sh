#!/usr/bin/env bash
# A drill: back up, bring back into a fresh place, and see that all of it is there and
# that Segue starts with it. Everything is compared: every row of every table, and every
# listener's export, by SHA-256 (segue verify). Any difference ends it with another exit
# code than 0. The database that is in use is only read.
#
#   deploy/drill.sh [--keep COPY]
#
# Where the database is comes from the settings, as for every command: SEGUE_CONFIG,
# SEGUE_DB or SEGUE_DB_FILE, SEGUE_KEY_FILE. SEGUE names the program (default: segue).
# --keep leaves the backup there if all is well: then the drill is tonight's backup.
#
# A PostgreSQL is backed up by pg_dump and brought back into a database of its own that
# the drill makes, and drops: segue_drill_… on the same server. The user must be allowed
# to make databases; otherwise name an empty one with SEGUE_DRILL_INTO=postgres://….
set -euo pipefail
segue=${SEGUE:-segue}
keep=
while [ $# -gt 0 ]; do
	case $1 in
	--keep) keep=${2:?--keep needs the name of a file}; shift 2 ;;
	*) sed -n '2,18s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
	esac
done
[ -z "$keep" ] || [ ! -e "$keep" ] || { echo "drill: $keep is there already" >&2; exit 2; }

umask 077
scratch=$(mktemp -d)
server=
made=
cleanup() {
	[ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
	[ -z "$made" ] || drop "$made" || true
	rm -rf "$scratch"
}
trap cleanup EXIT
say() { printf 'drill: %s\n' "$*"; }
fail() { printf 'drill: FAILED: %s\n' "$*" >&2; exit 1; }

# What a database adds up to, without its name.
sums() { "$segue" verify --json "$@" | sed '/^  "database":/d'; }

# A database's address apart: the password goes to programs by the environment, as
# others on the machine can read their arguments.
apart() {
	local url=$1 rest
	unset PGPASSWORD
	if [[ $url =~ ^(postgres(ql)?://)([^/@]*)@(.*)$ ]]; then
		rest=${BASH_REMATCH[4]}
		if [[ ${BASH_REMATCH[3]} =~ ^([^:]*):(.*)$ ]]; then
			local escaped=${BASH_REMATCH[2]//\\/\\\\}
			printf -v PGPASSWORD '%b' "${escaped//%/\\x}"
			export PGPASSWORD
			url="postgres://${BASH_REMATCH[1]}@$rest"
		fi
	fi
	address=$url
}
drop() { psql --quiet --no-psqlrc --dbname="$address" -c "DROP DATABASE IF EXISTS $1" >/dev/null; }

db=${SEGUE_DB:-}
[ -n "$db" ] || [ -z "${SEGUE_DB_FILE:-}" ] || db=$(head -n 1 "$SEGUE_DB_FILE")
if [ -z "$db" ]; then
	db=$("$segue" config show --json | sed -n '/"name": "db"/{n;s/^ *"value": "\(.*\)",$/\1/p}')
	case $db in set,*) # an address from the file of settings, shown without what is secret in it
		fail "name a PostgreSQL with SEGUE_DB or SEGUE_DB_FILE for the drill" ;;
	esac
fi

say "reading what is in use"
before=$(sums)
copy=$scratch/copy
case $db in
postgres://* | postgresql://*)
	for program in pg_dump pg_restore psql; do command -v "$program" >/dev/null || fail "$program is not installed"; done
	apart "$db"
	say "backing up with pg_dump"
	pg_dump --format=custom --no-owner --file="$copy" --dbname="$address"
	if [ -n "${SEGUE_DRILL_INTO:-}" ]; then
		into=$SEGUE_DRILL_INTO
	else
		made=segue_drill_$$_$(date +%s)
		psql --quiet --no-psqlrc --dbname="$address" -c "CREATE DATABASE $made TEMPLATE template0" >/dev/null
		into=$(sed -E "s#^(postgres(ql)?://[^/]*)/[^?]*#\1/$made#" <<< "$db")
	fi
	say "bringing it back into a database of its own"
	(apart "$into"; pg_restore --exit-on-error --single-transaction --no-owner --dbname="$address" "$copy")
	;;
*)
	say "backing up with segue backup"
	"$segue" backup --quiet -o "$copy" >/dev/null
	into=$scratch/fresh/segue.db
	say "bringing it back into a fresh folder"
	mkdir "$scratch/fresh"
	cp "$copy" "$into"
	;;
esac
after=$(sums)
unset SEGUE_DB_FILE
restored=$(SEGUE_DB=$into sums)

if [ "$before" = "$after" ]; then
	[ "$restored" = "$before" ] || { diff <(echo "$before") <(echo "$restored") >&2 || true; fail "what came back is not what was there"; }
	say "every row and every export is the same as in use"
else
	# Somebody wrote meanwhile: the backup is of a moment between. It is whole, and
	# has at least the listeners that were there all the while.
	missing=$(comm -12 <(sed -n 's/.*"listener": //p' <<< "$before" | sort) <(sed -n 's/.*"listener": //p' <<< "$after" | sort) | comm -23 - <(sed -n 's/.*"listener": //p' <<< "$restored" | sort))
	[ -z "$missing" ] || fail "listeners are missing in what came back"
	say "somebody wrote meanwhile: what came back is whole and has everybody; run it at a quieter time to compare every row"
fi

say "starting Segue with it"
mkdir -p "$scratch/folder"
apart_from=(SEGUE_DB="$into" SEGUE_METRICS_ADDR=off SEGUE_FOLDER="$scratch/folder" SEGUE_SHUTDOWN_GRACE=0s)
env "${apart_from[@]}" SEGUE_ADDR=127.0.0.1:0 "$segue" serve 2> "$scratch/said" &
server=$!
for _ in $(seq 600); do
	at=$(sed -n 's#^Segue is at https\{0,1\}://\([0-9.:]*\).*#\1#p' "$scratch/said")
	[ -n "$at" ] && break
	kill -0 "$server" 2>/dev/null || { cat "$scratch/said" >&2; fail "Segue does not start with it"; }
	sleep 0.1
done
ready=
for _ in $(seq 600); do
	if env "${apart_from[@]}" SEGUE_ADDR="$at" "$segue" health --ready --quiet >/dev/null 2>&1; then ready=yes; break; fi
	sleep 0.1
done
[ -n "$ready" ] || fail "Segue does not get ready with it"
kill "$server"
wait "$server" || fail "Segue did not end as it should"
server=

if [ -n "$keep" ]; then
	cp "$copy" "$keep.new" && sync "$keep.new" && mv "$keep.new" "$keep"
	say "the backup is $keep"
fi
say "all is well: $(sed -n 's/^  "listeners": \(.*\),$/\1/p' <<< "$restored") listeners, $(sed -n 's/^  "rows": \(.*\),$/\1/p' <<< "$restored") rows"
