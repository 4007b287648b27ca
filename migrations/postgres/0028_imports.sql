-- Files of the council on their way into the register. While one is judged, what it would move
-- is kept in parts, sealed; once somebody has decided that it is written, each part is written
-- and taken away in one unit of work, by whoever holds the import until `until`.
CREATE TABLE imports (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL,
    file          TEXT NOT NULL,
    header        TEXT NOT NULL,
    state         TEXT NOT NULL,
    tells         BIGINT NOT NULL,
    channel       TEXT NOT NULL,
    whole         BIGINT NOT NULL,
    place         BIGINT NOT NULL,
    read_rows     BIGINT NOT NULL,
    new_rows      BIGINT NOT NULL,
    changed_rows  BIGINT NOT NULL,
    same_rows     BIGINT NOT NULL,
    rejected_rows BIGINT NOT NULL,
    told          BIGINT NOT NULL,
    written_rows  BIGINT NOT NULL,
    refused_rows  BIGINT NOT NULL,
    fault         TEXT,
    made_by       TEXT NOT NULL,
    decided_by    TEXT,
    owner         TEXT NOT NULL,
    until         BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);
CREATE INDEX imports_by_age ON imports (created_at);

CREATE TABLE import_parts (
    import TEXT NOT NULL REFERENCES imports (id),
    number BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (import, number)
);

-- Rows that can't be taken; what is private in a value is masked.
CREATE TABLE import_rejects (
    import      TEXT NOT NULL REFERENCES imports (id),
    row_number  BIGINT NOT NULL,
    column_name TEXT NOT NULL,
    value       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    PRIMARY KEY (import, row_number)
);
