"""An input for a path on a server: the line that completes, and a button that opens the server's folders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QToolButton, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.ui.folders.folder_picker import ask_folder
from qbt_remote.ui.folders.path_line import PathLine
from qbt_remote.ui.kit.dialogs import Dialogs, FormDialog, dimmed
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.kit.tasks import Tasks

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.context import Context


class PathEdit(PathLine):
    """A path line with a button; Ctrl+B does as the button."""

    def __init__(
        self,
        session: Session | None,
        tasks: Tasks,
        parent: QWidget | None = None,
        *,
        memory: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(session, tasks, parent, memory=memory)
        self.button = QToolButton(self)
        self.button.setIcon(icon("category"))
        self.button.setToolTip(tip(tr("Choose among the folders of the server (Ctrl+B)")))
        self.button.setAccessibleName(tr("Browse"))
        self.button.setEnabled(session is not None)
        self.button.clicked.connect(self.browse)
        keys = QShortcut(QKeySequence("Ctrl+B"), self)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self.browse)
        self._row.addWidget(self.button)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.button.setAccessibleName(tr("{name}: browse", name=name))

    def set_session(self, session: Session | None) -> None:
        super().set_session(session)
        self.button.setEnabled(session is not None)

    def browse(self) -> None:
        """Open the folders of the server."""
        if self._session is not None:
            self._tasks.spawn(self._browse(self._session), tr("Choose a folder"))

    async def _browse(self, session: Session) -> None:
        chosen = await ask_folder(Dialogs(self.window()), session, self.text(), self._memory)
        if chosen is not None and session is self._session:
            self.edit.setText(chosen)
            self.edit.setFocus()


def path_edit(ctx: Context, sessions: Sequence[Session], parent: QWidget) -> PathEdit:
    """Make an input for a folder on these servers; with several it has to be typed."""
    session = sessions[0] if len(sessions) == 1 else None
    return PathEdit(session, ctx.shell.tasks, parent, memory=ctx.settings.add)


async def ask_path(ctx: Context, title: str, path: str, *, help: str, ok: str) -> str | None:
    """Ask for a folder on the server of the selection; with several servers it has to be typed."""
    dialog = FormDialog(ctx.shell.parent, title, ok)
    dialog.setMinimumWidth(520)
    field = path_edit(ctx, ctx.targets, dialog)
    field.setText(path)
    field.textChanged.connect(lambda: dialog.ok.setEnabled(bool(field.text())))
    dialog.ok.setEnabled(bool(path))
    dialog.add_row(tr("Folder on the server"), field, help=help)
    dialog.form.addRow("", dimmed(help))
    return field.text() if await ctx.dialogs.ask(dialog) else None
