"""Rows kept in the order of a key; what a change costs grows with the change, not with the rows.

A row's place is (key, rank, row).  The rank breaks ties: it is where the row stood among its equals
when they were sorted, so no two places are equal and any of them is found by halving.  The places lie,
smallest first, in blocks of some hundreds, so that taking one out or putting one in moves no more
than a block.  ``down`` turns only the numbering of positions and the ranks around.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Set
from itertools import accumulate, chain
from operator import itemgetter
from typing import Any

Row = Any
Key = Callable[[Row], Any]
_Place = tuple[Any, int, Row]

BLOCK = 512
_SLICE = 4096
"""Rows that are sorted before other work gets its turn."""
_RUNS = 4
"""Sorted slices that are merged at a time."""
_MANY = 8
"""With more than one in so many moved, sorting everything is cheaper than moving each."""

_key_of, _row_of = itemgetter(0), itemgetter(2)


class Order:
    """A list that is always sorted; positions count from the first row that is shown."""

    def __init__(self, block: int = BLOCK) -> None:
        self._block = block
        self._key: Key = _nothing
        self._down = False
        self._blocks: list[list[_Place]] = []
        self._lasts: list[_Place] = []
        """The last place of each block."""
        self._places: dict[Row, _Place] = {}
        self._ends: list[int] = []
        """How many rows there are up to the end of each block; empty when it has to be counted again."""
        self._flat: list[Row] | None = None
        self._next_rank = 0

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, row: Row) -> bool:
        return row in self._places

    def __getitem__(self, i: int) -> Row:
        up = len(self._places) - 1 - i if self._down else i
        if not 0 <= up < len(self._places):
            raise IndexError(i)
        b = bisect_right(self._counted(), up)
        return self._blocks[b][up - (self._ends[b - 1] if b else 0)][2]

    @property
    def rows(self) -> list[Row]:
        """All of them in a list, which is made when it is first asked for after a change."""
        if self._flat is None:
            self._flat = list(map(_row_of, chain.from_iterable(self._blocks)))
            if self._down:
                self._flat.reverse()
        return self._flat

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in no particular order."""
        return iter(self._places)

    def shown(self, rows: Iterable[Row]) -> set[Row]:
        """Give those of these rows that are here."""
        return {row for row in rows if row in self._places}

    def index(self, row: Row) -> int:
        """Give a row's position, -1 if it is not here."""
        place = self._places.get(row)
        return -1 if place is None else self._position(*self._find(place))

    # changes

    def sort(self, rows: Sequence[Row], key: Key | None, *, down: bool) -> None:
        """Hold these rows; of equal ones the earlier stays the earlier."""
        for _turn in self.sorting(rows, key, down=down):
            pass

    def sorting(self, rows: Sequence[Row], key: Key | None, *, down: bool) -> Generator[None, None, None]:
        """Do what ``sort`` does, in steps; until the last one everything is as it was."""
        own_key = key or _nothing
        given = rows[::-1] if down else rows
        first = 1 - len(given) if down else 0
        runs: list[list[_Place]] = []
        for start in range(0, len(given), _SLICE):
            part = given[start : start + _SLICE]
            ranks = range(first + start, first + start + len(part))
            runs.append(sorted(zip(map(own_key, part), ranks, part, strict=True), key=_key_of))
            yield
        while len(runs) > 1:
            merged: list[list[_Place]] = []
            for start in range(0, len(runs), _RUNS):
                merged.append(list(chain.from_iterable(runs[start : start + _RUNS])))
                merged[-1].sort(key=_key_of)  # finds the runs sorted, and merges them
                yield
            runs = merged
        places = runs[0] if runs else []
        found: dict[Row, _Place] = {}
        for start in range(0, len(places), 2 * _SLICE):
            part_of = places[start : start + 2 * _SLICE]
            found.update(zip(map(_row_of, part_of), part_of, strict=True))
            yield
        self._key, self._down, self._places, self._next_rank = own_key, down, found, len(places)
        self._lay_out(places)

    def misfits(self, changed: Iterable[Row]) -> list[tuple[Row, Any]]:
        """Take over the keys of rows that changed; give those that belong elsewhere, with their keys."""
        key, known = self._key, self._places
        moved: dict[Row, Any] = {}
        for row in changed:
            place = known.get(row)
            if place is not None and (now := key(row)) != place[0]:
                moved[row] = now
        if len(moved) > max(len(known) // _MANY, BLOCK):
            return list(moved.items())
        return [item for item in moved.items() if not self._stays(*item)]

    def _stays(self, row: Row, key: Any) -> bool:
        """Give the row the key if its position remains; False if not, and then nothing has changed."""
        old = self._places[row]
        new = (key, old[1], row)
        b, i = self._find(old)
        block = self._blocks[b]
        before = block[i - 1] if i else self._lasts[b - 1] if b else None
        after = block[i + 1] if i + 1 < len(block) else self._blocks[b + 1][0] if b + 1 < len(self._blocks) else None
        if (before is not None and new < before) or (after is not None and after < new):
            return False
        block[i] = self._places[row] = new
        self._lasts[b] = block[-1]
        return True

    def move(self, misfits: Sequence[tuple[Row, Any]]) -> None:
        """Put these rows where they belong; see ``misfits``."""
        known = self._places
        many = len(misfits) > max(len(known) // _MANY, BLOCK)
        before = self.rows if many else []
        for row, key in misfits:
            old = known[row]
            known[row] = new = (key, old[1], row)
            if not many:
                self._take(*self._find(old))
                self._put(new)
        if many:
            places = list(map(known.__getitem__, reversed(before) if self._down else before))
            places.sort()
            self._lay_out(places)

    def add(self, row: Row) -> None:
        """Take a row in, after those that are equal to it."""
        place = (self._key(row), -self._next_rank if self._down else self._next_rank, row)
        self._next_rank += 1
        self._places[row] = place
        self._put(place)

    def position_for(self, row: Row) -> int:
        """Say where ``add`` would put a row."""
        place = (self._key(row), -self._next_rank if self._down else self._next_rank, row)
        b = min(bisect_left(self._lasts, place), len(self._blocks) - 1)
        before = self._counted()[b - 1] if b > 0 else 0
        up = before + bisect_left(self._blocks[b], place) if self._blocks else 0
        return len(self._places) - up if self._down else up

    def remove(self, row: Row) -> None:
        self._take(*self._find(self._places.pop(row)))

    def discard(self, gone: Set[Row]) -> None:
        """Let go of these rows."""
        if len(gone) * _MANY < len(self._places):
            for row in gone:
                self.remove(row)
            return
        places = [place for place in chain.from_iterable(self._blocks) if place[2] not in gone]
        self._places = dict(zip(map(_row_of, places), places, strict=True))
        self._lay_out(places)

    # blocks

    def _lay_out(self, places: list[_Place]) -> None:
        self._blocks = [places[start : start + self._block] for start in range(0, len(places), self._block)]
        self._lasts = [block[-1] for block in self._blocks]
        self._ends, self._flat = [], None

    def _find(self, place: _Place) -> tuple[int, int]:
        b = bisect_left(self._lasts, place)
        return b, bisect_left(self._blocks[b], place)

    def _position(self, b: int, i: int) -> int:
        up = i + (self._counted()[b - 1] if b else 0)
        return len(self._places) - 1 - up if self._down else up

    def _counted(self) -> list[int]:
        if not self._ends:
            self._ends = list(accumulate(map(len, self._blocks)))
        return self._ends

    def _take(self, b: int, i: int) -> None:
        block = self._blocks[b]
        del block[i]
        if block:
            self._lasts[b] = block[-1]
        else:
            del self._blocks[b], self._lasts[b]
        self._ends, self._flat = [], None

    def _put(self, place: _Place) -> None:
        self._ends, self._flat = [], None
        if not self._blocks:
            self._blocks, self._lasts = [[place]], [place]
            return
        b = min(bisect_left(self._lasts, place), len(self._blocks) - 1)
        block = self._blocks[b]
        block.insert(bisect_left(block, place), place)
        if len(block) > 2 * self._block:
            first, second = block[: self._block], block[self._block :]
            self._blocks[b : b + 1] = first, second
            self._lasts[b : b + 1] = first[-1], second[-1]
        else:
            self._lasts[b] = block[-1]


def _nothing(row: Row) -> int:
    return 0
