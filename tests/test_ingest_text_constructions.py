"""Constructions that news of many wars uses: each on a sentence made up for it."""

import pytest

from ingest.proposals import Proposal
from ingest.text.language import LanguageModel
from ingest.text.reading import read
from model.entities import Report, Stance
from model.times import parse_time

WEDNESDAY = parse_time("2022-06-15")[0]


def proposals(text: str, language_model: LanguageModel) -> tuple[Proposal, ...]:
    return read(Report("r", "s", text=text, published_at=WEDNESDAY), None, language_model=language_model).proposals


# Short sentences in which the language model takes the verb for an adjective, or the first name for an adverb.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Taliban captured Herat.", [("capture", "Herat", "Taliban")]),
        ("The Taliban captured Herat, officials said.", [("capture", "Herat", "Taliban")]),
        ("The junta besieged Ghazni.", [("siege", "Ghazni", "junta")]),
        ("Al-Shabaab besieged Mosul.", [("siege", "Mosul", "Al-Shabaab")]),
        ("Al-Shabaab overran Kidal, officials said.", [("capture", "Kidal", "Al-Shabaab")]),
        ("The RSF laid siege to Goma, the UN said.", [("siege", "Goma", "RSF")]),
        ("A spokesman said the RSF conquered Tikrit late on Monday.", [("capture", "Tikrit", "RSF")]),
        ("The RSF stormed and captured Tikrit.", [("capture", "Tikrit", "RSF")]),
        (
            "The Taliban wrested control of Tikrit and Raqqa, witnesses said.",
            [("capture", "Tikrit", "Taliban"), ("capture", "Raqqa", "Taliban")],
        ),
        ("Bakhmut fell to the Syrian army on Sunday.", [("capture", "Bakhmut", "Syrian army")]),
        ("Bakhmut has been seized by Boko Haram.", [("capture", "Bakhmut", "Boko Haram")]),
        ("Iraqi forces besieged El Fasher.", [("siege", "El Fasher", "Iraqi forces")]),
        ("If Al-Shabaab capture Kidal, thousands will flee.", []),
        ("If the junta capture Herat, thousands will flee.", []),
        ("The rebel-captured town of Herat was quiet.", []),
        ("However, the army captured Tikrit.", [("capture", "Tikrit", "army")]),
    ],
)
def test_plain_short_sentences_are_read_as_they_are_meant(
    text: str, expected: list[tuple[str, str, str]], language_model: LanguageModel
) -> None:
    found = [(one.kind, one.place, one.actor) for one in proposals(text, language_model)]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "After three days of clashes, Tikrit fell into the hands of the Arakan Army, the mayor said by phone.",
            [("capture", "Tikrit", "Arakan Army")],
        ),
        ("Heavy clashes erupted between the junta and rebels in Hama on Tuesday.", [("clash", "Hama", "")]),
        ("Rebels now control Kunduz, residents said.", [("capture", "Kunduz", "Rebels")]),
        ("Witnesses said the army was still in control of the town of Ardan.", [("still-held", "Ardan", "army")]),
        ("Rebel forces are at the gates of Kunduz.", [("attempt", "Kunduz", "Rebel forces")]),
        ("Rebels captured South Town on Tuesday.", [("capture", "South Town", "Rebels")]),
        ("Taloqan became the third city to fall to the Taliban.", [("capture", "Taloqan", "Taliban")]),
        ('The army said it had "fully liberated" Kunduz.', [("capture", "Kunduz", "army")]),
        (
            "Rebels took Kunduz on Monday, and by dawn they were in control of the town of Ardan, officials said.",
            [("capture", "Kunduz", "Rebels"), ("capture", "Ardan", "Rebels")],
        ),
        (
            "The army said six cities, among them Kunduz and Taloqan, had been liberated from the rebels.",
            [("capture", "Kunduz", ""), ("capture", "Taloqan", "")],
        ),
        (
            "The rebels took Kunduz, a trading hub, along with the village of Ardan.",
            [("capture", "Kunduz", "rebels"), ("capture", "Ardan", "rebels")],
        ),
        (
            "Rebels took the northern side of the Torghundi crossing.",
            [("partial-capture", "Torghundi crossing", "Rebels")],
        ),
        ("Rebels seized the state radio station in Kunduz.", [("site-seized", "radio station, Kunduz", "Rebels")]),
        (
            "Rebels seized the army's 20th Division headquarters in Kunduz.",
            [("site-seized", "20th Division headquarters, Kunduz", "Rebels")],
        ),
        (
            "The general said he had ordered his troops to withdraw from the town of Ardan.",
            [("withdrawal", "Ardan", "general")],
        ),
        ("Rebels take Maarat al-Numan.", [("capture", "Maarat al-Numan", "Rebels")]),
        ("The Taliban say that Kunduz is theirs.", [("capture", "Kunduz", "Taliban")]),
        ("The governor surrendered Kunduz without a fight.", [("handover", "Kunduz", "")]),
        ("Government troops gave up the town of Ardan.", [("withdrawal", "Ardan", "Government troops")]),
        ("Rebels take control of UNESCO site Lalibela.", [("capture", "Lalibela", "Rebels")]),
        ("Rebels cut the M5 near Saraqib.", [("route-cut", "M5", "Rebels")]),
        (
            "Rebels enter Kunduz and reach the market; Colonel Akbari's men hold out.",
            [("entered", "Kunduz", "Rebels")],
        ),
        (
            "The General Staff confirms that its troops have pulled back from Kunduz.",
            [("withdrawal", "Kunduz", "General Staff")],
        ),
        ("The troops have been ordered to leave Kunduz.", [("withdrawal", "Kunduz", "troops")]),
        (
            "The army is regrouping its soldiers away from Kunduz and Taloqan.",
            [("withdrawal", "Kunduz", "army"), ("withdrawal", "Taloqan", "army")],
        ),
        (
            "Rebels blocked the road linking Kunduz to Taloqan.",
            [("route-cut", "road linking Kunduz to Taloqan", "Rebels")],
        ),
        ("Government forces seized Novyi Komar on Monday.", [("capture", "Novyi Komar", "Government forces")]),
        (
            "The army admitted the loss of Minova and Katale.",
            [("capture", "Minova", ""), ("capture", "Katale", "")],
        ),
        ("Besan, a crossroads in the desert, fell on Friday.", [("capture", "Besan", "")]),
        ("Militiamen dislodged the rebels from Bukombo on Wednesday.", [("withdrawal", "Bukombo", "rebels")]),
        ("Insurgents are reported to be in control of Palma.", [("capture", "Palma", "Insurgents")]),
        ("Soldiers captured up to half of Kunduz.", [("partial-capture", "Kunduz", "Soldiers")]),
        (
            '"Mekelle is under our control," Getachew Reda, a spokesman for the TPLF, said.',
            [("capture", "Mekelle", "TPLF")],
        ),
        ("The army transferred control of the town of Ardan to rebels.", [("handover", "Ardan", "rebels")]),
        ("Troops still controlled part of the town of Ardan.", [("still-held", "Ardan", "Troops")]),
        ("The army continues to hold positions in the town of Ardan.", [("still-held", "Ardan", "army")]),
        (
            "Kunduz was cut off in August last year, but the army still holds the city.",
            [("still-held", "Kunduz", "army")],
        ),
        ("The rebels fled Kunduz towards Taloqan, leaving the city in ruins.", [("withdrawal", "Kunduz", "rebels")]),
    ],
)
def test_a_construction_gives_its_events(
    language_model: LanguageModel, text: str, expected: list[tuple[str, str, str]]
) -> None:
    assert [(one.kind, one.place, one.actor) for one in proposals(text, language_model)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Neither the governor nor the army would confirm that rebels had taken Kunduz.",
        "Claims that Kunduz has fallen have not been confirmed.",
        "Rebels took a number of heights and strategic road junctions.",
        "The commander was tried for the siege of Kunduz, during which his men occupied the city.",
        "Kunduz and Taloqan had fallen in previous weeks.",
        "Wildfires cut the motorway to the coast.",
        "A mining group took over the Ardan mine and bought shares in the port.",
        "The Security Council ordered foreign forces to withdraw from Kunduz.",
        "Rebels are advancing on Kunduz.",
        "Opposition candidates take Kunduz in regional elections and lose control of Herat.",
        "THE MASSACRES THAT TOOK PLACE IN RWANDA FROM APRIL TO JULY",
        "Militants took Ismail Khan prisoner.",
        "The court has ordered troops to be withdrawn from Kunduz.",
        "In 2012, rebels overran Kunduz, Taloqan and Herat, holding them until troops expelled them.",
        "Rwanda announces its withdrawal from the Economic Community of Central African States.",
        "Ten people were killed when a bus plunged into a ravine near Kunduz.",
        "The government signed a deal to purchase ten million doses of vaccine.",
        "The court struck down the law on Tuesday.",
        "Police raided the offices of a newspaper in Kunduz.",
        "Protesters blocked roads in Kunduz.",
    ],
)
def test_what_is_no_change_is_not_proposed(language_model: LanguageModel, text: str) -> None:
    assert proposals(text, language_model) == ()


@pytest.mark.parametrize("over", ["deal", "surrender of the city", "agreement", "handover"])
def test_an_arrest_over_what_was_agreed_disputes_that_anybody_agreed(language_model: LanguageModel, over: str) -> None:
    agreed, arrest = proposals(
        "Residents said the governor of Ghazni had reached an agreement with the Taliban. The Interior Ministry said "
        f"the governor had been arrested over the alleged {over}.",
        language_model,
    )
    assert (agreed.kind, arrest.kind) == ("agreement", "arrest")
    assert [claim.stance for claim in agreed.claims] == [Stance.ASSERTS, Stance.DENIES]


def test_whom_we_means_is_who_was_named_where_only_a_spokesman_speaks(language_model: LanguageModel) -> None:
    (found,) = proposals(
        'Taliban fighters retook Kunduz. "Kunduz is under our control," said spokesman Zabihullah Mujahid.',
        language_model,
    )
    assert (found.kind, found.actor, len(found.claims)) == ("capture", "Taliban fighters", 2)
