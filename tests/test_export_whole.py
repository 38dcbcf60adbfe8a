"""Whole files: there once they are complete, readable by whom they should be, the same however they were written."""

import asyncio
import io
import json
import os
import stat
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.files import write_json, write_listing
from export.whole import check_target, whole_file


def test_what_is_there_stays_until_the_new_one_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "view.csv"
    target.write_text("old")
    with suppress(KeyError), whole_file(target) as stream:
        stream.write("half")
        raise KeyError
    assert target.read_text() == "old"
    with whole_file(target) as stream:
        stream.write("new\n")
        assert target.read_text() == "old"
    assert target.read_text() == "new\n"
    assert [path.name for path in tmp_path.iterdir()] == ["view.csv"]


@pytest.mark.parametrize(("umask", "mode"), [(0o077, 0o600), (0o022, 0o644), (0o007, 0o660)])
def test_a_new_file_obeys_the_umask_and_an_old_one_keeps_its_mode(tmp_path: Path, umask: int, mode: int) -> None:
    target = tmp_path / "view.json"
    before = os.umask(umask)
    try:
        with whole_file(target):
            pass
        assert stat.S_IMODE(target.stat().st_mode) == mode
        target.chmod(0o640)
        with whole_file(target):
            pass
    finally:
        os.umask(before)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_link_keeps_pointing_to_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    with whole_file(tmp_path / "link.csv") as stream:
        stream.write("new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


def test_what_cannot_be_written_is_refused_by_its_own_name(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for target in (tmp_path, tmp_path / "none" / "x.csv", tmp_path / "pipe.csv", Path("/dev/null")):
        with pytest.raises(OSError, match=r".") as refused:
            check_target(target)
        assert refused.value.filename == str(target)


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=8) | st.none() | st.integers(), max_size=3)))
@settings(max_examples=50)
def test_a_list_that_is_written_item_by_item_is_the_same_text(items: list[dict[str, object]]) -> None:
    async def each() -> AsyncIterator[dict[str, object]]:
        for item in items:
            yield item

    head = {"situation": "[]", "filter": "[] {}"}
    whole, parts = io.StringIO(), io.StringIO()
    write_json(whole, {**head, "events": items})
    asyncio.run(write_listing(parts, head, "events", each()))
    assert parts.getvalue() == whole.getvalue()
    json.loads(parts.getvalue())
