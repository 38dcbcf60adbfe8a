"""Which marks on an event are in force."""

from collections.abc import Iterable

from model.entities import PERSONAL, REPEATABLE, VERDICTS, Mark, MarkKind
from model.standing import verdict_in_force


def in_force(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return those of one event's marks that are in force, oldest first.

    These are the latest verdict, the latest assignment, each author's read mark and star, and each author's tags, notes
    and remarks, one for each value. A removal (`on=False`) ends the earlier marks of its kind: among personal ones only
    its author's own, among tags, notes and remarks only those with its value.
    """
    ordered = sorted(marks, key=lambda mark: (mark.recorded_at, mark.id))
    verdict = verdict_in_force(ordered)
    latest: dict[tuple[MarkKind, str, str], Mark] = {}
    for mark in ordered:
        if mark.kind in VERDICTS:
            continue
        if mark.on:
            latest[_key(mark)] = mark
        else:
            latest = {key: one for key, one in latest.items() if not _ends(mark, one)}
    kept = set(latest.values()) | ({verdict} if verdict else set())
    return tuple(mark for mark in ordered if mark in kept)


def _key(mark: Mark) -> tuple[MarkKind, str, str]:
    if mark.kind in REPEATABLE:
        return mark.kind, mark.author, mark.value
    return mark.kind, mark.author if mark.kind in PERSONAL else "", ""


def _ends(removal: Mark, mark: Mark) -> bool:
    return (
        removal.kind is mark.kind
        and (removal.kind not in PERSONAL or removal.author == mark.author)
        and (removal.kind not in REPEATABLE or removal.value == mark.value)
    )
