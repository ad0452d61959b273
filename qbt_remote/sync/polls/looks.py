"""After a command: waits until its effect shows on its torrents.

Where a poll is quick, polls in short steps show it.  Where it is not, the torrents are read
alone (a few milliseconds, however long the list), and polls pause meanwhile, because a server answers one
request after another.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any

from qbt_remote.api.errors import QbtError
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.mirror import Mirror
from qbt_remote.sync.polls.reading import TOGETHER
from qbt_remote.sync.torrent import VOLATILE, Torrent

log = logging.getLogger(__name__)

SHOWS_WITHIN_S = 2.0
"""A server publishes a change up to 1.5 s after it answered the command, in its list as in a poll (4.5 to 5.3)."""
STEP_S = 0.1
"""Between two looks: what shows then is late by a tenth of a second at most, and a look at a few torrents is cheap."""
_WATCHED = 500

_steady = attrgetter(*(name for name in Torrent.__struct_fields__ if name not in VOLATILE))


class Expected:
    """Targets of a command as they were before it: tells when one of them has changed."""

    def __init__(self, mirror: Mirror, hashes: Iterable[str]) -> None:
        self._mirror = mirror
        self.hashes = list(hashes)
        self._before = {h: self._now(h) for h in islice(self.hashes, _WATCHED)}
        self.until = 0.0

    def _now(self, torrent_hash: str) -> Any:
        t = self._mirror.torrents.get(torrent_hash)
        return None if t is None else _steady(t)

    def shows(self) -> bool:
        """Whether a target changed, appeared or went; also if there is none to look for."""
        return not self._before or any(self._now(h) != before for h, before in self._before.items())


class Awaited:
    """Commands whose effect is awaited by polling in short steps."""

    def __init__(self) -> None:
        self._expected: list[Expected] = []

    def add(self, expected: Expected, now: float) -> None:
        expected.until = now + SHOWS_WITHIN_S
        self._expected.append(expected)

    def clear(self) -> None:
        self._expected.clear()

    def step_s(self, now: float) -> float | None:
        """Give the seconds until the next poll is due; None if nothing is waited for."""
        self._expected = [e for e in self._expected if e.until > now and not e.shows()]
        return STEP_S if self._expected else None


class Looks:
    """Reads torrents of one server until something has changed on each of them, or two seconds have passed."""

    def __init__(
        self,
        mirror: Mirror,
        read: Callable[[Sequence[str]], Awaitable[None]],
        slow: Callable[[], bool],
        ended: Callable[[asyncio.Task[None]], None],
    ) -> None:
        """``read`` brings the mirror up to date for these torrents.  It is called only while ``slow`` says so."""
        self._mirror, self._read, self._slow, self._ended = mirror, read, slow, ended
        self._wanted: dict[str, tuple[float, bool]] = {}
        """By hash: until when it is looked for, and whether it was there."""
        self._task: asyncio.Task[None] | None = None

    def follow(self, hashes: Iterable[str]) -> None:
        """Look at these torrents from now on."""
        loop = asyncio.get_running_loop()
        until, torrents = loop.time() + SHOWS_WITHIN_S, self._mirror.torrents
        self._wanted |= {h: (until, h in torrents) for h in hashes}
        if self._wanted and (self._task is None or self._task.done()):
            self._task = loop.create_task(self._run(), name="look at what a command changes")
            self._task.add_done_callback(self._ended)

    def observe(self, changes: Changes) -> None:
        """Look no more for what has changed by now."""
        torrents = self._mirror.torrents
        for torrent_hash, (_until, was_there) in list(self._wanted.items()):
            t = torrents.get(torrent_hash)
            if (t is not None) != was_there or (t is not None and not VOLATILE.issuperset(changes.before.get(t, ()))):
                del self._wanted[torrent_hash]

    async def over(self) -> None:
        """Wait until nothing is looked for, two seconds at most."""
        if self._task is not None and not self._task.done():
            await asyncio.wait([self._task], timeout=SHOWS_WITHIN_S)

    def stop(self) -> set[asyncio.Task[None]]:
        """Look for nothing more; gives what is still ending."""
        self._wanted.clear()
        task, self._task = self._task, None
        if task is None or task.done():
            return set()
        task.remove_done_callback(self._ended)
        task.cancel()
        return {task}

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._wanted:
            await asyncio.sleep(STEP_S)
            began = loop.time()
            try:
                await self._look()
            except QbtError as error:  # the polls find out what is wrong
                log.debug("looked in vain: %s", error)
                self._wanted.clear()
            now = loop.time()
            # a server that was busy with a poll had no time to carry the command out, either
            late_s = max(0.0, now - began - STEP_S)
            for torrent_hash, (until, was_there) in list(self._wanted.items()):
                if until + late_s < now:
                    del self._wanted[torrent_hash]
                elif late_s:
                    self._wanted[torrent_hash] = (until + late_s, was_there)

    async def _look(self) -> None:
        """Read each that is wanted once, unless a poll has shown it already."""
        hashes = list(self._wanted)
        for start in range(0, len(hashes), TOGETHER):
            part = [h for h in hashes[start : start + TOGETHER] if h in self._wanted]
            if part and self._slow():
                await self._read(part)
