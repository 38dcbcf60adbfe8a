"""One report's events: repeats merged into one event with several claims, and made proposals at the end."""

import datetime as dt
import re
from dataclasses import dataclass, field, replace

from ingest.proposals import Proposal, ProposedClaim
from ingest.text.actors import is_nonstate
from ingest.text.attribution import Certainty, same_side
from ingest.text.gazetteer import Gazetteer
from ingest.text.place_phrase import PlacePhrase
from model.entities import Stance
from model.kinds import KINDS
from model.text import clean_line, fold
from model.times import Precision, from_datetime, timezone

GAINS = frozenset({"capture", "handover", "partial-capture", "site-seized"})
"""Kinds by which a side gets a place or a part of it."""

_GROUPS = {"handover": "capture", "regain": "capture"}
_DEALS = frozenset({"deal", "agreement", "handover-agreed", "surrender-offer"})
_YIELDING = frozenset(
    {
        "deal",
        "agreement",
        "pact",
        "accord",
        "truce",
        "negotiating",
        "negotiated",
        "surrender",
        "surrendering",
        "surrendered",
        "handover",
        "handing",
        "handed",
        "yielding",
        "capitulation",
        "capitulating",
        "ceding",
    }
)
"""What a text calls a deal to give a place up."""

_BRACKETS = re.compile(r" ?\([^)]*\)")
_SUMMARY = 160
_PLACELESS = frozenset({"casualties"})


@dataclass
class Draft:
    """An event while its report is being read."""

    kind: str
    place: PlacePhrase | None
    actor: str
    against: str
    date: dt.date
    precision: Precision
    hour: int
    sentence: int
    """Number of the sentence that it was found in."""
    dated: bool
    """The text names the time itself."""
    claims: list[ProposedClaim] = field(default_factory=list)
    route: str | None = None

    @property
    def name(self) -> str:
        """The place's name as the text has it."""
        return self.place.text if self.place is not None else ""


class Gathered:
    """The events of one report so far."""

    def __init__(self, gazetteer: Gazetteer, dateline: dt.date, zone: str, *, at_home: bool = True) -> None:
        self.dateline = dateline
        self._at_home = at_home
        self.drafts: list[Draft] = []
        self._gazetteer = gazetteer
        self._zone = zone

    def add(self, draft: Draft) -> None:
        """Take an event: as a further claim of one that is there already, or as a new one."""
        if draft.kind == "still-held":
            self._contradict(draft)
        if draft.kind == "arrest":
            self._rebut(draft)
        known = self._same(draft)
        if known is None:
            self.drafts.append(draft)
            return
        known.claims += [claim for claim in draft.claims if (claim.quote_start, claim.attribution) not in _said(known)]
        known.actor = known.actor or draft.actor
        known.against = known.against or draft.against
        known.route = known.route or draft.route
        if draft.dated and not known.dated:
            known.date, known.precision, known.hour, known.dated = draft.date, draft.precision, draft.hour, True

    def _contradict(self, held: Draft) -> None:
        """Take "the army still holds the town" as a denial of its capture by the other side that was just told."""
        for draft in self.drafts:
            near = draft.kind == "capture" and draft.sentence in {held.sentence, held.sentence - 1}
            if near and same_place(draft.name, held.name) and not same_side(draft.actor, held.actor, self._gazetteer):
                draft.claims += [
                    replace(claim, stance=Stance.DENIES, certainty=Certainty.DISPUTED)
                    for claim in held.claims
                    if claim.attribution
                ]

    def _rebut(self, arrest: Draft) -> None:
        """Take "arrested over that alleged deal" as a denial of it: whoever says so did not let anybody go."""
        said = [(claim, set(fold(claim.quote).split())) for claim in arrest.claims if claim.attribution]
        over = [claim for claim, words in said if words & _YIELDING]
        for draft in self.drafts:
            alike = same_place(draft.name, arrest.name) or _share_a_word(draft.actor, arrest.against)
            if draft.kind in _DEALS and alike:
                draft.claims += [replace(one, stance=Stance.DENIES, certainty=Certainty.DISPUTED) for one in over]

    def doubt(self, claim: ProposedClaim, place: str, before: int) -> bool:
        """Attach a denial or a confirmation to what was said of the place; without one, to the sentence before.

        Returns:
            Whether there was anything to attach it to.
        """
        found = [
            draft
            for draft in self.drafts
            if draft.kind in GAINS | {"withdrawal", "entered"}
            and (same_place(draft.name, place) if place else draft.sentence in {before, before - 1})
        ]
        for draft in found:
            if (claim.quote_start, claim.attribution) not in _said(draft):
                draft.claims.append(claim)
        return bool(found)

    def gains_before(self, sentence: int) -> list[Draft]:
        """Return the gains that the sentence before this one, or this one, speaks of."""
        return [draft for draft in self.drafts if draft.kind in GAINS and draft.sentence in {sentence, sentence - 1}]

    def proposals(self) -> tuple[Proposal, ...]:
        """Return what the report proposes, what is implied by something else left out."""
        return tuple(self._proposal(draft) for draft in self.drafts if not self._is_implied(draft))

    def _same(self, draft: Draft) -> Draft | None:
        for known in self.drafts:
            if _GROUPS.get(known.kind, known.kind) != _GROUPS.get(draft.kind, draft.kind):
                continue
            if draft.kind == "route-cut" and known.kind == "route-cut":
                return known
            if draft.kind in _PLACELESS or not draft.name:
                alike = known.name == draft.name and (
                    known.sentence == draft.sentence or _like(known.actor, draft.actor)
                )
                if alike and known.kind not in _PLACELESS:
                    return known
                continue
            if not same_place(known.name, draft.name):
                continue
            if not known.actor or not draft.actor or self._one_side(known, draft):
                return known
        return None

    def _one_side(self, known: Draft, draft: Draft) -> bool:
        if same_side(known.actor, draft.actor, self._gazetteer) or _like(known.actor, draft.actor):
            return True
        if is_nonstate(known.actor) != is_nonstate(draft.actor):
            return False
        # "Militants" of one sentence and "the group" of the next are one, if nobody says whom it was taken from.
        return not any(char.isupper() for char in known.actor[1:]) or not any(
            char.isupper() for char in draft.actor[1:]
        )

    def _is_implied(self, draft: Draft) -> bool:
        """Say whether another event of the report already tells this one: the fighting before a capture, the entry."""
        if draft.kind not in {"entered", "attempt", "clash", "contested", "siege", "air-strike", "shelling"}:
            return False
        stronger = GAINS | ({"entered"} if draft.kind in {"attempt", "clash"} else set())
        if draft.kind == "clash":
            stronger |= {"attempt", "withdrawal", "contested", "siege"}
        return any(
            other is not draft
            and other.kind in stronger
            and same_place(other.name, draft.name)
            and (
                draft.kind == "clash"
                or not other.actor
                or not draft.actor
                or same_side(other.actor, draft.actor, self._gazetteer)
            )
            for other in self.drafts
        )

    def _proposal(self, draft: Draft) -> Proposal:
        place_id = self._place_id(draft)
        at = dt.datetime(draft.date.year, draft.date.month, draft.date.day, draft.hour, tzinfo=timezone(self._zone))
        occurred = from_datetime(at)
        name = draft.place.name if draft.place is not None else ""
        world = self._gazetteer.world.places(name) if name and place_id is None else ()
        return Proposal(
            kind=draft.kind,
            place=clean_line(draft.name),
            place_id=place_id,
            candidates=world[:5],
            actor=clean_line(draft.actor),
            actor_id=self._actor_id(draft.actor),
            against=clean_line(draft.against),
            against_id=self._actor_id(draft.against),
            route_id=draft.route,
            occurred_at=occurred,
            precision=draft.precision,
            summary=_summary(draft),
            claims=tuple(draft.claims),
        )

    def _actor_id(self, name: str) -> str | None:
        # "Government forces" of a text about another country are not the situation's; "Taliban fighters" are.
        group = self._gazetteer.is_group(name.partition(" ")[0])
        own = self._at_home or group or any(char.isupper() for char in name[1:])
        return self._gazetteer.actor(name) if own else None

    def _place_id(self, draft: Draft) -> str | None:
        if draft.place is None:
            return None
        for name in (draft.place.text, draft.place.name, draft.place.alternative):
            if found := self._gazetteer.place(name):
                return found
        # A building is the town's affair where the situation has no place of its own for it.
        return self._gazetteer.place(draft.place.region) if draft.place.site and draft.kind == "site-seized" else None


