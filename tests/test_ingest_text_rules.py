"""The rules of reading, each on sentences made up for it."""

import pytest

from ingest.proposals import Proposal
from ingest.text.language import LanguageModel
from ingest.text.reading import read
from model.entities import Report, Stance
from model.times import Precision, day_of, parse_time

WEDNESDAY = parse_time("2022-06-15")[0]


class Reader:
    def __init__(self, language_model: LanguageModel) -> None:
        self._model = language_model

    def __call__(self, text: str) -> tuple[Proposal, ...]:
        return read(Report("r", "s", text=text, published_at=WEDNESDAY), None, language_model=self._model).proposals

    def one(self, text: str) -> Proposal:
        found = self(text)
        assert len(found) == 1, found
        return found[0]


@pytest.fixture(scope="module")
def reader(language_model: LanguageModel) -> Reader:
    return Reader(language_model)


@pytest.mark.parametrize(
    ("text", "kind", "place", "actor"),
    [
        ("Rebel fighters captured the town of Ardan on Tuesday.", "capture", "Ardan", "Rebel fighters"),
        ("The town of Ardan was captured by rebel fighters on Tuesday.", "capture", "Ardan", "rebel fighters"),
        ("The army retakes Ardan from the insurgents.", "capture", "Ardan", "army"),
        ("Militants have taken full control of the village of Ardan.", "capture", "Ardan", "Militants"),
        ("The city of Ardan fell to the insurgents overnight.", "capture", "Ardan", "insurgents"),
        ("The army lost the city of Ardan to rebel forces.", "capture", "Ardan", "forces"),
        ("The militia handed over the town of Ardan to the army.", "handover", "Ardan", "army"),
        ("Government troops captured most of the city of Ardan.", "partial-capture", "Ardan", "Government troops"),
        ("Army tanks entered the city of Ardan at dawn.", "entered", "Ardan", "Army tanks"),
        ("Rebel units pushed into the town of Ardan.", "entered", "Ardan", "Rebel units"),
        ("Government troops withdrew from the town of Ardan.", "withdrawal", "Ardan", "Government troops"),
        ("Rebels are attempting to capture the town of Ardan.", "attempt", "Ardan", "Rebels"),
        ("The army launched an operation to retake the town of Ardan.", "attempt", "Ardan", "army"),
        ("The army says it still holds the city of Ardan.", "still-held", "Ardan", "army"),
        ("Rebels have surrounded the town of Ardan.", "siege", "Ardan", "Rebels"),
        ("Soldiers seized the military airport in Kunduz.", "capture", "airport, Kunduz", "Soldiers"),
        ("The Taliban take control of Kabul.", "capture", "Kabul", "Taliban"),
        ("Rebels retake Damascus.", "capture", "Damascus", "Rebels"),
        ("Taliban fighters entered the outskirts of Kabul.", "entered", "Kabul", "Taliban fighters"),
        ("Rebels have agreed to hand over the town of Ardan to the army.", "handover-agreed", "Ardan", "army"),
        ("Army and rebels both claim to be in control of the city of Ardan.", "contested", "Ardan", ""),
        ("The ministry denies that rebels have entered the town of Ardan.", "denial", "Ardan", "ministry"),
        ("The militia abandoned the town of Ardan.", "withdrawal", "Ardan", "militia"),
        ("The army announced the recapture of the town of Ardan.", "capture", "Ardan", "army"),
        ("The capture of the town of Ardan by rebels opens the road south.", "capture", "Ardan", "rebels"),
        (
            "The city of Ardan was completely overrun by militant fighters, officials said.",
            "capture",
            "Ardan",
            "militant fighters",
        ),
        ("The city of Ardan collapsed to the insurgents.", "capture", "Ardan", "insurgents"),
        ("Pul-e-Khumri fell to the insurgents on Sunday.", "capture", "Pul-e-Khumri", "insurgents"),
        (
            "Government forces have withdrawn from Kunduz, the army chief said.",
            "withdrawal",
            "Kunduz",
            "Government forces",
        ),
        ("Rebels have laid siege to the town of Ardan.", "siege", "Ardan", "Rebels"),
        ("The town of Ardan has been under siege by rebels for months.", "siege", "Ardan", "rebels"),
        ("The army says its troops continue to hold the town of Ardan.", "still-held", "Ardan", "army"),
        ("Fierce fighting is under way for control of the town of Ardan.", "contested", "Ardan", ""),
        ("The airport in Kandahar came under rocket fire.", "shelling", "airport, Kandahar", ""),
        ("Mortar rounds landed in the centre of Kunduz.", "shelling", "Kunduz", ""),
        (
            "Taliban fighters attacked Ghazni from several directions on Thursday.",
            "clash",
            "Ghazni",
            "Taliban fighters",
        ),
        ("Rebels entered Kunduz's city centre on Monday.", "entered", "Kunduz", "Rebels"),
        ("Rebels entered the city centre of Kunduz.", "entered", "Kunduz", "Rebels"),
        ("Rebels captured the district centre of Andar.", "partial-capture", "Andar", "Rebels"),
        ("Rebels completed the seizure of the town of Ardan.", "capture", "Ardan", "Rebels"),
        ("The seizure by rebels of the town of Ardan was confirmed.", "capture", "Ardan", "rebels"),
        ("Kunduz had fallen into Taliban hands.", "capture", "Kunduz", "Taliban"),
        ("Both sides claim control of the town of Ardan.", "contested", "Ardan", ""),
        ("Rebels maintained their hold on the town of Ardan.", "still-held", "Ardan", "Rebels"),
        ("Mykolaiv came under missile attack overnight.", "shelling", "Mykolaiv", ""),
        ("Militants seized the governor's office in Kunduz.", "site-seized", "office, Kunduz", "Militants"),
    ],
)
def test_a_sentence_gives_its_event(reader: Reader, text: str, kind: str, place: str, actor: str) -> None:
    found = reader.one(text)
    assert (found.kind, found.place, found.actor) == (kind, place, actor)


