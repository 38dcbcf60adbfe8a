"""The terminal, taken and given back: also after an error, after signals, and when it is no longer there."""

import asyncio
import io
import os
import signal
import sys
import termios
import threading
from collections.abc import Callable
from typing import TextIO

from rich.console import Console
from textual.app import App

from model.errors import InputRefused
from model.text import clean_text
from tui._textual_compat import bound_pastes, read_any_bytes
from tui.plain import HANDLER, has_all_letters

PATIENCE = 1.5
"""Seconds that leaving after a signal may take; a stalled line can make a write wait for ever."""

WATCH = 5.0
"""Seconds between looks at whether the terminal is still there."""

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
"""What ends a program that can still tidy up. ctrl+c is a key while the screen is there, and sends none of them."""

_MODES_OFF = (2026, 69, 2048, 2004, 1000, 1003, 1015, 1006, 1004)
GIVE_BACK = "".join(f"\x1b[?{mode}l" for mode in _MODES_OFF) + "\x1b[<u\x1b[?7h\x1b[r\x1b[?1049l\x1b[?25h\x1b[m"
"""What undoes every mode that a Textual app sets, for when it has no time left to do so itself."""


class Harmless(io.StringIO):
    """A text stream onto which nothing gets that a terminal obeys, whatever is written."""

    def __init__(self, file: TextIO) -> None:
        super().__init__()
        self._file = file

    def write(self, text: str) -> int:
        """Write the text with every control character made visible."""
        self._file.write(clean_text(text))
        return len(text)

    def flush(self) -> None:
        """Flush the stream beneath."""
        self._file.flush()


def harmless_console() -> Console:
    """Return a console for error reports: their local values come from outside, and must not reach the terminal raw."""
    return Console(file=Harmless(sys.stderr), color_system=None, force_terminal=False, markup=False, highlight=False)


def moves_lines() -> bool:
    """Say whether the terminal is known to scroll the lines between two of its lines by itself."""
    import curses

    try:
        # By number: while an app runs, Textual puts streams of its own in their place.
        curses.setupterm(fd=sys.__stderr__.fileno() if sys.__stderr__ else -1)
    except curses.error:
        return False
    return all(curses.tigetstr(name) for name in ("csr", "il", "dl"))


async def show(
    app: App[int],
    *,
    mouse: bool = True,
    has_margins: Callable[[], None] = lambda: None,
    interrupted: Callable[[], None] = lambda: None,
) -> int:
    """Run the app on this terminal until it is left.

    Args:
        app: what is run.
        mouse: whether the mouse is listened to.
        has_margins: is called, in another thread, when the terminal answers that it has left and right margins.
        interrupted: is called when ctrl+c was read, before the keys that were typed before it.

    Raises:
        InputRefused: there is no terminal, or one that cannot show a screen.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise InputRefused("the screen needs a terminal; `sitmon places` prints who holds what")
    if (term := os.environ.get("TERM", "")) in ("", "dumb"):
        why = f"TERM={term}" if term else "TERM is not set"
        raise InputRefused(f"this terminal cannot show a screen ({why}); `sitmon places` prints who holds what")
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)  # they would win over the terminal, which alone knows when its size changes
    read_any_bytes()
    if isinstance(sys.stderr, io.TextIOWrapper) and not has_all_letters(sys.stderr):
        sys.stderr.reconfigure(errors=HANDLER)
    loop = asyncio.get_running_loop()
    # By number: while an app runs, Textual puts streams of its own in their place.
    keyboard, screen = sys.stdin.fileno(), sys.stderr.fileno()

    def hear_interrupt() -> None:
        loop.call_soon_threadsafe(interrupted)

    bound_pastes(keyboard, has_margins, hear_interrupt)
    before = termios.tcgetattr(keyboard)
    received: list[int] = []

    def leave(number: int, _frame: object = None) -> None:
        # Not by the loop's own signal handlers: these never run when it is the loop that is stuck.
        received.append(number)
        watchdog = threading.Timer(PATIENCE, _give_up, (128 + number, keyboard, screen, before))
        watchdog.daemon = True
        watchdog.start()
        loop.call_soon_threadsafe(app.exit, 128 + number)

    handlers = {number: signal.signal(number, leave) for number in SIGNALS}
    watching = loop.create_task(_watch(keyboard, lambda: leave(signal.SIGHUP)))
    try:
        result = await app.run_async(mouse=mouse)
    finally:
        watching.cancel()
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if received:
        return 128 + received[0]
    if result is None or app.return_code:  # whoever quits says with what code
        sys.stderr.write("sitmon: the screen met an error that it did not expect; all that it had stored is kept\n")
        return app.return_code or 1
    return result


async def _watch(keyboard: int, gone: Callable[[], None]) -> None:
    # Without a controlling terminal no SIGHUP comes, and reading from a vanished one spins.
    while True:
        await asyncio.sleep(WATCH)
        try:
            termios.tcgetattr(keyboard)
        except termios.error:
            gone()
            return


def _give_up(code: int, keyboard: int, screen: int, before: list[int | list[bytes | int]]) -> None:
    # The loop or the line is stuck. Whatever can still be given back is; then the process ends.
    try:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)
        os.set_blocking(screen, False)
        os.write(screen, GIVE_BACK.encode())
    except (OSError, termios.error):
        pass  # there is no terminal left to give back
    os._exit(code)
