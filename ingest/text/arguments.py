"""Where a verb's or noun's places stand in a sentence: its object, what follows "control of", what comes "from"."""

from ingest.text.actors import ActorPhrase, object_of, phrase
from ingest.text.lexicon import Pattern, lexicon
from ingest.text.phrases import PlaceReader
from ingest.text.place_phrase import PlacePhrase
from ingest.text.syntax import Sentence, Word

_OVER = frozenset({"of", "over", "in", "on", "at"})
_CONTINUES = frozenset({"continue", "continues", "continued"})
FULLY = frozenset(
    {"full", "fully", "complete", "completely", "total", "totally", "entire", "entirely", "now", "firmly"}
)
"""Words that say that control is whole."""


def matches(sentence: Sentence, word: Word, pattern: Pattern) -> bool:
    """Say whether a word, with the particle after it, is one that the pattern begins with."""
    if pattern.frame in {"noun", "withdrawal", "fight-noun"}:
        return word.lower in pattern.nouns and word.tag.startswith(("NN", "VBG"))
    if not word.is_verb and not _is_hidden_verb(sentence, word):
        return False
    found = particle(sentence, word)
    if found is not None and f"{word.lemma} {found}" in pattern.verbs:
        return True
    # "take" must not see "take off" or "take up".
    return word.lemma in pattern.verbs and not (word.lemma == "take" and found is not None)


def particle(sentence: Sentence, verb: Word) -> str | None:
    """Return the particle of a verb: "over" in "took the town over"."""
    for child in sentence.of(verb, "prt"):
        return child.lower
    after = sentence.at(verb.index + 1)
    if (
        after is not None
        and after.lower in {"over", "back", "up", "off", "out", "down"}
        and after.tag in {"RP", "IN", "RB"}
    ):
        return after.lower
    return None


def _is_hidden_verb(sentence: Sentence, word: Word) -> bool:
    """Say whether a word tagged as a noun is a verb all the same: "captures" before an article, without one itself."""
    if word.tag not in {"NN", "NNS", "NNP", "NNPS", "JJ"} or (
        word.lemma == word.lower and not word.tag.startswith("NN")
    ):
        return False
    before, after = sentence.at(word.index - 1), sentence.at(word.index + 1)
    following = sentence.at(word.index + 1)
    if word.text.islower() and word.tag == "NNS" and following is not None and following.lower in {"from", "into"}:
        return word.lemma in {"withdraw", "retreat", "push", "pull", "break", "advance"} and word.lemma != word.lower
    if (
        word.text.islower()
        and word.tag == "NNS"
        and before is not None
        and before.is_name
        and particle(sentence, word) is not None
    ):
        return True
    if before is None or after is None or before.tag in {"DT", "JJ", "PRP$", "POS", "IN", "CD", "TO"}:
        return False
    return word.text.islower() and (after.tag in {"DT", "NNP"} or after.lower in {"control", "the", "parts", "most"})


def object_start(sentence: Sentence, verb: Word, pattern: Pattern) -> tuple[int, Word | None] | None:
    """Return where a verb's object begins, and its head; for a passive the subject."""
    passive = sentence.of(verb, "nsubjpass")
    if not passive and sentence.of(verb, "auxpass"):
        # "is occupied, before being reclaimed": the passive's subject stands with the verb above.
        above = sentence.head(verb) if sentence.head(verb).is_verb else sentence.head(sentence.head(verb))
        # The model hangs it on the auxiliary now and then: "the town was (completely) overrun".
        passive = [found for auxiliary in sentence.of(verb, "auxpass") for found in sentence.of(auxiliary, "nsubj")]
        passive = passive or sentence.of(above, "nsubjpass", "nsubj")
    if passive:
        return passive[-1].left, passive[-1]
    if verb.tag == "VBN" and verb.relation in {"acl", "amod"}:
        return None
    first = verb.index + 1
    after = sentence.at(first)
    if after is not None and particle(sentence, verb) == after.lower:
        first += 1
        if after.lower == "up" and (to := sentence.at(first)) is not None and to.lower == "to":
            # "Captured up to half of the town".
            first += 1
    while (after := sentence.at(first)) is not None and after.tag in {"``", "''"}:
        first += 1
    for head in sentence.of(verb, "dobj"):
        if head.index > verb.index:
            return max(head.left, first), head
        return None if head.tag.startswith("W") else (head.left, head)
    after = sentence.at(first)
    if after is None or (after.tag in {"IN", "TO", ",", ".", "RB", "CC"} and not after.is_name):
        return None
    if pattern.strong or after.is_name or after.lower in {"the", *lexicon()["partial"]}:
        return first, None
    return None


