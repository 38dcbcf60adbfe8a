"""The files of a SQLite store: paths, file systems, permissions, lock holders."""

import grp
import os
import pwd
import re
import stat
from pathlib import Path
from typing import NamedTuple

from model.errors import StoreError, StoreUnsafe

SHARED_DIRECTORY = 0o2770
"""Set-group-id, so that the write-ahead log that SQLite makes beside the file gets the directory's group."""
SHARED_FILE = 0o660
PRIVATE_FILE = 0o600

_MOUNTS = Path("/proc/self/mountinfo")
_LOCKS = Path("/proc/locks")
_WRITE_LOCK = 120
"""The byte of the -shm file whose lock is SQLite's write lock (walformat.html, section 2.3.1)."""
_REMOTE = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|9p|fuse(\..+)?|fuseblk|virtiofs|ceph|glusterfs|lustre|afs|ncpfs|ocfs2|gfs2|beegfs|"
    r"gpfs|orangefs|coda|davfs2?|sshfs|vboxsf|prl_fs|vmhgfs"
)


class Mount(NamedTuple):
    """One line of the table of mounted file systems."""

    point: str
    kind: str


def real_path(path: Path) -> Path:
    """Return the path with links resolved: SQLite names its other files after that one."""
    return Path(os.path.realpath(path.expanduser()))


def wal_of(path: Path) -> Path:
    """Return the path of the store's write-ahead log."""
    return path.with_name(path.name + "-wal")


def shm_of(path: Path) -> Path:
    """Return the path of the shared-memory index of the write-ahead log."""
    return path.with_name(path.name + "-shm")


def size_of(path: Path) -> int:
    """Return a file's size in bytes, 0 if there is no file."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def mode_of(path: Path) -> int:
    """Return a file's permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def identity_of(path: Path) -> tuple[int, int] | None:
    """Return what identifies the file at a path, and changes if it is replaced; None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def exists(path: Path) -> bool:
    """Say whether anything is there, even a broken link."""
    return os.path.lexists(path)


def remove(path: Path) -> None:
    """Remove a file, if there is one."""
    path.unlink(missing_ok=True)


def move(path: Path, target: Path) -> None:
    """Rename a finished file durably: the new name never has half of it, not even after a power failure."""
    _sync(path)
    path.rename(target)
    _sync(target.parent)


def require_local(path: Path, *, mounts: str | None = None) -> None:
    """Refuse a file system that several machines can mount: locks and shared memory do not work across machines.

    Args:
        path: the store's file, with links resolved.
        mounts: text to read in place of /proc/self/mountinfo.

    Raises:
        StoreUnsafe: the path is on such a file system.
    """
    mount = mount_of(path, mounts)
    if mount is not None and is_remote(mount):
        raise StoreUnsafe(
            f"{path} is on {mount.kind} (mounted at {mount.point}), where SQLite's locks do not work: put the store "
            "on a local disk of the server that everybody works on"
        )


def is_remote(mount: Mount) -> bool:
    """Say whether the file system may be shared between machines, or served by a program."""
    return _REMOTE.fullmatch(mount.kind) is not None


def mount_of(path: Path, mounts: str | None = None) -> Mount | None:
    """Return the mounted file system that the path is on; None if the system does not list them."""
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
        except FileNotFoundError:
            return None
    found: Mount | None = None
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), before.split(" ")[4])
        # Of several at one mount point, the last one hides the others.
        if path.is_relative_to(point) and (found is None or len(point) >= len(found.point)):
            found = Mount(point, after.split(" ")[0])
    return found


def require_store(path: Path, *, create: bool) -> None:
    """Make sure that there is a file that SQLite may open as a store.

    It is not opened here: closing it again would drop the locks that another connection of this process has on it.

    Raises:
        StoreError: there is no file and `create` is false, or it cannot be a store.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        if not create:
            raise StoreError(f"there is no store at {path}; make one with `sitmon store init {path}`") from None
        try:
            create_file(path, PRIVATE_FILE)
        except FilePresent:  # another session made it first
            require_store(path, create=False)
        return
    except NotADirectoryError:
        raise StoreError(f"part of {path} is not a directory; give another path") from None
    except OSError as error:
        raise StoreError(
            f"{path} cannot be reached by {user_name()}: {error.strerror}; `sitmon doctor` says what to do"
        ) from None
    if stat.S_ISDIR(found.st_mode):
        raise StoreError(f"{path} is a directory; give the store's file")
    if not stat.S_ISREG(found.st_mode):
        raise StoreError(f"{path} is not a regular file; give another one")
    effective = os.access in os.supports_effective_ids
    if not os.access(path, os.R_OK, effective_ids=effective):
        raise StoreError(f"{path} may not be read by {user_name()}; `sitmon doctor` says what to do")
    if found.st_uid != os.geteuid() and not os.access(path, os.W_OK, effective_ids=effective):
        raise StoreError(
            f"{path} may be read by {user_name()}, but not written, and what SQLite puts beside it even for reading "
            f"would lock {user_name(found.st_uid)} out; `sitmon doctor` says what to do"
        )


