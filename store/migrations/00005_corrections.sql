-- What a listener says of how tracks feel to them: where one lies, or which mood it
-- never has. One that is taken back is deleted.

-- +goose Up
CREATE TABLE corrections (
	listener TEXT NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
	id       TEXT NOT NULL,
	track    TEXT NOT NULL, -- id in the catalogue
	at_ms    BIGINT NOT NULL,
	kind     TEXT NOT NULL, -- point, cell or never
	valence  DOUBLE PRECISION NOT NULL, -- on the plane, 0 to 1; of never 0
	arousal  DOUBLE PRECISION NOT NULL,
	mood     TEXT NOT NULL, -- of never, else ''
	PRIMARY KEY (listener, id)
);
