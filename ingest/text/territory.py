"""Whether what a pattern takes for a place is one that somebody can hold, and what "the city" stands for."""

import itertools
from dataclasses import replace

from ingest.text.actors import is_armed, is_nonstate
from ingest.text.found import Found
from ingest.text.frames import CONTROL_FRAMES
from ingest.text.gazetteer import Gazetteer
from ingest.text.inflection import singular
from ingest.text.language import LanguageModel
from ingest.text.lexicon import lexicon
from ingest.text.memory import Memory
from ingest.text.phrases import PlaceReader
from ingest.text.place_phrase import PlacePhrase
from ingest.text.syntax import Sentence
from model.text import fold

MOVES = frozenset({"entered", "withdrawal"})
"""Kinds of coming and going, which need a place below a state."""

_ABOUT_PLACES = frozenset({"falls", "loses", "state", "gives"})
"""Frames that are hardly used of anything but places where one is known by that name."""

_TAKES = frozenset({"object", "control"})
"""Frames that are used of votes and seats as well."""

_PARTS = frozenset({"district", "districts", "neighbourhood", "neighborhood", "suburb", "quarter", "area", "areas"})
_NOT_PLACES = frozenset({"PERSON", "ORG", "NORP", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "MONEY", "PERCENT", "DATE"})


_POLITICIANS = frozenset({"candidate", "candidates", "party", "parties", "coalition", "lawmakers"})

_ARMS = lexicon()["forces"] - {"group", "groups", "police", "government", "security", "alliance"}
"""Words of war that a report about trade does not have."""


