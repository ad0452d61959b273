"""Reads the files of a torrent, 100,000 of them, without holding up the event loop.

The answer of ``torrents/files`` is one list, of 20 MB at that number.  It is cut into windows where one
file ends and the next begins, which no text in it can look like, since a quote there has a backslash
before it.  Each is decoded into typed objects, with a turn of the loop in between.  What does not
decode so is read the forgiving way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from qbt_remote.api.endpoints import has
from qbt_remote.api.errors import Unreachable
from qbt_remote.api.older.replies import LIBTORRENT_NORMAL, windows_paths
from qbt_remote.api.versions import Version
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.decode import WINDOW
from qbt_remote.sync.details.rows import File, Rows
from qbt_remote.sync.steps import Turn
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

Json = Any

_BETWEEN = b'},{"'
_files = msgspec.json.Decoder(list[File])


class Files(Rows):
    """The files of one torrent, in the server's order; a new list for each answer that is another one."""

    def __init__(self) -> None:
        super().__init__(File)
        self.all: list[File] = []
        self._body = b""

    async def read(self, session: Session, torrent_hash: str) -> list[File]:
        """Give the files; raises QbtError.

        An answer that is the same to the byte gives the list that is there already.
        """
        client = session.client
        if client is None:
            raise Unreachable(N("{server} is not connected."), server=session.config.name)
        body = await client.get_bytes("torrents/files", hash=torrent_hash)
        if body == self._body and self._body:
            return self.all
        try:
            files = await _decoded(body)
        except (msgspec.DecodeError, ValueError):  # also UnicodeDecodeError, and where there is no "[" in it
            return await self._forgiving(session, torrent_hash)
        _modernise(files, client.version)
        self._body = body
        return files

    async def _forgiving(self, session: Session, torrent_hash: str) -> list[File]:
        """Ask again and let each value that cannot be read go."""
        answer = await session.get("torrents/files", hash=torrent_hash)
        rows = Rows(File)
        rows.become({str(n): file for n, file in enumerate(answer) if isinstance(file, dict)})
        return list(rows.by_key.values())

    def become(self, wanted: Json) -> Changes:
        """Take over the list that ``read`` gave; what is different is found by who shows it."""
        self.all = wanted
        return Changes()


async def _decoded(body: bytes) -> list[File]:
    if len(body) < 2 * WINDOW:
        return _files.decode(body)
    files: list[File] = []
    turn, start, end = Turn(), body.index(b"["), body.rindex(b"]")
    start += 1
    while start < end:
        cut = body.find(_BETWEEN, start + WINDOW, end)
        stop = end if cut < 0 else cut + 1
        files += _files.decode(b"[%b]" % body[start:stop])
        start = stop + 1
        await turn.over()
    return files


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
