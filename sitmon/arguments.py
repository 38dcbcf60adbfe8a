"""A filter as a command's arguments: several words are one filter, and `-word` excludes instead of being an option."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_EXCLUDED = "\0"
"""Prefixed to arguments that begin with a minus sign while click reads the options; no argument can contain it."""


class FilterCommand(click.Command):
    """A command whose arguments are a filter, so that `-is:read` is not an option; `--word` always is one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep click from reading the excluding parts of a filter as options."""
        options: set[str] = set()
        valued: set[str] = set()
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Option):
                options.update(parameter.opts)
                valued.update(() if parameter.is_flag else parameter.opts)
        end = args.index("--") if "--" in args else len(args)
        kept = [
            _EXCLUDED + arg if _excludes(arg) and arg not in options and before not in valued else arg
            for before, arg in zip(["", *args], args[:end], strict=False)
        ]
        return super().parse_args(ctx, kept + args[end:])


def filter_argument(function: F) -> F:
    """Add the argument FILTER, as one text, to a `FilterCommand`."""
    return click.argument(
        "filter_text",
        metavar="[FILTER]...",
        nargs=-1,
        callback=lambda _context, _parameter, words: " ".join(word.removeprefix(_EXCLUDED) for word in words),
    )(function)


def not_empty(_context: click.Context, parameter: click.Parameter, text: str | None) -> str | None:
    """Refuse an option without a text: a variable that a script forgot to set must not mean the default."""
    if text is not None and not text.strip():
        raise click.BadParameter("is empty; leave the option out for the default", param=parameter)
    return text


def _excludes(argument: str) -> bool:
    return len(argument) > 1 and argument[0] == "-" and argument[1] != "-"
