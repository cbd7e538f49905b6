-- +goose Up

-- What somebody typed into a form and has not sent yet; for that account only.
CREATE TABLE scratch (
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    place      TEXT   NOT NULL,                -- address of the form
    saved_at   BIGINT NOT NULL,
    data       TEXT   NOT NULL,                -- JSON: the form's values by name
    PRIMARY KEY (account_id, place)
);
CREATE INDEX scratch_age ON scratch (saved_at);

-- Notices prepared in advance. data is the whole status.Template.
CREATE TABLE templates (
    id   TEXT PRIMARY KEY,
    ord  BIGINT NOT NULL,
    data TEXT   NOT NULL
);

-- +goose Down
DROP TABLE templates;
DROP TABLE scratch;
