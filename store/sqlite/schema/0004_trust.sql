-- Sources whose proposals are accepted by themselves.

-- ---- Facts ------------------------------------------------------------------------------------------------------

-- A trust comes in versions, as subscriptions do; the table of names must allow for it.
CREATE TABLE name_with_trusts (
    no INTEGER PRIMARY KEY,
    situation INTEGER NOT NULL,
    what TEXT NOT NULL CHECK (
        what IN ('situation', 'place', 'route', 'actor', 'source', 'tally', 'kind', 'feed', 'trust')),
    id TEXT NOT NULL,
    changeset INTEGER NOT NULL,
    UNIQUE (situation, what, id)
) STRICT;
INSERT INTO name_with_trusts SELECT no, situation, what, id, changeset FROM name;
DROP TABLE name;
ALTER TABLE name_with_trusts RENAME TO name;

-- What was let in by trust: mostly nothing, or little beside what people decided.
CREATE INDEX decision_trusted ON decision (situation, proposal) WHERE kind = 'trusted';
