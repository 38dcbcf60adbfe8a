"""Writing only what differs shows what writing everything would show; moving a block is only a shorter way there."""

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from bench.emulator import Emulator
from tui._textual_compat import understood
from tui.pens import blank_of, turn
from tui.shown import Cells, Moves, Piece, Shown

WIDTH, HEIGHT = 24, 9
TEXTS = ("Kabul", "Herat  12 Aug", "", " ", "a b c d", "│", "طالبان", "喀布尔", "e\u0301t\u0301", "🇦🇫 ★", "x" * 40)
PENS = ("", "1", "2;37", "1;4;31", "4", "9;38;2;1;2;3;48;5;7", "48;2;9;9;9", "38;2;250;0;0", "7", "3;93;104")

pens = st.sampled_from(PENS)
runs = st.lists(st.tuples(st.sampled_from(TEXTS), pens), max_size=4)
lines = st.lists(runs, min_size=HEIGHT, max_size=HEIGHT)
boxes = st.sampled_from([("left",), ("right",), ("left", "right")])
COLUMNS = {"left": (0, 9), "right": (9, WIDTH)}


def pieces_of(content: list[Any], box: tuple[str, ...]) -> list[Piece]:
    """Return the lines as one or two panes side by side paint them."""
    pieces = []
    for y, line in enumerate(content):
        strip = Strip([Segment(text, Style(meta={"pen": pen})) for text, pen in line])
        panes = [strip.adjust_cell_length(end - begin) for begin, end in map(COLUMNS.__getitem__, box)]
        runs = [(text, style.meta["pen"] if style and style.meta else "") for pane in panes for text, style, _ in pane]
        pieces.append(Piece(y, COLUMNS[box[0]][0], [Cells.of(runs)]))
    return pieces


def painted(shown: Shown, emulator: Emulator, pieces: list[Piece]) -> None:
    emulator.feed(b"\x1b[?7l" + shown.show(pieces, WIDTH, HEIGHT).encode())  # as the screen has it: nothing wraps


