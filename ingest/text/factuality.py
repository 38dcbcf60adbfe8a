"""Whether a sentence reports that something happened, or only mentions, plans, fears or denies it."""

import enum
from dataclasses import dataclass

from ingest.text.lexicon import lexicon
from ingest.text.syntax import Sentence, Word

_BEHIND = frozenset({"after", "since", "following", "despite", "amid"})
_HOPES = frozenset(
    {
        "hope",
        "hopes",
        "plan",
        "plans",
        "risk",
        "threat",
        "threats",
        "fear",
        "fears",
        "chance",
        "prospect",
        "aim",
        "goal",
    }
    | {
        "intention",
        "intentions",
        "possibility",
        "danger",
        "idea",
        "talk",
        "brink",
        "verge",
        "dream",
        "hopeful",
        "capable",
    }
)
"""What stands before "of taking the town" where nobody took it."""

_LAUNCHES = frozenset({"mobilize", "mobilise", "launch", "mount", "advance", "deploy"})
_DROPPED_PREPOSITIONS = frozenset({"without", "about", "for", "against", "instead", "rather", "despite", "from"})
_COMPLEMENTS = frozenset({"ccomp", "xcomp", "acl", "pcomp", "acomp", "oprd", "csubj", "attr", "pobj", "dobj", "prep"})


_ORDERS = frozenset({"order", "instruct", "direct", "command", "tell"})
_OWN = frozenset({"his", "her", "its", "their", "our", "my"})
_NOBODY = frozenset({"nobody", "none", "neither", "nothing"})
_FALSE = frozenset({"false", "untrue", "fake", "baseless", "unfounded", "wrong", "incorrect", "fabricated"})


class Fact(enum.Enum):
    """What a sentence does with what one of its words says."""

    STATED = "stated"
    DENIED = "denied"
    """A source says that it is not so."""
    ATTEMPTED = "attempted"
    """It is being tried."""
    ANNOUNCED = "announced"
    """It will be done, by whoever says so."""
    ORDERED = "ordered"
    """One's own forces are told to do it."""
    BACKGROUND = "background"
    """It is told as known before, beside the news."""
    UNREAL = "unreal"
    """Negated, conditional, planned, feared, possible."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A judgement, and where it came from."""

    fact: Fact
    word: Word
    """The word that decided it: the verb itself where nothing did."""


def judge(sentence: Sentence, trigger: Word, *, noun: bool = False) -> Reading:
    """Say what the sentence does with the event that a verb (or, with `noun`, a noun) names.

    Follows the word's path to the top of the sentence. Something unreal on the way wins over background, background
    over everything else.
    """
    background: Word | None = None
    attempted: Word | None = None
    announced = ordered = denied = False
    previous: Word | None = None
    for step in sentence.path(trigger):
        if previous is None:
            found = _as_noun(sentence, step) if noun else _as_verb(sentence, step)
        else:
            found = _as_ancestor(sentence, step, previous)
        if found is Fact.UNREAL and attempted is None and not (ordered and step.lemma in _ORDERS):
            return Reading(Fact.UNREAL, step)
        if found is Fact.BACKGROUND and background is None:
            background = step
        if found is Fact.ATTEMPTED and attempted is None:
            attempted = step
        announced = announced or found is Fact.ANNOUNCED
        ordered = ordered or found is Fact.ORDERED
        denied = denied or found is Fact.DENIED
        previous = step
    if background is not None:
        return Reading(Fact.BACKGROUND, background)
    if denied:
        return Reading(Fact.DENIED, trigger)
    if attempted is not None:
        return Reading(Fact.ATTEMPTED, attempted)
    if ordered:
        return Reading(Fact.ORDERED, trigger)
    return Reading(Fact.ANNOUNCED if announced else Fact.STATED, trigger)


