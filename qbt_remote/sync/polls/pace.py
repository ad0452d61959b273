"""How long a server takes to answer a poll, and what follows: what is asked for, when, how long it is waited for.

A delta and the whole list are measured apart.  The whole list of 100,000 torrents takes seconds once
and says nothing of the deltas; before 4.2 a delta is what takes long (measured on 4.1.7, idle: 0.45,
2.1, 7.6 s with 1,000, 2,500, 5,000 torrents, the whole list 0.2, 0.7, 1.7 s).
"""

from __future__ import annotations

from dataclasses import dataclass, field

LONGEST_PAUSE_S = 10.0
SLOW_S = 0.3
"""If a poll takes longer, the effect of a command is read torrent by torrent (``looks``)."""
_FACTOR = 3.0
_MOST_PATIENCE_S = 100.0
_DELTAS_AGAIN = 100
"""After so many whole lists asked for instead of deltas, one delta is tried and measured again: the list may have
shrunk."""


@dataclass(slots=True)
class _Kind:
    """Seconds from the request to the end of the answer; 0 if that is not known."""

    patience_s: float
    took_s: float = 0.0
    """Of the last one that was answered."""
    waited_s: float = 0.0
    """Of the last one, answered or given up."""
    shown_s: float = 0.0
    """From the end of the answer until it was shown."""


@dataclass(slots=True)
class Pace:
    """What the polls of one server took, and what is made of it."""

    last_s: float = 0.0
    """What the last answered poll took, of whichever kind."""
    torrents: int = 0
    """How many have been read of the answer under way."""
    _delta: _Kind = field(default_factory=lambda: _Kind(10.0))
    _whole: _Kind = field(default_factory=lambda: _Kind(30.0))
    _began: float | None = None
    _ended: float = 0.0
    _in_place: int = 0

    def begin(self, now: float) -> None:
        """A poll goes out."""
        self._began, self.torrents = now, 0

    def read(self, torrents: int) -> None:
        """So many torrents have been read of the answer under way."""
        self.torrents = torrents

    def end(self, now: float, *, whole: bool, answered: bool) -> None:
        """The poll has been answered, or given up."""
        if self._began is None:
            return
        kind, took = self._kind(whole=whole), now - self._began
        self._began, self._ended = None, now
        if answered:
            self.last_s = kind.took_s = kind.waited_s = took
            self._in_place = self._in_place + 1 if whole else 0
            return
        self.torrents = 0
        if took > 0.9 * self.patience_s(whole=whole):
            kind.waited_s = took

    def shown(self, now: float, *, whole: bool) -> None:
        """What was answered has been taken in, and is shown: 100,000 rows that all change take longer than to read."""
        self._kind(whole=whole).shown_s = now - self._ended
        self.torrents = 0

    def patience_s(self, *, whole: bool) -> float:
        """Give how long the first byte of an answer may take: longer where the last one took long."""
        kind = self._kind(whole=whole)
        return max(kind.patience_s, min(_FACTOR * kind.waited_s, _MOST_PATIENCE_S))

    def pause_s(self, *, whole: bool) -> float:
        """Give how long a server is left alone after a poll if the next one is of this kind.

        So neither it nor this program is busy with polls for more than a quarter of the time.  One that once took
        10 s, as after a standstill, is not left alone for half a minute.
        """
        kind = self._kind(whole=whole)
        return min(_FACTOR * (kind.took_s + kind.shown_s), LONGEST_PAUSE_S)

    def whole_is_cheaper(self) -> bool:
        """Whether the whole list takes the server less than what has changed in it."""
        delta, whole = self._delta.waited_s, self._whole.waited_s
        return delta > SLOW_S and 0 < whole < delta and self._in_place <= _DELTAS_AGAIN

    def is_slow(self, now: float, *, whole: bool) -> bool:
        """Whether the next poll takes long, or the one under way already does."""
        under_way = 0.0 if self._began is None else now - self._began
        return max(self._kind(whole=whole).took_s, under_way) > SLOW_S

    def _kind(self, *, whole: bool) -> _Kind:
        return self._whole if whole else self._delta
