"""Who says so, and how certain that makes it.

The certainty of a claim, and the credibility that follows from it:

| certainty | when | credibility |
|--|--|--|
| confirmed | the losing side, a neutral state or body, both sides, or the place's governor say so | 2, probably true |
| reported | the report says so itself, or a monitor, residents, a newspaper | 3, possibly true |
| claimed | the gaining side, its ally, or an accuser says so | 4, doubtful |
| hearsay | "reportedly", "reports say", unnamed users of a network | 5, improbable until somebody stands for it |

An event of which a source says that it is not so is disputed, whatever the others say.
"""

import enum
import re
from dataclasses import dataclass

from ingest.text.actors import is_nonstate, phrase, subject_of
from ingest.text.gazetteer import Gazetteer
from ingest.text.inflection import forms
from ingest.text.lexicon import lexicon
from ingest.text.syntax import Sentence, Word
from model.text import fold


class Certainty(enum.StrEnum):
    """How a text vouches for what it says."""

    REPORTED = "reported"
    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


CREDIBILITY = {Certainty.CONFIRMED: 2, Certainty.REPORTED: 3, Certainty.CLAIMED: 4, Certainty.DISPUTED: 4}
"""Admiralty credibility of a claim by its certainty; hearsay is one step below `CLAIMED`."""

HEARSAY = 5

_NETWORK = re.compile(r"\bon (Twitter|Facebook|Telegram|Instagram|TikTok|X|social media)\b", re.IGNORECASE)
_HEARSAY = re.compile(
    r"\b(?:reportedly|allegedly|purported(?:ly)?|reports? (?:say|said|suggest|emerge)|rumou?r\w*|unconfirmed|"
    r"on (?:Twitter|Facebook|Telegram|social media))\b",
    re.IGNORECASE,
)
_GENERIC = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "and",
        "in",
        "for",
        "to",
        "forces",
        "force",
        "troops",
        "army",
        "military",
        "armed",
        "soldiers",
        "fighters",
        "militants",
        "militia",
        "rebel",
        "rebels",
        "insurgents",
        "group",
        "groups",
        "government",
        "front",
        "national",
        "liberation",
        "people",
        "peoples",
        "defence",
        "defense",
        "state",
        "ground",
        "units",
        "ministry",
        "minister",
        "officials",
        "official",
        "spokesperson",
        "spokesman",
        "governor",
        "mayor",
        "president",
        "leader",
        "its",
        "their",
        "his",
        "s",
        "security",
        "police",
        "general",
        "chief",
        "prime",
        "foreign",
        "affairs",
        "interior",
        "says",
        "claims",
    ]
)
_SPOKEN = {form: verb for verb in ("say", "report", "state", "claim", "announce", "confirm") for form in forms(verb)}
_SAID = frozenset({"that", "it", "its", "they", "their"})
_ARTICLE = re.compile(r"^(?:the|a|an) ", re.IGNORECASE)
_PROCLAIMING = frozenset({"claim", "announce", "declare", "assert", "proclaim"})
_LOCAL = frozenset({"governor", "mayor"})
"""Whose office is of the place itself, or of its region."""
_EMPTY = frozenset({"it", "there", "that", "which", "this"})


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who says something, in the text's words."""

    text: str
    verb: str
    """Dictionary form of the verb of saying; `according` for "according to"."""
    denies: bool = False
    head: Word | None = None
    told: str = ""
    """To whom, where the text says so: an agency."""

    @property
    def attribution(self) -> str:
        """As the text gives it: "a security source to AFP"."""
        return f"{self.text} to {self.told}" if self.told and self.text else self.text


