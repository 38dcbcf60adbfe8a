"""What several tests need: an empty store of each backend, and a small situation to fill it with."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from ingest.text.language import LanguageModel, load_language_model
from model.catalog import Catalog
from seed import folder_of, load_shipped
from seed import read as read_folder
from store import open_store
from store.base import Draft, Store
from store.sqlite.driver import Pool, open_pool
from tests.store_world import World, fill
from tests.valley import valley

# No test of ours is about time, and a busy machine must not fail one.
settings.register_profile("sitmon", deadline=None)
settings.load_profile("sitmon")


@pytest.fixture
async def pool(tmp_path: Path) -> AsyncIterator[Pool]:
    """The connections to an empty SQLite store."""
    opened = await open_pool(tmp_path / "sitmon.db", create=True)
    yield opened
    await opened.aclose()


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """A situation with three places on a route, two sides, four sources and a tally; invented, and so named."""
    return valley()


@pytest.fixture(params=["sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store of each backend: what a test says of it holds for all of them."""
    assert request.param == "sqlite"
    async with await open_store(str(tmp_path / "sitmon.db"), create=True) as opened:
        yield opened


@pytest.fixture
async def colleague(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    """The same store, opened by another user."""
    with monkeypatch.context() as patch:
        patch.setattr("store.sqlite.files.user_name", lambda: "colleague")
        opened = await open_store(str(tmp_path / "sitmon.db"))
    async with opened:
        assert opened.author != store.author
        yield opened


@pytest.fixture
async def situation(store: Store, catalog: Catalog) -> str:
    """The id of `catalog`'s situation, which is in the store with all that its events can name."""
    await store.put_situation(catalog.situation)
    draft = Draft(
        "set the scene",
        places=tuple(catalog.places.values()),
        routes=tuple(catalog.routes.values()),
        actors=tuple(catalog.actors.values()),
        sources=tuple(catalog.sources.values()),
        tallies=tuple(catalog.tallies.values()),
    )
    await store.write(catalog.situation.id, draft)
    return catalog.situation.id


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Iterator[World]:
    """A small store of everything that can go wrong, for tests that only read."""
    with asyncio.Runner() as runner:
        pool = runner.run(open_pool(tmp_path_factory.mktemp("world") / "sitmon.db", create=True))
        built = World(catalog, runner, pool)
        runner.run(fill(built, random.Random(7)))
        yield built
        runner.run(pool.aclose())


@pytest.fixture(scope="session")
def language_model() -> LanguageModel:
    """The model that texts are read with: a second to load, and no more than once."""
    return load_language_model()


@pytest.fixture(scope="session")
def afghanistan() -> Catalog:
    """The catalog of the situation that ships."""
    return read_folder(folder_of("afghanistan_2021")).catalog


@pytest.fixture(scope="session")
def shipped_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the situation that ships, for tests that only read."""
    path = tmp_path_factory.mktemp("shipped") / "shipped.db"

    async def load() -> None:
        async with await open_store(str(path), create=True) as store:
            await load_shipped(store, "afghanistan_2021")

    asyncio.run(load())
    return path


@pytest.fixture
def shipped(shipped_once: Path, tmp_path: Path) -> Path:
    """The same as a store of one's own, to write to."""
    return Path(shutil.copy(shipped_once, tmp_path / "shipped.db"))
