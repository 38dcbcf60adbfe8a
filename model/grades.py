"""Grades of sources and claims: the Admiralty code (NATO AJP-2.1), reliability A to F beside credibility 1 to 6."""

from dataclasses import dataclass

from model.errors import InputRefused

RELIABILITIES = "ABCDEF"
"""A completely reliable, B usually, C fairly, D not usually, E unreliable, F cannot be judged."""

CREDIBILITIES = (1, 2, 3, 4, 5, 6)
"""1 confirmed, 2 probably true, 3 possibly true, 4 doubtful, 5 improbable, 6 cannot be judged."""


@dataclass(frozen=True, slots=True)
class Grade:
    """How good a claim is: its source's reliability and its own credibility, written `B2`.

    Grades are ordered by `weight`, so that A3, B2 and C1, though not the same, are equally good when claims are
    weighed: each is both `<=` and `>=` the others.
    """

    reliability: str
    """A letter of `RELIABILITIES`."""
    credibility: int
    """A number of `CREDIBILITIES`."""

    @property
    def weight(self) -> int:
        """2 (F6) to 12 (A1); what "equal or better" is measured in."""
        return 13 - RELIABILITIES.index(self.reliability) - self.credibility

    def at_least(self, other: "Grade") -> bool:
        """Say whether both the letter and the number are as good as the other's: what `grade:>=B2` asks."""
        return self.reliability <= other.reliability and self.credibility <= other.credibility

    def __lt__(self, other: "Grade") -> bool:
        return self.weight < other.weight

    def __le__(self, other: "Grade") -> bool:
        return self.weight <= other.weight

    def __gt__(self, other: "Grade") -> bool:
        return self.weight > other.weight

    def __ge__(self, other: "Grade") -> bool:
        return self.weight >= other.weight

    def __str__(self) -> str:
        return f"{self.reliability}{self.credibility}"


def parse_grade(text: str) -> Grade:
    """Read a grade such as `B2`.

    Raises:
        InputRefused: it is not a letter A to F and a digit 1 to 6.
    """
    text = text.strip().upper()
    if len(text) == 2 and text[0] in RELIABILITIES and text[1] in "123456":
        return Grade(text[0], int(text[1]))
    raise InputRefused(f"{text[:20]!r} is not a grade; write a letter A to F and a digit 1 to 6, such as B2")
