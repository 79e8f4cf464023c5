-- A listener's own crossovers: what was declared before the first hour was drawn. Who was
-- drawn what, and what came of it, stands in records.

-- +goose Up
CREATE TABLE trials (
	listener TEXT NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
	id       TEXT NOT NULL,
	at_ms    BIGINT NOT NULL,
	ended_ms BIGINT, -- NULL while it runs
	design   TEXT NOT NULL,
	PRIMARY KEY (listener, id)
);