@pytest.mark.parametrize(
    "text",
    [
        "Rebels failed to capture the town of Ardan.",
        "Rebels did not capture the town of Ardan.",
        "Rebels will capture the town of Ardan within days, analysts say.",
        "Rebels could capture the town of Ardan.",
        "If rebels capture the town of Ardan, the convoy must turn back.",
        "Rebels threaten to capture the town of Ardan.",
        "The general vowed to retake the town of Ardan.",
        "Talks resumed after rebels captured the town of Ardan.",
        "Aid reached the town of Ardan, which rebels captured last month.",
        "Residents return to the recently recaptured town of Ardan.",
        "Rebels captured the town of Ardan in 2014.",
        "Soldiers captured a rebel commander near Ardan.",
        "The coast guard seized a tanker off the port of Ardan.",
        "Police seized two tonnes of cocaine in the port of Ardan.",
        "The party captured 40 seats and took control of parliament.",
        "The regulator seizes control of First Valley Bank.",
        "Foreign troops will withdraw from the country by September.",
        "The minister withdrew from the talks in Geneva.",
        "Troops advance towards the town of Ardan.",
        "The fall of Kunduz would be a blow to the government.",
        "The president gave up hopes of retaking Kunduz.",
        "The explosion left the town of Ardan without water.",
        "The inmates seized a prison in Ardan.",
        "Neither side took control of the town of Ardan.",
        "Reports that the town of Ardan had been captured by rebels are false, the army said.",
        "Losing Kunduz would complicate the defence of the north.",
        "Fire overran the camp outside Kunduz.",
        "Floods surrounded the town of Ardan.",
        "The candidate took Nangarhar with 60 percent of the vote.",
        "The army quit the talks, leaving the Taliban in disarray.",
        "The army left the Taliban no choice.",
        "Had the rebels taken Kunduz, the government would have collapsed.",
        "The town of Ardan has been all but taken by rebels.",
        "Aid convoys entered the town of Ardan on Monday.",
        "The army aims to seize the town of Ardan by winter.",
        "Kunduz fell to the Taliban in 2015 before being retaken by Afghan forces.",
        "In 2016, government forces recaptured Aleppo, expelling the rebels from the city.",
        "The mayor was taken into custody.",
    ],
)
def test_what_did_not_happen_or_is_no_territory_gives_no_change_of_control(reader: Reader, text: str) -> None:
    control = {"capture", "handover", "partial-capture", "site-seized", "entered", "withdrawal", "attempt", "contested"}
    assert [proposal for proposal in reader(text) if proposal.kind in control] == []