class Territory:
    """Judges the places of one sentence."""

    def __init__(
        self,
        sentence: Sentence,
        reader: PlaceReader,
        memory: Memory,
        gazetteer: Gazetteer,
        language_model: LanguageModel,
    ) -> None:
        self._sentence = sentence
        self._reader = reader
        self._memory = memory
        self._gazetteer = gazetteer
        self._model = language_model
        self._labels: list[tuple[int, int, str]] | None = None

    def all_placed(self, found: Found) -> list[PlacePhrase]:
        """Return the places of a pattern with their names; in a list where one bare name is a place's, all are."""
        judged = [(place, self.placed(place, found)) for place in found.places]
        sure = any(placed is not None and _is_bare(place) for place, placed in judged)
        listed = [
            placed or (place if sure and _is_bare(place) and not self._gazetteer.world.is_country(place.name) else None)
            for place, placed in judged
        ]
        return [place for place in listed if place is not None]

    def placed(self, place: PlacePhrase, found: Found) -> PlacePhrase | None:
        """Return the place with its name, found elsewhere if need be; None where it is none, or nobody's to hold."""
        words = lexicon()
        control = found.pattern.frame in CONTROL_FRAMES
        if found.kind in {"route-cut", "route-reopened"}:
            return place
        if control and self._is_nobodys(place, found):
            return None
        people = set(found.actor.text.lower().split()) & words["civilians"] if found.actor is not None else set()
        if control and people and not (place.unit in words["areas"] or self._gazetteer.knows(place.name)):
            return None
        beyond = self._sentence.words[place.end + 1 : place.end + 7]
        if people and any(word.lower in words["buildings"] for word in beyond):
            return None
        if place.site and place.unit in words["buildings"] and not self._may_hold_building(found):
            return None
        if (
            place.vague
            and found.kind == "withdrawal"
            and place.site
            and place.region
            and self._gazetteer.knows(place.region)
        ):
            return PlacePhrase(place.region, "", "", "", place.start, place.end, partial=True, known=True)
        if place.unit == "capital" and not place.name and (seat := self._capital(place)):
            return replace(place, name=seat, region="", vague=False, known=True)
        if place.vague and place.unit in _PARTS and place.region and self._reader.is_town(place.region):
            return replace(place, name=place.region, region="", vague=False, partial=True, known=True)
        if place.vague and not (place.site and place.region and not place.unit.endswith("s") and self._is_in(place)):
            return None
        if place.site and (place.definite or place.vague) and not place.region and not _has_name(place):
            town = self._memory.place_before(self._sentence, place.start, "city", self._reader)
            if not town or not place.definite:
                return None
            return replace(place, region=town)
        if not place.name:
            if not place.definite:
                return None
            name = self._memory.place_before(self._sentence, place.start, place.unit, self._reader)
            return replace(place, name=name, known=True) if name else None
        if self._gazetteer.world.is_country(place.name) and not place.site:
            whole = self._is_state(place.name) and found.kind not in MOVES and control and found.kind != "siege"
            return place if whole and not place.partial else None
        if not control:
            if is_nonstate(place.name) and not place.site and self._gazetteer.place(place.name) is None:
                return None
            known = place.known or self._gazetteer.knows(place.name)
            return place if known or self._labels_of(place) & {"GPE", "LOC", "FAC"} else None
        if place.unit or place.site:
            return place
        return place if self._is_place(place, found) else None

    def _is_nobodys(self, place: PlacePhrase, found: Found) -> bool:
        """Say whether what is named is a side itself, or whoever takes it is nothing that can hold a place."""
        words = lexicon()
        gazetteer = self._gazetteer
        named = gazetteer.place(place.name) is not None or any(map(gazetteer.world.is_region, place.name.split()))
        if not (place.site or named) and is_nonstate(place.name):
            return True
        told = {word.lower for word in self._sentence.words}
        if place.site and found.pattern.frame in _TAKES and told & words["trade"] and not told & _ARMS:
            return True
        voted = bool(told & words["elections"])
        sides = (found.actor, found.against)
        if voted and any(side is not None and set(side.text.lower().split()) & _POLITICIANS for side in sides):
            return True
        if found.actor is None or is_armed(found.actor):
            return False
        return found.actor.head in words["powerless"] or (voted and found.pattern.frame in _TAKES)

    def _is_place(self, place: PlacePhrase, found: Found) -> bool:
        """Say whether a bare proper name is that of a place."""
        if self._gazetteer.place(place.name) is not None:
            return True
        if place.name.lower() in lexicon()["goods"]:
            return False
        if place.known:
            if self._is_titled(place):
                return found.pattern.strong
            if self._by_force(found):
                return True
            if found.kind in MOVES:
                return False
            if found.actor is None and self._speaks_of_war():
                return True
            sure = found.pattern.strong or bool(place.region) or found.noun or found.pattern.frame in _ABOUT_PLACES
            return sure or not self._labels_of(place) & {"PERSON", "NORP", "PRODUCT"}
        if found.kind in MOVES and not self._may_move(found):
            return False
        after = self._sentence.words[place.end + 1 : place.end + 2]
        if after and after[0].lower in {"hostage", "captive", "prisoner"}:
            return False
        if set(place.name.lower().split()) & (lexicon()["forces"] | lexicon()["goods"] | lexicon()["officials"]):
            return False
        if found.pattern.strong and self._by_force(found) and not self._is_titled(place):
            return True
        labels = self._labels_of(place)
        if labels & {"GPE", "LOC", "FAC"}:
            return True
        if labels & _NOT_PLACES and not labels & {"PERSON", "ORG", "NORP"}:
            return False
        if self._is_titled(place) or not self._by_force(found):
            freed = found.pattern.strong and " " not in place.name and found.trigger.lemma in lexicon()["place_verbs"]
            return found.pattern.strong and (not labels or (freed and not self._is_titled(place)))
        # A model of this size takes many a village for a person or a party.
        return (
            found.pattern.strong
            or place.partial
            or len(found.places) > 1
            or " " not in place.name
            or place.name.lower().partition(" ")[0].partition("-")[0] in lexicon()["place_words"]
            or "PERSON" not in labels
            or found.kind in MOVES
            or found.pattern.frame == "falls"
            or found.trigger.lemma in lexicon()["place_verbs"]
        )

    def _capital(self, place: PlacePhrase) -> str:
        """Return the situation's capital, or that of the region that the text names, by its name; empty without one."""
        catalog = self._gazetteer.catalog
        said = {word.lower for word in self._sentence.words[place.start : place.end + 1]}
        if catalog is None or (not place.region and said & {"provincial", "regional", "district", "state"}):
            return ""
        region = fold(place.region).removesuffix(" province")
        seats = [
            one.name
            for one in catalog.places.values()
            if (one.kind.endswith("capital") and fold(one.admin1) == region if region else one.kind == "capital")
        ]
        return seats[0] if len(seats) == 1 else ""

    def _is_titled(self, place: PlacePhrase) -> bool:
        """Say whether a title or a role stands before or after the name: then it is a person's."""
        if set(place.name.lower().split()) & lexicon()["titles"]:
            return True
        words = self._sentence.words
        before = reversed(words[max(0, place.start - 3) : place.start])
        near = itertools.takewhile(lambda word: not word.is_verb, before)
        # "..., the army chief said" is about whoever says so.
        after = [
            word
            for word in itertools.takewhile(
                lambda word: not word.is_verb and word.text != ";", words[place.end + 1 : place.end + 8]
            )
            if not {word.relation, self._sentence.head(word).relation} & {"nsubj", "nsubjpass"}
        ]
        nouns = [word.lower for word in (*near, *after) if word.tag.startswith("NN")]
        return bool({singular(word) for word in nouns} & lexicon()["titles"])

    def _may_move(self, found: Found) -> bool:
        """Say whether whoever comes or goes is a force: states leave organisations, too."""
        by_pronoun = found.actor is not None and found.actor.pronoun
        return is_armed(found.actor) or (by_pronoun and self._speaks_of_war())

    def _speaks_of_war(self) -> bool:
        """Say whether the sentence names a force, or the report an armed group before it."""
        told = {word.lower for word in self._sentence.words}
        return bool(self._memory.groups) or not lexicon()["forces"].isdisjoint(told)

    def _by_force(self, found: Found) -> bool:
        actor = found.actor
        if actor is None:
            # "Confirmed the loss of the town": whoever took it goes without saying.
            return found.noun and self._speaks_of_war()
        if is_armed(actor) or self._gazetteer.world.is_party(actor.text) or actor.pronoun or actor.possessive:
            return True
        last = actor.text.rsplit(" ", 1)[-1]
        named_by_letters = last.isupper() and last.isalnum() and len(last) > 1
        return named_by_letters and (self._speaks_of_war() or found.trigger.lemma in lexicon()["place_verbs"])

    def _may_hold_building(self, found: Found) -> bool:
        actor = found.actor
        if actor is None:
            return True
        told = set(actor.text.lower().replace("-", " ").split())
        if is_armed(found.against) or "armed" in told or self._gazetteer.world.is_party(actor.text):
            return True
        return not told & (lexicon()["civilians"] | lexicon()["lawmen"]) and (
            is_armed(actor) or actor.pronoun or actor.possessive
        )

    def _is_in(self, place: PlacePhrase) -> bool:
        """Say whether a site is in its town, and not merely near it or in a region."""
        words = [word.lower for word in self._sentence.words[place.start : place.end + 1]]
        world = self._gazetteer.world
        near = "near" in words or "outside" in words
        return (
            not near
            and not world.is_country(place.region)
            and not world.is_region(place.region)
            and place.region.split()[-1].lower() not in lexicon()["areas"]
        )

    def _is_state(self, name: str) -> bool:
        return self._gazetteer.world.is_state(name)

    def _labels_of(self, place: PlacePhrase) -> set[str]:
        if self._labels is None:
            self._labels = self._model.labels(self._sentence.text)
        begin = self._sentence.words[place.start].start - self._sentence.start
        end = self._sentence.words[place.end].end - self._sentence.start
        return {label for first, last, label in self._labels if first < end and last > begin}


def _is_bare(place: PlacePhrase) -> bool:
    """Say whether nothing but its name says what it is."""
    return bool(place.name) and not (place.unit or place.site or place.vague or place.partial)


def _has_name(place: PlacePhrase) -> bool:
    return any(word[:1].isupper() for word in place.name.split())
