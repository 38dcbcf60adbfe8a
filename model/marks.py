"""Which of an event's marks are in force."""

from collections.abc import Iterable

from model.entities import PERSONAL, TOLD_APART, VERDICTS, Mark, MarkKind
from model.standing import verdict_in_force


def in_force(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return those of one event's marks that are in force, oldest first.

    Of verdicts the latest; of assignments the latest; of personal marks one for each author (and tag, or remark); of
    notes one for each author and text. A mark that takes away ends the earlier ones of its kind: of personal marks its
    author's own, of tags, notes and remarks those with its value.
    """
    ordered = sorted(marks, key=lambda mark: (mark.recorded_at, mark.id))
    verdict = verdict_in_force(ordered)
    standing: dict[tuple[MarkKind, str, str], Mark] = {}
    for mark in ordered:
        if mark.kind in VERDICTS:
            continue
        if mark.on:
            standing[_key(mark)] = mark
        else:
            standing = {key: one for key, one in standing.items() if not _ends(mark, one)}
    kept = set(standing.values()) | ({verdict} if verdict else set())
    return tuple(mark for mark in ordered if mark in kept)


def _key(mark: Mark) -> tuple[MarkKind, str, str]:
    if mark.kind in TOLD_APART:
        return mark.kind, mark.author, mark.value
    return mark.kind, mark.author if mark.kind in PERSONAL else "", ""


def _ends(ending: Mark, mark: Mark) -> bool:
    return (
        ending.kind is mark.kind
        and (ending.kind not in PERSONAL or ending.author == mark.author)
        and (ending.kind not in TOLD_APART or ending.value == mark.value)
    )
