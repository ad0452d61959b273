"""From what the user gave (files, folders, links) to items that can be added, or the reason why not.

Nothing given disappears: each file and each line ends as an ``Item`` or as a ``Problem`` that
names it.  Reading is sliced, so thousands of files leave the window alive; a file above 1 MiB is
parsed in another process, because the parser keeps the interpreter's lock (100 ms for 5 MB, measured).
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import stat
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit
from urllib.request import url2pathname

from qbt_remote.api.adding.add import AddItem
from qbt_remote.api.adding.metainfo import LARGEST, BadTorrent, Metainfo, parse_link, read
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

SUFFIX = ".torrent"
MOST_FILES = 10_000
MOST_ENTRIES = 200_000
DEEPEST = 16
MOST_BYTES = 512 << 20
_LIKELY = re.compile(r"magnet:|https?:|[0-9a-f]{40}|[2-7a-z]{32}", re.IGNORECASE)
"""Sorts out at C speed most of what is no link; 100,000 lines are looked at in 40 ms."""
_HERE_BYTES = 1 << 20  # larger files are parsed in another process
_SLICE_BYTES = 1 << 20
_SLICE_S = 0.008


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was given: local files and folders, what was given for links, and what is neither."""

    files: tuple[Path, ...] = ()
    links: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to add; unknown lines alone are nothing."""
        return bool(self.files or self.links)


@dataclass(frozen=True, slots=True)
class Item(AddItem):
    """An item with what its dialog shows beside the name; ``size`` and ``files`` are 0 for links."""

    size: int = 0
    files: int = 0
    trackers: tuple[str, ...] = ()
    private: bool | None = None
    """None where a link does not say."""
    inner_hosts: tuple[str, ...] = ()
    """Addresses in the server's own network that the link names; see ``Link``."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something given that cannot be sent, and why: ``template.format(**parts)`` is a sentence."""

    source: str
    template: str
    parts: Mapping[str, object] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The English sentence."""
        return self.template.format(**self.parts)


def from_text(text: str) -> Dropped:
    """Take links and bare info-hashes, one a line; blank lines count for nothing.

    If one line is a link, all are taken as given for links, and ``read_items`` names those that are none.
    """
    lines = tuple(line for raw in text.splitlines() if (line := raw.strip()))
    if any(_LIKELY.match(line) and parse_link(line) for line in lines):
        return Dropped(links=lines)
    return Dropped(unknown=lines)


def from_argument(text: str, folder: Path) -> Dropped:
    """Take one argument of the command line: a link, a ``file:`` address, or a path seen from ``folder``."""
    if parse_link(text) and not (folder / text).exists():
        return Dropped(links=(text,))
    if text.lower().startswith("file:"):
        parts = urlsplit(text)
        return (
            Dropped(files=(Path(url2pathname(parts.path)),))
            if parts.netloc in ("", "localhost")
            else Dropped(unknown=(text,))
        )
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+:", text) and not (folder / text).exists():
        return Dropped(unknown=(text,))
    return Dropped(files=(folder / text,))


def from_arguments(texts: Iterable[str], folder: Path) -> Dropped:
    """Take several arguments of the command line."""
    given = [from_argument(text, folder) for text in texts]
    return Dropped(
        tuple(path for dropped in given for path in dropped.files),
        tuple(link for dropped in given for link in dropped.links),
        tuple(text for dropped in given for text in dropped.unknown),
    )


async def collect(dropped: Dropped) -> list[Item | Problem]:
    """Read everything that was given; see ``read_items``."""
    return [found async for found in read_items(dropped)]


async def read_items(dropped: Dropped) -> AsyncIterator[Item | Problem]:
    """Give an item or a problem for each thing given, files first, yielding to the loop every 8 ms."""
    breath = _Breath()
    with _FileReader() as reader:
        async for path in _files(dropped.files, breath):
            await breath.take()
            yield path if isinstance(path, Problem) else await reader.read(path)
    for text in dropped.links:
        await breath.take()
        yield from_link(text)
    for text in dropped.unknown:
        await breath.take()
        yield Problem(text, N("This is neither a torrent file nor a link that a server can add."))


def from_link(text: str) -> Item | Problem:
    """Make the item of a magnet, an http link or a bare info-hash."""
    link = parse_link(text)
    if link is None:
        return Problem(text, N("This is neither a torrent file nor a link that a server can add."))
    first = link.hashes[0] if link.hashes else ""
    return Item(
        text,
        None,
        link.url,
        first,
        link.name,
        link.hashes,
        trackers=link.trackers,
        inner_hosts=link.inner_hosts,
    )


class _Breath:
    """Lets the loop turn when 8 ms have been used."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    async def take(self) -> None:
        if time.perf_counter() - self._since > _SLICE_S:
            await asyncio.sleep(0)
            self._since = time.perf_counter()


