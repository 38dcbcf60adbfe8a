"""`Filter` -> `Condition`: names become ids and times instants, in one situation and for one user."""

from model.catalog import Catalog
from model.entities import MarkKind, Standing
from model.errors import FilterError, InputRefused, NameUnknown
from model.filters.ast import And, Everything, Field, Filter, Not, Or, Phrase, Term, Word
from model.filters.conditions import (
    EVERYTHING,
    ActorIn,
    AllOf,
    AnyOf,
    Condition,
    GradeAtLeast,
    IdEnds,
    KindIn,
    KnownBefore,
    Marked,
    NotThat,
    Occurred,
    PlaceIn,
    RouteIn,
    SourceIn,
    StandingIn,
    TextHas,
)
from model.filters.parse import parse
from model.filters.terms import STATES, read_digits, read_grade, read_kind, read_near
from model.text import clean_text, fold
from model.times import EARLIEST, FOREVER, end_of, spoken_time


def compile_filter(text: str, catalog: Catalog, user: str) -> Condition:
    """Return what a filter's text means to a user in a situation.

    Raises:
        FilterError: it does not parse, or a name is not in the situation.
    """
    return bind(parse(text), catalog, user, text)


def bind(tree: Filter, catalog: Catalog, user: str, text: str) -> Condition:  # noqa: PLR0911 - a case per class
    """Return what a filter means.

    Args:
        tree: the filter, as `parse` made it.
        catalog: the situation whose names and time zone it speaks of.
        user: who `assigned:me` is.
        text: what the tree was read from, to point into when a name is unknown.

    Raises:
        FilterError: a name is not in the situation; says where, with the nearest names.
    """
    match tree:
        case Everything():
            return EVERYTHING
        case Word():
            words = tuple(fold(tree.text).split())
            return TextHas(words, prefix=tree.prefix, adjacent=len(words) > 1)
        case Phrase():
            words = tuple(fold(tree.text).split())
            return TextHas(words, adjacent=len(words) > 1)
        case Not():
            return NotThat(bind(tree.inner, catalog, user, text))
        case And():
            return AllOf(tuple(bind(part, catalog, user, text) for part in tree.parts))
        case Or():
            return AnyOf(tuple(bind(part, catalog, user, text) for part in tree.parts))
        case Term():
            try:
                return _term(tree.field, tree.value.strip(), catalog, user)
            except NameUnknown as error:
                reason = f"no {error.what} is called {error.name[:40]!r}"
                raise FilterError(text, tree.column, reason, error.nearest) from None
            except InputRefused as error:
                raise FilterError(text, tree.column, str(error)) from None


def _term(  # noqa: C901, PLR0911, PLR0912 - a case per field
    field: Field, value: str, catalog: Catalog, user: str
) -> Condition:
    match field:
        case Field.PLACE:
            return PlaceIn(catalog.within(catalog.place(value).id))
        case Field.NEAR:
            name, kilometres = read_near(value)
            return PlaceIn(catalog.near(catalog.place(name).id, kilometres))
        case Field.ROUTE:
            return _route(value, catalog)
        case Field.ACTOR | Field.BY | Field.AGAINST:
            ids = catalog.parts_of(catalog.actor(value).id)
            return ActorIn(ids, by=field is not Field.AGAINST, against=field is not Field.BY)
        case Field.SOURCE:
            return SourceIn(frozenset({catalog.source(value).id}))
        case Field.KIND:
            return KindIn(frozenset({read_kind(value)}))
        case Field.STANDING:
            return StandingIn(frozenset({Standing(value.lower())}))
        case Field.GRADE:
            return GradeAtLeast(read_grade(value))
        case Field.SINCE | Field.UNTIL | Field.KNOWN:
            return _time(field, value, catalog.situation.zone)
        case Field.IS:
            word = value.lower()
            marked = Marked(STATES[word])
            return NotThat(marked) if word == "unread" else marked
        case Field.TAG:
            return Marked(MarkKind.TAG, clean_text(value))
        case Field.ASSIGNED:
            return Marked(MarkKind.ASSIGNED, user if value.lower() == "me" else clean_text(value))
        case Field.ID:
            return IdEnds(read_digits(value))


def _route(name: str, catalog: Catalog) -> Condition:
    route = catalog.route(name)
    along = frozenset().union(*(catalog.within(place) for place in route.place_ids))
    return AnyOf((RouteIn(frozenset({route.id})), PlaceIn(along)))


def _time(field: Field, value: str, zone: str) -> Condition:
    instant, precision = spoken_time(value, zone)
    if field is Field.SINCE:
        return Occurred(instant, FOREVER)
    after = end_of(instant, precision, zone) + 1
    return Occurred(EARLIEST, after) if field is Field.UNTIL else KnownBefore(after)
