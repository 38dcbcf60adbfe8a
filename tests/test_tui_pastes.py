"""What a terminal sends: pastes are bounded, none becomes a key, none swallows the keys after it."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import constants, events

from tui._textual_compat import Keyboard
from tui.cells import GLYPHS, LEGEND
from tui.pastes import BEGIN, END, MAX_PASTE, PATIENCE, Keys, Pasted, Splitter
from tui.plain import HANDLER, has_all_letters, plain

PLAIN_TEXT = st.text(st.characters(exclude_characters="\x1b\x03"), max_size=12)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def split(chunks: list[str], splitter: Splitter | None = None) -> list[Keys | Pasted]:
    splitter = splitter or Splitter(Clock())
    return [part for chunk in chunks for part in splitter.split(chunk)]


@given(st.lists(st.tuples(PLAIN_TEXT, PLAIN_TEXT), max_size=3), st.lists(st.integers(1, 9), max_size=30))
@settings(max_examples=200)
def test_however_it_arrives_keys_and_pastes_are_told_apart(texts: list[tuple[str, str]], cuts: list[int]) -> None:
    stream = "".join(f"{typed}{BEGIN}{pasted}{END}" for typed, pasted in texts)
    chunks = []
    for cut in cuts:
        chunks.append(stream[:cut])
        stream = stream[cut:]
    parts = split([chunk for chunk in [*chunks, stream] if chunk])
    assert [part.text for part in parts if isinstance(part, Pasted)] == [pasted for _, pasted in texts]
    keys = "".join(part.text for part in parts if isinstance(part, Keys))
    assert keys == "".join(f"{typed}{BEGIN}" for typed, _ in texts)


def test_a_paste_keeps_so_many_characters_however_many_come() -> None:
    splitter = Splitter(Clock())
    assert split([BEGIN, *["x" * 4_096] * 250], splitter) == [Keys(BEGIN)]
    assert splitter._pasted is not None
    assert len(splitter._pasted) == MAX_PASTE
    assert split([f"{END}j"], splitter) == [Pasted("x" * MAX_PASTE), Keys("j")]


def test_a_paste_without_an_end_ends_after_a_while_although_keys_are_pressed() -> None:
    clock = Clock()
    splitter = Splitter(clock)
    assert split([BEGIN, "kabul"], splitter) == [Keys(BEGIN)]
    for key in ("q", "\x1b", "\x1b[A"):
        clock.now += PATIENCE / 4
        assert split([key], splitter) == []
        assert list(splitter.overdue()) == []
    clock.now += PATIENCE / 4
    assert list(splitter.overdue()) == [Pasted("kabulq\x1b\x1b[A")]
    assert split(["j"], splitter) == [Keys("j")]


def test_more_of_a_paste_keeps_it_open() -> None:
    clock = Clock()
    splitter = Splitter(clock)
    split([BEGIN], splitter)
    for _ in range(5):
        clock.now += PATIENCE * 0.9
        assert split(["more than is typed at once "], splitter) == []
    assert split([END], splitter) == [Pasted("more than is typed at once " * 5)]


def test_ctrl_c_by_itself_ends_a_paste_and_is_a_key() -> None:
    assert split([BEGIN, "kabul", "\x03", "\x03"]) == [Keys(BEGIN), Pasted("kabul"), Keys("\x03"), Keys("\x03")]


def test_nothing_of_a_paste_acts_as_a_key() -> None:
    keyboard = Keyboard(lambda: None, lambda: None, lambda _: False)
    dangerous = "a\x1bQxv" + "\x1b[" + "Q" * 40 + "\x1b" + "\0b"
    found = [*keyboard.feed("j" + BEGIN + dangerous[:9]), *keyboard.feed(dangerous[9:] + END + "k"), *keyboard.tick()]
    assert [one.key for one in found if isinstance(one, events.Key)] == ["j", "k"]
    assert [one.text for one in found if isinstance(one, events.Paste)] == [dangerous.replace("\0", "")]


def test_a_keyboard_that_is_gone_is_not_looked_at_without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("tui._textual_compat.time.sleep", slept.append)
    keyboard = Keyboard(lambda: None, lambda: None, lambda _: False)
    for _ in range(3):  # each key is followed by a look
        list(keyboard.feed("j"))
        list(keyboard.tick())
    assert slept == []
    list(keyboard.tick())
    list(keyboard.tick())
    assert len(slept) == 2


def test_every_sign_has_a_plain_one_of_its_width() -> None:
    for sign in [*GLYPHS.values(), *(sign for sign, _ in LEGEND), *"▁▂▃▄▅▆▇█│─▌…—“” ⏎ "]:
        assert plain(sign).isascii()
        assert cell_len(plain(sign)) == cell_len(sign), sign
        assert "?" not in plain(sign).replace(sign, "") or "?" in sign
    assert plain("هرات 漢字 Zürich") == "???? ???? Z?rich"


def test_a_stream_without_utf_8_gets_plain_signs_for_what_it_lacks() -> None:
    raw = io.BytesIO()
    latin = io.TextIOWrapper(raw, encoding="latin-1")
    assert not has_all_letters(latin)
    assert has_all_letters(io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    latin.reconfigure(errors=HANDLER)
    latin.write("│●★ Zürich 漢…")
    latin.flush()
    assert raw.getvalue() == "|** Zürich ??.".encode("latin-1")


@pytest.mark.parametrize(
    ("later", "keys"),
    [
        ("[A", ["escape", "up"]),
        ("OB", ["escape", "down"]),
        ("[6~", ["escape", "pagedown"]),
        ("[", ["escape", "left_square_bracket"]),
        ("j", ["escape", "j"]),
        ("[j", ["escape", "left_square_bracket", "j"]),
    ],
)
def test_esc_is_heard_when_its_time_is_over_and_the_rest_of_a_sequence_is_no_text(later: str, keys: list[str]) -> None:
    def wait(seconds: float) -> bool:
        assert 0 < seconds <= constants.ESCAPE_DELAY
        keyboard._timeout_time = 0.0  # as if they had passed
        return False

    keyboard = Keyboard(lambda: None, lambda: None, wait)
    heard = [*keyboard.feed("\x1b"), *keyboard.tick(), *keyboard.feed(later)]
    assert [one.key for one in heard if isinstance(one, events.Key)] == keys


def test_a_sequence_in_two_packets_is_no_esc_while_its_time_lasts() -> None:
    keyboard = Keyboard(lambda: None, lambda: None, lambda _: True)
    heard = [*keyboard.feed("\x1b"), *keyboard.tick(), *keyboard.feed("[A")]
    assert [one.key for one in heard if isinstance(one, events.Key)] == ["up"]
