"""How well and how fast texts are read: `python -m bench.extraction [GOLD.jsonl] [--aliases FILE]`.

Without GOLD, the labelled sentences beside the repository are scored, and the samples of PLOVER and PETRARCH2 are
read for the kinds that both know. Needs the reference data and their scorer in ../shared.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.text.language import LanguageModel, load_language_model
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


def speed(language_model: LanguageModel) -> str:
    """Read the article of the reference data again and again, on the one core that this process has."""
    text = (SHARED / "data" / "seed_article" / "article.txt").read_text(encoding="utf-8")
    reports = [Report(str(number), "", text=text) for number in range(64)]
    list(read_many(reports[:2], None, language_model=language_model))
    begun = time.process_time()
    list(read_many(reports, None, language_model=language_model))
    spent = time.process_time() - begun
    words = len(text.split())
    return f"{len(reports) / spent:.0f} articles of {words} words a second of one core"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", nargs="?", type=Path, default=CURRENT_EVENTS / "gold_control_changes_dev.jsonl")
    parser.add_argument("--aliases", action="append", type=Path, default=[])
    parser.add_argument("--show-errors", type=int, default=0)
    given = parser.parse_args()
    model = load_language_model()
    print(score(given.gold, given.aliases or [CURRENT_EVENTS / "actor_aliases.jsonl"], model, given.show_errors))
    print(speed(model))


if __name__ == "__main__":
    main()
