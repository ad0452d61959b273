"""Pieces drawn together for display, and the files that lie in them."""

from __future__ import annotations

import pytest

from qbt_remote.sync.details.pieces import BUSY, FULL, FilesByPiece, availability_levels, bounds, levels, made, update
from qbt_remote.sync.details.rows import File


def test_each_piece_is_in_one_part_and_each_part_has_its_share() -> None:
    for pieces, parts in ((91, 10), (10, 91), (100_000, 1200), (0, 5)):
        cuts = bounds(pieces, parts)
        assert len(cuts) == parts + 1 and cuts[0] == 0 and cuts[-1] == pieces
        assert cuts == sorted(cuts)


@pytest.mark.parametrize(
    ("states", "parts", "shown"),
    [
        ([0, 1, 2], 3, [0, BUSY, FULL]),
        ([2, 2, 0, 1, 0, 0], 3, [FULL, BUSY, 0]),
        ([2, 0], 4, [FULL, FULL, 0, 0]),
        ([2] * 999 + [0], 1, [FULL - 1]),
        ([0] * 999 + [2], 1, [1]),
        ([], 3, [0, 0, 0]),
    ],
)
def test_a_part_is_full_only_if_all_of_it_is_there_and_empty_only_if_nothing_is(
    states: list[int], parts: int, shown: list[int]
) -> None:
    assert list(levels(bytes(states), bounds(len(states), parts))) == shown


def test_a_part_that_no_peer_has_is_told_from_one_that_few_have() -> None:
    assert list(availability_levels([0, 0, 1, 1000], bounds(4, 4))) == [0, 0, 1, FULL]
    assert list(availability_levels([0, 4, 2, 2], bounds(4, 2))) == [8, 8]
    assert list(availability_levels([5], bounds(1, 3))) == [FULL] * 3
    assert list(availability_levels([0, 0], bounds(2, 2))) == [0, 0]
    assert list(availability_levels([], bounds(0, 2))) == [0, 0]


def test_the_files_of_pieces_are_found_by_their_ranges() -> None:
    files = FilesByPiece()
    ranges = {"a": (0, 3), "b": (3, 3), "c": (3, 9), "no range": None}
    for _step in files.reading([File(name=name, size=1, piece_range=found) for name, found in ranges.items()]):
        pass

    assert files.between(0, 2) == ["a"]
    assert files.between(3, 3) == ["a", "b", "c"]
    assert files.between(4, 100) == ["c"]
    assert FilesByPiece().between(0, 5) == []


def test_empty_files_lie_in_no_piece() -> None:
    files = FilesByPiece()
    rows = [("first", 0, (0, 0)), ("a", 9, (0, 3)), ("border", 0, (4, 3)), ("b", 9, (4, 7)), ("inside", 0, (7, 7))]
    rows += [("c", 9, (7, 9)), ("end", 0, (10, 9))]
    for _step in files.reading([File(name=name, size=size, piece_range=found) for name, size, found in rows]):
        pass

    assert files.between(0, 0) == ["a"]
    assert files.between(3, 4) == ["a", "b"]
    assert files.between(7, 7) == ["b", "c"]
    assert files.between(0, 10) == ["a", "b", "c"]


def test_many_files_are_read_in_steps() -> None:
    files = FilesByPiece()

    assert sum(1 for _step in files.reading([File(piece_range=(0, 0))] * 10_000)) == 3


def test_pieces_without_a_state_are_missing() -> None:
    pieces = list(made(["ab", 7], bytes([2]), [3]))

    assert [(p.number, p.hash, p.state, p.availability) for p in pieces] == [(0, "ab", 2, 3), (1, "7", 0, -1)]


def test_only_the_pieces_that_are_different_are_told() -> None:
    pieces = list(made(["x"] * 10_000, bytes(10_000), ()))
    states = bytearray(10_000)
    states[5000] = 2

    assert [p.number for p in update(pieces, bytes(states), ())] == [5000]
    assert update(pieces, bytes(states), ()) == []
    assert len(update(pieces, bytes(states), [1] * 10_000)) == 10_000
    assert pieces[7].availability == 1 and pieces[5000].state == 2
