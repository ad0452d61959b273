"""Adding a torrent of which only some files are wanted.

From 5.2 on the server takes the priorities together with a link whose metadata it has; a .torrent
file is handed over first and then added by its magnet.  Before, it is added stopped, its files are
set once the server lists them, and then it is started.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qbt_remote.api.adding.content import Content, fetch, give
from qbt_remote.api.errors import Rejected
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient

Json = Any
GONE = N("the server is fetching its list of files again; try again in a moment")
OTHER_FILES = N("the server counts its files differently")
NOT_CHOSEN = N("added and left stopped, because its files could not be chosen")
LATER = N("added; its files can be chosen once the server knows them")
_FETCH_LOOKS_S = (0.0, 0.2, 0.3, 0.5)
_LOOKS_S = (0.0, 0.2, 0.3, 0.5, 1.0, 2.0)


async def known_link(client: QbtClient, link: str, torrent: bytes | None, count: int) -> str:
    """Give the link by which the server knows the content already (5.2+).  Raises QbtError."""
    content = await _fetched(client, link) if torrent is None else await give(client, torrent)
    if content is None:
        raise Rejected(GONE, status=409, detail="")
    if len(content.files) != count:
        raise Rejected(OTHER_FILES, status=409, detail="")
    return link if torrent is None else content.magnet


async def _fetched(client: QbtClient, link: str) -> Content | None:
    """Give what the server has fetched; a new session has forgotten it and begins again."""
    for wait_s in _FETCH_LOOKS_S:
        await asyncio.sleep(wait_s)
        if content := await fetch(client, link):
            return content
    return None


async def choose(client: QbtClient, torrent_hash: str, sizes: Sequence[int], priorities: Sequence[int]) -> bool:
    """Set the priorities of a torrent that was added stopped (before 5.2); False if its files are others.

    Raises QbtError.
    """
    indexes = await _indexes(client, torrent_hash, sizes)
    if indexes is None:
        return False
    for priority in sorted(set(priorities) - {1}):
        chosen = [indexes[i] for i, own in enumerate(priorities) if own == priority]
        await client.post("torrents/filePrio", hash=torrent_hash, id=chosen, priority=priority)
    return True


async def _indexes(client: QbtClient, torrent_hash: str, sizes: Sequence[int]) -> list[int] | None:
    """Give the server's number of each file; None if it lists others.

    Up to 4.3 the padding between files is counted too.
    """
    for wait_s in _LOOKS_S:
        await asyncio.sleep(wait_s)
        rows = await client.get("torrents/files", hash=torrent_hash)
        if rows:
            own = [(row.get("index", i), row["size"]) for i, row in enumerate(rows) if not _is_padding(row["name"])]
            return [index for index, _size in own] if [size for _i, size in own] == list(sizes) else None
    return None


def _is_padding(path: str) -> bool:
    return ".pad" in path.replace("\\", "/").split("/")[:-1]
