-- The first schema. Small integers (`no`, `seq`) belong to this file alone: they never leave it as a key or a cursor
-- that another machine could read. Times are UTC microseconds; ids of facts are 16 bytes (UUIDv7).

-- ---- Facts: append-only. No row is ever updated or deleted. ------------------------------------------------------

-- Every id that facts repeat, once: situations (situation = 0), places, routes, actors, sources, tallies, kinds.
CREATE TABLE name (
    no INTEGER PRIMARY KEY,
    situation INTEGER NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('situation', 'place', 'route', 'actor', 'source', 'tally', 'kind')),
    id TEXT NOT NULL,
    changeset INTEGER NOT NULL,
    UNIQUE (situation, what, id)
) STRICT;

-- One action's rows. `*_to` is the highest seq of each fact table after it, so that a changeset's own rows are the
-- range above its predecessor's: one writer at a time makes them contiguous.
CREATE TABLE changeset (
    seq INTEGER PRIMARY KEY,
    situation INTEGER NOT NULL,
    number INTEGER NOT NULL,           -- from 1, without gaps, within the situation
    id BLOB NOT NULL,
    author TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    deed TEXT NOT NULL CHECK (deed IN ('write', 'load', 'undo', 'redo')),
    target INTEGER,                    -- seq of the changeset that an undo or redo turns off or on
    batch INTEGER,                     -- seq of the first changeset of the same action
    name_to INTEGER NOT NULL,
    version_to INTEGER NOT NULL,
    report_to INTEGER NOT NULL,
    event_to INTEGER NOT NULL,
    claim_to INTEGER NOT NULL,
    tally_claim_to INTEGER NOT NULL,
    mark_to INTEGER NOT NULL,
    facts INTEGER NOT NULL,
    sha256 BLOB NOT NULL,              -- of the predecessor's hash, this row's other columns and all its facts
    UNIQUE (situation, number),
    UNIQUE (situation, id)
) STRICT;