def speakers_of(sentence: Sentence, trigger: Word) -> list[Speaker]:
    """Return who says what a word of the sentence says; nobody where the report itself does.

    A speaker that is only a pronoun has an empty text.
    """
    words = lexicon()
    found: list[Speaker] = []
    child = trigger
    for step in sentence.path(trigger):
        if step.index != trigger.index and step.is_verb and _says(step):
            through = child.relation in {"ccomp", "xcomp", "dobj", "pcomp", "prep", "nsubjpass", "acl"} or (
                child.relation in {"parataxis", "advcl", "dep"} and _is_quoted(sentence, step, child)
            )
            if through or (child.relation == "nsubj" and not sentence.of(step, "dobj", "ccomp")):
                found += _subjects(sentence, step, denies=step.lemma in words["deny_verbs"])
        child = step
    if not found and trigger.lemma in _PROCLAIMING:
        found = _subjects(sentence, trigger, denies=False)
    return found or _according_to(sentence, trigger) or _misread(sentence, trigger)


def mentions_hearsay(sentence: Sentence) -> bool:
    """Say whether the sentence itself calls what it says hearsay."""
    return bool(_HEARSAY.search(sentence.text))


def certainty(
    speaker: Speaker | None,
    actor: str,
    against: str,
    place_countries: frozenset[str],
    gazetteer: Gazetteer,
    *,
    leaving: bool,
    control: bool = True,
    here: str = "",
) -> Certainty:
    """Say how certain a speaker's word makes an event.

    Args:
        speaker: who says so; None where the report itself does.
        actor: who gains, or who leaves.
        against: who loses; empty where the text does not say.
        place_countries: ISO codes of the states that the place may be in.
        gazetteer: whose names are whose.
        leaving: the actor is the side that loses the place.
        here: the place's name and region.
        control: the event is about who holds a place; of anything else an authority's word is good enough.
    """
    if speaker is None or not speaker.text:
        return Certainty.REPORTED
    if speaker.denies:
        return Certainty.DISPUTED
    words = lexicon()
    told = set(fold(speaker.text).split())
    official = bool(told & words["officials"])
    if not control:
        return Certainty.CONFIRMED if official and not told & {"source", "sources"} else Certainty.REPORTED
    if official and here and told & set(fold(here).split()):
        # The mayor of the place itself, the governor of its region: of those who lost it, unless they took it.
        local = not same_side(speaker.text, actor, gazetteer) or not gazetteer.world.countries_in(actor)
        if local and not leaving:
            return Certainty.CONFIRMED
    speaking, acting = gazetteer.world.countries_in(speaker.text), gazetteer.world.countries_in(actor)
    if len(speaking) > 1 and speaking & acting:
        # "Ukrainian and Russian sources": both sides.
        return Certainty.CONFIRMED
    if told & words["neutral"] and not (official and not told & {"resident", "residents", "locals", "media"}):
        return Certainty.REPORTED
    same = same_side(speaker.text, actor, gazetteer)
    if same:
        return Certainty.CONFIRMED if leaving else Certainty.CLAIMED
    if told & words["bodies"] and not told & words["neutral"]:
        return Certainty.CONFIRMED
    if speaker.verb in words["confirm_verbs"]:
        return Certainty.CONFIRMED
    if speaker.verb == "accuse":
        return Certainty.CLAIMED
    if leaving:
        own = official and not speaking and speaker.verb == "announce"
        return Certainty.CONFIRMED if own else Certainty.CLAIMED
    if against and same_side(speaker.text, against, gazetteer):
        return Certainty.CONFIRMED
    if told & _LOCAL and not speaking and acting and place_countries and not acting & place_countries:
        return Certainty.CONFIRMED
    if speaking and acting and not speaking & acting:
        return Certainty.CONFIRMED if speaking & place_countries or not place_countries else Certainty.CLAIMED
    if is_nonstate(actor) and not is_nonstate(speaker.text) and (official or speaking):
        return Certainty.CONFIRMED
    if is_nonstate(speaker.text) and actor and not is_nonstate(actor):
        return Certainty.CONFIRMED
    if official or speaking or is_nonstate(speaker.text):
        return Certainty.CLAIMED
    return Certainty.REPORTED if told & words["neutral"] else Certainty.CLAIMED


