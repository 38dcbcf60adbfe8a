-- Subscriptions to feeds, and how they fare.

-- ---- Facts ------------------------------------------------------------------------------------------------------

-- A subscription comes in versions, as places and sources do; the table of names must allow for it.
CREATE TABLE name_with_feeds (
    no INTEGER PRIMARY KEY,
    situation INTEGER NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('situation', 'place', 'route', 'actor', 'source', 'tally', 'kind', 'feed')),
    id TEXT NOT NULL,
    changeset INTEGER NOT NULL,
    UNIQUE (situation, what, id)
) STRICT;
INSERT INTO name_with_feeds SELECT no, situation, what, id, changeset FROM name;
DROP TABLE name;
ALTER TABLE name_with_feeds RENAME TO name;

-- ---- State of operation: neither a fact nor derived from facts, in no hash; losing it costs one full fetch. ------

CREATE TABLE feed_progress (
    situation INTEGER NOT NULL,
    feed INTEGER NOT NULL,             -- name.no
    body TEXT NOT NULL,                -- model.feeds.Progress as JSON
    PRIMARY KEY (situation, feed)
) STRICT, WITHOUT ROWID;
