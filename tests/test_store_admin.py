"""Looking after a store: checks of its inside, backups."""

import asyncio
import contextlib
import random
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, strategies

from model.catalog import Catalog
from model.entities import Claim, Event, Mark, MarkKind, Stance
from model.errors import StoreError, StoreFull
from model.ids import derived_id
from model.text import clean_text
from model.times import DAY, Precision
from store.base import Draft, Store
from store.sqlite import admin, driver, files
from store.sqlite.audit import words_of
from store.sqlite.driver import Pool, open_pool
from store.sqlite.facets import text_words
from tests.store_world import random_claims, random_events, random_marks

EVENT = "INSERT INTO event VALUES (NULL, 1, randomblob(16), 1, 1, NULL, NULL, NULL, NULL, 0, 0, 0, ?)"


async def run(pool: Pool, *statements: str) -> None:
    async with pool.write() as connection:
        for statement in statements:
            await connection.run(statement)


async def fill(pool: Pool, events: int, text: str = "x" * 400) -> None:
    async with pool.write() as connection:
        await connection.run_many(EVENT, ((text,) for _ in range(events)))


def events_of(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as copy:
        [(number,)] = copy.execute("SELECT count(*) FROM event")
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return int(number)


async def test_an_empty_store_is_in_order(pool: Pool) -> None:
    assert await admin.check(pool) == ()


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (("DROP INDEX event_time",), ["the schema lacks index event_time"]),
        (("CREATE TABLE stray (x)",), ["the schema has table stray, which is not sitmon's"]),
        (
            ("DROP INDEX event_time", "CREATE INDEX event_time ON event (occurred_at)"),
            ["index event_time is not defined as sitmon defines it"],
        ),
        (
            ("CREATE TRIGGER sly AFTER INSERT ON mark BEGIN DELETE FROM mark; END",),
            ["the schema has trigger sly, which is not sitmon's"],
        ),
        (
            ("INSERT INTO mark VALUES (NULL, 1, randomblob(16), 1, 77, 'read', 1, '', 'anna', 0)",),
            ["1 marks are of no changeset", "1 marks are on no event"],
        ),
        (
            ("INSERT INTO weight VALUES (77, 1, 0, 0, 0, NULL, NULL, 0, 0, '')",),
            ["1 weights are of no event; `sitmon store rebuild` fixes it"],
        ),
        (("INSERT INTO undone VALUES (5)",), ["1 undone changesets are missing"]),
    ],
)
async def test_what_is_wrong_inside_is_said(pool: Pool, statements: tuple[str, ...], said: list[str]) -> None:
    await run(pool, *statements)
    assert list(await admin.check(pool)) == said


DERIVED = [
    pytest.param("INSERT INTO undone VALUES (2)", "1 of 5 changesets count as undone", id="undone"),
    pytest.param("DELETE FROM undone", "1 of 5 changesets count as undone", id="not undone"),
    pytest.param("UPDATE weight SET n_for = 7 WHERE event = 1", "1 of 4 events are not weighed", id="weight"),
    pytest.param("DELETE FROM weight WHERE event < 3", "2 of 4 events are not weighed", id="no weight"),
    pytest.param(
        "INSERT INTO weight SELECT 4, situation, standing, n_for, n_against, grade, grade_against, flags, "
        "first_reported_at, sources FROM weight WHERE event = 1",
        "1 of 4 events are not weighed",
        id="weight of an undone event",
    ),
    pytest.param("DELETE FROM mark_now", "2 of 4 events do not show the marks", id="no marks"),
    pytest.param("UPDATE mark_now SET value = 'b' WHERE kind = 'tag'", "1 of 4 events do not show", id="mark"),
    pytest.param(
        "INSERT INTO mark_now SELECT situation, 3, kind, author, value, mark FROM mark_now WHERE kind = 'star'",
        "1 of 4 events do not show the marks",
        id="forged mark",
    ),
    pytest.param("UPDATE span SET status = 'threatened'", "2 of 4 places do not have the control", id="spans"),
    pytest.param(
        "UPDATE span SET events = zeroblob(16) WHERE place = (SELECT place FROM event WHERE seq = 1)",
        "1 of 4 places do not have the control",
        id="span's events",
    ),
    pytest.param("DELETE FROM span", "2 of 4 places do not have the control", id="no spans"),
    pytest.param(
        "INSERT INTO span SELECT situation, (SELECT no FROM name WHERE id = 'airfield'), occurred_from, known_from, "
        "occurred_to, known_to, status, actor, former, flags, since, since_precision, n_for, n_against, grade, events "
        "FROM span LIMIT 1",
        "1 of 4 places do not have the control",
        id="forged span",
    ),
    pytest.param(
        "DELETE FROM event_index WHERE rowid = 2", "1 of 4 events are not in the search index", id="no document"
    ),
    pytest.param(
        "INSERT INTO event_index (rowid, body) VALUES (4, 'ghost')",
        "1 of 4 events are not in the search index",
        id="ghost",
    ),
    pytest.param(
        "INSERT INTO event_index (rowid, body) VALUES (99, 'ghost')",
        "1 of 4 events are not in the search index",
        id="no event",
    ),
    pytest.param(
        "INSERT OR REPLACE INTO event_index (rowid, body) VALUES (2, 'another text')",
        "1 of 4 events are not in the search index",
        id="replaced document",
    ),
]


