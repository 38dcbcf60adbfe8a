"""The benchmark's terminal measures what it says: against programs of which every byte and instant is known."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.keys import Box, Sample, Typist, figure, timing, whole
from bench.pty import Terminal, read_all

PROGRAM = """
import os, sys, time, tty
tty.setraw(0)
log = open(sys.argv[1], "w")
def write(data):
    print(time.perf_counter(), file=log, flush=True)
    os.write(1, data)
write(b"\\x1b[2J\\x1b[Hready\\r\\n")
while (key := os.read(0, 1)) != b"q":
    {keys}
"""
"""Notes the instant before each write; does something for each key, and ends at `q`."""


@contextmanager
def running(tmp_path: Path, keys: str = "write(key)") -> Iterator[tuple[Terminal, Path]]:
    log = tmp_path / "written"
    terminal = Terminal([sys.executable, "-c", PROGRAM.format(keys=keys), str(log)], rows=10, columns=30)
    try:
        terminal.wait_for("ready")
        yield terminal, log
    finally:
        terminal.close()


def test_a_key_is_painted_after_it_was_pressed_and_written(tmp_path: Path) -> None:
    with running(tmp_path, "time.sleep(0.01); write(b'\\x1b[5;1H' + key)") as (terminal, log):
        samples = Typist(terminal).press("abc", 0.1)
        written = [float(line) for line in log.read_text().split()][1:]
    for sample, at in zip(samples, written, strict=True):
        seen = sample.painted(whole(terminal))
        assert seen is not None
        taken, size = seen
        assert 0.01 <= at - sample.sent <= taken
        assert size == len(b"\x1b[5;1Ha")


def test_painted_is_the_last_chunk_that_changed_a_cell(tmp_path: Path) -> None:
    with running(tmp_path) as (terminal, _):
        terminal.chunks += [(10.125, b"\x1b[5;1Ha"), (10.25, b"\x1b[7;1Hrest"), (10.5, b"\x1b[5;1Ha")]
        sample = Sample(10.0, tuple(terminal.replay()))
    assert [change.written for change in sample.changes] == [7, 10, 7]
    # The last chunk writes again what is there already: it costs bytes, and nobody sees it.
    assert sample.painted(whole(terminal)) == (0.25, 24)
    assert sample.painted(whole(terminal), first=True) == (0.125, 7)
    assert sample.painted(Box(range(4, 5), range(30))) == (0.125, 24)
    assert sample.painted(Box(range(4, 5), range(1, 30))) is None


def test_a_colour_is_a_change_too(tmp_path: Path) -> None:
    with running(tmp_path) as (terminal, _):
        terminal.chunks += [(1.0, b"\x1b[1;2H\x1b[31mea\x1b[m"), (2.0, b"\x1b[1;2H\x1b[31me\x1b[m")]
        assert [change.cells for change in terminal.replay()] == [{(0, 1), (0, 2)}, set()]


def test_a_figure_is_made_only_of_keys_that_did_something(tmp_path: Path) -> None:
    with running(tmp_path, "write(b'\\x1b[5;1H' + (b'-' if key == b'x' else key))") as (terminal, _):
        typist = Typist(terminal)
        assert figure(typist.press("abxxc", 0.1), whole(terminal)).written == 7
        with pytest.raises(RuntimeError, match="only 1 of 5 keys"):
            figure(typist.press("xxxxx", 0.1), whole(terminal))


def test_nothing_is_emulated_before_the_replay(tmp_path: Path) -> None:
    with running(tmp_path, "write(key * 3)") as (terminal, _):
        terminal.send("a")
        assert [data for _, data in terminal.read(0.1, first=5)] == [b"aaa"]
        assert terminal.lines()[1].strip() == ""
        (change,) = terminal.replay()
        assert change.cells == {(1, 0), (1, 1), (1, 2)}
        assert terminal.lines()[1].strip() == "aaa"
        assert terminal.replay() == []


def test_a_sequence_that_two_chunks_share_is_obeyed_once_it_is_complete(tmp_path: Path) -> None:
    whole_text = b"\x1b[5;1Hhere\x1b[<u\x1b]0;title\x07!\xe2\x94\x82"
    with running(tmp_path) as (terminal, _):
        for cut in range(len(whole_text)):
            terminal.blank()
            terminal.chunks += [(1.0, whole_text[:cut]), (2.0, whole_text[cut:])]
            terminal.replay()
            assert "".join(terminal.lines()).split() == ["here!│"]


def test_a_joiner_takes_no_cell_and_nothing_away(tmp_path: Path) -> None:
    with running(tmp_path) as (terminal, _):
        terminal.blank()
        terminal.chunks += [(1.0, "ab\u200ccd".encode())]
        terminal.replay()
        assert terminal.lines()[0].strip() == "abcd"


@pytest.mark.parametrize("scroll", [b"\x1b[3;1H\x1bM", b"\x1b[1T"])
def test_a_scroll_region_moves_its_rows_only(tmp_path: Path, scroll: bytes) -> None:
    rows = b"".join(b"\x1b[%d;1Hrow%d" % (y, y) for y in range(1, 7))
    with running(tmp_path) as (terminal, _):
        terminal.blank()
        terminal.chunks += [(1.0, rows + b"\x1b[3;5r" + scroll + b"\x1b[r")]
        terminal.replay()
        assert [line.strip() for line in terminal.lines()[:6]] == ["row1", "row2", "", "row3", "row4", "row6"]


def test_a_blanked_screen_shows_only_what_is_painted_again(tmp_path: Path) -> None:
    with running(tmp_path) as (terminal, _):
        terminal.blank("?")
        terminal.chunks += [(1.0, b"\x1b[2;1Hab")]
        terminal.replay()
        assert terminal.lines()[:3] == ["?" * 30, "ab" + "?" * 28, "?" * 30]


def test_work_and_rest_are_told_apart(tmp_path: Path) -> None:
    with running(tmp_path, "sum(range(3_000_000)); write(key)") as (terminal, _):
        before = terminal.cpu_seconds()
        assert terminal.read(0.2) == []
        idle = terminal.cpu_seconds() - before
        assert terminal.is_at_rest()
        terminal.send("a")
        terminal.read(0.1, first=20)
        assert terminal.cpu_seconds() - before > idle * 10


def test_several_terminals_are_read_together(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with running(tmp_path) as (one, _), running(tmp_path / "other", "write(key * 2)") as (other, _):
        one.send("a")
        other.send("b")
        read_all([one, other], 0.2, first=5)
        assert one.chunks[-1][1] == b"a"
        assert other.chunks[-1][1] == b"bb"


def test_a_program_that_ends_ends_the_reading(tmp_path: Path) -> None:
    with running(tmp_path) as (terminal, _):
        terminal.send("q")
        assert terminal.read(3_600.0) == []


def test_a_screen_that_never_comes_is_told_with_what_came_instead(tmp_path: Path) -> None:
    with running(tmp_path) as (terminal, _), pytest.raises(TimeoutError, match=r"(?s)never.*ready"):
        terminal.wait_for("never", limit=0.1)


def test_a_timing_is_in_milliseconds() -> None:
    seconds = [number / 1_000 for number in range(1, 101)]
    assert timing(seconds[::-1]) == timing(seconds)
    assert timing(seconds[:3]).median == 2.0
    assert timing(seconds).p95 == 95.0
