"""Places as a sentence names them: "the towns of A and B in C Province", "most of D district", "the palace in E"."""

from dataclasses import replace

from ingest.text.nouns import (
    AND,
    DASHES,
    DETERMINERS,
    DIRECTIONS,
    INCLUDING,
    JOINED,
    LIMIT,
    NAMED_BY,
    NEAR,
    OF_ORGANISATIONS,
    QUOTES,
    SIDES,
    NounReader,
)
from ingest.text.place_phrase import PlacePhrase

_NAMED_AFTER = frozenset({"port", "stronghold", "station", "camp", "quarter", "terminal", "terminals"})
"""Sites that go by what follows "of"."""

_SUCH_AS = frozenset({"such as", "among them", "among which"})
_ONE = frozenset({"ruins", "works", "barracks", "headquarters", "docks"})
"""Units that are one place, whatever their form."""


class PlaceReader(NounReader):
    """Reads the places that begin at a word. What a word can be is looked up in the lexicon and a gazetteer."""

    def read(self, index: int) -> list[PlacePhrase]:
        """Return the places of the list that begins at the word; empty where none does."""
        found: list[PlacePhrase] = []
        first = self._item(index)
        if first is None:
            return []
        found.append(first)
        limit = index + LIMIT
        while (after := self._next_item(found[-1], limit)) is not None:
            found.append(after)
        found = self._plural_unit(found)
        following = self._at(found[-1].end + 1)
        told = (
            following is not None
            and following.text == ","
            and (n := self._at(following.index + 1))
            and n.lower in INCLUDING | {"among"}
        )
        if (where := next((phrase.region for phrase in found[::-1] if phrase.site and phrase.region), "")) and len(
            found
        ) > 1:
            # "the palace and the airport in Khartoum" are both there.
            found = [replace(phrase, region=where) if phrase.site and not phrase.region else phrase for phrase in found]
        if (found[0].vague or told) and (named := self._included(found[-1].end + 1)):
            found += named
        return found

    # one place

    def _item(self, index: int, depth: int = 0) -> PlacePhrase | None:
        """Read one place, with what is said about it after its name."""
        word = self._at(index)
        if word is None or depth > 4:
            return None
        start, region, described = index, "", -1
        vague = definite = False
        lexicon_ = self._lexicon
        while (word := self._at(index)) is not None and index < start + 14:
            lower = word.lower
            after = self._at(index + 1)
            if lower in DETERMINERS:
                definite = definite or lower in {"the", "this", "its", "their"}
                vague = vague or lower in {"a", "an", "another"}
                index += 1
                continue
            if lower in QUOTES or lower in DASHES:
                index += 1
                continue
            if lower in lexicon_["whole"] and after is not None and (after.lower == "of" or word.tag != "JJ"):
                index += 2 if after.lower == "of" else 1
                continue
            of = self._of_after(index)
            if of is not None and (
                lower in lexicon_["partial"] or lower in lexicon_["centre"] or lower in lexicon_["vague"]
            ):
                inner = self._item(of, depth + 1)
                if inner is None:
                    return None
                centre = lower in lexicon_["centre"]
                return replace(inner, start=start, partial=inner.partial or not centre, centre=inner.centre or centre)
            if region and lower in lexicon_["centre"]:
                return PlacePhrase(region, "", start=start, end=index, centre=True, known=self._gazetteer.knows(region))
            if lower == "central" and after is not None and after.is_name and not self.is_town(self._run(index + 1)[0]):
                index += 1
                continue
            central = lower == "central" or lower in lexicon_["centre"]
            if central and after is not None and after.is_name and not word.is_name:
                inner = self._item(index + 1, depth + 1)
                return replace(inner, start=start, centre=True) if inner else None
            if after is not None and after.tag == "POS" and not word.is_name and word.tag.startswith("NN"):
                # "the separatists' strongholds", "the city's airport": whose it is, is no part of its name.
                definite, index = True, index + 2
                continue
            if lower in DIRECTIONS and of is not None:
                inner = self._item(of, depth + 1)
                if inner is not None and inner.name and not inner.known:
                    # "west of the Dnieper" is somewhere else than the Dnieper.
                    inner = replace(inner, name=self._sentence.between(index, inner.end), known=True)
                return replace(inner, start=start, partial=True) if inner else None
            if lower in {"than", "least"} or (lower in DIRECTIONS and not self._is_of_name(index)):
                index += 1
                continue
            if lower in lexicon_["vague"] or (word.tag == "CD" and not word.text[:1].isupper()):
                vague = True
                index += 1
                continue
            if (
                self._is_unit(word)
                and after is not None
                and (self._is_unit(after) or after.lower in lexicon_["centre"])
                and after.tag.startswith("NN")
                and not after.is_name
            ):
                # "border town", "township capitals", "city centre": the last noun says what it is.
                if described < 0 and self._is_site(after.lower):
                    described = index
                index += 1
                continue
            if self._is_unit(word) and self._belongs_to_site(word):
                index += 1
                continue
            if self._is_unit(word) and self._describes_no_place(word):
                return None
            if self._is_unit(word) and not (word.is_name and self._run(index)[1] > index):
                return self._unit(index, start, described, region, vague=vague, definite=definite)
            if word.is_name or self._begins_name(index):
                name, end = self._run(index)
                following = self._at(end + 1)
                if following is not None and following.lower in {"'s", "’s", "'", "’"} and following.tag == "POS":
                    region, described = name, -1
                    index = end + 2
                    definite = True
                    continue
                beyond = self._of_after(end + 1)
                if following is not None and following.lower in {"side", "part", "half"} and beyond is not None:
                    # "The Gaza side of the crossing" is a part of the crossing.
                    inner = self._item(beyond, depth + 1)
                    return replace(inner, start=start, partial=True) if inner else None
                owning = self._at(end + 2)
                if (
                    following is not None
                    and following.lower in lexicon_["areas"]
                    and owning is not None
                    and owning.tag == "POS"
                ):
                    # "The province's headquarters".
                    region, described, definite = self._sentence.between(index, end + 1), -1, True
                    index = end + 3
                    continue
                if (
                    following is not None
                    and (following.tag == "NNS" or following.lower in {"city", "town", "village"})
                    and following.lower in lexicon_["areas"]
                    and self._of_name(end + 1) is not None
                ):
                    index = end + 1
                    continue
                described_by = self._at(end + 2)
                if (
                    following is not None
                    and following.lower in DASHES
                    and described_by
                    and described_by.lower in JOINED
                ):
                    index = end + 3
                    continue
                if self._describes_name(end):
                    # "UNESCO site Lalibela": the name is behind what it is called.
                    index = end + 2
                    continue
                if self._is_demonym(index, end) and following is not None and self._continues(end + 1):
                    if described < 0:
                        described = index if self._describes_site(end + 1) else -1
                    index = end + 1
                    continue
                return self._named(index, end, name, start, region, vague=vague, described=described)
            if self._is_modifier(word, index):
                if described < 0 and word.tag.startswith("NN") and self._describes_site(index + 1):
                    described = index
                if described < 0 and lower == "presidential":
                    described = index
                index += 1
                continue
            return None
        return None

    def _unit(
        self, index: int, start: int, described: int, region: str, *, vague: bool, definite: bool
    ) -> PlacePhrase | None:
        """Read on from "city", "airport": its name may follow, or the region of a site."""
        word = self._words[index]
        unit = word.lower
        site = self._is_site(unit) and not (
            unit in {"port", "stronghold", "station", "camp", "quarter", "terminal", "terminals"}
            and self._of_name(index)
        )
        plural = word.tag in {"NNS", "NNPS"} and unit not in _ONE
        of = self._of_name(index)
        if unit == "capital" and of is not None and not self.is_town(self._run(of)[0]):
            # "the capital of that province": the town's name is elsewhere.
            return PlacePhrase("", "capital", self._run(of)[0], "", start, self._run(of)[1], definite=True)
        if (
            unit in NAMED_BY
            and (begin := of if unit not in {"border", "borders", "frontier"} else self._with_name(index)) is not None
        ):
            side = index
            while (before := self._at(side - 1)) is not None and before.lower in SIDES:
                side -= 1
            _proper, end = self._run(begin)
            further = self._at(end + 1)
            if further is not None and further.lower in {"river", "sea", "canal"}:
                end += 1
            return self._trail(PlacePhrase(self._sentence.between(side, end), unit, region, "", start, end, known=True))
        if not site:
            begin = of
            after = self._at(index + 1)
            if begin is None and after is not None and (after.is_name or self._begins_name(index + 1)):
                begin = index + 1
            if begin is None and after is not None and after.text == "," and definite and self._is_apposed(index + 2):
                begin = index + 2
            if begin is not None:
                name, end = self._run(begin)
                before = self._at(index - 1)
                old = before is not None and before.lower == "old" and begin == of
                if old:
                    name = self._sentence.between(index - 1, end)
                phrase = PlacePhrase(name, unit, region, "", start, end, partial=old, known=True)
                return self._trail(self._suffix(phrase))
            end = index
            phrase = PlacePhrase(
                "", unit, region, "", start, end, vague=vague or plural or not definite, definite=definite
            )
            return self._trail(phrase)
        begin = described if described >= 0 else index
        name = self._sentence.between(begin, index)
        after = self._at(index + 1)
        end = index
        if (
            of is not None
            and unit in {"headquarters", "base", "office", "offices", "building"}
            and not self.is_town(self._run(of)[0])
        ):
            owner = (
                next(iter(self._sentence.of(self._words[index + 1], "pobj")), self._words[of])
                if of
                else self._words[of]
            )
            end = max(self._run(of)[1], owner.index)
            name, of = self._sentence.between(begin, end), None
            after = None
        if after is not None and (after.is_name or self._begins_name(index + 1)) and after.tag != "VBZ":
            proper, end = self._run(index + 1)
            return self._trail(PlacePhrase(proper, unit, region, "", start, end, site=True, known=True))
        if of is not None and unit != "bank":
            proper, end = self._run(of)
            region = region or proper
        phrase = PlacePhrase(
            name, unit, region, "", start, end, site=True, vague=vague or plural, definite=definite, known=True
        )
        return self._trail(phrase)

    def _named(
        self, index: int, end: int, name: str, start: int, region: str, *, vague: bool, described: int
    ) -> PlacePhrase | None:
        """Read on from a proper name: a unit may follow it, brackets, and a region."""
        lexicon_ = self._lexicon
        after = self._at(end + 1)
        if vague and self._site_after(end + 1) is None and self._words[end].tag in {"NNPS", "NNS"}:
            return None
        unit = self._words[end].lower if end > index else ""
        unit = "" if unit in OF_ORGANISATIONS else unit
        site = unit in lexicon_["sites"] and unit not in {"port", "point", "camp", "fort", "field"}
        # "the Malian army base", "Tatmadaw positions": the name belongs to what follows.
        reach = self._site_after(end + 1)
        if reach is not None:
            head = self._words[reach]
            plural = head.tag in {"NNS", "NNPS"}
            site_name = self._sentence.between(described if described >= 0 else index, reach)
            phrase = PlacePhrase(
                site_name, head.lower, region, "", start, reach, site=True, vague=vague or plural, known=True
            )
            return self._trail(phrase)
        if after is not None and self._is_area(after):
            return self._trail(
                PlacePhrase(
                    f"{name} {after.text}" if after.lower not in {"city", "town", "village"} else name,
                    after.lower,
                    region,
                    "",
                    start,
                    end + 1,
                    known=True,
                )
            )
        known = site or unit in lexicon_["areas"] or self._gazetteer.knows(name)
        phrase = PlacePhrase(name, unit if known and (site or unit in lexicon_["areas"]) else "", region, "",
                             start, end, site=site, known=known)  # fmt: skip
        return self._trail(self._suffix(phrase))

    def _suffix(self, phrase: PlacePhrase) -> PlacePhrase:
        """Take in a unit that stands once more behind the name: "the city of Gambela city"."""
        after = self._at(phrase.end + 1)
        if after is not None and after.lower in {"city", "town", "village"} and after.tag == "NN":
            return replace(phrase, end=phrase.end + 1, unit=phrase.unit or after.lower, known=True)
        return phrase

    def _trail(self, phrase: PlacePhrase) -> PlacePhrase:
        """Read what follows a place: another name in brackets, the region that it is in."""
        index = phrase.end + 1
        word = self._at(index)
        if word is not None and word.lower in {"(", "-lrb-"}:
            close = next((i for i in range(index + 1, index + 8) if self._at(i) and self._words[i].text == ")"), None)
            if close is not None:
                inner = self._sentence.between(index + 1, close - 1)
                if self._words[index + 1].is_name or self._begins_name(index + 1):
                    phrase = replace(phrase, alternative=inner)
                phrase = replace(phrase, end=close)
                reach = None if phrase.unit else self._site_after(close + 1)
                if reach is not None:
                    tail = self._sentence.between(close + 1, reach)
                    phrase = replace(
                        phrase,
                        name=f"{phrase.name} {tail}",
                        unit=self._words[reach].lower,
                        end=reach,
                        site=True,
                        known=True,
                    )
                index = phrase.end + 1
        word = self._at(index)
        listed = self._closes_list(index) or self._is_joined(phrase, index + 1)
        if word is not None and word.text == "," and self._region_like(index + 1) and not listed:
            name, end = self._run(index + 1)
            phrase = replace(
                phrase, region=phrase.region or name, end=end, known=phrase.known or self._is_known_region(name)
            )
            index = end + 1
            word = self._at(index)
        if word is not None and word.text == "," and self._is_described(index):
            phrase = replace(phrase, known=True)
        if word is not None and word.text == "," and (after := self._at(index + 1)) is not None and after.lower == "in":
            word, index = after, index + 1
        if word is not None and word.lower in NEAR and word.lower != "of":
            if word.lower in {"from", "to"}:
                return phrase
            begin = self._skip_modifiers(index + 1)
            if begin is not None and not self._is_people(begin) and self._words[begin].lower not in self._calendar:
                name, end = self._run(begin)
                unit_before = self._words[begin - 1].lower
                if word.lower in {"in", "at", "inside", "within", "across"} or phrase.site:
                    known = phrase.known or self._is_known_region(name) or unit_before in self._lexicon["areas"]
                    phrase = replace(phrase, region=phrase.region or name, known=known)
                if word.lower in {"in", "at", "near", "inside", "within", "across"} or (
                    word.lower == "with" and phrase.site
                ):
                    after = self._at(end + 1)
                    if after is not None and after.text == "," and self._region_like(end + 2):
                        end = self._run(end + 2)[1]
                    phrase = replace(phrase, end=end)
        return phrase

    # lists

    def _next_item(self, last: PlacePhrase, limit: int) -> PlacePhrase | None:
        index = last.end + 1
        word = self._at(index)
        if word is None or index > limit:
            return None
        joined = False
        if word.text == ",":
            index = self._behind_description(index)
            if not (self._closes_list(index) or self._joins(index + 1) or self._is_joined(last, index + 1)):
                return None
            index += 1
            word = self._at(index)
        if word is not None and self._joins(index):
            joined = True
            index += 1 if word.lower in AND else 2 if word.lower == "along" else 3
            if (word := self._at(index)) is not None and word.lower == "also":
                return None
        if word is None or (not joined and not (word.is_name or self._begins_name(index) or word.lower in DETERMINERS)):
            return None
        item = self._item(index)
        if item is None or self._is_subject(item) or self._is_further_region(last, item):
            return None
        if not item.name and not item.vague:
            return None
        if last.unit and not item.unit and item.name:
            item = replace(item, known=True, unit=last.unit if last.unit in self._lexicon["areas"] else "")
        return item

    def _plural_unit(self, found: list[PlacePhrase]) -> list[PlacePhrase]:
        """Give the unit of "A and B districts" to both."""
        last = found[-1]
        after = self._at(last.end + 1)
        if len(found) < 2 or after is None or after.tag != "NNS" or after.lower not in self._lexicon["areas"]:
            return found
        unit = after.lower.removesuffix("s")
        named = [replace(phrase, unit=phrase.unit or unit, known=True) for phrase in found]
        named[-1] = self._trail(replace(named[-1], end=last.end + 1))
        return named

    def _included(self, index: int) -> list[PlacePhrase]:
        for i in range(index, min(index + 14, len(self._words))):
            word, after = self._words[i], self._at(i + 1)
            if i == index and word.text in DASHES | {"—", ":"}:
                return [replace(phrase, known=True) for phrase in self.read(i + 1) if phrase.name]
            pair = f"{word.lower} {after.lower}" if after is not None else ""
            if word.lower in INCLUDING or pair in _SUCH_AS:
                begin = i + (2 if pair in _SUCH_AS else 1)
                return [replace(phrase, known=True) for phrase in self.read(begin) if phrase.name]
            if word.is_verb:
                return []
        return []

    def _closes_list(self, comma: int) -> bool:
        """Say whether ", B" goes on as ", C and D" or "and C": then B is a further item, not the region of A."""
        index = comma
        for _ in range(20):
            word = self._at(index)
            if word is None:
                return False
            if word.text == ",":
                if self._joins(index + 1):
                    return index > comma and not self._is_clause(index + 2)
                after = self._skip_modifiers(index + 1, units=True)
                site = self._site_behind(index + 1) if after is None else None
                if after is None and site is None:
                    return False
                index = (self._run(after)[1] if after is not None else site or index) + 1
            elif self._joins(index):
                return index > comma and not self._is_clause(index + 1) and self._item_at(index + 1)
            elif word.lower in {"in", "near"} and index > comma:
                after = self._skip_modifiers(index + 1)
                if after is None:
                    return False
                index = self._run(after)[1] + 1
            elif word.lower in {"(", "-lrb-"}:
                close = next(
                    (i for i in range(index + 1, index + 8) if self._at(i) and self._words[i].text == ")"), None
                )
                if close is None:
                    return False
                index = close + 1
            else:
                return False
        return False

    def _item_at(self, index: int) -> bool:
        return self._end_of_item(index) is not None

    def _is_clause(self, index: int) -> bool:
        """Say whether a new clause, not a further place, begins at the word."""
        end = self._end_of_item(index)
        after = self._at(end + 1) if end is not None else None
        return end is None or (after is not None and after.tag in {"VBD", "VBZ", "VBP", "MD"})

    def _end_of_item(self, index: int) -> int | None:
        begin = self._skip_modifiers(index, units=True)
        if begin is not None:
            return self._run(begin)[1]
        item = self._item(index)
        return item.end if item is not None and item.site else None

    def _is_subject(self, phrase: PlacePhrase) -> bool:
        """Say whether the place is what a following clause is about, and so no part of the list before."""
        after = self._at(phrase.end + 1)
        own = self._words[phrase.start : phrase.end + 1]
        heads = [
            head for word in own if word.relation == "conj" for head in self._sentence.path(self._words[word.head])
        ]
        if any(head.index < phrase.start and head.relation in {"nsubj", "nsubjpass", "pobj"} for head in heads):
            # "A and B fell": both are what the clause is about.
            return False
        if (
            after is not None
            and after.tag in {"VBD", "VBZ", "VBP", "MD", "VBG"}
            and after.lower not in INCLUDING | {"following"}
        ):
            return True
        return any(word.relation in {"nsubj", "nsubjpass"} and word.head > word.index for word in own)