class FilePresent(StoreError):
    """Raised when the name for a new file is taken already."""


def create_file(path: Path, mode: int, gid: int = -1) -> None:
    """Create an empty file with exactly these permissions, whatever the umask.

    Args:
        path: where; links are not followed.
        mode: its permissions.
        gid: its group; -1: the one that new files get there.

    Raises:
        FilePresent: something is there already, even a broken link.
        StoreError: the directory is missing or may not be written.
        OSError: the file may not be given these permissions or this group; it is removed again.
    """
    flags = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY | os.O_CLOEXEC
    try:
        # Private until it has its group: whoever opens it before keeps it open.
        descriptor = os.open(path, flags, PRIVATE_FILE & mode)
    except FileExistsError:
        raise FilePresent(f"{path} exists already; give a new name") from None
    except FileNotFoundError:
        raise StoreError(f"there is no directory {path.parent}; make it first, or give another file") from None
    except OSError as error:
        raise StoreError(f"{path} cannot be made: {error.strerror}; give a directory that you can write") from None
    try:
        if gid != -1:
            os.fchown(descriptor, -1, gid)
        os.fchmod(descriptor, mode)
    except OSError:
        remove(path)
        raise
    finally:
        os.close(descriptor)


def create_shared(path: Path, group: str) -> None:
    """Create an empty file that every member of a group can write, in a directory with the right permissions for it.

    SQLite never makes a file group-writable itself, and gives its write-ahead log the database's permissions and the
    directory's group. A missing directory is made; an existing one must have the right permissions, and is not changed.

    Raises:
        StoreError: there is no such group, the directory is not right, or something is there already.
    """
    try:
        gid = grp.getgrnam(group).gr_gid
    except KeyError:
        raise StoreError(f"there is no group {group!r} on this machine; `sudo groupadd {group}` makes it") from None
    if exists(path):
        raise StoreError(f"{path} exists already; `sitmon --store {path} doctor` says how to share it")
    import shlex

    directory = path.parent
    quoted = shlex.quote(str(directory))
    try:
        if not directory.exists():
            _create_shared_directory(directory, gid)
        found = directory.stat()
        if found.st_gid != gid or found.st_mode & SHARED_DIRECTORY != SHARED_DIRECTORY:
            raise StoreError(
                f"{directory} is not a shared directory of {group}; "
                f"run `sudo chgrp {group} {quoted} && sudo chmod 2770 {quoted}`, or give a new directory"
            )
        create_file(path, SHARED_FILE, gid)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be shared with {group}: {error.strerror}; you must be a member of {group} (`id` lists your "
            "groups; a new one counts from the next login) and own the directory"
        ) from None


def _create_shared_directory(directory: Path, gid: int) -> None:
    directory.mkdir(mode=0o700)
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fchown(descriptor, -1, gid)
        os.fchmod(descriptor, SHARED_DIRECTORY)
    finally:
        os.close(descriptor)


def user_name(uid: int | None = None) -> str:
    """Return a user's name as the system knows it, whatever the environment says; None: the effective user."""
    uid = os.geteuid() if uid is None else uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid-{uid}"


def group_name(gid: int) -> str:
    """Return a group's name, or its number if it has none."""
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def lock_holders(path: Path) -> tuple[str, ...]:
    """Return who holds the store's write lock now, `anna (process 4711, sitmon)`; empty if that cannot be seen."""
    try:
        inode = shm_of(path).stat().st_ino
        table = _LOCKS.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ()
    return tuple(_describe(pid) for pid in write_lockers(table, inode))


def write_lockers(table: str, inode: int) -> tuple[int, ...]:
    """Return the ids of the processes that hold the write lock on the -shm file with this inode.

    Args:
        table: the text of /proc/locks.
        inode: of the -shm file.
    """
    found: list[int] = []
    for line in table.splitlines():
        fields = line.split()
        if len(fields) != 8 or fields[3] != "WRITE" or fields[5].rpartition(":")[2] != str(inode):
            continue
        last = float("inf") if fields[7] == "EOF" else int(fields[7])
        if int(fields[6]) <= _WRITE_LOCK <= last:
            found.append(int(fields[4]))
    return tuple(found)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _describe(pid: int) -> str:
    folder = Path(f"/proc/{pid}")
    try:
        owner = user_name(folder.stat().st_uid)
        program = (folder / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return f"process {pid}"
    return f"{owner} (process {pid}, {program})"
