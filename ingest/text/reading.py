"""A report read into proposals, sentence by sentence; the same report gives the same proposals, always."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from ingest.proposals import Reading
from ingest.text.counts import find_counts
from ingest.text.cutting import cut, find_dateline
from ingest.text.gazetteer import Gazetteer
from ingest.text.language import LanguageModel, is_english
from ingest.text.lexicon import NUMBER, lexicon
from ingest.text.memory import Memory
from ingest.text.merging import Gathered
from ingest.text.sentences import read_sentence
from ingest.text.syntax import Sentence
from model.catalog import Catalog
from model.entities import Report
from model.errors import InputRefused
from model.text import MAX_TEXT, clean_text
from model.times import day_of

_WORD = re.compile(r"[a-z][a-z-]*")
_NUMBER = re.compile(r"[0-9]|ty-[a-z]")
"""Digits, or the middle of "twenty-one"."""
_BATCH = 64
"""Reports whose sentences are parsed together."""

_NOT_ENGLISH = "this is not English, the one language that can be read; the report is kept, without proposals"
_NO_DATE = "the text does not begin with its date; say which day it is from: --date 2021-08-12"


def read(report: Report, catalog: Catalog | None, *, language_model: LanguageModel) -> Reading:
    """Read one report; see `read_many`."""
    return next(read_many([report], catalog, language_model=language_model))


def read_many(
    reports: Iterable[Report], catalog: Catalog | None, *, language_model: LanguageModel
) -> Iterator[Reading]:
    """Read reports into proposals, each on its own.

    Args:
        reports: their text is read as the store keeps it (`model.text.clean_text`, at most `MAX_TEXT` characters),
            and positions are in that. Days count from when it was published, else from the date that it begins
            with (`2021-08-12`), else from when it was fetched, in the situation's zone.
        catalog: whose places and actors are recognised; None: the world's only.
        language_model: what says which word is a verb, and of whom.

    Yields:
        A reading for each report, in order. One that is not English has no proposals and says so.

    Raises:
        InputRefused: a report has no date of any kind.
    """
    gazetteer = Gazetteer(catalog)
    zone = catalog.situation.zone if catalog is not None else "UTC"
    batch: list[Report] = []
    for report in reports:
        batch.append(report._replace(text=clean_text(report.text)))
        if len(batch) == _BATCH:
            yield from _read_batch(batch, gazetteer, zone, language_model)
            batch = []
    yield from _read_batch(batch, gazetteer, zone, language_model)


def _read_batch(
    reports: list[Report], gazetteer: Gazetteer, zone: str, language_model: LanguageModel
) -> Iterator[Reading]:
    readable = [is_english(report.text) for report in reports]
    pieces: list[list[tuple[str, int, int]]] = []
    for report, english in zip(reports, readable, strict=True):
        _day, begin = find_dateline(report.text)
        cuts = cut(report.text, begin) if english else ()
        pieces.append([(text, start, number) for number, (text, start) in enumerate(cuts) if _may_matter(text)])
    parsed = language_model.parse([piece for listed in pieces for piece in listed])
    for report, english, listed in zip(reports, readable, pieces, strict=True):
        if not english:
            yield Reading(note=_NOT_ENGLISH)
            continue
        yield _read_sentences(report, [next(parsed) for _ in listed], gazetteer, zone, language_model)


def _read_sentences(
    report: Report, sentences: list[Sentence], gazetteer: Gazetteer, zone: str, language_model: LanguageModel
) -> Reading:
    dateline = dateline_of(report, zone)
    memory = Memory(report.text, gazetteer)
    gathered = Gathered(gazetteer, dateline, zone, at_home=gazetteer.is_at_home(report.text))
    for sentence in sentences:
        read_sentence(sentence, gathered, memory, gazetteer, language_model)
    note = f"only the first {MAX_TEXT:,} characters were read" if len(report.text) == MAX_TEXT else ""
    counts = find_counts(sentences, gazetteer, dateline, zone, memory)
    return Reading(gathered.proposals(), counts, note)


def dateline_of(report: Report, zone: str) -> dt.date:
    """Return the day from which a report counts its days, in the zone.

    Raises:
        InputRefused: it has no date of any kind.
    """
    if report.published_at is not None:
        return day_of(report.published_at, zone)
    written, _begin = find_dateline(report.text)
    if written is not None:
        return written
    if report.fetched_at is None:
        raise InputRefused(_NO_DATE)
    return day_of(report.fetched_at, zone)


def _may_matter(text: str) -> bool:
    """Say whether a sentence has a word that some pattern begins with."""
    words = set(_WORD.findall(text.lower()))
    if _NUMBER.search(text):
        words.add(NUMBER)
    return lexicon().may_match(words)
