"""One place as a text names it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlacePhrase:
    """One place as a text names it."""

    name: str
    """The proper name, without "city of"; empty where it has none ("the city", "five villages")."""
    unit: str = ""
    """What the text calls it, lower case: `city`, `airport`; empty where it does not say."""
    region: str = ""
    """The larger area that the text puts it in."""
    alternative: str = ""
    """Another name in brackets."""
    start: int = 0
    """Index of its first word."""
    end: int = 0
    """Index of its last word."""
    partial: bool = False
    """Only a part of it."""
    centre: bool = False
    """Its centre or edge."""
    site: bool = False
    """An airport, a base, a road: not a settlement or area."""
    vague: bool = False
    """Several, or one of several, without a name."""
    definite: bool = False
    """ "The city": named elsewhere."""
    known: bool = False
    """A gazetteer, a unit, or the region after it says that this is a place."""

    @property
    def text(self) -> str:
        """As a list of places would have it: `Kandahar`, `presidential palace, Khartoum`."""
        name = f"{self.name} ({self.alternative})" if self.alternative else self.name
        return f"{name}, {self.region}" if self.site and self.region and self.region not in name else name
