"""What a newer release of a data set has no more is taken back, where a file is said to be the whole."""

from typing import Any

import pytest

from ingest.importers.absent import Absent, Whole, find_absent, take_back
from ingest.importers.mapped import mapped, read_meaning
from model.entities import Claim, Event, Stance, Standing
from model.times import Precision, parse_time
from store.base import Draft, Store
from tests.importing_world import NOW, csv_of, files, take
from tests.test_ingest_acled import ROW, stamp
from tests.test_ingest_ucdp import ROW as UCDP_ROW


def row(number: int, **change: Any) -> dict[str, Any]:
    """A row of its own day in January 2024, one of the clashes at North Town."""
    return ROW | {"event_id_cnty": f"XXX{number}", "event_date": f"2024-01-{number:02}"} | CLASH | change


CLASH = {"sub_event_type": "Armed clash"}
ROWS = [row(number) for number in range(1, 21)]
LATER = parse_time("2024-06-01")[0]


async def missing(
    store: Store, situation: str, rows: list[dict[str, Any]], *, published: int | None = LATER, **options: Any
) -> tuple[Absent, Whole]:
    """Import a file that is the whole, and return what is gone."""
    whole = Whole()
    outcome = await take(store, situation, csv_of(*rows), whole=whole, published=published, **options)
    catalog = await store.catalog(situation)
    whole.batch = outcome.imported.changeset
    return await find_absent(store, catalog, whole, seen_at=published or NOW, published=published), whole


async def standing(store: Store, situation: str, at: int = NOW) -> list[bool]:
    """Whether each event counts, in order of occurrence."""
    return [one.row.weight.standing is not Standing.RETRACTED for one in await files(store, situation, known_at=at)]


async def test_what_is_gone_is_taken_back_and_comes_again(store: Store, situation: str) -> None:
    await take(store, situation, csv_of(*ROWS))
    fewer = [*ROWS[:4], *ROWS[5:]]
    changed = fewer[0] | {"notes": "They met again.", "timestamp": stamp("2024-05-01")}
    absent, whole = await missing(store, situation, [changed, *fewer[1:]])
    assert (absent.events, absent.covered, absent.is_too_much) == (1, 20, False)
    assert [event.occurred_at for event in absent.sample] == [parse_time("2024-01-05", "Europe/Berlin")[0]]
    assert await standing(store, situation) == [True] * 20, "nothing is written before"
    await take_back(store, situation, absent, reason="gone", batch=whole.batch)
    assert await standing(store, situation) == [True] * 4 + [False] + [True] * 15
    assert await standing(store, situation, LATER - 1) == [True] * 20, "it was not known before"
    assert (await missing(store, situation, fewer))[0].events == 0, "once is enough"
    assert await standing(store, situation) == [True] * 4 + [False] + [True] * 15
    # One undo takes the whole import back: what the file changed, and what it had no more.
    await store.undo(situation)
    assert await standing(store, situation) == [True] * 20
    assert [len(one.claims) for one in await files(store, situation)] == [1] * 20
    absent, _ = await missing(store, situation, fewer)
    await take_back(store, situation, absent, reason="gone", batch=None)
    await take(store, situation, csv_of(*ROWS), published=LATER + 9)
    assert not all(await standing(store, situation)), "a file that is not said to be the whole may be an old one"
    await missing(store, situation, ROWS, published=LATER + 9)
    assert await standing(store, situation) == [True] * 20


OUTSIDE: dict[str, list[dict[str, Any]]] = {
    "before the first day and after the last": [row(1), row(31)],
    "of a month that is not covered to its end": [row(9, time_precision="3")],
    "of a kind that the file has none of": [row(9, sub_event_type="Peaceful protest")],
    "where the file is never": [row(9, location="South Town", latitude="50.0", admin1="The South")],
    "nowhere, and by somebody whom the file does not name": [row(9, geo_precision="3", actor1="Red Guard")],
    "newer than the file": [row(9, timestamp=stamp("2024-07-01"))],
    "refused, but there": [row(9)],
}


