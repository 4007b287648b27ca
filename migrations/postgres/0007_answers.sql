-- What the council answers to a reported problem is sealed, as what was reported is.
ALTER TABLE problems DROP COLUMN answer;
ALTER TABLE problems ADD COLUMN answer BYTEA;
CREATE INDEX problems_by_state ON problems (state, created_at);
