"""The shipped situation says what the reports of August 2021 said, and no more."""

import csv
import datetime as dt
import functools
import json
import re
from pathlib import Path

import pytest

import seed
from model.control import control
from model.entities import ControlState, Stance, Standing, Status
from model.grades import Grade
from model.kinds import CONTROL_KINDS
from model.query import NOW, Clocks
from model.standing import Evidence, weigh
from model.times import DAY, Precision, day_of, end_of, parse_time

FOLDER = Path(seed.__file__).parent / "afghanistan_2021"
SHARED = Path(__file__).parents[1].parent / "shared" / "data"
DATA = Path(__file__).parent / "data"
FALLS = DATA / "afghanistan_2021" / "fall_of_capitals.csv"
COUNTS = DATA / "afghanistan_2021" / "published_counts.csv"
ARTICLE = SHARED / "seed_article" / "article.txt"
ZONE = "Asia/Kabul"
OVERLAP = 6
"""Words in a row that our lines may not share with the article."""


@functools.cache
def contents() -> seed.Contents:
    return seed.read(FOLDER)


@functools.cache
def evidence() -> tuple[Evidence, ...]:
    claims = {
        event.id: [claim for claim in contents().claims if claim.event == event.id] for event in contents().events
    }
    return tuple(Evidence(event, tuple(claims[event.id])) for event in contents().events)


def at_end_of(text: str) -> Clocks:
    """Set both clocks to the end of a day or a part of one."""
    end = end_of(*parse_time(text, ZONE), ZONE)
    return Clocks(end, end)


def state(place: str, clocks: Clocks = NOW) -> ControlState:
    own = [one for one in evidence() if one.event.place == place and one.event.kind in CONTROL_KINDS]
    return control(place, own, contents().catalog, clocks)


def capitals() -> tuple[str, ...]:
    return contents().catalog.tallies["taliban-capitals"].place_ids


def with_the_taliban(clocks: Clocks) -> int:
    found = [state(place, clocks) for place in capitals()]
    return sum(one.actor == "taliban" and one.status in (Status.HELD, Status.CLAIMED) for one in found)


def event(place: str | None, kind: str, day: str) -> Evidence:
    """Return the one event of that kind at the place on that day."""
    (found,) = (
        one
        for one in evidence()
        if (one.event.place, one.event.kind) == (place, kind) and str(day_of(one.event.occurred_at, ZONE)) == day
    )
    return found


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_folder_has_nothing_that_the_loader_minds() -> None:
    assert seed.check(FOLDER) == ()


def test_thirty_four_capitals_are_named_in_two_languages_placed_and_coded() -> None:
    places = [contents().catalog.places[place] for place in capitals()]
    assert len(places) == 34
    for place in places:
        assert {"fa", "ps", ""} <= {name.language for name in place.names}, place.id
        assert re.fullmatch(r"AF\d\d", place.pcode), place.id
        assert re.fullmatch(r"AF-[A-Z]{3}", place.iso), place.id
        assert place.geonameid, place.id
        assert place.longitude is not None, place.id
        assert 60 < place.longitude < 75, place.id
        assert place.latitude is not None, place.id
        assert 29 < place.latitude < 39, place.id
    assert len({place.pcode for place in places}) == len({place.iso for place in places}) == 34
    assert [place.id for place in places if place.kind == "capital"] == ["kabul"]


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("Faizabad", "fayzabad"),
        ("Pul-i-Khumri", "pul-e-khumri"),
        ("Lashkargah", "lashkar-gah"),
        ("Kondoz", "kunduz"),
        ("Qala-i-Naw", "qala-e-naw"),
        ("Chaghcharan", "firozkoh"),
        ("Taluqan", "taloqan"),
        ("Maydanshakhr", "maidan-shahr"),
        ("MAZAR-I-SHARIF", "mazar-e-sharif"),
        ("Shibirghān", "sheberghan"),
        ("قندهار", "kandahar"),
        ("کندهار", "kandahar"),
        ("لښکرګاه", "lashkar-gah"),
        ("Panjshir", "bazarak"),
        ("AF32", "herat"),
        ("HKIA", "kabul-airport"),
    ],
)
def test_a_place_goes_by_the_spellings_of_the_reports(written: str, place: str) -> None:
    assert contents().catalog.place(written).id == place


