#!/bin/sh
# Makes the passwords that compose.yaml hands over as files, once: what is there stays.
# The folder is its owner's alone; the files in it are readable, as containers run as
# other users and are given each file by itself.
set -eu
cd "$(dirname "$0")/.."
umask 077
mkdir -p secrets
if [ -e secrets/postgres_password ]; then
	echo "secrets/postgres_password is there already; nothing was changed." >&2
	exit 0
fi
password=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
printf '%s' "$password" > secrets/postgres_password
printf 'postgres://segue:%s@db/segue?sslmode=disable\n' "$password" > secrets/segue_db
chmod 0444 secrets/postgres_password secrets/segue_db
echo "made secrets/postgres_password and secrets/segue_db"
