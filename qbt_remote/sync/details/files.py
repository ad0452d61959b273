"""Reads the files of a torrent, 200,000 of them at most, without holding up the event loop.

The answer of ``torrents/files`` is one list, of 20 MB at that number.  It is cut into windows where one
file ends and the next begins, which no text in it can look like, since a quote there has a backslash
before it.  Each is decoded into typed objects, with a turn of the loop in between.  What does not
decode so is read the forgiving way.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec

from qbt_remote.api.adding.metainfo import MOST_FILES
from qbt_remote.api.endpoints import has
from qbt_remote.api.errors import Unreachable
from qbt_remote.api.older.replies import LIBTORRENT_NORMAL, windows_paths
from qbt_remote.api.versions import Version
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.decode import WINDOW
from qbt_remote.sync.details.rows import File, Rows
from qbt_remote.sync.steps import Steps, Turn, in_turns
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

Json = Any

_BETWEEN = b'},{"'
_SLICE = 2**20
_files = msgspec.json.Decoder(list[File])


class Files(Rows):
    """The files of one torrent, in the server's order; a new list for each answer that is another one."""

    def __init__(self) -> None:
        super().__init__(File)
        self.all: list[File] = []
        self.more = 0
        """How many files there are beyond these."""
        self._digest = b""

    async def read(self, session: Session, torrent_hash: str) -> list[File]:
        """Give the files; raises QbtError.

        An answer that is the same to the byte gives the list that is there already.  Of more than ``MOST_FILES`` it
        gives the first.
        """
        client = session.client
        if client is None:
            raise Unreachable(N("{server} is not connected."), server=session.config.name)
        body = await client.get_bytes("torrents/files", hash=torrent_hash)
        digest = await _digest(body)
        if digest == self._digest:
            return self.all
        try:
            files, more = await _decoded(body)
        except (msgspec.DecodeError, ValueError):  # also UnicodeDecodeError, and where there is no "[" in it
            return await self._forgiving(session, torrent_hash)
        _modernise(files, client.version)
        self._digest, self.more = digest, more
        return files

    async def _forgiving(self, session: Session, torrent_hash: str) -> list[File]:
        """Ask again and let each value that cannot be read go."""
        answer = await session.get("torrents/files", hash=torrent_hash)
        self._digest, self.more = b"", max(0, len(answer) - MOST_FILES)
        rows = Rows(File)
        known = {str(n): file for n, file in enumerate(answer[:MOST_FILES]) if isinstance(file, dict)}
        await in_turns(rows.becoming(known))
        return list(rows.by_key.values())

    def becoming(self, wanted: Json) -> Steps[Changes]:
        """Take over the list that ``read`` gave; what is different is found by who shows it."""
        yield False
        self.all = wanted
        return Changes()


async def _digest(body: bytes) -> bytes:
    """Stand for an answer, of which 20 MB would have to be kept to compare it with the next one."""
    turn, digest = Turn(), blake2b(digest_size=16)
    for start in range(0, len(body), _SLICE):
        digest.update(body[start : start + _SLICE])
        await turn.over()
    return digest.digest()


async def _decoded(body: bytes) -> tuple[list[File], int]:
    """Give the first files, and how many more there are."""
    if len(body) < 2 * WINDOW:
        return _files.decode(body), 0
    files: list[File] = []
    turn, start, end = Turn(), body.index(b"["), body.rindex(b"]")
    start += 1
    while start < end and len(files) < MOST_FILES:
        cut = body.find(_BETWEEN, start + WINDOW, end)
        stop = end if cut < 0 else cut + 1
        files += _files.decode(b"[%b]" % body[start:stop])
        start = stop + 1
        await turn.over()
    more = max(0, len(files) - MOST_FILES) + (start < end)
    for at in range(start, end, _SLICE):
        more += body.count(_BETWEEN, at, min(end, at + _SLICE + len(_BETWEEN) - 1))
        await turn.over()
    return files[:MOST_FILES], more


def _modernise(files: list[File], version: Version) -> None:
    """As api/older/replies.py does it with what is not typed yet."""
    if not has("file_index", version):
        for position, file in enumerate(files):
            file.index = position
    if not has("plain_priorities", version):
        for file in files:
            file.priority = 1 if file.priority == LIBTORRENT_NORMAL else file.priority
    if windows_paths([file.name for file in files], version):
        for file in files:
            file.name = file.name.replace("\\", "/")
