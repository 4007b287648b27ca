-- Files of the council on their way into the register. While one is judged, what it would move
-- is kept in parts, sealed; once somebody has decided that it is written, each part is written
-- and taken away in one unit of work, by whoever holds the import until `until`.
CREATE TABLE imports (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL,
    file          TEXT NOT NULL,
    header        TEXT NOT NULL,
    state         TEXT NOT NULL,
    tells         INTEGER NOT NULL,
    channel       TEXT NOT NULL,
    whole         INTEGER NOT NULL,
    place         INTEGER NOT NULL,
    read_rows     INTEGER NOT NULL,
    new_rows      INTEGER NOT NULL,
    changed_rows  INTEGER NOT NULL,
    same_rows     INTEGER NOT NULL,
    rejected_rows INTEGER NOT NULL,
    told          INTEGER NOT NULL,
    written_rows  INTEGER NOT NULL,
    refused_rows  INTEGER NOT NULL,
    fault         TEXT,
    made_by       TEXT NOT NULL,
    decided_by    TEXT,
    owner         TEXT NOT NULL,
    until         INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX imports_by_age ON imports (created_at);

CREATE TABLE import_parts (
    import TEXT NOT NULL REFERENCES imports (id),
    number INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (import, number)
) STRICT;

-- Rows that can't be taken; what is private in a value is masked.
CREATE TABLE import_rejects (
    import      TEXT NOT NULL REFERENCES imports (id),
    row_number  INTEGER NOT NULL,
    column_name TEXT NOT NULL,
    value       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    PRIMARY KEY (import, row_number)
) STRICT;
