"""Texts that are meant to break a reader: whatever comes, the answer is bounded, and says what it is."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.text.cutting import MAX_SENTENCE, cut, find_dateline
from ingest.text.language import LanguageModel, is_english
from ingest.text.reading import read, read_many
from ingest.text.syntax import Sentence
from model.catalog import Catalog
from model.entities import Report
from model.errors import InputRefused
from model.text import MAX_TEXT
from model.times import parse_time

DAY = parse_time("2022-06-15")[0]


class Counting:
    """A language model that finds nothing, and counts what it is given."""

    def __init__(self) -> None:
        self.characters = 0
        self.longest = 0

    def parse(self, pieces: Sequence[tuple[str, int, int]]) -> Iterator[Sentence]:
        for text, start, number in pieces:
            self.characters += len(text)
            self.longest = max(self.longest, len(text))
            yield Sentence((), text, start, number)

    def labels(self, text: str) -> list[tuple[int, int, str]]:
        raise AssertionError(text)


@pytest.mark.parametrize(
    "text",
    [
        "the rebels captured the town and " * 40_000,
        "captured" * 150_000,
        "\x00\x1b[2J captured the town \x07" * 50_000,
        "captured. " * 120_000,
        '"captured ' * 120_000,
        "(captured " * 120_000,
        "A, " * 400_000,
        "captured the town of A and B, " * 40_000,
    ],
    ids=["no end", "no space", "control bytes", "tiny sentences", "quotes", "brackets", "commas", "lists"],
)
def test_a_megabyte_is_cut_before_it_is_read(text: str, language_model: LanguageModel) -> None:
    model = Counting()
    counted = read(Report("r", "s", text=text, published_at=DAY), None, language_model=model)
    assert model.characters <= MAX_TEXT
    assert model.longest <= MAX_SENTENCE
    assert f"{MAX_TEXT:,}" in counted.note or not is_english(text)
    read(Report("r", "s", text=text[:6_000], published_at=DAY), None, language_model=language_model)


@settings(max_examples=60)
@given(st.text(max_size=4_000))
def test_the_pieces_of_a_text_stand_where_they_say_and_lose_only_spaces(text: str) -> None:
    pieces = list(cut(text))
    assert all(text[start : start + len(piece)] == piece for piece, start in pieces)
    assert all(len(piece) <= MAX_SENTENCE for piece, _start in pieces)
    assert "".join("".join(piece.split()) for piece, _start in pieces) == "".join(text.split())


@settings(max_examples=40)
@given(st.text(alphabet="the army captured town of Ardan,.()'\"-“” \n0and", max_size=300))
def test_no_text_breaks_the_reader(language_model: LanguageModel, text: str) -> None:
    reading = read(Report("r", "s", text=text, published_at=DAY), None, language_model=language_model)
    for proposal in reading.proposals:
        for claim in proposal.claims:
            assert claim.quote in text


@pytest.mark.parametrize(
    "text",
    [
        "طالبان روز پنجشنبه شهر هرات را تصرف کردند و نیروهای دولتی عقب نشستند.",
        "Российские войска заняли город, сообщило министерство обороны в четверг.",
        "Les forces gouvernementales ont repris jeudi la ville de Kunduz aux rebelles, selon le porte-parole.",
        "Die Armee hat am Donnerstag die Stadt Kunduz von den Aufständischen zurückerobert, so das Ministerium.",
        "塔利班周四占领了赫拉特市。",
    ],
)
def test_what_is_not_english_is_kept_and_says_so(language_model: LanguageModel, text: str) -> None:
    reading = read(Report("r", "s", text=text, published_at=DAY), None, language_model=language_model)
    assert reading.proposals == ()
    assert "not English" in reading.note


def test_one_report_in_another_language_does_not_disturb_its_neighbours(language_model: LanguageModel) -> None:
    texts = ["Rebels captured the town of Ardan.", "塔利班周四占领了赫拉特市。", "Rebels captured the town of Besan."]
    reports = [Report(str(i), "s", text=text, published_at=DAY) for i, text in enumerate(texts)]
    found = [[p.place for p in one.proposals] for one in read_many(reports, None, language_model=language_model)]
    assert found == [["Ardan"], [], ["Besan"]]


def test_a_report_without_a_date_is_refused(language_model: LanguageModel, afghanistan: Catalog) -> None:
    with pytest.raises(InputRefused, match="date"):
        read(Report("r", "s", text="Rebels captured Kunduz."), afghanistan, language_model=language_model)


@pytest.mark.parametrize("text", ["2021-13-45 The army left.", "date 2021-02-30: The army left.", "0000-00-00"])
def test_a_date_that_does_not_exist_is_no_dateline(text: str) -> None:
    assert find_dateline(text) == (None, 0)


def test_foreign_government_forces_are_not_the_situations(language_model: LanguageModel, afghanistan: Catalog) -> None:
    at_home = Report("a", "s", text="Government forces recaptured the city of Kunduz.", published_at=DAY)
    abroad = Report("b", "s", text="Government forces recaptured the Syrian city of Palmyra.", published_at=DAY)
    near = Report("c", "s", text="Taliban fighters captured the town of Zebak.", published_at=DAY)
    found = read_many([at_home, abroad, near], afghanistan, language_model=language_model)
    assert [one.proposals[0].actor_id for one in found] == ["andsf", None, "taliban"]
