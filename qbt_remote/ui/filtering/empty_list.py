"""What stands in the table's place while it has no rows: one sentence and the next step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QFont, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.ui.commands.standing import standing
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import breakable, label

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

_IN_TURN = ("refused", "waiting", "connecting", "online", "offline")


class EmptyPage(NamedTuple):
    """One state: an icon id, what is so, why, and the ids of the commands that go on from here.

    With the id of a ``server`` they are commands on that one.
    """

    icon: str
    title: str
    text: str = ""
    commands: tuple[str, ...] = ()
    server: str = ""


def page_for(sessions: Sequence[Session], *, known: bool, torrents: int, rows: int) -> EmptyPage | None:
    """Choose the page for the servers that are shown; None while there are rows to show.

    ``known`` tells whether any server is configured at all.
    """
    if rows:
        return None
    if not known:
        return EmptyPage(
            "server",
            tr("No server yet"),
            tr(
                "qbt-remote shows the torrents of a qBittorrent that runs elsewhere: on a NAS, a seedbox, another room."
            ),
            ("add_server",),
        )
    if torrents:
        return EmptyPage(
            "filter",
            tr("No matching torrents"),
            tr("No torrent matches the filters and the filter text."),
            ("clear_filter",),
        )
    if not sessions:
        return EmptyPage("server", tr("No server is enabled"), "", ("servers",))
    answered = any(session.status.phase == "online" and session.status.since for session in sessions)
    none = EmptyPage(
        "add-file",
        tr("No torrents"),
        tr("Drop .torrent files, magnet links or info-hashes here."),
        ("add_files", "add_links"),
    )
    if answered and not any(session.status.phase == "connecting" for session in sessions):
        return none  # what keeps the others away is said above the list
    for session in sorted(sessions, key=lambda s: _IN_TURN.index(s.status.phase)):
        if (state := standing(session)) is not None and session.status.phase != "offline":
            return EmptyPage(state.icon, state.title, state.text, state.mends, session.config.id)
    if answered:
        return none
    return EmptyPage("server", tr("Not connected"), "", ("retry_now",))


class EmptyPageView(QWidget):
    """Draws a page in the middle of the space it has; its buttons are the commands' own actions."""

    _page: EmptyPage | None = None

    def __init__(
        self,
        action: Callable[[str], QAction],
        server_action: Callable[[str, str, QWidget], QAction],
        parent: QWidget | None = None,
    ) -> None:
        """``action`` gives a command of the window, ``server_action`` one on a server, by its id, for a button."""
        super().__init__(parent)
        self._action, self._server_action = action, server_action
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._picture = QLabel(self)
        self._title = label(wrap=True)
        self._text = label(wrap=True, selectable=True)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.35)
        font.setWeight(QFont.Weight.DemiBold)
        self._title.setFont(font)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        for widget in (self._picture, self._title, self._text):
            if isinstance(widget, QLabel):
                widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(widget)
        column.addSpacing(8)
        column.addLayout(self._buttons)
        column.addStretch(3)

    @property
    def page(self) -> EmptyPage | None:
        return self._page

    def keeps(self, focus: QWidget | None) -> bool:
        """Whether the focus is on one of its buttons, which has stayed."""
        return focus is not None and focus.isVisible() and self.isAncestorOf(focus)

    def _paint(self, picture: str) -> None:
        colour = self.palette().color(QPalette.ColorRole.PlaceholderText)
        self._picture.setPixmap(icon(picture, colour).pixmap(QSize(48, 48), self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._page:
            self._paint(self._page.icon)

    def show_page(self, page: EmptyPage) -> None:
        """Show it; buttons that stay the same keep the focus, as where only a time in the text goes down."""
        if page == self._page:
            return
        before, self._page = self._page, page
        self._paint(page.icon)
        self._title.setText(page.title)
        self._text.setText(breakable(page.text))
        self._text.setVisible(bool(page.text))
        self.setAccessibleName(f"{page.title}. {page.text}")
        if before is None or (before.commands, before.server) != (page.commands, page.server):
            self._fill_buttons(page.commands, page.server)

    def _fill_buttons(self, commands: Sequence[str], server: str) -> None:
        self.setFocusProxy(None)  # type: ignore[arg-type]  # Qt takes a null pointer for no proxy
        # with no button it takes the focus itself, to be read out, or the window would give it to the sidebar
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if commands else Qt.FocusPolicy.TabFocus)
        while (item := self._buttons.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self._buttons.addStretch()
        for number, command in enumerate(commands):
            button = QPushButton(self)
            action = self._server_action(command, server, button) if server else self._action(command)
            button.setIcon(action.icon())
            button.setText(action.text())
            button.setObjectName(command)
            button.setToolTip(action.toolTip())
            button.setDefault(number == 0)
            button.clicked.connect(action.trigger)
            self._buttons.addWidget(button)
            button.show()  # a layout would do it a turn later, too late for the focus
            if number == 0:
                self.setFocusProxy(button)
        self._buttons.addStretch()
