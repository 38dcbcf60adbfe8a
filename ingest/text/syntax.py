"""A parsed sentence as plain records: what a language model says about each word, and nothing of the model itself.

The rules of reading see only these, so that they can be tested without a model and run with another one.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """One word or sign of a sentence."""

    index: int
    """Its place in the sentence, from 0."""
    text: str
    lower: str
    lemma: str
    """Dictionary form where the rules know the word, else `lower`."""
    tag: str
    """Penn Treebank part of speech: `VBD`, `NNP`."""
    relation: str
    """ClearNLP dependency to the head: `nsubj`, `dobj`, `prep`; `ROOT` at the top."""
    head: int
    """Index of the word that it depends on; its own at the top."""
    left: int
    """Index of the first word of its phrase."""
    right: int
    """Index of the last word of its phrase."""
    start: int
    """Characters before it in the report's text."""
    end: int

    @property
    def is_verb(self) -> bool:
        """Whether it is tagged as a verb, other than a modal."""
        return self.tag.startswith("VB")

    @property
    def is_name(self) -> bool:
        """Whether it looks like a part of a proper name: capitalised and not merely a function word."""
        # An unknown name in the middle of a sentence is at times taken for an adverb.
        return self.text[:1].isupper() and self.tag not in _FUNCTION_TAGS and (self.tag != "RB" or self.index > 0)


_FUNCTION_TAGS = frozenset({"DT", "IN", "PRP", "PRP$", "CC", "MD", "WDT", "WP", "WRB", "TO", "EX"})


@dataclass(frozen=True)
class Sentence:
    """A sentence of a report."""

    words: tuple[Word, ...]
    text: str
    start: int
    """Characters before it in the report's text."""
    number: int
    """Its place in the report, from 0."""

    @functools.cached_property
    def children(self) -> tuple[tuple[Word, ...], ...]:
        """For each word, the words that depend on it, in order."""
        found: list[list[Word]] = [[] for _ in self.words]
        for word in self.words:
            if word.head != word.index:
                found[word.head].append(word)
        return tuple(map(tuple, found))

    def of(self, word: Word, *relations: str) -> list[Word]:
        """Return what depends on the word by one of the relations."""
        return [child for child in self.children[word.index] if child.relation in relations]

    def head(self, word: Word) -> Word:
        """Return the word that this one depends on; itself at the top."""
        return self.words[word.head]

    def path(self, word: Word) -> Iterator[Word]:
        """Return the word, its head, that one's head, and so on to the top."""
        seen = set()
        while word.index not in seen:
            seen.add(word.index)
            yield word
            word = self.words[word.head]

    def at(self, index: int) -> Word | None:
        """Return the word at an index; None outside the sentence."""
        return self.words[index] if 0 <= index < len(self.words) else None

    def between(self, first: int, last: int) -> str:
        """Return the text from one word to another, both included, as it is written."""
        if last < first:
            return ""
        begin, end = self.words[first].start - self.start, self.words[last].end - self.start
        return " ".join(self.text[begin:end].split())
