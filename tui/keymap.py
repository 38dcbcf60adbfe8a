"""Every action of the screen, once: what keys do, the help, the palette and docs/keys.md are made from this table.

An action that cannot be done now says why instead of doing nothing. `tui/commands/` has what each does.
"""

import enum
from collections.abc import Callable
from typing import NamedTuple

from model.query import NOW
from tui.session import Session


class Scope(enum.StrEnum):
    """Where an action's keys work."""

    ANYWHERE = "everywhere"
    LIST = "in every list"
    CITIES = "on a city"
    EVENTS = "on an event"
    ACTOR = "in the actor's file"
    EVIDENCE = "in the evidence"
    REVIEW = "in the review queue"


PROTECTED = {"quit": "ctrl+q", "interrupt": "ctrl+c"}
"""Keys that always do this, in every screen and input: the way out cannot be bound away."""

PANES = (Scope.CITIES, Scope.EVENTS, Scope.ACTOR, Scope.EVIDENCE, Scope.REVIEW)
"""The scopes that are one pane each; in each of them LIST holds as well, and ANYWHERE as far as `works_in` says."""

_OF_THE_EVENT_SHOWN = frozenset(
    {
        *("read", "star", "tag", "note", "remark", "copy", "cite", "open_source", "list_sources", "raw"),
        *("verify", "dispute", "reject", "unverifiable", "duplicate", "assign"),
    }
)
"""Actions on an event that hold in its evidence too, where it is judged."""

_ALSO_IN_REVIEW = frozenset({"back", "quit", "interrupt", "undo", "redo", "help", "reload", "redraw", "suspend"})
"""Actions from anywhere that hold in the review queue too: it covers the panes that the others are about."""


class Action(NamedTuple):
    """One thing that a user can do."""

    name: str
    keys: tuple[str, ...]
    """As they are typed (`g`, `ctrl+d`, `[`); two with a space between are pressed one after the other (`x v`)."""
    label: str
    """A word or two for the footer and the palette."""
    description: str
    """One sentence for the help screen; a key of another action by that one's name in braces."""
    scope: Scope = Scope.ANYWHERE
    unavailable: Callable[[Session], str | None] = lambda _session: None
    """Says why it cannot be done now, and what to do instead, with keys as above; None when it can."""
    argument: str = ""
    """What the palette takes after the name: `TIME`."""


def _no_event(session: Session) -> str | None:
    return None if session.selected else "no event is selected; {events} goes to the events"


def _none_selected(session: Session) -> str | None:
    return "nothing is selected; {select} selects the event under the cursor" if session.selection.empty else None


def _at_now(session: Session) -> str | None:
    return "both clocks show now already" if session.clocks == NOW else None


def _nothing_new(session: Session) -> str | None:
    return None if session.arrived.number else "nothing new has arrived"


def _no_feeds(session: Session) -> str | None:
    return None if session.feeds else "there is no feed to poll; `sitmon feed add URL --source NAME` subscribes to one"


def _no_place(session: Session) -> str | None:
    return None if session.saved else "there is no place for saved filters in this session"


def _no_filter(session: Session) -> str | None:
    return _no_place(session) or (None if session.filter_text else "nothing is filtered; {filter} filters")


