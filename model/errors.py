"""Every error that sitmon raises on purpose: a sentence for the user, with what to do next."""


class SitmonError(Exception):
    """The base: `str(error)` is one line that says what happened and what to do about it."""


class InputRefused(SitmonError):
    """Raised when a value from outside (a date, a coordinate, an id, a name) is not acceptable."""


class StreamBroken(InputRefused):
    """Raised in the middle of a file that cannot be read further: cut off, damaged, or unpacking without end."""


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
    """Raised when the situation has nothing of that name; carries the nearest names."""

    def __init__(self, what: str, name: str, nearest: tuple[str, ...] = ()) -> None:
        self.what = what
        self.name = name
        self.nearest = nearest
        hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
        super().__init__(f"no {what} is called {name[:60]!r}{hint}")


class IdUnknown(InputRefused):
    """Raised when an id, or the end of one, matches nothing, or more than one thing."""


class StaleDecision(InputRefused):
    """Raised when a decision comes too late: decided, or no longer trusted, meanwhile; nothing was written."""


class StoreError(SitmonError):
    """Raised when the store cannot be opened, read or written."""


class StoreBusy(StoreError):
    """Raised when another session held the write lock for longer than we wait; nothing was written."""


class StoreFull(StoreError):
    """Raised when the disk is full; nothing was written, reading still works."""


class StoreDamaged(StoreError):
    """Raised when a row of the store is not what sitmon wrote."""


class StoreTooNew(StoreError):
    """Raised when a newer sitmon has written the store's schema."""


class StoreUnsafe(StoreError):
    """Raised when the SQLite library or the file system would risk several users' data."""


class NothingToUndo(SitmonError):
    """Raised when this user has no changeset left to undo, or to redo."""
