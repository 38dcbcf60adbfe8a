"""The second shipped situation was written without reports at hand, and each of its claims says so."""

from pathlib import Path

import pytest

import seed
from model.entities import Claim

NOT_AT_HAND = "report not at hand"
CONTENTS = seed.read(Path(seed.__file__).parent / "syria_2024")


def of(place: str | None, kind: str) -> tuple[Claim, ...]:
    events = {event.id for event in CONTENTS.events if (event.place, event.kind) == (place, kind)}
    return tuple(claim for claim in CONTENTS.claims if claim.event in events)


def test_every_claim_says_that_its_report_was_not_at_hand() -> None:
    others = [claim.attribution for claim in CONTENTS.claims if not claim.attribution.endswith(f"; {NOT_AT_HAND}")]
    assert others == []
    assert f"as generally reported; {NOT_AT_HAND}" in {claim.attribution for claim in CONTENTS.claims}


def test_no_claim_is_graded_as_if_a_report_had_been_read() -> None:
    beyond_doubt = {
        claim.id
        for place in ("aleppo", "hama", "homs", "damascus")
        for kind in ("capture", "departure")
        for claim in of(place, kind)
    } | {claim.id for claim in of(None, "departure")}
    assert min(claim.credibility for claim in CONTENTS.claims) == 2
    assert {claim.id for claim in CONTENTS.claims if claim.credibility < 3} <= beyond_doubt


@pytest.mark.parametrize("place", ["aleppo", "hama", "homs", "damascus"])
def test_the_falls_that_everybody_carried_are_probable(place: str) -> None:
    assert min(claim.credibility for claim in of(place, "capture")) == 2
