"""CAP alerts as events: what one says, what an update and a cancel do, and what is passed over."""

from pathlib import Path

import pytest

from model.entities import Source, Stance, Standing
from model.times import Precision, parse_time
from store.base import Draft, Store
from tests.importing_world import DATA, files, take

AREA = "<area><areaDesc>The hills</areaDesc><polygon>50.9,9.9 51.1,9.9 51.1,10.1 50.9,10.1 50.9,9.9</polygon></area>"


def alert(**parts: str) -> bytes:
    said = {
        "identifier": "A1",
        "sender": "desk@example.org",
        "sent": "2024-01-10T10:00:00+01:00",
        "status": "Actual",
        "msgType": "Alert",
        "references": "",
        "event": "Arrests",
        "certainty": "Observed",
        "onset": "2024-01-09T08:00:00+01:00",
        "headline": "Five arrests in the hills",
        "area": AREA,
    } | parts
    info = "".join(f"<{name}>{said.pop(name)}</{name}>" for name in ("event", "certainty", "onset", "headline"))
    info += "<senderName>The Wire</senderName>" + said.pop("area")
    outer = "".join(f"<{name}>{text}</{name}>" for name, text in said.items())
    return f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{outer}<info>{info}</info></alert>'.encode()


async def test_an_alert_is_an_event_by_its_sender(store: Store, situation: str) -> None:
    assert (await take(store, situation, alert())).counts == (1, 1, 0, 0, 0)
    (file,) = await files(store, situation)
    event, (claim,) = file.row.event, file.claims
    assert (event.kind, event.place, event.summary) == ("arrest", "north", "Five arrests in the hills")
    assert (event.occurred_at, event.precision) == (parse_time("2024-01-09T08:00:00+01:00")[0], Precision.MINUTE)
    assert (claim.source, claim.credibility, claim.quote) == ("wire", 2, "Five arrests in the hills\nArea: The hills")
    assert (claim.reported_at, claim.attribution) == (parse_time("2024-01-10T10:00:00+01:00")[0], "desk@example.org")
    assert (await take(store, situation, alert())).counts == (1, 0, 0, 1, 0)


async def test_an_update_supersedes_and_a_cancel_takes_back(store: Store, situation: str) -> None:
    first = "desk@example.org,A1,2024-01-10T10:00:00+01:00"
    update = {"identifier": "A2", "sent": "2024-01-10T12:00:00+01:00", "msgType": "Update", "references": first}
    second = f"desk@example.org,A2,2024-01-10T12:00:00+01:00 {first}"
    cancel = {"identifier": "A3", "sent": "2024-01-10T14:00:00+01:00", "msgType": "Cancel", "references": second}
    await take(store, situation, alert())
    assert (await take(store, situation, alert(**update, headline="Six arrests"))).counts == (1, 0, 1, 0, 0)
    assert (await take(store, situation, alert(**cancel))).counts == (1, 0, 1, 0, 0)
    (file,) = await files(store, situation)
    assert [claim.stance for claim in file.claims] == [Stance.ASSERTS, Stance.CORRECTS, Stance.RETRACTS]
    assert file.row.weight.standing is Standing.RETRACTED
    assert (await take(store, situation, alert(**update))).counts == (1, 0, 0, 1, 0), "older than the cancel"


@pytest.mark.parametrize(
    ("parts", "kind", "place"),
    [
        ({"event": "capture", "area": "<area><areaDesc>Middle Town</areaDesc></area>"}, "other", "middle"),
        ({"area": "<area><geocode><value>XX01</value></geocode></area>"}, "arrest", "north"),
        ({"area": "<area><circle>50.0,10.05 9</circle></area>"}, "arrest", None),
        ({"area": "<area><circle>50.5,10.0 1</circle></area>"}, "arrest", "middle"),
        ({"area": "<area><circle>x</circle><polygon>1,2 nan,3</polygon></area>"}, "arrest", None),
        ({"onset": "2024-02-01T00:00:00+01:00"}, "arrest", "north"),
    ],
)
async def test_kind_and_place(
    store: Store, situation: str, parts: dict[str, str], kind: str, place: str | None
) -> None:
    await take(store, situation, alert(**parts))
    (file,) = await files(store, situation)
    assert (file.row.event.kind, file.row.event.place) == (kind, place)
    assert file.row.event.occurred_at <= file.claims[0].reported_at, "what is to come has not occurred"


async def test_what_is_no_news_is_passed_over_and_what_is_wrong_refused(store: Store, situation: str) -> None:
    for parts in ({"status": "Exercise"}, {"msgType": "Ack"}):
        assert (await take(store, situation, alert(**parts))).imported.passed == 1
    for parts in ({"sent": "0025-01-01T00:00:00+00:00"}, {"sent": "soon"}, {"sent": "2030-01-01T00:00:00+00:00"}):
        assert [one.column for one in (await take(store, situation, alert(**parts))).refused] == ["sent"]


@pytest.mark.skipif(not DATA.exists(), reason="the samples are not beside the repository")
async def test_the_sample(store: Store, situation: str) -> None:
    data = Path(DATA / "cap_alerts" / "cap_amber_alert_example.xml").read_bytes()
    outcome = await take(store, situation, data)
    assert [one.column for one in outcome.refused] == ["senderName"], "nobody knows its sender"
    police = Source("police", "Los Angeles Police Dept - LAPD")
    await store.write(situation, Draft("add", sources=(police,)))
    assert (await take(store, situation, data)).counts == (1, 1, 0, 0, 0)
    (file,) = await files(store, situation)
    assert (file.row.event.summary, file.row.event.kind) == ("Amber Alert in Los Angeles County", "other")
    assert file.claims[0].credibility == 3
