"""Which torrents the table shows: what is picked in the sidebar, and what is typed.

``Filter.fields`` names the fields that the answer depends on, so that nothing is filtered again after a
poll that changed none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from qbt_remote.sync.criteria import CRITERIA, Criterion, Test, fields_of
from qbt_remote.sync.query.query import EVERYTHING, Query

if TYPE_CHECKING:
    from qbt_remote.sync.torrent import Torrent


class Pick(NamedTuple):
    """What is picked in one section of the sidebar: any or ``every`` wanted key, and no unwanted one."""

    wanted: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
    every: bool = False

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)

    def accepts(self, keys: Iterable[str]) -> bool:
        """Whether a torrent that stands for these keys is shown."""
        if not self.unwanted.isdisjoint(keys):
            return False
        if self.every:
            return self.wanted <= set(keys)
        return not self.wanted or not self.wanted.isdisjoint(keys)


def only(key: str | None) -> Pick:
    """Give the pick of one key; None picks nothing."""
    return Pick() if key is None else Pick(frozenset((key,)))


@dataclass(frozen=True)
class Filter:
    """What is shown.  ``picks`` go by the id of a criterion; one that is not there shows everything."""

    picks: Mapping[str, Pick] = field(default_factory=dict)
    query: Query = EVERYTHING

    def accepts(self, t: Torrent) -> bool:
        return all(test(t) for test in self._tests) and self.query.part.accepts(t)

    def among(self, torrents: Iterable[Torrent]) -> list[Torrent]:
        """Give those that are accepted: at 100,000 a tenth of what asking for each would take."""
        rows = list(torrents)
        for test in self._tests:
            rows = list(filter(test, rows))
        return self.query.part.among(rows)

    @cached_property
    def fields(self) -> frozenset[str]:
        """The Torrent fields that the answer depends on."""
        picked = (fields_of(id, pick.wanted | pick.unwanted) for id, pick in self.picks.items() if pick)
        return self.query.fields.union(*picked) - {"server"}  # a torrent stays on its server

    def shows_server(self, server: str) -> bool:
        """Whether torrents of a server can be shown at all."""
        return self.picks.get("server", _ANY).accepts((server,))

    @cached_property
    def _tests(self) -> tuple[Test, ...]:
        picked = [id for id in CRITERIA if self.picks.get(id)]
        return tuple(_test(CRITERIA[id], self.picks[id]) for id in reversed(picked))  # the server first


_ANY = Pick()


class _Verdicts(dict[Any, bool]):
    """What a pick says of a value, found out once."""

    def __init__(self, keys: Callable[[Any], tuple[str, ...]], pick: Pick) -> None:
        super().__init__()
        self._keys, self._pick = keys, pick

    def __missing__(self, value: Any) -> bool:
        verdict = self[value] = self._pick.accepts(self._keys(value))
        return verdict


def _test(criterion: Criterion, pick: Pick) -> Test:
    verdicts, value = _Verdicts(criterion.keys, pick), criterion.value
    return lambda t: verdicts[value(t)]