def same_side(one: str, other: str, gazetteer: Gazetteer) -> bool:
    """Say whether two names of a text are of one side: a state and its people, a group and its spokesman."""
    if not one or not other:
        return False
    if fold(one) == fold(other):
        return True
    mine, theirs = gazetteer.actor(one), gazetteer.actor(other)
    if mine is not None and mine == theirs:
        return True
    first, second = set(fold(one).split()) - _GENERIC, set(fold(other).split()) - _GENERIC
    if first & second:
        return True
    return bool(gazetteer.world.countries_in(one) & gazetteer.world.countries_in(other)) and is_nonstate(
        one
    ) == is_nonstate(other)


def _says(verb: Word) -> bool:
    words = lexicon()
    return verb.lemma in words["report_verbs"] or verb.lemma in words["deny_verbs"]


def _is_quoted(sentence: Sentence, verb: Word, child: Word) -> bool:
    """Say whether a clause beside a verb of saying is what is said: it stands before it, or within quotes."""
    return child.relation != "advcl" and child.index < verb.index and bool(sentence.of(verb, "nsubj"))


def _subjects(sentence: Sentence, verb: Word, *, denies: bool) -> list[Speaker]:
    subject = subject_of(sentence, verb) or _before(sentence, verb)
    if subject is None or (subject.lower in _EMPTY and not sentence.of(verb, "nsubj")):
        return []
    if subject.lower in {"there", "which", "that"} or subject.relation == "expl":
        return []
    if sentence.of(verb, "auxpass") and not any(child.relation == "agent" for child in sentence.children[verb.index]):
        return []
    heads = [subject, *_joined(sentence, subject)]
    told = next(
        (
            found
            for child in sentence.children[verb.index]
            if verb.lemma == "tell" and child.relation in {"dobj", "dative"} and child.is_name
            for found in [child]
        ),
        None,
    )
    found = []
    for head in heads:
        named = phrase(sentence, head, alone=True)
        text = named.spelled
        if text and (network := _NETWORK.search(sentence.text)):
            text = f"{text} on {network[1]}"
        found.append(
            Speaker(
                text, verb.lemma, denies=denies, head=head, told=phrase(sentence, told).text if told is not None else ""
            )
        )
    return found


def _before(sentence: Sentence, verb: Word) -> Word | None:
    """Return the head of what stands between a comma and the verb: "..., the head of the group claims"."""
    words = sentence.words
    comma = next((index for index in range(verb.index - 1, 0, -1) if words[index].text == ","), None)
    if comma is None or verb.index - comma < 2:
        return None
    return next(
        (word for word in words[comma + 1 : verb.index] if word.tag.startswith("NN") and word.left == comma + 1), None
    )


def _misread(sentence: Sentence, trigger: Word) -> list[Speaker]:
    """Return who speaks where "reports" or "states" was taken for a noun: "the ministry states it has captured"."""
    words = sentence.words
    for word in words[1 : trigger.index]:
        after = words[word.index + 1]
        if (
            word.lower in _SPOKEN
            and not word.is_verb
            and after.lower in _SAID
            and words[word.index - 1].tag.startswith("NN")
        ):
            text = _ARTICLE.sub("", sentence.between(0, word.index - 1))
            return [Speaker(text, _SPOKEN[word.lower], head=words[word.index - 1])] if "," not in text else []
    return []


def _joined(sentence: Sentence, head: Word) -> list[Word]:
    found = sentence.of(head, "conj")
    return [*found, *(more for word in found for more in _joined(sentence, word))]


def _according_to(sentence: Sentence, trigger: Word) -> list[Speaker]:
    for word in sentence.words:
        if word.lower != "according" or word.relation not in {"prep", "advcl", "dep"}:
            continue
        to = next((child for child in sentence.children[word.index] if child.lower == "to"), None)
        if to is None:
            continue
        clause = sentence.head(word)
        path = {step.index for step in sentence.path(trigger)}
        if clause.index not in path and not any(step.index == trigger.index for step in sentence.path(clause)):
            continue
        for named in sentence.of(to, "pobj"):
            heads = [named, *_joined(sentence, named)]
            # What follows the speaker's comma is said of the speaker.
            return [Speaker(phrase(sentence, head, alone=True).spelled, "according", head=head) for head in heads]
    return []