def test_every_name_of_a_thing_leads_to_it() -> None:
    catalog = contents().catalog
    for place in catalog.places.values():
        assert {catalog.place(name.text).id for name in place.names} <= {place.id}
    for actor in catalog.actors.values():
        assert {catalog.actor(name.text).id for name in actor.names} <= {actor.id}
    for source in catalog.sources.values():
        assert {catalog.source(name.text).id for name in source.names} <= {source.id}


def test_the_ring_road_begins_and_ends_in_kabul_and_says_what_it_is_worth() -> None:
    (road,) = contents().catalog.routes.values()
    assert road.place_ids[0] == road.place_ids[-1] == "kabul"
    assert len(road.place_ids) == 19
    assert "not surveyed" in road.note


def test_each_province_has_its_outline() -> None:
    features = json.loads((FOLDER / "outlines.geojson").read_text("utf-8"))["features"]
    codes = {contents().catalog.places[place].iso for place in capitals()}
    assert {feature["properties"]["iso"] for feature in features} == codes


def test_the_government_holds_all_capitals_before_the_first_falls() -> None:
    before = [state(place, at_end_of("2021-08-05")) for place in capitals()]
    assert [(one.status, one.actor, one.disputed) for one in before] == [(Status.HELD, "gov", False)] * 34


def test_the_taliban_have_all_capitals_in_the_end_and_panjshir_only_by_their_own_word() -> None:
    clocks = at_end_of("2021-09-07")
    after = {place: state(place, clocks) for place in capitals()}
    assert {one.actor for one in after.values()} == {"taliban"}
    claimed = {place for place, one in after.items() if one.status is Status.CLAIMED}
    assert claimed == {"bazarak", "maidan-shahr", "mahmud-e-raqi"}
    assert {one.status for place, one in after.items() if place not in claimed} == {Status.HELD}
    panjshir = after["bazarak"]
    assert panjshir.disputed
    assert panjshir.former == "nrf"


def test_each_capital_changes_on_the_day_that_the_compilation_gives() -> None:
    catalog = contents().catalog
    clocks = at_end_of("2021-09-07")
    found, expected = {}, {}
    for row in read_table(FALLS):
        place = catalog.place(row["geonameid"])
        since = state(place.id, clocks).since
        assert since is not None, place.id
        found[place.id], expected[place.id] = str(day_of(since, ZONE)), row["date"]
        assert place.iso == row["iso3166_2"]
    assert len(expected) == 34
    assert found == expected


def test_the_last_government_outposts_pass_after_their_cities() -> None:
    assert state("kunduz-airport", at_end_of("2021-08-10")).actor == "gov"
    assert state("kunduz-airport", at_end_of("2021-08-11")).actor == "taliban"
    assert state("217-corps-base", at_end_of("2021-08-10")).actor == "gov"
    assert state("kandahar-airport", at_end_of("2021-08-13")).actor == "gov"
    assert state("kabul-airport", at_end_of("2021-08-29")).actor == "us"
    assert state("kabul-airport", at_end_of("2021-08-31")).actor == "taliban"
    every = [state(place.id) for place in contents().catalog.places.values() if place.kind in ("base", "airport")]
    assert {one.actor for one in every} == {"taliban"}


def test_panjshir_passes_to_the_resistance_and_is_denied_to_the_taliban_from_the_first() -> None:
    held = state("bazarak", at_end_of("2021-08-20"))
    assert (held.status, held.actor) == (Status.HELD, "nrf")
    first_claim = state("bazarak", at_end_of("2021-09-04"))
    assert (first_claim.status, first_claim.actor, first_claim.disputed) == (Status.HELD, "nrf", True)
    entered = state("bazarak", at_end_of("2021-09-05"))
    assert (entered.status, entered.former) == (Status.CONTESTED, "nrf")


