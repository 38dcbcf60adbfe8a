"""Rows that cannot be what sitmon wrote: one error for all of them, that says where and what to do."""

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
        f"the store is damaged: {table} has a row that means nothing ({str(what)[:60]}); run `sitmon store check`, "
        "then `sitmon store rebuild`, or restore a backup"
    )


def decoder(table: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function that reads rows of a table say so when it cannot; it must do nothing else."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def decode(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return function(*args, **kwargs)
            except (LookupError, ValueError, TypeError, AttributeError, struct.error) as error:
                raise damaged(table, error) from error

        return decode

    return decorate
