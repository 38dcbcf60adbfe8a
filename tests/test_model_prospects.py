"""What would change who controls a place: the rule itself, tried with one more event."""

from model.catalog import Catalog
from model.control import Why, explain
from model.entities import Claim, Event, Stance, Status
from model.ids import new_id
from model.prospects import prospects
from model.standing import Evidence
from model.times import DAY, Precision

NOON = 1_628_760_000_000_000


def happened(kind: str, actor: str, day: int, source: str = "wire") -> Evidence:
    at = NOON + day * DAY
    event = Event(new_id(), kind, at, Precision.DAY, kind, "north", actor, "blue" if actor == "red" else "red")
    return Evidence(event, (Claim(new_id(), event.id, source, Stance.ASSERTS, at, credibility=2),))


def outcomes(why: Why, catalog: Catalog) -> dict[str, tuple[Status, str | None]]:
    return {one.cause: (one.after.status, one.after.actor) for one in prospects(why, catalog)}


def test_a_held_place_can_be_taken_claimed_and_contested_by_the_other_side(catalog: Catalog) -> None:
    found = outcomes(explain("north", [happened("capture", "red", 1)], catalog), catalog)
    assert found["captured by Blue Side, not on its word alone"] == (Status.HELD, "blue")
    assert found["captured by Blue Side, on its word alone"] == (Status.CLAIMED, "blue")
    assert found["entered by Blue Side"] == (Status.CONTESTED, "blue")
    assert not any("Red Side" in words and "captured" in words for words in found)


def test_a_claim_is_settled_by_one_more_source_or_by_the_holder(catalog: Catalog) -> None:
    evidence = [happened("still-held", "blue", 1), happened("capture", "red", 2, source="red-radio")]
    why = explain("north", evidence, catalog)
    assert why.state.status is Status.CLAIMED
    found = outcomes(why, catalog)
    assert found["captured by Red Side, not on its word alone"] == (Status.HELD, "red")
    assert (Status.HELD, "blue") in found.values()


def test_nothing_is_offered_that_leaves_status_and_actor_as_they_are(catalog: Catalog) -> None:
    for kind in ("capture", "clash", "siege", "attempt", "handover-agreed", "still-held"):
        why = explain("north", [happened("still-held", "blue", 1), happened(kind, "red", 2)], catalog)
        here = (why.state.status, why.state.actor)
        found = prospects(why, catalog)
        assert found
        assert here not in [(one.after.status, one.after.actor) for one in found]
        assert len({(one.after.status, one.after.actor) for one in found}) == len(found)


def test_of_a_place_of_which_nothing_is_known_nothing_is_said(catalog: Catalog) -> None:
    assert prospects(explain("north", [], catalog), catalog) == ()
