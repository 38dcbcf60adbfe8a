"""Event kinds: ACLED's six types and 25 sub-types, and the territorial detail that they lack.

One table has each kind's name, its ACLED sub-type and its effect on control. The types and sub-types are those of the
public ACLED codebook.
"""

import enum
from typing import NamedTuple


class Effect(enum.StrEnum):
    """What an event does to who controls its place; `model/control.py` has the rule."""

    TAKES = "takes"
    """The actor holds the place from now on."""
    HOLDS = "holds"
    """The actor is said to still hold it."""
    CONTESTS = "contests"
    """Control is fought over."""
    THREATENS = "threatens"
    """Fighting at the edge, or an attempt."""
    ENCIRCLES = "encircles"
    """Cut off."""
    LEAVES = "leaves"
    """The actor leaves the place, to the side in `against` where one is named."""
    AGREES = "agrees"
    """A handover is agreed, not carried out."""
    CUTS = "cuts"
    """A route is cut."""
    REOPENS = "reopens"
    """A route is open again."""
    NONE = "none"


class Kind(NamedTuple):
    """One kind of event."""

    code: str
    """What is stored and typed: `capture`."""
    label: str
    """What a row says: `captured`."""
    acled_type: str
    acled_sub_type: str
    effect: Effect
    glyph: str = " "
    """One cell, ASCII or a character that terminals agree on."""


_B, _V, _X = "Battles", "Violence against civilians", "Explosions/Remote violence"
_P, _R, _S = "Protests", "Riots", "Strategic developments"
_TRANSFER = "Non-violent transfer of territory"
_ROWS = (
    # ACLED's own 25
    Kind("regain", "regained", _B, "Government regains territory", Effect.TAKES, "■"),
    Kind("capture", "captured", _B, "Non-state actor overtakes territory", Effect.TAKES, "■"),
    Kind("clash", "armed clash", _B, "Armed clash", Effect.CONTESTS, "×"),
    Kind("chemical-weapon", "chemical weapon", _X, "Chemical weapon", Effect.NONE, "*"),
    Kind("air-strike", "air/drone strike", _X, "Air/drone strike", Effect.NONE, "*"),
    Kind("suicide-bomb", "suicide bomb", _X, "Suicide bomb", Effect.NONE, "*"),
    Kind("shelling", "shelling/missiles", _X, "Shelling/artillery/missile attack", Effect.NONE, "*"),
    Kind("ied", "mine or IED", _X, "Remote explosive/landmine/IED", Effect.NONE, "*"),
    Kind("grenade", "grenade", _X, "Grenade", Effect.NONE, "*"),
    Kind("sexual-violence", "sexual violence", _V, "Sexual violence", Effect.NONE, "†"),
    Kind("attack", "attack on civilians", _V, "Attack", Effect.NONE, "†"),
    Kind("abduction", "abduction", _V, "Abduction/forced disappearance", Effect.NONE, "†"),
    Kind("peaceful-protest", "peaceful protest", _P, "Peaceful protest", Effect.NONE, "○"),
    Kind("excessive-force", "force against protest", _P, "Excessive force against protesters", Effect.NONE, "○"),
    Kind("protest", "protest with intervention", _P, "Protest with intervention", Effect.NONE, "○"),
    Kind("violent-demonstration", "violent demonstration", _R, "Violent demonstration", Effect.NONE, "○"),
    Kind("mob-violence", "mob violence", _R, "Mob violence", Effect.NONE, "○"),
    Kind("agreement", "agreement", _S, "Agreement", Effect.AGREES, "≈"),
    Kind("arrest", "arrest", _S, "Arrests", Effect.NONE, "¶"),
    Kind("group-activity", "change to group/activity", _S, "Change to group/activity", Effect.NONE, "·"),
    Kind("disrupted-weapons", "disrupted weapons use", _S, "Disrupted weapons use", Effect.NONE, "·"),
    Kind("base", "headquarters or base", _S, "Headquarters or base established", Effect.NONE, "·"),
    Kind("looting", "looting/destruction", _S, "Looting/property destruction", Effect.NONE, "·"),
    Kind("transfer", "transferred", _S, _TRANSFER, Effect.TAKES, "■"),
    Kind("other", "other", _S, "Other", Effect.NONE, "·"),
    # the territorial detail
    Kind("entered", "entered", _B, "Armed clash", Effect.CONTESTS, "→"),
    Kind("partial-capture", "partly captured", _B, "Armed clash", Effect.CONTESTS, "▪"),
    Kind("site-seized", "site seized", _B, "Armed clash", Effect.CONTESTS, "▪"),
    Kind("attempt", "attempt to take", _B, "Armed clash", Effect.THREATENS, "»"),
    Kind("contested", "control contested", _B, "Armed clash", Effect.CONTESTS, "×"),
    Kind("siege", "besieged", _S, "Other", Effect.ENCIRCLES, "◎"),
    Kind("withdrawal", "withdrew", _S, _TRANSFER, Effect.LEAVES, "←"),
    Kind("handover", "handed over", _S, _TRANSFER, Effect.TAKES, "■"),
    Kind("still-held", "still held", _S, "Other", Effect.HOLDS, "="),
    Kind("handover-agreed", "handover agreed", _S, "Agreement", Effect.AGREES, "≈"),
    Kind("surrender-offer", "surrender offered", _S, "Agreement", Effect.NONE, "≈"),
    Kind("power-sharing-offer", "offer to share power", _S, "Agreement", Effect.NONE, "≈"),
    Kind("deal", "deal", _S, "Agreement", Effect.NONE, "≈"),
    Kind("departure", "resigned or fled", _S, "Change to group/activity", Effect.NONE, "←"),
    Kind("casualties", "casualties", _S, "Other", Effect.NONE, "†"),
    Kind("denial", "denial", _S, "Other", Effect.NONE, "¬"),
    Kind("route-cut", "route cut", _S, "Other", Effect.CUTS, "╳"),
    Kind("route-reopened", "route reopened", _S, "Other", Effect.REOPENS, "═"),
)

KINDS: dict[str, Kind] = {kind.code: kind for kind in _ROWS}
"""Every kind by its code."""

CONTROL_KINDS = frozenset(kind.code for kind in _ROWS if kind.effect not in (Effect.NONE, Effect.CUTS, Effect.REOPENS))
"""Codes of the kinds that can change who controls a place."""
