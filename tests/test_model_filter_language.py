"""The filter language: what parses, what it means as a tree, and how what does not parse is refused."""

import datetime as dt

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from model.entities import Standing
from model.errors import FilterError
from model.filters.ast import And, Everything, Field, Filter, Not, Or, Phrase, Term, Word
from model.filters.parse import MAX_DEPTH, MAX_LENGTH, parse
from model.filters.terms import STATES
from model.filters.write import write
from model.kinds import KINDS
from model.text import fold

_SEPARATES = set('()"')

READ = [
    ("", Everything()),
    ("  \t", Everything()),
    ("convoy", Word("convoy")),
    ("conv*", Word("conv", prefix=True)),
    ("Pul-e-Khumri", Word("Pul-e-Khumri")),
    ('"police headquarters"', Phrase("police headquarters")),
    (r'"he said \"no\" \\ \n"', Phrase(r'he said "no" \ \n')),
    ("place:herat", Term(Field.PLACE, "herat")),
    ("PLACE:Herat", Term(Field.PLACE, "Herat")),
    ('place:"Lashkar Gah"', Term(Field.PLACE, "Lashkar Gah")),
    ("grade:>=B2", Term(Field.GRADE, ">=B2")),
    ("near:herat<50km", Term(Field.NEAR, "herat<50km")),
    ("since:2021-08-12T14:20", Term(Field.SINCE, "2021-08-12T14:20")),
    ('since:"2021-08-12 evening"', Term(Field.SINCE, "2021-08-12 evening")),
    ("a b", And((Word("a"), Word("b")))),
    ("a (b c)", And((Word("a"), Word("b"), Word("c")))),
    ("a OR b OR c", Or((Word("a"), Word("b"), Word("c")))),
    ("a OR (b OR c)", Or((Word("a"), Word("b"), Word("c")))),
    ("a b OR c", Or((And((Word("a"), Word("b"))), Word("c")))),
    ("a (b OR c)", And((Word("a"), Or((Word("b"), Word("c")))))),
    ("or", Word("or")),
    ("((a))", Word("a")),
    ("-is:read", Not(Term(Field.IS, "read"))),
    ("-(a b) c", And((Not(And((Word("a"), Word("b")))), Word("c")))),
    ("--a", Not(Not(Word("a")))),
    ("a-b", Word("a-b")),
    ('a"b c"d', And((Word("a"), Phrase("b c"), Word("d")))),
    ("هرات", Word("هرات")),
]

REFUSED = [
    # text, column of the error, the first thing that would be valid there, part of the reason
    ("plce:herat", 0, "place:", "no field is called 'plce'"),
    ("a http://x", 2, "place:", "quotation marks around text"),
    ("kind:captur", 5, "capture", "no kind of event is called 'captur'"),
    ("is:reed", 3, "read", "no state"),
    ("a standing:disputd", 11, "disputed", "no standing"),
    ("grade:>=G9", 6, "grade:>=B2", "not a grade"),
    ("grade:<B2", 6, "grade:>=B2", "not a grade"),
    ("since:2021-13-01", 6, "since:2021-08-10", "is not a time"),
    ("until:tomorrow", 6, "until:2021-08-15", "is not a time"),
    ("near:herat", 5, "near:PLACE<50km", "not a place and a distance"),
    ("near:<50km", 5, "near:PLACE<50km", "not a place and a distance"),
    ("id:xyz1", 3, "id:DIGITS, at least 4 of the last ones", "not the end of an id"),
    ("id:a1", 3, "id:DIGITS, at least 4 of the last ones", "not the end of an id"),
    ("place:", 6, "place:NAME", "has no value"),
    ("place: herat", 6, "place:NAME", "has no value"),
    ('tag:"  "', 4, "tag:WORD", "has no value"),
    ('a "b c', 2, '"', "quotation mark is not closed"),
    ('place:"b c', 6, '"', "quotation mark is not closed"),
    ("a (b", 2, ")", "parenthesis is not closed"),
    ("a b)", 3, "OR", "does not close any"),
    ("()", 1, "a word", "there is nothing before this parenthesis"),
    ("OR a", 0, "a word", "there is nothing before this OR"),
    ("a OR", 4, "a word", "the filter is incomplete"),
    ("a OR OR b", 5, "a word", "there is nothing before this OR"),
    ("a -", 3, "a word", "after the minus"),
    ("a - b", 3, "a word", "after the minus"),
    ("a*b", 1, "conv*", "at the end of a word"),
    ("a **", 2, "conv*", "at the end of a word"),
    ("a *", 2, "a word", "no letter or digit"),
    ("?!", 0, "a word", "no letter or digit"),
    ('""', 0, "a word", "no letter or digit"),
]


