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


@dataclass(frozen=True)
class Lexicon:
    """Everything that the rules know of English."""

    classes: dict[str, frozenset[str]]
    patterns: tuple[Pattern, ...]
    lemmas: dict[str, str]
    """Verb form -> dictionary form."""
    triggers: frozenset[str]
    """Lower-case words without one of which no pattern can match a sentence."""
    trigger_lemmas: frozenset[str]
    """Dictionary forms of the verbs that patterns begin with."""

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
        )
        for row in tomllib.loads((folder / "patterns.toml").read_text("utf-8"))["pattern"]
    )
    spoken = [verb for name in classes if name.endswith("_verbs") for verb in sorted(classes[name])]
    acted = sorted({verb.split(" ", 1)[0] for pattern in patterns for verb in pattern.verbs})
    triggers = {form for pattern in patterns for verb in pattern.verbs for form in forms(verb)}
    triggers |= {noun for pattern in patterns if pattern.frame in _NOUN_FRAMES for noun in pattern.nouns}
    return Lexicon(
        classes,
        patterns,
        dictionary_forms([*acted, *spoken, "be", "have", "do"]),
        frozenset(triggers),
        frozenset(acted),
    )


_NOUN_FRAMES = frozenset({"noun", "withdrawal", "control", "contests", "clashes", "strikes"})
