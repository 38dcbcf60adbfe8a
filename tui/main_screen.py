"""The main screen: three panes and a drawer, and the one way round by which they change.

Key -> action -> session -> store -> change -> one worker -> `StoreChanged` -> this screen reads what is true now ->
attributes down into the panes. Nothing else updates a widget.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import events, on
from textual.app import ComposeResult
from textual.widget import AwaitMount
from textual.worker import Worker

from model.entities import ControlState
from model.errors import SitmonError
from model.query import Count, EventRow, Touched
from tui import details
from tui.keymap import ACTIONS, Action, Scope
from tui.keys import Keys, pressed_key
from tui.layout import Layout, take_size
from tui.leaving import Leaving
from tui.links import Link
from tui.long_task import LongTask
from tui.messages import StoreChanged
from tui.navigation import follow, go
from tui.panes import bars
from tui.panes.actor_detail import ActorDetail
from tui.panes.city_list import CityList
from tui.panes.event_log import EventLog
from tui.panes.evidence import Evidence
from tui.panes.lines import Bar, Footer, LineView
from tui.panes.pane import Ground, Pane
from tui.session import Board, Session
from tui.themes import Palette
from tui.titles import show_titles
from tui.trail import Trail
from tui.typeahead import Begun, ended, is_typed_into
from tui.window import Window

if TYPE_CHECKING:
    from tui.commands.work import Work
    from tui.feeds import FeedWatch
    from tui.panes.ask import Ask

WHILE_TYPING = frozenset({"redraw", "suspend"})
"""Actions whose keys hold while something is typed; a key that writes something is never one of these."""


class MainScreen(Layout):
    """Cities, events, actor; the drawer under them."""

    AUTO_FOCUS = ""

    def __init__(self, session: Session, palette: Palette, keys: Keys) -> None:
        super().__init__(id="main")
        self.session: Session = session
        self.palette = palette
        self.keys = keys
        self.board: Board | None = None
        self.total: Count | None = None
        self.cities: CityList = CityList(palette, session.catalog, id="cities-list")
        self.log_window = Window(session.store, session.situation, session.fresh_row)
        self.events: EventLog = EventLog(palette, self.log_window, lambda: session.catalog, id="events-list")
        self.actor: ActorDetail = ActorDetail(palette, id="actor-list")
        self.evidence = Evidence(palette, id="evidence-list")
        self.panes = tuple(
            Pane(Bar(palette, classes="title"), view, id=id_)
            for view, id_ in ((self.cities, "cities"), (self.events, "events"), (self.actor, "actor"))
        )
        self.body = Ground(id="body")
        self.drawer = Pane(Bar(palette, classes="title"), self.evidence, id="drawer")
        self.header = Bar(palette, id="header")
        self.tabs = Bar(palette, id="tabs")
        self.footer = Footer(palette, id="footer")
        self.about = self.events
        self.pressed = ""
        """The key that was pressed last."""
        self.greeting = ""
        """What is said first, until the first key."""
        self.rings = False
        """Whether the terminal's bell rings when something new matches a watched filter."""
        self.themes: Path | None = None
        """The folder of the user's own themes."""
        self.poller: Sequence[str] = ()
        """The command that polls the feeds, for as long as its stdin is open."""
        self.polls_feeds = False
        """Whether this screen polls the feeds from the start, while nobody else does."""
        self.feeds: FeedWatch | None = None
        self.begun = Begun()
        self.trail = Trail()
        self.followed = ""
        """Id of the event or place whose actor's file was shown last."""
        self.current = self.events
        self.drawer_is_due = True
        """Whether something was touched that the drawer shows, or is to show, and it was not read since."""
        self.counted: details.Counted | None = None
        self._said = False
        self.resting: asyncio.TimerHandle | None = None
        """Reads the details once the cursor has rested."""
        self._chord: Mapping[str, Action] = {}
        self._unconfirmed: Work = None
        self._stale = self._catching_up = False
        self._log_worker: Worker[None] | None = None
        self._commands = asyncio.Lock()
        self.leaving = Leaving(self)
        self.long_task = LongTask(self.say, lambda: self.leaving.hint)
        self.events.nothing = ("reading …",)

    def compose(self) -> ComposeResult:
        """Lay the panes out."""
        take_size(self)
        yield self.header
        yield self.tabs
        with self.body:
            yield from self.panes
        yield self.drawer
        yield self.footer

    async def read_ahead(self) -> None:
        """Read the first page of the log before there is a screen to show it on."""
        # What goes wrong here goes wrong again when everything is read, and is said then.
        with suppress(SitmonError):
            await self.log_window.load(self.session.query)
            if self.log_window.revision is not None:
                self.session.heard = self.log_window.revision.changes  # whatever is read later shows as much, or more

    def on_mount(self) -> None:
        """Begin with the events, and read everything else."""
        self.drawer.display = not self.narrow and self.app.size.height >= 30
        self.to_pane(self.events)
        if self.greeting:
            self.call_after_refresh(self.say, self.greeting)
        if self.log_window.revision is None:
            self.read_all()
            return
        self.events.nothing = bars.why_empty(self.session, self.keys)
        self.events.begin()
        self._follow(self.events)
        # Beside the first painting, the reader's thread would hold it up.
        self.call_after_refresh(self._read_rest)

    def _read_rest(self) -> None:
        if not self.has_question:
            self.put_question()
        self._begin("count", partial(self._count_after, self.read_board()), exclusive=True)

    async def _count_after(self, board: Worker[None]) -> None:
        # The cities are waited for; how many events there are is not.
        await ended(board)
        await details.rank_sides(self)
        self._begin("since", partial(details.look_back, self))
        await details.count_all(self)
        await details.count_proposals(self)
        await details.begin_with_feeds(self)
        # The first key need not wait for it then.
        import tui.commands  # noqa: F401

    # -- the one way round -----------------------------------------------------------------------------------------

    @on(StoreChanged)
    def hear_of_change(self) -> None:
        """Read what is true now; changes that come while reading are read for afterwards, once."""
        self._stale = True
        if not self.session.paused and not self._catching_up:
            self._begin("catch-up", self.catch_up)

    async def catch_up(self) -> None:
        """Read the board, the rows on the screen, how many wait, and the drawer, until nothing is newer."""
        self._catching_up = True
        self.workers.cancel_group(self, "ahead")
        try:
            while self._stale:
                self._stale = False
                touched = await self.session.hear()
                await details.show_board(self)
                await self.events.reread(touched)
                await details.count(self, touched)
                self.read_details(touched=touched)
                if self.feeds is not None:
                    self.feeds.soon()
        finally:
            self._catching_up = False
        self._begin("ahead", partial(details.read_ahead_again, self), exclusive=True)
        self._begin("watched", partial(details.tell_watched_soon, self))

    def read_all(self) -> None:
        """Read everything for the present clocks, filter and order; a reading for earlier ones is given up."""
        self.show_bars()
        both = self._begin("board", partial(details.show_board, self), exclusive=True), self.read_log()
        self._begin("details", partial(self._read_details_after, *both), exclusive=True)

    async def _read_details_after(self, *workers: Worker[None]) -> None:
        """Read the details once, after all that they follow from, and after that was painted."""
        for worker in workers:
            await ended(worker)
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()
        self.drawer_is_due = True
        if self.resting is not None:
            self.resting.cancel()
        await details.read_details(self)

    def read_board(self) -> Worker[None]:
        """Read who holds what at the present clocks."""
        return self._begin("board", self._read_board, exclusive=True)

    def read_log(
        self, *, oldest: bool = False, at: EventRow | None = None, offset: int | None = None, after: float = 0
    ) -> Worker[None]:
        """Read the log from its newest or oldest row or around one.

        Args:
            oldest: from the oldest row.
            at: the row on which the cursor is to stand.
            offset: lines between the top of the list and that row; None: half of them.
            after: seconds to wait first, where a reading was under way, which this one ends.
        """
        is_idle = self._log_worker is None or self._log_worker.is_finished
        if self.session.left_selection():
            self.say("the selection was cleared: the log lists something else now")
        self.events.select(self.session.selection)
        self.workers.cancel_group(self, "count")  # of what the log showed before
        work = partial(self._read_log, oldest=oldest, at=at, offset=offset, after=0 if is_idle else after)
        self._log_worker = self._begin("log", work, exclusive=True)
        return self._log_worker

    async def _read_board(self) -> None:
        await details.show_board(self)
        self.read_details()

    async def _read_log(self, *, oldest: bool, at: EventRow | None, offset: int | None, after: float) -> None:
        if after:
            await asyncio.sleep(after)
        self.events.nothing = bars.why_empty(self.session, self.keys)
        await details.load_log(self, oldest=oldest, at=at, offset=offset)
        self._follow(self.events)
        self.call_after_refresh(self._begin, "count", partial(details.count_all, self), exclusive=True)

    def read_details(self, after: float = 0, *, touched: Touched | None = None) -> None:
        """Read what the drawer and the actor's file show, after seconds of rest, or as far as it was touched."""
        self.drawer_is_due |= touched is None or details.is_about(self, touched)
        if self.resting is not None:
            self.resting.cancel()
        if after:
            # No worker for each line that the cursor passes: thousands of cancelled ones would hold up the keys.
            self.resting = asyncio.get_running_loop().call_later(after, self.read_details)
        elif self.is_attached:
            self._begin("details", partial(details.read_details, self), exclusive=True)

    async def guarded(self, work: Callable[[], Awaitable[Any]]) -> None:
        """Do the work; an error that sitmon raises on purpose becomes one line, and nothing is lost."""
        try:
            await work()
        except SitmonError as error:
            self.leaving.stay()  # nobody leaves without having read it
            self.say(str(error), "alert")

    def _begin(self, group: str, work: Callable[[], Awaitable[Any]], *, exclusive: bool = False) -> Worker[None]:
        """Do the work beside everything else; an exclusive one ends what its group was doing, down to the query."""

        async def run() -> None:
            await self.guarded(work)

        worker: Worker[None] = self.run_worker(run, group=group, exclusive=exclusive)
        self.begun.add(group, worker)
        return worker

    def _take_row(self) -> None:
        """Let the session know the row under the cursor, to which a stretch that is being selected reaches."""
        session = self.session
        session.selected = self.events.row
        if session.selected is not None:
            session.selection = session.selection.stretched(session.selected.cursor)

    # -- attributes down -------------------------------------------------------------------------------------------

    def show_bars(self) -> None:
        """Write the title line, the panes' titles and the tabs."""
        show_titles(self)

    def show_selection(self) -> None:
        """Show which rows are selected, and how many."""
        self.events.select(self.session.selection)
        self._begin("selection", partial(details.count_selection, self), exclusive=True)

    def say(self, text: str, role: str = "strong") -> None:
        """Say something in the last line, until the next key."""
        self._said = True
        self.footer.say(text, role, whole=not self.is_asking)  # what is typed in stays where it is

    def show_keys(self) -> None:
        """Show the keys that matter in the pane that has them, but for what ctrl+c has said."""
        if self.leaving.keeps_last_line:
            return
        self._said = False
        asking = self.question.hints if self.is_asking else None
        if not asking and (said := self.long_task.said):
            self.footer.say(said, "strong")
            return
        useless = [name for name, end in zip(("go_back", "go_forward"), self.trail.ends, strict=True) if end]
        useless += ["verify"] if self.about is not self.events else []
        self.footer.show(asking or bars.footer(self.scope, self.keys, self.app.size.width, useless))

    @property
    def scope(self) -> Scope:
        """The pane that the keys act on."""
        return self.focused.SCOPE if isinstance(self.focused, LineView) else self.about.SCOPE

    # -- keys ------------------------------------------------------------------------------------------------------

    async def take_key(self, event: events.Key) -> None:
        """Do what a key means, or wait for the second one of a chord; a message ends at the next key.

        The app calls this, so that keys which arrive together are taken in their order.
        """
        if not self.has_question:
            await self.put_question()
        self.pressed = key = pressed_key(event.key, event.character)
        self._said = False
        self.show_keys()
        chord, self._chord = self._chord, {}
        unconfirmed, self._unconfirmed = self._unconfirmed, None
        action = None
        if unconfirmed:
            event.prevent_default()
            if key == "y":
                self.run_in_turn(unconfirmed)
        elif chord:
            event.prevent_default()
            action = chord.get(key)
        elif is_typed_into(self.focused):
            action = self.keys.does(self.scope, key)
            action = action if action and action.name in WHILE_TYPING else None
        else:
            action = self.keys.does(self.scope, key)
            if follow := self.keys.chord(self.scope, key):
                self._begin_chord(key, follow)
        if action and (opening := self.action_do(action.name)):
            await opening

    def _begin_chord(self, first: str, follow: Mapping[str, Action]) -> None:
        reasons = {action.unavailable(self.session) for action in follow.values()}
        if len(reasons) == 1 and (reason := reasons.pop()):
            self.say(self.keys.spell(reason))
            return
        self._chord = follow
        self.footer.tell(bars.chord(first, follow, self.app.size.width))

    def confirm(self, question: str, work: "Work") -> None:
        """Do the work if the next key is `y`."""
        self.leaving.stay()
        self._unconfirmed, self._said = work, True
        self.footer.tell(bars.question(question, self.app.size.width))

    def action_do(self, name: str) -> AwaitMount | None:
        """Do an action of the table, or say why that cannot be done now.

        Returns:
            What the next key must wait for, because it is meant for what opens.
        """
        # What keys do is imported by the first of them, if it comes before `_count_after` has come to that.
        from tui.commands import DO

        action = ACTIONS[name]
        self._take_row()  # the cursor's own messages may still be on their way
        if self.message_queue_size or self.about.message_queue_size:
            self._follow(self.about)
        reason = action.unavailable(self.session)
        if action.scope is Scope.EVENTS and self.scope is Scope.EVIDENCE and self.about is not self.events:
            reason = "this is about a city; {events} goes to the events"
        if reason:
            self.say(self.keys.spell(reason))
            return None
        work = DO[name](self)
        if isinstance(work, AwaitMount):
            return work
        if isinstance(self.focused, LineView):
            self._follow(self.focused)  # at once, for the keys that follow
        if self.is_asking and not self._said:
            self.show_keys()
        self.run_in_turn(work)
        return None

    def follow_link(self, link: Link | None) -> None:
        """Follow a link that was chosen from a list, if one was."""
        if link is not None and not isinstance(work := go(self, link), AwaitMount):
            self.run_in_turn(work)

    def run_in_turn(self, work: "Work") -> None:
        """Do what is left of an action, after what is left of those before it."""
        if work is not None:
            from tui.commands.work import Aside, Writing

            worker = self._begin("asides" if isinstance(work, Aside) else "commands", partial(self._in_turn, work))
            if isinstance(work, Writing):
                self.leaving.wait_for(worker)

    def write_beside(self, work: Callable[[], Awaitable[Any]]) -> None:
        """Write what a screen over this one is to write, also when that is gone before."""
        self.leaving.wait_for(self._begin("writing", work))

    async def _in_turn(self, work: Callable[[], Awaitable[str | None]]) -> None:
        # One after the other, in the order of the keys; painting and moving go on meanwhile.
        async with self._commands:
            with self.long_task.running():
                self.long_task.report("waiting for the store", "look whether it was done before you do it again")
                said = await work()
        if said:
            self.say(said)
        elif not (self._said or self._chord):
            self.show_keys()

    # -- messages up -----------------------------------------------------------------------------------------------

    @on(LineView.Moved)
    def follow_cursor(self, event: LineView.Moved) -> None:
        """Let the details follow the line that the cursor rests on."""
        event.stop()
        self._follow(event.view)

    def _follow(self, view: LineView) -> None:
        if view is self.events:
            self._take_row()
            if self.session.selection.anchor is not None:
                self.show_selection()
        elif view is self.cities:
            entry = self.cities.entry
            self.session.place = entry.place if isinstance(entry, ControlState) else None
        if view is self.about:
            follow(self)

    @on(LineView.Opened)
    def open_line(self, event: LineView.Opened) -> None:
        """Open a line that was clicked."""
        event.stop()
        from tui.commands.panes import OPENS

        if (name := OPENS.get(event.view.SCOPE)) is not None:
            self.action_do(name)

    @on(EventLog.Wanted)
    def read_more(self, event: EventLog.Wanted) -> None:
        """Read a page more of the log; the screen is painted meanwhile."""
        event.stop()
        self._begin("more", partial(self.events.extend, newer=event.newer))

    def on_descendant_focus(self) -> None:
        """Let the drawer be about the list that has the keys."""
        view = self.focused
        if not isinstance(view, LineView):
            return
        if not self._said:
            self.show_keys()
        self.attend(view)
        self.show_bars()

    def attend(self, view: LineView) -> None:
        """Let a list that was gone to be the one that is shown, and that the details follow."""
        if view is not self.evidence:
            self.show_current(view)
        if view in (self.cities, self.events) and view is not self.about:
            self.about = view
            follow(self)

    def on_resize(self) -> None:
        """Show as many panes as there is room for."""
        self.share_room()
        self.show_bars()
        if self._said or self._chord:
            self.footer.flow()
        else:
            self.show_keys()

    def on_ask_typed(self, event: "Ask.Typed") -> None:
        """Let a filter take effect while it is typed."""
        event.stop()
        from tui.commands import asking

        asking.typed(self, event.purpose, event.text)

    def on_ask_answered(self, event: "Ask.Answered") -> None:
        """Do what was asked for."""
        event.stop()
        from tui.commands import asking

        asking.answered(self, event.purpose, event.text)

    def on_ask_given_up(self, event: "Ask.GivenUp") -> None:
        """Leave it."""
        event.stop()
        from tui.commands import asking

        asking.given_up(self, event.purpose)
