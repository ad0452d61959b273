"""The table of the add queue: its order, and what it touches when something happens to a few of many rows."""

from __future__ import annotations

import asyncio
import json

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from qbt_remote.local.add_queue import QueueFile, QueueRow, State
from qbt_remote.model.adding.queue_table import NAME, RESULT, SERVER, SIZE, QueueTable
from qbt_remote.model.adding.states import ADD_STATES, counts_text
from qbt_remote.model.names import name_key
from qbt_remote.sync.adding.queue_rows import QueueRows

MANY = 10_000


def row(id_: int, state: State = "queued", **told: str) -> QueueRow:
    item = {"source": f"/given/{id_}.torrent", "name": f"thing {id_}", "size": id_ * 1024}
    return QueueRow("home-id", "home", json.dumps(item), "{}", None, state, dict(told), 1.8e9, 1.8e9, id_)


class Watched:
    """A table over rows, with all that it told its views."""

    def __init__(self, *rows: QueueRow) -> None:
        self.rows = QueueRows(QueueFile(None))
        self.rows.all = {each.id: each for each in rows}
        self.table = QueueTable(self.rows, {})
        if len(rows) < MANY:  # it looks at each row, each time
            fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
            self.tester = QAbstractItemModelTester(self.table, fatal, self.table)
        self.touched = 0
        self.signals: list[str] = []
        self.table.dataChanged.connect(self._changed)
        self.table.rowsInserted.connect(lambda _parent, first, last: self._say("in", last - first + 1))
        self.table.rowsRemoved.connect(lambda _parent, first, last: self._say("out", last - first + 1))
        self.table.rowsMoved.connect(lambda *_where: self._say("moved", 1))
        self.table.layoutChanged.connect(lambda *_what: self.signals.append("order"))
        self.table.modelReset.connect(lambda: self.signals.append("reset"))

    def _changed(self, first: QModelIndex, last: QModelIndex) -> None:
        self._say("changed", last.row() - first.row() + 1)

    def _say(self, what: str, count: int) -> None:
        self.touched += count
        self.signals.append(what)

    def ids(self) -> list[int]:
        return [self.table.row(place).id for place in range(self.table.rowCount())]

    def become(self, state: State, *ids: int) -> None:
        for id_ in ids:
            self.rows.all[id_].state = state
        self.table.update(ids)


def text(model: QAbstractItemModel, place: int, column: int) -> str:
    return str(model.index(place, column).data())


def test_what_failed_comes_first_then_what_waits_and_what_was_added_only_if_wanted() -> None:
    seen = Watched(row(1), row(2, "failed"), row(3, "done"), row(4, "verifying"), row(5, "done"), row(6, "failed"))

    assert seen.ids() == [2, 6, 1, 4]
    assert seen.table.counts() == (2, 2)

    seen.table.show_done(True)
    assert seen.ids() == [2, 6, 1, 4, 5, 3], "of what was added the newest is the first"
    seen.table.show_done(False)
    assert seen.ids() == [2, 6, 1, 4]


def test_among_10000_rows_only_those_that_change_are_touched() -> None:
    seen = Watched(*(row(n) for n in range(1, MANY + 1)))

    seen.become("sending", 5000, 5001)
    assert (seen.touched, seen.signals) == (2, ["changed"])

    seen.become("done", 5000)
    seen.become("failed", 5001)
    assert (seen.touched, seen.signals[1:]) == (5, ["out", "moved", "changed"])
    assert seen.ids()[:2] == [5001, 1] and seen.table.rowCount() == MANY - 1

    seen.rows.all |= {n: row(n) for n in range(MANY + 1, MANY + 51)}
    seen.table.update(range(MANY + 1, MANY + 51))
    assert (seen.touched, seen.signals[4:]) == (55, ["in"])

    del seen.rows.all[7000]
    seen.table.update([7000])
    assert (seen.touched, seen.signals[5:]) == (56, ["out"])
    assert "reset" not in seen.signals


