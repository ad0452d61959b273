"""Saved views: a filter with a name, and how the table looks under it; kept as JSON.

The count of a view is kept up to date at the cost of what changed, as those of the sidebar's entries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qbt_remote.sync.criteria import CRITERIA, Before
from qbt_remote.sync.filtering.filters import Filter, Pick
from qbt_remote.sync.query.query import EVERYTHING, Query, QueryError
from qbt_remote.sync.steps import Steps

if TYPE_CHECKING:
    from qbt_remote.sync.changes import Changes
    from qbt_remote.sync.torrent import Torrent

Json = Any
_SLICE = 4096


@dataclass(frozen=True, slots=True)
class View:
    """One saved view.  ``table`` is the state of the table: columns, widths and sorting."""

    text: str = ""
    picks: Mapping[str, Pick] = field(default_factory=dict)
    table: Mapping[str, Json] = field(default_factory=dict)

    def query(self, servers: Mapping[str, str]) -> Query:
        """Give what the text means; one that is not understood asks for nothing."""
        if not self.text:
            return EVERYTHING
        from qbt_remote.sync.query.language import parse  # not before there is a text: the first paint has none

        try:
            return parse(self.text, servers)
        except QueryError:
            return EVERYTHING

    def as_json(self) -> dict[str, Json]:
        return {"text": self.text, "picks": picks_as_json(self.picks), "table": dict(self.table)}

    @classmethod
    def from_json(cls, given: Json) -> View:
        """Read what ``as_json`` gave; what makes no sense is passed over."""
        if not isinstance(given, dict):
            return cls()
        text, table = given.get("text"), given.get("table")
        return cls(
            text if isinstance(text, str) else "",
            picks_from_json(given.get("picks")),
            table if isinstance(table, dict) else {},
        )


def picks_as_json(picks: Mapping[str, Pick]) -> dict[str, Json]:
    return {
        id: {"wanted": sorted(pick.wanted), "unwanted": sorted(pick.unwanted), "every": pick.every}
        for id, pick in picks.items()
        if pick
    }


def picks_from_json(given: Json) -> dict[str, Pick]:
    """Read what ``picks_as_json`` gave; what makes no sense is passed over."""
    found = given if isinstance(given, dict) else {}
    picks = {
        id: Pick(_keys(row.get("wanted")), _keys(row.get("unwanted")), row.get("every") is True)
        for id, row in found.items()
        if id in CRITERIA and isinstance(row, dict)
    }
    return {id: pick for id, pick in picks.items() if pick}


def _keys(given: Json) -> frozenset[str]:
    return frozenset(key for key in given if isinstance(key, str)) if isinstance(given, list) else frozenset()


class ViewCounts:
    """How many torrents each of some filters accepts, by name, of those that were added."""

    def __init__(self, filters: Mapping[str, Filter]) -> None:
        self.filters = dict(filters)
        self.number = Counter(dict.fromkeys(filters, 0))

    def tally(self, torrents: Iterable[Torrent]) -> Steps[Counter[str]]:
        """Count these in steps, and give the numbers for ``add``."""
        found: Counter[str] = Counter()
        rows = list(torrents) if self.filters else []
        for name, wanted in self.filters.items():
            for start in range(0, len(rows), _SLICE):
                found[name] += len(wanted.among(rows[start : start + _SLICE]))
                yield False
        return found

    def add(self, found: Counter[str]) -> None:
        self.number.update(found)

    def applying(self, changes: Changes) -> Steps[None]:
        """Count what a poll changed, in steps; only what a view reads is looked at."""
        for name, wanted in self.filters.items():
            self.number[name] -= len(wanted.among(changes.removed))
            if not wanted.fields.isdisjoint(changes.fields):
                self.number[name] += _moved(wanted, changes.before)
        self.add((yield from self.tally(changes.added)))


def _moved(wanted: Filter, before: Mapping[Torrent, Mapping[str, Any]]) -> int:
    """How many more are accepted now than before."""
    touched = [(t, old) for t, old in before.items() if not wanted.fields.isdisjoint(old)]
    was = sum(wanted.accepts(Before(t, old)) for t, old in touched)  # type: ignore[arg-type]  # reads like a Torrent
    return sum(wanted.accepts(t) for t, _old in touched) - was
