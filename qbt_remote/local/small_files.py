"""Small files of ours: read without following links, replaced whole, readable by their owner alone."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path

_TRIAL = "may-be-written"
_COMMON = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def read(path: Path, at_most: int) -> bytes:
    """Read a regular file that belongs to us.  Raises OSError; a link or a pipe is refused."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _COMMON)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError("not a regular file")
        if sys.platform != "win32" and found.st_uid != os.getuid():
            raise OSError("it belongs to another user")
        if found.st_size > at_most:
            raise OSError("it is too large")
        return file.read(at_most)


def replace(path: Path, data: bytes) -> None:
    """Put a whole new file (0600) in the place of the old one, on the disk before this returns.

    Raises OSError, and then the old file is as it was.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    _remove_left(path)
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _COMMON, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if sys.platform != "win32":
        _sync_folder(path.parent)


def try_to_write(folder: Path) -> None:
    """Make a file and remove it again.  Raises OSError where none can be written."""
    replace(folder / _TRIAL, b"")
    (folder / _TRIAL).unlink()


def _remove_left(path: Path) -> None:
    """Remove what a process that was killed while it wrote has left."""
    for left in path.parent.glob(f".{path.name}.*.new"):
        if not _runs(left.name.split(".")[-2]):
            left.unlink(missing_ok=True)


def _runs(pid: str) -> bool:
    if sys.platform == "win32" or not pid.isdigit():  # there it would end the process
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _sync_folder(folder: Path) -> None:
    """Make the renaming last; a file system that cannot (some network ones) is left at that."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
