-- What a service for many people keeps besides what belongs to each: who may
-- sign in, how, what they asked to be computed, and which models are in use.
-- No secret is here, only hashes of them. A time that has not come yet is that
-- of year 1. An account has the id of its listener but does not hang on it: who
-- has signed in may have allowed nothing to be kept, and a listener that is
-- forgotten may still sign in.

-- +goose Up
CREATE TABLE accounts (
	id         TEXT PRIMARY KEY,
	name       TEXT NOT NULL, -- as typed
	key        TEXT NOT NULL UNIQUE, -- the name folded
	role       TEXT NOT NULL,
	password   TEXT NOT NULL, -- PHC string, '' if none
	disabled   BOOLEAN NOT NULL,
	created_ms BIGINT NOT NULL,
	version    BIGINT NOT NULL
);

CREATE TABLE passkeys (
	id         TEXT PRIMARY KEY,
	account    TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	name       TEXT NOT NULL,
	credential TEXT NOT NULL, -- JSON, of public keys alone
	created_ms BIGINT NOT NULL,
	used_ms    BIGINT NOT NULL
);

CREATE INDEX passkeys_account ON passkeys (account);

-- State of ceremonies under way; account is '' where it is not known yet.
CREATE TABLE challenges (
	id         TEXT PRIMARY KEY,
	account    TEXT NOT NULL,
	kind       TEXT NOT NULL,
	data       BYTEA NOT NULL,
	expires_ms BIGINT NOT NULL
);

CREATE INDEX challenges_account ON challenges (account, expires_ms);

CREATE INDEX challenges_expires ON challenges (expires_ms);

CREATE TABLE logins (
	id               TEXT PRIMARY KEY, -- hash of the cookie's secret
	account          TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	created_ms       BIGINT NOT NULL,
	seen_ms          BIGINT NOT NULL,
	authenticated_ms BIGINT NOT NULL,
	expires_ms       BIGINT NOT NULL,
	agent            TEXT NOT NULL
);

CREATE INDEX logins_account ON logins (account);

CREATE INDEX logins_expires ON logins (expires_ms);

CREATE TABLE invitations (
	id         TEXT PRIMARY KEY, -- hash of its secret
	role       TEXT NOT NULL,
	note       TEXT NOT NULL,
	maker      TEXT NOT NULL, -- an account, '' if made by the operator
	created_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL,
	used_ms    BIGINT NOT NULL
);

CREATE TABLE tokens (
	id         TEXT PRIMARY KEY,
	hash       TEXT NOT NULL UNIQUE,
	account    TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	name       TEXT NOT NULL,
	scopes     TEXT NOT NULL, -- parted by spaces
	created_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL, -- that of year 1 if never
	used_ms    BIGINT NOT NULL
);

CREATE INDEX tokens_account ON tokens (account);

-- What was answered to a request that may be sent again; status is 0 while it
-- is being answered.
CREATE TABLE answers (
	account TEXT NOT NULL,
	key     TEXT NOT NULL,
	request TEXT NOT NULL, -- hash of what was asked
	status  BIGINT NOT NULL,
	header  TEXT NOT NULL, -- JSON
	body    BYTEA NOT NULL,
	at_ms   BIGINT NOT NULL,
	PRIMARY KEY (account, key)
);

CREATE INDEX answers_at ON answers (at_ms);

CREATE TABLE jobs (
	id         TEXT PRIMARY KEY,
	owner      TEXT NOT NULL,
	kind       TEXT NOT NULL,
	input      BYTEA NOT NULL,
	state      TEXT NOT NULL,
	progress   BYTEA NOT NULL,
	result     BYTEA NOT NULL,
	error      TEXT NOT NULL,
	created_ms BIGINT NOT NULL,
	changed_ms BIGINT NOT NULL,
	lease_ms   BIGINT NOT NULL, -- end of the worker's lease
	worker     TEXT NOT NULL,
	attempts   BIGINT NOT NULL,
	cancel     BOOLEAN NOT NULL
);

CREATE INDEX jobs_state ON jobs (state, created_ms, id);

CREATE INDEX jobs_owner ON jobs (owner, created_ms, id);

-- Models and trees that may be chosen.
CREATE TABLE versions (
	kind  TEXT NOT NULL,
	id    TEXT NOT NULL,
	at_ms BIGINT NOT NULL,
	maker TEXT NOT NULL,
	note  TEXT NOT NULL,
	body  BYTEA NOT NULL,
	PRIMARY KEY (kind, id)
);

-- A log: the last entry of a kind counts.
CREATE TABLE choices (
	n     BIGINT PRIMARY KEY,
	kind  TEXT NOT NULL,
	id    TEXT NOT NULL,
	at_ms BIGINT NOT NULL,
	maker TEXT NOT NULL,
	FOREIGN KEY (kind, id) REFERENCES versions (kind, id)
);

CREATE INDEX choices_kind ON choices (kind, n);

-- What admins did, and sign-ins. No play, mood or typed word is here.
CREATE TABLE events (
	n       BIGINT PRIMARY KEY,
	at_ms   BIGINT NOT NULL,
	maker   TEXT NOT NULL,
	what    TEXT NOT NULL,
	subject TEXT NOT NULL
);
