"""ACLED's layout with made-up rows, as many as wanted: the same seed and size give the same file, byte for byte.

`python -m bench.acled 100000 rows.csv` writes one; `sitmon --store ... import --create rows.csv` is what is timed.
"""

import csv
import datetime as dt
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from bench.generate import catalog
from model.kinds import KINDS

COLUMNS = (
    *("event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type", "sub_event_type"),
    *("actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2", "interaction", "civilian_targeting"),
    *("iso", "region", "country", "admin1", "admin2", "admin3", "location", "latitude", "longitude", "geo_precision"),
    *("source", "source_scale", "notes", "fatalities", "tags", "timestamp"),
)
ACTORS, PLACES = 300, 2_000
_FIRST = dt.date(2023, 1, 1)


def rows(count: int) -> Iterator[tuple[str | int | float, ...]]:
    """Yield made-up rows, in the order of their dates."""
    chooser = random.Random(11)
    places = list(catalog().places.values())[:PLACES]
    kinds = list(KINDS.values())[:25]
    for number in range(count):
        day = _FIRST + dt.timedelta(days=number * 730 // count)
        kind = chooser.choice(kinds)
        place = chooser.choice(places)
        one, other = chooser.sample(range(ACTORS), 2)
        where = f"Made-up Province {len(place.name)}"
        yield (
            *(f"BEN{number}", day.isoformat(), day.year, chooser.choice((1, 1, 1, 2, 3)), "", kind.acled_type),
            *(kind.acled_sub_type, f"Made-up Force {one} (2020-)", "", 1, f"Made-up Group {other}", "", 2, 12, ""),
            *(0, "Nowhere", "Nowhere", where, "", "", place.name, place.latitude or 0, place.longitude or 0),
            *(chooser.choice((1, 1, 2, 3)), "Made-up Wire; Made-up Radio", "National"),
            f"On {day:%d %B}, force {one} and group {other} were said to have met in {place.name}. Casualties unknown.",
            *(chooser.randrange(9), "", 1_735_689_600 + number),
        )


def write(count: int, stream: IO[str]) -> None:
    """Write so many rows under a header."""
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    writer.writerows(rows(count))


if __name__ == "__main__":
    with Path(sys.argv[2]).open("w", encoding="utf-8", newline="") as target:
        write(int(sys.argv[1]), target)