def _as_verb(sentence: Sentence, verb: Word) -> Fact | None:
    """Judge the verb by what depends on it and by how it hangs on its head."""
    words = lexicon()
    if verb.tag == "VBG" and verb.relation in {"compound", "amod"} and _would_be(sentence, verb):
        return Fact.UNREAL
    lowers = {child.lower for child in sentence.of(verb, "neg", "aux", "advmod", "mark", "preconj", "auxpass")}
    before = [word.lower for word in sentence.words[: verb.index][-2:]]
    if (
        sentence.of(verb, "neg")
        or before == ["all", "but"]
        or "never" in lowers
        or "nearly" in lowers
        or "almost" in lowers
    ):
        return Fact.UNREAL
    if _is_inverted(sentence, verb):
        return Fact.UNREAL
    if any(_is_none(sentence, subject) for subject in sentence.of(verb, "nsubj", "nsubjpass")):
        return Fact.UNREAL
    modals = {child.lower for child in sentence.of(verb, "aux") if child.tag == "MD"}
    if modals & {"will", "'ll"} or "shall" in modals:
        return Fact.ANNOUNCED
    if modals:
        return Fact.UNREAL
    if lowers & words["unreal_marks"]:
        return Fact.UNREAL
    head = sentence.head(verb)
    if verb.relation == "conj" and verb.tag == "VB" and not sentence.of(verb, "aux", "nsubj"):
        return _as_verb(sentence, head) if head.index != verb.index and head.is_verb else None
    if any(child.lower == "to" and child.tag == "TO" for child in sentence.of(verb, "aux")) and "have" not in lowers:
        if head.index == verb.index:
            return None
        return _infinitive(sentence, verb, head)
    return _as_clause(sentence, verb)


def _is_inverted(sentence: Sentence, verb: Word) -> bool:
    """Say whether it is asked or supposed: "had rebels taken the town", "has the town fallen"."""
    subjects = sentence.of(verb, "nsubj", "nsubjpass")
    first = next(iter(sentence.of(verb, "aux", "auxpass")), None)
    asked = verb.relation == "advcl" or sentence.words[-1].text == "?"
    return asked and first is not None and bool(subjects) and first.index < subjects[0].index


def _would_be(sentence: Sentence, verb: Word) -> bool:
    """Say whether "losing the town" is the subject of what would be so, though taken for a part of the name."""
    subject = sentence.head(verb)
    above = sentence.head(subject)
    return subject.relation == "nsubj" and any(child.tag == "MD" for child in sentence.of(above, "aux"))


def _is_none(sentence: Sentence, subject: Word) -> bool:
    """Say whether a subject is nobody: "neither side", "no troops", "none of them"."""
    return subject.lower in _NOBODY or any(
        child.lower in {"no", "neither"} for child in sentence.of(subject, "det", "preconj", "cc")
    )


def _infinitive(sentence: Sentence, verb: Word, head: Word) -> Fact | None:
    """Judge "to capture" by what it hangs on."""
    words = lexicon()
    if verb.relation == "conj":
        return _as_verb(sentence, head) if head.is_verb else None
    if head.lemma in _ORDERS and _own_forces(sentence, head):
        return Fact.ORDERED
    if (
        head.lemma in {"claim", "assert", "say"}
        and not sentence.of(verb, "auxpass")
        and verb.lemma in {"control", "hold", "be", "have"}
    ):
        return None
    if head.lower in words["attempt_nouns"] and any(
        child.lower in {"planned", "possible", "new-planned", "future"} for child in sentence.children[head.index]
    ):
        return Fact.UNREAL
    if (
        any(child.lower in words["attempt_nouns"] for child in sentence.of(head, "dobj", "nsubj"))
        or head.lemma in _LAUNCHES
    ):
        return Fact.ATTEMPTED
    if (
        head.lemma in words["attempt_verbs"]
        or head.lower in words["attempt_nouns"]
        or head.lemma in words["attempt_nouns"]
    ):
        return Fact.ATTEMPTED
    if head.lemma in {"go", "able", "manage", "continue", "begin", "start", "proceed", "help", "succeed"}:
        going = head.lemma == "go" and head.tag == "VBG"
        return Fact.UNREAL if going else None
    if head.lemma in {"force", "compel", "oblige"} or head.lower == "forced":
        return None
    if head.lemma == "have" and verb.relation == "xcomp":
        return None if head.tag == "VBD" else Fact.UNREAL
    if head.lemma in {"be", "report", "say", "believe", "allege", "appear", "seem", "know"} and sentence.of(
        verb, "aux"
    ):
        perfect = any(child.lower in {"have", "be"} for child in sentence.of(verb, "aux", "auxpass"))
        told = head.lemma in {"report", "say"} and verb.lemma == "be"
        return None if perfect or told else Fact.UNREAL
    above = sentence.head(head) if head.relation == "attr" else head
    if above.lemma == "become" and above.tag != "VBG":
        # "Became the first provincial capital to fall" is the news itself.
        return None
    if head.tag in {"NN", "NNP", "CD", "JJ"} and any(
        child.tag == "JJ" and child.lower in {"first", "second", "third", "latest", "last", "fourth", "fifth"}
        for child in sentence.children[head.index]
    ):
        return Fact.BACKGROUND
    return Fact.UNREAL


