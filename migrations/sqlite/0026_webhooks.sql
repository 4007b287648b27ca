-- Addresses of the council's own systems that events are posted to. `secret` is sealed. After a
-- failure nothing is posted there until `rests_until`.
CREATE TABLE webhooks (
    id            TEXT PRIMARY KEY,
    client        TEXT NOT NULL,
    url           TEXT NOT NULL,
    secret        BLOB NOT NULL,
    created_at    INTEGER NOT NULL,
    failures      INTEGER NOT NULL DEFAULT 0,
    failing_since INTEGER,
    rests_until   INTEGER NOT NULL DEFAULT 0,
    disabled_at   INTEGER,
    reason        TEXT
) STRICT;

-- What each of them wants to be told of.
CREATE TABLE webhook_kinds (
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    PRIMARY KEY (webhook_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_kinds_by_kind ON webhook_kinds (kind);

-- One event for one address: what it is about, and how far it has come. No reference to the
-- address: one that is removed meanwhile must not undo what causes an event.
CREATE TABLE webhook_events (
    id          TEXT PRIMARY KEY,
    webhook_id  TEXT NOT NULL,
    kind        TEXT NOT NULL,
    at          INTEGER NOT NULL,
    subject     TEXT NOT NULL,
    person_id   TEXT,
    detail      TEXT,
    state       TEXT NOT NULL,
    attempt     INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    lease_until INTEGER,
    status      INTEGER,
    reason      TEXT
) STRICT;
CREATE INDEX webhook_events_due ON webhook_events (webhook_id, due_at) WHERE state = 'waiting';
CREATE INDEX webhook_events_by_age ON webhook_events (at);

-- When a deployment came to be as it is.
ALTER TABLE deployments ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;

-- Events are written by triggers, so that no statement can forget to. Where nobody wants an
-- event, none is written.
CREATE TRIGGER hook_deployment_added AFTER INSERT ON deployments BEGIN
    INSERT INTO webhook_events (id, webhook_id, kind, at, subject, person_id, detail, state, attempt, due_at)
    SELECT lower(hex(randomblob(16))), webhook_id, kind, NEW.updated_at, NEW.id, NEW.person_id, NEW.state,
        'waiting', 0, 0
        FROM webhook_kinds JOIN webhooks w ON w.id = webhook_id
        WHERE kind = 'deployment.changed' AND w.disabled_at IS NULL;
END;

CREATE TRIGGER hook_deployment_changed AFTER UPDATE ON deployments
WHEN OLD.state <> NEW.state OR OLD.centre_code <> NEW.centre_code OR OLD.reports_at <> NEW.reports_at
    OR OLD.starts_on <> NEW.starts_on OR OLD.ends_on <> NEW.ends_on OR OLD.rate_kes <> NEW.rate_kes BEGIN
    INSERT INTO webhook_events (id, webhook_id, kind, at, subject, person_id, detail, state, attempt, due_at)
    SELECT lower(hex(randomblob(16))), webhook_id, kind, NEW.updated_at, NEW.id, NEW.person_id, NEW.state,
        'waiting', 0, 0
        FROM webhook_kinds JOIN webhooks w ON w.id = webhook_id
        WHERE kind = 'deployment.changed' AND w.disabled_at IS NULL;
END;

CREATE TRIGGER hook_invitation_answered AFTER UPDATE OF answered_at ON deployments
WHEN NEW.answered_at IS NOT NULL AND OLD.answered_at IS NOT NEW.answered_at BEGIN
    INSERT INTO webhook_events (id, webhook_id, kind, at, subject, person_id, detail, state, attempt, due_at)
    SELECT lower(hex(randomblob(16))), webhook_id, kind, NEW.answered_at, NEW.id, NEW.person_id,
        CASE NEW.state WHEN 'declined' THEN 'declined' ELSE 'accepted' END,
        'waiting', 0, 0
        FROM webhook_kinds JOIN webhooks w ON w.id = webhook_id
        WHERE kind = 'invitation.answered' AND w.disabled_at IS NULL;
END;

CREATE TRIGGER hook_person_added AFTER INSERT ON people BEGIN
    INSERT INTO webhook_events (id, webhook_id, kind, at, subject, person_id, state, attempt, due_at)
    SELECT lower(hex(randomblob(16))), webhook_id, kind, NEW.created_at, NEW.id, NEW.id,
        'waiting', 0, 0
        FROM webhook_kinds JOIN webhooks w ON w.id = webhook_id
        WHERE kind = 'person.added' AND w.disabled_at IS NULL;
END;

CREATE TRIGGER hook_person_changed AFTER INSERT ON changes BEGIN
    INSERT INTO webhook_events (id, webhook_id, kind, at, subject, person_id, detail, state, attempt, due_at)
    SELECT lower(hex(randomblob(16))), webhook_id, kind, NEW.at, NEW.person_id, NEW.person_id, NEW.field,
        'waiting', 0, 0
        FROM webhook_kinds JOIN webhooks w ON w.id = webhook_id
        WHERE kind = 'person.changed' AND w.disabled_at IS NULL;
END;

CREATE TRIGGER hook_message_settled AFTER UPDATE OF state ON outbox
WHEN NEW.state IN ('delivered', 'failed', 'expired') AND OLD.state <> NEW.state BEGIN
    INSERT INTO webhook_events (id, webhook_id, kind, at, subject, person_id, detail, state, attempt, due_at)
    SELECT lower(hex(randomblob(16))), webhook_id, kind, NEW.updated_at, NEW.id, NEW.person_id, NEW.state,
        'waiting', 0, 0
        FROM webhook_kinds JOIN webhooks w ON w.id = webhook_id
        WHERE kind = 'message.settled' AND w.disabled_at IS NULL;
END;

-- Lists are read page by page.
CREATE INDEX outbox_of_person_by_id ON outbox (person_id, id);
