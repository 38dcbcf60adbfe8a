"""Instants, and how precisely they are known.

An instant is an `int`: microseconds since 1970-01-01 UTC. A time that a person wrote also has a precision, and is never
shown more exactly than that: it is a period that begins at the instant.
"""

import datetime as dt
import enum
import functools
import re

from model.errors import InputRefused

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

FOREVER = 2**63 - 1
"""After every other instant: "has not ended"."""

EARLIEST = -62_135_596_800 * SECOND
"""0001-01-01, the first instant that a calendar date can be given for."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Precision(enum.StrEnum):
    """How long the period is in which something happened."""

    MINUTE = "minute"
    HOUR = "hour"
    PART = "part"
    """A part of a day: night 0-6, morning 6-12, afternoon 12-18, evening 18-24."""
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_LENGTH = {Precision.MINUTE: MINUTE, Precision.HOUR: HOUR, Precision.PART: 6 * HOUR}
PARTS = ("night", "morning", "afternoon", "evening")
_PART_SHORT = ("nt", "mo", "af", "ev")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_YEARS = range(2, 10_000)
"""Years that `datetime` can represent in every zone."""
_FORM = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d?)(?:-(?P<day>\d\d?))?"
    r"(?:[T ](?P<hour>\d\d)(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?)?"
    r"(?P<offset>Z|[+-]\d\d(?::?\d\d){0,2})?|\s+(?P<part>night|morning|afternoon|evening|week))?"
)


def now() -> int:
    """Return the present instant."""
    return from_datetime(dt.datetime.now(dt.UTC))


def from_datetime(moment: dt.datetime) -> int:
    """Return the instant of an aware datetime."""
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds


def to_datetime(instant: int, zone: str = "UTC") -> dt.datetime:
    """Return the instant as a datetime in the zone, clamped to the years that `datetime` has."""
    instant = min(max(instant, EARLIEST + DAY), 253_402_300_799 * SECOND - DAY)
    return (_EPOCH + dt.timedelta(microseconds=instant)).astimezone(timezone(zone))


@functools.cache
def timezone(name: str) -> dt.tzinfo:
    """Return the IANA zone of that name.

    Raises:
        InputRefused: there is no such zone.
    """
    if name == "UTC":
        return dt.UTC
    import zoneinfo

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise InputRefused(f"no time zone is called {name!r}; use an IANA name such as Asia/Kabul") from None


def parse_time(text: str, zone: str = "UTC") -> tuple[int, Precision]:
    """Read a time as people and files write it, in the zone unless it names its own offset.

    `2021-08`, `2021-08-09 week`, `2021-08-12`, `2021-08-12 evening`, `2021-08-12T14`, `2021-08-12T14:20`,
    `2021-08-12T14:20:05+04:30`.

    Returns:
        The instant at which the period begins, and the period's precision.

    Raises:
        InputRefused: the text is not such a time, or the day does not exist.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise InputRefused(f"{text[:60]!r} is not a time; write 2021-08-12, 2021-08-12 evening or 2021-08-12T14:20")
    hour, precision = 0, Precision.DAY
    if match["day"] is None:
        precision = Precision.MONTH
    if match["part"] == "week":
        precision = Precision.WEEK
    elif match["part"]:
        hour, precision = 6 * PARTS.index(match["part"]), Precision.PART
    if match["hour"]:
        hour, precision = int(match["hour"]), Precision.MINUTE if match["minute"] else Precision.HOUR
    if match["day"] is None and precision is not Precision.MONTH:
        raise InputRefused(f"{text[:60]!r} has no day; write 2021-08-12T14:20 or 2021-08-12 evening")
    if int(match["year"]) not in _YEARS:
        raise InputRefused(f"{text[:60]!r} is not a time: its year is not one of {_YEARS[0]} to {_YEARS[-1]}")
    try:
        moment = dt.datetime(
            int(match["year"]),
            int(match["month"]),
            int(match["day"] or 1),
            hour,
            int(match["minute"] or 0),
            int(match["second"] or 0),
            int((match["fraction"] or "")[:6].ljust(6, "0")),
            tzinfo=_offset(match["offset"]) if match["offset"] else timezone(zone),
        )
        return from_datetime(moment), precision
    except (ValueError, OverflowError) as error:
        raise InputRefused(f"{text[:60]!r} is not a time: {error}") from None


