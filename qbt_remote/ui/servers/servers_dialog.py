"""The list of servers: add, edit, remove, order, switch on and off.

One server is edited in a dialog of its own, so that a half-filled form never hides in the list.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from qbt_remote.local.settings import Secrets, ServerConfig, Settings
from qbt_remote.local.vault import Vault
from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.on_screen import keep_on_screen
from qbt_remote.ui.kit.plain_text import clean, label, tip
from qbt_remote.ui.kit.tab_order import ignore_held_return
from qbt_remote.ui.kit.tasks import Tasks
from qbt_remote.ui.servers.server_dialog import MakeClient, ServerDialog

_ID = Qt.ItemDataRole.UserRole


class ServersDialog(QDialog):
    """Shows and changes ``settings.servers``, and says what was changed.

    Entries are replaced, never changed in place.  Saving the settings is left to the receiver; secrets are in the
    vault by then.
    """

    added = Signal(str)
    edited = Signal(str)
    """A server has another address, login, name or switch."""
    ordered = Signal()
    removed = Signal(str)

    def __init__(
        self, settings: Settings, vault: Vault, tasks: Tasks, make_client: MakeClient, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        keep_on_screen(self)
        ignore_held_return(self)
        self._settings, self._vault, self._tasks, self._make_client = settings, vault, tasks, make_client
        self.server_dialog: ServerDialog | None = None
        self.setWindowTitle(tr("Servers"))
        self.list = QTreeWidget()
        self.add_button = self._button(tr("&Add…"), tr("Add a server"), self.add)
        self.edit_button = self._button(tr("&Edit…"), tr("Change the selected server"), self._edit_current)
        self.remove_button = self._button(
            tr("&Remove"), tr("Remove the selected server and its password"), self._ask_removal
        )
        self.up_button = self._button(tr("Move &up"), tr("Move the selected server up"), self._move_up)
        self.down_button = self._button(tr("Move &down"), tr("Move the selected server down"), self._move_down)
        self.question = _Question()
        self._lay_out()
        self.list.currentItemChanged.connect(self._current_changed)
        self.list.itemChanged.connect(self._checked)
        self.list.itemActivated.connect(self._edit_current)
        self.question.remove.clicked.connect(self._remove)
        self.question.keep.clicked.connect(self._keep)
        self._fill()

    def _button(self, text: str, help: str, act: object) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip(help))
        button.clicked.connect(act)
        return button

    def _lay_out(self) -> None:
        self.list.setColumnCount(2)
        self.list.setHeaderLabels([tr("Name"), tr("Address")])
        self.list.setAccessibleName(tr("Servers"))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.list.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, 220)
        self.empty = label(tr("No server yet. Add the first one."), self.list.viewport())
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        covering = QVBoxLayout(self.list.viewport())
        covering.addWidget(self.empty)
        side = QVBoxLayout()
        side.setSpacing(8)
        for button in (self.add_button, self.edit_button, self.remove_button):
            side.addWidget(button)
        side.addSpacing(8)
        side.addWidget(self.up_button)
        side.addWidget(self.down_button)
        side.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.list, 1)
        middle.addLayout(side)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setText(tr("Close"))
        close.setIcon(QIcon())  # the style's own are of another make than all our icons
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        column.addLayout(middle, 1)
        column.addWidget(self.question)
        column.addWidget(buttons)
        self.resize(680, 360)

    # what others call

    def add(self) -> None:
        """Open the form of a new server."""
        self._open(ServerConfig("", "", interval_s=self._settings.interval_s))

    def add_known(self, server: ServerConfig, secrets: Secrets) -> None:
        """Open the form of a new server with what is known of it; it has no name yet."""
        self._open(server, secrets)

    def edit(self, server_id: str, part: str = "") -> None:
        """Open the form of a server, at its "login" or "certificate"; if its login was refused, at the password."""
        server = self._settings.server(server_id)
        if server is None:
            return
        self._select(server_id)
        self._open(server)
        if self.server_dialog is not None and part == "certificate":
            self.server_dialog.form.show_certificate()
        elif self.server_dialog is not None and (part == "login" or server.rejected):
            self.server_dialog.form.show_login()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return on a server opens it; the view hands the key on all the same, and it would press a button too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not isinstance(self.focusWidget(), QPushButton):
            event.accept()
            return
        super().keyPressEvent(event)

    # the list

    def _fill(self, select: str = "") -> None:
        """Show the servers as the settings have them."""
        current = select or self._current_id()
        self.list.blockSignals(True)
        self.list.clear()
        for server in self._settings.servers:
            item = QTreeWidgetItem([clean(server.name), clean(server.url)])
            item.setData(0, _ID, server.id)
            item.setSizeHint(0, QSize(0, self.fontMetrics().height() + 8))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(0, Qt.CheckState.Checked if server.enabled else Qt.CheckState.Unchecked)
            item.setToolTip(0, tip(tr("Checked servers are connected")))
            item.setToolTip(1, tip(server.url))
            self.list.addTopLevelItem(item)
        self.list.blockSignals(False)
        self.empty.setVisible(not self._settings.servers)
        self._select(current or (self._settings.servers[0].id if self._settings.servers else ""))
        self._enable()

    def _select(self, server_id: str) -> None:
        for row in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(row)
            if item is not None and item.data(0, _ID) == server_id:
                self.list.setCurrentItem(item)

    def _current_id(self) -> str:
        item = self.list.currentItem()
        return str(item.data(0, _ID)) if item is not None else ""

    def _row(self, server_id: str) -> int:
        return next((row for row, server in enumerate(self._settings.servers) if server.id == server_id), -1)

    def _enable(self) -> None:
        row = self._row(self._current_id())
        self.edit_button.setEnabled(row >= 0)
        self.remove_button.setEnabled(row >= 0)
        self.up_button.setEnabled(row > 0)
        self.down_button.setEnabled(0 <= row < len(self._settings.servers) - 1)

    def _current_changed(self) -> None:
        self.question.hide()
        self._enable()

    def _checked(self, item: QTreeWidgetItem) -> None:
        """Switch a server on or off.  The list stays as it is: its item is in the middle of its click."""
        row = self._row(str(item.data(0, _ID)))
        enabled = item.checkState(0) == Qt.CheckState.Checked
        if row >= 0 and self._settings.servers[row].enabled != enabled:
            self._settings.servers[row] = replace(self._settings.servers[row], enabled=enabled)
            self.edited.emit(self._settings.servers[row].id)

    # changes

    def _put(self, server: ServerConfig) -> None:
        row = self._row(server.id)
        if row < 0:
            self._settings.servers.append(server)
        else:
            self._settings.servers[row] = server
        self._fill(server.id)
        (self.added if row < 0 else self.edited).emit(server.id)

    def _open(self, server: ServerConfig, secrets: Secrets | None = None) -> None:
        if self.server_dialog is not None:
            self.server_dialog.raise_()
            self.server_dialog.activateWindow()
            return
        others = {s.name for s in self._settings.servers if s.id != server.id}
        above = self if self.isVisible() else self.parentWidget()
        dialog = ServerDialog(
            server,
            others,
            vault=self._vault,
            tasks=self._tasks,
            make_client=self._make_client,
            parent=above,
            secrets=secrets or Secrets(),
        )
        self.server_dialog = dialog
        dialog.saved.connect(self._put)
        dialog.finished.connect(self._closed)
        dialog.open()

    def _edit_current(self) -> None:
        self.edit(self._current_id())

    def _closed(self) -> None:
        if self.server_dialog is not None:
            self.server_dialog.deleteLater()
            self.server_dialog = None

    def _move_up(self) -> None:
        self._move(-1)

    def _move_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        servers, row = self._settings.servers, self._row(self._current_id())
        if row < 0 or not 0 <= row + by < len(servers):
            return
        servers[row], servers[row + by] = servers[row + by], servers[row]
        self._fill(servers[row + by].id)
        self.ordered.emit()

    def _ask_removal(self) -> None:
        server = self._settings.server(self._current_id())
        if server is not None:
            self.question.ask(server.name)

    def _keep(self) -> None:
        self.question.hide()
        self.list.setFocus()

    def _remove(self) -> None:
        self.question.hide()
        server_id = self._current_id()
        row = self._row(server_id)
        if row < 0:
            return
        del self._settings.servers[row]
        left = self._settings.servers
        self._fill(left[min(row, len(left) - 1)].id if left else "")
        self._tasks.spawn(self._vault.forget(server_id), tr("Remove the password"))
        self.removed.emit(server_id)
        self.list.setFocus()


class _Question(QFrame):
    """Asks in place whether a server is to be removed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._text = label("", wrap=True)
        self.remove = QPushButton(tr("Remove"))
        self.remove.setToolTip(tip(tr("Remove this server from the list")))
        self.keep = QPushButton(tr("Cancel"))
        self.keep.setToolTip(tip(tr("Keep this server")))
        line = QHBoxLayout(self)
        line.setSpacing(8)
        line.addWidget(self._text, 1)
        line.addWidget(self.keep)
        line.addWidget(self.remove)
        self.hide()

    def ask(self, name: str) -> None:
        self._text.setText(
            tr(
                "Remove “{server}” and its password here? The server itself and its torrents stay.",
                server=clean(name, 80),
            )
        )
        self.setAccessibleName(self._text.text())
        self.show()
        self.keep.setFocus()
