"""The folders of a server, to choose one from: a tree that is read as it is opened, and the known places.

A folder that does not exist may be chosen as well, since the server makes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from qbt_remote.api.endpoints import needs
from qbt_remote.api.errors import QbtError, Rejected
from qbt_remote.api.folders import LISTING, folders, is_absolute, is_windows, like, name, plain, root, same, way_to
from qbt_remote.model.i18n import tr
from qbt_remote.model.names import in_order
from qbt_remote.model.wording import name_of, sentence
from qbt_remote.ui.folders.path_line import PathLine
from qbt_remote.ui.folders.places import is_favourite, known_paths, places, remember_path, set_favourite
from qbt_remote.ui.kit.dialogs import Dialogs, FormDialog
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import clean, label, tip
from qbt_remote.ui.kit.tasks import Tasks

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

_PATH = Qt.ItemDataRole.UserRole
_READ = Qt.ItemDataRole.UserRole + 1
_SLICE = 500
"""Folders that are put into the tree at once."""


async def ask_folder(
    dialogs: Dialogs, session: Session, start: str = "", memory: dict[str, Any] | None = None
) -> str | None:
    """Let the user choose a folder of the server; None if they do not.  ``memory`` is ``Settings.add``."""
    failures: list[BaseException] = []
    tasks = Tasks(lambda error, _doing: failures.append(error))
    picker = FolderPicker(dialogs.parent, session, tasks, start, {} if memory is None else memory)
    try:
        accepted = await dialogs.ask(picker)
    finally:
        await tasks.stop()
    if failures:
        raise failures[0]
    return picker.text() if accepted else None


class FolderPicker(FormDialog):
    """Use ``ask_folder``."""

    def __init__(
        self, parent: QWidget | None, session: Session, tasks: Tasks, start: str, memory: dict[str, Any]
    ) -> None:
        super().__init__(parent, tr("Choose a folder of {server}", server=name_of(session)), tr("Choose"))
        self._session, self._tasks, self._memory = session, tasks, memory
        self._chosen = self._default = ""
        self._windows = is_windows(start) or any(map(is_windows, known_paths(session, memory)))
        self.path = PathLine(session, tasks, self, memory=memory)
        self.mark = QToolButton(self)
        self.places = QListWidget(self)
        self.tree = QTreeWidget(self)
        self.note = label("", self, wrap=True)
        self._arrange()
        self.path.textChanged.connect(self._judge)
        self.mark.clicked.connect(self._set_mark)
        self.places.itemClicked.connect(self._go_to)
        self.places.itemActivated.connect(self._go_to)
        self.tree.currentItemChanged.connect(self._take)
        self.tree.itemExpanded.connect(self._expanded)
        self._fill_places()
        self.path.setText(start)
        self._judge()
        self.first = self.tree if self._lists() else self.path.edit
        tasks.spawn(self._begin(start), self.windowTitle())

    def text(self) -> str:
        return self._chosen

    def accept(self) -> None:
        self._chosen = self.path.text()
        remember_path(self._memory, self._chosen, self._session.config.id)
        super().accept()

    def _arrange(self) -> None:
        self.mark.setIcon(icon("favourite"))
        self.mark.setCheckable(True)
        self.mark.setToolTip(tip(tr("Keep this folder among the favourites (Ctrl+D)")))
        self.mark.setAccessibleName(tr("Favourite"))
        self.mark.setShortcut("Ctrl+D")
        line = QHBoxLayout()
        line.setSpacing(4)
        title = label(tr("&Folder"), self)
        title.setBuddy(self.path)
        self.path.setAccessibleName(tr("Folder"))
        self.path.setToolTip(tip(tr("A folder that does not exist is made by the server")))
        for widget in (title, self.path, self.mark):
            line.addWidget(widget)
        columns = QSplitter(Qt.Orientation.Horizontal, self)
        columns.addWidget(_titled(tr("&Places"), self.places, tr("Places")))
        self._pane = _titled(tr("Folders on the &server"), self.tree, tr("Folders on the server"))
        columns.addWidget(self._pane)
        columns.setStretchFactor(1, 1)
        columns.setSizes([220, 420])
        columns.setChildrenCollapsible(False)
        self.places.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.places.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        for view in (self.places, self.tree):
            view.setIconSize(QSize(16, 16))
        self.note.setMinimumHeight(self.fontMetrics().lineSpacing())
        self.column.insertLayout(0, line)
        self.column.insertWidget(1, columns, 1)
        self.column.insertWidget(2, self.note)
        self.resize(680, 480)

    def _lists(self) -> bool:
        client = self._session.client
        return client is not None and client.has(LISTING)

    # places

    def _fill_places(self) -> None:
        self.places.clear()
        if self._default:
            self._add_place(self._default, 0, tr("Default save path"))
        for title, paths in places(self._session, self._memory):
            if not paths:
                continue
            head = QListWidgetItem(title, self.places)
            head.setFlags(Qt.ItemFlag.NoItemFlags)
            for path in paths[:_SLICE]:
                self._add_place(path, self.places.count())

    def _add_place(self, path: str, row: int, text: str = "") -> None:
        item = QListWidgetItem(icon("category"), text or clean(path, 300))
        item.setData(_PATH, path)
        item.setToolTip(tip(path))
        self.places.insertItem(row, item)

    def _go_to(self, item: QListWidgetItem) -> None:
        path = item.data(_PATH)
        if path:
            self.path.setText(path)
            self._tasks.spawn(self._reveal(path), self.windowTitle())

    def _set_mark(self) -> None:
        marked = self.mark.isChecked()
        set_favourite(self._memory, self.path.text(), self._session.config.id, marked=marked)
        self._fill_places()

    def _judge(self) -> None:
        path = self.path.text()
        good = is_absolute(path)
        self.ok.setEnabled(good)
        self.mark.setEnabled(good)
        self.mark.setChecked(is_favourite(self._memory, path, self._session.config.id))
        self.reason.setText("" if good or not path else tr("Enter a full path, beginning at the root or a drive."))
        self.reason.setVisible(bool(self.reason.text()))

    # the tree

    async def _begin(self, start: str) -> None:
        """Show the roots, then open the way to where the choice begins."""
        if not self._lists():
            client = self._session.client
            if client is None:
                why = tr("{server} is not connected.", server=name_of(self._session))
            else:
                why = tr(
                    "Listing the folders of a server needs qBittorrent {needs}; type a path or choose a known one.",
                    needs=needs(LISTING),
                )
            self.note.setText(why)
            self._pane.hide()
            return
        default = await self._default_path()
        if default:
            self._windows = self._windows or is_windows(default)
            self._default = default
            self._add_place(default, 0, tr("Default save path"))
        tops = [self._add_item(None, path) for path in self._roots(start, default)]
        self._stand_on(tops[0])  # else the tree takes its first item when it gets the focus
        if is_absolute(start) or default:
            await self._reveal(start if is_absolute(start) else default)

    async def _default_path(self) -> str:
        try:
            assert self._session.client is not None
            return str(await self._session.client.get_text("app/defaultSavePath"))
        except QbtError as error:
            self._tell("", error)
            return ""

    def _roots(self, start: str, default: str) -> list[str]:
        """The root, or the drives that are known of a Windows server and C:."""
        if not self._windows:
            return ["/"]
        known = [start, default, *known_paths(self._session, self._memory), "C:/"]
        return in_order({root(path) for path in known if is_windows(path) and root(path)})

    def _add_item(self, parent: QTreeWidgetItem | None, path: str) -> QTreeWidgetItem:
        item = _item(path)
        if parent is None:
            self.tree.addTopLevelItem(item)
        else:
            parent.addChild(item)
        return item

    def _expanded(self, item: QTreeWidgetItem) -> None:
        if not item.data(0, _READ):
            self._tasks.spawn(self._read(item), self.windowTitle())

    async def _read(self, item: QTreeWidgetItem) -> bool:
        """Put the folders of a folder below it; False if the server refuses, which is said."""
        client, path = self._session.client, item.data(0, _PATH)
        if item.data(0, _READ):
            return True
        if client is None:
            self.note.setText(tr("{server} is not connected.", server=name_of(self._session)))
            return False
        item.setData(0, _READ, True)
        try:
            found = in_order(await folders(client, path))
        except QbtError as error:
            item.setData(0, _READ, False)
            item.setExpanded(False)
            self._tell(path, error)
            return False
        there = {below.data(0, _PATH) for below in _below(item)}
        found = [path for path in found if path not in there]
        for start in range(0, len(found), _SLICE):
            item.addChildren([_item(path) for path in found[start : start + _SLICE]])
            await asyncio.sleep(0)
        if not item.childCount():
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.DontShowIndicator)
        self.note.setText("")
        return True

    async def _reveal(self, path: str) -> None:
        """Open the tree down to a folder, or to where it would be made."""
        last: QTreeWidgetItem | None = None
        way = way_to(path)
        for number, step in enumerate(way):
            item = self._child(last, step)
            if item is None:  # hidden folders are not listed, but can be looked into
                item = self._add_item(last, step)
                if not await self._read(item):
                    self._remove(item)
                    break
            elif not await self._read(item):
                break
            last = item
            if number < len(way) - 1:
                item.setExpanded(True)
        if last is not None:
            self._stand_on(last)
            self.tree.scrollToItem(last, QAbstractItemView.ScrollHint.PositionAtCenter)

    def _stand_on(self, item: QTreeWidgetItem) -> None:
        """Make an item the current one; what was typed is kept as it is, also where it does not exist yet."""
        self.tree.blockSignals(True)
        self.tree.setCurrentItem(item)
        self.tree.blockSignals(False)

    def _child(self, parent: QTreeWidgetItem | None, path: str) -> QTreeWidgetItem | None:
        above = self.tree.invisibleRootItem() if parent is None else parent
        return next((item for item in _below(above) if same(item.data(0, _PATH), path)), None)

    def _remove(self, item: QTreeWidgetItem) -> None:
        (item.parent() or self.tree.invisibleRootItem()).removeChild(item)

    def _take(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.path.setText(like(item.data(0, _PATH), self.path.text()))

    def _tell(self, path: str, error: QbtError) -> None:
        if isinstance(error, Rejected) and error.status == 404 and path:
            self.note.setText(
                tr("{path} does not exist; the server makes it when it is needed.", path=clean(path, 200))
            )
        else:
            self.note.setText(sentence(error))


def _below(item: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
    for row in range(item.childCount()):
        if (child := item.child(row)) is not None:
            yield child


def _item(path: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([clean(name(path), 200)])
    item.setIcon(0, icon("category"))
    item.setData(0, _PATH, plain(path))
    item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
    return item


def _titled(title: str, view: QWidget, spoken: str) -> QWidget:
    """Give a view with its title above, the mnemonic of which leads there."""
    head: QLabel = label(title)
    head.setBuddy(view)
    view.setAccessibleName(spoken)
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(head)
    column.addWidget(view, 1)
    return whole
