"""The tab "Content": the files, folder by folder."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout

from qbt_remote.api.endpoints import needs
from qbt_remote.api.folders import is_windows
from qbt_remote.model.files.nodes import Folder, Node
from qbt_remote.model.files.tree_model import FileTreeModel, Rename
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.details.files import Files
from qbt_remote.sync.details.rows import File, Rows
from qbt_remote.sync.steps import Steps
from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.commands.which import torrent_text
from qbt_remote.ui.details.in_view import InView
from qbt_remote.ui.details.panel import Panel
from qbt_remote.ui.details.panel_context import PanelContext
from qbt_remote.ui.details.panels.content_calls import rename, set_priorities
from qbt_remote.ui.files.file_tree import FileTree
from qbt_remote.ui.kit.note import PanelNote
from qbt_remote.ui.kit.plain_text import label


class ContentPanel(Panel):
    """Shows the files of a torrent, and asks the server for what somebody does to them."""

    def __init__(self, in_view: InView, commands: Sequence[Command[Any]]) -> None:
        super().__init__(in_view, commands)
        self.model = FileTreeModel(self)
        self.model.in_turns = self.in_turns
        self.model.why_no_rename = self._why_no_rename
        self.tree = FileTree(self.model, self)
        self.cut = label("", self)
        self.cut.hide()
        self.tree.bar.addWidget(self.cut)
        self._note = PanelNote(tr("The files are not known until the metadata has been downloaded."), self)
        self._note.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.tree)
        self._stack.addWidget(self._note)
        self._taken: list[File] | None = None
        self._of: Torrent | None = None
        """The torrent whose files are shown."""
        self.tree.menu.addSeparator()
        self.actions_.fill(self.tree.menu)
        self.actions_.watch(self.tree.table)
        self.tree.table.selectionModel().selectionChanged.connect(self.actions_.refresh)
        self.model.priorities_wanted.connect(self._set_priorities)
        self.model.rename_wanted.connect(self._rename)
        self.model.refused.connect(self._refuse)

    # what the details tell

    def clear(self) -> None:
        """Show nothing of another torrent; what is expanded and selected is kept while other tabs are looked at."""
        self._taken = None
        if self._of is not None and self._of is self.in_view.torrent:
            return
        self._of = None
        self.model.clear()
        self._stack.setCurrentWidget(self.tree)

    def show_changes(self, _changes: Changes, rows: Rows, torrent: Torrent) -> None:
        assert isinstance(rows, Files)
        files = rows.all
        if files is self._taken or self.tree.table.editing:
            return  # what is being typed is not taken away; the next answer is as good
        self._taken, self._of = files, torrent
        self.cut.setText(tr_n(rows.more, "{n} more file is not shown", "{n} more files are not shown"))
        self.cut.setVisible(rows.more > 0)
        self.model.windows = is_windows(torrent.save_path)
        self.model.show(files)
        self._stack.setCurrentWidget(self.tree if files else self._note)
        self.actions_.refresh()

    def selected(self) -> list[Any]:
        return self.tree.selected()

    def save_state(self) -> dict[str, Any]:
        return self.tree.save_state()

    def restore_state(self, state: dict[str, Any]) -> None:
        self.tree.restore_state(state)

    # what somebody wants

    def _set_priorities(self, wanted: dict[int, list[int]]) -> None:
        self._do(tr("Priority"), lambda p: set_priorities(p, wanted))

    def _rename(self, wanted: object) -> None:
        assert isinstance(wanted, Rename)
        self._do(tr("Rename"), lambda p: rename(p, wanted))

    def _do(self, doing: str, run: Callable[[PanelContext[ContentPanel]], Coroutine[Any, Any, object]]) -> None:
        p = self.context()
        if p is not None:
            p.doing = doing
            self.in_view.tasks.spawn(run(p), doing)

    def _refuse(self, why: str) -> None:
        p = self.context()
        if p is not None:
            p.notices.show_warning(
                tr("{torrent}: “Rename”: {why}", torrent=torrent_text(p.torrent, p.sessions), why=why)
            )

    def _why_no_rename(self, node: Node) -> str:
        session = self.in_view.session
        feature = "rename_folder" if isinstance(node, Folder) else "rename_file"
        if session is None or session.client is None:
            return tr("Not connected")
        return "" if session.client.has(feature) else tr("Needs qBittorrent {version}", version=needs(feature))

    def in_turns(self, steps: Steps[None]) -> None:
        """Do what takes long between other work."""
        self.in_view.tasks.in_turns(steps, tr("Show the files"))


def panel(in_view: InView, commands: Sequence[Command[Any]]) -> ContentPanel:
    """Make the panel."""
    return ContentPanel(in_view, commands)
