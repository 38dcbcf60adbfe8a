"""The command line: start, errors and exit codes of every command.

Data goes to stdout, messages go to stderr. Exit codes: 0 done, 1 some rows were refused, 2 usage, 3 store unavailable.
"""

import gc
import io
import os
import sys
from collections.abc import Sequence

from model.errors import InputRefused, SitmonError, StoreError

EXIT_REFUSED, EXIT_USAGE, EXIT_STORE, EXIT_INTERRUPTED = 1, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; an error is one line on stderr that says what to do."""
    _open_closed_streams()
    _escape_unencodable()
    try:
        result = _run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has enough (`| head`). What is still buffered must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        sentence, code = _system_sentence(error), EXIT_REFUSED
    except KeyboardInterrupt:
        sentence, code = "interrupted; what was saved is kept", EXIT_INTERRUPTED
    except SitmonError as error:
        sentence, code = str(error), _exit_code(error)
    else:
        return result
    from sitmon.output import say

    say(sentence)
    return code


def _run(arguments: Sequence[str]) -> int:
    if arguments or "_SITMON_COMPLETE" in os.environ:
        from sitmon.group import run

        return run(arguments)
    # Where there is nothing to read, what reads it need not be loaded: it takes a thirtieth of the time to the screen.
    return begin_screen(None, None)


def begin_screen(store: str | None, situation: str | None, *, theme: str | None = None, mouse: bool = True) -> int:
    """Load what shows the screen, and open it; `sitmon.commands.screen.open_screen` says how."""
    if is_on_terminal():
        load_for_screen()
    from sitmon.commands.screen import open_screen

    return open_screen(store, situation, theme=theme, mouse=mouse)


def is_on_terminal() -> bool:
    """Say whether there is a terminal for a screen."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def load_for_screen() -> None:
    """Begin a start of the screen, which ends when `sitmon.commands.screen` collects garbage again."""
    # Nothing that a start makes is garbage, and looking for some takes a tenth of it.
    gc.disable()
    from tui.lazy_textual import load_textual

    load_textual()


def _system_sentence(error: OSError) -> str:
    what = error.strerror or str(error)
    return f"{error.filename}: {what}" if error.filename else what


def _exit_code(error: Exception) -> int:
    if isinstance(error, StoreError):
        return EXIT_STORE
    return EXIT_USAGE if isinstance(error, InputRefused) else EXIT_REFUSED


def _open_closed_streams() -> None:
    """Open an empty stdin, stdout or stderr if the process was started without it.

    Otherwise the next file to be opened, the store, would get its number, and output would be written into it.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is not None:
            continue
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one
        setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def _escape_unencodable() -> None:
    r"""Let stdout and stderr write `\u0647` for a character that the terminal's encoding lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