@pytest.mark.parametrize("what", OUTSIDE)
async def test_what_the_file_does_not_cover_stays(store: Store, situation: str, what: str) -> None:
    rows = [row(number) for number in range(2, 30) if number != 9]
    gone = row(10, event_id_cnty="GONE")
    await take(store, situation, csv_of(*rows, gone, *OUTSIDE[what]))
    if what == "refused, but there":
        rows.append(row(9, actor2="Nobody Known"))
    absent, whole = await missing(store, situation, rows)
    assert (absent.events, whole.unread) == (1, 0)
    assert [event.occurred_at for event in absent.sample] == [parse_time("2024-01-10", "Europe/Berlin")[0]]


async def test_a_file_that_is_hardly_the_whole(store: Store, situation: str) -> None:
    await take(store, situation, csv_of(*ROWS))
    absent, _ = await missing(store, situation, [*ROWS[:2], *ROWS[14:]])
    assert (absent.events, absent.is_too_much) == (12, True)
    assert not Absent(events=2, covered=3).is_too_much, "a handful may go"
    broken = csv_of(*ROWS[:3]) + b"a,b\n"
    whole = Whole()
    await take(store, situation, broken, whole=whole)
    assert whole.unread == 1, "nobody knows which event that row is"
    assert (await missing(store, situation, [row(1, event_date="2030-01-01")]))[0].events == 0, "it covers nothing"


async def test_a_dry_run_finds_the_same(store: Store, situation: str) -> None:
    await take(store, situation, csv_of(*ROWS))
    moved = row(3, event_date="2024-01-04", timestamp=stamp("2024-05-01"))
    rows = [*ROWS[:2], moved, *ROWS[4:]]
    dry, _ = await missing(store, situation, rows, dry_run=True)
    wet, _ = await missing(store, situation, rows)
    assert (dry.events, dry.sample) == (wet.events, wet.sample) == (1, wet.sample)


async def test_another_data_set_and_a_person_in_its_name_stay(store: Store, situation: str) -> None:
    rows = [UCDP_ROW | {"id": str(number)} for number in range(100, 110)]
    await take(store, situation, csv_of(*rows))
    await take(store, situation, csv_of(*ROWS))
    at = (await files(store, situation))[0].row.event.occurred_at
    by_hand = Event(
        "0190aaaa-0000-7000-8000-000000000001", "casualties", at, Precision.DAY, "By hand.", "north", "blue"
    )
    claim = Claim("0190aaaa-0000-7000-8000-000000000002", by_hand.id, "ucdp", Stance.ASSERTS, at, Precision.DAY, 3)
    await store.write(situation, Draft("add", events=(by_hand,), claims=(claim,)))
    absent, _ = await missing(store, situation, rows[1:])
    assert (absent.events, len(absent.claims)) == (1, 1)


async def test_a_table_of_ones_own_with_ids_in_the_name_of_one_source(store: Store, situation: str) -> None:
    columns = b'[columns]\nid="Ref"\noccurred_at="Day"\nplace="Town"\n[constants]\nkind="clash"\n'
    assert not mapped(read_meaning(columns)).can_be_whole
    form = mapped(read_meaning(columns + b'source="wire"'))
    assert form.can_be_whole
    rows = [{"Ref": number, "Day": f"2024-01-{number:02}", "Town": "north"} for number in range(1, 21)]
    await take(store, situation, csv_of(*rows), form=form)
    await take(store, situation, csv_of(*ROWS))
    fewer = [*rows[:3], rows[3] | {"Town": "Nowhere"}, *rows[5:]]
    absent, whole = await missing(store, situation, fewer, form=form)
    assert ((absent.events, absent.covered), whole.sources) == ((1, 20), {"wire"}), "the refused row is there"
