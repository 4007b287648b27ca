-- Each entry is chained to the one before by a hash, soon after it was kept: in the unit of work
-- itself every other one would wait for it. `audit_head` is the last link.
ALTER TABLE audit ADD COLUMN number BIGINT;
ALTER TABLE audit ADD COLUMN hash BYTEA;
CREATE UNIQUE INDEX audit_by_number ON audit (number);
CREATE INDEX audit_unchained ON audit (id) WHERE number IS NULL;
CREATE INDEX audit_of_actor ON audit (actor, id);

CREATE TABLE audit_head (
    one    BIGINT PRIMARY KEY,
    number BIGINT NOT NULL,
    hash   BYTEA NOT NULL
);
INSERT INTO audit_head (one, number, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));
