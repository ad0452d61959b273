"""TableModel: what it shows is always what sorting and filtering the rows would give."""

import random
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

import pytest
from PySide6.QtCore import QLocale, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from qbt_remote.model import table, text
from qbt_remote.model.columns import TORRENT, Column
from qbt_remote.model.look import Look
from qbt_remote.model.names import name_key
from qbt_remote.model.sorting import OF_TORRENTS
from qbt_remote.model.table import TableModel
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.torrent import Torrent

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
BY_ID = {column.id: i for i, column in enumerate(TORRENT)}


def watched(columns: Sequence[Column]) -> TableModel:
    made = TableModel(columns)
    made.setProperty(
        "tester", QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    )
    return made


@pytest.fixture
def model() -> TableModel:
    return watched(TORRENT)


def torrents(n: int) -> list[Torrent]:
    return [Torrent(hash=f"{i}", name=f"n{i}", dlspeed=i * 10) for i in range(n)]


def names(model: TableModel) -> list[str]:
    return [model.index(i, BY_ID["name"]).data() for i in range(model.rowCount())]


def count(signal: Any) -> list[tuple[Any, ...]]:
    seen: list[tuple[Any, ...]] = []
    signal.connect(lambda *args: seen.append(args))
    return seen


def changed(rows: list[Torrent], *fields: str) -> Changes:
    return Changes(changed=rows, fields=set(fields))


def test_rows_are_shown_as_sorted(model: TableModel) -> None:
    model.set_rows(torrents(12))

    model.sort(BY_ID["dlspeed"], DOWN)

    assert names(model) == [f"n{i}" for i in range(11, -1, -1)]


def test_the_column_sorted_before_breaks_ties_both_ways(model: TableModel) -> None:
    rows = torrents(6)
    for row in rows:
        row.category = "a" if row.dlspeed % 20 else "b"
    model.set_rows(rows)
    model.sort(BY_ID["dlspeed"], DOWN)

    model.sort(BY_ID["category"], UP)
    assert names(model) == ["n5", "n3", "n1", "n4", "n2", "n0"]

    model.sort(BY_ID["category"], DOWN)
    assert names(model) == ["n4", "n2", "n0", "n5", "n3", "n1"]


def test_a_change_of_another_field_moves_no_row_and_tells_only_what_changed(model: TableModel) -> None:
    rows = torrents(50)
    model.set_rows(rows)
    model.sort(BY_ID["name"], UP)
    moved, told = count(model.layoutChanged), list[Any]()
    model.dataChanged.connect(lambda *_range: told.append(model.touched))

    rows[7].upspeed = rows[9].upspeed = 5
    model.apply(changed([rows[9], rows[7]], "upspeed"))

    assert not moved
    assert told == [{rows[7], rows[9]}]


def test_a_change_of_order_that_changes_nothing_moves_nothing(model: TableModel) -> None:
    rows = torrents(5)
    model.set_rows(rows)
    model.sort(BY_ID["dlspeed"], UP)
    moved = count(model.layoutChanged)

    rows[2].dlspeed += 1
    model.apply(changed([rows[2]], "dlspeed"))

    assert not moved


def test_persistent_indexes_follow_their_rows_when_the_order_changes(model: TableModel) -> None:
    rows = torrents(30)
    model.set_rows(rows)
    model.sort(BY_ID["dlspeed"], UP)
    kept = {row: QPersistentModelIndex(model.index(i, 3)) for i, row in enumerate(model.rows)}

    for row in rows:
        row.dlspeed = 1000 - row.dlspeed
    model.apply(changed(rows, "dlspeed"))

    assert all(model.row(index.row()) is row and index.column() == 3 for row, index in kept.items())


def test_a_few_rows_come_and_go_one_by_one_and_many_by_one_reset(model: TableModel) -> None:
    rows = torrents(100)
    model.set_rows(rows[:50])
    model.sort(BY_ID["name"], UP)
    resets, inserted, removed = count(model.modelReset), count(model.rowsInserted), count(model.rowsRemoved)

    model.apply(Changes(added=rows[50:58], removed=rows[:8]))
    assert (len(resets), len(inserted), len(removed)) == (0, 8, 8)

    model.apply(Changes(added=rows[58:75]))
    assert (len(resets), len(inserted), len(removed)) == (1, 8, 8)
    assert model.rows == rows[8:75]


