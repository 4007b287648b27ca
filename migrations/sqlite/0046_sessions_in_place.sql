-- A line leaves few sessions, so their order need not be in the index, where each hop would change it.
DROP INDEX sessions_by_line;
CREATE INDEX sessions_by_line ON sessions (channel, line) WHERE line IS NOT NULL;
