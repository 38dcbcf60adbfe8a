"""The data of the rules, loaded once: words by class (`words.toml`) and patterns by name (`patterns.toml`)."""

import functools
import tomllib
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib import resources

from ingest.text.inflection import dictionary_forms, forms


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way in which English says that something happened."""

    rule: str
    """Its name, carried by every proposal that it makes."""
    kind: str
    """A code of `model/kinds.py`."""
    frame: str
    """How its words and the place stand to each other; `frames.py` has one function for each."""
    verbs: frozenset[str]
    nouns: frozenset[str]
    strong: bool
    """The object is a place even where nothing else says so."""
    needs: frozenset[str]
    """Words one of which must stand in the sentence, or `NUMBER`; empty: none."""


@dataclass(frozen=True)
class Lexicon:
    """Everything that the rules know of English."""

    classes: dict[str, frozenset[str]]
    patterns: tuple[Pattern, ...]
    lemmas: dict[str, str]
    """Verb form -> dictionary form."""
    by_word: dict[str, tuple[Pattern, ...]]
    """Verb's dictionary form or noun -> the patterns that begin with it, in the order of the table."""
    triggers: dict[str, tuple[tuple[frozenset[str], ...], ...]]
    """Lower-case word without one of which no pattern can match -> what else must stand in the sentence: by one of
    the ways, a word of each of its sets."""

    def may_match(self, words: AbstractSet[str]) -> bool:
        """Say whether some pattern can match a sentence of these lower-case words; `NUMBER` is one where it has any."""
        return any(
            all(needed & words for needed in way)
            for word in words & self.triggers.keys()
            for way in self.triggers[word]
        )

    def __getitem__(self, name: str) -> frozenset[str]:
        """Return the words of a class."""
        return self.classes[name]


@functools.cache
def lexicon() -> Lexicon:
    """Return the data that ship."""
    folder = resources.files("ingest.text")
    classes = {
        name: frozenset(text.split())
        for name, text in tomllib.loads((folder / "words.toml").read_text("utf-8")).items()
    }
    patterns = tuple(
        Pattern(
            row["rule"],
            row["kind"],
            row["frame"],
            frozenset(row.get("verbs", ())),
            frozenset(row.get("nouns", ())),
            row.get("strong", False),
            frozenset(row.get("needs", row.get("nouns", ()) if row["frame"] in _NEED_NOUN else ())),
        )
        for row in tomllib.loads((folder / "patterns.toml").read_text("utf-8"))["pattern"]
    )
    spoken = [verb for name in classes if name.endswith("_verbs") for verb in sorted(classes[name])]
    acted = sorted({verb.split(" ", 1)[0] for pattern in patterns for verb in pattern.verbs})
    by_word: dict[str, list[Pattern]] = {}
    ways: dict[str, set[tuple[frozenset[str], ...]]] = {}
    for pattern in patterns:
        nouns = pattern.nouns if pattern.frame in _BEGIN_WITH_NOUN else frozenset()
        for word in {verb.split(" ", 1)[0] for verb in pattern.verbs} | nouns:
            by_word.setdefault(word, []).append(pattern)
        needed = (pattern.needs,) if pattern.needs else ()
        for verb in pattern.verbs:
            particle = verb.partition(" ")[2]
            way = (*needed, frozenset({particle})) if particle else needed
            for form in forms(verb):
                ways.setdefault(form, set()).add(way)
        for noun in nouns:
            ways.setdefault(noun, set()).add(needed)
    # A denial or an admission may be about the sentence before, and needs no place.
    said = frozenset(form for verb in classes["report_verbs"] for form in forms(verb))
    for answers, to in ((classes["deny_verbs"], classes["claims"]), (classes["leave_verbs"], said)):
        for form in {form for verb in answers for form in forms(verb)}:
            ways.setdefault(form, set()).add((to,))
    return Lexicon(
        classes,
        patterns,
        dictionary_forms([*acted, *spoken, "be", "have", "do", "become"]),
        {word: tuple(found) for word, found in by_word.items()},
        {word: tuple(found) for word, found in ways.items()},
    )


NUMBER = "#"
"""Stands for whatever number a sentence has."""

_BEGIN_WITH_NOUN = frozenset({"noun", "withdrawal", "fight-noun", "clashes", "strikes"})
_NEED_NOUN = frozenset({"control", "state", "contests", "positions", "deals", "siege", "left", "under-fire"})
