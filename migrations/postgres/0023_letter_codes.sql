-- What may be typed instead of a link: a keyed hash of the code that came with it.
ALTER TABLE links ADD COLUMN code_hash BYTEA;
CREATE INDEX links_by_code ON links (code_hash) WHERE code_hash IS NOT NULL;

-- Whoever has typed a code is known by the browser alone.
CREATE INDEX links_by_browser ON links (browser_hash) WHERE browser_hash IS NOT NULL;