_ROWS = (
    Action("down", ("j", "down"), "down", "One line down.", Scope.LIST),
    Action("up", ("k", "up"), "up", "One line up.", Scope.LIST),
    Action("first", ("g", "home"), "top", "To the first line; in the log also shows what is new.", Scope.LIST),
    Action("last", ("G", "end"), "bottom", "To the last line; in the log the oldest event.", Scope.LIST),
    Action("half_down", ("ctrl+d",), "half page down", "Half a page down.", Scope.LIST),
    Action("half_up", ("ctrl+u",), "half page up", "Half a page up.", Scope.LIST),
    Action("page_down", ("pagedown",), "page down", "A page down.", Scope.LIST),
    Action("page_up", ("pageup",), "page up", "A page up.", Scope.LIST),
    Action("next_pane", ("tab",), "next pane", "To the next pane."),
    Action("previous_pane", ("shift+tab",), "previous pane", "To the pane before."),
    Action("cities", ("1",), "cities", "To the cities: who holds what."),
    Action("events", ("2",), "events", "To the event log."),
    Action("actor", ("3",), "actor", "To the actor's file."),
    Action("open_city", ("enter", "l"), "its events", "Show only what happened in this city.", Scope.CITIES),
    Action("open_event", ("enter", "l"), "open", "Open the event's evidence.", Scope.EVENTS, _no_event),
    Action("drawer", ("4",), "evidence", "Into the evidence of the event, or of the city."),
    Action("claims", ("C",), "its claims", "List the claims that the city's status rests on.", Scope.CITIES),
    Action("follow", ("enter", "l"), "go there", "Go to the city, event, actor or list of this line.", Scope.ACTOR),
    Action(
        "follow_evidence",
        ("enter", "l"),
        "go there",
        "Read the claim in full, or go to the event, actor, city or time of this line.",
        Scope.EVIDENCE,
    ),
    Action("go_back", ("H", "ctrl+o"), "where I was", "To the view before this one, as it was left."),
    Action("go_forward", ("L",), "forward", "To the view that you went back from."),
    Action("goto", (), "go to", "Go to a city or an actor by any of its names: `:goto herat`.", argument="NAME"),
    Action("held", ("T",), "what counts", "List the places that the first tally counts."),
    Action("tally", (), "tallies", "Show the tallies beside the counts that sources published."),
    Action("back", ("escape", "q"), "back", "One level back: close, clear the filter; at the outermost level q quits."),
    Action("quit", ("Q", "ctrl+q"), "quit", "Quit once all is written; again: at once. What was saved is kept."),
    Action("interrupt", ("ctrl+c",), "ctrl+c twice quits", "Pressed twice in a row: quit."),
    Action(
        "filter",
        ("/",),
        "filter",
        "Filter the events, on a city the cities, as you type, `!` inverts; Enter keeps it, Esc clears it.",
        argument="FILTER",
    ),
    Action(
        "save_filter",
        ("F",),
        "save filter",
        "Save the present filter under a name.",
        unavailable=_no_filter,
        argument="NAME",
    ),
    Action(
        "pick_filter",
        ("f",),
        "saved filters",
        "Take a saved filter, watched ones with what is new, or remove one.",
        unavailable=_no_place,
        argument="NAME",
    ),
    Action(
        *("watch", ("w",), "watch", "Say when something new matches the present filter; the same key ends that."),
        unavailable=_no_filter,
    ),
    Action(
        *(
            "select",
            ("space",),
            "select",
            "Select the event, or no longer, and go on: marks are then for all selected.",
        ),
        *(Scope.EVENTS, _no_event),
    ),
    Action(
        "range",
        ("v",),
        "range",
        "Select all up to the cursor; the same key ends that.",
        Scope.EVENTS,
        _no_event,
    ),
    Action("select_none", ("ctrl+backslash",), "select none", "Clear the selection.", Scope.EVENTS, _none_selected),
    Action(
        *("next_hit", ("n",), "next", "To the next hit of the filter; without one to the next unread event."),
        *(Scope.EVENTS, _no_event),
    ),
    Action(
        *("previous_hit", ("N",), "previous", "To the hit before; without a filter to the unread event before."),
        *(Scope.EVENTS, _no_event),
    ),
    Action("read", ("m",), "read", "Mark the event read, or unread again. Only you see it.", Scope.EVENTS, _no_event),
    Action(
        *("read_all", ("A",), "all read", "Mark all that is listed read, once you have confirmed how many that is."),
        *(Scope.EVENTS, _no_event),
    ),
    Action("star", ("s",), "star", "Star the event, or take the star away. Only you see it.", Scope.EVENTS, _no_event),
    Action("tag", ("t",), "tag", "Tag the event; the same tag again takes it away.", Scope.EVENTS, _no_event),
    Action("note", ("c",), "note", "Write a note on the event that everybody sees.", Scope.EVENTS, _no_event),
    Action("remark", ("C",), "own note", "Write a note on the event that only you see.", Scope.EVENTS, _no_event),
    Action("verify", ("x v",), "verified", "Mark the event verified, or no longer.", Scope.EVENTS, _no_event),
    Action("dispute", ("x d",), "disputed", "Mark the event disputed, or no longer.", Scope.EVENTS, _no_event),
    Action("reject", ("x r",), "rejected", "Mark the event rejected, or no longer.", Scope.EVENTS, _no_event),
    Action(
        "unverifiable", ("x u",), "unverifiable", "Mark the event unverifiable, or no longer.", Scope.EVENTS, _no_event
    ),
    Action(
        *("duplicate", ("x =",), "duplicate", "Mark the event as repeating another, selected before or chosen now."),
        *(Scope.EVENTS, _no_event),
    ),
    Action("assign", ("x a",), "assign", "Assign the event to somebody, or to nobody.", Scope.EVENTS, _no_event),
    Action("copy", ("y",), "copy", "Copy the event, or all that is selected, a line each.", Scope.EVENTS, _no_event),
    Action("cite", ("Y",), "cite", "Copy a citation: both dates, sources, clocks, id.", Scope.EVENTS, _no_event),
    Action(
        *("open_source", ("o",), "source", "Open the event's source in a browser; copy its address over SSH."),
        *(Scope.EVENTS, _no_event),
    ),
    Action("list_sources", ("O",), "sources", "List the addresses of the event's sources.", Scope.EVENTS, _no_event),
    Action("raw", ("E",), "as stored", "Show the event, claims and reports as stored.", Scope.EVENTS, _no_event),
    Action(
        *("export", ("ctrl+s",), "export", "Write the view to a file: its events, or from the cities who holds what."),
        argument="FILE",
    ),
    Action(
        *("pipe", ("|",), "pipe", "Pipe what is selected, or else listed, into a command of your shell."),
        argument="COMMAND",
    ),
    Action("undo", ("u", "z"), "undo", "Undo your latest change, also one of an earlier session."),
    Action("redo", ("ctrl+r", "Z"), "redo", "Redo what you undid last."),
    Action("evidence", ("e",), "evidence", "Open or close the evidence: an event's claims, or why a city stands so."),
    Action("zoom", ("+",), "zoom", "Give the whole screen to this pane, and to each that you go to."),
    Action("unzoom", ("-",), "all panes", "Show the panes beside each other again."),
    Action("earlier", ("[",), "change before", "Set the clock to the change of control before."),
    Action("later", ("]",), "next change", "Set the clock to the next change of control."),
    Action("day_before", ("{",), "day before", "Set the clock to the end of the day before."),
    Action("day_after", ("}",), "next day", "Set the clock to the end of the next day."),
    Action(
        "swap_clock",
        ("\\",),
        "other clock",
        "Let {earlier} {later} {day_before} {day_after} set the other clock: as of, or known at.",
    ),
    Action("now", ("0",), "now", "Set both clocks to now.", unavailable=_at_now),
    Action("asof", (), "as of", "Show only what had happened by a time: `:asof 2021-08-12`.", argument="TIME"),
    Action("known", (), "known at", "Show only what was reported by a time: `:known 2021-08-12`.", argument="TIME"),
    Action("by_status", ("S s",), "status", "Group the cities by who holds them.", Scope.CITIES),
    Action("by_province", ("S v",), "province", "Group the cities by their provinces.", Scope.CITIES),
    Action("one_list", ("S l",), "list", "List the cities without groups.", Scope.CITIES),
    Action("sort_name", ("S n",), "name", "Sort the cities by their names.", Scope.CITIES),
    Action("sort_since", ("S c",), "change", "Sort the cities by when they last changed.", Scope.CITIES),
    Action("sort_population", ("S p",), "population", "Sort the cities by their population.", Scope.CITIES),
    Action("order_occurred", ("S o",), "as it occurred", "Order the log by when events occurred.", Scope.EVENTS),
    Action("order_received", ("S r",), "as received", "Order the log by when events were received.", Scope.EVENTS),
    Action("show_new", (".",), "show new", "Show the events that arrived meanwhile.", unavailable=_nothing_new),
    Action("pause", ("p",), "pause", "Pause all live updates, or resume them."),
    Action("palette", (":", "ctrl+p"), "commands", "Find a command by its name."),
    Action("help", ("?",), "keys", "Show the keys of this pane, and what the letters and signs mean."),
    Action("review", ("R", "5"), "review", "Open the queue of what was read out of reports: accept, correct, reject."),
    Action("accept", ("a",), "accept", "Accept the proposal: it becomes an event with its claims.", Scope.REVIEW),
    Action(
        "accept_as", ("A", "="), "a claim of", "Accept it as further claims of an event that is there.", Scope.REVIEW
    ),
    Action("reject_proposal", ("x",), "reject", "Reject the proposal, with a reason if you like.", Scope.REVIEW),
    Action("unverifiable_proposal", ("v",), "unverifiable", "Nobody can find out whether it is so.", Scope.REVIEW),
    Action(
        "trust", ("t",), "trust", "Trust its source for its kind, or withdraw a trust with all it let in.", Scope.REVIEW
    ),
    Action("skip", ("s",), "skip", "Leave it open, and go to the next one.", Scope.REVIEW),
    Action(
        "edit_place", ("e p",), "place", "Correct where it happened: a place, a candidate, a new one.", Scope.REVIEW
    ),
    Action("edit_kind", ("e k",), "kind", "Correct what happened.", Scope.REVIEW),
    Action("edit_actor", ("e a",), "actor", "Correct who did it.", Scope.REVIEW),
    Action("edit_against", ("e g",), "against", "Correct to whom.", Scope.REVIEW),
    Action("edit_when", ("e w",), "when", "Correct when it happened.", Scope.REVIEW),
    Action("edit_summary", ("e s",), "summary", "Correct the line that the log will show.", Scope.REVIEW),
    Action("edit_credibility", ("e c",), "credibility", "Correct how credible its claims are, 1 to 6.", Scope.REVIEW),
    Action("edit_source", ("e o",), "source", "Correct whose claims they are.", Scope.REVIEW),
    Action("edit_stance", ("e t",), "stance", "Correct what its claims do: assert, confirm, deny, ...", Scope.REVIEW),
    Action("edit_attribution", ("e b",), "by whose word", "Correct who says so, as the text gives it.", Scope.REVIEW),
    Action("next_claim", ("tab",), "next claim", "Choose one of several claims, to correct it alone.", Scope.REVIEW),
    Action("edit_route", ("e r",), "route", "Correct which route it is about.", Scope.REVIEW),
    Action("edit_count", ("e n",), "number", "Correct how many a count says.", Scope.REVIEW),
    Action("scroll_down", ("J",), "article down", "Scroll the article down.", Scope.REVIEW),
    Action("scroll_up", ("K",), "article up", "Scroll the article up.", Scope.REVIEW),
    Action("since", (), "since", "List what has changed since you last looked."),
    Action(
        *("feeds", (), "feeds", "Poll the feeds from this screen while nobody else does, or no longer."),
        unavailable=_no_feeds,
    ),
    Action("theme", (), "theme", "Change the colours: `:theme light`.", argument="NAME"),
    Action("reload", ("r",), "read again", "Read all that is shown again; it comes by itself, too."),
    Action("redraw", ("ctrl+l",), "redraw", "Paint the whole screen again."),
    Action("suspend", ("ctrl+z",), "suspend", "Go back to the shell; `fg` returns."),
)

