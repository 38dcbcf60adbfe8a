"""What sitmon is measured beside: the least that a Textual app can be, Textual's own table, and a log to page in.

`python -m bench.peers counter|input|table` runs one of the apps.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from bench import generate
from model.times import to_datetime

ROWS = 1_000
"""Of the table."""
LOG_LINES = 100_000
COLUMNS = ("when", "place", "kind", "actor", "what happened")


def rows(number: int) -> Iterator[tuple[str, ...]]:
    """Yield made-up events as texts, oldest first."""
    names = {place.id: place.name for place in generate.catalog().places.values()}
    for draft in generate.drafts(number, rows=min(number, 10_000)):
        for event in draft.events:
            when = f"{to_datetime(event.occurred_at):%Y-%m-%dT%H:%M:%S}.000"
            yield when, names[event.place or ""], event.kind, event.actor or "", event.summary


def write_log(path: Path) -> None:
    """Write a log file as lnav reads it."""
    chooser = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        for when, *parts in rows(LOG_LINES):
            level = chooser.choices(("info", "warning", "error"), (20, 2, 1))[0]
            file.write(f"{when} {level}: {' '.join(parts)}\n")


def counter() -> None:
    """Count the keys: a key to a changed cell by the shortest way that Textual has."""
    from textual.app import App
    from textual.widgets import Static

    class Counter(App[None]):
        pressed = 0

        def compose(self) -> Iterator[Static]:
            yield Static("ready 0     ")

        def on_key(self) -> None:
            self.pressed += 1
            self.query_one(Static).update(f"ready {self.pressed}", layout=False)

    Counter().run()


def input_line() -> None:
    """Show an input, and nothing else."""
    from textual.app import App
    from textual.widgets import Input

    class Line(App[None]):
        def compose(self) -> Iterator[Input]:
            yield Input("ready ", select_on_focus=False)

        def on_mount(self) -> None:
            self.query_one(Input).cursor_blink = False

    Line().run()


def table() -> None:
    """Show a table of 1,000 rows, with a filter under it."""
    from textual import on
    from textual.app import App
    from textual.widgets import DataTable, Input

    held = list(rows(ROWS))

    class Table(App[None]):
        BINDINGS: ClassVar[list[Any]] = [("slash", "to_filter"), ("escape", "to_table")]

        def compose(self) -> Iterator[Any]:
            yield DataTable[str](cursor_type="row")
            yield Input(compact=True, select_on_focus=False)

        def on_mount(self) -> None:
            self.query_one(Input).cursor_blink = False
            shown = self.query_one(DataTable)
            shown.styles.height = "1fr"
            shown.add_columns(*COLUMNS)
            shown.add_rows(held)
            shown.focus()

        @on(Input.Changed)
        def narrow(self, event: Input.Changed) -> None:
            shown = self.query_one(DataTable)
            shown.clear()
            shown.add_rows([row for row in held if event.value in row[-1]])

        def action_to_filter(self) -> None:
            self.query_one(Input).focus()

        def action_to_table(self) -> None:
            self.query_one(Input).value = ""
            self.query_one(DataTable).focus()

    Table().run()


if __name__ == "__main__":
    {"counter": counter, "input": input_line, "table": table}[sys.argv[1]]()
