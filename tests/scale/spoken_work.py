"""Counts what Qt asks a table's model while a screen reader listens; never how long it took.

Run as a program, with ``tests.ui.spoken.ALWAYS_ON`` and a session bus: reads ``[count, ...]`` from standard input,
prints the counts as JSON, ``{count: {act: questions}}``, and stays there to be read until its input ends.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QSocketNotifier, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from qbt_remote.model import table
from qbt_remote.sync.query.language import parse
from tests.scale.work import Stage, traffic

TOGGLE = QItemSelectionModel.SelectionFlag.Toggle | QItemSelectionModel.SelectionFlag.Rows
QUESTIONS = {"rowCount", "columnCount", "index", "flags", "data", "headerData"}


def asked(act: Callable[[], object]) -> int:
    """Do this until all is painted, and give how often the model was asked something."""
    count = 0

    def called(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        code = frame.f_code
        count += event == "call" and code.co_name in QUESTIONS and code.co_filename == table.__file__

    QApplication.processEvents()
    sys.setprofile(called)
    try:
        act()
        QApplication.processEvents()
    finally:
        sys.setprofile(None)
    return count


def acts(stage: Stage) -> dict[str, Callable[[], object]]:
    model, view = stage.model, stage.view

    def row(i: int) -> QModelIndex:
        return model.index(i, model.column("name"))

    return {
        "select all": view.selectAll,
        "sort": lambda: view.sortByColumn(model.column("size"), Qt.SortOrder.DescendingOrder),
        "poll": lambda: stage.tell(stage.changed(traffic)),
        "filter": lambda: stage.feed.set_query(parse("series 1")),
        "one row": lambda: view.select_rows(model.rows[:1]),
        "next row": lambda: view.setCurrentIndex(row(1)),
        "all others": lambda: view.selectionModel().select(QItemSelection(row(0), row(model.rowCount() - 1)), TOGGLE),
        "none": view.clearSelection,
    }


def main() -> None:
    app = QApplication(sys.argv[:1])
    app.setApplicationName("spoken")
    until = time.monotonic() + 20
    while not QAccessible.isActive():
        assert time.monotonic() < until, "nobody listens"
        app.processEvents()
    found: dict[int, dict[str, int]] = {}
    counts = json.loads(sys.stdin.readline())
    for count in counts:
        stage = Stage(count)
        stage.view.setAccessibleName("Torrents")
        found[count] = {name: asked(act) for name, act in acts(stage).items()}
        if count != counts[-1]:
            stage.close()
    print(json.dumps(found), flush=True)
    ends = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    ends.activated.connect(app.quit)
    app.exec()


if __name__ == "__main__":
    main()
