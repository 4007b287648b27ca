-- Parts of long SMS, as networks that do not join them bring each; sealed.
CREATE TABLE inbound_parts (
    id          TEXT PRIMARY KEY,
    channel     TEXT NOT NULL,
    sender      TEXT NOT NULL,
    reference   INTEGER NOT NULL,
    parts       INTEGER NOT NULL,
    part        INTEGER NOT NULL,
    body        BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    joined      INTEGER NOT NULL,
    UNIQUE (channel, sender, reference, parts, part)
) STRICT;
CREATE INDEX inbound_parts_apart ON inbound_parts (received_at) WHERE joined = 0;
