"""The preview of a bulk change: how much changes, what becomes of what, what is left out and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from qbt_remote.model import text
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.commands.change import Plan, PlanRow
from qbt_remote.ui.commands.which import torrent_text
from qbt_remote.ui.kit.dialogs import FormDialog
from qbt_remote.ui.kit.plain_text import clean, label, tip
from qbt_remote.ui.kit.theme import in_stripes

MOST_ROWS = 500
MOST_NAMED = 3
_LONGEST_NAME = 60
_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PreviewDialog(FormDialog):
    """A preview to agree to."""

    def __init__(
        self, parent: QWidget | None, title: str, ok: str, plans: Sequence[Plan], notes: Sequence[str]
    ) -> None:
        super().__init__(parent, title, ok)
        self.column.insertWidget(0, Preview(plans, notes), 1)
        anything = any(plan.send for plan in plans)
        self.ok.setEnabled(anything)
        self.first = self.ok if anything else self.cancel
        self.resize(680, 440 if sum(len(plan.rows) for plan in plans) > 4 else 300)


class Preview(QWidget):
    """A sentence, the table of what becomes of what, and what is left out."""

    def __init__(self, plans: Sequence[Plan], notes: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(summary(plans), wrap=True))
        rows = [row for plan in plans for row in plan.rows]
        if rows:
            column.addWidget(_table(rows), 1)
        for plan in plans:
            for line, names in left_out(plan, named=len(plans) > 1):
                shown = label(line, wrap=True)
                shown.setToolTip(tip(names))
                column.addWidget(shown)
        for note in notes:
            column.addWidget(label(note, wrap=True))


def summary(plans: Sequence[Plan]) -> str:
    """Say how much changes, and where if there are several servers."""
    torrents = set[Torrent]().union(*(plan.send for plan in plans)) if len(plans) > 1 else plans[0].send
    if not torrents:
        return tr("Nothing changes.")
    n, size = len(torrents), text.size(sum(max(t.size, 0) for t in torrents))
    servers = dict.fromkeys(row.server for plan in plans for row in plan.rows)
    if len(servers) == 1:
        return tr_n(n, "{n} torrent will change ({size}).", "{n} torrents will change ({size}).", size=size)
    return tr_n(n, "", "{n} torrents will change on {servers} ({size}).", size=size, servers=", ".join(servers))


def left_out(plan: Plan, *, named: bool = False) -> list[tuple[str, str]]:
    """Give a sentence for each sort that is not sent, with the names for its tip; ``named`` says of which change."""
    said: list[tuple[str, str]] = []
    if plan.already:
        said.append((tr_n(plan.already, "{n} is so already.", "{n} are so already."), ""))
    for why, torrents in plan.cannot.items():
        names = "\n".join(torrent_text(t, plan.sessions, 200) for t in torrents[:40])
        few = ", ".join(torrent_text(t, plan.sessions, _LONGEST_NAME) for t in torrents[:MOST_NAMED])
        more = "…" if len(torrents) > MOST_NAMED else ""
        line = tr_n(
            len(torrents),
            "{n} is left out: {why} ({names})",
            "{n} are left out: {why} ({names})",
            why=why,
            names=few + more,
        )
        said.append((line, names))
    return [(tr("{what}: {left}", what=plan.what, left=line), names) for line, names in said] if named else said


def _table(rows: Sequence[PlanRow]) -> QTableWidget:
    servers = {row.server for row in rows}
    heads = [tr("Old"), tr("New"), tr("Torrents"), tr("Size")]
    if len(servers) > 1:
        heads.insert(0, tr("Server"))
    heads.insert(0, tr("Change"))
    shown, more = rows[:MOST_ROWS], rows[MOST_ROWS:]
    table = QTableWidget(len(shown) + bool(more), len(heads))
    table.setHorizontalHeaderLabels(heads)
    table.verticalHeader().hide()
    table.setShowGrid(False)
    in_stripes(table)
    table.setWordWrap(False)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setAccessibleName(tr("What changes"))
    for number, row in enumerate(shown):
        cells = [row.old or tr("none"), row.new or tr("none"), text.count(row.torrents), text.size(row.size)]
        _fill(table, number, [row.what, *([row.server] if len(servers) > 1 else []), *cells])
    if more:
        rest = tr_n(len(more), "and {n} more", "and {n} more")
        _fill(table, len(shown), [rest, *[""] * (len(heads) - 1)])
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    for column in range(len(heads)):
        wide = column in (len(heads) - 4, len(heads) - 3)
        mode = QHeaderView.ResizeMode.Stretch if wide else QHeaderView.ResizeMode.ResizeToContents
        header.setSectionResizeMode(column, mode)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column in (len(heads) - 2, len(heads) - 1):
        head = QTableWidgetItem(heads[column])
        head.setTextAlignment(_NUMBER)
        table.setHorizontalHeaderItem(column, head)
    return table


def _fill(table: QTableWidget, row: int, cells: Sequence[str]) -> None:
    for column, cell in enumerate(cells):
        item = QTableWidgetItem(clean(cell))
        item.setToolTip(tip(cell))
        if column >= len(cells) - 2:
            item.setTextAlignment(_NUMBER)
        table.setItem(row, column, item)
