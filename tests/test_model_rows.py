"""Rows from files: whatever the bytes are, the answer is rows and refusals by line."""

import csv
import io
import json
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.errors import InputRefused
from model.rows import MAX_LINE_BYTES, Form, Refused, Row, read_rows
from model.text import clean_text

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
ABC = ("a", "b", "c")


def read(data: bytes, columns: Collection[str] = ABC, form: Form | None = None) -> list[Row | Refused]:
    return list(read_rows(io.BytesIO(data), columns, form))


def cells(data: bytes, columns: Collection[str] = ABC) -> list[dict[str, str]]:
    rows = read(data, columns)
    assert all(isinstance(row, Row) for row in rows), rows
    return [row.cells for row in rows if isinstance(row, Row)]


def test_csv_with_byte_order_mark_crlf_blank_lines_and_newlines_in_quotes() -> None:
    rows = read(b'\xef\xbb\xbfa,b\r\n1,"x\r\ny"\r\n\r\n2,\r\n')
    assert rows == [Row(2, {"a": "1", "b": "x\ny"}), Row(5, {"a": "2"})]


def test_json_lines_are_told_from_csv_by_their_first_character() -> None:
    assert read(b'\n\n{"a": "1", "b": 2, "c": null}\n\n{"a": 1e999}') == [
        Row(3, {"a": "1", "b": "2"}),
        Row(5, {"a": "1e999"}),
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\n\n", "empty"),
        (b"\xff\xfea\x00,\x00", "UTF-16"),
        (b"a,d\n1,2\n", "no column 'd'"),
        (b"a;b\n1;2\n", "by commas"),
        (b"a,b,a\n", "'a' appears twice"),
        (b"a,\xff\n", "byte 2"),
        (b'a,"b\n', "line 1"),
    ],
)
def test_a_file_without_a_good_header_is_refused_whole(data: bytes, words: str) -> None:
    with pytest.raises(InputRefused, match=words):
        read(data)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"1,2", "2 cells under a header of 3"),
        (b"1,2,3,4", "4 cells under a header of 3"),
        (b'1,"2"x,3', "not CSV"),
        (b"1,2,\x00", "NUL at byte 13"),
        (b"1,2,caf\xe9", "byte 16 of the file is not UTF-8"),
        (b"1,2," + b"x" * 140_000, "not CSV: field larger"),
        (b"1,2," + b"x," * MAX_LINE_BYTES, "longer than"),
    ],
)
def test_a_wrong_csv_row_is_refused_by_line_and_the_rest_goes_in(line: bytes, words: str) -> None:
    bad, after = read(b"a,b,c\n,,\n" + line + b"\n4,5,6\n")
    assert isinstance(bad, Refused)
    assert bad.row == 3
    assert words in bad.reason
    assert after == Row(4, {"a": "4", "b": "5", "c": "6"})


def test_an_unclosed_quote_is_refused_where_it_begins() -> None:
    (row,) = read(b'a,b\n1,"x\n2,y\n3,z\n')
    assert row == Refused(
        2, "", "", "not CSV: unexpected end of data; a quote that is not closed? (the row runs to line 4)"
    )


def test_a_row_of_endless_short_quoted_cells_is_bounded() -> None:
    (row,) = read(b"a\n" + b'"x\n",' * 300_000)[:1]
    assert isinstance(row, Refused)
    assert "longer than" in row.reason


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        (b'{"a": 1', "", "not JSON"),
        (b"[1]", "", "not an object"),
        (b'{"a": 1} {"a": 2}', "", "one object a line"),
        (b'{"a": 1, "a": 2}', "a", "appears twice"),
        (b'{"a": NaN}', "", "NaN"),
        (b'{"a": -Infinity}', "", "-Infinity"),
        (b'{"a": true}', "a", "not a text or a number"),
        (b'{"a": {"b": 1}}', "a", "not a text or a number"),
        (b'{"a": [1]}', "a", "not a text or a number"),
        (b'{"place": "x"}', "place", "no column 'place'; columns: a, b, c"),
        (b"[" * 100_000, "", "nested too deep"),
        (b'{"a":' * 100_000, "", "nested too deep"),
        (b'{"a": "\xff"}', "", "byte"),
        (b'{"a": "' + b"x" * MAX_LINE_BYTES + b'"}', "", "longer than"),
    ],
)
def test_a_wrong_json_line_is_refused_and_the_rest_goes_in(line: bytes, column: str, words: str) -> None:
    bad, after = read(line + b'\n{"a": "x"}\n', form=Form.JSONL)
    assert isinstance(bad, Refused)
    assert (bad.row, bad.column) == (1, column)
    assert words in bad.reason
    assert after == Row(2, {"a": "x"})


def test_cells_are_cleaned() -> None:
    assert cells(b'{"a": "\\u001b[2J", "b": "\\ud800"}') == [{"a": "␛[2J", "b": "\ufffd"}]


@settings(max_examples=60)
@given(st.binary(max_size=200), st.sampled_from([None, *Form]))
def test_any_bytes_give_rows_refusals_or_one_refusal(data: bytes, form: Form | None) -> None:
    for prefix in (b"", b"a,b,c\n", b'{"a": '):
        try:
            rows = read(prefix + data, form=form)
        except InputRefused:
            continue
        numbers = [row.row if isinstance(row, Refused) else row.number for row in rows]
        assert numbers == sorted(numbers)


TEXTS = st.text(max_size=20).map(clean_text)


@settings(max_examples=60)
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=5))
def test_what_the_csv_writer_writes_is_read_back(table: list[tuple[str, str, str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([ABC, *table])
    expected = [{name: cell for name, cell in zip(ABC, row, strict=True) if cell} for row in table if any(row)]
    assert cells(text.getvalue().encode()) == expected


@pytest.mark.skipif(not SHARED.exists(), reason="needs the data folder beside the repository")
def test_csv_spectrum() -> None:
    for path in sorted((SHARED / "csv_spectrum" / "csvs").glob("*.csv")):
        expected = json.loads((SHARED / "csv_spectrum" / "json" / f"{path.stem}.json").read_bytes())
        expected = expected if isinstance(expected, list) else [expected]
        expected = [{name: clean_text(cell) for name, cell in row.items()} for row in expected]
        found = cells(path.read_bytes(), list(expected[0]))
        for row in (*found, *expected):
            row.pop("Contact Phone Number", None)  # replaced in the stored copy of the CSV, not in its answer
        assert found == [{name: cell for name, cell in row.items() if cell} for row in expected], path.name


@pytest.mark.skipif(not SHARED.exists(), reason="needs the data folder beside the repository")
def test_json_torture() -> None:
    names = sorted((SHARED / "json_torture").glob("*.json"))
    assert names
    for path in names:
        data = path.read_bytes()
        try:
            rows = read(
                data, ["a", "b", "c", "asd", "dfg", "id", "min", "max", "title", "x", "foo", "", "k"], Form.JSONL
            )
        except InputRefused:
            assert not path.name.startswith("y_"), path.name
            continue
        taken = [row for row in rows if isinstance(row, Row)]
        if path.name.startswith("n_"):
            assert not taken, path.name
        if path.name.startswith("y_") and data.startswith(b"{") and b"\n" not in data.strip():
            flat = all(isinstance(cell, str | int | float) for cell in json.loads(data).values())
            once = data.count(b'"a":') < 2
            assert bool(taken) == (flat and once), (path.name, rows)
