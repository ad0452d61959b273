"""How many torrents there are of each kind, kept up to date at the cost of what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from qbt_remote.sync.criteria import CRITERIA, TRACKER_FLAGS, Criterion
from qbt_remote.sync.steps import Steps

if TYPE_CHECKING:
    from qbt_remote.sync.changes import Changes
    from qbt_remote.sync.torrent import Torrent

Old = Mapping[str, Any]

_ROWS = [row for row in CRITERIA.values() if row.id != "server"]
"""How many torrents a server has, its mirror knows."""
COUNTED: frozenset[str] = frozenset({"size"}).union(*(row.fields for row in _ROWS))
"""The fields that the counts depend on."""
_SLICE = 2048
_STEP, _FEW, _LONG = 500, 2, 50
"""Torrents that are counted at once; the second where some have more trackers than the third."""


@dataclass(slots=True, repr=False)
class Counts:
    """How many torrents each entry of the sidebar stands for; "" is for those that have none."""

    total: int = 0
    size: int = 0
    """Bytes of all of them together."""
    by: dict[str, Counter[str]] = field(default_factory=lambda: {row.id: Counter() for row in _ROWS})
    """By criterion and key.  A category's count includes its sub-categories'."""
    touched: dict[str, set[str]] = field(default_factory=dict, compare=False)
    """By criterion: the keys that were counted since ``take_touched``."""
    renewed: set[str] = field(default_factory=set, compare=False)
    """The criteria in which a key has come or gone since ``take_touched``."""

    def add(self, torrents: Collection[Torrent], sign: int = 1) -> None:
        """Count more torrents, or with -1 no longer count them.  Equal values are taken apart once."""
        if not torrents:
            return
        self.total += sign * len(torrents)
        self.size += sign * sum(map(size_of, torrents))
        for row in _ROWS:
            values = _VALUES[row.id](torrents) if row.id in _VALUES else Counter(map(row.value, torrents))
            self._count(row, values, sign)

    def change(self, before: Mapping[Torrent, Old]) -> None:
        """Count what torrents are now in place of what they were; see ``Changes.before``."""
        self.size += sum(size_of(t) - max(old["size"], 0) for t, old in before.items() if "size" in old)
        for row in _ROWS:
            moved = [(row.before(t, old), row.value(t)) for t, old in before.items() if not row.fields.isdisjoint(old)]
            moves = Counter(now for was, now in moved if was != now)
            moves.subtract(Counter(was for was, now in moved if was != now))
            self._count(row, moves, 1)

    def apply(self, changes: Changes) -> None:
        for _turn in self.applying(changes):
            pass

    def applying(self, changes: Changes) -> Steps[None]:
        """Do what ``apply`` does, in steps."""
        self.add(changes.removed, -1)
        size = _FEW if _are_long(changes.added) else _SLICE
        for start in range(0, len(changes.added), size):
            self.add(changes.added[start : start + size])
            yield False
        if not COUNTED.isdisjoint(changes.fields):
            before = iter(changes.before.items())
            step = _FEW if "tracker_hosts" in changes.fields and _are_long(changes.before) else _STEP
            while part := dict(islice(before, step)):
                self.change(part)
                yield False

    def take_touched(self) -> tuple[dict[str, set[str]], set[str]]:
        """Give, once, the keys whose counts may differ from last time, and the criteria that have other keys."""
        taken = self.touched, self.renewed
        self.touched, self.renewed = {}, set()
        return taken

    def _count(self, row: Criterion, moves: Mapping[Any, int], sign: int) -> None:
        counts = self.by[row.id]
        touched = self.touched.setdefault(row.id, set())
        for value, n in moves.items():
            if not n:
                continue
            for key in row.keys(value):
                if key not in counts:
                    self.renewed.add(row.id)
                counts[key] += sign * n
                touched.add(key)
                if not counts[key]:
                    del counts[key]
                    self.renewed.add(row.id)


def _are_long(torrents: Iterable[Torrent]) -> bool:
    return any(len(t.tracker_hosts) > _LONG for t in torrents)


def size_of(t: Torrent) -> int:
    """Give the bytes that are wanted of a torrent; 0 while that is not known."""
    return max(t.size, 0)


def tally(torrents: Iterable[Torrent]) -> Counts:
    """Count all of them."""
    counts = Counts()
    counts.add(list(torrents))
    return counts


def _kinds(torrents: Collection[Torrent]) -> Counter[tuple[str, bool]]:
    """Count by ``kind``; only stalled downloads are looked at one by one."""
    by_state = Counter(map(attrgetter("state"), torrents))
    kinds = Counter({(state, False): n for state, n in by_state.items()})
    if by_state["stalledDL"]:
        uploading = sum(1 for t in torrents if t.state == "stalledDL" and t.upspeed > 0)
        kinds.update({("stalledDL", True): uploading, ("stalledDL", False): -uploading})
    return kinds


_flags = [attrgetter(flag) for flag in TRACKER_FLAGS]


def _trackers(torrents: Collection[Torrent]) -> Counter[Any]:
    """Count the values of the trackers; mostly no flag is set, and the hosts alone are found faster."""
    if any(any(map(flag, torrents)) for flag in _flags):
        return Counter(map(CRITERIA["tracker"].value, torrents))
    unset = (False,) * len(_flags)
    return Counter({(hosts, *unset): n for hosts, n in Counter(map(attrgetter("tracker_hosts"), torrents)).items()})


_VALUES: dict[str, Callable[[Collection[Torrent]], Counter[Any]]] = {"status": _kinds, "tracker": _trackers}
"""What counts a criterion's values faster than asking each torrent."""