def test_a_row_leaves_and_comes_back_as_the_filter_has_it(model: TableModel) -> None:
    rows = torrents(5)
    model.set_rows(rows)
    model.sort(BY_ID["name"], UP)
    model.set_filter(lambda t: t.upspeed == 0, frozenset(("upspeed",)))

    rows[1].upspeed = 9
    model.apply(changed([rows[1]], "upspeed"))
    assert names(model) == ["n0", "n2", "n3", "n4"]

    rows[1].upspeed = 0
    model.apply(changed([rows[1]], "upspeed"))
    assert names(model) == ["n0", "n1", "n2", "n3", "n4"]


def test_the_filter_is_not_asked_for_fields_that_it_does_not_read(model: TableModel) -> None:
    rows = torrents(5)
    asked: list[Torrent] = []

    def note(t: Torrent) -> bool:
        asked.append(t)
        return True

    model.set_rows(rows)
    model.set_filter(note, frozenset(("category",)))
    asked.clear()

    model.apply(changed(rows, "dlspeed"))

    assert not asked


def test_changes_of_rows_that_are_not_in_the_table_are_nothing(model: TableModel) -> None:
    rows = torrents(3)
    model.set_rows(rows)
    model.set_filter(lambda t: True, frozenset(("dlspeed",)))

    model.apply(Changes(changed=torrents(2), removed=torrents(1), fields={"dlspeed"}))

    assert model.rows == rows


def test_nothing_moves_while_the_table_is_held(model: TableModel) -> None:
    rows = torrents(6)
    model.set_rows(rows[:5])
    model.sort(BY_ID["dlspeed"], UP)
    model.set_filter(lambda t: not t.force_start, frozenset(("force_start",)))
    told = count(model.dataChanged)
    model.hold()
    model.hold()

    rows[0].dlspeed, rows[1].force_start = 999, True
    model.apply(Changes(added=[rows[5]], removed=[rows[4]], changed=rows[:2], fields={"dlspeed", "force_start"}))
    model.release()
    assert names(model) == ["n0", "n1", "n2", "n3", "n4"]
    assert len(told) == 1, "texts change all the same"

    model.release()
    assert names(model) == ["n2", "n3", "n5", "n0"]


def test_many_new_rows_are_taken_in_in_steps_and_shown_at_once() -> None:
    model, rows = TableModel(TORRENT), torrents(20_000)  # the tester would ask for each cell
    model.set_rows(rows[:2])
    model.sort(BY_ID["dlspeed"], DOWN)
    resets = count(model.modelReset)

    for _step in model.applying(Changes(added=rows[2:], removed=rows[:1], changed=rows[1:2], fields={"dlspeed"})):
        assert model.rows == rows[1::-1]

    assert model.rows == rows[:0:-1]
    assert len(resets) == 1


@pytest.mark.parametrize("steps", range(1, 16))
def test_what_is_asked_between_the_steps_sees_them_taken(steps: int) -> None:
    model, rows = TableModel(TORRENT), torrents(20_000)
    model.sort(BY_ID["name"], DOWN)
    taking = model.applying(Changes(added=rows))
    for _step in range(steps):
        next(taking)

    rows[5].dlspeed = -1
    model.sort(BY_ID["dlspeed"], UP)
    assert model.rows == [rows[5], *rows[:5], *rows[6:]]

    more = torrents(1)
    model.apply(Changes(added=more, removed=rows[:1]))
    assert list(taking) == []
    assert model.rows == [rows[5], *more, *rows[1:5], *rows[6:]]


