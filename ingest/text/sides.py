"""Who acts and who speaks in a sentence: whom a pronoun, "the group" or "our forces" stand for."""

import re
from dataclasses import replace

from ingest.text.actors import ActorPhrase, is_armed, object_of, phrase
from ingest.text.attribution import Speaker, speakers_of
from ingest.text.found import Found
from ingest.text.gazetteer import Gazetteer
from ingest.text.lexicon import lexicon
from ingest.text.memory import Memory
from ingest.text.merging import Gathered
from ingest.text.syntax import Sentence, Word

_SOURCE = re.compile(r"(?:\w+ )?\b(\w+) (?:sources?|officials?)$")
_SPOKESMEN = frozenset({"spokesman", "spokeswoman", "spokesperson"})


class Sides:
    """The sides of one sentence, and what its report has named before."""

    def __init__(self, sentence: Sentence, gathered: Gathered, memory: Memory, gazetteer: Gazetteer) -> None:
        self._sentence = sentence
        self._gathered = gathered
        self._memory = memory
        self._gazetteer = gazetteer

    def speakers(self, found: Found) -> list[Speaker]:
        """Return who says what a pattern found, each once; a pronoun as the last one who spoke."""
        speakers = []
        for speaker in speakers_of(self._sentence, found.trigger):
            text = speaker.text
            if speaker.head is not None and not text:
                text = self._memory.speaker if speaker.head.lower in {"it", "they", "he", "she"} else ""
                if not text:
                    continue
            speakers.append(replace(speaker, text=text))
        if speakers and speakers[0].text:
            self._memory.speaker = speakers[0].text
        unique: dict[str, Speaker] = {}
        for speaker in speakers:
            unique.setdefault(speaker.text, speaker)
        return list(unique.values())

    def actor(self, actor: ActorPhrase | None, speakers: list[Speaker]) -> str:
        """Return who an actor phrase stands for."""
        if actor is None:
            return ""
        said_by = next((speaker.text for speaker in speakers if speaker.text), "")
        if actor.pronoun or actor.possessive:
            if said_by.lower() in lexicon()["groups"]:
                return self._memory.group_before(self._sentence.words[actor.index].start) or said_by
            owner = self._owner(actor)
            before = owner or self._memory.actor
            if said_by and not any(speaker.verb == "accuse" for speaker in speakers):
                return side_of(self._meant_by(actor, said_by, speakers, before))
            named = self._memory.group_before(self._sentence.words[actor.index].start) if actor.head == "they" else ""
            return before or named or actor.text
        generic = not actor.named and actor.head in lexicon()["groups"]
        if generic and self._is_definite(actor):
            where = self._sentence.words[actor.index].start
            return self._memory.group_before(where) or self._memory.actor or actor.text
        return actor.text

    def _meant_by(self, actor: ActorPhrase, said_by: str, speakers: list[Speaker], before: str) -> str:
        """Return whom a pronoun within what is said stands for: whoever says so, or who was named before."""
        word = self._sentence.words[actor.index].lower
        first_person = word in {"we", "our", "us", "i", "my"} or any(
            child.lower in {"our", "my"} for child in self._sentence.of(self._sentence.words[actor.index], "poss")
        )
        if not before and not first_person:
            return said_by
        if first_person:
            told = set(said_by.lower().split())
            if side := self._spoken_for(speakers[0].head):
                return side
            sided = is_armed(phrase(self._sentence, speakers[0].head)) or self._gazetteer.world.countries_in(said_by)
            return said_by if sided or not before or not told & lexicon()["titles"] else before
        behind = next((speaker.head.index > actor.index for speaker in speakers if speaker.head is not None), False)
        return before if behind else said_by

    def _spoken_for(self, speaker: Word | None) -> str:
        """Return whose spokesman a speaker is said to be behind the name; empty where the sentence does not say."""
        for role in (speaker, *self._sentence.of(speaker, "appos")) if speaker is not None else ():
            side = object_of(self._sentence, role, "for", "of")
            if side is not None and role.lower in _SPOKESMEN:
                return phrase(self._sentence, side).text
        return ""

    def is_rival(self, speakers: list[Speaker]) -> bool:
        """Say whether both sides claim the same."""
        told = {word.lower for word in self._sentence.words}
        return "both" in told and {speaker.verb for speaker in speakers} <= {"claim", "say", "assert", "maintain"}

    def force_before(self, verb: Word) -> str:
        """Return the last armed side that the sentence names before a verb whose subject was not understood."""
        known = lexicon()["forces"] | lexicon()["nonstate"]
        for word in reversed(self._sentence.words[: verb.index]):
            if (
                word.lower in known
                and word.tag.startswith("NN")
                and word.relation in {"nsubj", "ROOT", "compound", "conj"}
            ):
                return phrase(self._sentence, word).text
        return ""

    def _owner(self, actor: ActorPhrase) -> str:
        """Return the subject of the sentence's first clause, if it is not the pronoun itself."""
        for word in self._sentence.words[: actor.index]:
            if word.relation in {"nsubj", "nsubjpass"} and word.index != actor.index:
                found = phrase(self._sentence, word)
                if found.text and found.named and not self._is_only_a_place(found):
                    return found.text
        return ""

    def _is_only_a_place(self, actor: ActorPhrase) -> bool:
        if is_armed(actor) or self._gazetteer.world.is_party(actor.text):
            return False
        here = [draft for draft in self._gathered.drafts if draft.sentence == self._sentence.number]
        return self._gazetteer.knows(actor.text) or any(draft.name and draft.name in actor.text for draft in here)

    def _is_definite(self, actor: ActorPhrase) -> bool:
        head = self._sentence.words[actor.index]
        return any(child.lower in {"the", "this", "that"} for child in self._sentence.of(head, "det"))


def side_of(source: str) -> str:
    """Return the side that an unnamed source speaks for: "security source" for security forces."""
    return _SOURCE.sub(lambda match: "security forces" if match[1].lower() == "security" else match[1], source)
