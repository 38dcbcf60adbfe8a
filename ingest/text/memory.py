"""What a report has named so far: what "the city", "the group" and "it" stand for."""

import re
from dataclasses import dataclass, field

from ingest.text.actors import is_nonstate
from ingest.text.gazetteer import Gazetteer
from ingest.text.lexicon import lexicon
from ingest.text.nouns import NAME
from ingest.text.phrases import PlaceReader
from ingest.text.place_phrase import PlacePhrase
from ingest.text.syntax import Sentence
from model.text import fold

_OF = re.compile(
    r"\b(?:city|town|village|port|capital|district|settlement|province|region)\s+(?:of\s+)?"
    r"(?:the\s+)?((?:[A-ZÀ-ÞĀ-Ž][\w'’-]*)(?:[ -](?:[A-ZÀ-ÞĀ-Ž][\w'’-]*))*)"
)
_PLACED = re.compile(
    r"\b(?:of|in|at|near|from|outside|around|into|for|on|towards?|attack(?:s|ed|ing)?|enter(?:s|ed|ing)?|flee|fled"
    r"|storm(?:s|ed|ing)?|shell(?:s|ed|ing)?|bomb(?:s|ed|ing)?|besieg(?:es?|ed|ing)|leav(?:es?|ing)|left"
    r"|reach(?:es|ed|ing)?|hit|struck|shook|rocked|defend(?:s|ed|ing)?|surround(?:s|ed|ing)?) "
    rf"({NAME})"
)
_SEAT = re.compile(
    rf"({NAME})(?:,| is| was| has been| had been) (?:the|a|an|one of the) (?:[\w-]+ )?"
    r"(?:capital|city|town|village|port|stronghold|bastion|hub)\b"
)
_GROUP = re.compile(
    rf"(?<!\w){NAME}"
    r"(?: (?:rebels?|insurgents?|militants?|fighters?|militias?|gunmen|separatists|guerrillas|jihadists))?"
)
_OFFICE = re.compile(
    r"(?:\b([A-Z][\w-]+(?: [A-Z][\w-]+)?)['’]s (?:provincial )?(governor|mayor|police chief)"
    r"|\b([Gg]overnor|[Mm]ayor|[Pp]olice chief) of ([A-Z][\w-]+))"
)
_BESIDE = re.compile(r"\b(?:towards?|outside|near|from|(?:north|south|east|west) of) $")
"""Before a name that something is only beside."""

_REACH = 700
"""Characters before "the city" within which it was named."""

_NEVER = frozenset({"country", "territory", "area", "territories", "areas", "border", "borders", "land", "part"})
"""What is rarely said of a place that can be held and was named."""

_REGIONS = frozenset({"province", "oblast", "state", "region", "governorate", "county"})
_SETTLEMENTS = frozenset({"city", "town", "village", "capital", "settlement", "port", "stronghold", "place", "hamlet"})


