"""Rows kept in the order of a key; what a change costs grows with the change, not with the rows.

Why not simply sort?  A poll changes a few hundred of 100,000 torrents.  Sorting all of them again takes 24 ms, each
second, and says nothing about which rows moved; Qt must be told exactly that.  So the order is kept, and each changed
row is taken out of its place and put into its new one.

A row's place is (key, last keys, rank, row).  Rows with equal keys stand by their last keys, which do not depend on
how the order came about; where there are none, or they are equal too, by their rank: where a row stood among its equals
when they were sorted.  So no two places are equal and any of them is found by binary search.  Places lie in blocks of
about a hundred, since inserting into one list of 100,000 would move half of it.  A descending order ascends by the
``falling`` key: so the last keys ascend in it too.

Long changes are worked out on a copy, in steps, and then taken over at once: the view never sees half of one.  A copy
shares its blocks with the original until one of the two writes into them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate, chain, filterfalse
from operator import is_, itemgetter
from typing import Any

from qbt_remote.model.sorting import Key, Keys, falling, no_keys
from qbt_remote.sync.steps import Steps

Row = Any
_Place = tuple[Any, ...]

BLOCK = 128
"""A place that moves costs a copy of the block that it leaves and of the one it goes to: 2 KB."""
_SLICE = 2048
"""Rows that are sorted before other work gets its turn: 2 ms."""
_STEP = 128
"""Rows that change their places before other work gets its turn: 1 ms."""
_PART = 1024
_SAMPLES = 8
"""Keys taken from each sorted slice, to choose where slices are cut for merging."""

_row_of = itemgetter(-1)


class _Blocks:
    """Places in ascending order, in blocks of about a hundred: one that comes or goes moves no more than a block.

    A copy shares the blocks until one of the two is about to write into them.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._blocks: list[list[_Place]] = []
        self._lasts: list[_Place] = []
        """The last place of each block."""
        self._ends: list[int] = []
        """How many places there are up to the end of each block; empty when it has to be counted again."""
        self._own: set[int] = set()
        """Ids of the blocks that no copy has."""

    def __iter__(self) -> Iterator[_Place]:
        return chain.from_iterable(self._blocks)

    def each(self) -> Iterator[list[_Place]]:
        """Give the blocks; not to be changed."""
        return iter(self._blocks)

    def emptying(self) -> Steps[None]:
        while self._blocks:
            del self._blocks[-_STEP // 8 :]
            yield False

    def lay_out(self, places: Sequence[_Place]) -> None:
        """Hold these places, which ascend."""
        size = self._size
        self._blocks = [list(places[start : start + size]) for start in range(0, len(places), size)]
        self._lasts = [block[-1] for block in self._blocks]
        self._own = set(map(id, self._blocks))
        self._ends = []

    def copy(self) -> _Blocks:
        made = _Blocks(self._size)
        made._blocks, made._lasts, made._ends = self._blocks.copy(), self._lasts.copy(), self._ends
        self._own.clear()
        return made

    def at(self, up: int) -> _Place:
        ends = self._counted()
        b = bisect_right(ends, up)
        return self._blocks[b][up - (ends[b - 1] if b else 0)]

    def position(self, place: _Place) -> int:
        """Say where a place is, or would be."""
        b = bisect_left(self._lasts, place)
        before = self._counted()[b - 1] if b else 0
        return before + bisect_left(self._blocks[b], place) if b < len(self._blocks) else before

    def take(self, place: _Place) -> None:
        b = bisect_left(self._lasts, place)
        self._delete(b, bisect_left(self._blocks[b], place))

    def renew(self, old: _Place, new: _Place) -> bool:
        """Put ``new`` where ``old`` is if it belongs there; else take ``old`` out and say False."""
        blocks = self._blocks
        b = bisect_left(self._lasts, old)
        block = blocks[b]
        i = bisect_left(block, old)
        before = block[i - 1] if i else self._lasts[b - 1] if b else None
        after = block[i + 1] if i + 1 < len(block) else blocks[b + 1][0] if b + 1 < len(blocks) else None
        if (before is not None and new < before) or (after is not None and after < new):
            self._delete(b, i)
            return False
        block = self._writable(b)
        block[i] = new
        self._lasts[b] = block[-1]
        return True

    def put(self, place: _Place) -> None:
        self._ends = []
        if not self._blocks:
            self.lay_out([place])
            return
        b = min(bisect_left(self._lasts, place), len(self._blocks) - 1)
        block = self._writable(b)
        block.insert(bisect_left(block, place), place)
        if len(block) > 2 * self._size:
            first, second = block[: self._size], block[self._size :]
            self._blocks[b : b + 1] = first, second
            self._lasts[b : b + 1] = first[-1], second[-1]
            self._own |= {id(first), id(second)}
        else:
            self._lasts[b] = block[-1]

    def _delete(self, b: int, i: int) -> None:
        self._ends = []
        block = self._writable(b)
        del block[i]
        if block:
            self._lasts[b] = block[-1]
        else:
            del self._blocks[b], self._lasts[b]

    def _writable(self, b: int) -> list[_Place]:
        block = self._blocks[b]
        if id(block) not in self._own:
            block = self._blocks[b] = block.copy()
            self._own.add(id(block))
        return block

    def _counted(self) -> list[int]:
        if not self._ends:
            self._ends = list(accumulate(map(len, self._blocks)))
        return self._ends


@dataclass(slots=True, eq=False, repr=False)
class Next:
    """What an Order is about to become; see ``Order.changing``."""

    blocks: _Blocks
    places: dict[Row, _Place]
    """Of the rows that are new or have another key."""
    gone: Collection[Row]
    rank: int
    moves: bool
    """Whether rows that stay change their positions among each other."""


class Order:
    """A list that is always sorted; positions count from the first row that is shown."""

    def __init__(self, block: int = BLOCK) -> None:
        self._size = block
        self._key: Key = _nothing
        self._last: Keys = no_keys
        self._blocks = _Blocks(block)
        self._places: dict[Row, _Place] = {}
        self._flat: list[Row] | None = None
        self._rank = 0
        """Of the next new row."""

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, row: Row) -> bool:
        return row in self._places

    def __getitem__(self, i: int) -> Row:
        if not 0 <= i < len(self._places):
            raise IndexError(i)
        return self._blocks.at(i)[-1]

    @property
    def rows(self) -> list[Row]:
        """All of them in a list, which is made when it is first asked for after a change."""
        if self._flat is None:
            self._flat = list(map(_row_of, self._blocks))
        return self._flat

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in no particular order."""
        return iter(self._places)

    def is_like(self, other: Order) -> bool:
        """Tell whether both hold the same rows at the same positions."""
        return len(self) == len(other) and all(map(is_, map(_row_of, self._blocks), map(_row_of, other._blocks)))

    def shown(self, rows: Iterable[Row]) -> set[Row]:
        """Give those of these rows that are here."""
        return set(filter(self._places.__contains__, rows))

    def without(self, rows: Iterable[Row]) -> list[Row]:
        """Give the others of these rows."""
        return list(filterfalse(self._places.__contains__, rows))

    def index(self, row: Row) -> int:
        """Give a row's position, -1 if it is not here."""
        place = self._places.get(row)
        return -1 if place is None else self._blocks.position(place)

    # sorting

    def sort(self, rows: Sequence[Row], key: Key | None, *, down: bool, last: Keys | None = None) -> None:
        """Hold these rows; equal ones by their ``last`` keys, upwards; then the earlier stays the earlier."""
        for _turn in self.sorting(rows, key, down=down, last=last):
            pass

    def sorting(self, rows: Sequence[Row], key: Key | None, *, down: bool, last: Keys | None = None) -> Steps[None]:
        """Do what ``sort`` does, in steps; until the last one everything is as it was."""
        own_key, own_last = falling(key) if key and down else key or _nothing, last or no_keys
        found: dict[Row, _Place] = {}
        runs: list[list[_Place]] = []
        for start in range(0, len(rows), _SLICE):
            part = rows[start : start + _SLICE]
            columns = zip(map(own_key, part), map(own_last, part), range(start, start + len(part)), part, strict=True)
            run: list[_Place] = [(key_, *last_, rank, row) for key_, last_, rank, row in columns]
            found.update(zip(part, run, strict=True))  # as given they lie closer together than sorted: half the time
            run.sort()
            runs.append(run)
            yield False
        places: list[_Place] = []
        for merged in _merged(runs):
            places += merged
            yield False
        self._key, self._last, self._places, self._rank, self._flat = own_key, own_last, found, len(places), None
        self._blocks.lay_out(places)

    # changes

    def changing(self, changed: Iterable[Row], gone: Set[Row] = frozenset(), new: Iterable[Row] = ()) -> Steps[Next]:
        """Work out, in steps, what it is once these rows have other keys, go, or come; for ``take_over``.

        New rows stand after those that are equal to them.  Meanwhile everything is as it was.
        """
        key, last, known, blocks = self._key, self._last, self._places, self._blocks.copy()
        for n, row in enumerate(gone):
            blocks.take(known[row])
            if not n % _STEP:
                yield False
        places: dict[Row, _Place] = {}
        misfits: list[_Place] = []
        for n, row in enumerate(changed):
            if not n % _STEP:
                yield False
            old = places.get(row) or known.get(row)
            if old is None or row in gone or (now := (key(row), *last(row))) == old[:-2]:
                continue
            places[row] = place = (*now, old[-2], row)
            if not blocks.renew(old, place):
                misfits.append(place)
        rank = self._rank
        for row in new:
            places[row] = place = self._new_place(row, rank)
            misfits.append(place)
            rank += 1
        moves = len(misfits) > rank - self._rank
        for n, place in enumerate(misfits):
            if not n % _STEP:
                yield False
            blocks.put(place)
        return Next(blocks, places, gone, rank, moves)

    def take_over(self, after: Next) -> None:
        """Become what ``changing`` worked out; rows of its ``gone`` may have been removed before."""
        for row in after.gone:
            self._places.pop(row, None)
        self._places.update(after.places)
        self._blocks, self._rank, self._flat = after.blocks, after.rank, None

    def keeping(self, gone: Set[Row]) -> Steps[Order]:
        """Make, in steps, an order like this one without these rows."""
        places: list[_Place] = []
        found: dict[Row, _Place] = {}
        for block in self._blocks.each():
            kept = [place for place in block if place[-1] not in gone]
            places += kept
            found.update(zip(map(_row_of, kept), kept, strict=True))
            yield False
        made = Order(self._size)
        made._key, made._last, made._places, made._rank = self._key, self._last, found, self._rank
        made._blocks.lay_out(places)
        return made

    def letting_go(self) -> Steps[None]:
        """Free in steps what this order holds and nobody needs any more: at once 100,000 rows take 15 ms."""
        self._flat = None
        self._places = {}
        for _block in self._blocks.emptying():
            yield False

    def add(self, row: Row) -> None:
        """Take a row in, after those that are equal to it."""
        self._places[row] = place = self._new_place(row, self._rank)
        self._rank += 1
        self._blocks.put(place)
        self._flat = None

    def position_for(self, row: Row) -> int:
        """Say where ``add`` would put a row."""
        return self._blocks.position(self._new_place(row, self._rank))

    def remove(self, row: Row) -> None:
        self._blocks.take(self._places.pop(row))
        self._flat = None

    def _new_place(self, row: Row, rank: int) -> _Place:
        return (self._key(row), *self._last(row), rank, row)


def _merged(runs: Sequence[list[_Place]]) -> Iterator[list[_Place]]:
    """Merge sorted lists; gives the whole in parts that are about as long as one of them."""
    samples = sorted(place for run in runs for place in run[:: max(1, _SLICE // _SAMPLES)])
    starts = [0] * len(runs)
    for cut in samples[_SAMPLES::_SAMPLES]:
        ends = [bisect_left(run, cut, start) for run, start in zip(runs, starts, strict=True)]
        yield _in_one(runs, starts, ends)
        starts = ends
    yield _in_one(runs, starts, list(map(len, runs)))


def _in_one(runs: Sequence[list[_Place]], starts: Sequence[int], ends: Sequence[int]) -> list[_Place]:
    parts = (run[start:end] for run, start, end in zip(runs, starts, ends, strict=True))
    merged = list(chain.from_iterable(parts))
    merged.sort()
    return merged


def parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Give the rows in parts that can be looked at in one step: about 1 ms."""
    return (rows[start : start + _PART] for start in range(0, len(rows), _PART))


def _nothing(row: Row) -> int:
    return 0
