"""The error for rows that sitmon cannot have written; says where they are and what to do."""

import functools
import struct
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from model.errors import StoreDamaged

P = ParamSpec("P")
T = TypeVar("T")


def damaged(table: str, what: object) -> StoreDamaged:
    """Return the error for a row of a table."""
    return StoreDamaged(
        f"the store is damaged: {table} has an unreadable row ({str(what)[:60]}); run `sitmon store check`, "
        "then `sitmon store rebuild`, or restore a backup"
    )


def decoder(table: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function that decodes rows of a table raise `StoreDamaged` if it fails; it must do nothing else."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def decode(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return function(*args, **kwargs)
            except (LookupError, ValueError, TypeError, AttributeError, struct.error) as error:
                raise damaged(table, error) from error

        return decode

    return decorate
