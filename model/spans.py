"""A place's control at every pair of clocks, as rectangles, derived by the rule of `model/control.py`.

At one known-at, control is a row of states along the axis of occurrence. Rows only change at the instants at which
something was reported or marked. A rectangle is one stretch of a row, for as long as the following rows have exactly
the same stretch. So no two rectangles can be joined, and they depend only on the facts, not on the order in which they
were derived.
"""

import bisect
import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from model.catalog import Catalog
from model.entities import ControlState, Status
from model.standing import Evidence
from model.steps import Weighed, bears_on_control, order, step, weighed
from model.times import EARLIEST, FOREVER


class Span(NamedTuple):
    """A state of one place, true from `occurred_from` until `occurred_to`, as known from `known_from` to `known_to`.

    Both intervals are half-open: the end is not in them. To read at a clock of FOREVER, use `FOREVER - 1`.
    """

    state: ControlState
    occurred_from: int
    occurred_to: int
    known_from: int
    known_to: int

    @property
    def key(self) -> tuple[int, int]:
        """What identifies it among the spans of its place."""
        return self.occurred_from, self.known_from


def timeline(place: str, evidence: Iterable[Evidence], catalog: Catalog) -> tuple[Span, ...]:
    """Return the place's control at every pair of clocks, as the fewest spans, ordered by their keys."""
    return extend(place, (), evidence, catalog, occurred_from=EARLIEST, known_after=EARLIEST - 1)[0]


