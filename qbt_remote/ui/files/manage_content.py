"""The dialog "Manage content": files and folders of one torrent are renamed and moved in a draft, then sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QPushButton, QSplitter, QWidget

from qbt_remote.api.folders import is_windows
from qbt_remote.model.files.moves import FileMoves
from qbt_remote.model.files.names import why_not_path
from qbt_remote.model.files.rename_columns import PATHS
from qbt_remote.model.files.tree_model import Rename
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.table import TableModel
from qbt_remote.sync.details.files import Files
from qbt_remote.sync.details.rows import File
from qbt_remote.sync.steps import Steps
from qbt_remote.ui.commands.which import torrent_text
from qbt_remote.ui.files.batch_rename_dialog import problem_look
from qbt_remote.ui.files.file_tree import FileTree
from qbt_remote.ui.files.send_renames import send_renames
from qbt_remote.ui.kit.dialogs import Dialogs, FormDialog
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import clean, label, tip
from qbt_remote.ui.table.table_view import TableView

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.context import Context
    from qbt_remote.ui.kit.tasks import Tasks


class ManageContentDialog(FormDialog):
    """``moves`` is what is to be sent, in this order."""

    def __init__(
        self, parent: QWidget | None, name: str, files: Sequence[File], *, windows: bool, tasks: Tasks
    ) -> None:
        super().__init__(parent, tr("Manage content"), tr("Rename"))
        self._tasks = tasks
        self.model = FileMoves(self)
        self.model.windows = windows
        self.model.in_turns = self._in_turns
        self.model.show(files)
        self.column.insertWidget(
            0,
            label(
                tr("Rename with F2, move by dragging onto a folder. Changes are applied when you click Rename."),
                wrap=True,
            ),
        )
        self.tree = FileTree(self.model, self)
        self.tree.table.setAccessibleName(tr("Content of {name}", name=clean(name)))
        self.tree.table.let_drag()
        self.tree.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.add_action(
            "location",
            tr("&Move to folder…"),
            tr("Move the selected items to a folder in the torrent, existing or new"),
            self._ask_folder,
        )
        self.shown = TableModel(PATHS, self)
        self.list = TableView(self.shown, self, look=problem_look, sort=(("old", Qt.SortOrder.AscendingOrder),))
        self.list.setAccessibleName(tr("What will be renamed"))
        self.list.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        halves = QSplitter(Qt.Orientation.Vertical, self)
        for widget, share in ((self.tree, 3), (self.list, 1)):
            halves.addWidget(widget)
            halves.setStretchFactor(halves.count() - 1, share)
        halves.setChildrenCollapsible(False)
        self.column.insertWidget(1, halves, 10)
        self.undo = QPushButton(icon("reset"), tr("&Undo"), self)
        self.undo.setToolTip(tip(tr("Undo the last change")))
        self.undo.setAutoDefault(False)
        self.undo.clicked.connect(self.model.undo)
        self.move_button = QPushButton(icon("location"), tr("&Move to folder…"), self)
        self.move_button.setToolTip(tip(tr("Move the selected items to a folder in the torrent, existing or new")))
        self.move_button.setAutoDefault(False)
        self.move_button.clicked.connect(self._ask_folder)
        for button in (self.undo, self.move_button):
            self.buttons.addButton(button, self.buttons.ButtonRole.ResetRole)
        self.reason.show()
        self.model.refused.connect(self.reason.setText)
        self.model.changed.connect(self._show)
        self.model.dropped.connect(self.model.move_into, Qt.ConnectionType.QueuedConnection)
        for table in (self.tree.table, self.list):
            table.setFrameShape(table.Shape.StyledPanel)
        self.first = self.tree.table
        self.ok.setDefault(False)
        self.resize(900, 680)
        self._show()

    @property
    def moves(self) -> list[Rename]:
        return self.model.moves

    def done(self, result: int) -> None:
        self.model.give_up()
        super().done(result)

    def _in_turns(self, steps: Steps[None]) -> None:
        self._tasks.in_turns(steps, tr("Show the files"))

    def _show(self) -> None:
        moves = self.moves
        self.reason.setText("")
        self.shown.set_rows(moves)
        self.undo.setEnabled(bool(moves))
        self.ok.setEnabled(bool(moves))
        n = len(moves)
        self.ok.setText(tr_n(n, "Make {n} change", "Make {n} changes") if n else tr("Rename"))

    def _ask_folder(self) -> None:
        nodes = self.tree.selected()
        if nodes:
            self._tasks.spawn(self._move(nodes), tr("Move to folder"))

    async def _move(self, nodes: list[Any]) -> None:
        where = nodes[0].parent.path
        path = await Dialogs(self).ask_text(
            tr("Move to folder"),
            tr("Folder in the torrent"),
            where,
            lambda text: why_not_path(text, windows=self.model.windows) if text else "",
            help=tr("Folders are separated by “/”; empty for the top"),
            ok=tr("Move"),
        )
        if path is not None:
            self.model.move_into(nodes, path.strip("/"))


async def manage_content(ctx: Context) -> None:
    """Ask for changes of the content of the selected torrent, and send them."""
    t = ctx.torrents[0]
    found: list[File] = []

    async def read(session: Session) -> None:
        found.extend(await Files().read(session, t.hash))

    split = list(ctx.by_session([t]))
    if not split or not await ctx.on(split, read):
        return
    if not found:
        which = torrent_text(t, ctx.sessions)
        ctx.notices.show_info(tr("{torrent}: the files are not known before the metadata have arrived", torrent=which))
        return
    windows = is_windows(t.save_path)
    dialog = ManageContentDialog(ctx.dialogs.parent, t.name, found, windows=windows, tasks=ctx.shell.tasks)
    if await ctx.dialogs.ask(dialog):
        await send_renames(ctx, split[0], t, dialog.moves)
