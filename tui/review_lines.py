"""What the review screen shows, as lines: the queue, a proposal field by field, and the article with its quote lit."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from model.catalog import Catalog
from model.editing import CLAIM_FIELDS, COUNT_FIELDS, EVENT_FIELDS, shown
from model.entities import Report
from model.kinds import KINDS
from model.preview import describe
from model.proposals import Proposal, ProposalPage, Proposed
from model.text import clean_line
from model.times import format_time
from tui.cells import Line, Span, fit, source_name
from tui.panes.actor_detail import wrapped
from tui.reviewing import Look, candidate_words, likely_words
from tui.screens.texts import Text

READING = ("reading …",)
"""What a queue says that is not read yet."""

_LABEL = 12
"""Columns of a field's name."""
_WIDE = 56
"""Columns from which a field has a line of its own."""


class Entry(NamedTuple):
    """A line of the queue."""

    proposed: Proposed | None
    """None: the line names a report, and those after it are of it."""
    report: Report


def entries_of(page: ProposalPage) -> list[Entry]:
    """Return the lines of the queue: each report, then what was read out of it."""
    found: list[Entry] = []
    last = ""
    for one in page.proposed:
        report = page.reports[one.proposal.report]
        if report.id != last:
            found.append(Entry(None, report))
            last = report.id
        found.append(Entry(one, report))
    return found


def without(entries: Sequence[Entry], id_: str) -> list[Entry]:
    """Return the lines of the queue but that of a proposal, and but reports that have nothing left."""
    rest = [entry for entry in entries if entry.proposed is None or entry.proposed.proposal.id != id_]
    return [
        entry
        for number, entry in enumerate(rest)
        if entry.proposed or (number + 1 < len(rest) and rest[number + 1].proposed)
    ]


def title_lines(number: int, let_in: str, catalog: Catalog) -> tuple[Line, Line]:
    """Return the title line: how many proposals are open, what was accepted by trust; the situation."""
    left = (Span(" REVIEW ", "title"), Span(f" {number:,} open"), Span(f"  {clean_line(let_in)}", "warn"))
    return left, (Span(f"{clean_line(catalog.situation.name)} ", "dim"),)


def entry_line(entry: Entry, catalog: Catalog, width: int, *, skipped: bool) -> Line:
    """Return a line of the queue."""
    if entry.proposed is None:
        source = source_name(catalog, entry.report.source)
        return (Span(fit(f"{source} · {clean_line(entry.report.title)}", width), "title"),)
    proposal = entry.proposed.proposal
    label = "count" if proposal.is_count else KINDS[proposal.kind].label if proposal.kind in KINDS else proposal.kind
    where = shown(proposal, "place", catalog) or "–"
    edited = "*" if entry.proposed.as_read != proposal else " "
    missing = "?" if proposal.place is None and proposal.place_name else " "
    hue = f"actor:{proposal.actor}" if proposal.actor else ""
    place_width = 12 if width < _WIDE else 16
    label_width = 14 if width < _WIDE else 18
    return (
        Span("–" if skipped else " ", "dim"),
        Span(f"{missing}{edited}", "warn"),
        Span(fit(clean_line(where), place_width), hue),
        Span(" "),
        Span(fit(label, label_width), "dim" if skipped else ""),
        Span(" "),
        Span(fit(clean_line(proposal.summary), max(0, width - place_width - label_width - 5)), "dim"),
    )


def form_lines(
    one: Proposed, report: Report, catalog: Catalog, width: int, height: int, *, chosen: int | None = None
) -> list[Line]:
    """Return a proposal field by field, each on a line of its own where there is room for so many, and its claims.

    Args:
        one: the proposal, as it was read and as it is.
        report: where it was read.
        catalog: the situation's.
        width: cells of a line.
        height: lines that there is room for.
        chosen: which claim corrections are for, from 0; None: all of them.
    """
    proposal = one.proposal
    fields = COUNT_FIELDS if proposal.is_count else EVENT_FIELDS
    parts = [_field(one, field, catalog) for field in fields if field not in CLAIM_FIELDS]
    lines: list[Line]
    if height > len(parts):
        lines = [
            (Span(fit(label, _LABEL), "dim"), Span(fit(text, width - _LABEL), role)) for label, text, role in parts
        ]
    else:
        lines = list(_packed(parts, width))
    candidates: list[Line] = [
        (Span(fit(f"#{number}", _LABEL), "warn"), Span(fit(candidate_words(place, catalog), width - _LABEL), "dim"))
        for number, place in enumerate(proposal.candidates, 1)
        if proposal.place is None
    ]
    room = max(1, height - len(lines) - len(candidates[:2]))
    return [
        *lines,
        *candidates[:2],
        *_claim_lines(one, report, catalog, width, room=room, chosen=chosen),
        *candidates[2:],
    ]


