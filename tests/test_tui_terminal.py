"""The real app on a real terminal: what it writes, what it does not, and how it gives the terminal back."""

import asyncio
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.emulator import Emulator

ROOT = Path(__file__).parents[1]
MODES = ("1049", "1000", "1003", "1006", "1015", "2004", "1004")
"""Alternate screen, mouse, bracketed paste, focus reports: all off again in the end."""

SCRIPT = """
import asyncio, sys
from tests.tui_fakes import PRESENT, FakeStore, event_on
from tests.valley import valley
from tui import app as screen, commands, pastes, terminal

async def main():
    store = FakeStore(valley())
    await store.happen(*(event_on(1 + number % 28, summary=f"number {number}") for number in range(200)))
    if "--hostile" in sys.argv:
        from tests.test_tui_hostile import hostile_catalog, hostile_event, payloads
        store = FakeStore(hostile_catalog("EVENTS 200\x1b[31m"))
        for text in (*payloads()[-12:], *payloads()[:27]):
            event, claim = hostile_event("\x1b[31m" + text)
            await store.happen(event, claims=[claim])
    app = screen.SitmonApp(store, store.known, mouse="--no-mouse" not in sys.argv, present=lambda: PRESENT)
    if "--watch" in sys.argv:
        terminal.WATCH = 0.2
    if "--hasty" in sys.argv:
        pastes.PATIENCE = 0.3
    if "--fail" in sys.argv:
        def fail(screen):
            raise RuntimeError("made to fail \\x1b]52;c;AAAA\\x07 \\x9b2J")
        commands.DO["redraw"] = fail
    if "--stick" in sys.argv:
        import time
        commands.DO["redraw"] = lambda screen: time.sleep(60)
    return await screen.run(app)

sys.exit(asyncio.run(main()))
"""


class Terminal:
    """A pseudo-terminal with a program on it."""

    def __init__(
        self, *arguments: str, size: tuple[int, int] = (80, 24), controlling: bool = True, **more: str
    ) -> None:
        self.master, slave = pty.openpty()
        self._slave = slave
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.before = termios.tcgetattr(slave)
        environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "COLUMNS": "50",  # as shells export it; the terminal knows better
            "PYTHONPATH": str(ROOT),
            **more,
        }

        def take() -> None:
            os.setsid()
            if controlling:
                fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env=environment,
            preexec_fn=take,  # noqa: PLW1509 - there are no threads to be caught by it
        )
        self.written = b""
        self._shown, self._read = Emulator(*size), 0

    def read(self, seconds: float) -> bytes:
        """Read what the program writes in so many seconds."""
        found, end = b"", time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self.master], [], [], left)
            if ready:
                found += self._take()
        return found

    def settle(self) -> None:
        """Read until nothing comes any more; a little longer where nothing has come yet."""
        patience = 0.07
        while select.select([self.master], [], [], patience)[0]:
            self._take()
            patience = 0.025

    def _take(self) -> bytes:
        """Read what there is, or wait for it."""
        data = b""
        with contextlib.suppress(OSError):
            data = os.read(self.master, 65536)
        self.written += data
        return data

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Read until the condition holds."""
        end = time.monotonic() + 10  # other tests keep the processors busy
        while time.monotonic() < end:
            if condition():
                return
            if select.select([self.master], [], [], 0.02)[0]:
                self._take()
        raise AssertionError(f"waited in vain for {what}; on the screen:\n" + "\n".join(self.screen()))

    def screen(self) -> list[str]:
        """Return what a terminal shows of all that was written since it got its size."""
        self._shown.feed(self.written[self._read :])
        self._read = len(self.written)
        return [line.rstrip() for line in self._shown.lines()]

    def shows(self, text: str) -> bool:
        """Say whether the text is on the screen."""
        return any(text in line for line in self.screen())

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.master, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size, and blank it: each size is painted again."""
        self._shown, self._read = Emulator(columns, rows), len(self.written)
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    def end(self) -> int:
        """Wait for the program to end; return its exit code."""
        self.until(lambda: self.process.poll() is not None, "the program to end")
        self.read(0.1)
        return self.process.returncode

    def is_given_back(self) -> bool:
        """Say whether every mode is as it was before."""
        states = dict(re.findall(rb"\x1b\[\?(\d+)([hl])", self.written))
        off = all(states.get(mode.encode(), b"l") == b"l" for mode in MODES)
        return off and states.get(b"25", b"h") == b"h" and termios.tcgetattr(self._slave) == self.before

    def close(self) -> None:
        """End the program and close both ends."""
        self.process.kill()
        self.process.wait()
        for end in (self.master, self._slave):
            with contextlib.suppress(OSError):
                os.close(end)


