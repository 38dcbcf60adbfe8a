"""One sentence read: which patterns it has, what of them is news, at which place, by whom, who says so, and when."""

from dataclasses import replace

from ingest.proposals import ProposedClaim
from ingest.text.actors import ActorPhrase, is_armed, phrase, subject_of
from ingest.text.arguments import matches
from ingest.text.attribution import (
    CREDIBILITY,
    HEARSAY,
    Certainty,
    Speaker,
    certainty,
    mentions_hearsay,
    same_side,
)
from ingest.text.dates import Mention, find_times
from ingest.text.factuality import Fact, judge
from ingest.text.found import Found
from ingest.text.frames import CONTROL_FRAMES, FRAMES
from ingest.text.gazetteer import Gazetteer
from ingest.text.language import LanguageModel
from ingest.text.lexicon import lexicon
from ingest.text.memory import Memory
from ingest.text.merging import GAINS, Draft, Gathered, same_place
from ingest.text.phrases import PlaceReader
from ingest.text.place_phrase import PlacePhrase
from ingest.text.sides import Sides, side_of
from ingest.text.syntax import Sentence, Word
from ingest.text.territory import MOVES, Territory
from model.entities import Stance
from model.times import Precision

_PROUDLY = frozenset({"announce", "declare", "claim", "celebrate", "report", "state"})
"""Verbs by which a side tells of what it took itself, where nobody else is named."""


def read_sentence(
    sentence: Sentence, gathered: Gathered, memory: Memory, gazetteer: Gazetteer, language_model: LanguageModel
) -> None:
    """Add what the sentence reports to what its report has so far."""
    _SentenceReader(sentence, gathered, memory, gazetteer, language_model).read()