ACTIONS: dict[str, Action] = {action.name: action for action in _ROWS}
"""Every action by its name."""

FOOTER: dict[Scope, tuple[str, ...]] = {
    Scope.CITIES: ("open_city", "evidence", "earlier", "filter", "go_back", "go_forward", "help"),
    Scope.EVENTS: ("open_event", "verify", "earlier", "filter", "go_back", "go_forward", "read", "star", "help"),
    Scope.ACTOR: ("follow", "go_back", "go_forward", "held", "earlier", "help"),
    Scope.EVIDENCE: ("follow_evidence", "back", "go_back", "go_forward", "verify", "earlier", "help"),
    Scope.REVIEW: ("accept", "accept_as", "edit_place", "reject_proposal", "skip", "undo", "back", "help"),
}
"""The keys that matter most in each pane, best first."""


GOES_TO = {
    Scope.CITIES: "cities",
    Scope.EVENTS: "events",
    Scope.ACTOR: "actor",
    Scope.EVIDENCE: "drawer",
    Scope.REVIEW: "review",
}
"""The action that goes to each pane."""


def works_in(action: Action, pane: Scope) -> bool:
    """Say whether an action can be done from a pane."""
    if pane is Scope.REVIEW and action.scope is Scope.ANYWHERE:
        return action.name in _ALSO_IN_REVIEW
    if pane is Scope.EVIDENCE and action.name in _OF_THE_EVENT_SHOWN:
        return True
    return action.scope in (pane, Scope.LIST, Scope.ANYWHERE)


def everything(pane: Scope) -> tuple[Action, ...]:
    """Return all actions: those that work in a pane first, those of the other panes last."""
    there = here(pane)
    others = [scope for scope in (Scope.ANYWHERE, *PANES) if scope is not pane]
    return (*there, *(one for scope in others for one in _ROWS if one.scope is scope and one not in there))


def here(pane: Scope) -> tuple[Action, ...]:
    """Return the actions whose keys work in a pane, its own ones first."""
    scopes = (pane, *([Scope.EVENTS] if pane is Scope.EVIDENCE else []), Scope.LIST, Scope.ANYWHERE)
    return tuple(one for scope in scopes for one in _ROWS if one.scope is scope and works_in(one, pane))