async def fill_valley(store: Store, situation: str) -> None:
    """Write four events, the last one undone, and two marks: changesets 3 to 5 of the situation."""
    events = [
        Event(derived_id(day, "event"), "capture", day * DAY, Precision.DAY, f"Tag {day}: wörtlich 'so'", place, "red")
        for day, place in enumerate(("north", "south", "north", "middle"), 1)
    ]
    claims = [Claim(derived_id(1, one.id), one.id, "wire", Stance.ASSERTS, one.occurred_at) for one in events]
    marks = (
        Mark(derived_id(1, "mark"), events[0].id, MarkKind.STAR),
        Mark(derived_id(2, "mark"), events[1].id, MarkKind.TAG, value="a"),
    )
    await store.write(situation, Draft("three", events=tuple(events[:3]), claims=tuple(claims[:3]), marks=marks))
    await store.write(situation, Draft("one", events=tuple(events[3:]), claims=tuple(claims[3:])))
    await store.undo(situation)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.sqlite.rebuild.BLOCK", 2)
    monkeypatch.setattr("store.sqlite.respan._BLOCK", 1)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize(("statement", "said"), DERIVED)
async def test_what_does_not_follow_from_the_facts_is_found_and_fixed(
    store: Store, situation: str, pool: Pool, statement: str, said: str
) -> None:
    await fill_valley(store, situation)
    assert await store.check() == ()
    await run(pool, statement)
    [sentence] = await store.check()
    assert said in sentence
    assert sentence.startswith(f"{situation}: ")
    assert "fix it with `sitmon store rebuild`" in sentence
    await store.rebuild(situation)
    assert await store.check() == ()


async def test_another_situations_rows_are_no_difference(store: Store, situation: str, catalog: Catalog) -> None:
    await store.put_situation(catalog.situation._replace(id="hill"))
    await store.write(
        "hill",
        Draft(
            "scene",
            places=tuple(catalog.places.values()),
            actors=tuple(catalog.actors.values()),
            sources=tuple(catalog.sources.values()),
        ),
    )
    for one in ("hill", situation):
        await fill_valley(store, one)
    assert await store.check() == ()


