"""Times: read, written and shown, never finer than they are known."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from model.errors import InputRefused
from model.times import (
    DAY,
    EARLIEST,
    FOREVER,
    HOUR,
    MINUTE,
    SECOND,
    Precision,
    day_of,
    end_of,
    format_time,
    from_datetime,
    now,
    parse_time,
    to_datetime,
    write_time,
)

KABUL = "Asia/Kabul"
ZONES = ("UTC", KABUL, "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Asia/Damascus")
INSTANTS = st.integers(from_datetime(dt.datetime(1900, 1, 1, tzinfo=dt.UTC)), 4_000_000_000 * SECOND)


@pytest.mark.parametrize(
    ("text", "local", "precision"),
    [
        ("2021-08", "2021-08-01T00:00", Precision.MONTH),
        ("2021-08-09 week", "2021-08-09T00:00", Precision.WEEK),
        ("2021-08-12", "2021-08-12T00:00", Precision.DAY),
        ("2021-8-2", "2021-08-02T00:00", Precision.DAY),
        ("2021-08-12 evening", "2021-08-12T18:00", Precision.PART),
        ("2021-08-12T14", "2021-08-12T14:00", Precision.HOUR),
        ("2021-08-12 14:20", "2021-08-12T14:20", Precision.MINUTE),
        (" 2021-08-12T14:20:05.25 ", "2021-08-12T14:20:05.250000", Precision.MINUTE),
    ],
)
def test_times_are_read_in_the_zone(text: str, local: str, precision: Precision) -> None:
    instant, read = parse_time(text, KABUL)
    assert to_datetime(instant, KABUL).replace(tzinfo=None) == dt.datetime.fromisoformat(local)
    assert read is precision


@pytest.mark.parametrize(
    ("text", "hours"), [("2021-08-12T14:20Z", 0), ("2021-08-12T14:20+04:30", 4.5), ("2021-08-12T14:20-0330", -3.5)]
)
def test_an_offset_wins_over_the_zone(text: str, hours: float) -> None:
    utc = from_datetime(dt.datetime(2021, 8, 12, 14, 20, tzinfo=dt.UTC))
    assert parse_time(text, "Asia/Damascus")[0] == utc - int(hours * HOUR)


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "2021", "2021-13", "2021-02-30", "2021-08-12T25", "2021-08-12T14:60", "2021-08 evening"),
        *("2021-08T14:00", "0000-01-01", "0001-01-01", "12 Aug 2021", "2021-08-12T14:20+99:00", "2021-08-12 dawn"),
    ],
)
def test_what_is_no_time_is_refused_and_named(text: str) -> None:
    with pytest.raises(InputRefused, match=r"is not a time|has no day") as refused:
        parse_time(text, KABUL)
    assert "timedelta" not in str(refused.value)


def test_an_unknown_zone_is_refused_and_named() -> None:
    for zone in ("Asia/Atlantis", "../etc/passwd", "", "\0"):
        with pytest.raises(InputRefused, match="time zone"):
            parse_time("2021-08-12", zone)


@given(INSTANTS, st.sampled_from(Precision), st.sampled_from(ZONES))
@example(from_datetime(dt.datetime(2012, 3, 29, 22, tzinfo=dt.UTC)), Precision.DAY, "Asia/Damascus")  # no midnight
def test_a_written_time_reads_back_as_the_same_instant(instant: int, precision: Precision, zone: str) -> None:
    assert parse_time(write_time(instant, precision, zone), zone)[0] == instant


FORMS = ("{:%Y-%m}", "{:%Y-%m-%d} week", "{:%Y-%m-%d}", "{:%Y-%m-%d} night", "{:%Y-%m-%d} evening", "{:%Y-%m-%dT%H}")


@given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)), st.sampled_from(FORMS), st.sampled_from(ZONES))
def test_a_period_is_written_so_that_its_precision_reads_back_too(day: dt.date, form: str, zone: str) -> None:
    instant, precision = parse_time(form.format(day), zone)
    if to_datetime(instant, zone).date().day in (day.day, 1):  # but not a day that the zone skipped
        assert parse_time(write_time(instant, precision, zone), zone) == (instant, precision)


def test_an_instant_inside_a_period_is_written_whole() -> None:
    instant = parse_time("2021-08-12T14:20:05", KABUL)[0]
    assert write_time(instant, Precision.DAY, KABUL) == "2021-08-12T14:20:05+04:30"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2021-08", "Aug 2021"),
        ("2021-08-09 week", "week of 9 Aug 2021"),
        ("2021-08-12", "12 Aug 2021"),
        ("2021-08-12 night", "12 Aug 2021 nt"),
        ("2021-08-12 morning", "12 Aug 2021 mo"),
        ("2021-08-12 afternoon", "12 Aug 2021 af"),
        ("2021-08-12 evening", "12 Aug 2021 ev"),
        ("2021-08-12T14", "12 Aug 2021 14h"),
        ("2021-08-12T14:20:59", "12 Aug 2021 14:20"),
    ],
)
def test_a_time_is_shown_as_precisely_as_it_is_known(text: str, shown: str) -> None:
    instant, precision = parse_time(text, KABUL)
    assert format_time(instant, precision, KABUL) == shown
    assert format_time(instant, precision, KABUL, year=False) == shown.replace(" 2021", "")


@given(INSTANTS, st.sampled_from(Precision), st.sampled_from(ZONES), st.data())
def test_two_instants_of_one_shown_period_look_the_same(
    instant: int, precision: Precision, zone: str, data: st.DataObject
) -> None:
    begin = parse_time(f"{to_datetime(instant, zone):%Y-%m-%d}", zone)[0]
    within = {Precision.MINUTE: MINUTE, Precision.HOUR: HOUR, Precision.PART: 6 * HOUR}.get(precision, 20 * HOUR)
    begin = begin if precision not in (Precision.WEEK, Precision.MONTH) else begin + HOUR
    other = begin + data.draw(st.integers(0, within - 1))
    same_offset = to_datetime(begin, zone).utcoffset() == to_datetime(other, zone).utcoffset()
    if same_offset and to_datetime(begin, zone).minute == 0:
        assert format_time(begin, precision, zone) == format_time(other, precision, zone)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("2021-08", "2021-08-31T23:59:59.999999"),
        ("2021-12", "2021-12-31T23:59:59.999999"),
        ("2024-02", "2024-02-29T23:59:59.999999"),
        ("2021-08-09 week", "2021-08-15T23:59:59.999999"),
        ("2021-08-12", "2021-08-12T23:59:59.999999"),
        ("2021-08-12 evening", "2021-08-12T23:59:59.999999"),
        ("2021-08-12T14", "2021-08-12T14:59:59.999999"),
        ("2021-08-12T14:20", "2021-08-12T14:20:59.999999"),
        ("9999-12", "9999-12-31T23:59:59.999999"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", KABUL, "America/St_Johns"])
def test_a_period_ends_where_the_next_one_begins(text: str, last: str, zone: str) -> None:
    instant, precision = parse_time(text, zone)
    assert end_of(instant, precision, zone) == parse_time(last, zone)[0]


def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is() -> None:
    for text, hours in (("2021-03-28", 23), ("2021-10-31", 25), ("2021-06-01", 24)):
        begin = parse_time(text, "Europe/Berlin")[0]
        assert end_of(begin, Precision.DAY, "Europe/Berlin") + 1 - begin == hours * HOUR


def test_a_day_is_the_zones() -> None:
    late = parse_time("2021-08-12T23:00Z")[0]
    assert day_of(late, "UTC") == dt.date(2021, 8, 12)
    assert day_of(late, KABUL) == dt.date(2021, 8, 13)


@given(st.datetimes(timezones=st.just(dt.UTC), min_value=dt.datetime(3, 1, 1), max_value=dt.datetime(9998, 1, 1)))  # noqa: DTZ001
def test_an_instant_is_a_datetime_to_the_microsecond(moment: dt.datetime) -> None:
    assert to_datetime(from_datetime(moment)) == moment


def test_the_ends_of_time_can_be_shown() -> None:
    for instant in (EARLIEST, FOREVER, -(2**63)):
        assert format_time(instant, Precision.MINUTE, KABUL)
    assert EARLIEST < 0 < now() < FOREVER
    assert now() // DAY > 18_000
