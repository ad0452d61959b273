"""How many are selected, and how large they are together: right whatever happens, at the cost of what changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.qtbot import QtBot

from qbt_remote.model.columns import torrent_columns
from qbt_remote.model.table import TableModel
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.steps import Steps
from qbt_remote.ui.filtering.selected import Selected
from qbt_remote.ui.table.table_view import TableView
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.rig import Rig, play

ROWS = 20_000
FLAG = QItemSelectionModel.SelectionFlag


class Row:
    """What a Torrent is to the table, which counts how often it was asked for its size."""

    asked = 0

    def __init__(self, number: int) -> None:
        self.name, self.server, self.hash, self.state, self.bytes = f"t{number}", "", str(number), "uploading", number

    @property
    def size(self) -> int:
        Row.asked += 1
        return self.bytes


class Stage:
    def __init__(self, qtbot: QtBot) -> None:
        self.model = TableModel([column for column in torrent_columns({}) if column.id == "name"])
        self.table = TableView(self.model, sort=(("name", Qt.SortOrder.AscendingOrder),))
        qtbot.addWidget(self.table)
        self.rows = [Row(number) for number in range(ROWS)]
        self.model.set_rows(self.rows)
        self.selected = Selected(self.table, self.model, self.table)

    def asked(self, act: Callable[[], object]) -> int:
        """How many rows were asked for their size by this and by counting what is selected after it."""
        before = Row.asked
        act()
        self.selected.count()
        return Row.asked - before

    def is_right(self) -> bool:
        rows = self.table.selected_rows()
        return (self.selected.number, self.selected.size) == (len(rows), sum(row.bytes for row in rows))


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return Stage(qtbot)


def test_a_row_more_or_less_costs_that_row(stage: Stage) -> None:
    assert stage.asked(lambda: stage.table.select_rows(stage.rows[:10_000])) == 10_000
    assert stage.is_right()

    for place in (5, ROWS - 1):
        index = stage.model.index(place, 0)
        assert stage.asked(lambda i=index: stage.table.selectionModel().select(i, FLAG.Toggle | FLAG.Rows)) <= 1  # type: ignore[misc]  # a default binds the loop's value
        assert stage.is_right()


def test_a_poll_costs_what_it_changed(stage: Stage) -> None:
    stage.table.select_rows(stage.rows[:10_000])
    stage.selected.count()
    changed = [stage.rows[3], stage.rows[ROWS - 1]]
    changes = Changes(changed=changed, fields={"size"}, before={row: {"size": row.bytes} for row in changed})  # type: ignore[arg-type, misc]  # read like torrents
    for row in changed:
        row.bytes += 1000

    assert stage.asked(lambda: list(stage.selected.take(None, changes))) == 1  # type: ignore[arg-type]  # it does not ask
    assert stage.is_right()

    gone = Changes(removed=stage.rows[:4])  # type: ignore[arg-type]  # as above
    assert stage.asked(lambda: stage.model.apply(gone)) == 0
    assert stage.is_right() and stage.selected.number == 9_996


def test_sorting_and_deselecting_cost_nothing(stage: Stage) -> None:
    stage.table.select_rows(stage.rows[:10_000])
    stage.selected.count()

    assert stage.asked(lambda: stage.model.sort(0, Qt.SortOrder.DescendingOrder)) == 0
    assert stage.is_right() and stage.selected.number == 10_000
    assert stage.asked(stage.table.clearSelection) == 0
    assert (stage.selected.number, stage.selected.size) == (0, 0)


def test_what_a_filter_hides_is_no_longer_counted(stage: Stage) -> None:
    stage.table.select_rows(stage.rows)
    stage.selected.count()

    stage.model.set_filter(lambda row: row.bytes < 5000, frozenset({"name"}))
    stage.selected.count()

    assert stage.is_right() and stage.selected.number == 5_000


def test_what_is_selected_while_others_are_counted_is_right_in_the_end(stage: Stage) -> None:
    under_way: list[Steps[None]] = []
    stage.selected.in_turns = under_way.append
    stage.table.select_rows(stage.rows[:10_000])
    stage.selected.count()
    first = under_way.pop()
    next(first)
    stage.rows[0].bytes += 7  # a poll, while it is counted
    list(stage.selected.take(None, Changes(fields={"size"}, before={stage.rows[0]: {"size": 0}})))  # type: ignore[arg-type, dict-item]  # as above
    stage.table.select_rows(stage.rows[100:9_000])
    stage.selected.count()

    list(first)
    assert stage.selected.size is None
    list(under_way.pop())

    assert stage.is_right()


def test_status_bar_says_what_is_selected_and_what_is_listed(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        def said() -> list[str]:
            return [label.text() for _line, label in rig.window.status.fields() if not label.isHidden()]

        await until(lambda: said()[:1] == ["3 torrents, 7.00 GiB"])
        rig.select("A", "C")
        assert said()[:2] == ["2 selected, 5.00 GiB", "3 torrents, 7.00 GiB"]

        rig.home.world.set(rig.home.torrent("C").hash, size=5 << 30)
        await until(lambda: said()[:2] == ["2 selected, 6.00 GiB", "3 torrents, 8.00 GiB"])
        rig.window.filter_box.setText("A")
        await until(lambda: said()[:2] == ["1 selected, 1.00 GiB", "1 of 3 torrents, 1.00 GiB"])
        rig.window.table.clearSelection()
        assert said()[0] == "1 of 3 torrents, 1.00 GiB"

    def sized(rig: Rig) -> None:
        for name, gib in (("A", 1), ("B", 2), ("C", 4)):
            rig.home.world.add(name, size=gib << 30)

    play(run, scene, before=sized)


def test_all_selected_is_known_without_counting(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window, counted = rig.window, list[Steps[None]]()
        window.selected.in_turns = counted.append
        await until(lambda: window.feed.torrents == 2500)
        window.table.selectAll()
        shown = window.status.fields()[0][1]
        assert (window.selected.number, shown.text()) == (2500, "2500 selected, 2.44 GiB")
        assert not counted

        window.table.selectionModel().select(window.model.index(0, 0), FLAG.Toggle | FLAG.Rows)
        (steps,) = counted
        assert shown.text() == "2499 selected"
        list(steps)
        assert shown.text() == "2499 selected, 2.44 GiB"

    def many(rig: Rig) -> None:
        for number in range(2500):
            rig.home.world.add(f"t{number}", size=1 << 20)

    play(run, scene, before=many)