def test_a_list_gives_an_event_for_each_place_with_its_region(reader: Reader) -> None:
    found = reader("Rebels captured the towns of Ardan, Besan and Kharo in Herat Province.")
    assert [proposal.place for proposal in found] == ["Ardan", "Besan", "Kharo"]


@pytest.mark.parametrize(
    "text",
    [
        "Both Taloqan and Kunduz fell on Sunday.",
        "Rebels captured Taloqan, the capital of Takhar Province, as well as Kunduz, the capital of Kunduz Province.",
    ],
)
def test_a_list_may_be_the_subject_or_say_what_each_place_is(reader: Reader, text: str) -> None:
    assert [(one.kind, one.place) for one in reader(text)] == [("capture", "Taloqan"), ("capture", "Kunduz")]


def test_whoever_is_left_in_control_took_the_place_and_is_none(reader: Reader) -> None:
    found = reader("Troops pulled out of the town of Ardan, leaving the Taliban in control of the town.")
    assert [(one.kind, one.place, one.actor) for one in found] == [
        ("withdrawal", "Ardan", "Troops"),
        ("capture", "Ardan", "Taliban"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Rebels seized Taloqan, Kunduz and the border post of Torghundi.",
        "The towns of Taloqan and Kunduz and the port of Torghundi were retaken by the army.",
    ],
)
def test_a_list_may_end_with_a_site_and_come_before_its_verb(reader: Reader, text: str) -> None:
    assert [one.place.rpartition(", ")[2] for one in reader(text)] == ["Taloqan", "Kunduz", "Torghundi"]


def test_they_and_the_group_are_who_was_named_though_not_in_an_event(reader: Reader) -> None:
    found = reader.one("Taliban fighters pushed south. On Wednesday the group said it had captured the town of Ardan.")
    assert (found.actor, found.attribution) == ("Taliban fighters", "group")


def test_what_was_attacked_is_the_city_of_the_next_sentence(reader: Reader) -> None:
    found = reader.one("The Taliban attacked Ghazni at dawn. By evening they had captured the city.")
    assert (found.kind, found.place, found.actor) == ("capture", "Ghazni", "Taliban")


def test_the_city_is_the_one_that_was_named(reader: Reader) -> None:
    found = reader.one("Fighting spread through the streets of Kunduz. Rebels have now taken control of the city.")
    assert (found.kind, found.place) == ("capture", "Kunduz")


def test_the_group_is_the_one_that_was_named(reader: Reader) -> None:
    found = reader.one("Taliban fighters gathered outside Kunduz. The group then captured the city of Kunduz.")
    assert found.actor == "Taliban fighters"


@pytest.mark.parametrize(
    ("text", "certainty", "attribution"),
    [
        ("Rebels captured the town of Ardan.", "reported", ""),
        ("Residents say that rebels captured the town of Ardan.", "reported", "Residents"),
        ("Russia says its troops captured the town of Ardan.", "claimed", "Russia"),
        ("Ukraine says Russian troops captured the town of Ardan in Donetsk Oblast.", "confirmed", "Ukraine"),
        ("Rebels captured the town of Ardan, according to the Interior Ministry.", "confirmed", "Interior Ministry"),
        ("The army said it had ordered its troops to withdraw from the town of Ardan.", "confirmed", "army"),
        (
            "Russian troops seized the town of Ardan in Donetsk Oblast, according to governor Pavlo Kyrylenko.",
            "confirmed",
            "governor Pavlo Kyrylenko",
        ),
        (
            "Ukrainian and Russian sources say Russian troops captured the town of Ardan.",
            "confirmed",
            "Ukrainian and Russian sources",
        ),
        (
            "The commander announces the withdrawal of Ukrainian forces from the town of Ardan.",
            "confirmed",
            "commander",
        ),
        (
            "Russia says it has captured the town of Ardan, but this is denied by Ukraine.",
            "disputed",
            "Russia (Ukraine denies)",
        ),
        ("The army accused rebels of seizing the town of Ardan.", "claimed", "army"),
    ],
)
def test_who_says_so_makes_the_certainty(reader: Reader, text: str, certainty: str, attribution: str) -> None:
    found = reader.one(text)
    assert (found.certainty.value, found.attribution) == (certainty, attribution)


