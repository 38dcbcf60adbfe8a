"""The data of the rules, loaded once: words by class (`words.toml`) and patterns by name (`patterns.toml`)."""

import functools
import tomllib
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
    """Words one of which must stand in the sentence; empty: none."""


@dataclass(frozen=True)
class Lexicon:
    """Everything that the rules know of English."""

    classes: dict[str, frozenset[str]]
    patterns: tuple[Pattern, ...]
    lemmas: dict[str, str]
    """Verb form -> dictionary form."""
    by_word: dict[str, tuple[Pattern, ...]]
    """Verb's dictionary form or noun -> the patterns that begin with it, in the order of the table."""
    triggers: dict[str, tuple[frozenset[str], ...]]
    """Lower-case word without one of which no pattern can match -> which others must stand in the sentence: one of
    each set; an empty set asks for nothing."""

    def may_match(self, words: frozenset[str]) -> bool:
        """Say whether some pattern can match a sentence of these lower-case words."""
        return any(
            not needed or needed & words for word in words if word in self.triggers for needed in self.triggers[word]
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
    needs: dict[str, set[frozenset[str]]] = {}
    for pattern in patterns:
        nouns = pattern.nouns if pattern.frame in _BEGIN_WITH_NOUN else frozenset()
        for word in {verb.split(" ", 1)[0] for verb in pattern.verbs} | nouns:
            by_word.setdefault(word, []).append(pattern)
        for form in {form for verb in pattern.verbs for form in forms(verb)} | nouns:
            needs.setdefault(form, set()).add(pattern.needs)
    # A denial or an admission is about the sentence before, and needs no place.
    for verb in classes["deny_verbs"] | {"retreat", "withdraw", "relocate"}:
        for form in forms(verb):
            needs.setdefault(form, set()).add(frozenset())
    return Lexicon(
        classes,
        patterns,
        dictionary_forms([*acted, *spoken, "be", "have", "do", "relocate"]),
        {word: tuple(found) for word, found in by_word.items()},
        {word: tuple(found) for word, found in needs.items()},
    )


_BEGIN_WITH_NOUN = frozenset({"noun", "withdrawal", "fight-noun", "clashes", "strikes"})
_NEED_NOUN = frozenset({"control", "state", "contests", "positions", "deals", "siege", "left", "under-fire"})
