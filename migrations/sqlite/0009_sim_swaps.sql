-- Questions about the SIM card behind a line, one for each line: due, asking, asked, untold.
DROP TABLE sim_checks;
CREATE TABLE sim_checks (
    msisdn    TEXT PRIMARY KEY,
    channel   TEXT NOT NULL,
    state     TEXT NOT NULL,
    reference TEXT,
    asked_at  INTEGER NOT NULL
) STRICT;

-- What aggregators told of such cards. They may tell before we know the reference of our
-- own question, so a verdict stands by itself.
CREATE TABLE sim_verdicts (
    channel   TEXT NOT NULL,
    reference TEXT NOT NULL,
    swap      TEXT NOT NULL,
    told_at   INTEGER NOT NULL,
    PRIMARY KEY (channel, reference)
) STRICT;