-- Places, routes, actors, sources, tallies and the situation itself, each version whole, as JSON.
CREATE TABLE version (
    seq INTEGER PRIMARY KEY,
    situation INTEGER NOT NULL,
    name INTEGER NOT NULL,
    changeset INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX version_name ON version (situation, name, seq);

CREATE TABLE report (
    seq INTEGER PRIMARY KEY,
    situation INTEGER NOT NULL,
    id BLOB NOT NULL,
    changeset INTEGER NOT NULL,
    source INTEGER NOT NULL,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    published_at INTEGER,
    fetched_at INTEGER,
    sha256 TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX report_id ON report (situation, id);

CREATE TABLE event (
    seq INTEGER PRIMARY KEY,           -- arrival order
    situation INTEGER NOT NULL,
    id BLOB NOT NULL,
    changeset INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    place INTEGER,
    actor INTEGER,
    against INTEGER,
    route INTEGER,
    occurred_at INTEGER NOT NULL,
    precision INTEGER NOT NULL,        -- index into model.times.Precision
    affects INTEGER NOT NULL,          -- 1 where its kind can change control of its place
    summary TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_id ON event (situation, id);
CREATE INDEX event_time ON event (situation, occurred_at, seq);
CREATE INDEX event_control ON event (situation, place, occurred_at, seq) WHERE affects = 1;

CREATE TABLE claim (
    seq INTEGER PRIMARY KEY,
    situation INTEGER NOT NULL,
    id BLOB NOT NULL,
    changeset INTEGER NOT NULL,
    event INTEGER NOT NULL,            -- event.seq
    source INTEGER NOT NULL,
    stance INTEGER NOT NULL,           -- index into model.entities.Stance
    credibility INTEGER NOT NULL,
    reported_at INTEGER NOT NULL,
    reported_precision INTEGER NOT NULL,
    attribution TEXT NOT NULL,
    quote TEXT NOT NULL,
    quote_start INTEGER,
    report INTEGER,                    -- report.seq
    url TEXT NOT NULL,
    occurred_at INTEGER,
    occurred_precision INTEGER
) STRICT;
CREATE UNIQUE INDEX claim_id ON claim (situation, id);
CREATE INDEX claim_event ON claim (situation, event, seq);

CREATE TABLE tally_claim (
    seq INTEGER PRIMARY KEY,
    situation INTEGER NOT NULL,
    id BLOB NOT NULL,
    changeset INTEGER NOT NULL,
    tally INTEGER NOT NULL,
    source INTEGER NOT NULL,
    count INTEGER NOT NULL,
    of INTEGER,
    as_of INTEGER NOT NULL,
    as_of_precision INTEGER NOT NULL,
    reported_at INTEGER NOT NULL,
    attribution TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX tally_claim_id ON tally_claim (situation, id);

CREATE TABLE mark (
    seq INTEGER PRIMARY KEY,
    situation INTEGER NOT NULL,
    id BLOB NOT NULL,
    changeset INTEGER NOT NULL,
    event INTEGER NOT NULL,            -- event.seq
    kind TEXT NOT NULL,
    is_on INTEGER NOT NULL,
    value TEXT NOT NULL,
    author TEXT NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX mark_id ON mark (situation, id);
CREATE INDEX mark_event ON mark (situation, event, seq);

-- ---- Derived: thrown away and made again by `store rebuild`. -----------------------------------------------------

-- Changesets that are undone now.
CREATE TABLE undone (
    changeset INTEGER PRIMARY KEY
) STRICT;

-- An event's weight as known now; an event that was undone has no row here, and so is in no view.
CREATE TABLE weight (
    event INTEGER PRIMARY KEY,         -- event.seq
    situation INTEGER NOT NULL,
    standing INTEGER NOT NULL,         -- index into model.entities.Standing
    n_for INTEGER NOT NULL,
    n_against INTEGER NOT NULL,
    grade TEXT,
    grade_against TEXT,
    flags INTEGER NOT NULL,            -- 1 denied, 2 date disputed, 4 only claimed
    first_reported_at INTEGER NOT NULL,
    sources TEXT NOT NULL              -- name.no of each source, best grade first, separated by spaces
) STRICT;

-- Words of an event's text and its facets as coined words (`facets.py`), by event.seq. Texts come folded, so that the
-- tokenizer need only know spaces: another one's idea of letters would differ from Python's.
CREATE VIRTUAL TABLE event_index USING fts5 (
    body, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3',
    tokenize = "ascii"
);
-- Its words in order, to complete the beginning of one; a view that stores nothing.
CREATE VIRTUAL TABLE event_word USING fts5vocab(event_index, row);

-- Marks in force. `author` is empty for shared verdicts, of which an event has one.
CREATE TABLE mark_now (
    situation INTEGER NOT NULL,
    event INTEGER NOT NULL,
    kind TEXT NOT NULL,
    author TEXT NOT NULL,
    value TEXT NOT NULL,
    mark INTEGER NOT NULL,             -- mark.seq
    PRIMARY KEY (situation, event, kind, author, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX mark_now_kind ON mark_now (situation, kind, author, event);

-- Control of a place: true from occurred_from to occurred_to for whoever knew what was known from known_from to
-- known_to. Open ends are model.times.FOREVER.
CREATE TABLE span (
    situation INTEGER NOT NULL,
    place INTEGER NOT NULL,
    occurred_from INTEGER NOT NULL,
    known_from INTEGER NOT NULL,
    occurred_to INTEGER NOT NULL,
    known_to INTEGER NOT NULL,
    status TEXT NOT NULL,
    actor INTEGER,
    former INTEGER,
    flags INTEGER NOT NULL,            -- 1 disputed, 2 date disputed
    since INTEGER,
    since_precision INTEGER NOT NULL,
    n_for INTEGER NOT NULL,
    n_against INTEGER NOT NULL,
    grade TEXT,
    events BLOB NOT NULL,              -- id of each that it rests on, 16 bytes one after the other
    PRIMARY KEY (situation, place, occurred_from, known_from)
) STRICT, WITHOUT ROWID;
CREATE INDEX span_now ON span (situation, place, occurred_from) WHERE known_to = 9223372036854775807;
CREATE INDEX span_last ON span (situation, place, known_from) WHERE occurred_to = 9223372036854775807;
CREATE INDEX span_change ON span (situation, occurred_from) WHERE known_to = 9223372036854775807;
CREATE INDEX span_closed ON span (situation, place, known_to) WHERE known_to < 9223372036854775807;
CREATE INDEX span_known ON span (situation, known_from);
