"""The names that reading knows: the situation's before the world's, and whose they are."""

from pathlib import Path

import pytest

from ingest.text import make_gazetteer
from ingest.text.attribution import same_side
from ingest.text.gazetteer import Gazetteer, load_world
from model.catalog import Catalog

TABLES = Path(__file__).parents[2] / "shared" / "data" / "geography"


@pytest.fixture(scope="module")
def gazetteer(afghanistan: Catalog) -> Gazetteer:
    return Gazetteer(afghanistan)


@pytest.mark.skipif(not TABLES.is_dir(), reason="the GeoNames tables are not beside the repository")
def test_the_shipped_table_is_the_one_that_the_tables_give(tmp_path: Path) -> None:
    made = tmp_path / "made.tsv.gz"
    make_gazetteer.make(TABLES, made)
    assert made.read_bytes() == Path(make_gazetteer.__file__).with_name("gazetteer.tsv.gz").read_bytes()


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("Taliban", "taliban"),
        ("Taliban insurgents", "taliban"),
        ("government forces", "andsf"),
        ("security forces", "andsf"),
        ("Afghan government", "gov"),
        ("Kabul", "gov"),
        ("Israeli government", None),
        ("Syrian government forces", None),
        ("Militants", None),
    ],
)
def test_an_actor_goes_by_many_names_but_not_by_those_of_another_state(
    gazetteer: Gazetteer, name: str, actor: str | None
) -> None:
    assert gazetteer.actor(name) == actor


def test_places_of_the_world_come_with_their_country_the_largest_first() -> None:
    found = load_world().places("Tripoli")
    assert {place.country for place in found} >= {"LY", "LB"}
    assert [place.population or 0 for place in found] == sorted(
        (place.population or 0 for place in found), reverse=True
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Russian Ministry of Defence", "Russian troops", True),
        ("Moscow", "Russia", True),
        ("Ukraine", "Russian troops", False),
        ("Taliban spokesman", "Taliban fighters", True),
        ("Afghan officials", "Taliban fighters", False),
    ],
)
def test_a_side_is_known_by_its_state_or_its_own_name(gazetteer: Gazetteer, one: str, other: str, same: bool) -> None:
    assert same_side(one, other, gazetteer) is same
