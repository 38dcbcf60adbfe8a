"""Frames of who holds a place: taken, lost, handed over, besieged, contested, still held."""

from dataclasses import replace

from ingest.text.actors import ActorPhrase, agent_of, is_armed, object_of, phrase, subject_of
from ingest.text.arguments import (
    FULLY,
    covers,
    goes_on,
    is_full,
    loser,
    noun_after,
    object_start,
    objects,
    objects_of,
    places_after,
)
from ingest.text.found import Found, Frame
from ingest.text.lexicon import Pattern, lexicon
from ingest.text.phrases import PlaceReader
from ingest.text.place_phrase import PlacePhrase
from ingest.text.syntax import Sentence, Word

_FALLEN_FROM = frozenset({"from", "off", "on", "under", "behind", "below", "in", "into", "by", "out", "over"})
"""What follows "fell" of people and prices as well."""

_BOTH = frozenset({"both", "sides", "each"})


def _object(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    places = objects_of(sentence, verb, pattern, reader)
    if not places:
        return None
    if verb.lemma == "take" and any(child.lower in {"into", "for"} for child in sentence.of(verb, "prep")):
        return None
    subject = subject_of(sentence, verb)
    actor = phrase(sentence, subject)
    return Found(pattern, pattern.kind, verb, tuple(places), actor, loser(sentence, verb, places))


def _control(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    noun = noun_after(sentence, verb, pattern)
    if noun is None:
        return None
    if verb.lemma in {"have", "claim", "announce", "declare"} and not is_full(sentence, noun) and verb.lemma == "have":
        return None
    places = places_after(sentence, noun, reader)
    if not places:
        return None
    subject = subject_of(sentence, verb)
    actor = phrase(sentence, subject)
    if verb.lemma in {"claim", "assert"} and subject is not None and subject.lower in _BOTH:
        return Found(pattern, "contested", verb, tuple(places))
    return Found(pattern, pattern.kind, verb, tuple(places), actor, loser(sentence, verb, places))


def _falls(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    subjects, above = sentence.of(verb, "nsubj"), sentence.head(verb)
    if not subjects and above.lemma == "become":
        subjects = sentence.of(above, "attr")
    head = subjects[-1] if subjects else (above if verb.relation in {"relcl", "acl"} else None)
    if head is None:
        return None
    places = reader.read(head.left) or reader.read(head.index)
    if not places or places[-1].end > verb.index or not covers(places, head):
        return None
    actor = object_of(sentence, verb, "to")
    if actor is None:
        for preposition in sentence.of(verb, "prep"):
            for held in sentence.of(preposition, "pobj"):
                if preposition.lower in {"into", "in", "under"} and held.lemma in {"hand", "hands", "control"}:
                    actor = object_of(sentence, held, "of") or next(
                        iter(sentence.of(held, "poss", "compound", "amod", "nmod")), None
                    )
                elif (
                    preposition.lower in _FALLEN_FROM
                    and verb.lemma == "fall"
                    and not places[0].known
                    and held.lower not in lexicon()["times"]
                ):
                    return None
    if actor is not None and actor.tag == "CD":
        return None
    if verb.lemma != "fall" and not is_armed(phrase(sentence, actor)):
        return None
    return Found(pattern, pattern.kind, verb, tuple(places), phrase(sentence, actor))


def _state(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    # "Is back in their hands": the preposition hangs on the adverb.
    beyond = [child for adverb in sentence.of(verb, "advmod") for child in sentence.children[adverb.index]]
    for preposition in (*sentence.children[verb.index], *beyond):
        if preposition.lower not in {"under", "in"} or preposition.relation not in {"prep", "acomp", "advmod"}:
            continue
        noun = next((word for word in sentence.of(preposition, "pobj") if word.lower in pattern.nouns), None)
        if noun is None:
            continue
        if verb.lemma == "remain" and verb.tag == "VBG":
            return None
        lasts = verb.lemma == "remain" or any(
            child.lower in {"since", "still"} for child in sentence.of(verb, "prep", "advmod")
        )
        kind = "still-held" if lasts else pattern.kind
        subject = next(iter(sentence.of(verb, "nsubj", "nsubjpass")), None)
        if preposition.lower == "in" and noun.lower == "control":
            places = places_after(sentence, noun, reader)
            # "Are reported to be in control": the subject stands with the verb above.
            holding = subject or subject_of(sentence, verb)
            if not places or holding is None:
                return None
            return Found(pattern, kind, verb, tuple(places), phrase(sentence, holding))
        holder = object_of(sentence, noun, "of") or next(
            iter(sentence.of(noun, "poss", "amod", "compound", "nmod")), None
        )
        placed = next(iter(sentence.of(verb, "dobj")), None) if verb.lemma in {"bring", "place"} else subject
        if placed is None or holder is None or holder.lower in FULLY:
            return None
        if holder.lower in {"its", "their"}:
            owner = subject_of(sentence, verb)
            holder = owner if owner is not None and owner.index != placed.index else holder
        places = reader.read(placed.left)
        if not places or not covers(places, placed):
            return None
        return Found(pattern, kind, verb, tuple(places), phrase(sentence, holder))
    return None


def _siege(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    noun = next((word for word in sentence.of(verb, "dobj") if word.lower in pattern.nouns), None)
    if noun is not None:
        held = object_of(sentence, noun, "to", "of", "on") or object_of(sentence, verb, "to", "on")
        places = reader.read(held.left) if held is not None else []
        actor = phrase(sentence, subject_of(sentence, verb))
        return Found(pattern, pattern.kind, verb, tuple(places), actor) if places else None
    noun = object_of(sentence, verb, "under")
    subject = next(iter(sentence.of(verb, "nsubj")), None)
    if noun is None or noun.lower not in pattern.nouns or subject is None:
        return None
    places = reader.read(subject.left)
    if not covers(places, subject):
        return None
    by = agent_of(sentence, verb) or agent_of(sentence, noun)
    return Found(pattern, pattern.kind, verb, tuple(places), phrase(sentence, by))


def _left(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    noun = object_of(sentence, verb, "in")
    left = next(iter(sentence.of(verb, "dobj")), None)
    if noun is None or noun.lower not in pattern.nouns or left is None:
        return None
    places = places_after(sentence, noun, reader)
    actor = phrase(sentence, left)
    return Found(pattern, pattern.kind, verb, tuple(places), actor) if places and is_armed(actor) else None


def _fight_noun(sentence: Sentence, noun: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    for word in sentence.words[noun.index + 1 : noun.index + 9]:
        before = {near.lower for near in sentence.words[word.index - 2 : word.index]}
        if word.lower in pattern.needs and before & {"for", "over"}:
            places = places_after(sentence, word, reader)
            return Found(pattern, pattern.kind, noun, tuple(places)) if places else None
        if word.text in {",", ";"}:
            return None
    return None


def _loses(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    noun = noun_after(sentence, verb, pattern)
    if noun is not None:
        places = places_after(sentence, noun, reader)
    else:
        start = object_start(sentence, verb, pattern)
        places = reader.read(start[0]) if start else []
        if start and not covers(places, start[1]):
            return None
    if not places:
        return None
    subject, gainer = subject_of(sentence, verb), object_of(sentence, verb, "to")
    after = sentence.at(places[-1].end + 1)
    if gainer is None and after is not None and after.lower == "to":
        # "To rebel forces" is at times taken for a verb with its object.
        rebel = next(
            (word for word in sentence.words[after.index + 1 : after.index + 4] if word.relation == "dobj"), None
        )
        gainer = next(iter(sentence.of(after, "pobj")), rebel)
    gainer = gainer or next(
        (found for word in objects(sentence, verb) if (found := object_of(sentence, word, "to"))), None
    )
    # Said to be lost, and nobody said to have it.
    return Found(
        pattern, pattern.kind if gainer else "contested", verb, tuple(places),
        phrase(sentence, gainer), phrase(sentence, subject),
    )  # fmt: skip


def _gives(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    noun = noun_after(sentence, verb, pattern, reach=14)
    places: list[PlacePhrase] = []
    if noun is not None:
        places = places_after(sentence, noun, reader)
    elif (start := object_start(sentence, verb, pattern)) is not None:
        places = reader.read(start[0])
        if not covers(places, start[1]):
            places = []
    if not places:
        return None
    gainer = object_of(sentence, verb, "to")
    if gainer is None:
        for index in range(places[0].start, min(places[-1].end + 12, len(sentence.words))):
            word = sentence.words[index]
            if word.lower == "to" and (named := sentence.of(word, "pobj")):
                gainer = named[0]
                break
    if gainer is None and not _is_given_up(sentence, verb, places):
        return None
    subject = next(iter(sentence.of(verb, "nsubj")), None) or subject_of(sentence, verb)
    return Found(
        pattern, pattern.kind, verb, tuple(places),
        phrase(sentence, gainer), phrase(sentence, subject),
    )  # fmt: skip


def _is_given_up(sentence: Sentence, verb: Word, places: list[PlacePhrase]) -> bool:
    """Say whether a place is surrendered or handed over, though the sentence does not say to whom."""
    if not all(place.known for place in places):
        return False
    if sentence.of(verb, "auxpass"):
        return verb.lemma in {"surrender", "hand"}
    who = phrase(sentence, subject_of(sentence, verb))
    told = set(who.text.lower().split()) if who is not None else set()
    return verb.lemma == "surrender" and (is_armed(who) or bool(told & lexicon()["officials"]))


def _noun(sentence: Sentence, noun: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    after = sentence.at(noun.index + 1)
    by = agent_of(sentence, noun) if after is not None and after.lower == "by" else None
    if by is not None:
        # "The seizure by rebels of the town".
        after = sentence.at(by.index + 1)
    if after is None or after.lower != "of":
        return None
    places = reader.read(after.index + 1)
    if not places:
        return None
    following = sentence.at(places[-1].end + 1)
    if following is not None and following.lower in {"by", "to"}:
        by = next(iter(sentence.of(following, "pobj")), None)
    by = by or object_of(sentence, noun, "by", "to") or agent_of(sentence, noun)
    above = sentence.head(noun)
    if by is None and noun.relation == "dobj" and above.lemma in lexicon()["doing_verbs"]:
        by = subject_of(sentence, above)
    owner = next(iter(sentence.of(noun, "poss")), None)
    actor = by or owner
    if noun.lower == "loss":
        gainer, loser_ = phrase(sentence, by), phrase(sentence, owner)
        return Found(pattern, pattern.kind, noun, tuple(places), gainer, loser_, noun=True)
    if noun.lower in {"fall", "handover", "surrender"} and owner is not None and by is None:
        actor = None
    who = phrase(sentence, actor)
    if who is not None and who.index < places[0].start:
        who = replace(who, text=who.text.partition(" of ")[0])
    return Found(pattern, pattern.kind, noun, tuple(places), who, noun=True)


def _contests(sentence: Sentence, word: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    noun = noun_after(sentence, word, pattern, reach=12)
    if noun is None:
        return None
    before = sentence.at(noun.index - 1)
    fights = word.lemma in {"fight", "battle", "vie", "clash", "compete", "struggle"}
    if fights and (before is None or before.lower not in {"for", "over", "full", "complete"}):
        return None
    places = places_after(sentence, noun, reader)
    if not places:
        return None
    owner = next(iter(sentence.of(noun, "poss")), None)
    if fights:
        return Found(pattern, pattern.kind, word, tuple(places))
    challenger = subject_of(sentence, word)
    return Found(
        pattern, pattern.kind, word, tuple(places),
        phrase(sentence, challenger), phrase(sentence, owner),
    )  # fmt: skip


def _holds(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    still = goes_on(sentence, verb)
    noun = noun_after(sentence, verb, pattern)
    subject = subject_of(sentence, verb)
    if subject is None:
        return None
    actor = phrase(sentence, subject)
    start = object_start(sentence, verb, pattern)
    places = places_after(sentence, noun, reader) if noun else (reader.read(start[0]) if start else [])
    if not places:
        return None
    words = {actor.head, *actor.text.lower().split()}
    if actor.pronoun:
        # "Both sides say they control": whoever says so is meant.
        words |= {word.lower for one in sentence.of(sentence.head(verb), "nsubj") for word in _phrase_of(sentence, one)}
    if verb.lemma == "control" and words & _BOTH:
        return Found(pattern, "contested", verb, tuple(places))
    if verb.tag == "VBG" or (not still and verb.lemma not in {"retain", "maintain", "keep"}):
        return None
    if noun is None and not still:
        return None
    return Found(pattern, pattern.kind, verb, tuple(places), actor)


def _phrase_of(sentence: Sentence, head: Word) -> tuple[Word, ...]:
    return sentence.words[head.left : head.right + 1]


def _now_holds(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    if not any(child.lower == "now" for child in sentence.of(verb, "advmod")) or verb.tag == "VBG":
        return None
    places = objects_of(sentence, verb, pattern, reader)
    actor = phrase(sentence, subject_of(sentence, verb))
    return Found(pattern, pattern.kind, verb, tuple(places), actor) if places else None


def _theirs(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    owner = next((word for word in sentence.of(verb, "attr", "acomp") if word.lower in pattern.needs), None)
    subject = next(iter(sentence.of(verb, "nsubj")), None)
    if owner is None or subject is None:
        return None
    places = reader.read(subject.left)
    who = ActorPhrase("", "they", owner.index, pronoun=True)
    return Found(pattern, pattern.kind, verb, tuple(places), who) if covers(places, subject) else None


HOLDING_FRAMES: dict[str, Frame] = {
    "object": _object,
    "control": _control,
    "falls": _falls,
    "state": _state,
    "siege": _siege,
    "left": _left,
    "fight-noun": _fight_noun,
    "loses": _loses,
    "gives": _gives,
    "noun": _noun,
    "contests": _contests,
    "holds": _holds,
    "now-holds": _now_holds,
    "theirs": _theirs,
}
"""By the name that `patterns.toml` gives them."""
