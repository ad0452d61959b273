"""Whatever was given, by drop, paste, dialog or command line, as things that can be read one after the other.

Nothing given disappears, and nothing is taken twice: each thing ends as itself or as a ``Problem`` that names it.
What is a link needs no look at the disk, and no path, whatever it is, raises anything.
"""

from __future__ import annotations

import errno
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qbt_remote.api.adding.problem import Problem
from qbt_remote.api.adding.starts import HASH, START
from qbt_remote.api.adding.text_links import Found, cleaned, found_in, holds_links, path_of
from qbt_remote.translatable import N, Said

_PATH_LIKE = re.compile(r"\.{0,2}[/\\]|~|[A-Za-z]:[/\\]")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")
_ONLY_HASHES = re.compile(rf"(?:[\s,;|]*{HASH}[\s,;|]*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FromFile:
    """The bytes of a file that was given, kept since it may have gone by now; ``source`` is its path."""

    source: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """What was given, in its order: files and folders, texts that are searched for links, and what is neither."""

    things: tuple[Path | str | Problem | FromFile, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to add; what is neither is nothing."""
        files = (Path, FromFile)
        return any(isinstance(thing, files) or (isinstance(thing, str) and holds_links(thing)) for thing in self.things)

    def __iter__(self) -> Iterator[Path | Found | Problem | FromFile]:
        """Give what was given one by one; a text is searched while this goes on."""
        for thing in self.things:
            if isinstance(thing, str):
                yield from found_in(thing)
            else:
                yield thing

    @property
    def text(self) -> str:
        """The texts, to be looked at again by a person."""
        return "\n".join(thing for thing in self.things if isinstance(thing, str))

    def problems(self, most: int) -> list[Problem]:
        """Give the first things that are neither; for what holds nothing that can be added."""
        found = (thing for thing in self if isinstance(thing, Problem))
        return [problem for problem, _n in zip(found, range(most), strict=False)]


def from_text(text: str) -> Given:
    """Take a text with links, info-hashes and paths of .torrent files."""
    return Given((text,) if text.strip() else ())


def from_paths(paths: Iterable[Path | str]) -> Given:
    """Take files and folders of this computer."""
    return Given(tuple(map(Path, paths)))


def from_arguments(texts: Iterable[str], folder: Path) -> Given:
    """Take the arguments of a command line; paths are seen from ``folder``."""
    return Given(tuple(from_argument(text, folder) for text in texts))


def from_argument(text: str, folder: Path) -> Path | str | Problem:
    """Tell what one argument is: a text with links, a ``file:`` address, or a path seen from ``folder``.

    A file that is named like a link is meant by ./ before its name.
    """
    if not text.strip():
        return Problem(text, Said(N("It is empty.")))
    if text[:5].lower() == "file:":
        return path_of(text) or Problem(text)
    if _PATH_LIKE.match(text):
        several = "\n" in text.strip() and not exists(folder / text)
        return text if several and holds_links(text) else folder / text
    begins = START.search(cleaned(text))
    if begins is None or begins.lastgroup == "path":
        return Problem(text) if _SCHEME.match(text) and not exists(folder / text) else folder / text
    if begins.lastgroup == "hash" and not _ONLY_HASHES.fullmatch(text) and exists(folder / text):
        return folder / text
    if holds_links(text) or not exists(folder / text):
        return text
    return folder / text


def from_addresses(addresses: Iterable[Path | str]) -> Given:
    """Take the addresses of a drop: files of this computer as paths, all others as their text."""
    return Given(tuple(_dropped(address) for address in addresses))


def _dropped(address: Path | str) -> Path | str | Problem:
    if isinstance(address, Path):
        if address.name.lower().endswith(".torrent") or is_folder(address):
            return address
        return Problem(str(address))
    return address if START.match(address) else Problem(address)


def exists(path: Path) -> bool:
    """Whether something is there, or may be: only the system's "no such file" is a no."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError as e:
        return e.errno != errno.ENAMETOOLONG
    return True


def is_folder(path: Path) -> bool:
    """Whether this is a folder; what cannot be looked at is none, and is named when it is read."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError):
        return False
