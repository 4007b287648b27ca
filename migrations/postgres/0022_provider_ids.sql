-- Of the messages that an aggregator has named only: a campaign's wait without a name.
DROP INDEX outbox_by_provider;
CREATE INDEX outbox_by_provider ON outbox (channel, provider_id) WHERE provider_id IS NOT NULL;
