"""The chain of changesets: what tampering it finds, alone and against a head that was kept elsewhere."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from model.entities import Actor, Mark, MarkKind, Place, Report, Situation, Source, Stance, Tally, TallyClaim
from model.errors import IdUnknown
from model.ids import new_id
from model.proposals import Decision, DecisionKind, Proposal, ProposedClaim
from model.times import Precision
from store import open_store
from store.base import Draft, Head, Store, Verdict
from store.sqlite.bulk import texts_of
from store.sqlite.ledger import CHANGESET_COLUMNS, FACTS, NO_HASH, link
from tests.store_world import START, random_claims, random_events

VALLEY = "situation = (SELECT no FROM name WHERE what = 'situation' AND id = 'valley')"

Tamper = Callable[[sqlite3.Connection], Any]


def read_out(report: Report) -> dict[str, Any]:
    """Return a proposal of the report and the decision on it."""
    said = (ProposedClaim(Stance.ASSERTS),)
    proposal = Proposal(new_id(), report.id, "capture", START, Precision.DAY, "taken", said)
    return {"proposals": (proposal,), "decisions": (Decision(new_id(), proposal.id, DecisionKind.REJECTED),)}


async def fill(store: Store) -> None:
    """Write every sort of fact, in two situations by turns."""
    dice = random.Random(3)
    for situation in ("valley", "hill"):
        await store.put_situation(Situation(situation, situation, "UTC"))
        draft = Draft(
            "scene",
            places=tuple(Place(one, one) for one in ("north", "middle", "south", "airfield")),
            actors=tuple(Actor(one, one) for one in ("red", "red-guard", "blue")),
            sources=tuple(Source(one, one) for one in ("wire", "reprint", "gazette", "red-radio", "blue-ministry")),
            tallies=(Tally("towns", "towns", "red", ("north",)),),
        )
        await store.write(situation, draft)
    for part in range(4):
        for situation in ("valley", "hill"):
            events = [event for event in random_events(dice, 6, 1000 * part) if event.route is None]
            draft = Draft(
                "load",
                events=tuple(events),
                claims=tuple(random_claims(dice, events, "with")),
                reports=(Report(new_id(), "wire", "said so"),),
                tally_claims=(TallyClaim(new_id(), "towns", "wire", 1, 1, START, Precision.DAY, START),),
                marks=(Mark(new_id(), events[0].id, MarkKind.NOTE, value="look"),),
            )
            if part > 1:
                draft = draft._replace(**read_out(draft.reports[0]))
            await store.write(situation, draft)
    await store.undo("valley")


@pytest.fixture
async def written(tmp_path: Path) -> tuple[Path, Head]:
    path = tmp_path / "sitmon.db"
    async with await open_store(str(path), create=True) as store:
        await fill(store)
        return path, await store.head("valley")


async def check(path: Path, head: Head | None = None) -> Verdict:
    async with await open_store(str(path)) as store:
        return await store.verify("valley", head)


def tamper(path: Path, change: Tamper) -> None:
    with sqlite3.connect(path) as raw:
        change(raw)
    raw.close()


async def test_an_untouched_chain_is_whole_and_tells_its_head(written: tuple[Path, Head]) -> None:
    path, head = written
    assert head.count == 7
    assert await check(path) == await check(path, head) == Verdict(head)
    told: list[tuple[int, int]] = []
    async with await open_store(str(path)) as store:
        await store.verify("valley", progress=lambda done, in_all: told.append((done, in_all)))
        await store.write("valley", Draft("more", places=(Place("east", "East"),)))
        assert (await store.verify("valley", head)).problem == ""
        assert (await store.head("valley")).count == 8
    assert told
    assert told[-1][0] == told[-1][1] > 0


@pytest.mark.parametrize("table", list(FACTS))
async def test_an_edited_row_is_found_at_its_changeset(written: tuple[Path, Head], table: str) -> None:
    path, _ = written
    column = {"name": "id", "version": "body", "mark": "value", "tally_claim": "note", "decision": "reason"}.get(
        table, "changeset"
    )
    key = FACTS[table][0]
    row = f"(SELECT max({key}) FROM {table} WHERE situation IN (SELECT no FROM name WHERE id = 'valley'))"
    where = f"{key} = {row}"
    number: list[int] = []

    def edit(raw: sqlite3.Connection) -> None:
        number.extend(
            raw.execute(
                f"SELECT number FROM {table} JOIN changeset ON changeset.seq = {table}.changeset WHERE {table}.{where}"
            ).fetchone()
        )
        raw.execute(f"UPDATE {table} SET {column} = {column} || '0' WHERE {where}")

    tamper(path, edit)
    verdict = await check(path)
    assert verdict.broken_at == number[0]
    assert table in verdict.problem


@pytest.mark.parametrize("table", ["report", "event", "claim", "tally_claim", "mark", "version", "name", "decision"])
async def test_a_dropped_row_is_found_at_its_changeset_and_table(written: tuple[Path, Head], table: str) -> None:
    path, _ = written
    tamper(path, lambda raw: raw.execute(f"DELETE FROM {table} WHERE {FACTS[table][0]} = 3"))
    async with await open_store(str(path)) as store:
        verdicts = [await store.verify(situation) for situation in ("valley", "hill")]
    (broken,) = [verdict for verdict in verdicts if verdict.problem]
    assert broken.broken_at is not None
    assert f"rows of {table}" in broken.problem


async def test_a_row_that_no_changeset_wrote_is_found(written: tuple[Path, Head]) -> None:
    path, _ = written
    tamper(
        path,
        lambda raw: raw.execute(
            "INSERT INTO event SELECT (SELECT max(seq) FROM event) + 1, situation, randomblob(16), changeset, kind,"
            " place, actor, against, route, occurred_at, precision, affects, 'forged' FROM event"
            f" WHERE {VALLEY} LIMIT 1"
        ),
    )
    verdict = await check(path)
    assert verdict.broken_at == 8
    assert "event has" in verdict.problem


async def test_an_edited_changeset_is_found(written: tuple[Path, Head]) -> None:
    path, _ = written
    tamper(path, lambda raw: raw.execute("UPDATE changeset SET author = 'somebody else' WHERE number = 4"))
    assert (await check(path)).broken_at == 4


async def test_a_changeset_missing_from_the_middle_is_found(written: tuple[Path, Head]) -> None:
    path, _ = written
    tamper(path, lambda raw: raw.execute(f"DELETE FROM changeset WHERE number = 3 AND {VALLEY}"))
    verdict = await check(path)
    assert (verdict.broken_at, verdict.problem) == (3, "changeset 3 is missing")


def cut_newest(raw: sqlite3.Connection) -> None:
    raw.execute(f"DELETE FROM changeset WHERE {VALLEY} AND number = 7")


async def test_a_newest_part_cut_off_shows_against_a_kept_head_alone(written: tuple[Path, Head]) -> None:
    path, head = written
    tamper(path, cut_newest)
    assert (await check(path)).problem == ""
    verdict = await check(path, head)
    assert verdict.broken_at == 7
    assert "the newest 1 are missing" in verdict.problem


def chain_anew(raw: sqlite3.Connection) -> None:
    """Change a row, as somebody would who knows the program, and make all hashes fit."""
    raw.execute(f"UPDATE event SET summary = 'otherwise' WHERE seq = (SELECT min(seq) FROM event WHERE {VALLEY})")
    previous, ends = NO_HASH, dict.fromkeys(FACTS, 0)
    (valley,) = raw.execute("SELECT no FROM name WHERE what = 'situation' AND id = 'valley'").fetchone()
    for row in raw.execute(f"SELECT {CHANGESET_COLUMNS} FROM changeset ORDER BY seq").fetchall():
        tos = dict(zip(FACTS, row[10:-1], strict=True))
        if row[1] == valley:
            facts = [
                raw.execute(
                    f"SELECT {', '.join(columns)} FROM {table} WHERE {columns[0]} > ? AND {columns[0]} <= ?",
                    (ends[table], tos[table]),
                ).fetchall()
                for table, columns in FACTS.items()
            ]
            previous = link(previous, row, (texts_of(rows, to_hash=True) for rows in facts))
            raw.execute("UPDATE changeset SET sha256 = ? WHERE seq = ?", (previous, row[0]))
        ends = tos


async def test_history_that_was_chained_anew_shows_against_a_kept_head_alone(written: tuple[Path, Head]) -> None:
    path, head = written
    tamper(path, chain_anew)
    assert (await check(path)).problem == ""
    verdict = await check(path, head)
    assert verdict.broken_at == 7
    assert "rewritten" in verdict.problem


async def test_a_head_of_another_situation_is_no_witness(written: tuple[Path, Head]) -> None:
    path, _ = written
    async with await open_store(str(path)) as store:
        assert (await store.verify("valley", await store.head("hill"))).problem
        with pytest.raises(IdUnknown):
            await store.verify("nowhere")
        with pytest.raises(IdUnknown):
            await store.head("nowhere")


async def test_changesets_too_large_for_a_block_are_checked_as_well(
    written: tuple[Path, Head], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, head = written
    monkeypatch.setattr("store.sqlite.chain._BLOCK", 5)
    assert (await check(path, head)).problem == ""
    tamper(path, lambda raw: raw.execute(f"UPDATE claim SET url = 'x' WHERE {VALLEY}"))
    assert (await check(path)).broken_at == 3


def test_the_hash_of_a_changeset_is_the_same_in_every_release() -> None:
    row = (1, 1, 1, bytes(16), "ann", 10**15, "naïve \u0378 \U0001f600 'quoted\" \\", "write", None, None, *range(7))
    row = (*row, 0, 0, 7)  # the first release had neither proposals nor decisions
    facts = [[(1, "text", None, -5, b"\xff")], []]
    assert (
        link(NO_HASH, row, (texts_of(rows, to_hash=True) for rows in facts)).hex()
        == "8528e649f4e32c7bf7182361ae1b093aa398774d6f06e77179fd206ca49905a2"
    )
    assert link(NO_HASH, (*row[:-2], 1, 7), ()) != link(NO_HASH, row, ())
