-- +goose Up

-- One row: the page's settings and the number of the published state.
CREATE TABLE site (
    id              BIGINT PRIMARY KEY CHECK (id = 1),
    epoch           TEXT   NOT NULL,          -- random; renewed by restore and copy
    revision        BIGINT NOT NULL,
    moment          BIGINT NOT NULL,          -- when this revision was made
    due             BIGINT NOT NULL,          -- when time alone makes the next one
    key_fingerprint TEXT   NOT NULL DEFAULT '', -- of the secret key; every node needs the same
    page            TEXT   NOT NULL           -- JSON, status.Page
);

CREATE TABLE components (
    id                    TEXT PRIMARY KEY,
    page_id               TEXT    NOT NULL,
    name                  TEXT    NOT NULL,
    description           TEXT,
    is_group              BOOLEAN NOT NULL,
    group_id              TEXT    NOT NULL,
    level                 TEXT    NOT NULL,
    position              BIGINT  NOT NULL,
    ord                   BIGINT  NOT NULL,   -- source order; breaks ties of position
    showcase              BOOLEAN NOT NULL,
    start_date            TEXT    NOT NULL,
    only_show_if_degraded BOOLEAN NOT NULL,
    audience              BIGINT  NOT NULL,
    criticality           TEXT    NOT NULL,
    created_at            BIGINT  NOT NULL,
    updated_at            BIGINT  NOT NULL,
    version               BIGINT  NOT NULL,
    revision              BIGINT  NOT NULL
);

-- A component's level over time: from this moment on, until the next row.
CREATE TABLE component_spans (
    component_id TEXT   NOT NULL REFERENCES components (id) ON DELETE CASCADE,
    from_at      BIGINT NOT NULL,
    level        TEXT   NOT NULL,
    PRIMARY KEY (component_id, from_at)
);
CREATE INDEX component_spans_time ON component_spans (from_at);

-- Notices of both kinds. data is the whole status.Incident; the other columns are its index.
CREATE TABLE incidents (
    id         TEXT PRIMARY KEY,
    kind       TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    draft      BOOLEAN NOT NULL,
    is_open    BOOLEAN NOT NULL,
    began_at   BIGINT  NOT NULL,               -- maintenance: window; incident: creation
    month      TEXT    NOT NULL,               -- YYYY-MM of began_at in the page's zone
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    ord        BIGINT  NOT NULL,
    version    BIGINT  NOT NULL,
    revision   BIGINT  NOT NULL,
    data       TEXT    NOT NULL
);
CREATE INDEX incidents_open ON incidents (is_open, draft);
CREATE INDEX incidents_recent ON incidents (kind, draft, created_at);
CREATE INDEX incidents_changed ON incidents (kind, draft, updated_at);
CREATE INDEX incidents_month ON incidents (draft, month, kind);

CREATE TABLE incident_updates (
    incident_id TEXT   NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    id          TEXT   NOT NULL,
    n           BIGINT NOT NULL,               -- 0 is the newest
    data        TEXT   NOT NULL,               -- JSON, status.Update
    PRIMARY KEY (incident_id, id)
);

-- What must be told: written with the change itself, expanded into deliveries later.
CREATE TABLE events (
    id           TEXT PRIMARY KEY,
    revision     BIGINT  NOT NULL,
    seq          BIGINT  NOT NULL,             -- order within a revision
    type         TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    incident_id  TEXT    NOT NULL,
    component_id TEXT    NOT NULL,
    notify       BOOLEAN NOT NULL,
    hold_until   BIGINT  NOT NULL,             -- nothing is sent before
    cursor       TEXT    NOT NULL DEFAULT '',  -- last subscriber expanded
    expanded     BOOLEAN NOT NULL,
    data         TEXT    NOT NULL              -- JSON, status.Event
);
CREATE INDEX events_revision ON events (revision);
CREATE INDEX events_waiting ON events (expanded, hold_until);

-- Answers of POSTs that carried an Idempotency-Key, for 24 hours.
CREATE TABLE idempotency (
    scope      TEXT   NOT NULL,                -- who asked
    key        TEXT   NOT NULL,
    hash       TEXT   NOT NULL,                -- of the request
    object_id  TEXT   NOT NULL,
    status     BIGINT NOT NULL DEFAULT 0,      -- 0 until the answer was saved
    answer     TEXT   NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);

CREATE TABLE audit (
    id     TEXT PRIMARY KEY,
    at     BIGINT NOT NULL,
    actor  TEXT   NOT NULL,
    action TEXT   NOT NULL,                    -- noun.verb
    object TEXT   NOT NULL,
    detail TEXT   NOT NULL
);
CREATE INDEX audit_time ON audit (at);

CREATE TABLE reports (
    id         TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL,
    data       TEXT   NOT NULL                 -- JSON, status.Report
);
CREATE INDEX reports_time ON reports (created_at);

-- +goose Down
DROP TABLE reports;
DROP TABLE audit;
DROP TABLE idempotency;
DROP TABLE events;
DROP TABLE incident_updates;
DROP TABLE incidents;
DROP TABLE component_spans;
DROP TABLE components;
DROP TABLE site;