def test_kandahars_day_is_disputed_and_both_days_are_there() -> None:
    fall = event("kandahar", "capture", "2021-08-12")
    days = {str(day_of(claim.occurred_at or fall.event.occurred_at, ZONE)) for claim in fall.claims}
    assert days == {"2021-08-12", "2021-08-13"}
    assert state("kandahar").date_disputed
    assert not state("kandahar", at_end_of("2021-08-12")).date_disputed


def test_ghazni_is_disputed_by_a_grade_as_good_as_the_reports() -> None:
    on_the_day = state("ghazni", at_end_of("2021-08-12"))
    assert (on_the_day.status, on_the_day.actor, on_the_day.disputed) == (Status.HELD, "taliban", True)
    fall = event("ghazni", "capture", "2021-08-12")
    weight = weigh(fall, contents().catalog)
    assert weight.standing is Standing.DISPUTED
    assert weight.grade == weight.grade_against == Grade("B", 2)
    (denial,) = (claim for claim in fall.claims if claim.stance is Stance.DENIES)
    assert denial.source == "interior-ministry"
    assert "parts of the city only" in denial.attribution


def test_ghaznis_deal_and_arrest_stand_side_by_side() -> None:
    deal = event("ghazni", "deal", "2021-08-12")
    assert {claim.source: str(claim.stance) for claim in deal.claims} == {
        "unnamed-reports": "asserts",
        "taliban-media": "asserts",
        "interior-ministry": "denies",
    }
    assert weigh(deal, contents().catalog).standing is Standing.DISPUTED
    arrest = event("ghazni", "arrest", "2021-08-12")
    assert (arrest.event.actor, arrest.event.against) == ("moi", "ghazni-governor")
    assert arrest.event.occurred_at > deal.event.occurred_at
    assert "interior-ministry" in {claim.source for claim in arrest.claims}


def test_losing_ghazni_cuts_the_road_and_the_offer_to_share_power_is_no_more_than_reported() -> None:
    assert event("ghazni", "route-cut", "2021-08-12").event.route == "highway-1"
    offer = event(None, "power-sharing-offer", "2021-08-12")
    assert weigh(offer, contents().catalog).standing is Standing.REPORTED


def test_herat_is_fought_over_then_conceded() -> None:
    assert state("herat", at_end_of("2021-08-12 afternoon")).status is Status.CONTESTED
    evening = state("herat", at_end_of("2021-08-12 evening"))
    assert (evening.status, evening.actor) == (Status.HELD, "taliban")
    withdrawal = event("herat", "withdrawal", "2021-08-12")
    assert weigh(withdrawal, contents().catalog).standing is Standing.CONFIRMED


def test_farah_is_disputed_until_the_denial_is_taken_back() -> None:
    assert state("farah", at_end_of("2021-08-12")).disputed
    assert not state("farah", at_end_of("2021-08-15")).disputed


def test_weak_captures_stay_weak() -> None:
    catalog = contents().catalog
    for place, most in {
        "bamyan": 2,
        "parun": 2,
        "khost": 8,
        "charikar": 7,
        "mahmud-e-raqi": 5,
        "maidan-shahr": 7,
    }.items():
        weight = weigh(event(place, "capture", "2021-08-15"), catalog)
        assert weight.n_for == 1
        assert weight.grade is not None
        assert weight.grade.weight <= most, place


def test_what_no_report_was_at_hand_for_says_so_and_is_graded_low() -> None:
    unread = [claim for claim in contents().claims if claim.attribution.endswith("; report not at hand")]
    assert {claim.source for claim in contents().claims if claim not in unread}.isdisjoint({"generally-recorded"})
    probable = {claim.event for claim in unread if claim.credibility < 3}
    assert {one.event.summary for one in evidence() if one.event.id in probable} == {
        "Taliban enter Kabul",
        "President Ghani leaves the country",
        "Taliban fighters take the presidential palace",
        "Suicide bomb at a gate of Kabul airport kills 13 US troops and many civilians",
        "US drone strike on a car in Kabul",
        "Last US aircraft leaves Kabul airport",
    }
    assert min(claim.credibility for claim in unread) == 2
    falls = {one.event.id for one in evidence() if one.event.kind in ("capture", "handover")}
    of_capitals = {one.event.id for one in evidence() if one.event.id in falls and one.event.place in capitals()}
    assert {claim.source for claim in unread if claim.event in of_capitals} == {"generally-recorded"}


