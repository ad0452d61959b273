"""Order: whatever is added, removed or changed, it is what sorting anew would give."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbt_remote.model.keys import falling
from qbt_remote.model.order import Order
from qbt_remote.model.places import Last
from qbt_remote.sync.steps import at_once

key = attrgetter("key")


@dataclass(eq=False)
class Row:
    key: int


class Asked:
    """A sort key that counts how often it is asked for."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, row: Row) -> int:
        self.times += 1
        return row.key


class Plain:
    """The same thing, slow and sure: ranks beside the rows, sorted whenever anything happens."""

    def __init__(self, rows: list[Row], *, down: bool) -> None:
        self._down, self._ranks = down, {row: rank for rank, row in enumerate(rows)}
        self._next = len(rows)

    def add(self, row: Row) -> None:
        self._ranks[row] = self._next
        self._next += 1

    def remove(self, row: Row) -> None:
        del self._ranks[row]

    @property
    def rows(self) -> list[Row]:
        return sorted(sorted(self._ranks, key=self._ranks.__getitem__), key=key, reverse=self._down)


keys = st.integers(0, 4)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("change"), st.lists(st.tuples(st.integers(0, 60), keys), max_size=8)),
        st.tuples(st.just("add"), keys),
        st.tuples(st.just("remove"), st.integers(0, 60)),
        st.tuples(st.just("keep"), st.lists(st.integers(0, 60), max_size=12)),
        st.tuples(st.just("all"), st.lists(st.tuples(st.integers(0, 60), keys, st.booleans()), max_size=12)),
    ),
    max_size=20,
)


def change(order: Order, rows: Sequence[Row], gone: Set[Row] = frozenset(), new: Sequence[Row] = ()) -> bool:
    """Let rows go where they belong, or come and go; True if one that stays moved."""
    before = order.rows.copy()
    after = at_once(order.changing(rows, gone, new))
    assert order.rows == before, "nothing is different before it is taken over"
    order.take_over(after)
    return bool(after.moves)


def play(order: Order, plain: Plain, step: tuple[str, Any]) -> Order:
    what, given_ = step
    rows = plain.rows
    if what == "change":
        changed = [(rows[i % len(rows)], value) for i, value in given_ if rows]
        for row, value in changed:
            row.key = value
        change(order, [row for row, _value in changed])
    elif what == "add":
        row = Row(given_)
        place = order.position_for(row)
        order.add(row)
        plain.add(row)
        assert order.index(row) == place
    elif rows and what == "remove":
        order.remove(rows[given_ % len(rows)])
        plain.remove(rows[given_ % len(rows)])
    elif rows and what == "keep":
        gone = {rows[i % len(rows)] for i in given_}
        order = at_once(order.keeping(gone))
        for row in gone:
            plain.remove(row)
    elif rows and what == "all":
        play_all(order, plain, given_)
    return order


def play_all(order: Order, plain: Plain, given_: list[tuple[int, int, bool]]) -> None:
    """In one go some rows change, some of which leave, and as many come."""
    rows = plain.rows
    changed = [rows[i % len(rows)] for i, _key, _stays in given_]
    gone = {row for row, (_i, _key, stays) in zip(changed, given_, strict=True) if not stays}
    new = [Row(value) for _i, value, _stays in given_]
    for row, (_i, value, _stays) in zip(changed, given_, strict=True):
        row.key = value
    change(order, changed, gone, new)
    for row in gone:
        plain.remove(row)
    for row in new:
        plain.add(row)


@pytest.mark.parametrize("down", [False, True])
@given(first=st.lists(keys, max_size=30), history=steps, block=st.sampled_from([2, 3, 512]))
@settings(max_examples=200, deadline=None)
def test_the_order_is_that_of_sorting_anew(down: bool, first: list[int], history: list[Any], block: int) -> None:
    rows = [Row(value) for value in first]
    order, plain = Order(block), Plain(rows, down=down)
    order.sort(rows, key, down=down)
    for step in history:
        order = play(order, plain, step)
        wanted = plain.rows
        assert order.rows == wanted
        assert [order[i] for i in range(len(order))] == wanted
        assert [order.index(row) for row in wanted] == list(range(len(wanted)))


@pytest.mark.parametrize("down", [False, True])
def test_many_that_move_are_sorted_at_once(down: bool) -> None:
    rows = [Row(i) for i in range(5000)]
    order = Order()
    order.sort(rows, key, down=down)
    for row in rows[::2]:
        row.key = -row.key // 3

    change(order, rows)

    assert order.rows == sorted(rows, key=key, reverse=down)
    assert [order.index(row) for row in order.rows] == list(range(len(rows)))


def test_nothing_is_different_before_the_last_step_of_sorting() -> None:
    rows = [Row(-i) for i in range(20_000)]
    order = Order()
    order.sort(rows, None, down=False)

    for _turn in order.sorting(rows, key, down=False):
        assert order.rows == rows

    assert order.rows == rows[::-1]


@pytest.mark.parametrize("n", [1_000, 50_000])
def test_what_a_change_costs_does_not_grow_with_the_rows(n: int) -> None:
    asked, rows = Asked(), [Row(i) for i in range(n)]
    order = Order()
    order.sort(rows, asked, down=True)
    asked.times = 0
    for row in rows[:100]:
        row.key = n - row.key

    change(order, rows[:100])

    assert asked.times == 100


def test_a_position_that_is_none_is_refused() -> None:
    order = Order()
    order.sort([Row(1)], key, down=True)

    with pytest.raises(IndexError):
        order[1]
    assert order.index(Row(1)) == -1


@dataclass(eq=False)
class Named(Row):
    """A row with what decides between equal keys."""

    second: int
    name: str


named = st.lists(st.builds(Named, st.integers(0, 2), st.integers(0, 2), st.uuids().map(str)), max_size=30)


@pytest.mark.parametrize("down", [False, True])
@given(rows=named, late=named, data=st.data(), block=st.sampled_from([2, 3, 512]))
@settings(max_examples=150, deadline=None)
def test_equal_rows_stand_by_their_last_keys_however_they_came(
    down: bool, rows: list[Named], late: list[Named], data: st.DataObject, block: int
) -> None:
    last = Last(attrgetter("second"), attrgetter("name"))
    order = Order(block)
    order.sort(data.draw(st.permutations(rows)), key, down=down, last=last)
    renamed = data.draw(st.lists(st.sampled_from(rows), unique_by=id)) if rows else []
    for row in renamed:
        row.key, row.second = row.key + data.draw(st.integers(0, 1)), data.draw(st.integers(0, 2))
        row.name = row.name[::-1]
    new = late[::2]
    change(order, renamed, new=new)
    for row in late[1::2]:
        order.add(row)

    by_last = sorted([*rows, *late], key=attrgetter("second", "name"))
    assert order.rows == sorted(by_last, key=key, reverse=down)
    assert [order.index(row) for row in order.rows] == list(range(len(order)))


VALUES: tuple[st.SearchStrategy[Any], ...] = (
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.text(st.characters(exclude_characters="\0")),
    st.tuples(st.integers(0, 1), st.text("ab")),
    st.binary(),
)


@pytest.mark.parametrize("values", VALUES, ids=["int", "float", "bool", "text", "tuple", "else"])
@given(data=st.data())
def test_a_falling_key_turns_the_order_of_any_values_around(
    values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    one, other = data.draw(values), data.draw(values)

    turned = falling(lambda value: value)

    assert (turned(one) < turned(other)) == (other < one)
    assert (turned(one) == turned(other)) == (one == other)
