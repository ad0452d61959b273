"""The two logs of a server, followed: what has come since one looked last."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qbt_remote.api.errors import UNREADABLE, BadReply

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

Json = Any

NORMAL, INFO, WARNING, CRITICAL = 1, 2, 4, 8
"""The types of messages; src/base/logger.h."""
MAIN, PEERS = "log/main", "log/peers"
MOST_KEPT = 20_000
"""Lines, as many as a server keeps (src/base/logger.h MAX_LOG_MESSAGES); of more the newest are taken."""
_SLICE = 500


@dataclass(frozen=True, slots=True)
class Message:
    """A line of the log.  ``time_s`` is UTC, by the server's clock."""

    id: int
    time_s: int
    type: int
    text: str


@dataclass(frozen=True, slots=True)
class BlockedPeer:
    """A peer that was not let in: by the IP filter (``blocked``), or banned."""

    id: int
    time_s: int
    blocked: bool
    ip: str
    reason: str


Entry = Message | BlockedPeer


class ServerLog:
    """Follows ``MAIN`` or ``PEERS`` of one server, across its restarts."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._last: Entry | None = None

    async def news(self, session: Session) -> tuple[list[Entry], bool]:
        """Give what has come since the last time, and whether the log began anew meanwhile.

        A server that was started again counts from 0, and would answer nothing for long if it was
        asked only for what is beyond the last number: so the last entry is asked for once more.
        Raises QbtError; then the next call makes up for it.
        """
        last = self._last
        if last is not None:
            entries = await self._entries(session, last.id - 1)
            if entries and entries[0] == last:
                self._last = entries[-1]
                return entries[1:], False
        entries = await self._entries(session, -1)
        self._last = entries[-1] if entries else None
        return entries, last is not None

    async def _entries(self, session: Session, known: int) -> list[Entry]:
        rows = await session.get(self._endpoint, last_known_id=known)
        entries: list[Entry] = []
        try:
            wanted = [*rows[:1], *rows[1:][-MOST_KEPT:]]  # the first is known already, where something was
            for start in range(0, len(wanted), _SLICE):
                entries += map(self._entry, wanted[start : start + _SLICE])
                await asyncio.sleep(0)
            return sorted(entries, key=lambda entry: entry.id)
        except (AttributeError, TypeError, ValueError, OverflowError):
            raise BadReply(UNREADABLE, server=session.config.name) from None

    def _entry(self, row: Json) -> Entry:
        id, time_s = int(row.get("id", 0)), int(row.get("timestamp", 0))
        if self._endpoint == MAIN:
            return Message(id, time_s, int(row.get("type", NORMAL)), str(row.get("message", "")))
        return BlockedPeer(id, time_s, row.get("blocked") is True, str(row.get("ip", "")), str(row.get("reason", "")))
