-- Proposals and what was decided about them.

-- ---- Facts ------------------------------------------------------------------------------------------------------

-- A proposal, each version whole, as JSON: the first row of an id is what was read, those after it are edits.
CREATE TABLE proposal (
    seq INTEGER PRIMARY KEY,
    situation INTEGER NOT NULL,
    id BLOB NOT NULL,
    changeset INTEGER NOT NULL,
    report INTEGER NOT NULL,           -- report.seq
    body TEXT NOT NULL
) STRICT;
CREATE INDEX proposal_id ON proposal (situation, id, seq);
CREATE INDEX proposal_report ON proposal (situation, report, seq);

CREATE TABLE decision (
    seq INTEGER PRIMARY KEY,
    situation INTEGER NOT NULL,
    id BLOB NOT NULL,
    changeset INTEGER NOT NULL,
    proposal INTEGER NOT NULL,         -- proposal.seq of its first version
    kind TEXT NOT NULL,
    became BLOB,                       -- id of the event or tally's claim
    reason TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX decision_id ON decision (situation, id);
CREATE INDEX decision_proposal ON decision (situation, proposal, seq);

ALTER TABLE changeset ADD COLUMN proposal_to INTEGER NOT NULL DEFAULT 0;
ALTER TABLE changeset ADD COLUMN decision_to INTEGER NOT NULL DEFAULT 0;

-- Whether a report is there already.
CREATE INDEX report_url ON report (situation, url) WHERE url <> '';
CREATE INDEX report_sha256 ON report (situation, sha256) WHERE sha256 <> '';

-- ---- Derived ----------------------------------------------------------------------------------------------------

-- Proposals that are open: in force, and no decision on them is.
CREATE TABLE queue (
    situation INTEGER NOT NULL,
    report INTEGER NOT NULL,           -- report.seq
    proposal INTEGER NOT NULL,         -- proposal.seq of its first version
    PRIMARY KEY (situation, report, proposal)
) STRICT, WITHOUT ROWID;
