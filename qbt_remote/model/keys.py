"""Sort keys of rows: of one row, of many at once, and turned around."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import total_ordering
from operator import neg
from typing import Any

Row = Any
Key = Callable[[Row], Any]

_NUMBERS = frozenset((int, float, bool))
_COMPLEMENT = bytes(range(255, -1, -1))


class KeyOfMany:
    """A sort key that costs a fraction for each row where many are asked for at once."""

    def __call__(self, row: Row) -> Any:
        raise NotImplementedError

    def of(self, rows: Sequence[Row]) -> Iterable[Any]:
        """Give the key of each row."""
        raise NotImplementedError


def keys_of(key: Key, rows: Sequence[Row]) -> Iterable[Any]:
    """Give the key of each row."""
    return key.of(rows) if isinstance(key, KeyOfMany) else map(key, rows)


def falling(key: Key) -> Key:
    """Give a key that ascends where this one descends."""
    return _Falling(key)


class _Falling(KeyOfMany):
    def __init__(self, key: Key) -> None:
        self._key = key

    def __call__(self, row: Row) -> Any:
        return _turned(self._key(row))

    def of(self, rows: Sequence[Row]) -> Iterable[Any]:
        keys = list(keys_of(self._key, rows))
        return map(neg if _NUMBERS.issuperset(map(type, keys)) else _turned, keys)


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
