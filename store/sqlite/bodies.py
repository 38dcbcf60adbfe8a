"""What a situation is made of as JSON, the form in which each version of it is kept whole (`version.body`).

Values that are a record's default are left out, so that a field added later changes no body that is stored already.
"""

import json
from typing import Any

from model.entities import Actor, Name, Place, Relation, Reliability, Role, Route, Situation, Source, Tally
from model.feeds import Feed
from model.trust import Trust

Thing = Situation | Place | Route | Actor | Source | Tally | Feed | Trust
"""What comes in versions."""

WHATS: dict[type[Thing], str] = {
    Situation: "situation",
    Place: "place",
    Route: "route",
    Actor: "actor",
    Source: "source",
    Tally: "tally",
    Feed: "feed",
    Trust: "trust",
}
"""What the `name` table calls each of them."""

_TYPES = {what: type_ for type_, what in WHATS.items()}
_PARTS: dict[str, type[Name | Role | Relation | Reliability]] = {
    "names": Name,
    "roles": Role,
    "relations": Relation,
    "reliability": Reliability,
}
_LISTS = frozenset((*_PARTS, "place_ids"))
"""What a body has as a list and a record as a tuple."""
_RECORDS = frozenset((*_PARTS, "claims", "candidates"))
"""Fields that are tuples of records; the last two are a proposal's."""


def encode_body(thing: Thing) -> str:
    """Return a thing's body; equal things have equal bodies."""
    return json.dumps(plain_of(thing), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def decode_body(what: str, body: str) -> Thing:
    """Return the thing that a body stands for."""
    return thing_of(what, json.loads(body))


def thing_of(what: str, values: dict[str, Any]) -> Thing:
    """Return the thing that a body's values stand for; they are changed on the way."""
    for key in () if _LISTS.isdisjoint(values) else _LISTS & values.keys():
        part = _PARTS.get(key)
        values[key] = tuple(values[key] if part is None else (part(**one) for one in values[key]))
    return _TYPES[what](**values)


def plain_of(record: Any) -> dict[str, Any]:
    """Return a record's values that are not its defaults, records in it likewise, as JSON has them."""
    plain: dict[str, Any] = {}
    for key, value in zip(record._fields, record, strict=True):
        if key in record._field_defaults and value == record._field_defaults[key]:
            continue
        plain[key] = [plain_of(one) if key in _RECORDS else one for one in value] if isinstance(value, tuple) else value
    return plain
