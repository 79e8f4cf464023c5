-- A number of the listener's plays, another after each change of them, so that a
-- process knows whether what it computed of them still holds.

-- +goose Up
ALTER TABLE listeners ADD COLUMN plays_version BIGINT NOT NULL DEFAULT 0;
