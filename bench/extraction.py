"""How well and how fast texts are read: `python -m bench.extraction [GOLD.jsonl] [--aliases FILE]`.

Without GOLD, the labelled sentences beside the repository are scored, and the samples of PLOVER and PETRARCH2 are
read for the kinds that both know. Needs the reference data and their scorer in ../shared.
"""

import argparse
import gzip
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.text.language import LanguageModel, load_language_model
from ingest.text.merging import GAINS
from ingest.text.reading import read_many
from model.entities import Report
from model.times import parse_time

SHARED = Path(__file__).parents[2] / "shared"
CURRENT_EVENTS = SHARED / "data" / "wikipedia_current_events"
SCORER = SHARED / "tools" / "score_extraction.py"

SCORED_AS = {
    "capture": "capture",
    "regain": "capture",
    "site-seized": "capture",
    "handover": "handover",
    "handover-agreed": "handover",
    "partial-capture": "capture_partial",
    "entered": "entered",
    "withdrawal": "withdraw",
    "attempt": "attempt",
    "contested": "contested",
    "still-held": "holds",
}
"""Our kinds in the scorer's words; those that it does not know are not scored."""


def proposed_rows(gold: Path, language_model: LanguageModel) -> Iterator[dict[str, Any]]:
    """Read every sentence of a gold file, and return what the scorer is to see."""
    rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    reports = [Report(row["id"], "", text=row["text"], published_at=parse_time(row["date"])[0]) for row in rows]
    for report, reading in zip(reports, read_many(reports, None, language_model=language_model), strict=True):
        for proposal in reading.proposals:
            if proposal.kind in SCORED_AS and proposal.place:
                yield {
                    "id": report.id,
                    "kind": SCORED_AS[proposal.kind],
                    "place": proposal.place,
                    "actor": proposal.actor or None,
                    "against": proposal.against or None,
                    "certainty": proposal.certainty.value,
                    "attribution": proposal.attribution or None,
                    "rule": proposal.claims[0].rule,
                }


def score(gold: Path, aliases: list[Path], language_model: LanguageModel, errors: int) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as predicted:
        predicted.writelines(f"{json.dumps(row)}\n" for row in proposed_rows(gold, language_model))
        predicted.flush()
        options = [option for path in aliases for option in ("--aliases", str(path))]
        command = [sys.executable, str(SCORER), str(gold), predicted.name, *options, "--show-errors", str(errors)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


_FIGHTING = {"clash", "air-strike", "shelling", "siege", "entered", "attempt", *GAINS}
BOTH_KNOW = {
    "FIGHT": _FIGHTING | {"casualties", "withdrawal"},
    "ASSAULT": _FIGHTING | {"casualties", "attack"},
    "COERCE": {"arrest"},
    "RETREAT": {"withdrawal", "handover", "surrender-offer", "departure", "agreement", "deal"},
    "AGREE": {"agreement", "deal", "handover-agreed"},
}
"""PLOVER's classes, each with our kinds that say the same or a part of it; the others have none."""

CAMEO = {"057": "AGREE", "0873": "RETREAT", "0874": "RETREAT", "173": "COERCE"} | {
    code: name for name, codes in (("ASSAULT", ("18",)), ("FIGHT", ("19", "20"))) for code in codes
}
"""CAMEO codes, or how they begin, in PLOVER's words."""


def agreement(language_model: LanguageModel) -> str:
    """Say in how many records of PLOVER's and PETRARCH2's samples a kind is proposed that says what theirs says."""
    plover = json.loads((SHARED / "data" / "plover_gsr" / "plover_gsr_dev.json").read_text(encoding="utf-8"))
    records = (SHARED / "data" / "petrarch_unittest" / "records_dev.jsonl").read_text(encoding="utf-8").splitlines()
    samples = {
        "PLOVER": [(row["text"], {row["event"]}) for row in plover if "text" in row],
        "PETRARCH2": [
            (row["text"], {_plover(event["eventcode"]) for event in row["events"] if event.get("eventcode")})
            for row in map(json.loads, records)
        ],
    }
    lines = []
    for sample, rows in samples.items():
        known = [(text, names & BOTH_KNOW.keys()) for text, names in rows if names & BOTH_KNOW.keys()]
        reports = [Report("", "", text=text, published_at=0) for text, _names in known]
        agreed: Counter[str] = Counter()
        for (_text, names), reading in zip(known, read_many(reports, None, language_model=language_model), strict=True):
            kinds = {proposal.kind for proposal in reading.proposals}
            agreed.update(name for name in names if kinds & BOTH_KNOW[name])
        total = Counter(name for _text, names in known for name in names)
        lines.append(f"{sample}: " + ", ".join(f"{name} {agreed[name]} of {total[name]}" for name in sorted(total)))
    return "\n".join(lines)


def _plover(code: str) -> str:
    return next((name for begin, name in CAMEO.items() if code.startswith(begin)), "")


def speed(language_model: LanguageModel) -> str:
    """Read a dense article, and news of all sorts joined to articles as long, again and again on one core."""
    dense = (SHARED / "data" / "seed_article" / "article.txt").read_text(encoding="utf-8")
    length = len(dense.split())
    with gzip.open(CURRENT_EVENTS / "items.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in itertools.islice(lines, 2_000)]
    mixed, article = [], []
    for text in texts:
        article.append(text)
        if sum(len(part.split()) for part in article) >= length:
            mixed.append("\n".join(article))
            article = []
    return "\n".join(
        f"{_rate(reports, language_model):.0f} articles of about {length} words a second of one core: {what}"
        for what, reports in (
            ("the reference article, all of it about this", [dense] * 64),
            ("news of all sorts", mixed),
        )
    )


def _rate(texts: list[str], language_model: LanguageModel) -> float:
    reports = [Report("", "", text=text, published_at=0) for text in texts]
    list(read_many(reports[:2], None, language_model=language_model))
    begun = time.process_time()
    list(read_many(reports, None, language_model=language_model))
    return len(reports) / (time.process_time() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", nargs="?", type=Path, default=CURRENT_EVENTS / "gold_control_changes_dev.jsonl")
    parser.add_argument("--aliases", action="append", type=Path, default=[])
    parser.add_argument("--show-errors", type=int, default=0)
    given = parser.parse_args()
    model = load_language_model()
    print(score(given.gold, given.aliases or [CURRENT_EVENTS / "actor_aliases.jsonl"], model, given.show_errors))
    print(agreement(model))
    print(speed(model))


if __name__ == "__main__":
    main()
