"""The click group `sitmon`, whose subcommands are imported only when they are called."""

import importlib
from collections.abc import Sequence
from typing import Any

import click
from click.exceptions import NoArgsIsHelpError

from model.errors import InputRefused
from sitmon import __version__
from sitmon.arguments import not_empty
from sitmon.cli import begin_screen

COMMANDS = {
    "places": "sitmon.commands.places",
    "why": "sitmon.commands.places",
    "tally": "sitmon.commands.tally",
    "route": "sitmon.commands.routes",
    "events": "sitmon.commands.events",
    "show": "sitmon.commands.events",
    "actor": "sitmon.commands.events",
    "watch": "sitmon.commands.events",
    "brief": "sitmon.commands.brief",
    "add": "sitmon.commands.writes",
    "mark": "sitmon.commands.writes",
    "undo": "sitmon.commands.writes",
    "redo": "sitmon.commands.writes",
    "changes": "sitmon.commands.changes",
    "import": "sitmon.commands.importing",
    "export": "sitmon.commands.exporting",
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
    """Raised when the reader of stdout has closed it."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Import the module that has the command."""
        if cmd_name not in COMMANDS:
            from model.rows import nearest_hint

            ctx.fail(f"no command is called {cmd_name!r}{nearest_hint(cmd_name, COMMANDS, what='commands')}.")
        command = getattr(importlib.import_module(COMMANDS[cmd_name]), f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; hides a closed pipe from click, which would call it a failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise PipeClosed from None


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sitmon")
@click.option(
    "--store",
    metavar="PATH|URL",
    envvar="SITMON_STORE",
    callback=not_empty,
    help="The store to use; default: your own.",
)
@click.option(
    "--situation",
    metavar="ID",
    envvar="SITMON_SITUATION",
    callback=not_empty,
    help="The situation; default: the only one.",
)
@click.option("--no-mouse", is_flag=True, help="The screen ignores the mouse.")
@click.option("--theme", metavar="NAME", help="The screen's colours: dark, light, high-contrast, mono, ansi, or yours.")
@click.pass_context
def cli(ctx: click.Context, store: str | None, situation: str | None, theme: str | None, *, no_mouse: bool) -> int:
    """Who controls each city, who says so, since when, and what was known at the time.

    Without a command: opens the screen on the situation.

    \b
    sitmon                                     # the screen
    sitmon places --as-of 2021-08-12           # who holds what
    sitmon why ghazni --as-of 2021-08-12       # and why
    sitmon events standing:disputed place:ghazni
    """  # noqa: D301 - click's mark for lines that stay as they are
    ctx.obj = {"store": store, "situation": situation}
    if ctx.invoked_subcommand is not None:
        return 0
    return begin_screen(store, situation, theme=theme, mouse=not no_mouse)


def run(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name and return its exit code.

    Raises:
        InputRefused: there is no such command, or it is used wrongly.
        SitmonError: the command failed.
        BrokenPipeError: the reader of stdout has closed it.
        KeyboardInterrupt: the user stopped it.
    """
    try:
        result = cli.main(arguments, prog_name="sitmon", standalone_mode=False)
    except PipeClosed:
        raise BrokenPipeError from None
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        raise InputRefused(_sentence(error)) from None
    return result if isinstance(result, int) else 0


def _sentence(error: click.ClickException) -> str:
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return error.format_message()
    message = " ".join(error.format_message().split()).removesuffix(".")
    command = error.ctx.command
    if isinstance(command, click.Group) and isinstance(error, NoArgsIsHelpError | click.NoSuchCommand):
        wrong = "" if isinstance(error, NoArgsIsHelpError) else f"{message}; "
        message = f"{wrong}say which of these: {', '.join(command.list_commands(error.ctx))}"
    return f"{message}. `{error.ctx.command_path} --help` shows how it is used."
