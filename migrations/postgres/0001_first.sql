-- Times are epoch milliseconds, days are ISO dates, ids are text. The same schema
-- stands in migrations/sqlite; a test compares the two.

CREATE TABLE people (
    id          TEXT PRIMARY KEY,
    national_id TEXT NOT NULL UNIQUE,
    tsc_number  TEXT,
    name        TEXT NOT NULL,
    town        TEXT,
    msisdn      TEXT UNIQUE,
    kra_pin     TEXT,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);

-- What is remembered of a telephone line, whoever holds it.
CREATE TABLE lines (
    msisdn     TEXT PRIMARY KEY,
    language   TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE passwords (
    person_id   TEXT PRIMARY KEY REFERENCES people (id),
    hash        TEXT NOT NULL,
    must_change BIGINT NOT NULL,
    issued_at   BIGINT NOT NULL,
    expires_at  BIGINT
);

CREATE TABLE centres (
    code                TEXT PRIMARY KEY,
    name                TEXT NOT NULL,
    sub_county          TEXT NOT NULL,
    county              TEXT NOT NULL,
    distribution_centre TEXT NOT NULL
);

CREATE TABLE deployments (
    id          TEXT PRIMARY KEY,
    person_id   TEXT NOT NULL REFERENCES people (id),
    centre_code TEXT NOT NULL REFERENCES centres (code),
    exam        TEXT NOT NULL,
    year        BIGINT NOT NULL,
    role        TEXT NOT NULL,
    state       TEXT NOT NULL,
    serial      BIGINT NOT NULL UNIQUE,
    issued_on   TEXT NOT NULL,
    reports_at  BIGINT NOT NULL,
    starts_on   TEXT NOT NULL,
    ends_on     TEXT NOT NULL,
    rate_kes    BIGINT NOT NULL
);
CREATE INDEX deployments_of_person ON deployments (person_id);

-- One row a session; `sealed` holds where it stands and every answer given.
CREATE TABLE sessions (
    channel    TEXT NOT NULL,
    id         TEXT NOT NULL,
    version    BIGINT NOT NULL,
    sealed     BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (channel, id)
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Every SMS that leaves. `body` is sealed, and gone once the aggregator has it.
CREATE TABLE outbox (
    id          TEXT PRIMARY KEY,
    cause       TEXT NOT NULL UNIQUE,
    lane        BIGINT NOT NULL,
    channel     TEXT NOT NULL,
    recipient   TEXT NOT NULL,
    person_id   TEXT,
    body        BYTEA,
    segments    BIGINT NOT NULL,
    state       TEXT NOT NULL,
    attempt     BIGINT NOT NULL,
    unanswered  BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    lease_until BIGINT,
    expires_at  BIGINT NOT NULL,
    provider_id TEXT,
    cost        TEXT,
    reason      TEXT,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX outbox_queued ON outbox (lane, due_at) WHERE state = 'queued';
CREATE INDEX outbox_leased ON outbox (lease_until) WHERE state = 'sending';
CREATE INDEX outbox_unknown ON outbox (due_at) WHERE state = 'unknown';
CREATE INDEX outbox_by_provider ON outbox (channel, provider_id);
CREATE INDEX outbox_by_recipient ON outbox (recipient, created_at);

-- Delivery reports that matched no message when they came.
CREATE TABLE reports (
    id          TEXT PRIMARY KEY,
    channel     TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    recipient   TEXT,
    verdict     TEXT NOT NULL,
    reason      TEXT,
    received_at BIGINT NOT NULL
);
CREATE INDEX reports_by_provider ON reports (channel, provider_id);
CREATE INDEX reports_by_recipient ON reports (channel, recipient);

-- One-time links to letters, by the hash of their token.
CREATE TABLE links (
    token_hash    BYTEA PRIMARY KEY,
    person_id     TEXT NOT NULL REFERENCES people (id),
    deployment_id TEXT NOT NULL REFERENCES deployments (id),
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    redeemed_at   BIGINT
);
CREATE INDEX links_of_deployment ON links (deployment_id);

-- Browsers that are logged in, by the hash of their cookie.
CREATE TABLE web_sessions (
    token_hash BYTEA PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- SMS that came in, each once; the text is sealed.
CREATE TABLE inbound (
    channel     TEXT NOT NULL,
    id          TEXT NOT NULL,
    sender      TEXT NOT NULL,
    body        BYTEA NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (channel, id)
);

-- Numbers that asked a sender to stop.
CREATE TABLE opt_outs (
    sender     TEXT NOT NULL,
    msisdn     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (sender, msisdn)
);

-- Who did what to whose record, when and by which way.
CREATE TABLE audit (
    id      TEXT PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    subject TEXT,
    what    TEXT NOT NULL,
    way     TEXT NOT NULL,
    detail  TEXT
);
CREATE INDEX audit_of_subject ON audit (subject, what, at);
