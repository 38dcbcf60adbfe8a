"""How the panes and the drawer share the screen: side by side, one at a time, or one for all of it."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from textual.screen import Screen
from textual.widget import AwaitMount

from tui.panes.evidence import Evidence
from tui.panes.lines import Footer, LineView
from tui.panes.pane import Ground, Pane
from tui.themes import Palette

if TYPE_CHECKING:
    from tui.panes.ask import Ask

NARROW = 110
"""Columns below which one pane is shown at a time."""

SHORT = 22
"""Lines below which the drawer, once opened, takes the place of the panes."""


TINY = 5
"""Lines below which there are no tabs: what is said counts for more."""


def take_size(screen: Screen[Any]) -> None:
    """Give a screen the classes of the terminal's size before its first layout, so that this need not be done again."""
    width, height = screen.app.size
    for length, points in ((width, screen.HORIZONTAL_BREAKPOINTS), (height, screen.VERTICAL_BREAKPOINTS)):
        if points:
            screen.add_class(max(point for point in points if point[0] <= length)[1], update=False)


class Layout(Ground, Screen[None], inherit_bindings=False):
    """Panes beside each other over a drawer, as far as there is room."""

    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (NARROW, "-wide"), (160, "-ample")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-tiny"), (TINY, "-short"), (SHORT, "-tall")]  # noqa: RUF012

    panes: tuple[Pane, ...]
    body: Ground
    drawer: Pane
    evidence: Evidence
    current: LineView
    """The pane that is shown where there is room for one only."""
    about: LineView
    """The list whose line the drawer and the actor's file are about."""
    palette: Palette
    footer: Footer
    has_question = False
    """Whether there is the line in which something is asked."""
    zoomed = False
    """Whether one pane, or the drawer, has all the room."""
    _drawer_was_open = False

    @cached_property
    def question(self) -> "Ask":
        """The line in which something is asked."""
        from tui.panes.ask import Ask

        return Ask(self.palette, id="ask")

    @property
    def is_asking(self) -> bool:
        """Whether something is asked now."""
        return self.has_question and self.question.display

    def put_question(self) -> AwaitMount:
        """Have the line in which something is asked: the first painting does without, the first key does not."""
        self.has_question = True
        return self.mount(self.question, before=self.footer)

    def attend(self, view: LineView) -> None:
        """Let a list that was gone to be the one that is shown, and that the details follow."""
        raise NotImplementedError

    def read_details(self, after: float = 0) -> None:
        """Read what the drawer and the actor's file show."""
        raise NotImplementedError

    @property
    def narrow(self) -> bool:
        """Whether there is room for one pane only."""
        return self.zoomed or self.app.size.width < NARROW

    @property
    def short(self) -> bool:
        """Whether there is room for either the panes or the drawer."""
        return self.zoomed or self.app.size.height < SHORT

    def show_current(self, view: LineView) -> None:
        """Let a pane be the one that is shown where there is room for one only."""
        self.current = view
        for pane in self.panes:
            pane.display = pane.view is view or not self.narrow

    def to_pane(self, view: LineView) -> None:
        """Go to a pane, or into the drawer."""
        if view is not self.evidence and self.short and self.drawer.display:
            self._share_height(drawer=False)
        self.set_focus(view)
        self.attend(view)  # at once, for the keys that follow

    def open_drawer(self, *, is_open: bool) -> None:
        """Open or close the drawer."""
        self._share_height(drawer=is_open)
        if not is_open and self.focused is self.evidence:
            self.to_pane(self.about)
        elif is_open and self.short:
            self.to_pane(self.evidence)
        if is_open:
            self.read_details()

    def zoom(self, *, is_on: bool) -> None:
        """Give all the room to what has the keys, or let everything have its own again."""
        if is_on and not self.zoomed:
            self._drawer_was_open = self.drawer.display
        self.zoomed = is_on
        self.set_class(is_on, "-zoomed")
        if not is_on:
            self.drawer.display = self.drawer.display or self._drawer_was_open
        self.share_room()
        if self.drawer.display:
            self.read_details()

    def share_room(self) -> None:
        """Show as many panes as there is room for."""
        self.show_current(self.current)
        self._share_height(drawer=self.drawer.display and (self.focused is self.evidence or not self.short))

    def _share_height(self, *, drawer: bool) -> None:
        self.drawer.display = drawer
        self.body.display = not (drawer and self.short)