@contextlib.contextmanager
def opened(
    *arguments: str, size: tuple[int, int] = (80, 24), controlling: bool = True, **more: str
) -> Iterator[Terminal]:
    terminal = Terminal(*arguments, size=size, controlling=controlling, **more)
    try:
        terminal.until(lambda: terminal.shows("EVENTS 200"), "the first screen")
        yield terminal
    finally:
        terminal.close()


def test_quitting_gives_the_terminal_back() -> None:
    with opened() as terminal:
        assert not terminal.is_given_back()
        terminal.press("Q")
        assert terminal.end() == 0
        assert terminal.is_given_back()


def test_bytes_that_are_no_utf_8_end_nothing() -> None:
    with opened() as terminal:
        os.write(terminal.master, b"\x9b\xe9\xff")
        terminal.press("?")
        terminal.until(lambda: terminal.shows("KEYS"), "the help")
        terminal.press("\x11")
        assert terminal.end() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_a_signal_gives_the_terminal_back(number: signal.Signals) -> None:
    with opened() as terminal:
        for _ in range(3):  # whoever is in a hurry sends several
            terminal.process.send_signal(number)
            time.sleep(0.005)
        assert terminal.end() == 128 + number
        assert terminal.is_given_back()


def test_a_signal_gives_the_terminal_back_although_the_program_is_stuck() -> None:
    with opened("--stick") as terminal:
        terminal.press("\x0c")
        terminal.read(0.3)
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.end() == 128 + signal.SIGTERM
        assert terminal.is_given_back()


def test_an_error_gives_the_terminal_back_and_reports_itself_harmlessly() -> None:
    with opened("--fail") as terminal:
        shown = len(terminal.written)
        terminal.press("\x0c")
        assert terminal.end() == 1
        assert terminal.is_given_back()
        _, box, report = terminal.written[shown:].partition("╭".encode())
        assert box
        assert b"made to fail" in report
        assert b"all that it had stored is kept" in report
        for raw in (b"\x1b]", b"\x07", b"\xc2\x9b"):
            assert raw not in report


def test_a_terminal_that_vanishes_ends_the_program() -> None:
    with opened() as terminal:
        os.close(terminal.master)
        os.close(terminal._slave)
        terminal.process.wait(timeout=10)


def test_a_terminal_that_vanishes_without_a_signal_ends_the_program_too() -> None:
    with opened("--watch", controlling=False) as terminal:
        os.close(terminal.master)
        os.close(terminal._slave)
        terminal.process.wait(timeout=10)


def test_ctrl_z_gives_the_terminal_back_until_it_returns_in_the_size_of_then() -> None:
    with opened() as terminal:
        terminal.press("\x1a")
        terminal.until(lambda: _state(terminal.process.pid) == "T", "the program to stop")
        terminal.read(0.1)
        assert terminal.is_given_back()
        terminal.resize(120, 30)
        terminal.process.send_signal(signal.SIGCONT)
        terminal.until(lambda: not terminal.is_given_back(), "the screen again")
        terminal.until(lambda: terminal.shows("│") and terminal.shows("? keys"), "three panes")
        terminal.press("jQ")
        assert terminal.end() == 0
        assert terminal.is_given_back()


PASTES = ("[/]\x9b2J", "\x1b]52;c;AAAA\x07[/b]", "\x1b[31m\u202eabc", "[@click=app.leave]\x9b2J", "na\x1b]0;x\x07me")
"""What is pasted into every input."""


def _everywhere() -> Iterator[str]:
    """Yield keys that lead into every pane and over every screen, and fill in every input."""
    pastes = iter(f"\x1b[200~{text}\x1b[201~" for text in (*PASTES, PASTES[0], PASTES[1]))
    yield from (
        "\x1b[6~",
        "j",
        "e",
        "e",
        "4",
        "j",
        "\r",
        "\x1b",
        "2",
        "E",
        "\x1b[6~",
        "\x1b",
        "O",
        "\x1b",
        "y",
        "Y",
        "\x1b",
    )
    yield from ("1", "j", "e", "C", "\x1b", "\r", "\x1b", "3", "\x1b[6~", "j", "\r", "H", "L", "T", "\x1b")
    yield from ("?", next(pastes), "\x1b", "\x1b", ":", next(pastes), "\x1b", "\x1b")
    yield from ("2", "t", next(pastes), "\r", "c", next(pastes), "\r", "/", next(pastes), "\x1b", "\x1b")
    yield from ("2", "v", "j", "j", "m", "y", "\x1b", "F", next(pastes), "\r", "f", next(pastes), "\x1b", "\x1b")
    yield from ("[", "]", "0", "x", "v", "u", "G", "g", "S")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_no_raw_byte_of_the_data_is_written(size: tuple[int, int]) -> None:
    with opened("--hostile", size=size) as terminal:
        for keys in _everywhere():
            terminal.press(keys)
            terminal.settle()
        ours = (
            rb"\x1b\[[0-9;]*[mGHLMrs]|\x1b\[\?[0-9;]+[hl]|\x1b\[\?[0-9]+\$p|\x1b\[[<>]?[0-9]*u|\x1b\]22;default\x07"
            rb"|\x1b\]52;c;[A-Za-z0-9+/=]*\x07"
        )
        left = re.sub(ours, b"", terminal.written)
        assert re.findall(rb".{0,20}[\x00-\x09\x0b-\x0c\x0e-\x1f\x7f].{0,20}", left) == []
        assert re.findall(rb"\xc2[\x80-\x9f]", left) == []
        assert b"\x1b[31m" not in terminal.written
        assert terminal.process.poll() is None


