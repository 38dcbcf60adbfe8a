"""How well reading does on labelled news, as floors under what was reached; docs/extraction.md has the table."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.extraction import CURRENT_EVENTS, SCORER, proposed_rows
from ingest.text.language import LanguageModel

pytestmark = pytest.mark.skipif(
    not CURRENT_EVENTS.is_dir(), reason="the labelled sentences are not beside the repository"
)


def test_labelled_news_is_read_as_well_as_before(language_model: LanguageModel, tmp_path: Path) -> None:
    gold = CURRENT_EVENTS / "gold_control_changes_dev.jsonl"
    predicted = tmp_path / "predicted.jsonl"
    predicted.write_text("".join(f"{json.dumps(row)}\n" for row in proposed_rows(gold, language_model)))
    done = subprocess.run(
        [sys.executable, SCORER, gold, predicted, "--aliases", CURRENT_EVENTS / "actor_aliases.jsonl", "--json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    score = json.loads(done.stdout)
    place, whole = score["levels"]["a place"], score["levels"]["c place+group+side"]
    assert place["precision"] >= 0.95
    assert place["recall"] >= 0.85
    assert whole["f1"] >= 0.80
    hits = score["sentences with a false positive"]
    assert hits["none"][0] <= 3
    assert hits["retrospective"][0] <= 1
    right, matched = score["attribution right"]
    assert right >= 0.9 * matched
