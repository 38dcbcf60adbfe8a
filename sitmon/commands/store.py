"""`sitmon store ...` and `sitmon doctor`: keep a store healthy."""

import functools
import json
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import click

from model.errors import InputRefused, StoreDamaged
from model.text import clean_line
from sitmon.cli import EXIT_REFUSED
from sitmon.config import default_store, read_config, tell_upgrade
from sitmon.output import (
    Form,
    format_option,
    print_document,
    print_lines,
    print_records,
    print_table,
    progress_line,
    say,
)
from sitmon.session import run, store_options
from store import open_store, path_of
from store.base import Head, Store, Verdict

_MARKS = {"good": "ok", "note": "note", "bad": "BAD"}
_MOST = 10_000
"""Characters of a head's line: a file without line ends need not be read as one."""
_SHA256 = re.compile("[0-9a-f]{64}")


@click.group("store", short_help="Make a store, check it, back it up.")
def store_command() -> None:
    """Make a store, look into it, check it, back it up.

    \b
    sitmon store init --shared --group analysts /srv/sitmon/sitmon.db
    sitmon store head >> heads.jsonl    # keep it elsewhere; later:
    sitmon store verify --head heads.jsonl
    sitmon store backup /backup/sitmon-$(date +%F).db
    """  # noqa: D301 - click's mark for lines that stay as they are


