-- A hop that leaves what is indexed as it is changes its row alone, where the page has room for the
-- new version: so the time of the last hop leaves the index (a line leaves few sessions), and pages
-- are filled half.
DROP INDEX sessions_by_line;
CREATE INDEX sessions_by_line ON sessions (channel, line) WHERE line IS NOT NULL;
ALTER TABLE sessions SET (fillfactor = 50);
