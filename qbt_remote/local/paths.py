"""Where things lie: settings, state, logs, the private folder for the socket, and our own resources.

With ``--config DIR`` everything but the socket lies below DIR.  Without it Linux keeps to the XDG
directories, Windows to AppData and macOS to the Library.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from pathlib import Path

NAME = "qbt-remote"
LONGEST_SOCKET_BYTES = 107
"""sun_path holds 108 bytes with the closing zero on Linux (unix(7)); 104 on macOS."""
_ROOM_FOR_A_NAME = len("/0123456789abcdef/socket")


class UnsafeFolder(OSError):
    """The folder belongs to somebody else, is a link, or others may enter it."""


def here() -> Path:
    """Give the folder that the process is in, or the root where that has been removed or is out of reach."""
    try:
        return Path.cwd()
    except OSError:
        return Path("/")


def config_dir(override: Path | None = None) -> Path:
    """Give the folder of the settings, and make it (0700) if it is missing."""
    if override is not None:
        return _made(override.expanduser().absolute())
    if sys.platform == "win32":
        return _made(_from_environment("APPDATA", "AppData/Roaming") / NAME)
    if sys.platform == "darwin":
        return _made(Path.home() / "Library/Application Support" / NAME)
    return _made(_from_environment("XDG_CONFIG_HOME", ".config") / NAME)


def state_dir(override: Path | None = None) -> Path:
    """Give the folder for what the program, not the user, decided to keep (queue, paused torrents)."""
    if override is not None:
        return config_dir(override)
    if sys.platform == "win32":
        return _made(_from_environment("LOCALAPPDATA", "AppData/Local") / NAME)
    if sys.platform == "darwin":
        return config_dir()
    return _made(_from_environment("XDG_STATE_HOME", ".local/state") / NAME)


def log_dir(override: Path | None = None) -> Path:
    """Give the folder of the log files."""
    if override is None and sys.platform == "darwin":
        return _made(Path.home() / "Library/Logs" / NAME)
    return _made(state_dir(override) / "log")


def runtime_dir(key: str) -> Path:
    """Give the private folder (0700, ours, no link) for the lock and the socket of the configuration with this key.

    Raises UnsafeFolder if somebody else prepared it.
    """
    return private_dir(private_dir(_runtime_base()) / key)


def private_dir(path: Path) -> Path:
    """Make the folder, or check that the one there is ours alone.  Raises UnsafeFolder."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    if sys.platform == "win32":  # the user's own profile: other users cannot write there
        return path
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise UnsafeFolder(f"{path} is not a folder")
    if found.st_uid != os.getuid():
        raise UnsafeFolder(f"{path} belongs to another user")
    if found.st_mode & 0o077:
        raise UnsafeFolder(f"{path} is open to other users")
    return path


def resource(name: str) -> Path:
    """Give the path of one of our own files, as ``resource("icons/add.svg")``.

    A wheel and a frozen build carry them in the package, a source checkout beside it.
    """
    package = Path(__file__).resolve().parent.parent
    inside = package / "resources"
    return (inside if inside.is_dir() else package.parent / "resources") / name


def _made(path: Path) -> Path:
    """Make a folder if it can be had; whoever writes into it says so if not."""
    with contextlib.suppress(OSError):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _from_environment(variable: str, below_home: str) -> Path:
    """Give the folder the variable names; a relative one counts as unset (XDG Base Directory 0.8)."""
    named = Path(os.environ.get(variable, ""))
    return named if named.is_absolute() else Path.home() / below_home


def _runtime_base() -> Path:
    if sys.platform == "win32":
        return _made(_from_environment("LOCALAPPDATA", "AppData/Local") / NAME) / "run"
    own = Path(os.environ.get("XDG_RUNTIME_DIR", "") or f"/run/user/{os.getuid()}")
    if own.is_absolute() and _fits(own / NAME) and own.is_dir() and os.access(own, os.W_OK):
        return own / NAME
    beside = Path(tempfile.gettempdir()) / f"{NAME}-{os.getuid()}"
    return beside if _fits(beside) else Path("/tmp") / f"{NAME}-{os.getuid()}"


def _fits(base: Path) -> bool:
    return len(os.fsencode(base)) + _ROOM_FOR_A_NAME <= min(LONGEST_SOCKET_BYTES, 103)
