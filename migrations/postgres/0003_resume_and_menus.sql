-- The line of a session as a keyed fingerprint, while a later dial of the same line
-- and code may go on from where it stood.
ALTER TABLE sessions ADD COLUMN line BYTEA;
ALTER TABLE sessions ADD COLUMN last_hop_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX sessions_by_line ON sessions (channel, line, last_hop_at) WHERE line IS NOT NULL;

-- The menu files that sessions began with, by the hash of what is in them.
CREATE TABLE menu_versions (
    version   TEXT PRIMARY KEY,
    files     TEXT NOT NULL,
    loaded_at BIGINT NOT NULL
);
