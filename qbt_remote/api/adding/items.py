"""From what was given (``given.py``) to items that can be added, or the reason why not.

Each thing ends as an ``Item`` or as a ``Problem`` that names it, whatever the disk says.  Reading is sliced, so
thousands of files leave the window alive; a file above 1 MiB is parsed in another process, because the parser keeps
the interpreter's lock (100 ms for 5 MB, measured).
"""

from __future__ import annotations

import asyncio
import io
import itertools
import os
import stat
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from qbt_remote.api.adding.add import AddItem
from qbt_remote.api.adding.apart import Apart
from qbt_remote.api.adding.given import FromFile, Given, is_folder
from qbt_remote.api.adding.links import read_link
from qbt_remote.api.adding.metainfo import LARGEST, Metainfo, read
from qbt_remote.api.adding.problem import Problem, Unusable, unreadable
from qbt_remote.api.adding.text_links import Found
from qbt_remote.translatable import N, Said

SUFFIX = ".torrent"
MOST_FILES = 10_000
MOST_ENTRIES = 200_000
DEEPEST = 16
MOST_BYTES = 512 << 20
_HERE_BYTES = 1 << 20  # larger files are parsed in another process
_SLICE_BYTES = 1 << 20
_SLICE_S = 0.008


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


async def collect(given: Given) -> list[Item | Problem]:
    """Read everything that was given; see ``read_items``."""
    return [found async for found in read_items(given)]


async def read_items(given: Given) -> AsyncIterator[Item | Problem]:
    """Give an item or a problem for each thing given, in its order, yielding to the loop every 8 ms."""
    breath = _Breath()
    with _FileReader() as reader:
        for found in given:
            await breath.take()
            if isinstance(found, Path):
                async for path in _files(found, breath):
                    await breath.take()
                    yield path if isinstance(path, Problem) else await reader.read(path)
            elif isinstance(found, FromFile):
                yield await reader.take(found)
            else:
                yield item_of(found) if isinstance(found, Found) else found


def item_of(found: Found) -> Item:
    """Make the item of a link."""
    link = found.link
    return Item(
        found.source,
        None,
        link.url,
        link.hashes[0] if link.hashes else "",
        link.name,
        link.hashes,
        v2_only=link.v2_only,
        trackers=link.trackers,
        inner_hosts=link.inner_hosts,
    )


def from_link(text: str) -> Item | Problem:
    """Make the item of a text that is one link and nothing else."""
    try:
        return item_of(Found(text, read_link(text)))
    except Unusable as e:
        return Problem(text, e.said)


class _Breath:
    """Lets the loop turn when 8 ms have been used."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    async def take(self) -> None:
        if time.perf_counter() - self._since > _SLICE_S:
            await asyncio.sleep(0)
            self._since = time.perf_counter()


async def _files(path: Path, breath: _Breath) -> AsyncIterator[Path | Problem]:
    """The file itself, or the .torrent files in and below a folder."""
    if not is_folder(path):
        yield path
        return
    count = 0
    for found in _walk(path):
        await breath.take()
        if found is None:
            continue
        if count == MOST_FILES:
            yield Problem(str(path), Said(N("Only the first {n} torrent files of this folder are taken."), n=count))
            break
        yield found
        count += 1
    if not count:
        yield Problem(str(path), Said(N("There is no torrent file in this folder.")))


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
                    if _is_folder(entry):
                        deeper += [] if entry.is_symlink() else [Path(entry.path)]
                    elif entry.name.lower().endswith(SUFFIX):
                        torrents.append(Path(entry.path))
                    yield None
        except (OSError, ValueError) as e:
            yield unreadable(str(folder), e)
        yield from sorted(torrents)
        if seen >= MOST_ENTRIES:
            yield Problem(str(top), Said(N("Only the first {n} files of this folder were looked at."), n=seen))
            return
        if depth < DEEPEST:
            waiting.extend((path, depth + 1) for path in sorted(deeper, reverse=True))
        elif deeper:
            yield Problem(str(folder), Said(N("Folders nested more than {n} deep are not looked into."), n=DEEPEST))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """What cannot be looked at is taken for a file: it spoils no other, and is named if it is a torrent by its name."""
    try:
        return entry.is_dir()
    except OSError:
        return False


class _FileReader:
    """Reads .torrent files until 512 MiB of them are held; large ones are parsed by one other process."""

    def __init__(self) -> None:
        self._room = MOST_BYTES
        self._apart: Apart | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._apart:
            self._apart.close()

    async def read(self, path: Path) -> Item | Problem:
        """Read the file itself."""
        try:
            data = await self._bytes(path)
        except Unusable as e:
            return Problem(str(path), e.said)
        except (OSError, ValueError) as e:
            return unreadable(str(path), e)
        return await self.take(FromFile(str(path), data))

    async def take(self, file: FromFile) -> Item | Problem:
        """Take what has been read already."""
        data = file.data
        try:
            found = await self._parse(data)
        except Unusable as e:
            return Problem(file.source, e.said)
        except (OSError, ValueError) as e:
            return unreadable(file.source, e)
        self._room -= len(data)
        return Item(
            file.source,
            data,
            "",
            found.hashes[0],
            found.name or Path(file.source).name.removesuffix(SUFFIX),
            found.hashes,
            found.v2_only,
            found.doubt,
            size=found.size,
            files=found.files,
            trackers=found.trackers,
            private=found.private,
        )

    async def _bytes(self, path: Path) -> bytes:
        data = io.BytesIO()  # gives its own memory away, where a bytearray would be copied as one: 60 MB take 30 ms
        for part in _slices(path, self._room):
            data.write(part)
            if len(part) == _SLICE_BYTES:
                await asyncio.sleep(0)
        return data.getvalue()

    async def _parse(self, data: bytes) -> Metainfo:
        if len(data) <= _HERE_BYTES or len(data) > LARGEST:
            return read(data)
        self._apart = self._apart or Apart()
        return await self._apart.parse(read, data)


def _slices(path: Path, room: int) -> Iterator[bytes]:
    """The bytes of a regular file; a pipe or a device is refused before anything is read from it."""
    # O_NONBLOCK: opening a pipe that nobody writes to would wait for ever
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb", buffering=0) as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise Unusable(N("This is not a file."))
        if about.st_size > LARGEST:
            raise Unusable(N("The file is larger than 64 MiB, more than a server takes."))
        if about.st_size > room:
            raise Unusable(N("This is too much at once; add this file after the others."))
        left = LARGEST + 1  # it may grow while it is read; the parser refuses what is too large
        while left > 0 and (part := file.read(_SLICE_BYTES)):
            left -= len(part)
            yield part
