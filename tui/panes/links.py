"""A list whose lines lead somewhere: the actor's file, the drawer."""

from collections.abc import Sequence

from tui.links import Link, LinkLine
from tui.panes.lines import FixedLines
from tui.themes import Palette
from tui.trail import Spot


class LinkList(FixedLines):
    """Lines with links, about one subject at a time.

    While the subject stays the same, the cursor follows its link to wherever that is listed now.
    """

    def __init__(self, palette: Palette, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(palette, id=id)
        self.subject = ""
        """Id of what the lines are about; empty before there is anything."""
        self.links: tuple[Link | None, ...] = ()
        self._wanted: Spot | None = None

    @property
    def link(self) -> Link | None:
        """Where the cursor's line leads."""
        return self.links[self.cursor] if 0 <= self.cursor < len(self.links) else None

    @property
    def spot(self) -> Spot:
        """Where the cursor stands, to come back to."""
        return Spot(self.subject, self.cursor, self.cursor - self.top)

    def come_back(self, spot: Spot) -> None:
        """Set the cursor where it was: now, or as soon as the list is about that subject again."""
        self._wanted = spot
        if spot.subject == self.subject:
            self._take_up()

    def show_links(self, subject: str, lines: Sequence[LinkLine]) -> None:
        """Show lines about a subject, from the first one on if it is another subject than before."""
        same, under, y = subject == self.subject, self.link, self.cursor - self.top
        self.subject = subject
        self.links = tuple(link for _, link in lines)
        if not same:
            self.cursor = self.top = 0
            self.refresh()  # also where the new lines are the very same: the cursor has moved
        elif under is not None and self.link != under and under in self.links:
            self.cursor = self.links.index(under)
            self.top = self.cursor - y
            self.refresh()
        self.show([line for line, _ in lines])
        if self._wanted is not None and self._wanted.subject == subject:
            self._take_up()

    def clear(self) -> None:
        """Show nothing."""
        self.subject, self.links = "", ()
        self.show(())

    def _take_up(self) -> None:
        spot, self._wanted = self._wanted, None
        if spot is not None:
            self.cursor, self.top = spot.cursor, spot.cursor - spot.offset
            self.settle()
