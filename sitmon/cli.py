"""The command line: one click group whose subcommands are imported only when they are called.

stdout is data, stderr is talk. Exit codes: 0 done, 1 some rows were refused, 2 usage, 3 store unavailable.
"""

import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from model.errors import InputRefused, SitmonError, StoreError
from model.text import clean_line
from sitmon import __version__

EXIT_REFUSED, EXIT_USAGE, EXIT_STORE, EXIT_INTERRUPTED = 1, 2, 3, 130

COMMANDS = {
    "places": "sitmon.commands.places",
    "why": "sitmon.commands.places",
    "tally": "sitmon.commands.tally",
    "route": "sitmon.commands.routes",
    "events": "sitmon.commands.events",
    "show": "sitmon.commands.events",
    "actor": "sitmon.commands.events",
    "watch": "sitmon.commands.events",
    "add": "sitmon.commands.writes",
    "mark": "sitmon.commands.writes",
    "undo": "sitmon.commands.writes",
    "redo": "sitmon.commands.writes",
    "import": "sitmon.commands.importing",
    "export": "sitmon.commands.files",
    "extract": "sitmon.commands.extract",
    "ingest": "sitmon.commands.ingest",
    "review": "sitmon.commands.review",
    "feed": "sitmon.commands.feeds",
    "situation": "sitmon.commands.situation",
    "store": "sitmon.commands.store",
    "doctor": "sitmon.commands.store",
    "completion": "sitmon.commands.completion",
}
"""Subcommand -> the module that has it; there it is a click command called `<name>_command`."""


class PipeClosed(Exception):
    """Raised when whoever reads stdout has gone."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Import the module that has the command."""
        if cmd_name not in COMMANDS:
            import difflib

            nearest = difflib.get_close_matches(cmd_name, COMMANDS, n=2)
            hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
            ctx.fail(f"no command is called {cmd_name!r}{hint}.")
        command = getattr(importlib.import_module(COMMANDS[cmd_name]), f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a closed pipe gets by click, which would call it a failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise PipeClosed from None


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sitmon")
@click.option("--store", metavar="PATH|URL", envvar="SITMON_STORE", help="The store to use; default: your own.")
@click.option("--situation", metavar="ID", envvar="SITMON_SITUATION", help="The situation; default: the only one.")
@click.option("--no-mouse", is_flag=True, help="The screen does not listen to the mouse.")
@click.option("--theme", metavar="NAME", help="The screen's colours: dark, light, high-contrast, mono, ansi, or yours.")
@click.pass_context
def cli(ctx: click.Context, store: str | None, situation: str | None, theme: str | None, *, no_mouse: bool) -> int:
    """Who controls each city, who says so, since when, and what was known at the time.

    Without a command: opens the screen on the situation.

    \b
    sitmon                                     # the screen
    sitmon places --as-of 2021-08-12           # who holds what
    sitmon why ghazni --as-of 2021-08-12       # and on what grounds
    sitmon events standing:disputed place:ghazni
    """  # noqa: D301 - click's mark for lines that stay as they are
    ctx.obj = {"store": store, "situation": situation}
    if ctx.invoked_subcommand is not None:
        return 0
    from sitmon.commands.screen import open_screen

    return open_screen(store, situation, theme=theme, mouse=not no_mouse)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; an error is one line on stderr that says what to do."""
    _open_closed_streams()
    _forgive_characters()
    try:
        result = cli.main(arguments, prog_name="sitmon", standalone_mode=False)
        sys.stdout.flush()
    except (PipeClosed, BrokenPipeError):
        # Whoever read has all it wanted (`| head`). What is still buffered must not fail once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        click.echo(f"sitmon: {clean_line(_system_sentence(error))}", err=True)
        return EXIT_REFUSED
    except (click.Abort, KeyboardInterrupt):
        click.echo("sitmon: interrupted; what was acknowledged is kept", err=True)
        return EXIT_INTERRUPTED
    except (click.ClickException, SitmonError) as error:
        click.echo(f"sitmon: {clean_line(_sentence(error))}", err=True)
        return _exit_code(error)
    return result if isinstance(result, int) else 0


def _sentence(error: Exception) -> str:
    if isinstance(error, click.UsageError) and error.ctx:
        message = error.format_message().removesuffix(".")
        return f"{message}. `{error.ctx.command_path} --help` shows how it is used."
    return error.format_message() if isinstance(error, click.ClickException) else str(error)


def _system_sentence(error: OSError) -> str:
    what = error.strerror or str(error)
    return f"{error.filename}: {what}" if error.filename else what


def _exit_code(error: Exception) -> int:
    if isinstance(error, StoreError):
        return EXIT_STORE
    return EXIT_USAGE if isinstance(error, click.ClickException | InputRefused) else EXIT_REFUSED


def _open_closed_streams() -> None:
    """Give whoever was started without stdin, stdout or stderr an empty one.

    Else the next file to be opened, the store, would get its number, and what is printed would be written into it.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is not None:
            continue
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free, which is this one
        setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def _forgive_characters() -> None:
    r"""Let stdout and stderr write `\u0647` for a character that the terminal's encoding lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
