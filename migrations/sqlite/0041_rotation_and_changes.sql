-- A secret of a webhook that was replaced signs beside the new one until then.
ALTER TABLE webhooks ADD COLUMN old_secret BLOB;
ALTER TABLE webhooks ADD COLUMN old_until INTEGER;

-- What has changed since is read page by page.
CREATE INDEX people_by_change ON people (updated_at, id);
CREATE INDEX deployments_by_change ON deployments (updated_at, id);
