"""Who acts: the subject of a verb, wherever the sentence has it, as a name without its ornaments."""

import re
from dataclasses import dataclass
from typing import overload

from ingest.text.lexicon import lexicon
from ingest.text.syntax import Sentence, Word

_PRONOUNS = frozenset({"it", "they", "he", "she", "we", "i", "them", "him", "her", "us", "themselves", "itself"})
_POSSESSIVES = frozenset({"its", "their", "his", "her", "our", "my"})
_RELATIVES = frozenset({"which", "who", "that", "whom"})
_SKIPPED = frozenset(
    {
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "those",
        "both",
        "all",
        "some",
        "several",
        "many",
        "later",
        "meanwhile",
        "however",
        "also",
        "more",
        "than",
        "over",
        "up",
        "hundreds",
        "thousands",
        "dozens",
        "of",
        '"',
        "“",
        "”",
        "``",
        "''",
        "suspected",
        "around",
        "about",
        "nearly",
        "at",
        "least",
    }
)
_OWNER = re.compile(r"(?<!eople)['’]s(?= )")
_CLAUSES = frozenset({"WDT", "WP", "WRB", "VBD", "VBZ", "VBP", "MD", "VBG", "VBN", "TO"})
_BREAKS = frozenset({",", ";", ":", "(", "-LRB-", "—", "–", "-"})
_MAX_WORDS = 14


@dataclass(frozen=True, slots=True)
class ActorPhrase:
    """Somebody as a text names them."""

    text: str
    """`Taliban insurgents`; empty where only a pronoun stands there and nobody was found for it."""
    head: str
    """The head noun, lower case."""
    index: int
    """Index of the head."""
    pronoun: bool = False
    possessive: bool = False
    """ "Its forces": the owner is meant, and `text` is what it owns."""
    named: bool = False
    """A proper name is in it."""
    spelled: str = ""
    """`text` as it is written, the possessive endings in it kept."""


def subject_of(sentence: Sentence, verb: Word) -> Word | None:
    """Return the head of a verb's logical subject in the sentence, for a passive the agent; None where it has none."""
    found = _subject(sentence, verb)
    # "Seizing the town cuts the road": what a verb is a part of, is not who does it.
    return None if found is not None and found.left <= verb.index <= found.index else found


def _subject(sentence: Sentence, verb: Word) -> Word | None:
    if not verb.is_verb:
        if subjects := sentence.of(verb, "nsubj"):
            return subjects[-1]
        before = sentence.at(verb.index - 1)
        return before if before is not None and before.tag.startswith(("NN", "JJ")) else None
    passive = bool(sentence.of(verb, "auxpass", "nsubjpass")) or (verb.tag == "VBN" and verb.relation == "acl")
    if passive:
        return agent_of(sentence, verb)
    if verb.relation in {"csubj", "nsubj", "amod"}:
        return None
    words = lexicon()
    current, seen = verb, set()
    while current.index not in seen:
        seen.add(current.index)
        subjects = sentence.of(current, "nsubj", "csubj")
        if not subjects:
            subjects = [word for aux in sentence.of(current, "aux") for word in sentence.of(aux, "nsubj")]
        if current.index != verb.index and not subjects:
            subjects = sentence.of(current, "nsubjpass")
        if subjects:
            found = subjects[-1]
            if found.lower in _RELATIVES:
                return sentence.head(current)
            return found
        before = sentence.at(current.index - 1)
        if current is verb and before is not None and before.head == verb.index and before.relation in {"amod", "nmod"}:
            # "The military recaptures": its words hang on the verb as if that were a noun.
            return before
        head = sentence.head(current)
        if head.index == current.index:
            return None
        if current.relation == "conj" and head.relation in {"nsubj", "ROOT"} and head.tag.startswith("NN"):
            # "Fighters storm and capture": the first verb was taken for a noun.
            return head
        if current.relation in {"ccomp", "dep"} and current.tag != "VBG" and head.lemma in words["report_verbs"]:
            # What is said has a subject of its own, wherever the parser has put it: never whoever says so.
            return None
        if (
            current.relation == "xcomp"
            and (objects := sentence.of(head, "dobj"))
            and head.lemma in {"force", "help", "allow", "accuse", "make", "let", "enable", "see", "order"}
        ):
            return objects[0]
        if current.relation == "pcomp" and not head.is_verb:
            head = sentence.head(head)
            if head.lemma == "accuse" and (objects := sentence.of(head, "dobj")):
                return objects[0]
        if not head.is_verb and current.relation in {"acl", "relcl"}:
            if (
                any(child.lower == "to" for child in sentence.of(current, "aux"))
                and head.lower in words["attempt_nouns"]
            ):
                if (owner := _owner_of(sentence, head)) is not None:
                    return owner
            elif current.tag == "VBN" or current.relation == "relcl":
                return head if current.relation == "relcl" else agent_of(sentence, current)
            elif head.relation in {"nsubj", "nsubjpass"} or head.lower in words["forces"]:
                return head
        current = head if sentence.of(head, "nsubj", "nsubjpass") else _verb_above(sentence, head)
    return None


