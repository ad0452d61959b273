"""FileTree: the files of a torrent with a filter box, buttons, priorities and a menu.

For a server's files and for those of a torrent that is being added alike: what somebody does goes to
the ``FileTreeModel``, which asks for it or does it.  Others put their own entries into ``menu``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from qbt_remote.model.files.columns import PRIORITY_NAMES
from qbt_remote.model.files.nodes import PRIORITIES, Node
from qbt_remote.model.files.tree_model import FileTreeModel
from qbt_remote.model.i18n import tr
from qbt_remote.sync.steps import at_once
from qbt_remote.ui.files.file_table import FileTable
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.line_buttons import clearable, search_sign
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.table.copying import add_copying


class FileTree(QWidget):
    """A view of one FileTreeModel."""

    def __init__(self, model: FileTreeModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.table = FileTable(model, self)
        self.table.setAccessibleName(tr("Files"))
        self.box = self._filter_box()
        self.bar = QHBoxLayout()
        """The line above the files; others may add to it."""
        self.bar.setContentsMargins(8, 4, 8, 4)
        self.bar.setSpacing(4)
        self.bar.addWidget(self.box, 100)
        for id, text, explained, run in self._buttons()[0 if model.checkable else 2 :]:
            self.bar.addWidget(self._button(id, text, explained, run))
        self.bar.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.bar)
        column.addWidget(self.table, 1)
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.priority_menu = QMenu(tr("&Priority"), self)
        self.priority_menu.setIcon(icon("queue"))
        self.priority_menu.setToolTipsVisible(True)
        self._fill_menus()
        self.table.menu_wanted.connect(self._open_menu)
        self.table.copy_wanted.connect(self.copy_paths)
        self.table.priority_menu_wanted.connect(self._open_priorities)
        self.setFocusProxy(self.table)

    def selected(self) -> list[Node]:
        """Give the selected nodes in their order on the screen."""
        return self.table.selected_nodes()

    def add_action(
        self,
        id: str,
        text: str,
        explained: str,
        run: Callable[[], None],
        *,
        key: QKeySequence | QKeySequence.StandardKey | Qt.Key | None = None,
        menu: QMenu | None = None,
    ) -> QAction:
        """Put an entry into a menu, at first the files'.  The table itself takes the key that stands beside it."""
        action = QAction(icon(id), text, self)
        action.setToolTip(tip(explained))
        action.triggered.connect(lambda _checked=False: run())
        if key is not None:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        (menu or self.menu).addAction(action)
        return action

    def copy_paths(self) -> None:
        """Copy the paths of the selected files and folders."""
        if text := "\n".join(node.path for node in self.selected()):
            QGuiApplication.clipboard().setText(text)

    def save_state(self) -> dict[str, Any]:
        return self.table.save_state()

    def restore_state(self, state: dict[str, Any]) -> None:
        self.table.restore_state(state)

    # what is made once

    def _filter_box(self) -> QLineEdit:
        box = QLineEdit(self)
        box.setPlaceholderText(tr("Filter files"))
        box.setToolTip(tip(tr("Shows the files whose path contains all of these words, and their folders")))
        box.setAccessibleName(tr("Filter files"))
        clearable(box)
        box.setMaximumWidth(320)
        search_sign(box)
        box.textChanged.connect(self.model.set_filter)
        for keys, run in (
            ((Qt.Key.Key_Down, Qt.Key.Key_Return), self.table.setFocus),
            ((Qt.Key.Key_Escape,), self._leave_filter),
        ):
            action = QAction(box)
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(run)
            box.addAction(action)
        return box

    def _leave_filter(self) -> None:
        self.box.clear()
        self.table.setFocus()

    def _buttons(self) -> tuple[tuple[str, str, str, Callable[[], None]], ...]:
        model = self.model
        return (
            ("select-all", tr("Select all"), tr("Download all files that are shown"), partial(model.check_all, True)),
            (
                "select-none",
                tr("Select none"),
                tr("Download none of the files that are shown"),
                partial(model.check_all, False),
            ),
            ("expand-all", tr("Expand all"), tr("Open all folders"), partial(model.expand_all, True)),
            ("collapse-all", tr("Collapse all"), tr("Close all folders"), partial(model.expand_all, False)),
        )

    def _button(self, id: str, text: str, explained: str, run: Callable[[], None]) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(id))
        button.setText(text)
        button.setToolTip(tip(f"{text}\n{explained}"))
        button.setAccessibleName(text)
        button.setAccessibleDescription(explained)
        button.setAutoRaise(True)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _fill_menus(self) -> None:
        self.copy_action = self.add_action(
            "copy",
            tr("&Copy path"),
            tr("Copy the paths inside the torrent"),
            self.copy_paths,
            key=QKeySequence.StandardKey.Copy,
        )
        add_copying(self.menu, self.table.columns, self.selected, self.model.in_turns or at_once)
        self.rename_action = self.add_action(
            "rename", tr("Re&name…"), tr("Edit the name in place"), self.table.rename, key=Qt.Key.Key_F2
        )
        if self.model.checkable:
            self.menu.addMenu(self.priority_menu)
        for priority, explained in zip(
            PRIORITIES,
            (
                tr("Do not download these files"),
                tr("Download them in any order"),
                tr("Download them before those of normal priority"),
                tr("Download them before all others"),
            ),
            strict=True,
        ):
            action = self.add_action(
                "",
                tr(PRIORITY_NAMES[priority]),
                explained,
                partial(self._set_priority, priority),
                menu=self.priority_menu,
            )
            action.setCheckable(True)
            action.setData(priority)
        self.priority_menu.addSeparator()
        self.add_action(
            "sequential",
            tr("By shown file order"),
            tr("Maximum for the first third of these files, high for the second, normal for the rest"),
            lambda: self.model.set_by_shown_order(self.selected()),
            menu=self.priority_menu,
        )

    def _set_priority(self, priority: int) -> None:
        self.model.set_priority(self.selected(), priority)

    # menus

    def _open_menu(self, where: QPoint) -> None:
        if self.selected():
            self._check_priorities()
            self._judge_rename()
            self.menu.popup(where)

    def _judge_rename(self) -> None:
        node = self.table.current_node()
        one = node is not None and len(self.selected()) == 1
        why_not = self.model.why_no_rename(node) if node is not None and one else tr("Only one file at a time")
        self.rename_action.setEnabled(node is not None and not why_not and self.model.can_rename(node))
        explained = tr("Edit the name in place")
        self.rename_action.setToolTip(tip(f"{explained}\n{why_not}" if why_not else explained))

    def _open_priorities(self, where: QPoint) -> None:
        self._check_priorities()
        self.priority_menu.popup(where)
        self.table.hold_below_menu()

    def _check_priorities(self) -> None:
        now = {node.priority for node in self.selected()}
        for action in self.priority_menu.actions():
            if action.isCheckable():
                action.setChecked(now == {action.data()})
