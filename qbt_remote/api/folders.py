"""The folders of a server's disk, and its paths as text.

A path belongs to the server's machine, which may be Windows: it is never given to this machine's own
path functions.  Inside, the separator is "/", which qBittorrent takes and answers with on every
system; ``like`` gives a path back in the spelling of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient

LISTING = "app/getDirectoryContent"
MOST_FOLDERS = 20_000
"""More than this of one folder are not shown."""
_DRIVE = re.compile(r"[A-Za-z]:(?=[\\/]|$)")
_BEGINS = re.compile(rf"/|\\\\|{_DRIVE.pattern}")


def is_windows(path: str) -> bool:
    """Whether a path can only be of a Windows server: a drive, a share, or backslashes alone."""
    return bool(_DRIVE.match(path)) or path.startswith("\\\\") or ("\\" in path and "/" not in path)


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


def same(one: str, other: str) -> bool:
    """Whether two paths are one, as far as their text tells; Windows does not tell cases apart."""
    if is_windows(one):
        return plain(one).casefold() == plain(other).casefold()
    return plain(one) == plain(other)


def distinct(paths: Iterable[str]) -> list[str]:
    """Leave out what is no place or was there before, however it is spelled."""
    seen: dict[str, str] = {}
    for path in paths:
        if path and is_absolute(path):
            key = plain(path)
            seen.setdefault(key.casefold() if is_windows(path) else key, path)
    return list(seen.values())


async def folders(client: QbtClient, path: str) -> list[str]:
    """Give the folders in a folder of the server, in no order, in our spelling.

    Raises Unsupported before 5.0, Rejected 404 if there is none.  One that the server may not look
    into is answered as an empty one; hidden ones are left out (appcontroller.cpp, QDir::Dirs).
    """
    found = await client.get(LISTING, dirPath=plain(path), mode="dirs")
    return [plain(entry) for entry in found[:MOST_FOLDERS] if isinstance(entry, str) and entry]