def test_a_denial_disputes_what_the_sentence_before_says(reader: Reader) -> None:
    found = reader.one("Azerbaijan says it has captured the city of Shusha. Armenia denies the claim.")
    assert found.certainty.value == "disputed"
    assert found.attribution == "Azerbaijan (Armenia denies)"
    assert [claim.stance for claim in found.claims] == [Stance.ASSERTS, Stance.DENIES]


def test_what_a_semicolon_joins_has_a_speaker_each(reader: Reader) -> None:
    found = reader.one("Russia says its troops captured the town of Ardan; Ukraine denies the town has fallen.")
    assert (found.certainty.value, found.attribution) == ("disputed", "Russia (Ukraine denies)")


def test_a_rival_account_of_who_holds_the_place_disputes_a_capture(reader: Reader) -> None:
    capture, held = reader("Rebels captured the city of Kunduz, but residents said the army still held the city.")
    assert (capture.kind, capture.certainty.value, capture.attribution) == ("capture", "disputed", "(residents deny)")
    assert (held.kind, held.actor) == ("still-held", "army")


def test_the_losing_side_admits_what_the_sentence_before_says(reader: Reader) -> None:
    found = reader.one("Russian troops captured the city of Lyman. Ukrainian forces confirm that they had to retreat.")
    assert (found.certainty.value, found.attribution) == ("confirmed", "Ukrainian forces")


def test_an_admission_of_leaving_one_town_does_not_confirm_the_loss_of_another(reader: Reader) -> None:
    captured = reader(
        "Russia says it captured Robotyne. Ukraine confirms it has pulled back its troops from Vovchansk."
    )[0]
    assert (captured.place, captured.certainty.value) == ("Robotyne", "claimed")


@pytest.mark.parametrize(
    ("words", "day", "precision"),
    [
        ("on Tuesday", "2022-06-14", Precision.DAY),
        ("on Thursday", "2022-06-09", Precision.DAY),
        ("yesterday", "2022-06-14", Precision.DAY),
        ("on Monday evening", "2022-06-13", Precision.PART),
        ("on 3 June", "2022-06-03", Precision.DAY),
        ("on June 3, 2022", "2022-06-03", Precision.DAY),
        ("last week", "2022-06-06", Precision.WEEK),
        ("two days ago", "2022-06-13", Precision.DAY),
        ("", "2022-06-15", Precision.DAY),
    ],
)
def test_days_are_counted_from_the_dateline(reader: Reader, words: str, day: str, precision: Precision) -> None:
    found = reader.one(f"Rebels captured the town of Ardan {words}.")
    assert (day_of(found.occurred_at, "UTC").isoformat(), found.precision) == (day, precision)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Police arrested three suspects in Kunduz.", "arrest"),
        ("At least 20 people were killed in Kunduz.", "casualties"),
        ("Rebels cut the highway to the capital.", "route-cut"),
        ("The army reopened the road.", "route-reopened"),
        ("The defence minister resigned on Tuesday.", "departure"),
        ("The government signed a peace agreement with the rebels.", "agreement"),
        ("The rebels offered to surrender.", "surrender-offer"),
        ("Heavy fighting was reported in Kunduz.", "clash"),
        ("Artillery shelled Kunduz for hours.", "shelling"),
        ("Jets bombed Kunduz on Tuesday.", "air-strike"),
    ],
)
def test_other_events_are_read_too(reader: Reader, text: str, kind: str) -> None:
    assert kind in {proposal.kind for proposal in reader(text)}