@pytest.mark.parametrize(("text", "tree"), READ)
def test_text_reads_as_a_tree(text: str, tree: Filter) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(("text", "column", "valid", "reason"), REFUSED)
def test_what_does_not_parse_says_where_and_what_would_be_valid(
    text: str, column: int, valid: str, reason: str
) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert (caught.value.column, caught.value.expected[0]) == (column, valid)
    assert reason in caught.value.reason
    assert f"column {column + 1}:" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_word_lists_every_valid_one() -> None:
    for text, words in (("kind:x", KINDS), ("is:x", STATES), ("standing:x", Standing)):
        with pytest.raises(FilterError) as caught:
            parse(text)
        assert set(caught.value.expected) == set(words)
    with pytest.raises(FilterError) as caught:
        parse("x:y")
    assert set(caught.value.expected) == {f"{field}:" for field in Field}


def test_length_and_depth_are_bounded() -> None:
    assert parse("a" * MAX_LENGTH) == Word("a" * MAX_LENGTH)
    assert parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == Word("a")
    for text, column in (("a" * (MAX_LENGTH + 1), MAX_LENGTH), ("(" * 900, MAX_DEPTH), ("-" * 60 + "a", MAX_DEPTH)):
        with pytest.raises(FilterError) as caught:
            parse(text)
        assert caught.value.column == column


def test_a_term_remembers_where_its_value_stands_without_being_another_term() -> None:
    tree = parse("a place:herat")
    assert isinstance(tree, And)
    term = tree.parts[1]
    assert isinstance(term, Term)
    assert term.column == len("a place:")
    assert term == Term(Field.PLACE, "herat")


_bare = st.text(min_size=1, max_size=12).filter(
    lambda text: (
        not any(char in _SEPARATES or char.isspace() or char in ":*" for char in text)
        and text[0] != "-"
        and text != "OR"
        and bool(fold(text))
    )
)
_words = st.builds(Word, _bare, st.booleans())
_phrases = st.builds(Phrase, st.text(max_size=20).filter(fold))
_names = st.text(min_size=1, max_size=12).filter(fold)
_days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))
_terms = st.one_of(
    st.builds(
        Term,
        st.sampled_from([Field.PLACE, Field.ACTOR, Field.BY, Field.AGAINST, Field.SOURCE, Field.TAG, Field.ASSIGNED]),
        _names,
    ),
    st.builds(Term, st.just(Field.KIND), st.sampled_from(sorted(KINDS))),
    st.builds(Term, st.just(Field.IS), st.sampled_from(sorted(STATES))),
    st.builds(Term, st.sampled_from([Field.SINCE, Field.UNTIL]), _days.map(str)),
    st.builds(Term, st.just(Field.GRADE), st.sampled_from([">=A1", "F6", ">=c3"])),
)


def _grown(parts: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    return st.one_of(
        st.builds(Not, parts),
        st.builds(
            And, st.lists(parts.filter(lambda part: not isinstance(part, And)), min_size=2, max_size=3).map(tuple)
        ),
        st.builds(Or, st.lists(parts.filter(lambda part: not isinstance(part, Or)), min_size=2, max_size=3).map(tuple)),
    )


_leaves: st.SearchStrategy[Filter] = st.one_of(_words, _phrases, _terms)
_filters = st.one_of(st.just(Everything()), st.recursive(_leaves, _grown, max_leaves=10))


@given(_filters)
@settings(max_examples=200)
def test_what_is_written_reads_back_as_the_same_filter(tree: Filter) -> None:
    assert parse(write(tree)) == tree


_SCRAPS = ["(", ")", '"', "-", "OR", " ", ":", "*", "\\", "<", ">=", "km", "é", "\x00", "\ud800", "\u202e", "a", "9"]
_hostile = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([*_SCRAPS, *(f"{field}:" for field in Field)]), max_size=30).map("".join),
)


@given(_hostile)
@settings(max_examples=400)
@example("since:9999-12")
@example("until:0001-01")
@example("near:" + "9" * 400 + "<" + "9" * 400 + "km")
def test_any_text_parses_or_is_refused_at_one_of_its_columns(text: str) -> None:
    outcome = _outcome(text)
    if isinstance(outcome, FilterError):
        assert 0 <= outcome.column <= len(text)
        assert outcome.text == text
        assert str(outcome).isprintable()
    else:
        assert parse(write(outcome)) == outcome


def _outcome(text: str) -> Filter | FilterError:
    try:
        return parse(text)
    except FilterError as error:
        return error