async def test_a_check_of_random_facts_finds_nothing_and_tells_how_far_it_is(
    store: Store, situation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.sqlite.rebuild.BLOCK", 7)
    dice = random.Random(4)
    events = random_events(dice, 40)
    claims, marks = random_claims(dice, events, "claim"), random_marks(dice, events, "mark")
    await store.write(situation, Draft("a", events=tuple(events[:25])))
    await store.write(situation, Draft("b", events=tuple(events[25:]), claims=tuple(claims)))
    await store.write(situation, Draft("c", marks=tuple(marks)))
    told: list[tuple[int, int]] = []
    assert await store.check(progress=lambda done, in_all: told.append((done, in_all))) == ()
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(told) > 6
    assert told[-1][0] == told[-1][1] > 40
    await store.undo(situation)
    await store.undo(situation)
    assert await store.check() == ()
    await store.redo(situation)
    assert await store.check() == ()


async def test_what_others_write_meanwhile_is_no_difference(
    store: Store, colleague: Store, situation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.sqlite.rebuild.BLOCK", 5)
    dice = random.Random(5)
    events = random_events(dice, 40)
    claims = random_claims(dice, events, "claim")
    await store.write(situation, Draft("a", events=tuple(events[:30])))
    blocks = iter(events[30:])
    writing = []

    def write_meanwhile(_done: int, _in_all: int) -> None:
        if one := next(blocks, None):
            late = tuple(claim for claim in claims if claim.event in {one.id, events[0].id, events[29].id})
            writing.append(asyncio.ensure_future(colleague.write(situation, Draft("b", events=(one,), claims=late))))

    assert await store.check(progress=write_meanwhile) == ()
    await asyncio.gather(*writing)
    assert len(writing) > 5
    assert await store.check() == ()


@given(strategies.text())
def test_words_are_told_apart_as_the_index_does(text: str) -> None:
    document = text_words((clean_text(text),))
    with contextlib.closing(sqlite3.connect(":memory:")) as raw:
        raw.execute("CREATE VIRTUAL TABLE one USING fts5 (body, tokenize = 'ascii')")
        raw.execute("CREATE VIRTUAL TABLE word USING fts5vocab (one, instance)")
        raw.execute("INSERT INTO one VALUES (?)", (document,))
        found = [term for (term,) in raw.execute("SELECT term FROM word ORDER BY offset")]
    assert words_of(document) == found


async def test_facts_that_mean_nothing_are_said_not_raised(store: Store, situation: str, pool: Pool) -> None:
    await fill_valley(store, situation)
    await run(pool, "UPDATE claim SET stance = 99 WHERE seq = 1")
    [sentence] = await store.check()
    assert "the store is damaged: claim" in sentence


async def test_spans_of_a_place_that_is_none_are_fixed(store: Store, situation: str, pool: Pool) -> None:
    await fill_valley(store, situation)
    await run(pool, "UPDATE span SET place = 999 WHERE place = (SELECT place FROM event WHERE seq = 2)")
    assert " spans of control are of places that are missing" in " ".join(await store.check())
    await store.rebuild(situation)
    assert await store.check() == ()


async def test_damage_is_said_not_raised(pool: Pool) -> None:
    await fill(pool, 2_000)
    await pool.aclose()
    damaged = bytearray(pool.path.read_bytes())
    damaged[40 * 4096 : 80 * 4096] = bytes(40 * 4096)
    pool.path.write_bytes(damaged)
    again = await open_pool(pool.path, create=False)
    assert await admin.check(again)
    await again.aclose()


async def test_information_counts_without_reading_everything(pool: Pool) -> None:
    await fill(pool, 3)
    info = await admin.read_info(pool, "anna")
    assert info.counts["events"] == 3
    assert info.counts["situations"] == 0
    assert info.author == "anna"
    assert info.schema >= 1
    assert info.backend.startswith("SQLite 3.")
    assert info.size_bytes > 0
    assert "names are claims" in info.promise


async def test_a_backup_is_a_whole_private_store(pool: Pool, tmp_path: Path) -> None:
    await fill(pool, 20_000)
    target = tmp_path / "copy.db"
    told: list[tuple[int, int]] = []
    await admin.back_up(pool, target, progress=lambda done, total: told.append((done, total)))
    await asyncio.sleep(0)
    assert events_of(target) == 20_000
    assert target.stat().st_mode & 0o777 == 0o600
    assert told[-1][0] == told[-1][1] > 0
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    copy = await open_pool(target, create=False)
    await fill(copy, 1)
    await copy.aclose()


async def test_a_backup_shows_one_instant_and_ends_though_others_write(pool: Pool, tmp_path: Path) -> None:
    await fill(pool, 10_000)
    writers: list[asyncio.Task[None]] = []

    def progress(_done: int, _total: int) -> None:
        writers.append(asyncio.ensure_future(fill(pool, 5)))

    await admin.back_up(pool, tmp_path / "copy.db", progress=progress)
    await asyncio.gather(*writers)
    assert events_of(tmp_path / "copy.db") == 10_000
    assert len(writers) > 0


async def test_a_backup_is_written_over_nothing(pool: Pool, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(StoreError, match="exists already"):
        await admin.back_up(pool, target)
    assert target.read_text() == "precious"


@pytest.mark.parametrize("prepared", ["file", "link"])
async def test_a_backup_goes_into_no_file_that_somebody_prepared(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prepared: str
) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda _bytes: "foreseen")
    partial = tmp_path / ".copy.db.foreseen"
    elsewhere = tmp_path / "elsewhere"
    if prepared == "file":
        partial.write_text("")
    else:
        partial.symlink_to(elsewhere)
    with pytest.raises(StoreError, match="exists already"):
        await admin.back_up(pool, tmp_path / "copy.db")
    assert not elsewhere.exists()
    assert not (tmp_path / "copy.db").exists()
    assert files.exists(partial)


async def test_nobody_can_foresee_where_a_backup_is_written(pool: Pool, tmp_path: Path) -> None:
    await fill(pool, 1)
    (tmp_path / "out").mkdir()
    seen: set[str] = set()
    for number in range(2):
        target = tmp_path / "out" / "copy.db"
        await admin.back_up(
            pool, target, progress=lambda _done, _all: seen.update(one.name for one in (tmp_path / "out").iterdir())
        )
        target.rename(tmp_path / f"{number}.db")
    assert len(seen) >= 2


async def test_a_backup_into_no_directory_is_refused(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no directory"):
        await admin.back_up(pool, tmp_path / "out" / "copy.db")


async def test_a_cancelled_backup_leaves_nothing(pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "_COPY_PAGES", 8)
    await fill(pool, 50_000)
    begun = asyncio.Event()
    (tmp_path / "out").mkdir()
    target = tmp_path / "out" / "copy.db"
    copying = asyncio.create_task(admin.back_up(pool, target, progress=lambda _done, _total: begun.set()))
    await begun.wait()
    copying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await copying
    assert not list(target.parent.iterdir())
    await fill(pool, 1)


async def test_a_backup_that_finds_no_room_says_where(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(pool, 5_000)
    small = "PRAGMA max_page_count = 10; PRAGMA journal_mode = OFF;"
    monkeypatch.setattr(admin, "COPY_SETUP", small)
    with pytest.raises(StoreFull, match=r"copy\.db"):
        await admin.back_up(pool, tmp_path / "copy.db")
    assert not files.exists(tmp_path / "copy.db")
