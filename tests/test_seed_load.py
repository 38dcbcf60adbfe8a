"""Loading situations into a store, and the commands that do it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import seed.loading
from model.entities import Status
from model.errors import InputRefused, NothingToUndo
from model.query import NOW, Clocks, EventQuery
from model.times import end_of, parse_time
from seed import FolderRefused, load, load_shipped, shipped, write_template
from sitmon import cli
from store import Store, open_store

AFGHAN_WORDS = ("afghan", "taliban", "kabul", "herat", "province")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await open_store(str(tmp_path / "store.db"), create=True) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "valley"
    write_template(path, id_="the-valley", name="The Valley", zone="Europe/Berlin")
    return path


def clocks(day: str, zone: str) -> Clocks:
    instant = end_of(*parse_time(day, zone), zone)
    return Clocks(instant, instant)


async def test_loading_again_changes_nothing_and_loading_an_edit_only_what_was_edited(
    store: Store, folder: Path
) -> None:
    first = await load(store, folder)
    assert (first.situation.id, first.updated, first.unchanged) == ("the-valley", 0, 0)
    state = await store.state_hash("the-valley")
    head = await store.head("the-valley")
    again = await load(store, folder)
    assert (again.new, again.updated, again.unchanged) == (0, 0, first.new)
    assert await store.head("the-valley") == head
    assert await store.state_hash("the-valley") == state

    places = folder / "places.csv"
    places.write_text(places.read_text().replace("Second Town", "Twotown"))
    events = folder / "events.csv"
    events.write_text(events.read_text() + "falls,,,,,,,,agency,retracts,2,,,2024-01-04,\n")
    edited = await load(store, folder)
    assert (edited.new, edited.updated, edited.unchanged) == (1, 1, first.new - 1)
    assert (await store.catalog("the-valley")).places["second-town"].name == "Twotown"


async def test_a_folder_with_a_mistake_leaves_the_store_as_it_was(store: Store, folder: Path) -> None:
    places = folder / "places.csv"
    places.write_text(places.read_text().replace("50.25", "500"))
    with pytest.raises(FolderRefused, match=r"places\.csv:2"):
        await load(store, folder)
    assert await store.situations() == ()


async def test_a_large_folder_is_one_batch_to_undo(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed.loading, "_BATCH", 1)
    told: list[tuple[int, int]] = []
    await load(store, folder, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]
    (state, *_) = await store.control("the-valley")
    assert state.status is Status.HELD
    changesets = await store.changesets("the-valley")
    batch = [one for one in changesets if one.reason == "load situation the-valley"]
    assert len(batch) == 2
    await store.undo("the-valley", batch[-1].id)
    assert (await store.count("the-valley", EventQuery())).number == 0


@pytest.mark.parametrize("name", ["afghanistan-2021", "syria_2024"])
async def test_shipped_situations_are_loaded_by_id_or_folder_and_once(store: Store, name: str) -> None:
    first = await load_shipped(store, name)
    again = await load_shipped(store, name)
    assert (first.unchanged, again.new, again.updated, again.unchanged) == (0, 0, 0, first.new)
    assert len(await store.control(first.situation.id)) == len((await store.catalog(first.situation.id)).places)


async def test_a_plain_undo_never_takes_the_situation_away(store: Store, folder: Path) -> None:
    loaded = await load(store, folder)
    with pytest.raises(NothingToUndo):
        await store.undo(loaded.situation.id)
    (newest, *_) = await store.changesets(loaded.situation.id)
    assert await store.undo(loaded.situation.id, newest.id) == (newest,)
    assert await store.redo(loaded.situation.id) == (newest,)


async def test_an_unknown_shipped_situation_is_refused_with_those_there_are(store: Store) -> None:
    with pytest.raises(InputRefused, match="syria-2024"):
        await load_shipped(store, "syria-2023")


async def test_syria_falls_day_by_day_with_its_contradictions(store: Store) -> None:
    loaded = await load_shipped(store, "syria-2024")
    situation, zone = loaded.situation.id, loaded.situation.zone
    capitals = frozenset((await store.catalog(situation)).tallies["government-capitals"].place_ids)
    assert len(capitals) == 14

    async def held(day: str) -> int:
        at = clocks(day, zone)
        ((held, _),) = await store.held_by_day(situation, capitals, "government", (at.as_of,), known_at=at.known_at)
        return held

    days = ("2024-11-28", "2024-11-30", "2024-12-05", "2024-12-06", "2024-12-08")
    assert [await held(day) for day in days] == [11, 10, 9, 8, 0]

    async def state(place: str, day: str | None = None) -> tuple[str, str | None, bool]:
        states = await store.control(situation, clocks=clocks(day, zone) if day else NOW)
        found = next(one for one in states if one.place == place)
        return found.status.value, found.actor, found.disputed

    assert await state("aleppo", "2024-11-29") == ("contested", "moc", False)
    assert await state("hama", "2024-11-30") == ("held", "government", True)
    assert await state("homs", "2024-12-06") == ("threatened", "government", True)
    assert await state("damascus") == ("held", "moc", False)
    assert await state("deir-ez-zor") == ("held", "sdf", False)
    aleppo = next(one for one in await store.control(situation) if one.place == "aleppo")
    assert aleppo.date_disputed


def test_the_second_situation_has_words_of_its_own() -> None:
    (folder,) = [one.folder for one in shipped() if one.situation.id == "syria-2024"]
    text = "".join(path.read_text("utf-8").casefold() for path in folder.glob("*.csv"))
    assert not [word for word in AFGHAN_WORDS if word in text]


def run(store: Path, *arguments: str) -> int:
    return cli.main(["--store", str(store), "situation", *arguments])


def test_a_situation_of_ones_own_from_the_first_line_to_the_store(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, folder = tmp_path / "store.db", tmp_path / "My_Valley"
    assert cli.main(["store", "init", str(store)]) == 0
    assert run(store, "new", str(folder), "--zone", "Europe/Berlin") == 0
    assert run(store, "check", str(folder)) == 0
    assert "my-valley: places 3, routes 1" in capsys.readouterr().out
    assert run(store, "load", str(folder)) == 0
    assert run(store, "load", "syria-2024") == 0
    capsys.readouterr()
    assert run(store, "list", "--format", "csv") == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in listed] == ["id", "afghanistan-2021", "my-valley", "syria-2024"]
    assert listed[2].casefold().split(",")[3:] == ["false", "true"]


def test_what_is_wrong_is_told_as_compilers_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, folder = tmp_path / "store.db", tmp_path / "valley"
    cli.main(["store", "init", str(store)])
    run(store, "new", str(folder))
    (folder / "routes.csv").write_text("id,name,places\nroad,\x1b[31mRoad,first-town\n")
    for command in ("check", "load"):
        capsys.readouterr()
        assert run(store, command, str(folder)) == cli.EXIT_REFUSED
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.startswith("routes.csv:2: places: ")
        assert "1 problem; nothing was written" in told.err
    assert run(store, "load", str(tmp_path / "nowhere")) == cli.EXIT_USAGE
    assert run(store, "new", str(folder)) == cli.EXIT_USAGE
    assert run(store, "new", str(tmp_path / "x"), "--zone", "Kabul") == cli.EXIT_USAGE
    assert "IANA" in capsys.readouterr().err
