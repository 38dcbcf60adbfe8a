"""Completions for a filter that is being typed: what could stand at the cursor."""

from collections.abc import Iterable, Mapping

from model.catalog import Catalog, Named
from model.entities import Standing
from model.filters.ast import Field, Term
from model.filters.parse import MAX_LENGTH
from model.filters.terms import STATES
from model.filters.write import write
from model.kinds import KINDS
from model.text import fold
from model.times import day_of


def token_start(text: str, column: int) -> int:
    """Return where the word, phrase or term that ends at the column begins; a completion replaces it.

    Args:
        text: a filter, complete or not.
        column: characters before the cursor.
    """
    start, quoted, escaped = 0, False, False
    for index, char in enumerate(text[:column]):
        if escaped:
            escaped = False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
            start = start if quoted else index + 1
        elif not quoted and (char in "()" or char.isspace() or (char == "-" and index == start)):
            start = index + 1
    return start


def with_last_word_as_prefix(text: str) -> str:
    """Return a filter that is being typed with its last word as a prefix: `kabul conv` as `kabul conv*`.

    A space after the word ends it: `conv ` stays as it is, and so does a text that does not end in a bare word.
    """
    word = text[token_start(text, len(text)) :]
    is_bare = word != "OR" and not word.endswith("*") and not any(sign in word for sign in ':"')
    return f"{text}*" if is_bare and fold(word) and len(text) < MAX_LENGTH else text


def completions(text: str, column: int, catalog: Catalog) -> tuple[str, ...]:
    """Return what the token before the cursor could become, each ready to replace it.

    Without a colon these are fields; after one, values of the field: kinds, states and standings that begin with what
    is typed; ids of places, actors, sources and routes with a name of which any word begins with it.
    """
    token = text[token_start(text, column) : column]
    if token.startswith('"'):
        return ()
    name, colon, value = token.partition(":")
    if not colon:
        return tuple(f"{field}:" for field in Field if field.startswith(name.lower()))
    try:
        field = Field(name.lower())
    except ValueError:
        return ()
    values = _values(field, value.removeprefix('"'), catalog)
    return tuple(write(Term(field, value)) for value in values)


def _values(field: Field, typed: str, catalog: Catalog) -> Iterable[str]:  # noqa: C901, PLR0911 - a case per field
    match field:
        case Field.PLACE:
            return _named(catalog.places, typed)
        case Field.NEAR:
            return [f"{place}<50km" for place in _named(catalog.places, typed)]
        case Field.ACTOR | Field.BY | Field.AGAINST:
            return _named(catalog.actors, typed)
        case Field.SOURCE:
            return _named(catalog.sources, typed)
        case Field.ROUTE:
            return _named(catalog.routes, typed)
        case Field.KIND:
            return _beginning(typed, KINDS)
        case Field.STANDING:
            return _beginning(typed, Standing)
        case Field.IS:
            return _beginning(typed, STATES)
        case Field.ASSIGNED:
            return _beginning(typed, ["me"])
        case Field.GRADE:
            wanted = typed.removeprefix(">=").upper()
            return [
                f">={letter}{digit}" for letter in "ABCD" for digit in "123" if f"{letter}{digit}".startswith(wanted)
            ]
        case Field.SINCE | Field.UNTIL | Field.KNOWN:
            return _beginning(typed, _days(catalog))
        case Field.TAG | Field.ID:
            return []


def _beginning(typed: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.startswith(typed.lower())]


def _days(catalog: Catalog) -> list[str]:
    situation = catalog.situation
    return [day_of(at, situation.zone).isoformat() for at in (situation.begins, situation.ends) if at is not None]


def _named(things: Mapping[str, Named], typed: str) -> list[str]:
    beginning = f" {fold(typed)}"
    return [
        id_
        for id_, thing in things.items()
        if any(beginning in f" {fold(name)}" for name in (id_, thing.name, *(one.text for one in thing.names)))
    ]
