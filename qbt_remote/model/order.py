"""Rows kept in the order of a key; what a change costs grows with the change, not with the rows.

Why not simply sort?  A poll changes a few hundred of 100,000 torrents.  Sorting all of them again takes 24 ms, each
second, and says nothing about which rows moved; Qt must be told exactly that.  So the order is kept, and each changed
row is taken out of its place and put into its new one.

A row's place (``model/places.py``) is its key, what decides between equal keys, and its rank: where a row stood among
its equals when they were sorted.  So no two places are equal and any of them is found by binary search.  Places lie in
blocks of about a hundred, since inserting into one list of 100,000 would move half of it.  A descending order ascends
by the ``falling`` key: so what decides between equal keys ascends in it too.

Long changes are worked out on a copy, in steps, and then taken over at once: the view never sees half of one.  A copy
shares its blocks with the original until one of the two writes into them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate, chain, filterfalse, repeat
from operator import is_
from typing import Any

from qbt_remote.model.keys import Key, falling, keys_of
from qbt_remote.model.places import ALONE, SLICE, Last, Place, are_shared, key_of, merged, row_of
from qbt_remote.sync.steps import Steps

Row = Any

BLOCK = 128
"""A place that moves costs a copy of the block that it leaves and of the one it goes to: 2 KB."""
_STEP = 128
"""Rows that change their places before other work gets its turn: 1 ms."""
_PART = 1024


class _Blocks:
    """Places in ascending order, in blocks of about a hundred: one that comes or goes moves no more than a block.

    A copy shares the blocks until one of the two is about to write into them.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._blocks: list[list[Place]] = []
        self._lasts: list[Place] = []
        """The last place of each block."""
        self._ends: list[int] = []
        """How many places there are up to the end of each block; empty when it has to be counted again."""
        self._own: set[int] = set()
        """Ids of the blocks that no copy has."""

    def __iter__(self) -> Iterator[Place]:
        return chain.from_iterable(self._blocks)

    def each(self) -> Iterator[list[Place]]:
        """Give the blocks; not to be changed."""
        return iter(self._blocks)

    def emptying(self) -> Steps[None]:
        while self._blocks:
            del self._blocks[-_STEP // 8 :]
            yield False

    def lay_out(self, places: Sequence[Place]) -> None:
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

    def at(self, up: int) -> Place:
        ends = self._counted()
        b = bisect_right(ends, up)
        return self._blocks[b][up - (ends[b - 1] if b else 0)]

    def position(self, place: Place) -> int:
        """Say where a place is, or would be."""
        b = bisect_left(self._lasts, place)
        before = self._counted()[b - 1] if b else 0
        return before + bisect_left(self._blocks[b], place) if b < len(self._blocks) else before

    def first_from(self, beginning: tuple[Any, ...]) -> Place | None:
        """Give the first place that begins like this, or comes after."""
        b = bisect_left(self._lasts, beginning)
        if b == len(self._blocks):
            return None
        block = self._blocks[b]
        return block[bisect_left(block, beginning)]

    def take(self, place: Place) -> None:
        b = bisect_left(self._lasts, place)
        self._delete(b, bisect_left(self._blocks[b], place))

    def renew(self, old: Place, new: Place) -> bool:
        """Put ``new`` where ``old`` is if it belongs there, beside none with the same key; else take ``old`` out.

        Tell which.
        """
        blocks = self._blocks
        b = bisect_left(self._lasts, old)
        block = blocks[b]
        i = bisect_left(block, old)
        before = block[i - 1] if i else self._lasts[b - 1] if b else None
        after = block[i + 1] if i + 1 < len(block) else blocks[b + 1][0] if b + 1 < len(blocks) else None
        key = new[0]
        if (before is not None and not before[0] < key) or (after is not None and not key < after[0]):
            self._delete(b, i)
            return False
        self._set(b, i, new)
        return True

    def replace(self, old: Place, new: Place) -> None:
        """Put ``new`` where ``old`` is, and belongs."""
        b = bisect_left(self._lasts, old)
        self._set(b, bisect_left(self._blocks[b], old), new)

    def put(self, place: Place) -> None:
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

    def _set(self, b: int, i: int, place: Place) -> None:
        block = self._writable(b)
        block[i] = place
        self._lasts[b] = block[-1]

    def _writable(self, b: int) -> list[Place]:
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
    places: dict[Row, Place]
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
        self._last: Last | None = None
        self._blocks = _Blocks(block)
        self._places: dict[Row, Place] = {}
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
            self._flat = list(map(row_of, self._blocks))
        return self._flat

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in no particular order."""
        return iter(self._places)

    def is_like(self, other: Order) -> bool:
        """Tell whether both hold the same rows at the same positions."""
        return len(self) == len(other) and all(map(is_, map(row_of, self._blocks), map(row_of, other._blocks)))

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

    def sort(self, rows: Sequence[Row], key: Key | None, *, down: bool, last: Last | None = None) -> None:
        """Hold these rows; equal ones by their ``last`` key, upwards; then the earlier stays the earlier."""
        for _turn in self.sorting(rows, key, down=down, last=last):
            pass

    def sorting(self, rows: Sequence[Row], key: Key | None, *, down: bool, last: Last | None = None) -> Steps[None]:
        """Do what ``sort`` does, in steps; until the last one everything is as it was."""
        own_key = falling(key) if key and down else key or _nothing
        found: dict[Row, Place] = {}
        runs: list[list[Place]] = []
        shared = are_shared(own_key, rows)
        for start in range(0, len(rows), SLICE):
            part = rows[start : start + SLICE]
            lasts = last.seconds(part) if last is not None and shared else repeat(ALONE, len(part))
            columns = keys_of(own_key, part), lasts, range(start, start + len(part)), part
            run: list[Place] = list(zip(*columns, strict=True))
            found.update(zip(part, run, strict=True))  # as given they lie closer together than sorted: half the time
            run.sort(key=key_of)
            runs.append(run)
            yield False
        places: list[Place] = []
        for part in merged(runs, last, found):
            places += part
            yield False
        self._key, self._last, self._places, self._rank, self._flat = own_key, last, found, len(places), None
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
        places: dict[Row, Place] = {}
        misfits: list[tuple[Any, int, Row]] = []
        for n, row in enumerate(changed):
            if not n % _STEP:
                yield False
            old = places.get(row) or known.get(row)
            if old is None or row in gone:
                continue
            now = key(row)
            if now != old[0]:
                places[row] = place = (now, ALONE, old[2], row)
                if not blocks.renew(old, place):
                    misfits.append((now, old[2], row))
            elif last is not None and not last.holds(old[1], row):
                places[row] = (now, ALONE, old[2], row)
                blocks.take(old)
                misfits.append((now, old[2], row))
        rank, staying = self._rank, len(misfits)
        for row in new:
            misfits.append((key(row), rank, row))
            rank += 1
        for n, misfit in enumerate(misfits):
            if not n % _STEP:
                yield False
            self._put(*misfit, blocks, places)
        return Next(blocks, places, gone, rank, staying > 0)

    def take_over(self, after: Next) -> None:
        """Become what ``changing`` worked out; rows of its ``gone`` may have been removed before."""
        for row in after.gone:
            self._places.pop(row, None)
        self._places.update(after.places)
        self._blocks, self._rank, self._flat = after.blocks, after.rank, None

    def keeping(self, gone: Set[Row]) -> Steps[Order]:
        """Make, in steps, an order like this one without these rows."""
        places: list[Place] = []
        found: dict[Row, Place] = {}
        for block in self._blocks.each():
            kept = [place for place in block if place[-1] not in gone]
            places += kept
            found.update(zip(map(row_of, kept), kept, strict=True))
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
        self._put(self._key(row), self._rank, row, self._blocks, self._places)
        self._rank += 1
        self._flat = None

    def position_for(self, row: Row) -> int:
        """Say where ``add`` would put a row."""
        return self._blocks.position(self._place(self._key(row), self._rank, row, self._blocks, self._places))

    def remove(self, row: Row) -> None:
        self._blocks.take(self._places.pop(row))
        self._flat = None

    def _put(self, key: Any, rank: int, row: Row, blocks: _Blocks, places: dict[Row, Place]) -> None:
        places[row] = place = self._place(key, rank, row, blocks, places)
        blocks.put(place)

    def _place(self, key: Any, rank: int, row: Row, blocks: _Blocks, places: dict[Row, Place]) -> Place:
        """Make a place in these blocks; a row that was told apart from all others so far is told apart from it, too."""
        if self._last is None:
            return key, ALONE, rank, row
        first, last = blocks.first_from((key,)), self._last
        if first is None or first[0] != key:
            return key, ALONE, rank, row
        if first[1] is ALONE:
            self._replace(first, (last.second(first[3]), ALONE), blocks, places)
        second = last.second(row)
        first = blocks.first_from((key, (second,)))
        if first is None or first[0] != key or first[1][0] != second:
            return key, (second, ALONE), rank, row
        if first[1][1] is ALONE:
            self._replace(first, (second, last.third(first[3])), blocks, places)
        return key, (second, last.third(row)), rank, row

    def _replace(self, old: Place, last: Any, blocks: _Blocks, places: dict[Row, Place]) -> None:
        key, _last, rank, row = old
        places[row] = new = (key, last, rank, row)
        blocks.replace(old, new)


def parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Give the rows in parts that can be looked at in one step: about 1 ms."""
    return (rows[start : start + _PART] for start in range(0, len(rows), _PART))


def _nothing(row: Row) -> int:
    return 0
