"""The review queue: what was read out of reports, the article beside it, and what accepting it would change."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.screen import Screen
from textual.widgets import Input
from textual.worker import Worker

from model.catalog import Catalog
from model.editing import COUNT_FIELDS, EVENT_FIELDS, shown
from model.errors import SitmonError
from model.proposals import DecisionKind, Proposed
from tui.article import lit_of
from tui.deciding import completing, write_acceptance, write_edit, write_refusal
from tui.keymap import Action, Scope
from tui.keys import Keys, pressed_key
from tui.layout import take_size
from tui.messages import StoreChanged
from tui.panes import bars
from tui.panes.article import Article
from tui.panes.ask import Ask
from tui.panes.lines import Bar, Footer
from tui.panes.queue import Fitted, Queue, Still
from tui.review_lines import (
    READING,
    Entry,
    claim_texts,
    effect_line,
    empty_lines,
    entries_of,
    entry_line,
    field_label,
    form_lines,
    likely_lines,
    title_lines,
    without,
)
from tui.reviewing import Look, let_in_words, look_at
from tui.session import Session

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

_MOST = 500
"""Proposals that are listed at once; those beyond follow as these are decided."""
_REJECT, _EDIT = "reject", "edit "
"""Purposes of what is asked."""


class ReviewScreen(Screen[None]):
    """Everything that waits for a decision; each decision is one changeset and moves on to the next proposal.

    Args:
        main: the main screen, of whose session, colours and keys it is.
    """

    CSS_PATH = "review.tcss"
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+l", "app.redraw", show=False)]

    def __init__(self, main: "MainScreen") -> None:
        super().__init__(id="review")
        self._main = main
        self.session: Session = main.session
        self.palette = palette = main.palette
        self.keys: Keys = main.keys
        self.entries: list[Entry] = []
        self.open = 0
        self.let_in = ""
        """How many proposals were accepted by trust, in words."""
        self.look: Look | None = None
        self._looked_at = ""
        self.queue = Queue(palette, id="review-queue")
        self.article = Article(palette, id="review-article")
        self.form = Still(palette, id="review-form")
        self.likely = Still(palette, id="review-likely")
        self.effect = Bar(palette, id="review-effect")
        self.header = Bar(palette, id="header")
        self.footer = Footer(palette, id="footer")
        self.question = Ask(palette, id="ask")
        self._skipped: set[str] = set()
        self._claim: tuple[str, int] = ("", 0)
        """Which claim of which proposal corrections are for."""
        self._deciding: set[str] = set()
        """Ids of proposals whose decision is being written: they are no longer listed."""
        self._chord: Mapping[str, Action] = {}
        self._said = False
        self._turn = asyncio.Lock()
        self.queue.nothing = READING

    def compose(self) -> ComposeResult:
        """Put the article beside the queue, or over it, and under them what accepting changes."""
        take_size(self)
        yield self.header
        with Container(id="review-body"):
            yield self.article
            with Vertical(id="review-side"):
                yield self.queue
                yield self.form
        yield self.effect
        yield self.likely
        yield self.question
        yield self.footer

    def on_mount(self) -> None:
        """Take the keys, and read the queue."""
        self.set_focus(self.queue)
        self.show_keys()
        self._begin("queue", self.read)

    @property
    def catalog(self) -> Catalog:
        """The situation's names."""
        return self.session.catalog

    @property
    def present(self) -> Proposed | None:
        """The proposal under the cursor."""
        return entry.proposed if (entry := self._entry) else None

    @property
    def _entry(self) -> Entry | None:
        at = self.queue.cursor
        return self.entries[at] if 0 <= at < len(self.entries) else None

    @property
    def _chosen_claim(self) -> int | None:
        """Which claim of the proposal under the cursor corrections are for; None, also past the last: all of them."""
        (of, claim), one = self._claim, self.present
        return claim if one and one.proposal.id == of and claim < len(one.proposal.claims) else None

    # -- reading ---------------------------------------------------------------------------------------------------

    @on(StoreChanged)
    def hear_of_change(self) -> None:
        """Read the queue again: somebody has decided, undone or ingested something."""
        self._begin("queue", self.read)

    async def read(self, to: str | None = None, *, before: Collection[str] | None = None) -> None:
        """Read the queue; the cursor goes to `to`, or the first that is new; else it stays on its proposal or line.

        Args:
            to: id of a proposal.
            before: ids of the proposals of which none is new; None: the cursor goes to none for being new.
        """
        page = await self.session.store.proposals(self.session.situation, limit=_MOST)
        if before is not None:
            to = next((one.proposal.id for one in page.proposed if one.proposal.id not in before), None)
        trusted = await self.session.store.trusted(self.session.situation)
        names = {one.proposal.place for one in page.proposed} - {None}
        if not names <= self.catalog.places.keys() or not {report.source for report in page.reports.values()} <= (
            self.catalog.sources.keys()
        ):
            self.session.catalog = await self.session.store.catalog(self.session.situation)
        self.let_in = let_in_words(trusted, self.catalog)
        if not self.is_attached:  # it was left while something was written
            return
        kept = tuple(one for one in page.proposed if one.proposal.id not in self._deciding)
        self.open = page.open - (len(page.proposed) - len(kept))
        self._list(entries_of(page._replace(proposed=kept)), to)

    def _list(self, entries: list[Entry], to: str | None = None) -> None:
        wanted = to or (self.present.proposal.id if self.present else None)
        at = self.queue.cursor
        self.entries = entries
        self.queue.headings = frozenset(n for n, entry in enumerate(entries) if entry.proposed is None)
        found = (n for n, entry in enumerate(entries) if entry.proposed and entry.proposed.proposal.id == wanted)
        self.queue.nothing = ()
        self._paint_queue()
        self.queue.cursor = next(found, min(at, max(0, len(entries) - 1)))
        if self.queue.cursor in self.queue.headings:
            self.queue.cursor += 1
        self.queue.settle()
        self.show()

    def _paint_queue(self) -> None:
        width = max(20, self.queue.size.width - 1)
        if self.queue.nothing != READING:
            self.queue.nothing = empty_lines(width)
        self.queue.show(
            [
                entry_line(
                    entry,
                    self.catalog,
                    width,
                    skipped=entry.proposed is not None and entry.proposed.proposal.id in self._skipped,
                )
                for entry in self.entries
            ]
        )

    def show(self) -> None:
        """Show the proposal under the cursor, and begin to read what there is to know about it."""
        self.look = None
        self._show_parts()
        if self.present is not None:
            self._begin("look", self._read_look)

    def _show_parts(self) -> None:
        entry = self._entry
        self.header.show(*title_lines(self.open, self.let_in, self.catalog))
        if entry is None or entry.proposed is None:
            self.article.show_text("")
            for view in (self.form, self.likely):
                view.show(())
            self.likely.display = False
            self.effect.show(())
            return
        one, report = entry.proposed, entry.report
        self.article.show_text(report.text, *lit_of(one.proposal, self._chosen_claim))
        room = self.form.size
        width = max(20, room.width - 1)
        self.form.show(form_lines(one, report, self.catalog, width, room.height, chosen=self._chosen_claim))
        self.effect.show(effect_line(self.look, one.proposal, self.catalog))
        likely = likely_lines(self.look, max(20, self.size.width - 1))
        self.likely.display = bool(likely)
        self.likely.styles.height = min(len(likely), 1 if self.size.height < 30 else 3)
        self.likely.show(likely)

    async def _read_look(self) -> None:
        entry, session = self._entry, self.session
        if entry and entry.proposed:
            proposal = entry.proposed.proposal
            self.look = await look_at(session.store, self.catalog, proposal, entry.report, present=session.present())
            self._looked_at = proposal.id
            self._show_parts()

    @on(Queue.Moved)
    def follow_cursor(self, event: Queue.Moved) -> None:
        """Show the proposal that the cursor is on."""
        event.stop()
        self.show()

    @on(Fitted)
    def fit(self, event: Fitted) -> None:
        """Break the lines again."""
        event.stop()
        self._paint_queue()
        self._show_parts()
        if self._said or self._chord:
            self.footer.flow()
        else:
            self.show_keys()

    # -- keys ------------------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Do what a key means here, or wait for the second one of a chord."""
        if isinstance(self.focused, Input):
            return
        event.stop()
        event.prevent_default()
        key = pressed_key(event.key, event.character)
        self.show_keys()
        chord, self._chord = self._chord, {}
        action = chord.get(key) if chord else self.keys.does(Scope.REVIEW, key)
        if not chord and (follow := self.keys.chord(Scope.REVIEW, key)):
            self._chord = follow
            self.footer.tell(bars.chord(key, follow, self.app.size.width))
        elif action is not None:
            self.do(action.name)

    def do(self, name: str) -> None:
        """Do an action by its name."""
        if name.startswith("edit_"):
            self._ask_field(name.removeprefix("edit_"))
            return
        queue, half = self.queue, self.queue.height // 2
        moves: dict[str, Callable[[], object]] = {
            "down": lambda: queue.move(1),
            "up": lambda: queue.move(-1),
            "first": lambda: queue.go(0),
            "last": lambda: queue.go(queue.last),
            "half_down": lambda: queue.turn(half),
            "half_up": lambda: queue.turn(-half),
            "page_down": lambda: queue.turn(queue.height),
            "page_up": lambda: queue.turn(-queue.height),
            "scroll_down": lambda: self.article.scroll(1),
            "scroll_up": lambda: self.article.scroll(-1),
            "accept": self._accept,
            "accept_as": self._accept_as,
            "reject_proposal": self._ask_reason,
            "unverifiable_proposal": lambda: self._refuse(DecisionKind.UNVERIFIABLE, ""),
            "skip": self._skip,
            "next_claim": self._next_claim,
            "trust": lambda: self._begin("trust", self._ask_trust),
            "undo": lambda: self._in_turn(partial(self._turn_back, self.session.undo)),
            "redo": lambda: self._in_turn(partial(self._turn_back, self.session.redo)),
            "back": self._leave,
            "help": self._help,
            "quit": self._main.leaving.leave,
            "interrupt": self._main.leaving.interrupt,
            "redraw": lambda: self.call_later(self.run_action, "app.redraw"),
            "reload": lambda: self._begin("queue", self.read),
            "suspend": self.app.action_suspend_process,
        }
        moves[name]()

    def _leave(self) -> None:
        if self.is_current:
            self.dismiss(None)

    def _help(self) -> None:
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.palette, Scope.REVIEW, self.keys))

    # -- deciding --------------------------------------------------------------------------------------------------

    def _chosen(self) -> Entry | None:
        entry = self._entry
        if entry is None or entry.proposed is None:
            self.say("nothing is under the cursor")
            return None
        return entry

    def _accept(self) -> None:
        if (entry := self._chosen()) and entry.proposed:
            self._accept_as_chosen(entry, None)

    def _accept_as(self) -> None:
        entry = self._chosen()
        if entry is None or entry.proposed is None:
            return
        if entry.proposed.proposal.is_count:
            self.say("a count cannot become a claim of an event; accept it as it is", "warn")
            return
        if self._looked_at != entry.proposed.proposal.id:  # keys may be faster
            self._begin("ask", self._look_then_ask)
            return
        from tui.screens.texts import Texts

        def chosen(event: str | None) -> None:
            if event:
                self._accept_as_chosen(entry, event)

        texts = claim_texts(self.look, self.catalog)
        self.app.push_screen(Texts(self.palette, "A CLAIM OF", texts, lambda typed: typed), chosen)

    async def _look_then_ask(self) -> None:
        await self._read_look()
        self._accept_as()

    def _accept_as_chosen(self, entry: Entry, event: str | None) -> None:
        if entry.proposed:
            proposal = entry.proposed.proposal
            self._decide(entry.proposed, partial(write_acceptance, self.session, proposal, entry.report, event))

    def _ask_reason(self) -> None:
        if self._chosen():
            self.question.ask(_REJECT, "reject, because")
            self.footer.show(self.question.hints)

    def _refuse(self, kind: DecisionKind, reason: str) -> None:
        if (entry := self._chosen()) and entry.proposed:
            self._decide(entry.proposed, partial(write_refusal, self.session, entry.proposed.proposal, kind, reason))

    def _decide(self, one: Proposed, write: Callable[[], Awaitable[str]]) -> None:
        """Take a proposal out of the list at once, so that the next key is for the next one, and write the decision."""
        id_ = one.proposal.id
        self._deciding.add(id_)
        self.open -= 1
        at = self.queue.cursor
        # The lines above may be fewer by the name of a report that has nothing left.
        following = next((entry.proposed.proposal.id for entry in self.entries[at + 1 :] if entry.proposed), None)
        self._list(without(self.entries, id_), following)

        async def work() -> None:
            try:
                self.say(self.keys.spell(await write()))
            finally:
                self._deciding.discard(id_)
                await self.read()

        self._in_turn(work)

    def _skip(self) -> None:
        if (entry := self._chosen()) and entry.proposed:
            self._skipped.add(entry.proposed.proposal.id)
            self._paint_queue()
            self.queue.move(1)

    async def _ask_trust(self) -> None:
        from tui.screens.texts import Texts
        from tui.trusting import decide_trust, trust_texts

        async def decide(trust: str) -> str:
            return self.keys.spell(await decide_trust(self.session, trust))

        def chosen(trust: str | None) -> None:
            if trust:
                self._in_turn(partial(self._turn_back, partial(decide, trust)))

        self.app.push_screen(Texts(self.palette, "TRUST", await trust_texts(self.session, self._entry)), chosen)

    async def _turn_back(self, turn: Callable[[], Awaitable[str]]) -> None:
        """Undo, redo or change a trust; the cursor goes to the first proposal that this has put into the queue."""
        before = {entry.proposed.proposal.id for entry in self.entries if entry.proposed}
        said = await turn()
        await self.read(before=before)
        self.say(said)

    def _next_claim(self) -> None:
        if self.present is None or len(self.present.proposal.claims) == 1:
            self.say("there is one claim; corrections are for it")
            return
        chosen = self._chosen_claim
        self._claim = (self.present.proposal.id, 0 if chosen is None else chosen + 1)
        self._show_parts()

    # -- editing ---------------------------------------------------------------------------------------------------

    def _ask_field(self, field: str) -> None:
        if not (entry := self._chosen()) or not entry.proposed:
            return
        proposal, claim = entry.proposed.proposal, self._chosen_claim
        if field not in (COUNT_FIELDS if proposal.is_count else EVENT_FIELDS):
            self.say(f"{'a count' if proposal.is_count else 'an event'} has no {field}", "warn")
            return
        label = field_label(proposal, field, claim, roomy=self.size.width >= 100)
        present = shown(proposal, field, self.catalog, claim)
        self.question.ask(_EDIT + field, label, present, completing(self.catalog, field, proposal))
        self.footer.show(self.question.hints)

    @on(Ask.Answered)
    def take_answer(self, event: Ask.Answered) -> None:
        """Reject for the reason that was typed, or write the field that was."""
        event.stop()
        self._stop_asking()
        if event.purpose == _REJECT:
            self._refuse(DecisionKind.REJECTED, event.text.strip())
        elif event.purpose.startswith(_EDIT) and (entry := self._chosen()) and entry.proposed:
            field = event.purpose.removeprefix(_EDIT)
            self._in_turn(partial(self._write_edit, entry.proposed, field, event.text, self._chosen_claim))

    @on(Ask.GivenUp)
    def take_nothing(self, event: Ask.GivenUp) -> None:
        """Go on as before."""
        event.stop()
        self._stop_asking()

    def _stop_asking(self) -> None:
        self.question.close()
        self.set_focus(self.queue)
        self.show_keys()

    async def _write_edit(self, one: Proposed, field: str, text: str, claim: int | None) -> None:
        if text == shown(one.proposal, field, self.catalog, claim):
            self.say("it says so already; nothing was written")
            return
        said = await write_edit(self.session, one.proposal, field, text, claim)
        await self.read(one.proposal.id)
        self.say(self.keys.spell(said))

    # -- telling ---------------------------------------------------------------------------------------------------

    def say(self, text: str, role: str = "strong") -> None:
        """Say something in the last line, until the next key; in that of the main screen where this one was left."""
        if not self.is_attached:
            self._main.say(text, role)
            return
        self._said = True
        self.footer.say(text, role)

    def show_keys(self) -> None:
        """Show the keys that matter."""
        self._said = False
        asking = self.question.hints if self.question.display else None
        self.footer.show(asking or bars.footer(Scope.REVIEW, self.keys, self.app.size.width))

    def _begin(self, group: str, work: Callable[[], Coroutine[Any, Any, None]]) -> Worker[None]:
        """Do the work in the background; it cancels what its group was doing."""
        worker: Worker[None] = self.run_worker(partial(self._guarded, work), group=group, exclusive=True)
        return worker

    def _in_turn(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Write after what is being written already, in the order of the keys; also when this screen is left before."""

        async def run() -> None:
            async with self._turn:
                await self._guarded(work)

        self._main.write_beside(run)

    async def _guarded(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do the work; an error that sitmon raises on purpose becomes one line."""
        try:
            await work()
        except SitmonError as error:
            self._main.leaving.stay()
            self.say(str(error), "alert")
