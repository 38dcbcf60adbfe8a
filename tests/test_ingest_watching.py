"""A watched folder: what is whole is given once, what changes again, and what is no file never."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ingest import watching
from ingest.watching import arrivals
from model.errors import InputRefused


class Inbox:
    """A folder that is watched, and what it gave."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stop = asyncio.Event()
        self._found = arrivals(path, self.stop, settled=0.0)

    async def next(self) -> tuple[str, str]:
        async with asyncio.timeout(20):
            arrived = await anext(self._found)
        return arrived.name, arrived.problem or os.read(arrived.descriptor, 100).decode()

    async def close(self) -> None:
        self.stop.set()
        async with asyncio.timeout(20):
            assert [one async for one in self._found] == []


@pytest.fixture
async def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Inbox]:
    monkeypatch.setattr(watching, "_TICK", 30)
    path = tmp_path / "inbox"
    path.mkdir()
    made = Inbox(path)
    yield made
    await made.close()


async def test_each_file_is_given_once_and_again_where_it_is_new(inbox: Inbox) -> None:
    (inbox.path / "a.txt").write_text("one")
    (inbox.path / ".hidden").write_text("hidden")
    (inbox.path / "b.txt.part").write_text("half")
    (inbox.path / "folder").mkdir()
    assert await inbox.next() == ("a.txt", "one")
    (inbox.path / "copy.txt").write_text("one")
    (inbox.path / "b.txt.part").rename(inbox.path / "b.txt")
    assert await inbox.next() == ("b.txt", "half")
    os.utime(inbox.path / "a.txt", (1, 1))
    (inbox.path / "b.txt").write_text("whole")
    assert await inbox.next() == ("b.txt", "whole")


async def test_what_is_no_ordinary_file_is_a_problem_and_the_rest_goes_on(inbox: Inbox, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (inbox.path / "1").symlink_to(tmp_path / "secret")
    os.mkfifo(inbox.path / "2")
    (inbox.path / "3").symlink_to("/dev/zero")
    (inbox.path / "4").write_text("four")
    assert await inbox.next() == ("1", "links are not followed")
    assert await inbox.next() == ("2", "it is not a regular file")
    assert await inbox.next() == ("3", "links are not followed")
    assert await inbox.next() == ("4", "four")


async def test_a_file_that_is_being_written_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("o")
    with watching._opened(tmp_path) as directory:
        files = watching._Files(tmp_path, directory, 2.0)
        files.look(0.0)
        assert files.whole(1.0) == []
        (tmp_path / "a").write_text("on")
        assert files.whole(2.0) == []
        assert files.whole(3.9) == []
        assert files.whole(4.0) == ["a"]
        files.look(5.0)
        assert files.whole(9.0) == []


async def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="cannot be watched"):
        await anext(arrivals(tmp_path / "none", asyncio.Event()))
