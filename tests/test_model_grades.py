"""Grades: read, compared by weight, and asked for by both of their parts."""

import itertools

import pytest

from model.errors import InputRefused
from model.grades import CREDIBILITIES, RELIABILITIES, Grade, parse_grade

ALL = [Grade(letter, number) for letter in RELIABILITIES for number in CREDIBILITIES]


def test_a_grade_reads_back_as_it_is_written() -> None:
    for grade in ALL:
        assert parse_grade(str(grade)) == grade
    assert parse_grade(" b2 ") == Grade("B", 2)


@pytest.mark.parametrize("text", ["", "B", "G1", "B7", "B0", "2B", "B22", "B²"])
def test_what_is_no_grade_is_refused_and_named(text: str) -> None:
    with pytest.raises(InputRefused, match="is not a grade"):
        parse_grade(text)


def test_weights_run_from_a1_down_to_f6() -> None:
    assert Grade("A", 1).weight == 12
    assert Grade("F", 6).weight == 2
    assert Grade("A", 3).weight == Grade("B", 2).weight == Grade("C", 1).weight


def test_order_is_by_weight_in_every_comparison() -> None:
    for one, other in itertools.product(ALL, ALL):
        assert (one < other) == (one.weight < other.weight)
        assert (one <= other) == (one.weight <= other.weight)
        assert (one > other) == (one.weight > other.weight)
        assert (one >= other) == (one.weight >= other.weight)


def test_at_least_asks_for_both_parts() -> None:
    assert Grade("A", 2).at_least(Grade("B", 2))
    assert Grade("B", 2).at_least(Grade("B", 2))
    assert not Grade("A", 3).at_least(Grade("B", 2))
    assert not Grade("C", 1).at_least(Grade("B", 2))
