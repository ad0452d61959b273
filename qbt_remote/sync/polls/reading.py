"""Reads single torrents between two polls, and sees to it that answers are applied one at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from qbt_remote.api.errors import QbtError
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.decode import one_row
from qbt_remote.sync.delta import Delta, Desync, emptying
from qbt_remote.sync.mirror import Mirror
from qbt_remote.sync.polls.ahead import Ahead
from qbt_remote.sync.steps import in_turns

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient

TOGETHER = 200
"""Torrents in one request: so many are read, compared and shown in a few milliseconds."""


class Reading:
    """Polls hold ``applying``, too, while they apply and announce an answer."""

    def __init__(
        self, mirror: Mirror, online: Callable[[], QbtClient], tell: Callable[[Changes], Awaitable[None]]
    ) -> None:
        """``online`` gives the connected client, or raises QbtError."""
        self._mirror, self._online, self._tell = mirror, online, tell
        self._ahead = Ahead(mirror)
        self.applying = asyncio.Lock()

    def knows(self, torrent_hash: str) -> bool:
        """Whether changes of this torrent can be applied, or are to be passed over or kept for later."""
        return self._mirror.knows(torrent_hash) or torrent_hash in self._ahead

    async def read(self, hashes: Sequence[str]) -> None:
        """Bring these torrents up to date, and tell of what changed.  Raises QbtError."""
        client, loop = self._online(), asyncio.get_running_loop()
        for start in range(0, len(hashes), TOGETHER):
            part = hashes[start : start + TOGETHER]
            rows = await client.get("torrents/info", hashes=part)
            at, wanted = loop.time(), frozenset(part)
            known = {row["hash"]: one_row(row) for row in rows if isinstance(row, dict) and row.get("hash") in wanted}
            async with self.applying:
                if self._online() is not client:
                    return
                changes = await in_turns(self._mirror.applying(self._ahead.read(part, known, at)))
                if changes.added or changes.removed or changes.changed:
                    await self._tell(changes)

    async def take(self, delta: Delta, asked: float) -> Changes:
        """Apply the answer of a poll that was sent at ``asked``.  Raises Desync."""
        await in_turns(self._ahead.polled(delta, asked))
        try:
            return await in_turns(self._mirror.applying(delta))
        except Desync:
            await in_turns(emptying(delta.torrents))
            raise

    async def read_again(self, asked: float) -> None:
        """Read again what was read earlier and the poll sent at ``asked`` should have confirmed, but did not
        mention."""
        with contextlib.suppress(QbtError):
            await self.read(self._ahead.due(asked))