def _owner_of(sentence: Sentence, noun: Word) -> Word | None:
    """Return whose attempt a noun is: "the army's attempt", "an attempt by the army", "Russian attempts"."""
    by = [word for child in sentence.of(noun, "prep") if child.lower == "by" for word in sentence.of(child, "pobj")]
    named = [child for child in sentence.of(noun, "amod", "compound") if child.is_name]
    return next(iter([*sentence.of(noun, "poss"), *by, *named]), None)


def agent_of(sentence: Sentence, verb: Word) -> Word | None:
    """Return the head of "by X"."""
    for child in sentence.children[verb.index]:
        if child.relation == "agent" or (child.relation == "prep" and child.lower == "by"):
            for found in sentence.of(child, "pobj"):
                return found
    return None


def object_of(sentence: Sentence, word: Word, *prepositions: str) -> Word | None:
    """Return the head of what follows one of the prepositions after the word."""
    for child in sentence.children[word.index]:
        if child.relation in {"prep", "dative", "agent", "prt"} and child.lower in prepositions:
            for found in sentence.of(child, "pobj"):
                return found
    return None


@overload
def phrase(sentence: Sentence, head: Word, *, alone: bool = False) -> ActorPhrase: ...
@overload
def phrase(sentence: Sentence, head: Word | None, *, alone: bool = False) -> ActorPhrase | None: ...
def phrase(sentence: Sentence, head: Word | None, *, alone: bool = False) -> ActorPhrase | None:
    """Return the noun phrase of a head as a name: articles, numbers and relative clauses dropped.

    Args:
        sentence: where it stands.
        head: its head noun; None has none.
        alone: without what "and" joins to it.
    """
    if head is None:
        return None
    words = sentence.words
    if head.lower in _PRONOUNS:
        return ActorPhrase("", head.lower, head.index, pronoun=True)
    first, last = head.left, head.index
    if head.relation in {"amod", "compound", "nmod"} and head.head == head.index + 1:
        # The verb behind it was taken for a noun: "the military withdraws".
        first = words[head.head].left
    for index in range(head.left, head.index):
        # What stands before a comma or a clause inside the phrase is no part of the name.
        if (
            words[index].text in {",", ";", ":"}
            and words[index].relation == "punct"
            and words[index].head != head.index
        ):
            first = index + 1
    for index in range(head.index + 1, min(head.right + 1, head.index + _MAX_WORDS)):
        word = words[index]
        hyphened = words[index - 1].end == word.start and "-" in {word.text, words[index - 1].text}
        if (word.tag in _CLAUSES or word.text in _BREAKS) and not hyphened:
            break
        if word.relation == "prep" and not hyphened and word.lower not in {"of", "to", "and", "for", "from"}:
            break
        if alone and word.relation == "cc" and word.head == head.index:
            break
        if (
            word.relation in {"advcl", "relcl", "acl", "punct"}
            and not hyphened
            and word.text not in {"'s", '"', "“", "”"}
        ):
            break
        last = index
    possessive = False
    while first <= last and (
        words[first].lower in _SKIPPED
        or words[first].lower in _POSSESSIVES
        or words[first].tag in {"CD", "RB", "IN", "PDT"}
    ):
        possessive = possessive or words[first].lower in _POSSESSIVES
        first += 1
    while last > first and words[last].lower in {'"', "”", "''", "'", "and", "'s", "’s", "of", "to", "for"}:
        last -= 1
    text = sentence.between(first, last).strip("\"'“”‘’ ")
    named = any(word.is_name for word in words[first : last + 1])
    spelled, text = text, _OWNER.sub("", text)
    return ActorPhrase(text, head.lower, head.index, possessive=possessive, named=named, spelled=spelled)


def is_armed(actor: ActorPhrase | None) -> bool:
    """Say whether an actor's words are those of a force."""
    if actor is None or not actor.text:
        return False
    return is_nonstate(actor.text) or not lexicon()["forces"].isdisjoint(actor.text.lower().replace("-", " ").split())


def is_nonstate(text: str) -> bool:
    """Say whether a name is that of an armed group, not of a state's force."""
    words = set(text.lower().replace("-", " ").split())
    return (
        bool(words & lexicon()["nonstate"])
        or "islamic state" in text.lower()
        or ("armed" in words and bool(words & {"group", "groups", "men"}))
    )


def _verb_above(sentence: Sentence, word: Word) -> Word:
    for step in sentence.path(word):
        if step.is_verb:
            return step
    return word
