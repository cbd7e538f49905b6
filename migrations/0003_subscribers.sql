-- +goose Up

-- Who asked to be told: an address or an endpoint, with its choices.
CREATE TABLE subscribers (
    id            TEXT PRIMARY KEY,
    identity      TEXT   NOT NULL UNIQUE,      -- channel, endpoint and address: each has one subscription
    channel       TEXT   NOT NULL,
    address       TEXT   NOT NULL,
    endpoint      TEXT   NOT NULL,
    format        TEXT   NOT NULL,
    state         TEXT   NOT NULL,
    locale        TEXT   NOT NULL,
    scope         TEXT   NOT NULL,             -- JSON, status.Scope
    wish          TEXT   NOT NULL DEFAULT '',  -- JSON; asked for anew, kept aside until the owner confirms
    generation    BIGINT NOT NULL,
    secrets       TEXT   NOT NULL,             -- JSON list, each one encrypted
    consent       TEXT   NOT NULL,             -- JSON, status.Consent
    mailbox       TEXT   NOT NULL,             -- keyed hash of the mailbox behind the address
    asked_at      BIGINT NOT NULL,
    failing_since BIGINT NOT NULL DEFAULT 0,   -- webhooks: first failure after the last success
    created_at    BIGINT NOT NULL,
    confirmed_at  BIGINT NOT NULL DEFAULT 0,
    ended_at      BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX subscribers_state ON subscribers (state, id);

-- Confirmation mails that a mailbox got since it last confirmed: the cap against bombing.
CREATE TABLE askings (
    mailbox TEXT PRIMARY KEY,
    sent    BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);

-- What messages say, rendered once for many recipients and fixed at the first attempt.
CREATE TABLE letters (
    id         TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL,
    data       TEXT   NOT NULL                 -- JSON
);

-- One message to one subscriber, with its attempts.
CREATE TABLE deliveries (
    id            TEXT PRIMARY KEY,
    kind          TEXT    NOT NULL,
    event_id      TEXT    NOT NULL,            -- '' when no event asked for it
    incident_id   TEXT    NOT NULL,            -- '' when it is about no notice
    subject       TEXT    NOT NULL,            -- what a newer message replaces: notice, component or itself
    subscriber_id TEXT    NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    channel       TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    asked         BIGINT  NOT NULL,            -- revision of the event
    told          BIGINT  NOT NULL DEFAULT 0,  -- revision that its letter shows; 0 until that is fixed
    letter        TEXT    NOT NULL DEFAULT '',
    attempts      BIGINT  NOT NULL DEFAULT 0,
    next_at       BIGINT  NOT NULL,
    first_at      BIGINT  NOT NULL DEFAULT 0,
    lease_owner   TEXT    NOT NULL DEFAULT '',
    lease_until   BIGINT  NOT NULL DEFAULT 0,
    created_at    BIGINT  NOT NULL,
    done_at       BIGINT  NOT NULL DEFAULT 0,
    ambiguous     BOOLEAN NOT NULL,
    answer        TEXT    NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX deliveries_once ON deliveries (event_id, subscriber_id) WHERE event_id <> '';
CREATE UNIQUE INDEX deliveries_waiting ON deliveries (subject, subscriber_id) WHERE state = 'waiting';
CREATE INDEX deliveries_subject ON deliveries (subject, subscriber_id);
CREATE INDEX deliveries_due ON deliveries (channel, state, next_at, id);
CREATE INDEX deliveries_subscriber ON deliveries (subscriber_id, state);

-- +goose Down
DROP TABLE deliveries;
DROP TABLE letters;
DROP TABLE askings;
DROP TABLE subscribers;
