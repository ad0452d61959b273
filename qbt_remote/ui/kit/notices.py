"""The notice bar: what happened and what went wrong, inside the window, never in its way.

The newest notice is shown and the older ones wait beneath it, since a person looks for the answer
to what they did last.  An info goes by itself, or as soon as something newer comes; warnings and
errors stay until they are dismissed, and an info stands below them, in a line of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from qbt_remote.api.errors import QbtError
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.wording import sentence
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import ElidedLabel, clean, label, tip
from qbt_remote.ui.kit.tasks import Tasks
from qbt_remote.ui.kit.theme import is_dark, state_color

if TYPE_CHECKING:
    import asyncio

MOST_KEPT = 50
LONGEST = 2000
DETAIL_LINES = 8
_COLOURS = {"info": "downloading", "warning": "warning", "error": "error"}


@dataclass(frozen=True, slots=True)
class Notice:
    """One message.  ``details`` are the server's own words or a list; ``action`` a button's text and deed."""

    level: str
    text: str
    details: str = ""
    action: tuple[str, Callable[[], None]] | None = None


class NoticeBar(QFrame):
    """Shows the newest notice above the list, and below it an info that came while it stood there."""

    def __init__(self, tasks: Tasks, parent: QWidget | None = None, *, info_shown_s: float = 6.0) -> None:
        super().__init__(parent)
        self._tasks, self._info_shown_s = tasks, info_shown_s
        self._notices: list[Notice] = []
        """Warnings and errors, and at the end an info if there is one."""
        self._hiding: asyncio.Task[None] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._lines = [self._line()]
        self.hide()

    def _line(self) -> _NoticeLine:
        line = _NoticeLine(self._take_away, self)
        self._column.addWidget(line)
        return line

    # what others call

    def show_info(self, text: str, *, action: tuple[str, Callable[[], None]] | None = None, details: str = "") -> None:
        """Say that something was done; it goes by itself after a few seconds."""
        self.show_notice(Notice("info", text, details, action))

    def show_warning(
        self, text: str, *, action: tuple[str, Callable[[], None]] | None = None, details: str = ""
    ) -> None:
        """Say something that the user should know, and leave it there."""
        self.show_notice(Notice("warning", text, details, action))

    def show_error(self, error: QbtError | str, retry: Callable[[], None] | None = None, *, details: str = "") -> None:
        """Say what failed; with ``retry`` there is a button for it."""
        action = (tr("Retry"), retry) if retry else None
        if isinstance(error, QbtError):
            self.show_notice(Notice("error", sentence(error), details or error.detail, action))
        else:
            self.show_notice(Notice("error", error, details, action))

    def show_notice(self, notice: Notice, *, instead_of: Notice | None = None) -> None:
        """Show a notice; it takes the place of one that says the same, and of the one it is ``instead_of``."""
        self._notices = [
            n
            for n in self._notices
            if n.level != "info" and n is not instead_of and (n.text, n.details) != (notice.text, notice.details)
        ]
        self._notices.append(notice)
        del self._notices[:-MOST_KEPT]
        self._show_newest()

    @property
    def current(self) -> Notice | None:
        """The newest notice."""
        return self._notices[-1] if self._notices else None

    def has(self, notice: Notice) -> bool:
        """Tell whether a notice has not been dismissed; it may lie beneath others."""
        return any(known is notice for known in self._notices)

    @property
    def waiting(self) -> int:
        """How many older ones lie beneath what is shown."""
        return len(self._notices) - len(self._shown())

    def dismiss(self) -> None:
        """Take the newest notice away; one that lay beneath comes back."""
        if self._notices:
            self._notices.pop()
        self._show_newest()

    def take_back(self, text: str) -> None:
        """Take away what no longer holds, be it shown or beneath."""
        kept = [notice for notice in self._notices if notice.text != text]
        if len(kept) < len(self._notices):
            self._notices = kept
            self._show_newest()

    def dismiss_all(self) -> None:
        self._notices.clear()
        self._show_newest()

    # how it is shown

    def _shown(self) -> list[Notice]:
        """Give the newest that stays, and the info, of each if there is one: one for each line."""
        has_info = bool(self._notices) and self._notices[-1].level == "info"
        return self._notices[-2 if has_info else -1 :]

    def _show_newest(self) -> None:
        if self._hiding is not None:
            self._hiding.cancel()
            self._hiding = None
        shown, newest = self._shown(), self.current
        while len(self._lines) < len(shown):
            self._lines.append(self._line())
        for place, line in enumerate(self._lines):
            notice = shown[place] if place < len(shown) else None
            line.show_notice(notice, self.waiting if place == 0 else 0)
        self.setVisible(newest is not None)
        if newest is None:
            return
        self.setAccessibleName(clean(newest.text, LONGEST))
        self.setAccessibleDescription(clean(newest.details, LONGEST))
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        if newest.level == "info":
            self._hiding = self._tasks.spawn(self._hide_later(newest), tr("Hide a message"))

    async def _hide_later(self, notice: Notice) -> None:
        pause_s = self._info_shown_s
        while self.current is notice:
            await asyncio.sleep(pause_s)
            pause_s = 1
            if not any(line.is_read(notice) for line in self._lines):
                self._hiding = None
                self.dismiss()

    def _take_away(self, notice: Notice) -> None:
        self._notices = [known for known in self._notices if known is not notice]
        self._show_newest()


class _NoticeLine(QFrame):
    """One notice: icon, text, how many lie beneath, action, details, dismiss."""

    def __init__(self, take_away: Callable[[Notice], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._take_away = take_away
        self._notice: Notice | None = None
        self._picture = QLabel(self)
        self._text = ElidedLabel(self)
        self._more = label("", self)
        self._action = QPushButton(self)
        self._action.clicked.connect(self._act)
        self._unfold = QToolButton(self)
        self._unfold.setText(tr("Details"))
        self._unfold.setToolTip(tip(tr("Show the whole message and the server's own words")))
        self._unfold.setCheckable(True)
        self._unfold.setAutoRaise(True)
        self._unfold.toggled.connect(self._show_details)
        self._dismiss = QToolButton(self)
        self._dismiss.setAutoRaise(True)
        self._dismiss.setToolTip(tip(tr("Dismiss this message")))
        self._dismiss.setAccessibleName(tr("Dismiss this message"))
        self._dismiss.clicked.connect(self.dismiss)
        self._details: _Details | None = None
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._picture)
        line.addWidget(self._text, 1)
        for widget in (self._more, self._action, self._unfold, self._dismiss):
            line.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 4)
        column.setSpacing(4)
        column.addLayout(line)
        self._text.elided_changed = self._offer_details

    def show_notice(self, notice: Notice | None, beneath: int) -> None:
        """Show a notice, and how many lie beneath it; None hides the line."""
        if notice is not self._notice:
            self._unfold.setChecked(False)
        self._notice = notice
        self.setVisible(notice is not None)
        if notice is None:
            return
        self._text.setText(clean(notice.text, LONGEST))
        self._more.setText(tr_n(beneath, "+{n} more", "+{n} more"))
        self._more.setVisible(beneath > 0)
        self._action.setVisible(notice.action is not None)
        if notice.action:
            self._action.setText(notice.action[0])
        self._offer_details()
        self._colour()

    def is_read(self, notice: Notice) -> bool:
        """Tell whether the pointer rests on this notice, or its details are unfolded."""
        return self._notice is notice and (self.underMouse() or self._unfold.isChecked())

    def dismiss(self) -> None:
        if self._notice is not None:
            self._take_away(self._notice)

    def _offer_details(self) -> None:
        notice = self._notice
        self._unfold.setVisible(notice is not None and bool(self._text.elided or _more_lines(notice)))
        self._show_details(self._unfold.isChecked())

    def _show_details(self, shown: bool) -> None:
        notice, column = self._notice, self.layout()
        if notice is not None and shown and column is not None:
            if self._details is None:
                self._details = _Details(self)
                column.addWidget(self._details)
            self._details.show_lines([*([notice.text] if self._text.elided else []), *_more_lines(notice)])
            self._details.fit(self.width())
        if self._details is not None:
            self._details.setVisible(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._details is not None:
            self._details.fit(self.width())

    def _act(self) -> None:
        notice = self._notice
        self.dismiss()
        if notice is not None and notice.action:
            notice.action[1]()

    def _accent(self) -> QColor:
        return state_color(_COLOURS[self._notice.level if self._notice else "info"], is_dark())

    def _colour(self) -> None:
        if self._notice is None:
            return
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(icon(self._notice.level, self._accent()).pixmap(QSize(16, 16), ratio))
        self._dismiss.setIcon(icon("close"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        accent = self._accent()
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        wash = QColor(accent)
        wash.setAlphaF(0.12)
        painter.fillRect(self.rect(), wash)
        painter.fillRect(0, 0, 4, self.height(), accent)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ThemeChange):
            self._colour()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)


def _more_lines(notice: Notice) -> list[str]:
    """Give the lines of the details that say what the text does not."""
    return [line for line in notice.details.splitlines() if line.strip() not in notice.text]


class _Details(QScrollArea):
    """The whole message and its details; made when they are first unfolded, which spares the start 15 ms."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = label("", wrap=True, selectable=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._text.setAccessibleName(tr("Details of the message"))
        self.setWidget(self._text)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        for transparent in (self, self.viewport(), self._text):
            transparent.setAutoFillBackground(False)

    def show_lines(self, lines: Sequence[str]) -> None:
        self._text.setText("\n".join(clean(line, LONGEST) for line in lines[:200]))

    def fit(self, width: int) -> None:
        """Become as high as the text, up to some lines, then it scrolls."""
        wanted = self._text.heightForWidth(max(width - 20, 100))
        self.setFixedHeight(min(wanted, self.fontMetrics().lineSpacing() * DETAIL_LINES) + 4)
