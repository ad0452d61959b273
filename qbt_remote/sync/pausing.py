"""Pause all, and resume what was paused, by the server's own means where it has them (5.3).

A server that can be paused is, as a whole: its torrents keep their states.  On others the torrents that run are
stopped, and those are remembered on disk.  The hashes are written before the stop is sent and forgotten only after
the start succeeded, so that whatever fails in between, resuming starts what ran before and nothing else.  Starting a
torrent that runs already changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from qbt_remote.local.small_files import read, replace
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.states import is_errored, is_session_paused, is_stopped

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

log = logging.getLogger(__name__)

_PAUSE = "transfer/pauseSession"
_START_SHOWS_S = 2.5
_LARGEST_FILE = 64 * 1024 * 1024


class _Memory(msgspec.Struct):
    """The file.  By server id and hash: whether the torrent was force-started, which a plain start would undo."""

    version: int = 1
    servers: dict[str, dict[str, bool]] = {}


class Pausing:
    """What was stopped by "Pause all"."""

    def __init__(self, path: Path) -> None:
        """Read the file; a missing one remembers nothing, a damaged one is set aside."""
        self._path = path
        self._memory = _read(path)
        self._starting: dict[str, dict[str, bool]] = {}
        """Started by us, but not yet seen running."""

    def remembers(self, server_id: str) -> bool:
        """Tell whether there are torrents to resume."""
        return bool(self._memory.servers.get(server_id))

    def can_resume(self, session: Session) -> bool:
        """Tell whether there is something to resume."""
        return is_session_paused(session.mirror.server) or self.remembers(session.config.id)

    async def pause(self, session: Session) -> int:
        """Pause the server, or stop all that runs; say how many torrents were stopped.

        Raises QbtError, and OSError if it cannot be remembered.  Torrents with an error do not run; they are left
        as they are.
        """
        if session.client is not None and session.client.has(_PAUSE):
            await session.post(_PAUSE)
            return 0
        mirror, server_id = session.mirror.torrents, session.config.id
        await self._starts_show(server_id)
        running = {
            t.hash: t.force_start for t in mirror.values() if not is_stopped(t.state) and not is_errored(t.state)
        }
        running |= {h: forced for h, forced in self._starting.get(server_id, {}).items() if h in mirror}
        if not running:
            return 0
        self._memory.servers.setdefault(server_id, {}).update(running)
        self._save()
        self._starting.pop(server_id, None)
        await session.post("torrents/stop", hashes=list(running))
        return len(running)

    async def resume(self, session: Session) -> int:
        """Resume a paused server; start what ``pause`` stopped and nobody started since, and say how many.

        Raises QbtError, and OSError if that cannot be written down.
        """
        if is_session_paused(session.mirror.server):
            await session.post("transfer/resumeSession")
        server_id = session.config.id
        stopped = dict(self._memory.servers.get(server_id, {}))
        forced = [h for h, was_forced in stopped.items() if was_forced]
        plain = [h for h, was_forced in stopped.items() if not was_forced]
        if forced:
            await session.post("torrents/setForceStart", hashes=forced, value=True)
            self._started(server_id, forced)
        if plain:
            await session.post("torrents/start", hashes=plain)
            self._started(server_id, plain)
        self.mark(session)
        return len(stopped)

    def observe(self, session: Session, changes: Changes) -> None:
        """Forget what was removed, or started by somebody else; for ``Session.on_changes``."""
        server_id = session.config.id
        renamed = self._rename(server_id, changes)
        ran = {t.hash for t, before in changes.states if is_stopped(before) and not is_stopped(t.state)}
        gone = {t.hash for t in changes.removed}
        for h in ran | gone:
            self._starting.get(server_id, {}).pop(h, None)
        # a full update may be a moment behind a stop that was just sent, so it proves no start
        try:
            if renamed:
                self._save()
            self._forget(server_id, gone if changes.full else ran | gone)
        except OSError as error:
            log.warning("paused torrents are not saved: %s", error.strerror)
        self.mark(session)

    def mark(self, session: Session) -> None:
        """Let the session tell that torrents of it wait to be resumed: the first of them stands for all."""
        first = next(iter(self._memory.servers.get(session.config.id, {})), "")
        t = session.mirror.torrents.get(first)
        session.stopped_by_pause = t is not None and is_stopped(t.state)

    def _rename(self, server_id: str, changes: Changes) -> bool:
        """Keep torrents whose id has become another one; True if there was one."""
        renamed = False
        for old, t in changes.other_ids():
            for known in (self._memory.servers.get(server_id, {}), self._starting.get(server_id, {})):
                if old in known:
                    known[t.hash] = known.pop(old)
                    renamed = True
        return renamed

    async def _starts_show(self, server_id: str) -> None:
        """Wait until what we have just started is seen running: 4.2 ignores a stop that comes before."""
        end = time.monotonic() + _START_SHOWS_S
        while self._starting.get(server_id) and time.monotonic() < end:
            await asyncio.sleep(0.05)

    def _started(self, server_id: str, hashes: list[str]) -> None:
        stopped = self._memory.servers.get(server_id, {})
        self._starting.setdefault(server_id, {}).update({h: stopped[h] for h in hashes if h in stopped})
        self._forget(server_id, hashes)

    def _forget(self, server_id: str, hashes: Iterable[str]) -> None:
        stopped = self._memory.servers.get(server_id, {})
        known = [h for h in hashes if h in stopped]
        if not known:
            return
        for h in known:
            del stopped[h]
        if not stopped:
            del self._memory.servers[server_id]
        self._save()

    def _save(self) -> None:
        replace(self._path, msgspec.json.encode(self._memory))


def _read(path: Path) -> _Memory:
    try:
        return msgspec.json.decode(read(path, _LARGEST_FILE), type=_Memory)
    except FileNotFoundError:
        return _Memory()
    except (OSError, msgspec.DecodeError) as error:
        aside = path.with_name(path.name + ".corrupt")
        log.warning("paused torrents are unknown: %s; the file is kept as %s", error, aside.name)
        try:
            path.rename(aside)
        except OSError as kept:
            log.warning("%s cannot be renamed: %s", path.name, kept.strerror)
        return _Memory()