def same_place(one: str, other: str) -> bool:
    """Say whether two spellings of a text are one place: alike but for case, accents and "city".

    What follows a comma counts where both have it: the police headquarters of two towns are two.
    """
    first, _, there = _BRACKETS.sub("", one).partition(",")
    second, _, here = _BRACKETS.sub("", other).partition(",")
    alike = bool(fold(first)) and _bare(fold(first)) == _bare(fold(second))
    return alike and (not there or not here or fold(there) == fold(here))


def _bare(name: str) -> str:
    return " ".join(word for word in name.split() if word not in {"city", "town", "village", "the"}) or name


def _like(one: str, other: str) -> bool:
    return not one or not other or bool(set(fold(one).split()) & set(fold(other).split()))


def _share_a_word(one: str, other: str) -> bool:
    """Say whether two phrases share a name or a title: "the governor of Ghazni", "Governor Laghmani"."""
    return bool(set(fold(one).split()) & set(fold(other).split()) - {"the", "of", "a", "and", "s"})


def _said(draft: Draft) -> set[tuple[int, str]]:
    return {(claim.quote_start, claim.attribution) for claim in draft.claims}


def _summary(draft: Draft) -> str:
    label = KINDS[draft.kind].label
    who = draft.actor[:1].upper() + draft.actor[1:] if draft.actor else ""
    if (
        draft.kind in {"capture", "withdrawal", "entered", "siege", "partial-capture"}
        and who
        and draft.place is not None
    ):
        verb = {"withdrawal": "withdrew from", "siege": "besieged", "partial-capture": "captured part of"}.get(
            draft.kind, label
        )
        return clean_line(f"{who} {verb} {draft.name}")
    if draft.kind in {"capture", "handover"} and draft.place is not None and not who:
        return clean_line(f"{draft.name} {'fell' if draft.kind == 'capture' else label}")
    quote = " ".join(draft.claims[0].quote.split()) if draft.claims else label
    return clean_line(quote if len(quote) <= _SUMMARY else quote[: _SUMMARY - 1] + "…")
