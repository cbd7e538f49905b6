-- +goose Up

-- A browser on a device that its owner trusts stays signed in for longer. proved_at is
-- when the password was given last.
ALTER TABLE sessions ADD COLUMN trusted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE sessions ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;

-- Keys of one letter get in the way of people who speak to their computer.
ALTER TABLE accounts ADD COLUMN no_shortcuts BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down
ALTER TABLE accounts DROP COLUMN no_shortcuts;
ALTER TABLE sessions DROP COLUMN proved_at;
ALTER TABLE sessions DROP COLUMN trusted;
