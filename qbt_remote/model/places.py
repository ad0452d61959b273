"""Where a row stands in an order: its place, and how many places are sorted and merged.

A place is (key, last keys, rank, row).  The last keys, a second key and then a third, decide between rows whose keys
are equal.  They take longer to make and to compare than all the rest of sorting, so that only those are made that
decide something:

* ``ALONE``: no other row has this key,
* ``(second, ALONE)``: others do, but with another second key,
* ``(second, third)``: others have that in common, too.

A row that joins others with its key, or with its second key, makes theirs be added (``Order._place``).  Where most rows
share their key, as a speed of 0, each gets its second one at once: adding it later took twice as long (measured).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, compress, count, groupby, islice, repeat
from operator import eq, itemgetter
from typing import Any

from qbt_remote.model.keys import Key, keys_of

Row = Any
Place = tuple[Any, Any, int, Row]

ALONE = ()
SLICE = 2048
"""Rows that are sorted before other work gets its turn: 2 ms."""
_SAMPLES = 8
"""Keys taken from each sorted slice, to choose where slices are cut for merging."""
_ASKED = 256  # rows, to tell whether most share their key

key_of, _last_of, _rank_of, row_of = map(itemgetter, range(4))
_BY = (key_of, _last_of, _last_of)
"""What decides between places that are equal in all before: their keys, the second ones, the third ones."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Last:
    """The keys that decide between rows whose key is equal."""

    second: Key
    third: Key

    def holds(self, last: Any, row: Row) -> bool:
        """Tell whether these are still the last keys of a row."""
        if last is ALONE:
            return True
        second, third = last
        return bool(self.second(row) == second and (third is ALONE or self.third(row) == third))

    def seconds(self, rows: Sequence[Row]) -> Iterable[Any]:
        """Give the last keys of each row up to the second."""
        return zip(keys_of(self.second, rows), repeat(ALONE, len(rows)), strict=True)

    def has(self, place: Place, level: int) -> bool:
        """Tell whether a place has what decides on this level."""
        return level == 1 and _last_of(place) is not ALONE

    def made(self, places: Sequence[Place], level: int) -> list[Place]:
        """Give these places, which are equal up to this level, with what decides on it, in that order."""
        if self.has(places[0], level):
            return sorted(places, key=_last_of)
        rows = list(map(row_of, places))
        if level == 1:
            lasts = self.seconds(rows)
        else:
            lasts = zip(map(itemgetter(0), map(_last_of, places)), keys_of(self.third, rows), strict=True)
        made: list[Place] = list(zip(map(key_of, places), lasts, map(_rank_of, places), rows, strict=True))
        made.sort(key=_last_of)
        return made


def are_shared(key: Key, rows: Sequence[Row]) -> bool:
    """Tell by a few whether most of these rows share their key with others."""
    some = rows[:: len(rows) // _ASKED + 1]
    return len(set(keys_of(key, some))) * 2 < len(some)


def merged(runs: Sequence[list[Place]], last: Last | None, found: dict[Row, Place]) -> Iterator[list[Place]]:
    """Merge runs sorted by their keys; gives the whole in parts that are about as long as one of them.

    Places that get last keys are put into ``found``, too.
    """
    return _merged(runs, 0, last, found, new=False)


def _merged(
    runs: Sequence[list[Place]], level: int, last: Last | None, found: dict[Row, Place], *, new: bool
) -> Iterator[list[Place]]:
    """``new``: these places are not in ``found``."""
    for pieces, alike in _cut(runs, _BY[level]):
        if alike and last is not None and level < 2:
            told = []
            for piece in pieces:
                told.append(last.made(piece, level + 1))
                yield []
            yield from _merged(told, level + 1, last, found, new=new or not last.has(pieces[0][0], level + 1))
        else:
            places = list(chain.from_iterable(pieces))
            places.sort(key=_BY[level])  # earlier pieces have lower ranks, and sorting is stable
            if last is not None and (_tell_apart(places, level, last) or new):
                found.update(zip(map(row_of, places), places, strict=True))
            yield places


def _cut(runs: Sequence[list[Place]], by: Key) -> Iterator[tuple[list[list[Place]], bool]]:
    """Cut sorted runs into pieces that belong together, about as many places as one run has.

    What more of them have in common is given by itself, and then True.
    """
    samples = sorted(by(place) for run in runs for place in run[:: SLICE // _SAMPLES])
    starts = [0] * len(runs)

    def up_to(ends: Iterable[int]) -> list[list[Place]]:
        before, starts[:] = starts.copy(), ends
        return [run[start:end] for run, start, end in zip(runs, before, starts, strict=True) if start < end]

    for cut, times in groupby(samples[_SAMPLES::_SAMPLES]):
        yield up_to([bisect_left(run, cut, start, key=by) for run, start in zip(runs, starts, strict=True)]), False
        if len(list(times)) > 1:
            yield up_to([bisect_right(run, cut, start, key=by) for run, start in zip(runs, starts, strict=True)]), True
    yield up_to(map(len, runs)), False


def _tell_apart(places: list[Place], level: int, last: Last) -> bool:
    """Let the next keys decide between those of these sorted places that are equal up to this level.

    Tell whether that made any of them anew.
    """
    if level == 2:
        return False
    keys, end, new = list(map(_BY[level], places)), 0, False
    for second in compress(count(1), map(eq, keys, islice(keys, 1, None))):
        if second >= end:
            end = bisect_right(keys, keys[second], second)
            new = new or not last.has(places[second], level + 1)
            equal = last.made(places[second - 1 : end], level + 1)
            new = _tell_apart(equal, level + 1, last) or new
            places[second - 1 : end] = equal
    return new