def objects(sentence: Sentence, verb: Word) -> list[Word]:
    """Return the heads of a verb's objects."""
    return sentence.of(verb, "dobj")


def objects_of(sentence: Sentence, verb: Word, pattern: Pattern, reader: PlaceReader) -> list[PlacePhrase]:
    """Return the places that are all of a verb's object; none where it is something else as well."""
    start = object_start(sentence, verb, pattern)
    if start is None:
        return []
    places = reader.read(start[0])
    return places if covers(places, start[1]) else []


def covers(places: list[PlacePhrase], head: Word | None) -> bool:
    """Say whether the object's head is one of the words that were read as places."""
    if not places:
        return False
    if head is None:
        return True
    return any(place.start <= head.index <= place.end for place in places) or (
        head.lower in lexicon()["partial"] | lexicon()["whole"] | lexicon()["centre"] and head.index < places[0].end
    )


def noun_after(sentence: Sentence, verb: Word, pattern: Pattern, *, reach: int = 6) -> Word | None:
    """Return the pattern's noun that the verb governs: "control" after "took full"."""
    for child in sentence.of(verb, "dobj", "nsubjpass"):
        if child.lower in pattern.nouns:
            return child
    for index in range(verb.index + 1, min(verb.index + reach, len(sentence.words))):
        word = sentence.words[index]
        if word.lower in pattern.nouns and (word.tag.startswith("NN") or word.lower == "control"):
            return word
        if reach <= 6 and (word.text in {",", ";"} or (word.is_verb and word.tag in {"VBD", "VBZ", "VBP"})):
            return None
    return None


def places_after(sentence: Sentence, noun: Word, reader: PlaceReader) -> list[PlacePhrase]:
    """Return the places after "control of"."""
    after = sentence.at(noun.index + 1)
    while after is not None and after.lower in {'"', "”", "''", "both"}:
        after = sentence.at(after.index + 1)
    if after is None or after.lower not in _OVER:
        return []
    return reader.read(after.index + 1)


def is_full(sentence: Sentence, noun: Word) -> bool:
    """Say whether a noun is called full or complete."""
    return any(child.lower in FULLY for child in sentence.children[noun.index])


def goes_on(sentence: Sentence, verb: Word) -> bool:
    """Say whether a verb tells what was so before: "still holds", "continues to hold"."""
    still = any(child.lower == "still" for child in sentence.children[verb.index])
    return still or (verb.relation == "xcomp" and sentence.head(verb).lower in _CONTINUES)


def loser(sentence: Sentence, verb: Word, places: list[PlacePhrase]) -> ActorPhrase | None:
    """Return the side after "from": "retook the town from rebels"."""
    after = sentence.at(places[-1].end + 1)
    if after is not None and after.lower == "from" and (named := sentence.of(after, "pobj")):
        found = phrase(sentence, named[0])
        return found if found.text else None
    head = object_of(sentence, verb, "from")
    return phrase(sentence, head) if head is not None and head.index > verb.index else None


def without_article(text: str) -> str:
    """Return a noun phrase without its article."""
    first, _, rest = text.partition(" ")
    return rest if first.lower() in {"the", "a", "an"} and rest else text
