"""The pieces of one torrent: how it stands with each, drawn together for display, and which files lie in them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

import msgspec

from qbt_remote.sync.details.rows import File
from qbt_remote.sync.steps import Steps

MISSING, DOWNLOADING, HAVE = 0, 1, 2
"""States of a piece on the wire; torrentscontroller.cpp, pieceStatesAction."""
FULL = 16
"""The level of a part whose pieces are all there; 0 is one where none is."""
BUSY = FULL + 1
"""The level of a part in which something is being downloaded."""
_LEVEL_OF_STATE = bytes((0, BUSY, FULL)) + bytes(253)
_SLICE = 4096


class Piece(msgspec.Struct, eq=False):
    """One piece in a list of them."""

    number: int
    hash: str
    state: int
    availability: int = -1


def bounds(pieces: int, parts: int) -> list[int]:
    """Cut so many pieces into parts of as equal a size as can be; give where each begins, and the end."""
    return [place * pieces // parts for place in range(parts + 1)]


def levels(states: bytes, cuts: Sequence[int]) -> bytes:
    """Give the level of each part: how much of it is there.  A part without pieces is that of the piece before."""
    if len(cuts) - 1 == len(states):
        return states.translate(_LEVEL_OF_STATE)
    made = bytearray(len(cuts) - 1)
    count = states.count
    for place, (start, end) in enumerate(pairwise(cuts)):
        end = max(end, start + 1)
        have = count(HAVE, start, end)
        if have == end - start:
            made[place] = FULL
        elif count(DOWNLOADING, start, end):
            made[place] = BUSY
        elif have:
            made[place] = max(1, have * FULL // (end - start))
    return bytes(made)


def availability_levels(counts: Sequence[int], cuts: Sequence[int]) -> bytes:
    """Give the level of each part: how many peers have its pieces, in the mean, as a share of the most."""
    top = max(counts, default=0)
    if top <= 0:
        return bytes(len(cuts) - 1)
    sums = list(accumulate(counts, initial=0))
    made, last = bytearray(len(cuts) - 1), len(counts)
    for place, (start, end) in enumerate(pairwise(cuts)):
        end = min(max(end, start + 1), last)
        if total := sums[end] - sums[min(start, last)]:
            made[place] = max(1, total * FULL // (top * (end - start)))
    return bytes(made)


class FilesByPiece:
    """Which files of a torrent lie in which of its pieces."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._names: list[str] = []

    def reading(self, files: Sequence[File]) -> Steps[None]:
        """Take over these files, in steps.

        An empty file lies in no piece, whatever range the server gives: at the border of two pieces it ends before
        it begins, at the end of the torrent it begins after the last piece (torrentinfo.cpp, filePieces).
        """
        for start in range(0, len(files), _SLICE):
            for file in files[start : start + _SLICE]:
                if file.piece_range is not None and file.size > 0:
                    self._starts.append(file.piece_range[0])
                    self._ends.append(file.piece_range[1])
                    self._names.append(file.name)
            yield False

    def between(self, first: int, last: int) -> list[str]:
        """Give the files that lie in these pieces, both included, in the torrent's order."""
        begin, end = bisect_left(self._ends, first), bisect_right(self._starts, last)
        return self._names[begin:end]


def made(hashes: Iterable[object], states: bytes, availability: Sequence[int]) -> Iterator[Piece]:
    """Make the rows of a list of pieces."""
    for number, piece_hash in enumerate(hashes):
        state = states[number] if number < len(states) else MISSING
        yield Piece(number, str(piece_hash), state, availability[number] if number < len(availability) else -1)


def update(rows: Sequence[Piece], states: bytes, availability: Sequence[int]) -> list[Piece]:
    """Bring pieces, from the first on, to what they are now; give those that are different.

    What is as it was is found by comparing thousands at once.
    """
    changed: list[Piece] = []
    counts = list(availability) if len(availability) == len(rows) else [-1] * len(rows)
    now = states[: len(rows)].ljust(len(rows), bytes((MISSING,)))
    for start in range(0, len(rows), _SLICE):
        part, end = rows[start : start + _SLICE], start + _SLICE
        had = ([piece.state for piece in part], [piece.availability for piece in part])
        if had == (list(now[start:end]), counts[start:end]):
            continue
        for piece, state, count in zip(part, now[start:end], counts[start:end], strict=True):
            if (piece.state, piece.availability) != (state, count):
                piece.state, piece.availability = state, count
                changed.append(piece)
    return changed
