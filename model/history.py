"""Which action an undo or a redo applies to: pure rules over a situation's changesets.

Undo takes back the user's own latest action that is in force, one more each time, but never the loading of a
situation, so that one key cannot empty the store. Redo brings back what that user took back last, until the user
writes something new. Other users' changesets do not matter to either.
"""

from collections.abc import Iterable

from model.entities import Changeset, Deed


def action_of(changeset: Changeset) -> str:
    """Return the id of the action that a changeset is part of: the id of the action's first changeset."""
    return changeset.batch or changeset.id


def undone(history: Iterable[Changeset]) -> frozenset[str]:
    """Return the ids of the changesets that are not in force, from all changesets, newest first."""
    return frozenset(target for target, deed in _latest_deeds(history).items() if deed.deed is Deed.UNDO)


def to_undo(history: Iterable[Changeset], author: str) -> tuple[Changeset, ...]:
    """Return what an undo by this author takes back: one action's changesets that are in force, newest first.

    Args:
        history: changesets, newest first and without gaps; as far back as undo should reach.
        author: the user's name.

    Returns:
        The changesets; empty where the history has none.
    """
    history = tuple(history)
    off = undone(history)
    own = [one for one in history if one.deed is Deed.WRITE and one.author == author and one.id not in off]
    return tuple(one for one in own if action_of(one) == action_of(own[0]))


def to_redo(history: Iterable[Changeset], author: str) -> tuple[Changeset, ...]:
    """Return the undos that a redo by this author reverses: one action's, oldest target first.

    The arguments are those of `to_undo`. Empty where there are none, or the author has written since.
    """
    history = tuple(history)
    latest = _latest_deeds(history)
    open_undos: list[Changeset] = []
    for one in history:
        if one.author != author:
            continue
        if one.deed in (Deed.WRITE, Deed.LOAD):
            break
        if one.deed is Deed.UNDO and one.target is not None and latest[one.target] is one:
            open_undos.append(one)
    return tuple(one for one in open_undos if action_of(one) == action_of(open_undos[0]))


def _latest_deeds(history: Iterable[Changeset]) -> dict[str, Changeset]:
    latest: dict[str, Changeset] = {}
    for one in history:
        if one.target is not None:
            latest.setdefault(one.target, one)
    return latest
