"""A pattern found in a sentence: what is said to have happened, where, and by whom."""

from collections.abc import Callable
from dataclasses import dataclass

from ingest.text.actors import ActorPhrase
from ingest.text.lexicon import Pattern
from ingest.text.phrases import PlaceReader
from ingest.text.place_phrase import PlacePhrase
from ingest.text.syntax import Sentence, Word


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern found in a sentence."""

    pattern: Pattern
    kind: str
    trigger: Word
    places: tuple[PlacePhrase, ...]
    actor: ActorPhrase | None = None
    against: ActorPhrase | None = None
    noun: bool = False
    """The trigger is a noun: "the fall of"."""


Frame = Callable[[Sentence, Word, Pattern, PlaceReader], Found | None]
