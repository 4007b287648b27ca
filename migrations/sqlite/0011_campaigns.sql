-- One text to many people. `chosen` says whom it goes to, as JSON; while it is written down
-- person by person, `gathered_to` is the last one who was looked at.
CREATE TABLE campaigns (
    reference   TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    class       TEXT NOT NULL,
    text_en     TEXT NOT NULL,
    text_sw     TEXT NOT NULL,
    segments    INTEGER NOT NULL,
    chosen      TEXT NOT NULL,
    county_pace INTEGER,
    channel     TEXT NOT NULL,
    state       TEXT NOT NULL,
    gathered_to TEXT,
    created_by  TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

-- Whom it goes to: they wait, are handed to the outbox, or are passed over for a reason.
CREATE TABLE campaign_people (
    campaign      TEXT NOT NULL REFERENCES campaigns (reference),
    person_id     TEXT NOT NULL,
    county        TEXT NOT NULL,
    deployment_id TEXT,
    state         TEXT NOT NULL,
    settled_at    INTEGER,
    PRIMARY KEY (campaign, person_id)
) STRICT;
CREATE INDEX campaign_people_by_state ON campaign_people (campaign, state, county, settled_at);
