"""Places, actors, sources, ... as JSON: the form in which each version of one is stored (`version.body`).

Values equal to a record's default are left out, so that a field added later does not change stored bodies.
"""

import json
from typing import Any

from model.entities import Actor, Name, Place, Relation, Reliability, Role, Route, Situation, Source, Tally
from model.feeds import Feed
from model.trust import Trust

Thing = Situation | Place | Route | Actor | Source | Tally | Feed | Trust
"""What is stored in versions."""

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
"""Fields that are lists in a body and tuples in a record."""
_RECORDS = frozenset((*_PARTS, "claims", "candidates"))
"""Fields that are tuples of records; `claims` and `candidates` are a proposal's."""


def encode_body(thing: Thing) -> str:
    """Return a thing's body; equal things have equal bodies."""
    return json.dumps(plain_of(thing), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def decode_body(what: str, body: str) -> Thing:
    """Return the thing that a body describes."""
    return thing_of(what, json.loads(body))


def thing_of(what: str, values: dict[str, Any]) -> Thing:
    """Return the thing that a decoded body describes; changes `values`."""
    for key in () if _LISTS.isdisjoint(values) else _LISTS & values.keys():
        part = _PARTS.get(key)
        values[key] = tuple(values[key] if part is None else (part(**one) for one in values[key]))
    return _TYPES[what](**values)


def plain_of(record: Any) -> dict[str, Any]:
    """Return a record, with the records in it, as JSON values; values equal to the defaults are left out."""
    plain: dict[str, Any] = {}
    for key, value in zip(record._fields, record, strict=True):
        if key in record._field_defaults and value == record._field_defaults[key]:
            continue
        plain[key] = [plain_of(one) if key in _RECORDS else one for one in value] if isinstance(value, tuple) else value
    return plain