class _SentenceReader:
    """One sentence and what is around it."""

    def __init__(
        self,
        sentence: Sentence,
        gathered: Gathered,
        memory: Memory,
        gazetteer: Gazetteer,
        language_model: LanguageModel,
    ) -> None:
        self._sentence = sentence
        self._gathered = gathered
        self._memory = memory
        self._gazetteer = gazetteer
        self._reader = PlaceReader(sentence, gazetteer)
        self._times = find_times(sentence.text, gathered.dateline)
        self._sides = Sides(sentence, gathered, memory, gazetteer)
        self._territory = Territory(sentence, self._reader, memory, gazetteer, language_model)

    def read(self) -> None:
        """Find, judge and add."""
        found = self._find()
        judged = [(one, judge(self._sentence, one.trigger, noun=one.noun)) for one in found]
        gaining = any(reading.fact is Fact.STATED and one.kind in GAINS for one, reading in judged)
        for one, reading in judged:
            fact = reading.fact
            if fact is Fact.UNREAL and one.kind == "handover" and self._sentence.head(one.trigger).lemma == "agree":
                self._take(replace(one, kind="handover-agreed"), Fact.STATED)
                continue
            if fact is Fact.BACKGROUND and self._is_news_all_the_same(one, reading.word, gaining=gaining):
                fact = Fact.STATED
            self._take(one, fact)
        self._take_answers()

    def _find(self) -> list[Found]:
        """Return what the patterns find, each word and place once: the first pattern of the table has it."""
        found: list[Found] = []
        taken: set[tuple[int, str]] = set()
        by_word = lexicon().by_word
        for word in self._sentence.words:
            if word.lemma not in by_word and word.lower not in by_word:
                continue
            for pattern in dict.fromkeys((*by_word.get(word.lemma, ()), *by_word.get(word.lower, ()))):
                control = pattern.frame in CONTROL_FRAMES
                if control and not matches(self._sentence, word, pattern):
                    continue
                if not control and not (
                    ((word.lemma in pattern.verbs or self._with_particle(word) in pattern.verbs) and word.is_verb)
                    or word.lower in pattern.nouns
                ):
                    continue
                one = FRAMES[pattern.frame](self._sentence, word, pattern, self._reader)
                if one is None:
                    continue
                places = tuple(
                    placed for placed in self._territory.all_placed(one) if (word.index, placed.text) not in taken
                )
                if control and not places:
                    continue
                taken |= {(word.index, place.text) for place in places}
                for place in places:
                    name = place.region if place.site and place.region else place.name
                    self._memory.note_place(name, self._sentence.words[place.start].start)
                found.append(replace(one, places=places))
        return found

    def _with_particle(self, word: Word) -> str:
        after = self._sentence.at(word.index + 1)
        return f"{word.lemma} {after.lower}" if after is not None else word.lemma

    # what is news

    def _is_news_all_the_same(self, found: Found, decided: Word, *, gaining: bool) -> bool:
        """Say whether a background clause tells of the day of the report, or of a step to the gain that is told."""
        if found.kind not in GAINS | MOVES:
            return False
        clause = self._clause_times(decided)
        earlier = [time for time in clause if time.date < self._gathered.dateline]
        if any(time.date == self._gathered.dateline and not time.bounds for time in clause):
            return True
        step = found.trigger.relation == "pcomp" and found.trigger.tag == "VBG"
        return step and gaining and not earlier

    def _clause_times(self, word: Word) -> list[Mention]:
        begin = self._sentence.words[word.left].start - self._sentence.start
        end = self._sentence.words[word.right].end - self._sentence.start
        return [time for time in self._times if begin <= time.start and time.end <= end]

    def _take(self, found: Found, fact: Fact) -> None:
        if fact in {Fact.UNREAL, Fact.BACKGROUND}:
            return
        kind = found.kind
        speakers = self._sides.speakers(found)
        if fact is Fact.ATTEMPTED:
            if kind not in {"capture", "partial-capture", "handover"}:
                return
            kind = "attempt"
        if fact is Fact.ANNOUNCED and not (kind in {"withdrawal", "handover"} and speakers):
            return
        if fact is Fact.ORDERED and kind != "withdrawal":
            return
        if self._is_long_ago(found):
            return
        if fact is Fact.DENIED:
            if not self._deny(found, speakers):
                self._add_denial(found, speakers)
            return
        actor = self._sides.actor(found.actor, speakers)
        if not actor and found.trigger.tag == "VBG" and not found.noun and kind != "contested":
            # "took the town, capturing its airport": whoever acted last in the sentence.
            actor = next(
                (draft.actor for draft in reversed(self._gathered.drafts) if draft.sentence == self._sentence.number),
                "",
            )
        if (
            not actor
            and kind in GAINS
            and (found.noun or found.trigger.relation in {"csubj", "amod"} or found.pattern.frame == "falls")
        ):
            actor = self._memory.only_group_before(found.trigger.start)
        if not actor and found.noun and speakers and speakers[0].verb in _PROUDLY:
            actor = speakers[0].text
        if kind == "attempt" and found.actor is not None and found.actor.head in lexicon()["attempt_nouns"]:
            actor = next((speaker.text for speaker in speakers), "")
        if kind in GAINS and len(speakers) > 1 and self._sides.is_rival(speakers):
            kind, actor = "contested", ""
        active = found.trigger.is_verb and not self._sentence.of(found.trigger, "auxpass")
        if not actor and kind in GAINS and active and found.pattern.frame != "gives":
            actor = self._sides.force_before(found.trigger)
        against = self._sides.actor(found.against, speakers)
        if kind == "withdrawal" and not self._is_force(found.actor, actor):
            return
        places: tuple[PlacePhrase | None, ...] = found.places
        if not places:
            places = (self._office_place(found),) if kind in {"arrest", "deal", "agreement"} else (None,)
        route = None
        if kind in {"route-cut", "route-reopened"}:
            route, places = self._route(found.places)
        for place in places:
            draft = self._draft(self._kind_at(kind, place), place, found)
            draft.actor, draft.against, draft.route = actor, against, route
            self._vouch(draft, found, speakers)
            self._gathered.add(draft)
        if actor and kind != "casualties":
            self._memory.actor = actor

    def _kind_at(self, kind: str, place: PlacePhrase | None) -> str:
        if place is None:
            return kind
        if (
            kind == "capture"
            and place.site
            and place.unit in lexicon()["buildings"]
            and not self._gazetteer.place(place.text)
        ):
            return "site-seized"
        if kind == "capture" and (place.partial or place.centre):
            return "partial-capture"
        return kind

    def _draft(self, kind: str, place: PlacePhrase | None, found: Found) -> Draft:
        mention = self._time_of(found)
        return Draft(
            kind,
            place,
            "",
            "",
            mention.date if mention else self._gathered.dateline,
            mention.precision if mention else Precision.DAY,
            mention.hour if mention else 0,
            self._sentence.number,
            dated=mention is not None,
        )

    def _vouch(self, draft: Draft, found: Found, speakers: list[Speaker]) -> None:
        """Give an event a claim for each who says so, or one for the report itself."""
        countries = self._countries(draft.place)
        own = found.actor is not None and (found.actor.pronoun or found.actor.possessive)
        said: list[Speaker | None] = [*speakers]
        for speaker in said or [None]:
            # "We had to leave": whoever says so is the one who left.
            itself = own and speaker is not None and side_of(speaker.text) == draft.actor
            sure = certainty(
                speaker,
                speaker.text if itself and speaker is not None else draft.actor,
                draft.against,
                countries,
                self._gazetteer,
                leaving=draft.kind == "withdrawal",
                control=found.pattern.frame in CONTROL_FRAMES,
                here=f"{draft.place.name} {draft.place.region}" if draft.place is not None else "",
            )
            draft.claims.append(self._claim(speaker, sure, found.pattern.rule, Stance.ASSERTS))

    def _claim(self, speaker: Speaker | None, sure: Certainty, rule: str, stance: Stance) -> ProposedClaim:
        if stance is Stance.ASSERTS and sure is Certainty.CONFIRMED:
            stance = Stance.CONFIRMS
        credibility = CREDIBILITY[sure]
        if mentions_hearsay(self._sentence) and sure is not Certainty.CONFIRMED:
            credibility = HEARSAY
        attribution = speaker.attribution if speaker is not None else ""
        return ProposedClaim(
            stance,
            sure,
            credibility,
            attribution,
            self._gazetteer.source(attribution),
            self._sentence.text,
            self._sentence.start,
            rule,
        )

    # who leaves

    def _is_force(self, actor: ActorPhrase | None, text: str) -> bool:
        """Say whether whoever leaves is a side that could have held the place."""
        if actor is None or not text:
            return False
        told = set((actor.text or text).lower().replace("-", " ").split())
        if told & (lexicon()["civilians"] | {"embassy", "staff", "company", "workers", "team", "candidate"}):
            return False
        return (
            is_armed(actor)
            or actor.pronoun
            or actor.possessive
            or self._gazetteer.world.is_party(text)
            or self._gazetteer.actor(text) is not None
        )

    # when

    def _time_of(self, found: Found) -> Mention | None:
        """Return the time in the trigger's own clause, else the only one of the sentence."""
        usable = [
            time
            for time in self._times
            if not time.bounds and not time.long_ago and time.date <= self._gathered.dateline
        ]
        if not usable:
            return None
        own = [time for time in self._clause_times(found.trigger) if time in usable]
        if own:
            anchor = found.trigger.start - self._sentence.start
            return min(own, key=lambda time: abs(time.start - anchor))
        return usable[0] if len(usable) == 1 else None

    def _is_long_ago(self, found: Found) -> bool:
        """Say whether the trigger's own words date it far before the report."""
        for time in self._times:
            if not time.long_ago or time.bounds:
                continue
            if self._sentence.text[: time.start].strip() == "" and all(other.long_ago for other in self._times):
                return True
            word = next((word for word in self._sentence.words if word.end - self._sentence.start >= time.end), None)
            for step in self._sentence.path(word) if word is not None else ():
                if step.index == found.trigger.index or (step.is_verb and self._goes_on_from(step, found.trigger)):
                    return True
                if step.is_verb:
                    break
        return False

    def _goes_on_from(self, dated: Word, trigger: Word) -> bool:
        """Say whether the trigger only continues a clause that is dated, without a time of its own.

        "Fell in 2015 before being retaken", "took it in 2012 and held it".
        """
        if any(child.lower in {"still", "now"} for child in self._sentence.of(trigger, "advmod")):
            return False
        for step in self._sentence.path(trigger):
            if step.index == dated.index:
                return True
            if step.relation not in {"conj", "advcl", "pcomp", "prep"}:
                return False
            if step.is_verb and any(not time.long_ago for time in self._clause_times(step)):
                return False
        return False

    # what else is said

    def _add_denial(self, found: Found, speakers: list[Speaker]) -> None:
        """Take a denial of what nobody in the report has said as an event of its own."""
        for speaker in speakers[:1]:
            for place in found.places:
                draft = self._draft("denial", place, found)
                draft.actor, draft.against = speaker.text, self._sides.actor(found.actor, [])
                draft.claims.append(self._claim(speaker, Certainty.REPORTED, found.pattern.rule, Stance.ASSERTS))
                self._gathered.add(draft)

    def _deny(self, found: Found, speakers: list[Speaker]) -> bool:
        """Add a denial to the events that it is about, and say whether there were any."""
        attached = False
        for speaker in speakers:
            claim = self._claim(replace(speaker, denies=True), Certainty.DISPUTED, found.pattern.rule, Stance.DENIES)
            for place in found.places:
                attached |= self._gathered.doubt(claim, place.text, self._sentence.number)
        return attached

    def _take_answers(self) -> None:
        """Attach what a sentence without an event of its own says about the sentence before: a denial, an admission."""
        words = lexicon()
        for verb in self._sentence.words:
            if not verb.is_verb or self._sentence.of(verb, "neg"):
                continue
            denies = verb.lemma in words["deny_verbs"]
            if not denies and verb.lemma not in words["report_verbs"]:
                continue
            subject = subject_of(self._sentence, verb)
            if subject is None or subject.lower in {"it", "which", "there"}:
                continue
            speaker = Speaker(phrase(self._sentence, subject).spelled, verb.lemma, denies=denies, head=subject)
            if not speaker.text:
                continue
            targets = [
                child for child in self._sentence.of(verb, "dobj", "nsubjpass") if child.lower in words["claims"]
            ]
            if denies and targets:
                claim = self._claim(speaker, Certainty.DISPUTED, "denial", Stance.DENIES)
                self._gathered.doubt(claim, "", self._sentence.number)
            elif verb.lemma in words["confirm_verbs"] and targets:
                claim = self._claim(speaker, Certainty.CONFIRMED, "confirmation", Stance.CONFIRMS)
                self._gathered.doubt(claim, "", self._sentence.number)
            elif not denies:
                self._admit(verb, speaker)

    def _admit(self, verb: Word, speaker: Speaker) -> None:
        """Take "they say that they were forced to retreat" as the losing side's word for what it lost."""
        for clause in self._sentence.of(verb, "ccomp"):
            leaving = [clause, *self._sentence.of(clause, "xcomp")]
            if not any(word.lemma in lexicon()["leave_verbs"] for word in leaving):
                continue
            left = [name for word in leaving for name in self._left_by(word)]
            for draft in self._gathered.gains_before(self._sentence.number):
                if left and not any(same_place(draft.name, name) for name in left):
                    continue
                if not same_side(speaker.text, draft.actor, self._gazetteer):
                    claim = self._claim(speaker, Certainty.CONFIRMED, "admission", Stance.CONFIRMS)
                    if all(known.attribution != claim.attribution for known in draft.claims):
                        draft.claims.append(claim)

    def _left_by(self, verb: Word) -> list[str]:
        """Return the names of what a verb says is left: "withdrew from A"."""
        froms = [child for child in self._sentence.of(verb, "prep") if child.lower == "from"]
        names = [word for child in froms for word in self._sentence.of(child, "pobj") if word.is_name]
        return [place.name for word in names for place in self._reader.read(word.left)]

    def _office_place(self, found: Found) -> PlacePhrase | None:
        """Return the place of the governor, mayor or police chief who acts or is acted on."""
        for actor in (found.against, found.actor):
            text = actor.text.lower() if actor is not None else ""
            for office, place in self._memory.offices.items():
                if office in text:
                    return PlacePhrase(place, known=True)
        return None

    def _route(self, places: tuple[PlacePhrase, ...]) -> tuple[str | None, tuple[PlacePhrase, ...]]:
        """Return the situation's only route by that name, or through the place that cuts it."""
        catalog = self._gazetteer.catalog
        road = places[-1]
        if catalog is None:
            return None, (road,)
        ids = {found for place in places[:-1] if (found := self._gazetteer.place(place.name))}
        through = [route.id for route in catalog.routes.values() if ids & set(route.place_ids)]
        named = [route.id for route in catalog.routes.values() if route.name.lower() in road.text.lower()]
        routes = named or through
        return (routes[0] if len(routes) == 1 else None), (places[0] if places[:-1] else road,)

    def _countries(self, place: PlacePhrase | None) -> frozenset[str]:
        if place is None:
            return frozenset()
        world = self._gazetteer.world
        if place.region and (found := world.countries_in(place.region)):
            return found
        return frozenset(candidate.country for candidate in world.places(place.name)[:1]) | world.countries_in(
            place.name
        )