@dataclass
class Memory:
    """One report's names, gathered as its sentences are read."""

    text: str
    gazetteer: Gazetteer
    actor: str = ""
    """The last one who did something."""
    speaker: str = ""
    """The last one who said something."""
    groups: list[tuple[int, str]] = field(default_factory=list)
    """Armed groups with a name, and where."""
    mentions: list[tuple[int, str]] = field(default_factory=list)
    """Places with a name, and where."""
    regions: list[tuple[int, str]] = field(default_factory=list)
    """The same for provinces and their like."""
    offices: dict[str, str] = field(default_factory=dict)
    """Office -> the place that it is of: `governor` -> `Ghazni`."""

    def __post_init__(self) -> None:
        """Find what the text names by its words alone."""
        for match in _OF.finditer(self.text):
            if self.gazetteer.place(match[1]) is None and self.gazetteer.world.is_region_only(match[1]):
                continue
            if match[0].split()[0] not in _REGIONS and match[1].rsplit(" ", 1)[-1].lower() not in _REGIONS:
                self.mentions.append((match.start(1), match[1]))
        self.mentions += self.gazetteer.spot(self.text)
        for match in re.finditer(NAME, self.text):
            if match[0].rsplit(" ", 1)[-1].lower() in _REGIONS and " " in match[0]:
                self.regions.append((match.start(), match[0]))
        for match in (*_PLACED.finditer(self.text), *_SEAT.finditer(self.text)):
            world = self.gazetteer.world
            if world.knows(match[1]) and not world.is_country(match[1]) and not world.is_region_only(match[1]):
                self.mentions.append((match.start(1), match[1]))
        for match in _GROUP.finditer(self.text):
            own = set(match[0].lower().split()) - lexicon()["groups"] - lexicon()["forces"] - {"the"}
            if own and is_nonstate(match[0]):
                self.groups.append((match.start(), match[0].removeprefix("The ")))
        for match in _OFFICE.finditer(self.text):
            office, place = (match[2], match[1]) if match[1] else (match[3], match[4])
            self.offices.setdefault(office.lower(), place)

    def group_before(self, offset: int) -> str:
        """Return the armed group that was named last before a position; empty where none was."""
        named = [text for start, text in self.groups if start < offset]
        return named[-1] if named else ""

    def only_group_before(self, offset: int) -> str:
        """Return the armed group that was named before a position, if there was but one."""
        named = [text for start, text in self.groups if start < offset]
        sides = {self.gazetteer.actor(text) or fold(text) for text in named}
        return named[0] if len(sides) == 1 else ""

    def note_place(self, name: str, offset: int) -> None:
        """Remember a place that an event was read at."""
        self.mentions.append((offset, name))

    def place_before(self, sentence: Sentence, index: int, unit: str, reader: PlaceReader) -> str:
        """Return the name of what "the city" at a word stands for; empty where nothing nearby does."""
        if unit in _NEVER:
            return ""
        offset = sentence.words[index].start
        if unit in _REGIONS:
            regions = [(start, name) for start, name in self.regions if offset - _REACH < start < offset]
            return max(regions)[1] if regions else ""
        near = [(start, name) for start, name in self.mentions if offset - _REACH < start < offset]
        near += self._in_sentence(sentence, index, reader)
        # "Fled A towards B, leaving the city": where it went is hardly what it left.
        there = [(start, name) for start, name in near if not _BESIDE.search(self.text, max(0, start - 20), start)]
        # "A in B Province": B only says where A is.
        there = [one for one in there if not any(self._is_in(one, other) for other in there)]
        return max(there or near)[1] if near else ""

    def _is_in(self, region: tuple[int, str], place: tuple[int, str]) -> bool:
        """Say whether a name stands right behind that of a place, as what it is in."""
        return self.text[place[0] : region[0]] in {f"{place[1]} in ", f"{place[1]}, ", f"{place[1]} in the "}

    def _in_sentence(self, sentence: Sentence, index: int, reader: PlaceReader) -> list[tuple[int, str]]:
        """Return the places that the sentence itself names before the word, of those that are not who acts."""
        found: list[tuple[int, str]] = []
        at = 0
        while at < index:
            word = sentence.words[at]
            place = self._named_at(sentence, at, index, reader)
            if place is not None:
                found.append((word.start, place.name))
                at = place.end + 1
                continue
            at += 1
        return found

    def _named_at(self, sentence: Sentence, at: int, limit: int, reader: PlaceReader) -> PlacePhrase | None:
        word, before = sentence.words[at], sentence.at(at - 1)
        if not (word.is_name or word.lower in lexicon()["areas"]):
            return None
        glued = before is not None and before.end == word.start
        if before is not None and word.is_name and (before.is_name or glued):
            return None
        if word.relation == "nsubj" and self.gazetteer.world.is_party(word.text):
            # "Kyiv says": a capital that stands for its state.
            return None
        placed = before is not None and (
            before.lower in {"in", "on", "at", "near", "of", "from", "for", "around", "into"}
        )
        if not (placed or word.lower in lexicon()["areas"] or word.relation in {"dobj", "nsubjpass", "pobj", "nsubj"}):
            return None
        places = reader.read(at)
        if not places or not places[0].name or places[0].end >= limit:
            return None
        place = places[0]
        if word.tag == "CD" or place.name.lower() in lexicon()["months"] | lexicon()["weekdays"]:
            return None
        world = self.gazetteer.world
        if (
            place.site
            or world.is_country(place.name)
            or place.unit in _REGIONS
            or (world.is_region_only(place.name) and not self.gazetteer.place(place.name))
        ):
            return None
        beside = before is not None and before.lower in {"in", "at", "near"} and word.tag.startswith("NNP")
        if not (place.unit or beside or self.gazetteer.knows(place.name) or self._is_described(sentence, place)):
            return None
        return place

    def _is_described(self, sentence: Sentence, place: PlacePhrase) -> bool:
        """Say whether "the capital of", "a town" follows a name."""
        after = [word.lower for word in sentence.words[place.end + 1 : place.end + 6]]
        return after[:1] == [","] and bool(set(after) & _SETTLEMENTS)
