-- What outcomes are computed from: records of what was started, played, left, said and
-- shared, each of which counts once, by its id. What pages show is in other tables.

-- +goose Up
CREATE TABLE records (
	listener       TEXT NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
	n              BIGINT NOT NULL, -- order of arrival
	id             TEXT NOT NULL,
	schema_version BIGINT NOT NULL,
	kind           TEXT NOT NULL,
	at_ms          BIGINT NOT NULL,
	offset_minutes BIGINT NOT NULL, -- of the listener's clock, east of UTC
	source         TEXT NOT NULL,
	hour           TEXT NOT NULL, -- '' if it is of none; the hour may be one that is not stored
	track          TEXT NOT NULL,
	place          BIGINT NOT NULL,
	planned_ms     BIGINT NOT NULL,
	ms             BIGINT,
	reason         TEXT NOT NULL,
	adjusted       BOOLEAN NOT NULL,
	valence        BIGINT, -- cells of the grid, 1 to 9
	arousal        BIGINT,
	target_valence BIGINT,
	target_arousal BIGINT,
	feel           BIGINT,
	words          TEXT NOT NULL,
	experiment     TEXT NOT NULL,
	arm            TEXT NOT NULL,
	propensity     DOUBLE PRECISION NOT NULL,
	PRIMARY KEY (listener, n),
	UNIQUE (listener, id)
);
