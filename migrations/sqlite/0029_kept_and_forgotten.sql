-- The work of people who were erased, with who was paid, sealed: the law wants payments kept
-- until then.
CREATE TABLE kept_work (
    person_id   TEXT PRIMARY KEY,
    -- A keyed hash, by which it is found.
    national_id BLOB NOT NULL,
    sealed      BLOB NOT NULL,
    until       INTEGER NOT NULL
) STRICT;

-- The last entry of the audit log that was forgotten, by its number and link.
ALTER TABLE audit_head ADD COLUMN gone_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audit_head ADD COLUMN gone_hash BLOB;

-- What is forgotten is found by its age.
CREATE INDEX inbound_by_age ON inbound (received_at);
CREATE INDEX inbound_by_sender ON inbound (sender);
CREATE INDEX links_by_end ON links (expires_at);
CREATE INDEX links_of_person ON links (person_id);
CREATE INDEX web_sessions_of_person ON web_sessions (person_id);
CREATE INDEX changes_by_age ON changes (at);
CREATE INDEX deployments_by_end ON deployments (ends_on);
CREATE INDEX kept_work_of_id ON kept_work (national_id);
CREATE INDEX campaign_people_of_person ON campaign_people (person_id);
