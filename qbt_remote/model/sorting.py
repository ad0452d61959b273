"""By what a table is sorted: the column that was picked, the one before it, and what decides where both are equal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import total_ordering
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qbt_remote.model.columns import Column

Row = Any
Key = Callable[[Row], Any]
Keys = Callable[[Row], tuple[Any, ...]]

OF_TORRENTS = ("name", "hash", "server")
"""The last keys of torrents; no two are equal in all of them."""
_COMPLEMENT = bytes(range(255, -1, -1))


class Sorting:
    """The sort key of a table and its last keys, which make the order the same however the list came about."""

    def __init__(self, last: Sequence[str] = ()) -> None:
        """``last`` are fields of the rows; without any, rows that are equal keep the order they had."""
        self._own = tuple(last)
        self._column: Column | None = None
        self._before: tuple[Column, bool] | None = None
        self.key: Key | None = None
        self.down = False
        self.last: Keys = _values_of(self._own)
        self.fields = frozenset(self._own)
        """All those that decide about the order."""

    def is_by(self, column: Column, *, down: bool) -> bool:
        """Tell whether it is sorted by this column in this direction."""
        return ((column.sort_down if down else column.sort), down) == (self.key, self.down)

    def choose(self, column: Column, *, down: bool) -> None:
        """Sort by this column, and then by the one before it."""
        if self._column is not None and self._column is not column:
            self._before = (self._column, self.down)
        self._column, self.key, self.down = column, column.sort_down if down else column.sort, down
        self.last, self.fields = _values_of(self._own), column.fields.union(self._own)
        if self._before is not None and self._own:
            second, second_down = self._before
            self.last = _with(falling(second.sort_down) if second_down else second.sort, self.last)
            self.fields |= second.fields


def falling(key: Key) -> Key:
    """Give a key that ascends where this one descends."""
    return lambda row: _turned(key(row))


def _turned(value: Any) -> Any:
    if isinstance(value, int | float):
        return -value
    if isinstance(value, str):  # the bytes of UTF-8 are in the order of the text
        return value.encode(errors="surrogatepass").translate(_COMPLEMENT) + b"\xff"
    if isinstance(value, tuple):
        return tuple(map(_turned, value))
    return _Turned(value)


@total_ordering
class _Turned:
    """Any other value, in the opposite order."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Turned) and bool(self._value == other._value)

    def __lt__(self, other: _Turned) -> bool:
        return bool(other._value < self._value)

    __hash__ = None  # type: ignore[assignment]  # it is only compared


def no_keys(row: Row) -> tuple[Any, ...]:
    return ()


def _with(first: Key, others: Keys) -> Keys:
    return lambda row: (first(row), *others(row))


def _values_of(names: Sequence[str]) -> Keys:
    if len(names) > 1:
        return attrgetter(*names)
    return _with(attrgetter(*names), no_keys) if names else no_keys
