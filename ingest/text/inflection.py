"""English verb forms: from dictionary forms to what stands in a text, and back."""

import functools
from collections.abc import Iterable

_IRREGULAR = {
    "take": "took taken",
    "lay": "laid",
    "retake": "retook retaken",
    "overtake": "overtook overtaken",
    "overrun": "overran overrun",
    "fall": "fell fallen",
    "win": "won won",
    "leave": "left left",
    "lose": "lost lost",
    "give": "gave given",
    "say": "said said",
    "tell": "told told",
    "write": "wrote written",
    "show": "showed shown",
    "flee": "fled fled",
    "withdraw": "withdrew withdrawn",
    "drive": "drove driven",
    "break": "broke broken",
    "fight": "fought fought",
    "hold": "held held",
    "keep": "kept kept",
    "strike": "struck struck",
    "slay": "slew slain",
    "go": "went gone",
    "make": "made made",
    "get": "got got gotten",
    "be": "was been is are were am 's 're being",
    "have": "had had has 've 'd",
    "do": "did done does",
    "come": "came come",
    "become": "became become",
    "bring": "brought brought",
    "sweep": "swept swept",
    "run": "ran run",
    "quit": "quit quit",
    "cut": "cut cut",
    "see": "saw seen",
    "begin": "began begun",
    "understand": "understood understood",
    "seek": "sought sought",
    "set": "set set",
    "put": "put put",
    "let": "let let",
    "think": "thought thought",
    "mean": "meant meant",
    "wrest": "wrested wrested",
    "thrust": "thrust thrust",
    "burst": "burst burst",
    "swear": "swore sworn",
    "strive": "strove striven strived",
    "forbid": "forbade forbidden",
    "mistake": "mistook mistaken",
}
_DOUBLED = frozenset(
    {
        "admit",
        "expel",
        "repel",
        "compel",
        "rebut",
        "grab",
        "step",
        "nab",
        "stop",
        "plan",
        "bid",
        "get",
        "cut",
        "quit",
        "win",
        "run",
        "set",
        "put",
        "let",
        "begin",
        "overrun",
        "permit",
        "refer",
        "hit",
        "control",
        "transfer",
        "submit",
    }
)


def forms(verb: str) -> frozenset[str]:
    """Return every form of a verb's first word: `capture` gives captures, captured, capturing."""
    stem = verb.split(" ", 1)[0]
    doubled = stem + stem[-1] if stem in _DOUBLED else stem
    if stem.endswith(("s", "x", "z", "ch", "sh")) or stem == "go":
        present = stem + "es"
    elif stem.endswith("y") and stem[-2] not in "aeiou":
        present = stem[:-1] + "ies"
    else:
        present = stem + "s"
    if stem.endswith("e"):
        past, running = stem + "d", stem if stem.endswith("ee") else stem[:-1]
    elif stem.endswith("y") and stem[-2] not in "aeiou":
        past, running = stem[:-1] + "ied", stem
    else:
        past, running = doubled + "ed", doubled
    pasts = _IRREGULAR[stem].split() if stem in _IRREGULAR else [past]
    return frozenset({stem, present, running + "ing", *pasts})


def dictionary_forms(verbs: Iterable[str]) -> dict[str, str]:
    """Return, for each form of the verbs, the dictionary form; `left` is `leave`, as the first verb to have it."""
    return {form: verb.split(" ", 1)[0] for verb in reversed(list(verbs)) for form in forms(verb)}


@functools.cache
def singular(noun: str) -> str:
    """Return a regular plural's singular, anything else as it is."""
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) and len(noun) > 3:
        return noun[:-1]
    return noun
