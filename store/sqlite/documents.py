"""Each event's document in the full-text index: the words of its texts, then its facet words."""

from collections.abc import Mapping, Sequence

from model.entities import Claim, Event, Weight
from model.grades import CREDIBILITIES, RELIABILITIES
from model.times import DAY
from store.sqlite import facets
from store.sqlite.facets import day_words, id_word, text_words, word
from store.sqlite.names import Names
from store.sqlite.records import STANDINGS

_GRADES = {
    (reliability, credibility): word(facets.GRADE, f"{reliability}{credibility}")
    for reliability in RELIABILITIES
    for credibility in CREDIBILITIES
}
_STANDINGS = {standing: word(facets.STANDING, number) for number, standing in enumerate(STANDINGS)}


class _Facet(dict[str, str]):
    """Id -> its facet words, made when first asked for."""

    def __init__(self, letters: str, numbers: Mapping[str, int]) -> None:
        super().__init__()
        self._letters, self._numbers = letters, numbers

    def __missing__(self, id_: str) -> str:
        words = self[id_] = " ".join(word(letter, self._numbers[id_]) for letter in self._letters)
        return words


class _Days(dict[int, str]):
    """Day number -> its facet words."""

    def __init__(self, letters: str) -> None:
        super().__init__()
        self._letters = letters

    def __missing__(self, day: int) -> str:
        words = self[day] = day_words(self._letters, day * DAY)
        return words


class Writer:
    """Writes the documents of one situation's events."""

    def __init__(self, names: Names) -> None:
        of = names.numbers
        self._situation = word(facets.SITUATION, names.situation)
        self._places = _Facet(facets.PLACE, of.get("place", {}))
        self._by = _Facet(facets.ACTOR + facets.BY, of.get("actor", {}))
        self._against = _Facet(facets.ACTOR + facets.AGAINST, of.get("actor", {}))
        self._routes = _Facet(facets.ROUTE, of.get("route", {}))
        self._kinds = _Facet(facets.KIND, of.get("kind", {}))
        self._sources = _Facet(facets.SOURCE, of.get("source", {}))
        self._occurred, self._known = _Days(facets.OCCURRED), _Days(facets.KNOWN)

    def write(self, event: Event, claims: Sequence[Claim], weight: Weight) -> str:
        """Return the event's document; an event without claims has no day of its first report."""
        words = f"{self._situation} {self._kinds[event.kind]} {id_word(event.id)} {_STANDINGS[weight.standing]}"
        words = f"{words} {self._occurred[event.occurred_at // DAY]}"
        if event.place is not None:
            words = f"{words} {self._places[event.place]}"
        if event.actor is not None:
            words = f"{words} {self._by[event.actor]}"
        if event.against is not None:
            words = f"{words} {self._against[event.against]}"
        if event.route is not None:
            words = f"{words} {self._routes[event.route]}"
        if weight.grade is not None:
            words = f"{words} {_GRADES[weight.grade.reliability, weight.grade.credibility]}"
        text = event.summary
        if claims:
            words = f"{words} {self._known[weight.first_reported_at // DAY]}"
            if weight.first_reported_at < event.occurred_at:
                words = f"{words} {facets.EARLY}"
            for claim in claims:
                words = f"{words} {self._sources[claim.source]}"
                text = f"{text}\n{claim.quote}\n{claim.attribution}"
        return f"{text_words((text,))} {words}"