@pytest.mark.parametrize("steps", range(14))
def test_a_long_list_is_sorted_and_filtered_in_turns_that_anything_may_end(steps: int) -> None:
    model, rows, given = TableModel(TORRENT), torrents(20_000), list[Iterator[bool | None]]()
    model.set_rows(rows)
    model.in_turns = given.append

    model.sort(BY_ID["dlspeed"], DOWN)
    for _step, _ in zip(given[0], range(steps), strict=False):
        assert model.rows in (rows, rows[::-1])
    model.set_filter(lambda t: t.dlspeed < 100, frozenset(("dlspeed",)))
    for _step, _ in zip(given[1], range(steps), strict=False):
        assert model.rows == rows[::-1], "first the sorting is done"
    model.set_filter(lambda t: t.dlspeed > 100, frozenset(("dlspeed",)))
    assert model.rows == rows[::-1], "what nobody waits for any more is not shown"
    model.finish()
    assert model.rows == rows[:10:-1]
    model.set_filter(lambda t: True, frozenset())
    model.apply(Changes(removed=rows[3:5]))

    assert model.rows == [*rows[:4:-1], *rows[2::-1]]
    assert [list(left) for left in given] == [[]] * len(given)


def test_a_hold_without_changes_ends_without_a_signal(model: TableModel) -> None:
    model.set_rows(torrents(3))
    moved = count(model.moving)

    model.hold()
    model.release()

    assert not moved


def test_only_six_roles_are_answered(model: TableModel) -> None:
    model.set_rows(torrents(1))
    index = model.index(0, BY_ID["name"])

    assert index.data(Qt.ItemDataRole.FontRole) is None
    assert index.data(Qt.ItemDataRole.CheckStateRole) is None
    assert index.data(Qt.ItemDataRole.ForegroundRole) is None, "no look, no colour"
    assert index.data(Qt.ItemDataRole.DecorationRole) is None
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "n0"
    assert str(index.data(Qt.ItemDataRole.AccessibleTextRole)).startswith("n0, ")
    assert index.siblingAtColumn(BY_ID["size"]).data(Qt.ItemDataRole.AccessibleTextRole) is None
    assert model.data(QModelIndex()) is None


def test_the_look_gives_colours_and_icons(model: TableModel) -> None:
    rows = torrents(2)
    rows[1].server = "down"
    model.set_rows(rows)
    model.look = Look(lambda row: "icon", lambda row: "dim icon", lambda row: "state", "faint", "stale")

    def color(row: int, column: str) -> object:
        return model.data(model.index(row, BY_ID[column]), Qt.ItemDataRole.ForegroundRole)

    def icon(row: int) -> object:
        return model.data(model.index(row, BY_ID["name"]), Qt.ItemDataRole.DecorationRole)

    assert icon(1) == "icon"
    assert [color(0, "name"), color(0, "state"), color(0, "upspeed"), color(1, "dlspeed")] == [
        None,
        "state",
        "faint",
        None,
    ]
    model.set_stale(frozenset(("down",)))
    assert [icon(0), icon(1)] == ["icon", "dim icon"]
    assert [color(0, "state"), color(1, "state"), color(1, "name")] == ["state", "stale", "stale"]


def test_rows_are_repainted_once_when_their_server_is_lost(model: TableModel) -> None:
    model.set_rows(torrents(3))
    told = count(model.dataChanged)

    model.set_stale(frozenset("a"))
    model.set_stale(frozenset("a"))

    assert len(told) == 1


def test_headers_have_titles_tips_and_a_first_order(model: TableModel) -> None:
    def header(column: str, role: Qt.ItemDataRole) -> object:
        return model.headerData(BY_ID[column], Qt.Orientation.Horizontal, role)

    assert header("popularity", Qt.ItemDataRole.DisplayRole) == "Popularity"
    assert header("popularity", Qt.ItemDataRole.ToolTipRole) == "Ratio / Time Active in months"
    assert header("name", Qt.ItemDataRole.ToolTipRole) == "Name"
    assert header("size", Qt.ItemDataRole.InitialSortOrderRole) == DOWN
    assert header("name", Qt.ItemDataRole.InitialSortOrderRole) == UP
    assert header("name", Qt.ItemDataRole.FontRole) is None
    assert model.headerData(0, Qt.Orientation.Vertical) is None


