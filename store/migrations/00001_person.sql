-- What belongs to a person. Everything hangs on a listener and goes with them,
-- except share_counts, which knows campaigns and no people. Times are
-- milliseconds since 1970 in UTC. Types and statements are those SQLite and
-- PostgreSQL have in common.

-- +goose Up
CREATE TABLE listeners (
	id             TEXT PRIMARY KEY,
	name           TEXT NOT NULL,
	zone           TEXT NOT NULL,
	language       TEXT NOT NULL,
	theme          TEXT NOT NULL,
	demo           BOOLEAN NOT NULL,
	adult16        BOOLEAN NOT NULL,
	offers_off     BOOLEAN NOT NULL,
	retention_days BIGINT NOT NULL,
	art_seed       BIGINT NOT NULL, -- 64 bits; the sign means nothing
	created_ms     BIGINT NOT NULL
);

-- A log: the last entry of a purpose counts.
CREATE TABLE consents (
	listener TEXT NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
	n        BIGINT NOT NULL,
	purpose  TEXT NOT NULL,
	given    BOOLEAN NOT NULL,
	at_ms    BIGINT NOT NULL,
	PRIMARY KEY (listener, n)
);

CREATE TABLE imports (
	listener TEXT NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
	n        BIGINT NOT NULL, -- order of arrival
	id       TEXT NOT NULL,
	at_ms    BIGINT NOT NULL,
	report   TEXT NOT NULL, -- JSON, '' if none
	plays    BIGINT NOT NULL, -- kept by it
	PRIMARY KEY (listener, n),
	UNIQUE (listener, id)
);

-- The tracks that plays speak of, each once a listener. An import writes them
-- anew, so that none stays that nobody plays.
CREATE TABLE tracks (
	listener   TEXT NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
	n          BIGINT NOT NULL,
	service_id TEXT NOT NULL,
	isrc       TEXT NOT NULL,
	title      TEXT NOT NULL,
	artist     TEXT NOT NULL,
	album      TEXT NOT NULL,
	PRIMARY KEY (listener, n)
);

CREATE TABLE plays (
	listener  TEXT NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
	n         BIGINT NOT NULL, -- order of their ends
	track     BIGINT NOT NULL, -- tracks.n
	import    BIGINT NOT NULL, -- imports.n of the one that first brought it
	ended_ms  BIGINT NOT NULL,
	played_ms BIGINT NOT NULL,
	skipped   BIGINT NOT NULL, -- 0 unknown, 1 no, 2 yes
	scrobble  BOOLEAN NOT NULL,
	PRIMARY KEY (listener, n)
);

-- What is kept of plays that were let go.
CREATE TABLE hour_sums (
	listener TEXT NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
	day      TEXT NOT NULL, -- local, YYYY-MM-DD
	hour     BIGINT NOT NULL,
	seconds  DOUBLE PRECISION NOT NULL,
	featured DOUBLE PRECISION NOT NULL,
	valence  DOUBLE PRECISION NOT NULL,
	arousal  DOUBLE PRECISION NOT NULL,
	plays    BIGINT NOT NULL,
	skips    BIGINT NOT NULL,
	PRIMARY KEY (listener, day, hour)
);

CREATE TABLE check_ins (
	listener       TEXT NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
	id             TEXT NOT NULL,
	at_ms          BIGINT NOT NULL,
	valence        BIGINT NOT NULL, -- cells of the grid, 1 to 9
	arousal        BIGINT NOT NULL,
	target_valence BIGINT,
	target_arousal BIGINT,
	stay           BOOLEAN NOT NULL,
	PRIMARY KEY (listener, id)
);

CREATE TABLE hours (
	listener   TEXT NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
	id         TEXT NOT NULL,
	check_in   TEXT NOT NULL, -- '' if it began without one
	at_ms      BIGINT NOT NULL,
	changed_ms BIGINT NOT NULL,
	plan       TEXT NOT NULL, -- JSON
	version    BIGINT NOT NULL,
	PRIMARY KEY (listener, id)
);

CREATE TABLE reflections (
	listener      TEXT NOT NULL,
	hour          TEXT NOT NULL,
	at_ms         BIGINT NOT NULL,
	after_valence BIGINT,
	after_arousal BIGINT,
	feel          BIGINT NOT NULL,
	words         TEXT NOT NULL,
	PRIMARY KEY (listener, hour),
	FOREIGN KEY (listener, hour) REFERENCES hours (listener, id) ON DELETE CASCADE
);

CREATE TABLE cards (
	listener  TEXT NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
	kind      TEXT NOT NULL,
	at_ms     BIGINT NOT NULL,
	dismissed BOOLEAN NOT NULL,
	PRIMARY KEY (listener, kind, at_ms, dismissed)
);

CREATE TABLE shares (
	id       TEXT PRIMARY KEY,
	listener TEXT NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
	kind     TEXT NOT NULL,
	fact     TEXT NOT NULL,
	campaign TEXT NOT NULL,
	language TEXT NOT NULL,
	art      BIGINT NOT NULL, -- 64 bits; the sign means nothing
	at_ms    BIGINT NOT NULL
);

CREATE INDEX shares_listener ON shares (listener);

CREATE TABLE share_counts (
	campaign TEXT NOT NULL,
	what     TEXT NOT NULL,
	n        BIGINT NOT NULL,
	PRIMARY KEY (campaign, what)
);
