"""How many torrents there are of each kind, kept up to date at the cost of what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from qbt_remote.sync.filters import STATUS_FILTERS

if TYPE_CHECKING:
    from qbt_remote.sync.changes import Changes
    from qbt_remote.sync.torrent import Torrent

Old = Mapping[str, Any]

COUNTED = frozenset({"state", "upspeed", "category", "tags", "tracker_hosts"})
"""The fields that the counts depend on."""
_SLICE = 8192


@dataclass(slots=True)
class Counts:
    """How many torrents each entry of the sidebar stands for; "" is for those that have none."""

    status: Counter[str] = field(default_factory=Counter)
    category: Counter[str] = field(default_factory=Counter)
    """A category's count includes its sub-categories', as ``Filter.category`` does."""
    tag: Counter[str] = field(default_factory=Counter)
    tracker: Counter[str] = field(default_factory=Counter)
    server: Counter[str] = field(default_factory=Counter)
    touched: dict[str, set[str]] = field(default_factory=dict, compare=False)
    """By section: the keys that were counted since ``take_touched``."""

    def add(self, torrents: Collection[Torrent], sign: int = 1) -> None:
        """Count more torrents, or with -1 no longer count them.  Equal texts are taken apart once."""
        if not torrents:
            return
        for section, name, keys in _SECTIONS:
            self._count(section, Counter(map(attrgetter(name), torrents)), keys, sign)
        by_state = Counter(map(attrgetter("state"), torrents))
        kinds = Counter({(state, False): n for state, n in by_state.items()})
        uploading = sum(1 for t in torrents if t.state == "stalledDL" and t.upspeed > 0) if by_state["stalledDL"] else 0
        kinds.update({("stalledDL", True): uploading, ("stalledDL", False): -uploading})
        self._count("status", kinds, _statuses, sign)

    def change(self, before: Mapping[Torrent, Old]) -> None:
        """Count what torrents are now in place of what they were; see ``Changes.before``."""
        for section, name, keys in _SECTIONS:
            changed = [(old[name], t) for t, old in before.items() if name in old]
            if changed:
                get = attrgetter(name)
                moves = Counter(get(t) for _old, t in changed)
                moves.subtract(Counter(old for old, _t in changed))
                self._count(section, moves, keys, 1)
        moved = [(_was(t, old), _kind(t)) for t, old in before.items() if "state" in old or "upspeed" in old]
        moves = Counter(now for was, now in moved if was != now)
        moves.subtract(Counter(was for was, now in moved if was != now))
        self._count("status", moves, _statuses, 1)

    def apply(self, changes: Changes) -> None:
        for _turn in self.applying(changes):
            pass

    def applying(self, changes: Changes) -> Iterator[None]:
        """Do what ``apply`` does, in steps."""
        self.add(changes.removed, -1)
        for start in range(0, len(changes.added), _SLICE):
            self.add(changes.added[start : start + _SLICE])
            yield
        if not COUNTED.isdisjoint(changes.fields):
            self.change(changes.before)

    def take_touched(self) -> dict[str, set[str]]:
        """Give, once, the keys whose counts may differ from last time."""
        touched, self.touched = self.touched, {}
        return touched

    def _count(self, section: str, moves: Mapping[Any, int], keys: Callable[[Any], Iterable[str]], sign: int) -> None:
        counts: Counter[str] = getattr(self, section)
        touched: set[str] = self.touched.setdefault(section, set())
        for whole, n in moves.items():
            if not n:
                continue
            for key in keys(whole):
                counts[key] += sign * n
                touched.add(key)
                if not counts[key]:
                    del counts[key]


def tally(torrents: Iterable[Torrent]) -> Counts:
    """Count all of them."""
    counts = Counts()
    counts.add(list(torrents))
    return counts


def _kind(t: Torrent) -> tuple[str, bool]:
    """What the status filters look at: the state, and of a stalled download whether it uploads."""
    return t.state, t.state == "stalledDL" and t.upspeed > 0


def _was(t: Torrent, old: Old) -> tuple[str, bool]:
    state = old.get("state", t.state)
    return state, state == "stalledDL" and old.get("upspeed", t.upspeed) > 0


@lru_cache(maxsize=256)
def _statuses(kind: tuple[str, bool]) -> tuple[str, ...]:
    """The status filters that accept a torrent of this kind."""
    from qbt_remote.sync.torrent import Torrent  # late: it costs the start 10 ms

    example = Torrent(state=kind[0], upspeed=int(kind[1]))
    return tuple(row.id for row in STATUS_FILTERS if row.test(example))


@lru_cache(maxsize=4096)
def and_above(category: str) -> tuple[str, ...]:
    """A category and all that it is in."""
    return (category, *(category[:cut] for cut, sign in enumerate(category) if cut and sign == "/"))


@lru_cache(maxsize=4096)
def _each_tag(tags: str) -> tuple[str, ...]:
    """The tags, each once; "" if there is none at all."""
    return tuple({tag for part in tags.split(",") if (tag := part.strip())}) if tags else ("",)


def _each_host(hosts: tuple[str, ...]) -> tuple[str, ...]:
    return hosts or ("",)


_SECTIONS: tuple[tuple[str, str, Callable[[Any], Iterable[str]]], ...] = (
    ("category", "category", and_above),
    ("tag", "tags", _each_tag),
    ("tracker", "tracker_hosts", _each_host),
    ("server", "server", lambda server: (server,)),
)
"""Each section, the field that it counts, and the keys that a value of it counts for; but for the status."""
