-- Addresses of the council's own systems that events are posted to. `secret` is sealed. After a
-- failure nothing is posted there until `rests_until`.
CREATE TABLE webhooks (
    id            TEXT PRIMARY KEY,
    client        TEXT NOT NULL,
    url           TEXT NOT NULL,
    secret        BYTEA NOT NULL,
    created_at    BIGINT NOT NULL,
    failures      BIGINT NOT NULL DEFAULT 0,
    failing_since BIGINT,
    rests_until   BIGINT NOT NULL DEFAULT 0,
    disabled_at   BIGINT,
    reason        TEXT
);

-- What each of them wants to be told of.
CREATE TABLE webhook_kinds (
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    PRIMARY KEY (webhook_id, kind)
);
CREATE INDEX webhook_kinds_by_kind ON webhook_kinds (kind);

-- One event for one address: what it is about, and how far it has come. No reference to the
-- address: one that is removed meanwhile must not undo what causes an event.
CREATE TABLE webhook_events (
    id          TEXT PRIMARY KEY,
    webhook_id  TEXT NOT NULL,
    kind        TEXT NOT NULL,
    at          BIGINT NOT NULL,
    subject     TEXT NOT NULL,
    person_id   TEXT,
    detail      TEXT,
    state       TEXT NOT NULL,
    attempt     BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    lease_until BIGINT,
    status      BIGINT,
    reason      TEXT
);
CREATE INDEX webhook_events_due ON webhook_events (webhook_id, due_at) WHERE state = 'waiting';
CREATE INDEX webhook_events_by_age ON webhook_events (at);

-- When a deployment came to be as it is.
ALTER TABLE deployments ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;

-- Events are written by triggers, so that no statement can forget to, once for a statement and
-- not for each row. Where nobody wants an event, none is written.
CREATE FUNCTION hook_event_id() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT replace(gen_random_uuid()::text, '-', '')
$$;

CREATE FUNCTION hook_deployment_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM webhook_kinds WHERE kind = 'deployment.changed') THEN RETURN NULL; END IF;
    INSERT INTO webhook_events (id, webhook_id, kind, at, subject, person_id, detail, state, attempt, due_at)
    SELECT hook_event_id(), k.webhook_id, k.kind, n.updated_at, n.id, n.person_id, n.state, 'waiting', 0, 0
    FROM webhook_kinds k JOIN webhooks w ON w.id = k.webhook_id AND w.disabled_at IS NULL
    JOIN new_rows n ON k.kind = 'deployment.changed';
    RETURN NULL;
END $$;
CREATE TRIGGER hook_deployment_added AFTER INSERT ON deployments
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION hook_deployment_added();

CREATE FUNCTION hook_deployment_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM webhook_kinds WHERE kind = 'deployment.changed') THEN RETURN NULL; END IF;
    INSERT INTO webhook_events (id, webhook_id, kind, at, subject, person_id, detail, state, attempt, due_at)
    SELECT hook_event_id(), k.webhook_id, k.kind, n.updated_at, n.id, n.person_id, n.state, 'waiting', 0, 0
    FROM webhook_kinds k JOIN webhooks w ON w.id = k.webhook_id AND w.disabled_at IS NULL
    JOIN new_rows n ON k.kind = 'deployment.changed'
    JOIN old_rows o ON o.id = n.id
    WHERE (o.state <> n.state OR o.centre_code <> n.centre_code OR o.reports_at <> n.reports_at
        OR o.starts_on <> n.starts_on OR o.ends_on <> n.ends_on OR o.rate_kes <> n.rate_kes);
    RETURN NULL;
END $$;
CREATE TRIGGER hook_deployment_changed AFTER UPDATE ON deployments
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION hook_deployment_changed();

CREATE FUNCTION hook_invitation_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM webhook_kinds WHERE kind = 'invitation.answered') THEN RETURN NULL; END IF;
    INSERT INTO webhook_events (id, webhook_id, kind, at, subject, person_id, detail, state, attempt, due_at)
    SELECT hook_event_id(), k.webhook_id, k.kind, n.answered_at, n.id, n.person_id,
        CASE n.state WHEN 'declined' THEN 'declined' ELSE 'accepted' END, 'waiting', 0, 0
    FROM webhook_kinds k JOIN webhooks w ON w.id = k.webhook_id AND w.disabled_at IS NULL
    JOIN new_rows n ON k.kind = 'invitation.answered'
    JOIN old_rows o ON o.id = n.id
    WHERE n.answered_at IS DISTINCT FROM o.answered_at AND n.answered_at IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER hook_invitation_answered AFTER UPDATE ON deployments
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION hook_invitation_answered();

CREATE FUNCTION hook_person_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM webhook_kinds WHERE kind = 'person.added') THEN RETURN NULL; END IF;
    INSERT INTO webhook_events (id, webhook_id, kind, at, subject, person_id, detail, state, attempt, due_at)
    SELECT hook_event_id(), k.webhook_id, k.kind, n.created_at, n.id, n.id, NULL, 'waiting', 0, 0
    FROM webhook_kinds k JOIN webhooks w ON w.id = k.webhook_id AND w.disabled_at IS NULL
    JOIN new_rows n ON k.kind = 'person.added';
    RETURN NULL;
END $$;
CREATE TRIGGER hook_person_added AFTER INSERT ON people
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION hook_person_added();

CREATE FUNCTION hook_person_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM webhook_kinds WHERE kind = 'person.changed') THEN RETURN NULL; END IF;
    INSERT INTO webhook_events (id, webhook_id, kind, at, subject, person_id, detail, state, attempt, due_at)
    SELECT hook_event_id(), k.webhook_id, k.kind, n.at, n.person_id, n.person_id, n.field, 'waiting', 0, 0
    FROM webhook_kinds k JOIN webhooks w ON w.id = k.webhook_id AND w.disabled_at IS NULL
    JOIN new_rows n ON k.kind = 'person.changed';
    RETURN NULL;
END $$;
CREATE TRIGGER hook_person_changed AFTER INSERT ON changes
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION hook_person_changed();

CREATE FUNCTION hook_message_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM webhook_kinds WHERE kind = 'message.settled') THEN RETURN NULL; END IF;
    INSERT INTO webhook_events (id, webhook_id, kind, at, subject, person_id, detail, state, attempt, due_at)
    SELECT hook_event_id(), k.webhook_id, k.kind, n.updated_at, n.id, n.person_id, n.state, 'waiting', 0, 0
    FROM webhook_kinds k JOIN webhooks w ON w.id = k.webhook_id AND w.disabled_at IS NULL
    JOIN new_rows n ON k.kind = 'message.settled'
    JOIN old_rows o ON o.id = n.id
    WHERE n.state IN ('delivered', 'failed', 'expired') AND o.state <> n.state;
    RETURN NULL;
END $$;
CREATE TRIGGER hook_message_settled AFTER UPDATE ON outbox
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION hook_message_settled();

-- Lists are read page by page.
CREATE INDEX outbox_of_person_by_id ON outbox (person_id, id);
