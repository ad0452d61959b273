"""The tab "Content": the files, folder by folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout

from qbt_remote.api.folders import is_windows
from qbt_remote.model.files.nodes import Folder, Node
from qbt_remote.model.files.tree_model import FileTreeModel
from qbt_remote.model.i18n import tr
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.details.files import Files
from qbt_remote.sync.details.rows import File, Rows
from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.details.panel import Panel
from qbt_remote.ui.details.panel_actions import PanelActions
from qbt_remote.ui.details.panels import run_content
from qbt_remote.ui.files.file_tree import FileTree
from qbt_remote.ui.kit.note import Note

if TYPE_CHECKING:
    from qbt_remote.ui.details.details import Details


class ContentPanel(Panel):
    """Shows the files of a torrent, and asks the server for what somebody does to them."""

    def __init__(self, details: Details) -> None:
        super().__init__(details)
        self.model = FileTreeModel(self)
        self.model.in_turns = self.in_turns
        self.model.why_no_rename = self._why_no_rename
        self.tree = FileTree(self.model, self)
        self._note = Note(tr("The files are not known before the metadata have arrived."), self)
        self._note.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.tree)
        self._stack.addWidget(self._note)
        self._taken: list[File] | None = None
        self._of: Torrent | None = None
        """The torrent whose files are shown."""
        self.actions_ = self._acts = PanelActions("content", self, details.panel_context)
        self.tree.menu.addSeparator()
        self._acts.fill(self.tree.menu)
        self._acts.watch(self.tree.table)
        self.tree.table.selectionModel().selectionChanged.connect(self._acts.refresh)
        self.model.priorities_wanted.connect(self._set_priorities)
        self.model.rename_wanted.connect(self._rename)
        self.model.refused.connect(self._refuse)

    # what the details tell

    def clear(self) -> None:
        """Show nothing of another torrent; what is expanded and selected is kept while other tabs are looked at."""
        self._taken = None
        if self._of is not None and self._of is self.details.torrent:
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
        self.model.windows = is_windows(torrent.save_path)
        self.model.show(files)
        self._stack.setCurrentWidget(self.tree if files else self._note)
        self._acts.refresh()

    def selected(self) -> list[Any]:
        return self.tree.selected()

    def save_state(self) -> dict[str, Any]:
        return self.tree.save_state()

    def restore_state(self, state: dict[str, Any]) -> None:
        self.tree.restore_state(state)

    # what somebody wants

    def _set_priorities(self, wanted: dict[int, list[int]]) -> None:
        self._do(tr("Priority"), lambda p: run_content.set_priorities(p, wanted))

    def _rename(self, rename: object) -> None:
        self._do(tr("Rename"), lambda p: run_content.rename(p, rename))  # type: ignore[arg-type]  # a Rename

    def _do(self, doing: str, run: run_content.Run) -> None:
        p = self.details.panel_context(self)
        if p is not None:
            p.ctx.doing = doing
            self.details.tasks.spawn(run(p), doing)

    def _refuse(self, why: str) -> None:
        p = self.details.panel_context(self)
        if p is not None:
            p.ctx.notices.show_warning(tr("Rename: {why}", why=why))

    def _why_no_rename(self, node: Node) -> str:
        from qbt_remote.api.endpoints import needs

        session = self.details.session
        feature = "rename_folder" if isinstance(node, Folder) else "rename_file"
        if session is None or session.client is None:
            return tr("Not connected")
        return "" if session.client.has(feature) else tr("Needs qBittorrent {version}", version=needs(feature))

    def in_turns(self, steps: Iterator[None]) -> None:
        """Do what takes long between other work."""
        self.details.tasks.in_turns(steps, tr("Show the files"))


def panel(details: Details) -> ContentPanel:
    """Make the panel."""
    return ContentPanel(details)
