-- What each process says of itself, every few seconds: for a board and a status that are true of
-- all of them.
CREATE TABLE processes (
    id         TEXT PRIMARY KEY,
    parts      TEXT NOT NULL,
    version    TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    silent_s   INTEGER,
    pace       TEXT NOT NULL
) STRICT;

-- A mark that only the key of that name makes: tells a wrong key before it seals anything.
CREATE TABLE key_marks (
    name       TEXT PRIMARY KEY,
    mark       BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- What was done last when, and of how many rows in all: backups, imports.
CREATE TABLE milestones (
    what TEXT PRIMARY KEY,
    at   INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    sum  INTEGER NOT NULL
) STRICT;

-- Sessions that are over, for whoever helps a caller: which screens were shown, and how it
-- ended. `line` is a keyed fingerprint.
CREATE TABLE conversations (
    channel  TEXT NOT NULL,
    id       TEXT NOT NULL,
    line     BLOB NOT NULL,
    began_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    hops     INTEGER NOT NULL,
    screens  TEXT NOT NULL,
    last     TEXT NOT NULL,
    ending   TEXT NOT NULL,
    PRIMARY KEY (channel, id)
) STRICT;
CREATE INDEX conversations_of_line ON conversations (line, last_at);
CREATE INDEX conversations_by_age ON conversations (last_at, last, ending);

-- Deeds that two members of staff must want: who was the first.
CREATE TABLE approvals (
    deed    TEXT NOT NULL,
    subject TEXT NOT NULL,
    by      TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (deed, subject)
) STRICT;
ALTER TABLE number_changes DROP COLUMN approved_by;
CREATE INDEX number_changes_of_line ON number_changes (new_msisdn, created_at);

-- Auditors look for a day and page through it.
DROP INDEX audit_of_actor;
CREATE INDEX audit_of_actor ON audit (actor, at, id);
CREATE INDEX audit_by_time ON audit (at, id);
