"""The editor of monitored folders: which folders, and where their torrents are saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.model.pref_text import FOLDER_TARGETS, target_text
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import tip

Json = Any


class FolderList(QWidget):
    """A line for each folder.  The value is an object: folder -> 0 (itself), 1 (default path) or a path."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.lines: list[_Line] = []
        self.add_button = QPushButton(tr("Add folder"), self)
        self.add_button.setToolTip(tip(tr("Monitor another folder of the server for .torrent files")))
        self.add_button.clicked.connect(self._add_empty)
        end = QHBoxLayout()
        end.addWidget(self.add_button)
        end.addStretch(1)
        self._column.addLayout(end)
        self.setFocusProxy(self.add_button)

    def show_folders(self, folders: Mapping[str, Json]) -> None:
        for line in list(self.lines):
            self._drop(line)
        for folder, target in folders.items():
            self._add(folder, target)

    def folders(self) -> dict[str, Json]:
        return {line.folder.text(): line.target() for line in self.lines}

    def why_not(self) -> str:
        names = [line.folder.text() for line in self.lines]
        if not all(names):
            return tr("A folder has no path")
        if len(set(names)) < len(names):
            return tr("A folder stands there twice")
        return ""

    def _add_empty(self) -> None:
        self._add("", 1).folder.setFocus()
        self.edited.emit()

    def _add(self, folder: str, target: Json) -> _Line:
        line = _Line(folder, target, self)
        line.edited.connect(self.edited)
        line.removed.connect(self._remove)
        self.lines.append(line)
        self._column.insertWidget(len(self.lines) - 1, line)
        return line

    def _remove(self, line: _Line) -> None:
        self._drop(line)
        self.add_button.setFocus()
        self.edited.emit()

    def _drop(self, line: _Line) -> None:
        self.lines.remove(line)
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()


class _Line(QWidget):
    edited = Signal()
    removed = Signal(object)

    def __init__(self, folder: str, target: Json, parent: QWidget) -> None:
        super().__init__(parent)
        self.folder = QLineEdit(folder, self)
        self.folder.setAccessibleName(tr("Monitored folder"))
        self.folder.setPlaceholderText(tr("A folder on the server"))
        self.folder.textEdited.connect(self.edited)
        self.where = QComboBox(self)
        self.where.setEditable(True)
        self.where.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.where.addItems([tr(text) for text in FOLDER_TARGETS])
        self.where.setAccessibleName(tr("Save the torrents to"))
        self.where.setToolTip(tip(tr("Where the torrents of this folder are saved: choose, or type a path")))
        self.where.setEditText(target_text(target))
        self.where.editTextChanged.connect(self.edited)
        remove = QToolButton(self)
        remove.setIcon(icon("remove"))
        remove.setAutoRaise(True)
        remove.setToolTip(tip(tr("Do not monitor this folder any more")))
        remove.setAccessibleName(tr("Remove the folder"))
        remove.clicked.connect(self._remove)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.folder, 3)
        line.addWidget(self.where, 2)
        line.addWidget(remove)

    def target(self) -> Json:
        text = self.where.currentText()
        words = [tr(word) for word in FOLDER_TARGETS]
        return words.index(text) if text in words else text

    def _remove(self) -> None:
        self.removed.emit(self)
