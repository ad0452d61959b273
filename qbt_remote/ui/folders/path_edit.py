"""A line for a path on a server: completes what is typed, and opens the server's folders to choose from.

From 5.0 on the server is asked for the folders inside the one that is typed; before, and beside them,
the paths are offered that are known from its torrents and categories and from what was used before.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QToolButton, QWidget

from qbt_remote.api.errors import QbtError
from qbt_remote.api.folders import LISTING, distinct, folders, is_windows, like, plain, split
from qbt_remote.model.i18n import tr
from qbt_remote.ui.add.memory import favourites, recent_paths
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.kit.tasks import Tasks

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.context import Context

DEBOUNCE_S = 0.15
MOST_SHOWN = 200
_FRESH_S = 30.0
"""How long a folder that was read is not asked for again while a path is typed."""


class PathEdit(QWidget):
    """A line edit with a button; Ctrl+B does as the button.

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
        browse: bool = True,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._memory = tasks, memory
        self._session: Session | None = None
        self._known: list[str] = []
        self._read: dict[str, tuple[float, list[str]]] = {}
        self._asking: asyncio.Task[None] | None = None
        self.edit = QLineEdit(self)
        self.edit.setClearButtonEnabled(True)
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self.textChanged)
        self.edit.textEdited.connect(self._edited)
        self._texts = QStringListModel(self)
        self._completer = QCompleter(self._texts, self)
        self._completer.setMaxVisibleItems(12)
        self.edit.setCompleter(self._completer)
        self.button = QToolButton(self)
        self._arrange(browse)
        self.set_session(session)

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
        self.button.setEnabled(session is not None)
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

    def browse(self) -> None:
        """Open the folders of the server."""
        if self._session is not None:
            self._tasks.spawn(self._browse(self._session), tr("Choose a folder"))

    def _arrange(self, browse: bool) -> None:
        self.setFocusProxy(self.edit)
        self.button.setIcon(icon("category"))
        self.button.setToolTip(tip(tr("Choose among the folders of the server (Ctrl+B)")))
        self.button.setAccessibleName(tr("Browse"))
        self.button.setVisible(browse)
        self.button.clicked.connect(self.browse)
        if browse:
            keys = QShortcut(QKeySequence("Ctrl+B"), self)
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(self.browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.edit, 1)
        row.addWidget(self.button)

    async def _browse(self, session: Session) -> None:
        from qbt_remote.ui.folders.folder_picker import ask_folder
        from qbt_remote.ui.kit.dialogs import Dialogs

        chosen = await ask_folder(Dialogs(self.window()), session, self.text(), self._memory)
        if chosen is not None and session is self._session:
            self.edit.setText(chosen)
            self.edit.setFocus()

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
            found = await folders(session.client, folder)
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
        begun = _key(typed, windows)
        fitting = [path for path in distinct(paths) if _key(path, windows).startswith(begun)]
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


def path_edit(ctx: Context, sessions: Sequence[Session], parent: QWidget) -> PathEdit:
    """Make an input for a folder on these servers; with several it has to be typed."""
    session = sessions[0] if len(sessions) == 1 else None
    return PathEdit(session, ctx.shell.tasks, parent, memory=ctx.settings.add)


async def ask_path(ctx: Context, title: str, path: str, *, help: str, ok: str) -> str | None:
    """Ask for a folder on the server of the selection; with several servers it has to be typed."""
    from qbt_remote.ui.kit.dialogs import FormDialog, dimmed

    dialog = FormDialog(ctx.shell.parent, title, ok)
    dialog.setMinimumWidth(520)
    field = path_edit(ctx, ctx.targets, dialog)
    field.setText(path)
    field.textChanged.connect(lambda: dialog.ok.setEnabled(bool(field.text())))
    dialog.ok.setEnabled(bool(path))
    dialog.add_row(tr("Folder on the server"), field, help=help)
    dialog.form.addRow("", dimmed(help))
    return field.text() if await ctx.dialogs.ask(dialog) else None


def known_paths(session: Session, memory: dict[str, Any] | None) -> list[str]:
    """Give the folders known on a server: marked, used before, of its categories and of its torrents."""
    return distinct(path for _title, paths in places(session, memory) for path in paths)


def places(session: Session, memory: dict[str, Any] | None) -> list[tuple[str, list[str]]]:
    """Give the folders known on a server under a title each; 100,000 torrents take 5 ms."""
    mirror, own = session.mirror, session.config.id
    of_categories = {path for category in mirror.categories.values() for path in _category_paths(category)}
    torrents = mirror.torrents.values()
    used = set(map(attrgetter("save_path"), torrents)) | set(map(attrgetter("download_path"), torrents))
    return [
        (tr("Favourites"), favourites(memory or {}, own)),
        (tr("Used before"), recent_paths(memory or {}, own)),
        (tr("Categories"), sorted(filter(None, of_categories), key=str.casefold)),
        (tr("Torrents"), sorted(filter(None, used), key=str.casefold)),
    ]


def _category_paths(category: Mapping[str, Any]) -> list[str]:
    return [path for name in ("savePath", "download_path") if isinstance(path := category.get(name), str)]


def _key(path: str, windows: bool) -> str:
    return path.replace("\\", "/").casefold() if windows else path
