"""The filter language on places: filters on who controls a place, instead of on what happened."""

from model.entities import ControlState, Place, Standing
from model.errors import FilterError
from model.filters.ast import And, Field, Filter, Not, Or, Term
from model.filters.conditions import (
    ActorIn,
    AllOf,
    AnyOf,
    Condition,
    GradeAtLeast,
    Marked,
    NotThat,
    Occurred,
    PlaceIn,
    StandingIn,
    TextHas,
)
from model.filters.match import has_words

PLACE_FIELDS = (
    *(Field.PLACE, Field.NEAR, Field.ROUTE, Field.ACTOR, Field.BY, Field.AGAINST),
    *(Field.GRADE, Field.SINCE, Field.UNTIL, Field.STANDING, Field.IS),
)
"""Fields that apply to a place; of the last two only with the value `disputed`."""


def check_place_filter(tree: Filter, text: str) -> None:
    """Refuse a filter on places that uses what only events have.

    Args:
        tree: the filter.
        text: what it was read from, to point into.

    Raises:
        FilterError: at the field's value, with the fields that places have.
    """
    match tree:
        case And() | Or():
            for part in tree.parts:
                check_place_filter(part, text)
        case Not():
            check_place_filter(tree.inner, text)
        case Term(field, value):
            if field not in PLACE_FIELDS:
                reason = f"{field}: is about events, and this lists places"
                raise FilterError(text, tree.column, reason, tuple(f"{field}:" for field in PLACE_FIELDS))
            if field in (Field.STANDING, Field.IS) and value.lower() != Standing.DISPUTED:
                reason = f"{field}:{value} is about events, and this lists places"
                raise FilterError(text, tree.column, reason, (f"{field}:{Standing.DISPUTED}",))


def place_matches(condition: Condition, place: Place, state: ControlState) -> bool:  # noqa: PLR0911 - a case per condition
    """Say whether a condition holds for a place and who controls it.

    Words are looked for in its names, its districts and its codes. `actor:` and `by:` are who controls or claims it,
    `against:` also (for `actor:`) or only (for `against:`) who held it before; times are since when. Conditions that
    only apply to events do not hold; `check_place_filter` refuses them.
    """
    match condition:
        case AllOf():
            return all(place_matches(part, place, state) for part in condition.parts)
        case AnyOf():
            return any(place_matches(part, place, state) for part in condition.parts)
        case NotThat():
            return not place_matches(condition.inner, place, state)
        case TextHas():
            names = (place.id, place.name, *(name.text for name in place.names))
            return has_words(condition, (*names, place.admin1, place.admin2, place.pcode, place.iso))
        case PlaceIn():
            return place.id in condition.ids
        case ActorIn():
            by = condition.by and state.actor in condition.ids
            return by or (condition.against and state.former in condition.ids)
        case GradeAtLeast():
            return state.grade is not None and state.grade.at_least(condition.grade)
        case Occurred():
            return state.since is not None and condition.begin <= state.since < condition.end
        case StandingIn() | Marked():
            return state.disputed
        case _:
            return False