def _as_clause(sentence: Sentence, verb: Word) -> Fact | None:
    """Judge a clause by its conjunction and its place: relative, adverbial, after a preposition."""
    words = lexicon()
    head = sentence.head(verb)
    if head.index == verb.index:
        return None
    if verb.relation in {"relcl", "acl"} and _is_content(sentence, verb):
        return None
    if verb.relation == "relcl" or _is_during_which(sentence, verb):
        return Fact.BACKGROUND
    if verb.relation == "acl" and verb.tag == "VBN":
        return Fact.BACKGROUND
    if verb.relation == "amod":
        return Fact.BACKGROUND
    if verb.relation == "advcl":
        # A preposition with an object, "after three days", is no conjunction.
        marks = {
            child.lower
            for child in sentence.of(verb, "mark", "advmod", "prep")
            if child.index < verb.index and not sentence.of(child, "pobj")
        }
        if marks & words["unreal_marks"]:
            return Fact.UNREAL
        if marks & words["background_marks"]:
            return Fact.BACKGROUND
        if "before" in marks and verb.tag in {"VBP", "VBZ", "VB"}:
            return Fact.UNREAL
        return None
    if verb.relation == "pcomp":
        if head.lower in {"of", "about", "at", "for"} and sentence.head(head).lower in _HOPES:
            return Fact.UNREAL
        return _after_preposition(head)
    return None


def _is_content(sentence: Sentence, verb: Word) -> bool:
    """Say whether a clause after a noun is what is said, "reports that A has fallen", not said of the noun."""
    return any(child.lower == "that" and child.tag == "IN" for child in sentence.of(verb, "mark"))


def _is_during_which(sentence: Sentence, verb: Word) -> bool:
    """Say whether a clause hangs on "during which", "in which" where the parser takes it for an adverb's."""
    return verb.relation == "advcl" and any(
        held.tag in {"WDT", "WP"} for child in sentence.of(verb, "prep") for held in sentence.of(child, "pobj")
    )


def _own_forces(sentence: Sentence, verb: Word) -> bool:
    """Say whether whom a verb of ordering names are one's own: "ordered his troops to", "were ordered to"."""
    words = lexicon()
    if not any(child.relation == "agent" for child in sentence.children[verb.index]) and any(
        told.lower in words["forces"] for told in sentence.of(verb, "nsubjpass")
    ):
        return True
    ordered = [*sentence.of(verb, "dobj"), *(s for c in sentence.of(verb, "ccomp") for s in sentence.of(c, "nsubj"))]
    return any(
        one.lower in words["forces"] and any(child.lower in _OWN for child in sentence.of(one, "poss"))
        for one in ordered
    )


def _after_preposition(preposition: Word) -> Fact | None:
    lower = preposition.lower
    if lower in {"after", "since", "following", "upon", "on", "until", "for"}:
        return Fact.BACKGROUND
    if lower in _DROPPED_PREPOSITIONS or lower == "to":
        return Fact.UNREAL
    return None