def test_rows_and_columns_are_found(model: TableModel) -> None:
    rows = torrents(3)
    model.set_rows(rows)

    assert [model.index_of(row) for row in (rows[2], Torrent())] == [2, -1]
    assert [model.column("name"), model.column("no such")] == [1, -1]
    model.sort(-1, UP)
    model.sort(999, UP)
    assert model.rows == rows


FEW = tuple(column for column in TORRENT if column.id in ("name", "upspeed", "category", "eta"))
"""The tester asks for every cell after each step: with all columns it takes a minute."""
CRITERIA: list[tuple[Callable[[Torrent], bool], frozenset[str]]] = [
    (lambda t: True, frozenset()),
    (lambda t: t.upspeed > 0, frozenset(("upspeed",))),
    (lambda t: t.category != "b", frozenset(("category",))),
]


class World:
    """Torrents that change at random, and the model that must keep up."""

    def __init__(self, model: TableModel, seed: int) -> None:
        self.random, self.model, self.alive, self.made = random.Random(seed), model, torrents(40), 40
        self.accepts, self.column, self.down, self.resets = CRITERIA[0][0], FEW[0], False, 0
        model.modelReset.connect(self.note_reset)
        model.set_rows(self.alive)
        model.sort(0, UP)

    def note_reset(self) -> None:
        self.resets += 1

    def step(self) -> None:
        what = self.random.random()
        if what < 0.1:
            self.accepts, fields = self.random.choice(CRITERIA)
            self.model.set_filter(self.accepts, fields)
        elif what < 0.2:
            i, self.down = self.random.randrange(len(FEW)), self.random.random() < 0.5
            self.column = FEW[i]
            self.model.sort(i, DOWN if self.down else UP)
        else:
            self.poll()

    def poll(self) -> None:
        self.model.apply(self.churn())

    def churn(self) -> Changes:
        many = self.random.random() < 0.15
        gone = self.random.sample(self.alive, min(len(self.alive), self.random.randrange(40 if many else 5)))
        added = [Torrent(name=f"a{self.made + i}") for i in range(self.random.randrange(30 if many else 4))]
        self.made += len(added)
        self.alive = [row for row in self.alive if row not in gone]
        changed = self.random.sample(self.alive, min(len(self.alive), self.random.randrange(12)))
        fields = set(self.random.sample(["dlspeed", "upspeed", "category", "eta", "progress"], 2))
        for row in [*changed, *added]:
            for name in fields:
                value = self.random.choice("ab") if name == "category" else self.random.randrange(3)
                setattr(row, name, value)
        self.alive += added
        return Changes(added=added, removed=gone, changed=changed, fields=fields)

    def check(self) -> None:
        key = self.column.sort_down if self.down else self.column.sort
        wanted = sorted(filter(self.accepts, self.alive), key=key, reverse=self.down)
        assert set(self.model.rows) == set(wanted)
        assert [key(row) for row in self.model.rows] == [key(row) for row in wanted]


@pytest.mark.parametrize("seed", range(5))
def test_the_table_is_always_the_sorted_filtered_rows_and_indexes_follow_theirs(seed: int) -> None:
    model = watched(FEW)
    world = World(model, seed)

    for _ in range(120):
        resets = world.resets
        kept = [(row, QPersistentModelIndex(model.index(i, 0))) for i, row in enumerate(model.rows)]
        world.step()
        world.check()
        for row, index in kept:
            if world.resets == resets:
                assert model.index_of(row) == index.row()


