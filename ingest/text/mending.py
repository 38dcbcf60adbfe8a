"""Repairs of parses: what a small language model takes wrongly in short sentences of the plainest kind.

"The junta besieged Ghazni." at times comes as one noun phrase, as if somebody had besieged a Ghazni of the junta, and
"Bakhmut fell." as an adverb and a verb. What is repaired here is what newspapers never mean otherwise.
"""

from collections.abc import Sequence
from dataclasses import replace

from ingest.text.lexicon import lexicon
from ingest.text.syntax import Word

_NOUNS = ("NN", "NNS", "NNP", "NNPS")
_BESIDE = {"det", "compound", "amod", "nmod", "poss", "nummod", "punct"}
"""How the words of a noun phrase hang on its noun, or on what the model took for it."""
_TAKEN = {"control", "siege"}
"""Nouns without a name that such a verb takes: "wrested control of", "laid siege to"."""


def mend(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words of a sentence, those that the model took wrongly as they are meant."""
    mended = list(words)
    for word in words:
        if word.relation in {"amod", "compound"} and word.tag in {"VBD", "VBN", "JJ"}:
            _give_verb_its_clause(mended, word.index)
    if mended:
        _give_first_name_its_verb(mended)
    return tuple(mended) if mended == list(words) else _with_edges(mended)


def _give_verb_its_clause(words: list[Word], index: int) -> None:
    """Make "the junta besieged Ghazni" a clause where it was taken for a noun phrase."""
    verb = words[index]
    taken = words[verb.head]
    if taken.index < index or not index or verb.lemma not in lexicon().by_word or verb.lemma == verb.lower:
        return
    if not (taken.is_name or taken.lower in _TAKEN):
        return
    if any(word.tag not in (*_NOUNS, "DT", "JJ") for word in words[index + 1 : taken.index + 1]):
        return
    before, top = words[index - 1], words[taken.head]
    if before.tag == "CC" and taken.relation == "conj" and top.is_verb and before.head == top.index:
        begin, above, relation = index, top.index, "conj"  # "stormed and captured Tikrit" has the first verb's subject
    elif before.tag not in _NOUNS:
        return
    elif taken.relation == "appos" and top.index == before.index:
        begin, above, relation = index, before.head, before.relation
    elif before.head in {index, taken.index} and _may_be_clause(words, taken, top):
        begin, above, relation = _begin_of_phrase(words, index, taken.index), top.index, "ccomp"
    else:
        return
    if above in {before.index, taken.index}:
        above, relation = index, "ROOT"
    if before.tag != "CC":
        for word in words[begin : before.index]:
            if word.head in {index, taken.index}:
                words[word.index] = replace(word, head=before.index)
        words[before.index] = replace(before, head=index, relation="nsubj")
    for word in (*words[:begin], *words[taken.index + 1 :]):
        if word.head in {taken.index, above if relation == "ROOT" else index} and not _is_part(word):
            words[word.index] = replace(word, head=index)
    words[index] = replace(verb, tag="VBD", relation=relation, head=above)
    words[taken.index] = replace(taken, head=index, relation="dobj")


_OF_OTHERS = {"nsubj", "nsubjpass", "pobj", "compound", "poss", "appos", "dobj"}
"""What the last word of a noun phrase is to others where the phrase may well be meant as one."""


def _may_be_clause(words: Sequence[Word], taken: Word, top: Word) -> bool:
    """Say whether what was taken for a noun phrase hangs as a clause may: at the top, or on a verb of saying."""
    if taken.relation not in _OF_OTHERS:
        return True
    if top.lemma not in lexicon()["report_verbs"]:
        return False
    if taken.relation == "nsubj":
        return any(word.head == top.index and word.relation == "nsubj" for word in words[taken.index + 1 : top.index])
    return taken.relation == "dobj" and top.index < taken.index


def _is_part(word: Word) -> bool:
    return word.relation in {"conj", "cc", "appos", "compound", "case"} or word.lower in {"of", "to"}


def _begin_of_phrase(words: Sequence[Word], verb: int, taken: int) -> int:
    """Return the index of the first word of the subject that stands before the verb."""
    begin = verb - 1
    while begin and words[begin - 1].relation in _BESIDE and begin - 1 < words[begin - 1].head <= taken:
        begin -= 1
    return begin


def _give_first_name_its_verb(words: list[Word]) -> None:
    """Make a name of the adverb for which a strange name at the beginning was taken: the subject, as in "X fell"."""
    first = words[0]
    if first.tag != "RB" or not first.text[:1].isupper():
        return
    if first.relation in {"nsubj", "nsubjpass"}:
        words[0] = replace(first, tag="NNP")
        return
    verb = words[first.head]
    subjects = [word for word in words if word.head == verb.index and word.relation in {"nsubj", "nsubjpass", "expl"}]
    if first.relation == "advmod" and verb.index == 1 and verb.tag in {"VBD", "VBZ"} and not subjects:
        words[0] = replace(first, tag="NNP", relation="nsubj")


def _with_edges(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words with the bounds of their phrases found anew."""
    left = [word.index for word in words]
    right = list(left)
    for word in words:
        above, seen = word, {word.index}
        while above.head not in seen:
            above = words[above.head]
            seen.add(above.index)
            left[above.index] = min(left[above.index], word.index)
            right[above.index] = max(right[above.index], word.index)
    return tuple(replace(word, left=left[word.index], right=right[word.index]) for word in words)