def test_what_is_selected_stays_so_however_many_rows_move() -> None:
    seen = Watched(*(row(n) for n in range(1, 201)))

    def moves() -> list[str]:
        return [signal for signal in seen.signals if signal != "changed"]

    selected = {n: QPersistentModelIndex(seen.table.index(seen.table.place(n), NAME)) for n in (1, 80, 199)}

    seen.become("failed", *range(60, 201, 2))
    assert moves() == ["order"]
    seen.become("queued", 80)
    seen.become("failed", 199)
    assert moves() == ["order", "moved", "moved"]

    assert {n: seen.table.row(index.row()).id for n, index in selected.items()} == {n: n for n in selected}
    failed = [*range(60, 80, 2), *range(82, 199, 2), 199, 200]
    assert seen.ids() == failed + [n for n in range(1, 199) if n not in failed]


SORTED: list[tuple[int, bool, list[int]]] = [
    (NAME, False, [2, 3, 10, 1]),
    (NAME, True, [1, 10, 3, 2]),
    (SIZE, True, [10, 3, 2, 1]),
    (RESULT, False, [1, 2, 10, 3]),
    (-1, False, [3, 1, 2, 10]),
]


@pytest.mark.parametrize(("column", "descending", "ids"), SORTED)
def test_it_is_sorted_by_any_column_and_stays_so(column: int, descending: bool, ids: list[int]) -> None:
    async def main() -> None:
        first = row(1)
        first.item = json.dumps({"source": "z", "name": "zebra", "size": 1})
        watched = Watched(first, row(2), row(3, "failed"), row(10))
        await watched.table.sort_by(column, descending=descending)
        assert watched.ids() == ids

        before = watched.ids()
        watched.become("failed", 2)
        watched.become("queued", 2)
        assert watched.ids() == before

    asyncio.run(main())


def test_a_row_that_changes_while_another_order_is_found_goes_where_it_belongs() -> None:
    async def main() -> None:
        watched = Watched(*map(row, range(1, MANY + 1)))
        sorting = asyncio.ensure_future(watched.table.sort_by(RESULT, descending=False))
        await asyncio.sleep(0)
        assert watched.signals == []  # it is not done in one turn
        watched.become("failed", 1)
        await watched.table.set_filter("thing 1")
        await sorting

        assert watched.signals.count("reset") == 1  # of the two only the last, which has what the first wanted
        shown = watched.ids()
        assert set(shown) == {n for n in range(1, MANY + 1) if "1" in str(n)}
        results = [text(watched.table, place, RESULT) for place in range(len(shown))]
        assert results == sorted(results, key=name_key) and len(set(results)) == 2
        assert watched.table.counts() == (MANY - 1, 1)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("state", "told", "words"),
    [
        ("failed", {"outcome": "refused", "reason": "a link is a single line"}, "Refused: a link is a single line"),
        ("failed", {"outcome": "unreachable", "reason": "no route"}, "Not reached: no route"),
        ("failed", {"outcome": "fetching"}, "Not known whether it was added"),
        ("done", {"outcome": "present"}, "Already there"),
        ("done", {"outcome": "added", "reason": ""}, "Added"),
        ("queued", {}, "Its server is gone; send it to another one"),
    ],
)
def test_how_it_stands_with_a_row_is_said_in_the_words_of_the_add_dialog(
    state: State, told: dict[str, str], words: str
) -> None:
    seen = Watched(row(1, state, **told))
    seen.table.show_done(True)

    assert text(seen.table, 0, RESULT) == words
    assert words.split(":")[0] in {known.words for known in ADD_STATES.values()}


def test_a_row_is_read_as_one_line_with_all_that_is_seen_of_it() -> None:
    seen = Watched(row(7, "failed", outcome="refused", reason="too large"))
    index = seen.table.index(0, NAME)

    assert [text(seen.table, 0, column) for column in (NAME, SERVER, SIZE)] == [
        "thing 7",
        "home (gone)",
        "7.0 KiB",
    ]
    spoken = str(index.data(Qt.ItemDataRole.AccessibleTextRole))
    assert spoken.startswith("thing 7, home (gone), Refused: too large, 7.0 KiB, ")
    assert "/given/7.torrent" in str(index.data(Qt.ItemDataRole.ToolTipRole))


def test_counts_are_said_in_full_sentences() -> None:
    assert [counts_text(*pair) for pair in ((0, 0), (3, 0), (0, 1), (1, 2))] == [
        "",
        "3 waiting to be added",
        "1 was not added",
        "2 were not added, 1 waiting to be added",
    ]
