"""`sitmon changes`: what was written, by whom and why, to be undone with `sitmon undo`."""

from typing import Any

import click

from model.entities import Changeset
from model.history import action_of, undone
from model.ids import short_id
from model.times import Precision, format_time, write_time
from sitmon.output import Form, format_option, print_records, print_table, say
from sitmon.session import Session, with_session

COLUMNS = ("id", "recorded_at", "author", "deed", "rows", "in_force", "reason", "target", "action")
_HEADINGS = ("ID", "WHEN", "AUTHOR", "", "ROWS", "WHY")


@click.command("changes", short_help="What was written, by whom; for undo.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many changesets.")
@click.option("--all", "everything", is_flag=True, help="All of them, however many.")
@format_option(Form.TABLE, Form.JSON, Form.JSONL, Form.CSV)
@with_session
async def changes_command(session: Session, *, limit: int, everything: bool, form: Form) -> None:
    """What was written into the situation, by everybody, a changeset a line, newest first.

    `sitmon undo ID` takes one back, with all that was written by the same action. One that is undone has a minus sign.

    \b
    sitmon changes
    sitmon changes --limit 5 --format jsonl
    """  # noqa: D301 - click's mark for lines that stay as they are
    most = 2**31 if everything else limit + 1
    found = await session.store.changesets(session.situation, limit=most)
    off = undone(found)
    shown = found if everything else found[:limit]
    if form is Form.TABLE:
        print_table(_HEADINGS, [_cells(one, session.zone, in_force=one.id not in off) for one in shown], ("ROWS",))
    else:
        print_records(form, COLUMNS, [_record(one, session.zone, in_force=one.id not in off) for one in shown])
    if len(found) > len(shown):
        say(f"these are the newest {limit:,}; --limit or --all shows more")


def _cells(changeset: Changeset, zone: str, *, in_force: bool) -> tuple[str, ...]:
    return (
        short_id(changeset.id),
        format_time(changeset.recorded_at, Precision.MINUTE, zone),
        changeset.author,
        "" if in_force else "-",
        f"{changeset.facts:,}",
        changeset.reason,
    )


def _record(changeset: Changeset, zone: str, *, in_force: bool) -> dict[str, Any]:
    return {
        "id": changeset.id,
        "recorded_at": write_time(changeset.recorded_at, Precision.MINUTE, zone),
        "author": changeset.author,
        "deed": changeset.deed.value,
        "rows": changeset.facts,
        "in_force": in_force,
        "reason": changeset.reason,
        "target": changeset.target,
        "action": action_of(changeset),
    }
