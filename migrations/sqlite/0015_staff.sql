-- The council's staff, who log in to the console. `totp` is sealed; it counts once `enrolled_at`
-- is there, and `totp_step` is the last step whose code was taken, since each is taken once.
CREATE TABLE staff (
    name          TEXT PRIMARY KEY,
    role          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    must_change   INTEGER NOT NULL,
    totp          BLOB,
    totp_step     INTEGER NOT NULL DEFAULT 0,
    enrolled_at   INTEGER,
    disabled_at   INTEGER,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT;

-- Recovery codes instead of the telephone with the second factor, each by its hash, gone once used.
CREATE TABLE staff_codes (
    name      TEXT NOT NULL REFERENCES staff (name),
    code_hash BLOB NOT NULL,
    PRIMARY KEY (name, code_hash)
) STRICT;

-- Browsers of staff, by the hash of their cookie; `proven` once the second factor was shown.
CREATE TABLE staff_sessions (
    id         TEXT PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    name       TEXT NOT NULL REFERENCES staff (name),
    proven     INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    idle_until INTEGER NOT NULL
) STRICT;

-- Staff look people up by any number that they can give.
CREATE INDEX people_by_tsc_number ON people (tsc_number);

-- Where two must approve, who did first.
ALTER TABLE number_changes ADD COLUMN approved_by TEXT;
