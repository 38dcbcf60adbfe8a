"""What could go wrong with a store on this machine: each finding with its reason and the command that fixes it.

`look` reads the facts, `examine` judges them; only `look` touches the machine.
"""

import enum
import os
import shlex
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from model.errors import InputRefused
from model.times import timezone
from store.sqlite import files
from store.sqlite.admin import PROMISE
from store.sqlite.driver import is_safe, library_version

_MIN_FREE = 2**30
"""Bytes that should be free on the disk."""
_LONG_WAL = 64 * 2**20
_ZONE = "Asia/Kabul"
"""A zone that is only there if time zone data is installed."""


class Level(enum.StrEnum):
    """How much a finding matters."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked."""

    level: Level
    what: str
    why: str = ""
    """Why it matters."""
    fix: str = ""
    """A command, or what else to do about it."""


@dataclass(frozen=True, slots=True)
class Owned:
    """Owner, group and permissions of a file or directory."""

    mode: int
    """Permission bits, including set-group-id and sticky."""
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class User:
    """The user that runs this process."""

    uid: int
    groups: frozenset[int]


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be known about a store without opening it, and about the machine and the terminal."""

    path: Path
    user: User
    file: Owned | None
    """None if there is no file, or it cannot be seen."""
    directory: Owned | None
    reachable: bool
    """Whether the user may search the directories that lead to it."""
    side_files: Mapping[str, Owned]
    """The -wal and -shm files that exist, by their path."""
    sqlite: tuple[int, ...]
    mount: files.Mount | None
    free_bytes: int
    wal_bytes: int
    zones: bool
    """Whether there is time zone data."""
    environment: Mapping[str, str]
    encoding: str
    """Of standard output."""


def look(path: Path, environment: Mapping[str, str] = os.environ) -> Facts:
    """Read what `examine` judges; opens nothing."""
    path = files.real_path(path)
    sides = (files.wal_of(path), files.shm_of(path))
    return Facts(
        path=path,
        user=User(os.geteuid(), frozenset({os.getegid(), *os.getgroups()})),
        file=_owned(path),
        directory=_owned(path.parent),
        reachable=_is_reachable(path),
        side_files={str(side): owned for side in sides if (owned := _owned(side)) is not None},
        sqlite=library_version(),
        mount=files.mount_of(path),
        free_bytes=_free(path.parent),
        wal_bytes=_size(sides[0]),
        zones=_has_zones(),
        environment=dict(environment),
        encoding=sys.stdout.encoding or "",
    )


def examine(facts: Facts) -> tuple[Finding, ...]:
    """Judge the facts: the promise about names first, then the store, the machine, the terminal."""
    return (
        Finding(Level.NOTE, f"the promise: {PROMISE}; PostgreSQL enforces names"),
        *_sharing(facts),
        *_machine(facts),
        *_terminal(facts),
    )


def _sharing(facts: Facts) -> Iterator[Finding]:
    file, directory = facts.file, facts.directory
    quoted = shlex.quote(str(facts.path))
    if not facts.reachable:
        yield Finding(
            Level.BAD,
            f"{files.user_name(facts.user.uid)} may not search the directories above {facts.path}",
            "the store can neither be seen nor opened",
            f"namei -l {quoted}    (shows which one lacks x for you)",
        )
        return
    if directory is None:
        place = shlex.quote(str(facts.path.parent))
        yield Finding(Level.NOTE, f"there is no directory {facts.path.parent} yet", "", f"mkdir -p {place}")
        return
    if file is None:
        yield Finding(Level.NOTE, f"there is no store at {facts.path}", "", f"sitmon store init {quoted}")
        return
    bad = [*_shared_file(facts, file, directory), *_side_files(facts, file)]
    # What is wrong for a whole group need not be said of each of its members as well.
    if not bad or (facts.user.uid != file.uid and file.gid not in facts.user.groups):
        bad += _own_access(facts, file, directory)
    yield from bad or [
        Finding(
            Level.GOOD, f"{facts.path} can be written by {_writers(file)}, and so can the files that SQLite adds to it"
        )
    ]
    if file.mode & stat.S_IROTH and directory.mode & stat.S_IXOTH:
        yield Finding(
            Level.NOTE,
            f"{facts.path} can be read by everybody on this machine",
            "they can see what you watch, and who noted what",
            f"chmod o= {quoted}",
        )


def _shared_file(facts: Facts, file: Owned, directory: Owned) -> Iterator[Finding]:
    """Yield the permissions with which members of a group can lock each other out."""
    quoted, place = shlex.quote(str(facts.path)), shlex.quote(str(facts.path.parent))
    group = files.group_name(directory.gid)
    directory_shared = bool(directory.mode & stat.S_IWGRP)
    group_reads, group_writes = bool(file.mode & stat.S_IRGRP), bool(file.mode & stat.S_IWGRP)
    setgid = bool(directory.mode & stat.S_ISGID)
    if directory_shared and setgid and not group_writes:
        yield Finding(
            Level.BAD,
            f"{facts.path} is in the shared directory of {group}, and {group} may not write it",
            "SQLite never makes a file group-writable, whatever the umask: only its owner can write it",
            f"chmod 660 {quoted}",
        )
    if directory_shared and group_reads and not group_writes:
        yield Finding(
            Level.BAD,
            f"{files.user_name(file.uid)} can be locked out of {facts.path}",
            f"a member of {group} who opens it first, to read it, creates a -wal and -shm that only they can write",
            f"chmod 660 {quoted}    (or, to let nobody else in: chmod 600 {quoted})",
        )
    if group_writes and not setgid:
        yield Finding(
            Level.BAD,
            f"the directory {facts.path.parent} does not pass its group on",
            "the -wal and -shm get the group of whoever opens the store first; the next one cannot open it at all",
            f"chgrp {files.group_name(file.gid)} {place} && chmod 2770 {place}",
        )
    elif group_writes and directory.gid != file.gid:
        yield Finding(
            Level.BAD,
            f"{facts.path} is of group {files.group_name(file.gid)}, its directory of group {group}",
            "the -wal and -shm get the directory's group, and members of the file's group cannot open them",
            f"chgrp {group} {quoted}",
        )
    elif group_writes and not directory_shared:
        yield Finding(
            Level.BAD,
            f"{group} may write {facts.path}, but may not create files in its directory",
            "SQLite must create the -wal and -shm there: only the directory's owner can open the store",
            f"chmod 2770 {place}",
        )


def _side_files(facts: Facts, file: Owned) -> Iterator[Finding]:
    for path, side in facts.side_files.items():
        theirs = side.gid != file.gid if file.mode & stat.S_IWGRP else side.uid != file.uid
        if theirs or side.mode & 0o660 != file.mode & 0o660:
            yield Finding(
                Level.BAD,
                f"{path} was left by {files.user_name(side.uid)} with other permissions than the store's",
                "whoever may write the store but not this file cannot open it; it may hold commits: never delete it",
                f"sudo chown {files.user_name(file.uid)}:{files.group_name(file.gid)} {shlex.quote(path)} && "
                f"sudo chmod {file.mode & 0o666:o} {shlex.quote(path)}",
            )


def _own_access(facts: Facts, file: Owned, directory: Owned) -> Iterator[Finding]:
    user, owner, group = files.user_name(facts.user.uid), files.user_name(file.uid), files.group_name(file.gid)
    join = f"sudo usermod -aG {group} {user}"
    if not file.mode & stat.S_IWUSR:
        yield Finding(
            Level.BAD,
            f"{facts.path} may be written by nobody, not even by {owner}, whose it is",
            "nothing can be added to it; root alone writes whatever the permissions say",
            f"chmod u+rw {shlex.quote(str(facts.path))}",
        )
    elif not _may(facts.user, file, stat.S_IROTH) or not _may(facts.user, directory, stat.S_IXOTH):
        yield Finding(
            Level.BAD,
            f"{user} may not read {facts.path}",
            f"it is {owner}'s, of group {group}, mode {file.mode:o}",
            f"{join}    (counts from the next login)"
            if file.mode & stat.S_IWGRP
            else f"ask {owner} to share it, or for a backup of it",
        )
    elif not _may(facts.user, file, stat.S_IWOTH):
        yield Finding(
            Level.BAD,
            f"{user} may read {facts.path}, but not write it",
            "sitmon then does not open it: even a reader makes a -wal and -shm, which would lock the others out",
            f"{join}    (or ask {owner} for a copy: sitmon store backup FILE)"
            if file.mode & stat.S_IWGRP
            else f"ask {owner} to share it, or for a backup of it",
        )
    elif not _may(facts.user, directory, stat.S_IWOTH):
        yield Finding(
            Level.BAD,
            f"{user} may write {facts.path}, but may not create files in its directory",
            "SQLite makes a -wal and -shm beside it, even for reading",
            f"ls -ld {shlex.quote(str(facts.path.parent))}    (it must be writable for you, or the store elsewhere)",
        )


def _machine(facts: Facts) -> Iterator[Finding]:
    version = ".".join(map(str, facts.sqlite))
    if is_safe(facts.sqlite):
        yield Finding(Level.GOOD, f"SQLite {version}")
    else:
        yield Finding(
            Level.BAD,
            f"SQLite {version}",
            "before 3.51.3 a bug can corrupt a store that several sessions write",
            "pip install pysqlite3    (in sitmon's environment; pipx inject sitmon pysqlite3)",
        )
    mount = facts.mount
    if mount is not None and files.is_remote(mount):
        yield Finding(
            Level.BAD,
            f"the store is on {mount.kind}, mounted at {mount.point}",
            "SQLite's locks do not work there, and two sessions can destroy the file",
            "move the store to a local disk of the server that everybody works on",
        )
    elif mount is not None:
        yield Finding(Level.GOOD, f"the store is on a local file system ({mount.kind})")
    if facts.free_bytes < _MIN_FREE:
        yield Finding(
            Level.BAD,
            f"{facts.free_bytes / 2**20:,.0f} MiB are free on the store's disk",
            "when it is full nothing can be written; reading still works",
            f"du -xh {shlex.quote(str(facts.path.parent))} | sort -h | tail",
        )
    else:
        yield Finding(Level.GOOD, f"{facts.free_bytes / 2**30:,.0f} GiB are free on the store's disk")
    if facts.wal_bytes > _LONG_WAL:
        yield Finding(
            Level.NOTE,
            f"the write-ahead log has grown to {facts.wal_bytes / 2**20:,.0f} MiB",
            "a session that reads for a long time, or was suspended, keeps it from starting over",
            f"fuser -v {shlex.quote(str(files.wal_of(facts.path)))}    (lists the sessions; end the suspended one)",
        )
    if not facts.zones:
        yield Finding(
            Level.BAD,
            "there is no time zone data",
            "times are read and shown in the situation's zone",
            "pip install tzdata    (in sitmon's environment)",
        )


def _terminal(facts: Facts) -> Iterator[Finding]:
    term = facts.environment.get("TERM", "")
    if term in ("", "dumb"):
        yield Finding(
            Level.BAD,
            f"TERM is {term or 'not set'}",
            "the screen needs a terminal that can position its cursor; the commands work without one",
            "export TERM=xterm-256color",
        )
    elif facts.environment.get("COLORTERM", "") not in ("truecolor", "24bit"):
        yield Finding(
            Level.NOTE,
            "COLORTERM is not set: the screen uses the terminal's own 16 or 256 colours",
            "that is less to send over a slow line; nothing is shown by colour alone",
            "export COLORTERM=truecolor    (if the terminal supports it)",
        )
    else:
        yield Finding(Level.GOOD, f"a terminal with 24-bit colour ({term})")
    if facts.encoding.lower().replace("-", "") == "utf8":
        yield Finding(Level.GOOD, "text is written as UTF-8")
    else:
        yield Finding(
            Level.BAD,
            f"text is written as {facts.encoding or 'an unknown encoding'}, not UTF-8",
            "names in Persian, Pashto, Arabic or Cyrillic cannot be shown",
            "export LANG=C.UTF-8 PYTHONUTF8=1",
        )


def _may(user: User, owned: Owned, other: int) -> bool:
    """Say whether the user has a permission, given as the bit that others would need."""
    if user.uid == 0:
        return True
    if user.uid == owned.uid:
        return bool(owned.mode & other << 6)
    if owned.gid in user.groups:
        return bool(owned.mode & other << 3)
    return bool(owned.mode & other)


def _writers(file: Owned) -> str:
    owner = files.user_name(file.uid)
    return f"{owner} and the members of {files.group_name(file.gid)}" if file.mode & stat.S_IWGRP else f"{owner} alone"


def _owned(path: Path) -> Owned | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return Owned(stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid)


def _is_reachable(path: Path) -> bool:
    try:
        path.stat()
    except PermissionError:
        return False
    except OSError:
        return True
    return True


def _free(directory: Path) -> int:
    """Return the free bytes of the disk that the directory is on, or would be created on."""
    for folder in (directory, *directory.parents):
        try:
            return shutil.disk_usage(folder).free
        except OSError:
            continue
    return 0


def _size(path: Path) -> int:
    try:
        return files.size_of(path)
    except PermissionError:
        return 0


def _has_zones() -> bool:
    try:
        timezone(_ZONE)
    except InputRefused:
        return False
    return True
