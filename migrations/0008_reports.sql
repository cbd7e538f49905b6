-- +goose Up

-- Since when the page says that more problems are reported than usual; 0: it does not.
ALTER TABLE site ADD COLUMN raised_at BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE site DROP COLUMN raised_at;
