"""The one place that reaches into Textual: what it does not offer, and why it is needed.

Where Textual has changed what is looked for here, the screen is painted as Textual does it, and a test fails.
"""

import codecs
import functools
import os
import re
import select
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from rich.color import ColorSystem
from rich.style import Style
from textual import constants, events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers import linux_driver
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip

from tui.pastes import END, Pasted, Splitter
from tui.pens import Pen
from tui.shown import Cells, Piece, Shown

R = TypeVar("R")

_ASK_FOR_MARGINS = "\x1b[?69$p"
_HAS_MARGINS = ("\x1b[?69;1$y", "\x1b[?69;2$y")
"""What a terminal answers that has left and right margins: they are in use, or not."""
_NO_REGIONS = "\x1b[?69l\x1b[?6l\x1b[r\x1b[m"
"""Takes away whatever could have a terminal paint elsewhere, or otherwise, than it is told to."""

ESCAPE_DELAY = 0.05
"""Seconds for which Esc may be the begin of a sequence; Textual has twice as many."""

_REST = 0.5
"""Seconds after Esc in which the rest of a sequence is known as such; a slow line brings one in two packets."""
_REST_OF_SEQUENCE = re.compile(r"(\[[\d;:]*[~A-HPQRSZu]|O[A-HPQRS])")
"""The rest of a key's sequence, all at once as nobody types it; what is typed after Esc comes letter by letter."""

_INTERRUPT = re.compile("\x03|\x1b\\[99;5u")
"""Ctrl+c, as terminals with and without the kitty protocol send it."""

_PAUSE = 0.1
"""Seconds between two looks at a keyboard on which nothing is typed; Textual's own."""


def read_any_bytes() -> None:
    """Let a byte that is not UTF-8 be a replacement character.

    Textual's reading thread decodes strictly, so that one such byte (a Latin-1 paste, the eighth bit of a meta key)
    would end the app.
    """
    lenient = functools.partial(codecs.getincrementaldecoder("utf-8"), errors="replace")
    linux_driver.getincrementaldecoder = lambda _encoding: lenient  # type: ignore[attr-defined]


class Keyboard(XTermParser):
    """Textual's parser, without its pastes.

    There, one whose end is missing swallows every later key; a sequence within one becomes keys that act as commands;
    and each character of a megabyte is looked at by itself.

    Args:
        has_margins: is called, in the thread that reads keys, when the terminal answers that it has left and right
            margins. Textual's parser knows the answer for what it is, and drops it.
        interrupted: is called, in that thread, when ctrl+c is read, which many keys before it have others wait for.
        wait: waits for so many seconds at most, and says whether anything has been typed.
        debug: as for Textual's.
    """

    def __init__(
        self,
        has_margins: Callable[[], None],
        interrupted: Callable[[], None],
        wait: Callable[[float], bool],
        debug: bool = False,
    ) -> None:
        self._has_margins = has_margins
        self._interrupted = interrupted
        self._wait = wait
        self._splitter = Splitter()
        self._looked = self._escaped = 0.0
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """Yield the keys, pastes and mouse events of what has arrived; nothing arrives at the end."""
        self._looked = 0.0
        if any(answer in data for answer in _HAS_MARGINS):
            self._has_margins()
        if not data:
            yield from super().feed(data)
        if time.monotonic() - self._escaped < _REST and _REST_OF_SEQUENCE.match(data):
            data = f"\x1b{data}"
        self._escaped = 0.0
        for part in self._splitter.split(data):
            if isinstance(part, Pasted):
                yield from self._paste(part.text)
                continue
            for _ in _INTERRUPT.findall(part.text):
                self._interrupted()
            yield from super().feed(part.text)

    def tick(self) -> Iterable[Message]:
        """Yield what has waited for long enough; called after each look at the keyboard."""
        now = time.monotonic()
        if now - self._looked < _PAUSE / 2:
            time.sleep(_PAUSE)  # a look that neither waited nor found anything: the terminal is gone
        self._looked = now
        for part in self._splitter.overdue():
            yield from self._paste(part.text)
        due = self._timeout_time
        if due is None or self._wait(max(0.0, due - now)):
            return
        for one in super().tick():
            if isinstance(one, events.Key) and one.key == "escape":
                self._escaped = time.monotonic()
            yield one

    def _paste(self, text: str) -> Iterable[Message]:
        # Textual's parser has seen the beginning, and is told of the end, of a paste of nothing.
        yield from (one for one in super().feed(END) if not isinstance(one, events.Paste))
        yield events.Paste(text.replace("\0", ""))


def bound_pastes(keyboard: int, has_margins: Callable[[], None], interrupted: Callable[[], None]) -> None:
    """Let the keyboard be read by a parser whose pastes have a bound, and an end; and that hears of margins and Esc.

    Args:
        keyboard: its file descriptor.
        has_margins: as for `Keyboard`.
        interrupted: as for `Keyboard`.
    """

    def wait(seconds: float) -> bool:
        return bool(select.select([keyboard], [], [], seconds)[0])

    if "ESCDELAY" not in os.environ:
        constants.ESCAPE_DELAY = ESCAPE_DELAY  # type: ignore[misc]
    linux_driver.XTermParser = functools.partial(Keyboard, has_margins, interrupted, wait)  # type: ignore[attr-defined,assignment]


