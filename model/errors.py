"""Every error that sitmon raises on purpose: a sentence for the user, and what to do next."""


class SitmonError(Exception):
    """The base: `str(error)` is one line that says what happened and what to do about it."""


class InputRefused(SitmonError):
    """Raised when a value from outside (a date, a coordinate, an id, a name) is not acceptable."""


class StreamBroken(InputRefused):
    """Raised in the middle of a file that cannot be read further: cut off, damaged, or swelling without end."""


class FilterError(InputRefused):
    """Raised when a filter does not parse; says at which column and what would be valid there."""

    def __init__(self, text: str, column: int, reason: str, expected: tuple[str, ...] = ()) -> None:
        self.text = text
        self.column = column
        """Characters before the error, from 0."""
        self.reason = reason
        self.expected = expected
        """What would be valid at that column, ready to be shown."""
        hint = f"; valid here: {', '.join(expected)}" if expected else ""
        super().__init__(f"filter, column {column + 1}: {reason}{hint}")


class NameUnknown(InputRefused):
    """Raised when a name is none of the situation's; carries the nearest ones."""

    def __init__(self, what: str, name: str, nearest: tuple[str, ...] = ()) -> None:
        self.what = what
        self.name = name
        self.nearest = nearest
        hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
        super().__init__(f"no {what} is called {name[:60]!r}{hint}")


class IdUnknown(InputRefused):
    """Raised when an id, or a part of one, names nothing, or more than one thing."""


class Overtaken(InputRefused):
    """Raised when what was to be decided has been decided meanwhile; nothing was written."""


class StoreError(SitmonError):
    """Raised when the store cannot be opened, read or written."""


class StoreBusy(StoreError):
    """Raised when another session held the write lock for longer than we wait; nothing was written."""


class StoreFull(StoreError):
    """Raised when the disk is full; nothing was written, and reading goes on."""


class StoreDamaged(StoreError):
    """Raised when a row of the store cannot be what sitmon wrote."""


class StoreTooNew(StoreError):
    """Raised when a newer sitmon has written the store's schema."""


class StoreUnsafe(StoreError):
    """Raised when the SQLite library or the file system cannot keep several users' data whole."""


class NothingToUndo(SitmonError):
    """Raised when this user has no changeset left to undo, or to redo."""
