"""Rows of a table as text, the columns as they are shown: to be pasted into a spreadsheet, or to be read."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from qbt_remote.model.columns import Column
from qbt_remote.model.i18n import tr
from qbt_remote.sync.steps import Steps
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.table.header import Header

_STARTS_A_FORMULA = ("=", "+", "-", "@")
_ROWS_A_STEP = 50


def copying(header: Header, rows: Sequence[Any], *, as_csv: bool) -> Steps[None]:
    """Put these rows onto the clipboard, below a line of the columns' titles; in steps, since there may be 100,000."""
    columns = header.shown_columns()
    lines = io.StringIO()
    write = csv.writer(lines, lineterminator="\n").writerow if as_csv else partial(_write_with_tabs, lines)
    write([tr(column.title) for column in columns])
    for n, row in enumerate(rows):
        write([_cell(column, row) for column in columns])
        if not n % _ROWS_A_STEP:
            yield False
    QGuiApplication.clipboard().setText(lines.getvalue().removesuffix("\n"))


def add_copying(
    menu: QMenu, header: Header, rows: Callable[[], Sequence[Any]], in_turns: Callable[[Steps[None]], object]
) -> list[QAction]:
    """Put both ways to copy the selected rows into the menu of a list."""
    made = []
    for text, explained, as_csv in (
        (tr("Copy as tab&le"), tr("Copy the selected rows as they are shown, with tabs between the columns"), False),
        (tr("Copy as CS&V"), tr("Copy the selected rows as they are shown, with commas between the columns"), True),
    ):
        action = menu.addAction(icon("copy"), text)
        action.setToolTip(tip(explained))
        action.triggered.connect(partial(_copy, header, rows, in_turns, as_csv))
        made.append(action)
    return made


def _copy(
    header: Header,
    rows: Callable[[], Sequence[Any]],
    in_turns: Callable[[Steps[None]], object],
    as_csv: bool,
    _checked: bool = False,
) -> None:
    in_turns(copying(header, rows(), as_csv=as_csv))


def _write_with_tabs(lines: io.StringIO, cells: Sequence[str]) -> None:
    lines.write("\t".join(cells) + "\n")


def _cell(column: Column, row: Any) -> str:
    """Give a cell in one line; a name that a spreadsheet would take for a formula gets an apostrophe before it."""
    shown = " ".join(column.text(column.value(row)).split())
    return f"'{shown}" if shown.startswith(_STARTS_A_FORMULA) and shown[1:] else shown
