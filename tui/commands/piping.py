"""Piping events into a command of the user's shell, and showing what it prints."""

import asyncio
import os
import signal
import tempfile
from asyncio.subprocess import PIPE, STDOUT, Process
from contextlib import suppress
from functools import partial
from typing import IO, TYPE_CHECKING

from model.text import clean_line, number_of
from tui.commands.export import write_rows
from tui.commands.work import Do, Take, Work
from tui.marking import count_selected, read_selected
from tui.selection import all_of

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

COMMAND = "pipe"
"""What the line asks a command for."""

ENDING = 1.0
"""Seconds that are given to a command that was ended."""

MOST = 1_000_000
"""Bytes that are kept of what a command prints."""


def _ask(screen: "MainScreen") -> Work:
    what = "these events" if screen.session.selection.empty else "what is selected"
    screen.question.ask(COMMAND, f"pipe {what}, a JSON line each, into")
    return None


def _begin(screen: "MainScreen", text: str) -> Work:
    command = text.strip()
    if not command:
        screen.say("nothing was piped: name a command, `wc -l` for example")
        return None
    return partial(_pipe, screen, command)


async def _pipe(screen: "MainScreen", command: str) -> str | None:
    """Give the command its stdin from a file, so that nothing of the data can ever be taken for a part of it."""
    from export.view import View
    from export.whole import FileForm
    from tui.screens.texts import Text, Texts

    session = screen.session
    view = View(session.catalog, session.clocks, session.present(), session.filter_text)
    chosen = all_of(session.query, screen.log_window.horizon) if session.selection.empty else session.selection.ended()
    try:
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as stream:
            of = await count_selected(session, chosen)
            rows = read_selected(session, chosen)
            number = await write_rows(screen, stream, FileForm.JSONL, view, of=of, pages=rows)
            stream.seek(0)
            screen.long_task.report(f"waiting for {clean_line(command)}", "it was ended")
            output, code = await _run(command, stream)
    except OSError as error:
        return f"nothing was piped: {error.strerror}"
    ended = f"{number_of(number, 'event')} piped into {clean_line(command)}" + (f", which failed: {code}" * bool(code))
    if not output:
        return ended
    lines = output[:MOST].decode("utf-8", "replace").rstrip("\n").split("\n")
    cut = " · only its beginning" if len(output) > MOST else ""
    screen.app.push_screen(Texts(screen.palette, f"{ended}{cut}", [Text(line) for line in lines]))
    return None


async def _run(command: str, stream: IO[str]) -> tuple[bytes, int]:
    """Return what a command prints, somewhat more than is kept at most, and its exit code."""
    # A session of its own: whatever it starts is ended with it, and none of it gets at the terminal.
    shell = os.environ.get("SHELL") or "/bin/sh"
    process = await asyncio.create_subprocess_exec(
        shell, "-c", command, stdin=stream, stdout=PIPE, stderr=STDOUT, start_new_session=True
    )
    assert process.stdout is not None
    output = b""
    try:
        while len(output) <= MOST and (part := await process.stdout.read(65_536)):
            output += part
        return output, 0 if len(output) > MOST else await process.wait()
    finally:
        _end(process)
        with suppress(TimeoutError):
            async with asyncio.timeout(ENDING):
                await process.communicate()


def _end(process: Process) -> None:
    if process.returncode is None:  # else its number may be somebody else's by now
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


DO: dict[str, Do] = {"pipe": _ask}

TAKES: dict[str, Take] = {"pipe": _begin}

ANSWERS: dict[str, Take] = {COMMAND: _begin}
