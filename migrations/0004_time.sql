-- +goose Up

-- Reminders to whoever is on duty. They are no deliveries: nobody subscribed, the public
-- never hears of them, and taking an entry back must not count them as told. They have the
-- same columns where workers claim and record, so that one engine sends both.
CREATE TABLE calls (
    id          TEXT PRIMARY KEY,
    incident_id TEXT    NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    type        TEXT    NOT NULL,              -- status.CallType
    about       BIGINT  NOT NULL,              -- the promised moment, or since when it is watched
    address     TEXT    NOT NULL,              -- mail address or web address
    channel     TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    letter      TEXT    NOT NULL DEFAULT '',   -- JSON; what it says, fixed at the first attempt
    attempts    BIGINT  NOT NULL DEFAULT 0,
    next_at     BIGINT  NOT NULL,
    first_at    BIGINT  NOT NULL DEFAULT 0,
    lease_owner TEXT    NOT NULL DEFAULT '',
    lease_until BIGINT  NOT NULL DEFAULT 0,
    created_at  BIGINT  NOT NULL,
    done_at     BIGINT  NOT NULL DEFAULT 0,
    ambiguous   BOOLEAN NOT NULL,
    answer      TEXT    NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX calls_once ON calls (incident_id, type, about);
CREATE INDEX calls_due ON calls (channel, state, next_at, id);

-- A maintenance that repeats: which date of which series it is, so that each date is
-- planned once; and whether the clock has to plan the next one.
ALTER TABLE incidents ADD COLUMN series TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN occurrence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN continues BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX incidents_series ON incidents (series, occurrence) WHERE series <> '';
CREATE INDEX incidents_continues ON incidents (id) WHERE continues = TRUE;

-- +goose Down
DROP INDEX incidents_continues;
DROP INDEX incidents_series;
ALTER TABLE incidents DROP COLUMN continues;
ALTER TABLE incidents DROP COLUMN occurrence;
ALTER TABLE incidents DROP COLUMN series;
DROP TABLE calls;
