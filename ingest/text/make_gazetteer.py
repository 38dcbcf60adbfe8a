"""Make `gazetteer.tsv.gz` from GeoNames tables, before packaging: `python -m ingest.text.make_gazetteer FOLDER`.

The result depends on the tables alone, byte for byte.
"""

import gzip
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from model.text import fold

TABLES = (
    "geonames_world_15000plus.tsv.gz",
    "geonames_conflict_countries_cities500.tsv.gz",
    "geonames_AF_cities500.tsv",
)
REGIONS = "geonames_admin1.tsv"
MAX_NAMES = 10
_UNIT = re.compile(r"\b(?:Province|Oblast|State|Region|Governorate|County|District|Republic|Department|of|the)\b *")


def make(folder: Path, target: Path) -> int:
    """Write the table and return how many places it has.

    A line is GeoNames number, name, country, first-level region, longitude, latitude, population, and the names by
    which a text may call it, in the form of `model.text.fold`, with `|` between. A region has no number.
    """
    regions = dict(_rows(folder / REGIONS))
    lines: dict[str, str] = {}
    for table in TABLES:
        for number, row in _rows(folder / table):
            name, plain, others, latitude, longitude, _feature, country, admin1, _admin2, population, *_ = row
            keys = _keys(name, plain, *others.split(","))
            if not keys:
                continue
            region = regions.get(f"{country}.{admin1}", [""])[0]
            fields = (number, name, country, region, longitude, latitude, population, "|".join(keys))
            lines[number] = "\t".join(fields)
    listed = [lines[number] for number in sorted(lines, key=int)]
    for code, row in sorted(regions.items()):
        listed.append(
            "\t".join(("", row[0], code[:2], row[0], "", "", "", "|".join(_keys(row[0], _UNIT.sub("", row[0])))))
        )
    with target.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(("\n".join(listed) + "\n").encode())
    return len(listed)


def _rows(path: Path) -> Iterator[tuple[str, list[str]]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    for line in text.rstrip("\n").split("\n")[1:]:
        first, *rest = line.split("\t")
        yield first, rest


def _keys(*names: str) -> list[str]:
    """Return the names in Latin letters, folded, the first ones first; codes of three capitals left out."""
    keys = dict.fromkeys(
        fold(name)
        for name in map(str.strip, names)
        if name.isprintable() and len(name) <= 40 and not (len(name) <= 3 and name.isupper()) and _is_latin(name)
    )
    keys.pop("", None)
    return [key for key in keys if len(key) > 2 or key == fold(names[0])][:MAX_NAMES]


def _is_latin(name: str) -> bool:
    return all(ord(char) < 0x250 or 0x1E00 <= ord(char) < 0x1F00 or char in "‘’ʻʿ" for char in name)


if __name__ == "__main__":
    sys.stdout.write(f"{make(Path(sys.argv[1]), Path(__file__).with_name('gazetteer.tsv.gz')):,} places\n")
