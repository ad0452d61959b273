"""By what a table is sorted: the column that was picked, the one before it, and what decides where both are equal."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from qbt_remote.model.columns import Column
from qbt_remote.model.keys import Key, Row, falling
from qbt_remote.model.places import Last

OF_TORRENTS = ("name", "hash", "server")
"""The last keys of torrents; no two are equal in all of them."""


class Sorting:
    """The sort key of a table and its last key, which makes the order the same however the list came about."""

    def __init__(self, last: Sequence[str] = ()) -> None:
        """``last`` are fields of the rows; without any, rows that are equal keep the order they had."""
        self._own: Key | None = attrgetter(*last) if last else None
        self._own_fields = frozenset(last)
        self._column: Column | None = None
        self._before: tuple[Column, bool] | None = None
        self.key: Key | None = None
        self.down = False
        self.last = self._after(_nothing)
        self.fields = self._own_fields
        """All those that decide about the order."""

    def is_by(self, column: Column, *, down: bool) -> bool:
        """Tell whether it is sorted by this column in this direction."""
        return ((column.sort_down if down else column.sort), down) == (self.key, self.down)

    def choose(self, column: Column, *, down: bool) -> None:
        """Sort by this column, and then by the one before it."""
        if self._column is not None and self._column is not column:
            self._before = (self._column, self.down)
        self._column, self.key, self.down = column, column.sort_down if down else column.sort, down
        self.last, self.fields = self._after(_nothing), column.fields | self._own_fields
        if self._before is not None and self._own is not None:
            second, second_down = self._before
            self.last = self._after(falling(second.sort_down) if second_down else second.sort)
            self.fields |= second.fields

    def _after(self, second: Key) -> Last | None:
        return None if self._own is None else Last(second, self._own)


def _nothing(row: Row) -> int:
    return 0
