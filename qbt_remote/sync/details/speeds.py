"""How fast data went: sampled at every poll, kept for a day at a resolution that falls with age, bounded.

Each server has a history from the first poll on, all servers together have one, and a torrent has one
from when it is first shown; of torrents those that were shown last are kept.  The Web API has no history.
"""

from __future__ import annotations

import time
from array import array
from collections import deque
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qbt_remote.sync.changes import Changes
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent

PERIODS_S = (60, 300, 1800, 10_800, 21_600, 43_200, 86_400)
"""1 min, 5 min, 30 min, 3 h, 6 h, 12 h, 24 h; the desktop window's."""
_SLOTS = 300
_STEPS_S = (1, 6, 36, 72, 144, 288)
"""Length of a slot; with 300 of each, every period but the first has its own.  The first has the second's."""
HOLD_S = 25.0
"""So long a sample stands for what follows: a server that nobody looks at is polled every 10 s."""
_BREAKS = 200
MOST_TORRENTS = 40

Point = tuple[float, float, float]
"""When (UTC epoch), and bytes/s down and up."""


class _Ring:
    """The means of so many slots of one length; a slot is known by the time since the epoch in that length."""

    __slots__ = ("_count", "_down", "_slot", "_up", "step_s")

    def __init__(self, step_s: int) -> None:
        self.step_s = step_s
        self._slot = array("q", bytes(8 * _SLOTS))
        self._count = array("q", bytes(8 * _SLOTS))
        self._down, self._up = array("d", bytes(8 * _SLOTS)), array("d", bytes(8 * _SLOTS))

    def add(self, when: float, down: float, up: float) -> None:
        slot = int(when) // self.step_s
        place = slot % _SLOTS
        if self._slot[place] != slot:
            self._slot[place], self._count[place] = slot, 0
            self._down[place] = self._up[place] = 0.0
        self._count[place] += 1
        self._down[place] += down
        self._up[place] += up

    def points(self, begin: float, end: float) -> list[Point]:
        """Give the slots between two times that have a sample, in the order of time."""
        found = []
        for slot in range(int(begin) // self.step_s, int(end) // self.step_s + 1):
            place = slot % _SLOTS
            if self._slot[place] == slot and (n := self._count[place]):
                found.append(((slot + 0.5) * self.step_s, self._down[place] / n, self._up[place] / n))
        return found


class History:
    """The speeds of one thing; about 58 KiB however long it goes on."""

    def __init__(self) -> None:
        self._rings = [_Ring(step_s) for step_s in _STEPS_S]
        self._breaks: deque[float] = deque(maxlen=_BREAKS)
        self.hold_s = HOLD_S
        self.last: tuple[float, float] | None = None
        """Down and up at the last sample; None where nothing is heard."""

    def add(self, when: float, down: float, up: float) -> None:
        """Take a sample: UTC epoch, bytes/s."""
        self.last = (down, up)
        for ring in self._rings:
            ring.add(when, down, up)

    def add_break(self, when: float) -> None:
        """From here on nothing is known, until the next sample."""
        if self.last is not None:
            self.last = None
            self._breaks.append(when)

    def stretches(self, period_s: int, now: float) -> list[list[Point]]:
        """Give what is known of the time before now, as stretches without a gap."""
        ring = next((r for r in self._rings if r.step_s * _SLOTS >= period_s), self._rings[-1])
        points = ring.points(now - period_s, now)
        if not points:
            return []
        found = [[points[0]]]
        most_s, half_s = max(self.hold_s, 2.5 * ring.step_s), ring.step_s / 2
        for before, point in pairwise(points):
            broken = any(before[0] - half_s <= b < point[0] - half_s for b in self._breaks)
            if broken or point[0] - before[0] > most_s:
                found.append([])
            found[-1].append(point)
        return found


class Speeds:
    """Samples all sessions that it is attached to."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._sessions: list[Session] = []
        self._servers: dict[str, History] = {}
        self._torrents: dict[tuple[str, str], History] = {}
        """The one that was shown last is the last."""
        self.all = History()
        self.on_sample: list[Callable[[], None]] = []
        """Called after each sample, and when a server is not heard any more."""

    def attach(self, session: Session) -> None:
        self._sessions.append(session)
        self._servers.setdefault(session.config.id, History())
        session.on_changes.append(self._sample)
        session.on_status.append(self._listen)

    def detach(self, session: Session) -> None:
        """Hear this session no more; what is known stays, since it may come back with other settings."""
        self._sessions.remove(session)
        session.on_changes.remove(self._sample)
        session.on_status.remove(self._listen)
        self._break(session.config.id)

    def follow(self, torrent: Torrent) -> None:
        """Sample a torrent from now on; it is shown."""
        key = (torrent.server, torrent.hash)
        self._torrents[key] = self._torrents.pop(key) if key in self._torrents else History()
        while len(self._torrents) > MOST_TORRENTS:
            del self._torrents[next(iter(self._torrents))]

    def of_server(self, server: str) -> History:
        """Give the history of a server; an empty one if there is none."""
        return self._servers.get(server) or History()

    def of_torrent(self, torrent: Torrent) -> History:
        """Give the history of a torrent; an empty one if it was never shown, or long ago."""
        return self._torrents.get((torrent.server, torrent.hash)) or History()

    @property
    def now(self) -> float:
        return self._clock()

    def _sample(self, session: Session, changes: Changes) -> None:
        now, server = self._clock(), session.config.id
        for old, t in changes.other_ids():
            if history := self._torrents.pop((server, old), None):
                self._torrents[server, t.hash] = history
        torrents = session.mirror.torrents
        own = self._servers[server]
        own.hold_s = self.all.hold_s = max(HOLD_S, 2.5 * session.config.interval_s)
        own.add(now, *session.mirror.transfer.speeds)
        heard = [history.last for history in self._servers.values() if history.last is not None]
        self.all.add(now, sum(down for down, _up in heard), sum(up for _down, up in heard))
        for (of, torrent_hash), history in self._torrents.items():
            if of == server:
                history.hold_s = own.hold_s
                torrent = torrents.get(torrent_hash)
                if torrent is None:
                    history.add_break(now)
                else:
                    history.add(now, torrent.dlspeed, torrent.upspeed)
        self._tell()

    def _listen(self, session: Session) -> None:
        if session.status.phase != "online":
            self._break(session.config.id)

    def _break(self, server: str) -> None:
        now = self._clock()
        of_torrents = [history for (of, _hash), history in self._torrents.items() if of == server]
        for history in (self._servers[server], *of_torrents):
            history.add_break(now)
        if all(history.last is None for history in self._servers.values()):
            self.all.add_break(now)
        self._tell()

    def _tell(self) -> None:
        for told in tuple(self.on_sample):
            told()
