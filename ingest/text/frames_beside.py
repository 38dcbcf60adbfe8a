"""Frames of events that are not about who holds a place: fighting, strikes, arrests, offers, deals, casualties."""

from ingest.text.actors import ActorPhrase, agent_of, is_armed, object_of, phrase, subject_of
from ingest.text.arguments import particle
from ingest.text.found import Found, Frame
from ingest.text.lexicon import Pattern, lexicon
from ingest.text.phrases import PlaceReader
from ingest.text.place_phrase import PlacePhrase
from ingest.text.syntax import Sentence, Word

_WHERE = frozenset({"in", "near", "around", "inside", "at", "on", "outside", "across", "against", "of", "for"})
_DAYS = lexicon()["weekdays"] | lexicon()["months"]
_FIGHTS = frozenset({"clash", "fight", "battle"})
_WEAPONS = frozenset({"rocket", "artillery", "mortar", "missile", "tank", "shell", "heavy", "drone"})
_FROM_THE_AIR = frozenset({"air", "aerial", "airstrikes", "strike", "strikes", "drone"})
_POWER = frozenset({"power", "government", "rule", "cabinet"})
_SURRENDER = frozenset({"surrender", "capitulate", "disarm"})


def _clashes(sentence: Sentence, word: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    if _is_of_civilians(sentence, word):
        return None
    if word.lower in pattern.nouns and word.tag.startswith("NN"):
        above = [word]
        if word.relation in {"nsubj", "nsubjpass", "dobj"} and sentence.head(word).is_verb:
            above.append(sentence.head(word))
        # "Between troops and rebels in Ghazni": the parser may give the place to either.
        sides = [side for one in above if (side := object_of(sentence, one, "between")) is not None]
        sides += [other for side in sides for other in sentence.of(side, "conj")]
        places = next((found for one in (*above, *sides) if (found := _where(sentence, one, reader))), ())
        return Found(pattern, pattern.kind, word, places, noun=True) if places else None
    subject = subject_of(sentence, word)
    if subject is None or not word.is_verb:
        return None
    actor = phrase(sentence, subject)
    opponent = object_of(sentence, word, "with", "against")
    # "Clashed with troops in Ghazni": the parser may give the place to the troops.
    places = _where(sentence, word, reader) or (_where(sentence, opponent, reader) if opponent is not None else ())
    if word.lemma not in _FIGHTS:
        target = next(iter(sentence.of(word, "dobj")), None)
        if target is not None and not places:
            if target.lower in {"attack", "assault", "attacks", "offensive"}:
                places = _where(sentence, target, reader)
            else:
                places = tuple(
                    place for place in reader.read(target.left) if place.name and (place.region or not place.site)
                )
    if not places or not (is_armed(actor) or actor.named):
        return None
    return Found(pattern, pattern.kind, word, places, actor, phrase(sentence, opponent))


def _is_of_civilians(sentence: Sentence, word: Word) -> bool:
    """Say whether it is a crowd, or the police alone, that fights, storms or raids."""
    if word.is_verb:
        who = subject_of(sentence, word)
        heads = [who] if who is not None else []
    else:
        heads = [one for one in (object_of(sentence, word, "between", "with"),) if one is not None]
    told = {token.lower for head in heads for token in sentence.words[head.left : head.right + 1]}
    words = lexicon()
    civil, armed = told & (words["civilians"] | {"police"}), told & (words["forces"] | words["nonstate"]) - {"police"}
    return bool(civil) and not armed


def _strikes(sentence: Sentence, word: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    if word.lower in pattern.nouns and word.tag.startswith("NN"):
        if word.relation in {"compound", "nmod"} and sentence.head(word).tag.startswith("NN"):
            # "Mortar rounds landed in", "a rocket attack on".
            word = sentence.head(word)
        verb = sentence.head(word)
        places = _where(sentence, word, reader)
        if not places and word.relation in {"nsubj", "dobj", "nsubjpass"} and verb.is_verb:
            places = _where(sentence, verb, reader)
            target = next(iter(sentence.of(verb, "dobj")), None)
            if not places and target is not None and verb.lemma in {"hit", "strike", "target"}:
                places = tuple(reader.read(target.left))
        doer = agent_of(sentence, word) or next(
            (
                child
                for child in sentence.of(word, "amod", "poss", "compound")
                if child.is_name and child.lower not in pattern.nouns
            ),
            None,
        )
        return Found(pattern, pattern.kind, word, places, phrase(sentence, doer), noun=True) if places else None
    if not word.is_verb or word.lemma not in pattern.verbs or particle(sentence, word) in {"down", "out", "off"}:
        return None
    target = next(iter([*sentence.of(word, "dobj"), *sentence.of(word, "nsubjpass")]), None)
    places = tuple(reader.read(target.left)) if target is not None else ()
    if not places:
        return None
    subject = subject_of(sentence, word)
    return Found(pattern, pattern.kind, word, places, phrase(sentence, subject))


def _under_fire(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    noun = object_of(sentence, verb, "under")
    subject = next(iter(sentence.of(verb, "nsubj")), None)
    if noun is None or noun.lower not in pattern.nouns or subject is None:
        return None
    weapon = {word.lower for word in sentence.words[noun.left : noun.index + 1]}
    if noun.lower in {"fire", "attack"} and (not weapon & _WEAPONS or object_of(sentence, verb, "for")):
        return None
    kind = "air-strike" if weapon & _FROM_THE_AIR else pattern.kind
    by = object_of(sentence, noun, "by", "from") or object_of(sentence, verb, "by", "from")
    return Found(pattern, kind, verb, tuple(reader.read(subject.left)), phrase(sentence, by))


def _person(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    target = next(iter([*sentence.of(verb, "dobj"), *sentence.of(verb, "nsubjpass")]), None)
    if target is None or not verb.is_verb:
        return None
    words = lexicon()
    whom = phrase(sentence, target)
    people = {target.lower, *whom.text.lower().split()}
    if not whom.text and target.tag != "CD":
        return None
    human = bool(
        people & (words["titles"] | words["officials"] | words["forces"] | words["civilians"])
    ) or target.lower.endswith(("ers", "ists", "ants", "men", "suspects", "people", "members"))
    if verb.lemma in {"capture", "recapture"}:
        human = bool(people & (words["titles"] - {"general", "major", "head"}))
    if target.lower in words["areas"] | words["sites"]:
        return None
    if not human and verb.lemma not in {"arrest", "detain"}:
        return None
    subject = subject_of(sentence, verb)
    return Found(
        pattern,
        pattern.kind,
        verb,
        _where(sentence, verb, reader),
        phrase(sentence, subject),
        whom,
    )


def _departs(sentence: Sentence, verb: Word, pattern: Pattern, _reader: PlaceReader) -> Found | None:
    subject = subject_of(sentence, verb)
    if subject is None:
        return None
    actor = phrase(sentence, subject)
    if verb.lemma == "leave" and not any(child.lower in {"country", "office"} for child in sentence.of(verb, "dobj")):
        return None
    if not set(actor.text.lower().split()) & lexicon()["titles"] or (subject.tag == "NNS" and verb.lemma == "flee"):
        return None
    return Found(pattern, pattern.kind, verb, (), actor)


def _offers(sentence: Sentence, verb: Word, pattern: Pattern, _reader: PlaceReader) -> Found | None:
    noun = next((child for child in sentence.of(verb, "dobj") if child.lower in pattern.nouns), None)
    if noun is None and verb.lemma not in {"offer", "propose"}:
        return None
    rest = {word.lower for word in sentence.words[verb.index : verb.index + 20]}
    if rest & {"share", "sharing", "power-sharing"} and rest & _POWER:
        kind = "power-sharing-offer"
    elif rest & _SURRENDER:
        kind = "surrender-offer"
    else:
        return None
    subject = subject_of(sentence, verb)
    other = object_of(sentence, verb, "to") or (object_of(sentence, noun, "to") if noun else None)
    other = other or next(iter(sentence.of(verb, "dative")), None)
    return Found(
        pattern,
        kind,
        verb,
        (),
        phrase(sentence, subject),
        phrase(sentence, other),
    )


def _deals(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    noun = next(
        (
            word
            for word in [*sentence.of(verb, "dobj", "nsubjpass"), *_prepositional(sentence, verb)]
            if word.lower in pattern.nouns
        ),
        None,
    )
    told = {word.lower for word in sentence.words}
    of_trade = told & lexicon()["trade"] and not told & (lexicon()["peace"] | lexicon()["warfare"])
    if noun is None or of_trade:
        return None
    subject = subject_of(sentence, verb)
    other = object_of(sentence, verb, "with") or object_of(sentence, noun, "with", "between")
    owner = next(iter(sentence.of(subject, "poss")), None) if subject is not None else None
    places: tuple[PlacePhrase, ...] = tuple(reader.read(owner.left)[:1]) if owner is not None else ()
    kind = "deal" if noun.lower == "deal" else "agreement"
    return Found(
        pattern,
        kind,
        verb,
        places,
        phrase(sentence, subject),
        phrase(sentence, other),
    )


def _casualties(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> Found | None:
    target = next(iter([*sentence.of(verb, "dobj"), *sentence.of(verb, "nsubjpass")]), None)
    if verb.lemma == "die":
        target = next(iter(sentence.of(verb, "nsubj")), None)
    if target is None:
        return None
    counted = target.tag == "CD" or any(
        word.tag == "CD" or word.lower in {"dozens", "hundreds", "scores", "thousands"}
        for word in sentence.words[target.left : target.index + 1]
    )
    told = {word.lower for word in sentence.words}
    by_accident = told & lexicon()["accidents"] and not told & lexicon()["warfare"]
    if not counted or by_accident:
        return None
    subject = None if verb.lemma == "die" else subject_of(sentence, verb)
    return Found(
        pattern, pattern.kind, verb, _where(sentence, verb, reader), phrase(sentence, subject),
        _victims(sentence, target),
    )  # fmt: skip


def _victims(sentence: Sentence, target: Word) -> ActorPhrase | None:
    found = phrase(sentence, target)
    return found if found.text and found.named else None


def _where(sentence: Sentence, word: Word, reader: PlaceReader) -> tuple[PlacePhrase, ...]:
    """Return the places of "in X", "near X" that belong to a verb or noun."""
    for child in sentence.of(word, "prep"):
        if child.lower in _WHERE:
            following = sentence.at(child.index + 1)
            if following is not None and following.lower in _DAYS:
                continue
            found = [place for place in reader.read(child.index + 1) if place.name or place.definite]
            if found:
                return tuple(found)
    return ()


def _prepositional(sentence: Sentence, verb: Word) -> list[Word]:
    return [
        word
        for child in sentence.of(verb, "prep")
        if child.lower in {"to", "on"}
        for word in sentence.of(child, "pobj")
    ]


BESIDE_FRAMES: dict[str, Frame] = {
    "clashes": _clashes,
    "strikes": _strikes,
    "under-fire": _under_fire,
    "person": _person,
    "departs": _departs,
    "offers": _offers,
    "deals": _deals,
    "casualties": _casualties,
}
"""Frames of everything else."""
