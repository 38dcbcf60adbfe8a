"""The Textual app: it owns the theme, the main screen, and the one worker that hears of changes."""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.filter import LineFilter

from model import times
from model.catalog import Catalog
from model.errors import StoreError
from model.query import NOW, Clocks
from store.base import Store
from tui._textual_compat import ChangesApp
from tui.keymap import PROTECTED
from tui.keys import Keys
from tui.main_screen import MainScreen
from tui.messages import StoreChanged
from tui.plain import has_all_letters
from tui.saved_filters import SavedFilters
from tui.session import Session
from tui.shown import Moves
from tui.terminal import harmless_console, moves_lines, show
from tui.themes import DARK, MONO, Look, Palette, WithoutColour
from tui.typeahead import TypeAhead

LOST_STORE_WAIT = 1.0
"""Seconds between attempts to hear of changes again, once the store could not be read."""


class SitmonApp(ChangesApp[int], inherit_bindings=False):
    """The screen on one situation.

    Args:
        store: an opened store.
        catalog: the situation's names.
        clocks: what the view is set to at first.
        mouse: whether the mouse is listened to.
        scroll_regions: whether the terminal may be told to scroll a part of itself, if it is known to be able to.
        keys: which keys do what; None: those of the table.
        look: the theme that it begins with.
        themes: the folder in which the user's own themes are.
        memory: tells the file in which is kept what this person has seen; None: nothing is.
        filters: the file of saved filters; None: none can be saved.
        bell: whether the terminal's bell rings when something new matches a watched one.
        present: tells the present instant.
    """

    CSS_PATH = "app.tcss"
    TITLE = "sitmon"
    ENABLE_COMMAND_PALETTE = False
    # These hold in every screen and input, whatever a user has bound, so that there is always a way out.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(PROTECTED["quit"], "leave", show=False, priority=True),
        Binding(PROTECTED["interrupt"], "interrupt", show=False, priority=True),
    ]

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        *,
        clocks: Clocks = NOW,
        mouse: bool = True,
        scroll_regions: bool = True,
        keys: Keys | None = None,
        look: Look = DARK,
        themes: Path | None = None,
        filters: Path | None = None,
        bell: bool = False,
        memory: Callable[[], Path] | None = None,
        present: Callable[[], int] = times.now,
    ) -> None:
        # Textual would grey every theme, also one that was asked for by name.
        no_colour = os.environ.pop("NO_COLOR", None)
        super().__init__()
        if no_colour is not None:
            os.environ["NO_COLOR"] = no_colour
        self.mouse = mouse
        self.scroll_regions = scroll_regions
        self.error_console = harmless_console()
        self.animation_level = "none"
        saved = SavedFilters(filters, catalog.situation.id) if filters else None
        self.session = Session(store, catalog, clocks, present, saved, memory=memory)
        self.palette = Palette(look, catalog)
        self.main = MainScreen(self.session, self.palette, keys or Keys())
        self.main.themes = themes
        self.main.rings = bell
        self.typed_ahead = TypeAhead(self, super().on_event)
        self._interrupts = 0
        """Of ctrl+c, those that were heard and have not had their turn."""
        if look.theme.ansi:
            from tui.commands.themes import wear

            wear(self, self.palette, look)
            return
        # Taken for a change of the theme, it would have every rule parsed twice before the first one is painted by.
        self.register_theme(look.theme)
        self.set_reactive(SitmonApp.theme, look.theme.name)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_default_screen(self) -> MainScreen:
        """Begin with the main screen."""
        return self.main

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Take every colour away where the theme has none; a theme with colours of its own has none to translate."""
        look = self.palette.look
        if look.theme.ansi or look is MONO:
            return [*super().get_line_filters(), *([WithoutColour()] if look is MONO else [])]
        return []

    async def on_load(self) -> None:
        """Read the first page, so that it is painted with the screen and not after it."""
        await self.main.read_ahead()

    def on_mount(self) -> None:
        """Listen, once the screen is there to see."""
        self.call_after_refresh(self.run_worker, self._listen, group="changes")
        if self.scroll_regions and not self.is_headless:
            self.call_after_refresh(self._let_lines_move)

    def _let_lines_move(self) -> None:
        if moves_lines():
            self.shown.moves = Moves.LINES
            self.ask_for_margins()

    def let_blocks_move(self) -> None:
        """Let the terminal move columns of lines too, now that it has said that it can."""
        if self.shown.moves is Moves.LINES:  # it was asked
            self.shown.moves = Moves.BLOCKS

    async def _listen(self) -> None:
        """Tell the main screen what is newest, for as long as it runs; a lost store is said, and asked again."""
        # The screen began with the first page; what it read after that is no older.
        newest = self.main.log_window.revision
        while True:
            try:
                async for revision in self.session.store.changes():
                    if self.session.lost:
                        self._hear_again(older=newest is None or revision.changes < newest.changes)
                    if revision != newest:
                        self.main.post_message(StoreChanged(revision))
                        if self.screen is not self.main:
                            self.screen.post_message(StoreChanged(revision))
                    newest = revision
            except StoreError as error:
                self._lose(str(error))
            await asyncio.sleep(LOST_STORE_WAIT)

    def _lose(self, why: str) -> None:
        """Say once that the store is lost; the title line goes on to say so."""
        if why != self.session.lost:
            self.session.lost = why
            self.main.show_bars()
            self.main.say(f"{why}; what is shown may be out of date", "alert")

    def _hear_again(self, *, older: bool) -> None:
        """Say that the store is there again, and read it; all of it where it is an older one, a backup most likely."""
        self.session.lost = ""
        self.session.heard = 0
        self.main.show_bars()
        self.main.say("the store is there again" + (", as it was earlier" if older else ""))
        if older:
            self.main.read_all()
        else:
            self.main.hear_of_change()

    async def on_event(self, event: events.Event) -> None:
        """Take a key or a paste in its turn; a way out at once, with nothing of what waits."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif isinstance(event, events.Key) and event.key == PROTECTED["interrupt"] and self._interrupts:
            self._interrupts -= 1  # it was heard before the keys that were typed before it
        elif isinstance(event, events.Key) and event.key in PROTECTED.values():
            self.typed_ahead.drop()
            await super().on_event(event)
        elif not self._interrupts:
            self.main.leaving.go_on()
            await self.typed_ahead.take(event)

    def on_paste(self) -> None:
        """Say that a paste does nothing where nothing is typed."""
        say = getattr(self.screen, "say", self.main.say)
        say(self.main.keys.spell("a paste is never taken for keys; nothing was done with it; {filter} takes text"))

    def hear_interrupt(self) -> None:
        """Do what ctrl+c does, before it has its turn behind keys that it drops."""
        self._interrupts += 1
        self.typed_ahead.drop()
        self.action_interrupt()

    async def on_key(self, event: events.Key) -> None:
        """Let the main screen do what a key means that was of no use where something is typed."""
        if self.screen is self.main:
            await self.main.take_key(event)

    def on_harmless_input_cut(self) -> None:
        """Say that a paste was too long, after what it was pasted into has said what it has to."""
        from tui.panes.ask import MAX_TYPED

        self.call_after_refresh(
            self.main.say, f"only the first {MAX_TYPED:,} characters of the paste were taken", "warn"
        )

    def action_redraw(self) -> None:
        """Paint everything again, whatever lies over the main screen."""
        for screen in self.screen_stack:
            for widget in screen.walk_children():  # lines that were kept could be the ones that are wrong
                widget.refresh()
        self.redraw()

    def action_leave(self) -> None:
        """Quit."""
        self.main.leaving.leave()

    def action_interrupt(self) -> None:
        """Quit, the second time in a row."""
        self.main.leaving.interrupt()


async def run(app: SitmonApp) -> int:
    """Show the app on this terminal until it is left, and give the terminal back as it was.

    Returns:
        The exit code: 0 left by a key, 1 after an error, 128 and the signal's number after a signal.

    Raises:
        InputRefused: there is no terminal, or one that cannot show a screen.
    """
    if not has_all_letters(sys.stderr):
        app.main.greeting = app.main.greeting or (
            f"this terminal has no UTF-8 ({sys.stderr.encoding}): names in it show ? for the letters that it lacks"
        )
    try:
        return await show(app, mouse=app.mouse, has_margins=app.let_blocks_move, interrupted=app.hear_interrupt)
    finally:
        if app.main.feeds is not None:
            await app.main.feeds.end()
        if app.session.looked is not None:
            await app.session.looked.end(app.session)
        if farewell := app.main.leaving.farewell:
            sys.stderr.write(f"sitmon: {farewell}\n")
