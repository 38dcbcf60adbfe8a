"""What comes by `sitmon ingest` while the store is not to be had."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ingest.reports import Given
from model.errors import StoreFull
from sitmon import ingestion
from sitmon.ingestion import Ingestion
from sitmon.session import Session
from store.base import Store


async def test_a_store_that_is_full_is_tried_again_by_what_goes_on_and_nothing_is_lost(
    store: Store, situation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    room = 0
    write = store.write

    async def full_at_first(*arguments: Any) -> Any:
        nonlocal room
        room += 1
        if room % 2:
            raise StoreFull("the disk is full; nothing was written")
        return await write(*arguments)

    monkeypatch.setattr(store, "write", full_at_first)
    monkeypatch.setattr(ingestion, "_RETRY_AFTER", 0.0)
    monkeypatch.setattr(Ingestion, "_language_model", None)
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"kind": "clash", "occurred_at": "2021-08-12", "summary": "Fighting"}\n{"text": "Quiet."}\n')
    session = Session(store, await store.catalog(situation))
    for patient in (False, True):
        taking = Ingestion(session, asyncio.Event(), patient=patient)
        with rows.open("rb") as file:
            work = taking.take_stream("rows", file.fileno(), Given("", ""), None)
            if patient:
                await work
            else:
                with pytest.raises(StoreFull):
                    await work
                room = 0
    said = capsys.readouterr()
    assert said.err.count("the disk is full; nothing was written; trying again in 0 s") == 2
    assert "rows, line 1: new" in said.out
    assert "Quiet." in said.out
