"""Counts with a denominator: "12 of the country's 34 provincial capitals", "the 11th city to fall"."""

import datetime as dt
import re
from collections.abc import Iterable

from ingest.proposals import ProposedClaim, ProposedCount
from ingest.text.actors import phrase, subject_of
from ingest.text.attribution import CREDIBILITY, certainty, speakers_of
from ingest.text.gazetteer import Gazetteer
from ingest.text.memory import Memory
from ingest.text.syntax import Sentence, Word
from model.entities import Stance, Tally
from model.times import Precision, from_datetime, timezone

_NUMBERS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
}
_NUMBER = rf"(\d{{1,4}}|{'|'.join(_NUMBERS)})"
_PLACES = (
    r"((?:provincial |regional |district |state |major |main )*"
    r"(?:capitals?|cities|towns|districts|provinces|states|regions|villages|settlements|municipalities))"
)
_SHARE = re.compile(rf"\b{_NUMBER}\s+(?:out\s+)?of\s+(?:[\w’'-]+\s+){{0,4}}?{_NUMBER}\s+{_PLACES}\b", re.IGNORECASE)
_ORDINAL = re.compile(
    r"\bthe\s+(\d{1,3})(?:st|nd|rd|th)\s+((?:provincial |regional )?(?:city|town|district|capital))\b[^.]{0,40}?\bfall",
    re.IGNORECASE,
)


def find_counts(
    sentences: Iterable[Sentence], gazetteer: Gazetteer, dateline: dt.date, zone: str, memory: Memory
) -> tuple[ProposedCount, ...]:
    """Return the counts of places that the sentences give, each count once."""
    found: dict[tuple[int, int | None], ProposedCount] = {}
    instant = from_datetime(dt.datetime(dateline.year, dateline.month, dateline.day, tzinfo=timezone(zone)))
    for sentence in sentences:
        for count, of, what, position in _counts(sentence.text):
            word = next((word for word in sentence.words if word.start - sentence.start >= position), sentence.words[0])
            actor = (_holder(sentence, word) if of is not None else "") or memory.group_before(word.start)
            speakers = speakers_of(sentence, word)
            speaker = speakers[0] if speakers else None
            sure = certainty(speaker, actor, "", frozenset(), gazetteer, leaving=False)
            claim = ProposedClaim(
                Stance.ASSERTS, sure, CREDIBILITY[sure], speaker.text if speaker else "", None,
                sentence.text, sentence.start, "count-of" if of is not None else "count-ordinal",
            )  # fmt: skip
            actor_id = gazetteer.actor(actor) if actor else None
            tally = _tally(gazetteer, actor_id, of)
            found.setdefault(
                (count, of),
                ProposedCount(count, of, what, actor, actor_id, tally, instant, Precision.DAY, claim),
            )
    return tuple(found.values())


def _counts(text: str) -> Iterable[tuple[int, int | None, str, int]]:
    for match in _SHARE.finditer(text):
        count, of = _value(match[1]), _value(match[2])
        if count <= of:
            yield count, of, match[3], match.start()
    for match in _ORDINAL.finditer(text):
        yield int(match[1]), None, match[2], match.start()


def _value(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text.lower()]


def _holder(sentence: Sentence, word: Word) -> str:
    """Return who the verb above the count says has them."""
    for step in sentence.path(word):
        if step.is_verb:
            subject = subject_of(sentence, step)
            return phrase(sentence, subject).text if subject is not None else ""
    return ""


def _tally(gazetteer: Gazetteer, actor: str | None, of: int | None) -> str | None:
    tallies: Iterable[Tally] = gazetteer.catalog.tallies.values() if gazetteer.catalog is not None else ()
    for tally in tallies:
        if tally.actor == actor and (of is None or len(tally.place_ids) == of):
            return tally.id
    return None