def _claim_lines(
    one: Proposed, report: Report, catalog: Catalog, width: int, *, room: int, chosen: int | None
) -> list[Line]:
    """Return who says so, a claim a line, as many as there is room for, the chosen one among them."""
    claims, as_read = one.proposal.claims, one.as_read.claims
    first = max(0, min((chosen or 0) - room // 2, len(claims) - room))
    lines: list[Line] = []
    for number, claim in enumerate(claims[first : first + room], first):
        label = f"says {number + 1} of {len(claims)}" if len(claims) > 1 else "says"
        source = source_name(catalog, claim.source or report.source)
        who = claim.attribution or source
        if claim.source and claim.attribution and claim.attribution != source:
            who += f" = {source}"
        text = f"{claim.stance.value} {claim.credibility}  {who}"
        role = "mark" if claim != as_read[number] else ""
        head = Span(fit(label, _LABEL), "picked" if chosen == number else "dim")
        lines.append((head, Span(fit(f"{text}  “{claim.quote}”", width - _LABEL), role)))
    return lines


def field_label(proposal: Proposal, field: str, chosen: int | None, *, roomy: bool) -> str:
    """Return what a correction of a field is asked for with, and of which claims it is.

    Args:
        proposal: what is corrected.
        field: one of `model.editing.FIELDS`.
        chosen: which claim corrections are for, from 0; None: all of them.
        roomy: whether there is room to say what else can be typed.
    """
    label = field
    if field == "place":
        label = "place (#1 takes a candidate, +NAME adds one)" if roomy else "place (#1, +NAME)"
    if field in CLAIM_FIELDS and len(proposal.claims) > 1:
        label += f" of all {len(proposal.claims)} claims" if chosen is None else f" of claim {chosen + 1}"
    return label


def effect_line(look: Look | None, proposal: Proposal, catalog: Catalog) -> Line:
    """Return the line that says what accepting changes."""
    if look is None:
        return (Span(" …", "dim"),)
    if look.problem:
        return (Span(f" {clean_line(look.problem.partition(': ')[2])}", "warn"),)
    if proposal.is_count:
        tally = catalog.tallies.get(proposal.tally or "")
        name = tally.name if tally else "a tally"
        return (Span(f" a published count beside the computed one: {clean_line(name)}"),)
    if look.preview is None:
        return (Span(" accepting changes nobody's control of a place", "dim"),)
    return (Span(f" {clean_line(describe(look.preview, catalog))}", "strong" if look.preview.changes else ""),)


def likely_lines(look: Look | None, width: int) -> list[Line]:
    """Return the events that the proposal may repeat, a line each."""
    if look is None or not look.likely:
        return []
    return [(Span(fit(" like", 6), "warn"), Span(fit(clean_line(likely_words(one)), width - 6))) for one in look.likely]


def claim_texts(look: Look | None, catalog: Catalog) -> list[Text]:
    """Return the events that a proposal may be further claims of, each with what accepting it so changes."""
    texts: list[Text] = []
    for one in look.likely if look else ():
        id_ = one.similar.event.id
        texts.append(Text(likely_words(one), id_))
        effect = describe(one.preview, catalog) if one.preview else "changes nobody's control of a place"
        texts.append(Text(f"    {effect}", id_, "strong" if one.preview and one.preview.changes else "dim"))
    return texts or [Text("no similar event; type the digits of an id", role="dim")]


def _field(one: Proposed, field: str, catalog: Catalog) -> tuple[str, str, str]:
    """Return a field's name, what stands in it, and how that is painted."""
    proposal = one.proposal
    text = clean_line(shown(proposal, field, catalog))
    role = ""
    if field == "when":
        text = format_time(proposal.occurred_at, proposal.precision, catalog.situation.zone)
    elif field == "kind" and proposal.kind in KINDS:
        text = KINDS[proposal.kind].label
    elif field in ("place", "actor", "against") and text and getattr(proposal, field) is None:
        text, role = f"{text} – none of the situation's", "warn"
    elif field in ("actor", "against") and text:
        role = f"actor:{getattr(proposal, field)}"
    read = clean_line(shown(one.as_read, field, catalog))
    if read != clean_line(shown(proposal, field, catalog)):
        text += f"  (read: {read or 'nothing'})"
        role = "mark"
    return field, text or "–", role


def _packed(parts: Sequence[tuple[str, str, str]], width: int) -> Iterable[Line]:
    line: list[Span] = []
    used = 0
    for label, text, role in parts:
        need = len(label) + 1 + cell_len(text)
        if line and used + need + 2 > width:
            yield tuple(line)
            line, used = [], 0
        if line:
            line.append(Span("  "))
            used += 2
        shorter = fit(text, width - len(label) - 1).rstrip() if need > width else text
        line += [Span(f"{label} ", "dim"), Span(shorter, role)]
        used += len(label) + 1 + cell_len(shorter)
    if line:
        yield tuple(line)


def empty_lines(width: int) -> tuple[str, ...]:
    """Return what the empty queue says, in lines of so many cells."""
    what_to_do = "`sitmon ingest FILE` reads a report into this queue; a feed that is polled does, too"
    return ("nothing waits for a decision", "", *wrapped(what_to_do, width))
