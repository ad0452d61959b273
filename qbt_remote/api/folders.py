"""The folders of a server's disk, and its paths as text.

A path belongs to the server's machine, which may be Windows: it is never given to this machine's own
path functions.  Inside, the separator is "/", which qBittorrent takes and answers with on every
system; ``like`` gives a path back in the spelling of another.

One place has many spellings: "C:\\Films\\", "c:/films", "//?/C:/Films".  Whoever asks whether two paths are the same
place, or one is inside the other, asks ``key``, ``same`` or ``below`` here, and nobody compares the texts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient

LISTING = "app/getDirectoryContent"
MOST_FOLDERS = 20_000
"""More than this of one folder are not shown."""
_DRIVE = re.compile(r"[A-Za-z]:(?=[\\/]|$)")
_SHARE = re.compile(r"\\\\|//[^/]")
_LONG = re.compile(r"//[?.]/(UNC/)?", re.IGNORECASE)
"""Before a path that Windows shall take as it is."""
_BEGINS = re.compile(rf"/|\\\\|{_DRIVE.pattern}")


def is_windows(path: str) -> bool:
    """Whether a path can only be of a Windows server: a drive, a share, or backslashes alone.

    Servers write a share with "/" too; on other systems no server begins a path with two of them.
    """
    return bool(_DRIVE.match(path) or _SHARE.match(path)) or ("\\" in path and "/" not in path)


def is_absolute(path: str) -> bool:
    """Whether a server takes this for a place on its disk and not for one below its default folder."""
    return bool(_BEGINS.match(path))


def plain(path: str) -> str:
    """Spell a path with "/" and without one at its end, unless it is a root."""
    if is_windows(path):
        path = path.replace("\\", "/")
    bare = path.rstrip("/")
    if _DRIVE.fullmatch(bare):
        return bare + "/"
    return bare or path[:1]


def like(path: str, model: str) -> str:
    """Give a path with the separators that ``model`` uses."""
    return path.replace("/", "\\") if "\\" in model and is_windows(model) else path


def split(path: str) -> tuple[str, str]:
    """Give the folder, and the beginning of a name in it, of a path that is being typed; "" for no folder."""
    text = path.replace("\\", "/") if is_windows(path) else path
    folder, slash, name = text.rpartition("/")
    return (plain(folder + slash), name) if slash else ("", name)


def name(path: str) -> str:
    """Give the last part of a path, or all of a root."""
    text = plain(path)
    return text.rstrip("/").rpartition("/")[2] if root(text) != text else text


def root(path: str) -> str:
    """Give where a path begins: "/", "C:/" or "//nas/share"; "" if it begins nowhere."""
    text = plain(path)
    if _DRIVE.match(text):
        return text[:2] + "/"
    if text.startswith("//"):
        return "/".join(text.split("/")[:4])
    return "/" if text.startswith("/") else ""


def way_to(path: str) -> list[str]:
    """Give the folders from the root down to a path, both included."""
    text, top = plain(path), root(path)
    if not top:
        return []
    way = [top]
    for part in filter(None, text[len(top) :].split("/")):
        way.append(f"{way[-1].rstrip('/')}/{part}")
    return way


@lru_cache(maxsize=4096)
def key(path: str) -> str:
    """Give a text that is the same for all spellings of one place, and begins with that of each folder above it.

    Windows does not tell cases apart, nor "\\" from "/"; and no system's users tell apart the two Unicode forms of a
    letter with a mark, of which Macs write one and others the other.  The key is not for showing.
    """
    return _key(path, windows=is_windows(path))


def _key(path: str, *, windows: bool) -> str:
    parts = [_folded(part, windows=windows) for part in _parts(path, windows=windows) if part != "."]
    return "/" if parts == [""] else "/".join(parts)


def _parts(path: str, *, windows: bool) -> list[str]:
    """Split a path into its parts; the first is a drive, "//" before a share, or "" for any other root."""
    if not windows:
        return ([""] if path.startswith("/") else []) + list(filter(None, path.split("/")))
    text = path.replace("\\", "/")
    if long := _LONG.match(text):
        text = ("//" if long.group(1) else "") + text[long.end() :]
    root = ["/"] if text.startswith("//") else [""] if text.startswith("/") else []
    return root + list(filter(None, text.split("/")))


def _folded(part: str, *, windows: bool) -> str:
    if part.isascii():
        return part.upper() if windows else part
    part = unicodedata.normalize("NFC", part)
    if not windows:
        return part
    upper = part.upper()  # one letter for one: Windows takes "ß" and "SS" for two names
    return upper if len(upper) == len(part) else "".join(c if len(c.upper()) > 1 else c.upper() for c in part)


def same(one: str, other: str) -> bool:
    """Whether two paths are one place, as far as their text tells."""
    return key(one) == key(other)


def below(path: str, folder: str) -> list[str] | None:
    """Give the parts of a path inside a folder, as they are spelled; None if it lies elsewhere or begins nowhere."""
    windows = is_windows(folder)
    if is_windows(path) is not windows or not (is_absolute(path) and is_absolute(folder)):
        return None
    rest = _parts(path, windows=windows)
    for part in _parts(folder, windows=windows):
        if part == ".":
            continue
        while rest and rest[0] == ".":
            rest = rest[1:]
        if not rest or _folded(rest[0], windows=windows) != _folded(part, windows=windows):
            return None
        rest = rest[1:]
    return rest


def distinct(paths: Iterable[str]) -> list[str]:
    """Leave out what is no place or was there before, however it is spelled."""
    seen: dict[str, str] = {}
    for path in paths:
        if path and is_absolute(path):
            seen.setdefault(key(path), path)
    return list(seen.values())


async def folders(client: QbtClient, path: str) -> list[str]:
    """Give the folders in a folder of the server, in no order, in our spelling.

    Raises Unsupported before 5.0, Rejected 404 if there is none.  One that the server may not look
    into is answered as an empty one; hidden ones are left out (appcontroller.cpp, QDir::Dirs).
    """
    found = await client.get(LISTING, dirPath=plain(path), mode="dirs")
    return [plain(entry) for entry in found[:MOST_FOLDERS] if isinstance(entry, str) and entry]
