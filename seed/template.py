"""A template for a new situation: a small folder in which every file has an example line."""

import json
from pathlib import Path

from model.errors import InputRefused
from model.text import clean_text
from model.times import timezone
from seed.cells import identifier, line_of_text

_HEADING = """\
# The situation itself. docs/situations.md describes every file and column.
# Lower-case letters, digits and hyphens; never changes once it is loaded.
id = {id}
name = {name}
# IANA time zone: every time in these files is read in it, unless it has its own offset.
zone = {zone}
summary = "One sentence: what is being watched."
# The period of interest, to go to; not a limit.
# begins = "2024-01-01"
# ends = "2024-01-31"
credit = "Whose facts these are; shown with the situation."
"""

_README = """\
# {name}

Where the facts come from, and who may use them and how. sitmon does not load a situation without this file.

- Places: GeoNames (geonames.org), CC BY 4.0.
- Events: reports by the source that each row names.

Replace the example in each table with your own lines, then run

    sitmon situation check FOLDER
    sitmon situation load FOLDER
"""

_TABLES = {
    "places.csv": """\
id,name,kind,admin1,admin2,pcode,iso,geonameid,longitude,latitude,population,parent
first-town,First Town,provincial-capital,First Province,,,,,10.5,50.25,120000,
second-town,Second Town,town,First Province,,,,,10.75,50.5,,
first-airport,First Town airport,airport,First Province,,,,,10.55,50.27,,first-town
""",
    "names.csv": """\
what,id,text,language
place,first-town,Town One,en
actor,government,the authorities,en
""",
    "routes.csv": """\
id,name,places,note
highway,Highway,first-town second-town,straight lines between the towns: not surveyed
""",
    "actors.csv": """\
id,name,kind,note
government,Government,government,
army,Army,force,
rebels,Rebels,armed-group,
""",
    "roles.csv": """\
actor,title,person,valid_from,valid_to
""",
    "relations.csv": """\
actor,kind,other,valid_from,valid_to
army,part-of,government,,
rebels,opposes,government,,
""",
    "sources.csv": """\
id,name,kind,speaks_for,copies
agency,News Agency,agency,,
daily,Daily,outlet,,agency
state-media,State media,outlet,government,
""",
    "reliability.csv": """\
source,letter,valid_from,valid_to
agency,B,,
state-media,D,,
""",
    "tallies.csv": """\
id,name,actor,place_kinds,places
capitals,Provincial capitals held by the rebels,rebels,provincial-capital,
""",
    "tally_claims.csv": """\
tally,source,count,of,as_of,reported_at,attribution,note
capitals,agency,1,1,2024-01-02,2024-01-02,,
""",
    "events.csv": """\
event,kind,place,actor,against,route,occurred_at,summary,source,stance,credibility,attribution,url,reported_at,dated
before,still-held,first-town,government,,,2024-01-01,The government holds First Town,agency,asserts,2,,,2024-01-01,
falls,capture,first-town,rebels,government,,2024-01-02 evening,Rebels take it,agency,asserts,2,a resident,,2024-01-02,
falls,,,,,,,,state-media,denies,4,the defence ministry,,2024-01-02T21:30,
falls,,,,,,,,daily,confirms,3,,,2024-01-03,2024-01-03
""",
}


def write_template(folder: Path, *, id_: str, name: str, zone: str) -> None:
    """Write a new situation that `check` accepts, for its author to edit.

    Args:
        folder: to write to; created if it does not exist, and must be empty if it does.
        id_: the situation's id.
        name: its name.
        zone: its IANA time zone.

    Raises:
        InputRefused: an argument is not valid, or the folder is not empty or cannot be written.
    """
    identifier(id_)
    name = line_of_text(clean_text(name))
    timezone(zone)
    stated = {
        key: json.dumps(value, ensure_ascii=False) for key, value in (("id", id_), ("name", name), ("zone", zone))
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputRefused(f"{folder} is not empty; give a new or empty folder")
        (folder / "situation.toml").write_text(_HEADING.format(**stated), "utf-8")
        (folder / "README.md").write_text(_README.format(name=name), "utf-8")
        for file, text in _TABLES.items():
            (folder / file).write_text(text, "utf-8")
    except OSError as error:
        raise InputRefused(f"{folder} cannot be written: {error.strerror}") from None
