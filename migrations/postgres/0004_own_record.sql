-- People keep their own record: what they may tell about themselves, what proves who
-- they are, and what follows from it.

ALTER TABLE people ADD COLUMN birth_year BIGINT;
ALTER TABLE people ADD COLUMN gender TEXT;
ALTER TABLE people ADD COLUMN qualification TEXT;
ALTER TABLE people ADD COLUMN workstation TEXT;
ALTER TABLE people ADD COLUMN county TEXT;
ALTER TABLE people ADD COLUMN sub_county TEXT;
ALTER TABLE people ADD COLUMN email TEXT;
-- Until then no credentials and letters go to the person's line: it is theirs too newly.
ALTER TABLE people ADD COLUMN waits_until BIGINT;

ALTER TABLE centres ADD COLUMN location TEXT;
ALTER TABLE centres ADD COLUMN candidates BIGINT;
ALTER TABLE centres ADD COLUMN distance_km BIGINT;

-- The answer to an invitation: until when, when and, of a refusal, why.
ALTER TABLE deployments ADD COLUMN answer_by BIGINT;
ALTER TABLE deployments ADD COLUMN answered_at BIGINT;
ALTER TABLE deployments ADD COLUMN answer_reason TEXT;
CREATE INDEX deployments_of_centre ON deployments (centre_code);

-- PINs, as a hash keyed outside the database.
CREATE TABLE pins (
    person_id TEXT PRIMARY KEY REFERENCES people (id),
    mac       TEXT NOT NULL,
    set_at    BIGINT NOT NULL,
    -- When it was last set without knowing the one before.
    reset_at  BIGINT
);

-- Wrong guesses at one secret. Only a right one makes them forgotten.
CREATE TABLE guesses (
    bucket       TEXT PRIMARY KEY,
    failures     BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    last_at      BIGINT NOT NULL
);

-- What was done how often, where a limit counts it: one row a time.
CREATE TABLE uses (
    bucket TEXT NOT NULL,
    at     BIGINT NOT NULL
);
CREATE INDEX uses_of_bucket ON uses (bucket, at);
CREATE INDEX uses_by_age ON uses (at);

-- Every change of a record, old and new sealed.
CREATE TABLE changes (
    id        TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    at        BIGINT NOT NULL,
    way       TEXT NOT NULL,
    field     TEXT NOT NULL,
    old       BYTEA,
    new       BYTEA
);
CREATE INDEX changes_of_person ON changes (person_id, at);

-- Numbers that people ask to have: from their line with a code sent to the new one, or
-- from the new one with a request that somebody decides.
CREATE TABLE number_changes (
    id         TEXT PRIMARY KEY,
    reference  TEXT NOT NULL UNIQUE,
    person_id  TEXT NOT NULL REFERENCES people (id),
    new_msisdn TEXT NOT NULL,
    way        TEXT NOT NULL,
    state      TEXT NOT NULL,
    code_mac   BYTEA,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT
);
CREATE INDEX number_changes_of_person ON number_changes (person_id, created_at);

-- People who ask to be known; what they told about themselves is sealed.
CREATE TABLE registrations (
    id          TEXT PRIMARY KEY,
    reference   TEXT NOT NULL UNIQUE,
    msisdn      TEXT NOT NULL,
    -- A keyed hash of the ID number, by which a second request is recognised.
    national_id BYTEA NOT NULL,
    sealed      BYTEA NOT NULL,
    state       TEXT NOT NULL,
    language    TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    decided_at  BIGINT,
    decided_by  TEXT,
    reason      TEXT
);
CREATE INDEX registrations_of_line ON registrations (msisdn);
CREATE INDEX registrations_of_id ON registrations (national_id);

-- Problems that people report; what they told is sealed.
CREATE TABLE problems (
    id         TEXT PRIMARY KEY,
    reference  TEXT NOT NULL UNIQUE,
    person_id  TEXT REFERENCES people (id),
    msisdn     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    sealed     BYTEA NOT NULL,
    state      TEXT NOT NULL,
    answer     TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX problems_of_line ON problems (msisdn, created_at);

-- Who was there, by day; a correction replaces the mark, the audit log keeps both.
CREATE TABLE attendance (
    deployment_id TEXT NOT NULL REFERENCES deployments (id),
    day           TEXT NOT NULL,
    present       BIGINT NOT NULL,
    marked_by     TEXT NOT NULL,
    marked_at     BIGINT NOT NULL,
    PRIMARY KEY (deployment_id, day)
);

-- Days that a centre manager has signed off.
CREATE TABLE attendance_days (
    centre_code TEXT NOT NULL REFERENCES centres (code),
    day         TEXT NOT NULL,
    signed_by   TEXT NOT NULL,
    signed_at   BIGINT NOT NULL,
    PRIMARY KEY (centre_code, day)
);

-- Lines that did not take our last SMS, and why.
CREATE TABLE blocked_lines (
    msisdn TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    since  BIGINT NOT NULL
);

-- What an operator says about the SIM card behind a line.
CREATE TABLE sim_checks (
    msisdn      TEXT PRIMARY KEY,
    channel     TEXT NOT NULL,
    state       TEXT NOT NULL,
    reference   TEXT,
    asked_at    BIGINT NOT NULL,
    answered_at BIGINT,
    swapped_on  TEXT
);
CREATE INDEX sim_checks_by_reference ON sim_checks (channel, reference);

-- When an incoming SMS was dealt with.
ALTER TABLE inbound ADD COLUMN handled_at BIGINT;
CREATE INDEX inbound_waiting ON inbound (received_at) WHERE handled_at IS NULL;
