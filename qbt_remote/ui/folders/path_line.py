"""A line for a path on a server: completes what is typed.

From 5.0 on the server is asked for the folders inside the one that is typed; before, and beside them,
the paths are offered that are known from its torrents and categories and from what was used before.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QWidget

from qbt_remote.api.errors import QbtError
from qbt_remote.api.folders import LISTING, distinct, folders, is_windows, key, like, plain, split
from qbt_remote.model.i18n import tr
from qbt_remote.model.names import in_order
from qbt_remote.ui.folders.places import known_paths
from qbt_remote.ui.kit.line_buttons import clearable
from qbt_remote.ui.kit.tasks import Tasks

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

DEBOUNCE_S = 0.15
MOST_SHOWN = 200
_FRESH_S = 30.0
"""How long a folder that was read is not asked for again while a path is typed."""


class PathLine(QWidget):
    """A line edit that completes, in a row with room for a button behind it.

    ``memory`` is ``Settings.add``, where used and marked folders are kept; without it none are offered.
    What a server does not tell while a path is typed is no error: the line takes any text.
    """

    textChanged = Signal(str)
    textEdited = Signal(str)

    def __init__(
        self,
        session: Session | None,
        tasks: Tasks,
        parent: QWidget | None = None,
        *,
        memory: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._tasks, self._memory = session, tasks, memory
        self._known: list[str] = []
        self._read: dict[str, tuple[float, list[str]]] = {}
        self._asking: asyncio.Task[None] | None = None
        self.edit = QLineEdit(self)
        clearable(self.edit)
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self.textChanged)
        self.edit.textEdited.connect(self._edited)
        self._texts = QStringListModel(self)
        self._completer = QCompleter(self._texts, self)
        self._completer.setMaxVisibleItems(12)
        self.edit.setCompleter(self._completer)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addWidget(self.edit, 1)
        self.setFocusProxy(self.edit)

    def text(self) -> str:
        return self.edit.text().strip()

    def setText(self, text: str) -> None:
        self.edit.setText(text)

    def setPlaceholderText(self, text: str) -> None:
        self.edit.setPlaceholderText(text)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.edit.setAccessibleName(name)

    def setAccessibleDescription(self, description: str) -> None:
        super().setAccessibleDescription(description)
        self.edit.setAccessibleDescription(description)

    def set_session(self, session: Session | None) -> None:
        """Take the folders from this server from now on; the text stays."""
        self._session = session
        self._read.clear()
        self._known = []
        self._offer([])

    def hideEvent(self, event: QHideEvent) -> None:
        self._stop_asking()
        super().hideEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down in the line shows what is known, as in a combo box."""
        popup = self._completer.popup()
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Down
            and not (popup is not None and popup.isVisible())
        ):
            self._show_known()
            return True
        return super().eventFilter(watched, event)

    def _edited(self, text: str) -> None:
        self.textEdited.emit(text)
        self._stop_asking()
        session = self._session
        if session is None:
            return
        self._known = self._known or known_paths(session, self._memory)
        client = session.client
        folder, _begun = split(text.strip())
        if client is None or not folder or not client.has(LISTING):
            self._offer(self._known)
            return
        when, found = self._read.get(folder, (0.0, []))
        if time.monotonic() - when < _FRESH_S:
            self._offer([*found, *self._known])
            return
        self._asking = self._tasks.spawn(self._ask(session, folder), tr("Read the folders of the server"))

    async def _ask(self, session: Session, folder: str) -> None:
        await asyncio.sleep(DEBOUNCE_S)
        if session.client is None:
            return
        try:
            found = in_order(await folders(session.client, folder))
        except QbtError:  # it is no folder yet: that is known as long as a folder's content is
            found = []
        self._read[folder] = (time.monotonic(), found)
        self._offer([*found, *self._known])
        if self.edit.hasFocus() and self.edit.text():
            self._completer.complete()

    def _stop_asking(self) -> None:
        if self._asking:
            self._asking.cancel()
            self._asking = None

    def _offer(self, paths: Iterable[str]) -> None:
        """Complete with what begins as the text does, in the text's own spelling."""
        typed = self.edit.text()
        windows = is_windows(typed)
        begun = key(typed)
        if typed.endswith(("/", "\\") if windows else "/") and not begun.endswith("/"):
            begun += "/"
        fitting = [path for path in distinct(paths) if key(path).startswith(begun)]
        self._completer.setCaseSensitivity(
            Qt.CaseSensitivity.CaseInsensitive if windows else Qt.CaseSensitivity.CaseSensitive
        )
        self._texts.setStringList([like(plain(path), typed) for path in fitting[:MOST_SHOWN]])

    def _show_known(self) -> None:
        if self._session is None:
            return
        self._known = known_paths(self._session, self._memory)
        self._offer(self._known)
        self._completer.setCompletionPrefix(self.edit.text())
        self._completer.complete()
