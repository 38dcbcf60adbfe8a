"""Frames of coming and going: troops enter a place, take up positions in it, leave it."""

from dataclasses import replace

from ingest.text.actors import agent_of, is_armed, object_of, phrase, subject_of
from ingest.text.arguments import goes_on, noun_after, object_start, objects_of, places_after
from ingest.text.found import Found, Frame
from ingest.text.lexicon import Pattern, lexicon
from ingest.text.phrases import PlaceReader
from ingest.text.place_phrase import PlacePhrase
from ingest.text.syntax import Sentence, Word

_DRIVES = frozenset({"drive", "expel", "push", "oust", "force", "dislodge", "evict", "flush", "eject", "chase"})
"""What is done to those who then have left."""

_IN_A_STATE = frozenset({"without", "with", "as"})
"""What follows a place that is left in some state, not left by somebody."""


def _enters(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    start = object_start(sentence, verb, pattern)
    if start is None:
        return None
    return _entry(sentence, verb, pattern, reader.read(start[0]))


def _enters_into(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    for index in range(verb.index + 1, min(verb.index + 6, len(sentence.words))):
        word = sentence.words[index]
        if word.lower == "into":
            return _entry(sentence, verb, pattern, reader.read(index + 1))
        if word.is_verb or word.text in {",", ";"}:
            return None
    return None


def _entry(sentence: Sentence, verb: Word, pattern: Pattern, places: list[PlacePhrase]) -> Found | None:
    subject = subject_of(sentence, verb)
    actor = phrase(sentence, subject)
    if actor is None or not (is_armed(actor) or actor.pronoun):
        return None
    told = set(actor.text.lower().split())
    if told & (lexicon()["lawmen"] | lexicon()["civilians"]) and "military" not in told:
        return None
    if verb.lemma == "reach":
        places = [place for place in places if place.centre]
    return Found(pattern, pattern.kind, verb, tuple(places), actor) if places else None


def _at_gates(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    noun = noun_after(sentence, verb, pattern)
    actor = phrase(sentence, subject_of(sentence, verb))
    places = places_after(sentence, noun, reader) if noun is not None else []
    return Found(pattern, pattern.kind, verb, tuple(places), actor) if places and is_armed(actor) else None


def _positions(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    noun = noun_after(sentence, verb, pattern)
    if noun is None:
        return None
    after = sentence.at(noun.index + 1)
    if after is None or after.lower not in {"on", "in", "inside"}:
        return None
    found = _entry(sentence, verb, pattern, reader.read(noun.index + 2))
    lasts = verb.lemma == "maintain" or (verb.lemma == "hold" and goes_on(sentence, verb))
    return replace(found, kind="still-held") if found is not None and lasts else found


def _leaves_from(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    moved = next(iter(sentence.of(verb, "dobj")), None)
    # "Away from": the preposition hangs on the adverb.
    away = [adverb for adverb in sentence.of(verb, "advmod") if adverb.lower == "away"]
    holding = [verb, *([moved] if moved is not None else []), *away]
    preposition = next(
        (child for word in holding for child in sentence.of(word, "prep") if child.lower == "from"), None
    )
    if preposition is None:
        preposition = _out_of(sentence, verb)
    if preposition is None:
        return None
    places = reader.read(preposition.index + 1)
    if not places:
        return None
    subject = subject_of(sentence, verb)
    against: Word | None = None
    if sentence.of(verb, "nsubjpass"):
        subject, against = sentence.of(verb, "nsubjpass")[-1], agent_of(sentence, verb)
    elif moved is not None:
        driven = verb.lemma in _DRIVES
        if driven:
            subject, against = moved, subject
        elif moved.lower in {"some", "part", "equipment", "weapons"} or moved.lower not in lexicon()["forces"]:
            return None
    actor = phrase(sentence, subject)
    return Found(pattern, pattern.kind, verb, tuple(places), actor, phrase(sentence, against))


def _out_of(sentence: Sentence, verb: Word) -> Word | None:
    """Return the last word of "out of", or a "from" that hangs on the verb's particle."""
    for word in sentence.words[verb.index + 1 : verb.index + 7]:
        before = sentence.words[word.index - 1]
        if (word.lower == "of" and before.lower == "out") or (word.lower == "from" and before.lower in {"back", "out"}):
            return word
        if word.text in {",", ";"}:
            return None
    return None


def _leaves(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    places = objects_of(sentence, verb, pattern, reader)
    if not places:
        return None
    subject = subject_of(sentence, verb)
    actor = phrase(sentence, subject)
    if actor is None or not (is_armed(actor) or actor.pronoun):
        return None
    after = sentence.at(places[-1].end + 1)
    if (
        verb.lemma == "leave"
        and after is not None
        and (
            after.tag.startswith("JJ")
            or _is_in_a_state(sentence, after)
            or (after.lower == "under" and verb.tag == "VBG")
        )
    ):
        return None
    return Found(
        pattern, pattern.kind, verb, tuple(place for place in places if place.unit not in lexicon()["buildings"]), actor
    )


def _is_in_a_state(sentence: Sentence, word: Word) -> bool:
    """Say whether what is left is left so, and by nobody: "without water", "in ruins", "in charge"."""
    following = sentence.at(word.index + 1)
    return word.lower in _IN_A_STATE or (
        word.lower == "in" and following is not None and following.lower in lexicon()["states"]
    )


def _withdrawal(sentence: Sentence, noun: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    preposition = None
    for index in range(noun.index + 1, min(noun.index + 12, len(sentence.words))):
        word = sentence.words[index]
        if word.lower == "from":
            preposition = word
            break
        if word.text in {",", ";"} or (word.is_verb and word.tag in {"VBD", "VBZ", "VBP"}):
            return None
    if preposition is None:
        return None
    places = reader.read(preposition.index + 1)
    if not places:
        return None
    mover = object_of(sentence, noun, "of", "by") or next(iter(sentence.of(noun, "poss", "amod", "compound")), None)
    if mover is not None and (mover.tag.startswith("JJ") and not mover.is_name):
        mover = None
    if mover is None or mover.lower in {"its", "their", "his"}:
        verb = next((step for step in sentence.path(noun) if step.is_verb), None)
        mover = subject_of(sentence, verb) if verb is not None else None
    return Found(pattern, pattern.kind, noun, tuple(places), phrase(sentence, mover), noun=True)


MOVING_FRAMES: dict[str, Frame] = {
    "enters": _enters,
    "enters-into": _enters_into,
    "at-gates": _at_gates,
    "positions": _positions,
    "leaves-from": _leaves_from,
    "leaves": _leaves,
    "withdrawal": _withdrawal,
}
"""By the name that `patterns.toml` gives them."""
