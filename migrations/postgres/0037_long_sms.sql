-- Parts of long SMS, as networks that do not join them bring each; sealed.
CREATE TABLE inbound_parts (
    id          TEXT PRIMARY KEY,
    channel     TEXT NOT NULL,
    sender      TEXT NOT NULL,
    reference   BIGINT NOT NULL,
    parts       BIGINT NOT NULL,
    part        BIGINT NOT NULL,
    body        BYTEA NOT NULL,
    received_at BIGINT NOT NULL,
    joined      BIGINT NOT NULL,
    UNIQUE (channel, sender, reference, parts, part)
);
CREATE INDEX inbound_parts_apart ON inbound_parts (received_at) WHERE joined = 0;
