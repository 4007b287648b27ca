-- The names of the screens that a session has shown, each once, the last one last.
ALTER TABLE sessions ADD COLUMN shown TEXT NOT NULL DEFAULT '';

-- How many sessions showed a screen, and how many showed it last: sessions that are
-- forgotten are added up here.
CREATE TABLE traffic (
    day      TEXT NOT NULL,
    screen   TEXT NOT NULL,
    sessions BIGINT NOT NULL,
    ended    BIGINT NOT NULL,
    PRIMARY KEY (day, screen)
);
