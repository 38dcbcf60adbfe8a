"""Import of sitmon's own rows: wrong ones are refused, right ones go in once, however often and interrupted."""

import asyncio
import io
import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import ingest.native
from ingest.native import ANALYST, Imported, ImportStopped, import_native
from model.catalog import Catalog
from model.errors import InputRefused
from model.ids import new_id
from model.native import COLUMNS, write_native
from model.query import EventQuery
from model.rows import Refused
from model.text import clean_text
from store import Store, open_store
from store.base import Draft, Written
from store.sqlite.driver import explain

DATA = Path(__file__).parent / "data"

CAPTURE = {
    "kind": "capture",
    "place": "North Town",
    "actor": "red",
    "against": "blue",
    "occurred_at": "2024-01-02",
    "summary": "The Reds take North Town",
    "source": "wire",
}


@pytest.fixture
async def store(tmp_path: Path, catalog: Catalog) -> AsyncIterator[Store]:
    async with await open_store(str(tmp_path / "store.db"), create=True) as opened:
        await opened.put_situation(catalog.situation)
        things = Draft(
            "set up",
            places=tuple(catalog.places.values()),
            routes=tuple(catalog.routes.values()),
            actors=tuple(catalog.actors.values()),
            sources=tuple(catalog.sources.values()),
            tallies=tuple(catalog.tallies.values()),
        )
        await opened.write(catalog.situation.id, things)
        yield opened


def numbered(count: int) -> list[dict[str, Any]]:
    return [CAPTURE | {"summary": f"Event {number}"} for number in range(count)]


def jsonl(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


async def take(store: Store, rows: list[dict[str, Any]] | bytes, **options: Any) -> tuple[Imported, list[Refused]]:
    refused: list[Refused] = []
    stream = io.BytesIO(rows if isinstance(rows, bytes) else jsonl(rows))
    catalog = await store.catalog("valley")
    imported = await import_native(store, catalog, stream, reason="test", on_refused=refused.append, **options)
    return imported, refused


async def events(store: Store) -> int:
    return (await store.count("valley", EventQuery(), cap=None)).number


async def test_csv_goes_in_and_a_second_time_adds_nothing(store: Store) -> None:
    text = (
        b"kind,place,actor,occurred_at,summary,source,stance\r\n"
        b'capture,nordstadt,the Reds,2024-01-02 evening,"Taken, they say",wire,\r\n'
        b'capture,nordstadt,the Reds,2024-01-02 evening,"Taken, they say",gazette,denies\r\n'
    )
    assert await take(store, text) == (Imported(2, 3, 0, 0, 0, (await store.changesets("valley"))[0].id), [])
    assert await take(store, text) == (Imported(2, 0, 0, 3, 0, None), [])
    (row,) = (await store.page("valley", EventQuery())).rows
    assert (row.weight.n_for, row.weight.n_against) == (1, 1)


async def test_wrong_rows_are_refused_by_line_and_column_and_the_others_go_in(store: Store) -> None:
    imported, refused = await take(
        store,
        [
            CAPTURE | {"place": "Nort Town"},
            CAPTURE,
            CAPTURE | {"occurred_at": "2024-02-30"},
            {"event": new_id(), "source": "wire", "reported_at": "2024-01-03"},
            CAPTURE | {"credibility": 2},
        ],
    )
    assert (imported.read, imported.new, imported.refused) == (5, 2, 4)
    assert [(one.row, one.column) for one in refused] == [(1, "place"), (3, "occurred_at"), (4, "event"), (5, "claim")]
    assert "nearest: North Town" in refused[0].reason


async def test_a_file_that_is_no_table_changes_nothing(store: Store) -> None:
    with pytest.raises(InputRefused, match="no column"):
        await take(store, b"a,b\n1,2\n")
    assert await events(store) == 0


async def test_a_row_without_a_source_is_the_analysts_claim(store: Store) -> None:
    rows = [{column: cell for column, cell in row.items() if column != "source"} for row in numbered(2)]
    imported, _ = await take(store, rows)
    assert imported.new == 5
    assert (await store.catalog("valley")).sources[ANALYST.id] == ANALYST
    again, _ = await take(store, rows)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 4)


async def test_names_are_made_on_request(store: Store) -> None:
    rows = [CAPTURE | {"place": "East Town"}, CAPTURE | {"place": "east town", "source": "The Post"}]
    assert (await take(store, rows))[0].refused == 2
    assert (await take(store, rows, create=True))[0].new == 5
    catalog = await store.catalog("valley")
    assert (catalog.places["east-town"].name, catalog.sources["the-post"].kind) == ("East Town", "unknown")
    assert (await take(store, rows, create=True))[0].new == 0


