-- Keys of the council's own systems: the part by which a key is known, and the hash of the rest.
-- A system may have two at once, while it changes from one to the other.
CREATE TABLE api_keys (
    id           TEXT PRIMARY KEY,
    client       TEXT NOT NULL,
    hash         BYTEA NOT NULL,
    scopes       TEXT NOT NULL,
    created_by   TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    revoked_at   BIGINT,
    last_used_at BIGINT
);

-- What was answered to requests that may be repeated, by the key that the system gave them; sealed.
CREATE TABLE api_answers (
    client     TEXT NOT NULL,
    request    TEXT NOT NULL,
    sealed     BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (client, request)
);
CREATE INDEX api_answers_by_age ON api_answers (created_at);