class Update(NamedTuple):
    """What Textual is about to write."""

    pieces: tuple[Piece, ...]
    width: int
    height: int


class ChangesApp(App[R]):
    """An app that writes to the terminal only what differs from what that shows already.

    Textual writes all of each region that may have changed. Here each update passes `shown`, and the rest of Textual's
    way is kept: one synchronized update each, none while updates are held back.
    """

    def __init__(self) -> None:
        super().__init__()
        self.shown = Shown()
        # Two widgets less on each screen: what is said here is said in its last line.
        self._disable_notifications = self._disable_tooltips = True

    def ask_for_margins(self) -> None:
        """Ask the terminal whether it has left and right margins; the keyboard hears the answer."""
        # Apple's would print the question's last letter.
        if self._driver is not None and not self.is_headless and os.environ.get("TERM_PROGRAM") != "Apple_Terminal":
            self._driver.write(_ASK_FOR_MARGINS)

    def redraw(self) -> None:
        """Paint everything again, whatever the terminal shows, and whatever it has made of what it was told."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(_NO_REGIONS)
        self.shown.forget()
        self.refresh(layout=True)

    def on_resize(self, event: events.Resize) -> None:
        """Paint everything again on a terminal that has another size, or has been left and entered again."""
        self.shown.forget()
        if event.size == self.size:  # Textual does nothing then
            self.refresh(layout=True)

    def _display(self, screen: Screen[object], renderable: object) -> None:
        driver = self._driver
        if renderable is None or driver is None or self._batch_count or self.is_headless:
            super()._display(screen, renderable)  # type: ignore[arg-type] # which writes nothing
            return
        update = None if driver.is_inline else understood(renderable, self.console._color_system)  # noqa: SLF001
        if update is None:
            self.shown.forget()
            super()._display(screen, renderable)  # type: ignore[arg-type]
            return
        if self._running and not self._closed and (changes := self.shown.show(*update)):
            x, y = screen.outer_size.clamp_offset(self.cursor_position)
            changes += f"\x1b[{y + 1};{x + 1}H"
            # In one piece, so that it is written by one call.
            driver.write(f"\x1b[?2026h{changes}\x1b[?2026l" if self._sync_available else changes)
            driver.flush()
        self.post_display_hook()


def understood(renderable: object, colours: ColorSystem | None) -> Update | None:
    """Return what an update of Textual's compositor is about to write; None if it is none that is known here."""
    match renderable:
        case LayoutUpdate(strips=strips, region=region) if not region.offset:
            lines = (Piece(y, 0, [_cells(strip, colours) for strip in line]) for y, line in enumerate(strips))
            return Update(tuple(lines), *region.size)
        case ChopsUpdate(chops=chops, spans=spans, chop_ends=ends):
            pieces = (
                Piece(y, x, [_cells(strip, colours) for strip in strips])
                for y, x1, x2 in spans
                for x, strips in _between(x1, x2, chops[y], ends[y])
            )
            return Update(tuple(pieces), ends[0][-1], len(chops))
    return None


def _between(
    x1: int, x2: int, chops: Mapping[int, Strip | None], ends: Sequence[int]
) -> Iterator[tuple[int, list[Strip]]]:
    """Give what a line has between two columns: as few beginnings, with what follows on each, as there are holes."""
    strips: list[Strip] = []
    begin = x1
    for end, (x, strip) in zip(ends, chops.items(), strict=True):
        if x >= x2 or end <= x1:
            continue
        if strip is None:
            if strips:
                yield begin, strips
            strips, begin = [], end
        else:
            strips.append(strip if x >= x1 and end <= x2 else strip.crop(max(0, x1 - x), min(end, x2) - x))
    if strips:
        yield begin, strips


def _cells(strip: Strip, colours: ColorSystem | None) -> Cells:
    known = _laid_out.get(id(strip))
    if known is None:
        if len(_laid_out) >= _MOST_LAID_OUT:
            _laid_out.clear()
        runs = [(text, _pen(style, colours)) for text, style, _ in strip]
        known = _laid_out[id(strip)] = (strip, Cells.of(runs))
    return known[1]


_MOST_LAID_OUT = 4096
_laid_out: dict[int, tuple[Strip, Cells]] = {}
"""The cells of strips, which are painted again and again, by the strip's identity; so they are held, too."""


@functools.lru_cache(8192)
def _pen(style: Style | None, colours: ColorSystem | None) -> Pen:
    if style is None:
        return ""
    sgr = Strip.render_ansi(style, colours or ColorSystem.TRUECOLOR)
    return f"{sgr}\0id={style.link_id};{style.link}" if style.link else sgr