class Interrupted(World):
    """Nothing is done at once: sorting, filtering and the polls of a server are begun and go on between each other."""

    def __init__(self, model: TableModel, seed: int) -> None:
        super().__init__(model, seed)
        self.begun: list[Iterator[bool | None]] = []
        self.polled: Iterator[bool | None] = iter(())
        model.in_turns = self.begun.append

    def poll(self) -> None:
        list(self.polled)  # the next one begins when all of the last is shown
        self.polled = self.model.applying(self.churn())
        self.begun.append(self.polled)

    def go_on(self) -> None:
        if self.begun:
            next(self.random.choice(self.begun), None)

    def end(self) -> None:
        while self.begun:
            list(self.begun.pop(0))


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_begun_between_the_steps_of_whatever_else(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_SLICED", 0)
    world = Interrupted(watched(FEW), seed)

    for _ in range(12):
        for _turn in range(world.random.randrange(1, 8)):
            world.step()
            for _step in range(world.random.randrange(6)):
                world.go_on()
        world.end()
        world.check()


EQUAL = ("size", "added_on", "category", "state", "progress", "private", "comment")


@pytest.mark.parametrize("order", [UP, DOWN])
@pytest.mark.parametrize("column", EQUAL)
@pytest.mark.parametrize("n", [40, 6000])
def test_rows_with_equal_values_have_one_order_however_the_list_came_to_be(
    n: int, column: str, order: Qt.SortOrder
) -> None:
    rows = [Torrent(hash=f"{i % 7}{i}", server="ab"[i % 2], name=f"n{i // 3}", size=i % 3 // 2) for i in range(n)]
    chance = random.Random(n)
    chance.shuffle(rows)
    model = TableModel(TORRENT, last=OF_TORRENTS)
    model.set_rows(rows[: n // 2])
    model.sort(BY_ID["name"], UP)
    model.sort(BY_ID[column], order)
    model.apply(Changes(added=rows[n // 2 : n // 2 + 5]))
    model.apply(Changes(added=rows[n // 2 + 5 :]))

    last = attrgetter(*OF_TORRENTS)
    wanted = sorted(rows, key=lambda t: (name_key(t.name), *last(t)))
    if column == "size":
        wanted.sort(key=attrgetter("size"), reverse=order == DOWN)
    assert model.rows == wanted

    model.set_filter(lambda row: row.server == "a", frozenset({"server"}))
    model.set_filter(lambda row: True, frozenset())
    assert model.rows == wanted

    chance.shuffle(rows)
    model.set_rows(rows)
    assert model.rows == wanted

    orders = []
    for _start in range(2):
        chance.shuffle(rows)
        again = TableModel(TORRENT, last=OF_TORRENTS)
        again.set_rows(rows)
        again.sort(BY_ID[column], order)
        orders.append(again.rows)
    assert orders[0] == orders[1]


def test_the_column_sorted_before_decides_between_equal_rows_that_come_later_too() -> None:
    model = TableModel(TORRENT, last=OF_TORRENTS)
    rows = torrents(6)
    model.set_rows(rows[::2])
    model.sort(BY_ID["dlspeed"], DOWN)
    model.sort(BY_ID["category"], UP)

    model.apply(Changes(added=rows[1::2]))
    assert names(model) == ["n5", "n4", "n3", "n2", "n1", "n0"]

    rows[0].dlspeed = 45
    model.apply(changed(rows[:1], "dlspeed"))
    assert names(model) == ["n5", "n0", "n4", "n3", "n2", "n1"]


def test_a_torrent_that_gets_another_name_goes_where_it_belongs_among_its_equals() -> None:
    model = TableModel(TORRENT, last=OF_TORRENTS)
    rows = torrents(4)
    model.set_rows(rows)
    model.sort(BY_ID["size"], DOWN)

    rows[3].name = "n00"
    model.apply(changed(rows[3:], "name"))

    assert names(model) == ["n0", "n00", "n1", "n2"]


def test_another_language_sorts_the_rows_again() -> None:
    before = QLocale()
    text.use_locale(QLocale("en_US"))
    model = TableModel(TORRENT, last=OF_TORRENTS)
    model.set_rows([Torrent(name=name, hash=name) for name in ("Ärger", "Zebra", "arm")])
    model.sort(BY_ID["name"], UP)
    assert names(model) == ["Ärger", "arm", "Zebra"]

    text.use_locale(QLocale("sv_SE"))
    model.sort_again()

    assert names(model) == ["arm", "Zebra", "Ärger"]
    text.use_locale(before)
