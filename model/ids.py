"""Ids of facts: UUIDv7 (RFC 9562) as lower-case text, unique across machines.

Whoever writes a fact makes its id, so that a retry is harmless. A fact from a file gets an id derived from its content,
so that reading the file again adds nothing.
"""

import os
import time

_VERSION_7 = 0x7000
_VARIANT = 0x8000_0000_0000_0000

SHORT_LENGTH = 8
"""Digits of an id that people see: its last ones, as the first twelve of a UUIDv7 are only its time."""

MIN_ID_DIGITS = 4
"""The fewest last digits by which an id can be given."""


def new_id() -> str:
    """Return a fresh UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    return _compose(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10), "big"))


def derived_id(at: int, *parts: str) -> str:
    """Return a UUIDv7 derived from content: the same time and parts give the same id everywhere.

    Args:
        at: when the fact was published or happened, UTC microseconds; orders the id, clamped to 1970 or later.
        parts: the texts that identify the fact (situation, place, source, ...).
    """
    import hashlib

    # The time is hashed too: the id itself only has it to the millisecond, and none before 1970.
    digest = hashlib.sha256("\x1f".join((str(at), *parts)).encode()).digest()
    return _compose(max(0, at) // 1_000, int.from_bytes(digest[:10], "big"))


def is_timeless(id_: str) -> bool:
    """Say whether an id was derived from content alone: `derived_id(0, ...)`."""
    return id_.startswith("00000000-0000-")


def short_id(id_: str) -> str:
    """Return the part of an id that people see and type."""
    return id_[-SHORT_LENGTH:]


def is_id(text: str) -> bool:
    """Say whether a text is a whole id in the form that the store keeps."""
    import uuid

    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _compose(milliseconds: int, random: int) -> str:
    high = (milliseconds & 0xFFFF_FFFF_FFFF) << 16 | _VERSION_7 | (random >> 62 & 0xFFF)
    digits = f"{high << 64 | _VARIANT | (random & 0x3FFF_FFFF_FFFF_FFFF):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
