"""The cookies that a server sends when it fetches torrents and feeds."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from qbt_remote.api.adding.link_cookies import as_it_was
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.wording import name_of
from qbt_remote.translatable import N
from qbt_remote.ui.kit.dialogs import FormDialog, dimmed
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import tip

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.context import Context

Cookie = dict[str, Any]

COLUMNS = (
    ("domain", N("Domain")),
    ("path", N("Path")),
    ("name", N("Name")),
    ("value", N("Value")),
    ("expirationDate", N("Expiration date")),
)
DATE = "expirationDate"
_DATE_FORMAT = "yyyy-MM-dd HH:mm:ss"
_LIKE_A_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_SLICE = 2000
_YEAR_S = 365 * 86_400
_LAST_S = 253_402_300_799
"""The end of the year 9999, up to which dates are written as above."""


MOST_LISTED = 500
"""Cookies in the table; one takes 80 us."""


class CookiesDialog(FormDialog):
    """A table whose cells can be edited; the last column is a local time, empty until the server's end."""

    def __init__(self, parent: QWidget | None, title: str, cookies: Sequence[Cookie]) -> None:
        super().__init__(parent, title)
        self._others = cookies[MOST_LISTED:]
        self.table = QTableWidget(0, len(COLUMNS), self)
        self.table.setHorizontalHeaderLabels([tr(title) for _key, title in COLUMNS])
        self.table.setAccessibleName(tr("Cookies"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.horizontalHeader().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.table.setColumnWidth(0, self.fontMetrics().averageCharWidth() * 24)
        self.table.setColumnWidth(4, self.fontMetrics().horizontalAdvance("2026-11-25 00:00:00") + 28)
        self.add_button = QPushButton(icon("add"), tr("&Add"), self)
        self.add_button.setToolTip(tip(tr("Add a cookie")))
        self.remove_button = QPushButton(icon("remove"), tr("&Remove"), self)
        self.remove_button.setToolTip(tip(tr("Remove the selected cookies")))
        row = QHBoxLayout()
        for button, run in ((self.add_button, self._add_new), (self.remove_button, self._remove)):
            button.setAutoDefault(False)
            button.clicked.connect(run)
            row.addWidget(button)
        row.addStretch()
        self.column.insertWidget(0, self.table, 1)
        self.column.insertLayout(1, row)
        help = tr("The server sends a cookie to the hosts of its domain when it fetches torrents and feeds.")
        if self._others:
            more = tr_n(len(self._others), "{n} more is not listed and stays.", "{n} more are not listed and stay.")
            help = f"{help} {more}"
        self.column.insertWidget(2, dimmed(help))
        listed = cookies[:MOST_LISTED]
        self.table.setRowCount(len(listed))
        for place, cookie in enumerate(listed):
            self._put(place, cookie)
        self.reason.show()
        self.table.itemChanged.connect(self._judge)
        self.first = self.table
        self.resize(760, 420)

    def cookies(self) -> list[Cookie]:
        """What stands in the table, and the cookies that are not listed; times are UTC seconds."""
        return [*(self._cookie(row) for row in range(self.table.rowCount())), *self._others]

    def _put(self, row: int, cookie: Cookie) -> None:
        for column, (key, _title) in enumerate(COLUMNS):
            value = cookie.get(key)
            text = _date(value) if key == DATE else str(value or "")
            self.table.setItem(row, column, QTableWidgetItem(text))

    def _add_new(self) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        self._put(row, {"path": "/", DATE: int(time.time()) + 2 * _YEAR_S})
        self.table.setCurrentCell(row, 0)
        self.table.edit(self.table.currentIndex())
        self._judge()

    def _remove(self) -> None:
        for row in sorted({index.row() for index in self.table.selectedIndexes()}, reverse=True):
            self.table.removeRow(row)
        self._judge()

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return item.text().strip() if item else ""

    def _cookie(self, row: int) -> Cookie:
        cookie: Cookie = {key: self._text(row, column) for column, (key, _title) in enumerate(COLUMNS)}
        date = cookie.pop(DATE)
        return cookie | ({DATE: _seconds(date)} if date else {})

    def _judge(self) -> None:
        why = next(filter(None, map(self._why_not, range(self.table.rowCount()))), "")
        self.ok.setEnabled(not why)
        self.reason.setText(why)

    def _why_not(self, row: int) -> str:
        if not self._text(row, 2):
            return tr("Line {n}: a cookie needs a name", n=row + 1)
        date = self._text(row, 4)
        if date and _seconds(date) is None:
            return tr("Line {n}: the date is not like 2026-12-31 23:59:59", n=row + 1)
        return ""


def _seconds(date: str) -> int | None:
    """Read a local time, None if it is none; Qt would take 0.5 ms for each."""
    try:
        return int(datetime.fromisoformat(date).timestamp()) if _LIKE_A_DATE.fullmatch(date) else None
    except (ValueError, OverflowError):
        return None


def _date(seconds: Any) -> str:
    known = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds <= _LAST_S
    return QDateTime.fromSecsSinceEpoch(seconds).toString(_DATE_FORMAT) if known else ""


async def manage_cookies(ctx: Context, session: Session) -> None:
    """Show the cookies of a server for editing; they are sent if something was changed."""
    found: list[Cookie] = []

    async def read(session: Session) -> None:
        cookies = await session.get("app/cookies")
        for n, cookie in enumerate(cookies):
            if isinstance(cookie, dict):
                found.append(as_it_was(cookie))
            if not n % _SLICE:
                await asyncio.sleep(0)

    if not await ctx.on([session], read):
        return
    dialog = CookiesDialog(ctx.dialogs.parent, tr("Cookies of {server}", server=name_of(session)), found)
    before = dialog.cookies()
    if await ctx.dialogs.ask(dialog) and (cookies := dialog.cookies()) != before:
        await ctx.on([session], lambda s: s.post("app/setCookies", cookies=cookies))