def _as_noun(sentence: Sentence, noun: Word) -> Fact | None:
    """Judge "the fall of X" by what the sentence does with it."""
    words = lexicon()
    head = sentence.head(noun)
    if any(
        child.lower in {"no", "any", "possible", "potential", "imminent", "planned", "eventual"}
        for child in sentence.children[noun.index]
    ):
        return Fact.UNREAL
    if noun.relation in {"nsubj", "nsubjpass"}:
        # "The fall of the town would be a blow."
        return Fact.UNREAL if any(child.tag == "MD" for child in sentence.of(head, "aux")) else None
    if noun.relation == "conj":
        return _as_noun(sentence, head)
    if noun.relation in {"dobj", "attr", "ccomp"} and head.is_verb:
        if head.lemma in words["deny_verbs"]:
            return Fact.DENIED
        if head.lemma in words["report_verbs"] | words["welcome_verbs"] | words["doing_verbs"] | words["seeing_verbs"]:
            return None
        return (
            Fact.BACKGROUND
            if head.lemma not in {"fear", "prevent", "avoid", "plan", "threaten", "demand", "want"}
            else Fact.UNREAL
        )
    if noun.relation == "pobj":
        above = sentence.head(head)
        if head.lower == "in" and above.lower.startswith(("result", "culminat", "ended", "ends")):
            return None
        if head.lower == "to" and above.lower in {"lead", "leads", "leading", "led"}:
            return None
        if head.lower == "with":
            return None
        if head.lower == "of" and above.lemma in {"confirmation", "announcement", "report", "news", "claim"}:
            return _as_noun(sentence, above)
        return Fact.BACKGROUND
    if noun.relation in {"ROOT", "appos"}:
        return None
    return Fact.BACKGROUND


def _as_ancestor(sentence: Sentence, step: Word, child: Word) -> Fact | None:
    """Judge what stands above the event: a verb of saying, of wanting, a conjunction."""
    words = lexicon()
    complement = child.relation in _COMPLEMENTS
    if any(mark.lower in words["unreal_marks"] and mark.index < child.index for mark in sentence.of(step, "mark")):
        return Fact.UNREAL
    if step.lower in _HOPES and child.relation in {"prep", "acl"}:
        return Fact.UNREAL
    if step.relation == "prep" and child.relation in {"pobj", "pcomp"}:
        return Fact.BACKGROUND if step.lower in _BEHIND else None
    if step.is_verb or step.tag.startswith("JJ"):
        if complement and child.relation != "pobj":
            nobody = any(_is_none(sentence, subject) for subject in sentence.of(step, "nsubj"))
            if (sentence.of(step, "neg") or nobody) and child.relation in {"ccomp", "xcomp", "dobj", "acomp"}:
                return Fact.UNREAL
            if step.lemma in words["deny_verbs"]:
                return Fact.DENIED
            if step.lemma in words["unreal_verbs"] and child.relation in {"ccomp", "xcomp", "acl", "prep", "pcomp"}:
                return Fact.UNREAL
            if step.lower in {"close", "poised", "ready", "set", "unable", "able-not", "likely", "determined"}:
                return Fact.UNREAL
        if child.relation == "nsubj" and any(said.lower in _FALSE for said in sentence.of(step, "acomp")):
            return Fact.DENIED
        unsure = step.lemma in words["confirm_verbs"] and bool(sentence.of(step, "neg"))
        if child.relation in {"nsubj", "nsubjpass"} and unsure:
            return Fact.UNREAL
        modal = any(aux.tag == "MD" for aux in sentence.of(step, "aux"))
        if modal and child.relation in {"xcomp", "acomp", "csubj"}:
            return Fact.UNREAL
        return _as_clause_of_ancestor(sentence, step, child)
    return None


def _as_clause_of_ancestor(sentence: Sentence, step: Word, child: Word) -> Fact | None:
    if child.relation == "advcl" and step.relation not in {"relcl", "advcl", "acl"}:
        return None
    if child.relation == "ccomp" and step.relation == "relcl" and step.lemma in lexicon()["report_verbs"]:
        # "..., said the group, which added that" goes on telling.
        return None
    to = any(aux.lower == "to" and aux.tag == "TO" for aux in sentence.of(step, "aux"))
    if to and child.relation in {"xcomp", "ccomp"} and step.lemma in lexicon()["attempt_verbs"]:
        return None
    return _as_clause(sentence, step)
