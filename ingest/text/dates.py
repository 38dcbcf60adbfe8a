"""When a text says that something happened, counted from its dateline, and how precisely."""

import datetime as dt
import re
from dataclasses import dataclass

from model.times import Precision

_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")  # fmt: skip
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_PARTS = {"morning": 6, "afternoon": 12, "evening": 18, "night": 18}
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
            "ten": 10}  # fmt: skip

_FORM = re.compile(
    rf"""\b(?P<since>(?:since|until|by|from|before)\s+)?(?:
      (?P<today>today|tonight|earlier\sin\sthe\sday|earlier\stoday|in\sthe\searly\shours(?:\sof\sthe\smorning)?
         |overnight|this\s(?P<part>morning|afternoon|evening))\b
    | (?P<yesterday>yesterday|(?:the|a)\sday\s(?:before|earlier))\b
    | (?:on\s|last\s|late\s(?:on\s)?|early\s(?:on\s)?)?(?P<weekday>{_DAYS})(?:'s)?
         (?:\s(?P<daypart>morning|afternoon|evening|night))?\b
    | (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<month>{_MONTH})(?:,?\s(?P<year>\d{{4}}))?\b
    | (?P<month2>{_MONTH})\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s(?P<year2>\d{{4}})\b)?
    | (?P<iso>\d{{4}}-\d\d-\d\d)\b
    | (?P<ago>\d{{1,3}}|a|one|two|three|four|five|six|seven|eight|nine|ten)\s(?P<unit>day|week|month|year)s?
         \s(?:ago|earlier|prior|previously)\b
    | (?P<before>in\s(?:the\s)?(?:previous|preceding|earlier)\s(?:weeks|months|years))\b
    | (?:earlier\s)?(?P<week>this|last)\s(?P<span>week|month|year)\b
    | (?(since)(?P<month4>{_MONTH})(?:\s(?:of\s)?(?:last\syear|this\syear|\d{{4}}))?\b|(?!))
    | in\s(?:(?:early|late|mid)[\s-])?(?P<month3>{_MONTH})(?:\s(?:of\s)?(?P<year3>\d{{4}}))?\b
    | in\s(?P<year4>(?:19|20)\d\d)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)


_OF_NAME = re.compile(r" (?:Movement|Brigades?|Revolution|Youth|Martyrs|Front|Square|Agreement|Division|Alliance)\b")
"""What follows a day that a movement is named after."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A time that a text names."""

    start: int
    """Characters before it in the text that was searched."""
    end: int
    date: dt.date
    """The first day of the period."""
    precision: Precision
    hour: int = 0
    """For a part of a day, when it begins."""
    long_ago: bool = False
    """Years or months before the dateline: what happened then is no news."""
    bounds: bool = False
    """Behind "since" or "until": not when it happened."""


def find_times(text: str, dateline: dt.date) -> list[Mention]:
    """Return the times that a text names, in order; what cannot be a date is left out."""
    found = []
    for match in _FORM.finditer(text):
        if _OF_NAME.match(text, match.end()):
            continue
        try:
            date, precision, hour = _resolve(match, dateline)
        except (ValueError, OverflowError):
            continue
        old = (dateline - date).days > {Precision.MONTH: 70, Precision.WEEK: 21}.get(precision, 30)
        found.append(Mention(match.start(), match.end(), date, precision, hour, old, bool(match["since"])))
    return found


def _resolve(match: re.Match[str], dateline: dt.date) -> tuple[dt.date, Precision, int]:
    part = match["part"] or match["daypart"]
    if match["today"]:
        words = match["today"].lower()
        if part:
            return dateline, Precision.PART, _PARTS[part.lower()]
        if words == "overnight" or words.startswith("in the early hours"):
            return dateline, Precision.PART, 0
        return dateline, Precision.DAY, 0
    if match["yesterday"]:
        return dateline - dt.timedelta(days=1), Precision.DAY, 0
    if match["weekday"]:
        back = (dateline.weekday() - _DAYS.split("|").index(match["weekday"].lower())) % 7
        date = dateline - dt.timedelta(days=back)
        return (date, Precision.PART, _PARTS[part.lower()]) if part else (date, Precision.DAY, 0)
    if match["iso"]:
        return dt.date.fromisoformat(match["iso"]), Precision.DAY, 0
    if match["month"] or match["month2"]:
        day, month, year = (
            match["day"] or match["day2"],
            match["month"] or match["month2"],
            match["year"] or match["year2"],
        )
        return _in_year(dateline, _number(month), int(day), year), Precision.DAY, 0
    if match["month3"]:
        return _in_year(dateline, _number(match["month3"]), 1, match["year3"]), Precision.MONTH, 0
    if match["month4"]:
        return _in_year(dateline, _number(match["month4"]), 1, None), Precision.MONTH, 0
    if match["year4"]:
        return dt.date(int(match["year4"]), 1, 1), Precision.MONTH, 0
    if match["ago"]:
        count = int(match["ago"]) if match["ago"].isdigit() else _NUMBERS[match["ago"].lower()]
        unit = match["unit"].lower()
        days = {"day": 1, "week": 7, "month": 30, "year": 365}[unit] * count
        precision = {"day": Precision.DAY, "week": Precision.WEEK}.get(unit, Precision.MONTH)
        return dateline - dt.timedelta(days=days), precision, 0
    if match["before"]:
        return dateline - dt.timedelta(days=90), Precision.MONTH, 0
    span = match["span"].lower()
    last = match["week"].lower() == "last"
    if span == "week":
        monday = dateline - dt.timedelta(days=dateline.weekday() + (7 if last else 0))
        return monday, Precision.WEEK, 0
    if span == "month":
        first = dateline.replace(day=1)
        return ((first - dt.timedelta(days=1)).replace(day=1) if last else first), Precision.MONTH, 0
    return dt.date(dateline.year - last, 1, 1), Precision.MONTH, 0


def _number(month: str) -> int:
    return next(index for index, name in enumerate(_MONTHS, 1) if name.startswith(month.lower().rstrip(".")[:3]))


def _in_year(dateline: dt.date, month: int, day: int, year: str | None) -> dt.date:
    if year:
        return dt.date(int(year), month, day)
    date = dt.date(dateline.year, month, day)
    # "28 December" in a report of January was last year's.
    return date.replace(year=date.year - 1) if (date - dateline).days > 60 else date
