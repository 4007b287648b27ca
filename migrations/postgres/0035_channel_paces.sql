-- Until when each channel has used up its pace, in microseconds by the clock of the database:
-- one count for all processes that send.
CREATE TABLE channel_paces (
    channel TEXT PRIMARY KEY,
    used_until BIGINT NOT NULL
);
