"""Programs in a pseudo-terminal: every chunk they write is time-stamped when it is read, and replayed afterwards."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from pathlib import Path

import pyte

_ANSWERS = (
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
    (re.compile(rb"\x1b\[c"), b"\x1b[?62;22c"),
)
_UNKNOWN_TO_PYTE = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$[py]|\x1bP[^\x1b]*\x1b\\|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)


class Terminal:
    """One program in one terminal."""

    def __init__(
        self, argv: list[str], *, rows: int = 40, columns: int = 120, env: dict[str, str] | None = None
    ) -> None:
        self.chunks: list[tuple[float, bytes]] = []
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.started = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            inherited = {name: value for name, value in os.environ.items() if name not in ("TMUX", "LINES", "COLUMNS")}
            inherited |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"} | (env or {})
            try:
                os.execvpe(argv[0], argv, inherited)
            finally:
                os._exit(127)

    def wait_for(self, pattern: str, *, limit: float = 20.0) -> float:
        """Read until the screen shows the pattern; return seconds from the start to the chunk that completed it."""
        wanted = re.compile(pattern)
        while time.perf_counter() - self.started < limit:
            for at, data in self.read(0.02):
                self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data))
                if wanted.search("\n".join(self._screen.display)):
                    return at - self.started
        shown = "\n".join(self._screen.display)
        raise TimeoutError(f"{pattern!r} never appeared; the screen was:\n{shown}")

    def read(self, quiet: float) -> list[tuple[float, bytes]]:
        """Read until nothing comes for `quiet` seconds."""
        got: list[tuple[float, bytes]] = []
        while select.select([self._fd], [], [], quiet)[0]:
            try:
                data = os.read(self._fd, 1 << 20)
            except OSError:
                break
            if not data:
                break
            got.append((time.perf_counter(), data))
            for query, answer in _ANSWERS:
                for _ in query.findall(data):
                    os.write(self._fd, answer)
        self.chunks += got
        return got

    def resident_mib(self) -> float:
        """Return the program's resident memory."""
        with Path(f"/proc/{self.pid}/status").open() as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))

    def cpu_seconds(self) -> float:
        """Return the processor time that the program has used."""
        with Path(f"/proc/{self.pid}/stat").open() as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End the program."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)
