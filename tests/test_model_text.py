"""Hostile text: nothing that a terminal obeys or a reader cannot see comes through."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from model.text import _PLAIN, CUT, MAX_LINE, MAX_MARKS, MAX_TEXT, NEWLINE_MARK, clean_line, clean_text, fold, number_of

DATA = Path(__file__).parent / "data"
HOSTILE = (
    "\x1b[2J",
    "\x1b]52;c;eA==\x07",
    "\x1b]8;;http://x/\x1b\\x\x1b]8;;\x1b\\",
    "\x9b2J",
    "\x9d52;c;eA==\x9c",
    "\x00\x05\x0e\x13\x7f",
    "a\u202eb\u2066c\u200bd\u2060",
    "\U000e0041\U000e0042",
    "\ud800x\udfff",
    "\ufdd0\uffff\U0001ffff\ue000\U000f0000\U0010fffd",
    "e" + "\u0301" * 2_000,
    "e" + "\u0334\u200d" * 2_000,
    "\u0958\u0344" * 9_000,
    "\r\na\rb\x85c\u2028d\u2029",
    "[/]" + "[@click=app.quit]x",
)
JOINERS = "\u200c\u200d"
VISIBLE_FORMATS = {0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
"""Signs of category Cf that are drawn: Arabic and Syriac number and abbreviation marks."""

texts = st.text(max_size=60) | st.lists(st.sampled_from(HOSTILE) | st.text(max_size=5), max_size=5).map("".join)


def assert_harmless(text: str) -> None:
    for char in text:
        category = unicodedata.category(char)
        assert category not in ("Cs", "Co", "Zl", "Zp"), f"U+{ord(char):04X}"
        assert category != "Cc" or char in "\n\t", f"U+{ord(char):04X}"
        assert category != "Cf" or char in JOINERS or ord(char) in VISIBLE_FORMATS, f"U+{ord(char):04X}"
    run = 0
    for char in text:
        if unicodedata.category(char) in ("Mn", "Me"):
            run += 1
        elif char not in JOINERS:
            run = 0
        assert run <= MAX_MARKS


def test_what_passes_without_a_closer_look_would_pass_it() -> None:
    assert all(clean_text(f"{char}\u0627") == f"{char}\u0627" for char in _PLAIN)  # no text with an alef is plain
    assert "\u0627" not in _PLAIN
    assert not {unicodedata.category(char)[0] for char in _PLAIN} & set("CM")


@given(texts)
@settings(max_examples=300)
def test_clean_text_is_harmless_and_clean_already(text: str) -> None:
    cleaned = clean_text(text)
    assert_harmless(cleaned)
    assert clean_text(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode()


@given(texts)
@settings(max_examples=300)
@example("a\n" * MAX_LINE)
def test_clean_line_is_one_harmless_line(text: str) -> None:
    line = clean_line(text)
    assert_harmless(line)
    assert not set(line) & set("\n\t\r")
    assert len(line) <= MAX_LINE
    assert clean_line(line) == line


@pytest.mark.parametrize("text", HOSTILE)
def test_known_attacks(text: str) -> None:
    assert_harmless(clean_text(text))
    assert clean_text(clean_text(text)) == clean_text(text)


@pytest.mark.parametrize("name", ["naughty_strings/blns.json", "terminal_escapes/garak_ansi_subset.json"])
def test_collections_of_attacks(name: str) -> None:
    for text in json.loads((DATA / name).read_text(encoding="utf-8")):
        assert_harmless(clean_text(text))
        assert_harmless(clean_line(text))
        assert clean_text(clean_text(text)) == clean_text(text)


def test_an_attack_stays_visible() -> None:
    assert clean_text("\x1b[31mred\x07") == "␛[31mred␇"
    assert clean_text("a\x7fb\x9bc") == "a␡b\ufffdc"
    assert clean_line("one\r\ntwo\tthree") == f"one{NEWLINE_MARK}two three"


def test_languages_stay_as_they_are() -> None:
    for text in ("می‌خواهم به مزار شریف بروم", "لښکرګاه", "Füße, naïve", "👨‍👩‍👧 ❤️‍🔥", "Việt Nam", "हिन्दी", "בְּרֵאשִׁית"):
        assert clean_text(text) == unicodedata.normalize("NFC", text)
    assert clean_text("e\u0301") == "é"


def test_length_is_bounded_before_and_after_anything_grows() -> None:
    for char in ("a", "字", "\u0958", "\U0001d160", "e\u0301\u0301\u0301"):
        long = clean_text(char * (MAX_TEXT + 1))
        assert len(long) <= MAX_TEXT
        assert long.endswith(CUT)
        assert clean_text(long) == long
    assert clean_text("a" * MAX_TEXT) == "a" * MAX_TEXT
    assert len(clean_line("a" * (MAX_LINE + 1))) == MAX_LINE


@given(st.text(max_size=30))
def test_folding_a_folded_name_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_spellings_that_are_the_same_name_fold_alike() -> None:
    assert fold("  Pul-e  Khumrī ") == fold("PUL E KHUMRI") == "pul e khumri"
    assert fold("Straße") == fold("STRASSE")
    assert fold("كابل") == fold("کابل")
    assert fold("علي") == fold("علی")
    assert fold("\U0001d400\U0001d41b") == "ab"
    assert fold("مزار\u200cشریف") == fold("مزار شریف")
    assert fold("!?") == ""


def test_a_number_of_things_is_told_in_words() -> None:
    assert [number_of(number, "event") for number in (0, 1, 1_204)] == ["0 events", "1 event", "1,204 events"]
