"""The words of a noun phrase: where a name begins and ends, what is an adjective, what is a unit such as "city"."""

from ingest.text.gazetteer import Gazetteer
from ingest.text.lexicon import Lexicon, lexicon
from ingest.text.place_phrase import PlacePhrase
from ingest.text.syntax import Sentence, Word

PARTICLES = frozenset(
    {
        "al",
        "el",
        "er",
        "et",
        "ez",
        "ur",
        "ad",
        "ar",
        "as",
        "ash",
        "at",
        "az",
        "an",
        "ed",
        "en",
        "es",
        "e",
        "i",
        "ul",
        "ud",
        "de",
        "du",
        "del",
        "la",
        "le",
        "bin",
        "ibn",
        "abu",
        "umm",
        "deh",
        "pol",
        "pul",
        "qala",
        "mazar",
        "sar",
        *("da", "di", "do", "dos", "das", "des", "van", "von"),
    }
)
DETERMINERS = frozenset({"the", "a", "an", "its", "their", "his", "her", "another", "this", "that", "these", "those"})
DASHES = frozenset({"-", "–", "‑"})
QUOTES = frozenset({'"', "“", "”", "''", "``", "‘", "'", "’"})
NEAR = frozenset(
    {
        "in",
        "at",
        "near",
        "outside",
        "of",
        "on",
        "inside",
        "along",
        "around",
        "from",
        "across",
        "within",
        "between",
        "to",
        "with",
    }
)
AND = frozenset({"and", "&", "or"})
INCLUDING = frozenset({"including", "namely"})
REGION_UNITS = frozenset(
    {
        "state",
        "province",
        "oblast",
        "region",
        "district",
        "governorate",
        "county",
        "raion",
        "republic",
        "township",
        "division",
        "prefecture",
        "department",
        "territory",
        "municipality",
    }
)
DIRECTIONS = frozenset({"north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"})
SIDES = frozenset(
    {"east", "west", "north", "south", "eastern", "western", "northern", "southern", "left", "right", "opposite"}
)
_CALLED = frozenset({"capital", "city", "town", "village", "port", "stronghold", "hub", "seat"})
"""What a settlement is said to be behind its name."""

NAMED_BY = frozenset({"bank", "coast", "shore", "border", "borders", "frontier", "riverbank"})
"""Units whose place is named by what they are beside: "the east bank of the river"."""

JOINED = frozenset(
    {
        "held",
        "controlled",
        "backed",
        "occupied",
        "run",
        "led",
        "operated",
        "majority",
        "aligned",
        "affiliated",
        "populated",
    }
)
"""What a name with a hyphen before it describes something else by: "rebel-held"."""

OF_ORGANISATIONS = frozenset(
    {"bank", "division", "side", "department", "sector", "corps", "college", "court", "community"}
)
"""Units that, as the last word of a name, make it an organisation's."""

NAME = r"[A-ZÀ-ÞĀ-Ž][\w'’-]*(?:[ -](?:(?:al|el|ad|e|i|de|da|du)[ -])?[A-ZÀ-ÞĀ-Ž][\w'’-]*)*"
"""A proper name, as a regular expression."""

LIMIT = 40
"""Words after its beginning that a list of places may reach."""


