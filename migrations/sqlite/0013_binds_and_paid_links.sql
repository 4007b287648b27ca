-- Which process keeps the connection of a channel that has one, until when.
CREATE TABLE binds (
    channel TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT;

-- The link of a paid SMS, and of the one that answers it.
ALTER TABLE inbound ADD COLUMN link_id TEXT;
ALTER TABLE outbox ADD COLUMN link_id TEXT;
