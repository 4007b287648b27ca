-- What the person at a browser has proven beyond their password, and until when it counts.
ALTER TABLE web_sessions ADD COLUMN id_proven_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE web_sessions ADD COLUMN pin_proven_until BIGINT NOT NULL DEFAULT 0;