def _with_store(function: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    """Make a command's function of a coroutine function that takes an open store and the ids of the situations."""

    @store_options
    @functools.wraps(function)
    def wrapper(store: str | None, situation: str | None, **options: Any) -> Any:
        async def work() -> Any:
            async with await open_store(_named(store), on_upgrade=tell_upgrade) as opened:
                present = list(await opened.situation_ids())
                if situation is not None and situation not in present:
                    names = ", ".join(present) or "none"
                    raise InputRefused(f"this store has no situation {situation!r}; it has: {names}")
                return await function(opened, [situation] if situation else present, **options)

        return run(work())

    return wrapper


def _named(store: str | None) -> str:
    return store or read_config().store or str(default_store())


@store_command.command("init", short_help="Make an empty store, for yourself or a group.")
@click.argument("path", required=False)
@click.option("--shared", is_flag=True, help="For every member of a Unix group; needs --group.")
@click.option("--group", metavar="NAME", help="The group that shares it.")
@store_options
def init_command(path: str | None, shared: bool, group: str | None, store: str | None, situation: str | None) -> None:
    """Make an empty store and print its path; an existing one is only brought up to date.

    A shared store needs a directory of the group, with mode 2770; a missing one is made.
    """
    del situation
    if shared != (group is not None):
        raise click.UsageError("--shared and --group belong together: sitmon store init --shared --group NAME PATH")
    url = path or store or read_config().store
    target = path_of(url) if url else default_store()
    if url is None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    present = target.exists()

    async def work() -> None:
        async with await open_store(str(target), create=True, group=group):
            pass

    run(work())
    click.echo(clean_line(str(target)))
    named = f" --store {target}" if path else ""
    say("it exists already" if present else f"made; `sitmon{named} situation load FOLDER|ID` fills it")


@store_command.command("info", short_help="What the store is, what is in it, who you are in it.")
@format_option(Form.TABLE, Form.JSON)
@_with_store
async def info_command(opened: Store, _situations: list[str], *, form: Form) -> None:
    """Show what the store is, what is in it, who you are in it, and how far author names can be relied on."""
    info = await opened.info()
    document: dict[str, str | int] = {
        "url": info.url,
        "backend": info.backend,
        "schema": info.schema,
        "author": info.author,
        "promise": info.promise,
        "size_bytes": info.size_bytes,
        **info.counts,
    }
    if form is Form.JSON:
        print_document(form, document)
    else:
        width = max(map(len, document))
        print_lines(f"{key:{width}}  {_shown(value)}" for key, value in document.items())


@store_command.command("check", short_help="Look for damage in the file and in what is derived.")
@_with_store
async def check_command(opened: Store, _situations: list[str]) -> int:
    """Look for damage inside the store; prints what is wrong, a line each.

    Reads all of it, and derives everything again to compare it with what is stored.
    """
    problems = await opened.check(progress=progress_line("checking"))
    print_lines(problems)
    if problems:
        say(
            "for what `sitmon store rebuild` does not fix, keep the file as it is: `sitmon store backup` copies what "
            "can be read, and your newest backup has the rest"
        )
        return EXIT_REFUSED
    say("nothing is wrong inside the store")
    return 0


@store_command.command("rebuild", short_help="Derive everything again, which fixes what is derived.")
@format_option(Form.TABLE, Form.JSONL)
@_with_store
async def rebuild_command(opened: Store, situations: list[str], *, form: Form) -> int:
    """Derive everything from the facts again; prints the hash of what is derived, before and after.

    They differ only if something derived was damaged; it is fixed then, and the exit code is 1.
    """
    rows = []
    for situation in situations:
        try:
            before = await opened.state_hash(situation)
        except StoreDamaged:
            before = "unreadable"
        after = await opened.rebuild(situation, progress=progress_line(f"rebuilding {situation}"))
        rows.append((situation, before, after, "the same" if before == after else "fixed"))
    columns = ("situation", "before", "after", "result")
    if form is Form.JSONL:
        print_records(form, columns, [dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table(columns, rows)
    return EXIT_REFUSED if any(before != after for _, before, after, _ in rows) else 0


@store_command.command("head", short_help="The end of the hash chain, to save elsewhere.")
@_with_store
async def head_command(opened: Store, situations: list[str]) -> None:
    """Print the end of each situation's hash chain, a JSON line each; save it where nobody here can change it.

    `sitmon store verify --head FILE` then finds every change to what was written before.
    """
    heads = [await opened.head(situation) for situation in situations]
    print_records(
        Form.JSONL,
        ("situation", "count", "sha256"),
        [{"situation": head.situation, "count": head.count, "sha256": head.sha256} for head in heads],
    )


@store_command.command("verify", short_help="Check that nothing that was written has changed.")
@click.option("--head", "file", metavar="FILE", type=click.File("r", encoding="utf-8"), help="What `head` printed.")
@format_option(Form.TABLE, Form.JSONL)
@_with_store
async def verify_command(opened: Store, situations: list[str], *, file: IO[str] | None, form: Form) -> int:
    """Check that nothing that was written has been changed, removed or reordered; exit code 1 if it has.

    Without a head this finds accidents; with one that was saved elsewhere, also a rewritten history. A file may have
    many heads, even of one situation; all of them must match.
    """
    heads: list[tuple[str, Head | None]] = [(situation, None) for situation in situations]
    if file is not None:
        heads = [(head.situation, head) for head in read_heads(iter(lambda: file.readline(_MOST), ""))]
        if not heads:
            raise InputRefused(
                f"{file.name} has no head in it, so nothing was verified; `sitmon store head` prints them"
            )
    rows = []
    for situation, head in heads:
        if situation in situations:
            verdict = await opened.verify(situation, head, progress=progress_line(f"verifying {situation}"))
        else:
            assert head is not None
            verdict = Verdict(head, 1, "this store has no such situation, but the saved head is of one")
        rows.append((situation, verdict.head.count, verdict.head.sha256, verdict.broken_at, verdict.problem))
    if form is Form.JSONL:
        columns = ("situation", "count", "sha256", "broken_at", "problem")
        print_records(form, columns, [dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_lines(
            f"{name}: BROKEN: {problem}" if problem else f"{name}: whole, {count:,} changesets, sha256 {sha256}"
            for name, count, sha256, _, problem in rows
        )
    return EXIT_REFUSED if any(problem for *_, problem in rows) else 0


def read_heads(lines: Iterable[str]) -> Iterator[Head]:
    """Read what `sitmon store head` printed.

    Raises:
        InputRefused: a line is not a head; the message says which.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
            situation, count, sha256 = values["situation"], values["count"], values["sha256"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise InputRefused(
                f"line {number} of the heads is not a head; `sitmon store head` prints them, one JSON line each"
            ) from None
        whole = isinstance(situation, str) and type(count) is int and count >= 0
        if not whole or not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
            raise InputRefused(
                f"line {number} of the heads has no situation, count and sha256 as `sitmon store head` prints them"
            )
        yield Head(situation, count, sha256)


@store_command.command("backup", short_help="Copy the store to a new file while it is in use.")
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@_with_store
async def backup_command(opened: Store, _situations: list[str], *, target: Path) -> None:
    """Copy the store, as it is at one instant, to a new file, while others go on working. Prints the file's path.

    The file is complete or does not exist at all, and only you can read it.
    """
    await opened.backup(target, progress=progress_line("copying"))
    click.echo(clean_line(str(target)))


@click.command("doctor", short_help="Say what could go wrong, and what fixes it.")
@format_option(Form.TABLE, Form.JSON, Form.JSONL)
@store_options
def doctor_command(store: str | None, situation: str | None, form: Form) -> int:
    """Say what could go wrong with the store on this machine, why that matters, and the command that fixes it.

    Opens and changes nothing, so it also works for a store that cannot be opened. Exit code 1 if something is bad.

    \b
    sitmon doctor
    sitmon doctor --store /srv/sitmon/sitmon.db --format jsonl
    """  # noqa: D301 - click's mark for lines that stay as they are
    del situation
    from sitmon.own_files import examine_own_files
    from store.doctor import Level, examine, look

    findings = (*examine(look(path_of(_named(store)))), *examine_own_files())
    if form is not Form.TABLE:
        columns = ("level", "what", "why", "fix")
        print_records(form, columns, [{name: str(getattr(one, name)) for name in columns} for one in findings])
    else:
        for finding in findings:
            print_lines([f"{_MARKS[finding.level]:4}  {finding.what}"])
            print_lines(
                f"      {label} {text}" for label, text in (("why: ", finding.why), ("fix:", finding.fix)) if text
            )
    return EXIT_REFUSED if any(finding.level is Level.BAD for finding in findings) else 0


def _shown(value: str | int) -> str:
    return value if isinstance(value, str) else f"{value:,}"