def test_a_copy_is_not_counted_beside_its_original() -> None:
    catalog = contents().catalog
    copies = {source.id: source.copies for source in catalog.sources.values() if source.copies}
    assert copies["afp-via-mehr"] == "afp"
    kandahar = event("kandahar", "capture", "2021-08-12")
    assert weigh(kandahar, catalog).n_for == len({copies.get(claim.source, claim.source) for claim in kandahar.claims})


# As of, source, published, computed: each published count that is not the computed one.
DIFFERENCES = [
    ("2021-08-11", "reuters-via-shanghai-daily", 8, 9),
    ("2021-08-12 morning", "ap", 10, 11),
    ("2021-08-12", "voa", 10, 13),
    ("2021-08-12", "wion", 11, 13),
    ("2021-08-12", "news-report-2021-08-12", 12, 13),
    ("2021-08-12 evening", "ap", 12, 13),
    ("2021-08-13", "tolonews-via-eir", 17, 18),
    ("2021-08-14", "geopolitic-org", 20, 25),
    ("2021-08-15 morning", "voa", 25, 32),
    ("2021-08-15", "the-hindu", 26, 33),
    ("2021-08-15", "ap-via-the-hindu", 26, 33),
]


def test_published_counts_differ_from_the_computed_one_where_we_say_so() -> None:
    expected = {(*parse_time(text, ZONE), source): (published, ours) for text, source, published, ours in DIFFERENCES}
    found = {}
    for claim in contents().tally_claims:
        assert claim.of == 34
        ours = with_the_taliban(Clocks(as_of=end_of(claim.as_of, claim.as_of_precision, ZONE)))
        if ours != claim.count:
            found[claim.as_of, claim.as_of_precision, claim.source] = (claim.count, ours)
    assert found == expected


def test_every_published_count_of_the_compilation_is_claimed() -> None:
    claimed = {(day_of(claim.as_of, ZONE).isoformat(), claim.count) for claim in contents().tally_claims}
    compiled = {(row["as_of"].split()[0], int(row["capitals_fallen"])) for row in read_table(COUNTS)}
    assert claimed == compiled


def test_the_tally_grows_day_by_day() -> None:
    first, _ = parse_time("2021-08-05", ZONE)
    days = [with_the_taliban(Clocks(as_of=first + (number + 1) * DAY - 1)) for number in range(12)]
    assert days == [0, 1, 2, 5, 6, 8, 9, 13, 18, 25, 33, 33]


def test_nothing_is_reported_to_the_minute_that_is_known_to_the_day() -> None:
    exact = {one.event.summary for one in evidence() if one.event.precision in (Precision.MINUTE, Precision.HOUR)}
    assert exact == {"Last US aircraft leaves Kabul airport"}


def test_no_quotes_are_shipped_and_summaries_are_one_short_line() -> None:
    assert {claim.quote for claim in contents().claims} == {""}
    assert all(0 < len(one.summary) <= 90 and "\n" not in one.summary for one in contents().events)


def test_the_period_of_the_situation_holds_all_falls() -> None:
    situation = contents().catalog.situation
    assert situation.begins is not None
    assert situation.ends is not None
    assert day_of(situation.begins, ZONE) == dt.date(2021, 8, 6)
    assert day_of(situation.ends, ZONE) == dt.date(2021, 9, 7)
    assert "GeoNames" in situation.credit


def test_no_words_of_the_article_are_in_the_folder() -> None:
    if not ARTICLE.exists():
        pytest.skip(f"{ARTICLE} is not here; it may be read by tests and never ships")
    article = _runs(ARTICLE.read_text("utf-8"))
    for path in FOLDER.iterdir():
        if path.suffix != ".geojson":
            for line in path.read_text("utf-8").splitlines():
                assert not _runs(line) & article, f"{path.name}: {line}"


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[begin : begin + OVERLAP]) for begin in range(len(words) - OVERLAP + 1)}
