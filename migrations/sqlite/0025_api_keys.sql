-- Keys of the council's own systems: the part by which a key is known, and the hash of the rest.
-- A system may have two at once, while it changes from one to the other.
CREATE TABLE api_keys (
    id           TEXT PRIMARY KEY,
    client       TEXT NOT NULL,
    hash         BLOB NOT NULL,
    scopes       TEXT NOT NULL,
    created_by   TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    revoked_at   INTEGER,
    last_used_at INTEGER
) STRICT;

-- What was answered to requests that may be repeated, by the key that the system gave them; sealed.
CREATE TABLE api_answers (
    client     TEXT NOT NULL,
    request    TEXT NOT NULL,
    sealed     BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (client, request)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_answers_by_age ON api_answers (created_at);