def extend(
    place: str,
    current: Iterable[Span],
    evidence: Iterable[Evidence],
    catalog: Catalog,
    *,
    occurred_from: int,
    known_after: int,
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Bring a timeline up to date after facts were added or removed, without reading all of it.

    Args:
        place: the place's id.
        current: every span of the place with `occurred_to >= occurred_from and known_to > known_after`; none for a
            place that has no timeline yet. Further spans do no harm.
        evidence: all evidence at the place, as it is now, with `occurred_at >= occurred_from`.
        catalog: the situation's catalog.
        occurred_from: the earliest occurrence of an event that was added or removed, or had a claim or verdict added
            or removed.
        known_after: an instant before the `reported_at` or `recorded_at` of each of those claims and verdicts.

    Returns:
        (spans to put, each of them new or replacing the one with the same key; spans to delete). Spans in neither stay
        as they are.
    """
    touched = {span.key: span for span in current if span.occurred_to >= occurred_from and span.known_to > known_after}
    # The states before `occurred_from` do not change, but they can differ between the known-ats after `known_after`.
    leads = {
        span.known_from: span
        for span in touched.values()
        if span.occurred_from < occurred_from and span.known_from > known_after
    }
    at_first = [span for span in touched.values() if span.known_from <= known_after]
    row = _Row(place, sorted(at_first, key=lambda span: span.occurred_from))
    known = _Known(place, evidence, catalog, occurred_from, known_after)
    for instant in sorted(known.changes.keys() | leads.keys()):
        changed = known.learn(instant)
        right_at = EARLIEST - 1
        if instant in leads:
            right_at = row.rewrite(known, instant, occurred_from, leads[instant])
        for occurred_at in changed:
            if occurred_at > right_at:
                right_at = row.rewrite(known, instant, occurred_at)
    result = {span.key: span for span in row.spans()}
    put = [span for key, span in sorted(result.items()) if touched.get(key) != span]
    return tuple(put), tuple(span for key, span in sorted(touched.items()) if key not in result)


class _Known:
    """The weight of each event, moved forward from one instant at which something became known to the next."""

    def __init__(
        self, place: str, evidence: Iterable[Evidence], catalog: Catalog, occurred_from: int, known_after: int
    ) -> None:
        self._catalog = catalog
        self._evidence = sorted(
            (
                one
                for one in evidence
                if one.event.place == place and one.event.occurred_at >= occurred_from and bears_on_control(one.event)
            ),
            key=lambda one: order(one.event),
        )
        self._times = [one.event.occurred_at for one in self._evidence]
        self._found: list[Weighed | None] = [weighed(one, catalog, known_after) for one in self._evidence]
        self._visible = [number for number, found in enumerate(self._found) if found is not None]
        self.changes: dict[int, list[int]] = {}
        """Instant after `known_after` -> the indices of the events of which something became known then."""
        for number, one in enumerate(self._evidence):
            instants = {claim.reported_at for claim in one.claims} | {mark.recorded_at for mark in one.verdicts}
            for instant in instants:
                if instant > known_after:
                    self.changes.setdefault(max(instant, EARLIEST), []).append(number)

    def learn(self, instant: int) -> list[int]:
        """Weigh what changes at the instant; return the occurrences of the events that weigh differently, in order."""
        changed: list[int] = []
        for number in self.changes.get(instant, ()):
            found = weighed(self._evidence[number], self._catalog, instant)
            earlier = self._found[number]
            if found is None or found == earlier:
                continue
            self._found[number] = found
            if earlier is None:
                bisect.insort(self._visible, number)
            changed.append(self._times[number])
        return changed

    def states_from(self, state: ControlState, begin: int) -> Iterator[tuple[int, ControlState]]:
        """Yield the occurrence of each known event from `begin` on, and the state after it."""
        times, found, visible = self._times, self._found, self._visible
        position = bisect.bisect_left(visible, bisect.bisect_left(times, begin))
        while position < len(visible):
            at = times[visible[position]]
            while position < len(visible) and times[visible[position]] == at:
                one = found[visible[position]]
                assert one is not None
                state = step(state, one, self._catalog)[0]
                position += 1
            yield at, state


class _Row:
    """The states along the axis of occurrence at the current known-at, and the spans that ended before it."""

    def __init__(self, place: str, spans: Iterable[Span]) -> None:
        self._nothing = ControlState(place, Status.UNKNOWN)
        spans = list(spans) or [Span(self._nothing, EARLIEST, FOREVER, EARLIEST, FOREVER)]
        self._starts = [span.occurred_from for span in spans]
        self._states = [span.state for span in spans]
        self._since = [span.known_from for span in spans]
        self._closed: list[Span] = []

    def rewrite(self, known: _Known, instant: int, begin: int, lead: Span | None = None) -> int:
        """Bring the row up to what is known at the instant, from `begin` to where it agrees with the old row again.

        Args:
            known: what is known.
            instant: the known-at from which on the new stretches hold.
            begin: the occurrence before which nothing changes.
            lead: the stretch that contains `begin` or ends there, where that one changes too.

        Returns:
            The occurrence from which on the row is right again, unless a later event weighs differently too.
        """
        starts, states = self._starts, self._states
        first = max(bisect.bisect_left(starts, begin) - 1, 0)
        start, state = (EARLIEST, self._nothing) if starts[first] == begin else (starts[first], states[first])
        if lead is not None:
            start, state = lead.occurred_from, lead.state
            if state == states[first]:
                self._replace(first, first + 1, [(start, state)], instant)
                return begin - 1
        stretches = [(start, state)]
        for at, after in known.states_from(state, begin):
            if after != state:
                stretches.append((at, after))
                state = after
            here = bisect.bisect_right(starts, at)
            if states[here - 1] == state:
                self._replace(first, here, stretches, instant)
                return at
        self._replace(first, len(starts), stretches, instant)
        return FOREVER

    def spans(self) -> list[Span]:
        """Return all spans; those of the current row are known until FOREVER."""
        ends = [*self._starts[1:], FOREVER]
        opened = (
            Span(state, start, end, since, FOREVER)
            for state, start, end, since in zip(self._states, self._starts, ends, self._since, strict=True)
        )
        return [*self._closed, *opened]

    def _replace(self, first: int, last: int, stretches: list[tuple[int, ControlState]], instant: int) -> None:
        """Replace the stretches `first` to `last` (exclusive); those that are the same keep their known-from."""
        if len(stretches) > 1 and stretches[1][0] == stretches[0][0]:  # the first one has no length
            del stretches[0]
        old_starts = self._starts[first : last + 1]
        if last == len(self._starts):
            old_starts.append(FOREVER)
        new_starts = [start for start, _ in stretches]
        new_ends = [*new_starts[1:], old_starts[-1]]
        known_since = [instant] * len(stretches)
        for offset, (start, end) in enumerate(itertools.pairwise(old_starts)):
            state, since = self._states[first + offset], self._since[first + offset]
            number = bisect.bisect_left(new_starts, start)
            if number < len(stretches) and stretches[number] == (start, state) and new_ends[number] == end:
                known_since[number] = since
            elif since < instant:
                self._closed.append(Span(state, start, end, since, instant))
        self._starts[first:last] = new_starts
        self._states[first:last] = [state for _, state in stretches]
        self._since[first:last] = known_since
