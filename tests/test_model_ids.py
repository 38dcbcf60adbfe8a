"""Ids: ordered by time, the same for the same content, and told apart by their last digits."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from model.ids import SHORT_LENGTH, derived_id, is_id, new_id, short_id
from model.times import now

PARTS = st.lists(st.text(max_size=5), min_size=1, max_size=3)


def test_a_new_id_is_a_uuid_of_version_7_and_of_now() -> None:
    before = now() // 1_000
    ids = [new_id() for _ in range(500)]
    after = now() // 1_000
    assert len(set(ids)) == 500
    for id_ in ids:
        parsed = uuid.UUID(id_)
        assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
        assert before <= parsed.int >> 80 <= after
        assert is_id(id_)


@given(st.integers(-(2**62), 2**57), PARTS, PARTS)
def test_content_has_one_id_and_other_content_another(at: int, one: list[str], other: list[str]) -> None:
    id_ = derived_id(at, *one)
    assert is_id(id_)
    assert uuid.UUID(id_).version == 7
    assert derived_id(at, *one) == id_
    if "\x1f".join(one) != "\x1f".join(other):
        assert short_id(derived_id(at, *other)) != short_id(id_)


@given(st.integers(0, 2**57))
def test_times_that_an_id_cannot_tell_apart_still_make_two_ids(at: int) -> None:
    assert len({derived_id(at, "a"), derived_id(at + 1, "a"), derived_id(-at - 1, "a")}) == 3


@given(st.integers(0, 2**57), st.integers(0, 2**57))
def test_derived_ids_sort_by_time(one: int, other: int) -> None:
    if one // 1_000 < other // 1_000:
        assert derived_id(one, "a") < derived_id(other, "a")


def test_what_people_see_is_the_random_end() -> None:
    id_ = derived_id(0, "a")
    assert len(short_id(id_)) == SHORT_LENGTH
    assert id_.endswith(short_id(id_))


def test_only_the_stored_form_is_an_id() -> None:
    id_ = new_id()
    for text in ("", "x", id_.upper(), id_.replace("-", ""), f"{{{id_}}}", f"urn:uuid:{id_}", id_[:-1], f"{id_} "):
        assert not is_id(text)
