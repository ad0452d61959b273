"""The peers of one torrent at a time, by the differences that the server sends.

A server keeps one list of peers for each session, whichever torrent it was asked about last
(synccontroller.cpp, torrentPeersAction).  So there is one request at a time, and the ``rid`` of an
answer is sent again only for the same torrent and only if the answer was applied.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from qbt_remote.sync.mirror import merged

Json = Any

DEADLINE_S = 10.0


class PeerStream:
    """One for each session; it serves any number of askers."""

    def __init__(self, get: Callable[..., Awaitable[Json]]) -> None:
        """``get`` is the session's."""
        self._get = get
        self._turn = asyncio.Lock()
        self._of = ""
        self._rid: int | str = 0
        self._peers: dict[str, dict[str, Json]] = {}

    async def of(self, torrent_hash: str, wanted: Callable[[], bool]) -> dict[str, dict[str, Json]]:
        """Give all peers of the torrent as they are now, by "address:port"; raises QbtError.

        Not to be cancelled on the way: the server might still take note of the request, and after the
        next one.  Instead, nothing is asked if it is not ``wanted`` any more when its turn comes.
        """
        async with self._turn:
            if not wanted():
                return {}
            if not await self._apply(torrent_hash):
                await self._apply(torrent_hash)  # everything, since the rid is 0 now
            return self._peers

    async def _apply(self, torrent_hash: str) -> bool:
        """Ask once; False if the answer speaks of peers that we do not know."""
        rid = self._rid if torrent_hash == self._of else 0
        self._of, self._rid = torrent_hash, 0  # until the answer has been applied
        body = await self._get("sync/torrentPeers", hash=torrent_hash, rid=rid, deadline_s=DEADLINE_S)
        full = not rid or body.get("full_update") is True
        sent = body.get("peers")
        patches = {key: p for key, p in sent.items() if isinstance(p, dict)} if isinstance(sent, dict) else {}
        if not full and any(key not in self._peers and "flags" not in patch for key, patch in patches.items()):
            return False
        gone = body.get("peers_removed")
        self._peers = merged(self._peers, patches, gone if isinstance(gone, list) else (), full=full)
        given = body.get("rid")
        self._rid = given if isinstance(given, int | str) else 0
        return True