frames = st.lists(
    st.one_of(
        st.tuples(st.just("lines"), lines, boxes),
        st.tuples(st.just("moved"), st.integers(-4, 4), boxes),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(first=lines, then=frames, moves=st.sampled_from(Moves))
def test_changes_show_what_everything_would(first: list[Any], then: list[Any], moves: Moves) -> None:
    shown, emulator = Shown(moves), Emulator(WIDTH, HEIGHT)
    latest = {"left": first, "right": first}
    painted(shown, emulator, pieces_of(first, ("left", "right")))
    for what, content, box in then:
        now = latest[box[0]][content:] + latest[box[0]][:content] if what == "moved" else content
        latest |= dict.fromkeys(box, now)
        painted(shown, emulator, pieces_of(now, box))
    fresh = Emulator(WIDTH, HEIGHT)
    painted(Shown(), fresh, [*pieces_of(latest["left"], ("left",)), *pieces_of(latest["right"], ("right",))])
    assert emulator.looks() == fresh.looks()


def piece(y: int, x: int, *runs: tuple[str, str]) -> Piece:
    return Piece(y, x, [Cells.of(runs)])


def log(begin: int) -> list[Piece]:
    return [piece(y, 2, (f"{begin + y:3} ", "1"), (f"event of {begin + y}".ljust(14), "31")) for y in range(HEIGHT)]


@pytest.mark.parametrize(("moves", "codes"), [(Moves.BLOCKS, "\x1b[?69h\x1b[1;9r\x1b[3;20s"), (Moves.LINES, None)])
def test_a_block_that_scrolled_is_moved_by_the_terminal_where_it_can(moves: Moves, codes: str | None) -> None:
    shown, emulator = Shown(moves), Emulator(WIDTH, HEIGHT)
    painted(shown, emulator, log(100))
    written = shown.show(log(101), WIDTH, HEIGHT)
    emulator.feed(written.encode())
    assert emulator.lines()[-1] == "  109 event of 109        "[:WIDTH]
    assert ("\x1b[1M" in written) is (codes is not None)
    assert codes is None or written.startswith(codes)
    assert "?69" not in written or written.index("?69l") < written.index("109")


def test_lines_from_edge_to_edge_are_moved_without_margins() -> None:
    def whole(begin: int) -> list[Piece]:
        return [piece(y, 0, (f"event {begin + y}".ljust(WIDTH), "")) for y in range(2, HEIGHT)]

    shown = Shown(Moves.LINES)
    shown.show(whole(0), WIDTH, HEIGHT)
    assert shown.show(whole(2), WIDTH, HEIGHT).startswith("\x1b[3;9r\x1b[3;1H\x1b[2M\x1b[r")
    assert shown.show(whole(1), WIDTH, HEIGHT).startswith("\x1b[3;9r\x1b[3;1H\x1b[1L\x1b[r")
    assert "M" not in Shown().show(whole(2), WIDTH, HEIGHT)


def test_what_looks_the_same_is_not_written() -> None:
    shown = Shown()
    shown.show([piece(1, 0, ("Kabul fell", "1;31"))], WIDTH, HEIGHT)
    assert shown.show([piece(1, 0, ("Kabul", "1;31"), (" ", "3;32"), ("fell", "1;31"))], WIDTH, HEIGHT) == ""
    assert shown.show([piece(1, 0, ("Kabul held", "1;31"))], WIDTH, HEIGHT) == "\x1b[2;7H\x1b[1;31mheld\x1b[m"


def test_what_was_forgotten_is_written_again() -> None:
    shown, pieces = Shown(), [piece(0, 0, ("Kabul", ""))]
    first = shown.show(pieces, WIDTH, HEIGHT)
    assert shown.show(pieces, WIDTH, HEIGHT) == ""
    shown.forget()
    assert shown.show(pieces, WIDTH, HEIGHT) == first
    assert shown.show(pieces, WIDTH + 1, HEIGHT) == first


@given(old=pens, new=pens)
def test_a_pen_turns_into_another_by_what_differs(old: str, new: str) -> None:
    step, fresh = Emulator(4, 1), Emulator(4, 1)
    step.feed(f"{turn('', old)}a{turn(old, new)}b".encode())
    fresh.feed(f"a{turn('', new)}b".encode())
    assert step.looks()[0][1] == fresh.looks()[0][1]
    assert len(turn(old, new)) <= len(f"\x1b[0;{new}m")


def test_a_link_is_opened_and_closed() -> None:
    assert turn("", "1\0id=7;https://example.org") == "\x1b]8;id=7;https://example.org\x1b\\\x1b[1m"
    assert turn("1\0id=7;https://example.org", "1") == "\x1b]8;;\x1b\\"
    assert blank_of("1;31\0id=7;https://example.org") == "1;31\0id=7;https://example.org"


# -- what Textual is about to write ------------------------------------------------------------------------------------


def test_the_compositors_updates_are_understood() -> None:
    """When this fails, Textual has changed what `tui/_textual_compat.py` reads."""
    red = Style(color="#ff0000")
    strip = Strip([Segment("Kabul", red), Segment(" fell", None)])
    full = understood(LayoutUpdate([[strip], [strip]], Region(0, 0, 10, 2)), ColorSystem.TRUECOLOR)
    assert full is not None
    assert full.pieces[0] == piece(0, 0, ("Kabul", "38;2;255;0;0"), (" fell", ""))
    assert (len(full.pieces), full.width, full.height) == (2, 10, 2)
    chops = [{0: strip, 10: None, 12: strip}, {0: None, 10: strip, 12: strip}]
    part = understood(ChopsUpdate(chops, [(0, 3, 20), (1, 10, 12)], [[10, 12, 22]] * 2), None)
    assert part is not None
    assert [(y, x, "".join("".join(cells.text) for cells in parts)) for y, x, parts in part.pieces] == [
        (0, 3, "ul fell"),
        (0, 12, "Kabul fe"),
        (1, 10, "Kabul fell"),
    ]
    assert (part.width, part.height) == (22, 2)
    assert understood("something else", None) is None


def test_the_pen_of_a_style_is_what_rich_writes() -> None:
    style = Style(color="#102030", bgcolor="color(7)", bold=True, underline=True)
    update = understood(LayoutUpdate([[Strip([Segment("x", style)])]], Region(0, 0, 1, 1)), ColorSystem.TRUECOLOR)
    console = Console(file=io.StringIO(), color_system="truecolor", force_terminal=True)
    console.print("x", style=style, end="")
    assert update is not None
    assert f"\x1b[{update.pieces[0].cells[0].pens[0]}mx\x1b[0m" == console.file.getvalue()  # type: ignore[attr-defined]
