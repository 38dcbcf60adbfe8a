"""Times as feeds write them, with the precision that was written."""

import calendar
import re
import time

from model.errors import InputRefused
from model.times import EARLIEST, SECOND, Precision, parse_time

_DAY_ONLY = re.compile(r"(?P<year>\d{4})(?:-?(?P<month>\d\d)(?:-?(?P<day>\d\d))?)?")
_CLOCK = re.compile(r"\d\d?:\d\d|T\d\d")
_LATEST = 253_402_300_799 * SECOND
"""The last second of the year 9999."""


def read_stamp(text: str, parsed: time.struct_time | None = None) -> tuple[int | None, Precision]:
    """Return the instant, UTC microseconds, and how precisely it was written; None where it is not a time.

    Args:
        text: as the feed has it.
        parsed: what feedparser made of it, in UTC.
    """
    text = text.strip()
    if parsed is None:
        try:
            return parse_time(text)
        except InputRefused:
            return None, Precision.MINUTE
    try:
        instant = calendar.timegm(parsed) * SECOND
    except (ValueError, OverflowError):
        return None, Precision.MINUTE
    if not EARLIEST <= instant <= _LATEST:
        return None, Precision.MINUTE
    return instant, _precision(text)


def _precision(text: str) -> Precision:
    if _CLOCK.search(text):
        return Precision.MINUTE
    bare = _DAY_ONLY.fullmatch(text)
    if bare is not None and bare["day"] is None and bare["month"] is not None:
        return Precision.MONTH
    return Precision.DAY
