"""The editor of monitored folders: which folders, and where their torrents are saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.model.pref_text import FOLDER_TARGETS, target_text
from qbt_remote.ui.form.line_list import Line, LineList
from qbt_remote.ui.kit.plain_text import tip

Json = Any


class FolderList(LineList["_FolderLine"]):
    """A line for each folder.  The value is an object: folder -> 0 (itself), 1 (default path) or a path."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Add folder"), tr("Monitor another folder of the server for .torrent files"), parent)

    def show_folders(self, folders: Mapping[str, Json]) -> None:
        self.clear()
        for folder, target in folders.items():
            self.add(_FolderLine(folder, target, self))

    def folders(self) -> dict[str, Json]:
        return {line.folder.text(): line.target() for line in self.lines}

    def why_not(self) -> str:
        names = [line.folder.text() for line in self.lines]
        if not all(names):
            return tr("A folder has no path")
        if len(set(names)) < len(names):
            return tr("A folder is listed twice")
        return ""

    def empty_line(self) -> _FolderLine:
        return _FolderLine("", 1, self)


class _FolderLine(Line):
    def __init__(self, folder: str, target: Json, parent: QWidget) -> None:
        super().__init__(parent)
        self.folder = QLineEdit(folder, self)
        self.name(self.folder, tr("Monitored folder"))
        self.folder.setPlaceholderText(tr("A folder on the server"))
        self.folder.textEdited.connect(self.edited)
        self.where = QComboBox(self)
        self.where.setEditable(True)
        self.where.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.where.addItems([tr(text) for text in FOLDER_TARGETS])
        self.name(self.where, tr("Save the torrents to"))
        self.where.setToolTip(tip(tr("Where the torrents of this folder are saved: choose, or type a path")))
        self.where.setEditText(target_text(target))
        self.where.editTextChanged.connect(self.edited)
        self.row.addWidget(self.folder, 3)
        self.row.addWidget(self.where, 2)
        self.row.addWidget(self.remove_button(tr("Remove the folder"), tr("Stop monitoring this folder")))

    def begin(self) -> None:
        self.folder.setFocus()

    def target(self) -> Json:
        text = self.where.currentText()
        words = [tr(word) for word in FOLDER_TARGETS]
        return words.index(text) if text in words else text
