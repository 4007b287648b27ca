-- The browser that redeemed a link may go on with the download until `expires_at`; and what
-- the letter was about when the link was sent: a deployment that changes closes its links.
ALTER TABLE links ADD COLUMN browser_hash BYTEA;
ALTER TABLE links ADD COLUMN about_hash BYTEA;

-- A visit ends too when nothing is asked for until then.
ALTER TABLE web_sessions ADD COLUMN idle_until BIGINT NOT NULL DEFAULT 0;