class NounReader:
    """Looks at the words of a sentence one by one."""

    def __init__(self, sentence: Sentence, gazetteer: Gazetteer) -> None:
        self._words = sentence.words
        self._sentence = sentence
        self._gazetteer = gazetteer
        self._lexicon: Lexicon = lexicon()
        self._calendar = self._lexicon["weekdays"] | self._lexicon["months"]

    def _at(self, index: int) -> Word | None:
        return self._words[index] if 0 <= index < len(self._words) else None

    def _is_unit(self, word: Word) -> bool:
        return (word.lower in self._lexicon["areas"] or self._is_site(word.lower)) and word.tag.startswith(
            ("NN", "VB", "JJ")
        )

    def _is_site(self, lower: str) -> bool:
        return lower in self._lexicon["sites"]

    def _is_modifier(self, word: Word, index: int) -> bool:
        after = self._at(index + 1)
        if after is not None and after.lower in DASHES and after.start == word.end:
            return True
        if word.text[:1].isdigit() and self._describes_site(index + 1):
            return True
        if word.lower in self._lexicon["goods"] and not self._describes_site(index + 1):
            return False
        if word.lower in self._lexicon["adjectives"] or word.tag in {"JJ", "JJS", "JJR", "RBS", "CD", "PDT"}:
            return True
        after = self._at(index + 1)
        if after is not None and after.lower in DASHES:
            return True
        before = self._at(index - 1)
        if before is not None and before.lower in DASHES and word.tag in {"VBN", "VBD", "VBG", "NN", "JJ"}:
            return True
        if (
            word.tag in {"RB", "VBN"}
            and after is not None
            and (after.tag in {"JJ", "VBN", "NN", "NNS"} or after.is_name)
        ):
            return True
        return word.tag in {"NN", "NNS"} and self._describes_site(index + 1)

    def _describes_site(self, index: int) -> bool:
        """Say whether at most three more nouns lead to a unit: "police" in "police headquarters"."""
        return self._site_after(index, any_unit=True) is not None

    def _site_after(self, index: int, *, any_unit: bool = False) -> int | None:
        for i in range(index, index + 4):
            word = self._at(i)
            if word is None:
                return None
            after = self._at(i + 1)
            more = after is not None and (after.lower in self._lexicon["sites"])
            if (self._is_site(word.lower) or (any_unit and word.lower in self._lexicon["areas"])) and not more:
                # "The Torghundi crossing" is at times taken for a gerund.
                gerund = word.tag == "VBG" and word.relation in {"dobj", "pobj", "nsubj", "nsubjpass", "conj"}
                return i if gerund or word.tag in {"NN", "NNS", "NNP", "NNPS", "VBZ"} else None
            if word.tag not in {"NN", "NNS", "NNP", "NNPS", "JJ", "CD"} and not (word.tag == "VBG" and i > index):
                return None
        return None

    def _site_behind(self, index: int) -> int | None:
        """Return the index of the site that "the", or a word or two that describe it, lead to."""
        word = self._at(index)
        return self._site_after(index + 1 if word is not None and word.lower in DETERMINERS else index)

    def _is_area(self, word: Word) -> bool:
        """Say whether a word behind a name says what the name is that of: "Herat province"."""
        return word.lower in self._lexicon["areas"] and word.tag in {"NN", "NNP"} and not self._describes_no_place(word)

    def _begins_name(self, index: int) -> bool:
        """Say whether a small word or a quote begins a name here: "al-Qaim", "'Ard Al-Hamra"."""
        word, after = self._at(index), self._at(index + 1)
        if word is None or after is None:
            return False
        if word.lower in PARTICLES and after.lower in DASHES:
            following = self._at(index + 2)
            return following is not None and following.text[:1].isupper()
        if word.lower in {"al", "el", "an", "ed", "ad"} and word.lower != "an":
            return after.text[:1].isupper()
        return word.text in {"'", "‘", "’"} and after.text[:1].isupper() and word.end == after.start

    def _run(self, index: int) -> tuple[str, int]:
        """Return the proper name that begins at the word, and the index of its last word."""
        end = index
        if self._words[index].text in {"'", "‘", "’"}:
            end = index + 1
        while (after := self._at(end + 1)) is not None:
            further = self._at(end + 2)
            glued = after.start == self._words[end].end
            if after.lower in DASHES and glued and further is not None and further.start == after.end:
                joined_tail = self._words[end + 2].lower
                if joined_tail in JOINED:
                    break
                end += 2
                continue
            if (
                after.tag == "POS" and self._words[end].lower == "people" and further is not None and further.is_name
            ) or (
                after.text[:1].isdigit()
                and further is not None
                and further.is_name
                and after.tag in {"JJ", "CD", "NNP"}
                and end > index
            ):
                end += 2
                continue
            if after.text[:1].isupper() and after.tag not in {"PRP", "IN", "CC", "DT", "MD", "WDT", "PRP$"}:
                end += 1
                continue
            if after.text[:1].isdigit() and self._words[end].lower in self._lexicon["sites"]:
                end += 1
                continue
            if (
                after.lower in PARTICLES
                and further is not None
                and (further.text[:1].isupper() or further.lower in DASHES)
                and after.tag not in {"IN", "DT"}
            ):
                end += 1
                continue
            if (
                after.lower == "of"
                and self._words[end].lower in {"republic", "bay", "gulf", "isle", "university", "federation"}
                and further is not None
                and further.text[:1].isupper()
            ):
                end += 2
                continue
            break
        return self._sentence.between(index, end), end

    def _is_demonym(self, index: int, end: int) -> bool:
        return self._gazetteer.world.is_country(self._sentence.between(index, end))

    def _continues(self, index: int) -> bool:
        """Say whether a noun phrase goes on here that an adjective before it can belong to."""
        word = self._at(index)
        if word is None:
            return False
        if word.lower in self._lexicon["goods"] and not self._describes_site(index + 1):
            return True
        return word.tag in {"NN", "NNS", "JJ", "JJS", "NNP", "NNPS", "CD", "VBG", "VBN"} and not word.is_verb

    def _of_after(self, index: int) -> int | None:
        after = self._at(index + 1)
        return index + 2 if after is not None and after.lower == "of" else None

    def _of_name(self, index: int) -> int | None:
        """Return where the name begins in "city of [the] [old] Name"; None where none does."""
        of = self._of_after(index)
        return self._skip_modifiers(of) if of is not None else None

    def _skip_modifiers(self, index: int, *, units: bool = False) -> int | None:
        """Return the index of the name that begins here after articles and adjectives; None where none does."""
        for i in range(index, index + 9):
            word = self._at(i)
            if word is None:
                return None
            if word.is_name or self._begins_name(i):
                return i
            unit = word.lower in self._lexicon["areas"] or (units and word.lower in {"part", "parts"})
            if unit and (units or word.lower in REGION_UNITS or i > index):
                continue
            before = self._words[i - 1].lower if i > index else ""
            if word.lower in DIRECTIONS | self._lexicon["centre"]:
                continue
            if word.lower == "of" and before in (
                DIRECTIONS | self._lexicon["areas"] | self._lexicon["partial"] | self._lexicon["centre"]
            ):
                continue
            if word.lower in DETERMINERS or word.lower in self._lexicon["adjectives"] or word.lower in QUOTES:
                continue
            if word.tag in {"JJ", "JJS", "CD"} or word.lower in DASHES:
                continue
            return None
        return None

    def _is_people(self, index: int) -> bool:
        """Say whether an adjective of a people, not a name, begins here: "the Thai border"."""
        name, end = self._run(index)
        world = self._gazetteer.world
        return world.is_country(name) and not world.is_state(name) and self._continues(end + 1)

    def _is_described(self, comma: int) -> bool:
        """Say whether ", the provincial capital" or the like follows a name."""
        after = self._words[comma + 1 : comma + 7]
        areas = self._lexicon["areas"]
        return bool(after) and after[0].tag in {"DT", "JJ", "NN", "CD"} and any(word.lower in areas for word in after)

    def _behind_description(self, comma: int) -> int:
        """Return the comma that ends ", the capital of that province," where a list goes on behind it."""
        first = self._at(comma + 1)
        told = {word.lower for word in self._words[comma + 1 : comma + 7]}
        if first is None or first.tag != "DT" or told.isdisjoint(_CALLED):
            return comma
        for index in range(comma + 2, min(comma + 12, len(self._words) - 1)):
            if self._words[index].is_verb:
                return comma
            if self._words[index].text == ",":
                return index if self._words[index + 1].lower in {"and", "as", "along"} else comma
        return comma

    def _is_apposed(self, index: int) -> bool:
        """Say whether nothing but a name stands here up to a comma or the end: "the capital, Mekelle"."""
        word = self._at(index)
        if word is None or not (word.is_name or self._begins_name(index)):
            return False
        after = self._at(self._run(index)[1] + 1)
        return after is None or after.text in {",", ".", ";"}

    def _with_name(self, index: int) -> int | None:
        """Return where the name begins in "border with Name"."""
        after = self._at(index + 1)
        return self._skip_modifiers(index + 2) if after is not None and after.lower == "with" else None

    def is_town(self, name: str) -> bool:
        """Say whether a settlement goes by the name, here or in the world."""
        gazetteer = self._gazetteer
        if gazetteer.place(name) is not None:
            return True
        unit = name.rsplit(" ", 1)[-1].lower() in REGION_UNITS
        return not unit and not gazetteer.world.is_country(name) and not gazetteer.world.is_region_only(name)

    def _region_like(self, index: int) -> bool:
        begin = index
        word = self._at(begin)
        if word is None or not (word.is_name or self._begins_name(begin)):
            return False
        name, end = self._run(begin)
        after = self._at(end + 1)
        if after is not None and after.tag in {"VBZ", "VBD", "VBP", "MD"} and after.relation != "punct":
            return False
        return (
            self._is_known_region(name) or (self._gazetteer.knows(name) and self._ends(end + 1)) or self._ends(end + 1)
        )

    def _ends(self, index: int) -> bool:
        word = self._at(index)
        return word is None or word.text in {",", ".", ";", ")"} or word.tag in {"IN", "CC"}

    def _is_known_region(self, name: str) -> bool:
        world = self._gazetteer.world
        last = name.rsplit(" ", 1)
        return world.is_country(name) or world.is_region(name) or (len(last) == 2 and last[1].lower() in REGION_UNITS)

    def _belongs_to_site(self, word: Word) -> bool:
        """Say whether a unit only says which site is meant: "state" in "the state radio station"."""
        return (
            not word.is_name
            and word.relation in {"compound", "nmod", "amod"}
            and word.head > word.index + 1
            and self._describes_site(word.index + 1)
        )

    def _describes_name(self, end: int) -> bool:
        """Say whether a name only describes another one behind a common noun: "UNESCO site Lalibela"."""
        noun, name = self._at(end + 1), self._at(end + 2)
        return (
            noun is not None
            and name is not None
            and noun.tag == "NN"
            and noun.text.islower()
            and not self._is_unit(noun)
            and name.is_name
            and self._words[end].relation in {"compound", "nmod"}
            and self._words[end].head >= noun.index
        )

    def _describes_no_place(self, word: Word) -> bool:
        """Say whether a unit only describes what is none: "road" in "road junctions"."""
        head = self._words[word.head]
        described = word.relation == "compound" and head.index == word.index + 1 and head.tag in {"NN", "NNS"}
        return described and head.text.islower() and not word.is_name and not self._is_unit(head)

    def _is_of_name(self, index: int) -> bool:
        """Say whether a direction is the first word of a name: "South Town", where no place is called "Town"."""
        word, after = self._words[index], self._at(index + 1)
        if not word.text[:1].isupper() or after is None or not after.is_name:
            return False
        whole, alone = self._run(index)[0], self._run(index + 1)[0]
        return self._gazetteer.knows(whole) or not self._gazetteer.knows(alone)

    def _joins(self, index: int) -> bool:
        word = self._at(index)
        if word is None:
            return False
        if word.lower in AND:
            return True
        after = self._at(index + 1)
        return after is not None and f"{word.lower} {after.lower}" in {"as well", "along with"}

    def _is_further_region(self, site: PlacePhrase, item: PlacePhrase) -> bool:
        """Say whether the parser joins a name to the region of a site: "the offices in A and B"."""
        head = self._words[self._words[item.end].head]
        inside = site.site and bool(site.region) and site.start < head.index <= site.end
        return inside and self._words[item.end].relation == "conj" and head.relation == "pobj"

    def _is_joined(self, phrase: PlacePhrase, index: int) -> bool:
        """Say whether the parser joins the name that begins at a word to a place: "A, B and C fell"."""
        word = self._at(index)
        if word is None or not (word.is_name or self._begins_name(index)):
            return False
        last = self._words[self._run(index)[1]]
        goes_on = bool(self._sentence.of(last, "conj", "cc"))
        return last.relation == "conj" and phrase.start <= last.head <= phrase.end and goes_on
