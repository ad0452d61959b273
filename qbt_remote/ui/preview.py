"""The preview of a bulk change: how much changes, what becomes of what, what is left out and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from qbt_remote.model import text
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.ui.bulk import Change, Plan, Row
from qbt_remote.ui.dialogs import FormDialog
from qbt_remote.ui.plain import clean, label, tip
from qbt_remote.ui.theme import alternate_base

MOST_ROWS = 500
MOST_NAMED = 3
_LONGEST_NAME = 60


class PreviewDialog(FormDialog):
    """A preview to agree to."""

    def __init__(self, parent: QWidget | None, title: str, change: Change, plan: Plan) -> None:
        super().__init__(parent, title, change.ok)
        self.column.insertWidget(0, Preview(change.what, plan, note=change.note), 1)
        self.ok.setEnabled(bool(plan.send))
        self.first = self.ok if plan.send else self.cancel
        self.resize(640, 420 if len(plan.rows) > 4 else 300)


class Preview(QWidget):
    """A sentence, the table of what becomes of what, and what is left out."""

    def __init__(self, what: str, plan: Plan, *, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.said = label(summary(plan), wrap=True)
        column.addWidget(self.said)
        if plan.rows:
            column.addWidget(_table(what, plan.rows), 1)
        for line, names in left_out(plan):
            shown = label(line, wrap=True)
            shown.setToolTip(tip(names))
            column.addWidget(shown)
        if note:
            column.addWidget(label(note, wrap=True))


def summary(plan: Plan) -> str:
    """Say how much changes, by server if there are several."""
    if not plan.send:
        return tr("Nothing changes.")
    by_server: dict[str, list[int]] = {}
    for row in plan.rows:
        sums = by_server.setdefault(row.server, [0, 0])
        sums[0] += row.torrents
        sums[1] += row.size
    if len(by_server) == 1:
        (n, size), *_ = by_server.values()
        return tr_n(n, "{n} torrent changes ({size}).", "{n} torrents change ({size}).", size=text.size(size))
    each = (
        tr_n(
            n, "{server}: {n} torrent ({size})", "{server}: {n} torrents ({size})", server=server, size=text.size(size)
        )
        for server, (n, size) in by_server.items()
    )
    return "; ".join(each)


def left_out(plan: Plan) -> list[tuple[str, str]]:
    """Give a sentence for each sort that is not sent, with the names for its tip."""
    said: list[tuple[str, str]] = []
    if plan.already:
        said.append((tr_n(plan.already, "{n} is so already.", "{n} are so already."), ""))
    for why, torrents in plan.cannot.items():
        names = "\n".join(clean(t.name, 200) for t in torrents[:40])
        few = ", ".join(clean(t.name, _LONGEST_NAME) for t in torrents[:MOST_NAMED])
        more = "…" if len(torrents) > MOST_NAMED else ""
        line = tr_n(
            len(torrents),
            "{n} is left out: {why} ({names})",
            "{n} are left out: {why} ({names})",
            why=why,
            names=few + more,
        )
        said.append((line, names))
    return said


def _table(what: str, rows: Sequence[Row]) -> QTableWidget:
    several = len({row.server for row in rows}) > 1
    heads = [tr("{what} now", what=what), tr("Becomes"), tr("Torrents"), tr("Size")]
    if several:
        heads.insert(0, tr("Server"))
    shown = rows[:MOST_ROWS]
    more = rows[MOST_ROWS:]
    table = QTableWidget(len(shown) + bool(more), len(heads))
    table.setHorizontalHeaderLabels(heads)
    table.verticalHeader().hide()
    table.setShowGrid(False)
    palette = table.palette()
    palette.setColor(palette.ColorRole.AlternateBase, alternate_base(palette))
    table.setPalette(palette)
    table.setAlternatingRowColors(True)
    table.setWordWrap(False)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setAccessibleName(tr("What changes"))
    for number, row in enumerate(shown):
        cells = [row.old or tr("none"), row.new or tr("none"), text.count(row.torrents), text.size(row.size)]
        _fill(table, number, [row.server, *cells] if several else cells)
    if more:
        rest = tr_n(len(more), "and {n} more", "and {n} more")
        _fill(table, len(shown), [rest, "", text.count(sum(r.torrents for r in more)), ""])
    header = table.horizontalHeader()
    for column in range(len(heads)):
        wide = column in (len(heads) - 4, len(heads) - 3)
        mode = QHeaderView.ResizeMode.Stretch if wide else QHeaderView.ResizeMode.ResizeToContents
        header.setSectionResizeMode(column, mode)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return table


def _fill(table: QTableWidget, row: int, cells: Sequence[str]) -> None:
    for column, cell in enumerate(cells):
        item = QTableWidgetItem(clean(cell))
        item.setToolTip(tip(cell))
        if column >= len(cells) - 2:
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        table.setItem(row, column, item)
