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
    number     BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    state      TEXT NOT NULL,
    attempt    BIGINT NOT NULL,
    channel    TEXT NOT NULL,
    reason     TEXT,
    PRIMARY KEY (message_id, number)
);

-- Once for a statement and not for each row: a claim changes hundreds.
CREATE FUNCTION sms_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sms_events (message_id, number, at, state, attempt, channel, reason)
    SELECT id, 0, updated_at, state, attempt, channel, reason FROM new_rows;
    RETURN NULL;
END $$;
CREATE TRIGGER sms_added AFTER INSERT ON outbox
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION sms_added();

CREATE FUNCTION sms_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sms_events (message_id, number, at, state, attempt, channel, reason)
    SELECT n.id, (SELECT COUNT(*) FROM sms_events e WHERE e.message_id = n.id),
        n.updated_at, n.state, n.attempt, n.channel, n.reason
    FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE o.state <> n.state OR o.channel <> n.channel;
    RETURN NULL;
END $$;
CREATE TRIGGER sms_changed AFTER UPDATE ON outbox
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sms_changed();

CREATE FUNCTION sms_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM sms_events WHERE message_id IN (SELECT id FROM old_rows);
    RETURN NULL;
END $$;
CREATE TRIGGER sms_forgotten AFTER DELETE ON outbox
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION sms_forgotten();

-- Channels that are held back, for every process to see; one that has no row sends.
CREATE TABLE channel_states (
    channel TEXT PRIMARY KEY,
    state   TEXT NOT NULL,
    reason  TEXT NOT NULL,
    since   BIGINT NOT NULL,
    until   BIGINT
);
