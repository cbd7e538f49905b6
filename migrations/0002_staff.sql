-- +goose Up

CREATE TABLE accounts (
    id         TEXT PRIMARY KEY,
    email      TEXT    NOT NULL,
    email_key  TEXT    NOT NULL UNIQUE,        -- lower case: one account per mailbox
    role       TEXT    NOT NULL,
    locale     TEXT    NOT NULL,
    password   TEXT    NOT NULL,               -- argon2id, PHC form
    disabled   BOOLEAN NOT NULL,
    credential BIGINT  NOT NULL,               -- rises with password, role and disabling
    created_at BIGINT  NOT NULL
);

-- Signed-in browsers. A session counts only while its credential is the account's.
CREATE TABLE sessions (
    hash       TEXT PRIMARY KEY,               -- SHA-256 of the cookie's secret
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    credential BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE tokens (
    id         TEXT PRIMARY KEY,
    name       TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    hash       TEXT   NOT NULL UNIQUE,         -- SHA-256 of the token
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used  BIGINT
);
-- A name may be used again once the token that had it is revoked.
CREATE UNIQUE INDEX tokens_name ON tokens (name) WHERE revoked_at IS NULL;

-- The one-time link that makes the first account.
CREATE TABLE setup_links (
    hash       TEXT PRIMARY KEY,               -- SHA-256 of the link's token
    expires_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE setup_links;
DROP TABLE tokens;
DROP TABLE sessions;
DROP TABLE accounts;
