"""Frames of roads: cut, and open again."""

import re

from ingest.text.actors import ActorPhrase, object_of, phrase, subject_of
from ingest.text.arguments import without_article
from ingest.text.found import Found, Frame
from ingest.text.lexicon import Pattern, lexicon
from ingest.text.nouns import NAME
from ingest.text.phrases import PlaceReader
from ingest.text.place_phrase import PlacePhrase
from ingest.text.syntax import Sentence, Word

_NUMBERED = re.compile(r"[A-Z]{1,2}-?\d{1,4}")
"""A road by its number: M5, RN2, T-0504."""

_ENDS = re.compile(
    rf" (?:between|from|linking|connecting|joining) {NAME} (?:and|to|with) {NAME}| (?:leading |running )?to {NAME}"
)
"""What a road without a name of its own is known by."""


def _route(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    target = next(iter([*sentence.of(verb, "dobj"), *sentence.of(verb, "nsubjpass")]), None)
    if target is None or not (target.lower in pattern.needs or _NUMBERED.fullmatch(target.text)):
        return None
    subject = subject_of(sentence, verb)
    if subject is not None and subject.lower in lexicon()["powerless"] | lexicon()["civilians"]:
        return None
    places: tuple[PlacePhrase, ...] = ()
    actor: ActorPhrase | None = None
    if subject is not None:
        of = object_of(sentence, subject, "of")
        inner = of or next(iter(sentence.of(subject, "dobj")), None)
        gerund = next((word for word in sentence.words[subject.left : subject.index] if word.tag == "VBG"), None)
        if (subject.lower in _taking_nouns() or subject.is_verb) and inner is not None:
            places = tuple(reader.read(inner.left))
        elif gerund is not None and gerund.index + 1 <= subject.index:
            places = tuple(reader.read(gerund.index + 1))
        else:
            actor = phrase(sentence, subject)
    named = sentence.between(target.left, target.index)
    if (ends := _ENDS.match(sentence.text, target.end - sentence.start)) is not None:
        named += ends[0]
    road = PlacePhrase(without_article(named), target.lower, "", "", target.left, target.index, site=True, known=True)
    return Found(pattern, pattern.kind, verb, (*places, road), actor)


def _taking_nouns() -> frozenset[str]:
    return next(pattern.nouns for pattern in lexicon().patterns if pattern.rule == "gain-noun")


ROUTE_FRAMES: dict[str, Frame] = {"route": _route}
"""By the name that `patterns.toml` gives them."""