async def test_a_claim_joins_an_event_that_is_stored(store: Store) -> None:
    await take(store, [CAPTURE])
    (row,) = (await store.page("valley", EventQuery())).rows
    more = {"event": row.event.id, "source": "gazette", "stance": "denies", "reported_at": "2024-01-03"}
    assert (await take(store, [more]))[0].new == 1
    assert len((await store.event("valley", row.event.id)).claims) == 2


async def test_what_is_exported_is_there_already(store: Store, catalog: Catalog) -> None:
    await take(store, [*numbered(3), CAPTURE | {"source": "gazette", "reported_at": "2024-01-03T10:20:30.5"}])
    rows = []
    for row in (await store.page("valley", EventQuery())).rows:
        file = await store.event("valley", row.event.id)
        rows += [write_native(row.event, claim, catalog) for claim in file.claims]
    assert len(rows) == 4
    assert await take(store, rows) == (Imported(4, 0, 0, 8, 0, None), [])


async def test_a_dry_run_counts_and_writes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.native, "BATCH", 2)
    await take(store, numbered(1))
    revision = await store.revision()
    id_ = new_id()
    rows = [*numbered(4), CAPTURE | {"event": id_}, {"kind": "x"}]
    rows.append({"event": id_, "source": "gazette", "reported_at": "2024-01-03"})
    imported, refused = await take(store, rows, dry_run=True)
    assert 0 < len(imported.sample) <= 5
    assert (imported.read, imported.new, imported.unchanged, imported.refused) == (7, 9, 2, 1)
    assert [one.row for one in refused] == [6]
    assert await store.revision() == revision
    assert (await take(store, rows))[0].new == imported.new


async def test_batches_are_one_action_to_undo(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.native, "BATCH", 10)
    imported, _ = await take(store, numbered(25))
    assert await events(store) == 25
    assert imported.changeset is not None
    assert len(await store.undo("valley", imported.changeset)) == 3
    assert await events(store) == 0


async def test_what_was_written_before_an_interruption_stays_and_a_second_run_completes_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.native, "BATCH", 10)
    write, batches, third = store.write, 0, asyncio.Event()

    async def stuck(situation: str, draft: Draft) -> Written:
        nonlocal batches
        batches += 1
        if batches == 3:
            third.set()
            await asyncio.Future()
        return await write(situation, draft)

    monkeypatch.setattr(store, "write", stuck)
    task = asyncio.ensure_future(take(store, numbered(35)))
    await third.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await events(store) == 20
    monkeypatch.setattr(store, "write", write)
    imported, _ = await take(store, numbered(35))
    assert (imported.new, imported.unchanged) == (30, 40)
    assert await events(store) == 35


async def test_a_full_disk_says_what_is_in_and_the_next_time_completes_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.native.BATCH", 10)
    write, batches = store.write, 0

    async def until_full(situation: str, draft: Draft) -> Written:
        nonlocal batches
        batches += 1
        if batches == 3:
            raise explain(sqlite3.OperationalError("database or disk is full"), Path("s.db"))
        return await write(situation, draft)

    monkeypatch.setattr(store, "write", until_full)
    with pytest.raises(ImportStopped, match="is full") as caught:
        await take(store, numbered(35))
    assert "nothing was written" not in str(caught.value)
    stopped = caught.value.imported
    assert (stopped.read, stopped.new, stopped.refused) == (30, 40, 0)
    assert stopped.changeset is not None
    assert await events(store) == 20
    imported, _ = await take(store, numbered(35))
    assert (imported.new, imported.unchanged) == (30, 40)


async def test_progress_is_told_in_rows(store: Store, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = tmp_path / "rows.jsonl"
    path.write_bytes(jsonl(numbered(1_200)))
    with path.open("rb") as stream:
        catalog = await store.catalog("valley")
        await import_native(
            store, catalog, stream, reason="test", progress=lambda done, of: told.append((done, of)), dry_run=True
        )
    assert [done for done, _ in told] == [500, 1000, 1200]
    assert told[-1] == (1200, 1200)
    assert all(of >= done for done, of in told)


async def test_hostile_strings_in_any_cell_are_refused_or_stored_harmless(store: Store) -> None:
    strings = json.loads((DATA / "naughty_strings" / "blns.json").read_bytes())
    rows = [row | {column: text} for text in strings for row in numbered(1) for column in COLUMNS]
    imported, refused = await take(store, rows, create=True)
    assert imported.read == len(rows)
    assert imported.refused == len(refused) > 0
    assert all(str(one).isprintable() for one in refused)
    catalog = await store.catalog("valley")
    names = [thing.name for things in (catalog.places, catalog.actors, catalog.sources) for thing in things.values()]
    assert len(names) > len(strings) // 2
    assert all(name == clean_text(name) for name in names)
