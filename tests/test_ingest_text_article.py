"""The article that sitmon was born from, read into proposals: what its reading by hand says must come out."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ingest.proposals import Proposal, Reading
from ingest.text.attribution import Certainty
from ingest.text.language import LanguageModel
from ingest.text.reading import read
from model.catalog import Catalog
from model.entities import Report, Stance
from model.times import Precision, day_of

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "seed_article"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the reference article is not beside the repository")


@pytest.fixture(scope="module")
def expected() -> Any:
    return json.loads((FOLDER / "expected_state.json").read_text())


@pytest.fixture(scope="module")
def text() -> str:
    return (FOLDER / "article.txt").read_text()


@pytest.fixture(scope="module")
def reading(language_model: LanguageModel, afghanistan: Catalog, text: str) -> Reading:
    return read(Report("seed", "news", text=text), afghanistan, language_model=language_model)


@pytest.fixture(scope="module")
def by_kind(reading: Reading) -> dict[str, list[Proposal]]:
    found: dict[str, list[Proposal]] = {}
    for proposal in reading.proposals:
        found.setdefault(proposal.kind, []).append(proposal)
    return found


def test_there_are_exactly_the_expected_control_changes(by_kind: dict[str, list[Proposal]], expected: Any) -> None:
    captures = by_kind["capture"]
    assert len(captures) == expected["distinct_new_control_changes"]
    assert {proposal.place_id for proposal in captures} == {"kandahar", "herat", "ghazni"}
    assert {proposal.actor_id for proposal in captures} == {"taliban"}
    assert {day_of(proposal.occurred_at, "Asia/Kabul").isoformat() for proposal in captures} == {"2021-08-12"}
    assert {proposal.precision for proposal in captures} == {Precision.DAY}


def test_the_number_of_events_is_within_the_range(reading: Reading, expected: Any) -> None:
    least, most = expected["distinct_events_total_range"]
    assert least <= len(reading.proposals) <= most


def test_a_repeat_is_a_further_claim_not_a_further_event(by_kind: dict[str, list[Proposal]]) -> None:
    claims = Counter({proposal.place_id: len(proposal.claims) for proposal in by_kind["capture"]})
    assert claims["herat"] >= 3
    assert claims["ghazni"] >= 2


def test_the_losing_side_confirms_herat_and_people_on_a_network_are_hearsay(by_kind: dict[str, list[Proposal]]) -> None:
    herat = next(proposal for proposal in by_kind["capture"] if proposal.place_id == "herat")
    assert herat.certainty is Certainty.CONFIRMED
    grades = {claim.attribution: claim.credibility for claim in herat.claims}
    assert grades["government security"] == 2
    assert grades["Afghans on Twitter"] == 5
    (withdrawal,) = by_kind["withdrawal"]
    assert (withdrawal.place_id, withdrawal.actor_id) == ("herat", "andsf")
    assert "AFP" in withdrawal.attribution


def test_the_highway_is_cut_the_deal_is_alleged_and_the_arrest_official(by_kind: dict[str, list[Proposal]]) -> None:
    (cut,) = by_kind["route-cut"]
    assert (cut.route_id, cut.place_id) == ("highway-1", "ghazni")
    (deal,) = by_kind["deal"]
    (arrest,) = by_kind["arrest"]
    assert deal.place_id == arrest.place_id == "ghazni"
    assert deal.claims[0].attribution == "Reports"
    assert deal.claims[0].credibility > arrest.claims[0].credibility
    assert "Interior Ministry" in arrest.attribution
    assert arrest.claims[0].source == "interior-ministry"
    assert arrest.actor_id != "taliban"
    assert [(claim.attribution, claim.stance) for claim in deal.claims[1:]] == [(arrest.attribution, Stance.DENIES)]


def test_the_offer_is_the_governments_and_happens_nowhere(by_kind: dict[str, list[Proposal]]) -> None:
    (offer,) = by_kind["power-sharing-offer"]
    assert (offer.actor_id, offer.against_id, offer.place) == ("gov", "taliban", "")


def test_the_police_headquarters_is_a_site_in_the_city(by_kind: dict[str, list[Proposal]]) -> None:
    (site,) = by_kind["site-seized"]
    assert (site.place, site.place_id) == ("police headquarters, Herat", "herat")


def test_the_count_becomes_a_claimed_tally(reading: Reading) -> None:
    count = next(count for count in reading.counts if count.of is not None)
    assert (count.count, count.of, count.tally_id) == (12, 34, "taliban-capitals")


def test_nothing_of_the_background_becomes_an_event(reading: Reading) -> None:
    for proposal in reading.proposals:
        assert proposal.place_id != "kabul"
        assert proposal.place not in {"Thursday", "Twitter", "NATO"}
        assert "AFP" not in proposal.actor
        assert day_of(proposal.occurred_at, "Asia/Kabul").year == 2021
        assert all("invaded" not in claim.quote or "Ghazni" in proposal.place for claim in proposal.claims)


def test_every_quote_stands_in_the_text_where_it_says(reading: Reading, text: str) -> None:
    for proposal in reading.proposals:
        for claim in proposal.claims:
            assert text[claim.quote_start : claim.quote_end] == claim.quote
            assert claim.rule


def test_reading_again_gives_the_same(
    reading: Reading, language_model: LanguageModel, afghanistan: Catalog, text: str
) -> None:
    assert read(Report("seed", "news", text=text), afghanistan, language_model=language_model) == reading
