-- Where a policy that learns drew, and the chance of each of its actions.

-- +goose Up
ALTER TABLE records ADD COLUMN context TEXT NOT NULL DEFAULT '';
ALTER TABLE records ADD COLUMN propensities TEXT NOT NULL DEFAULT '';
