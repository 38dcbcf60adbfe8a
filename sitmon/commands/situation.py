"""`sitmon situation ...`: write a situation of your own, check it, load it."""

from pathlib import Path

import click

from export.view import Record
from model.errors import InputRefused
from model.text import clean_line, number_of
from seed import FolderRefused, Problem, folder_of, load, read, shipped, write_template
from sitmon.arguments import not_empty
from sitmon.cli import EXIT_REFUSED
from sitmon.config import ready_store
from sitmon.output import Form, format_option, print_lines, print_records, print_table, say
from sitmon.session import run, store_options

_COLUMNS = ("id", "name", "zone", "shipped", "stored")


@click.group("situation", short_help="Write, check and load your own situation.")
def situation_command() -> None:
    """Write a situation of your own as a folder of tables, check it, load it.

    \b
    sitmon situation new my-valley --zone Europe/Berlin
    sitmon situation check my-valley
    sitmon situation load my-valley
    sitmon situation load syria-2024
    """  # noqa: D301 - click's mark for lines that stay as they are


@situation_command.command("new", short_help="Write a folder of example tables for you to edit.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--id", "id_", metavar="ID", help="Its id; default: the folder's name.")
@click.option("--name", help="Its name; default: the id.")
@click.option("--zone", default="UTC", show_default=True, help="Its IANA time zone, such as Asia/Kabul.")
def new_command(folder: Path, id_: str | None, name: str | None, zone: str) -> None:
    """Write a folder with an example line in every table, for you to edit."""
    id_ = id_ or folder.resolve().name.lower().replace("_", "-").replace(" ", "-")
    write_template(folder, id_=id_, name=name or id_, zone=zone)
    say(f"wrote {folder}; edit it, then: sitmon situation check {folder}")


@situation_command.command("check", short_help="Name every mistake in a folder, by file and line.")
@click.argument("folder", type=click.Path(path_type=Path))
def check_command(folder: Path) -> int:
    """Name everything that is wrong with a situation's folder, by file and line, and write nothing."""
    try:
        contents = read(folder)
    except FolderRefused as refused:
        return _tell(refused.problems)
    catalog = contents.catalog
    counts = {
        "places": len(catalog.places),
        "routes": len(catalog.routes),
        "actors": len(catalog.actors),
        "sources": len(catalog.sources),
        "tallies": len(catalog.tallies),
        "events": len(contents.events),
        "claims": len(contents.claims),
    }
    print_lines([f"{catalog.situation.id}: {', '.join(f'{what} {count:,}' for what, count in counts.items())}"])
    return 0


@situation_command.command("load", short_help="Write a situation into the store.")
@click.argument("situation", metavar="FOLDER|ID", type=click.Path())
@click.option("--store", metavar="PATH|URL", callback=not_empty, help="The store to use.")
@click.pass_context
def load_command(ctx: click.Context, situation: str, store: str | None) -> int:
    """Write a folder's situation, or one that ships with sitmon, into the store.

    Loading it again writes only what has changed; events and claims that are stored already stay as they are. A folder
    with any mistake in it is not loaded at all.
    """
    folder = Path(situation) if Path(situation).is_dir() else _shipped_folder(situation)

    async def work() -> int:
        async with await ready_store(store or (ctx.find_root().obj or {}).get("store")) as opened:
            try:
                loaded = await load(opened, folder)
            except FolderRefused as refused:
                return _tell(refused.problems)
        counts = f"new {loaded.new:,}, updated {loaded.updated:,}, unchanged {loaded.unchanged:,}"
        print_lines([f"{loaded.situation.id}: {counts}"])
        return 0

    return run(work())


@situation_command.command("list", short_help="The situations that ship, and those in the store.")
@format_option(Form.TABLE, Form.JSON, Form.JSONL, Form.CSV)
@store_options
def list_command(form: Form, store: str | None, situation: str | None) -> None:
    """Print the situations that ship with sitmon and those in the store."""
    del situation

    async def work() -> None:
        async with await ready_store(store) as opened:
            stored = {one.id: one for one in await opened.situations()}
        ours = {one.situation.id: one.situation for one in shipped()}
        records: list[Record] = [
            {"id": id_, "name": one.name, "zone": one.zone, "shipped": id_ in ours, "stored": id_ in stored}
            for id_, one in sorted({**ours, **stored}.items())
        ]
        if form is Form.TABLE:
            print_table(_COLUMNS, [[_word(record[column]) for column in _COLUMNS] for record in records])
        else:
            print_records(form, _COLUMNS, records)

    run(work())


def _word(value: object) -> str:
    return str(value) if not isinstance(value, bool) else "yes" if value else "no"


def _shipped_folder(name: str) -> Path:
    try:
        return folder_of(name)
    except InputRefused as error:
        raise InputRefused(f"there is no folder {name!r} here, and {error}") from None


def _tell(problems: tuple[Problem, ...]) -> int:
    """Print problems as compilers do, so that editors can jump to them."""
    for problem in problems:
        click.echo(clean_line(str(problem)), err=True)
    say(f"{number_of(len(problems), 'problem')}; nothing was written")
    return EXIT_REFUSED
