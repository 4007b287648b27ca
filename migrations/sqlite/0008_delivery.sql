-- Which network gave the line's number out, and which route of the configuration carries the message.
ALTER TABLE outbox ADD COLUMN network TEXT NOT NULL DEFAULT 'other';
ALTER TABLE outbox ADD COLUMN route TEXT;

DROP INDEX outbox_queued;
CREATE INDEX outbox_queued ON outbox (lane, channel, due_at) WHERE state = 'queued';
CREATE INDEX outbox_expiring ON outbox (expires_at) WHERE state = 'queued';
CREATE INDEX outbox_by_person ON outbox (person_id, created_at);
CREATE INDEX outbox_by_age ON outbox (created_at);

-- Every change of a message and its cause. Triggers write it, so that no statement can forget to.
CREATE TABLE sms_events (
    message_id TEXT NOT NULL,
    number     INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    state      TEXT NOT NULL,
    attempt    INTEGER NOT NULL,
    channel    TEXT NOT NULL,
    reason     TEXT,
    PRIMARY KEY (message_id, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER sms_added AFTER INSERT ON outbox BEGIN
    INSERT INTO sms_events (message_id, number, at, state, attempt, channel, reason)
    VALUES (NEW.id, 0, NEW.updated_at, NEW.state, NEW.attempt, NEW.channel, NEW.reason);
END;

CREATE TRIGGER sms_changed AFTER UPDATE OF state, channel ON outbox
WHEN OLD.state <> NEW.state OR OLD.channel <> NEW.channel BEGIN
    INSERT INTO sms_events (message_id, number, at, state, attempt, channel, reason)
    SELECT NEW.id, COUNT(*), NEW.updated_at, NEW.state, NEW.attempt, NEW.channel, NEW.reason
    FROM sms_events WHERE message_id = NEW.id;
END;

CREATE TRIGGER sms_forgotten AFTER DELETE ON outbox BEGIN
    DELETE FROM sms_events WHERE message_id = OLD.id;
END;

-- Channels that are held back, for every process to see; one that has no row sends.
CREATE TABLE channel_states (
    channel TEXT PRIMARY KEY,
    state   TEXT NOT NULL,
    reason  TEXT NOT NULL,
    since   INTEGER NOT NULL,
    until   INTEGER
) STRICT;
