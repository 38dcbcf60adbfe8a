"""Which actions an undo and a redo take, against plain stacks; and which marks are in force."""

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from model.entities import Changeset, Deed, Mark, MarkKind
from model.history import action_of, to_redo, to_undo, undone
from model.marks import in_force

AUTHORS = ("ann", "bob")
ops = st.lists(
    st.tuples(st.sampled_from(("write", "batch", "load", "undo", "redo")), st.sampled_from(AUTHORS)),
    min_size=1,
    max_size=30,
)


class History:
    """Changesets, newest first, as a store would have written them."""

    def __init__(self) -> None:
        self.changesets: list[Changeset] = []

    def add(self, author: str, deed: Deed, *, target: str | None = None, batch: str | None = None) -> str:
        number = len(self.changesets) + 1
        self.changesets.insert(0, Changeset(f"c{number}", author, number, "", deed, target, batch))
        return f"c{number}"

    def turn(self, author: str, deed: Deed, targets: list[str]) -> None:
        batch = None
        for target in targets:
            id_ = self.add(author, deed, target=target, batch=batch)
            batch = batch or id_


@given(ops)
@settings(max_examples=150)
def test_undo_and_redo_are_two_stacks_for_each_author(operations: list[tuple[str, str]]) -> None:
    history = History()
    done: dict[str, list[list[str]]] = defaultdict(list)
    undos: dict[str, list[list[str]]] = defaultdict(list)
    for operation, author in operations:
        if operation in ("write", "batch"):
            first = history.add(author, Deed.WRITE)
            action = [first] + [history.add(author, Deed.WRITE, batch=first) for _ in range(2 * (operation == "batch"))]
            done[author].append(action)
            undos[author].clear()
        elif operation == "load":
            history.add(author, Deed.LOAD)
            undos[author].clear()
        elif operation == "undo":
            taken = [one.id for one in to_undo(history.changesets, author)]
            assert taken == (done[author][-1][::-1] if done[author] else [])
            if taken:
                undos[author].append(done[author].pop())
                history.turn(author, Deed.UNDO, taken)
        else:
            taken = [one.target or "" for one in to_redo(history.changesets, author)]
            assert taken == (undos[author][-1] if undos[author] else [])
            if taken:
                done[author].append(undos[author].pop())
                history.turn(author, Deed.REDO, taken)
        off = undone(history.changesets)
        assert off == {
            one.id
            for one in history.changesets
            if one.deed is Deed.WRITE and not any(one.id in action for action in done[one.author])
        }


def test_an_undo_that_was_interrupted_goes_on_with_the_rest_of_its_action() -> None:
    history = History()
    first = history.add("ann", Deed.WRITE)
    second, third = (history.add("ann", Deed.WRITE, batch=first) for _ in range(2))
    history.turn("ann", Deed.UNDO, [third, second])
    assert [one.id for one in to_undo(history.changesets, "ann")] == [first]


def test_what_somebody_else_has_undone_is_theirs_to_redo() -> None:
    history = History()
    own = history.add("ann", Deed.WRITE)
    history.turn("bob", Deed.UNDO, [own])
    assert to_undo(history.changesets, "ann") == ()
    assert to_redo(history.changesets, "ann") == ()
    assert [one.target for one in to_redo(history.changesets, "bob")] == [own]


def test_another_ones_writing_does_not_end_redo() -> None:
    history = History()
    own = history.add("ann", Deed.WRITE)
    history.turn("ann", Deed.UNDO, [own])
    history.add("bob", Deed.WRITE)
    assert [one.target for one in to_redo(history.changesets, "ann")] == [own]


def test_a_redo_by_somebody_else_leaves_nothing_to_redo() -> None:
    history = History()
    own = history.add("ann", Deed.WRITE)
    history.turn("ann", Deed.UNDO, [own])
    history.turn("bob", Deed.REDO, [own])
    assert to_redo(history.changesets, "ann") == ()
    assert [one.id for one in to_undo(history.changesets, "ann")] == [own]


def test_the_newest_part_of_a_history_is_enough_where_it_holds_the_action() -> None:
    history = History()
    for _ in range(5):
        history.add("ann", Deed.WRITE)
    first = history.add("bob", Deed.WRITE)
    history.add("bob", Deed.WRITE, batch=first)
    assert to_undo(history.changesets[:2], "bob") == to_undo(history.changesets, "bob")
    assert action_of(history.changesets[0]) == action_of(history.changesets[1]) == first


def mark(number: int, kind: MarkKind, value: str = "", author: str = "ann", *, on: bool = True) -> Mark:
    return Mark(f"m{number:02}", "e", kind, on, value, author, number)


def kept(*marks: Mark) -> list[str]:
    forward = [one.id for one in in_force(marks)]
    assert [one.id for one in in_force(reversed(marks))] == forward
    return forward


def test_the_latest_verdict_alone_is_in_force_until_it_is_taken_away() -> None:
    verified, disputed = mark(1, MarkKind.VERIFIED), mark(2, MarkKind.DISPUTED, author="bob")
    assert kept(verified, disputed) == ["m02"]
    assert kept(verified, disputed, mark(3, MarkKind.VERIFIED, on=False)) == ["m02"]
    assert kept(verified, disputed, mark(3, MarkKind.DISPUTED, on=False)) == []


def test_personal_marks_are_each_authors_own() -> None:
    stars = mark(1, MarkKind.STAR), mark(2, MarkKind.STAR, author="bob")
    assert kept(*stars) == ["m01", "m02"]
    assert kept(*stars, mark(3, MarkKind.STAR, author="bob", on=False)) == ["m01"]


def test_tags_and_notes_stand_beside_each_other_and_go_by_their_value() -> None:
    tags = mark(1, MarkKind.TAG, "fuel"), mark(2, MarkKind.TAG, "roads")
    assert kept(*tags) == ["m01", "m02"]
    assert kept(*tags, mark(3, MarkKind.TAG, "fuel", on=False)) == ["m02"]
    notes = mark(1, MarkKind.NOTE, "look"), mark(2, MarkKind.NOTE, "look", author="bob"), mark(3, MarkKind.NOTE, "ask")
    assert kept(*notes) == ["m01", "m02", "m03"]
    assert kept(*notes, mark(4, MarkKind.NOTE, "look", author="cem", on=False)) == ["m03"]


def test_an_event_is_assigned_to_one_person_at_a_time() -> None:
    first, second = mark(1, MarkKind.ASSIGNED, "ann"), mark(2, MarkKind.ASSIGNED, "bob", author="cem")
    assert kept(first, second) == ["m02"]
    assert kept(first, second, mark(3, MarkKind.ASSIGNED, "bob", on=False)) == []
