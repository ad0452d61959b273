"""The order of names."""

from __future__ import annotations

from itertools import pairwise

import pytest

from qbt_remote.sync.natural_order import natural


@pytest.mark.parametrize(
    "ordered",
    [
        ["file 1", "file 2", "file 10", "file 100"],
        ["A", "b", "C"],
        ["S01E09", "s01e10", "S2E1"],
        ["a", "a1", "ab"],
        ["x 9 y 10", "x 10 y 9"],
        ["1", "2", "a"],
        ["v1.9", "v1.10"],
        ["9" * 60, "1" + "0" * 60],
    ],
)
def test_names_sort_as_people_expect(ordered: list[str]) -> None:
    assert all(natural(a) < natural(b) for a, b in pairwise(ordered))


@pytest.mark.parametrize("pair", [("STRASSE", "straße"), ("A", "a"), ("x01", "x1")])
def test_case_and_leading_zeros_do_not_matter(pair: tuple[str, str]) -> None:
    assert natural(pair[0]) == natural(pair[1])


def test_any_number_makes_a_text_that_can_be_encoded() -> None:
    natural("9" * 100_000).encode()
