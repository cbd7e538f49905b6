-- +goose Up

-- Asked for again by staff: such a message is marked.
ALTER TABLE deliveries ADD COLUMN redelivery BOOLEAN NOT NULL DEFAULT FALSE;

-- How far the word of a notice has come: this index alone is read to count its messages
-- by event, channel and state, and to list those in one state.
CREATE INDEX deliveries_tally ON deliveries (subject, event_id, channel, state, next_at, id);
CREATE INDEX deliveries_failed ON deliveries (done_at) WHERE state = 'failed';
CREATE INDEX events_incident ON events (incident_id, revision);

-- +goose Down
DROP INDEX events_incident;
DROP INDEX deliveries_failed;
DROP INDEX deliveries_tally;
ALTER TABLE deliveries DROP COLUMN redelivery;