def spoken_time(text: str, zone: str = "UTC") -> tuple[int, Precision]:
    """Read a time as `parse_time` does, or `now`, `today` or `yesterday` as whoever asks means it.

    What a file says never changes its meaning from day to day, so none of these stands in one.

    Raises:
        InputRefused: the text is none of it.
    """
    word = text.strip().lower()
    if word == "now":
        return now(), Precision.MINUTE
    if word in ("today", "yesterday"):
        day = day_of(now(), zone) - dt.timedelta(days=word == "yesterday")
        return parse_time(day.isoformat(), zone)
    return parse_time(text, zone)


def end_of(instant: int, precision: Precision, zone: str) -> int:
    """Return the last instant of the period that begins at the instant; days and longer are the zone's."""
    if precision in _LENGTH:
        return instant + _LENGTH[precision] - 1
    begin = to_datetime(instant, zone)
    if precision is Precision.MONTH:
        import calendar

        days = calendar.monthrange(begin.year, begin.month)[1]
    else:
        days = 7 if precision is Precision.WEEK else 1
    if begin.year == _YEARS[-1]:  # `datetime` has no year after it
        return instant + days * DAY - 1
    return from_datetime(begin + dt.timedelta(days=days)) - 1


def day_of(instant: int, zone: str) -> dt.date:
    """Return the calendar day of the instant in the zone."""
    return to_datetime(instant, zone).date()


def published_precision(instant: int, zone: str) -> Precision:
    """Return how exact a publication time is: midnight in the zone is taken for a bare day."""
    moment = to_datetime(instant, zone)
    bare = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
    return Precision.DAY if bare else Precision.MINUTE


def format_time(instant: int, precision: Precision, zone: str, *, year: bool = True) -> str:
    """Show an instant as precisely as it is known: `12 Aug 2021`, `12 Aug 2021 ev`, `12 Aug 2021 14:20`."""
    moment = to_datetime(instant, zone)
    month = _MONTHS[moment.month - 1]
    tail = f" {moment.year}" if year else ""
    if precision is Precision.MONTH:
        return month + tail
    day = f"{moment.day} {month}{tail}"
    if precision is Precision.WEEK:
        return f"week of {day}"
    if precision is Precision.PART:
        return f"{day} {_PART_SHORT[moment.hour // 6]}"
    if precision is Precision.HOUR:
        return f"{day} {moment:%H}h"
    if precision is Precision.MINUTE:
        return f"{day} {moment:%H:%M}"
    return day


def write_time(instant: int, precision: Precision, zone: str) -> str:
    """Write an instant so that `parse_time` reads it back; with its precision, where such a period begins then."""
    moment = to_datetime(instant, zone)
    whole = moment.isoformat("T", "auto" if moment.second or moment.microsecond else "minutes")
    if precision is Precision.MINUTE:
        return whole
    day = whole[:10]
    offset = str(moment.replace(microsecond=0).isoformat()[19:])
    form = {
        Precision.MONTH: day[:7],
        Precision.WEEK: f"{day} week",
        Precision.DAY: day,
        Precision.PART: f"{day} {PARTS[moment.hour // 6]}",
        Precision.HOUR: whole[:13] + offset,
    }[precision]
    return form if parse_time(form, zone)[0] == instant else whole


def _offset(text: str) -> dt.tzinfo:
    if text == "Z":
        return dt.UTC
    digits = text[1:].replace(":", "").ljust(6, "0")
    # Local mean times, before standard time zones, have offsets to the second.
    delta = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:]))
    if delta.days:
        raise ValueError("its offset from UTC is a day or more")
    return dt.timezone(-delta if text[0] == "-" else delta)