def test_any_size_is_survived_and_what_is_shown_fits_the_last_one() -> None:
    with opened() as terminal:
        for columns, rows in ((10, 3), (1, 1), (0, 0), (500, 200), (3, 50), (80, 2)):
            terminal.resize(columns, rows)
            terminal.read(0.1)
            terminal.press("j?")
            terminal.read(0.1)
            terminal.press("\x1b")
            terminal.read(0.15)
        for number in range(200):
            terminal.resize(40 + number % 90, 5 + number % 30)
            terminal.read(0.002)
        terminal.resize(10, 3)
        terminal.read(0.5)
        terminal.resize(100, 30)
        terminal.until(lambda: terminal.shows("EVENTS 200") and terminal.screen()[29], "the screen")
        assert terminal.process.poll() is None
        terminal.press("Q")
        assert terminal.end() == 0


def test_without_the_mouse_no_mouse_mode_is_set() -> None:
    with opened("--no-mouse") as terminal:
        terminal.press("Q")
        terminal.end()
        assert b"?1003h" not in terminal.written
        assert b"?1000h" not in terminal.written


def test_an_idle_screen_writes_nothing() -> None:
    with opened() as terminal:
        terminal.read(0.7)
        assert terminal.read(1.5) == b""
        terminal.press("j")
        terminal.until(lambda: terminal.shows("▌●"), "the cursor")
        assert terminal.read(0.3)[-200:] is not None


def test_moving_the_cursor_writes_little() -> None:
    with opened(size=(120, 40)) as terminal:
        terminal.read(0.7)
        terminal.press("j")
        assert 0 < len(terminal.read(0.05)) < 3_000


def test_a_paste_that_never_ends_is_taken_as_it_is_and_keys_have_their_effect_again() -> None:
    with opened("--hasty") as terminal:
        terminal.press("/")
        terminal.until(lambda: terminal.shows(" filter"), "the question")
        terminal.press("\x1b[200~never ends")
        terminal.until(lambda: terminal.shows("/never ends"), "the filter")
        terminal.press("\x1b")
        terminal.until(lambda: not terminal.shows("/never ends"), "the filter to be cleared")
        terminal.press("\x1b[200~again")
        terminal.read(0.05)
        terminal.press("\x03")
        terminal.until(lambda: terminal.shows("again quits"), "the first ctrl+c")
        terminal.press("\x03")
        assert terminal.end() == 0
        assert terminal.is_given_back()


def test_ctrl_c_behind_a_burst_of_keys_is_heard_where_a_filter_is_typed() -> None:
    with opened() as terminal:
        terminal.press("/" + "jk" * 10_000 + "\x03")
        terminal.until(lambda: terminal.shows("again quits"), "the first ctrl+c")
        terminal.press("\x03")
        assert terminal.end() == 0
        assert terminal.is_given_back()


def test_a_terminal_without_utf_8_gets_signs_that_it_has() -> None:
    with opened(PYTHONIOENCODING="latin-1", size=(120, 40)) as terminal:
        terminal.until(lambda: terminal.shows("this terminal has no UTF-8"), "what is said of it")
        lines = terminal.screen()
        assert "\\u" not in "".join(lines)
        assert len({line.index("|", 30) for line in lines[2:25]}) == 1
        terminal.press("Q")
        assert terminal.end() == 0


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_show_a_screen_is_refused_with_a_hint(term: str) -> None:
    terminal = Terminal(TERM=term)
    try:
        assert terminal.end() == 1
        assert b"`sitmon places` prints who holds what" in terminal.written
        assert b"\x1b[?1049h" not in terminal.written
    finally:
        terminal.close()


def test_without_a_terminal_the_screen_is_refused(tmp_path: Path) -> None:
    from textual.app import App

    from model.errors import InputRefused
    from tui.terminal import show

    del tmp_path
    with pytest.raises(InputRefused, match="sitmon places"):
        asyncio.run(show(App()))


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