async def _files(paths: Iterable[Path], breath: _Breath) -> AsyncIterator[Path | Problem]:
    """The files themselves, and the .torrent files in and below the folders."""
    for path in paths:
        await breath.take()
        if not path.is_dir():
            yield path
            continue
        count = 0
        for found in _walk(path):
            await breath.take()
            if found is None:
                continue
            if count == MOST_FILES:
                yield Problem(str(path), N("Only the first {n} torrent files of this folder are taken."), {"n": count})
                break
            yield found
            count += 1
        if not count:
            yield Problem(str(path), N("There is no torrent file in this folder."))


def _walk(top: Path) -> Iterator[Path | Problem | None]:
    """Torrent files by name, folder after folder, with None for each entry looked at; linked folders are left out."""
    waiting, seen = [(top, 0)], 0
    while waiting:
        folder, depth = waiting.pop()
        torrents: list[Path] = []
        deeper: list[Path] = []
        try:
            with os.scandir(folder) as entries:
                for entry in itertools.islice(entries, MOST_ENTRIES - seen):
                    seen += 1
                    if entry.is_dir():
                        deeper += [] if entry.is_symlink() else [Path(entry.path)]
                    elif entry.name.lower().endswith(SUFFIX):
                        torrents.append(Path(entry.path))
                    yield None
        except OSError as e:
            yield _unreadable(folder, e)
        yield from sorted(torrents)
        if seen >= MOST_ENTRIES:
            yield Problem(str(top), N("Only the first {n} files of this folder were looked at."), {"n": seen})
            return
        if depth < DEEPEST:
            waiting.extend((path, depth + 1) for path in sorted(deeper, reverse=True))
        elif deeper:
            yield Problem(str(folder), N("Folders nested more than {n} deep are not looked into."), {"n": DEEPEST})


def _unreadable(path: Path, error: OSError) -> Problem:
    return Problem(str(path), N("It cannot be read: {reason}."), {"reason": error.strerror or str(error)})


class _FileReader:
    """Reads .torrent files until 512 MiB of them are held; large ones are parsed by one other process."""

    def __init__(self) -> None:
        self._room = MOST_BYTES
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)

    async def read(self, path: Path) -> Item | Problem:
        try:
            data = await self._bytes(path)
            found = await self._parse(data)
        except OSError as e:
            return _unreadable(path, e)
        except BadTorrent as e:
            return Problem(str(path), e.template, e.parts)
        self._room -= len(data)
        return Item(
            str(path),
            data,
            "",
            found.hashes[0],
            found.name,
            found.hashes,
            size=found.size,
            files=found.files,
            trackers=found.trackers,
            private=found.private,
        )

    async def _bytes(self, path: Path) -> bytes:
        data = bytearray()
        for part in _slices(path, self._room):
            data += part
            if len(part) == _SLICE_BYTES:
                await asyncio.sleep(0)
        return bytes(data)

    async def _parse(self, data: bytes) -> Metainfo:
        if len(data) <= _HERE_BYTES or len(data) > LARGEST:
            return read(data)
        # imported here: rarely needed, and not before the first paint
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool
        from multiprocessing import get_context

        self._pool = self._pool or ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, read, data)
        except BrokenProcessPool as e:
            self._pool = None
            raise BadTorrent(N("This file makes the torrent parser fail.")) from e


def _slices(path: Path, room: int) -> Iterator[bytes]:
    """The bytes of a regular file; a pipe or a device is refused before anything is read from it."""
    # O_NONBLOCK: opening a pipe that nobody writes to would wait for ever
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb", buffering=0) as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise BadTorrent(N("This is not a file."))
        if about.st_size > LARGEST:
            raise BadTorrent(N("The file is larger than 64 MiB, more than a server takes."))
        if about.st_size > room:
            raise BadTorrent(N("This is too much at once; add this file after the others."))
        left = LARGEST + 1  # it may grow while it is read; the parser refuses what is too large
        while left > 0 and (part := file.read(_SLICE_BYTES)):
            left -= len(part)
            yield part
