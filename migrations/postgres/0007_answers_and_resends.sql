-- What the council answers to a reported problem is sealed, as what was reported is.
ALTER TABLE problems DROP COLUMN answer;
ALTER TABLE problems ADD COLUMN answer BYTEA;
CREATE INDEX problems_by_state ON problems (state, created_at);

-- Until then the text of a password stays sealed after it has left, unless a report says
-- that it arrived: whoever asks again is sent the very same.
ALTER TABLE outbox ADD COLUMN keep_until BIGINT;
CREATE INDEX outbox_kept ON outbox (keep_until) WHERE keep_until IS NOT NULL AND body IS NOT NULL;
